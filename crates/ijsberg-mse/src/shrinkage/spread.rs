//! How much cells differ: spreads by their likelihood, and what else they may be.
//!
//! The likelihood of the spreads is that of the table with all effects integrated out, by Laplace's method. It may be largest where a
//! spread is zero only because few cells tell; with the prior of Chung, Rabe-Hesketh, Dorie, Gelman and Liu (2013, Psychometrika 78),
//! whose density is the spread itself, it is then about a standard error from zero.

use rand::RngExt;

use super::cells::Cells;
use super::mode::{Fit, Mode, Spreads};
use crate::chance::stream;

/// The logarithm of a spread stays between these.
const LEAST: f64 = -5.0;
const MOST: f64 = 2.0;
/// Where the search starts.
const START: f64 = 0.3;
/// The search ends when no logarithm of a spread moves by more than this.
const STILL: f64 = 0.02;
/// Rounds over all spreads at most.
pub(super) const ROUNDS: usize = 25;
/// Points of a profile on each side.
const SIDE: usize = 4;

/// The spreads, and whether the search came to an end.
pub(super) struct SearchResult {
    pub(super) mode: Mode,
    pub(super) converged: bool,
}

/// Which spreads there are to look for.
fn open(cells: &Cells) -> Vec<usize> {
    let c = cells.widths.len();
    let pairs = (!cells.pairs().is_empty()).then_some(c + 2);
    let others = (cells.terms.len() > cells.own).then_some(c + 3);
    (0..c + 2).chain(pairs).chain(others).collect()
}

fn at(cells: &Cells, logs: &[f64], start: Option<&Mode>) -> Option<(f64, Mode)> {
    let spreads = Spreads::from_values(&logs.iter().map(|l| l.exp()).collect::<Vec<_>>());
    let mode = Fit::new(cells, &spreads).mode(start)?;
    // The logarithm of the prior is that of the spread. For pairs that were not chosen, of which little is known, it is that of the
    // Rayleigh distribution of scale 1; without such pairs the last term is constant.
    let prior = open(cells).iter().map(|g| logs[*g]).sum::<f64>() - 0.5 * spreads.others.powi(2);
    mode.log_marginal.is_finite().then_some((mode.log_marginal + prior, mode))
}

/// Looks for the spreads one after the other, each by the parabola through three points. `tick` is called [`ROUNDS`] times.
pub(super) fn search(cells: &Cells, tick: &(dyn Fn() + Sync)) -> Option<SearchResult> {
    let groups = cells.widths.len() + 4;
    let mut logs = vec![f64::ln(START); groups];
    let (mut score, mut mode) = at(cells, &logs, None)?;
    let mut reach = vec![0.6_f64; groups];
    for round in 1..=ROUNDS {
        let mut moved = 0.0_f64;
        for g in open(cells) {
            let h = reach[g];
            let tried = |by: f64| {
                let mut next = logs.clone();
                next[g] = (next[g] + by).clamp(LEAST, MOST);
                at(cells, &next, Some(&mode)).map(|(s, m)| (s, m, next[g]))
            };
            let (down, up) = (tried(-h), tried(h));
            let value = |x: &Option<(f64, Mode, f64)>| x.as_ref().map_or(f64::NEG_INFINITY, |x| x.0);
            let bend = 2.0 * score - value(&down) - value(&up);
            let tip = 0.5 * h * (value(&up) - value(&down)) / bend;
            let vertex =
                if bend > 0.0 && tip.is_finite() { tried(tip.clamp(-2.0 * h, 2.0 * h)) } else { None };
            let best = [down, up, vertex].into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0));
            let Some((reached, found, log)) = best.filter(|b| b.0 > score) else {
                reach[g] = 0.5 * h;
                moved = moved.max(if h > 0.1 { h } else { 0.0 });
                continue;
            };
            let by = (log - logs[g]).abs();
            moved = moved.max(by);
            reach[g] = (2.0 * by).clamp(0.05, 0.6);
            (score, mode, logs[g]) = (reached, found, log);
        }
        tick();
        if moved < STILL {
            (round..ROUNDS).for_each(|_| tick());
            return Some(SearchResult { converged: mode.converged, mode });
        }
    }
    Some(SearchResult { mode, converged: false })
}

/// Spreads drawn from what the table leaves open: each by its profile, so that every stretch of it comes up as often as it should.
pub(super) fn draws(
    cells: &Cells,
    mode: &Mode,
    many: usize,
    seed: u64,
    tick: &(dyn Fn() + Sync),
) -> Vec<Spreads> {
    let logs: Vec<f64> = mode.spreads.values().iter().map(|s| s.max(f64::MIN_POSITIVE).ln()).collect();
    let mut drawn = vec![logs.clone(); many];
    for g in open(cells) {
        let profile = profile(cells, mode, &logs, g);
        let mut rng = stream(seed, g as u64);
        // One number from each of as many strata, in any order.
        let mut ranks: Vec<usize> = (0..many).collect();
        for i in (1..many).rev() {
            ranks.swap(i, rng.random_range(0..=i));
        }
        for (row, rank) in drawn.iter_mut().zip(ranks) {
            row[g] = quantile(&profile, (rank as f64 + rng.random::<f64>()) / many as f64);
        }
        tick();
    }
    drawn.into_iter().map(|d| Spreads::from_values(&d.iter().map(|l| l.exp()).collect::<Vec<_>>())).collect()
}

/// The density of the logarithm of one spread, the others where they are.
fn profile(cells: &Cells, mode: &Mode, logs: &[f64], g: usize) -> Vec<(f64, f64)> {
    let score = |log: f64| {
        let mut next = logs.to_vec();
        next[g] = log;
        // A density of the logarithm has the spread once more.
        at(cells, &next, Some(mode)).map_or(f64::NEG_INFINITY, |(s, _)| s + log)
    };
    let middle = score(logs[g]);
    let bend = 2.0 * middle - score(logs[g] - 0.4) - score(logs[g] + 0.4);
    let curvature = (bend / 0.16).max(0.5);
    let width = (0.8 / curvature.sqrt()).clamp(0.1, 1.0);
    let points = (0..=2 * SIDE).map(|k| {
        let log = (logs[g] + width * (k as f64 - SIDE as f64)).clamp(LEAST, MOST);
        (log, score(log))
    });
    let mut points: Vec<(f64, f64)> = points.collect();
    points.dedup_by(|a, b| a.0 == b.0);
    let top = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    points.iter_mut().for_each(|p| p.1 = (p.1 - top).exp());
    points
}

/// The quantile of a density that is straight between its points.
fn quantile(points: &[(f64, f64)], share: f64) -> f64 {
    let areas: Vec<f64> = points.windows(2).map(|w| 0.5 * (w[1].0 - w[0].0) * (w[0].1 + w[1].1)).collect();
    let mut left = share * areas.iter().sum::<f64>();
    for (w, area) in points.windows(2).zip(&areas) {
        if left <= *area && *area > 0.0 {
            // Within a piece the chance grows with the square of the way: solved by halving.
            let (mut low, mut high) = (0.0, 1.0);
            for _ in 0..40 {
                let x: f64 = 0.5 * (low + high);
                let below = (w[1].0 - w[0].0) * (w[0].1 * x + 0.5 * (w[1].1 - w[0].1) * x * x);
                if below < left { low = x } else { high = x }
            }
            return w[0].0 + low * (w[1].0 - w[0].0);
        }
        left -= area;
    }
    points.last().map_or(0.0, |p| p.0)
}
