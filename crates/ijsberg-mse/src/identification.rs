//! What an estimate takes for granted, and what happens when it is not so.
//!
//! The data say how many persons have each history but the empty one. Whatever distribution they follow, the number of
//! unseen is free: it is fixed by an assumption that no data can test. For log-linear models it is that the interaction
//! of all lists together is absent. With `p(w)` the chance of history `w` on `t` lists, the odds ratio of that
//! interaction is `xi = exp(sum of (-1)^(t - |w|) log p(w))`, 1 when absent (Aleshin-Guendel, Sadinle and Wakefield
//! 2024). The unseen enter with the sign `(-1)^t`, so that `N(xi) = n + xi (N - n)` for an even number of lists and
//! `N(xi) = n + (N - n) / xi` for an odd one.

use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

use crate::bayes::decomposable;
use crate::chance::{binomial, multinomial, stream};
use crate::estimate::{Estimate, Interval, IntervalKind, Outcome};
use crate::histories::{Histories, Mask};
use crate::loglinear::existence::Existence;
use crate::loglinear::{Criterion, Engine};
use crate::method::{Assumption, Family, Method};
use crate::model::{Model, bits};
use crate::special::{normal_quantile, quantile_type8};

/// Odds ratios `xi` for which `N(xi)` is worked out.
pub const FACTORS: [f64; 7] = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0];

/// Largest odds ratios for which [`PartialBounds`] are worked out.
pub const ODDS_RATIOS: [f64; 4] = [1.5, 2.0, 3.0, 5.0];

/// Draws of a rate of over-coverage.
const OVER_COVERAGE_DRAWS: u64 = 1000;

/// How far one estimate leans on the interaction of all lists.
#[derive(Debug, Clone, Serialize)]
pub struct Sensitivity {
    /// The method.
    pub method: Method,
    /// Lists, whose number decides which way an odds ratio works.
    pub lists: usize,
    /// `N(xi)` at [`FACTORS`]: growing for an even number of lists, falling for an odd one.
    pub n_at: Vec<f64>,
    /// The `xi` that would halve the estimate; `None` when not even no unseen at all would.
    pub halving: Option<f64>,
    /// The `xi` that would double it.
    pub doubling: f64,
}

/// What the unseen under no interaction of all `lists` lists are to be multiplied by, when its odds ratio is `xi`.
pub fn unseen_factor(lists: usize, xi: f64) -> f64 {
    if lists.is_multiple_of(2) { xi } else { 1.0 / xi }
}

impl Sensitivity {
    /// From an estimate without the interaction of all lists; `None` when it leaves nobody unseen, which no odds ratio
    /// changes.
    pub fn from_estimate(method: Method, lists: usize, n: f64, n_hat: f64) -> Option<Self> {
        let unseen = n_hat - n;
        // The factor is its own inverse.
        let at = |target: f64| unseen_factor(lists, (target - n) / unseen);
        (unseen > 0.0).then(|| Self {
            method,
            lists,
            n_at: FACTORS.iter().map(|xi| n + unseen_factor(lists, *xi) * unseen).collect(),
            halving: (0.5 * n_hat > n).then(|| at(0.5 * n_hat)),
            doubling: at(2.0 * n_hat),
        })
    }
}

/// An interaction in the best model, as a measure of what is usual between these lists.
#[derive(Debug, Clone, Serialize)]
pub struct ModelInteraction {
    /// The lists.
    pub lists: String,
    /// Its odds ratio.
    pub odds_ratio: f64,
}

/// The panel.
#[derive(Debug, Clone, Serialize)]
pub struct Identification {
    /// Assumption by method, for every method with an estimate.
    pub assumptions: Vec<(Method, Assumption)>,
    /// Log-linear estimates against `xi`.
    pub sensitivity: Vec<Sensitivity>,
    /// The interactions that the best model by BIC has, strongest first.
    pub usual: Vec<ModelInteraction>,
    /// The average over decomposable graphs under other priors, up to six lists.
    pub priors: Vec<PriorSensitivity>,
    /// Estimates of that model when some of the persons seen on one list only are no victims.
    pub over_coverage: Vec<OverCoverage>,
    /// The same with the rate unknown within its range, as an interval that holds sampling error too.
    pub over_coverage_interval: Option<Interval>,
    /// Bounds under limited dependence, from the smallest odds ratio that suits all lists.
    pub bounds: Vec<PartialBounds>,
    /// The smallest odds ratio under which the lists agree with each other.
    pub least_odds_ratio: Option<f64>,
}

