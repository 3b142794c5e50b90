//! The Bayesian methods, and latent classes by maximum likelihood, as estimates.

use super::{Progress, Settings};
use crate::bayes::decomposable::{self, NoPosterior};
use crate::bayes::grid::Distribution;
use crate::bayes::hierarchical::{self, HierarchicalPosterior};
use crate::bayes::latent_class::{LatentClassPosterior, Sampling, sample};
use crate::bayes::threshold::{PRIOR_VARIANCE, THRESHOLD, threshold};
use crate::estimate::{Basis, Estimate, Interval, IntervalKind, Note, Outcome, Posterior};
use crate::histories::Histories;
use crate::latent_ml;
use crate::method::{Family, Method};
use crate::model::Model;
use crate::resample::bca;

/// More lists than this take minutes for the decomposable average; it must be asked for by name.
const DECOMPOSABLE_BY_DEFAULT: usize = 7;

/// Runs one Bayesian method; `None` when the method is no Bayesian one or does not suit the table.
pub(super) fn estimate(
    h: &Histories,
    id: Method,
    settings: &Settings,
    progress: &dyn Progress,
) -> Option<Estimate> {
    if h.t() < 3 {
        return None;
    }
    let level = settings.level;
    // Without a person on two lists the prior alone would speak.
    if h.frequencies()[1..].iter().all(|f| *f == 0) {
        return matches!(id.family(), Family::Bayesian | Family::LatentClasses)
            .then(|| Estimate::none(id, h.n(), Outcome::NotIdentifiable));
    }
    Some(match id {
        Method::DecomposableAveraged => {
            if h.t() > DECOMPOSABLE_BY_DEFAULT && settings.methods.is_empty() {
                return None;
            }
            match decomposable::average(h, 0.5_f64.powi(h.t() as i32)) {
                Ok(p) => {
                    let mut e = of_distribution(id, h.n(), &p.size, level);
                    let best = p.graphs.first()?;
                    e.model = Some(Basis::BestOfGraphs(p.total, cliques(h, &best.cliques)));
                    e.notes.push(Note::AveragedOverModels);
                    e
                }
                Err(NoPosterior::Unbounded) => Estimate::none(id, h.n(), Outcome::NotIdentifiable),
                Err(NoPosterior::Lists) => return None,
            }
        }
        Method::HierarchicalAveraged => averaged(id, h, &hierarchical::average(h, h.t() as u32 - 1)?, level),
        Method::LogLinearBayes => averaged(id, h, &hierarchical::average(h, 2)?, level),
        Method::Threshold => match threshold(h, PRIOR_VARIANCE, THRESHOLD) {
            Some(p) => {
                let mut e = of_distribution(id, h.n(), &p.size, level);
                e.model = Some(Basis::Model(p.model.formula(h.lists())));
                e.notes.push(Note::ConditionalOnModel);
                e
            }
            None => Estimate::none(id, h.n(), Outcome::NotIdentifiable),
        },
        Method::LatentClassMl => latent_ml(id, h, settings),
        Method::LatentClassNonparametric => {
            let sampling = Sampling { seed: settings.seed, ..Sampling::default() };
            progress.stage("latent-classes", (sampling.blocks * sampling.chains) as u64);
            of_draws(id, h, &sample(h, &sampling, &|| progress.tick()), level)
        }
        _ => return None,
    })
}

fn latent_ml(id: Method, h: &Histories, settings: &Settings) -> Estimate {
    let data = latent_ml::Data::new(h);
    latent_classes(id, h.n(), &data, settings.replicates, settings.level, settings.seed, &|| ())
}

/// Latent classes by maximum likelihood, with or without covariates.
pub(super) fn latent_classes(
    id: Method,
    n: u64,
    data: &latent_ml::Data,
    count: usize,
    level: f64,
    seed: u64,
    tick: &(dyn Fn() + Sync),
) -> Estimate {
    let Some(fits) = latent_ml::fits(data, seed) else {
        return Estimate::none(id, n, Outcome::Degenerate);
    };
    let fit = fits.best();
    let n_hat = n as f64 + fit.unseen;
    let mut e = Estimate::from_n_hat(id, n, n_hat, None);
    e.model = Some(Basis::Classes(fit.weights.len()));
    e.parameters = Some(fit.parameters);
    if count > 1 {
        let mut sorted = latent_ml::replicates(data, &fits, count, seed, tick);
        sorted.sort_by(f64::total_cmp);
        if sorted.last().is_some_and(|x| x.is_infinite()) {
            e.notes.push(Note::ReplicatesWithoutEstimate);
        }
        let limits = bca(n_hat, &sorted, 0.0, level);
        let (lower, upper) = (limits.lower, limits.upper);
        if limits.saturated {
            e.notes.push(Note::SaturatedInterval);
        }
        let kind = if limits.fell_back { IntervalKind::Percentile } else { IntervalKind::BiasCorrected };
        e.interval = Some(Interval::new(n as f64, (lower, upper), level, kind));
    }
    e
}

fn averaged(id: Method, h: &Histories, p: &HierarchicalPosterior, level: f64) -> Estimate {
    let mut e = of_distribution(id, h.n(), &p.size, level);
    e.model = p.models.first().map(|m| Basis::BestOfModels(p.models.len(), m.0.formula(h.lists())));
    e.notes.push(Note::AveragedOverModels);
    e
}

fn cliques(h: &Histories, cliques: &[u32]) -> String {
    let saturated = cliques.iter().any(|c| c.count_ones() as usize == h.t());
    if saturated { "saturated".to_owned() } else { Model::from_generators(h.t(), cliques).formula(h.lists()) }
}

pub(super) fn of_distribution(id: Method, n: u64, size: &Distribution, level: f64) -> Estimate {
    let tail = 0.5 * (1.0 - level);
    let limits = (size.quantile(tail), size.quantile(1.0 - tail));
    let interval = Interval::new(n as f64, limits, level, IntervalKind::Credible);
    let median = size.quantile(0.5);
    let mut e = Estimate::from_n_hat(id, n, median, Some(interval));
    e.posterior = Some(Posterior { mean: size.mean(), median, convergence: None });
    if size.mean().is_none() {
        e.notes.push(Note::NoPosteriorMean);
    }
    e
}

fn of_draws(id: Method, h: &Histories, p: &LatentClassPosterior, level: f64) -> Estimate {
    let mut sorted = p.draws.concat();
    sorted.sort_by(f64::total_cmp);
    let quantile = |q: f64| crate::special::quantile_type8(&sorted, q);
    let posterior = Posterior {
        mean: Some(sorted.iter().sum::<f64>() / sorted.len() as f64),
        median: quantile(0.5),
        convergence: Some(p.convergence),
    };
    if !p.convergence.passed() {
        let mut e = Estimate::none(id, h.n(), Outcome::NotConverged);
        // Chains that disagree give no estimate; their convergence is kept.
        e.posterior = Some(Posterior { mean: None, median: f64::NAN, ..posterior });
        return e;
    }
    let tail = 0.5 * (1.0 - level);
    let limits = (quantile(tail), quantile(1.0 - tail));
    let interval = Interval::new(h.n() as f64, limits, level, IntervalKind::Credible);
    let mut e = Estimate::from_n_hat(id, h.n(), posterior.median, Some(interval));
    e.posterior = Some(posterior);
    e.notes.push(Note::AveragedOverModels);
    e
}
