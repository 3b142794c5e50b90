//! Estimates averaged over draws of a linkage or of suppressed counts.
//!
//! Where links are uncertain, each draw of the linkage gives a table and each table an estimate. With every draw equally probable, the
//! answer is the mixture of the distributions of the draws (Sadinle 2018, Annals of Applied Statistics 12). Here each
//! draw's interval is taken as log-normal on the unseen; the share of linkage in the uncertainty is the variance of
//! `ln N` between draws over that and the mean variance within.

mod breakdown;
mod mixture;

use serde::Serialize;

use crate::estimate::{AtOddsRatio, Estimate, Interval, IntervalKind, Note, Outcome};
use crate::method::Method;
use mixture::{Part, quantile};

pub use breakdown::average_breakdowns;

/// The share of the uncertainty that comes from linkage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkageShare {
    /// The method.
    pub method: Method,
    /// Share of the variance of `ln N` that is between draws, from 0 to 1.
    pub share: f64,
    /// Draws with an estimate.
    pub draws: usize,
    /// Draws without one; they count as unbounded.
    pub without: usize,
}

/// Averages estimates of the same methods over draws. Estimates of a method are matched by their place among those of that
/// method. A method that gives no estimate in more than half of the draws has none. `put_back` says that the draws hold the links that a sample
/// of persons resolved by hand showed to be missed.
pub fn average(draws: &[Vec<Estimate>], level: f64, put_back: bool) -> (Vec<Estimate>, Vec<LinkageShare>) {
    let Some(first) = draws.first() else { return (Vec::new(), Vec::new()) };
    let mut averaged = Vec::new();
    let mut shares = Vec::new();
    for (k, model) in first.iter().enumerate() {
        let nth = first[..k].iter().filter(|e| e.method == model.method).count();
        let same: Vec<&Estimate> =
            draws.iter().filter_map(|d| d.iter().filter(|e| e.method == model.method).nth(nth)).collect();
        let parts: Vec<Part> = same
            .iter()
            .filter(|e| e.outcome == Outcome::Exists)
            .filter_map(|e| Part::from_estimate(e))
            .collect();
        let mut seen: Vec<u64> = same.iter().map(|e| e.n_observed).collect();
        seen.sort_unstable();
        let n = seen.get(seen.len() / 2).copied().unwrap_or(0);
        if 2 * parts.len() <= draws.len() {
            let outcome = same.iter().map(|e| e.outcome).find(|o| *o != Outcome::Exists);
            averaged.push(Estimate::none(model.method, n, outcome.unwrap_or(Outcome::NotApplicable)));
            continue;
        }
        let without = draws.len() - parts.len();
        let tail = 0.5 * (1.0 - level);
        let lower = quantile(&parts, draws.len(), tail);
        let upper = quantile(&parts, draws.len(), 1.0 - tail);
        let interval = Interval::new(n as f64, (lower, upper), level, IntervalKind::OverLinkage);
        let mut e = Estimate::from_n_hat(model.method, n, quantile(&parts, draws.len(), 0.5), Some(interval));
        e.model = same.iter().all(|s| s.model == model.model).then(|| model.model.clone()).flatten();
        e.by_odds_ratio = curve(&same, draws.len(), n as f64, level);
        e.notes.push(Note::AveragedOverLinkage);
        if put_back {
            e.notes.push(Note::MissedLinksPutBack);
        }
        if without > 0 {
            e.notes.push(Note::ReplicatesWithoutEstimate);
        }
        averaged.push(e);
        let logs: Vec<f64> = parts.iter().map(|p| (p.seen + p.mean.exp()).ln()).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let between =
            logs.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / (logs.len() as f64 - 1.0).max(1.0);
        let within = parts.iter().map(Part::variance_of_log).sum::<f64>() / parts.len() as f64;
        shares.push(LinkageShare {
            method: model.method,
            share: between / (between + within),
            draws: parts.len(),
            without,
        });
    }
    (averaged, shares)
}

/// What an estimate becomes at each odds ratio, over all draws; nothing where not every draw with an estimate works it out.
fn curve(same: &[&Estimate], draws: usize, n: f64, level: f64) -> Vec<AtOddsRatio> {
    let found: Vec<&Estimate> = same.iter().filter(|e| e.outcome == Outcome::Exists).copied().collect();
    let Some(first) = found.first() else { return Vec::new() };
    let tail = 0.5 * (1.0 - level);
    let at = |odds_ratio: f64| {
        let own = |e: &&Estimate| {
            let here = e.by_odds_ratio.iter().find(|at| at.odds_ratio == odds_ratio)?;
            let limits = (here.interval.lower, here.interval.upper);
            Some(Part::new(e.n_observed as f64, here.n_hat, limits, here.interval.level))
        };
        let parts: Vec<Part> = found.iter().map(own).collect::<Option<_>>()?;
        let limits = (quantile(&parts, draws, tail), quantile(&parts, draws, 1.0 - tail));
        let interval = Interval::new(n, limits, level, IntervalKind::OverLinkage);
        Some(AtOddsRatio { odds_ratio, n_hat: quantile(&parts, draws, 0.5), interval })
    };
    first.by_odds_ratio.iter().map(|a| at(a.odds_ratio)).collect::<Option<_>>().unwrap_or_default()
}

