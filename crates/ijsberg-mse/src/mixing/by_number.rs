//! A column `h(k)` for the number of lists beside a log-linear model of many lists, without going through all histories.
//!
//! Lists that no chain of terms joins form parts. A part with masks `v` and log odds `eta(v)` has the polynomial `sum exp(eta(v)) x^|v|`; the
//! coefficient of `x^k` in the product over parts, times `exp(tau h(k))`, is the weight of being on `k` lists. The chance of being on
//! all lists of a term, or of two, is the same with only those `v` that hold them. So nothing grows but with `2^lists` of the largest part.

use super::Chances;
use super::ascent::{Derivatives, Objective};
use super::column::{scaled, start_of_terms};
use super::trace::Member;
use crate::histories::Mask;
use crate::loglinear::newton::parts::{among, connected};
use crate::subsets::{SumsByCount, subset_products, subset_sums};

/// `p(w)` proportional to `exp(sum of the terms in w + tau h(|w|))`.
#[derive(Debug)]
pub(super) struct ByNumber {
    t: usize,
    n: f64,
    h: Vec<f64>,
    /// Terms that are observed, without the intercept: lists, the part, and places in it.
    terms: Vec<(Mask, usize, Mask)>,
    /// Persons seen on all lists of each term, then the sum of `h`.
    statistics: Vec<f64>,
    parts: Vec<Part>,
    log_unseen: f64,
}

#[derive(Debug)]
struct Part {
    lists: Mask,
    /// Masks that hold no term that nobody has.
    alive: Vec<bool>,
    /// Weights by mask, the largest 1.
    weight: Vec<f64>,
    /// Weights of the masks that hold a term, or two, by number of lists.
    counted: SumsByCount,
}

/// Log odds that add up to less than this, whatever their sign, are multiplied as odds without overflow.
const ODDS: f64 = 300.0;

impl Part {
    /// Polynomial of the masks that hold `v`.
    fn holding(&self, v: Mask) -> &[f64] {
        self.counted.holding(v)
    }

    /// Works the weights out; returns the logarithm that they were divided by.
    fn weigh(&mut self, log_odds: &[(Mask, f64)]) -> f64 {
        let as_odds = log_odds.iter().map(|o| o.1.abs()).sum::<f64>() < ODDS;
        let weight = &mut self.weight;
        weight.clear();
        weight.resize(self.alive.len(), if as_odds { 1.0 } else { 0.0 });
        for (v, x) in log_odds {
            weight[*v as usize] = if as_odds { x.exp() } else { *x };
        }
        if as_odds {
            subset_products(weight);
        } else {
            subset_sums(weight);
        }
        let never = if as_odds { 0.0 } else { f64::NEG_INFINITY };
        weight.iter_mut().zip(&self.alive).filter(|w| !w.1).for_each(|w| *w.0 = never);
        let top = weight.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if as_odds {
            weight.iter_mut().for_each(|w| *w /= top);
        } else {
            weight.iter_mut().for_each(|w| *w = (*w - top).exp());
        }
        self.counted.sum(weight);
        if as_odds { top.ln() } else { top }
    }
}

impl ByNumber {
    /// `cells` holds the persons seen by history; `terms` are closed under subsets.
    pub(super) fn new(cells: &[f64], terms: &[Mask], h: fn(f64) -> f64) -> Self {
        let t = cells.len().trailing_zeros() as usize;
        let h = scaled(h, t);
        let on_all = |a: Mask| -> f64 {
            cells.iter().enumerate().filter(|(w, c)| **c > 0.0 && *w as Mask & a == a).map(|c| c.1).sum()
        };
        let (kept, dead): (Vec<Mask>, Vec<Mask>) =
            terms.iter().filter(|a| **a != 0).partition(|a| on_all(**a) > 0.0);
        let part = |lists: Mask| {
            let dead: Vec<Mask> =
                dead.iter().filter(|a| *a & !lists == 0).map(|a| among(*a, lists)).collect();
            let alive =
                (0..1 << lists.count_ones()).map(|v: Mask| dead.iter().all(|a| v & a != *a)).collect();
            let own: Vec<Mask> =
                kept.iter().filter(|a| **a & !lists == 0).map(|a| among(*a, lists)).chain([0]).collect();
            let two = own.iter().flat_map(|a| own.iter().map(move |b| a | b)).collect();
            let counted = SumsByCount::new(lists.count_ones() as usize, two);
            Part { lists, alive, weight: Vec::new(), counted }
        };
        let parts: Vec<Part> = connected((1 << t) - 1, terms).into_iter().map(part).collect();
        let place = |a: &Mask| {
            let own = parts.iter().enumerate().find(|(_, p)| a & !p.lists == 0);
            own.map(|(c, p)| (*a, c, among(*a, p.lists)))
        };
        let sum_h = cells.iter().enumerate().map(|(w, c)| c * h[w.count_ones() as usize]).sum();
        Self {
            t,
            n: cells.iter().sum(),
            terms: kept.iter().filter_map(place).collect(),
            statistics: kept.iter().map(|a| on_all(*a)).chain([sum_h]).collect(),
            h,
            parts,
            log_unseen: 0.0,
        }
    }

