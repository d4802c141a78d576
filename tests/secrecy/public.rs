//! A random site that the public sees something of, and what happens to it. Revisions are pinned, so that hidden saves are followed by nothing.

use dateline::kernel::instant::Instant;
use serde_json::{Value, json};

use crate::requests::Known;
use crate::support::client::Client;
use crate::support::random::Random;

/// How many articles it has.
const ARTICLES: i64 = 14;
const DAY_MS: i64 = 86_400_000;

/// An article of which readers know, did or will within the story.
#[derive(Clone)]
pub struct Article {
    /// Its id.
    pub id: String,
    /// Its title at first.
    pub title: String,
    /// How many revisions it has of which readers may know.
    pub revisions: i64,
}

/// The site.
#[derive(Default)]
pub struct Public {
    /// Its articles.
    pub articles: Vec<Article>,
    /// The ids of its categories.
    pub categories: Vec<String>,
    /// The path of its front page.
    pub list: String,
    /// Those of what was corrected, or will be.
    pub corrections: Vec<String>,
}

/// A request of an editor.
#[derive(Clone, Debug)]
pub struct Act {
    /// The method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The body.
    pub body: Option<Value>,
}

impl Act {
    /// Does it on behalf of `editor`; the status.
    pub async fn send(&self, editor: &Client) -> u16 {
        let request = editor.request(self.method, &self.path).if_match("*");
        match &self.body {
            Some(body) => request.json(body).await.status,
            None => request.await.status,
        }
    }
}

/// Tags, and authors of the same slugs; the last is of what is hidden alone.
pub const TERMS: [&str; 4] = ["bridges", "rivers", "prices", "unknown-to-readers"];

/// A text in a random place.
pub fn text(title: &str, categories: &[String], random: &mut Random) -> Value {
    let mut article = json!({
        "title": title, "excerpt": format!("{title} in short."), "body": { "format": "markdown", "source": format!("The council, *{title}*.") },
        "kind": random.of(&["article", "article", "article", "page"]), "locale": random.of(&["en", "en", "en", "tk"]),
    });
    if random.happens(80) {
        article["category_id"] = json!(random.of(categories));
    }
    if random.happens(30) {
        article["further_category_ids"] = json!([random.of(categories)]);
    }
    for member in ["tags", "authors"] {
        if random.happens(60) {
            article[member] = json!([random.of(&TERMS[..3])]);
        }
    }
    article
}

impl Public {
    /// Fills an empty site; dates lie before `now`, or before the story's end.
    pub async fn build(editor: &Client, now: Instant, end: Instant, known: &mut Known, random: &mut Random) -> Self {
        let mut public = Self::default();
        for (name, parent) in [("Politics", None), ("Elections", Some(0)), ("Districts", Some(1)), ("Sports", None), ("Nothing", None)] {
            let parent_id = parent.map(|at: usize| public.categories[at].clone());
            let made = editor.post("/v1/editor/categories").json(json!({ "name": name, "parent_id": parent_id })).await;
            public.categories.push(made.is_created().text_at("/id").to_owned());
            known.categories.extend([made.text_at("/slug").to_owned(), made.text_at("/id").to_owned()]);
        }
        for slug in TERMS {
            for what in ["tags", "authors"] {
                editor.post(&format!("/v1/editor/{what}")).json(json!({ "name": slug, "slug": slug })).await.is_created();
            }
            known.terms.push(slug.to_owned());
        }
        for number in 0..ARTICLES {
            let title = format!("{} {}", random.of(&["Prices rise", "Bridge opens", "Council votes"]), number / 3);
            let mut whole = text(&title, &public.categories, random);
            let (is_withdrawn, is_renamed) = (number == 0, number == 1);
            let start = if is_withdrawn || is_renamed || random.happens(75) {
                now.plus_millis(-random.between(0, 40 * DAY_MS))
            } else {
                between(now, end, random)
            };
            let stop =
                (!is_withdrawn && random.happens(25)).then(|| between(now.max(start), end.plus_millis(DAY_MS), random).plus_millis(1));
            // Some share their date.
            let date = random.of(&[None, Some(now.plus_millis(-50 * DAY_MS))]);
            whole["publish"] = json!({ "publish_at": start, "unpublish_at": stop, "published_at": date, "revision": 1 });
            let made = editor.post("/v1/editor/articles").json(&whole).await;
            let mut article = Article { id: made.is_created().text_at("/id").to_owned(), title, revisions: 1 };
            known.articles.extend([made.text_at("/slug").to_owned(), article.id.clone()]);
            known.dates.extend([start, stop.unwrap_or(start)].map(|at| at.to_string()));
            if is_withdrawn {
                let reason = json!({ "withdrawn": { "reason": "It was wrong." } });
                editor.post(&format!("/v1/editor/articles/{}/unpublish", article.id)).json(reason).await.is_ok();
            } else if is_renamed || random.happens(40) {
                let at = (!is_renamed && random.happens(50)).then(|| between(now, end, random));
                article.change(editor, known, at, random).await;
            }
            if number < 2 || random.happens(40) {
                let text = json!({ "format": "markdown", "source": format!("Number {number} was *otherwise*.") });
                let start = between(now, end, random);
                let at = random.of(&[None, Some(start)]);
                let body = json!({ "kind": "correction", "text": text, "at": at });
                let made = editor.post(&format!("/v1/editor/articles/{}/corrections", article.id)).json(body).await;
                public.corrections.push(made.is_created().text_at("/id").to_owned());
            }
            public.articles.push(article);
        }
        public.curate(editor, [now, end], known, random).await;
        public
    }

