//! What this program makes of the same tables by the same rules.

use ijsberg_mse::bayes::decomposable;
use ijsberg_mse::bayes::grid::Distribution;
use ijsberg_mse::bayes::latent_class::{Sampling, sample};
use ijsberg_mse::bayes::threshold::{PRIOR_VARIANCE, THRESHOLD, threshold};
use ijsberg_mse::histories::Histories;
use ijsberg_mse::loglinear::selection::{Reselect, Selection};
use ijsberg_mse::loglinear::stepwise::STEPWISE_THRESHOLD;
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::model::Model;
use ijsberg_mse::resample::{Scheme, acceleration, bca, bootstrap, jackknife};

use super::{Data, Figure};

const LEVEL: f64 = 0.95;
const REPLICATES: usize = 1000;
const SEED: u64 = 20_171_018;

/// How limits are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limits {
    /// Not at all.
    Without,
    /// By profile likelihood, given the model.
    Profile,
    /// By `BCa`, with the choice repeated in each replicate.
    Bca,
}

/// A rule and its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Lists are independent.
    Independence(Limits),
    /// Stepwise at the published threshold.
    Stepwise(Limits),
    /// The best of all hierarchical models by Schwarz's criterion.
    BestBic(Limits),
    /// The best model with terms of two lists.
    BestOfPairs(Criterion),
    /// Bayesian thresholding.
    Threshold,
    /// The average over decomposable graphs.
    Decomposable,
    /// Latent classes, their number unknown.
    LatentClasses,
}

impl Rule {
    /// Its name in the chapter.
    pub(crate) fn name(self) -> String {
        let (rule, limits) = match self {
            Self::Independence(limits) => ("independence", limits),
            Self::Stepwise(limits) => ("stepwise, p < 0.02", limits),
            Self::BestBic(limits) => ("best of all models by BIC", limits),
            Self::BestOfPairs(Criterion::Bic) => ("best two-list model by BIC", Limits::Without),
            Self::BestOfPairs(Criterion::Aic) => ("best two-list model by AIC", Limits::Without),
            Self::Threshold => ("Bayesian threshold 2, prior variance 1", Limits::Without),
            Self::Decomposable => ("average over decomposable graphs", Limits::Without),
            Self::LatentClasses => ("latent classes, nonparametric", Limits::Without),
        };
        match limits {
            Limits::Without => rule.to_owned(),
            Limits::Profile => format!("{rule}; profile likelihood"),
            Limits::Bca => format!("{rule}; BCa, {REPLICATES} replicates"),
        }
    }

    /// The number and its limits on a table.
    pub(crate) fn rebuild(self, data: Data) -> Figure {
        let h = data.histories();
        match self {
            Self::Threshold => threshold(&h, PRIOR_VARIANCE, THRESHOLD)
                .map_or_else(Figure::default, |p| posterior_figure(&p.size)),
            Self::Decomposable => {
                let average = decomposable::average(&h, 0.5_f64.powi(h.t() as i32));
                average.map_or_else(|_| Figure::default(), |p| posterior_figure(&p.size))
            }
            Self::LatentClasses => latent(&h),
            Self::BestOfPairs(criterion) => {
                let all = Engine::new(&h).all_models(2, 10);
                let best = all.and_then(|all| match criterion {
                    Criterion::Aic => all.best_aic,
                    Criterion::Bic => all.best_bic,
                });
                Figure { n_hat: best.map(|b| b.1), limits: None }
            }
            Self::Independence(limits) => {
                let engine = Engine::new(&h);
                let model = Model::independence(h.t());
                chosen(&engine, &model, Selection::Fixed(model.clone()), limits)
            }
            Self::Stepwise(limits) => {
                let engine = Engine::new(&h);
                let model = engine.stepwise(STEPWISE_THRESHOLD);
                chosen(&engine, &model, Selection::Stepwise(STEPWISE_THRESHOLD), limits)
            }
            Self::BestBic(limits) => {
                let engine = Engine::new(&h);
                let best = engine.near_best(Criterion::Bic, 0.0).into_iter().next();
                best.map_or_else(Figure::default, |best| {
                    chosen(&engine, &best.model, Selection::Best(Criterion::Bic), limits)
                })
            }
        }
    }
}

/// A log-linear model that a rule chose, with limits.
fn chosen(engine: &Engine, model: &Model, rule: Selection, limits: Limits) -> Figure {
    let n_hat = engine.histories().n() as f64 + engine.fit(model).dark_figure;
    let limits = match limits {
        Limits::Without => None,
        Limits::Profile => Some(engine.profile(model, LEVEL)),
        Limits::Bca => Some(again(engine, rule, n_hat)),
    };
    Figure { n_hat: Some(n_hat), limits }
}

/// `BCa` limits from replicates in which the rule chooses again.
fn again(engine: &Engine, rule: Selection, n_hat: f64) -> (f64, f64) {
    let rule = [rule];
    let scheme = Scheme::Nonparametric;
    let drawn = bootstrap(engine, &rule, Reselect::All, scheme, None, REPLICATES, SEED, &|| {});
    let counts: Vec<u64> = engine.histories().cells().iter().map(|c| c.1).collect();
    let a = acceleration(&counts, &jackknife(engine, &rule, Reselect::All)[0]).unwrap_or(0.0);
    let limits = bca(n_hat, &drawn[0].sorted, a, LEVEL);
    (limits.lower, limits.upper)
}

/// The median and the equal-tailed limits of a posterior.
fn posterior_figure(size: &Distribution) -> Figure {
    let tail = 0.5 * (1.0 - LEVEL);
    Figure { n_hat: Some(size.quantile(0.5)), limits: Some((size.quantile(tail), size.quantile(1.0 - tail))) }
}

/// Nothing where the chains disagree.
fn latent(h: &Histories) -> Figure {
    let posterior = sample(h, &Sampling { enough: 400.0, ..Sampling::default() }, &|| {});
    if !posterior.convergence.passed() {
        return Figure::default();
    }
    let mut all: Vec<f64> = posterior.draws.concat();
    all.sort_by(f64::total_cmp);
    let quantile = |p: f64| all[(p * all.len() as f64) as usize];
    let tail = 0.5 * (1.0 - LEVEL);
    Figure { n_hat: Some(quantile(0.5)), limits: Some((quantile(tail), quantile(1.0 - tail))) }
}
