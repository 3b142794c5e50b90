//! Texts on whether an edition is final and whether its figures are final.

use ijsberg_report::text::Text;

use crate::monitor::entries::{Entry, Facts};

/// The state of an edition, in words.
pub(super) fn state(text: &Text, is_final: bool) -> String {
    text.say(if is_final { "monitor-state-final" } else { "monitor-state-draft" })
}

/// Adds the status of the figures (preliminary, final or revised) to the lines of a cover, unless the author already included it.
pub(super) fn add_stage(lines: &mut Vec<String>, facts: &Facts) {
    let Some(Entry::Shown(stage)) = facts.numbers.get("stage") else { return };
    if !lines.iter().any(|line| line.contains(stage.as_str())) {
        lines.push(stage.clone());
    }
}
