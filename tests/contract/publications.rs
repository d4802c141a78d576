//! Dates: what is live when, to the millisecond.

use dateline::kernel::caller::Role;
use serde_json::json;

use crate::on_both_engines;
use crate::site::{Site, article};

on_both_engines! {
    async fn an_article_is_public_from_its_instant_and_not_a_millisecond_before(engine) {
        let site = Site::at(engine, "2026-11-30T03:59:58.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Prices rise");
        wanted["publish"] = json!({ "publish_at": "2026-11-30T09:00", "time_zone": "Asia/Ashgabat" });
        let created = editor.post("/v1/editor/articles").json(&wanted).await;
        created.is_created();
        assert_eq!(created["status"], "scheduled");
        assert_eq!(created["publications"][0]["publish_at_local"], "2026-11-30T09:00:00");
        site.clock().advance_ms(1999);
        site.anyone().get("/v1/articles/prices-rise").await.is_problem(404, "not_found");
        let before = site.anyone().get("/v1/articles").await;
        assert_eq!(before.data().len(), 0);
        assert_eq!(before.expect_header("cache-control"), "public, max-age=0");
        site.clock().advance_ms(1);
        site.anyone().get("/v1/articles/prices-rise").await.is_ok();
        assert_eq!(site.anyone().get("/v1/articles").await.data().len(), 1);
    }

    async fn another_zone_moves_no_instant_and_shows_its_own_local_times(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Clocks");
        wanted["publish"] = json!({ "publish_at": "2027-10-31T01:30", "time_zone": "Europe/Berlin" });
        let made = editor.post("/v1/editor/articles").json(&wanted).await;
        let path = format!("/v1/editor/publications/{}", made.text_at("/publications/0/id"));
        let moved = editor.patch(&path).merge_patch(json!({ "time_zone": "America/New_York" })).await;
        assert_eq!((&moved["publish_at"], &moved["publish_at_local"]), (&json!("2027-10-30T23:30:00.000Z"), &json!("2027-10-30T19:30:00")));
        let ending = editor.patch(&path).merge_patch(json!({ "unpublish_at": "2027-11-02T00:00", "time_zone": "Asia/Ashgabat" })).await;
        assert_eq!((&ending["publish_at_local"], &ending["unpublish_at_local"]), (&json!("2027-10-31T04:30:00"), &json!("2027-11-02T00:00:00")));
        assert_eq!(ending["publish_at"], moved["publish_at"]);
        let local = json!({ "publish_at": "2027-10-31T01:30", "time_zone": null });
        editor.patch(&path).merge_patch(local).await.is_problem(422, "invalid").has_error("/publish_at", "no_time_zone");
        let without = editor.patch(&path).merge_patch(json!({ "time_zone": null })).await;
        for name in ["time_zone", "publish_at_local", "unpublish_at_local"] {
            assert_eq!(without[name], json!(null), "{name}");
        }
        assert_eq!((&without["publish_at"], &without["unpublish_at"]), (&ending["publish_at"], &ending["unpublish_at"]));
    }

    async fn editing_never_changes_what_is_live_and_publishing_does(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("First");
        wanted["publish"] = json!({});
        let id = editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id").to_owned();
        let path = format!("/v1/editor/articles/{id}");
        editor.patch(&path).merge_patch(json!({ "title": "Second" })).await.is_problem(428, "precondition_required");
        editor.patch(&path).if_match("\"9\"").merge_patch(json!({ "title": "Second" })).await.is_problem(412, "precondition_failed");
        let saved = editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "Second" })).await;
        assert_eq!(saved["status"], "changed");
        assert_eq!(site.anyone().get("/v1/articles/first").await["title"], "First");
        site.clock().advance_ms(10);
        editor.post(&format!("{path}/publications")).json(json!({})).await.is_created();
        editor.post(&format!("{path}/publications")).json(json!({})).await.is_ok();
        let live = site.anyone().get("/v1/articles/first").await;
        assert_eq!(live["title"], "Second");
        assert_eq!(live["published_at"], "2026-11-30T08:00:00.000Z");
        assert_eq!(live["updated_at"], "2026-11-30T08:00:00.010Z");
    }

    async fn at_its_instant_a_scheduled_one_is_either_called_off_or_published_and_the_log_agrees(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        for (day, instant, is_changed) in [(1, "08:59:58.999", true), (2, "08:59:59.000", false), (3, "09:00:00.000", false)] {
            let at = |time: &str| site.clock().set(format!("2026-12-0{day}T{time}Z").parse().unwrap());
            let slug = format!("day-{day}");
            let mut wanted = article("One");
            (wanted["slug"], wanted["publish"]) = (json!(slug), json!({ "publish_at": format!("2026-12-0{day}T09:00:00Z") }));
            let made = site.login(Role::Editor).await.post("/v1/editor/articles").json(wanted).await;
            let publication = format!("/v1/editor/publications/{}", made.is_created().text_at("/publications/0/id"));
            at(instant);
            let editor = site.login(Role::Editor).await;
            let later = json!({ "publish_at": "2026-12-24T09:00:00Z" });
            let (moved, called_off) = tokio::join!(async { editor.patch(&publication).merge_patch(later).await }, async { editor.delete(&publication).await });
            if is_changed {
                // Whichever came first, the second found what that left.
                assert!(called_off.status == 204 && matches!(moved.status, 200 | 404), "{called_off} {moved}");
            } else {
                let refusal = if day == 3 { "already_live" } else { "starting" };
                moved.is_problem(409, refusal);
                called_off.is_problem(409, refusal);
            }
            at("09:00:00.000");
            assert_eq!(site.anyone().get(&format!("/v1/articles/{slug}")).await.status, if is_changed { 404 } else { 200 }, "{instant}");
            let admin = site.login(Role::Admin).await;
            let id = publication.rsplit('/').next().unwrap();
            let logged = admin.get(&format!("/v1/editor/audit-log?target_id={id}&action=publication.deleted")).await;
            assert_eq!(logged.is_ok().data().len(), usize::from(is_changed), "{instant}");
        }
    }

    async fn what_is_taken_down_is_gone_and_what_is_withdrawn_says_so(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        for (title, withdrawn, status, code) in [("Gone", json!({}), 404, "not_found"), ("Back", json!({ "withdrawn": { "reason": "It was wrong." } }), 410, "withdrawn")] {
            let mut wanted = article(title);
            wanted["publish"] = json!({});
            let created = editor.post("/v1/editor/articles").json(&wanted).await;
            let path = format!("/v1/editor/articles/{}", created.text_at("/id"));
            site.clock().advance_ms(1);
            editor.post(&format!("{path}/unpublish")).json(&withdrawn).await.is_ok();
            editor.post(&format!("{path}/unpublish")).json(&withdrawn).await.is_problem(409, "not_live");
            site.anyone().get(&format!("/v1/articles/{}", created.text_at("/slug"))).await.is_problem(status, code);
            assert_eq!(site.anyone().get("/v1/articles").await.data().len(), 0);
        }
    }

    async fn an_article_comes_down_at_a_local_time_and_the_zone_is_kept(engine) {
        let site = Site::at(engine, "2026-11-30T08:59:59.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Until nine");
        wanted["publish"] = json!({ "publish_at": "2026-11-30T10:00", "time_zone": "Europe/Berlin" });
        let made = editor.post("/v1/editor/articles").json(&wanted).await;
        let path = format!("/v1/editor/articles/{}/unpublish", made.text_at("/id"));
        site.clock().advance_ms(1000);
        let local = json!({ "at": "2026-12-01T09:00" });
        editor.post(&path).json(&local).await.is_problem(422, "invalid").has_error("/at", "no_time_zone");
        let unknown = json!({ "at": "2026-12-01T09:00", "time_zone": "Mars/Phobos" });
        let refused = editor.post(&path).json(&unknown).await;
        refused.is_problem(422, "invalid").has_error("/time_zone", "unknown_time_zone");
        assert_eq!(refused["errors"].as_array().unwrap().len(), 1);
        let twice = json!({ "at": "2027-10-31T02:30", "time_zone": "Europe/Berlin" });
        editor.post(&path).json(&twice).await.is_problem(422, "invalid").has_error("/at", "repeated_time");
        let down = editor.post(&path).json(json!({ "at": "2026-12-01T09:00", "time_zone": "Asia/Ashgabat" })).await;
        assert_eq!((&down["unpublish_at"], &down["time_zone"]), (&json!("2026-12-01T04:00:00.000Z"), &json!("Europe/Berlin")));
        let read = editor.get(&format!("/v1/editor/publications/{}", down.text_at("/id"))).await;
        for seen in [&down, &read] {
            let locals = (&seen["publish_at_local"], &seen["unpublish_at_local"], &seen["publish_at"]);
            assert_eq!(locals, (&json!("2026-11-30T10:00:00"), &json!("2026-12-01T05:00:00"), &json!("2026-11-30T09:00:00.000Z")));
        }
    }

    async fn the_zone_of_an_end_is_kept_where_no_other_is(engine) {
        let site = Site::at(engine, "2026-11-30T08:59:59.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Without a zone");
        wanted["publish"] = json!({});
        let path = format!("/v1/editor/articles/{}/unpublish", editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id"));
        let zones = [json!({ "at": "2026-12-02T04:00:00Z", "time_zone": "Asia/Ashgabat" }), json!({ "at": "2026-12-01T09:00", "time_zone": "Asia/Ashgabat" })];
        let mut kept = Vec::new();
        for given in &zones {
            let down = editor.post(&path).json(given).await;
            kept.push((down["time_zone"].clone(), down["unpublish_at_local"].clone(), down["publish_at_local"].clone()));
        }
        let local = (json!("Asia/Ashgabat"), json!("2026-12-01T09:00:00"), json!(null));
        assert_eq!(kept, [(json!(null), json!(null), json!(null)), local]);
    }

    async fn what_would_begin_as_an_article_comes_down_does_not(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Comes down");
        wanted["publish"] = json!({});
        let id = editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id").to_owned();
        let [publications, unpublish] = ["publications", "unpublish"].map(|what| format!("/v1/editor/articles/{id}/{what}"));
        let at = json!({ "publish_at": "2026-12-01T09:00:00Z" });
        let first = editor.get(&publications).await.text_at("/data/0/id").to_owned();
        let next = editor.post(&publications).json(&at).await.text_at("/id").to_owned();
        let kept = editor.post(&unpublish).json(json!({ "at": "2026-12-01T09:00:00Z", "keep_scheduled": true })).await;
        assert_eq!((kept.text_at("/id"), kept.text_at("/returns_at")), (first.as_str(), "2026-12-01T09:00:00.000Z"));
        assert_eq!(kept["cancelled"], json!([]));
        let down = editor.post(&unpublish).json(json!({ "at": "2026-12-01T09:00:00Z" })).await;
        assert_eq!((down.text_at("/id"), &down["returns_at"]), (first.as_str(), &json!(null)));
        let called_off = json!([{ "id": next, "publish_at": "2026-12-01T09:00:00.000Z", "revision": 1, "release_id": null }]);
        assert_eq!(down["cancelled"], called_off);
        editor.get(&format!("/v1/editor/publications/{next}")).await.is_problem(404, "not_found");

        let mut wanted = article("Only then");
        wanted["publish"] = at;
        let only = editor.post("/v1/editor/articles").json(&wanted).await;
        let path = format!("/v1/editor/articles/{}/unpublish", only.text_at("/id"));
        editor.post(&path).json(json!({ "at": "2026-12-01T09:00:00Z" })).await.is_problem(409, "not_live");
        editor.post(&path).json(json!({ "at": "2026-12-01T09:00:00.001Z" })).await.is_ok();
    }

    async fn a_reason_is_set_and_cleared_on_what_ended_and_nothing_else_of_it_changes(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Taken back");
        wanted["publish"] = json!({});
        let created = editor.post("/v1/editor/articles").json(&wanted).await;
        let publication = format!("/v1/editor/publications/{}", created.text_at("/publications/0/id"));
        let reason = json!({ "withdrawn": { "reason": "It was wrong." } });
        editor.patch(&publication).merge_patch(&reason).await.is_problem(409, "not_ended");
        site.clock().advance_ms(1);
        editor.post(&format!("/v1/editor/articles/{}/unpublish", created.text_at("/id"))).json(json!({})).await.is_ok();
        site.anyone().get("/v1/articles/taken-back").await.is_problem(404, "not_found");
        let mut more = reason.clone();
        more["minor"] = json!(true);
        editor.patch(&publication).merge_patch(&more).await.is_problem(409, "already_live");
        site.anyone().get("/v1/articles/taken-back").await.is_problem(404, "not_found");
        editor.patch(&publication).merge_patch(&reason).await.is_ok();
        site.anyone().get("/v1/articles/taken-back").await.is_problem(410, "withdrawn");
        editor.patch(&publication).merge_patch(json!({ "withdrawn": null })).await.is_ok();
        site.anyone().get("/v1/articles/taken-back").await.is_problem(404, "not_found");
    }

    async fn an_old_slug_leads_to_the_present_one(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Old name");
        wanted["publish"] = json!({});
        let id = editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id").to_owned();
        let path = format!("/v1/editor/articles/{id}");
        site.clock().advance_ms(5);
        editor.patch(&path).if_match("*").merge_patch(json!({ "slug": "new-name", "publish": {} })).await.is_ok();
        let moved = site.anyone().get("/v1/articles/old-name").query("locale", "en").await;
        moved.is(308);
        assert_eq!(moved.expect_header("location"), "/v1/articles/new-name?locale=en");
        site.anyone().get(&format!("/v1/articles/{id}")).await.is_ok();
        editor.post("/v1/editor/articles").json(json!({ "title": "x", "slug": "old-name", "body": { "format": "html", "source": "" } })).await.is_problem(409, "slug_taken");
    }

    async fn pages_go_both_ways_without_gap_or_repeat(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        for number in 0..7 {
            let mut wanted = article(&format!("Number {number}"));
            wanted["publish"] = json!({ "publish_at": format!("2026-11-2{}T08:00:00Z", number / 2) });
            editor.post("/v1/editor/articles").json(&wanted).await.is_created();
        }
        let whole = site.anyone().get("/v1/articles").await;
        let all = whole.each("slug");
        assert_eq!(all.len(), 7);
        let (mut seen, mut cursor, mut last) = (Vec::new(), None::<String>, None::<String>);
        loop {
            let mut request = site.anyone().get("/v1/articles").query("limit", "3");
            if let Some(cursor) = &cursor {
                request = request.query("cursor", cursor);
            }
            let page = request.await;
            seen.extend(page.each("slug").into_iter().map(str::to_owned));
            last = page["paging"]["previous"].as_str().map(str::to_owned).or(last);
            match page["paging"]["next"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        assert_eq!(seen, all);
        let back = site.anyone().get("/v1/articles").query("limit", "3").query("cursor", &last.unwrap()).await;
        assert_eq!(back.each("slug"), all[3..6]);
        site.anyone().get("/v1/articles").query("cursor", "AAAA").await.is_problem(400, "invalid_cursor");
    }

    async fn trash_ends_what_is_live_and_restoring_publishes_nothing(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Binned");
        wanted["publish"] = json!({});
        let id = editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id").to_owned();
        let path = format!("/v1/editor/articles/{id}");
        site.clock().advance_ms(5);
        editor.delete(&path).if_match("*").await.is_no_content();
        site.anyone().get("/v1/articles/binned").await.is_problem(404, "not_found");
        editor.post(&format!("{path}/publications")).json(json!({})).await.is_problem(409, "trashed");
        let restored = editor.post(&format!("{path}/restore")).await;
        assert_eq!(restored["status"], "ended");
        site.anyone().get("/v1/articles/binned").await.is_problem(404, "not_found");
    }
}
