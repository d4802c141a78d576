//! SQL that the query builder cannot say on both engines (row values, compound selects, correlated limits), typed and without a fork:
//! fixed texts with values between them. The texts are `&'static str`, so that nothing a caller sent can become SQL.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::LoadQuery;
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{self, HasSqlType, Nullable};
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, RunQueryDsl, SqliteConnection};
use uuid::Uuid;

use super::connection::AnyConnection;
use super::types::{IdSql, StoredId};
use crate::kernel::id::{
    ApiKeyId, ArticleId, AuditId, AuthorId, CategoryId, CorrectionId, PreviewLinkId, PublicationId, ReleaseId, SessionId, TagId, TermId,
    UserId,
};
use crate::kernel::instant::Instant;

/// A statement whose rows are of the SQL type `ST`. The same parts give the same text, which the connection keeps prepared.
#[derive(Clone, Debug)]
pub struct Statement<ST> {
    parts: Vec<Part>,
    is_kept: bool,
    row: PhantomData<ST>,
}

#[derive(Clone, Debug)]
enum Part {
    Sql(&'static str),
    Bind(Bind),
}

/// A value between the texts.
#[derive(Clone, Debug)]
pub enum Bind {
    /// An id, or null.
    Id(Option<StoredId>),
    /// An integer or an instant, or null.
    Number(Option<i64>),
    /// A text, or null.
    Text(Option<String>),
    /// A truth value.
    Bool(bool),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// As many parts as readers' statements have.
const USUAL_PARTS: usize = 64;

impl<ST> Statement<ST> {
    /// A statement that begins with `sql`.
    pub fn new(sql: &'static str) -> Self {
        let mut parts = Vec::with_capacity(USUAL_PARTS);
        parts.push(Part::Sql(sql));
        Self { parts, is_kept: true, row: PhantomData }
    }

    /// Appends a text.
    #[must_use]
    pub fn sql(mut self, sql: &'static str) -> Self {
        self.parts.push(Part::Sql(sql));
        self
    }

    /// Appends a value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Bind>) -> Self {
        self.parts.push(Part::Bind(value.into()));
        self
    }

    /// Appends values with commas between them.
    #[must_use]
    pub fn bind_all(mut self, values: impl IntoIterator<Item = impl Into<Bind>>) -> Self {
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                self = self.sql(", ");
            }
            self = self.bind(value);
        }
        self
    }

    /// Appends rows of values, each in brackets, with commas between them. The statement is not kept prepared unless there is one row.
    #[must_use]
    pub fn bind_rows<const N: usize>(mut self, rows: impl IntoIterator<Item = [Bind; N]>) -> Self {
        let mut count = 0;
        for row in rows {
            self = self.sql(if count > 0 { ", (" } else { "(" }).bind_all(row).sql(")");
            count += 1;
        }
        if count == 1 { self } else { self.once() }
    }

    /// The statement is not kept prepared: for texts whose length depends on how many values there are.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.is_kept = false;
        self
    }

    /// All rows. (diesel's own way through [`AnyConnection`] writes the text of a statement three times; this one, once.)
    ///
    /// # Errors
    /// If the database fails.
    pub fn load<R>(self, connection: &mut AnyConnection) -> QueryResult<Vec<R>>
    where
        Self: LoadQuery<'static, SqliteConnection, R> + LoadQuery<'static, PgConnection, R>,
    {
        match connection {
            AnyConnection::Sqlite(sqlite) => RunQueryDsl::load(self, sqlite),
            AnyConnection::Postgres(postgres) => RunQueryDsl::load(self, postgres),
        }
    }

    /// The one row.
    ///
    /// # Errors
    /// `NotFound` if there is none, or if the database fails.
    pub fn get_result<R>(self, connection: &mut AnyConnection) -> QueryResult<R>
    where
        Self: LoadQuery<'static, SqliteConnection, R> + LoadQuery<'static, PgConnection, R>,
    {
        match connection {
            AnyConnection::Sqlite(sqlite) => RunQueryDsl::get_result(self, sqlite),
            AnyConnection::Postgres(postgres) => RunQueryDsl::get_result(self, postgres),
        }
    }

    /// Runs it: how many rows it changed.
    ///
    /// # Errors
    /// If the database fails.
    pub fn execute(self, connection: &mut AnyConnection) -> QueryResult<usize> {
        match connection {
            AnyConnection::Sqlite(sqlite) => RunQueryDsl::execute(self, sqlite),
            AnyConnection::Postgres(postgres) => RunQueryDsl::execute(self, postgres),
        }
    }

    fn walk<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<IdSql> + HasSqlType<sql_types::Bool>,
        StoredId: ToSql<IdSql, DB>,
        i64: ToSql<sql_types::BigInt, DB>,
        String: ToSql<sql_types::Text, DB>,
        bool: ToSql<sql_types::Bool, DB>,
        Vec<u8>: ToSql<sql_types::Binary, DB>,
    {
        if !self.is_kept {
            out.unsafe_to_cache_prepared();
        }
        for part in &self.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Bind(Bind::Id(id)) => out.push_bind_param::<Nullable<IdSql>, _>(id)?,
                Part::Bind(Bind::Number(number)) => out.push_bind_param::<Nullable<sql_types::BigInt>, _>(number)?,
                Part::Bind(Bind::Text(text)) => out.push_bind_param::<Nullable<sql_types::Text>, _>(text)?,
                Part::Bind(Bind::Bool(truth)) => out.push_bind_param::<sql_types::Bool, _>(truth)?,
                Part::Bind(Bind::Bytes(bytes)) => out.push_bind_param::<sql_types::Binary, _>(bytes)?,
            }
        }
        Ok(())
    }
}

