//! Mb and Mbh: a person's chance changes after the first capture.
//!
//! The lists must be in the order of time. For lists of organisations there is no such order, so these estimates
//! change when the lists are listed otherwise; they are reported with that flag.

use crate::glm::Glm;
use crate::histories::Histories;

/// A fit of Mb or Mbh.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RemovalFit {
    /// Estimated population; may be below the number seen, which means that the model does not fit.
    pub n_hat: f64,
    /// Residual deviance on `2^t - 1` cells.
    pub deviance: f64,
    /// Cells minus parameters.
    pub degrees_of_freedom: usize,
    /// Standard error from the removal counts.
    pub se: f64,
}

/// Mb: first captures with chance `p`, later ones with chance `c`.
pub fn mb(h: &Histories) -> RemovalFit {
    fit(h, false)
}

/// Mbh: as Mb, with a first occasion of its own, to allow for persons who are caught at once.
pub fn mbh(h: &Histories) -> RemovalFit {
    fit(h, true)
}

fn fit(h: &Histories, first_apart: bool) -> RemovalFit {
    let t = h.t();
    let dense = h.dense();
    // Cell means: N p (1 - p)^(i - 1) for the first capture at i, then c and 1 - c for each later occasion.
    let mut columns = vec![Vec::new(); if first_apart { 4 } else { 3 }];
    for w in 1..1_usize << t {
        let first = w.trailing_zeros() as usize + 1;
        columns[0].push(1.0);
        columns[1].push(first as f64);
        columns[2].push(f64::from(w.count_ones() - 1));
        if first_apart {
            columns[3].push(if first == 1 { 1.0 } else { 0.0 });
        }
    }
    let deviance = Glm { columns: &columns, y: &dense[1..], offset: None }.fit().deviance;

    // The number of unseen depends on the removal counts alone: new persons at each occasion.
    let mut new = vec![0.0; t];
    for (w, count) in h.cells() {
        new[w.trailing_zeros() as usize] += *count as f64;
    }
    let from = usize::from(first_apart);
    let ones = vec![1.0; t - from];
    let occasion: Vec<f64> = (from..t).map(|i| i as f64).collect();
    let columns = [ones, occasion];
    let fit = Glm { columns: &columns, y: &new[from..], offset: None }.fit();
    let [a, b] = [fit.coefficients[0], fit.coefficients[1]];
    // Geometric tail: the sum over occasions t, t + 1, ... of exp(a + b i).
    let tail = |a: f64, b: f64| (a + b * t as f64).exp() / (1.0 - b.exp());
    let unseen = tail(a, b);
    let (da, db) = (unseen, unseen * (t as f64 + b.exp() / (1.0 - b.exp())));
    let v = &fit.covariance;
    let var = da * da * v[0][0] + 2.0 * da * db * v[0][1] + db * db * v[1][1];
    RemovalFit {
        n_hat: h.n() as f64 + unseen,
        deviance,
        degrees_of_freedom: (1 << t) - 1 - if first_apart { 4 } else { 3 },
        se: (unseen.abs() + var).sqrt(),
    }
}
