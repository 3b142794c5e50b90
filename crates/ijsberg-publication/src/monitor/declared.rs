//! What a text states about its own edition: the publisher, and whether it is final. The statement can be anywhere in the text, also after a
//! place that repeats it.

use crate::monitor::Chapter;
use crate::monitor::parse::{EDITION, Slot, elements, slots, without_comments};
use crate::monitor::wrong::{Finding, Wrong};

/// The names of a final edition and of a draft.
const FINAL: &str = "final";
const DRAFT: &str = "draft";

/// Whether an edition with this name is final; `None` if the name is not known.
pub(super) fn is_final(name: &str) -> Option<bool> {
    [(FINAL, true), (DRAFT, false)].iter().find(|of| of.0 == name.to_lowercase()).map(|of| of.1)
}

/// The placeholders that name an edition.
pub(super) fn editions() -> [String; 2] {
    [DRAFT, FINAL].map(|name| format!("{EDITION}:{name}"))
}

/// What a text states about its edition.
#[derive(Debug, Default)]
pub(super) struct EditionStatement {
    /// The publisher.
    pub(super) publisher: Option<String>,
    /// Whether it is final; otherwise it is a draft.
    pub(super) is_final: bool,
    /// Errors in the statement.
    pub(super) findings: Vec<Finding>,
}

/// The statement in the chapters about their edition.
pub(super) fn edition_statement(chapters: &[Chapter]) -> EditionStatement {
    let mut all = EditionStatement::default();
    // Each place that calls it final or a draft.
    let mut called: Vec<(bool, &str, usize)> = Vec::new();
    for chapter in chapters {
        let source = without_comments(&chapter.source);
        let elements = elements(&source);
        for (line, words) in elements.iter().flat_map(|of| &of.lines) {
            slots(words, &mut |slot: &Slot<'_>| match slot.kind {
                EDITION => called.extend(is_final(slot.name).map(|of| (of, chapter.file.as_str(), *line))),
                "publisher" if !slot.name.is_empty() => all.publisher = Some(slot.name.to_owned()),
                _ => {}
            });
        }
    }
    let (finals, drafts): (Vec<&(bool, &str, usize)>, Vec<_>) = called.iter().partition(|of| of.0);
    all.is_final = !finals.is_empty() && drafts.is_empty();
    let wrong = match (finals.last(), &all.publisher) {
        (Some(last), _) if !drafts.is_empty() => Some((last, Wrong::Both)),
        (Some(last), None) => Some((last, Wrong::NoPublisher)),
        _ => None,
    };
    all.findings.extend(wrong.map(|(of, what)| Finding { file: of.1.to_owned(), line: of.2, what }));
    all
}
