//! The report that a rapporteur signs: chapters of text that its author edits, with a placeholder for every figure and every claim.
//!
//! The text contains names of figures instead of figures; the names are looked up in an edition that passed the gate. The text can
//! therefore be written, corrected and signed without outdated figures, and a text with a claim that the figures no longer support is
//! refused. The module is pure: the caller reads and writes the files.

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
pub use resolve::{ResolvedText, resolve};
pub use tables::tables;
pub use wrong::{Finding, Wrong};

use ijsberg_report::text::{Language, Text};

use crate::document::{Block, Document, title};
use crate::edition::Edition;

/// A chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    /// The name of its file.
    pub file: String,
    /// Its text.
    pub source: String,
}

/// The ending of file names in a language.
pub fn ending(language: Language) -> String {
    format!(".{}.md", language.code())
}

/// The report of an edition with these chapters. The notes that every reader must see come first, whatever the text says.
pub fn compose(text: &Text, e: &Edition, of: ResolvedText) -> Document {
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
