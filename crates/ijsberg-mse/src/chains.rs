//! Draws from several chains, and whether they may be believed.
//!
//! Rank-normalised split R-hat and effective sample sizes of Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021,
//! Bayesian Analysis 16): the draws are replaced by normal scores of their ranks, so that heavy tails do no harm.

use serde::Serialize;

use crate::special::normal_quantile;

/// What the chains say about each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Convergence {
    /// Number of chains.
    pub chains: usize,
    /// Draws in all, after warm-up.
    pub draws: usize,
    /// Rank-normalised split R-hat, the larger of bulk and folded; 1 when all chains agree.
    pub r_hat: f64,
    /// Effective sample size of the bulk.
    pub ess_bulk: f64,
    /// Effective sample size of the 5% and 95% quantiles, the smaller.
    pub ess_tail: f64,
}

/// The largest R-hat with which draws are used.
pub const R_HAT_LIMIT: f64 = 1.01;

/// The smallest effective sample size with which draws are used, for four chains.
pub const ESS_LIMIT: f64 = 400.0;

impl Convergence {
    /// Works out the diagnostics of chains of equal length, at least four draws each.
    pub fn from_chains(chains: &[Vec<f64>]) -> Self {
        let halves = split(chains);
        let bulk = rank_normalised(&halves);
        let all: Vec<f64> = halves.iter().flatten().copied().collect();
        let mut sorted = all.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |p: f64| sorted[((sorted.len() - 1) as f64 * p) as usize];
        let middle = at(0.5);
        let folded: Vec<Vec<f64>> =
            halves.iter().map(|c| c.iter().map(|x| (x - middle).abs()).collect()).collect();
        let tail = [at(0.05), at(0.95)].map(|q| {
            let below: Vec<Vec<f64>> =
                halves.iter().map(|c| c.iter().map(|x| f64::from(*x <= q)).collect()).collect();
            effective_size(&below)
        });
        Self {
            chains: chains.len(),
            draws: all.len(),
            r_hat: r_hat(&bulk).max(r_hat(&rank_normalised(&folded))),
            ess_bulk: effective_size(&bulk),
            ess_tail: tail[0].min(tail[1]),
        }
    }

    /// Whether the draws may be used.
    pub fn passed(&self) -> bool {
        self.r_hat < R_HAT_LIMIT && self.ess_bulk > ESS_LIMIT && self.ess_tail > ESS_LIMIT
    }
}

fn split(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let half = chains.iter().map(Vec::len).min().unwrap_or(0) / 2;
    chains.iter().flat_map(|c| [c[..half].to_vec(), c[c.len() - half..].to_vec()]).collect()
}

/// Normal scores of the average ranks over all chains together.
fn rank_normalised(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let length = chains.first().map_or(0, Vec::len);
    let all: Vec<f64> = chains.iter().flatten().copied().collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| all[*a].total_cmp(&all[*b]));
    let mut score = vec![0.0; all.len()];
    let mut i = 0;
    while i < order.len() {
        let mut j = i;
        while j < order.len() && all[order[j]] == all[order[i]] {
            j += 1;
        }
        let rank = 0.5 * (i + j - 1) as f64 + 1.0;
        let z = normal_quantile((rank - 0.375) / (all.len() as f64 + 0.25));
        order[i..j].iter().for_each(|k| score[*k] = z);
        i = j;
    }
    score.chunks(length.max(1)).map(<[f64]>::to_vec).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// Mean variance within chains, and the estimate of the variance of the target.
fn variances(chains: &[Vec<f64>]) -> (f64, f64) {
    let (m, n) = (chains.len() as f64, chains[0].len() as f64);
    let means: Vec<f64> = chains.iter().map(|c| mean(c)).collect();
    let grand = mean(&means);
    let between = means.iter().map(|x| (x - grand).powi(2)).sum::<f64>() / (m - 1.0);
    let within = chains
        .iter()
        .zip(&means)
        .map(|(c, mu)| c.iter().map(|x| (x - mu).powi(2)).sum::<f64>() / (n - 1.0))
        .sum::<f64>()
        / m;
    (within, within * (n - 1.0) / n + between)
}

fn r_hat(chains: &[Vec<f64>]) -> f64 {
    let (within, total) = variances(chains);
    if within > 0.0 { (total / within).sqrt() } else { 1.0 }
}

/// Effective sample size from autocorrelations by Geyer's initial monotone sequence.
fn effective_size(chains: &[Vec<f64>]) -> f64 {
    let (m, n) = (chains.len(), chains[0].len());
    let (within, total) = variances(chains);
    if within <= 0.0 {
        return (m * n) as f64;
    }
    let centred: Vec<Vec<f64>> = chains
        .iter()
        .map(|c| {
            let mu = mean(c);
            c.iter().map(|x| x - mu).collect()
        })
        .collect();
    let correlation = |lag: usize| {
        let covariance: f64 = centred
            .iter()
            .map(|c| c[..n - lag].iter().zip(&c[lag..]).map(|(a, b)| a * b).sum::<f64>() / n as f64)
            .sum::<f64>()
            / m as f64;
        1.0 - (within - covariance) / total
    };
    let mut sum = -1.0;
    let mut smallest = f64::INFINITY;
    let mut lag = 0;
    while lag + 1 < n {
        let pair = correlation(lag) + correlation(lag + 1);
        if pair <= 0.0 {
            break;
        }
        smallest = smallest.min(pair);
        sum += 2.0 * smallest;
        lag += 2;
    }
    let size = (m * n) as f64;
    size / sum.max(1.0 / size.log10())
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// First-order autoregression, whose effective size is `n (1 - r) / (1 + r)`.
    fn chains(r: f64, shift: f64) -> Vec<Vec<f64>> {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        (0..4)
            .map(|c| {
                let mut x = 0.0;
                (0..4000)
                    .map(|_| {
                        x = r * x + normal_quantile(rng.random::<f64>());
                        x + shift * f64::from(c)
                    })
                    .collect()
            })
            .collect()
    }

    #[test]
    fn knows_independent_correlated_and_disagreeing_chains() {
        let independent = Convergence::from_chains(&chains(0.0, 0.0));
        assert!(independent.passed() && (independent.ess_bulk / 16_000.0 - 1.0).abs() < 0.1);
        let correlated = Convergence::from_chains(&chains(0.9, 0.0));
        assert!((correlated.ess_bulk / (16_000.0 * 0.1 / 1.9) - 1.0).abs() < 0.25, "{correlated:?}");
        let apart = Convergence::from_chains(&chains(0.0, 1.0));
        assert!(!apart.passed() && apart.r_hat > 1.3, "{apart:?}");
    }
}
