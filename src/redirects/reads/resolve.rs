//! What a path of the site is, as of an instant: by the same knowledge that redirects go by.

use crate::articles::delivered::Fields;
use crate::articles::dto::Kind;
use crate::articles::reads::{Found as OfArticle, Wanted, find as find_article};
use crate::categories::context::Reading;
use crate::categories::reads::{Found as OfCategory, find as find_category};
use crate::db::{AnyConnection, Result};
use crate::kernel::refs::Relation;
use crate::publications::paths::{Paths, There};
use crate::publications::visibility::{Ground, Shown, ground};
use crate::redirects::delivered::{Resolved, ResolvedType};
use crate::redirects::reads::{of_path, shown};
use crate::terms::dto::{Author, Tag};
use crate::terms::reads::{Delivered, Found as OfTerm, find as find_term};

/// The path of the front page.
const FRONT: &str = "/";

/// What a path answers.
pub enum Found {
    /// This is there.
    Here(Box<Resolved>),
    /// An article was there and was taken back, for this reason.
    Withdrawn(String),
    /// Nothing, as far as readers may know.
    Nothing,
}

/// A path in its one form, in the languages in which slugs are looked up.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The path.
    pub path: String,
    /// The languages, in order.
    pub locales: Vec<String>,
}

/// What a path is at the snapshot: what stands there, else where a redirect leads that was made by hand, else where what was there stands now, else a tag or an author.
///
/// # Errors
/// If the database fails.
pub fn resolve(connection: &mut AnyConnection, reading: &Reading<'_>, asked: &Asked) -> Result<(Found, Ground)> {
    let unchanging = ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?;
    if asked.path == FRONT {
        return Ok((Found::Here(Box::new(Resolved::of(ResolvedType::Front, FRONT))), unchanging));
    }
    let redirect = of_path(connection, &asked.path)?;
    let named = [Some(&asked.path), redirect.as_ref().and_then(|(_, _, _, target)| target.as_ref())];
    let named = named.into_iter().flatten().map(String::as_str);
    let paths = Paths::of(connection, (reading.snapshot, reading.entries), reading.span_ms, &asked.locales, named)?;
    let (told, next_change) = paths.told(|at| {
        let made = redirect.as_ref().and_then(|row| shown(row, &paths, at));
        (paths.there(&asked.path, at), made.map(|made| made.to))
    });
    let (found, below) = match told {
        (There::Stands, _) => asked.standing(connection, reading)?,
        (_, Some(to)) | (There::Leads(to), None) => (Found::Here(Box::new(Resolved::redirect(&asked.path, to))), unchanging),
        (There::Nothing, None) => asked.otherwise(connection, reading)?,
    };
    Ok((found, next_change.map_or(below, |next| below.changing_at(next))))
}

impl Asked {
    /// What stands before the last slug, and that.
    fn parts(&self) -> (Option<&str>, &str) {
        match self.path.trim_start_matches('/').split_once('/') {
            Some((above, slug)) => (Some(above), slug),
            None => (None, self.path.trim_start_matches('/')),
        }
    }

    /// An article that is live here, or a category.
    fn standing(&self, connection: &mut AnyConnection, reading: &Reading<'_>) -> Result<(Found, Ground)> {
        let (above, slug) = self.parts();
        for locale in &self.locales {
            let wanted = Wanted::Slug { locale: locale.clone(), slug: slug.to_owned() };
            let (found, ground) = find_article(connection, reading, &wanted, Fields::WHOLE)?;
            let OfArticle::Live(article) = found else { continue };
            if article.path == self.path {
                let kind = if article.kind == Kind::Page { ResolvedType::Page } else { ResolvedType::Article };
                return Ok((here(Resolved { article: Some(article), ..Resolved::of(kind, &self.path) }), ground));
            }
        }
        let locale = self.locales.first().map_or("", String::as_str);
        let (found, ground) = find_category(connection, reading, slug, locale)?;
        Ok(match found {
            OfCategory::Here(category) if above.is_none() => {
                (here(Resolved { category: Some(category), ..Resolved::of(ResolvedType::Category, &self.path) }), ground)
            }
            _ => (Found::Nothing, ground),
        })
    }

    /// A tag or an author, or what was taken back.
    fn otherwise(&self, connection: &mut AnyConnection, reading: &Reading<'_>) -> Result<(Found, Ground)> {
        let (above, slug) = self.parts();
        match above {
            Some("tags") => {
                let of = |tag| Resolved { tag: Some(tag), ..Resolved::of(ResolvedType::Tag, &self.path) };
                return self.term::<Tag>(connection, reading, of);
            }
            Some("authors") => {
                let of = |author| Resolved { author: Some(author), ..Resolved::of(ResolvedType::Author, &self.path) };
                return self.term::<Author>(connection, reading, of);
            }
            _ => {}
        }
        let unchanging = ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?;
        if above.is_some_and(|category| reading.names.category_by_slug(category).is_none()) {
            return Ok((Found::Nothing, unchanging));
        }
        for locale in &self.locales {
            let wanted = Wanted::Slug { locale: locale.clone(), slug: slug.to_owned() };
            if let (OfArticle::Withdrawn(reason), ground) = find_article(connection, reading, &wanted, Fields::CARD)? {
                return Ok((Found::Withdrawn(reason), ground));
            }
        }
        Ok((Found::Nothing, unchanging))
    }

    /// The one of this slug, in the first of the languages in which live articles name it.
    fn term<D: Delivered>(
        &self,
        connection: &mut AnyConnection,
        reading: &Reading<'_>,
        of: impl Fn(Box<D>) -> Resolved,
    ) -> Result<(Found, Ground)> {
        let (above, slug) = if D::RELATION == Relation::Tag { ("tags", self.parts().1) } else { ("authors", self.parts().1) };
        let mut answer = (Found::Nothing, ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?);
        for locale in &self.locales {
            let (found, ground) = find_term::<D>(connection, reading, slug, locale)?;
            match found {
                OfTerm::Here(term) => return Ok((here(of(term)), sooner(ground, &answer.1))),
                OfTerm::Moved(slug) => {
                    return Ok((here(Resolved::redirect(&self.path, format!("/{above}/{slug}"))), sooner(ground, &answer.1)));
                }
                OfTerm::Nothing => answer.1 = sooner(ground, &answer.1),
            }
        }
        Ok(answer)
    }
}

fn here(resolved: Resolved) -> Found {
    Found::Here(Box::new(resolved))
}

/// The ground under an answer that the other one changes as well.
fn sooner(ground: Ground, other: &Ground) -> Ground {
    other.next_change.map_or(ground, |next| ground.changing_at(next))
}
