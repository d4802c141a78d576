//! The rules as sentences, in the order of the contract (section 2); those of changes are in `change_tests`. Instants are milliseconds.

use super::*;
use crate::kernel::patch::Patch;

pub(super) fn at(millis: i64) -> Instant {
    Instant::from_millis(millis).unwrap()
}

/// A publication from `start` on, or from now on.
pub(super) fn wanted(start: Option<i64>) -> Wanted {
    Wanted {
        article_id: ArticleId::new(),
        publish_at: start.map(at),
        unpublish_at: Patch::Absent,
        revision: None,
        published_at: None,
        minor: false,
        time_zone: None,
        publish_at_local: None,
        unpublish_at_local: None,
        created_by: UserId::new(),
        base_revision: None,
        embargo_until: None,
        override_embargo: false,
        release_id: None,
    }
}

/// An article's history, and which save is the newest.
pub(super) struct Article {
    pub(super) history: Vec<Publication>,
    pub(super) newest: i64,
}

impl Article {
    /// One with publications from `starts` on, planned at 0.
    pub(super) fn with(starts: &[i64]) -> Self {
        let mut article = Self { history: Vec::new(), newest: 1 };
        for start in starts {
            article.plan(wanted(Some(*start)), 0).unwrap();
        }
        article
    }

    pub(super) fn plan(&mut self, wanted: Wanted, now: i64) -> Result<PublicationId, Refused> {
        Ok(match schedule(&mut self.history, wanted, self.newest, at(now))? {
            Scheduled::Added(id) | Scheduled::InForceAlready(id) => id,
        })
    }

    pub(super) fn id(&self, start: i64) -> PublicationId {
        self.of(start).id
    }

    pub(super) fn of(&self, start: i64) -> &Publication {
        self.history.iter().find(|p| p.publish_at == at(start)).unwrap()
    }

    pub(super) fn change(&mut self, start: i64, wanted: Change, now: i64) -> Result<(), Refused> {
        let id = self.id(start);
        change(&mut self.history, id, wanted, self.newest, at(now))
    }

    pub(super) fn cancel(&mut self, start: i64, now: i64) -> Result<(), Refused> {
        let id = self.id(start);
        cancel(&mut self.history, id, Way::Alone, at(now))
    }

    pub(super) fn unpublish(&mut self, then: Option<i64>, keep_scheduled: bool, now: i64) -> Result<PublicationId, Refused> {
        unpublish(&mut self.history, TakeDown { at: then.map(at), at_local: None, withdrawn_reason: None, keep_scheduled }, at(now))
    }

    pub(super) fn withdraw(&mut self, start: i64, reason: Option<&str>, now: i64) -> Result<(), Refused> {
        let id = self.id(start);
        set_withdrawn(&mut self.history, id, reason.map(str::to_owned), at(now))
    }

    pub(super) fn save(&mut self, now: i64) {
        self.newest += 1;
        follow(&mut self.history, self.newest, at(now));
    }

    /// The start of the one in force.
    pub(super) fn live(&self, then: i64) -> Option<i64> {
        in_force(&self.history, at(then)).map(|p| p.publish_at.millis())
    }

    pub(super) fn state(&self, start: i64, then: i64) -> State {
        state(self.of(start), at(then))
    }

    pub(super) fn starts(&self) -> Vec<i64> {
        self.history.iter().map(|p| p.publish_at.millis()).collect()
    }
}

pub(super) fn moved(start: i64) -> Change {
    Change { publish_at: Patch::Value(at(start)), ..Change::default() }
}

pub(super) fn ending(end: i64) -> Change {
    Change { unpublish_at: Patch::Value(at(end)), ..Change::default() }
}

mod rule_1 {
    use super::*;

    #[test]
    fn the_one_with_the_greatest_start_that_has_passed_is_in_force() {
        let article = Article::with(&[5000, 9000, 7000]);
        assert_eq!(
            [4999, 5000, 6999, 7000, 8999, 9000, 90_000].map(|then| article.live(then)),
            [None, Some(5000), Some(5000), Some(7000), Some(7000), Some(9000), Some(9000)]
        );
    }

    #[test]
    fn once_it_has_ended_nothing_is_live_though_an_earlier_one_has_no_end() {
        let mut article = Article::with(&[5000]);
        article.plan(Wanted { unpublish_at: Patch::Value(at(8000)), ..wanted(Some(7000)) }, 0).unwrap();
        assert_eq!([7999, 8000].map(|then| article.live(then)), [Some(7000), None]);
    }
}

mod rule_2 {
    use super::*;

