//! Sums of the means of a model of many lists, without going through all histories.
//!
//! Lists that no chain of terms joins form parts. With `Z_c(a)` the sum of `exp(X alpha)` over the sets of lists of part `c` that contain `a`,
//! those who are on all lists of `a` in part `c` and of `b` in part `d` are `exp(alpha(0))` times `Z_c(a) Z_d(b)` times the `Z_e(0)` of
//! all other parts. A step then costs `2^lists` of the largest part.

use crate::histories::Mask;
use crate::model::bits;
use crate::subsets::{subset_products, superset_sums};

/// The largest part must be this many lists smaller than the whole to be worth it.
const WORTH: u32 = 2;

/// A model taken apart.
#[derive(Debug)]
pub(super) struct Parts {
    all: Vec<Part>,
    /// Of each term but the intercept: the part, and the term by places in it.
    place: Vec<(usize, Mask)>,
}

#[derive(Debug)]
struct Part {
    /// Places in [`Parts::place`].
    terms: Vec<usize>,
    /// Sets of its lists that nobody can be on.
    removed: Vec<usize>,
    /// Superset sums, in units of that of the empty set.
    shares: Vec<f64>,
}

impl Parts {
    /// For terms that somebody has, the intercept first, and those that nobody has; `None` where it is not worth it.
    pub(super) fn new(t: usize, finite: &[Mask], dead: &[Mask]) -> Option<Self> {
        let terms = [finite, dead].concat();
        let lists = connected((1 << t) - 1, &terms);
        let largest = lists.iter().map(|l| l.count_ones()).max()?;
        if finite.first() != Some(&0) || largest + WORTH > t as u32 {
            return None;
        }
        let own = |a: &Mask| {
            let part = lists.iter().position(|l| a & !l == 0)?;
            Some((part, among(*a, lists[part])))
        };
        let place: Vec<(usize, Mask)> = finite[1..].iter().filter_map(own).collect();
        let gone: Vec<(usize, Mask)> = dead.iter().filter_map(own).collect();
        let part = |(c, lists): (usize, &Mask)| {
            let size = 1_usize << lists.count_ones();
            let removed = |v: &usize| gone.iter().any(|(d, a)| *d == c && *v as Mask & a == *a);
            Part {
                terms: (0..place.len()).filter(|i| place[*i].0 == c).collect(),
                removed: (0..size).filter(removed).collect(),
                shares: vec![0.0; size],
            }
        };
        Some(Self { all: lists.iter().enumerate().map(part).collect(), place })
    }

    /// Writes the sums for each term and for each two into `sums`; the unseen count only if `with_unseen`.
    pub(super) fn sums(&mut self, alpha: &[f64], finite: &[Mask], with_unseen: bool, sums: &mut [f64]) {
        let mut log = 0.0;
        for part in &mut self.all {
            part.shares.fill(1.0);
            for i in &part.terms {
                part.shares[self.place[*i].1 as usize] = alpha[finite[i + 1] as usize].exp();
            }
            subset_products(&mut part.shares);
            part.removed.iter().for_each(|v| part.shares[*v] = 0.0);
            // Without the empty set, so that nothing is lost where nearly everybody is on no list.
            let beyond: f64 = part.shares[1..].iter().sum();
            superset_sums(&mut part.shares);
            part.shares.iter_mut().for_each(|x| *x /= 1.0 + beyond);
            log += beyond.ln_1p();
        }
        let unseen = alpha[0].exp();
        let whole = unseen * log.exp();
        sums[0] = if with_unseen { whole } else { unseen * log.exp_m1() };
        for (i, (c, v)) in self.place.iter().enumerate() {
            let (a, own) = (finite[i + 1], &self.all[*c].shares);
            sums[a as usize] = whole * own[*v as usize];
            for (b, (d, u)) in finite[1..].iter().zip(&self.place[..i]) {
                let both = if c == d {
                    own[(v | u) as usize]
                } else {
                    own[*v as usize] * self.all[*d].shares[*u as usize]
                };
                sums[(a | b) as usize] = whole * both;
            }
        }
    }
}

/// Which of `lists`, by place among them, are in `history`.
pub(crate) fn among(history: Mask, lists: Mask) -> Mask {
    bits(lists).enumerate().fold(0, |m, (place, j)| m | (history >> j & 1) << place)
}

/// The sets into which lists fall when those in one term belong together.
pub(crate) fn connected(mut left: Mask, terms: &[Mask]) -> Vec<Mask> {
    let mut pieces = Vec::new();
    while left != 0 {
        let mut piece = left & left.wrapping_neg();
        loop {
            let joined = terms.iter().filter(|a| *a & piece != 0).fold(piece, |p, a| p | a & left);
            if joined == piece {
                break;
            }
            piece = joined;
        }
        left &= !piece;
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::{Counts, Newton};
    use crate::chance::{multinomial, stream};
    use crate::model::Model;

    #[test]
    fn a_fit_by_parts_is_the_fit_of_the_whole() {
        // Ten lists; the first two go together, and nobody is on both of the last two.
        let chance = |w: usize| {
            let on = (0..10).map(|j| if w >> j & 1 == 1 { 0.02 + 0.03 * f64::from(j) } else { 1.0 });
            let more = if w & 3 == 3 { 4.0 } else { 1.0 };
            if w == 0 || w >> 8 == 3 { 0.0 } else { on.product::<f64>() * more }
        };
        let chances: Vec<f64> = (0..1 << 10).map(chance).collect();
        let drawn = multinomial(900, &chances, &mut stream(5, 0));
        let counts = Counts::new(drawn.into_iter().map(|n| n as f64).collect());
        let (mut by_parts, mut whole) = (Newton::default(), Newton { whole: true, ..Newton::default() });
        for counts in [counts.clone(), counts.with_unseen(400.0)] {
            let mut near = None;
            for generators in [&[][..], &[3], &[3, 768], &[3, 5, 6, 48], &[7, 24, 96]] {
                let model = Model::from_generators(10, generators);
                let x = by_parts.fit(&counts, model.terms(), near.as_ref());
                let y = whole.fit(&counts, model.terms(), None);
                assert!(by_parts.parts.is_some() && whole.parts.is_none());
                assert!(
                    (x.deviance - y.deviance).abs() < 1e-7,
                    "{generators:?} {} {}",
                    x.deviance,
                    y.deviance
                );
                for a in model.terms() {
                    let (p, q) = (x.alpha[*a as usize], y.alpha[*a as usize]);
                    assert!(p == q || (p - q).abs() < 1e-5, "{generators:?} {a} {p} {q}");
                }
                assert!(x.mu.iter().zip(&y.mu).all(|(p, q)| (p - q).abs() < 1e-5), "{generators:?}");
                // Without terms that the next model may not have.
                near = Some(x).filter(|_| generators.len() < 2);
            }
        }
    }
}
