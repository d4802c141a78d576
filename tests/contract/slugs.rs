//! What articles are called in URLs (contract 2.11).

use std::collections::BTreeSet;

use dateline::kernel::caller::Role;
use futures_util::future::join_all;
use serde_json::json;

use crate::on_both_engines;
use crate::site::Site;

on_both_engines! {
    async fn articles_of_one_title_that_are_begun_at_once_get_a_number_each(engine) {
        let site = Site::at(engine, "2026-11-30T09:00:00Z");
        let editor = site.login(Role::Editor).await;
        let article = json!({ "title": "Storm warning", "body": { "format": "html", "source": "" } });
        let answers = join_all((0..12).map(async |_| editor.post("/v1/editor/articles").json(&article).await)).await;
        let slugs: BTreeSet<&str> = answers.iter().map(|answer| answer.is_created().text_at("/slug")).collect();
        let expected: Vec<String> = (2..=12).map(|number| format!("storm-warning-{number}")).chain(["storm-warning".to_owned()]).collect();
        assert_eq!(slugs, expected.iter().map(String::as_str).collect());
    }
}