    /// Works the parts out; returns the logarithm of the total over all histories.
    fn weigh(&mut self, theta: &[f64]) -> f64 {
        let mut log = 0.0;
        for (c, part) in self.parts.iter_mut().enumerate() {
            let own = self.terms.iter().zip(theta).filter(|(term, _)| term.1 == c);
            let log_odds: Vec<(Mask, f64)> = own.map(|((_, _, v), x)| (*v, *x)).collect();
            log += part.weigh(&log_odds);
        }
        log
    }
}

/// Product of polynomials.
fn product(x: &[f64], y: &[f64]) -> Vec<f64> {
    let mut z = vec![0.0; x.len() + y.len() - 1];
    for (i, a) in x.iter().enumerate() {
        z[i..].iter_mut().zip(y).for_each(|(z, b)| *z += a * b);
    }
    z
}

/// For each number of lists in the parts left out, the weight of the other parts.
fn others(rest: &[f64], weight: &[f64]) -> Vec<f64> {
    let left_out = weight.len() - rest.len();
    (0..=left_out).map(|i| rest.iter().zip(&weight[i..]).map(|(r, w)| r * w).sum()).collect()
}

/// Polynomials of all parts but one, and of all but two, by the first and how far the second is beyond it.
struct Rest {
    one: Vec<Vec<f64>>,
    two: Vec<Vec<Vec<f64>>>,
}

impl Rest {
    fn from_parts(all: &[Vec<f64>]) -> Self {
        let mut before = vec![vec![1.0]];
        let mut after = vec![vec![1.0]];
        for (x, y) in all.iter().zip(all.iter().rev()) {
            before.push(product(&before[before.len() - 1], x));
            after.push(product(&after[after.len() - 1], y));
        }
        after.reverse();
        let two = |c: usize| {
            let mut near = before[c].clone();
            let beyond = c + 1..all.len();
            beyond
                .map(|d| {
                    let found = product(&near, &after[d + 1]);
                    near = product(&near, &all[d]);
                    found
                })
                .collect()
        };
        Self {
            one: (0..all.len()).map(|c| product(&before[c], &after[c + 1])).collect(),
            two: (0..all.len()).map(two).collect(),
        }
    }
}

impl Member for ByNumber {
    fn log_unseen(&self) -> f64 {
        self.log_unseen
    }

    fn starts(&mut self, unseen: f64) -> Vec<Vec<f64>> {
        vec![start_of_terms(self.terms.iter().map(|t| t.0), &self.statistics, self.n + unseen)]
    }

    fn many_tops(&self) -> bool {
        false
    }

    fn chances(&mut self, theta: &[f64]) -> Chances {
        self.weigh(theta);
        let tau = theta[theta.len() - 1];
        let chance = |w: usize| {
            let own = |p: &Part| p.weight[among(w as Mask, p.lists) as usize];
            self.parts.iter().map(own).product::<f64>() * (tau * self.h[w.count_ones() as usize]).exp()
        };
        let mut all: Vec<f64> = (0..1 << self.t).map(chance).collect();
        let total: f64 = all.iter().sum();
        all.iter_mut().for_each(|x| *x /= total);
        Chances::All(all)
    }
}

