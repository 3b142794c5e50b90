//! One model space: log-linear models, persons who differ, and latent classes, weighed against one another.
//!
//! Each candidate model gives the profile likelihood of the number of unseen persons on one scale ([`crate::mixing`]). Its
//! curve, with a prior on the unseen for each one seen ([`Prior`]), is its distribution of the size; its weight is that of a Bayesian
//! information criterion (Buckland, Burnham and Augustin 1997, Biometrics 53). The mixture is the answer of the space: it includes the
//! uncertainty about the model as well as that within each.

mod mixture;
mod population;

use serde::Serialize;

use crate::chance::multinomial;
use crate::estimate::{Interval, IntervalKind};
use crate::fit_test::{self, FitTest};
use crate::heterogeneity::Heterogeneity;
use crate::histories::Histories;
use crate::loglinear::{Criterion, Engine};
use crate::mixing::{Curve, Family, curve, forward};
use crate::model::Model;
use mixture::Part;
pub use mixture::Prior;
pub(crate) use population::Population;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// How models are weighed. The defaults were chosen on the worlds of [`crate::simulate::worlds::Use::Learn`].
///
/// A model with `p` parameters and log-likelihood `l` at its peak scores `l - p (s log n + 2 (1 - s)) / 2 - x log C`, where `s` is
/// [`Weighing::schwarz`], `x` is [`Weighing::extended`] and `C` counts the log-linear models with as many pairs. Weights are
/// proportional to the exponential of the score. Of all weight, the share [`Weighing::floor`] is then given to families instead of
/// models: in proportion to the square root of the Akaike weight of the best model of each, and within a family by Akaike
/// weights. Which family is right the data often cannot say, and a criterion is too sure of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighing {
    /// Penalty for a parameter: this share of `log n`, the rest of Akaike's 2. From 0 (Akaike) to 1 (Schwarz).
    pub schwarz: f64,
    /// How far many models of one size share one prior weight, from 0 to 1 (Chen and Chen 2008, Biometrika 95).
    pub extended: f64,
    /// Share of the weight that families have because they are families, from 0 to below 1.
    pub floor: f64,
}

impl Default for Weighing {
    fn default() -> Self {
        Self { schwarz: 0.4, extended: 0.3, floor: 0.15 }
    }
}

/// The families of models, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kin {
    /// Lists depend on one another; persons are alike.
    LogLinear,
    /// Persons differ in how easily they are met; lists are independent given that.
    Heterogeneity,
    /// Both.
    Both,
    /// Persons fall into a few classes.
    LatentClasses,
}

/// A model of the space with its weight.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its family.
    pub kin: Kin,
    /// Parameters.
    pub parameters: usize,
    /// Log-likelihood at its estimate, on the scale of all members.
    pub peak: f64,
    /// Its estimate of persons, seen and unseen.
    pub n_hat: f64,
    /// Its weight; all add up to 1.
    pub weight: f64,
    /// Which model.
    pub(crate) family: Family,
    part: Part,
    cells: Option<Vec<f64>>,
}

/// The model space of a table.
#[derive(Debug, Clone)]
pub struct Space {
    /// Its members, the heaviest first.
    pub members: Vec<Member>,
    n: f64,
    t: usize,
}

/// The most log-linear models that take part.
const MOST: usize = 40;
/// Fits that a search for them may take.
const BUDGET: u64 = 10_000;
/// Models that score less than the best by more than this do not take part.
const DEEPEST: f64 = 9.0;
/// Up to this many lists pairs are sought beside a column: each fit costs `2^lists`, and error rates were measured on no more.
const FORWARD_UP_TO: usize = 9;
/// Up to this many lists the fitted cells are kept, for the test of fit.
const MOST_LISTS_WITH_CELLS: usize = 12;
/// Points of a curve.
const POINTS: usize = 33;

