//! Content codings: which one a caller gets, and making it.

use std::cell::RefCell;
use std::io::{self, Write};

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap};

/// How the bytes of an answer are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Zstd,
    Brotli,
    Gzip,
}

/// Under this size packing costs more than it saves.
const SMALLEST: usize = 1024;

/// In the order in which they are chosen where the caller has no preference. By time per byte: zstd at 3 takes a fifth of what brotli
/// at 4 takes, which takes half of what gzip at 6 takes (stack.md 2f).
const PACKED: [Coding; 3] = [Coding::Zstd, Coding::Brotli, Coding::Gzip];

impl Coding {
    /// The name in `Content-Encoding`; empty for identity.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "",
            Self::Zstd => "zstd",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The coding for an answer of `size` bytes; `None` if the caller takes none that there is.
    pub fn negotiate(headers: &HeaderMap, size: usize) -> Option<Self> {
        let mut accepted = headers.get_all(ACCEPT_ENCODING).map(|value| value.to_str().unwrap_or_default());
        let Some(first) = accepted.next() else { return Some(Self::Identity) };
        let mut weights = Weights::default();
        weights.read(first);
        accepted.for_each(|value| weights.read(value));
        weights.choose(size)
    }

    /// Packs bytes.
    pub fn pack(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(bytes.to_vec()),
            Self::Zstd => zstd(bytes),
            Self::Brotli => brotli(bytes),
            Self::Gzip => gzip(bytes),
        }
    }
}

/// Weights in thousandths (RFC 9110 section 12.5.3); `None` where a coding is not mentioned.
#[derive(Debug, Default)]
struct Weights {
    identity: Option<u16>,
    zstd: Option<u16>,
    brotli: Option<u16>,
    gzip: Option<u16>,
    any: Option<u16>,
}

impl Weights {
    fn read(&mut self, value: &str) {
        for item in value.split(',') {
            let (name, parameters) = item.split_once(';').map_or((item, None), |(name, rest)| (name, Some(rest)));
            let Some(weight) = parameters.map_or(Some(1000), weight) else { continue };
            let name = name.trim();
            let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
            let slot = if is("br") {
                &mut self.brotli
            } else if is("gzip") || is("x-gzip") {
                &mut self.gzip
            } else if is("zstd") {
                &mut self.zstd
            } else if is("identity") {
                &mut self.identity
            } else if name == "*" {
                &mut self.any
            } else {
                continue;
            };
            *slot = Some(weight);
        }
    }

    fn choose(&self, size: usize) -> Option<Coding> {
        let weight = |coding| match coding {
            Coding::Identity => self.identity.or(self.any.filter(|any| *any == 0)).unwrap_or(1),
            Coding::Zstd => self.zstd.or(self.any).unwrap_or(0),
            Coding::Brotli => self.brotli.or(self.any).unwrap_or(0),
            Coding::Gzip => self.gzip.or(self.any).unwrap_or(0),
        };
        let identity = weight(Coding::Identity);
        if identity > 0 && size < SMALLEST {
            return Some(Coding::Identity);
        }
        let mut best = (Coding::Identity, identity);
        for coding in PACKED.into_iter().rev() {
            let weight = weight(coding);
            if weight > 0 && weight >= best.1 {
                best = (coding, weight);
            }
        }
        (best.1 > 0).then_some(best.0)
    }
}

fn weight(parameters: &str) -> Option<u16> {
    let (name, value) = parameters.trim().split_once('=')?;
    let weight: f32 = value.trim().parse().ok()?;
    let is_weight = name.trim().eq_ignore_ascii_case("q") && (0.0..=1.0).contains(&weight);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 1000")]
    is_weight.then_some((weight * 1000.0) as u16)
}

thread_local! {
    /// A compressor is a megabyte of tables: one for each thread, not for each answer.
    static ZSTD: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

fn zstd(bytes: &[u8]) -> io::Result<Vec<u8>> {
    ZSTD.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = Some(zstd::bulk::Compressor::new(3)?);
        }
        slot.as_mut().expect("it was just made").compress(bytes)
    })
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 4, size_hint: bytes.len(), ..Default::default() };
    let mut packed = Vec::with_capacity(bytes.len() / 3);
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 3), flate2::Compression::new(3));
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use std::io::Read as _;

    use super::*;

    fn chosen(accepted: &str, size: usize) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(accepted).unwrap());
        Coding::negotiate(&headers, size).map(Coding::name)
    }

    #[test]
    fn the_caller_decides_and_then_the_cost() {
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Some("zstd")),
            ("gzip, br", Some("br")),
            ("br;q=0.5, gzip", Some("gzip")),
            ("X-GZIP", Some("gzip")),
            ("identity, gzip;q=0.5", Some("")),
            ("*", Some("zstd")),
            ("*;q=0.5, zstd;q=0", Some("br")),
            ("", Some("")),
            ("deflate", Some("")),
            ("gzip;q=0", Some("")),
            ("gzip;q=2", Some("")),
            ("identity;q=0", None),
            ("*;q=0", None),
            ("*;q=0, identity", Some("")),
            ("identity;q=0, deflate", None),
            ("identity;q=0, gzip;q=0.001", Some("gzip")),
        ] {
            assert_eq!(chosen(accepted, 5000), expected, "{accepted}");
        }
        assert_eq!(Coding::negotiate(&HeaderMap::new(), 5000), Some(Coding::Identity));
    }

    #[test]
    fn what_is_small_goes_out_as_it_is_where_that_is_taken() {
        assert_eq!(chosen("gzip, br, zstd", 1023), Some(""));
        assert_eq!(chosen("gzip, identity;q=0", 10), Some("gzip"));
    }

    #[test]
    fn what_is_packed_can_be_unpacked() {
        let text = "Ashgabat, 30 November. ".repeat(500);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &Coding::Brotli.pack(text.as_bytes()).unwrap()[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, text.as_bytes());
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&Coding::Gzip.pack(text.as_bytes()).unwrap()[..]).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, text);
        let packed = Coding::Zstd.pack(text.as_bytes()).unwrap();
        assert_eq!(zstd::bulk::decompress(&packed, text.len()).unwrap(), text.as_bytes());
    }
}
