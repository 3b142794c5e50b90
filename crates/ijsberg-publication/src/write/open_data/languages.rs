//! The languages of open data, and names in both.

use ijsberg_report::text::{Language, Text};

use super::Names;

/// English, then Dutch: the order of [`Names`].
pub const LANGUAGES: [Language; 2] = [Language::English, Language::Dutch];

/// The name in the language of a text.
pub(super) fn in_language<'a>(text: &Text, names: &'a Names) -> &'a str {
    &names[usize::from(text.language() == Language::Dutch)]
}

/// Names for something, in the order of [`LANGUAGES`].
pub(crate) fn names(texts: [&Text; 2], say: impl Fn(&Text) -> String) -> Names {
    texts.map(say)
}
