//! Changes of the lists in words.

use ijsberg_mse::design::Change;

use crate::reports::Design;
use crate::text::Text;

/// A change in words.
pub(crate) fn name(text: &Text, d: &Design, change: &Change) -> String {
    let list = |j: usize| d.lists.get(j).cloned().unwrap_or_default();
    let args = match change {
        Change::Nothing => Vec::new(),
        Change::Sample { persons } => vec![("n", text.number(*persons as f64))],
        Change::AddList { reach: share } | Change::ResolveLinks { share } => {
            vec![("share", format!("{}%", text.plain(100.0 * share)))]
        }
        Change::AddDependentList { reach, odds } => {
            vec![("share", format!("{}%", text.plain(100.0 * reach))), ("factor", text.plain(*odds))]
        }
        Change::WidenLists { odds } => vec![("factor", text.plain(*odds))],
        Change::Split { list: j } => vec![("a", list(*j))],
        Change::Join { lists: [a, b] } | Change::Separate { lists: [a, b] } => {
            vec![("a", list(*a)), ("b", list(*b))]
        }
    };
    text.fill(&format!("design-{}", key(change)), &args)
}

/// The name of a kind of change in JSON.
pub(crate) fn key(change: &Change) -> &'static str {
    match change {
        Change::Nothing => "nothing",
        Change::Sample { .. } => "sample",
        Change::AddList { .. } => "add-list",
        Change::AddDependentList { .. } => "add-dependent-list",
        Change::WidenLists { .. } => "widen-lists",
        Change::Split { .. } => "split",
        Change::Join { .. } => "join",
        Change::Separate { .. } => "separate",
        Change::ResolveLinks { .. } => "resolve-links",
    }
}