    #[test]
    fn a_missing_end_is_that_of_the_one_that_it_replaces() {
        let mut article = Article::with(&[]);
        article.plan(Wanted { unpublish_at: Patch::Value(at(9000)), ..wanted(Some(5000)) }, 0).unwrap();
        article.newest = 2;
        let correction = article.plan(wanted(None), 6000).unwrap();
        assert_eq!(article.of(6000).unpublish_at, at(9000));
        assert_eq!(article.of(6000).id, correction);
    }

    #[test]
    fn a_missing_end_is_decided_when_it_is_created() {
        let mut article = Article::with(&[]);
        article.plan(Wanted { unpublish_at: Patch::Value(at(9000)), ..wanted(Some(5000)) }, 0).unwrap();
        article.plan(wanted(Some(6000)), 0).unwrap();
        article.change(5000, Change { unpublish_at: Patch::Null, ..Change::default() }, 0).unwrap();
        assert_eq!(article.of(6000).unpublish_at, at(9000));
    }

    #[test]
    fn a_missing_end_is_none_where_what_it_replaces_has_none_or_ends_before() {
        let mut article = Article::with(&[5000, 6000]);
        assert_eq!(article.of(6000).unpublish_at, Instant::NEVER);
        article.plan(Wanted { unpublish_at: Patch::Value(at(8000)), ..wanted(Some(7000)) }, 0).unwrap();
        article.plan(wanted(Some(8000)), 0).unwrap();
        assert_eq!(article.of(8000).unpublish_at, Instant::NEVER);
    }

    #[test]
    fn null_is_no_end_whatever_it_replaces() {
        let mut article = Article::with(&[]);
        article.plan(Wanted { unpublish_at: Patch::Value(at(9000)), ..wanted(Some(5000)) }, 0).unwrap();
        article.plan(Wanted { unpublish_at: Patch::Null, ..wanted(Some(6000)) }, 0).unwrap();
        assert_eq!(article.live(90_000), Some(6000));
    }

    #[test]
    fn an_end_not_after_its_start_is_refused() {
        let mut article = Article::with(&[]);
        let wanted = Wanted { unpublish_at: Patch::Value(at(5000)), ..wanted(Some(5000)) };
        assert_eq!(article.plan(wanted, 0), Err(Refused::Dates(vec![WrongDate::EndBeforeStart])));
        assert!(article.history.is_empty());
    }

    #[test]
    fn two_never_share_a_start() {
        let mut article = Article::with(&[5000, 9000]);
        let first = article.id(5000);
        assert_eq!(article.plan(wanted(Some(5000)), 0), Err(Refused::InstantTaken(first, at(5000))));
        assert_eq!(article.change(9000, moved(5000), 0), Err(Refused::InstantTaken(first, at(5000))));
    }

    #[test]
    fn a_now_on_a_taken_millisecond_takes_the_next() {
        let mut article = Article::with(&[5000, 5001]);
        article.newest = 2;
        article.plan(wanted(None), 5000).unwrap();
        assert_eq!(article.starts(), [5000, 5001, 5002]);
    }

    #[test]
    fn publishing_now_what_is_in_force_adds_nothing_unless_a_date_is_given() {
        let mut article = Article::with(&[5000]);
        let live = article.id(5000);
        assert_eq!(article.plan(wanted(None), 6000), Ok(live));
        article.plan(Wanted { unpublish_at: Patch::Null, ..wanted(None) }, 6000).unwrap();
        article.plan(Wanted { published_at: Some(at(1)), ..wanted(None) }, 7000).unwrap();
        assert_eq!(article.starts(), [5000, 6000, 7000]);
    }
}

mod rule_3 {
    use super::*;

    #[test]
    fn it_is_scheduled_live_and_replaced_by_the_next() {
        let article = Article::with(&[5000, 7000]);
        let states = [4999, 5000, 6999, 7000].map(|then| article.state(5000, then));
        assert_eq!(states, [State::Scheduled, State::Live, State::Live, State::Replaced]);
    }

    #[test]
    fn it_ended_by_its_end_also_if_the_next_starts_then() {
        let mut article = Article::with(&[]);
        article.plan(Wanted { unpublish_at: Patch::Value(at(7000)), ..wanted(Some(5000)) }, 0).unwrap();
        article.plan(wanted(Some(7000)), 0).unwrap();
        assert_eq!(article.state(5000, 7000), State::Ended);
    }

    #[test]
    fn it_ended_by_trashing_or_because_its_start_passed_in_the_trash() {
        let mut article = Article::with(&[5000, 9000]);
        trash(&mut article.history, at(6000));
        assert_eq!([5999, 6000].map(|then| article.state(5000, then)), [State::Live, State::Ended]);
        assert_eq!([8999, 9000].map(|then| article.state(9000, then)), [State::Scheduled, State::Ended]);
    }
}

mod rule_5 {
    use super::*;

