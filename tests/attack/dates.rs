//! Dates that cannot be: local times that a clock change skips or repeats, ends before starts, instants that are taken, stale versions.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::newsroom::{Newsroom, Standing};
use crate::on_both_engines;
use crate::shared;

on_both_engines! {
    async fn a_local_time_is_one_instant_or_refused_with_its_readings(engine) {
        let Some(facts) = shared::json("time-zones/facts.json") else { return };
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        for case in facts["local_times"].as_array().unwrap() {
            let path = format!("/v1/editor/articles/{}/publications", newsroom.id("articles", &editor.caller, "draft").await);
            let zone = ["zone", "time_zone"].iter().find_map(|name| case[name].as_str()).unwrap();
            let local = case["local"].as_str().unwrap();
            let made = editor.client.post(&path).json(json!({ "publish_at": local, "time_zone": zone })).await;
            if case["kind"] == "unique" {
                let instant: dateline::kernel::instant::Instant = case["instants"][0].as_str().unwrap().parse().unwrap();
                assert_eq!((made.is_created().text_at("/publish_at"), made.text_at("/time_zone")), (&*instant.to_string(), zone), "{case}");
                assert!(made.text_at("/publish_at_local").starts_with(&local[..16]), "{made}");
            } else {
                let code = if case["kind"] == "repeated" { "repeated_time" } else { "skipped_time" };
                made.is_problem(422, "invalid").has_error("/publish_at", code);
                let readings = made["readings"].as_array().unwrap();
                assert_eq!(readings.len(), 2, "{made}");
                for reading in readings {
                    editor.client.post(&path).json(json!({ "publish_at": reading })).await.is_created();
                }
            }
        }
    }

    async fn times_that_are_none_are_refused_wherever_they_stand(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let live = newsroom.id("articles", &editor.caller, "live").await;
        let scheduled = newsroom.id("publications", &editor.caller, "scheduled").await;
        let none = [
            "", "now", "tomorrow", "2026-12-01", "2026-12-01T09:00:00", "2026-12-01T09:00", "2026-12-01 09:00:00Z ", "2026-12-01T24:00:00Z", "2026-12-01T09:60:00Z",
            "2026-12-01T09:00:60Z", "2026-02-30T09:00:00Z", "2026-13-01T09:00:00Z", "0000-12-01T09:00:00Z", "10000-01-01T00:00:00Z", "-2026-12-01T09:00:00Z",
            "2026-12-01T09:00:00+24:00", "2026-12-01T09:00:00.1234567890Z", "2026-12-01T09:00:00,5Z", "1764579600", "2026-12-01T09:00:00 05:00", "２026-12-01T09:00:00Z", "2026-W49-2T09:00:00Z",
        ];
        for text in none {
            let publications = format!("/v1/editor/articles/{live}/publications");
            for name in ["publish_at", "unpublish_at", "published_at"] {
                let pointer = format!("/{name}");
                for answer in [
                    editor.client.post(&publications).json(json!({ name: text })).await,
                    editor.client.patch(&format!("/v1/editor/publications/{scheduled}")).merge_patch(json!({ name: text })).await,
                ] {
                    answer.is_problem(422, "invalid");
                    assert_eq!(answer["errors"][0]["pointer"], pointer, "{text}: {answer}");
                }
            }
            let unpublish = editor.client.post(&format!("/v1/editor/articles/{live}/unpublish")).json(json!({ "at": text })).await;
            assert_eq!(unpublish.is_problem(422, "invalid")["errors"][0]["pointer"], "/at");
            let listed = newsroom.site.anyone().get("/v1/articles").query("published_from", text).await;
            listed.is_problem(400, "invalid_parameter").has_error("/published_from", "invalid_format");
        }
        let zone = editor.client.post(&format!("/v1/editor/articles/{live}/publications")).json(json!({ "publish_at": "2026-12-01T09:00", "time_zone": "Mars/Base" })).await;
        zone.is_problem(422, "invalid").has_error("/time_zone", "unknown_time_zone");
    }

    async fn an_end_is_after_its_start_and_no_two_start_at_once(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let path = format!("/v1/editor/articles/{}/publications", newsroom.id("articles", &editor.caller, "draft").await);
        let publish = async |body: Value| editor.client.post(&path).json(body).await;
        for end in ["2026-12-01T09:00:00.000Z", "2026-12-01T08:59:59.999Z", "2026-12-01T10:00:00+05:00"] {
            publish(json!({ "publish_at": "2026-12-01T09:00:00Z", "unpublish_at": end })).await.is_problem(422, "invalid").has_error("/unpublish_at", "end_before_start");
        }
        publish(json!({ "unpublish_at": "2026-11-30T08:00:00Z" })).await.is_problem(422, "invalid");
        publish(json!({ "publish_at": "2026-12-01T09:00:00Z", "published_at": "2026-12-01T09:00:00.001Z" })).await.is_problem(422, "invalid");
        let mut saved = crate::site::article("Both or neither");
        saved["publish"] = json!({ "publish_at": "2026-12-01T09:00:00Z", "unpublish_at": "2026-12-01T09:00:00Z" });
        let with_a_save = editor.client.post("/v1/editor/articles").json(saved).await;
        with_a_save.is_problem(422, "invalid").has_error("/publish/unpublish_at", "end_before_start");
        let first = publish(json!({ "publish_at": "2026-12-01T09:00:00Z", "unpublish_at": "2026-12-01T09:00:00.001Z" })).await;
        first.is_created();
        publish(json!({ "publish_at": "2026-12-01T14:00:00+05:00" })).await.is_problem(409, "publication_instant_taken");
        publish(json!({ "publish_at": "2026-12-01T09:00:00.0009Z" })).await.is_problem(409, "publication_instant_taken");
        let second = publish(json!({ "publish_at": "2026-12-01T09:00:00.002Z" })).await;
        let moved = editor.client.patch(second.is_created().expect_header("location")).merge_patch(json!({ "publish_at": "2026-12-01T09:00:00Z" })).await;
        moved.is_problem(409, "publication_instant_taken");
        assert_eq!(editor.client.get(&path).await.data().len(), 2);
    }

    async fn instants_are_taken_up_to_the_last_one_that_every_zone_can_show(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let id = newsroom.id("articles", &editor.caller, "draft").await;
        let path = format!("/v1/editor/articles/{id}/publications");
        let publish = async |at: &str| editor.client.post(&path).json(json!({ "publish_at": at })).await;
        publish("9999-12-30T21:59:59.999Z").await.is_created();
        let last = publish("9999-12-31T03:00:00+05:00").await;
        assert_eq!(last.is_created()["publish_at"], "9999-12-30T22:00:00.000Z");
        for beyond in ["9999-12-30T22:00:00.001Z", "9999-12-31T23:59:59.999Z", "0000-12-31T23:59:59.999Z"] {
            let refused = publish(beyond).await;
            refused.is_problem(422, "invalid").has_error("/publish_at", "out_of_range");
            let detail = refused.text_at("/errors/0/detail");
            assert!(detail.contains("0001-01-01T00:00:00.000Z") && detail.contains("9999-12-30T22:00:00.000Z"), "{detail}");
        }
        let local = |at: &str| json!({ "publish_at": at, "time_zone": "Pacific/Kiritimati" });
        editor.client.post(&path).json(local("9999-12-31T12:00:00.001")).await.is_problem(422, "invalid").has_error("/publish_at", "out_of_range");
        editor.client.post(&path).json(local("9999-12-31T11:59:59.998")).await.is_created();
        let listed = editor.client.get("/v1/editor/publications?from=9999-12-30T22:00:00Z&time_zone=Pacific/Kiritimati").await;
        assert_eq!(listed.is_ok().data().last().unwrap()["publish_at_local"], "9999-12-31T12:00:00");
        editor.client.get("/v1/editor/publications?from=9999-12-30T22:00:00.001Z").await.is_problem(400, "invalid_parameter");
    }

    async fn a_stale_version_is_told_the_present_one(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let path = format!("/v1/editor/articles/{}", newsroom.id("articles", &editor.caller, "draft").await);
        editor.client.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "Two", "excerpt": "Short." })).await.is_ok();
        let whole = json!({ "title": "Three", "body": { "format": "html", "source": "" } });
        for stale in [
            editor.client.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "Three" })).await,
            editor.client.put(&path).if_match("W/\"1\"").json(&whole).await,
            editor.client.put(&path).if_match("\"0\", \"3\"").json(&whole).await,
            editor.client.delete(&path).if_match("\"1-gzip\"").await,
        ] {
            stale.is_problem(412, "precondition_failed").has_header("etag", "\"2\"");
            assert_eq!(stale["current_version"], 2, "{stale}");
        }
        let stale = editor.client.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "Three" })).await;
        let mut changed: Vec<&str> = stale["changed_fields"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        changed.sort_unstable();
        assert_eq!(changed, ["excerpt", "title"]);
        for missing in [
            editor.client.patch(&path).merge_patch(json!({})).await,
            editor.client.put(&path).json(&whole).await,
            editor.client.delete(&path).await,
        ] {
            missing.is_problem(428, "precondition_required").has_header("etag", "\"2\"");
        }
        for malformed in ["", "2", "\"2", "\"2\" \"3\"", "*, \"2\""] {
            editor.client.patch(&path).if_match(malformed).merge_patch(json!({})).await.is_problem(400, "invalid_header");
        }
        assert_eq!(editor.client.get(&path).await["version"], 2);
    }
}
