//! One model space: every family's likelihood of the number of unseen persons, on one scale.
//!
//! For `u` unseen persons and `N = n + u`, with the other parameters at their maximum,
//!
//! `l(u) = log Gamma(N + 1) - log Gamma(u + 1) + sum n(w) log p(w) + u log p(0) - sum n(w) log n(w)`,
//!
//! the sums over the histories seen (Cormack 1992; Sanathanan 1972, Annals of Mathematical Statistics 43). The last term
//! is one of the table, so curves and their parameters, `N` among them, compare over families.
//!
//! Log-linear models and columns `h(k)` are exponential families with one top. With normal mixing, a column and equal lists
//! the list sizes and the numbers on `k` lists are sufficient. Latent classes have several tops: they start from one class
//! fewer and from random points, and follow the best along the grid both ways.

pub(crate) mod ascent;
mod by_number;
mod classes;
mod column;
mod decomposed;
mod forward;
mod hierarchical;
mod normal;
mod trace;
mod two_point;

use by_number::ByNumber;
use classes::Classes;
use column::Column;
use hierarchical::WithColumn;
use normal::Normal;
use trace::{Climber, Point, Sampling, Smooth, Trace};
use two_point::TwoPoint;

pub(crate) use forward::forward;

use crate::estimate::Outcome;
use crate::heterogeneity::Heterogeneity;
use crate::histories::{Histories, Mask};
use crate::loglinear::RANKED_ABOVE;
use crate::loglinear::existence::Existence;
use crate::loglinear::profile::FARTHEST;
use crate::model::Model;
use crate::special::normal_quantile;

/// A family of models for the chances of the histories.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Family {
    /// Hierarchical log-linear.
    LogLinear(Model),
    /// The same with a column for the number of lists.
    LogLinearWith(Model, Heterogeneity),
    /// M0 or Mt, Mh or Mth with a column.
    Column { by_list: bool, heterogeneity: Heterogeneity },
    /// Mh or Mth whose log odds differ normally between persons.
    Normal { by_list: bool },
    /// Mth with two kinds of persons, one met more easily on all lists alike.
    TwoPoint,
    /// Independence within each of several classes of persons; the seed is that of the random starts.
    LatentClasses { classes: usize, seed: u64 },
}

/// The likelihood of the number of unseen persons under one family.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    pub(crate) family: Family,
    /// Free parameters, `N` among them; those at minus infinity count.
    pub(crate) parameters: usize,
    /// Numbers of unseen persons, ascending.
    pub(crate) grid: Vec<f64>,
    /// `l(u)` on the grid; minus infinity where it could not be worked out, never not a number.
    pub(crate) log_likelihood: Vec<f64>,
    /// Where `l` is largest, between points of the grid; an end of the grid where it is largest there.
    pub(crate) unseen: f64,
    /// `l` there.
    pub(crate) peak: f64,
    lists: usize,
    persons: f64,
    chances: Chances,
}

/// Chances of histories.
#[derive(Debug, Clone)]
enum Chances {
    /// `exp(sum of log odds over the lists + by number of lists)`.
    Exchangeable { log_odds: Vec<f64>, by_number: Vec<f64> },
    /// By history.
    All(Vec<f64>),
}

impl Curve {
    /// Persons expected by history at the peak, the unseen first: `2^t` numbers that add up to `n + u`.
    pub(crate) fn cells(&self) -> Vec<f64> {
        let total = self.persons + self.unseen;
        let chance = |w: usize| match &self.chances {
            Chances::Exchangeable { log_odds, by_number } => {
                let on = log_odds.iter().enumerate().filter(|(j, _)| w >> j & 1 == 1);
                (on.map(|(_, b)| b).sum::<f64>() + by_number[w.count_ones() as usize]).exp()
            }
            Chances::All(chances) => chances[w],
        };
        (0..1_usize << self.lists).map(|w| total * chance(w)).collect()
    }
}

