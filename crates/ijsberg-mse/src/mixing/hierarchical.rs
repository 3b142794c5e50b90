//! Log-linear models of the complete table, alone or with a column `h(k)` for the number of lists.

use super::Chances;
use super::ascent::{Derivatives, Objective};
use super::column::{scaled, start_of_terms};
use super::decomposed::Decomposed;
use super::trace::{Climber, Member, Point};
use crate::histories::Mask;
use crate::loglinear::RANKED_ABOVE;
use crate::loglinear::existence::{self, Existence, Face};
use crate::loglinear::newton::{Counts, Fit, Newton};
use crate::subsets::{subset_sums, superset_sums};

/// A hierarchical model without heterogeneity; the parameters are those of [`Fit::alpha`].
#[derive(Debug)]
pub(super) struct LogLinear {
    counts: Counts,
    terms: Vec<Mask>,
    /// Histories off the face on which the table lies. With persons in the unseen cell it lies on the same one.
    outside: Vec<Mask>,
    newton: Newton,
    fit: Option<Fit>,
}

impl LogLinear {
    pub(super) fn new(cells: Vec<f64>, terms: &[Mask]) -> Self {
        let counts = Counts::new(cells);
        let outside = face(&counts, terms).map_or_else(Vec::new, |f| f.outside);
        Self { counts, terms: terms.to_vec(), outside, newton: Newton::default(), fit: None }
    }
}

/// The face of a table and whether the number of unseen is determined there; `None` where a fit shows that it lies inside.
fn face(counts: &Counts, terms: &[Mask]) -> Option<Face> {
    // On many lists some cell is always near nil, so that a fit would show nothing.
    let regular = counts.t <= RANKED_ABOVE && Newton::default().fit(counts, terms, None).regular;
    (!regular).then(|| existence::face(counts.t, &counts.support(), terms))
}

/// Follows a log-linear model, taken apart where there are many lists and the table lies on no face that would join the parts.
pub(super) fn climber(cells: Vec<f64>, terms: &[Mask]) -> Box<dyn Climber> {
    let whole = LogLinear::new(cells, terms);
    if whole.counts.t > RANKED_ABOVE && whole.outside.is_empty() {
        return Box::new(Decomposed::new(&whole.counts.cell, terms));
    }
    Box::new(whole)
}

/// Whether a log-linear model has an estimate on a table.
pub(super) fn existence(cells: Vec<f64>, terms: &[Mask]) -> Existence {
    face(&Counts::new(cells), terms).map_or(Existence::Exists, |f| f.existence)
}

impl Climber for LogLinear {
    fn climb(&mut self, unseen: f64, theta: &mut Vec<f64>) -> (f64, f64) {
        let table = self.counts.with_unseen(unseen);
        let total = self.counts.n() + unseen;
        let mut fit = self.fit.take();
        let known = fit.as_mut().filter(|_| !theta.is_empty());
        if let Some(fit) = known {
            fit.alpha.clone_from(theta);
            self.newton.refit_on(&table, &self.terms, &self.outside, true, fit);
        }
        let fit = match fit {
            Some(fit) if fit.deviance.is_finite() && !theta.is_empty() => fit,
            _ => {
                let mut fit = self.newton.fit(&table, &self.terms, None);
                if !self.outside.is_empty() {
                    self.newton.refit_on(&table, &self.terms, &self.outside, false, &mut fit);
                }
                fit
            }
        };
        theta.clone_from(&fit.alpha);
        // Minus half the deviance is relative to the complete table, whose unseen cell and total change along the way.
        let entropy =
            self.counts.saturated + self.counts.n() + if unseen > 0.0 { unseen * unseen.ln() } else { 0.0 };
        let value = entropy - total * total.ln() - 0.5 * fit.deviance;
        let log_unseen = fit.alpha[0] - total.ln();
        self.fit = Some(fit);
        (value, log_unseen)
    }

    fn starts(&mut self, _: f64) -> Vec<Vec<f64>> {
        vec![Vec::new()]
    }

    fn many_tops(&self) -> bool {
        false
    }

    fn chances(&mut self, point: &Point) -> Chances {
        self.climb(point.unseen, &mut point.theta.clone());
        let total = self.counts.n() + point.unseen;
        let fit = self.fit.as_ref();
        Chances::All(fit.map_or_else(Vec::new, |f| f.mu.iter().map(|m| m / total).collect()))
    }
}

/// `p(w)` proportional to `exp(sum of the terms in w + tau h(|w|))`: an exponential family, by Newton on all cells.
#[derive(Debug)]
pub(super) struct WithColumn {
    cells: usize,
    /// Terms that are observed, without the intercept.
    terms: Vec<Mask>,
    /// Persons seen on all lists of each term, then the sum of `h`.
    statistics: Vec<f64>,
    h: Vec<f64>,
    /// Cells that hold no term that is never observed.
    alive: Vec<bool>,
    n: f64,
    log_unseen: f64,
    chance: Vec<f64>,
    weighted: Vec<f64>,
}

