//! Adding and changing users.

use dateline::audit::store::Actor;
use dateline::auth::password::hash_here;
use dateline::auth::service::reset_password_in;
use dateline::kernel::caller::{Rights, Role};
use dateline::kernel::page::{CursorKey, Limit, Page};
use dateline::kernel::problem::Code;
use dateline::kernel::version::Expected;
use dateline::users::dto::{EditorUser, UserPatch};
use dateline::users::service as users;

use super::desk::{ADMIN, ELSEWHERE, PASSWORD, code, refused};
use super::each_engine;

fn role(role: Role) -> UserPatch {
    UserPatch { role: Some(role), ..UserPatch::default() }
}

fn active(active: bool) -> UserPatch {
    UserPatch { active: Some(active), ..UserPatch::default() }
}

each_engine! {
    async fn an_email_is_one_account_however_it_is_written(desk: Desk) {
        desk.add("Zoë@Example.org", Role::Editor).await.unwrap();
        for same in ["zoë@example.org", "ZOË@EXAMPLE.ORG", " zoe\u{308}@example.org"] {
            assert_eq!(code(&refused(desk.add(same, Role::Author).await)), Code::EmailTaken, "{same}");
        }
        for wrong in ["zoe", "@example.org", "zoe@", "a@b@c", "a b@example.org", "a\u{7}@example.org", ""] {
            assert_eq!(code(&refused(desk.add(wrong, Role::Author).await)), Code::Invalid, "{wrong}");
        }
    }
}

each_engine! {
    async fn of_many_at_once_one_gets_the_email(desk: Desk) {
        let add = || desk.add("twice@example.org", Role::Author);
        let (a, b, c, d) = tokio::join!(add(), add(), add(), add());
        let outcomes = [a, b, c, d];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).all(|problem| code(problem) == Code::EmailTaken));
    }
}

each_engine! {
    async fn a_role_counts_as_it_is_at_the_request(desk: Desk) {
        let user = desk.add("editor@example.org", Role::Editor).await.unwrap();
        let tokens = desk.auth.login("editor@example.org", PASSWORD, ELSEWHERE).await.unwrap();
        assert_eq!(desk.caller(&tokens).await.unwrap().rights, Rights::Role(Role::Editor));
        desk.change(user.id, role(Role::Author)).await.unwrap();
        assert_eq!(desk.caller(&tokens).await.unwrap().rights, Rights::Role(Role::Author));
    }
}

each_engine! {
    async fn who_is_deactivated_is_out_at_once_and_stays_so_when_back(desk: Desk) {
        let user = desk.add("editor@example.org", Role::Editor).await.unwrap();
        let login = || desk.auth.login("editor@example.org", PASSWORD, ELSEWHERE);
        let tokens = login().await.unwrap();
        desk.change(user.id, active(false)).await.unwrap();
        assert!(desk.is_refused(&tokens).await);
        assert_eq!(code(&refused(desk.auth.refresh(&tokens.refresh_token, ELSEWHERE).await)), Code::InvalidRefreshToken);
        assert_eq!(code(&refused(login().await)), Code::InvalidCredentials);
        desk.change(user.id, active(true)).await.unwrap();
        assert!(desk.is_refused(&tokens).await);
        assert_eq!(code(&refused(desk.auth.refresh(&tokens.refresh_token, ELSEWHERE).await)), Code::InvalidRefreshToken);
        assert!(login().await.is_ok());
    }
}

each_engine! {
    async fn the_last_admin_cannot_be_lost(desk: Desk) {
        for patch in [role(Role::Editor), active(false)] {
            assert_eq!(code(&refused(desk.change(desk.admin, patch).await)), Code::LastAdmin);
        }
        let second = desk.add("second@example.org", Role::Admin).await.unwrap();
        // Each takes away the other at the same time: one of them is left.
        let (a, b) = tokio::join!(desk.change(desk.admin, role(Role::Author)), desk.change(second.id, active(false)));
        assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
        assert!([a.err(), b.err()].iter().flatten().all(|problem| code(problem) == Code::LastAdmin));
    }
}

each_engine! {
    async fn a_change_counts_once_and_only_if_it_changes_something(desk: Desk) {
        let user = desk.add("editor@example.org", Role::Editor).await.unwrap();
        assert_eq!(desk.change(user.id, role(Role::Editor)).await.unwrap().version, 1);
        assert_eq!(desk.change(user.id, role(Role::Author)).await.unwrap().version, 2);
        let stale = desk.db.write(move |tx| users::update_in(tx, &Actor::COMMAND, user.id, &Expected::OneOf(vec![1]), active(false))).await;
        assert_eq!(code(&refused(stale)), Code::PreconditionFailed);
        assert_eq!(code(&refused(desk.change(dateline::kernel::id::UserId::new(), active(false)).await)), Code::NotFound);
    }
}

each_engine! {
    async fn a_password_set_by_command_ends_every_session(desk: Desk) {
        let (tokens, id) = (desk.login().await, desk.admin);
        let hash = hash_here("set by command").unwrap();
        desk.db.write(move |tx| reset_password_in(tx, id, &hash, false)).await.unwrap();
        assert!(desk.is_refused(&tokens).await);
        assert!(desk.auth.login(ADMIN, "set by command", ELSEWHERE).await.is_ok());
    }
}

each_engine! {
    async fn users_are_listed_in_pages_both_ways(desk: Desk) {
        for nth in 0..6 {
            desk.clock.advance_ms(i64::from(nth % 2));
            desk.add(&format!("user{nth}@example.org"), Role::Author).await.unwrap();
        }
        let (key, two) = (CursorKey::new([7; 32]), Limit::new(2).unwrap());
        let emails = |page: &Page<EditorUser>| page.items.iter().map(|user| user.email.clone()).collect::<Vec<_>>();
        let mut page = users::list(&desk.db, &key, two, None).await.unwrap();
        assert_eq!((emails(&page), &page.previous), (vec![ADMIN.to_owned(), "user0@example.org".to_owned()], &None));
        let mut seen = vec![emails(&page)];
        while let Some(next) = &page.next {
            page = users::list(&desk.db, &key, two, Some(next)).await.unwrap();
            seen.push(emails(&page));
        }
        assert_eq!(seen.concat().len(), 7);
        for before in seen.iter().rev().skip(1) {
            page = users::list(&desk.db, &key, two, page.previous.as_deref()).await.unwrap();
            assert_eq!(emails(&page), *before);
        }
        assert_eq!(page.previous, None);
        assert_eq!(code(&refused(users::list(&desk.db, &key, two, Some("cursor")).await)), Code::InvalidCursor);
    }
}