impl Member {
    /// Its name: a formula in list names, with `+ darroch` or the like for a column, or the identifier of its method.
    pub fn name(&self, lists: &[String]) -> String {
        let column = |heterogeneity: &Heterogeneity| match heterogeneity {
            Heterogeneity::None => "",
            Heterogeneity::Chao => "chao",
            Heterogeneity::Poisson => "poisson",
            Heterogeneity::Darroch => "darroch",
            Heterogeneity::Gamma => "gamma",
        };
        match &self.family {
            Family::LogLinear(model) => model.formula(lists),
            Family::LogLinearWith(model, h) => format!("{} + {}", model.formula(lists), column(h)),
            Family::Column { heterogeneity: h, .. } => format!("mth.{}", column(h)),
            Family::Normal { .. } => "mth.normal".to_owned(),
            Family::TwoPoint => "mth.two-point".to_owned(),
            Family::LatentClasses { classes, .. } => format!("latent-class.{classes}"),
        }
    }
}

impl Space {
    /// Explores the space of a table.
    pub fn explore(engine: &Engine, weighing: Weighing) -> Self {
        let h = engine.histories();
        let (n, t) = (h.n() as f64, h.t());
        let coarse = coarse_grid(n);
        let families = families(engine, &coarse);
        let traced: Vec<(Kin, Curve)> = families
            .into_par_iter()
            .filter_map(|(kin, family)| Some((kin, curve(h, &family, &coarse).ok()?)))
            .filter(|c| c.1.peak.is_finite())
            .collect();
        // A model stays when it matters under any weighing.
        let score = |c: &Curve, penalty: f64| c.peak - 0.5 * penalty * c.parameters as f64;
        let best =
            |penalty: f64| traced.iter().map(|c| score(&c.1, penalty)).fold(f64::NEG_INFINITY, f64::max);
        let bests = [2.0, n.ln()].map(|penalty| (penalty, best(penalty)));
        let members = traced
            .into_par_iter()
            .filter(|c| bests.iter().any(|(penalty, best)| score(&c.1, *penalty) > best - DEEPEST))
            .filter_map(|(kin, found)| member(h, kin, found))
            .collect();
        let mut space = Self { members, n, t };
        space.weigh(weighing);
        space
    }

    /// Weighs the members again.
    pub fn weigh(&mut self, weighing: Weighing) {
        let weights = self.weights(weighing);
        self.members.iter_mut().zip(weights).for_each(|(m, w)| m.weight = w);
        self.members.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    }

    /// Sets another prior, to compare priors.
    pub fn set_prior(&mut self, prior: Prior) {
        for m in &mut self.members {
            if let Some(part) = m.part.under(self.n, prior) {
                m.part = part;
            }
        }
    }

    /// Weights of the members under another weighing.
    fn weights(&self, weighing: Weighing) -> Vec<f64> {
        let penalty = weighing.schwarz * self.n.ln() + (1.0 - weighing.schwarz) * 2.0;
        let score = |m: &Member| {
            m.peak
                - 0.5 * penalty * m.parameters as f64
                - weighing.extended * prior_of_size(&m.family, self.t)
        };
        let by_model = relative(self.members.iter().map(score).collect());
        let by_family = self.floor();
        let both = by_model.into_iter().zip(by_family);
        both.map(|(m, f)| (1.0 - weighing.floor) * m + weighing.floor * f).collect()
    }

    /// Weights that families have because they are families; see [`Weighing`].
    fn floor(&self) -> Vec<f64> {
        let akaike = |m: &Member| m.peak - m.parameters as f64;
        let best = |kin: Kin| {
            self.members.iter().filter(|m| m.kin == kin).map(akaike).fold(f64::NEG_INFINITY, f64::max)
        };
        let kinds = [Kin::LogLinear, Kin::Heterogeneity, Kin::Both, Kin::LatentClasses];
        let families = relative(kinds.iter().map(|k| 0.5 * best(*k)).collect());
        let mut weights = vec![0.0; self.members.len()];
        for (kin, share) in kinds.into_iter().zip(families) {
            let own: Vec<usize> = (0..weights.len()).filter(|i| self.members[*i].kin == kin).collect();
            let within = relative(own.iter().map(|i| akaike(&self.members[*i])).collect());
            own.into_iter().zip(within).for_each(|(i, w)| weights[i] = share * w);
        }
        weights
    }

