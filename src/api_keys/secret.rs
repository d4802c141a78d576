//! The secret of a key: `dl_`, 43 random characters, which hold 256 bits, and 6 that are a checksum of those. By its form secret scanners find one
//! that got where it should not be, and what is none is refused without asking the database. As many bits are not found by trying: failed attempts
//! need no limit, and a plain digest keeps them.

use rand::RngExt as _;
use sha2::{Digest, Sha256};

/// How a secret begins.
pub const START: &str = "dl_";
/// How many characters a secret has.
pub const LENGTH: usize = START.len() + RANDOM + CHECKSUM;
/// How many characters of a secret tell keys apart in lists: they are no secret.
const PREFIX: usize = START.len() + 8;
const RANDOM: usize = 43;
const CHECKSUM: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A text that has the form of a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    pub fn generate() -> Self {
        let mut random = rand::rng();
        let body: String = (0..RANDOM).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())])).collect();
        Self(format!("{START}{body}{}", checksum(&body)))
    }

    /// The secret that a text is; `None` if it has not the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(START).filter(|rest| rest.len() == RANDOM + CHECKSUM && rest.is_ascii())?;
        let (body, given) = rest.split_at(RANDOM);
        (body.bytes().all(|byte| byte.is_ascii_alphanumeric()) && given == checksum(body)).then(|| Self(text.to_owned()))
    }

    /// What is stored of it.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// How it begins, as lists show it.
    pub fn prefix(&self) -> String {
        self.0.chars().take(PREFIX).collect()
    }

    /// The secret itself, for the one answer that shows it.
    pub fn reveal(self) -> String {
        self.0
    }
}

/// The CRC-32 of a text in six characters.
fn checksum(text: &str) -> String {
    let mut rest = crc32(text.as_bytes());
    let mut characters = ['0'; CHECKSUM];
    for character in characters.iter_mut().rev() {
        *character = char::from(ALPHABET[(rest % 62) as usize]);
        rest /= 62;
    }
    characters.iter().collect()
}

/// The CRC-32 that zlib and PNG have (ISO 3309), bit by bit: 43 bytes take less than a microsecond.
fn crc32(bytes: &[u8]) -> u32 {
    let rest = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    !rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_recognised_by_its_form_and_by_nothing_like_it() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        let secret = Secret::generate().reveal();
        assert_eq!((secret.len(), LENGTH), (52, 52));
        assert!(Secret::parse(&secret).is_some());
        for at in 0..LENGTH {
            let mut bent = secret.clone().into_bytes();
            bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
            assert!(Secret::parse(&String::from_utf8(bent).unwrap()).is_none(), "{at}");
        }
        for none in [
            "",
            "dl_",
            &secret[1..],
            &format!("{secret}0"),
            &secret.replace("dl_", "dlr"),
            &format!("dl_{}", "é".repeat(24)),
            &"dl_".repeat(18),
        ] {
            assert!(Secret::parse(none).is_none(), "{none}");
        }
    }

    #[test]
    fn two_secrets_have_nothing_in_common_and_a_prefix_tells_eight_characters() {
        let (one, other) = (Secret::generate(), Secret::generate());
        assert!(one != other && one.hash() != other.hash());
        assert_eq!((one.prefix().len(), one.prefix().starts_with("dl_")), (11, true));
        assert!(one.clone().reveal().starts_with(&one.prefix()));
    }
}
