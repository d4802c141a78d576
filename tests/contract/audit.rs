//! The audit log: who did what, when, from where, what was before and after.

use std::collections::BTreeSet;

use dateline::audit::verify::verify;
use dateline::kernel::caller::Role;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::on_both_engines;
use crate::site::{PASSWORD, Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

/// The newest entries that a query leaves, the oldest of them first.
async fn told(admin: &Client, query: &str) -> Vec<Value> {
    let list = admin.get(&format!("/v1/editor/audit-log?limit=100{query}")).await;
    list.is_ok().data().iter().rev().cloned().collect()
}

fn actions(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect()
}

/// What was told since an instant, and a moment later.
async fn since(site: &Site, admin: &Client) -> Vec<Value> {
    let from = dateline::kernel::clock::Clock::now(site.clock());
    let entries = told(admin, &format!("&from={from}")).await;
    site.clock().advance_ms(1000);
    entries
}

async fn begun(editor: &Client, wanted: Value) -> (String, Answer) {
    let made = editor.post("/v1/editor/articles").json(&wanted).await;
    (made.is_created().text_at("/id").to_owned(), made)
}

on_both_engines! {
    async fn each_change_of_an_article_is_told_with_what_was_before_and_after(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let me = editor.get("/v1/auth/me").await.text_at("/id").to_owned();
        site.clock().advance_ms(1000);
        let mut wanted = article("Prices rise");
        wanted["publish"] = json!({ "publish_at": "2026-12-07T04:00:00Z" });
        let (id, made) = begun(&editor, wanted).await;
        let (path, publication) = (format!("/v1/editor/articles/{id}"), made.text_at("/publications/0/id"));
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["article.created", "publication.created"]);
        let [created, planned] = &entries[..] else { panic!() };
        assert_eq!(created["target"], json!({ "kind": "article", "id": id, "email": null }));
        assert_eq!(created["before"], json!(null));
        let after = json!({ "title": "Prices rise", "slug": "prices-rise", "category_id": null, "kind": "article", "locale": "en", "version": 1, "revision": 1, "embargo_until": null, "embargo_note": null, "translation_group": null });
        assert_eq!(created["after"], after);
        let actor = json!({ "kind": "user", "user_id": me, "email": "editor@example.org", "name": "editor", "api_key_id": null, "address": "127.0.0.1" });
        assert_eq!(created["actor"], actor);
        assert_eq!(planned["target"], json!({ "kind": "publication", "id": publication, "email": null }));
        assert_eq!((&planned["after"]["article_id"], &planned["after"]["publish_at"]), (&json!(id), &json!("2026-12-07T04:00:00.000Z")));
        assert_eq!(planned["number"].as_i64().unwrap(), created["number"].as_i64().unwrap() + 1);

        // A save moves what follows it; its body is only named.
        let change = json!({ "title": "Prices fall", "body": { "source": "Nobody knows why." } });
        editor.patch(&path).if_match("*").merge_patch(change).await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["article.saved", "publication.updated"]);
        assert_eq!(entries[0]["before"], json!({ "title": "Prices rise", "version": 1, "revision": 1 }));
        assert_eq!(entries[0]["after"], json!({ "title": "Prices fall", "version": 2, "revision": 2, "changed_fields": ["title", "body"] }));
        assert_eq!(entries[1]["before"], json!({ "article_id": id, "revision": 1 }));
        assert_eq!(entries[1]["after"], json!({ "article_id": id, "revision": 2 }));

        editor.post(&format!("{path}/revisions/1/restore")).if_match("*").await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["article.saved", "publication.updated"]);
        assert_eq!(entries[0]["after"]["restored_from"], 1);

        // Live at once, then taken down, which calls off what lies ahead.
        editor.post(&format!("{path}/publications")).json(json!({})).await.is_created();
        assert_eq!(actions(&since(&site, &admin).await), ["publication.created"]);
        editor.post(&format!("{path}/unpublish")).json(json!({ "withdrawn": { "reason": "Not confirmed." } })).await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["article.unpublished", "publication.deleted", "publication.updated"]);
        assert_eq!(entries[0]["target"]["id"], json!(id));
        assert_eq!((&entries[1]["target"]["id"], &entries[1]["after"]), (&json!(publication), &json!(null)));
        assert_eq!(entries[2]["after"]["withdrawn"], json!({ "reason": "Not confirmed." }));

        editor.delete(&path).if_match("*").await.is_no_content();
        assert_eq!(actions(&since(&site, &admin).await), ["article.trashed"]);
        editor.post(&format!("{path}/restore")).if_match("*").await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["article.restored"]);
        assert_eq!((&entries[0]["before"], &entries[0]["after"]), (&json!({ "version": 4 }), &json!({ "version": 5 })));
        editor.delete(&path).if_match("*").await.is_no_content();
        site.clock().advance_ms(1000);
        admin.delete(&format!("{path}?purge=true")).if_match("*").await.is_no_content();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["article.purged"]);
        assert_eq!(entries[0]["before"]["title"], "Prices rise");
        assert_eq!(told(&admin, &format!("&target_id={id}")).await.len(), 8, "what was told before stays");
    }

    async fn amendments_embargoes_and_releases_are_told(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let mut wanted = article("Prices rise");
        wanted["publish"] = json!({});
        let (live, _) = begun(&editor, wanted).await;
        let path = format!("/v1/editor/articles/{live}");
        site.clock().advance_ms(1000);
        editor.patch(&path).if_match("*").merge_patch(json!({ "title": "A rewrite" })).await.is_ok();
        site.clock().advance_ms(1000);
        editor.post(&format!("{path}/amend")).json(json!({ "excerpt": "Mended.", "minor": true })).await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["article.amended", "publication.created"]);
        assert_eq!(entries[0]["before"], json!({ "version": 2, "revision": 1 }));
        let publication = &entries[1]["target"]["id"];
        let after = json!({ "version": 4, "revision": 3, "changed_fields": ["excerpt"], "collisions": [], "publication_id": publication });
        assert_eq!(entries[0]["after"], after);

        let (held, _) = begun(&editor, article("Held back")).await;
        site.clock().advance_ms(1000);
        let embargo = json!({ "embargo_until": "2026-12-24T18:00:00Z", "embargo_note": "By agreement." });
        editor.patch(&format!("/v1/editor/articles/{held}")).if_match("*").merge_patch(embargo).await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!((&entries[0]["before"]["embargo_until"], &entries[0]["after"]["embargo_note"]), (&json!(null), &json!("By agreement.")));
        let early = json!({ "publish_at": "2026-12-01T08:00:00Z", "override_embargo": true });
        editor.post(&format!("/v1/editor/articles/{held}/publications")).json(early).await.is_created();
        assert_eq!(since(&site, &admin).await[0]["after"]["overrides_embargo"], true);

        let made = editor.post("/v1/editor/releases").json(json!({ "name": "Election" })).await;
        let release = format!("/v1/editor/releases/{}", made.is_created().text_at("/id"));
        let (member, _) = begun(&editor, article("Polls open")).await;
        site.clock().advance_ms(1000);
        editor.post(&format!("{release}/publications")).json(json!({ "article_id": member })).await.is_created();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["release.publication_added"]);
        assert_eq!(entries[0]["after"]["article_id"], json!(member));
        editor.patch(&release).merge_patch(json!({ "publish_at": "2026-12-05T04:00:00Z" })).await.is_ok();
        assert_eq!(actions(&since(&site, &admin).await), ["publication.created", "release.updated"]);
        editor.patch(&release).merge_patch(json!({ "publish_at": "2026-12-06T04:00:00Z" })).await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["publication.updated", "release.updated"]);
        assert_eq!((&entries[1]["before"]["publish_at"], &entries[1]["before"]["name"]), (&json!("2026-12-05T04:00:00.000Z"), &json!("Election")));
        editor.delete(&release).await.is_no_content();
        assert_eq!(actions(&since(&site, &admin).await), ["publication.deleted", "release.cancelled"]);
    }

    async fn each_change_of_categories_links_and_people_is_told(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        site.clock().advance_ms(1000);
        let made = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await;
        let city = made.is_created().text_at("/id").to_owned();
        let below = editor.post("/v1/editor/categories").json(json!({ "name": "Roads", "parent_id": city })).await.text_at("/id").to_owned();
        let other = editor.post("/v1/editor/categories").json(json!({ "name": "Region" })).await.text_at("/id").to_owned();
        assert_eq!(actions(&since(&site, &admin).await), ["category.created"; 3]);
        editor.patch(&format!("/v1/editor/categories/{city}")).merge_patch(json!({ "name": "The city" })).await.is_ok();
        // What changes nothing is not told.
        editor.patch(&format!("/v1/editor/categories/{city}")).merge_patch(json!({ "name": "The city" })).await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["category.updated"]);
        assert_eq!(entries[0]["before"], json!({ "slug": "city", "name": "City" }));
        assert_eq!(entries[0]["after"], json!({ "slug": "city", "name": "The city" }));
        editor.delete(&format!("/v1/editor/categories/{city}?reassign_to={other}")).await.is_no_content();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["category.moved", "category.deleted"]);
        assert_eq!((&entries[0]["target"]["id"], &entries[0]["before"]["parent_id"]), (&json!(below), &json!(city)));
        assert_eq!((&entries[0]["after"]["parent_id"], &entries[1]["after"]), (&json!(other), &json!({ "reassign_to": other })));

        let link = editor.post("/v1/editor/preview-links").json(json!({})).await.text_at("/id").to_owned();
        editor.delete(&format!("/v1/editor/preview-links/{link}")).await.is_no_content();
        assert_eq!(actions(&since(&site, &admin).await), ["preview_link.created", "preview_link.revoked"]);

        let new = admin.post("/v1/editor/users").json(json!({ "email": "New@example.org", "name": "New", "role": "author" })).await;
        let user = new.is_created().text_at("/id").to_owned();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["user.created"]);
        assert_eq!(entries[0]["target"], json!({ "kind": "user", "id": user, "email": "new@example.org" }));
        assert_eq!(entries[0]["after"], json!({ "email": "new@example.org", "name": "New", "role": "author", "active": true, "category_ids": null }));
        admin.patch(&format!("/v1/editor/users/{user}")).merge_patch(json!({ "role": "editor" })).await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!(entries[0]["before"], json!({ "email": "new@example.org", "role": "author" }));
        assert_eq!(entries[0]["after"], json!({ "email": "new@example.org", "role": "editor" }));
    }

    async fn logins_logouts_and_what_ends_sessions_are_told(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let users = admin.get("/v1/editor/users").await;
        let author = users.data().iter().find(|user| user["role"] == "author").unwrap()["id"].as_str().unwrap().to_owned();
        site.clock().advance_ms(1000);
        let login = async || site.anyone().post("/v1/auth/login").json(json!({ "email": "author@example.org", "password": PASSWORD })).await;
        let first = login().await;
        site.anyone().post("/v1/auth/login").json(json!({ "email": "author@example.org", "password": "wrong" })).await.is_problem(401, "invalid_credentials");
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["session.started"]);
        assert_eq!((&entries[0]["actor"]["email"], &entries[0]["actor"]["address"]), (&json!("author@example.org"), &json!("127.0.0.1")));
        let refresh = json!({ "refresh_token": first.text_at("/refresh_token") });
        site.anyone().post("/v1/auth/refresh").json(&refresh).await.is_ok();
        assert!(since(&site, &admin).await.is_empty());
        site.clock().advance_ms(10_000);
        site.anyone().post("/v1/auth/refresh").json(&refresh).await.is_problem(401, "invalid_refresh_token");
        assert_eq!(actions(&since(&site, &admin).await), ["session.refresh_token_reused"]);
        let second = login().await;
        site.clock().advance_ms(1000);
        for _ in 0..2 {
            site.anyone().post("/v1/auth/logout").json(json!({ "refresh_token": second.text_at("/refresh_token") })).await.is_no_content();
        }
        assert_eq!(actions(&since(&site, &admin).await), ["session.ended"]);
        let (third, _fourth) = (login().await, login().await);
        site.clock().advance_ms(1000);
        let own = site.anyone().with_token(third.text_at("/access_token"));
        own.post("/v1/auth/password").json(json!({ "current_password": PASSWORD, "new_password": "another good one" })).await.is_no_content();
        let entries = since(&site, &admin).await;
        assert_eq!(actions(&entries), ["user.password_changed"]);
        assert_eq!((&entries[0]["before"], &entries[0]["after"]), (&json!(null), &json!({ "email": "author@example.org", "sessions_ended": 1 })));
        admin.patch(&format!("/v1/editor/users/{author}")).merge_patch(json!({ "active": false })).await.is_ok();
        let entries = since(&site, &admin).await;
        assert_eq!(entries[0]["after"], json!({ "email": "author@example.org", "active": false, "sessions_ended": 1 }));
    }

    async fn the_address_is_that_of_the_client_behind_a_trusted_proxy(engine) {
        let site = Site::with(engine, NOW, |options| options.trusted_proxies = dateline::http::TrustedProxies::parse("127.0.0.1").unwrap());
        let admin = site.login(Role::Admin).await;
        for (from, told_as) in [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")] {
            admin.post("/v1/editor/categories").header("x-forwarded-for", from).json(json!({ "name": from })).await.is_created();
            assert_eq!(told(&admin, "").await.last().unwrap()["actor"]["address"], told_as);
        }
    }

    async fn the_log_is_filtered_by_what_it_says_and_paged_both_ways(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let me = editor.get("/v1/auth/me").await.text_at("/id").to_owned();
        let mut ids = Vec::new();
        for number in 0..7 {
            site.clock().advance_ms(if number % 2 == 0 { 1000 } else { 0 });
            ids.push(begun(&editor, article(&format!("Article {number}"))).await.0);
        }
        let of = async |query: &str| told(&admin, query).await.iter().map(|entry| entry["target"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(of("&target_kind=article").await, ids);
        assert_eq!(of("&action=article.created").await, ids);
        assert_eq!(of(&format!("&target_id={}", ids[3])).await, [ids[3].clone()]);
        assert_eq!(of(&format!("&actor={me}&target_kind=article")).await, ids);
        assert_eq!(of(&format!("&actor={}&target_kind=article", ids[0])).await, Vec::<String>::new());
        assert_eq!(of("&from=2026-11-30T08:00:02Z&to=2026-11-30T08:00:03Z").await, ids[2..4]);
        assert_eq!(of("&from=2026-11-30T08:00:04.001Z").await, Vec::<String>::new());
        // With commas any of them, whichever filters go together; local times by the zone beside them.
        assert_eq!(of(&format!("&target_id={},{}", ids[5], ids[1])).await, [ids[1].clone(), ids[5].clone()]);
        assert_eq!(of("&action=article.saved,article.created").await, ids);
        assert_eq!(of("&target_kind=release,article&action=article.created,article.saved").await, ids);
        let two = admin.get(&format!("/v1/editor/audit-log?limit=1&target_id={},{}", ids[5], ids[1])).await;
        let (next, others) = (two.text_at("/paging/next"), format!("{},{}", ids[1], ids[5]));
        let other = admin.get(&format!("/v1/editor/audit-log?limit=1&target_id={others}&cursor={next}")).await;
        assert_eq!([&two["data"][0]["target"]["id"], &other["data"][0]["target"]["id"]], [&json!(ids[5]), &json!(ids[1])]);
        assert_eq!(of("&from=2026-11-30T13:00:02&to=2026-11-30T13:00:03&time_zone=Asia/Ashgabat").await, ids[2..4]);
        // Three to a page, there and back.
        let (mut pages, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let at = cursor.as_ref().map_or(String::new(), |cursor| format!("&cursor={cursor}"));
            let page = admin.get(&format!("/v1/editor/audit-log?limit=3&action=article.created{at}")).await;
            pages.push(page.is_ok().data().to_vec());
            if page["paging"]["next"].is_null() {
                let back = admin.get(&format!("/v1/editor/audit-log?limit=3&action=article.created&cursor={}", page.text_at("/paging/previous"))).await;
                assert_eq!(back.data(), pages[pages.len() - 2]);
                break;
            }
            assert!(page.expect_header("link").contains("rel=\"next\""));
            cursor = Some(page.text_at("/paging/next").to_owned());
        }
        let walked: Vec<_> = pages.concat().iter().map(|entry| entry["target"]["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(walked, ids.iter().rev().cloned().collect::<Vec<_>>());
        let cursor = cursor.unwrap();
        admin.get(&format!("/v1/editor/audit-log?action=article.saved&cursor={cursor}")).await.is_problem(400, "invalid_cursor");
        let wrong = admin.get("/v1/editor/audit-log?actor=1&action=article.save&target_kind=articles&target_id=x&from=today&to=x&limit=101&who=me").await;
        wrong.is_problem(400, "invalid_parameter").has_error("/actor", "invalid_format").has_error("/action", "not_one_of");
        wrong.has_error("/target_kind", "not_one_of").has_error("/target_id", "invalid_format").has_error("/from", "invalid_format");
        wrong.has_error("/to", "invalid_format").has_error("/limit", "out_of_range").has_error("/who", "unknown_parameter");
        let too_many = vec![ids[0].clone(); 21].join(",");
        let wrong = admin.get(&format!("/v1/editor/audit-log?actor={too_many}&target_id={too_many}&from=2026-11-30T08:00")).await;
        wrong.is_problem(400, "invalid_parameter").has_error("/actor", "too_many").has_error("/target_id", "too_many").has_error("/from", "no_time_zone");
        admin.get("/v1/editor/audit-log/export?limit=5").await.is_problem(400, "invalid_parameter");
    }

    async fn an_export_is_the_whole_log_line_by_line_and_its_hashes_can_be_worked_out(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        // More than one part of it.
        for number in 0..120 {
            editor.post("/v1/editor/categories").json(json!({ "name": format!("Category ä {number}") })).await.is_created();
        }
        let export = admin.get("/v1/editor/audit-log/export").await;
        assert_eq!(export.is_ok().expect_header("content-type"), "application/x-ndjson");
        assert_eq!(export.expect_header("cache-control"), "private, no-store, no-transform");
        let text = export.text();
        assert!(text.ends_with("}\n"));
        let entries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let numbers: Vec<i64> = entries.iter().map(|entry| entry["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=i64::try_from(entries.len()).unwrap()).collect::<Vec<_>>());
        assert!(entries.len() > 120);
        let mut before = "0".repeat(64);
        for entry in &entries {
            let line = |pointer: &str| match entry.pointer(pointer).unwrap() {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let lines = ["/number", "/id", "/at", "/actor/user_id", "/actor/api_key_id", "/actor/address", "/action", "/target/kind", "/target/id", "/before", "/after"];
            let lines: String = lines.iter().map(|pointer| line(pointer) + "\n").collect();
            let hash: String = Sha256::digest(format!("{before}\n{lines}")).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(line("/hash"), hash, "{entry}");
            before = hash;
        }
        assert_eq!(entries[entries.len() - 100..], told(&admin, "").await);
        let some = admin.get("/v1/editor/audit-log/export?target_kind=session").await.text();
        assert_eq!(some.lines().count(), 2);
        assert_eq!(admin.get("/v1/editor/audit-log/export?from=2027-01-01T00:00:00Z").await.is_ok().text(), "");
        let whole = verify(site.db()).unwrap().unwrap();
        assert_eq!((whole.number, whole.hash), (i64::try_from(entries.len()).unwrap(), before));
    }

    async fn no_secret_is_ever_told(engine) {
        let site = Site::at(engine, NOW);
        let (admin, mut secrets) = (site.login(Role::Admin).await, vec![PASSWORD.to_owned(), "$argon2".to_owned(), "a secret at that".to_owned()]);
        let new = admin.post("/v1/editor/users").json(json!({ "email": "new@example.org", "name": "New", "role": "editor" })).await;
        secrets.push(new.is_created().text_at("/one_time_password").to_owned());
        let login = site.anyone().post("/v1/auth/login").json(json!({ "email": "new@example.org", "password": new.text_at("/one_time_password") })).await;
        secrets.extend(["/access_token", "/refresh_token"].map(|name| login.is_ok().text_at(name).to_owned()));
        let editor = site.anyone().with_token(login.text_at("/access_token"));
        let change = json!({ "current_password": new.text_at("/one_time_password"), "new_password": "a secret at that" });
        editor.post("/v1/auth/password").json(change).await.is_no_content();
        let refreshed = site.anyone().post("/v1/auth/refresh").json(json!({ "refresh_token": login.text_at("/refresh_token") })).await;
        secrets.extend(["/access_token", "/refresh_token"].map(|name| refreshed.is_ok().text_at(name).to_owned()));
        secrets.push(editor.post("/v1/editor/preview-links").json(json!({})).await.is_created().text_at("/token").to_owned());
        let body = json!({ "title": "A title", "body": { "format": "markdown", "source": "What nobody may read yet." }, "custom": { "k": "a custom text" } });
        editor.post("/v1/editor/articles").json(body).await.is_created();
        site.anyone().post("/v1/auth/logout").json(json!({ "refresh_token": refreshed.text_at("/refresh_token") })).await.is_no_content();
        let told = admin.get("/v1/editor/audit-log/export").await.is_ok().text();
        secrets.extend(["What nobody may read".to_owned(), "a custom text".to_owned()]);
        for secret in secrets {
            assert!(!told.contains(&secret), "{secret} is in {told}");
        }
        let hashes: Vec<String> = site.db().run_read(|connection| {
            let rows = dateline::db::Statement::<diesel::sql_types::Text>::new("SELECT password_hash FROM users").load::<String>(connection)?;
            Ok::<_, dateline::db::Error>(rows)
        }).unwrap();
        assert!(hashes.iter().all(|hash| !told.contains(hash.rsplit('$').next().unwrap())));
    }

    async fn many_who_write_at_once_make_one_chain(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let shared = begun(&editor, article("Shared")).await.0;
        let one = async |number: usize| {
            // Some meet on one article, some on the tree, some on nothing.
            let answer = match number % 4 {
                0 => editor.patch(&format!("/v1/editor/articles/{shared}")).if_match("*").merge_patch(json!({ "excerpt": format!("{number}") })).await,
                1 => editor.post("/v1/editor/categories").json(json!({ "name": format!("Category {number}") })).await,
                2 => editor.post("/v1/editor/preview-links").json(json!({})).await,
                _ => {
                    let mut wanted = article(&format!("Article {number}"));
                    wanted["publish"] = json!({});
                    editor.post("/v1/editor/articles").json(&wanted).await
                }
            };
            assert!(answer.status < 300, "{answer}");
        };
        let before = verify(site.db()).unwrap().unwrap().number;
        futures_util::future::join_all((0..80).map(one)).await;
        let whole = verify(site.db()).unwrap().unwrap();
        assert_eq!(whole.number - before, 20 * 5);
        let export = admin.get("/v1/editor/audit-log/export").await.text();
        let numbers: BTreeSet<i64> = export.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=whole.number).collect());
    }

    async fn what_is_refused_leaves_nothing(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let before = verify(site.db()).unwrap().unwrap();
        editor.post("/v1/editor/articles").json(json!({ "title": "No body" })).await.is_problem(422, "invalid");
        let unknown = json!({ "title": "T", "body": { "format": "markdown", "source": "" }, "publish": { "revision": 9 } });
        editor.post("/v1/editor/articles").json(unknown).await.is_problem(422, "invalid");
        assert_eq!(verify(site.db()).unwrap().unwrap(), before);
        // The same request again is the same change.
        for _ in 0..2 {
            editor.post("/v1/editor/categories").header("idempotency-key", "a").json(json!({ "name": "City" })).await.is_created();
        }
        assert_eq!(verify(site.db()).unwrap().unwrap().number, before.number + 1);
    }
}
