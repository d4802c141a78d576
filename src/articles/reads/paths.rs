//! Where articles stand, without their texts: what sitemaps have of each.

use diesel::sql_types::{BigInt, Nullable, Text};

use super::Selection;
use super::selection::Window;
use crate::articles::delivered::path_of;
use crate::articles::dto::Seo;
use crate::categories::context::Reading;
use crate::db::{AnyConnection, Error, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Place, SortValue};
use crate::publications::visibility::{IN_FORCE, IN_FORCE_END};

/// Where a live article stands.
#[derive(Debug)]
pub struct Standing {
    /// Its id.
    pub id: ArticleId,
    /// The path.
    pub path: String,
    /// The headline.
    pub title: String,
    /// Whether search engines may list it.
    pub is_indexed: bool,
    /// The date that readers see.
    pub published_at: Instant,
    /// When readers last got something new.
    pub updated_at: Instant,
}

impl Standing {
    /// The place behind it.
    pub fn place(&self) -> Place {
        Place { value: SortValue::Number(self.published_at.millis()), id: self.id.uuid(), direction: Direction::Forward }
    }
}

/// So many rows of lists.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Behind which place they begin.
    pub place: Option<Place>,
    /// Whether the newest come first.
    pub is_descending: bool,
    /// How many are left out.
    pub skipped: i64,
    /// How many they are.
    pub rows: i64,
}

type StandingSql = (IdSql, Text, Nullable<IdSql>, Text, Nullable<Text>, BigInt, BigInt);
type StandingRow = (ArticleId, String, Option<CategoryId>, String, Option<String>, Instant, Instant);

const COLUMNS: &str = "SELECT r.article_id, r.slug, r.category_id, r.title, r.seo, l.first_at, p.updated_at FROM (";
const TEXTS: &str = " JOIN revisions r ON r.article_id = p.article_id AND r.number = p.revision";

/// Those of a stretch, in its order. One statement.
///
/// # Errors
/// If the database fails.
pub fn standings(connection: &mut AnyConnection, reading: &Reading<'_>, selection: &Selection, stretch: &Stretch) -> Result<Vec<Standing>> {
    let Stretch { place, is_descending, skipped, rows } = stretch;
    let (at, window) =
        (reading.snapshot.at, Window { place: place.as_ref(), is_descending: *is_descending, skipped: *skipped, rows: *rows });
    let statement = selection.listed(Statement::<StandingSql>::new(COLUMNS), reading.snapshot, window).sql(") l");
    let statement = statement.sql(IN_FORCE).bind(at).sql(IN_FORCE_END).bind(at).sql(TEXTS);
    let order = if *is_descending { " ORDER BY l.first_at DESC, l.article_id DESC" } else { " ORDER BY l.first_at, l.article_id" };
    let rows: Vec<StandingRow> = statement.sql(order).load(connection)?;
    let standing = |(id, slug, category_id, title, seo, published_at, updated_at): StandingRow| {
        let seo: Option<Seo> = seo.as_deref().map(serde_json::from_str).transpose().map_err(Error::corrupt)?;
        let is_indexed = seo.and_then(|seo| seo.noindex) != Some(true);
        let category = category_id.and_then(|id| reading.names.category(id));
        Ok(Standing { id, path: path_of(category.map(|category| &*category.slug), &slug), title, is_indexed, published_at, updated_at })
    };
    rows.into_iter().map(standing).collect()
}
