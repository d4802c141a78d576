//! Forged, broken and misused access tokens: each gets the 401 that a missing one gets. Where a case needs it, the token is signed with the
//! site's own key.

use std::net::TcpListener;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use dateline::auth::service::rotate_in;
use dateline::auth::store::{SigningKey, newest_key};
use dateline::kernel::caller::Role;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::newsroom::{Newsroom, Person, Standing};
use crate::on_both_engines;
use crate::support::answer::Answer;
use crate::support::raw;

/// Makes tokens as the site makes them, and every other kind.
struct Forge {
    key: SigningKey,
    header: String,
    claims: String,
}

fn encoded(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

impl Forge {
    fn new(newsroom: &Newsroom, person: &Person) -> Self {
        let key = newsroom.site.db().run_read(newest_key).unwrap().unwrap();
        let now = newsroom.site.db().clock().now().millis() / 1000;
        let header = format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{}"}}"#, key.id);
        let (sub, sid) = (person.caller.user_id, person.caller.session().unwrap());
        let claims =
            format!(r#"{{"iss":"dateline","aud":"dateline","sub":"{sub}","sid":"{sid}","iat":{now},"nbf":{now},"exp":{}}}"#, now + 900);
        Self { key, header, claims }
    }

    /// A token of this header and these claims, signed with the site's key.
    fn sign(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let pair = Ed25519KeyPair::from_pkcs8(&self.key.private_key).unwrap();
        assert_eq!(pair.public_key().as_ref(), self.key.public_key);
        format!("{message}.{}", encoded(pair.sign(message.as_bytes())))
    }

    fn right(&self) -> String {
        self.sign(&self.header, &self.claims)
    }

    /// With one part of the header replaced.
    fn with_header(&self, part: &str, other: &str) -> String {
        assert!(self.header.contains(part), "{part} is in {}", self.header);
        self.sign(&self.header.replacen(part, other, 1), &self.claims)
    }

    /// With one claim given otherwise, or left out where `value` is empty.
    fn with_claim(&self, name: &str, value: &str) -> String {
        let whole: Value = serde_json::from_str(&self.claims).unwrap();
        let given = format!("\"{name}\":{}", whole[name]);
        let other = if value.is_empty() { "\"no\":1".to_owned() } else { format!("\"{name}\":{value}") };
        assert!(self.claims.contains(&given));
        self.sign(&self.header, &self.claims.replacen(&given, &other, 1))
    }

    /// With an HMAC of this secret.
    fn hmac(&self, algorithm: Algorithm, secret: &[u8]) -> String {
        let mut header = Header::new(algorithm);
        (header.typ, header.kid) = (Some("at+jwt".to_owned()), Some(self.key.id.to_string()));
        let claims: Value = serde_json::from_str(&self.claims).unwrap();
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap()
    }

    /// The public key as PEM, as some libraries take it for a secret.
    fn pem(&self) -> String {
        let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        der.extend_from_slice(&self.key.public_key);
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
    }
}

/// What `alg` may say, and who could have made the signature.
fn algorithms(forge: &Forge) -> Vec<String> {
    let right = forge.right();
    let (message, signature) = right.rsplit_once('.').unwrap();
    let mut tokens = Vec::new();
    for alg in [
        r#""none""#,
        r#""None""#,
        r#""NONE""#,
        r#""nOnE""#,
        r#""""#,
        "null",
        r#"["EdDSA"]"#,
        r#"{"EdDSA":1}"#,
        "1",
        r#""eddsa""#,
        r#""Ed25519""#,
        r#""ES256""#,
        r#""RS256""#,
        r#""HS256""#,
    ] {
        let signed = forge.with_header(r#""EdDSA""#, alg);
        tokens.push(format!("{}.", signed.rsplit_once('.').unwrap().0));
        tokens.push(signed);
    }
    tokens.push(forge.with_header(r#""alg":"EdDSA","#, ""));
    tokens.push(forge.with_header(r#""alg":"EdDSA""#, r#""alg":"none","alg":"EdDSA""#));
    let pem = forge.pem();
    let secrets = [
        forge.key.public_key.clone(),
        pem.clone().into_bytes(),
        pem.trim_end().to_owned().into_bytes(),
        encoded(&forge.key.public_key).into_bytes(),
        Vec::new(),
    ];
    for secret in secrets {
        tokens.extend([Algorithm::HS256, Algorithm::HS384, Algorithm::HS512].map(|algorithm| forge.hmac(algorithm, &secret)));
    }
    tokens.extend([
        format!("{message}."),
        message.to_owned(),
        format!("{right}."),
        format!("{right}.{signature}"),
        format!(".{message}"),
        "..".to_owned(),
        ".".to_owned(),
    ]);
    tokens
}

/// A header that points elsewhere. `elsewhere` is where something would hear it if it were followed.
fn pointers(forge: &Forge, elsewhere: &str) -> Vec<String> {
    let kid = format!("\"kid\":\"{}\"", forge.key.id);
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": encoded(&forge.key.public_key) });
    let mut tokens: Vec<String> = [
        "../../dev/null".to_owned(),
        "' or 1=1--".to_owned(),
        "x' UNION SELECT x'00'--".to_owned(),
        "k".repeat(1_000),
        "\\u0000".to_owned(),
        String::new(),
        dateline::kernel::id::UserId::new().to_string(),
        format!("{{{}}}", forge.key.id),
        format!("urn:uuid:{}", forge.key.id),
        forge.key.id.simple().to_string(),
    ]
    .iter()
    .map(|other| forge.with_header(&kid, &format!("\"kid\":\"{other}\"")))
    .collect();
    for more in [
        format!(r#","jku":"http://{elsewhere}/keys""#),
        format!(r#","x5u":"http://{elsewhere}/key""#),
        format!(r#","jwk":{jwk}"#),
        r#","x5c":["AAAA"]"#.to_owned(),
        r#","x5t":"AAAA""#.to_owned(),
        r#","crit":["exp"],"exp":1"#.to_owned(),
        r#","crit":[]"#.to_owned(),
        r#","b64":false"#.to_owned(),
        r#","zip":"DEF""#.to_owned(),
        r#","cty":"JWT""#.to_owned(),
    ] {
        tokens.push(forge.with_header(&kid, &format!("{kid}{more}")));
    }
    tokens.push(forge.with_header(&format!(",{kid}"), ""));
    tokens.push(forge.with_header(&kid, &format!("{kid},{kid}")));
    tokens.push(forge.with_header(&kid, "\"kid\":null"));
    tokens
}

/// Claims that are missing, doubled, of another type or of another purpose.
fn claims(forge: &Forge, now: i64) -> Vec<String> {
    let mut tokens = Vec::new();
    let later = now + 900;
    for (name, good) in [("exp", later), ("nbf", now), ("iat", now)] {
        for value in ["", "null", "-1.5", "9223372036854775808", "1e400", "true", "[]", "{}"] {
            tokens.push(forge.with_claim(name, value));
        }
        let doubled = format!("{good},\"{name}\":{good}");
        tokens
            .extend([format!("\"{good}\""), format!("{good}.0"), format!("{good}e0"), doubled].map(|value| forge.with_claim(name, &value)));
    }
    for value in ["-1", "0", "-9223372036854775808"] {
        tokens.push(forge.with_claim("exp", value));
    }
    for name in ["nbf", "iat"] {
        tokens.extend([now + 6, i64::MAX].map(|value| forge.with_claim(name, &value.to_string())));
    }
    for value in ["", "null", r#""https://elsewhere.example""#, r#"["dateline"]"#, r#""Dateline""#, r#""""#] {
        tokens.extend([forge.with_claim("iss", value), forge.with_claim("aud", value)]);
    }
    tokens.push(forge.with_claim("aud", r#"["dateline","preview"]"#));
    for value in ["", "null", "1", r#""admin""#, r#""' or 1=1--""#, "\"00000000-0000-0000-0000-000000000000\""] {
        tokens.extend([forge.with_claim("sub", value), forge.with_claim("sid", value)]);
    }
    tokens
        .extend(["JWT", "refresh+jwt", "preview", "dpop+jwt", "AT+JWT", "application/at+jwt"].map(|typ| forge.with_header("at+jwt", typ)));
    tokens.push(forge.with_header(r#""typ":"at+jwt","#, ""));
    for more in [r#""role":"admin""#, r#""scope":"admin""#, r#""x":1"#, "\"x\":\"\\ud800\""] {
        tokens.push(forge.sign(&forge.header, &forge.claims.replacen('{', &format!("{{{more},"), 1)));
    }
    let deep = format!("{{\"x\":{}{},", "[".repeat(400), "]".repeat(400));
    tokens.push(forge.sign(&forge.header, &forge.claims.replacen('{', &deep, 1)));
    tokens.extend(["[]", "null", "1", "\"\"", "", "{", "{}", "\u{feff}{}"].map(|claims| forge.sign(&forge.header, claims)));
    tokens.extend(["[]", "null", "", "{", "{}"].map(|header| forge.sign(header, &forge.claims)));
    tokens
}

/// Other spellings of a right token.
fn spellings(forge: &Forge) -> Vec<String> {
    let right = forge.right();
    let parts: Vec<&str> = right.split('.').collect();
    let mut tokens = Vec::new();
    for at in 0..3 {
        for change in [
            |part: &str| format!("{part}="),
            |part: &str| format!("{part}=="),
            |part: &str| format!("{part} "),
            |part: &str| format!(" {part}"),
            |part: &str| format!("{part}%3D"),
            |part: &str| format!("{part}\t"),
            |part: &str| format!("{part}A"),
            |part: &str| part[1..].to_owned(),
            |part: &str| STANDARD.encode(URL_SAFE_NO_PAD.decode(part).unwrap()),
        ] {
            let mut changed: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            changed[at] = change(parts[at]);
            let token = changed.join(".");
            if token != right && token.trim_end() != right {
                tokens.push(token);
            }
        }
    }
    // The last of 86 characters carries two bits that must be zero.
    let (start, last) = right.split_at(right.len() - 1);
    let others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars().filter(|letter| !last.contains(*letter));
    tokens.extend(others.map(|letter| format!("{start}{letter}")));
    tokens.extend([
        right.to_uppercase(),
        right.to_lowercase(),
        format!("{right},{right}"),
        format!("\"{right}\""),
        format!("Bearer {right}"),
    ]);
    tokens.push(format!("{right}{}", "A".repeat(60_000)));
    tokens.push(forge.sign(&forge.header, &forge.claims.replacen('{', &format!("{{\"x\":\"{}\",", "x".repeat(60_000)), 1)));
    tokens
}

async fn with_authorization(newsroom: &Newsroom, value: &str) -> Answer {
    newsroom.site.anyone().get("/v1/auth/me").header("authorization", value).await
}

/// That it is refused as a missing token is, byte for byte but for the request's id.
fn is_refused(answer: &Answer, like: &Answer, what: &str) {
    let seen = |answer: &Answer| {
        let mut body = answer.json().clone();
        body["request_id"] = json!("");
        (answer.status, answer.header("www-authenticate").map(str::to_owned), body)
    };
    assert_eq!(seen(answer), seen(like), "{}: {answer}", &what[..what.len().min(300)]);
}

on_both_engines! {
    async fn no_forged_token_is_anything_but_none(engine) {
        let newsroom = Newsroom::open(engine).await;
        let person = newsroom.person(Standing::Active(Role::Admin)).await;
        let forge = Forge::new(&newsroom, &person);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let elsewhere = listener.local_addr().unwrap().to_string();
        let missing = newsroom.site.anyone().get("/v1/auth/me").await;
        missing.is_problem(401, "invalid_token").has_header("www-authenticate", "Bearer");
        let now = newsroom.site.db().clock().now().millis() / 1000;
        let tokens = [algorithms(&forge), pointers(&forge, &elsewhere), claims(&forge, now), spellings(&forge)].concat();
        assert!(tokens.len() > 200);
        for token in tokens {
            let answer = with_authorization(&newsroom, &format!("Bearer {token}")).await;
            is_refused(&answer, &missing, &token);
        }
        assert!(listener.accept().is_err(), "the server went where a token sent it");
        with_authorization(&newsroom, &format!("Bearer {}", forge.right())).await.is_ok();
        with_authorization(&newsroom, &format!("bEARER {}", forge.right())).await.is_ok();
        let leeway = forge.with_claim("nbf", &(now + 5).to_string());
        with_authorization(&newsroom, &format!("Bearer {leeway}")).await.is_ok();
    }

    async fn what_is_a_secret_elsewhere_is_no_access_token(engine) {
        let newsroom = Newsroom::open(engine).await;
        let person = newsroom.person(Standing::Active(Role::Admin)).await;
        let missing = newsroom.site.anyone().get("/v1/auth/me").await;
        let access = person.access_token.clone().unwrap();
        for value in [
            format!("Bearer {}", person.refresh_token),
            access.clone(),
            format!("Basic {access}"),
            format!("Token {access}"),
            format!("Bearer\t{access}"),
            format!("Bearer  {access}"),
            format!("Bearer:{access}"),
            format!("Bearer={access}"),
            "Bearer".to_owned(),
            "Bearer ".to_owned(),
            String::new(),
            format!("Bearer {}", person.caller.session().unwrap()),
            format!("Bearer {}", person.caller.user_id),
        ] {
            is_refused(&with_authorization(&newsroom, &value).await, &missing, &value);
        }
        for token in [access.as_str(), "", "dlr_", &person.refresh_token[..40], &person.refresh_token.to_uppercase()] {
            let refused = newsroom.site.anyone().post("/v1/auth/refresh").json(json!({ "refresh_token": token })).await;
            assert_eq!(refused.status, if token.is_empty() { 422 } else { 401 }, "{token}: {refused}");
        }
        person.client.get("/v1/auth/me").await.is_ok();
        // Twice the header, in the query, in a cookie: a token has one place.
        person.client.get("/v1/auth/me").header("authorization", &format!("Bearer {access}")).await.is_problem(401, "invalid_token");
        for path in ["/v1/auth/me", "/v1/editor/articles/0192f0c1-2b3c-7d4e-8f50-617283940516"] {
            newsroom.site.anyone().get(path).query("access_token", &access).await.is_problem(401, "invalid_token");
            newsroom.site.anyone().get(path).header("cookie", &format!("access_token={access}")).await.is_problem(401, "invalid_token");
        }
        person.client.get("/v1/auth/me").query("access_token", &access).await.is_problem(400, "invalid_parameter");
    }

    async fn a_megabyte_of_token_and_bytes_that_are_no_text_are_refused_and_harm_nobody(engine) {
        let newsroom = Newsroom::open(engine).await;
        let ask = |token: &[u8]| [b"GET /v1/auth/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ", token, b"\r\n\r\n"].concat();
        let huge = raw::exchange(newsroom.site.address(), ask(&b"a".repeat(1 << 20))).await;
        assert_eq!(huge.status, 431);
        for token in [&b"\xff\xfe"[..], b"\xc0\x80.\xc0\x80.\xc0\x80", "é.é.é".as_bytes(), b"\x80"] {
            raw::exchange(newsroom.site.address(), ask(token)).await.is_problem(401, "invalid_token");
        }
        newsroom.person(Standing::Active(Role::Author)).await.client.get("/v1/auth/me").await.is_ok();
    }

    async fn a_replaced_key_verifies_until_its_last_token_has_expired(engine) {
        let newsroom = Newsroom::open(engine).await;
        let before = newsroom.person(Standing::Active(Role::Author)).await;
        let old = Forge::new(&newsroom, &before);
        let db = newsroom.site.db().clone();
        db.write(rotate_in).await.unwrap();
        let after = newsroom.person(Standing::Active(Role::Author)).await;
        assert_ne!(Forge::new(&newsroom, &after).key.id, old.key.id);
        before.client.get("/v1/auth/me").await.is_ok();
        after.client.get("/v1/auth/me").await.is_ok();
        assert_eq!(newsroom.site.anyone().get("/.well-known/jwks.json").await["keys"].as_array().unwrap().len(), 2);
        newsroom.site.clock().advance_ms(899_999);
        before.client.get("/v1/auth/me").await.is_ok();
        newsroom.site.clock().advance_ms(1);
        before.client.get("/v1/auth/me").await.is_problem(401, "invalid_token");
        // Who stole the old key signs with it what the clock allows; five seconds later its time is over.
        let now = newsroom.site.db().clock().now().millis() / 1000;
        let stolen = old.with_claim("exp", &(now + 900).to_string());
        with_authorization(&newsroom, &format!("Bearer {stolen}")).await.is_ok();
        newsroom.site.clock().advance_ms(5_000);
        with_authorization(&newsroom, &format!("Bearer {stolen}")).await.is_problem(401, "invalid_token");
    }
}
