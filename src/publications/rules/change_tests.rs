//! The rules of changes as sentences (contract 2.4 and 2.7 to 2.10).

use super::tests::*;
use super::*;
use crate::kernel::patch::Patch;

mod rule_4 {
    use super::*;

    #[test]
    fn a_scheduled_one_changes_while_its_start_is_more_than_a_second_ahead() {
        let mut article = Article::with(&[9000]);
        assert_eq!(article.change(9000, moved(9500), 8000), Err(Refused::Starting));
        assert_eq!(article.cancel(9000, 8000), Err(Refused::Starting));
        article.change(9000, moved(9500), 7999).unwrap();
        article.cancel(9500, 8499).unwrap();
        assert!(article.history.is_empty());
    }

    #[test]
    fn of_a_live_one_only_the_end_changes() {
        let mut article = Article::with(&[5000]);
        let others = [
            moved(9000),
            Change { publish_at: Patch::Null, ..Change::default() },
            Change { revision: Patch::Value(7), ..Change::default() },
            Change { published_at: Patch::Value(at(1)), ..Change::default() },
            Change { minor: Some(true), ..Change::default() },
        ];
        for other in others {
            assert_eq!(article.change(5000, other, 6000), Err(Refused::AlreadyLive));
        }
        article.change(5000, ending(7000), 6000).unwrap();
        assert_eq!(article.of(5000).ends_at, at(7000));
        article.change(5000, Change { unpublish_at: Patch::Null, ..Change::default() }, 6000).unwrap();
        assert_eq!(article.of(5000).ends_at, Instant::NEVER);
    }

    #[test]
    fn what_a_live_one_is_already_may_be_said_again() {
        let mut article = Article::with(&[5000]);
        let same = Change { revision: Patch::Null, minor: Some(false), published_at: Patch::Null, ..moved(5000) };
        article.change(5000, same, 6000).unwrap();
        assert_eq!(article.of(5000).version, 1);
    }

    #[test]
    fn an_end_at_most_a_second_old_counts_as_now() {
        let mut article = Article::with(&[5000]);
        assert_eq!(article.change(5000, ending(6999), 8000), Err(Refused::PastIsHistory));
        article.change(5000, ending(7000), 8000).unwrap();
        assert_eq!(article.of(5000).ends_at, at(8000));
    }

    #[test]
    fn the_end_of_one_that_is_over_is_history() {
        let mut article = Article::with(&[5000, 7000]);
        assert_eq!(article.change(5000, ending(9000), 8000), Err(Refused::PastIsHistory));
    }

    #[test]
    fn one_that_began_is_never_deleted() {
        let mut article = Article::with(&[5000]);
        assert_eq!(article.cancel(5000, 5000), Err(Refused::AlreadyLive));
    }

    #[test]
    fn a_missing_field_of_a_patch_stays_as_it_is() {
        let mut article = Article::with(&[]);
        let first = Wanted {
            unpublish_at: Patch::Value(at(9000)),
            published_at: Some(at(1)),
            minor: true,
            revision: Some(1),
            ..wanted(Some(5000))
        };
        article.plan(first, 0).unwrap();
        let before = article.of(5000).clone();
        article.change(5000, Change::default(), 0).unwrap();
        assert_eq!(*article.of(5000), before);
        article.change(5000, moved(6000), 0).unwrap();
        let after = article.of(6000);
        assert_eq!((after.unpublish_at, after.published_at, after.minor), (at(9000), at(1), true));
        assert_eq!((after.revision, after.follows_newest, after.version), (1, false, 2));
    }

    #[test]
    fn null_means_no_end_the_newest_save_now_and_the_usual_date() {
        let mut article = Article::with(&[]);
        let first = Wanted { unpublish_at: Patch::Value(at(9000)), published_at: Some(at(1)), revision: Some(1), ..wanted(Some(5000)) };
        article.plan(first, 0).unwrap();
        article.newest = 3;
        let nothing = Change {
            publish_at: Patch::Null,
            unpublish_at: Patch::Null,
            revision: Patch::Null,
            published_at: Patch::Null,
            ..Change::default()
        };
        article.change(5000, nothing, 2000).unwrap();
        let after = article.of(2000);
        assert_eq!((after.unpublish_at, after.published_at), (Instant::NEVER, at(2000)));
        assert_eq!((after.revision, after.follows_newest), (3, true));
    }

    #[test]
    fn a_moved_one_still_ends_after_its_start() {
        let mut article = Article::with(&[]);
        article.plan(Wanted { unpublish_at: Patch::Value(at(9000)), ..wanted(Some(5000)) }, 0).unwrap();
        assert_eq!(article.change(5000, moved(9000), 0), Err(Refused::Dates(vec![WrongDate::EndBeforeStart])));
    }

    #[test]
    fn one_that_the_article_does_not_have_is_unknown() {
        let mut article = Article::with(&[5000]);
        assert_eq!(cancel(&mut article.history, PublicationId::new(), Way::Alone, at(0)), Err(Refused::Unknown));
    }
}