impl WithColumn {
    /// `cells` holds the persons seen by history.
    pub(super) fn new(cells: &[f64], terms: &[Mask], h: fn(f64) -> f64) -> Self {
        let t = cells.len().trailing_zeros() as usize;
        let h = scaled(h, t);
        let mut on_all = cells.to_vec();
        superset_sums(&mut on_all);
        let (kept, dead): (Vec<Mask>, Vec<Mask>) =
            terms.iter().filter(|a| **a != 0).partition(|a| on_all[**a as usize] > 0.0);
        let alive = (0..cells.len()).map(|w| dead.iter().all(|a| w as Mask & a != *a)).collect();
        let sum_h = cells.iter().enumerate().map(|(w, c)| c * h[w.count_ones() as usize]).sum();
        let statistics = kept.iter().map(|a| on_all[*a as usize]).chain([sum_h]).collect();
        Self {
            cells: cells.len(),
            terms: kept,
            statistics,
            h,
            alive,
            n: cells.iter().sum(),
            log_unseen: 0.0,
            chance: Vec::new(),
            weighted: Vec::new(),
        }
    }

    /// Chances by history, the unseen first.
    fn all_chances(&self, theta: &[f64]) -> (Vec<f64>, f64) {
        let tau = theta[theta.len() - 1];
        let mut eta = vec![0.0; self.cells];
        for (a, x) in self.terms.iter().zip(theta) {
            eta[*a as usize] = *x;
        }
        subset_sums(&mut eta);
        for (w, x) in eta.iter_mut().enumerate() {
            *x = if self.alive[w] { *x + tau * self.h[w.count_ones() as usize] } else { f64::NEG_INFINITY };
        }
        let top = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        eta.iter_mut().for_each(|x| *x = (*x - top).exp());
        let sum: f64 = eta.iter().sum();
        eta.iter_mut().for_each(|x| *x /= sum);
        (eta, top + sum.ln())
    }
}

impl Member for WithColumn {
    fn log_unseen(&self) -> f64 {
        self.log_unseen
    }

    fn starts(&mut self, unseen: f64) -> Vec<Vec<f64>> {
        vec![start_of_terms(self.terms.iter().copied(), &self.statistics, self.n + unseen)]
    }

    fn many_tops(&self) -> bool {
        false
    }

    fn chances(&mut self, theta: &[f64]) -> Chances {
        Chances::All(self.all_chances(theta).0)
    }
}

/// Whether the histories that can be seen tell the terms, the intercept among them, and the column apart.
///
/// The interaction that the column puts on `k` lists is its `k`-th difference at 0. A combination that is nil on all histories
/// that can be seen is a multiple of the unseen cell, whose interactions alternate in sign and have one size: there is none if
/// the column's interactions outside the model are not like that.
pub(super) fn determined(t: usize, terms: &[Mask], h: fn(f64) -> f64) -> bool {
    let mut differences = scaled(h, t);
    for k in 1..=t {
        for i in (k..=t).rev() {
            differences[i] -= differences[i - 1];
        }
    }
    let outside = (1..1_u32 << t).filter(|a| !terms.contains(a)).map(|a| {
        let k = a.count_ones() as usize;
        if k % 2 == 1 { -differences[k] } else { differences[k] }
    });
    let (low, high) = outside.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    high - low > 1e-9
}

impl Objective for WithColumn {
    fn derivatives(&mut self, unseen: f64, theta: &[f64], d: &mut Derivatives) -> f64 {
        let p = theta.len();
        let persons = self.n + unseen;
        let (chance, log_total) = self.all_chances(theta);
        self.log_unseen = -log_total;
        self.weighted.clear();
        self.weighted.extend(chance.iter().enumerate().map(|(w, c)| c * self.h[w.count_ones() as usize]));
        let mean: f64 = self.weighted.iter().sum();
        let square: f64 =
            self.weighted.iter().enumerate().map(|(w, c)| c * self.h[w.count_ones() as usize]).sum();
        superset_sums(&mut self.weighted);
        self.chance = chance;
        superset_sums(&mut self.chance);
        d.clear(p);
        for (i, a) in self.terms.iter().enumerate() {
            let own = self.chance[*a as usize];
            d.gradient[i] = self.statistics[i] - persons * own;
            for (j, b) in self.terms[..=i].iter().enumerate() {
                let both = self.chance[(a | b) as usize];
                d.observed[i * p + j] = persons * (both - own * self.chance[*b as usize]);
            }
            d.observed[(p - 1) * p + i] = persons * (self.weighted[*a as usize] - own * mean);
        }
        d.end_with_column(&self.statistics, persons, mean, square);
        theta.iter().zip(&self.statistics).map(|(x, s)| x * s).sum::<f64>() - persons * log_total
    }

    fn limit(&self) -> f64 {
        500.0
    }

    fn reach(&self) -> f64 {
        3.0
    }
}
