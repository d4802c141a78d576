//! Logins and their limits, refresh tokens, passwords, keys.

use std::time::Duration;

use dateline::auth::attempts::{FAILURES_AN_ACCOUNT, FAILURES_AN_ADDRESS};
use dateline::auth::dto::PasswordChange;
use dateline::auth::service::rotate_in;
use dateline::kernel::problem::Code;
use futures_util::FutureExt;

use super::desk::{ADMIN, ELSEWHERE, PASSWORD, code, refused, retry_after};
use super::each_engine;

fn change(current: &str, new: &str) -> PasswordChange {
    PasswordChange { current_password: current.to_owned(), new_password: new.to_owned() }
}

each_engine! {
    async fn a_login_gives_tokens_that_name_the_user(desk: Desk) {
        let tokens = desk.auth.login(" Admin@EXAMPLE.org ", PASSWORD, ELSEWHERE).await.unwrap();
        assert_eq!((tokens.token_type, tokens.expires_in, tokens.user.email.as_str()), ("Bearer", 900, ADMIN));
        let caller = desk.caller(&tokens).await.unwrap();
        assert_eq!(caller.user_id, desk.admin);
        assert_eq!(desk.auth.me(&caller).await.unwrap().id, desk.admin);
        desk.minutes(15);
        assert!(desk.is_refused(&tokens).await);
    }
}

each_engine! {
    async fn unknown_users_and_wrong_passwords_are_answered_alike(desk: Desk) {
        let unknown = refused(desk.auth.login("nobody@example.org", PASSWORD, ELSEWHERE).await);
        let wrong = refused(desk.auth.login(ADMIN, "wrong password", ELSEWHERE).await);
        assert_eq!(code(&unknown), Code::InvalidCredentials);
        assert_eq!((code(&unknown), unknown.detail(), unknown.headers()), (code(&wrong), wrong.detail(), wrong.headers()));
        // 1,024 characters of two bytes each: refused before anything is hashed.
        assert_eq!(code(&refused(desk.auth.login(ADMIN, &"é".repeat(1024), ELSEWHERE).await)), Code::Invalid);
    }
}

each_engine! {
    async fn an_account_takes_ten_failures_in_a_quarter_of_an_hour(desk: Desk) {
        for nth in 1..=FAILURES_AN_ACCOUNT {
            assert_eq!(desk.fail(ADMIN, &format!("203.0.113.{nth}")).await, Code::InvalidCredentials);
            desk.clock.advance_ms(1000);
        }
        let limited = refused(desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await);
        assert_eq!((code(&limited), retry_after(&limited)), (Code::TooManyRequests, 890));
        // Spelling it otherwise helps nobody, and an unknown account is limited alike.
        assert_eq!(code(&refused(desk.auth.login("ADMIN@example.org", PASSWORD, ELSEWHERE).await)), Code::TooManyRequests);
        // One that is refused by the limit is no failure: the first one passes after a quarter of an hour.
        desk.clock.advance_ms(889_999);
        assert_eq!(desk.fail(ADMIN, ELSEWHERE).await, Code::TooManyRequests);
        desk.clock.advance_ms(1);
        assert!(desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await.is_ok());
    }
}

each_engine! {
    async fn nobody_is_locked_out_of_where_they_logged_in_before(desk: Desk) {
        desk.auth.login(ADMIN, PASSWORD, "192.0.2.1").await.unwrap();
        for nth in 0..FAILURES_AN_ACCOUNT + 3 {
            desk.fail(ADMIN, &format!("203.0.113.{nth}")).await;
        }
        assert_eq!(desk.fail(ADMIN, ELSEWHERE).await, Code::TooManyRequests);
        assert!(desk.auth.login(ADMIN, PASSWORD, "192.0.2.1").await.is_ok());
    }
}

each_engine! {
    async fn an_address_takes_thirty_failures_over_all_accounts(desk: Desk) {
        for nth in 0..FAILURES_AN_ADDRESS {
            assert_eq!(desk.fail(&format!("nobody{nth}@example.org"), ELSEWHERE).await, Code::InvalidCredentials);
        }
        assert_eq!(code(&refused(desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await)), Code::TooManyRequests);
        assert!(desk.auth.login(ADMIN, PASSWORD, "203.0.113.10").await.is_ok());
        desk.minutes(15);
        assert!(desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await.is_ok());
    }
}

each_engine! {
    async fn a_colleague_at_the_same_address_keeps_nobody_out(desk: Desk) {
        desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await.unwrap();
        for nth in 0..=FAILURES_AN_ADDRESS {
            desk.fail(&format!("nobody{nth}@example.org"), ELSEWHERE).await;
        }
        assert_eq!(desk.fail("nobody@example.org", ELSEWHERE).await, Code::TooManyRequests);
        assert!(desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await.is_ok());
    }
}

