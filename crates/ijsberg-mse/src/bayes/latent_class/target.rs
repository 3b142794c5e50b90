//! The posterior density of latent classes with its gradient.

use super::ALPHA;
use crate::histories::Histories;

/// The posterior density on unbounded parameters: logits by list and class, and `log e` with `e = -log(1 - V)` by stick.
///
/// `alpha` is integrated out: given it every `e` is exponential with rate `alpha`, so that together they have a density
/// with polynomial tails, which are exponential in `log e`. With `alpha` kept, small values of it make a funnel.
pub(super) struct Target {
    pub(super) t: usize,
    pub(super) classes: usize,
    pub(super) n: f64,
    /// Histories as rows of 0 and 1, the unseen first, with their counts.
    pub(super) cells: Vec<(u32, f64)>,
}

impl Target {
    pub(super) fn new(h: &Histories, classes: usize) -> Self {
        let cells = std::iter::once((0, 0.0)).chain(h.cells().iter().map(|(w, c)| (*w, *c as f64))).collect();
        Self { t: h.t(), classes: classes.max(2), n: h.n() as f64, cells }
    }

    pub(super) fn dimensions(&self) -> usize {
        self.classes * self.t + self.classes - 1
    }

    /// `(log likelihood, log prior)` at `x`, with the gradient of `beta` times the first plus the second.
    pub(super) fn evaluate(&self, x: &[f64], beta: f64, work: &mut Work) -> (f64, f64) {
        let (t, k) = (self.t, self.classes);
        let sticks = &x[k * t..];
        let mut prior = 0.0_f64;
        work.gradient.clear();
        work.gradient.resize(x.len(), 0.0);
        for (i, z) in x[..k * t].iter().enumerate() {
            let p = logistic(*z);
            (work.on[i], work.off[i]) = (p, 1.0 - p);
            // The logarithm of p (1 - p), from the side that does not cancel.
            prior += -z.abs() - 2.0 * (-z.abs()).exp().ln_1p();
            work.gradient[i] = 1.0 - 2.0 * p;
        }
        // With e = -log(1 - V), and alpha integrated out, the sticks have density (b + sum e)^-(a + k - 1) in e.
        let mut used = 0.0_f64;
        for (c, z) in sticks.iter().enumerate() {
            let e = z.exp();
            work.weight[c] = (-used).exp() * -(-e).exp_m1();
            used += e;
            prior += z;
        }
        work.weight[k - 1] = (-used).exp();
        let power = ALPHA + (k - 1) as f64;
        prior -= power * (ALPHA + used).ln();
        for (g, z) in work.gradient[k * t..].iter_mut().zip(sticks) {
            *g = 1.0 - power * z.exp() / (ALPHA + used);
        }
        work.class_total.fill(0.0);
        work.on_total.fill(0.0);
        let mut log_likelihood = 0.0;
        for (i, (w, count)) in self.cells.iter().enumerate() {
            // The joint chance of class and history; a vector over classes, so that the compiler can work on several.
            work.share.copy_from_slice(&work.weight);
            for j in 0..t {
                let factor = if w >> j & 1 == 1 { &work.on } else { &work.off };
                work.share.iter_mut().zip(&factor[j * k..(j + 1) * k]).for_each(|(s, f)| *s *= f);
            }
            let p: f64 = work.share.iter().sum();
            // The unseen cell stands for the persons expected in it.
            let weight = if i == 0 {
                let p0 = p.min(1.0 - 1e-15);
                work.unseen_chance = p0;
                log_likelihood -= self.n * (-p0).ln_1p();
                self.n * p0 / (1.0 - p0)
            } else {
                log_likelihood += count * p.ln();
                *count
            };
            let scale = weight / p;
            work.share.iter_mut().for_each(|s| *s *= scale);
            work.class_total.iter_mut().zip(&work.share).for_each(|(total, s)| *total += s);
            let mut lists = *w;
            while lists != 0 {
                let j = lists.trailing_zeros() as usize;
                let on = &mut work.on_total[j * k..(j + 1) * k];
                on.iter_mut().zip(&work.share).for_each(|(total, s)| *total += s);
                lists &= lists - 1;
            }
        }
        for j in 0..t {
            for c in 0..k {
                let i = j * k + c;
                work.gradient[i] += beta * (work.on_total[i] - work.class_total[c] * work.on[i]);
            }
        }
        let mut later = work.class_total[k - 1];
        for c in (0..k - 1).rev() {
            let e = sticks[c].exp();
            // e exp(-e) / (1 - exp(-e)) = e / (exp(e) - 1), which tends to 1.
            let inside = if e > 1e-12 { e / e.exp_m1() } else { 1.0 };
            work.gradient[k * t + c] += beta * (work.class_total[c] * inside - later * e);
            later += work.class_total[c];
        }
        (log_likelihood, prior)
    }
}

pub(super) fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// Scratch space of one evaluation.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// By list, then class: the chances of being and not being on it.
    on: Vec<f64>,
    off: Vec<f64>,
    weight: Vec<f64>,
    share: Vec<f64>,
    class_total: Vec<f64>,
    on_total: Vec<f64>,
    pub(super) gradient: Vec<f64>,
    pub(super) unseen_chance: f64,
}

impl Work {
    pub(super) fn new(target: &Target) -> Self {
        let (k, kt) = (target.classes, target.classes * target.t);
        let zeros = |n: usize| vec![0.0; n];
        Self {
            on: zeros(kt),
            off: zeros(kt),
            weight: zeros(k),
            share: zeros(k),
            class_total: zeros(k),
            on_total: zeros(kt),
            gradient: Vec::new(),
            unseen_chance: 0.0,
        }
    }
}
