//! Turning what an editor sends into the content of a revision: names become ids, the body is rendered, every mistake is named.

use serde_json::{Map, Value};

use super::dto::{ArticleCreate, ArticlePatch, BodySource, Byline, Image, RelatedPatch, Seo};
use super::embargo::Embargo;
use super::store::{Called, Content, Known, known_articles};
use super::translation::TranslationOf;
use crate::db::AnyConnection;
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::mistakes::Mistakes;
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Problem, Result};
use crate::kernel::refs::{Credit, Refs, Related};

/// The most bytes of `custom` as JSON.
const CUSTOM_BYTES: usize = 64 * 1024;

/// The content of an article before names are looked up.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The headline.
    pub title: String,
    /// The slug; made from the title where missing.
    pub slug: Option<String>,
    /// The excerpt.
    pub excerpt: String,
    /// The body.
    pub body: BodySource,
    /// The main category.
    pub category_id: Option<CategoryId>,
    /// Further categories.
    pub further_category_ids: Vec<CategoryId>,
    /// Slugs of tags.
    pub tags: Vec<String>,
    /// Authors.
    pub authors: Vec<Byline>,
    /// The picture.
    pub image: Option<String>,
    /// For search engines.
    pub seo: Option<String>,
    /// Anything else.
    pub custom: Option<String>,
    /// What stands beside it.
    pub related: Related,
    /// What the save is about.
    pub note: Option<String>,
    /// What becomes of the article's embargo.
    pub embargo: Embargo,
    /// What becomes of its translations.
    pub translation_of: TranslationOf,
}

impl Draft {
    /// All of an article, as a create or a replace gives it.
    ///
    /// # Errors
    /// If it cannot be JSON.
    pub fn whole(create: &ArticleCreate, mistakes: &mut Mistakes) -> Result<Self> {
        Ok(Self {
            title: create.title.clone(),
            slug: create.slug.as_ref().map(ToString::to_string),
            excerpt: create.excerpt.clone().unwrap_or_default(),
            body: create.body.clone(),
            category_id: create.category_id,
            further_category_ids: create.further_category_ids.clone(),
            tags: create.tags.clone(),
            authors: create.authors.clone(),
            image: create.image.as_ref().map(text).transpose()?,
            seo: create.seo.as_ref().map(text).transpose()?,
            custom: mistakes.take(create.custom.as_ref().map(custom_text).transpose())?.flatten(),
            related: create.related.clone(),
            note: note(create.note.as_deref()),
            embargo: Embargo::read(&create.embargo_until, &create.embargo_note, mistakes),
            translation_of: TranslationOf(create.translation_of.clone()),
        })
    }

    /// The present content with a merge patch applied (RFC 7396).
    ///
    /// # Errors
    /// If what is stored is not JSON.
    pub fn patched(present: &Content, names: Called, patch: &ArticlePatch, mistakes: &mut Mistakes) -> Result<Self> {
        let body = patch.body.clone().unwrap_or_default();
        let present_format = crate::bodies::Format::find(&present.format).unwrap_or(crate::bodies::Format::Markdown);
        let image =
            merged(present.image.as_deref(), &patch.image)?.map(|merged| picture(merged).and_then(|image| text(&image))).transpose();
        let seo =
            merged(present.seo.as_deref(), &patch.seo)?.map(|merged| typed::<Seo>(merged, "/seo").and_then(|seo| text(&seo))).transpose();
        let custom = merged(present.custom.as_deref(), &patch.custom)?;
        let custom =
            custom.map(|merged| typed::<Map<String, Value>>(merged, "/custom").and_then(|custom| custom_text(&custom))).transpose();
        Ok(Self {
            title: patch.title.clone().unwrap_or_else(|| present.title.clone()),
            slug: Some(patch.slug.as_ref().map_or_else(|| present.slug.clone(), ToString::to_string)),
            excerpt: patch.excerpt.clone().or(Some(present.excerpt.clone())).unwrap_or_default(),
            body: BodySource {
                format: body.format.unwrap_or(present_format),
                source: body.source.unwrap_or_else(|| present.source.clone()),
            },
            category_id: patch.category_id.clone().or(present.category_id),
            further_category_ids: patch.further_category_ids.clone().or(Some(present.refs.further_categories.clone())).unwrap_or_default(),
            tags: patch.tags.clone().or(Some(names.0)).unwrap_or_default(),
            authors: patch.authors.clone().or(Some(names.1)).unwrap_or_default(),
            image: mistakes.take(image)?.flatten(),
            seo: mistakes.take(seo)?.flatten(),
            custom: mistakes.take(custom)?.flatten(),
            related: beside(&present.refs.related, &patch.related),
            note: note(patch.note.as_deref()),
            embargo: Embargo::read(&patch.embargo_until, &patch.embargo_note, mistakes),
            translation_of: TranslationOf(patch.translation_of.clone()),
        })
    }

    /// Looks up what it names: each category, tag and author that there is none of is a mistake. In a write of the article nobody takes one away before the commit.
    ///
    /// # Errors
    /// If the database fails.
    pub fn resolve(&self, connection: &mut AnyConnection, mistakes: &mut Mistakes) -> Result<Refs> {
        let categories: Vec<CategoryId> = self.category_id.into_iter().chain(self.further_category_ids.iter().copied()).collect();
        let named: Vec<String> = self.authors.iter().map(|byline| byline.slug.clone()).collect();
        let known = Known::find(connection, &categories, &self.tags, &named)?;
        self.check_categories(&known.categories, mistakes);
        let tags = look_up(&self.tags, &known.tags, "/tags", "tag", mistakes);
        let authors = look_up(&named, &known.authors, "/authors", "author", mistakes);
        // Where one is unknown nothing is kept.
        let authors = authors.into_iter().zip(&self.authors).map(|(id, byline)| Credit { id, role: byline.role }).collect();
        Ok(Refs {
            further_categories: self.further_categories(),
            tags: unique(tags),
            authors: unique(authors),
            related: self.known_related(connection, mistakes)?,
        })
    }

