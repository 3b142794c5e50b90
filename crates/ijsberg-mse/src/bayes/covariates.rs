//! Bayesian average over log-linear models of lists and covariates, each by Laplace's method.
//!
//! The model of Overstall and King (2014, Journal of Statistical Software 58): lists and covariates are factors of one
//! complete table, of which the cells of persons on no list are missing. Every model has all main effects and some of the
//! two-factor terms, all such models equally probable. With columns scaled to a mean square of one on the complete
//! table, parameters but the intercept are normal with variance `sigma^2`: one (unit information), or inverse gamma
//! with shape and rate `0.0005` (Sabanes Bove and Held 2011), which is integrated out exactly, as
//! `-(p + a) / 2 log((|beta|^2 + b) / 2)` and constants.
//!
//! Models are visited best first: every model one term away from a visited one of weight takes its turn. That needs no
//! random numbers and finds the mass of the posterior as long as models of weight are neighbours of each other.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::Serialize;

use super::grid::Distribution;
use super::hierarchical::mixture;
use crate::cholesky::{cholesky, forward, solve};
use crate::special::ln_gamma;
use crate::strata::table::StratifiedTable;

/// The most cells of the complete table.
pub const MAX_CELLS: usize = 4096;

/// The most models that are fitted.
const MAX_MODELS: usize = 6000;

/// Neighbours of models this far below the best, on the scale of logarithms, are not visited.
const WINDOW: f64 = 8.0;

/// Shape and rate, doubled, of the inverse gamma prior.
const A: f64 = 0.001;
const B: f64 = 0.001;

/// The prior variance of parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variance {
    /// One: the information of one cell.
    Unit,
    /// Inverse gamma, integrated out.
    InverseGamma,
}

/// A two-factor term by the numbers of its factors: lists first, then covariates.
pub type Pair = (usize, usize);

/// The average.
#[derive(Debug, Clone)]
pub struct CovariatePosterior {
    /// The population size.
    pub size: Distribution,
    /// Models as sets of two-factor terms with their probabilities, largest first.
    pub models: Vec<(Vec<Pair>, f64)>,
    /// Probability of each two-factor term.
    pub terms: Vec<(Pair, f64)>,
    /// Whether every model of weight was visited.
    pub complete: bool,
}

/// Averages over models of the lists and covariates of a table. `None` when a level is missing, the complete table has
/// more than [`MAX_CELLS`] cells, or no model has a posterior.
pub fn average(table: &StratifiedTable, variance: Variance) -> Option<CovariatePosterior> {
    let design = Design::new(table)?;
    let factors = design.width.len();
    // With two lists only, their term would leave nothing but the prior to say how many are unseen.
    let two_lists = table.lists().len() == 2;
    let pairs: Vec<Pair> = (0..factors)
        .flat_map(|a| (a + 1..factors).map(move |b| (a, b)))
        .filter(|pair| !(two_lists && *pair == (0, 1)))
        .collect();
    if pairs.len() > 63 {
        return None;
    }
    let (fits, complete) = visit(&design, &pairs, variance);
    let top = fits.values().flatten().map(|f| f.log_evidence).fold(f64::NEG_INFINITY, f64::max);
    let mut weighted: Vec<(u64, f64, Fit)> = fits
        .into_iter()
        .filter_map(|(set, fit)| fit.map(|f| (set, (f.log_evidence - top).exp(), f)))
        .filter(|m| m.1 > 1e-9)
        .collect();
    let total: f64 = weighted.iter().map(|m| m.1).sum();
    weighted.iter_mut().for_each(|m| m.1 /= total);
    weighted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let parts: Vec<(f64, f64, f64)> =
        weighted.iter().map(|(_, w, f)| (*w, f.log_dark.0, f.log_dark.1)).collect();
    let size = mixture(table.n(), &parts)?;
    let members =
        |set: u64| pairs.iter().enumerate().filter(move |(i, _)| set >> i & 1 == 1).map(|(_, p)| *p);
    let terms = pairs
        .iter()
        .enumerate()
        .map(|(i, p)| (*p, weighted.iter().filter(|m| m.0 >> i & 1 == 1).map(|m| m.1).sum()))
        .collect();
    let models = weighted.iter().map(|(set, w, _)| (members(*set).collect(), *w)).collect();
    Some(CovariatePosterior { size, models, terms, complete })
}