/// The estimate and the interval over draws when a share of the links that differ between them is resolved by hand: what is between
/// draws shrinks to the square root of the share that is left, so that its variance is in proportion to it. `None` where most draws have
/// no estimate.
pub(crate) fn resolved(draws: &[Estimate], level: f64, share: f64) -> Option<(f64, Interval)> {
    let mut parts: Vec<Part> = draws.iter().filter_map(Part::from_estimate).collect();
    if 2 * parts.len() <= draws.len() {
        return None;
    }
    let count = parts.len() as f64;
    let (seen, mean) =
        parts.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.seen / count, sum.1 + p.mean / count));
    let left = (1.0 - share).clamp(0.0, 1.0).sqrt();
    for p in &mut parts {
        p.seen = seen + left * (p.seen - seen);
        p.mean = mean + left * (p.mean - mean);
    }
    let at = |share: f64| quantile(&parts, draws.len(), share);
    let tail = 0.5 * (1.0 - level);
    let interval = Interval::new(seen, (at(tail), at(1.0 - tail)), level, IntervalKind::OverLinkage);
    Some((at(0.5), interval))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(n: u64, n_hat: f64, factor: f64) -> Estimate {
        let unseen = n_hat - n as f64;
        let (lower, upper) = (n as f64 + unseen / factor, n as f64 + unseen * factor);
        let interval = Interval::new(n as f64, (lower, upper), 0.95, IntervalKind::LogNormal);
        Estimate::from_n_hat(Method::Mt, n, n_hat, Some(interval))
    }

    #[test]
    fn equal_draws_change_nothing_and_have_no_share() {
        let draws = vec![vec![estimate(100, 300.0, 1.5)]; 5];
        let (all, shares) = average(&draws, 0.95, false);
        let i = all[0].interval.unwrap();
        assert!((all[0].n_hat.unwrap() - 300.0).abs() < 0.01);
        assert!((i.lower - (100.0 + 200.0 / 1.5)).abs() < 0.1 && (i.upper - 400.0).abs() < 0.1);
        assert_eq!(shares[0].share, 0.0);
    }

    /// An estimate with what it becomes if there are half and twice as many unseen.
    fn with_curve(n: u64, n_hat: f64) -> Estimate {
        let at = |odds_ratio: f64| {
            let e = estimate(n, n as f64 + odds_ratio * (n_hat - n as f64), 1.1);
            AtOddsRatio { odds_ratio, n_hat: e.n_hat.unwrap(), interval: e.interval.unwrap() }
        };
        Estimate { by_odds_ratio: [0.5, 1.0, 2.0].map(at).to_vec(), ..estimate(n, n_hat, 1.1) }
    }

    #[test]
    fn other_odds_ratios_are_averaged_as_the_estimate_is() {
        let draws: Vec<Vec<Estimate>> = [280.0, 300.0, 320.0].map(|n| vec![with_curve(100, n)]).to_vec();
        let e = &average(&draws, 0.95, false).0[0];
        let [half, same, twice] = [0, 1, 2].map(|place| e.by_odds_ratio[place]);
        assert_eq!([half, same, twice].map(|at| at.odds_ratio), [0.5, 1.0, 2.0]);
        assert!((same.n_hat - e.n_hat.unwrap()).abs() < 1e-6 && same.interval == e.interval.unwrap());
        assert!((half.n_hat - 200.0).abs() < 2.0 && (twice.n_hat - 500.0).abs() < 4.0, "{half:?} {twice:?}");
        // Wider than that of any draw: draws differ at every odds ratio.
        assert!(twice.interval.upper / twice.interval.lower > 1.2, "{twice:?}");
        // Where one draw does not work it out there is none.
        let mut without = draws;
        without[1][0].by_odds_ratio.clear();
        assert!(average(&without, 0.95, false).0[0].by_odds_ratio.is_empty());
    }

    #[test]
    fn draws_that_differ_widen_the_interval_and_missing_ones_unbound_it() {
        let draws: Vec<Vec<Estimate>> =
            [260.0, 280.0, 300.0, 320.0, 340.0].map(|n| vec![estimate(100, n, 1.05)]).to_vec();
        let (all, shares) = average(&draws, 0.95, false);
        let i = all[0].interval.unwrap();
        assert!(i.lower < 262.0 && i.upper > 338.0 && shares[0].share > 0.9, "{i:?} {shares:?}");
        let mut some = draws;
        some[0] = vec![Estimate::none(Method::Mt, 100, Outcome::Infinite)];
        let (all, shares) = average(&some, 0.95, true);
        assert!(all[0].interval.unwrap().upper.is_infinite() && shares[0].without == 1);
        some.iter_mut().take(3).for_each(|d| d[0] = Estimate::none(Method::Mt, 100, Outcome::Infinite));
        assert_eq!(average(&some, 0.95, true).0[0].outcome, Outcome::Infinite);
    }
}
