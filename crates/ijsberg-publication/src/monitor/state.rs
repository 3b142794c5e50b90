//! Whether an edition is final, and whether its figures are, in words.

use ijsberg_report::text::Text;

use crate::monitor::entries::{Entry, Facts};

/// What an edition is, in words.
pub(super) fn state(text: &Text, is_final: bool) -> String {
    text.say(if is_final { "monitor-state-final" } else { "monitor-state-draft" })
}

/// Adds to the lines of a cover whether the figures are preliminary, final or revised, where its author did not place that.
pub(super) fn staged(lines: &mut Vec<String>, facts: &Facts) {
    let Some(Entry::Shown(stage)) = facts.numbers.get("stage") else { return };
    if !lines.iter().any(|line| line.contains(stage.as_str())) {
        lines.push(stage.clone());
    }
}
