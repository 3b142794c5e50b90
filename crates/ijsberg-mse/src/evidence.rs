//! External estimates and one's own: whether they agree, and a pooled number only where they do.
//!
//! Every estimate is taken on the logarithm, with the standard error `(log upper - log lower) / (2 z)` of its own limits at its own level. Heterogeneity is
//! tested with Cochran's Q (1954) and described by I-squared (Higgins and Thompson 2002, Statistics in Medicine 21) and the variance between
//! estimates of Paule and Mandel (1982, Journal of Research of the National Bureau of Standards 87). Conflict is shown pair by pair.
//!
//! A pooled number is made only where [`compare`] finds no reason against it: at least two estimates with limits, all of the same year, none
//! below the persons seen, `Q` with a chance of [`AGREE`] or more, and no two intervals that lie apart. It is the mean of a random-effects model with the
//! interval of Hartung and Knapp (2001, Statistics in Medicine 20), whose factor is not below 1 (Roever, Knapp and Friede 2015, BMC Medical Research
//! Methodology 15). Methods that share a bias agree on it: agreement is no proof, and with few estimates `Q` finds little.

mod pooled;

use serde::Serialize;

use crate::estimate::not_below;
use crate::special::normal_quantile;
pub use pooled::{Heterogeneity, Pooled, heterogeneity, pooled};

/// The smallest chance of `Q` at which estimates count as agreeing.
pub const AGREE: f64 = 0.1;

/// How an estimate was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Multiple systems estimation.
    MultipleSystems,
    /// The network scale-up method: how many of the population people know.
    NetworkScaleUp,
    /// Respondent-driven sampling.
    RespondentDriven,
    /// A prevalence from a survey.
    Survey,
    /// Registrations, such as those of a neighbouring country carried over.
    Registrations,
    /// Something else.
    Other,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::MultipleSystems,
        Self::NetworkScaleUp,
        Self::RespondentDriven,
        Self::Survey,
        Self::Registrations,
        Self::Other,
    ];

    /// The name in files and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::MultipleSystems => "multiple-systems",
            Self::NetworkScaleUp => "network-scale-up",
            Self::RespondentDriven => "respondent-driven",
            Self::Survey => "survey",
            Self::Registrations => "registrations",
            Self::Other => "other",
        }
    }

    /// The kind of that name.
    pub fn named(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.id() == id)
    }
}

/// One estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NamedEstimate {
    /// What it is called.
    pub name: String,
    /// How it was made.
    pub kind: Kind,
    /// Where it stands.
    pub source: String,
    /// The year or years that it is about; empty where not stated.
    pub year: String,
    /// Estimated persons.
    pub estimate: f64,
    /// Limits at [`NamedEstimate::level`]; `None` where none are known.
    pub limits: Option<(f64, f64)>,
    /// The confidence level of the limits.
    pub level: f64,
}

/// Why an estimate cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NamedEstimateError {
    /// Not a number above nil.
    #[error("the estimate is not a number above nil")]
    Estimate,
    /// Limits that are no numbers above nil, or do not lie around the estimate.
    #[error("the limits are not numbers above nil around the estimate")]
    Limits,
    /// Not a level from 0.5 to below 1.
    #[error("the level is not from 0.5 to below 1")]
    Level,
    /// No name.
    #[error("the name is empty")]
    Name,
}

impl NamedEstimate {
    /// Whether it can be used.
    ///
    /// # Errors
    /// See [`NamedEstimateError`].
    pub fn check(&self) -> Result<(), NamedEstimateError> {
        let positive = |x: f64| x.is_finite() && x > 0.0;
        if self.name.trim().is_empty() {
            return Err(NamedEstimateError::Name);
        }
        if !positive(self.estimate) {
            return Err(NamedEstimateError::Estimate);
        }
        if !(0.5..1.0).contains(&self.level) {
            return Err(NamedEstimateError::Level);
        }
        match self.limits {
            Some((lower, upper))
                if !(positive(lower)
                    && positive(upper)
                    && lower < upper
                    && lower <= self.estimate
                    && self.estimate <= upper) =>
            {
                Err(NamedEstimateError::Limits)
            }
            _ => Ok(()),
        }
    }

    /// The standard error of the logarithm; `None` without limits on both sides.
    pub fn log_se(&self) -> Option<f64> {
        let (lower, upper) = self.limits?;
        let se = 0.5 * (upper.ln() - lower.ln()) / normal_quantile(0.5 + 0.5 * self.level);
        (se.is_finite() && se > 0.0).then_some(se)
    }

    /// The limits at another level: each side stretched on the logarithm.
    pub fn limits_at(&self, level: f64) -> Option<(f64, f64)> {
        let (lower, upper) = self.limits?;
        let stretch = normal_quantile(0.5 + 0.5 * level) / normal_quantile(0.5 + 0.5 * self.level);
        let side = |limit: f64| self.estimate * ((limit / self.estimate).ln() * stretch).exp();
        Some((side(lower), side(upper)))
    }
}

/// Two estimates compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pair {
    /// Their places among the estimates.
    pub of: [usize; 2],
    /// The difference of the logarithms over its standard error.
    pub z: f64,
    /// The first over the second.
    pub ratio: f64,
    /// Whether their intervals at the level asked for lie apart.
    pub apart: bool,
}

