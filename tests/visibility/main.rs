//! What is live at every instant is the same by the rules, by the database on both engines, and by a naive model, over random
//! histories: at each start and end, and one millisecond beside it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod model;
mod played;
#[path = "../support/mod.rs"]
mod support;

use dateline::kernel::problem::Problem;
use dateline::publications::rules;
use played::{Game, instant, instants};

#[test]
fn the_rules_agree_with_the_model() {
    for seed in 0..3000 {
        let mut game = Game::new(seed);
        for step in 0..40 {
            let outcome = game.step();
            let refused = outcome.rules.as_ref().err().map(|refused| Problem::from(refused.clone()).code().name());
            assert_eq!(refused, outcome.model.err(), "seed {seed}, step {step}: {}", outcome.what);
            for t in instants(&game.model) {
                let live = rules::in_force(&game.history, instant(t)).map(|p| (p.revision, p.published_at.millis(), p.updated_at.millis()));
                assert_eq!(live, game.model.live(t), "seed {seed}, step {step}, at {t}: {}", outcome.what);
            }
        }
    }
}

#[test]
fn the_database_agrees_with_the_model_on_both_engines() {
    let cases: u64 = std::env::var("DATELINE_PROPERTY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12);
    for engine in support::engines().iter().copied() {
        let stored = played::Stored::new(engine);
        for seed in 0..cases {
            let mut game = Game::new(seed);
            let article = stored.create(seed);
            for step in 0..30 {
                let before = game.history.clone();
                let what = game.step().what;
                stored.write(&article, &before, &game);
                for t in instants(&game.model) {
                    assert_eq!(stored.live(&article, t), game.model.live(t), "{engine:?}, seed {seed}, step {step}, at {t}: {what}");
                    let is_listed = game.model.live(t).map(|(_, published_at, _)| published_at);
                    assert_eq!(stored.listed(&article, t), is_listed, "{engine:?}, seed {seed}, step {step}, listed at {t}: {what}");
                }
            }
        }
    }
}
