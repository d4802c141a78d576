//! A field of a JSON Merge Patch (RFC 7396): left out, `null` or a value. `Option<Option<T>>` would say it less clearly.

use serde::{Deserialize, Deserializer};

/// What a merge patch says about one field. Give the field `#[serde(default)]`, so that a missing one is [`Patch::Absent`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field is not in the patch: it stays as it is.
    #[default]
    Absent,
    /// The field is `null`: it is removed, or takes its default.
    Null,
    /// The field takes this value.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the patch does not mention the field.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value that the field has afterwards, given the one it has now.
    pub fn or(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Absent => current,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value, if the patch gives one.
    pub fn value(self) -> Option<T> {
        self.or(None)
    }

    /// The same patch of another type.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(f(value)),
        }
    }
}

/// A field that may be left out and not removed.
impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Value)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|value| value.map_or(Self::Null, Self::Value))
    }
}
