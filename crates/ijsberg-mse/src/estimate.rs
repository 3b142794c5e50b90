//! One result type for every method, so that every table and chart works for all of them.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::chains::Convergence;
use crate::loglinear::existence::Existence;
use crate::method::Method;

/// Whether a method gives a number, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// There is an estimate.
    Exists,
    /// A parameter is infinite beyond those removed for empty overlaps, so no estimate exists.
    Infinite,
    /// The data do not determine the number of unseen under this model.
    NotIdentifiable,
    /// Exact arithmetic overflowed; existence is unknown.
    SolverFailed,
    /// The formula has no value for these data (a zero denominator, no sign of what the model assumes).
    NotApplicable,
    /// Chains of draws disagree, or hold too little information to be used.
    NotConverged,
    /// The fit ran to the edge of what is possible: the model contradicts the data.
    Degenerate,
    /// Too few people are on several of the lists at once: an estimate would be too low.
    TooFewTogether,
}

impl From<Existence> for Outcome {
    fn from(existence: Existence) -> Self {
        match existence {
            Existence::Exists => Self::Exists,
            Existence::Infinite => Self::Infinite,
            Existence::NotIdentifiable => Self::NotIdentifiable,
            Existence::SolverFailed => Self::SolverFailed,
        }
    }
}

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalKind {
    /// Log-normal on the unseen, from a standard error.
    LogNormal,
    /// Normal on the log of the unseen (Wald).
    WaldLog,
    /// Multinomial profile likelihood, conditional on the model.
    Profile,
    /// Bootstrap percentiles with the selection repeated.
    Percentile,
    /// Bias-corrected and accelerated bootstrap with the selection repeated.
    Bca,
    /// Bias-corrected bootstrap with the search repeated.
    BiasCorrected,
    /// Equal-tailed posterior interval.
    Credible,
    /// Quantiles of the mixture over draws of a linkage or of suppressed counts.
    OverLinkage,
    /// Quantiles of the mixture over the models of the space.
    OverModels,
}

/// A posterior distribution, apart from its interval. The point estimate is its median.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Posterior {
    /// The mean; `None` where the tail is too heavy to have one.
    pub mean: Option<f64>,
    /// The median.
    pub median: f64,
    /// Convergence of the chains; `None` where nothing was sampled.
    pub convergence: Option<Convergence>,
}

/// An interval for the population size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit; infinite when unbounded (`null` in JSON).
    pub upper: f64,
    /// Confidence level.
    pub level: f64,
    /// How it was made.
    pub kind: IntervalKind,
    /// Only [`Interval::new`] makes an interval.
    #[serde(skip)]
    made: ConstructorToken,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct ConstructorToken;

impl Interval {
    /// An interval for a population of whom `seen` were seen; see [`not_below`].
    pub fn new(seen: f64, (lower, upper): (f64, f64), level: f64, kind: IntervalKind) -> Self {
        let (lower, upper) = not_below(seen, (lower, upper));
        Self { lower, upper, level, kind, made: ConstructorToken }
    }
}

/// Limits for the size of a population of whom `seen` were seen. Replicates may see fewer of a part than were seen, and a
/// formula may fall below them; the population does not. A limit that cannot be worked out bounds nothing.
///
/// ```
/// use ijsberg_mse::estimate::not_below;
///
/// assert_eq!(not_below(100.0, (80.0, 250.0)), (100.0, 250.0));
/// assert_eq!(not_below(100.0, (120.0, f64::NAN)), (120.0, f64::INFINITY));
/// ```
pub fn not_below(seen: f64, (lower, upper): (f64, f64)) -> (f64, f64) {
    let upper = if upper.is_nan() { f64::INFINITY } else { upper.max(seen) };
    (lower.max(seen).min(upper), upper)
}

/// Something a reader must know about an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// The interval is conditional on the model.
    ConditionalOnModel,
    /// Overlaps of zero put parameters at minus infinity; they count in AIC and BIC.
    EmptyOverlapsRemoved,
    /// A limit is the smallest or largest bootstrap replicate.
    SaturatedInterval,
    /// The bias correction could not be worked out; plain percentiles are given.
    PercentileFallback,
    /// With one person taken away there is no estimate, so the limits are corrected for bias only.
    NoAcceleration,
    /// Some replicates had no estimate and count as unbounded.
    ReplicatesWithoutEstimate,
    /// Replicates chose again among a shortlist, not among all models.
    ShortlistReselection,
    /// The search went through neighbours only; a better model may exist.
    LocalSearch,
    /// An average over models: the interval includes the uncertainty about the model.
    AveragedOverModels,
    /// An average over draws of a linkage: the interval includes the uncertainty of linkage.
    AveragedOverLinkage,
    /// The same for lists that were linked in codes: links that codes do not show are missing, and their number is not known.
    AveragedOverCodes,
    /// An average over draws of counts that are suppressed in the table: the interval includes the uncertainty about them.
    AveragedOverCounts,
    /// Links that were missed were put back in each draw, by a sample of persons resolved by hand.
    MissedLinksPutBack,
    /// Assumes that a list was drawn at random from the population, as stated.
    DrawnAtRandom,
    /// The posterior has no mean: its upper tail is too heavy.
    NoPosteriorMean,
    /// The result depends on the order of the lists, which has no meaning for organisations.
    OrderDependent,
    /// A lower bound only when dependence between lists is positive.
    BoundNeedsPositiveDependence,
    /// The estimate is below the number seen.
    BelowObserved,
    /// Fewer bootstrap replicates were run than asked for, since each takes long with so many lists.
    FewerReplicates,
}

