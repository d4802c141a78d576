//! An entry of the audit log: who did what to which thing, from where, and what it was before and after. Entries are chained: each has a hash over that
//! of the one before it, so that none can be changed or taken out unnoticed. Pure.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::caller::{Caller, Credential};
use super::id::{ApiKeyId, AuditId, UserId};
use super::instant::Instant;

/// Who did something. Without user and key it was the `dateline` command, on a machine that has the database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// The user; a key acts for itself.
    pub user_id: Option<UserId>,
    /// The API key that was used instead of a login.
    pub key_id: Option<ApiKeyId>,
    /// Where the request came from: see [`Caller::address`].
    pub address: Option<String>,
}

impl Actor {
    /// The `dateline` command, a server that starts included.
    pub const COMMAND: Self = Self { user_id: None, key_id: None, address: None };

    /// A user who is about to prove who they are, at an address.
    pub fn user(id: UserId, address: &str) -> Self {
        Self { user_id: Some(id), key_id: None, address: Some(address.to_owned()) }
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        let (user_id, key_id) = match caller.credential {
            Credential::Session(_) => (Some(caller.user_id), None),
            Credential::Key(id) => (None, Some(id)),
        };
        Self { user_id, key_id, address: caller.address.clone() }
    }
}

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// What kind of thing: `article`, `publication`, `category`, `preview_link`, `redirect`, `user`, `session`, `api_key`, `keys`.
    pub kind: &'static str,
    /// Which one.
    pub id: Uuid,
}

/// What a thing was before and what it is now, as far as it changed. Never a secret, nor what one could be found by; long texts are only named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// What it was; `None` if it is new, or if nothing is to be said.
    pub before: Option<Value>,
    /// What it is; `None` if it is gone, or if nothing is to be said.
    pub after: Option<Value>,
}

impl Change {
    /// It was made.
    pub fn made(after: Value) -> Self {
        Self { before: None, after: Some(after) }
    }

    /// It is gone.
    pub fn removed(before: Value) -> Self {
        Self { before: Some(before), after: None }
    }

    /// It is another one now: of two objects with the same members those that differ, and those that are named besides, which tell what the thing is.
    pub fn between(before: Value, after: Value, besides: &[&str]) -> Self {
        let (Value::Object(mut before), Value::Object(mut after)) = (before, after) else { return Self::default() };
        let same: Vec<String> =
            before.iter().filter(|(name, value)| after.get(*name) == Some(*value)).map(|(name, _)| name.clone()).collect();
        for name in same.iter().filter(|name| !besides.contains(&name.as_str())) {
            before.remove(name);
            after.remove(name);
        }
        Self { before: Some(Value::Object(before)), after: Some(Value::Object(after)) }
    }

    /// The same with one more member of what it is now.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let after = self.after.get_or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(members) = after {
            members.insert(name.to_owned(), value.into());
        }
        self
    }
}

/// An entry as it is stored, but for its number and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: AuditId,
    /// The instant of the write.
    pub at: Instant,
    /// Who.
    pub actor: Actor,
    /// What was done: the kind of the thing, a dot, a verb in the past.
    pub action: String,
    /// To what kind of thing.
    pub target_kind: String,
    /// To which one.
    pub target_id: Uuid,
    /// [`Change::before`] as JSON.
    pub before: Option<String>,
    /// [`Change::after`] as JSON.
    pub after: Option<String>,
}

/// SHA-256 over an entry and the hash of the one before it.
pub type Hash = [u8; 32];

/// What stands for the entry before the first one.
pub const NONE_BEFORE: Hash = [0; 32];

