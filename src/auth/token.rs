//! Access tokens: JWTs (RFC 9068) signed with Ed25519, valid for a quarter of an hour. What they may do is not in them: it is read at each request.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::SigningKey;
use crate::kernel::id::{SessionId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Problem, Result};

/// How long an access token is valid, in seconds.
pub const LIFETIME_S: i64 = 900;
/// By how many seconds clocks of nodes may differ.
pub const LEEWAY_S: i64 = 5;
/// The longest token that is looked at.
const LONGEST: usize = 2048;
const ISSUER: &str = "dateline";
const TYPE: &str = "at+jwt";

/// All claims of ours: each must be there, once, and no other.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The only members that a header of ours has: `jku`, `jwk`, `x5u`, `crit` and whatever else points elsewhere are refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    alg: String,
    typ: String,
    kid: String,
}

impl SigningKey {
    /// A new pair.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn generate() -> Result<Self> {
        let failed = |e: aws_lc_rs::error::Unspecified| Problem::internal(e.to_string());
        let document = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).map_err(failed)?;
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).map_err(|e| Problem::internal(e.to_string()))?;
        Ok(Self { id: Uuid::now_v7(), private_key: document.as_ref().to_vec(), public_key: pair.public_key().as_ref().to_vec() })
    }

    /// A token for a session of a user.
    ///
    /// # Errors
    /// If the key is unusable.
    pub fn sign(&self, user: UserId, session: SessionId, now: Instant) -> Result<String> {
        let seconds = now.millis().div_euclid(1000);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: user.to_string(),
            sid: session.to_string(),
            iat: seconds,
            nbf: seconds,
            exp: seconds + LIFETIME_S,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.id.to_string());
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(&self.private_key)).map_err(Problem::internal)
    }
}

/// The `kid` of a token that may be one of ours.
pub fn key_id(token: &str) -> Option<Uuid> {
    if token.len() > LONGEST || token.split('.').count() != 3 {
        return None;
    }
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let header: StrictHeader = serde_json::from_slice(&header).ok()?;
    let is_ours = header.alg == "EdDSA" && header.typ == TYPE && header.kid.len() == 36;
    is_ours.then(|| Uuid::try_parse(&header.kid).ok()).flatten()
}

/// User and session of a token that this key signed and that is valid at `now`.
pub fn verify(token: &str, public_key: &[u8], now: Instant) -> Option<(UserId, SessionId)> {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    // The injected clock decides, not the library's.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_ed_der(public_key), &validation).ok()?.claims;
    let seconds = now.millis().div_euclid(1000);
    let is_current = claims.exp > seconds && claims.nbf <= seconds + LEEWAY_S && (0..=seconds + LEEWAY_S).contains(&claims.iat);
    if !is_current {
        return None;
    }
    Some((claims.sub.parse().ok()?, claims.sid.parse().ok()?))
}

