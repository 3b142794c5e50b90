//! Parts of the population in a chart: their numbers, in words and as figures.

use ijsberg_mse::strata::breakdown::Size;

use crate::charts::{Cell, Data};
use crate::text::Text;

/// What a chart shows of a part of the population.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Its name.
    pub label: String,
    /// Persons seen.
    pub seen: f64,
    /// Estimated persons; not finite where there is no estimate.
    pub n_hat: f64,
    /// The interval; its upper limit is infinite where there is none to give.
    pub limits: Option<(f64, f64)>,
}

impl Part {
    /// A part with covariates as charts draw it: one with too little overlap has no number and no interval.
    pub(super) fn from_size(size: &Size, label: String) -> Self {
        let none = !size.rests_on_overlap();
        let n_hat = if none { f64::INFINITY } else { size.n_hat };
        Self { label, seen: size.observed, n_hat, limits: size.limits.filter(|_| !none) }
    }

    /// Whether there is an upper limit.
    pub(super) fn is_bounded(&self) -> bool {
        self.limits.is_some_and(|l| l.1.is_finite())
    }

    /// The number of persons in words: a number, a range, or a lower bound.
    pub(super) fn said(&self, text: &Text) -> String {
        match self.limits {
            _ if self.n_hat.is_finite() => text.number(self.n_hat),
            Some((low, high)) if high.is_finite() => {
                format!("{} – {}", text.number(low), text.number(high))
            }
            Some((low, _)) => text.fill("at-least", &[("n", text.number(low))]),
            None => String::new(),
        }
    }
}

/// Parts as figures: who was seen, the number where there is one, and the limits.
pub(crate) fn figures<'a>(text: &Text, parts: impl Iterator<Item = &'a Part>) -> Data {
    let columns = [
        ("part", text.say("col-part")),
        ("observed", text.say("col-observed")),
        ("n_hat", text.say("col-estimate")),
        ("lower", text.say("col-lower")),
        ("upper", text.say("col-upper")),
    ];
    let mut data = Data::new(text, columns);
    for p in parts {
        data.row([
            Cell::words(&p.label),
            Cell::number(text, p.seen),
            Cell::number(text, Some(p.n_hat).filter(|n| n.is_finite())),
            Cell::number(text, p.limits.map(|l| l.0)),
            Cell::number(text, p.limits.map(|l| l.1)),
        ]);
    }
    data
}

/// Whether parts have a number or a range each; otherwise a chart of them shows lower bounds.
pub(super) fn more_than_bounds(parts: &[Part]) -> bool {
    parts.iter().all(|p| p.n_hat.is_finite()) || parts.iter().all(Part::is_bounded)
}

/// The name of a caption, or of the one for lower bounds where that is all that a chart shows.
pub fn caption(name: &str, parts: &[Part]) -> String {
    let shown: Vec<Part> =
        parts.iter().filter(|p| p.n_hat.is_finite() || p.limits.is_some()).cloned().collect();
    if more_than_bounds(&shown) { name.to_owned() } else { format!("{name}-bound") }
}