each_engine! {
    async fn an_account_takes_ten_failures_where_it_is_known(desk: Desk) {
        desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await.unwrap();
        for _ in 0..FAILURES_AN_ACCOUNT {
            assert_eq!(desk.fail(ADMIN, ELSEWHERE).await, Code::InvalidCredentials);
        }
        assert_eq!(code(&refused(desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await)), Code::TooManyRequests);
        // They count neither for others there nor for the account elsewhere.
        assert_eq!(desk.fail("nobody@example.org", ELSEWHERE).await, Code::InvalidCredentials);
        assert!(desk.auth.login(ADMIN, PASSWORD, "192.0.2.7").await.is_ok());
    }
}

each_engine! {
    async fn attempts_at_the_same_time_do_not_pass_the_limit(desk: Desk) {
        let attempts = (0..16).map(|nth| {
            let (auth, address) = (desk.auth.clone(), format!("198.51.100.{nth}"));
            tokio::spawn(async move { code(&refused(auth.login(ADMIN, "wrong password", &*address).await)) })
        });
        let attempts: Vec<_> = attempts.collect();
        let mut looked_at = 0;
        for attempt in attempts {
            looked_at += usize::from(attempt.await.unwrap() == Code::InvalidCredentials);
        }
        assert_eq!(looked_at, FAILURES_AN_ACCOUNT);
    }
}

each_engine! {
    async fn who_hangs_up_is_counted_all_the_same(desk: Desk) {
        let hung_up = desk.auth.login(ADMIN, "wrong password", ELSEWHERE).now_or_never();
        assert!(hung_up.is_none());
        let counted = async {
            while desk.failures_of(ADMIN).await == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), counted).await.unwrap();
    }
}

each_engine! {
    async fn a_flood_of_strangers_keeps_nobody_out_who_is_known(desk: Desk) {
        desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await.unwrap();
        let strangers: Vec<_> = (0..40)
            .map(|nth| {
                let auth = desk.auth.clone();
                tokio::spawn(async move { code(&refused(auth.login(&format!("nobody{nth}@example.org"), PASSWORD, &*format!("198.51.100.{nth}")).await)) })
            })
            .collect();
        tokio::task::yield_now().await;
        assert!(desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await.is_ok());
        let mut sent_away = 0;
        for stranger in strangers {
            sent_away += usize::from(stranger.await.unwrap() == Code::TooManyRequests);
        }
        assert!(sent_away > 0, "the queue was never full");
    }
}

each_engine! {
    async fn logins_that_succeed_count_towards_nothing(desk: Desk) {
        for _ in 0..=FAILURES_AN_ADDRESS {
            desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await.unwrap();
        }
    }
}

each_engine! {
    async fn a_refresh_token_is_used_once_and_for_ten_seconds_more(desk: Desk) {
        let first = desk.login().await;
        let second = desk.auth.refresh(&first.refresh_token, ELSEWHERE).await.unwrap();
        assert_ne!(first.refresh_token, second.refresh_token);
        assert!(!desk.is_refused(&second).await);
        desk.clock.advance_ms(9_999);
        assert_eq!(desk.auth.refresh(&first.refresh_token, ELSEWHERE).await.unwrap().refresh_token, second.refresh_token);
        desk.clock.advance_ms(1);
        assert_eq!(code(&refused(desk.auth.refresh(&first.refresh_token, ELSEWHERE).await)), Code::InvalidRefreshToken);
        // Its whole family has ended.
        assert_eq!(code(&refused(desk.auth.refresh(&second.refresh_token, ELSEWHERE).await)), Code::InvalidRefreshToken);
        assert!(desk.is_refused(&second).await);
        assert!(!desk.is_refused(&desk.login().await).await);
    }
}

each_engine! {
    async fn refreshes_at_the_same_time_give_one_successor(desk: Desk) {
        let first = desk.login().await;
        let refresh = || desk.auth.refresh(&first.refresh_token, ELSEWHERE);
        let (a, b, c, d) = tokio::join!(refresh(), refresh(), refresh(), refresh());
        let successors: Vec<String> = [a, b, c, d].into_iter().map(|tokens| tokens.unwrap().refresh_token).collect();
        assert!(successors.iter().all(|token| *token == successors[0]));
        assert!(desk.auth.refresh(&successors[0], ELSEWHERE).await.is_ok());
    }
}

each_engine! {
    async fn a_session_lasts_thirty_days_and_no_longer(desk: Desk) {
        let mut tokens = desk.login().await;
        for _ in 0..29 {
            desk.minutes(24 * 60);
            tokens = desk.auth.refresh(&tokens.refresh_token, ELSEWHERE).await.unwrap();
        }
        desk.clock.advance_ms(24 * 60 * 60_000 - 1);
        tokens = desk.auth.refresh(&tokens.refresh_token, ELSEWHERE).await.unwrap();
        desk.clock.advance_ms(1);
        assert!(desk.is_refused(&tokens).await);
        assert_eq!(code(&refused(desk.auth.refresh(&tokens.refresh_token, ELSEWHERE).await)), Code::InvalidRefreshToken);
        // The next login clears away what is over.
        desk.login().await;
        assert_eq!(code(&refused(desk.auth.refresh(&tokens.refresh_token, ELSEWHERE).await)), Code::InvalidRefreshToken);
    }
}

