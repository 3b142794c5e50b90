//! M0 and Mh from capture frequencies alone: how many persons were seen once, twice, ..., without saying where.
//!
//! `log E f_k = b0 + b1 k + b2 h(k) + log w_k`, with `w_k` the number of ways to be seen `k` times: `C(t, k)` on `t`
//! lists, `1 / k!` when there is no limit (Poisson; Rivest and Baillargeon 2007). `N = n + exp(b0)`.

use super::{ClosedFit, Heterogeneity, ProfileData};
use crate::glm::{Glm, PoissonFit};
use crate::special::ln_gamma;

/// Fits M0 or Mh to `f`, with `f[k - 1]` the persons seen exactly `k` times. `occasions` is the number of lists;
/// `None` when a person can be seen any number of times.
pub fn fit_frequencies(f: &[u64], occasions: Option<usize>, heterogeneity: Heterogeneity) -> ClosedFit {
    let y: Vec<f64> = f.iter().map(|x| *x as f64).collect();
    let mut extra = heterogeneity.columns(f.len());
    loop {
        let fit = regress(&y, occasions, &extra);
        let negative = (heterogeneity == Heterogeneity::Chao)
            .then(|| fit.coefficients[2..].iter().position(|b| *b < 0.0))
            .flatten();
        let Some(i) = negative else {
            let n = f.iter().sum::<u64>() as f64;
            return ClosedFit::from_regression(n, &fit, ProfileData::Cells(Vec::new()));
        };
        drop(extra.remove(i));
    }
}

/// The regression on `k` and the columns `extra`, of frequencies that need not be whole numbers.
pub(super) fn regress(y: &[f64], occasions: Option<usize>, extra: &[Box<dyn Fn(f64) -> f64>]) -> PoissonFit {
    let times = || (1..=y.len()).map(|k| k as f64);
    let mut columns = vec![vec![1.0; y.len()], times().collect::<Vec<_>>()];
    columns.extend(extra.iter().map(|h| times().map(h).collect()));
    let ways = |k: f64| match occasions {
        Some(t) => ln_gamma(t as f64 + 1.0) - ln_gamma(t as f64 - k + 1.0) - ln_gamma(k + 1.0),
        None => -ln_gamma(k + 1.0),
    };
    let offset: Vec<f64> = times().map(ways).collect();
    Glm { columns: &columns, y, offset: Some(&offset) }.fit()
}
