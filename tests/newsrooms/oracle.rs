//! A second opinion: a model of the rules in Python, which shares nothing with this one. `DATELINE_MODEL` names its file; without it, or without
//! Python, what asks it is skipped.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use dateline::publications::rules::Publication;
use serde_json::{Value, json};

use super::model::End;
use super::play::{Game, Step, Subject, slugs};

const DRIVER: &str = include_str!("oracle.py");

/// The model, waiting for steps.
pub struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    /// The model that is named; `None`, after saying so, where there is none.
    pub fn open() -> Option<Self> {
        let model = std::env::var_os("DATELINE_MODEL");
        if model.is_none() {
            eprintln!("skipped: DATELINE_MODEL names no model of the rules in Python");
        }
        let asked = Command::new("python3").args(["-c", DRIVER]).arg(model?).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut child) = asked else {
            eprintln!("skipped: there is no python3");
            return None;
        };
        let (input, output) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        Some(Self { child, input, output })
    }

    fn ask(&mut self, question: &Value) -> Value {
        writeln!(self.input, "{question}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the model answered {line:?} to {question}"))
    }

    /// A subject that is asked beside it, in a newsroom where nothing was written yet.
    pub fn beside<S: Subject>(&mut self, subject: S) -> Beside<'_, S> {
        self.ask(&json!({ "do": "open", "instants": [], "slugs": [] }));
        Beside { oracle: self, subject }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // A child that has ended already needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// See [`Oracle::beside`].
pub struct Beside<'a, S> {
    oracle: &'a mut Oracle,
    subject: S,
}

fn end(end: End) -> Value {
    match end {
        End::Missing => json!("missing"),
        End::Null => Value::Null,
        End::At(end) => json!(end),
    }
}

fn question(now: i64, step: &Step) -> Value {
    let mut question = match step {
        Step::Save { slug, may_publish, .. } => json!({ "do": "save", "slug": slug, "may_publish": may_publish }),
        Step::Publish { wanted, .. } => json!({
            "do": "publish", "publish_at": wanted.publish_at, "unpublish_at": end(wanted.unpublish_at), "revision": wanted.revision,
            "published_at": wanted.published_at, "minor": wanted.minor,
        }),
        Step::Change { start, publish_at, unpublish_at, .. } => {
            json!({ "do": "change", "start": start, "publish_at": publish_at, "unpublish_at": end(*unpublish_at) })
        }
        Step::Cancel { start, .. } => json!({ "do": "cancel", "start": start }),
        Step::Unpublish { withdrawn, keep_scheduled, .. } => {
            json!({ "do": "unpublish", "withdrawn": withdrawn, "keep_scheduled": keep_scheduled })
        }
        Step::Trash { .. } => json!({ "do": "trash" }),
        Step::Restore { .. } => json!({ "do": "restore" }),
        Step::Move { .. } => json!({ "do": "nothing" }),
    };
    (question["now"], question["a"]) = (json!(now), json!(step.article()));
    (question["instants"], question["slugs"]) = (json!([]), json!([]));
    question
}

impl<S: Subject> Subject for Beside<'_, S> {
    fn apply(&mut self, now: i64, step: &Step) -> Result<(), String> {
        let outcome = self.subject.apply(now, step);
        let answer = self.oracle.ask(&question(now, step));
        let refused = answer["refused"].as_str().map(|code| if code == "end_before_start" { "invalid" } else { code });
        assert_eq!(outcome.as_ref().err().map(String::as_str), refused, "the model in Python decides otherwise: {step:?} at {now}");
        outcome
    }

    fn history(&mut self, a: usize) -> Vec<Publication> {
        self.subject.history(a)
    }

    fn compare(&mut self, game: &Game, at: i64) {
        self.subject.compare(game, at);
        let answer = self.oracle.ask(&json!({ "do": "nothing", "now": at, "a": null, "instants": [at], "slugs": [] }));
        let live: BTreeMap<usize, (i64, i64, i64)> = serde_json::from_value(answer["live"][0].clone()).unwrap();
        assert_eq!(game.room.live(at), live, "live at {at} by the model in Python\n{}", game.story());
    }

    fn compare_slugs(&mut self, game: &Game, now: i64) {
        self.subject.compare_slugs(game, now);
        let slugs: Vec<String> = slugs().collect();
        let answer = self.oracle.ask(&json!({ "do": "nothing", "now": now, "a": null, "instants": [now], "slugs": slugs }));
        for (slug, expected) in slugs.iter().zip(answer["slugs"][0].as_array().unwrap()) {
            // Readers are not told which article was withdrawn.
            let expected = if expected[0] == 410 { json!([410, null]) } else { expected.clone() };
            if let Some(answered) = self.subject.answer(slug, now) {
                assert_eq!(answered, expected, "what {slug} answers, and by the model in Python\n{}", game.story());
            }
        }
    }
}
