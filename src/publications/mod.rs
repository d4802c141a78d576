//! Publication dates: the heart. `rules` decides, `visibility` reads what is live at an instant, `lists` names the public lists, `listings` keeps
//! them, `tallies` their counts, `standings` what editors list articles by, `titles` how they find them, `drafts` what previews of newest saves list, `entries` what previews of releases without a date show, `subject` the row and slugs of an
//! article, `revision` the saves that are shown, `named` what they name, `paths` where they stand on the site, `within` what somebody may change who is limited to categories. Nothing is ever switched on:
//! an interval either holds the instant or it does not.

pub mod drafts;
pub mod dto;
pub mod editor;
pub mod entries;
pub mod listings;
pub mod lists;
pub mod named;
pub mod paths;
pub mod revision;
pub mod row;
pub mod rules;
pub mod service;
pub mod standings;
pub mod store;
pub mod subject;
pub mod tallies;
pub mod titles;
pub mod visibility;
pub mod within;
