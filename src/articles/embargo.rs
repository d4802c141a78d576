//! An embargo: until when nothing of an article may be published. It is of the article and not of one of its saves.

use crate::kernel::given::time;
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::Mistakes;
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Code, Problem, Result};
use crate::publications::rules::Publication;
use crate::publications::service::Edited;

/// What a save says of the embargo.
#[derive(Clone, Debug, Default)]
pub struct Embargo {
    until: Patch<Instant>,
    note: Patch<String>,
}

impl Embargo {
    /// As it was sent.
    pub fn read(until: &Patch<String>, note: &Patch<String>, mistakes: &mut Mistakes) -> Self {
        let until = match until {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(_) if mistakes.has("/embargo_until") => Patch::Absent,
            Patch::Value(text) => match time("/embargo_until", text, None) {
                Ok((until, _)) => Patch::Value(until),
                Err(mistake) => {
                    mistakes.add(mistake);
                    Patch::Absent
                }
            },
        };
        Self { until, note: note.clone() }
    }

    /// Sets it on an opened article, in memory.
    ///
    /// # Errors
    /// 409 `embargoed` if a publication is scheduled earlier; 403 `forbidden` if one that holds is loosened by somebody who may not publish.
    pub fn set(&self, may_publish: bool, edited: &mut Edited, mistakes: &mut Mistakes) -> Result<()> {
        let present = edited.subject.embargo_until;
        let until = self.until.clone().or(present);
        let is_loosened = present.is_some_and(|present| present > edited.now && until.is_none_or(|until| until < present));
        if is_loosened && !may_publish {
            return Err(Problem::new(Code::Forbidden, "Only those who may publish lift an embargo or let it end earlier."));
        }
        if until != present {
            mistakes.take(refuse_scheduled(&edited.history, until, edited.now))?;
        }
        let is_lifted = present.is_some() && until.is_none() && self.note.is_absent();
        let note = if is_lifted { None } else { edited.subject.embargo_note.take() };
        edited.subject.embargo_note = self.note.clone().or(note).filter(|note| !note.is_empty());
        edited.subject.embargo_until = until;
        Ok(())
    }
}

/// What is scheduled must be moved first, or say that it overrides.
fn refuse_scheduled(history: &[Publication], until: Option<Instant>, now: Instant) -> Result<()> {
    let Some(until) = until else { return Ok(()) };
    let early = history.iter().find(|p| p.publish_at > now && p.publish_at < until && !p.overrides_embargo);
    early.map_or(Ok(()), |early| {
        let detail = format!(
            "Publication {} starts at {}, before that embargo would end. Move it, or let it say `override_embargo`.",
            early.id, early.publish_at
        );
        Err(Problem::new(Code::Embargoed, detail).with("embargo_until", until.to_string()))
    })
}