/// Why there is no pooled number.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum NotPooled {
    /// The verdict on one's own table allows neither a figure nor a range.
    NoOwn,
    /// Fewer than two estimates have limits on both sides.
    TooFew {
        /// How many have.
        found: usize,
    },
    /// They are not about the same year.
    Years {
        /// The years.
        years: Vec<String>,
    },
    /// More persons were seen than an estimate allows for.
    BelowSeen {
        /// The place of the estimate.
        of: usize,
        /// Persons seen.
        seen: u64,
    },
    /// Two intervals lie apart.
    Apart {
        /// The places of the two.
        of: [usize; 2],
    },
    /// `Q` is larger than chance makes it.
    Heterogeneous {
        /// The chance of a `Q` as large.
        p: f64,
    },
}

/// Estimates side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SideBySide {
    /// The estimates, in the order in which they were given.
    pub estimates: Vec<NamedEstimate>,
    /// The level of [`Pair::apart`] and of the pooled interval.
    pub level: f64,
    /// How different they are; `None` with fewer than two that have limits.
    pub heterogeneity: Option<Heterogeneity>,
    /// Every two that have limits.
    pub pairs: Vec<Pair>,
    /// One number of all, where they agree.
    pub pooled: Option<Pooled>,
    /// Why there is none.
    pub not_pooled: Vec<NotPooled>,
}

/// Puts estimates side by side. `seen` is the number of persons on the lists, which no estimate of the same population can be below.
///
/// ```
/// use ijsberg_mse::evidence::{NamedEstimate, Kind, NotPooled, compare};
///
/// let given = |name: &str, kind, estimate, lower, upper| NamedEstimate {
///     name: name.to_owned(),
///     kind,
///     source: String::new(),
///     year: "2019".to_owned(),
///     estimate,
///     limits: Some((lower, upper)),
///     level: 0.95,
/// };
/// let ours = given("lists", Kind::MultipleSystems, 6000.0, 4500.0, 8000.0);
/// let near = given("survey", Kind::Survey, 7000.0, 5000.0, 9800.0);
/// let far = given("scale-up", Kind::NetworkScaleUp, 20000.0, 15000.0, 27000.0);
///
/// let agreeing = compare(vec![ours.clone(), near.clone()], Some(1200), 0.95);
/// let pooled = agreeing.pooled.unwrap();
/// assert!(6000.0 < pooled.estimate && pooled.estimate < 7000.0);
///
/// let conflicting = compare(vec![ours, near, far], Some(1200), 0.95);
/// assert!(conflicting.pooled.is_none());
/// assert!(conflicting.not_pooled.contains(&NotPooled::Apart { of: [0, 2] }));
/// ```
pub fn compare(estimates: Vec<NamedEstimate>, seen: Option<u64>, level: f64) -> SideBySide {
    let known: Vec<(usize, f64, f64)> = estimates
        .iter()
        .enumerate()
        .filter_map(|(i, e)| Some((i, e.estimate.ln(), e.log_se()?)))
        .filter(|(_, log, _)| log.is_finite())
        .collect();
    let mut pairs = Vec::new();
    for (at, (i, x, sx)) in known.iter().enumerate() {
        for (j, y, sy) in &known[at + 1..] {
            let of = [*i, *j];
            pairs.push(Pair {
                of,
                z: (x - y) / sx.hypot(*sy),
                ratio: (x - y).exp(),
                apart: apart(&estimates[*i], &estimates[*j], level),
            });
        }
    }
    let logs: Vec<f64> = known.iter().map(|k| k.1).collect();
    let variances: Vec<f64> = known.iter().map(|k| k.2 * k.2).collect();
    let heterogeneity = heterogeneity(&logs, &variances);
    let not_pooled = against(&estimates, &pairs, heterogeneity.as_ref(), known.len(), seen);
    let pooled = match &heterogeneity {
        Some(h) if not_pooled.is_empty() => {
            let mut one = pooled(&logs, &variances, h.tau_squared, level);
            (one.lower, one.upper) = not_below(seen.unwrap_or(0) as f64, (one.lower, one.upper));
            Some(one)
        }
        _ => None,
    };
    SideBySide { estimates, level, heterogeneity, pairs, pooled, not_pooled }
}

fn apart(a: &NamedEstimate, b: &NamedEstimate, level: f64) -> bool {
    match (a.limits_at(level), b.limits_at(level)) {
        (Some(a), Some(b)) => a.1 < b.0 || b.1 < a.0,
        _ => false,
    }
}

/// All that speaks against one number.
fn against(
    estimates: &[NamedEstimate],
    pairs: &[Pair],
    heterogeneity: Option<&Heterogeneity>,
    known: usize,
    seen: Option<u64>,
) -> Vec<NotPooled> {
    let mut reasons = Vec::new();
    if known < 2 {
        reasons.push(NotPooled::TooFew { found: known });
    }
    let mut years: Vec<String> =
        estimates.iter().filter(|e| e.log_se().is_some()).map(|e| e.year.clone()).collect();
    years.retain(|y| !y.is_empty());
    years.sort();
    years.dedup();
    if years.len() > 1 {
        reasons.push(NotPooled::Years { years });
    }
    if let Some(seen) = seen {
        let below = |e: &NamedEstimate| e.estimate < seen as f64;
        let all = estimates.iter().enumerate().filter(|(_, e)| below(e));
        reasons.extend(all.map(|(of, _)| NotPooled::BelowSeen { of, seen }));
    }
    reasons.extend(pairs.iter().filter(|p| p.apart).map(|p| NotPooled::Apart { of: p.of }));
    if let Some(h) = heterogeneity.filter(|h| h.p < AGREE) {
        reasons.push(NotPooled::Heterogeneous { p: h.p });
    }
    reasons
}

#[cfg(test)]
mod tests;
