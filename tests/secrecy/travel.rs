//! A journey through the time of a random site: what `/v1/preview` shows as of an instant is, byte for byte, what readers get at that instant; before it has come,
//! if nobody changes anything, and after it has passed, whatever was changed.

use dateline::kernel::caller::Role;
use dateline::kernel::clock::Clock as _;
use dateline::kernel::instant::Instant;

use crate::hidden::{Desk, KINDS};
use crate::public::Public;
use crate::requests::{self, Asked, Known};
use crate::site::Site;
use crate::support::Engine;
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::random::Random;

const OPENING: &str = "2026-11-30T08:00:00.000Z";
/// Less than a quarter of an hour in all, for as long as an access token lives.
const STEPS_MS: [i64; 6] = [1, 999, 1000, 20_000, 59_000, 61_000];
const ROUNDS: usize = 5;
/// What hides a start in the past: it stands there today, and stood nowhere then.
const BACKDATED: [&str; 5] = ["ended", "taken down", "trashed live", "withdrawn in the trash", "restored from the trash"];
/// How much is hidden at each halt.
const HIDDEN: usize = 2;

/// What readers were told at an instant.
struct Told {
    at: Instant,
    asked: Asked,
    answer: Answer,
}

struct Journey {
    site: Site,
    editor: Client,
    reader: Client,
    told: Vec<Told>,
    compared: usize,
    story: Vec<String>,
}

impl Journey {
    /// What could be asked for on this site, once.
    fn requests(known: &Known, random: &mut Random) -> Vec<Asked> {
        let of_site = requests::operations().into_iter().filter(|operation| operation.says["tags"][0] == "Delivery");
        let mut asked: Vec<Asked> = of_site.flat_map(|operation| requests::round(&operation, known, random)).collect();
        asked.retain(|_| random.happens(40));
        asked
    }

    async fn of_readers(&self, asked: &Asked) -> Answer {
        self.reader.get(&asked.target).await
    }

    async fn preview(&self, asked: &Asked, at: Instant) -> Answer {
        let target = format!("/v1/preview/{}", asked.target.trim_start_matches("/v1").trim_start_matches('/'));
        let between = if target.contains('?') { '&' } else { '?' };
        self.editor.get(&format!("{target}{between}at={at}")).await
    }

    /// Holds what readers got at an instant against what is shown as of it.
    fn compare(&mut self, asked: &Asked, at: Instant, readers: &Answer, preview: &Answer) {
        self.compared += 1;
        if readers.status == 400 && preview.status == 400 {
            return;
        }
        let told =
            |answer: &Answer| answer.header("location").map(|location| location.split('?').next().unwrap().replace("/v1/preview/", "/v1/"));
        let is_same = readers.status == preview.status && readers.body == preview.body && told(readers) == told(preview);
        let text = |answer: &Answer| String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            is_same,
            "{} as of {at}, asked at {}. Readers:\n{} {}\nand previewed:\n{} {}\nThe story: {:#?}",
            asked.target,
            self.site.clock().now(),
            readers.status,
            text(readers),
            preview.status,
            text(preview),
            self.story
        );
    }

    /// Goes on by so much; what lies ahead is looked at before, and what lay behind is looked at after.
    async fn advance(&mut self, millis: i64, known: &Known, random: &mut Random) {
        let at = self.site.clock().now().plus_millis(millis);
        let asked = Self::requests(known, random);
        let mut ahead = Vec::new();
        for asked in &asked {
            ahead.push(self.preview(asked, at).await);
        }
        self.site.clock().set(at);
        for (asked, preview) in asked.into_iter().zip(ahead) {
            let answer = self.of_readers(&asked).await;
            self.compare(&asked, at, &answer, &preview);
            self.told.push(Told { at, asked, answer });
        }
    }

    async fn look_back(&mut self, random: &mut Random) {
        let told = std::mem::take(&mut self.told);
        for Told { at, asked, answer } in &told {
            if random.happens(40) {
                let preview = self.preview(asked, *at).await;
                self.compare(asked, *at, answer, &preview);
            }
        }
        self.told = told;
    }
}

/// Goes through the time of a site, and tells how many answers were compared.
pub async fn go(engine: Engine, seed: u64) -> usize {
    let mut random = Random::new(seed);
    let steps: Vec<i64> = (0..ROUNDS).map(|_| random.of(&STEPS_MS)).collect();
    let now: Instant = OPENING.parse().unwrap();
    let end = now.plus_millis(steps.iter().map(|millis| millis + 1).sum());
    let site = Site::at(engine, OPENING);
    let (mut known, editor) = (Known::default(), site.login(Role::Editor).await);
    let public = Public::build(&editor, now, end, &mut known, &mut random).await;
    let plain = |client: &Client| client.clone().with_header("x-request-id", "the-same");
    let (previewer, reader) = (plain(&editor), plain(site.anyone()));
    let mut journey = Journey { site, editor: previewer, reader, told: Vec::new(), compared: 0, story: Vec::new() };
    let mut kinds = KINDS.into_iter().filter(|kind| !BACKDATED.contains(kind)).cycle().skip(usize::try_from(seed).unwrap() % KINDS.len());
    for millis in steps {
        journey.advance(millis, &known, &mut random).await;
        // What was told at an instant is told no longer if something is changed at the same one.
        journey.site.clock().advance_ms(1);
        for _ in 0..random.between(1, 3) {
            let act = public.act(&mut random);
            let status = act.send(&editor).await;
            journey.story.push(format!("{}: {act:?} {status}", journey.site.clock().now()));
        }
        let now = journey.site.clock().now();
        let mut desk = Desk { editor: &editor, public: &public, now, end, changes_soon: true, dates: Vec::new() };
        for kind in kinds.by_ref().take(HIDDEN) {
            desk.hide(kind, &mut known, &mut random).await;
            journey.story.push(format!("{now}: hidden: {kind}"));
        }
        journey.look_back(&mut random).await;
    }
    journey.compared
}