mod rules_7_and_8 {
    use super::*;

    #[test]
    fn a_missing_revision_takes_the_newest_save_and_follows_it() {
        let mut article = Article::with(&[]);
        article.newest = 4;
        article.plan(wanted(Some(9000)), 0).unwrap();
        assert_eq!((article.of(9000).revision, article.of(9000).follows_newest), (4, true));
        article.save(7999);
        assert_eq!(article.of(9000).revision, 5);
    }

    #[test]
    fn it_follows_until_one_second_before_its_start() {
        let mut article = Article::with(&[9000]);
        article.save(8000);
        assert_eq!(article.of(9000).revision, 1);
    }

    #[test]
    fn a_pinned_one_follows_nothing() {
        let mut article = Article::with(&[]);
        article.plan(Wanted { revision: Some(1), ..wanted(Some(9000)) }, 0).unwrap();
        article.save(0);
        assert_eq!(article.of(9000).revision, 1);
    }

    #[test]
    fn a_save_never_changes_what_is_live_or_was() {
        let mut article = Article::with(&[5000, 6000]);
        article.save(7000);
        assert_eq!([5000, 6000].map(|start| article.of(start).revision), [1, 1]);
    }
}

mod rule_9 {
    use super::*;

    #[test]
    fn the_one_in_force_ends_and_what_starts_then_or_later_is_cancelled_also_in_its_last_second() {
        let mut article = Article::with(&[5000, 8001, 9000]);
        article.unpublish(None, false, 8000).unwrap();
        assert_eq!(article.starts(), [5000]);
        assert_eq!([7999, 8000].map(|then| article.live(then)), [Some(5000), None]);
    }

    #[test]
    fn what_is_scheduled_stays_if_that_is_said() {
        let mut article = Article::with(&[5000, 9000]);
        article.unpublish(None, true, 8000).unwrap();
        assert_eq!([8999, 9000].map(|then| article.live(then)), [None, Some(9000)]);
    }

    #[test]
    fn what_starts_before_that_instant_stays_and_is_what_ends() {
        let mut article = Article::with(&[5000, 9000, 20_000]);
        let ended = article.unpublish(Some(15_000), false, 8000);
        assert_eq!(ended, Ok(article.id(9000)));
        assert_eq!(article.starts(), [5000, 9000]);
        assert_eq!([8999, 9000, 14_999, 15_000].map(|then| article.live(then)), [Some(5000), Some(9000), Some(9000), None]);
    }

    #[test]
    fn where_nothing_is_in_force_then_it_is_refused() {
        let mut article = Article::with(&[5000]);
        assert_eq!(article.unpublish(None, false, 4000), Err(Refused::NotLive));
        assert_eq!(article.starts(), [5000]);
    }

    #[test]
    fn an_instant_more_than_a_second_old_is_history() {
        let mut article = Article::with(&[5000]);
        assert_eq!(article.unpublish(Some(6999), false, 8000), Err(Refused::PastIsHistory));
        article.unpublish(Some(7000), false, 8000).unwrap();
        assert_eq!(article.of(5000).ends_at, at(8000));
    }

    #[test]
    fn a_reason_is_set_and_cleared_on_the_last_one_that_began_once_it_has_ended() {
        let mut article = Article::with(&[5000, 6000, 20_000]);
        assert_eq!(article.withdraw(6000, Some("wrong"), 7000), Err(Refused::NotEnded));
        article.unpublish(None, true, 7000).unwrap();
        assert_eq!(article.withdraw(5000, Some("wrong"), 8000), Err(Refused::NotEnded));
        assert_eq!(article.withdraw(20_000, Some("wrong"), 8000), Err(Refused::NotEnded));
        article.withdraw(6000, Some("wrong"), 8000).unwrap();
        assert_eq!(article.of(6000).withdrawn_reason.as_deref(), Some("wrong"));
        article.withdraw(6000, None, 8000).unwrap();
        assert_eq!(article.of(6000).withdrawn_reason, None);
    }
}

mod rule_10 {
    use super::*;

    #[test]
    fn trashing_ends_the_one_in_force_and_one_whose_start_passes_then_never_begins() {
        let mut article = Article::with(&[5000, 9000]);
        trash(&mut article.history, at(6000));
        assert_eq!([5999, 6000, 9000].map(|then| article.live(then)), [Some(5000), None, None]);
        restore(&mut article.history, at(10_000));
        assert!(!has_begun(article.of(9000), at(10_000)));
        assert_eq!(article.live(10_000), None);
    }

    #[test]
    fn restoring_puts_nothing_before_the_public_and_schedules_again_what_lies_ahead() {
        let mut article = Article::with(&[5000, 9000]);
        trash(&mut article.history, at(6000));
        restore(&mut article.history, at(7000));
        assert_eq!([7000, 8999, 9000].map(|then| article.live(then)), [None, None, Some(9000)]);
    }
}
