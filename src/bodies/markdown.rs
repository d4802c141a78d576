//! Markdown to HTML that is not yet sanitised. The dialect is described in `mod.rs`.

use std::collections::HashMap;
use std::fmt::Write as _;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::balance::MAX_DEPTH;
use super::bounds::{Bounded, TooLong};
use super::warnings::{Loss, Losses, echo};

type Events<'a> = Vec<Event<'a>>;

/// The HTML of a Markdown text, its footnotes at the end in the order in which they are first named.
///
/// # Errors
/// [`TooLong`], as soon as it is.
pub(super) fn to_html(source: &str, losses: &mut Losses) -> Result<String, TooLong> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let events = Shallow { events: Parser::new_ext(source, options), depth: 0 };
    let mut out = Bounded::with_capacity(source.len() + source.len() / 2);
    if source.contains("[^") {
        Footnotes::default().write(events, &mut out, losses)?;
    } else {
        html::write_html_fmt(&mut out, events)?;
    }
    Ok(out.into_string())
}

/// Leaves out the tags of what is nested too deeply. The sanitiser would too, but only after they were written.
struct Shallow<I> {
    events: I,
    depth: usize,
}

impl<'a, I: Iterator<Item = Event<'a>>> Iterator for Shallow<I> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            let event = self.events.next()?;
            let depth = match event {
                Event::Start(_) => {
                    self.depth += 1;
                    self.depth
                }
                Event::End(_) => {
                    self.depth -= 1;
                    self.depth + 1
                }
                _ => 0,
            };
            if depth <= MAX_DEPTH {
                return Some(event);
            }
        }
    }
}

/// Parts the notes from the text, numbers them, and puts them behind it.
#[derive(Default)]
struct Footnotes<'a> {
    notes: HashMap<CowStr<'a>, Events<'a>>,
    /// The notes in the order of their numbers, with how often each is named.
    named: Vec<(CowStr<'a>, usize)>,
    numbers: HashMap<CowStr<'a>, usize>,
}

impl<'a> Footnotes<'a> {
    fn write(mut self, events: impl Iterator<Item = Event<'a>>, out: &mut Bounded, losses: &mut Losses) -> Result<(), TooLong> {
        let body = self.part(events);
        html::write_html_fmt(&mut *out, body.into_iter().map(|event| self.numbered(event)))?;
        let mut written = 0;
        while let Some((name, _)) = self.named.get(written) {
            let events = self.notes.remove(name).unwrap_or_default();
            out.write_str(if written == 0 { "<section class=\"footnotes\">\n<ol>\n" } else { "" })?;
            written += 1;
            self.write_note(written, events, out)?;
        }
        if written > 0 {
            out.write_str("</ol>\n</section>\n")?;
        }
        let mut unused: Vec<_> = self.notes.keys().collect();
        unused.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
        for name in unused {
            losses.note(Loss::Footnote, &format!("the footnote `[^{}]` is named nowhere in the text and taken out", echo(name)));
        }
        Ok(())
    }

    /// The events of the text; those of the notes go into `notes`.
    fn part(&mut self, events: impl Iterator<Item = Event<'a>>) -> Events<'a> {
        let mut body = Vec::new();
        let mut within: Vec<(CowStr<'a>, Events<'a>)> = Vec::new();
        for event in events {
            match event {
                Event::Start(Tag::FootnoteDefinition(name)) => within.push((name, Vec::new())),
                Event::End(TagEnd::FootnoteDefinition) => {
                    if let Some((name, events)) = within.pop() {
                        self.notes.entry(name).or_insert(events);
                    }
                }
                event => within.last_mut().map_or(&mut body, |(_, events)| events).push(event),
            }
        }
        body
    }

    /// The same event, but a link where it names a note.
    fn numbered(&mut self, event: Event<'a>) -> Event<'a> {
        let Event::FootnoteReference(name) = event else { return event };
        if !self.notes.contains_key(&name) && !self.numbers.contains_key(&name) {
            return Event::Text(format!("[^{name}]").into());
        }
        let number = *self.numbers.entry(name).or_insert_with_key(|name| {
            self.named.push((name.clone(), 0));
            self.named.len()
        });
        let times = &mut self.named[number - 1].1;
        *times += 1;
        let place = if *times == 1 { number.to_string() } else { format!("{number}-{times}") };
        let link = format!("<sup class=\"footnote-ref\"><a href=\"#body-fn-{number}\" id=\"body-fnref-{place}\">{number}</a></sup>");
        Event::InlineHtml(link.into())
    }

    /// One note, with the way back to where it is first named.
    fn write_note(&mut self, number: usize, mut events: Events<'a>, out: &mut Bounded) -> Result<(), TooLong> {
        let back = format!(" <a class=\"footnote-backref\" href=\"#body-fnref-{number}\">↩</a>");
        let place = match events.last() {
            Some(Event::End(TagEnd::Paragraph)) => events.len() - 1,
            _ => events.len(),
        };
        events.insert(place, Event::InlineHtml(back.into()));
        writeln!(out, "<li id=\"body-fn-{number}\">")?;
        html::write_html_fmt(&mut *out, events.into_iter().map(|event| self.numbered(event)))?;
        Ok(out.write_str("</li>\n")?)
    }
}
