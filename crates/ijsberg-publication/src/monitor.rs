//! The report as a rapporteur signs it: chapters of text that its author edits, in which every figure and every claim is a placeholder.
//!
//! A text never holds a number. It holds names of numbers, and what those names mean is looked up in an edition that passed the gate.
//! So a text can be written, corrected and signed without a figure in it going stale, and one that says what the figures no longer
//! say is refused. Pure: whoever calls it reads and writes the files.

mod bare;
mod blocks;
mod breakdown;
mod declared;
mod entries;
mod facts;
mod first;
mod front;
mod known;
mod parse;
mod resolve;
mod state;
mod tables;
mod wrong;

pub use entries::{Claim, Entry, Facts};
pub use first::chapters;
pub use front::{Front, front};
pub use resolve::{Resolved, resolve};
pub use tables::tables;
pub use wrong::{Finding, Wrong};

use ijsberg_report::text::{Language, Text};

use crate::document::{Block, Document, title};
use crate::edition::Edition;

/// A chapter: the name of its file and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// The name of its file.
    pub file: String,
    /// Its text.
    pub source: String,
}

/// How the names of files in a language end.
pub fn ending(language: Language) -> String {
    format!(".{}.md", language.code())
}

/// The report of an edition with these chapters. What every reader must be told of it stands before them, whatever the text says.
pub fn compose(text: &Text, e: &Edition, of: Resolved) -> Document {
    let window = [("from", e.from().to_string()), ("to", e.options.year.to_string())];
    let cover = Some(of.cover.clone()).filter(|lines| !lines.is_empty()).map(Block::List);
    let notes = front::notes(text, e, &of);
    let blocks = cover.into_iter().chain(notes).chain(of.blocks).collect();
    Document {
        language: text.language(),
        title: of.title.unwrap_or_else(|| title(text, e)),
        subtitle: of.subtitle.unwrap_or_else(|| text.fill("report-subtitle", &window)),
        date: e.options.date,
        blocks,
    }
}
