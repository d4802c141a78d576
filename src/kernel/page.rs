//! Paging: how many, from where, and the opaque cursor behind a page.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::instant::Instant;
use super::problem::{Code, Problem, Result};

/// How many items a page has: 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// The most items of one page.
    pub const MAX: u16 = 100;
    /// What a list takes when the caller does not say.
    pub const DEFAULT: Self = Self(20);

    /// A limit of 1 to 100; `None` outside.
    pub fn new(limit: u16) -> Option<Self> {
        (1..=Self::MAX).contains(&limit).then_some(Self(limit))
    }

    /// As a number of rows.
    pub fn rows(self) -> usize {
        usize::from(self.0)
    }

    /// How many rows are read for a page: one more tells whether there are more.
    pub fn read_rows(self) -> i64 {
        i64::from(self.0) + 1
    }
}

/// Which way a page lies from its cursor, in the order of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Behind it.
    Forward,
    /// Before it.
    Backward,
}

/// A place between two items of a list: the sort value and the id of the item beside it.
///
/// Sort values are integers on every list (instants, positions), or texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The sort value of the item.
    pub value: SortValue,
    /// Its id, which breaks ties.
    pub id: Uuid,
    /// On which side of it the page lies.
    pub direction: Direction,
}

impl Place {
    /// The place in a list that is sorted by an instant; `None` in any other.
    pub fn of_instant<Id: From<Uuid>>(&self) -> Option<(Direction, Instant, Id)> {
        match self.value {
            SortValue::Number(millis) => Some((self.direction, Instant::from_millis(millis)?, Id::from(self.id))),
            SortValue::Text(_) => None,
        }
    }
}

/// See [`Place`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortValue {
    /// An instant in milliseconds, or another number.
    Number(i64),
    /// A text.
    Text(String),
}

/// Makes cursors and reads them. The key is the same on every node, so that any node reads what another made.
///
/// A cursor is the place and a tag over the place and the parameters of its list (HMAC-SHA-256, RFC 2104, cut to 16 bytes). It holds no clock: the
/// same state gives the same bytes.
#[derive(Clone)]
pub struct CursorKey([u8; 32]);

/// No cursor that was made here is longer.
const LONGEST: usize = 2048;
const TAG_BYTES: usize = 16;

impl CursorKey {
    /// A key of 32 random bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The cursor for `place` in the list that `parameters` describe: every parameter that decides what is in the list and in
    /// which order, in a fixed form. `limit` is not among them.
    pub fn seal(&self, parameters: &str, place: &Place) -> String {
        let mut bytes = encode(place);
        let tag = self.tag(parameters, &bytes);
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that the cursor of a request names, if it has one.
    ///
    /// # Errors
    /// As [`CursorKey::open`].
    pub fn place(&self, parameters: &ListParameters, cursor: Option<&str>) -> Result<Option<Place>> {
        cursor.map(|cursor| self.open(parameters.as_str(), cursor)).transpose()
    }

    /// The place that a cursor names.
    ///
    /// # Errors
    /// `invalid_cursor` (400) if it was not made here for this list.
    pub fn open(&self, parameters: &str, cursor: &str) -> Result<Place> {
        let invalid = || {
            Problem::new(
                Code::InvalidCursor,
                "`cursor` was not made for this list. Take it from `paging` and leave the other parameters as they were.",
            )
        };
        if cursor.len() > LONGEST {
            return Err(invalid());
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (place, tag) = bytes.split_at_checked(bytes.len().saturating_sub(TAG_BYTES)).ok_or_else(invalid)?;
        let mut mac = self.mac(parameters);
        mac.update(place);
        mac.verify_truncated_left(tag).map_err(|_| invalid())?;
        if tag.len() != TAG_BYTES {
            return Err(invalid());
        }
        decode(place).ok_or_else(invalid)
    }

    /// Whether this could be a cursor of some list, as far as can be seen without knowing which.
    pub fn may_have_made(cursor: &str) -> bool {
        let bytes = if cursor.len() > LONGEST { None } else { URL_SAFE_NO_PAD.decode(cursor).ok() };
        bytes.and_then(|bytes| decode(bytes.get(..bytes.len().checked_sub(TAG_BYTES)?)?)).is_some()
    }

    fn mac(&self, parameters: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(&(parameters.len() as u64).to_be_bytes());
        mac.update(parameters.as_bytes());
        mac
    }

    fn tag(&self, parameters: &str, place: &[u8]) -> [u8; TAG_BYTES] {
        let mut mac = self.mac(parameters);
        mac.update(place);
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&mac.finalize().into_bytes()[..TAG_BYTES]);
        tag
    }
}

fn encode(place: &Place) -> Vec<u8> {
    let mut bytes = vec![u8::from(place.direction == Direction::Backward) | u8::from(matches!(place.value, SortValue::Text(_))) << 1];
    bytes.extend_from_slice(place.id.as_bytes());
    match &place.value {
        SortValue::Number(number) => bytes.extend_from_slice(&number.to_be_bytes()),
        SortValue::Text(text) => bytes.extend_from_slice(text.as_bytes()),
    }
    bytes
}

fn decode(bytes: &[u8]) -> Option<Place> {
    let (&flags, rest) = bytes.split_first()?;
    let (id, value) = rest.split_at_checked(16)?;
    let value = match flags {
        0 | 1 => SortValue::Number(i64::from_be_bytes(value.try_into().ok()?)),
        2 | 3 => SortValue::Text(String::from_utf8(value.to_vec()).ok()?),
        _ => return None,
    };
    let direction = if flags & 1 == 1 { Direction::Backward } else { Direction::Forward };
    Some(Place { value, id: Uuid::from_slice(id).ok()?, direction })
}

/// A page of a list and the cursors to its neighbours.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// The cursor of the page behind this one, if there is one.
    pub next: Option<String>,
    /// The cursor of the page before this one, if there may be one.
    pub previous: Option<String>,
    /// How many items the whole list has, if that was asked.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// Cuts a page out of rows that were read in the direction of `from`, one more than `limit` where there are more.
    ///
    /// `place` tells an item's sort value and id.
    pub fn cut(
        mut rows: Vec<T>,
        limit: Limit,
        from: Option<&Place>,
        key: &CursorKey,
        parameters: &str,
        place: impl Fn(&T) -> (SortValue, Uuid),
    ) -> Self {
        let has_more = rows.len() > limit.rows();
        rows.truncate(limit.rows());
        let is_backward = from.is_some_and(|from| from.direction == Direction::Backward);
        if is_backward {
            rows.reverse();
        }
        let (has_next, has_previous) = if is_backward { (true, has_more) } else { (has_more, from.is_some()) };
        let seal = |item: Option<&T>, direction| {
            item.map(|item| {
                let (value, id) = place(item);
                key.seal(parameters, &Place { value, id, direction })
            })
        };
        let next = if has_next { seal(rows.last(), Direction::Forward) } else { None };
        let previous = if has_previous { seal(rows.first(), Direction::Backward) } else { None };
        Self { items: rows, next, previous, total: None }
    }

