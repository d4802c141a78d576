//! Users and API keys who are limited to categories: they read what others of their role read, and change what lies in these or below.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{PASSWORD, Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const ARTICLES: &str = "/v1/editor/articles";
const CATEGORIES: &str = "/v1/editor/categories";

async fn category(editor: &Client, name: &str, parent: Option<&str>) -> String {
    let made = editor.post(CATEGORIES).json(json!({ "name": name, "parent_id": parent })).await;
    made.is_created().text_at("/id").to_owned()
}

fn within(title: &str, category: Option<&str>) -> Value {
    let mut wanted = article(title);
    wanted["category_id"] = json!(category);
    wanted
}

/// A new article: its path.
async fn written(editor: &Client, title: &str, category: Option<&str>) -> String {
    let made = editor.post(ARTICLES).json(within(title, category)).await;
    format!("{ARTICLES}/{}", made.is_created().text_at("/id"))
}

/// Is refused for where it lies, by the names of the categories that are open.
#[track_caller]
fn is_outside(answer: &Answer) {
    let detail = answer.is_problem(403, "forbidden").text_at("/detail").to_owned();
    assert!(detail.contains("`politics`"), "{detail}");
}

/// A site with an editor who is limited to politics, below which elections lie; sport is not theirs.
struct Desk {
    site: Site,
    admin: Client,
    limited: Client,
    /// The path of the editor.
    user: String,
    politics: String,
    elections: String,
    sport: String,
}

async fn desk(engine: crate::support::Engine) -> Desk {
    let site = Site::at(engine, NOW);
    let admin = site.login(Role::Admin).await;
    let politics = category(&admin, "Politics", None).await;
    let elections = category(&admin, "Elections", Some(&politics)).await;
    let sport = category(&admin, "Sport", None).await;
    let new =
        json!({ "email": "p@example.org", "name": "P", "role": "editor", "category_ids": [politics, politics], "password": PASSWORD });
    let made = admin.post("/v1/editor/users").json(new).await;
    assert_eq!(made.is_created()["category_ids"], json!([politics]));
    let login = site.anyone().post("/v1/auth/login").json(json!({ "email": "p@example.org", "password": PASSWORD })).await;
    let limited = site.anyone().with_token(login.is_ok().text_at("/access_token"));
    Desk { site, admin, limited, user: format!("/v1/editor/users/{}", made.text_at("/id")), politics, elections, sport }
}

async fn patch(client: &Client, path: &str, body: Value) -> Answer {
    client.patch(path).if_match("*").merge_patch(body).await
}

