//! Each month and year with its interval.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson};
use rayon::prelude::*;
use serde::Serialize;

use super::ladder::{Ladder, Mack, mack, shares};
use super::month::Month;
use super::replay::{Aged, Measured, by_age, measured, replay};
use super::triangle::{Lag, LeftOut, NoDelays, Triangle};
use crate::methods::{Progress, Settings};
use crate::resample::stream;
use crate::special::quantile_type8;

/// What is asked about counts that are not complete yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Asked {
    /// The longest delay, in months: after that a figure is final.
    pub most: usize,
    /// The first month; that of the first registration where it is not given.
    pub since: Option<Month>,
    /// The last month of which everything that was registered is there; that of the last registration where it is not given.
    pub until: Option<Month>,
    /// Tables that are simulated.
    pub replicates: usize,
    /// Confidence level.
    pub level: f64,
    /// Seed of every random draw.
    pub seed: u64,
}

impl Default for Asked {
    fn default() -> Self {
        let Settings { level, seed, .. } = Settings::default();
        Self { most: 12, since: None, until: None, replicates: 1000, level, seed }
    }
}

/// A month. What has no number, since nothing was ever registered so soon, is infinite.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The month in which things happened.
    pub month: Month,
    /// Months that have passed since.
    pub age: usize,
    /// Whether nothing is waited for any more.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Registered so far.
    pub registered: u64,
    /// The share of the final count that is registered by now, on average.
    pub share: f64,
    /// The final count that is expected.
    pub expected: f64,
    /// Lower limit of the final count.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// A year, the sum of its months.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearFigure {
    /// The year.
    pub year: i32,
    /// How many of its months are there.
    pub months: usize,
    /// Whether nothing is waited for any more in any of them.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Registered so far.
    pub registered: u64,
    /// The final count that is expected.
    pub expected: f64,
    /// Lower limit of the final count.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// Counts that are not complete yet, completed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delays {
    /// The longest delay, in months.
    pub most: usize,
    /// Confidence level.
    pub level: f64,
    /// The share of the final count that is registered by each delay.
    pub share: Vec<f64>,
    /// How many times the variance of a count is its mean.
    pub dispersion: f64,
    /// By month.
    pub months: Vec<Figure>,
    /// By year.
    pub years: Vec<YearFigure>,
    /// What is still to come, with Mack's standard errors; `None` where months of nothing leave them unknown.
    pub mack: Option<Mack>,
    /// How wrong replayed figures were, by the age of the month.
    pub by_age: Vec<Aged>,
    /// And together; `None` where nothing could be replayed.
    pub measured: Option<Measured>,
    /// What is in no figure.
    pub left_out: LeftOut,
}

/// What is still to come, simulated: by replicate, for each row from the first that is not final.
pub(super) struct Simulated {
    /// The first row that is not final.
    pub(super) from: usize,
    /// Draws.
    pub(super) draws: Vec<Vec<f64>>,
}

/// A count with this mean and a variance of so many times the mean; infinite where the mean is.
fn count(mean: f64, dispersion: f64, rng: &mut ChaCha8Rng) -> f64 {
    if !mean.is_finite() {
        return f64::INFINITY;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    let over = dispersion - 1.0;
    let rate = if over > 1e-9 { Gamma::new(mean / over, over).map_or(mean, |g| g.sample(rng)) } else { mean };
    if rate > 0.0 { Poisson::new(rate).map_or(rate, |p| p.sample(rng)) } else { 0.0 }
}

/// Draws what is still to come of each row: tables like the one that was seen give other shares, what is registered so far leaves the level of its
/// month uncertain, and what is to come spreads around its mean.
pub(super) fn simulate(
    rows: &[Vec<f64>],
    ladder: &Ladder,
    dispersion: f64,
    (replicates, seed): (usize, u64),
) -> Simulated {
    let delays = ladder.share.len();
    let from = rows.iter().position(|r| r.len() < delays).unwrap_or(rows.len());
    let draw = |replicate: usize| -> Vec<f64> {
        let mut rng = stream(seed, replicate as u64);
        let mut like = rows.to_vec();
        for (i, row) in like.iter_mut().enumerate().filter(|(i, _)| ladder.finals[*i].is_finite()) {
            for (d, n) in row.iter_mut().enumerate() {
                *n = count(ladder.expected(i, d), dispersion, &mut rng);
            }
        }
        let share = shares(&like, delays);
        let to_come = |row: &Vec<f64>| {
            let part = share[row.len() - 1];
            let so_far: f64 = row.iter().sum();
            // The level of the month, given what is registered of it; half a count keeps a month of nothing uncertain.
            let level = Gamma::new(so_far / dispersion + 0.5, dispersion);
            let level = level.map_or(so_far, |g| g.sample(&mut rng));
            if part >= 1.0 { 0.0 } else { count(level / part * (1.0 - part), dispersion, &mut rng) }
        };
        rows[from..].iter().map(to_come).collect()
    };
    Simulated { from, draws: (0..replicates).into_par_iter().map(draw).collect() }
}

/// Limits of what is registered and what is to come.
pub(super) fn limits(so_far: f64, mut to_come: Vec<f64>, level: f64) -> (f64, f64) {
    to_come.sort_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - level);
    (so_far + quantile_type8(&to_come, tail), so_far + quantile_type8(&to_come, 1.0 - tail))
}

