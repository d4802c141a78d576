//! Texts and JSON values that broke others.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::shared;

/// A few of every kind.
const BUILT_IN: [&str; 48] = [
    "",
    " ",
    "\t\r\n",
    "\0",
    "a\0b",
    "'",
    "\"",
    "`",
    "');--",
    "' OR '1'='1",
    "1; DROP TABLE articles",
    "%",
    "_",
    "\\",
    "..",
    "../../etc/passwd",
    "/",
    "%00",
    "%2e%2e%2f",
    "%zz",
    "+",
    "null",
    "undefined",
    "true",
    "NaN",
    "0",
    "-1",
    "1e999",
    "99999999999999999999",
    "0x10",
    "1.0",
    "{}",
    "[]",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "\u{feff}bom",
    "\u{202e}rtl",
    "e\u{301}\u{301}\u{301}",
    "\u{1f469}\u{200d}\u{1f467}",
    "İıŞß",
    "\u{fffd}\u{ffff}",
    "\u{10ffff}",
    "2026-02-30T25:61:61Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "00000000-0000-0000-0000-000000000000",
];

/// The texts: those above, and the big list of naughty strings where there is one.
pub fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let mut texts: Vec<String> = BUILT_IN.iter().map(ToString::to_string).collect();
        texts.extend(big_list());
        texts
    })
}

/// The big list of naughty strings; empty without the shared data.
pub fn big_list() -> Vec<String> {
    shared::json("naughty-strings/blns.json").map(|list| serde_json::from_value(list).unwrap()).unwrap_or_default()
}

/// Values of every type that a member was not meant to have.
pub fn values() -> Vec<Value> {
    let mut deep = json!(1);
    for _ in 0..40 {
        deep = json!({ "a": [deep] });
    }
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(9_007_199_254_740_993_u64),
        json!(-0.0),
        json!([]),
        json!({}),
        json!([null]),
        json!([[]]),
        json!({ "": "" }),
        json!({ "__proto__": { "admin": true }, "constructor": 1, "$ref": "#/", "$where": "1" }),
        json!({ "a/b~c": "d" }),
        deep,
    ]
}