impl Entry {
    /// The hash of the entry as the one with this number, behind one with that hash: SHA-256 over lines that end with a line feed, what there is none of
    /// being an empty line. They are the hash before in hexadecimal digits, number, id, instant as it goes out, user, key, address, action, kind and id of the
    /// target, `before` and `after` as compact JSON. None of them has a line feed within, so that no two entries have the same lines.
    pub fn hash(&self, number: i64, before: &Hash) -> Hash {
        let or_empty = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let lines = [
            hexadecimal(before),
            number.to_string(),
            self.id.to_string(),
            self.at.to_string(),
            or_empty(self.actor.user_id.map(UserId::uuid)),
            or_empty(self.actor.key_id.map(ApiKeyId::uuid)),
            self.actor.address.clone().unwrap_or_default(),
            self.action.clone(),
            self.target_kind.clone(),
            self.target_id.to_string(),
            self.before.clone().unwrap_or_default(),
            self.after.clone().unwrap_or_default(),
        ];
        let mut digest = Sha256::new();
        for line in &lines {
            digest.update(line.as_bytes());
            digest.update(b"\n");
        }
        digest.finalize().into()
    }
}

/// A hash as it goes out: 64 digits, lower case.
pub fn hexadecimal(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_tells_what_differs_and_what_it_is_told_to() {
        let change = Change::between(json!({ "a": 1, "b": 2, "id": 7 }), json!({ "a": 1, "b": null, "id": 7 }), &["id"]);
        assert_eq!(change, Change { before: Some(json!({ "b": 2, "id": 7 })), after: Some(json!({ "b": null, "id": 7 })) });
        assert_eq!(Change::default().with("n", 1), Change { before: None, after: Some(json!({ "n": 1 })) });
    }

    #[test]
    fn every_member_of_an_entry_its_number_and_what_was_before_it_make_its_hash() {
        let id = |n: u128| Uuid::from_u128(n);
        let entry = Entry {
            id: id(1).into(),
            at: "2026-11-30T08:00:00.000Z".parse().unwrap(),
            actor: Actor { user_id: Some(id(2).into()), key_id: Some(id(3).into()), address: Some("192.0.2.1".to_owned()) },
            action: "article.saved".to_owned(),
            target_kind: "article".to_owned(),
            target_id: id(4),
            before: Some("{}".to_owned()),
            after: Some("{\"n\":1}".to_owned()),
        };
        let changes: [fn(&mut Entry); 10] = [
            |e| e.id = Uuid::from_u128(9).into(),
            |e| e.at = e.at.plus_millis(1),
            |e| e.actor.user_id = None,
            |e| e.actor.key_id = None,
            |e| e.actor.address = None,
            |e| e.action = "article.trashed".to_owned(),
            |e| e.target_kind = "user".to_owned(),
            |e| e.target_id = Uuid::from_u128(9),
            |e| e.before = None,
            |e| (e.before, e.after) = (e.after.take(), e.before.take()),
        ];
        let mut hashes = vec![entry.hash(1, &NONE_BEFORE), entry.hash(2, &NONE_BEFORE), entry.hash(1, &[1; 32])];
        hashes.extend(changes.iter().map(|change| {
            let mut changed = entry.clone();
            change(&mut changed);
            changed.hash(1, &NONE_BEFORE)
        }));
        // Another user in the place of the key is another line.
        let moved = Actor { user_id: entry.actor.key_id.map(|id| id.uuid().into()), key_id: None, address: entry.actor.address.clone() };
        hashes.push(Entry { actor: moved, ..entry.clone() }.hash(1, &NONE_BEFORE));
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }

    #[test]
    fn the_hash_is_what_the_document_says() {
        let entry = Entry {
            id: Uuid::from_u128(1).into(),
            at: "2026-11-30T08:00:00.000Z".parse().unwrap(),
            actor: Actor::COMMAND,
            action: "keys.rotated".to_owned(),
            target_kind: "keys".to_owned(),
            target_id: Uuid::from_u128(2),
            before: None,
            after: None,
        };
        let zeros = "0".repeat(64);
        let lines = format!(
            "{zeros}\n1\n00000000-0000-0000-0000-000000000001\n2026-11-30T08:00:00.000Z\n\n\n\nkeys.rotated\nkeys\n00000000-0000-0000-0000-000000000002\n\n\n"
        );
        assert_eq!(entry.hash(1, &NONE_BEFORE).as_slice(), Sha256::digest(lines.as_bytes()).as_slice());
    }
}