    /// The same page with other items.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next, previous: self.previous, total: self.total }
    }
}

/// What stands beside the items of a list: how many a page has, and the cursors of its neighbours.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Paging {
    /// How many items a page has at most.
    #[schema(minimum = 1, maximum = 100, example = 20)]
    pub limit: u16,
    /// The `cursor` of the next page; `null` on the last one.
    #[schema(required)]
    pub next: Option<String>,
    /// The `cursor` of the page before; `null` on the first one.
    #[schema(required)]
    pub previous: Option<String>,
    /// How many items the whole list has, if `count=exact` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// What stands beside the items on the wire.
    pub fn paging(&self, limit: Limit) -> Paging {
        Paging { limit: limit.0, next: self.next.clone(), previous: self.previous.clone(), total: self.total }
    }
}

/// Declares the wire type of a list, so that it has a name of its own in the API document:
/// `list_of! { /** A page of live articles. */ ArticleList of ArticleSummary }`. Make one with `ArticleList::new(page, limit)`.
#[macro_export]
macro_rules! list_of {
    ($($(#[$doc:meta])* $name:ident of $item:ty),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, ::serde::Serialize, ::utoipa::ToSchema)]
        pub struct $name {
            /// The items of this page, in the order of the list.
            pub data: Vec<$item>,
            /// Where the neighbouring pages are.
            pub paging: $crate::kernel::page::Paging,
        }

        impl $name {
            /// The page as it goes out.
            pub fn new(page: $crate::kernel::page::Page<$item>, limit: $crate::kernel::page::Limit) -> Self {
                Self { paging: page.paging(limit), data: page.items }
            }
        }
    )+};
}

/// Describes a list for its cursors: the operation and each parameter that shapes it, in a form in which no two lists are the same.
#[derive(Clone, Debug)]
pub struct ListParameters(String);

impl ListParameters {
    /// The list of this operation without any parameter.
    pub fn of(operation: &str) -> Self {
        Self(operation.to_owned())
    }

    /// The same with one more parameter, if it is given.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            write!(self.0, "\n{name}={}:{value}", value.len()).expect("writing to a String does not fail");
        }
        self
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_only_with_its_list_and_only_unchanged() {
        let key = CursorKey::new([7; 32]);
        let place = Place { value: SortValue::Number(1_612_400_000_000), id: Uuid::now_v7(), direction: Direction::Backward };
        let cursor = key.seal("a", &place);
        assert_eq!(key.open("a", &cursor).unwrap(), place);
        assert_eq!(key.seal("a", &place), cursor);
        assert!(key.open("b", &cursor).is_err());
        assert!(CursorKey::new([8; 32]).open("a", &cursor).is_err());
        for at in 0..cursor.len() {
            let mut bytes = cursor.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert!(key.open("a", &String::from_utf8(bytes).unwrap()).is_err(), "byte {at} changed");
            assert!(key.open("a", &cursor[..at]).is_err(), "cut at {at}");
        }
        assert!(key.open("a", &"A".repeat(1_000_000)).is_err());
    }
}
