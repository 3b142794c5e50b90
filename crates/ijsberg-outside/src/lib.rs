//! Text from outside: names of files, headers, values, what people type.
//!
//! [`Line`], [`Passage`] and [`Name`] say what is taken in at all. The writers say how anything goes out, taken in by these rules or
//! not: [`terminal`], [`Csv`] with [`cell`], [`file_name`], [`sheet_name`], [`markup`] for SVG, HTML and XML. Whatever they are given,
//! what they return does nothing but be read.

mod csv_file;
mod intake;
mod sinks;

pub use csv_file::Csv;
pub use intake::{Line, Name, Passage, Unfit};
pub use sinks::{cell, file_name, identifier, markup, printed, sheet_name, terminal};

/// Characters that change how others are read without being seen: marks and overrides of direction, joiners of nothing, invisible
/// operators, the mark at the head of a file.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{E0000}'..='\u{E007F}')
}
