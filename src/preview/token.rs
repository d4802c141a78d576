//! Tokens of preview links: the link's id and a signature of it, so that nobody can guess one and none needs to be stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::kernel::id::PreviewLinkId;

const ID_BYTES: usize = 16;
/// How many characters a token has.
pub const LENGTH: usize = 64;
/// What is signed besides the id: no signature of anything else is one of a link.
const PURPOSE: &[u8] = b"preview-link";

/// What signs links, the same on all nodes.
#[derive(Clone)]
pub struct LinkKey(Vec<u8>);

impl LinkKey {
    /// A key of random bytes.
    pub fn new(key: Vec<u8>) -> Self {
        Self(key)
    }

    /// The token of a link.
    pub fn sign(&self, id: PreviewLinkId) -> String {
        let mut bytes = id.uuid().as_bytes().to_vec();
        bytes.extend_from_slice(&self.mac(id).finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The link that a token was made for; `None` if it was not made here.
    pub fn verify(&self, token: &str) -> Option<PreviewLinkId> {
        if token.len() != LENGTH {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, signature) = bytes.split_at_checked(ID_BYTES)?;
        let id = PreviewLinkId::from(Uuid::from_slice(id).ok()?);
        self.mac(id).verify_slice(signature).ok().map(|()| id)
    }

    fn mac(&self, id: PreviewLinkId) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(PURPOSE);
        mac.update(id.uuid().as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_link_and_one_key() {
        let (key, other, id) = (LinkKey::new(vec![1; 32]), LinkKey::new(vec![2; 32]), PreviewLinkId::new());
        let token = key.sign(id);
        assert_eq!((token.len(), key.verify(&token)), (LENGTH, Some(id)));
        assert_eq!(other.verify(&token), None);
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