/// How many rows one statement inserts.
const ROWS_AT_ONCE: usize = 200;

/// The names of writes that go together.
const TOGETHER: [&str; 8] = ["WITH w1 AS (", ", w2 AS (", ", w3 AS (", ", w4 AS (", ", w5 AS (", ", w6 AS (", ", w7 AS (", ", w8 AS ("];

impl Statement<()> {
    /// Runs writes none of which reads or writes a row that another one writes: on PostgreSQL as one statement, so that they take one round trip.
    ///
    /// # Errors
    /// If the database fails.
    pub fn together(connection: &mut AnyConnection, writes: Vec<Self>) -> QueryResult<()> {
        if let AnyConnection::Sqlite(_) = connection {
            return writes.into_iter().try_for_each(|write| write.execute(connection).map(drop));
        }
        let mut rest = writes.into_iter();
        loop {
            // In their order, where they are too many for one statement.
            let mut group: Vec<Self> = rest.by_ref().take(TOGETHER.len() + 1).collect();
            let Some(last) = group.pop() else { return Ok(()) };
            group.into_iter().zip(TOGETHER).rev().fold(last, |all, (write, name)| write.within(name, all)).execute(connection)?;
        }
    }

    /// This write under a name, and behind it another one.
    fn within(self, name: &'static str, then: Self) -> Self {
        let mut parts = vec![Part::Sql(name)];
        parts.extend(self.parts);
        parts.push(Part::Sql(") "));
        parts.extend(then.parts);
        Self { parts, is_kept: self.is_kept && then.is_kept, row: PhantomData }
    }

    /// Inserts rows, as few statements as that takes: `sql` is all that comes before them.
    ///
    /// # Errors
    /// If the database fails.
    pub fn insert<const N: usize>(connection: &mut AnyConnection, sql: &'static str, rows: &[[Bind; N]]) -> QueryResult<()> {
        Self::inserts(sql, rows).into_iter().try_for_each(|insert| insert.execute(connection).map(drop))
    }

    /// The statements of [`Statement::insert`].
    pub fn inserts<const N: usize>(sql: &'static str, rows: &[[Bind; N]]) -> Vec<Self> {
        rows.chunks(ROWS_AT_ONCE).map(|rows| Self::new(sql).bind_rows(rows.iter().cloned())).collect()
    }
}

impl<ST> QueryFragment<Pg> for Statement<ST> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.walk(out)
    }
}

impl<ST> QueryFragment<Sqlite> for Statement<ST> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.walk(out)
    }
}

impl<ST> QueryId for Statement<ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> Query for Statement<ST> {
    type SqlType = ST;
}

impl<ST, C> RunQueryDsl<C> for Statement<ST> {}

macro_rules! binds {
    ($($variant:ident: $($rust:ty => |$value:ident| $into:expr),*;)*) => {$($(
        impl From<$rust> for Bind {
            fn from($value: $rust) -> Self {
                Self::$variant(Some($into))
            }
        }

        impl From<Option<$rust>> for Bind {
            fn from(value: Option<$rust>) -> Self {
                Self::$variant(value.map(|$value: $rust| $into))
            }
        }
    )*)*};
}

binds! {
    Number: i64 => |n| n, Instant => |i| i.millis();
    Text: String => |t| t, &str => |t| t.to_owned();
    Id: Uuid => |id| StoredId(id), StoredId => |id| id, ArticleId => |id| StoredId(id.uuid()), PublicationId => |id| StoredId(id.uuid()),
        CategoryId => |id| StoredId(id.uuid()), TagId => |id| StoredId(id.uuid()), AuthorId => |id| StoredId(id.uuid()),
        UserId => |id| StoredId(id.uuid()), SessionId => |id| StoredId(id.uuid()), ApiKeyId => |id| StoredId(id.uuid()), AuditId => |id| StoredId(id.uuid()),
        PreviewLinkId => |id| StoredId(id.uuid()), ReleaseId => |id| StoredId(id.uuid()), CorrectionId => |id| StoredId(id.uuid()), TermId => |id| StoredId(id.uuid());
}

impl From<bool> for Bind {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<Vec<u8>> for Bind {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}
