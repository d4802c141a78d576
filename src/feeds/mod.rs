//! What feed readers, search engines and static builds fetch: feeds, sitemaps, every path of the site. All of it shows what is live, as of an instant, as lists do.

mod atom;
pub mod delivery;
pub mod dto;
mod json;
pub mod reads;
mod rss;
mod sitemaps;
mod xml;