    /// Quantile of the mixture in persons, seen and unseen; infinite beyond what the curves reach.
    pub fn quantile(&self, share: f64) -> f64 {
        let parts: Vec<(f64, &Part)> = self.members.iter().map(|m| (m.weight, &m.part)).collect();
        self.n + mixture::quantile(&parts, share)
    }

    /// As [`Space::quantile`] for a lower bound: with the weights of the criterion alone, [`Weighing::floor`] left out, and a prior
    /// that does not rise where few are unseen, [`Prior::few`] left out.
    pub fn quantile_for_bound(&self, share: f64) -> f64 {
        let weights = self.weights(Weighing { floor: 0.0, ..Weighing::default() });
        let prior = Prior { few: 0.0, ..Prior::default() };
        let parts: Vec<(f64, Part)> = (weights.into_iter().zip(&self.members))
            .filter_map(|(w, m)| Some((w, m.part.under(self.n, prior)?)))
            .collect();
        self.n + mixture::quantile(&parts.iter().map(|(w, p)| (*w, p)).collect::<Vec<_>>(), share)
    }

    fn quantile_under(&self, weighing: Weighing, share: f64) -> f64 {
        let parts: Vec<(f64, &Part)> =
            self.weights(weighing).into_iter().zip(&self.members).map(|(w, m)| (w, &m.part)).collect();
        self.n + mixture::quantile(&parts, share)
    }

    /// The smallest and the largest quantile over penalties from Akaike's to Schwarz's: what the answer owes to the choice
    /// between them.
    pub fn over_penalties(&self, share: f64) -> (f64, f64) {
        let at = |schwarz: f64| {
            self.quantile_under(Weighing { schwarz, floor: 0.0, ..Weighing::default() }, share)
        };
        let all = [0.0, 0.4, 0.7, 1.0].map(at);
        (all.into_iter().fold(f64::INFINITY, f64::min), all.into_iter().fold(0.0, f64::max))
    }

    /// Equal-tailed interval of the mixture.
    pub fn interval(&self, level: f64) -> Interval {
        let tail = 0.5 * (1.0 - level);
        let limits = (self.quantile(tail), self.quantile(1.0 - tail));
        Interval::new(self.n, limits, level, IntervalKind::OverModels)
    }

    /// Weight of a family.
    pub fn weight(&self, kin: Kin) -> f64 {
        self.members.iter().filter(|m| m.kin == kin).map(|m| m.weight).sum()
    }

    /// Whether the heaviest model fits the table, by tables drawn from it. `None` where there is no model or there are too many lists.
    ///
    /// A log-linear model is fitted again to each table. The others are not: fitting lowers the deviance by about one for each
    /// parameter, which is taken off.
    pub fn fit_test(&self, engine: &Engine, replicates: usize, seed: u64) -> Option<FitTest> {
        let head = self.members.first()?;
        if let Family::LogLinear(model) = &head.family {
            return Some(fit_test::goodness_of_fit(engine, model, replicates, seed));
        }
        let cells = head.cells.as_ref()?;
        let n = engine.histories().n();
        let chances: Vec<f64> = [&[0.0], &cells[1..]].concat();
        let free = head.parameters as f64 - 1.0;
        let used = chances.iter().filter(|c| **c > 0.0).count();
        let draw = |rng: &mut ChaCha8Rng| {
            let drawn: Vec<f64> = multinomial(n, &chances, rng).into_iter().map(|c| c as f64).collect();
            Some(fit_test::deviance(&drawn, &chances) - free)
        };
        let left = used.saturating_sub(head.parameters);
        let observed = fit_test::deviance(&engine.histories().dense(), &chances);
        Some(fit_test::by_bootstrap(observed, left, replicates, seed, draw))
    }
}

