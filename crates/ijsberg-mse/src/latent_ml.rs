//! Latent classes by maximum likelihood: a few classes of persons, within each of which lists are independent.
//!
//! The likelihood is that of the histories seen, `prod p(w)^n(w) / (1 - p(0))^n` (Bartolucci and Forcina 2001, Biometrics
//! 57). The EM algorithm adds the unseen persons that are expected, `n p(0) / (1 - p(0))`, to the empty cell and shares
//! all out over the classes. The number of classes is chosen by BIC, and chosen again in every bootstrap replicate.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::histories::Histories;
use crate::resample::{multinomial, stream};

/// The most classes that are tried.
pub const MAX_CLASSES: usize = 4;

/// Random starts for each number of classes on the data.
const STARTS: u64 = 24;

/// Random starts in a replicate, beside the fit of the data.
const STARTS_AGAIN: u64 = 3;

const ROUNDS: usize = 4000;

/// A fit.
#[derive(Debug, Clone, PartialEq)]
pub struct LatentFit {
    /// Weights of the classes in the population.
    pub weights: Vec<f64>,
    /// Chances of being on each list, by class.
    pub on: Vec<Vec<f64>>,
    /// Unseen persons.
    pub unseen: f64,
    /// Log-likelihood of the histories seen.
    pub log_likelihood: f64,
    /// Deviance plus `log n` for each parameter, up to a constant of the table.
    pub bic: f64,
}

/// The best number of classes by BIC, among those that leave a degree of freedom. `None` when even one class runs to an end.
pub fn best(h: &Histories, seed: u64) -> Option<LatentFit> {
    let cells: Vec<(u32, f64)> = h.cells().iter().map(|(w, c)| (*w, *c as f64)).collect();
    choose(h.t(), &cells, &[], STARTS, seed)
}

/// Estimates of `N` in bootstrap replicates of the persons seen, each with its own number of classes; infinite where there
/// is none.
pub fn replicates(h: &Histories, fit: &LatentFit, count: usize, seed: u64) -> Vec<f64> {
    let weights: Vec<f64> = h.cells().iter().map(|c| c.1 as f64).collect();
    (0..count)
        .into_par_iter()
        .map(|b| {
            let drawn = multinomial(h.n(), &weights, &mut stream(seed, b as u64));
            let cells: Vec<(u32, f64)> = h
                .cells()
                .iter()
                .zip(drawn)
                .filter(|(_, d)| *d > 0)
                .map(|((w, _), d)| (*w, d as f64))
                .collect();
            let again =
                choose(h.t(), &cells, std::slice::from_ref(fit), STARTS_AGAIN, seed ^ (b as u64) << 20);
            again.map_or(f64::INFINITY, |f| h.n() as f64 + f.unseen)
        })
        .collect()
}

fn choose(t: usize, cells: &[(u32, f64)], known: &[LatentFit], starts: u64, seed: u64) -> Option<LatentFit> {
    (1..=MAX_CLASSES)
        .filter(|k| k - 1 + k * t + 1 < 1 << t)
        .filter_map(|k| {
            let from_known = known.iter().filter(|f| f.weights.len() == k).cloned();
            let random = (0..if k == 1 { 1 } else { starts }).map(|s| {
                let mut rng = stream(seed, s * 8 + k as u64);
                start(t, k, &mut rng)
            });
            from_known
                .chain(random)
                .map(|f| maximise(t, cells, f))
                .max_by(|a, b| a.log_likelihood.total_cmp(&b.log_likelihood))
        })
        .filter(|f| f.unseen.is_finite() && f.unseen < 1e9 * cells.iter().map(|c| c.1).sum::<f64>())
        .min_by(|a, b| a.bic.total_cmp(&b.bic))
}

fn start(t: usize, k: usize, rng: &mut ChaCha8Rng) -> LatentFit {
    // Classes from seldom to often seen, so that starts differ in kind.
    let on = (0..k)
        .map(|c| {
            let level = (-4.0 + 4.5 * (c as f64 + rng.random::<f64>()) / k as f64).exp().min(0.9);
            (0..t).map(|_| (level * (0.2 + 1.6 * rng.random::<f64>())).min(0.95)).collect()
        })
        .collect();
    LatentFit {
        weights: vec![1.0 / k as f64; k],
        on,
        unseen: f64::NAN,
        log_likelihood: f64::NEG_INFINITY,
        bic: f64::INFINITY,
    }
}

fn maximise(t: usize, cells: &[(u32, f64)], mut fit: LatentFit) -> LatentFit {
    let k = fit.weights.len();
    let n: f64 = cells.iter().map(|c| c.1).sum();
    let joint = |fit: &LatentFit, w: u32, out: &mut [f64]| -> f64 {
        for (c, o) in out.iter_mut().enumerate() {
            *o = fit.weights[c]
                * fit.on[c]
                    .iter()
                    .enumerate()
                    .map(|(j, p)| if w >> j & 1 == 1 { *p } else { 1.0 - p })
                    .product::<f64>();
        }
        out.iter().sum()
    };
    let mut share = vec![0.0; k];
    for _ in 0..ROUNDS {
        let p0 = joint(&fit, 0, &mut share).min(1.0 - 1e-12);
        let unseen = n * p0 / (1.0 - p0);
        let mut mass: Vec<f64> = share.iter().map(|s| s / p0 * unseen).collect();
        let mut on = vec![vec![0.0; t]; k];
        let mut value = -n * (-p0).ln_1p();
        for (w, count) in cells {
            let p = joint(&fit, *w, &mut share);
            value += count * p.ln();
            for c in 0..k {
                let r = count * share[c] / p;
                mass[c] += r;
                for (j, o) in on[c].iter_mut().enumerate() {
                    if w >> j & 1 == 1 {
                        *o += r;
                    }
                }
            }
        }
        let gained = value - fit.log_likelihood;
        fit.log_likelihood = value;
        fit.unseen = unseen;
        if (0.0..1e-9).contains(&gained) {
            break;
        }
        let total: f64 = mass.iter().sum();
        for c in 0..k {
            fit.weights[c] = mass[c] / total;
            fit.on[c].iter_mut().zip(&on[c]).for_each(|(p, o)| *p = (o / mass[c]).clamp(0.0, 1.0));
        }
    }
    fit.bic = -2.0 * fit.log_likelihood + (k - 1 + k * t) as f64 * n.ln();
    fit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::designs::published;

    #[test]
    fn one_class_is_independence_and_two_are_found() {
        let all = published();
        let design = all.iter().find(|d| d.id == "sim1").unwrap();
        let h = design.draw(&mut stream(5, 0)).unwrap();
        let fit = best(&h, 1).unwrap();
        assert_eq!(fit.weights.len(), 2);
        let truth = design.truth() as f64;
        assert!((h.n() as f64 + fit.unseen - truth).abs() < 0.3 * truth, "{} {}", h.n(), fit.unseen);
        let cells: Vec<(u32, f64)> = h.cells().iter().map(|(w, c)| (*w, *c as f64)).collect();
        let one = maximise(5, &cells, start(5, 1, &mut stream(1, 0)));
        let independence =
            crate::loglinear::Engine::new(&h).fit(&crate::model::Model::independence(5)).dark_figure;
        assert!((one.unseen / independence - 1.0).abs() < 1e-3, "{} {independence}", one.unseen);
        let spread = replicates(&h, &fit, 20, 3);
        assert!(spread.iter().filter(|x| x.is_finite()).count() == 20);
    }
}
