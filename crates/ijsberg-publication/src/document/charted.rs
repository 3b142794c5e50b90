//! Contents and names of the charts of an edition.

use ijsberg_outside::identifier;
use ijsberg_report::charts::Part;
use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::estimate::PartEstimate;
use crate::labels::level;

/// The name of the chart of persons by a characteristic.
pub(crate) fn figure_by(what: &str) -> String {
    format!("by-{}", identifier(what))
}

/// The maximum number of bars of a chart; the table next to it has all levels.
pub(crate) const MOST_BARS: usize = 20;

/// The years that charts show. A year without persons has neither an estimate nor a bound; its 0 is in the table and in the text.
pub(crate) fn drawn_years(e: &Edition) -> Vec<&PartEstimate> {
    let is_empty = |p: &PartEstimate| p.level.parse().is_ok_and(|year| e.empty_years.contains(&year));
    e.parts.iter().filter(|p| p.covariate == "year" && !is_empty(p)).collect()
}

/// Parts in the form that charts need; parts with a hidden count are left out.
pub(crate) fn parts(text: &Text, of: &[&PartEstimate]) -> Vec<Part> {
    let part = |s: &&PartEstimate| {
        Some(Part {
            label: level(text, &s.covariate, &s.level),
            seen: s.reported?.get() as f64,
            n_hat: s.n_hat.unwrap_or(f64::NAN),
            limits: s.limits,
        })
    };
    of.iter().filter_map(part).collect()
}