each_engine! {
    async fn logging_out_ends_both_tokens_at_once(desk: Desk) {
        let (tokens, other) = (desk.login().await, desk.login().await);
        desk.auth.logout(&tokens.refresh_token, ELSEWHERE).await.unwrap();
        desk.auth.logout(&tokens.refresh_token, ELSEWHERE).await.unwrap();
        desk.auth.logout("dlr_unknown", ELSEWHERE).await.unwrap();
        assert!(desk.is_refused(&tokens).await);
        assert_eq!(code(&refused(desk.auth.refresh(&tokens.refresh_token, ELSEWHERE).await)), Code::InvalidRefreshToken);
        assert!(!desk.is_refused(&other).await);
    }
}

each_engine! {
    async fn one_kind_of_token_is_not_taken_for_another(desk: Desk) {
        let tokens = desk.login().await;
        assert_eq!(code(&refused(desk.auth.caller(&tokens.refresh_token, ELSEWHERE.to_owned()).await)), Code::InvalidToken);
        assert_eq!(code(&refused(desk.auth.refresh(&tokens.access_token, ELSEWHERE).await)), Code::InvalidRefreshToken);
    }
}

each_engine! {
    async fn a_new_password_ends_the_other_sessions(desk: Desk) {
        let (mine, other) = (desk.login().await, desk.login().await);
        let caller = desk.caller(&mine).await.unwrap();
        let new = "ångström unit";
        assert_eq!(code(&refused(desk.auth.change_password(&caller, change("wrong password", new)).await)), Code::Invalid);
        assert_eq!(code(&refused(desk.auth.change_password(&caller, change(PASSWORD, "seven77")).await)), Code::Invalid);
        assert!(!desk.is_refused(&other).await);
        desk.auth.change_password(&caller, change(PASSWORD, new)).await.unwrap();
        assert!(!desk.is_refused(&mine).await);
        assert!(desk.is_refused(&other).await);
        assert_eq!(code(&refused(desk.auth.refresh(&other.refresh_token, ELSEWHERE).await)), Code::InvalidRefreshToken);
        assert_eq!(code(&refused(desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await)), Code::InvalidCredentials);
        // Typed on a system that decomposes letters.
        assert!(desk.auth.login(ADMIN, "a\u{30a}ngstro\u{308}m unit", ELSEWHERE).await.is_ok());
    }
}

each_engine! {
    async fn a_stolen_access_token_does_not_find_the_password_by_trying(desk: Desk) {
        let caller = desk.caller(&desk.login().await).await.unwrap();
        for _ in 0..FAILURES_AN_ACCOUNT {
            assert_eq!(code(&refused(desk.auth.change_password(&caller, change("wrong password", "another one")).await)), Code::Invalid);
        }
        let limited = refused(desk.auth.change_password(&caller, change(PASSWORD, "another one")).await);
        assert_eq!((code(&limited), retry_after(&limited)), (Code::TooManyRequests, 900));
        // That is no failed login.
        assert!(desk.auth.login(ADMIN, PASSWORD, ELSEWHERE).await.is_ok());
    }
}

each_engine! {
    async fn a_rotated_key_verifies_until_its_tokens_have_expired(desk: Desk) {
        let old = desk.login().await;
        desk.clock.advance_ms(1000);
        desk.db.write(rotate_in).await.unwrap();
        let new = desk.login().await;
        assert!(!desk.is_refused(&old).await && !desk.is_refused(&new).await);
        let kids = |keys: Vec<serde_json::Value>| keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let both = kids(desk.auth.keys().await.unwrap());
        assert_eq!(both.len(), 2);
        // The last token of the old key was signed before it was replaced.
        desk.clock.advance_ms(898_999);
        assert!(!desk.is_refused(&old).await);
        desk.clock.advance_ms(6_001);
        assert!(desk.is_refused(&old).await);
        assert_eq!(kids(desk.auth.keys().await.unwrap()), both[..1]);
        assert!(desk.auth.refresh(&old.refresh_token, ELSEWHERE).await.is_ok());
        desk.db.write(rotate_in).await.unwrap();
        assert_eq!(desk.auth.keys().await.unwrap().len(), 2);
    }
}

each_engine! {
    async fn an_overload_of_logins_is_told_to_come_again(desk: Desk) {
        let logins = (0..60).map(|nth| {
            let (auth, address) = (desk.auth.clone(), format!("198.51.100.{nth}"));
            tokio::spawn(async move { auth.login(ADMIN, PASSWORD, &*address).await.map(|_| ()) })
        });
        let logins: Vec<_> = logins.collect();
        let (mut served, mut sent_away) = (0, 0);
        for login in logins {
            match login.await.unwrap() {
                Ok(()) => served += 1,
                Err(problem) => {
                    assert_eq!((code(&problem), retry_after(&problem)), (Code::TooManyRequests, 1));
                    sent_away += 1;
                }
            }
        }
        assert!(served >= 16 && sent_away > 0, "{served} served, {sent_away} sent away");
    }
}