/// All models that are tried.
fn families(engine: &Engine, grid: &[f64]) -> Vec<(Kin, Family)> {
    let h = engine.histories();
    let t = h.t();
    let columns = [Heterogeneity::Darroch, Heterogeneity::Gamma, Heterogeneity::Poisson];
    let beside = |heterogeneity: Heterogeneity| {
        let sought = (3..=FORWARD_UP_TO).contains(&t);
        if sought { forward(h, heterogeneity, grid) } else { Vec::new() }
    };
    let (log_linear, beside) = rayon::join(
        || candidates(engine),
        || columns.into_par_iter().map(|c| (c, beside(c))).collect::<Vec<(Heterogeneity, Vec<Model>)>>(),
    );
    let mut all: Vec<(Kin, Family)> =
        log_linear.iter().map(|m| (Kin::LogLinear, Family::LogLinear(m.clone()))).collect();
    if t < 3 {
        return all;
    }
    for heterogeneity in columns {
        all.push((Kin::Heterogeneity, Family::Column { by_list: true, heterogeneity }));
    }
    all.push((Kin::Heterogeneity, Family::Normal { by_list: true }));
    all.push((Kin::Heterogeneity, Family::TwoPoint));
    let mut both = |model: &Model, heterogeneity: Heterogeneity| {
        let family = Family::LogLinearWith(model.clone(), heterogeneity);
        if !all.iter().any(|f| f.1 == family) {
            all.push((Kin::Both, family));
        }
    };
    for (heterogeneity, models) in &beside {
        models.iter().for_each(|m| both(m, *heterogeneity));
    }
    for model in log_linear.iter().filter(|m| m.parameters() > t + 1).take(5) {
        both(model, Heterogeneity::Darroch);
        both(model, Heterogeneity::Gamma);
    }
    for classes in [2, 3] {
        all.push((Kin::LatentClasses, Family::LatentClasses { classes, seed: 1 }));
    }
    all
}

/// Exponentials of scores, divided by their sum.
fn relative(scores: Vec<f64>) -> Vec<f64> {
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = scores.into_iter().map(|s| (s - best).exp()).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / total).collect()
}

/// Logarithm of the number of sets of as many dependent pairs and larger terms as a log-linear model has.
fn prior_of_size(family: &Family, t: usize) -> f64 {
    let (Family::LogLinear(model) | Family::LogLinearWith(model, _)) = family else { return 0.0 };
    let pairs = t * (t - 1) / 2;
    let used = model.parameters().saturating_sub(t + 1).min(pairs);
    (0..used).map(|i| ((pairs - i) as f64 / (i + 1) as f64).ln()).sum()
}

/// Log-linear models near the best by either criterion.
fn candidates(engine: &Engine) -> Vec<Model> {
    let mut models = vec![Model::independence(engine.histories().t())];
    let near = |criterion, window, most| engine.good_models(criterion, window, most, Some(BUDGET));
    let (schwarz, akaike) =
        rayon::join(|| near(Criterion::Bic, DEEPEST, MOST), || near(Criterion::Aic, 4.0, MOST / 2));
    for near in schwarz.into_iter().chain(akaike) {
        if !models.contains(&near.model) {
            models.push(near.model);
        }
    }
    models
}

/// From a thousandth of the number seen to a thousand times it.
fn coarse_grid(n: f64) -> Vec<f64> {
    let low = (1e-3 * n).max(0.05);
    let high = 1e3 * n;
    (0..POINTS).map(|i| low * (high / low).powf(i as f64 / (POINTS - 1) as f64)).collect()
}

/// Traces the curve again where it matters, until enough points lie there.
fn member(h: &Histories, kin: Kin, coarse: Curve) -> Option<Member> {
    let n = h.n() as f64;
    let mut found = coarse;
    for _ in 0..3 {
        let inside = mixture::inside(&found.log_likelihood, found.peak);
        if inside >= POINTS / 2 {
            break;
        }
        let (low, high) = mixture::support(&found.grid, &found.log_likelihood, found.unseen, found.peak);
        let fine: Vec<f64> =
            (0..POINTS).map(|i| low * (high / low).powf(i as f64 / (POINTS - 1) as f64)).collect();
        found = curve(h, &found.family, &fine).ok()?;
    }
    let part = Part::new(&found.grid, &found.log_likelihood, n, Prior::default())?;
    let cells = (h.t() <= MOST_LISTS_WITH_CELLS).then(|| found.cells());
    Some(Member {
        kin,
        parameters: found.parameters,
        peak: found.peak,
        n_hat: n + found.unseen,
        weight: 0.0,
        family: found.family.clone(),
        part,
        cells,
    })
}