impl Objective for ByNumber {
    fn derivatives(&mut self, unseen: f64, theta: &[f64], d: &mut Derivatives) -> f64 {
        let (p, persons) = (theta.len(), self.n + unseen);
        let tau = theta[p - 1];
        let log = self.weigh(theta);
        let all: Vec<Vec<f64>> = self.parts.iter().map(|part| part.holding(0).to_vec()).collect();
        let whole = all.iter().fold(vec![1.0], |x, y| product(&x, y));
        let top = self.h.iter().map(|h| tau * h).fold(f64::NEG_INFINITY, f64::max);
        let mut weight: Vec<f64> = self.h.iter().map(|h| (tau * h - top).exp()).collect();
        let total: f64 = whole.iter().zip(&weight).map(|(x, w)| x * w).sum();
        weight.iter_mut().for_each(|w| *w /= total);
        let log_total = log + top + total.ln();
        self.log_unseen = -log_total;

        let with_h: Vec<f64> = weight.iter().zip(&self.h).map(|(w, h)| w * h).collect();
        let mean: f64 = whole.iter().zip(&with_h).map(|(x, w)| x * w).sum();
        let square: f64 = whole.iter().zip(&with_h).zip(&self.h).map(|((x, w), h)| x * w * h).sum();
        let rest = Rest::from_parts(&all);
        let by = |weight: &[f64]| -> Vec<Vec<f64>> { rest.one.iter().map(|r| others(r, weight)).collect() };
        let (one, one_h) = (by(&weight), by(&with_h));
        let two: Vec<Vec<Vec<f64>>> =
            rest.two.iter().map(|row| row.iter().map(|r| others(r, &weight)).collect()).collect();
        let sum = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        let holding: Vec<&[f64]> = self.terms.iter().map(|(_, c, v)| self.parts[*c].holding(*v)).collect();
        let chance: Vec<f64> =
            self.terms.iter().zip(&holding).map(|((_, c, _), own)| sum(own, &one[*c])).collect();

        d.clear(p);
        for (i, (_, c, v)) in self.terms.iter().enumerate() {
            d.gradient[i] = self.statistics[i] - persons * chance[i];
            for (j, (_, e, u)) in self.terms[..=i].iter().enumerate() {
                let both = if c == e {
                    sum(self.parts[*c].holding(v | u), &one[*c])
                } else {
                    sum(&product(holding[i], holding[j]), &two[*c.min(e)][c.abs_diff(*e) - 1])
                };
                d.observed[i * p + j] = persons * (both - chance[i] * chance[j]);
            }
            d.observed[(p - 1) * p + i] = persons * (sum(holding[i], &one_h[*c]) - chance[i] * mean);
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

#[cfg(test)]
mod tests {
    use super::super::hierarchical::WithColumn;
    use super::*;
    use crate::heterogeneity::Heterogeneity;
    use crate::model::Model;

    #[test]
    fn derivatives_are_those_of_all_histories() {
        // Everybody is on few lists, and nobody on both of the last two.
        let cells: Vec<f64> = (0..64_usize)
            .map(|w| {
                if w == 0 || w & 0b11_0000 == 0b11_0000 {
                    0.0
                } else {
                    f64::from(100 >> w.count_ones() & !3) + (w % 5) as f64
                }
            })
            .collect();
        for generators in [&[][..], &[3], &[3, 6, 48], &[7, 24], &[3, 12, 48], &[63 - 32]] {
            let model = Model::from_generators(6, generators);
            for heterogeneity in [Heterogeneity::Darroch, Heterogeneity::Gamma, Heterogeneity::Poisson] {
                let h = heterogeneity.column();
                let mut whole = WithColumn::new(&cells, model.terms(), h);
                let mut parts = ByNumber::new(&cells, model.terms(), h);
                let mut theta = whole.starts(70.0).remove(0);
                assert_eq!(theta, parts.starts(70.0)[0]);
                theta.iter_mut().enumerate().for_each(|(i, x)| *x += 0.1 * (i % 4) as f64);
                let (mut x, mut y) = (Derivatives::default(), Derivatives::default());
                let value = whole.derivatives(70.0, &theta, &mut x);
                let same = |a: f64, b: f64| (a - b).abs() < 1e-9 * (1.0 + a.abs());
                assert!(same(value, parts.derivatives(70.0, &theta, &mut y)), "{generators:?}");
                assert!(same(whole.log_unseen(), parts.log_unseen()));
                let pairs = [(x.gradient, y.gradient), (x.observed, y.observed), (x.complete, y.complete)];
                for (x, y) in pairs {
                    assert!(x.iter().zip(&y).all(|(a, b)| same(*a, *b)), "{generators:?} {x:?} {y:?}");
                }
                let (Chances::All(x), Chances::All(y)) = (whole.chances(&theta), parts.chances(&theta))
                else {
                    panic!()
                };
                assert!(x.iter().zip(&y).all(|(a, b)| same(*a, *b)), "{generators:?}");
            }
        }
    }
}
