//! Exact Bayesian average over decomposable graphical models (Madigan and York 1997, Biometrika 84).
//!
//! A graph says which lists depend on each other directly. For a decomposable graph with a hyper-Dirichlet prior the
//! probability of the table with `n0` unseen is a product over cliques divided by one over separators, so no sampling
//! is needed: with `a = delta 2^t` and `delta_A = delta 2^(t - |A|)`,
//!
//! `log f_A = lgamma(a) - lgamma(N + a) + sum over cells x of margin A of [lgamma(x + delta_A) - lgamma(delta_A)]`,
//!
//! where the cell of persons on no list of `A` holds the unseen too, and
//! `log p(N, G | data) = log p(N) + lgamma(N + 1) - lgamma(n0 + 1) + sum over C of log f_C - sum over S of log f_S`.
//! All graphs are equally probable beforehand and `p(N)` is proportional to `1 / N`.

mod graphs;

pub use graphs::{Decomposition, decomposable_graphs};
use graphs::{children, parents};
use rayon::prelude::*;
use serde::Serialize;

use super::grid::{Distribution, Grid, NEGLIGIBLE};
use crate::histories::{Histories, Mask};
use crate::special::ln_gamma;

/// The most lists: 30,888,596 graphs.
pub const MAX_DECOMPOSABLE_LISTS: usize = 8;

/// Graphs that a thread takes at a time. It is fixed, so that sums do not depend on the number of threads.
const CHUNK: usize = 4096;

/// Graphs on one list fewer that a thread extends at a time; likewise fixed.
const PARENTS: usize = 64;

/// Graphs that are named in the result.
const MOST_GRAPHS: usize = 50;

/// The posterior over graphs and sizes.
#[derive(Debug, Clone)]
pub struct DecomposablePosterior {
    /// The population size, averaged over graphs.
    pub size: Distribution,
    /// The graphs with the largest posterior probability, largest first.
    pub graphs: Vec<GraphPosterior>,
    /// Graphs in all.
    pub total: usize,
}

/// One graph in the average.
#[derive(Debug, Clone, Serialize)]
pub struct GraphPosterior {
    /// Its cliques, which are the generators of a log-linear model.
    pub cliques: Vec<Mask>,
    /// Posterior probability.
    pub probability: f64,
    /// Posterior mean of the population size under this graph.
    pub mean: f64,
}

/// Why there is no posterior.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPosterior {
    /// Fewer than three lists or more than [`MAX_DECOMPOSABLE_LISTS`].
    Lists,
    /// The posterior does not fall off: the data put no upper limit on the unseen.
    Unbounded,
}