on_both_engines! {
    async fn an_earlier_save_that_lies_elsewhere_is_not_published_either(engine) {
        let desk = desk(engine).await;
        let path = written(&desk.admin, "Moved here", Some(&desk.sport)).await;
        desk.admin.patch(&path).if_match("*").merge_patch(json!({ "category_id": desk.elections })).await.is_ok();
        let publications = format!("{path}/publications");
        is_outside(&desk.limited.post(&publications).json(json!({ "revision": 1 })).await);
        let publish = json!({ "title": "Mine", "publish": { "revision": 1 } });
        is_outside(&desk.limited.patch(&path).if_match("*").merge_patch(publish).await);
        let made = desk.limited.post(&publications).json(json!({ "publish_at": "2026-12-07T04:00:00Z" })).await;
        let publication = format!("/v1/editor/publications/{}", made.is_created().text_at("/id"));
        is_outside(&desk.limited.patch(&publication).merge_patch(json!({ "revision": 1 })).await);
        let release = desk.limited.post("/v1/editor/releases").json(json!({ "name": "Night" })).await;
        let members = format!("/v1/editor/releases/{}/publications", release.is_created().text_at("/id"));
        let id = path.rsplit('/').next().unwrap();
        is_outside(&desk.limited.post(&members).json(json!({ "article_id": id, "revision": 1 })).await);
        let bulk = json!({ "mode": "each", "operations": [{ "op": "publish", "id": id, "revision": 1 }] });
        assert_eq!(desk.limited.post("/v1/editor/bulk").json(bulk).await.is_ok().at("/results/0/status"), &json!(403));
    }

    async fn whoever_is_limited_decides_on_no_date_of_a_text_from_elsewhere(engine) {
        let Desk { site: _site, admin, limited, politics, sport, .. } = desk(engine).await;
        let path = written(&admin, "Sport first", Some(&sport)).await;
        let pinned = json!({ "revision": 1, "publish_at": "2026-12-07T04:00:00Z" });
        let made = admin.post(&format!("{path}/publications")).json(pinned).await;
        let publication = format!("/v1/editor/publications/{}", made.is_created().text_at("/id"));
        patch(&admin, &path, json!({ "category_id": politics })).await.is_ok();
        is_outside(&limited.patch(&publication).merge_patch(json!({ "publish_at": null })).await);
        is_outside(&limited.patch(&publication).merge_patch(json!({ "publish_at": "2026-12-08T04:00:00Z" })).await);
        limited.patch(&publication).merge_patch(json!({ "unpublish_at": "2026-12-09T04:00:00Z" })).await.is_ok();
    }

    async fn a_release_with_something_from_elsewhere_is_not_theirs(engine) {
        let Desk { site: _site, admin, limited, politics, sport, .. } = desk(engine).await;
        let release = admin.post("/v1/editor/releases").json(json!({ "name": "Night", "publish_at": "2026-12-07T04:00:00Z" })).await;
        let release = format!("/v1/editor/releases/{}", release.is_created().text_at("/id"));
        let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let (theirs, elsewhere) = (id(&written(&admin, "Vote", Some(&politics)).await), id(&written(&admin, "Match", Some(&sport)).await));
        admin.post(&format!("{release}/publications")).json(json!({ "article_id": elsewhere })).await.is_created();
        is_outside(&limited.post(&format!("{release}/publications")).json(json!({ "article_id": theirs })).await);
        is_outside(&limited.patch(&release).merge_patch(json!({ "name": "Ours" })).await);
        is_outside(&limited.patch(&release).merge_patch(json!({ "publish_at": "2026-12-08T04:00:00Z" })).await);
        admin.patch(&release).merge_patch(json!({ "publish_at": "2026-12-08T04:00:00Z" })).await.is_ok();
        admin.delete(&release).await.is_no_content();
    }

    async fn whoever_is_limited_reads_everything_and_changes_what_lies_in_their_categories(engine) {
        let Desk { site, admin, limited, politics, elections, sport, .. } = desk(engine).await;
        assert_eq!(limited.get("/v1/auth/me").await.is_ok()["category_ids"], json!([politics]));
        let theirs = written(&admin, "Theirs", Some(&elections)).await;
        for (title, main) in [("Cup", Some(&*sport)), ("Nowhere", None)] {
            let there = written(&admin, title, main).await;
            limited.get(&there).await.is_ok();
            limited.get(&format!("{there}/revisions/1")).await.is_ok();
            for refused in [
                patch(&limited, &there, json!({ "title": "Ours" })).await,
                patch(&limited, &there, json!({ "category_id": politics })).await,
                patch(&limited, &format!("{there}?autosave=true"), json!({ "title": "Ours" })).await,
                limited.put(&there).if_match("*").json(within(title, Some(&politics))).await,
                limited.post(&format!("{there}/publications")).json(json!({})).await,
                limited.post(&format!("{there}/revisions/1/restore")).if_match("*").await,
                limited.delete(&there).if_match("*").await,
            ] {
                is_outside(&refused);
            }
            let id = there.rsplit('/').next().unwrap();
            let into_theirs = json!({ "op": "move", "id": id, "category_id": politics });
            let operations = [json!({ "op": "trash", "id": id }), json!({ "op": "publish", "id": id }), into_theirs];
            let bulk = limited.post("/v1/editor/bulk").json(json!({ "mode": "each", "operations": operations })).await;
            let statuses: Vec<u64> = bulk.is_ok()["results"].as_array().unwrap().iter().map(|result| result["status"].as_u64().unwrap()).collect();
            assert_eq!(statuses, [403; 3]);
            assert_eq!(admin.get(&there).await["version"], 1);
            admin.post(&format!("{there}/publications")).json(json!({})).await.is_created();
            is_outside(&limited.post(&format!("{there}/amend")).if_match("*").json(json!({ "excerpt": "Shorter." })).await);
            is_outside(&limited.post(&format!("{there}/unpublish")).json(json!({})).await);
            let publication = format!("/v1/editor/publications/{}", admin.get(&there).await.text_at("/publications/0/id"));
            is_outside(&limited.patch(&publication).merge_patch(json!({ "unpublish_at": "2027-01-01T00:00:00Z" })).await);
            is_outside(&limited.delete(&publication).await);
            admin.delete(&there).if_match("*").await.is_no_content();
            is_outside(&limited.post(&format!("{there}/restore")).if_match("*").await);
        }
        patch(&limited, &theirs, json!({ "title": "Theirs, better" })).await.is_ok();
        limited.post(&format!("{theirs}/publications")).json(json!({})).await.is_created();
        assert_eq!(site.anyone().get("/v1/articles").await.data().len(), 1);
        limited.post(&format!("{theirs}/unpublish")).json(json!({})).await.is_ok();
        limited.delete(&theirs).if_match("*").await.is_no_content();
        limited.post(&format!("{theirs}/restore")).if_match("*").await.is_ok();
    }

    async fn no_save_puts_an_article_elsewhere(engine) {
        let Desk { site: _site, admin, limited, politics, elections, sport, .. } = desk(engine).await;
        for main in [Some(&*sport), None] {
            is_outside(&limited.post(ARTICLES).json(within("Elsewhere", main)).await);
        }
        let mut published = within("Elsewhere", Some(&sport));
        published["publish"] = json!({});
        is_outside(&limited.post(ARTICLES).json(published).await);
        let there = written(&limited, "Here", Some(&politics)).await;
        patch(&limited, &there, json!({ "category_id": elections, "further_category_ids": [politics] })).await.is_ok();
        for main in [Some(&*sport), None] {
            is_outside(&patch(&limited, &there, json!({ "category_id": main })).await);
            is_outside(&limited.put(&there).if_match("*").json(within("Here", main)).await);
        }
        // An earlier save may lie elsewhere: it does not return, and neither does the text in force.
        let moved = written(&admin, "Moved", Some(&sport)).await;
        admin.post(&format!("{moved}/publications")).json(json!({})).await.is_created();
        patch(&admin, &moved, json!({ "category_id": politics })).await.is_ok();
        is_outside(&limited.post(&format!("{moved}/revisions/1/restore")).if_match("*").await);
        is_outside(&limited.post(&format!("{moved}/amend")).if_match("*").json(json!({ "excerpt": "Shorter." })).await);
        assert_eq!(admin.get(&moved).await["revision"], 2);
        patch(&limited, &moved, json!({ "title": "Moved here" })).await.is_ok();
    }

    async fn no_save_puts_an_article_into_further_categories_elsewhere_and_those_that_it_has_may_stay(engine) {
        let Desk { site: _site, admin, limited, politics, elections, sport, .. } = desk(engine).await;
        let art = category(&admin, "Art", None).await;
        let with = |further: &[&String]| json!({ "category_id": politics, "further_category_ids": further });
        let mut new = within("Elsewhere too", Some(&politics));
        new["further_category_ids"] = json!([elections, sport]);
        is_outside(&limited.post(ARTICLES).json(&new).await);
        let shared = format!("{ARTICLES}/{}", admin.post(ARTICLES).json(&new).await.is_created().text_at("/id"));
        let id = shared.rsplit('/').next().unwrap();
        let moved = json!({ "op": "move", "id": id, "further_category_ids": [art] });
        // What an editor of the whole site did stays: whoever is limited writes on.
        patch(&limited, &shared, json!({ "title": "Both desks" })).await.is_ok();
        patch(&limited, &shared, with(&[&sport])).await.is_ok();
        limited.put(&shared).if_match("*").json(&new).await.is_ok();
        is_outside(&patch(&limited, &shared, with(&[&sport, &art])).await);
        new["further_category_ids"] = json!([art]);
        is_outside(&limited.put(&shared).if_match("*").json(&new).await);
        let bulk = json!({ "mode": "each", "operations": [moved] });
        assert_eq!(limited.post("/v1/editor/bulk").json(bulk).await.is_ok().at("/results/0/status"), &json!(403));
        limited.post(&format!("{shared}/publications")).json(json!({})).await.is_created();
        limited.post(&format!("{shared}/amend")).json(json!({ "excerpt": "Shorter." })).await.is_ok();
        is_outside(&limited.post(&format!("{shared}/amend")).json(json!({ "further_category_ids": [sport, art] })).await);
        // Taken out, it does not come back by an earlier save.
        patch(&limited, &shared, with(&[])).await.is_ok();
        is_outside(&patch(&limited, &shared, with(&[&sport])).await);
        is_outside(&limited.post(&format!("{shared}/revisions/1/restore")).await);
        is_outside(&limited.post(&format!("{shared}/publications")).json(json!({ "revision": 1 })).await);
        admin.post(&format!("{shared}/revisions/1/restore")).await.is_ok();
    }

    async fn a_slug_that_a_category_elsewhere_had_is_not_theirs_to_take(engine) {
        let Desk { site, admin, limited, politics, elections, sport, .. } = desk(engine).await;
        let path = |id: &str| format!("{CATEGORIES}/{id}");
        admin.patch(&path(&sport)).merge_patch(json!({ "slug": "games" })).await.is_ok();
        is_outside(&limited.post(CATEGORIES).json(json!({ "name": "Mine", "slug": "sport", "parent_id": politics })).await);
        is_outside(&limited.patch(&path(&elections)).merge_patch(json!({ "slug": "sport" })).await);
        is_outside(&limited.put(&path(&elections)).json(json!({ "name": "Elections", "slug": "sport", "parent_id": politics })).await);
        site.anyone().get("/v1/categories/sport").await.is(308);
        // One that is made from a name goes out of its way, and what they had themselves they may take back.
        assert_eq!(limited.post(CATEGORIES).json(json!({ "name": "Sport", "parent_id": politics })).await.is_created()["slug"], "sport-2");
        limited.patch(&path(&elections)).merge_patch(json!({ "slug": "votes" })).await.is_ok();
        limited.patch(&path(&elections)).merge_patch(json!({ "slug": "elections" })).await.is_ok();
        limited.post(CATEGORIES).json(json!({ "name": "Votes", "slug": "votes", "parent_id": politics })).await.is_created();
        admin.post(CATEGORIES).json(json!({ "name": "Sport", "slug": "sport" })).await.is_created();
    }

    async fn a_kept_answer_is_given_again_to_whom_is_limited_by_today_s_limit(engine) {
        let Desk { site: _site, admin, limited, user, politics, elections, sport } = desk(engine).await;
        admin.patch(&user).merge_patch(json!({ "category_ids": null })).await.is_ok();
        let cup = written(&limited, "Cup", Some(&sport)).await;
        let id = cup.rsplit('/').next().unwrap().to_owned();
        let vote = written(&limited, "Vote", Some(&elections)).await;
        let mut both = within("Both", Some(&politics));
        both["further_category_ids"] = json!([sport]);
        let bulk = json!({ "mode": "each", "operations": [{ "op": "tag", "id": id, "tags": [] }, { "op": "publish", "id": vote.rsplit('/').next() }] });
        let release = limited.post("/v1/editor/releases").json(json!({ "name": "Night" })).await;
        let members = format!("/v1/editor/releases/{}/publications", release.is_created().text_at("/id"));
        let elsewhere = [
            (ARTICLES.to_owned(), within("New", Some(&sport))),
            (ARTICLES.to_owned(), within("Nowhere", None)),
            (ARTICLES.to_owned(), both),
            (format!("{cup}/publications"), json!({})),
            (CATEGORIES.to_owned(), json!({ "name": "Cups", "parent_id": sport })),
            ("/v1/editor/redirects".to_owned(), json!({ "from": "/a", "to": "/b" })),
            ("/v1/editor/bulk".to_owned(), bulk),
            (members, json!({ "article_id": id })),
        ];
        let within_theirs = [
            (ARTICLES.to_owned(), within("New", Some(&elections))),
            (format!("{vote}/publications"), json!({ "publish_at": "2026-12-07T04:00:00Z" })),
            (CATEGORIES.to_owned(), json!({ "name": "Parliament", "parent_id": politics })),
        ];
        let again = async |(path, body): &(String, Value), key: &str| limited.post(path).header("idempotency-key", key).json(body).await;
        for request in &elsewhere {
            assert!(again(request, &format!("far {}", request.1)).await.status < 300);
        }
        for request in &within_theirs {
            again(request, &format!("near {}", request.1)).await.is_created();
        }
        admin.patch(&user).merge_patch(json!({ "category_ids": [politics] })).await.is_ok();
        for request in &elsewhere {
            is_outside(&again(request, &format!("far {}", request.1)).await);
        }
        for request in &within_theirs {
            again(request, &format!("near {}", request.1)).await.is_created();
        }
        admin.patch(&user).merge_patch(json!({ "category_ids": null })).await.is_ok();
        for request in &elsewhere {
            assert!(again(request, &format!("far {}", request.1)).await.status < 300);
        }
    }

    async fn of_a_release_they_move_what_is_theirs_alone(engine) {
        let Desk { site: _site, admin, limited, elections, sport, .. } = desk(engine).await;
        let id = async |title: &str, main: &str| written(&admin, title, Some(main)).await.rsplit('/').next().unwrap().to_owned();
        let (ours, others) = (id("Ours", &elections).await, id("Others", &sport).await);
        for date in [json!(null), json!("2026-12-07T04:00:00Z")] {
            let made = limited.post("/v1/editor/releases").json(json!({ "name": "Night", "publish_at": date })).await;
            let night = format!("/v1/editor/releases/{}", made.is_created().text_at("/id"));
            let add = async |client: &Client, id: &str| client.post(&format!("{night}/publications")).json(json!({ "article_id": id })).await;
            is_outside(&add(&limited, &others).await);
            let mine = add(&limited, &ours).await.is_created().text_at("/id").to_owned();
            limited.patch(&night).merge_patch(json!({ "publish_at": "2026-12-08T04:00:00Z" })).await.is_ok();
            limited.patch(&night).merge_patch(json!({ "publish_at": date })).await.is_ok();
            let theirs = add(&admin, &others).await.is_created().text_at("/id").to_owned();
            is_outside(&limited.patch(&night).merge_patch(json!({ "publish_at": "2026-12-08T04:00:00Z" })).await);
            is_outside(&limited.delete(&night).await);
            is_outside(&limited.delete(&format!("{night}/publications/{theirs}")).await);
            is_outside(&limited.patch(&night).merge_patch(json!({ "name": "That night" })).await);
            is_outside(&add(&limited, &ours).await);
            limited.delete(&format!("{night}/publications/{mine}")).await.is_no_content();
            admin.delete(&night).await.is_no_content();
        }
    }

    async fn of_categories_they_change_those_below_theirs(engine) {
        let Desk { site: _site, limited, politics, elections, sport, .. } = desk(engine).await;
        let path = |id: &str| format!("{CATEGORIES}/{id}");
        limited.get(&path(&sport)).await.is_ok();
        for refused in [
            limited.post(CATEGORIES).json(json!({ "name": "Root" })).await,
            limited.post(CATEGORIES).json(json!({ "name": "Cup", "parent_id": sport })).await,
            limited.patch(&path(&politics)).merge_patch(json!({ "name": "Power" })).await,
            limited.patch(&path(&sport)).merge_patch(json!({ "parent_id": politics })).await,
            limited.patch(&path(&elections)).merge_patch(json!({ "parent_id": sport })).await,
            limited.patch(&path(&elections)).merge_patch(json!({ "parent_id": null })).await,
            limited.put(&path(&elections)).json(json!({ "name": "Elections" })).await,
            limited.delete(&path(&politics)).await,
            limited.delete(&path(&sport)).await,
            limited.delete(&format!("{}?reassign_to={sport}", path(&elections))).await,
        ] {
            is_outside(&refused);
        }
        let below = category(&limited, "Parliament", Some(&politics)).await;
        let deeper = category(&limited, "Committees", Some(&below)).await;
        limited.patch(&path(&deeper)).merge_patch(json!({ "parent_id": elections })).await.is_ok();
        limited.put(&path(&deeper)).json(json!({ "name": "Boards", "parent_id": politics })).await.is_ok();
        limited.delete(&format!("{}?reassign_to={politics}", path(&below))).await.is_no_content();
        limited.delete(&path(&elections)).await.is_no_content();
    }

    async fn another_limit_holds_from_the_next_request_on(engine) {
        let Desk { site: _site, admin, limited, user, politics, sport, .. } = desk(engine).await;
        let cup = written(&admin, "Cup", Some(&sport)).await;
        is_outside(&patch(&limited, &cup, json!({ "title": "Final" })).await);
        let changed = admin.patch(&user).if_match("\"1\"").merge_patch(json!({ "category_ids": [sport, politics] })).await;
        assert_eq!((&changed.is_ok()["category_ids"], &changed["version"]), (&json!([sport, politics]), &json!(2)));
        patch(&limited, &cup, json!({ "title": "Final" })).await.is_ok();
        let told = &admin.get("/v1/editor/audit-log?action=user.updated").await["data"][0];
        assert_eq!((&told["before"]["category_ids"], &told["after"]["category_ids"]), (&json!([politics]), &json!([sport, politics])));
        admin.patch(&user).merge_patch(json!({ "category_ids": [] })).await.is_ok();
        patch(&limited, &cup, json!({ "title": "Final, again" })).await.is_problem(403, "forbidden");
        admin.patch(&user).merge_patch(json!({ "category_ids": null })).await.is_ok();
        patch(&limited, &cup, json!({ "title": "Final, again" })).await.is_ok();
    }

    async fn admins_are_never_limited(engine) {
        let Desk { site: _site, admin, user, politics, .. } = desk(engine).await;
        let me = format!("/v1/editor/users/{}", admin.get("/v1/auth/me").await.text_at("/id"));
        let new = json!({ "email": "a@example.org", "name": "A", "role": "admin", "category_ids": [politics] });
        admin.post("/v1/editor/users").json(new).await.is_problem(422, "invalid").has_error("/category_ids", "admin");
        admin.patch(&me).merge_patch(json!({ "category_ids": [politics] })).await.is_problem(422, "invalid").has_error("/category_ids", "admin");
        admin.patch(&user).merge_patch(json!({ "role": "admin" })).await.is_problem(422, "invalid").has_error("/category_ids", "admin");
        admin.patch(&user).merge_patch(json!({ "role": "admin", "category_ids": null })).await.is_ok();
    }

    async fn a_key_is_limited_like_a_user_whatever_its_scopes(engine) {
        let Desk { site, admin, politics, sport, .. } = desk(engine).await;
        let new = json!({ "name": "Import", "scopes": ["admin"], "category_ids": [politics] });
        let made = admin.post("/v1/editor/api-keys").json(new).await;
        let (program, key) = (site.anyone().with_token(made.is_created().text_at("/key")), format!("/v1/editor/api-keys/{}", made.text_at("/id")));
        assert_eq!(program.get("/v1/auth/me").await["category_ids"], json!([politics]));
        let cup = written(&admin, "Cup", Some(&sport)).await;
        is_outside(&program.post(ARTICLES).json(within("Score", Some(&sport))).await);
        admin.delete(&cup).if_match("*").await.is_no_content();
        is_outside(&program.delete(&format!("{cup}?purge=true")).if_match("*").await);
        let mine = written(&program, "Vote", Some(&politics)).await;
        program.delete(&mine).if_match("*").await.is_no_content();
        program.delete(&format!("{mine}?purge=true")).if_match("*").await.is_no_content();
        let changed = admin.patch(&key).merge_patch(json!({ "category_ids": [sport] })).await;
        assert_eq!(changed.is_ok()["category_ids"], json!([sport]));
        program.delete(&format!("{cup}?purge=true")).if_match("*").await.is_no_content();
        admin.patch(&key).merge_patch(json!({ "category_ids": null })).await.is_ok();
        written(&program, "Anywhere", None).await;
    }

    async fn a_deleted_category_opens_nothing_to_whom_it_was_open(engine) {
        let Desk { site, admin, limited, user, politics, elections, sport } = desk(engine).await;
        let new = json!({ "name": "Import", "scopes": ["articles:write"], "category_ids": [elections, sport] });
        let made = admin.post("/v1/editor/api-keys").json(new).await;
        let program = site.anyone().with_token(made.is_created().text_at("/key"));
        let cup = written(&admin, "Cup", Some(&sport)).await;
        admin.patch(&user).merge_patch(json!({ "category_ids": [elections] })).await.is_ok();
        written(&admin, "Vote", Some(&elections)).await;
        admin.delete(&format!("{CATEGORIES}/{elections}?reassign_to={politics}")).await.is_no_content();
        // Nobody was limited to politics: what went there is open to neither.
        assert_eq!(admin.get(&user).await.is_ok()["category_ids"], json!([]));
        let refused = limited.post(ARTICLES).json(within("Ours", Some(&politics))).await;
        assert!(refused.is_problem(403, "forbidden").text_at("/detail").contains("are gone"));
        let key = admin.get(&format!("/v1/editor/api-keys/{}", made.text_at("/id"))).await;
        assert_eq!((&key["category_ids"], &key["version"]), (&json!([sport]), &json!(2)));
        program.patch(&cup).if_match("*").merge_patch(json!({ "title": "Final" })).await.is_ok();
        program.post(ARTICLES).json(within("Ours", Some(&politics))).await.is_problem(403, "forbidden");
        let told = admin.get("/v1/editor/audit-log?limit=4").await;
        assert_eq!(told.each("action"), ["article.saved", "category.deleted", "api_key.updated", "user.updated"]);
    }

    async fn as_many_categories_as_the_document_says_and_no_more(engine) {
        let Desk { site: _site, admin, user, politics, .. } = desk(engine).await;
        let mut ids = vec![politics.clone()];
        for number in 1..50 {
            ids.push(category(&admin, &format!("C {number}"), Some(&politics)).await);
        }
        assert_eq!(admin.patch(&user).merge_patch(json!({ "category_ids": &ids })).await.is_ok()["category_ids"], json!(ids));
        ids.push(category(&admin, "One more", None).await);
        admin.patch(&user).merge_patch(json!({ "category_ids": ids })).await.is_problem(422, "invalid");
        admin.patch(&user).merge_patch(json!({ "category_ids": [user.rsplit('/').next()] })).await.is_problem(422, "invalid").has_error("/category_ids/0", "unknown");
    }

    async fn a_redirect_lies_in_no_category_and_so_outside_of_all(engine) {
        let desk = desk(engine).await;
        is_outside(&desk.limited.post("/v1/editor/redirects").json(json!({ "from": "/a", "to": "/b" })).await);
        let made = desk.admin.post("/v1/editor/redirects").json(json!({ "from": "/a", "to": "/b" })).await;
        let path = made.is_created().expect_header("location").to_owned();
        desk.limited.get(&path).await.is_ok();
        is_outside(&desk.limited.delete(&path).await);
    }
}
