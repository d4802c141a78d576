//! JSON read strictly: UTF-8 without a byte order mark, one value, no member named twice, at most 100 levels deep.
//!
//! serde_json alone keeps the last of two members of one name; a checker and a reader that disagree about which one counts are a
//! classic way past a check.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Deeper values are refused.
const DEEPEST: usize = 100;

/// Reads a body; the error says where it stops being what is taken.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    if bytes.is_empty() {
        return Err("the body is empty".to_owned());
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err("the body begins with a byte order mark; leave it out".to_owned());
    }
    let text = std::str::from_utf8(bytes).map_err(|fault| format!("byte {} is not UTF-8", fault.valid_up_to()))?;
    let depth = Cell::new(0);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth: &depth }.deserialize(&mut reader).map_err(|fault| fault.to_string())?;
    reader.end().map_err(|fault| fault.to_string())?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: &'a Cell<usize>,
}

impl Strict<'_> {
    fn deeper<T, E: serde::de::Error>(self, read: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if self.depth.get() >= DEEPEST {
            return Err(E::custom(format_args!("it is nested deeper than {DEEPEST} levels")));
        }
        self.depth.set(self.depth.get() + 1);
        let value = read()?;
        self.depth.set(self.depth.get() - 1);
        Ok(value)
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.deeper(|| {
            let mut list = Vec::new();
            while let Some(item) = items.next_element_seed(self)? {
                list.push(item);
            }
            Ok(Value::Array(list))
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.deeper(|| {
            let mut object = Map::new();
            while let Some(name) = members.next_key::<String>()? {
                if object.contains_key(&name) {
                    return Err(serde::de::Error::custom(format_args!("an object names the member {name:?} twice")));
                }
                let value = members.next_value_seed(self)?;
                object.insert(name, value);
            }
            Ok(Value::Object(object))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_is_not_is_refused() {
        let wrong: [&[u8]; 20] = [
            b"",
            b" ",
            b"\xef\xbb\xbf{}",
            b"{",
            b"{}x",
            b"{} {}",
            b"[1,]",
            b"{\"a\":1,}",
            b"'a'",
            b"NaN",
            b"1e999",
            b"-1e999",
            b"01",
            b"\"\xff\"",
            b"\"\xc0\x80\"",
            br#""\ud800""#,
            br#""\ud800\u0041""#,
            b"{\"a\":1,\"a\":1}",
            b"{\"x\":{\"b\":1,\"\\u0062\":2}}",
            b"\xff\xfe{\0}\0",
        ];
        for bytes in wrong {
            assert!(parse(bytes).is_err(), "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_json_is_is_read_as_serde_json_reads_it() {
        let right = [
            "null",
            " true\n",
            "-0",
            "1e-400",
            "18446744073709551615",
            "-9223372036854775808",
            "9223372036854775808e0",
            r#""\u0000\ud83d\ude00é""#,
            r#"{"a":[1,2.5,{"b":null}],"":"","\u0000":1}"#,
            "[[],{}]",
        ];
        for text in right {
            assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn a_hundred_levels_are_taken_and_one_more_is_not() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(100).as_bytes()).is_ok());
        assert!(parse(nested(101).as_bytes()).is_err());
        assert!(parse("[".repeat(1_000_000).as_bytes()).is_err());
        assert!(parse(format!("[{}]", "[[]],".repeat(200) + "0").as_bytes()).is_ok());
    }
}
