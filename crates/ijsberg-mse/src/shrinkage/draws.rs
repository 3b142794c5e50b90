//! Draws of the persons of every cell.
//!
//! Shared effects are drawn from the normal distribution at the mode. The effects of a cell are skew where few of its persons were seen:
//! given the shared ones they are drawn by a Metropolis chain whose proposals are that normal distribution, started anew for each
//! draw. The unseen of a cell are then negative binomial. Each draw has its own random stream, so that threads do not matter.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson, StandardNormal};
use rayon::prelude::*;

use super::cells::{Cell, Cells};
use super::mode::{Fit, Mode, Piece, Spreads};
use crate::chance::stream;

/// Steps of each chain.
const STEPS: u32 = 5;
/// So that draws do not follow the streams of the spreads.
const STREAMS: u64 = 1 << 32;

/// What was drawn.
#[derive(Debug, Default)]
pub(super) struct PosteriorDraws {
    /// Unseen persons by draw and part.
    pub(super) unseen: Vec<Vec<f64>>,
    /// Share of the proposals that were accepted, by cell.
    pub(super) accepted: Vec<f64>,
    /// Spreads whose mode was not found.
    pub(super) failed: usize,
}

/// Draws for each of `spreads`, so many apiece. `parts_of` are the parts that each cell belongs to, out of `parts`.
pub(super) fn draw(
    (cells, mode): (&Cells, &Mode),
    spreads: &[Spreads],
    apiece: usize,
    (parts_of, parts): (&[Vec<usize>], usize),
    seed: u64,
    tick: &(dyn Fn() + Sync),
) -> PosteriorDraws {
    let found: Vec<Option<PosteriorDraws>> = spreads
        .par_iter()
        .enumerate()
        .map(|(k, s)| {
            let drawn = Fit::new(cells, s).mode(Some(mode)).filter(|m| m.converged).map(|m| {
                let first = STREAMS + (k * apiece) as u64;
                of_mode((cells, &m), apiece, (parts_of, parts), (seed, first))
            });
            tick();
            drawn
        })
        .collect();
    let mut all = PosteriorDraws {
        accepted: vec![0.0; cells.all.len()],
        failed: found.iter().filter(|f| f.is_none()).count(),
        ..PosteriorDraws::default()
    };
    let many = (found.len() - all.failed).max(1) as f64;
    for part in found.into_iter().flatten() {
        all.unseen.extend(part.unseen);
        all.accepted.iter_mut().zip(part.accepted).for_each(|(a, b)| *a += b / many);
    }
    all
}

fn of_mode(
    (cells, mode): (&Cells, &Mode),
    apiece: usize,
    (parts_of, parts): (&[Vec<usize>], usize),
    (seed, first): (u64, u64),
) -> PosteriorDraws {
    let fit = mode.fit(cells);
    let q = mode.shared.len();
    let mut out = PosteriorDraws { accepted: vec![0.0; cells.all.len()], ..PosteriorDraws::default() };
    let hats: Vec<Vec<f64>> = cells.all.iter().map(|c| fit.shared_terms(c, &mode.shared)).collect();
    let mut work = Vec::new();
    for i in 0..apiece {
        let mut rng = stream(seed, first + i as u64);
        let mut shared = normal(q, &mut rng);
        backward(&mode.shared_factor, q, &mut shared);
        shared.iter_mut().zip(&mode.shared).for_each(|(s, m)| *s += m);
        let mut unseen = vec![0.0; parts];
        for (x, cell) in cells.all.iter().enumerate() {
            let given = fit.shared_terms(cell, &shared);
            let moved: Vec<f64> = given.iter().zip(&hats[x]).map(|(a, b)| a - b).collect();
            let chain = Chain { fit: &fit, cells, cell, piece: &mode.pieces[x], given: &given };
            let (seen, accepted) = chain.run(&mode.own[x], &moved, &mut rng, &mut work);
            out.accepted[x] += f64::from(accepted) / f64::from(STEPS) / apiece as f64;
            let persons = persons(cell.n, seen, &mut rng);
            parts_of[x].iter().for_each(|p| unseen[*p] += persons);
        }
        out.unseen.push(unseen);
    }
    out
}

/// The own effects of one cell, given the shared ones.
struct Chain<'a> {
    fit: &'a Fit<'a>,
    cells: &'a Cells,
    cell: &'a Cell,
    piece: &'a Piece,
    given: &'a [f64],
}

impl Chain<'_> {
    /// Runs the chain; the relative means of what can be seen at its end, and how many proposals were accepted.
    fn run(&self, hat: &[f64], moved: &[f64], rng: &mut ChaCha8Rng, work: &mut Vec<f64>) -> (f64, u32) {
        let (r, p) = (hat.len(), moved.len());
        let mean: Vec<f64> = (0..r)
            .map(|k| hat[k] - (0..p).map(|a| self.piece.cross[k * p + a] * moved[a]).sum::<f64>())
            .collect();
        // Logarithm of the density aimed at over that of the proposal, and the means at a proposal.
        let mut propose = |rng: &mut ChaCha8Rng| {
            let mut own = normal(r, rng);
            let squares: f64 = own.iter().map(|z| z * z).sum();
            backward(&self.piece.factor, r, &mut own);
            own.iter_mut().zip(&mean).for_each(|(o, m)| *o += m);
            let (value, seen) = self.cells.value(self.cell, &self.fit.terms(self.given, &own), work);
            (value - 0.5 * own.iter().map(|z| z * z).sum::<f64>() + 0.5 * squares, seen)
        };
        let mut at = propose(rng);
        let mut accepted = 0;
        for _ in 0..STEPS {
            let next = propose(rng);
            if rng.random::<f64>().ln() < next.0 - at.0 || at.0.is_nan() {
                at = next;
                accepted += 1;
            }
        }
        (at.1, accepted)
    }
}

/// Unseen persons given those seen: Poisson, with a mean that is gamma as the number seen leaves it.
fn persons(n: f64, seen: f64, rng: &mut ChaCha8Rng) -> f64 {
    let mean = Gamma::new(n, 1.0 / seen).map_or(n / seen, |g| g.sample(rng));
    Poisson::new(mean).map_or(mean, |d| d.sample(rng))
}

fn normal(many: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..many).map(|_| StandardNormal.sample(rng)).collect()
}

/// Solves `L' x = x` in place.
fn backward(factor: &[f64], p: usize, x: &mut [f64]) {
    for i in (0..p).rev() {
        let dot: f64 = (i + 1..p).map(|k| factor[k * p + i] * x[k]).sum();
        x[i] = (x[i] - dot) / factor[i * p + i];
    }
}
