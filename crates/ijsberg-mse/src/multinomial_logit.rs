//! Chances of each of several classes given covariates: multinomial logistic regression, a Newton step at a time.

use crate::cholesky::{cholesky, solve};

/// Precision of a normal prior on log odds, so that a class that has nobody of some level stays finite.
const RIDGE: f64 = 0.01;

/// Chances of each class, the first of which has log odds of zero.
pub(crate) fn class_chances(logits: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    let eta = logits.iter().map(|l| l.iter().zip(x).map(|(b, x)| b * x).sum::<f64>());
    let eta: Vec<f64> = std::iter::once(0.0).chain(eta).collect();
    let top = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let raw: Vec<f64> = eta.iter().map(|e| (e - top).exp()).collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|r| r / sum).collect()
}

/// One Newton step towards the regression that fits persons by stratum and class best; none when it does not help.
pub(crate) fn improve<'a>(
    logits: &mut [Vec<f64>],
    strata: &(impl Iterator<Item = &'a [f64]> + Clone),
    mass: &[Vec<f64>],
) {
    let Some(q) = logits.first().map(Vec::len) else { return };
    let p = logits.len() * q;
    let mut score: Vec<f64> = logits.iter().flatten().map(|b| -RIDGE * b).collect();
    let mut information = vec![0.0; p * p];
    (0..p).for_each(|i| information[i * p + i] = RIDGE);
    for (x, m) in strata.clone().zip(mass) {
        let n: f64 = m.iter().sum();
        let w = class_chances(logits, x);
        for a in 0..logits.len() {
            let residual = m[a + 1] - n * w[a + 1];
            for b in 0..=a {
                let curve = n * w[a + 1] * (f64::from(u8::from(a == b)) - w[b + 1]);
                for i in 0..q {
                    let row = (a * q + i) * p + b * q;
                    information[row..row + q].iter_mut().zip(x).for_each(|(v, xj)| *v += curve * x[i] * xj);
                }
            }
            score[a * q..(a + 1) * q].iter_mut().zip(x).for_each(|(s, x)| *s += residual * x);
        }
    }
    if cholesky(&mut information, p).is_none() {
        return;
    }
    let mut step = score;
    solve(&information, p, &mut step);
    let value = |logits: &[Vec<f64>]| -> f64 {
        let fit: f64 = strata
            .clone()
            .zip(mass)
            .map(|(x, m)| {
                class_chances(logits, x).iter().zip(m).map(|(w, m)| m * w.max(1e-300).ln()).sum::<f64>()
            })
            .sum();
        fit - 0.5 * RIDGE * logits.iter().flatten().map(|b| b * b).sum::<f64>()
    };
    let before = value(logits);
    for halvings in 0..8 {
        let scale = 0.5_f64.powi(halvings);
        let next: Vec<Vec<f64>> = logits
            .iter()
            .zip(step.chunks(q))
            .map(|(l, s)| l.iter().zip(s).map(|(l, s)| l + scale * s).collect())
            .collect();
        if value(&next) >= before {
            logits.clone_from_slice(&next);
            return;
        }
    }
}