/// The dispersion that is reckoned with: counts are never taken to spread less than by chance.
pub(super) fn dispersion(ladder: &Ladder, rows: &[Vec<f64>]) -> f64 {
    ladder.dispersion(rows).filter(|d| d.is_finite()).unwrap_or(1.0).max(1.0)
}

/// Completes counts by month: what is registered so far, what is expected in the end, and how wrong such figures were.
///
/// # Errors
/// If there is nothing to count, or too few months to learn from.
///
/// ```
/// use ijsberg_mse::delays::{Asked, Lag, Month, delays};
/// use ijsberg_mse::methods::Silent;
///
/// // Of 100 each month, 60 are registered in the same month and 40 in the next.
/// let first = Month::read("2015-01").unwrap();
/// let lags: Vec<Lag> = (0..24)
///     .flat_map(|i| [(0, 60), (1, 40)].map(|(delay, count)| Lag { month: first.after(i), delay, count }))
///     .collect();
/// let asked = Asked { most: 1, until: Month::read("2016-12"), ..Asked::default() };
/// let found = delays(&lags, &asked, &Silent)?;
/// let last = &found.months[23];
/// assert!(!last.is_final && last.registered == 60 && (last.expected - 100.0).abs() < 1e-9);
/// assert!(last.lower < 100.0 && 100.0 < last.upper);
/// # Ok::<(), ijsberg_mse::delays::NoDelays>(())
/// ```
pub fn delays(lags: &[Lag], asked: &Asked, progress: &dyn Progress) -> Result<Delays, NoDelays> {
    let triangle = Triangle::new(lags, asked.since, asked.until, asked.most)?;
    let rows = &triangle.rows;
    let ladder = Ladder::of(rows, asked.most + 1);
    let dispersion = dispersion(&ladder, rows);
    let simulated = simulate(rows, &ladder, dispersion, (asked.replicates, asked.seed));
    let months: Vec<Figure> = (0..rows.len())
        .map(|i| {
            let so_far: f64 = rows[i].iter().sum();
            let drawn = i.checked_sub(simulated.from);
            let of = |at: usize| -> Vec<f64> { simulated.draws.iter().map(|d| d[at]).collect() };
            let limits = drawn.map_or((so_far, so_far), |at| limits(so_far, of(at), asked.level));
            let (lower, upper) = around(ladder.finals[i], limits);
            let age = rows.len() - 1 - i;
            Figure {
                month: triangle.first.after(i),
                age,
                is_final: drawn.is_none(),
                registered: so_far as u64,
                share: ladder.share[rows[i].len() - 1],
                expected: ladder.finals[i],
                lower,
                upper,
            }
        })
        .collect();
    let replayed = replay(&triangle, asked, progress);
    Ok(Delays {
        most: asked.most,
        level: asked.level,
        years: years(&months, &simulated, asked.level),
        months,
        mack: mack(rows),
        by_age: by_age(&replayed, asked.most),
        measured: measured(&replayed),
        share: ladder.share,
        dispersion,
        left_out: triangle.left_out,
    })
}

/// Limits with the figure between them: in months in which nearly nothing was registered, half a person who might be adds up in the draws
/// and not in the figure.
fn around(expected: f64, (lower, upper): (f64, f64)) -> (f64, f64) {
    (lower.min(expected), upper.max(expected))
}

/// Years, from the same draws as their months, which share what is not known of the shares.
fn years(months: &[Figure], simulated: &Simulated, level: f64) -> Vec<YearFigure> {
    let mut all: Vec<YearFigure> = Vec::new();
    for group in months.chunk_by(|a, b| a.month.year() == b.month.year()) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let at = |f: &Figure| months.len() - 1 - f.age;
        // Rows of the year that are drawn; months before them are final.
        let drawn = at(first).max(simulated.from)..=at(last);
        let of = |draw: &Vec<f64>| -> f64 {
            drawn.clone().filter_map(|i| draw.get(i.checked_sub(simulated.from)?)).sum()
        };
        let registered: u64 = group.iter().map(|f| f.registered).sum();
        let (lower, upper) = if drawn.is_empty() {
            (registered as f64, registered as f64)
        } else {
            limits(registered as f64, simulated.draws.iter().map(of).collect(), level)
        };
        let expected: f64 = group.iter().map(|f| f.expected).sum();
        let (lower, upper) = around(expected, (lower, upper));
        all.push(YearFigure {
            year: first.month.year(),
            months: group.len(),
            is_final: drawn.is_empty(),
            registered,
            expected,
            lower,
            upper,
        });
    }
    all
}
