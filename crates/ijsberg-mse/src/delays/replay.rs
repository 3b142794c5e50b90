//! Earlier months with their late registrations withheld, and the errors of their figures.

use serde::Serialize;

use super::ladder::Ladder;
use super::settings::DelaySettings;
use super::to_come::{dispersion, limits, simulate};
use super::triangle::{LEAST_COMPLETE, Triangle};
use crate::methods::Progress;

/// Months at the end of which the figures are made again, the latest that there are.
const MOST_REPLAYED: usize = 36;

/// Tables that are simulated for each of them: limits that are only counted need fewer.
const REPLICATES: usize = 400;

/// A figure as it would have been, and the settled figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ReplayedFigure {
    age: usize,
    so_far: f64,
    expected: f64,
    settled: f64,
    covered: bool,
}

/// How wrong figures were of months of an age.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AgeAccuracy {
    /// Months that had passed.
    pub age: usize,
    /// Figures that were replayed.
    pub figures: usize,
    /// Mean of the figure over the final count, less 1.
    pub mean_error: f64,
    /// Mean of its size.
    pub mean_absolute_error: f64,
    /// How much lower than the final count what was registered was, on average.
    pub registered_short: f64,
    /// How many intervals had the final count in them.
    pub covered: usize,
}

/// How wrong figures were of months of all ages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReplayAccuracy {
    /// Figures that were replayed.
    pub figures: usize,
    /// Mean of the figure over the final count, less 1.
    pub mean_error: f64,
    /// Mean of its size.
    pub mean_absolute_error: f64,
    /// How much lower than the final count what was registered was, on average.
    pub registered_short: f64,
    /// How many intervals had the final count in them.
    pub covered: usize,
}

/// Makes the figures again at the end of earlier months, from what was registered by then, of all months that are final now.
pub(super) fn replay(
    triangle: &Triangle,
    asked: &DelaySettings,
    progress: &dyn Progress,
) -> Vec<ReplayedFigure> {
    let months = triangle.rows.len();
    let complete = months - asked.most;
    // A month at a cut is open and final now: the cut comes after the least that a ladder needs, and before the last month.
    let first = (asked.most + LEAST_COMPLETE).max(months.saturating_sub(MOST_REPLAYED));
    progress.stage("delays", (first..months).len() as u64);
    let mut all = Vec::new();
    for cut in first..months {
        let known = triangle.at(cut);
        let ladder = Ladder::from_counts(&known, asked.most + 1);
        let spread = dispersion(&ladder, &known);
        let seed = asked.seed ^ ((cut as u64) << 32);
        let simulated = simulate(&known, &ladder, spread, (asked.replicates.min(REPLICATES), seed));
        for i in simulated.from..known.len().min(complete) {
            let (so_far, settled) = (known[i].iter().sum::<f64>(), triangle.rows[i].iter().sum::<f64>());
            let drawn = simulated.draws.iter().map(|d| d[i - simulated.from]).collect();
            let (lower, upper) = limits(so_far, drawn, asked.level);
            // A count is inside limits that fall between two counts.
            let covered = lower.floor() <= settled && settled <= upper.ceil();
            all.push(ReplayedFigure {
                age: cut - 1 - i,
                so_far,
                expected: ladder.finals[i],
                settled,
                covered,
            });
        }
        progress.tick();
    }
    all
}

/// Of those with a final count to be wrong by.
pub(super) fn measured(all: &[ReplayedFigure]) -> Option<ReplayAccuracy> {
    let told: Vec<&ReplayedFigure> =
        all.iter().filter(|r| r.settled > 0.0 && r.expected.is_finite()).collect();
    let mean = |of: fn(&ReplayedFigure) -> f64| told.iter().map(|r| of(r)).sum::<f64>() / told.len() as f64;
    (!told.is_empty()).then(|| ReplayAccuracy {
        figures: told.len(),
        mean_error: mean(|r| r.expected / r.settled - 1.0),
        mean_absolute_error: mean(|r| (r.expected / r.settled - 1.0).abs()),
        registered_short: mean(|r| 1.0 - r.so_far / r.settled),
        covered: told.iter().filter(|r| r.covered).count(),
    })
}

/// The same for each age.
pub(super) fn by_age(all: &[ReplayedFigure], most: usize) -> Vec<AgeAccuracy> {
    let of = |age: usize| {
        let same: Vec<ReplayedFigure> = all.iter().filter(|r| r.age == age).copied().collect();
        let m = measured(&same)?;
        Some(AgeAccuracy {
            age,
            figures: m.figures,
            mean_error: m.mean_error,
            mean_absolute_error: m.mean_absolute_error,
            registered_short: m.registered_short,
            covered: m.covered,
        })
    };
    (0..most).filter_map(of).collect()
}
