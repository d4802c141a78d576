//! A publication as it lies in the database. `store` keeps it; the editorial calendar reads it with what it shows.

use diesel::{Queryable, Selectable};

use super::rules::Publication;
use crate::db::Bind;
use crate::db::schema::publications;
use crate::kernel::id::{ArticleId, PublicationId, ReleaseId, UserId};
use crate::kernel::instant::Instant;

/// A row of the table, its members in the order of the columns.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = publications)]
pub struct Row {
    id: PublicationId,
    article_id: ArticleId,
    revision: i64,
    follows_newest: bool,
    publish_at: Instant,
    unpublish_at: Instant,
    cut_at: Instant,
    ends_at: Instant,
    published_at_given: Option<Instant>,
    published_at: Instant,
    updated_at: Instant,
    minor: bool,
    withdrawn_reason: Option<String>,
    time_zone: Option<String>,
    publish_at_local: Option<String>,
    unpublish_at_local: Option<String>,
    version: i64,
    created_by: UserId,
    created_at: Instant,
    base_revision: Option<i64>,
    undoes: String,
    overrides_embargo: bool,
    release_id: Option<ReleaseId>,
    decided_at: Instant,
}

/// Begins a statement that inserts rows of [`Row::binds`].
pub(super) const INSERT: &str = "INSERT INTO publications (id, article_id, revision, follows_newest, publish_at, unpublish_at, cut_at, ends_at, published_at_given, published_at, updated_at, minor, withdrawn_reason, time_zone, publish_at_local, unpublish_at_local, version, created_by, created_at, base_revision, undoes, overrides_embargo, release_id, decided_at) VALUES ";

impl Row {
    /// Its values, in the order of the columns.
    pub(super) fn binds(self) -> [Bind; 24] {
        [
            self.id.into(),
            self.article_id.into(),
            self.revision.into(),
            self.follows_newest.into(),
            self.publish_at.into(),
            self.unpublish_at.into(),
            self.cut_at.into(),
            self.ends_at.into(),
            self.published_at_given.into(),
            self.published_at.into(),
            self.updated_at.into(),
            self.minor.into(),
            self.withdrawn_reason.into(),
            self.time_zone.into(),
            self.publish_at_local.into(),
            self.unpublish_at_local.into(),
            self.version.into(),
            self.created_by.into(),
            self.created_at.into(),
            self.base_revision.into(),
            self.undoes.into(),
            self.overrides_embargo.into(),
            self.release_id.into(),
            self.decided_at.into(),
        ]
    }
}

macro_rules! same_members {
    ($from:ty => $to:ident) => {
        impl From<$from> for $to {
            fn from(p: $from) -> Self {
                Self {
                    id: p.id,
                    article_id: p.article_id,
                    revision: p.revision,
                    follows_newest: p.follows_newest,
                    publish_at: p.publish_at,
                    unpublish_at: p.unpublish_at,
                    cut_at: p.cut_at,
                    ends_at: p.ends_at,
                    published_at_given: p.published_at_given,
                    published_at: p.published_at,
                    updated_at: p.updated_at,
                    minor: p.minor,
                    withdrawn_reason: p.withdrawn_reason,
                    time_zone: p.time_zone,
                    publish_at_local: p.publish_at_local,
                    unpublish_at_local: p.unpublish_at_local,
                    version: p.version,
                    created_by: p.created_by,
                    created_at: p.created_at,
                    base_revision: p.base_revision,
                    undoes: p.undoes,
                    overrides_embargo: p.overrides_embargo,
                    release_id: p.release_id,
                    decided_at: p.decided_at,
                }
            }
        }
    };
}
same_members!(Row => Publication);
same_members!(Publication => Row);
