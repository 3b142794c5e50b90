//! Earlier years with their late list withheld: the error that a preliminary figure would have had.

use rayon::prelude::*;
use serde::Serialize;

use super::joint::Joint;
use super::setup::{NowcastSettings, Setup, Year};
use crate::chance::{multinomial, stream};
use crate::estimate::not_below;
use crate::generalised_chapman::of_cells;
use crate::loglinear::existence::Existence;
use crate::methods::Progress;
use crate::special::{normal_cdf, quantile_type8, student_quantile};

/// Fewer replayed years than this say little of how wrong a figure may be.
const FEW: usize = 4;

/// One earlier year: the figure before its late list was in, and the figure after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplayedYear {
    /// The year.
    pub year: String,
    /// From how many earlier years it was nowcast.
    pub from: usize,
    /// Persons on the early lists.
    pub seen: u64,
    /// The figure without the late list; `None` where there was no estimate.
    pub preliminary: Option<f64>,
    /// Its lower limit, with the drift of the other replayed years; `None` where there is no other.
    pub lower: Option<f64>,
    /// Its upper limit.
    pub upper: Option<f64>,
    /// The figure with all lists: the generalised Chapman estimate of that year alone.
    #[serde(rename = "final")]
    pub settled: Option<f64>,
    /// The preliminary figure over the final one, less 1.
    pub error: Option<f64>,
    /// Whether the limits hold the final figure.
    pub covered: Option<bool>,
}

/// How wrong preliminary figures were.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NowcastAccuracy {
    /// Years replayed that have both figures.
    pub years: usize,
    /// Mean of the absolute error, as a share of the final figure.
    pub mean_absolute_error: f64,
    /// The largest.
    pub largest_error: f64,
    /// The mean of the error with its sign: above nil where preliminary figures are too high.
    pub mean_error: f64,
    /// Years whose limits held the final figure.
    pub covered: usize,
    /// Years that had limits.
    pub with_limits: usize,
}

/// What a figure without the late list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Preliminary, with an error measured on enough years.
    Preliminary,
    /// Preliminary, with an error measured on few years.
    PreliminaryFewYears,
    /// Preliminary, with an error that was not measured.
    PreliminaryNotMeasured,
}

impl Standing {
    pub(super) fn from_measured(measured: Option<&NowcastAccuracy>) -> Self {
        match measured {
            None => Self::PreliminaryNotMeasured,
            Some(m) if m.years < FEW => Self::PreliminaryFewYears,
            Some(_) => Self::Preliminary,
        }
    }
}

/// What simulated tables without drift spread, as standard deviations of logarithms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread {
    /// Of the preliminary figure around the truth.
    pub(super) error: f64,
    /// Of the preliminary figure around the final one.
    change: f64,
}

/// A replayed year before its limits are known.
#[derive(Debug)]
pub(super) struct Replay {
    year: String,
    from: usize,
    seen: f64,
    preliminary: Option<f64>,
    settled: Option<f64>,
    spread: Spread,
}

/// The drift beyond sampling.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Drift {
    /// Variance of the logarithm.
    pub(super) variance: f64,
    /// The mean of the squared logarithms that it comes from.
    squares: f64,
    /// Years that it comes from.
    years: usize,
}

impl Drift {
    fn from_replays(replays: &[&Replay]) -> Self {
        // A year whose simulated tables spread without limit says nothing of what lies beyond sampling.
        let known = replays.iter().filter_map(|r| Some((r.change()?.powi(2), r.spread.change.powi(2))));
        let known: Vec<(f64, f64)> = known.filter(|k| k.1.is_finite()).collect();
        if known.is_empty() {
            return Self::default();
        }
        let mean = |of: fn(&(f64, f64)) -> f64| known.iter().map(of).sum::<f64>() / known.len() as f64;
        let squares = mean(|k| k.0);
        let beyond = squares - mean(|k| k.1);
        Self { variance: if beyond > 0.0 { beyond } else { 0.0 }, squares, years: known.len() }
    }

    /// Whether any replayed year gives information about the drift.
    pub(super) fn is_known(&self) -> bool {
        self.years > 0
    }

    /// The variance with sampling, and its degrees of freedom: those of the squares that the drift comes from, spread over the whole.
    pub(super) fn widened(&self, sampling: f64) -> (f64, f64) {
        let variance = sampling.powi(2) + self.variance;
        if self.variance <= 0.0 || self.squares <= 0.0 {
            return (variance, f64::INFINITY);
        }
        (variance, (self.years as f64 * (variance / self.squares).powi(2)).max(1.0))
    }
}

impl Replay {
    /// The logarithm of the preliminary over the final figure.
    fn change(&self) -> Option<f64> {
        Some((self.preliminary? / self.settled?).ln())
    }
}

/// Limits on the logarithm; none above where the variance has no limit.
pub(super) fn limits(n_hat: f64, variance: f64, degrees: f64, level: f64) -> (f64, f64) {
    let factor = (student_quantile(level, degrees) * variance.sqrt()).exp();
    (n_hat / factor, n_hat * factor)
}

