//! Sitemaps (sitemaps.org, and Google's for news) as they are written.

use super::xml::Xml;
use crate::articles::reads::Standing;

/// The most addresses of a file.
pub(super) const MOST: u32 = 50_000;

const SITEMAP: (&str, &str) = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");
const NEWS: (&str, &str) = ("xmlns:news", "http://www.google.com/schemas/sitemap-news/0.9");

/// The index of files at these addresses.
pub(super) fn index(addresses: impl Iterator<Item = String>) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("sitemapindex", &[SITEMAP]);
    for address in addresses {
        xml.open("sitemap", &[]);
        xml.text("loc", &address);
        xml.close("sitemap");
    }
    xml.close("sitemapindex");
    xml.end()
}

/// The beginning of a file.
pub(super) fn begin() -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("urlset", &[SITEMAP]);
    xml.end()
}

/// Some of its articles.
pub(super) fn part(site_url: &str, standings: &[Standing]) -> Vec<u8> {
    let mut xml = Xml::within();
    for standing in standings.iter().filter(|standing| standing.is_indexed) {
        xml.open("url", &[]);
        xml.text("loc", &format!("{site_url}{}", standing.path));
        xml.text("lastmod", &standing.updated_at.to_string());
        xml.close("url");
    }
    xml.end()
}

/// Its end.
pub(super) fn end() -> Vec<u8> {
    let mut xml = Xml::within();
    xml.close("urlset");
    xml.end()
}

/// A file of addresses that no date goes with.
pub(super) fn plain(addresses: impl Iterator<Item = String>) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("urlset", &[SITEMAP]);
    for address in addresses {
        xml.open("url", &[]);
        xml.text("loc", &address);
        xml.close("url");
    }
    xml.close("urlset");
    xml.end()
}

/// A language as Google has it: two or three letters, Chinese aside.
fn language(locale: &str) -> String {
    let locale = locale.to_ascii_lowercase();
    let is_whole = matches!(locale.as_str(), "zh-cn" | "zh-tw");
    let first = locale.split('-').next().map(str::to_owned);
    if is_whole { locale } else { first.unwrap_or(locale) }
}

/// The sitemap of the news, each with its language.
pub(super) fn news((name, url): (&str, &str), news: &[(String, Standing)]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("urlset", &[SITEMAP, NEWS]);
    for (locale, standing) in news {
        xml.open("url", &[]);
        xml.text("loc", &format!("{url}{}", standing.path));
        xml.open("news:news", &[]);
        xml.open("news:publication", &[]);
        xml.text("news:name", name);
        xml.text("news:language", &language(locale));
        xml.close("news:publication");
        xml.text("news:publication_date", &standing.published_at.to_string());
        xml.text("news:title", &standing.title);
        xml.close("news:news");
        xml.close("url");
    }
    xml.close("urlset");
    xml.end()
}
