//! Every kind of content that readers may not see, as editors make it.

use dateline::kernel::instant::Instant;
use serde_json::{Value, json};

use crate::public::{self, Public};
use crate::requests::Known;
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::random::Random;

/// All kinds.
pub const KINDS: [&str; 28] = [
    "draft",
    "autosave of a draft",
    "autosave of what is public",
    "draft of a taken title",
    "draft saved again",
    "scheduled",
    "scheduled and moved",
    "scheduled and cancelled",
    "ended",
    "taken down",
    "trashed draft",
    "trashed live",
    "trashed scheduled",
    "withdrawn in the trash",
    "restored from the trash",
    "newer save",
    "restored revision",
    "scheduled update",
    "scheduled end",
    "correction that lies ahead",
    "correction that is called off",
    "correction of a draft",
    "front page that lies ahead",
    "list that lies ahead",
    "draft under embargo",
    "draft with a preview link",
    "draft in a release",
    "release that lies ahead",
];

/// How often it is tried to hide something.
const TRIES: usize = 50;

/// Who hides it, and where.
pub struct Desk<'a> {
    /// An editor of the site that hides something.
    pub editor: &'a Client,
    /// What the public knows.
    pub public: &'a Public,
    /// Now, and when the story ends: what is scheduled starts later.
    pub now: Instant,
    /// See `now`.
    pub end: Instant,
    /// Whether what is scheduled starts soon after the end, or long after it.
    pub changes_soon: bool,
    /// Starts and ends that lie ahead, but for what was cancelled or trashed: the lifetime of an answer may tell of them.
    pub dates: Vec<Instant>,
}