/// Averages over all decomposable graphs. `delta` is the prior count of a cell; the usual choice is `2^-t`.
///
/// # Errors
/// See [`NoPosterior`].
// One function: two passes of one integral over the same graphs; the second stands on the grid and the peak of the first.
pub fn average(h: &Histories, delta: f64) -> Result<DecomposablePosterior, NoPosterior> {
    let t = h.t();
    if !(3..=MAX_DECOMPOSABLE_LISTS).contains(&t) {
        return Err(NoPosterior::Lists);
    }
    let coarse = Grid::coarse();
    let margins = Margins::new(h, delta, &coarse);
    // First pass: on a coarse grid, which graphs and which sizes matter at all? Graphs are made, looked at and mostly
    // dropped a few thousand at a time, as those of eight lists would fill gigabytes.
    let parents = parents(t);
    let passes: Vec<(usize, Vec<(Decomposition, f32)>)> = parents
        .par_chunks(PARENTS)
        .map(|chunk| {
            let mut row = vec![0.0; coarse.unseen.len()];
            let mut own: Vec<(Decomposition, f32)> = Vec::new();
            let (mut count, mut top) = (0, f32::NEG_INFINITY);
            for g in chunk.iter().flat_map(|parent| children(*parent, t)) {
                margins.log_mass(&g, &mut row);
                let peak = row.iter().copied().fold(f64::NEG_INFINITY, f64::max) as f32;
                count += 1;
                top = top.max(peak);
                if peak > top - NEGLIGIBLE as f32 {
                    own.push((g, peak));
                }
            }
            own.retain(|g| g.1 > top - NEGLIGIBLE as f32);
            (count, own)
        })
        .collect();
    let total_graphs = passes.iter().map(|p| p.0).sum();
    let peak = passes.iter().flat_map(|p| &p.1).map(|g| f64::from(g.1)).fold(f64::NEG_INFINITY, f64::max);
    let matters = |g: &(Decomposition, f32)| f64::from(g.1) > peak - NEGLIGIBLE;
    let kept: Vec<Decomposition> =
        passes.into_iter().flat_map(|p| p.1.into_iter().filter(matters).map(|g| g.0)).collect();
    let envelope = kept
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut row = vec![0.0; coarse.unseen.len()];
            let mut top = vec![f64::NEG_INFINITY; coarse.unseen.len()];
            for g in chunk {
                margins.log_mass(g, &mut row);
                top.iter_mut().zip(&row).for_each(|(t, r)| *t = t.max(*r));
            }
            top
        })
        .reduce(
            || vec![f64::NEG_INFINITY; coarse.unseen.len()],
            |mut a, b| {
                a.iter_mut().zip(&b).for_each(|(x, y)| *x = x.max(*y));
                a
            },
        );
    let (low, high) = coarse.relevant(&envelope).ok_or(NoPosterior::Unbounded)?;
    let grid = Grid::fine(low, high);
    let margins = Margins::new(h, delta, &grid);
    let n = h.n() as f64;
    /// Masses by point, and weight and mean by graph.
    type Part = (Vec<f64>, Vec<(f64, f64)>);
    let parts: Vec<Part> = kept
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut sum = vec![0.0; grid.unseen.len()];
            let mut row = sum.clone();
            let weights = chunk
                .iter()
                .map(|g| {
                    margins.log_mass(g, &mut row);
                    let (mut weight, mut first_moment) = (0.0, 0.0);
                    for ((s, r), u) in sum.iter_mut().zip(&row).zip(&grid.unseen) {
                        let mass = (r - peak).exp();
                        *s += mass;
                        weight += mass;
                        first_moment += mass * (n + u);
                    }
                    (weight, first_moment / weight)
                })
                .collect();
            (sum, weights)
        })
        .collect();
    let mut sum = vec![0.0; grid.unseen.len()];
    for (part, _) in &parts {
        sum.iter_mut().zip(part).for_each(|(s, p)| *s += p);
    }
    let log_mass: Vec<f64> = sum.iter().map(|s| s.ln()).collect();
    let total: f64 = sum.iter().sum();
    let mut ranked: Vec<(&Decomposition, (f64, f64))> =
        kept.iter().zip(parts.iter().flat_map(|p| p.1.iter().copied())).collect();
    let order = |a: &(&Decomposition, (f64, f64)), b: &(&Decomposition, (f64, f64))| {
        b.1.0.total_cmp(&a.1.0).then_with(|| a.0.cliques().cmp(b.0.cliques()))
    };
    if ranked.len() > MOST_GRAPHS {
        ranked.select_nth_unstable_by(MOST_GRAPHS, order);
        ranked.truncate(MOST_GRAPHS);
    }
    ranked.sort_by(order);
    let ranked = ranked
        .into_iter()
        .map(|(g, (weight, mean))| GraphPosterior {
            cliques: g.cliques().collect(),
            probability: weight / total,
            mean,
        })
        .collect();
    Ok(DecomposablePosterior {
        size: Distribution::new(n, &grid, &log_mass),
        graphs: ranked,
        total: total_graphs,
    })
}

/// `log f_A` for every set of lists `A` on every point of a grid.
struct Margins {
    points: usize,
    /// By mask, then by point.
    log_f: Vec<f64>,
    /// What all graphs share: prior, multinomial coefficient, width of the point.
    common: Vec<f64>,
}

impl Margins {
    fn new(h: &Histories, delta: f64, grid: &Grid) -> Self {
        let t = h.t();
        let n = h.n() as f64;
        let points = grid.unseen.len();
        let prior_total = delta * (1_u64 << t) as f64;
        let total: Vec<f64> =
            grid.unseen.iter().map(|u| ln_gamma(prior_total) - ln_gamma(n + u + prior_total)).collect();
        let mut log_f = vec![0.0; points << t];
        for mask in 1..(1 as Mask) << t {
            let prior = delta * (1_u64 << (t as u32 - mask.count_ones())) as f64;
            let mut cells = std::collections::BTreeMap::<Mask, u64>::new();
            for (w, count) in h.cells() {
                *cells.entry(w & mask).or_default() += count;
            }
            let on_none = cells.remove(&0).unwrap_or(0) as f64;
            let seen: f64 = cells.values().map(|x| ln_gamma(*x as f64 + prior) - ln_gamma(prior)).sum();
            let row = &mut log_f[mask as usize * points..(mask as usize + 1) * points];
            for ((f, u), total) in row.iter_mut().zip(&grid.unseen).zip(&total) {
                *f = total + seen + ln_gamma(on_none + u + prior) - ln_gamma(prior);
            }
        }
        let common = grid
            .unseen
            .iter()
            .zip(&grid.log_width)
            .map(|(u, width)| ln_gamma(n + u + 1.0) - ln_gamma(u + 1.0) - (n + u).ln() + width)
            .collect();
        Self { points, log_f, common }
    }

    fn log_mass(&self, graph: &Decomposition, row: &mut [f64]) {
        row.copy_from_slice(&self.common);
        for (mask, sign) in graph.parts() {
            let f = &self.log_f[mask as usize * self.points..(mask as usize + 1) * self.points];
            if sign > 0 {
                row.iter_mut().zip(f).for_each(|(r, f)| *r += f);
            } else {
                row.iter_mut().zip(f).for_each(|(r, f)| *r -= f);
            }
        }
    }
}
