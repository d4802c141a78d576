//! The calendar as iCalendar (RFC 5545): an event for each publication. Pure.

use std::fmt::Write as _;

use crate::articles::dto::calendar::CalendarEntry;
use crate::kernel::instant::Instant;
use crate::publications::rules::State;
use crate::publications::rules::standing::Status;

/// A line has no more bytes, without its end (section 3.1).
const LONGEST_LINE: usize = 75;
/// How often a calendar program looks again: by its standard name (RFC 7986 section 5.7), and by that which others know.
const REFRESHES: [&str; 2] = ["REFRESH-INTERVAL;VALUE=DURATION", "X-PUBLISHED-TTL"];
const REFRESHED_EVERY: &str = "PT15M";

/// What is said of the calendar as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Where the site is, without a slash at the end.
    pub site_url: &'a str,
    /// When it was asked for.
    pub now: Instant,
}

/// The whole calendar.
pub fn calendar(head: &Head<'_>, entries: &[CalendarEntry]) -> String {
    let mut lines = Lines::default();
    lines.add("BEGIN", "VCALENDAR");
    lines.add("VERSION", "2.0");
    lines.add("PRODID", concat!("-//Dateline//Dateline ", env!("CARGO_PKG_VERSION"), "//EN"));
    lines.add("CALSCALE", "GREGORIAN");
    lines.add("METHOD", "PUBLISH");
    for name in ["NAME", "X-WR-CALNAME"] {
        lines.text(name, head.name);
    }
    for name in REFRESHES {
        lines.add(name, REFRESHED_EVERY);
    }
    for entry in entries {
        event(&mut lines, head, entry);
    }
    lines.add("END", "VCALENDAR");
    lines.0
}

fn event(lines: &mut Lines, head: &Head<'_>, entry: &CalendarEntry) {
    let publication = &entry.publication;
    let start = date_time(publication.publish_at);
    lines.add("BEGIN", "VEVENT");
    lines.add("UID", &publication.id.to_string());
    lines.add("DTSTAMP", &date_time(head.now));
    lines.add("CREATED", &date_time(publication.created_at));
    lines.add("SEQUENCE", &publication.version.to_string());
    lines.add("DTSTART", &start);
    // An end is later than its start (section 3.8.2.2), also where only milliseconds lie between.
    if let Some(end) = publication.ends_at.map(date_time).filter(|end| *end > start) {
        lines.add("DTEND", &end);
    }
    lines.text("SUMMARY", &entry.article.title);
    lines.text("DESCRIPTION", &description(entry, head.now));
    lines.add("STATUS", if never_begins(entry) { "CANCELLED" } else { "CONFIRMED" });
    if let Some(category) = &entry.article.category {
        lines.text("CATEGORIES", &category.name);
    }
    let below = entry.article.category.as_ref().map_or(String::new(), |category| format!("/{}", category.slug));
    lines.add("URL", &format!("{}{below}/{}", head.site_url, entry.article.slug));
    // Whoever subscribes is not busy meanwhile.
    lines.add("TRANSP", "TRANSPARENT");
    lines.add("END", "VEVENT");
}

fn never_begins(entry: &CalendarEntry) -> bool {
    let publication = &entry.publication;
    let waits_in_trash = publication.state == State::Scheduled && entry.article.status == Status::Trashed;
    waits_in_trash || publication.ends_at == Some(publication.publish_at)
}

fn description(entry: &CalendarEntry, now: Instant) -> String {
    let publication = &entry.publication;
    let mut text = format!("Revision {}", publication.revision);
    if let Some(replaced) = &entry.replaces {
        write!(text, " takes the place of revision {}", replaced.revision).expect("writing to a String does not fail");
    }
    if publication.follows_newest && publication.state == State::Scheduled {
        text.push_str("; follows the newest save");
    }
    let end = publication.ends_at.map_or_else(String::new, |end| format!(" until {end}"));
    write!(text, ".\nFrom {}{end}.", publication.publish_at).expect("writing to a String does not fail");
    write!(text, "\nPlanned by {}.", entry.planned_by.name).expect("writing to a String does not fail");
    write!(text, "\nState: {}. The article: {}.", publication.state.name(), entry.article.status.name())
        .expect("writing to a String does not fail");
    if let Some(until) = entry.article.embargo_until.filter(|until| *until > now) {
        let note = entry.article.embargo_note.as_ref().map_or_else(String::new, |note| format!(" {note}"));
        write!(text, "\nUnder embargo until {until}.{note}").expect("writing to a String does not fail");
    }
    if never_begins(entry) {
        text.push_str("\nIt does not begin: the article is in the trash at its start.");
    }
    text
}

/// An instant in UTC (section 3.3.5), whole seconds.
fn date_time(at: Instant) -> String {
    let text = at.to_string();
    let second: String = text.chars().take_while(|c| *c != '.').filter(|c| !matches!(c, '-' | ':')).collect();
    format!("{second}Z")
}

/// Content lines: a name and a value each, folded.
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A value that is no text: a word, a number, a time, an address.
    fn add(&mut self, name: &str, value: &str) {
        let line = format!("{name}:{value}");
        let (mut rest, mut room) = (line.as_str(), LONGEST_LINE);
        while rest.len() > room {
            let (line, behind) = rest.split_at(rest.floor_char_boundary(room));
            self.0.push_str(line);
            self.0.push_str("\r\n ");
            // The space counts.
            (rest, room) = (behind, LONGEST_LINE - 1);
        }
        self.0.push_str(rest);
        self.0.push_str("\r\n");
    }

    /// A text (section 3.3.11). Line breaks of any kind are one; other controls have no place in it.
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for c in value.replace("\r\n", "\n").chars() {
            match c {
                '\\' | ';' | ',' => escaped.extend(['\\', c]),
                '\n' | '\r' => escaped.push_str("\\n"),
                c if c.is_control() && c != '\t' => {}
                c => escaped.push(c),
            }
        }
        self.add(name, &escaped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(write: impl FnOnce(&mut Lines)) -> String {
        let mut lines = Lines::default();
        write(&mut lines);
        lines.0
    }

    #[test]
    fn a_text_holds_neither_controls_nor_what_would_end_it() {
        let text = lines(|lines| lines.text("SUMMARY", "a\\b;c,d\r\ne\rf\ng\u{7}\u{85}\th: \"i\""));
        assert_eq!(text, "SUMMARY:a\\\\b\\;c\\,d\\ne\\nf\\ng\th: \"i\"\r\n");
    }

    #[test]
    fn a_line_is_folded_behind_75_bytes_and_never_within_a_character() {
        for character in ["a", "ž", "写", "😀"] {
            for count in 0..160 {
                let value = character.repeat(count);
                let folded = lines(|lines| lines.add("X", &value));
                for line in folded.strip_suffix("\r\n").unwrap().split("\r\n") {
                    assert!(line.len() <= LONGEST_LINE, "{line}");
                }
                assert_eq!(folded.replace("\r\n ", ""), format!("X:{value}\r\n"));
                assert_eq!(folded.matches("\r\n ").count() > 0, count * character.len() + 2 > LONGEST_LINE);
            }
        }
    }

    #[test]
    fn an_instant_is_told_in_whole_seconds_of_utc() {
        assert_eq!(date_time("2026-11-30T09:00:00.999+05:00".parse().unwrap()), "20261130T040000Z");
    }
}
