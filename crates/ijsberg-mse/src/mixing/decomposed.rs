//! A log-linear model of the complete table, taken apart.
//!
//! Let a term `S` of the model, or nothing, separate lists `A` from lists `B`: no term holds lists of both. Then the fitted chances are
//! `p(A, S) p(B, S) / p(S)`, where the model's terms on `A` and `S` are fitted to the table summed over all other lists, those on `B` and
//! `S` likewise, and `p(S)` is what was observed (Lauritzen 1996, Graphical Models, section 4.4). A fit then costs `2^lists` of its largest part, not
//! of the whole table.

use super::Chances;
use super::trace::{Climber, Point};
use crate::histories::Mask;
use crate::loglinear::newton::parts::{among, connected};
use crate::loglinear::newton::{Counts, Fit, Newton};

#[derive(Debug)]
pub(super) struct Decomposed {
    t: usize,
    /// Persons seen.
    n: f64,
    parts: Vec<Part>,
    shared: Vec<Shared>,
    newton: Newton,
}

/// Lists that the model does not separate.
#[derive(Debug)]
struct Part {
    lists: Mask,
    /// Persons by which of these lists they are on; those seen on others alone have none.
    counts: Counts,
    /// Terms, by places among these lists.
    terms: Vec<Mask>,
    fit: Option<Fit>,
}

/// Lists between parts.
#[derive(Debug)]
struct Shared {
    lists: Mask,
    counts: Vec<f64>,
    /// How many of the parts are one too many to multiply.
    times: f64,
}

impl Decomposed {
    /// The model with these terms, closed under subsets, on persons seen by history. The table must lie inside the model's cone.
    pub(super) fn new(cells: &[f64], terms: &[Mask]) -> Self {
        let t = cells.len().trailing_zeros() as usize;
        let (mut parts, mut shared) = (Vec::new(), Vec::new());
        split((1 << t) - 1, terms, &mut parts, &mut shared);
        let part = |lists: Mask| {
            let own = terms.iter().filter(|a| **a & !lists == 0);
            let terms = own.map(|a| among(*a, lists)).collect();
            Part { lists, counts: Counts::new(margin(cells, lists)), terms, fit: None }
        };
        let shared = shared.into_iter().map(|(lists, times)| {
            let counts = margin(cells, lists);
            Shared { lists, counts, times: times as f64 }
        });
        Self {
            t,
            n: cells.iter().sum(),
            parts: parts.into_iter().map(part).collect(),
            shared: shared.collect(),
            newton: Newton::default(),
        }
    }
}

/// Persons by which of `lists` they are on.
fn margin(cells: &[f64], lists: Mask) -> Vec<f64> {
    let mut sums = vec![0.0; 1 << lists.count_ones()];
    for (w, n) in cells.iter().enumerate().filter(|c| *c.1 > 0.0) {
        sums[among(w as Mask, lists) as usize] += n;
    }
    sums
}

/// Divides lists by the smallest terms that separate them.
fn split(lists: Mask, terms: &[Mask], parts: &mut Vec<Mask>, shared: &mut Vec<(Mask, usize)>) {
    let inside: Vec<Mask> = terms.iter().copied().filter(|a| a & !lists == 0).collect();
    for between in &inside {
        let pieces = connected(lists & !between, &inside);
        if pieces.len() > 1 {
            if *between != 0 {
                shared.push((*between, pieces.len() - 1));
            }
            pieces.into_iter().for_each(|piece| split(piece | between, terms, parts, shared));
            return;
        }
    }
    parts.push(lists);
}

impl Part {
    /// Fits the part to the table with more persons on none of its lists, from parameters nearby if there are any.
    fn climb(&mut self, unseen: f64, start: Option<&[f64]>, newton: &mut Newton) -> (f64, &Fit) {
        let table = self.counts.with_unseen(self.counts.cell[0] + unseen);
        let near = start.zip(self.fit.take()).map(|(alpha, mut fit)| {
            fit.alpha.copy_from_slice(alpha);
            newton.refit(&table, &self.terms, true, &mut fit);
            fit
        });
        let near = near.filter(|f| f.deviance.is_finite());
        let fit = self.fit.insert(near.unwrap_or_else(|| newton.fit(&table, &self.terms, None)));
        let total = table.sufficient[0];
        (table.saturated + total - total * total.ln() - 0.5 * fit.deviance, fit)
    }
}