/// Replays every year that has one before it.
pub(super) fn replay(
    setup: &Setup,
    complete: &[Year],
    asked: &NowcastSettings,
    progress: &dyn Progress,
) -> Vec<Replay> {
    (1..complete.len())
        .map(|y| {
            let year = &complete[y];
            let earlier: Vec<&[f64]> = complete[y.saturating_sub(asked.window.max(1))..y]
                .iter()
                .map(|e| e.cells.as_slice())
                .collect();
            let early = setup.collapsed(&year.cells);
            let none = Spread { error: f64::INFINITY, change: f64::INFINITY };
            let joint = setup.joint(&earlier, &year.cells);
            Replay {
                year: year.name.clone(),
                from: earlier.len(),
                seen: early.iter().sum(),
                preliminary: setup.preliminary(&earlier, &early),
                settled: settled(setup, &year.cells),
                spread: joint.map_or(none, |j| spread(setup, &j, asked, y as u64, progress)),
            }
        })
        .collect()
}

/// The figure of a year with all its lists.
fn settled(setup: &Setup, cells: &[f64]) -> Option<f64> {
    let found = of_cells(cells.to_vec(), cells.iter().sum(), &setup.model, &setup.constants, 0.95);
    (found.existence == Existence::Exists && found.n_hat.is_finite()).then_some(found.n_hat)
}

/// How preliminary figures spread in tables simulated from a fit without drift. `place` keeps the draws of one year apart from those of
/// others.
pub(super) fn spread(
    setup: &Setup,
    joint: &Joint,
    asked: &NowcastSettings,
    place: u64,
    progress: &dyn Progress,
) -> Spread {
    let both: Vec<(f64, f64)> = (0..asked.replicates as u64)
        .into_par_iter()
        .map(|b| {
            let mut rng = stream(asked.seed ^ 0x6e6f_7763, place << 32 | b);
            let mut drawn: Vec<Vec<f64>> = Vec::with_capacity(joint.means.len());
            let mut total = 0.0;
            for means in &joint.means {
                let persons = means.iter().sum::<f64>().round().clamp(0.0, 1e15);
                let mut cells: Vec<f64> =
                    multinomial(persons as u64, means, &mut rng).into_iter().map(|n| n as f64).collect();
                total = persons;
                cells[0] = 0.0;
                drawn.push(cells);
            }
            progress.tick();
            let Some((last, earlier)) = drawn.split_last() else { return (f64::INFINITY, f64::INFINITY) };
            let earlier: Vec<&[f64]> = earlier.iter().map(Vec::as_slice).collect();
            let Some(preliminary) = setup.preliminary(&earlier, &setup.collapsed(last)) else {
                return (f64::INFINITY, f64::INFINITY);
            };
            let change = settled(setup, last).map_or(f64::INFINITY, |s| (preliminary / s).ln());
            ((preliminary / total).ln(), change)
        })
        .collect();
    let of = |pick: fn(&(f64, f64)) -> f64| {
        let mut all: Vec<f64> = both.iter().map(pick).collect();
        all.sort_by(f64::total_cmp);
        // Half the distance between the quantiles of one standard deviation: a few wild tables do not decide it.
        let at = |z: f64| quantile_type8(&all, normal_cdf(z));
        let half = 0.5 * (at(1.0) - at(-1.0));
        if half.is_finite() { half } else { f64::INFINITY }
    };
    Spread { error: of(|b| b.0), change: of(|b| b.1) }
}

/// The replayed years with limits, how wrong they were, and the drift of all of them.
pub(super) fn measure(replays: &[Replay], level: f64) -> (Vec<ReplayedYear>, Option<NowcastAccuracy>, Drift) {
    let replayed: Vec<ReplayedYear> = replays
        .iter()
        .enumerate()
        .map(|(i, r)| {
            // The drift of the other years: what a year was wrong by says nothing of how wide its limits would have been.
            let others: Vec<&Replay> = replays
                .iter()
                .enumerate()
                .filter(|(j, o)| *j != i && o.change().is_some())
                .map(|(_, o)| o)
                .collect();
            let drift = Drift::from_replays(&others);
            let limits = r.preliminary.filter(|_| drift.is_known()).map(|n| {
                let (variance, degrees) = drift.widened(r.spread.error);
                not_below(r.seen, limits(n, variance, degrees, level))
            });
            ReplayedYear {
                year: r.year.clone(),
                from: r.from,
                seen: r.seen as u64,
                preliminary: r.preliminary,
                lower: limits.map(|l| l.0),
                upper: limits.map(|l| l.1),
                settled: r.settled,
                error: r.preliminary.zip(r.settled).map(|(p, s)| p / s - 1.0),
                covered: limits
                    .filter(|l| l.1.is_finite())
                    .zip(r.settled)
                    .map(|((lower, upper), s)| lower <= s && s <= upper),
            }
        })
        .collect();
    let errors: Vec<f64> = replayed.iter().filter_map(|r| r.error).collect();
    let measured = (!errors.is_empty()).then(|| NowcastAccuracy {
        years: errors.len(),
        mean_absolute_error: errors.iter().map(|e| e.abs()).sum::<f64>() / errors.len() as f64,
        largest_error: errors.iter().map(|e| e.abs()).fold(0.0, f64::max),
        mean_error: errors.iter().sum::<f64>() / errors.len() as f64,
        covered: replayed.iter().filter(|r| r.covered == Some(true)).count(),
        with_limits: replayed.iter().filter(|r| r.covered.is_some()).count(),
    });
    (replayed, measured, Drift::from_replays(&replays.iter().collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests;