impl Desk<'_> {
    /// Adds something of a kind. It may be refused, for a slug is taken or an article in the trash: then it is tried again.
    pub async fn hide(&mut self, kind: &str, known: &mut Known, random: &mut Random) {
        for _ in 0..TRIES {
            let hidden = match kind {
                "newer save"
                | "restored revision"
                | "scheduled update"
                | "scheduled end"
                | "autosave of what is public"
                | "correction that lies ahead"
                | "correction that is called off" => self.change_public(kind, known, random).await,
                _ => self.add(kind, known, random).await,
            };
            if hidden.is_some() {
                return;
            }
        }
        panic!("{kind}: nowhere can it be hidden");
    }

    async fn add(&mut self, kind: &str, known: &mut Known, random: &mut Random) -> Option<()> {
        let title = if kind == "draft of a taken title" {
            random.of(&self.public.articles).title
        } else {
            format!("Hidden {}", known.articles.len())
        };
        let mut whole = public::text(&title, &self.public.categories, random);
        for member in ["tags", "authors"] {
            if random.happens(40) {
                whole[member] = json!(random.of(&[&public::TERMS[..1], &public::TERMS[2..]]));
            }
        }
        let before = self.now.plus_millis(-random.between(1, 9_000_000));
        let (soon, later) = (self.soon(random), self.later(random));
        match kind {
            "ended" => {
                whole["publish"] = json!({ "publish_at": before.plus_millis(-random.between(1, 9_000_000)), "unpublish_at": before });
            }
            "taken down" | "trashed live" | "withdrawn in the trash" | "restored from the trash" => {
                let start = random.of(&[None, Some(before)]);
                whole["publish"] = json!({ "publish_at": start });
            }
            "scheduled" => whole["publish"] = json!({ "publish_at": later }),
            "draft under embargo" => {
                whole["embargo_until"] = json!(later);
                whole["embargo_note"] = json!("Nobody may know why.");
            }
            _ if kind.contains("scheduled") => whole["publish"] = json!({ "publish_at": soon }),
            _ => {}
        }
        let made = done(self.editor.post("/v1/editor/articles").json(&whole).await)?;
        known.articles.extend([made.text_at("/slug").to_owned(), made.text_at("/id").to_owned()]);
        let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
        let publication = format!("/v1/editor/publications/{}", made["publications"][0]["id"].as_str().unwrap_or_default());
        match kind {
            "draft saved again" => self.save(&path, None, known, random).await,
            "autosave of a draft" => self.autosave(&path, known, random).await,
            "scheduled" => {
                self.dates.push(later);
                Some(())
            }
            "scheduled and moved" => {
                let moved = self.later(random);
                let is_moved = done(self.editor.patch(&publication).merge_patch(json!({ "publish_at": moved })).await).map(|_| ());
                // What starts within a second stays as it is.
                self.dates.push(if is_moved.is_some() { moved } else { soon });
                is_moved
            }
            "scheduled and cancelled" => {
                let is_cancelled = done(self.editor.delete(&publication).await).map(|_| ());
                if is_cancelled.is_none() {
                    self.dates.push(soon);
                }
                is_cancelled
            }
            "front page that lies ahead" => {
                let slots = json!([{ "article_id": made["id"] }, { "rule": { "tag": public::TERMS[0], "limit": 9 } }]);
                let body = json!({ "slots": slots, "publish_at": later });
                self.dates.push(later);
                done(self.editor.patch(&self.public.list).merge_patch(body).await).map(|_| ())
            }
            "list that lies ahead" => {
                let slots = json!([{ "article_id": made["id"] }, { "rule": {} }]);
                let body = json!({ "name": "Hidden list", "slots": slots, "publish_at": later });
                self.dates.push(later);
                let list = done(self.editor.post("/v1/editor/lists").json(body).await)?;
                known.lists.push(list.text_at("/slug").to_owned());
                Some(())
            }
            "correction of a draft" => self.correct(&path, None).await.map(|_| ()),
            "draft with a preview link" => self.link(made.text_at("/id")).await,
            "draft in a release" => self.release(made.text_at("/id"), None).await,
            "release that lies ahead" => self.release(made.text_at("/id"), Some(later)).await.map(|()| self.dates.push(later)),
            "taken down" => self.unpublish(&path, json!({})).await,
            "withdrawn in the trash" => {
                self.unpublish(&path, json!({ "withdrawn": { "reason": "Nobody may know why." } })).await?;
                self.trash(&path).await
            }
            "restored from the trash" => {
                self.trash(&path).await?;
                done(self.editor.post(&format!("{path}/restore")).await).map(|_| ())
            }
            _ if kind.starts_with("trashed") => self.trash(&path).await,
            _ => Some(()),
        }
    }

    async fn change_public(&mut self, kind: &str, known: &mut Known, random: &mut Random) -> Option<()> {
        let path = format!("/v1/editor/articles/{}", random.of(&self.public.articles).id);
        match kind {
            "newer save" => self.save(&path, None, known, random).await,
            "correction that lies ahead" => {
                let later = self.later(random);
                self.correct(&path, Some(later)).await.map(|_| self.dates.push(later))
            }
            "correction that is called off" => {
                let (at, later) = (self.soon(random), self.later(random));
                let correction = self.correct(&path, Some(if random.happens(50) { at } else { later })).await?;
                // What begins within a second stays.
                let gone = done(self.editor.delete(&format!("/v1/editor/corrections/{correction}")).await).map(|_| ());
                if gone.is_none() {
                    self.dates.push(at);
                }
                gone
            }
            "autosave of what is public" => self.autosave(&path, known, random).await,
            "restored revision" => {
                self.save(&path, None, known, random).await?;
                done(self.editor.post(&format!("{path}/revisions/1/restore")).await).map(|_| ())
            }
            "scheduled update" => {
                let later = self.later(random);
                self.save(&path, Some(later), known, random).await.map(|()| self.dates.push(later))
            }
            _ => {
                let article = done(self.editor.get(&path).await)?;
                let all = article["publications"].as_array()?;
                let endless = all.iter().find(|p| p["state"] == "live" && p["unpublish_at"].is_null())?;
                let publication = format!("/v1/editor/publications/{}", endless["id"].as_str()?);
                let later = self.later(random);
                let change = json!({ "unpublish_at": later });
                done(self.editor.patch(&publication).merge_patch(change).await).map(|_| self.dates.push(later))
            }
        }
    }

    async fn save(&self, path: &str, publish_at: Option<Instant>, known: &mut Known, random: &mut Random) -> Option<()> {
        let number = known.articles.len();
        let mut patch = json!({ "title": format!("Rewritten {number}"), "note": "Nobody may know why.", "category_id": random.of(&self.public.categories) });
        if random.happens(50) {
            patch["tags"] = json!([random.of(&public::TERMS)]);
        }
        if random.happens(50) {
            let slug = format!("hidden-{number}");
            patch["slug"] = json!(slug);
            known.articles.push(slug);
        }
        if let Some(at) = publish_at {
            patch["publish"] = json!({ "publish_at": at });
        }
        done(self.editor.patch(path).if_match("*").merge_patch(patch).await).map(|_| ())
    }

    async fn autosave(&self, path: &str, known: &mut Known, random: &mut Random) -> Option<()> {
        let slug = format!("hidden-{}", known.articles.len());
        let patch = json!({ "title": "Written and not saved", "slug": slug, "category_id": random.of(&self.public.categories) });
        known.articles.push(slug);
        done(self.editor.patch(path).query("autosave", "true").if_match("*").merge_patch(patch).await).map(|_| ())
    }

    async fn unpublish(&self, path: &str, how: Value) -> Option<()> {
        done(self.editor.post(&format!("{path}/unpublish")).json(how).await).map(|_| ())
    }

    /// A correction from now or from an instant on: its id.
    async fn correct(&self, path: &str, at: Option<Instant>) -> Option<String> {
        let text = json!({ "format": "markdown", "source": "Nobody may know what was wrong." });
        let made =
            done(self.editor.post(&format!("{path}/corrections")).json(json!({ "kind": "correction", "text": text, "at": at })).await)?;
        Some(made.text_at("/id").to_owned())
    }

    async fn link(&self, article_id: &str) -> Option<()> {
        done(self.editor.post("/v1/editor/preview-links").json(json!({ "article_id": article_id })).await).map(|_| ())
    }

    /// A release that publishes the article, when it has a date.
    async fn release(&self, article_id: &str, publish_at: Option<Instant>) -> Option<()> {
        let mut release = json!({ "name": "Nobody may know of it." });
        if let Some(at) = publish_at {
            release["publish_at"] = json!(at);
        }
        let made = done(self.editor.post("/v1/editor/releases").json(release).await)?;
        let path = format!("/v1/editor/releases/{}/publications", made.text_at("/id"));
        done(self.editor.post(&path).json(json!({ "article_id": article_id })).await).map(|_| ())
    }

    async fn trash(&self, path: &str) -> Option<()> {
        done(self.editor.delete(path).if_match("*").await).map(|_| ())
    }

    /// An instant soon after the story's end.
    fn soon(&self, random: &mut Random) -> Instant {
        let most = random.of(&[1, 900, 30_000]);
        self.end.plus_millis(random.between(1, most))
    }

    /// The same or long after it, for what stays: answers may be kept less long before.
    fn later(&self, random: &mut Random) -> Instant {
        if self.changes_soon { self.soon(random) } else { self.end.plus_millis(random.between(3_600_000, 900_000_000)) }
    }
}

/// The answer, if it was not refused by what is there already.
fn done(answer: Answer) -> Option<Answer> {
    assert!(matches!(answer.status, 200..=299 | 409), "hiding something: {answer}");
    (answer.status < 300).then_some(answer)
}