/// What the data say when dependence is limited instead of absent.
///
/// Let the odds ratio between each list and the union of all others lie between `1 / omega` and `omega`. Each list then
/// bounds the unseen, `a b / (m omega)` to `a b omega / m` with `a` on the list alone, `b` on others alone and `m` on
/// both, and all bounds hold together (after Zhang and Small 2020, Statistics in Medicine 39, for two lists).
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PartialBounds {
    /// The largest odds ratio allowed, either way.
    pub odds_ratio: f64,
    /// Bounds for the size; `None` when no size suits all lists: the data contradict so little dependence.
    pub size: Option<(f64, f64)>,
    /// The same with sampling error, simultaneous over the lists (Bonferroni).
    pub with_error: Option<(f64, f64)>,
}

/// The average over decomposable graphs under one prior.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PriorSensitivity {
    /// Prior count of every cell.
    pub prior_count: f64,
    /// Posterior median.
    pub median: f64,
}

/// The estimate under a rate of over-coverage.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct OverCoverage {
    /// Share of all persons seen that do not belong to the population.
    pub rate: f64,
    /// Persons seen that belong to it.
    pub seen: f64,
    /// The estimate without them.
    pub n_hat: f64,
}

/// Works the panel out. `over_coverage` is a range of rates, both ends and the middle of which are tried: persons who do
/// not belong to the population match nobody, so they are taken from those on one list only.
pub fn identification(
    engine: &Engine,
    estimates: &[Estimate],
    over_coverage: Option<(f64, f64)>,
    level: f64,
    seed: u64,
) -> Identification {
    let h = engine.histories();
    let n = h.n() as f64;
    let existing = || estimates.iter().filter(|e| e.outcome == Outcome::Exists);
    let sensitivity = existing()
        .filter(|e| matches!(e.method.family(), Family::Headline | Family::LogLinear | Family::Bayesian))
        .filter_map(|e| Sensitivity::from_estimate(e.method, h.t(), n, e.n_hat?))
        .collect();
    // A search is worth its time where there is something to compare it with.
    let compared = over_coverage.is_some()
        || existing().any(|e| matches!(e.method.family(), Family::LogLinear | Family::Bayesian));
    let best = if h.t() > 2 && compared {
        engine.near_best(Criterion::Bic, 0.0).first().map(|m| m.model.clone())
    } else {
        None
    };
    let mut usual: Vec<ModelInteraction> = best
        .iter()
        .flat_map(|model| {
            let fit = engine.fit(model);
            let terms = model.terms().to_vec();
            terms.into_iter().zip(fit.coefficients).collect::<Vec<_>>()
        })
        .filter(|(term, b)| term.count_ones() > 1 && b.is_finite())
        .map(|(term, b)| ModelInteraction {
            lists: bits(term).map(|j| h.lists()[j].as_str()).collect::<Vec<_>>().join("·"),
            odds_ratio: b.exp(),
        })
        .collect();
    usual.sort_by(|a, b| b.odds_ratio.ln().abs().total_cmp(&a.odds_ratio.ln().abs()));
    let over_coverage_interval = over_coverage
        .filter(|(low, high)| low < high)
        .zip(best.as_ref())
        .and_then(|(range, model)| over_coverage_interval(h, model, range, level, seed));
    let least_odds_ratio = least_odds_ratio(h);
    let bounds = ODDS_RATIOS.into_iter().filter_map(|omega| partial_bounds(h, omega, level)).collect();
    let over_coverage = over_coverage.zip(best).map_or_else(Vec::new, |((low, high), model)| {
        [low, 0.5 * (low + high), high]
            .into_iter()
            .filter_map(|rate| {
                let thinned = without(h, rate)?;
                let n = thinned.n() as f64;
                Some(OverCoverage { rate, seen: n, n_hat: n + Engine::new(&thinned).fit(&model).dark_figure })
            })
            .collect()
    });
    let averaged = existing().any(|e| e.method == Method::DecomposableAveraged) && h.t() <= 6;
    let counts = [0.5_f64.powi(h.t() as i32), 0.5, 1.0];
    let priors = counts
        .into_iter()
        .filter(|_| averaged)
        .filter_map(|prior_count| {
            let median = decomposable::average(h, prior_count).ok()?.size.quantile(0.5);
            Some(PriorSensitivity { prior_count, median })
        })
        .collect();
    Identification {
        priors,
        assumptions: existing().map(|e| (e.method, e.method.assumption())).collect(),
        sensitivity,
        usual,
        over_coverage,
        over_coverage_interval,
        bounds,
        least_odds_ratio,
    }
}

