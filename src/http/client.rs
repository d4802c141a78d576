//! Who is at the other end of a connection. A forwarded address counts only where a trusted proxy reports it.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::dev::Payload;
use actix_web::http::header::{FORWARDED, HeaderMap, X_FORWARDED_FOR};
use actix_web::{FromRequest, HttpRequest};
use ipnet::IpNet;

/// The networks of proxies whose word is taken, the setting `TRUSTED_PROXIES` (app data). Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Reads addresses and networks with commas between: `10.0.0.0/8, ::1`; none if empty.
    ///
    /// # Errors
    /// What is wrong with the first that is neither.
    pub fn parse(list: &str) -> Result<Self, String> {
        let network = |text: &str| {
            let address = text.parse::<IpAddr>().map(IpNet::from);
            address.or_else(|_| text.parse()).map_err(|_| format!("`{text}` is neither an address nor a network such as 10.0.0.0/8"))
        };
        list.split(',').map(str::trim).filter(|text| !text.is_empty()).map(network).collect::<Result<_, _>>().map(Self)
    }

    fn holds(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client behind the peer: the rightmost address of the chain that no trusted proxy has. What stands left of it anyone can write.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.holds(peer) {
            if headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(FORWARDED) {
                warn_once(peer);
            }
            return peer;
        }
        let mut client = peer;
        for hop in chain(headers).iter().rev() {
            // `unknown` and the like: whoever reported it is the last one known.
            let Some(address) = hop.as_deref().and_then(address) else { return client };
            client = address;
            if !self.holds(address) {
                break;
            }
        }
        client
    }
}

/// The address that a request comes from (extractor; never fails).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// What limits count by: an IPv4 address, or the /64 that an IPv6 client can choose addresses from.
    pub fn key(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        }
    }

    /// The address that `request` comes from.
    pub fn of(request: &HttpRequest) -> Self {
        let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
        match request.app_data::<TrustedProxies>() {
            Some(trusted) => Self(trusted.client(peer, request.headers())),
            None => Self(peer),
        }
    }
}

impl FromRequest for ClientAddress {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

/// The hops that were reported, the latest last. `Forwarded` (RFC 7239) counts only without `X-Forwarded-For`: a proxy that adds to one of
/// them passes on what a client wrote into the other.
fn chain(headers: &HeaderMap) -> Vec<Option<String>> {
    let lines = |name| headers.get_all(name).map(|line| line.to_str().unwrap_or_default());
    if headers.contains_key(X_FORWARDED_FOR) {
        return lines(X_FORWARDED_FOR).flat_map(|line| line.split(',')).map(|hop| Some(hop.trim().to_owned())).collect();
    }
    lines(FORWARDED).flat_map(|line| line.split(',')).map(forwarded_for).collect()
}

fn forwarded_for(element: &str) -> Option<String> {
    let (_, node) = element.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| name.eq_ignore_ascii_case("for"))?;
    Some(node.trim_matches('"').to_owned())
}

/// An address with or without a port, an IPv6 one perhaps in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

fn warn_once(peer: IpAddr) {
    static WARNED: AtomicBool = AtomicBool::new(false);
    if !WARNED.swap(true, Ordering::Relaxed) {
        tracing::warn!(%peer, "a forwarded address was ignored: its sender is not in TRUSTED_PROXIES; this is said once");
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn client(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let trusted = TrustedProxies::parse("10.0.0.0/8, ::1").unwrap();
        let mut request = TestRequest::default().peer_addr(peer.parse().unwrap()).app_data(trusted);
        for header in headers {
            request = request.append_header(*header);
        }
        ClientAddress::of(&request.to_http_request()).0.to_string()
    }

    #[test]
    fn a_forwarded_address_counts_only_behind_a_trusted_proxy() {
        assert_eq!(client("192.0.2.1:5", &[("x-forwarded-for", "203.0.113.9")]), "192.0.2.1");
        assert_eq!(client("10.1.1.1:5", &[("x-forwarded-for", "203.0.113.9")]), "203.0.113.9");
        assert_eq!(client("10.1.1.1:5", &[]), "10.1.1.1");
        assert_eq!(client("[::ffff:10.1.1.1]:5", &[("x-forwarded-for", "203.0.113.9")]), "203.0.113.9");
    }

    #[test]
    fn the_rightmost_untrusted_hop_is_the_client() {
        assert_eq!(client("10.1.1.1:5", &[("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.2.2.2")]), "203.0.113.9");
        assert_eq!(client("10.1.1.1:5", &[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "203.0.113.9:1234")]), "203.0.113.9");
        assert_eq!(client("10.1.1.1:5", &[("x-forwarded-for", "203.0.113.9, unknown")]), "10.1.1.1");
        assert_eq!(client("10.1.1.1:5", &[("x-forwarded-for", "10.3.3.3")]), "10.3.3.3");
        assert_eq!(client("[::1]:5", &[("forwarded", "for=1.1.1.1, For=\"[2001:db8::7]:99\";proto=https")]), "2001:db8::7");
        assert_eq!(client("[::1]:5", &[("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "203.0.113.9")]), "203.0.113.9");
    }

    #[test]
    fn ipv6_is_counted_by_its_64() {
        let key = |text: &str| ClientAddress(text.parse().unwrap()).key().to_string();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(key("203.0.113.9"), "203.0.113.9");
        assert!(TrustedProxies::parse("10.0.0.0/40").is_err());
    }
}
