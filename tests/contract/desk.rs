//! The list of articles for editors: who sees what, in which order, by which filter, at which instant.

mod clock;
mod paging;
mod secrecy;
mod statuses;

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

/// Saves a new article, with these members besides the least: its id.
pub async fn save(client: &Client, title: &str, members: Value) -> String {
    let mut wanted = article(title);
    wanted.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let created = client.post("/v1/editor/articles").json(&wanted).await;
    created.is_created().text_at("/id").to_owned()
}

/// The titles of a list, in order.
pub async fn titles(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/v1/editor/articles{query}")).await;
    list.is_ok().each("title").into_iter().map(str::to_owned).collect()
}

/// Someone whom articles name as their author.
async fn add_author(editor: &Client, slug: &str) {
    editor.post("/v1/editor/authors").json(json!({ "name": slug, "slug": slug })).await.is_created();
}

async fn category(editor: &Client, name: &str, parent: Option<&str>) -> String {
    let made = editor.post("/v1/editor/categories").json(json!({ "name": name, "parent_id": parent })).await;
    made.is_created().text_at("/id").to_owned()
}

/// Asserts that a parameter is refused with this mistake.
#[track_caller]
fn refused(answer: &Answer, name: &str, code: &str) {
    answer.is_problem(400, "invalid_parameter").has_error(&format!("/{name}"), code);
}