/// Traces a family's likelihood over a grid of numbers of unseen persons, which must ascend from 0 or more.
///
/// # Errors
/// `NotApplicable` where the family needs more lists or there is no grid, `NotIdentifiable` where the table has too few cells
/// for its parameters, `SolverFailed` where the likelihood could not be worked out at all.
pub(crate) fn curve(h: &Histories, family: &Family, grid: &[f64]) -> Result<Curve, Outcome> {
    let trace = trace(h, family, grid, Sampling::Multinomial)?;
    let mut found = Curve {
        family: family.clone(),
        parameters: family.parameters(h.t()),
        grid: grid.to_vec(),
        log_likelihood: trace.points.iter().map(|p| p.value).collect(),
        unseen: trace.peak.unseen,
        peak: trace.peak.value,
        lists: h.t(),
        persons: h.n() as f64,
        chances: trace.chances,
    };
    let Some(plain) = family.without_column() else { return Ok(found) };
    // Persons who differ make a column with a coefficient of nil or more. With one below it, persons on one list would keep off all
    // others, and hardly anybody would be unseen. The log-likelihood is concave in it, so there the best is nil.
    let below = |p: &Point| p.theta.last().is_some_and(|tau| *tau < 0.0);
    if trace.points.iter().chain([&trace.peak]).any(below) {
        let plain = curve(h, &plain, grid)?;
        let values = found.log_likelihood.iter_mut().zip(&plain.log_likelihood);
        values
            .zip(&trace.points)
            .filter(|(_, p)| below(p))
            .for_each(|((value, without), _)| *value = *without);
        if below(&trace.peak) {
            (found.unseen, found.peak, found.chances) = (plain.unseen, plain.peak, plain.chances);
        }
    }
    Ok(found)
}

/// An estimate with the interval of its own likelihood.
#[derive(Debug, Clone)]
pub(crate) struct ProfileEstimate {
    /// Unseen persons at the conditional (Poisson) estimate; infinite where the likelihood never falls.
    pub(crate) unseen: f64,
    /// Limits from the multinomial likelihood; the upper one infinite where it never falls far enough.
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    /// Of the histories seen.
    pub(crate) deviance: f64,
    /// The other parameters at the estimate.
    pub(crate) theta: Vec<f64>,
}

/// Points from nobody unseen to [`FARTHEST`] times as many as were seen.
const POINTS: usize = 80;

/// The conditional estimate of a family and its profile likelihood interval.
pub(crate) fn profile(h: &Histories, family: &Family, level: f64) -> Result<ProfileEstimate, Outcome> {
    let farthest = (FARTHEST * h.n() as f64).ln_1p();
    let grid: Vec<f64> = (0..POINTS).map(|i| (farthest * i as f64 / (POINTS - 1) as f64).exp_m1()).collect();
    let conditional = trace(h, family, &grid, Sampling::Poisson)?;
    let mut multinomial = trace(h, family, &grid, Sampling::Multinomial)?;
    let z = normal_quantile(0.5 + 0.5 * level);
    let (lower, upper) = multinomial.reach(0.5 * z * z);
    let peak = &conditional.peak;
    let bounded = peak.unseen < 0.99 * grid[POINTS - 1];
    Ok(ProfileEstimate {
        unseen: if bounded { peak.unseen } else { f64::INFINITY },
        lower,
        upper,
        deviance: -2.0 * peak.value,
        theta: peak.theta.clone(),
    })
}

fn trace(h: &Histories, family: &Family, grid: &[f64], sampling: Sampling) -> Result<Trace, Outcome> {
    if grid.is_empty() || grid.iter().any(|u| !u.is_finite() || *u < 0.0) {
        return Err(Outcome::NotApplicable);
    }
    family.suits(h)?;
    let counts: Vec<f64> = h.cells().iter().map(|c| c.1 as f64).collect();
    let trace = Trace::new(family.climber(h), &counts, grid, sampling);
    if trace.peak.value.is_finite() { Ok(trace) } else { Err(Outcome::SolverFailed) }
}

impl Family {
    /// The family with a column's coefficient at nil; `None` for a family without a column.
    fn without_column(&self) -> Option<Self> {
        match self {
            Self::Column { heterogeneity: Heterogeneity::None, .. } => None,
            Self::Column { by_list, .. } => {
                Some(Self::Column { by_list: *by_list, heterogeneity: Heterogeneity::None })
            }
            Self::LogLinearWith(model, _) => Some(Self::LogLinear(model.clone())),
            _ => None,
        }
    }

    /// Free parameters for `t` lists: `N`, and those of the chances.
    pub(crate) fn parameters(&self, t: usize) -> usize {
        let lists = |by_list: bool| if by_list { t } else { 1 };
        match self {
            Self::LogLinear(model) => model.parameters(),
            Self::LogLinearWith(model, _) => model.parameters() + 1,
            Self::Column { by_list, heterogeneity } => {
                1 + lists(*by_list) + usize::from(*heterogeneity != Heterogeneity::None)
            }
            Self::Normal { by_list } => 2 + lists(*by_list),
            Self::TwoPoint => t + 3,
            Self::LatentClasses { classes, .. } => classes * (t + 1),
        }
    }