/// The model or models that an estimate comes from, in list names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// One model.
    Model(String),
    /// An average over so many models.
    Models(usize),
    /// An average over so many models, with the heaviest.
    BestOfModels(usize, String),
    /// An average over so many graphs, with the heaviest.
    BestOfGraphs(usize, String),
    /// So many latent classes.
    Classes(usize),
}

impl Basis {
    /// The formula of the model, or of the heaviest.
    pub fn formula(&self) -> Option<&str> {
        match self {
            Self::Model(formula) | Self::BestOfModels(_, formula) | Self::BestOfGraphs(_, formula) => {
                Some(formula)
            }
            Self::Models(_) | Self::Classes(_) => None,
        }
    }
}

/// As JSON and CSV have it, which are in English.
impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(formula) => f.write_str(formula),
            Self::Models(models) => write!(f, "{models} models"),
            Self::BestOfModels(models, best) => write!(f, "{models} models, best {best}"),
            Self::BestOfGraphs(graphs, best) => write!(f, "{graphs} graphs, best {best}"),
            Self::Classes(classes) => write!(f, "{classes} classes"),
        }
    }
}

impl Serialize for Basis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    /// By which method.
    pub method: Method,
    /// The model or models behind it.
    pub model: Option<Basis>,
    /// Whether there is an estimate.
    pub outcome: Outcome,
    /// Persons seen.
    pub n_observed: u64,
    /// Estimated persons, seen and unseen.
    pub n_hat: Option<f64>,
    /// The interval.
    pub interval: Option<Interval>,
    /// Akaike's criterion where there is a likelihood on all cells.
    pub aic: Option<f64>,
    /// Schwarz's criterion likewise.
    pub bic: Option<f64>,
    /// Residual deviance.
    pub deviance: Option<f64>,
    /// Parameters, those at minus infinity included.
    pub parameters: Option<usize>,
    /// The posterior, for Bayesian methods.
    pub posterior: Option<Posterior>,
    /// Bootstrap replicates that were run for the interval of a log-linear method.
    pub replicates: Option<usize>,
    /// What a reader must know.
    pub notes: Vec<Note>,
    /// The estimate under other odds ratios of the interaction that is assumed to be absent, where a method works that out itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by_odds_ratio: Vec<AtOddsRatio>,
}

/// An estimate when the interaction that is assumed to be absent has an odds ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtOddsRatio {
    /// The odds ratio; 1 is what is assumed.
    pub odds_ratio: f64,
    /// Estimated persons, seen and unseen.
    pub n_hat: f64,
    /// The interval.
    pub interval: Interval,
}

impl Estimate {
    pub(crate) fn none(method: Method, n_observed: u64, outcome: Outcome) -> Self {
        Self {
            method,
            model: None,
            outcome,
            n_observed,
            n_hat: None,
            interval: None,
            aic: None,
            bic: None,
            deviance: None,
            parameters: None,
            posterior: None,
            replicates: None,
            notes: Vec::new(),
            by_odds_ratio: Vec::new(),
        }
    }

    pub(crate) fn from_n_hat(
        method: Method,
        n_observed: u64,
        n_hat: f64,
        interval: Option<Interval>,
    ) -> Self {
        Self { n_hat: Some(n_hat), interval, ..Self::none(method, n_observed, Outcome::Exists) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_is_below_the_number_seen() {
        let of = |lower, upper| {
            let i = Interval::new(100.0, (lower, upper), 0.95, IntervalKind::Bca);
            (i.lower, i.upper)
        };
        assert_eq!(of(90.0, 120.0), (100.0, 120.0));
        assert_eq!(of(80.0, 90.0), (100.0, 100.0));
        assert_eq!(of(110.0, f64::INFINITY), (110.0, f64::INFINITY));
        assert_eq!(of(f64::NAN, f64::NAN), (100.0, f64::INFINITY));
    }
}
