//! The estimate of a table beside estimates from elsewhere.

use ijsberg_mse::diagnostics::{Diagnostics, Verdict};
use ijsberg_mse::evidence::{Given, Kind, NotPooled, SideBySide, compare};

/// Puts the headline beside estimates from elsewhere, as far as its verdict allows: a figure or a range with its interval, a lower bound
/// without limits, or nothing; without a range there is nothing to pool. `None` where no other estimate was given.
pub(crate) fn side_by_side(
    diagnostics: &Diagnostics,
    input: &str,
    others: &[Given],
    level: f64,
) -> Option<SideBySide> {
    if others.is_empty() {
        return None;
    }
    let own = |estimate: f64, limits: Option<(f64, f64)>| Given {
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
