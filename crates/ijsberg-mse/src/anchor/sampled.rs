//! Persons of a population among counted people, from a random sample of these people and a check that may be wrong.

use serde::Serialize;

use crate::special::beta_quantile;

/// How often a check of whether a person belongs to the population is right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Check {
    /// The share of those who belong that it finds, above 0 and up to 1.
    pub sensitivity: f64,
    /// The share of those who do not belong that it clears, above 0 and up to 1.
    pub specificity: f64,
}

impl Default for Check {
    fn default() -> Self {
        Self { sensitivity: 1.0, specificity: 1.0 }
    }
}

impl Check {
    /// What a difference in the share found has to be divided by; nil or less for a check that is no better than chance.
    pub(super) fn power(self) -> f64 {
        self.sensitivity + self.specificity - 1.0
    }

    /// The share of persons behind a share of positive checks.
    fn belongs(self, positive: f64) -> f64 {
        ((positive + self.specificity - 1.0) / self.power()).clamp(0.0, 1.0)
    }
}

/// An estimate from a sample of counted people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurveyEstimate {
    /// Estimated persons of the population among the people.
    pub persons: f64,
    /// Its standard error.
    pub se: f64,
    /// Limits of the adjusted Jeffreys interval.
    pub lower: f64,
    /// See `lower`.
    pub upper: f64,
}

/// The estimate from `found` positive checks among `drawn` of `people` people.
///
/// With `k` drawn of `N`, the share `p = found / k`, and a check of sensitivity `Se` and specificity `Sp`, the share that belongs is
/// `q = (p + Sp - 1) / (Se + Sp - 1)` and its variance
/// `(f p (1 - p) / k + (q Se (1 - Se) + (1 - q) Sp (1 - Sp)) / N) / (Se + Sp - 1)^2` with the correction for a finite population
/// `f = k (N - k) / (N (k - 1))`. The interval is that of Jeffreys for `p`, shrunk around it by the square root of the ratio of that variance
/// to the binomial one (Ge, Zhang, Waller and Lyles, Enhanced inference for finite population sampling-based prevalence estimation with
/// misclassification errors). A count of nobody or of all counts for one half in the variance.
/// `None` where the check is no better than chance, fewer than two were drawn, or more than there are.
pub fn sampled(found: f64, drawn: f64, people: f64, check: Check, level: f64) -> Option<SurveyEstimate> {
    let m = Moments::from_sample(found, drawn, people, check)?;
    let tail = 0.5 * (1.0 - level);
    // With nobody found, or all, the limit on that side is the end.
    let at = |share: f64| {
        if share < 0.5 && found <= 0.0 {
            0.0
        } else if share > 0.5 && found >= drawn {
            1.0
        } else {
            m.shrunk(beta_quantile(share, found + 0.5, drawn - found + 0.5))
        }
    };
    Some(SurveyEstimate {
        persons: m.persons(m.positive),
        se: m.se,
        lower: m.persons(at(tail)),
        upper: m.persons(at(1.0 - tail)),
    })
}

/// What a sample says when the check is right as often as given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    people: f64,
    check: Check,
    /// The share of positive checks.
    pub(super) positive: f64,
    /// The standard error of the persons.
    pub(super) se: f64,
    /// The square root of the ratio of their variance to the binomial one.
    scale: f64,
}

impl Moments {
    /// `None` where the check is no better than chance, fewer than two were drawn, or more than there are.
    pub(super) fn from_sample(found: f64, drawn: f64, people: f64, check: Check) -> Option<Self> {
        let power = check.power();
        if power <= 0.0 || drawn < 2.0 || drawn > people || !(0.0..=drawn).contains(&found) {
            return None;
        }
        let Check { sensitivity, specificity } = check;
        let positive = found / drawn;
        let q = check.belongs(positive);
        let binomial = {
            let p = positive.clamp(0.5 / drawn, 1.0 - 0.5 / drawn);
            p * (1.0 - p) / drawn
        };
        let finite = (drawn * (people - drawn) / (people * (drawn - 1.0))).min(1.0);
        let wrong = q * sensitivity * (1.0 - sensitivity) + (1.0 - q) * specificity * (1.0 - specificity);
        let variance = finite * binomial + wrong / people;
        let (se, scale) = (people * variance.sqrt() / power, (variance / binomial).sqrt());
        Some(Self { people, check, positive, se, scale })
    }

    /// A share of positive checks, as near to what was found as the variance demands.
    pub(super) fn shrunk(self, positive: f64) -> f64 {
        self.positive + self.scale * (positive - self.positive)
    }

    /// Persons of the population, from a share of positive checks.
    pub(super) fn persons(self, positive: f64) -> f64 {
        self.people * self.check.belongs(positive)
    }
}