    /// A front page that pins some articles and has rules, and another one from an instant on.
    async fn curate(&mut self, editor: &Client, [now, end]: [Instant; 2], known: &mut Known, random: &mut Random) {
        let body = json!({ "name": "Front", "slug": "front", "slots": self.slots(random) });
        let made = editor.post("/v1/editor/lists").json(body).await;
        self.list = format!("/v1/editor/lists/{}", made.is_created().text_at("/id"));
        let next = json!({ "slots": self.slots(random), "publish_at": between(now, end, random).plus_millis(1) });
        editor.patch(&self.list).merge_patch(next).await.is_ok();
        known.lists.extend(["front".to_owned(), "unknown".to_owned()]);
    }

    /// Slots that pin some articles, each once, and rules.
    fn slots(&self, random: &mut Random) -> Value {
        let mut slots: Vec<Value> =
            self.articles.iter().filter(|_| random.happens(30)).map(|article| json!({ "article_id": article.id })).collect();
        let rules = [
            json!({ "category": "politics", "limit": 2 }),
            json!({ "tag": TERMS[0], "limit": 3 }),
            json!({}),
            json!({ "author": TERMS[1] }),
        ];
        let at = usize::try_from(random.between(0, 1)).unwrap_or_default().min(slots.len());
        slots.insert(at, json!({ "rule": random.of(&rules) }));
        slots.push(json!({ "rule": random.of(&rules) }));
        // Whatever is published is shown.
        slots.push(json!({ "rule": { "limit": 20 } }));
        json!(slots)
    }

    /// What happens to it before the eyes of readers; the same on both sites.
    pub fn act(&self, random: &mut Random) -> Act {
        let article = random.of(&self.articles);
        let path = format!("/v1/editor/articles/{}", article.id);
        let reason = random.of(&[json!(null), json!({ "reason": "It was wrong." })]);
        match random.between(0, 7) {
            7 => Act { method: "PATCH", path: self.list.clone(), body: Some(json!({ "slots": self.slots(random) })) },
            6 => Act { method: "DELETE", path: format!("/v1/editor/corrections/{}", random.of(&self.corrections)), body: None },
            0..=2 => {
                let body = json!({ "revision": random.between(1, article.revisions), "minor": random.happens(30) });
                Act { method: "POST", path: format!("{path}/publications"), body: Some(body) }
            }
            3 => {
                let body = json!({ "withdrawn": reason, "keep_scheduled": random.happens(50) });
                Act { method: "POST", path: format!("{path}/unpublish"), body: Some(body) }
            }
            4 => Act { method: "DELETE", path, body: None },
            _ => Act { method: "POST", path: format!("{path}/restore"), body: None },
        }
    }
}

impl Article {
    /// A second text under another slug, from now or later on.
    async fn change(&mut self, editor: &Client, known: &mut Known, at: Option<Instant>, random: &mut Random) {
        let slug = format!("renamed-{}", known.articles.len());
        let path = format!("/v1/editor/articles/{}", self.id);
        let patch = json!({ "title": format!("{} again", self.title), "slug": slug });
        editor.patch(&path).if_match("*").merge_patch(patch).await.is_ok();
        let publication = json!({ "publish_at": at, "revision": 2, "minor": random.happens(30) });
        // It may start when the first text does: then it does not.
        editor.post(&format!("{path}/publications")).json(publication).await;
        self.revisions = 2;
        known.articles.push(slug);
    }
}

/// An instant between two.
pub fn between(from: Instant, until: Instant, random: &mut Random) -> Instant {
    from.plus_millis(random.between(0, (until.millis() - from.millis()).max(0)))
}
