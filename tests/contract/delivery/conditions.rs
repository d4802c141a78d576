//! Entity tags and conditional requests (RFC 9110): one strong tag for each content coding, and nothing by date.

use dateline::kernel::caller::Role;

use super::{EVERY_KIND, headers, newsroom, reader};
use crate::on_both_engines;
use crate::site::Site;

const START: &str = "2026-11-30T08:00:00.000Z";

/// Every 200 of [`EVERY_KIND`].
fn shown() -> impl Iterator<Item = &'static str> {
    EVERY_KIND.iter().filter(|(_, status)| *status == 200).map(|(path, _)| *path)
}

on_both_engines! {
    async fn every_coding_has_a_strong_tag_of_its_own(engine) {
        let site = Site::at(engine, START);
        newsroom(&site, &site.login(Role::Editor).await).await;
        let reader = reader(&site);
        for path in ["/v1/articles", "/v1/articles?category=politics&limit=1&include=body"] {
            let plain = reader.get(path).await;
            assert!(plain.body.len() > 1024 && plain.header("content-encoding").is_none());
            let plain_tag = plain.has_header("vary", "Accept-Encoding").expect_header("etag").trim_matches('"').to_owned();
            for coding in ["gzip", "br", "zstd"] {
                let packed = reader.get(path).header("accept-encoding", coding).await;
                packed.is_ok().has_header("content-encoding", coding).has_header("vary", "Accept-Encoding");
                let tag = format!("\"{plain_tag}-{coding}\"");
                packed.has_header("etag", &tag);
                assert_eq!(packed.decoded().unwrap(), plain.body);
                let same = reader.get(path).header("accept-encoding", coding).header("if-none-match", &tag).await;
                same.is_not_modified().has_header("etag", &tag).has_header("vary", "Accept-Encoding");
                reader.get(path).header("if-none-match", &tag).await.is_ok();
                reader.get(path).header("accept-encoding", coding).header("if-none-match", &format!("\"{plain_tag}\"")).await.is_ok();
            }
        }
        let refused = reader.get("/v1/articles").header("accept-encoding", "identity;q=0, deflate").await;
        refused.is_problem(406, "not_acceptable").has_header("vary", "Accept-Encoding");
    }

    async fn what_the_caller_has_is_not_sent_again(engine) {
        let site = Site::at(engine, START);
        newsroom(&site, &site.login(Role::Editor).await).await;
        let reader = reader(&site);
        for path in shown() {
            let whole = reader.get(path).await;
            let tag = whole.is_ok().expect_header("etag");
            assert!(tag.starts_with('"'), "{path} has a strong tag");
            let lists = [tag.to_owned(), format!("W/{tag}"), format!("\"a\", {tag}"), format!("W/\"a\" , W/{tag},\"b\""), "*".to_owned()];
            for held in lists {
                let same = reader.get(path).header("if-none-match", &held).await;
                same.is_not_modified();
                let kept = |name: &&str| !matches!(*name, "content-length" | "content-type");
                let wanted: Vec<_> = headers(&whole).into_iter().filter(|(name, _)| kept(name)).collect();
                let given: Vec<_> = headers(&same).into_iter().filter(|(name, _)| kept(name)).collect();
                assert_eq!(given, wanted, "{path} with {held}");
            }
            for other in ["\"a\"", "W/\"\"", "a", "", "\"", &tag.replace('"', ""), &tag.to_uppercase().replace('"', "'")] {
                assert_eq!(reader.get(path).header("if-none-match", other).await.is_ok().body, whole.body, "{path} with {other}");
            }
        }
        reader.get("/v1/articles/nothing").header("if-none-match", "*").await.is_problem(404, "not_found");
        reader.get("/v1/articles/taken-back").header("if-none-match", "*").await.is_problem(410, "withdrawn");
        reader.get("/v1/articles/old-name").header("if-none-match", "*").await.is(308);
    }

    async fn whole_seconds_decide_nothing_and_ranges_are_not_served(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        newsroom(&site, &editor).await;
        let reader = reader(&site);
        for path in shown() {
            let whole = reader.get(path).await;
            assert_eq!((whole.header("last-modified"), whole.header("accept-ranges"), whole.header("expires")), (None, None, None), "{path}");
            for (name, value) in [
                ("if-modified-since", "Tue, 01 Jan 2030 00:00:00 GMT"),
                ("if-modified-since", "Mon, 30 Nov 2026 08:00:00 GMT"),
                ("if-unmodified-since", "Sat, 01 Jan 2000 00:00:00 GMT"),
                ("range", "bytes=0-1"),
            ] {
                assert_eq!(reader.get(path).header(name, value).await.is_ok().body, whole.body, "{path} with {name}");
            }
        }
        // Two changes in one second are two tags.
        let tag = async || reader.get("/v1/articles/prices-rise").await.expect_header("etag").to_owned();
        let id = reader.get("/v1/articles/prices-rise").await.text_at("/id").to_owned();
        let mut tags = vec![tag().await];
        for title in ["Prices fall", "Prices stay"] {
            site.clock().advance_ms(1);
            let patch = serde_json::json!({ "title": title, "publish": {} });
            editor.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(patch).await.is_ok();
            tags.push(tag().await);
        }
        tags.dedup();
        assert_eq!(tags.len(), 3);
    }
}
