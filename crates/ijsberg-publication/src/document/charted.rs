//! What charts of an edition show, and what each is called.

use ijsberg_outside::identifier;
use ijsberg_report::charts::Part;
use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::estimate::Sized;
use crate::labels::level;

/// The name of the chart of persons by something.
pub(crate) fn figure_by(what: &str) -> String {
    format!("by-{}", identifier(what))
}

/// Bars of a chart at most; the table beside it has them all.
pub(crate) const MOST_BARS: usize = 20;

/// The years as charts draw them. One with nobody has neither an estimate nor a bound: its 0 is in the table and in the text.
pub(crate) fn drawn_years(e: &Edition) -> Vec<&Sized> {
    let is_of_nobody = |p: &Sized| p.level.parse().is_ok_and(|year| e.nobody.contains(&year));
    e.parts.iter().filter(|p| p.covariate == "year" && !is_of_nobody(p)).collect()
}

/// Parts as charts draw them; one that is hidden is left out.
pub(crate) fn parts(text: &Text, of: &[&Sized]) -> Vec<Part> {
    let part = |s: &&Sized| {
        Some(Part {
            label: level(text, &s.covariate, &s.level),
            seen: s.reported?.get() as f64,
            n_hat: s.n_hat.unwrap_or(f64::NAN),
            limits: s.limits,
        })
    };
    of.iter().filter_map(part).collect()
}