    /// Whether the number of unseen persons can be known under the family.
    fn suits(&self, h: &Histories) -> Result<(), Outcome> {
        let t = h.t();
        let one_column = |heterogeneity: Heterogeneity| match heterogeneity {
            Heterogeneity::None => false,
            // Columns with constraints on their signs have no smooth likelihood.
            Heterogeneity::Chao => true,
            _ => t < 3,
        };
        match self {
            Self::LogLinear(model) if model.t() != t => Err(Outcome::NotApplicable),
            Self::LogLinear(model) if model.parameters() >= 1 << t => Err(Outcome::NotIdentifiable),
            Self::LogLinear(model) => match hierarchical::existence(h.dense(), model.terms()) {
                Existence::Exists => Ok(()),
                other => Err(other.into()),
            },
            Self::LogLinearWith(model, heterogeneity) => {
                let usable = *heterogeneity != Heterogeneity::None && !one_column(*heterogeneity);
                if model.t() != t || !usable {
                    return Err(Outcome::NotApplicable);
                }
                // A column beside as many parameters as histories that somebody has fits anything, with nobody unseen.
                let had = |a: &Mask| h.on_all(*a) > 0;
                if model.terms().iter().filter(|a| had(a)).count() + 1 > h.cells().len() {
                    return Err(Outcome::NotIdentifiable);
                }
                let known = hierarchical::determined(t, model.terms(), heterogeneity.column());
                if known { Ok(()) } else { Err(Outcome::NotIdentifiable) }
            }
            Self::Column { heterogeneity, .. } if one_column(*heterogeneity) => Err(Outcome::NotApplicable),
            Self::Normal { .. } | Self::TwoPoint if t < 3 => Err(Outcome::NotApplicable),
            Self::LatentClasses { classes, .. } if *classes < 2 => Err(Outcome::NotApplicable),
            Self::TwoPoint if self.parameters(t) >= 1 << t => Err(Outcome::NotIdentifiable),
            // A parameter less than the chances of the histories leaves one degree of freedom; a history that nobody has
            // tells classes apart only beside others that somebody has.
            Self::LatentClasses { .. } if self.parameters(t) + 1 >= 1 << t => Err(Outcome::NotApplicable),
            Self::LatentClasses { .. } if self.parameters(t) > h.cells().len() => {
                Err(Outcome::NotIdentifiable)
            }
            Self::Column { .. } | Self::Normal { .. } | Self::TwoPoint | Self::LatentClasses { .. } => Ok(()),
        }
    }

    fn climber(&self, h: &Histories) -> Box<dyn Climber> {
        let sizes = || (0..h.t()).map(|j| h.list_size(j) as f64).collect();
        let frequencies: Vec<f64> =
            std::iter::once(0.0).chain(h.frequencies().into_iter().map(|f| f as f64)).collect();
        match self {
            Self::LogLinear(model) => hierarchical::climber(h.dense(), model.terms()),
            Self::LogLinearWith(model, heterogeneity) => {
                let (cells, column) = (h.dense(), heterogeneity.column());
                if h.t() > RANKED_ABOVE {
                    return Box::new(Smooth::new(ByNumber::new(&cells, model.terms(), column)));
                }
                Box::new(Smooth::new(WithColumn::new(&cells, model.terms(), column)))
            }
            Self::Column { by_list, heterogeneity } => {
                let column = (*heterogeneity != Heterogeneity::None).then(|| heterogeneity.column());
                Box::new(Smooth::new(Column::new(sizes(), &frequencies, column, *by_list)))
            }
            Self::TwoPoint => {
                let cells = h.cells().iter().map(|(w, c)| (*w, *c as f64)).collect();
                Box::new(Smooth::new(TwoPoint::new(h.t(), cells)))
            }
            Self::LatentClasses { classes, seed } => {
                let cells = h.cells().iter().map(|(w, c)| (*w, *c as f64)).collect();
                Box::new(Smooth::new(Classes::new(h.t(), cells, *classes, *seed)))
            }
            Self::Normal { by_list } => Box::new(Smooth::new(Normal::new(sizes(), frequencies, *by_list))),
        }
    }
}

#[cfg(test)]
mod tests;