    #[test]
    fn a_start_in_the_past_is_later_than_every_start_that_has_passed() {
        let mut article = Article::with(&[5000, 20_000]);
        article.newest = 2;
        assert_eq!(article.plan(wanted(Some(4000)), 9000), Err(Refused::PastIsHistory));
        assert_eq!(article.change(20_000, moved(4000), 9000), Err(Refused::PastIsHistory));
        article.plan(wanted(Some(6000)), 9000).unwrap();
        assert_eq!([5999, 6000, 9000].map(|then| article.live(then)), [Some(5000), Some(6000), Some(6000)]);
    }

    #[test]
    fn a_start_that_passed_in_the_trash_has_passed() {
        let mut article = Article::with(&[5000]);
        trash(&mut article.history, at(1000));
        restore(&mut article.history, at(6000));
        assert_eq!(article.plan(wanted(Some(4000)), 7000), Err(Refused::PastIsHistory));
    }

    #[test]
    fn one_whose_end_has_passed_too_is_not_in_force() {
        let mut article = Article::with(&[]);
        article.plan(Wanted { unpublish_at: Patch::Value(at(6000)), ..wanted(Some(5000)) }, 9000).unwrap();
        assert_eq!([5999, 6000, 9000].map(|then| article.live(then)), [Some(5000), None, None]);
    }

    #[test]
    fn missing_means_now() {
        let mut article = Article::with(&[]);
        article.plan(wanted(None), 9000).unwrap();
        assert_eq!([8999, 9000].map(|then| article.live(then)), [None, Some(9000)]);
    }
}

mod rule_6 {
    use super::*;

    #[test]
    fn the_date_for_readers_is_as_given_or_that_before_or_the_first_start() {
        let mut article = Article::with(&[5000, 6000]);
        article.plan(Wanted { published_at: Some(at(1)), ..wanted(Some(7000)) }, 0).unwrap();
        article.plan(wanted(Some(8000)), 0).unwrap();
        let dates = [5000, 6000, 7000, 8000].map(|start| article.of(start).published_at.millis());
        assert_eq!(dates, [5000, 5000, 1, 1]);
    }

    #[test]
    fn it_is_worked_out_anew_while_it_is_scheduled() {
        let mut article = Article::with(&[5000, 6000]);
        article.change(5000, moved(5500), 0).unwrap();
        assert_eq!(article.of(6000).published_at, at(5500));
        article.cancel(5500, 0).unwrap();
        assert_eq!(article.of(6000).published_at, at(6000));
    }

    #[test]
    fn one_whose_start_passed_in_the_trash_gives_no_date() {
        let mut article = Article::with(&[5000]);
        trash(&mut article.history, at(1000));
        restore(&mut article.history, at(6000));
        article.plan(wanted(Some(7000)), 6000).unwrap();
        assert_eq!(article.of(7000).published_at, at(7000));
    }

    #[test]
    fn it_is_never_after_the_start() {
        let mut article = Article::with(&[9000]);
        let later = Wanted { published_at: Some(at(5001)), ..wanted(Some(5000)) };
        assert_eq!(article.plan(later, 0), Err(Refused::Dates(vec![WrongDate::PublishedAfterStart])));
        article.plan(Wanted { published_at: Some(at(5000)), ..wanted(Some(5000)) }, 0).unwrap();
        assert_eq!(article.change(5000, moved(4000), 0), Err(Refused::Dates(vec![WrongDate::PublishedAfterStart])));
    }

    #[test]
    fn a_comma_keeps_the_date_of_the_last_change() {
        let mut article = Article::with(&[5000, 6000]);
        article.plan(Wanted { minor: true, ..wanted(Some(7000)) }, 0).unwrap();
        article.plan(Wanted { minor: true, ..wanted(Some(8000)) }, 0).unwrap();
        let dates = [5000, 6000, 7000, 8000].map(|start| article.of(start).updated_at.millis());
        assert_eq!(dates, [5000, 6000, 6000, 6000]);
        let mut first = Article::with(&[]);
        first.plan(Wanted { minor: true, ..wanted(Some(5000)) }, 0).unwrap();
        assert_eq!(first.of(5000).updated_at, at(5000));
    }
}

mod rule_11 {
    use super::*;

    #[test]
    fn an_article_holds_what_its_scheduled_and_its_begun_publications_show() {
        let mut article = Article::with(&[]);
        for (revision, start) in [(1, 5000), (2, 6000), (3, 9000), (4, 20_000)] {
            article.plan(Wanted { revision: Some(revision), ..wanted(Some(start)) }, 0).unwrap();
        }
        trash(&mut article.history, at(8000));
        restore(&mut article.history, at(10_000));
        let held = |then| holding(&article.history, at(then)).collect::<Vec<i64>>();
        assert_eq!(held(8999), [1, 2, 3, 4]);
        assert_eq!(held(10_000), [1, 2, 4], "one whose start passed in the trash holds nothing");
    }
}
