//! Tokens of links that let one look without a login: the link's id and a signature of it, so that nobody can guess one and none needs to be stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

const ID_BYTES: usize = 16;
/// How many characters a token has.
pub const LENGTH: usize = 64;

/// What signs links of one kind, the same on all nodes.
#[derive(Clone)]
pub struct LinkKey {
    key: Vec<u8>,
    /// What is signed besides the id: no signature of anything else is one of a link of this kind.
    purpose: &'static str,
}

impl LinkKey {
    /// A key of random bytes, for links of one kind.
    pub fn new(key: Vec<u8>, purpose: &'static str) -> Self {
        Self { key, purpose }
    }

    /// The token of a link.
    pub fn sign(&self, id: Uuid) -> String {
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.mac(id).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The link that a token was made for; `None` if it was not made here.
    pub fn verify(&self, token: &str) -> Option<Uuid> {
        if token.len() != LENGTH {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, signature) = bytes.split_at_checked(ID_BYTES)?;
        let id = Uuid::from_slice(id).ok()?;
        self.mac(id).verify_slice(signature).ok().map(|()| id)
    }

    fn mac(&self, id: Uuid) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(self.purpose.as_bytes());
        mac.update(id.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_link_one_kind_and_one_key() {
        let (key, id) = (LinkKey::new(vec![1; 32], "one"), Uuid::now_v7());
        let token = key.sign(id);
        assert_eq!((token.len(), key.verify(&token)), (LENGTH, Some(id)));
        for other in [LinkKey::new(vec![2; 32], "one"), LinkKey::new(vec![1; 32], "other")] {
            assert_eq!(other.verify(&token), None);
        }
        for at in 0..LENGTH {
            let mut bent = token.clone().into_bytes();
            bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
            assert_ne!(key.verify(&String::from_utf8(bent).unwrap()), Some(id), "{at}");
        }
        for none in ["", "x", &token[1..], &format!("{token}A"), &"A".repeat(LENGTH)] {
            assert_eq!(key.verify(none), None, "{none}");
        }
    }
}
