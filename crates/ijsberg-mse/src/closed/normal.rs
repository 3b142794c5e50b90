//! Mh and Mth with normal mixing: the log odds of capture vary between persons with standard deviation `sigma`.
//!
//! Without a sign of it `sigma` is 0 and the model is M0 or Mt. Poisson likelihood as for the rest of the family; the limits
//! are those of the multinomial profile likelihood, which holds where `sigma` is 0 and where there is no upper limit.

use crate::estimate::Outcome;
use crate::histories::Histories;
use crate::mixing::{Family, profile};
use crate::special::ln_gamma;

/// A fit with normal mixing.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalFit {
    /// Estimated population; infinite where the likelihood never falls.
    pub n_hat: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit; infinite where the likelihood never falls far enough.
    pub upper: f64,
    /// Residual deviance.
    pub deviance: f64,
    /// Poisson log-likelihood.
    pub log_likelihood: f64,
    /// Number of parameters.
    pub parameters: usize,
    /// Standard deviation of the log odds between persons; 0 where there is no sign of any.
    pub sigma: f64,
}

/// A spread below this changes no likelihood that can be told from rounding.
const NONE: f64 = 1e-3;

/// Fits Mh (`by_list` false) or Mth, with limits at a confidence level.
///
/// # Errors
/// `NotApplicable` with fewer than three lists.
pub fn fit_normal(h: &Histories, by_list: bool, level: f64) -> Result<NormalFit, Outcome> {
    let family = Family::Normal { by_list };
    let fit = profile(h, &family, level)?;
    let n = h.n() as f64;
    let counts = || h.cells().iter().map(|c| c.1 as f64);
    let saturated: f64 = counts().map(|c| c * c.ln() - c - ln_gamma(c + 1.0)).sum();
    let sigma = fit.theta.last().map_or(0.0, |s| s.abs());
    Ok(NormalFit {
        n_hat: n + fit.unseen,
        lower: n + fit.lower,
        upper: n + fit.upper,
        deviance: fit.deviance,
        log_likelihood: saturated - 0.5 * fit.deviance,
        parameters: family.parameters(h.t()),
        sigma: if sigma < NONE { 0.0 } else { sigma },
    })
}
