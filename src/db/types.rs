//! How ids and instants are stored: written once for both engines.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{self, BigInt, HasSqlType, Nullable, SingleValue, SqlType};
use diesel::sqlite::{Sqlite, SqliteValue};
use uuid::Uuid;

use super::connection::{MultiBackend, MultiRawValue};
use crate::kernel::id::{
    ApiKeyId, ArticleId, AuditId, AuthorId, CalendarSubscriptionId, CategoryId, CorrectionId, CuratedEditionId, CuratedListId,
    PreviewLinkId, PublicationId, RedirectId, ReleaseId, SessionId, TagId, TermId, UserId,
};
use crate::kernel::instant::Instant;

/// An id: `uuid` on PostgreSQL, a BLOB of 16 bytes on SQLite.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct IdSql;

impl HasSqlType<IdSql> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<IdSql>(lookup)
    }
}

macro_rules! stored_ids {
    ($($id:ty)*) => {$(
        impl ToSql<IdSql, Pg> for $id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                <Uuid as ToSql<sql_types::Uuid, Pg>>::to_sql(&self.0, out)
            }
        }

        impl ToSql<IdSql, Sqlite> for $id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.0.as_bytes().as_slice());
                Ok(IsNull::No)
            }
        }

        impl ToSql<IdSql, MultiBackend> for $id {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((IdSql, self));
                Ok(IsNull::No)
            }
        }

        impl<DB: Backend> ToSql<Nullable<IdSql>, DB> for $id where Self: ToSql<IdSql, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<IdSql, DB>::to_sql(self, out)
            }
        }

        impl FromSql<IdSql, Pg> for $id {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                <Uuid as FromSql<sql_types::Uuid, Pg>>::from_sql(value).map(Self)
            }
        }

        impl FromSql<IdSql, Sqlite> for $id {
            fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                Ok(Self(Uuid::from_slice(value.read_blob())?))
            }
        }

        impl FromSql<IdSql, MultiBackend> for $id {
            fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<Self, IdSql>()
            }
        }

        impl<DB: Backend, ST: SingleValue> Queryable<ST, DB> for $id where Self: FromSql<ST, DB> {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }

        stored_ids!(@expression $id, IdSql);
        stored_ids!(@expression &$id, IdSql);
        stored_ids!(@expression $id, Nullable<IdSql>);
        stored_ids!(@expression &$id, Nullable<IdSql>);
    )*};
    (@expression $rust:ty, $sql:ty) => {
        impl AsExpression<$sql> for $rust {
            type Expression = Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    };
}

stored_ids!(ArticleId CorrectionId CuratedListId CuratedEditionId PublicationId CategoryId TagId AuthorId TermId UserId SessionId ReleaseId PreviewLinkId RedirectId CalendarSubscriptionId ApiKeyId AuditId StoredId);

/// An id whose kind another column tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoredId(pub Uuid);

impl<DB: Backend> ToSql<BigInt, DB> for Instant
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <i64 as ToSql<BigInt, DB>>::to_sql(&self.0, out)
    }
}

impl<DB: Backend> ToSql<Nullable<BigInt>, DB> for Instant
where
    Self: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        ToSql::<BigInt, DB>::to_sql(self, out)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Instant
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        <i64 as FromSql<BigInt, DB>>::from_sql(value).map(Self)
    }
}

impl<DB: Backend, ST: SingleValue> Queryable<ST, DB> for Instant
where
    Self: FromSql<ST, DB>,
{
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

stored_ids!(@expression Instant, BigInt);
stored_ids!(@expression &Instant, BigInt);
stored_ids!(@expression Instant, Nullable<BigInt>);
stored_ids!(@expression &Instant, Nullable<BigInt>);
