//! Under which date an article stands whose newest save is shown whether it is live or not: that of what is live, else that of what comes, else that of what was last. Pure.

use super::Publication;
use crate::kernel::instant::Instant;

/// A stretch of time in which that date is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The date; none if nothing was or will be published.
    pub published_at: Option<Instant>,
    /// Its first instant.
    pub from_at: Instant,
    /// The first instant after it.
    pub until_at: Instant,
}

/// The dates of an article, the first since ever and the last for ever. Without gaps, and no two neighbours alike.
///
/// A publication dates the article from the end of the one before until its own end, since it comes until it is there.
pub fn dated(history: &[Publication]) -> Vec<Dated> {
    let mut dated: Vec<Dated> = Vec::new();
    for publication in history.iter().filter(|p| p.cut_at > p.publish_at) {
        let from_at = dated.last().map_or(Instant::FIRST, |last| last.until_at);
        let published_at = Some(publication.published_at);
        match dated.last_mut().filter(|last| last.published_at == published_at) {
            Some(last) => last.until_at = publication.ends_at,
            None => dated.push(Dated { published_at, from_at, until_at: publication.ends_at }),
        }
    }
    match dated.last_mut() {
        Some(last) => last.until_at = Instant::NEVER,
        None => dated.push(Dated { published_at: None, from_at: Instant::FIRST, until_at: Instant::NEVER }),
    }
    dated
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Article, at, wanted};
    use super::super::{Wanted, restore, trash};
    use super::*;
    use crate::kernel::patch::Patch;

    fn told(article: &Article) -> Vec<(Option<i64>, i64)> {
        dated(&article.history).iter().map(|dated| (dated.published_at.map(Instant::millis), dated.until_at.millis())).collect()
    }

    #[test]
    fn what_was_never_published_has_no_date() {
        assert_eq!(told(&Article::with(&[])), [(None, i64::MAX)]);
    }

    #[test]
    fn what_comes_dates_an_article_until_it_has_ended_and_the_last_one_for_ever() {
        let mut article = Article::with(&[]);
        article.plan(Wanted { unpublish_at: Patch::Value(at(200)), ..wanted(Some(100)) }, 0).unwrap();
        let again = Wanted { unpublish_at: Patch::Value(at(400)), published_at: Some(at(300)), ..wanted(Some(300)) };
        article.plan(again, 0).unwrap();
        assert_eq!(told(&article), [(Some(100), 200), (Some(300), i64::MAX)]);
    }

    #[test]
    fn one_date_is_one_stretch_however_often_it_is_published() {
        let article = Article::with(&(0..1000).map(|start| start * 10).collect::<Vec<_>>());
        assert_eq!(told(&article), [(Some(0), i64::MAX)]);
    }

    #[test]
    fn what_passed_in_the_trash_dates_nothing() {
        let mut article = Article::with(&[100]);
        trash(&mut article.history, at(50));
        restore(&mut article.history, at(150));
        assert_eq!(told(&article), [(None, i64::MAX)]);
    }
}
