//! Each month and year with its interval.

use serde::Serialize;

use super::ladder::{Ladder, Mack, mack};
use super::month::Month;
use super::replay::{AgeAccuracy, ReplayAccuracy, by_age, measured, replay};
use super::settings::DelaySettings;
use super::to_come::{Simulated, dispersion, limits, simulate};
use super::triangle::{Lag, LeftOut, NoDelays, Triangle};
use crate::methods::Progress;

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
    pub by_age: Vec<AgeAccuracy>,
    /// And together; `None` where nothing could be replayed.
    pub measured: Option<ReplayAccuracy>,
    /// What is in no figure.
    pub left_out: LeftOut,
}

/// Completes counts by month: what is registered so far, what is expected in the end, and how wrong such figures were.
///
/// # Errors
/// If there is nothing to count, or too few months to learn from.
///
/// ```
/// use ijsberg_mse::delays::{DelaySettings, Lag, Month, delays};
/// use ijsberg_mse::methods::Silent;
///
/// // Of 100 each month, 60 are registered in the same month and 40 in the next.
/// let first = Month::read("2015-01").unwrap();
/// let lags: Vec<Lag> = (0..24)
///     .flat_map(|i| [(0, 60), (1, 40)].map(|(delay, count)| Lag { month: first.after(i), delay, count }))
///     .collect();
/// let asked = DelaySettings { most: 1, until: Month::read("2016-12"), ..DelaySettings::default() };
/// let found = delays(&lags, &asked, &Silent)?;
/// let last = &found.months[23];
/// assert!(!last.is_final && last.registered == 60 && (last.expected - 100.0).abs() < 1e-9);
/// assert!(last.lower < 100.0 && 100.0 < last.upper);
/// # Ok::<(), ijsberg_mse::delays::NoDelays>(())
/// ```
pub fn delays(lags: &[Lag], asked: &DelaySettings, progress: &dyn Progress) -> Result<Delays, NoDelays> {
    let triangle = Triangle::new(lags, asked.since, asked.until, asked.most)?;
    let rows = &triangle.rows;
    let ladder = Ladder::from_counts(rows, asked.most + 1);
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