/// On the list alone, on others alone, on both, for each list; `None` where one of them is nobody.
fn against_the_rest(h: &Histories) -> Option<Vec<(f64, f64, f64)>> {
    (0..h.t())
        .map(|j| {
            let count = |f: &dyn Fn(Mask) -> bool| -> f64 {
                h.cells().iter().filter(|(w, _)| f(*w)).map(|(_, c)| *c as f64).sum()
            };
            let own = 1 << j;
            let (a, b) = (count(&|w| w == own), count(&|w| w & own == 0));
            let m = count(&|w| w & own != 0 && w != own);
            (a > 0.0 && b > 0.0 && m > 0.0).then_some((a, b, m))
        })
        .collect()
}

fn partial_bounds(h: &Histories, omega: f64, level: f64) -> Option<PartialBounds> {
    let n = h.n() as f64;
    let lists = against_the_rest(h)?;
    let z = normal_quantile(1.0 - 0.5 * (1.0 - level) / lists.len() as f64);
    let within = |z: f64| {
        let range = |(a, b, m): &(f64, f64, f64)| {
            let (middle, wide) = ((a * b / m).ln(), omega.ln() + z * (1.0 / a + 1.0 / b + 1.0 / m).sqrt());
            (middle - wide, middle + wide)
        };
        let low = lists.iter().map(|l| range(l).0).fold(f64::NEG_INFINITY, f64::max);
        let high = lists.iter().map(|l| range(l).1).fold(f64::INFINITY, f64::min);
        (low <= high + 1e-12).then(|| (n + low.exp(), n + high.exp()))
    };
    Some(PartialBounds { odds_ratio: omega, size: within(0.0), with_error: within(z) })
}

fn least_odds_ratio(h: &Histories) -> Option<f64> {
    let middles: Vec<f64> = against_the_rest(h)?.iter().map(|(a, b, m)| a * b / m).collect();
    let highest = middles.iter().copied().fold(0.0, f64::max);
    let lowest = middles.iter().copied().fold(f64::INFINITY, f64::min);
    Some((highest / lowest).sqrt())
}

/// Percentiles of the estimate when persons are drawn again, the rate is drawn evenly from its range, and each person seen
/// on one list only is no victim with the chance that makes up the rate.
fn over_coverage_interval(
    h: &Histories,
    model: &Model,
    (low, high): (f64, f64),
    level: f64,
    seed: u64,
) -> Option<Interval> {
    let weights: Vec<f64> = h.cells().iter().map(|c| c.1 as f64).collect();
    let mut sizes: Vec<f64> = (0..OVER_COVERAGE_DRAWS)
        .into_par_iter()
        .map(|b| {
            let mut rng = stream(seed ^ 0x0ce7, b);
            let drawn = multinomial(h.n(), &weights, &mut rng);
            let rate = low + (high - low) * rng.random::<f64>();
            let single = |w: Mask| w.is_power_of_two();
            let alone: u64 = h.cells().iter().zip(&drawn).filter(|(c, _)| single(c.0)).map(|(_, d)| d).sum();
            let chance = (rate * h.n() as f64 / alone.max(1) as f64).min(1.0);
            let cells: Vec<(Mask, u64)> = h
                .cells()
                .iter()
                .zip(drawn)
                .map(|((w, _), d)| (*w, if single(*w) { d - binomial(d, chance, &mut rng) } else { d }))
                .filter(|c| c.1 > 0)
                .collect();
            let Ok(table) = Histories::new(h.lists().to_vec(), cells) else { return f64::INFINITY };
            let fit = Engine::new(&table).fit(model);
            let size = table.n() as f64 + fit.dark_figure;
            if fit.existence == Existence::Exists && size.is_finite() { size } else { f64::INFINITY }
        })
        .collect();
    sizes.sort_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - level);
    let lower = quantile_type8(&sizes, tail);
    let upper = quantile_type8(&sizes, 1.0 - tail);
    let upper = if upper.is_nan() { f64::INFINITY } else { upper };
    // Of the persons seen these are surely victims.
    let victims = (1.0 - high) * h.n() as f64;
    lower.is_finite().then(|| Interval::new(victims, (lower, upper), level, IntervalKind::Percentile))
}

