//! Random draws, each from a stream of one seeded generator, so that a result is the same for any number of threads.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};

use crate::special::ln_gamma;

/// The random stream of one replicate.
pub(crate) fn stream(seed: u64, index: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index);
    rng
}

/// A multinomial draw by successive binomials; `weights` need not add up to one.
pub(crate) fn multinomial(n: u64, weights: &[f64], rng: &mut ChaCha8Rng) -> Vec<u64> {
    let mut left = n;
    let mut weight_left: f64 = weights.iter().sum();
    let last = weights.iter().rposition(|w| *w > 0.0);
    weights
        .iter()
        .enumerate()
        .map(|(i, w)| {
            if Some(i) == last {
                return std::mem::take(&mut left);
            }
            let p = if weight_left > 0.0 { (w / weight_left).clamp(0.0, 1.0) } else { 0.0 };
            weight_left -= w;
            let draw = binomial(left, p, rng);
            left -= draw;
            draw
        })
        .collect()
}

pub(crate) fn binomial(n: u64, p: f64, rng: &mut ChaCha8Rng) -> u64 {
    // `p` is clamped to [0, 1] by every caller, the only condition of the constructor.
    Binomial::new(n, p).map_or(0, |d| d.sample(rng))
}

/// How many of `drawn` persons are marked, drawn without replacement from `total` of whom `marked` are.
///
/// By inversion outwards from the mode, in as many steps as the standard deviation is wide. The sampler of `rand_distr` 0.6 gives nil where
/// the mode is below ten and the population large.
pub(crate) fn hypergeometric(total: u64, marked: u64, drawn: u64, rng: &mut ChaCha8Rng) -> u64 {
    let (marked, drawn) = (marked.min(total), drawn.min(total));
    let (least, most) = ((marked + drawn).saturating_sub(total), marked.min(drawn));
    let mode = ((drawn + 1) as f64 * (marked + 1) as f64 / (total + 2) as f64) as u64;
    let mode = mode.clamp(least, most);
    let choose =
        |n: u64, k: u64| ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0);
    let at_mode = (choose(marked, mode) + choose(total - marked, drawn - mode) - choose(total, drawn)).exp();
    // Not drawn and not marked is what is left of the table.
    let neither = |x: u64| (total + x - marked - drawn) as f64;
    let above =
        |x: u64, p: f64| p * (marked - x) as f64 * (drawn - x) as f64 / ((x + 1) as f64 * neither(x + 1));
    let below =
        |x: u64, p: f64| p * x as f64 * neither(x) / ((marked - x + 1) as f64 * (drawn - x + 1) as f64);
    let step_up = |x: u64, p: f64| if x < most { above(x, p) } else { 0.0 };
    let step_down = |x: u64, p: f64| if x > least { below(x, p) } else { 0.0 };
    let (mut up, mut down) = (mode, mode);
    let (mut next_up, mut next_down) = (step_up(mode, at_mode), step_down(mode, at_mode));
    let mut left = rng.random::<f64>() - at_mode;
    let mut last = mode;
    // What rounding leaves over goes to the mode.
    while left > 0.0 {
        if next_up <= 0.0 && next_down <= 0.0 {
            return mode;
        }
        if next_up >= next_down {
            (up, left, last) = (up + 1, left - next_up, up + 1);
            next_up = step_up(up, next_up);
        } else {
            (down, left, last) = (down - 1, left - next_down, down - 1);
            next_down = step_down(down, next_down);
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_without_replacement_have_their_mean_and_spread() {
        for (total, marked, drawn) in [
            (136_000, 8234, 142),
            (136_000, 8234, 10),
            (10, 4, 7),
            (50_000_000, 30, 2_000_000),
            (1000, 990, 500),
            (40_000, 20_000, 10_000),
        ] {
            let mut rng = stream(1, 0);
            let all: Vec<f64> =
                (0..20_000).map(|_| hypergeometric(total, marked, drawn, &mut rng) as f64).collect();
            let (n, k, d) = (total as f64, marked as f64, drawn as f64);
            let mean = d * k / n;
            let variance = mean * (1.0 - k / n) * (n - d) / (n - 1.0);
            let found = all.iter().sum::<f64>() / 20_000.0;
            let spread = all.iter().map(|x| (x - found).powi(2)).sum::<f64>() / 20_000.0;
            // Five standard errors.
            assert!((found - mean).abs() < 5.0 * (variance / 20_000.0).sqrt(), "{total} {found} {mean}");
            assert!((spread / variance - 1.0).abs() < 0.06, "{total} {spread} {variance}");
        }
        let mut rng = stream(2, 0);
        assert_eq!(hypergeometric(20, 20, 7, &mut rng), 7);
        assert_eq!(hypergeometric(20, 0, 7, &mut rng), 0);
        assert_eq!(hypergeometric(20, 5, 30, &mut rng), 5);
    }
}