/// Fits by model, and whether nothing of weight was left out.
fn visit(design: &Design, pairs: &[Pair], variance: Variance) -> (BTreeMap<u64, Option<Fit>>, bool) {
    let mut fits: BTreeMap<u64, Option<Fit>> = BTreeMap::new();
    let mut expanded: BTreeSet<u64> = BTreeSet::new();
    let mut wave: Vec<u64> = vec![0];
    loop {
        let found: Vec<(u64, Option<Fit>)> = wave
            .par_iter()
            .map(|set| {
                let chosen = (0..pairs.len()).filter(|i| set >> i & 1 == 1).map(|i| pairs[i]);
                (*set, design.fit(chosen, variance))
            })
            .collect();
        fits.extend(found);
        let evidence = |f: &Option<Fit>| f.as_ref().map_or(f64::NEG_INFINITY, |f| f.log_evidence);
        let top = fits.values().map(evidence).fold(f64::NEG_INFINITY, f64::max);
        // The best few first, so that the way up is short; what is left within the window takes its turn later.
        let mut open: Vec<(f64, u64)> = fits
            .iter()
            .filter(|(set, f)| !expanded.contains(set) && evidence(f) > top - WINDOW)
            .map(|(set, f)| (evidence(f), *set))
            .collect();
        // Where not even independence has a posterior, its neighbours may.
        if open.is_empty() && expanded.is_empty() {
            open.push((0.0, 0));
        }
        open.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        if open.is_empty() {
            return (fits, true);
        }
        if fits.len() >= MAX_MODELS {
            return (fits, false);
        }
        let mut next = BTreeSet::new();
        for (_, set) in open.into_iter().take(4) {
            expanded.insert(set);
            next.extend((0..pairs.len()).map(|i| set ^ 1 << i).filter(|s| !fits.contains_key(s)));
        }
        wave = next.into_iter().collect();
    }
}

#[derive(Debug, Clone)]
struct Fit {
    log_evidence: f64,
    /// Mean and variance of the logarithm of the expected unseen.
    log_dark: (f64, f64),
}

/// The complete table and the columns of each factor.
struct Design {
    /// Persons by cell; `None` for the cells of persons on no list.
    counts: Vec<Option<f64>>,
    /// By factor: columns, then the value by cell.
    columns: Vec<Vec<Vec<f64>>>,
    width: Vec<usize>,
}

impl Design {
    fn new(table: &StratifiedTable) -> Option<Self> {
        let t = table.lists().len();
        let levels: Vec<usize> =
            std::iter::repeat_n(2, t).chain(table.covariates().iter().map(|c| c.levels.len())).collect();
        let cells = levels.iter().try_fold(1_usize, |a, l| a.checked_mul(*l)).filter(|c| *c <= MAX_CELLS)?;
        let mut counts: Vec<Option<f64>> = (0..cells).map(|c| (c % (1 << t) != 0).then_some(0.0)).collect();
        for r in table.rows() {
            let mut at = r.history as usize;
            let mut stride = 1 << t;
            for (l, m) in r.levels.iter().zip(&levels[t..]) {
                at += (*l)? * stride;
                stride *= m;
            }
            *counts[at].as_mut()? += r.count;
        }
        let inactive = table.inactive();
        let mut columns = Vec::new();
        let mut stride = 1;
        for m in &levels {
            let contrasts = contrasts(*m);
            let of = |k: usize| (0..cells).map(|c| contrasts[k][c / stride % m]).collect();
            columns.push((0..m - 1).map(of).collect());
            stride *= m;
        }
        // A list that did not operate has cells that nobody can be in; they are no zeros.
        for i in inactive {
            let stride: usize = levels[..t + i.covariate].iter().product();
            for (c, count) in counts.iter_mut().enumerate() {
                if c >> i.list & 1 == 1 && c / stride % levels[t + i.covariate] == i.level {
                    *count = Some(f64::NAN);
                }
            }
        }
        Some(Self { counts, columns, width: levels.iter().map(|l| l - 1).collect() })
    }

    fn fit(&self, pairs: impl Iterator<Item = Pair>, variance: Variance) -> Option<Fit> {
        let mut x: Vec<Vec<f64>> = vec![vec![1.0; self.counts.len()]];
        x.extend(self.columns.iter().flatten().cloned());
        for (a, b) in pairs {
            for u in &self.columns[a] {
                x.extend(self.columns[b].iter().map(|v| u.iter().zip(v).map(|(u, v)| u * v).collect()));
            }
        }
        // By cell, so that a cell's columns lie together.
        let p = x.len();
        let rows: Vec<f64> = (0..self.counts.len()).flat_map(|c| x.iter().map(move |col| col[c])).collect();
        let mut seen: Vec<(f64, &[f64])> = Vec::new();
        let mut unseen: Vec<&[f64]> = Vec::new();
        for (c, count) in self.counts.iter().enumerate() {
            let row = &rows[c * p..(c + 1) * p];
            match count {
                Some(y) if !y.is_nan() => seen.push((*y, row)),
                Some(_) => {}
                None => unseen.push(row),
            }
        }
        let mut search = Mode::new(&seen, p, variance);
        search.climb()?;
        search.approximation(&unseen)
    }
}

/// Newton's method on the posterior.
struct Mode<'a> {
    seen: &'a [(f64, &'a [f64])],
    p: usize,
    variance: Variance,
    beta: Vec<f64>,
}