    /// Each once; one that there is none of is a mistake. It may be hidden, and is passed over then, or purged later.
    fn known_related(&self, connection: &mut AnyConnection, mistakes: &mut Mistakes) -> Result<Related> {
        let Related { pinned, excluded } = &self.related;
        let all: Vec<ArticleId> = pinned.iter().chain(excluded).copied().collect();
        let known = known_articles(connection, &all)?;
        for (pointer, ids) in [("/related/pinned", pinned), ("/related/excluded", excluded)] {
            for (at, _) in ids.iter().enumerate().filter(|(_, id)| !known.contains(id)) {
                mistakes.note(format!("{pointer}/{at}"), "unknown", "there is no such article");
            }
        }
        Ok(Related { pinned: unique(pinned.clone()), excluded: unique(excluded.clone()) })
    }

    /// The content with ids instead of names. `slug` is the one decided on.
    pub fn content(&self, slug: String, refs: Refs) -> Content {
        Content {
            slug,
            title: self.title.clone(),
            excerpt: self.excerpt.clone(),
            format: self.body.format.name().to_owned(),
            source: self.body.source.clone(),
            category_id: self.category_id,
            refs,
            image: self.image.clone(),
            seo: self.seo.clone(),
            custom: self.custom.clone(),
        }
    }

    /// Each once, and the main one not among them.
    fn further_categories(&self) -> Vec<CategoryId> {
        let further = self.further_category_ids.iter().copied().filter(|id| Some(*id) != self.category_id);
        unique(further.collect())
    }

    fn check_categories(&self, known: &[CategoryId], mistakes: &mut Mistakes) {
        if self.category_id.is_some_and(|id| !known.contains(&id)) {
            mistakes.note("/category_id", "unknown", "there is no such category");
        }
        for (at, id) in self.further_category_ids.iter().enumerate() {
            if !known.contains(id) {
                mistakes.note(format!("/further_category_ids/{at}"), "unknown", "there is no such category");
            }
        }
    }
}

/// RFC 7396: what is missing stays, `null` removes.
fn beside(present: &Related, patch: &Patch<RelatedPatch>) -> Related {
    match patch.clone() {
        Patch::Absent => present.clone(),
        Patch::Null => Related::default(),
        Patch::Value(patch) => Related {
            pinned: patch.pinned.or(Some(present.pinned.clone())).unwrap_or_default(),
            excluded: patch.excluded.or(Some(present.excluded.clone())).unwrap_or_default(),
        },
    }
}

fn look_up<Id: Copy>(slugs: &[String], known: &[(String, Id)], pointer: &str, what: &str, mistakes: &mut Mistakes) -> Vec<Id> {
    let mut ids = Vec::with_capacity(slugs.len());
    for (at, slug) in slugs.iter().enumerate() {
        match known.iter().find(|(other, _)| other == slug) {
            Some((_, id)) => ids.push(*id),
            None => mistakes.note(format!("{pointer}/{at}"), "unknown", format!("there is no {what} with this slug")),
        }
    }
    ids
}

/// A form that was left empty says nothing.
fn note(given: Option<&str>) -> Option<String> {
    given.map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned)
}

fn unique<T: PartialEq>(items: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Problem::internal)
}

fn custom_text(custom: &Map<String, Value>) -> Result<String> {
    let text = text(custom)?;
    if text.len() > CUSTOM_BYTES {
        return Err(Problem::invalid_field(
            "/custom",
            "too_long",
            format!("it has {} bytes as JSON; {CUSTOM_BYTES} at most are taken", text.len()),
        ));
    }
    Ok(text)
}

fn typed<T: serde::de::DeserializeOwned>(value: Value, pointer: &str) -> Result<T> {
    serde_json::from_value(value).map_err(|e| Problem::invalid_field(pointer, "invalid", e.to_string()))
}

/// What a picture may hold was checked with the patch; what it must hold shows only now.
fn picture(mut merged: Value) -> Result<Image> {
    for name in ["width", "height"] {
        // JSON Schema takes 7.0 as an integer, serde does not. Those that passed it are small.
        if let Some(side) = merged.get_mut(name).filter(|side| side.is_f64()) {
            #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is small enough")]
            let whole = side.as_f64().unwrap_or_default() as i64;
            *side = Value::from(whole);
        }
    }
    if merged.get("url").is_none() {
        return Err(Problem::invalid_field("/image/url", "required", "it is missing"));
    }
    typed(merged, "/image")
}

fn merged(present: Option<&str>, patch: &Patch<Value>) -> Result<Option<Value>> {
    let present: Option<Value> = present.map(serde_json::from_str).transpose().map_err(Problem::internal)?;
    Ok(match patch {
        Patch::Absent => present,
        Patch::Null => None,
        Patch::Value(patch) => Some(merge(present.unwrap_or(Value::Null), patch)),
    })
}

/// RFC 7396 section 2.
fn merge(target: Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut members = match target {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(name);
        } else {
            let present = members.remove(name).unwrap_or(Value::Null);
            members.insert(name.clone(), merge(present, value));
        }
    }
    Value::Object(members)
}
