//! The estimate of a table and external estimates.

use ijsberg_mse::diagnostics::{Diagnostics, Verdict};
use ijsberg_mse::evidence::{Kind, NamedEstimate, NamedEstimateError, NotPooled, SideBySide, compare};
use ijsberg_report::text::Text;

/// An external estimate as it was entered.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenEstimate {
    /// What it is called.
    pub name: String,
    /// How it was made: the name of a [`Kind`].
    pub kind: String,
    /// Its source; empty where not stated.
    pub source: String,
    /// The year or years that it is about; empty where not stated.
    pub year: String,
    /// Estimated persons.
    pub estimate: f64,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// The confidence level of the limits; 0.95 where not stated.
    pub level: Option<f64>,
}

impl WrittenEstimate {
    /// The estimate, where it can be used; `n` is its place among the others, from 1.
    ///
    /// # Errors
    /// What is wrong with it, in words of `text`.
    pub fn given(self, n: usize, text: &Text) -> Result<NamedEstimate, String> {
        let place = ("n", n.to_string());
        let Some(kind) = Kind::named(&self.kind) else {
            let known = Kind::ALL.map(Kind::id).join(", ");
            return Err(text.fill("argument-evidence-kind", &[place, ("value", self.kind), ("known", known)]));
        };
        let limits = match (self.lower, self.upper) {
            (Some(lower), Some(upper)) => Some((lower, upper)),
            (None, None) => None,
            _ => return Err(text.fill("argument-evidence-one-limit", &[place])),
        };
        let given = NamedEstimate {
            name: self.name,
            kind,
            source: self.source,
            year: self.year,
            estimate: self.estimate,
            limits,
            level: self.level.unwrap_or(0.95),
        };
        match given.check() {
            Ok(()) => Ok(given),
            Err(NamedEstimateError::Estimate) => Err(text.fill("argument-evidence-estimate", &[place])),
            Err(NamedEstimateError::Limits) => Err(text.fill("argument-evidence-limits", &[place])),
            Err(NamedEstimateError::Level) => Err(text.fill("argument-evidence-level", &[place])),
            Err(NamedEstimateError::Name) => Err(text.fill("argument-evidence-name", &[place])),
        }
    }
}

/// Compares the headline with external estimates, as far as its verdict allows: a figure or a range with its interval, a lower bound
/// without limits, or nothing; without a range there is nothing to pool. `None` where no other estimate was given.
pub(crate) fn side_by_side(
    diagnostics: &Diagnostics,
    input: &str,
    others: &[NamedEstimate],
    level: f64,
) -> Option<SideBySide> {
    if others.is_empty() {
        return None;
    }
    let own = |estimate: f64, limits: Option<(f64, f64)>| NamedEstimate {
        name: input.to_owned(),
        kind: Kind::MultipleSystems,
        source: String::new(),
        year: String::new(),
        estimate,
        limits,
        level,
    };
    let headline = diagnostics.headline.as_ref();
    let ranged = matches!(diagnostics.verdict, Verdict::FitToPublish | Verdict::RangeOnly);
    let ours = match headline {
        Some(h) if ranged => Some(own(h.n_hat, Some((h.interval.lower, h.interval.upper)))),
        Some(_) => diagnostics.at_least.map(|least| own(least, None)),
        None => None,
    };
    let usable = ours.as_ref().is_some_and(|o| o.log_se().is_some());
    let all = ours.into_iter().chain(others.iter().cloned()).collect();
    let mut found = compare(all, headline.map(|h| h.seen), level);
    if !usable {
        found.pooled = None;
        found.not_pooled.insert(0, NotPooled::NoOwn);
    }
    Some(found)
}