/// The table without a share of all persons, taken from those on one list only.
fn without(h: &Histories, rate: f64) -> Option<Histories> {
    let alone = h.frequencies()[0] as f64;
    let keep = 1.0 - rate * h.n() as f64 / alone;
    let cells = h.cells().iter().map(|(w, c)| {
        let single = w.is_power_of_two();
        (*w, if single { (*c as f64 * keep).round().max(0.0) as u64 } else { *c })
    });
    let cells: Vec<_> = cells.filter(|c| c.1 > 0).collect();
    (keep > 0.0).then(|| Histories::new(h.lists().to_vec(), cells).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::{Settings, Silent, run};

    #[test]
    fn the_break_even_points_halve_and_double() {
        let names = ["a", "b", "c"].map(String::from).to_vec();
        let h = Histories::new(names, [(1, 60), (2, 50), (4, 40), (3, 12), (5, 9), (6, 10), (7, 3)]).unwrap();
        let engine = Engine::new(&h);
        let settings = Settings { methods: vec![Method::AllPairs], ..Settings::default() };
        let estimates = run(&engine, &[], &settings, &Silent);
        let panel = identification(&engine, &estimates, Some((0.0, 0.1)), 0.95, 1);
        let (s, n_hat) = (&panel.sensitivity[0], estimates[0].n_hat.unwrap());
        let (n, unseen) = (h.n() as f64, n_hat - h.n() as f64);
        // Three lists: the unseen are divided by the odds ratio.
        assert!((n + unseen / s.doubling - 2.0 * n_hat).abs() < 1e-9);
        assert!((n + unseen / s.halving.unwrap() - 0.5 * n_hat).abs() < 1e-9);
        assert!((s.n_at[3] - n_hat).abs() < 1e-9);
        // Fewer persons on one list only: the lists overlap relatively more, so the estimate falls by more than they.
        let [none, _, most] = panel.over_coverage[..] else { panic!() };
        assert_eq!(none.seen, n);
        assert!(most.n_hat / none.n_hat < most.seen / none.seen);
        let interval = panel.over_coverage_interval.unwrap();
        assert!(interval.lower < most.n_hat && interval.upper > 0.5 * (none.n_hat + most.n_hat));
    }

    #[test]
    fn bounds_widen_with_the_dependence_allowed_and_are_empty_below_the_least() {
        let names = ["a", "b", "c"].map(String::from).to_vec();
        let h = Histories::new(names, [(1, 60), (2, 50), (4, 40), (3, 12), (5, 9), (6, 10), (7, 3)]).unwrap();
        let least = least_odds_ratio(&h).unwrap();
        assert!(least > 1.0 && least < 1.5, "{least}");
        assert!(partial_bounds(&h, 0.99 * least, 0.95).unwrap().size.is_none());
        let (low, high) = partial_bounds(&h, least, 0.95).unwrap().size.unwrap();
        assert!((high / low - 1.0).abs() < 1e-9);
        let two = partial_bounds(&h, 2.0, 0.95).unwrap();
        let (size, wide) = (two.size.unwrap(), two.with_error.unwrap());
        assert!(size.0 < low && size.1 > high && wide.0 < size.0 && wide.1 > size.1);
    }
}
