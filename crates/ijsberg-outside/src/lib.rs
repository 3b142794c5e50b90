//! Text from outside: names of files, headers, values, what people type.
//!
//! [`Line`], [`Passage`] and [`Name`] determine which input is accepted. The writers determine how any text is written, accepted by these
//! rules or not: [`terminal`], [`Csv`] with [`cell`], [`json`], [`file_name`], [`sheet_name`], [`markup`] for SVG, HTML and XML. Whatever
//! their input, their output can only be read.

mod csv_file;
mod intake;
mod json_file;
#[cfg(test)]
#[allow(dead_code, reason = "what reads files of other kinds serves other tests")]
#[path = "../../../fuzz/targets/never.rs"]
mod never;
mod sinks;

pub use csv_file::Csv;
pub use intake::{Line, Name, Passage, TextFault, seen};
pub use json_file::{json, json_line};
pub use sinks::{cell, coloured, file_name, identifier, markup, printed, sheet_name, terminal};

/// Marks on one letter that are taken and shown; more are written over the lines around, and no script has as many.
pub(crate) const MARKS: usize = 8;

/// Marks that stand above or below the letter before them.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Whether a character can be on a page: it moves no cursor, and does not change how others are read without being seen itself.
pub fn is_seen(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t') || !(c.is_control() || is_unseen(c))
}

/// Characters that change how others are read without being seen: marks and overrides of direction, joiners of nothing, invisible
/// operators, the mark at the head of a file.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{E0000}'..='\u{E007F}')
}
