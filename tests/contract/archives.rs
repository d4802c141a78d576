//! Archives: a year, month or day stands for dates in lists, and leads to those beside it that have articles.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

async fn published(editor: &Client, title: &str, at: &str, more: Value) {
    let mut members = json!({ "publish": { "publish_at": at } });
    members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    save(editor, title, members).await;
}

async fn newsroom(editor: &Client) {
    let politics = editor.post("/v1/editor/categories").json(json!({ "name": "Politics" })).await.is_created()["id"].clone();
    for (title, at) in [
        ("One", "2021-01-31T18:59:59.999Z"),
        ("Two", "2021-01-31T19:00:00Z"),
        ("Three", "2021-02-04T18:59:59.999Z"),
        ("Four", "2021-02-28T19:00:00Z"),
        ("Five", "2023-07-01T00:00:00Z"),
    ] {
        published(editor, title, at, json!({})).await;
    }
    published(editor, "Six", "2021-02-20T00:00:00Z", json!({ "category_id": politics })).await;
    published(editor, "Hidden", "2030-01-01T00:00:00Z", json!({})).await;
}

async fn titles(reader: &Client, query: &str) -> Vec<String> {
    reader.get(&format!("/v1/articles?{query}")).await.is_ok().each("title").into_iter().map(str::to_owned).collect()
}

on_both_engines! {
    async fn a_list_is_of_a_year_a_month_or_a_day_of_the_sites_zone_or_another(engine) {
        let site = Site::at(engine, NOW);
        newsroom(&site.login(Role::Editor).await).await;
        let reader = site.anyone();
        assert_eq!(titles(reader, "on=2021-02").await, ["Six", "Three", "Two"]);
        assert_eq!(titles(reader, "on=2021-02&time_zone=UTC").await, ["Four", "Six", "Three"]);
        assert_eq!(titles(reader, "on=2021-02-04").await, ["Three"]);
        assert_eq!(titles(reader, "on=2021-02-05").await, Vec::<String>::new());
        assert_eq!(titles(reader, "on=2021").await, ["Four", "Six", "Three", "Two", "One"]);
        assert_eq!(titles(reader, "on=2021-02&category=politics").await, ["Six"]);
        assert_eq!(reader.get("/v1/articles?on=2021&count=exact").await["paging"]["total"], 5);
        assert_eq!(titles(reader, "on=2030").await, Vec::<String>::new());
        let first = reader.get("/v1/articles?on=2021&limit=2").await;
        let second = reader.get("/v1/articles?on=2021&limit=2").query("cursor", first.text_at("/paging/next")).await;
        assert_eq!(second.is_ok().each("title"), ["Three", "Two"]);
        let previewed = site.login(Role::Editor).await.get("/v1/preview/articles?on=2030&at=2031-01-01T00:00:00Z").await;
        assert_eq!(previewed.is_ok().each("title"), ["Hidden"]);
    }

    async fn dates_lead_to_those_beside_them_that_have_articles(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        newsroom(&editor).await;
        let beside = |on: &'static str| {
            let request = site.anyone().get(&format!("/v1/publication-dates?on={on}"));
            async move {
                let dates = request.await;
                let found: Vec<String> = dates.is_ok().each("date").into_iter().map(str::to_owned).collect();
                (found, dates["previous"].clone(), dates["next"].clone())
            }
        };
        assert_eq!(beside("2021-02-04").await, (vec!["2021-02-04".to_owned()], json!("2021-02-01"), json!("2021-02-20")));
        assert_eq!(beside("2021-02-10").await, (vec![], json!("2021-02-04"), json!("2021-02-20")));
        assert_eq!(beside("2021-02").await, (vec!["2021-02".to_owned()], json!("2021-01"), json!("2021-03")));
        assert_eq!(beside("2022").await, (vec![], json!("2021"), json!("2023")));
        assert_eq!(beside("2023").await, (vec!["2023".to_owned()], json!("2021"), json!(null)));
        assert_eq!(beside("2021-02&category=politics").await, (vec!["2021-02".to_owned()], json!(null), json!(null)));
        let all = site.anyone().get("/v1/publication-dates").await;
        assert!(all.is_ok().json().get("previous").is_none());
        let then = editor.get("/v1/preview/publication-dates?on=2023&at=2031-01-01T00:00:00Z").await;
        assert_eq!(then.is_ok()["next"], "2030");
        let drafts = editor.get("/v1/preview/publication-dates?on=2023&drafts=true").await;
        assert_eq!((&drafts.is_ok()["previous"], &drafts["next"]), (&json!("2021"), &json!("2030")));
    }

    async fn what_is_no_date_is_refused_by_name(engine) {
        let site = Site::at(engine, NOW);
        let reader = site.anyone();
        for path in ["/v1/articles", "/v1/publication-dates"] {
            for wrong in ["2021-13", "2021-02-29", "21", "", "yesterday", "2021-02-04T00:00", "0000"] {
                reader.get(path).query("on", wrong).await.is_problem(400, "invalid_parameter").has_error("/on", "invalid_format");
            }
            reader.get(path).query("on", "2021").query("time_zone", "Mars/Phobos").await.is_problem(400, "invalid_parameter");
            for other in ["published_from", "published_before"] {
                let refused = reader.get(path).query("on", "2021").query(other, "2021-02-04T00:00:00Z").await;
                refused.is_problem(400, "invalid_parameter").has_error("/on", "conflict");
            }
        }
        reader.get("/v1/articles?time_zone=UTC").await.is_problem(400, "invalid_parameter").has_error("/time_zone", "conflict");
        reader.get("/v1/publication-dates?on=2021&granularity=day").await.is_problem(400, "invalid_parameter").has_error("/on", "conflict");
    }
}