/// The public half as a JWK (RFC 8037).
pub fn jwk(id: Uuid, public_key: &[u8]) -> serde_json::Value {
    serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": id.to_string(), "x": URL_SAFE_NO_PAD.encode(public_key) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_millis(seconds * 1000).unwrap()
    }

    fn with_header(header: &str, token: &str) -> String {
        let rest = token.split_once('.').unwrap().1;
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
    }

    #[test]
    fn a_token_is_valid_for_a_quarter_of_an_hour_with_its_own_key() {
        let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let (user, session) = (UserId::new(), SessionId::new());
        let token = key.sign(user, session, at(1000)).unwrap();
        assert_eq!(key_id(&token), Some(key.id));
        assert_eq!(verify(&token, &key.public_key, at(1000)), Some((user, session)));
        assert_eq!(verify(&token, &key.public_key, at(1899)), Some((user, session)));
        assert_eq!(verify(&token, &key.public_key, at(1900)), None);
        assert_eq!(verify(&token, &key.public_key, at(990)), None);
        assert_eq!(verify(&token, &other.public_key, at(1000)), None);
    }

    /// A token with a right header and these claims, signed with `key`.
    fn signed(key: &SigningKey, claims: &str) -> String {
        let header = format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{}"}}"#, key.id);
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let pair = Ed25519KeyPair::from_pkcs8(&key.private_key).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(pair.sign(message.as_bytes())))
    }

    #[test]
    fn every_claim_must_be_there_once_and_of_its_type() {
        let key = SigningKey::generate().unwrap();
        let (sub, sid) = (UserId::new(), SessionId::new());
        let right = format!(r#"{{"iss":"dateline","aud":"dateline","sub":"{sub}","sid":"{sid}","iat":1000,"nbf":1000,"exp":1900}}"#);
        let verified = |claims: &str| verify(&signed(&key, claims), &key.public_key, at(1000));
        assert_eq!(verified(&right), Some((sub, sid)));
        for (part, hostile) in [
            (r#","exp":1900"#, ""),
            (r#","exp":1900"#, r#","exp":"1900""#),
            (r#","exp":1900"#, r#","exp":1900.0"#),
            (r#","exp":1900"#, r#","exp":19e2"#),
            (r#","exp":1900"#, r#","exp":-1"#),
            (r#","exp":1900"#, r#","exp":9223372036854775808"#),
            (r#","exp":1900"#, r#","exp":null"#),
            (r#","exp":1900"#, r#","exp":1,"exp":1900"#),
            (r#","exp":1900"#, r#","exp":1900,"exp":1900"#),
            (r#","nbf":1000"#, ""),
            (r#","nbf":1000"#, r#","nbf":"1000""#),
            (r#","nbf":1000"#, r#","nbf":1006"#),
            (r#","iat":1000"#, ""),
            (r#","iat":1000"#, r#","iat":1006"#),
            (r#","iat":1000"#, r#","iat":-1"#),
            (r#","iat":1000"#, r#","iat":-9223372036854775809"#),
            (r#""iss":"dateline","#, ""),
            (r#""iss":"dateline""#, r#""iss":"https://elsewhere.example""#),
            (r#""iss":"dateline""#, r#""iss":["dateline"]"#),
            (r#""aud":"dateline""#, r#""aud":"preview""#),
            (r#""aud":"dateline""#, r#""aud":["dateline","preview"]"#),
            (r#""aud":"dateline","#, ""),
            (&format!(r#""sid":"{sid}","#), ""),
            (&sub.to_string(), "admin"),
        ] {
            let claims = right.replacen(part, hostile, 1);
            assert_ne!(claims, right);
            assert_eq!(verified(&claims), None, "{claims}");
        }
        let deep = right.replacen('{', &format!(r#"{{"x":{}{},"#, "[".repeat(300), "]".repeat(300)), 1);
        assert_eq!(verified(&deep), None);
    }

    #[test]
    fn a_signature_has_one_spelling_and_a_public_key_is_no_secret() {
        let key = SigningKey::generate().unwrap();
        let token = key.sign(UserId::new(), SessionId::new(), at(1000)).unwrap();
        let is_ours = |token: &str| key_id(token).is_some() && verify(token, &key.public_key, at(1000)).is_some();
        assert!(is_ours(&token));
        // 64 bytes take 86 characters, of which the last one carries two bits that must be zero.
        let (start, last) = token.split_at(token.len() - 1);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let same = alphabet.chars().filter(|letter| is_ours(&format!("{start}{letter}"))).collect::<String>();
        assert_eq!(same, last);
        for hostile in [format!("{token}\n"), format!(" {token}"), format!("{token}=="), token.replace('.', "..")] {
            assert!(!is_ours(&hostile), "{hostile:?}");
        }
        let (message, _) = token.rsplit_once('.').unwrap();
        for secret in [key.public_key.clone(), URL_SAFE_NO_PAD.encode(&key.public_key).into_bytes()] {
            let claims = jsonwebtoken::dangerous::insecure_decode_claims::<Claims>(&token).unwrap();
            let mut header = Header::new(Algorithm::HS256);
            (header.typ, header.kid) = (Some(TYPE.to_owned()), Some(key.id.to_string()));
            let forged = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&secret)).unwrap();
            assert!(!is_ours(&forged));
            // The same signature below a header that says EdDSA.
            assert!(!is_ours(&format!("{message}.{}", forged.rsplit_once('.').unwrap().1)));
        }
    }

    #[test]
    fn hostile_tokens_are_none_of_ours() {
        let key = SigningKey::generate().unwrap();
        let token = key.sign(UserId::new(), SessionId::new(), at(1000)).unwrap();
        let kid = key.id;
        for header in [
            format!(r#"{{"alg":"none","typ":"at+jwt","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"None","typ":"at+jwt","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"","typ":"at+jwt","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"HS256","typ":"at+jwt","kid":"{kid}"}}"#),
            format!(r#"{{"alg":["EdDSA"],"typ":"at+jwt","kid":"{kid}"}}"#),
            format!(r#"{{"typ":"at+jwt","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}","jku":"http://127.0.0.1/"}}"#),
            format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}","crit":["exp"]}}"#),
            r#"{"alg":"EdDSA","typ":"at+jwt","kid":"../../dev/null"}"#.to_owned(),
            r#"{"alg":"EdDSA","typ":"at+jwt"}"#.to_owned(),
        ] {
            assert_eq!(key_id(&with_header(&header, &token)), None, "{header}");
        }
        let (signed, signature) = token.rsplit_once('.').unwrap();
        for hostile in [
            format!("{signed}."),
            signed.to_owned(),
            format!("{token}.x"),
            format!("{token}="),
            format!("{signed}. {signature}"),
            "a".repeat(1 << 20),
        ] {
            assert!(key_id(&hostile).is_none() || verify(&hostile, &key.public_key, at(1000)).is_none(), "{}", &hostile[..20]);
        }
    }
}
