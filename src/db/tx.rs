//! A write: one transaction with one instant.

use diesel::dsl::max;
use diesel::result::Error as DieselError;
use diesel::{Connection, QueryDsl, RunQueryDsl};

use super::connection::AnyConnection;
use super::error::{Error, Failure, Result};
use super::ledger;
use super::schema::audit;
use crate::kernel::clock::Clock;
use crate::kernel::entry::Entry;
use crate::kernel::id::CategoryId;
use crate::kernel::instant::Instant;

/// The transaction that a write runs in.
pub struct Tx<'a> {
    connection: &'a mut AnyConnection,
    clock: &'a dyn Clock,
    now: Option<Instant>,
    entries: Vec<Entry>,
    places: Vec<Option<CategoryId>>,
}

/// What became of a transaction.
pub(super) struct Run<T, E> {
    pub(super) outcome: std::result::Result<T, E>,
    /// The instant of the write, if it asked.
    pub(super) now: Option<Instant>,
    /// Whether the write's own code was reached.
    pub(super) has_begun: bool,
}

impl Tx<'_> {
    /// The connection. What is written through it is committed with the transaction, or not at all.
    pub fn conn(&mut self) -> &mut AnyConnection {
        self.connection
    }

    /// The one instant of this write (contract 2.13): the clock's, and not before any that a committed write recorded. The first call decides it,
    /// so it comes after the locks.
    ///
    /// # Errors
    /// If the database fails.
    pub fn now(&mut self) -> Result<Instant> {
        if let Some(now) = self.now {
            return Ok(now);
        }
        let now = present(self.connection, self.clock)?;
        self.now = Some(now);
        Ok(now)
    }

    /// Keeps an entry of the audit log for the end of the transaction, where all of them are written.
    pub fn record(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Keeps in mind that what is written lies in this category, or in none.
    pub fn note_place(&mut self, category: Option<CategoryId>) {
        if !self.places.contains(&category) {
            self.places.push(category);
        }
    }

    /// Where what is written lies, as far as it has come.
    pub fn places(&self) -> &[Option<CategoryId>] {
        &self.places
    }

    /// Runs a part of the write that may be refused for itself: then nothing of it remains, nor what it recorded, and the write goes on. It has the write's
    /// one instant.
    ///
    /// # Errors
    /// What `f` returns, or if the database fails; after that the whole write is to fail.
    pub fn savepoint<T, E: Failure>(&mut self, f: impl FnOnce(&mut Tx<'_>) -> std::result::Result<T, E>) -> std::result::Result<T, E> {
        let (clock, now, entries) = (self.clock, &mut self.now, &mut self.entries);
        let outcome = self.connection.transaction(|connection| {
            let mut part = Tx { connection, clock, now: *now, entries: Vec::new(), places: Vec::new() };
            let outcome = f(&mut part).map_err(Failed::Refused);
            *now = part.now;
            Ok((outcome?, part.entries, part.places))
        });
        let (value, mut recorded, places) = outcome.map_err(Failed::into_error)?;
        entries.append(&mut recorded);
        places.into_iter().for_each(|place| self.note_place(place));
        Ok(value)
    }

    /// Runs `f` in a transaction, or in a savepoint where one is open already.
    pub(super) fn run<T, E: Failure>(
        connection: &mut AnyConnection,
        clock: &dyn Clock,
        f: &dyn Fn(&mut Tx<'_>) -> std::result::Result<T, E>,
    ) -> Run<T, E> {
        let (mut now, mut has_begun) = (None, false);
        let outcome = connection.transaction(|connection| {
            has_begun = true;
            let mut tx = Tx { connection, clock, now: None, entries: Vec::new(), places: Vec::new() };
            let value = f(&mut tx).map_err(Failed::Refused)?;
            now = tx.now;
            ledger::append(tx.connection, &tx.entries).map_err(|failed| Failed::Refused(failed.into()))?;
            Ok(value)
        });
        Run { outcome: outcome.map_err(Failed::into_error), now, has_begun }
    }
}

enum Failed<E> {
    Refused(E),
    Database(DieselError),
}

impl<E: Failure> Failed<E> {
    fn into_error(self) -> E {
        match self {
            Self::Refused(error) => error,
            Self::Database(error) => Error::from(error).into(),
        }
    }
}

impl<E> From<DieselError> for Failed<E> {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

/// The present instant: the clock's, which from here on does not stand before any that a committed write recorded.
pub(super) fn present(connection: &mut AnyConnection, clock: &dyn Clock) -> Result<Instant> {
    let latest = latest_write(connection)?;
    latest.into_iter().for_each(|latest| clock.observe(latest));
    Ok(latest.map_or(clock.now(), |latest| clock.now().max(latest)))
}

/// The latest instant that a committed write recorded.
pub(super) fn latest_write(connection: &mut AnyConnection) -> Result<Option<Instant>> {
    Ok(audit::table.select(max(audit::at)).first::<Option<Instant>>(connection)?)
}