impl<'a> Mode<'a> {
    fn new(seen: &'a [(f64, &'a [f64])], p: usize, variance: Variance) -> Self {
        let mut beta = vec![0.0; p];
        beta[0] = (seen.iter().map(|s| s.0).sum::<f64>() / seen.len() as f64).max(0.1).ln();
        Self { seen, p, variance, beta }
    }

    /// Log posterior up to a constant of the table.
    fn value(&self, beta: &[f64]) -> f64 {
        let likelihood: f64 = self
            .seen
            .iter()
            .map(|(y, x)| {
                let eta: f64 = x.iter().zip(beta).map(|(x, b)| x * b).sum();
                y * eta - eta.exp()
            })
            .sum();
        likelihood + self.log_prior(beta)
    }

    fn log_prior(&self, beta: &[f64]) -> f64 {
        let squares: f64 = beta[1..].iter().map(|b| b * b).sum();
        let d = (self.p - 1) as f64;
        let two_pi = std::f64::consts::TAU.ln();
        match self.variance {
            Variance::Unit => -0.5 * (squares + d * two_pi),
            Variance::InverseGamma => {
                0.5 * A * (0.5 * B).ln() - ln_gamma(0.5 * A) - 0.5 * d * two_pi + ln_gamma(0.5 * (d + A))
                    - 0.5 * (d + A) * (0.5 * (squares + B)).ln()
            }
        }
    }

    /// Precision that the prior amounts to at a point.
    fn precision(&self) -> f64 {
        match self.variance {
            Variance::Unit => 1.0,
            Variance::InverseGamma => {
                let squares: f64 = self.beta[1..].iter().map(|b| b * b).sum();
                ((self.p - 1) as f64 + A) / (squares + B)
            }
        }
    }

    fn gradient_and_information(&self) -> (Vec<f64>, Vec<f64>) {
        let p = self.p;
        let q = self.precision();
        let mut gradient: Vec<f64> = self.beta.iter().map(|b| -q * b).collect();
        gradient[0] = 0.0;
        let mut information = vec![0.0; p * p];
        for (y, x) in self.seen {
            let mu = x.iter().zip(&self.beta).map(|(x, b)| x * b).sum::<f64>().exp();
            for i in 0..p {
                gradient[i] += (y - mu) * x[i];
                let v = mu * x[i];
                information[i * p..=i * p + i].iter_mut().zip(*x).for_each(|(a, x)| *a += v * x);
            }
        }
        (1..p).for_each(|i| information[i * p + i] += q);
        (gradient, information)
    }

    /// To the mode. The prior's precision is that of the point before, which never overshoots: the logarithm of the
    /// prior is convex in the sum of squares, so its tangent lies below it.
    fn climb(&mut self) -> Option<()> {
        let p = self.p;
        let mut value = self.value(&self.beta);
        for _ in 0..300 {
            let (gradient, mut factor) = self.gradient_and_information();
            cholesky(&mut factor, p)?;
            let mut step = gradient.clone();
            solve(&factor, p, &mut step);
            let decrement: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
            if decrement < 1e-10 {
                return Some(());
            }
            let mut scale = 1.0;
            loop {
                let next: Vec<f64> = self.beta.iter().zip(&step).map(|(b, s)| b + scale * s).collect();
                let reached = self.value(&next);
                if reached >= value - 1e-9 * (1.0 + value.abs()) {
                    (self.beta, value) = (next, reached);
                    break;
                }
                scale *= 0.5;
                if scale < 1e-9 {
                    return None;
                }
            }
        }
        None
    }

    fn approximation(&self, unseen: &[&[f64]]) -> Option<Fit> {
        let p = self.p;
        let (_, mut factor) = self.gradient_and_information();
        if self.variance == Variance::InverseGamma {
            // The curvature of the logarithm of the sum of squares, which the climb leaves out.
            let q = self.precision();
            let c = 2.0 * q * q / ((p - 1) as f64 + A);
            for i in 1..p {
                for j in 1..=i {
                    factor[i * p + j] -= c * self.beta[i] * self.beta[j];
                }
            }
        }
        cholesky(&mut factor, p)?;
        let log_determinant: f64 = (0..p).map(|i| factor[i * p + i].ln()).sum();
        let dark: Vec<f64> =
            unseen.iter().map(|x| x.iter().zip(&self.beta).map(|(x, b)| x * b).sum::<f64>().exp()).collect();
        let total: f64 = dark.iter().sum();
        let mut direction = vec![0.0; p];
        for (x, d) in unseen.iter().zip(&dark) {
            direction.iter_mut().zip(*x).for_each(|(g, x)| *g += d / total * x);
        }
        forward(&factor, p, &mut direction);
        let variance: f64 = direction.iter().map(|x| x * x).sum();
        let log_evidence =
            self.value(&self.beta) + 0.5 * p as f64 * std::f64::consts::TAU.ln() - log_determinant;
        (total.is_finite() && variance.is_finite())
            .then_some(Fit { log_evidence, log_dark: (total.ln(), variance) })
    }
}

/// Orthogonal contrasts of `m` levels (Helmert), scaled to a mean square of one.
fn contrasts(m: usize) -> Vec<Vec<f64>> {
    (1..m)
        .map(|k| {
            let scale = (m as f64 / (k * (k + 1)) as f64).sqrt();
            let value = |l: usize| match l {
                l if l < k => -scale,
                l if l == k => k as f64 * scale,
                _ => 0.0,
            };
            (0..m).map(value).collect()
        })
        .collect()
}
