//! Each operation of a bulk request takes the rights that it takes alone, whoever asks, whatever the article: what the single operation answers is what its
//! result has.

use dateline::kernel::caller::{Role, Scope};
use dateline::kernel::id::ArticleId;
use serde_json::{Value, json};

use crate::newsroom::{Newsroom, Standing};
use crate::on_both_engines;
use crate::support::answer::Answer;
use crate::support::client::Client;

const OBJECTS: [&str; 8] =
    ["own draft", "own live", "own scheduled", "own trashed", "other draft", "other live", "other trashed", "missing"];
const OPS: [&str; 5] = ["publish", "unpublish", "move", "tag", "trash"];

/// The members of an operation besides `op` and `id`.
fn members(op: &str) -> Value {
    match op {
        "move" => json!({ "category_id": null }),
        "tag" => json!({ "tags": [] }),
        _ => json!({}),
    }
}

/// The operation by itself.
async fn alone(client: &Client, op: &str, id: &str) -> Answer {
    let path = format!("/v1/editor/articles/{id}");
    match op {
        "publish" => client.post(&format!("{path}/publications")).json(members(op)).await,
        "unpublish" => client.post(&format!("{path}/unpublish")).json(members(op)).await,
        "trash" => client.delete(&path).if_match("*").await,
        _ => client.patch(&path).if_match("*").merge_patch(members(op)).await,
    }
}

async fn in_bulk(client: &Client, mode: &str, op: &str, id: &str) -> Answer {
    let mut operation = members(op);
    operation["op"] = json!(op);
    operation["id"] = json!(id);
    client.post("/v1/editor/bulk").json(json!({ "mode": mode, "operations": [operation] })).await
}

on_both_engines! {
    async fn each_operation_takes_what_it_takes_alone(engine) {
        let newsroom = Newsroom::open(engine).await;
        let mut callers = Vec::new();
        for role in Role::ALL {
            let person = newsroom.person(Standing::Active(role)).await;
            callers.push((format!("{role:?}"), person.client, person.caller));
        }
        let owner = callers[1].2.clone();
        for scopes in [&[Scope::ArticlesWrite][..], &[Scope::PublicationsWrite], &[Scope::ArticlesWrite, Scope::PublicationsWrite], &[Scope::Admin]] {
            let (_, secret) = newsroom.api_key(scopes).await;
            callers.push((format!("{scopes:?}"), newsroom.site.anyone().with_token(&secret), owner.clone()));
        }
        let other = newsroom.person(Standing::Active(Role::Editor)).await.caller;
        let mut wrong = Vec::new();
        for (who, client, caller) in &callers {
            for (op, object) in OPS.iter().flat_map(|op| OBJECTS.iter().map(move |object| (*op, *object))) {
                let mut answers = Vec::new();
                for _ in 0..3 {
                    answers.push(match object.split_once(' ') {
                        Some((whose, state)) => newsroom.id("articles", if whose == "own" { caller } else { &other }, state).await,
                        None => ArticleId::new().to_string(),
                    });
                }
                newsroom.site.clock().advance_ms(1);
                let expected = alone(client, op, &answers[0]).await;
                let each = in_bulk(client, "each", op, &answers[1]).await;
                let all = in_bulk(client, "all", op, &answers[2]).await;
                let result = &each.is_ok()["results"][0];
                let is_refused = expected.status >= 400;
                let problem = if is_refused { &expected["code"] } else { &Value::Null };
                if result["status"] != expected.status || result["problem"]["code"] != *problem || result["article_id"] != *answers[1] {
                    wrong.push(format!("{who} | {op} | {object}: {} alone, but {result}", expected.status));
                }
                let is_same = if is_refused { all.status == 409 && all["problem"]["code"] == *problem } else { all.is_ok()["results"][0]["status"] == expected.status };
                if !is_same {
                    wrong.push(format!("{who} | {op} | {object}: {} alone, but with `all` {all}", expected.status));
                }
            }
        }
        assert!(wrong.is_empty(), "on {engine:?}:\n  {}", wrong.join("\n  "));
        for scope in [Scope::ArticlesRead, Scope::CategoriesWrite] {
            let (_, secret) = newsroom.api_key(&[scope]).await;
            in_bulk(&newsroom.site.anyone().with_token(&secret), "each", "trash", &ArticleId::new().to_string()).await.is_problem(403, "forbidden");
        }
    }
}