impl Climber for Decomposed {
    fn climb(&mut self, unseen: f64, theta: &mut Vec<f64>) -> (f64, f64) {
        let total = self.n + unseen;
        let from = std::mem::take(theta);
        let (mut value, mut log_unseen) = (0.0, 0.0);
        for part in &mut self.parts {
            let start = from.get(theta.len()..theta.len() + part.counts.cell.len());
            let (own, fit) = part.climb(unseen, start, &mut self.newton);
            value += own;
            log_unseen += fit.alpha[0] - total.ln();
            theta.extend_from_slice(&fit.alpha);
        }
        for Shared { counts, times, .. } in &self.shared {
            let none = counts[0] + unseen;
            let all = std::iter::once(none).chain(counts[1..].iter().copied()).filter(|n| *n > 0.0);
            value -= times * all.map(|n| n * (n / total).ln()).sum::<f64>();
            log_unseen -= times * (none / total).ln();
        }
        (value, if log_unseen.is_nan() { f64::NEG_INFINITY } else { log_unseen })
    }

    fn starts(&mut self, _: f64) -> Vec<Vec<f64>> {
        vec![Vec::new()]
    }

    fn many_tops(&self) -> bool {
        false
    }

    fn chances(&mut self, point: &Point) -> Chances {
        self.climb(point.unseen, &mut point.theta.clone());
        let total = self.n + point.unseen;
        let mut all = vec![1.0; 1 << self.t];
        for Part { lists, fit, .. } in &self.parts {
            let mu = fit.as_ref().map_or(&[][..], |f| &f.mu);
            for (w, chance) in all.iter_mut().enumerate() {
                *chance *= mu.get(among(w as Mask, *lists) as usize).map_or(0.0, |m| m / total);
            }
        }
        for Shared { lists, counts, times } in &self.shared {
            for (w, chance) in all.iter_mut().enumerate().filter(|c| *c.1 > 0.0) {
                let place = among(w as Mask, *lists) as usize;
                let n = counts[place] + if place == 0 { point.unseen } else { 0.0 };
                *chance /= (n / total).powf(*times);
            }
        }
        Chances::All(all)
    }
}

#[cfg(test)]
mod tests {
    use super::super::hierarchical::LogLinear;
    use super::super::trace::Sampling;
    use super::*;
    use crate::mixing::trace::Trace;
    use crate::model::Model;
    use crate::simulate::worlds::{self, WORLDS};

    #[test]
    fn lists_are_divided_by_terms_of_the_model_alone() {
        let divided = |t: usize, generators: &[Mask]| {
            let (mut parts, mut shared) = (Vec::new(), Vec::new());
            split((1 << t) - 1, Model::from_generators(t, generators).terms(), &mut parts, &mut shared);
            parts.sort_unstable();
            (parts, shared)
        };
        assert_eq!(divided(4, &[]), (vec![1, 2, 4, 8], vec![]));
        assert_eq!(divided(4, &[3, 6]), (vec![3, 6, 8], vec![(2, 1)]));
        // A ring of four falls apart with a chord only.
        assert_eq!(divided(4, &[3, 6, 12, 9]), (vec![15], vec![]));
        assert_eq!(divided(4, &[3, 6, 12, 9, 5]), (vec![7, 13], vec![(5, 1)]));
        assert_eq!(divided(4, &[9, 10, 12]), (vec![9, 10, 12], vec![(8, 2)]));
    }

    #[test]
    fn a_model_taken_apart_has_the_curve_and_the_chances_of_the_whole() {
        let many = WORLDS.iter().find(|w| w.id == "many-lists").unwrap();
        let h = (0..).find_map(|d| worlds::draw(many, 1, d).filter(|d| d.histories.t() == 7));
        let h = h.unwrap().histories;
        let counts: Vec<f64> = h.cells().iter().map(|c| c.1 as f64).collect();
        let grid: Vec<f64> = (0..12).map(|i| 5.0 * 2.0_f64.powi(i)).collect();
        for generators in
            [&[][..], &[3], &[3, 6, 96], &[7, 12, 48], &[3, 6, 12, 9], &[3, 6, 12, 9, 5, 48, 96, 80]]
        {
            let model = Model::from_generators(7, generators);
            let whole = LogLinear::new(h.dense(), model.terms());
            let whole = Trace::new(Box::new(whole), &counts, &grid, Sampling::Multinomial);
            let apart = Decomposed::new(&h.dense(), model.terms());
            let apart = Trace::new(Box::new(apart), &counts, &grid, Sampling::Multinomial);
            for (x, y) in
                whole.points.iter().chain([&whole.peak]).zip(apart.points.iter().chain([&apart.peak]))
            {
                assert!((x.unseen / y.unseen - 1.0).abs() < 1e-5, "{generators:?} {} {}", x.unseen, y.unseen);
                assert!((x.value - y.value).abs() < 1e-6, "{generators:?} {} {}", x.value, y.value);
                assert!((x.log_unseen - y.log_unseen).abs() < 1e-5, "{generators:?}");
            }
            let (Chances::All(x), Chances::All(y)) = (&whole.chances, &apart.chances) else { panic!() };
            assert!(x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-7), "{generators:?}");
        }
    }
}