on_both_engines! {
    async fn the_list_begins_with_the_newest_save_and_leaves_the_trash_and_the_bodies_out(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let first = save(&editor, "First", json!({ "excerpt": "In short.", "image": { "url": "/a.jpg" } })).await;
        site.clock().advance_ms(1);
        let second = save(&editor, "Second", json!({})).await;
        site.clock().advance_ms(1);
        let trashed = save(&editor, "Trashed", json!({ "kind": "page" })).await;
        editor.delete(&format!("/v1/editor/articles/{trashed}")).if_match("*").await.is_no_content();
        let list = editor.get("/v1/editor/articles").await;
        assert_eq!(list.is_ok().each("id"), [second.as_str(), first.as_str()]);
        assert_eq!(list["paging"], json!({ "limit": 20, "next": null, "previous": null }));
        list.has_header("cache-control", "private, no-store, no-transform");
        site.clock().advance_ms(1);
        let whole = editor.patch(&format!("/v1/editor/articles/{first}")).if_match("*").merge_patch(json!({ "title": "First again" })).await;
        let list = editor.get("/v1/editor/articles").await;
        assert_eq!(list.each("title"), ["First again", "Second"]);
        let item = list["data"][0].as_object().unwrap();
        for (member, value) in item.iter().filter(|(member, _)| !["last_publish_at", "next_publish_at"].contains(&member.as_str())) {
            assert_eq!(value, &whole[member], "{member}");
        }
        for left_out in ["body", "warnings", "publications"] {
            assert!(!item.contains_key(left_out), "{left_out}");
        }
        assert_eq!(titles(&editor, "?status=trashed").await, ["Trashed"]);
        assert_eq!(titles(&editor, "?status=draft,trashed").await, ["First again", "Trashed", "Second"]);
        editor.post(&format!("/v1/editor/articles/{trashed}/restore")).await.is_ok();
        assert_eq!(titles(&editor, "").await, ["First again", "Trashed", "Second"]);
        assert_eq!(titles(&editor, "?kind=page").await, ["Trashed"]);
        assert_eq!(titles(&editor, "?kind=article").await, ["First again", "Second"]);
    }

    async fn it_is_ordered_by_save_or_by_beginning_both_ways_and_cut_by_both(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut ids = Vec::new();
        for title in ["A", "B", "C"] {
            ids.push(save(&editor, title, json!({})).await);
            site.clock().advance_ms(1000);
        }
        editor.patch(&format!("/v1/editor/articles/{}", ids[0])).if_match("*").merge_patch(json!({ "excerpt": "Newer" })).await.is_ok();
        for (query, expected) in [
            ("", "ACB"),
            ("?sort=-saved_at", "ACB"),
            ("?sort=saved_at", "BCA"),
            ("?sort=-created_at", "CBA"),
            ("?sort=created_at", "ABC"),
            ("?created_from=2026-11-30T08:00:01Z", "CB"),
            ("?created_before=2026-11-30T08:00:01Z", "A"),
            ("?created_before=2026-11-30T08:00:01.001Z", "AB"),
            ("?saved_from=2026-11-30T13:00:02%2B05:00", "AC"),
            ("?saved_before=2026-11-30T08:00:03Z", "CB"),
            ("?saved_from=2026-11-30T08:00:02Z&saved_before=2026-11-30T08:00:03Z", "C"),
            ("?saved_from=2026-11-30T13:00:02&saved_before=2026-11-30T13:00:03&time_zone=Asia/Ashgabat", "C"),
            ("?saved_from=2026-11-30T08:00:03Z&saved_before=2026-11-30T08:00:02Z", ""),
            ("?created_from=2026-11-30T08:00:01Z&saved_before=2026-11-30T08:00:02Z&sort=created_at", "B"),
        ] {
            assert_eq!(titles(&editor, query).await.concat(), expected, "{query}");
        }
    }

    async fn a_category_means_all_below_it_and_an_author_who_is_named_as_of_the_newest_save(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        add_author(&editor, "ayna").await;
        add_author(&editor, "merdan").await;
        let politics = category(&editor, "Politics", None).await;
        let elections = category(&editor, "Elections", Some(&politics)).await;
        let sport = category(&editor, "Sport", None).await;
        let main = save(&editor, "Main", json!({ "category_id": elections, "authors": ["ayna"] })).await;
        site.clock().advance_ms(1);
        save(&editor, "Further", json!({ "category_id": sport, "further_category_ids": [politics], "authors": ["merdan", "ayna"] })).await;
        site.clock().advance_ms(1);
        save(&editor, "Sport", json!({ "category_id": sport, "authors": ["merdan"] })).await;
        site.clock().advance_ms(1);
        save(&editor, "Nowhere", json!({ "locale": "tk" })).await;
        for (query, expected) in [
            ("?category=politics", vec!["Further", "Main"]),
            ("?category=elections", vec!["Main"]),
            ("?category=sport,elections", vec!["Sport", "Further", "Main"]),
            ("?category=nothing", vec![]),
            ("?category=nothing,elections", vec!["Main"]),
            ("?author=ayna", vec!["Further", "Main"]),
            ("?author=ayna,merdan", vec!["Sport", "Further", "Main"]),
            ("?author=nobody", vec![]),
            ("?author=merdan&category=politics", vec!["Further"]),
            ("?locale=tk", vec!["Nowhere"]),
            ("?locale=tk,en&author=ayna", vec!["Further", "Main"]),
            ("?locale=tk,tk&kind=page,article", vec!["Nowhere"]),
            ("?locale=en&author=ayna", vec!["Further", "Main"]),
        ] {
            assert_eq!(titles(&editor, query).await, expected, "{query}");
        }
        let list = editor.get("/v1/editor/articles?category=politics").await;
        assert_eq!(list["data"][0]["authors"], json!(["merdan", "ayna"]));
        assert_eq!(list["data"][0]["further_category_ids"], json!([politics]));
        let change = json!({ "category_id": null, "authors": [] });
        editor.patch(&format!("/v1/editor/articles/{main}")).if_match("*").merge_patch(change).await.is_ok();
        assert_eq!(titles(&editor, "?category=politics").await, ["Further"]);
        assert_eq!(titles(&editor, "?author=ayna").await, ["Further"]);
        editor.patch(&format!("/v1/editor/categories/{politics}")).merge_patch(json!({ "parent_id": sport })).await.is_ok();
        assert_eq!(titles(&editor, "?category=sport").await, ["Sport", "Further"]);
        editor.patch(&format!("/v1/editor/categories/{elections}")).merge_patch(json!({ "parent_id": null })).await.is_ok();
        assert_eq!(titles(&editor, "?category=elections").await, Vec::<String>::new());
    }

    async fn a_text_is_looked_for_in_titles_as_it_is_but_for_upper_and_lower_case(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        for title in ["100% of votes", "1000 of votes", "A_B!", "AXB!", "O'Neill \"votes\" \\ no", "ÄRZTE im Streik", "Ψήφος: ΟΔΟΣ", "Über Cafe\u{301}s"] {
            save(&editor, title, json!({})).await;
            site.clock().advance_ms(1);
        }
        for (text, expected) in [
            ("VOTES", vec!["O'Neill \"votes\" \\ no", "1000 of votes", "100% of votes"]),
            ("100%", vec!["100% of votes"]),
            ("%", vec!["100% of votes"]),
            ("_", vec!["A_B!"]),
            ("a_b!", vec!["A_B!"]),
            ("!", vec!["AXB!", "A_B!"]),
            ("!!", vec![]),
            ("o'neill", vec!["O'Neill \"votes\" \\ no"]),
            ("\"", vec!["O'Neill \"votes\" \\ no"]),
            ("\\", vec!["O'Neill \"votes\" \\ no"]),
            ("'); DROP TABLE articles; --", vec![]),
            ("ärzte", vec!["ÄRZTE im Streik"]),
            ("arzte", vec![]),
            ("οδος", vec!["Ψήφος: ΟΔΟΣ"]),
            ("ΨΉΦΟΣ", vec!["Ψήφος: ΟΔΟΣ"]),
            ("CAFÉ", vec!["Über Cafe\u{301}s"]),
            ("  im Streik ", vec!["ÄRZTE im Streik"]),
        ] {
            let list = editor.get("/v1/editor/articles").query("q", text).await;
            assert_eq!(list.is_ok().each("title"), expected, "{text}");
        }
        editor.get("/v1/editor/articles").query("q", &"ä".repeat(100)).await.is_ok();
    }

    async fn what_no_filter_takes_is_refused_by_its_name(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let many = vec!["a"; 21].join(",");
        let long = "x".repeat(101);
        for (name, value, code) in [
            ("status", "published", "not_one_of"),
            ("status", "Live", "not_one_of"),
            ("status", "live,,draft", "too_short"),
            ("status", "live,'--", "not_one_of"),
            ("status", "", "too_short"),
            ("status", "draft,live,draft", "repeated"),
            ("status", "live,draft,ended,live,draft,ended,live,draft,ended,live,draft,ended,live", "too_many"),
            ("category", &many, "too_many"),
            ("category", "", "too_short"),
            ("author", &many, "too_many"),
            ("author", "a,,b", "too_short"),
            ("created_by", "1", "invalid_format"),
            ("created_by", "0192f0c12b3c7d4e8f50617283940516", "invalid_format"),
            ("created_by", "' OR 1=1 --", "invalid_format"),
            ("kind", "post", "not_one_of"),
            ("locale", "de", "unknown"),
            ("locale", "en,de", "unknown"),
            ("kind", "page,pag", "not_one_of"),
            ("q", &long, "too_long"),
            ("q", "", "too_short"),
            ("q", " \t", "too_short"),
            ("saved_from", "yesterday", "invalid_format"),
            ("saved_before", "2026-11-30T08:00:00", "no_time_zone"),
            ("created_from", "2026-02-30T08:00:00Z", "invalid_format"),
            ("created_before", "99999-01-01T00:00:00Z", "invalid_format"),
            ("sort", "title", "not_one_of"),
            ("sort", "-published_at", "not_one_of"),
            ("sort", "saved_at desc", "not_one_of"),
            ("limit", "0", "out_of_range"),
            ("limit", "101", "out_of_range"),
            ("limit", "1e9", "invalid_format"),
            ("offset", "20", "unknown_parameter"),
            ("tag", "a", "unknown_parameter"),
            ("filter[password_hash]", "a", "unknown_parameter"),
            ("statuses", "live", "unknown_parameter"),
        ] {
            refused(&editor.get("/v1/editor/articles").query(name, value).await, name, code);
        }
        let several = editor.get("/v1/editor/articles?status=x&limit=0&wher=1&kind=page&kind=page&q=a%00b").await;
        for (name, code) in [("status", "not_one_of"), ("limit", "out_of_range"), ("wher", "unknown_parameter"), ("kind", "repeated"), ("q", "encoding")] {
            refused(&several, name, code);
        }
    }
}
