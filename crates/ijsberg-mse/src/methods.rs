//! Runs the chosen methods on one table.

pub mod counts;
pub mod covariates;
mod posterior;

use rayon::prelude::*;
use serde::Serialize;

use crate::bounds::{self, Coverage, Simple};
use crate::closed::{self, Heterogeneity};
use crate::estimate::{Estimate, Interval, IntervalKind, Note, Outcome};
use crate::histories::Histories;
use crate::loglinear::existence::Existence;
use crate::loglinear::lattice::MAX_LATTICE_LISTS;
use crate::loglinear::newton::Newton;
use crate::loglinear::profile::loglinear_profile;
use crate::loglinear::ranked::RANKED_ABOVE;
use crate::loglinear::selection::{AVERAGING_WINDOW, Reselect, Selection, average};
use crate::loglinear::stepwise::STEPWISE_THRESHOLD;
use crate::loglinear::{Criterion, Engine, ModelFit};
use crate::model::Model;
use crate::resample::{Scheme, acceleration, bca, bootstrap, jackknife};
use crate::special::{normal_quantile, quantile_type8};

/// The average over all families of models, on which the verdict rests.
pub const MODEL_SPACE: &str = "models.averaged";

/// All methods in the order in which they are shown.
pub const METHODS: &[&str] = &[
    MODEL_SPACE,
    "lincoln-petersen",
    "chapman",
    "chao",
    "chao.bc",
    "chao.pairs",
    "zelterman",
    "coverage.low",
    "coverage.high",
    "m0",
    "mt",
    "mh.chao",
    "mh.poisson",
    "mh.darroch",
    "mh.gamma",
    "mh.normal",
    "mth.chao",
    "mth.poisson",
    "mth.darroch",
    "mth.gamma",
    "mth.normal",
    "mb",
    "mbh",
    "m0.bc",
    "mt.bc",
    "mh.poisson.bc",
    "mh.darroch.bc",
    "mh.gamma.bc",
    "mth.chao.bc",
    "mth.poisson.bc",
    "mth.darroch.bc",
    "mth.gamma.bc",
    "truncated.poisson",
    "truncated.geometric",
    "truncated.negative-binomial",
    "truncated.poisson.robust",
    "loglinear.independence",
    "loglinear.all-pairs",
    "loglinear.stepwise",
    "loglinear.best-aic",
    "loglinear.best-bic",
    "loglinear.averaged",
    "loglinear.bayes",
    "loglinear.threshold",
    "hierarchical.averaged",
    "decomposable.averaged",
    "latent-class.ml",
    "latent-class.nonparametric",
];

/// Methods that take seconds to minutes; they run when asked for by name or with [`Settings::thorough`].
pub const SLOW_METHODS: &[&str] = &["latent-class.ml", "latent-class.nonparametric"];

/// The interval for log-linear methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntervalChoice {
    /// Profile likelihood for a model given beforehand, `BCa` with re-selection for a model chosen from the data.
    Auto,
    /// Profile likelihood, conditional on the model.
    Profile,
    /// Normal on the log of the unseen, conditional on the model.
    Wald,
    /// Bootstrap percentiles with re-selection.
    Percentile,
    /// Bias-corrected and accelerated bootstrap with re-selection.
    Bca,
    /// Percentiles of a parametric bootstrap with re-selection.
    Parametric,
}

/// Settings that determine a result together with the data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// Methods to run, by identifier; empty for all that apply.
    pub methods: Vec<String>,
    /// Models given by formula.
    pub formulas: Vec<String>,
    /// Whether to run [`SLOW_METHODS`] too when no methods are named.
    pub thorough: bool,
    /// Confidence level.
    pub level: f64,
    /// Bootstrap replicates.
    pub replicates: usize,
    /// Seed of every random draw.
    pub seed: u64,
    /// Stepwise threshold.
    pub threshold: f64,
    /// Interval for log-linear methods.
    pub interval: IntervalChoice,
    /// Over which models replicates choose again; by default all up to five lists.
    pub reselect: Option<Reselect>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            methods: Vec::new(),
            formulas: Vec::new(),
            thorough: false,
            level: 0.95,
            replicates: 1000,
            seed: 20_171_018,
            threshold: STEPWISE_THRESHOLD,
            interval: IntervalChoice::Auto,
            reselect: None,
        }
    }
}

/// Told how far a run is.
pub trait Progress: Sync {
    /// A stage begins that takes `steps` steps.
    fn stage(&self, name: &'static str, steps: u64);
    /// One step is done.
    fn tick(&self);
}

/// Reports nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &'static str, _: u64) {}
    fn tick(&self) {}
}

/// Runs every wanted method and every given model.
pub fn run(engine: &Engine, models: &[Model], settings: &Settings, progress: &dyn Progress) -> Vec<Estimate> {
    let by_default = |id: &str| settings.thorough || !SLOW_METHODS.contains(&id);
    let wanted =
        |id: &str| settings.methods.iter().any(|m| m == id) || settings.methods.is_empty() && by_default(id);
    let h = engine.histories();
    let mut all: Vec<Estimate> = Vec::new();
    for id in METHODS.iter().copied().filter(|id| wanted(id)) {
        all.extend(
            closed_form(h, id, settings)
                .or_else(|| closed_population(h, id, settings))
                .or_else(|| (h.t() > 2).then(|| counts::of_lists(h, id, settings.level)).flatten()),
        );
    }
    if wanted(MODEL_SPACE) {
        all.push(over_models(engine, settings.level));
    }
    let mut jobs: Vec<(&'static str, Selection)> = Vec::new();
    let t = h.t();
    let mut job = |id: &'static str, selection: Selection| {
        if wanted(id) {
            jobs.push((id, selection));
        }
    };
    job("loglinear.independence", Selection::Fixed(Model::independence(t)));
    if t > 2 {
        job("loglinear.all-pairs", Selection::Fixed(Model::all_pairs(t)));
        job("loglinear.stepwise", Selection::Stepwise(settings.threshold));
        job("loglinear.best-aic", Selection::Best(Criterion::Aic));
        job("loglinear.best-bic", Selection::Best(Criterion::Bic));
        job("loglinear.averaged", Selection::Averaged);
    }
    jobs.extend(models.iter().map(|m| ("loglinear.formula", Selection::Fixed(m.clone()))));
    all.extend(log_linear(engine, &jobs, settings, progress));
    for id in METHODS.iter().copied().filter(|id| wanted(id)) {
        all.extend(posterior::estimate(h, id, settings, progress));
    }
    all
}

/// The median and the interval of the model space.
fn over_models(engine: &Engine, level: f64) -> Estimate {
    let (space, n) = (engine.space(), engine.histories().n());
    if space.members.is_empty() {
        return Estimate::none(MODEL_SPACE, n, Outcome::Infinite);
    }
    let n_hat = space.quantile(0.5);
    if !n_hat.is_finite() {
        return Estimate::none(MODEL_SPACE, n, Outcome::Infinite);
    }
    let mut e = Estimate::of(MODEL_SPACE, n, n_hat, Some(space.interval(level)));
    e.model = Some(format!("{} models", space.members.len()));
    e.notes.push(Note::AveragedOverModels);
    e
}

fn simple(id: &'static str, h: &Histories, value: Option<Simple>, level: f64, notes: &[Note]) -> Estimate {
    match value {
        // A standard error that cannot be worked out must not pass for a limit.
        Some(s) if s.lower.is_nan() || s.upper.is_nan() => Estimate::none(id, h.n(), Outcome::Degenerate),
        Some(s) => {
            let interval = Interval::new(h.n() as f64, (s.lower, s.upper), level, IntervalKind::LogNormal);
            Estimate { notes: notes.to_vec(), ..Estimate::of(id, h.n(), s.n_hat, Some(interval)) }
        }
        None => Estimate::none(id, h.n(), Outcome::NotApplicable),
    }
}

fn closed_form(h: &Histories, id: &'static str, settings: &Settings) -> Option<Estimate> {
    let level = settings.level;
    let sizes = || (h.list_size(0), h.list_size(1), h.on_all(3));
    let bound = [Note::BoundNeedsPositiveDependence];
    let cover = |which| {
        let value = bounds::coverage(h, which, level, settings.replicates.max(50), settings.seed);
        simple(id, h, value, level, &[])
    };
    Some(match id {
        "lincoln-petersen" if h.t() == 2 => {
            let (a, b, m) = sizes();
            simple(id, h, bounds::lincoln_petersen(a, b, m, level), level, &[Note::ConditionalOnModel])
        }
        "chapman" if h.t() == 2 => {
            let (a, b, m) = sizes();
            simple(id, h, Some(bounds::chapman(a, b, m, level)), level, &[Note::ConditionalOnModel])
        }
        "chao" => simple(id, h, bounds::chao(h, level), level, &bound),
        "chao.bc" => simple(id, h, Some(bounds::chao_corrected(h, level)), level, &bound),
        "chao.pairs" => simple(id, h, bounds::chao_pairs(h, level), level, &bound),
        "zelterman" => simple(id, h, bounds::zelterman(h, level), level, &[Note::ConditionalOnModel]),
        "coverage.low" if h.t() > 2 => cover(Coverage::Low),
        "coverage.high" if h.t() > 2 => cover(Coverage::High),
        _ => return None,
    })
}

fn closed_population(h: &Histories, id: &'static str, settings: &Settings) -> Option<Estimate> {
    let (level, n) = (settings.level, h.n() as f64);
    let mut parts = id.split('.');
    let (family, mixing, corrected) =
        (parts.next()?, parts.next().unwrap_or(""), id.strip_suffix(".bc").is_some());
    let by_list = matches!(family, "mt" | "mth");
    if h.t() < 3 && (!mixing.is_empty() || matches!(family, "mb" | "mbh")) {
        return None;
    }
    let heterogeneity = match mixing {
        "" | "bc" => Heterogeneity::None,
        "chao" => Heterogeneity::Chao,
        "poisson" => Heterogeneity::Poisson,
        "darroch" => Heterogeneity::Darroch,
        "gamma" => Heterogeneity::Gamma,
        "normal" => {
            let fit = match closed::fit_normal(h, by_list, level) {
                Ok(fit) if fit.n_hat.is_finite() => fit,
                // Any number of unseen persons fits as well.
                Ok(_) => return Some(Estimate::none(id, h.n(), Outcome::Infinite)),
                Err(outcome) => return Some(Estimate::none(id, h.n(), outcome)),
            };
            let interval = Interval::new(n, (fit.lower, fit.upper), level, IntervalKind::Profile);
            let mut e = Estimate::of(id, h.n(), fit.n_hat, Some(interval));
            e.notes = vec![Note::ConditionalOnModel];
            e.deviance = Some(fit.deviance);
            e.parameters = Some(fit.parameters);
            e.aic = Some(2.0 * fit.parameters as f64 - 2.0 * fit.log_likelihood);
            e.bic = Some(n.ln() * fit.parameters as f64 - 2.0 * fit.log_likelihood);
            return Some(e);
        }
        _ => return None,
    };
    match family {
        "mb" | "mbh" => {
            let fit = if family == "mb" { closed::mb(h) } else { closed::mbh(h) };
            if !fit.n_hat.is_finite() || !fit.se.is_finite() {
                return Some(Estimate::none(id, h.n(), Outcome::Degenerate));
            }
            if fit.n_hat < n {
                let mut e = Estimate::none(id, h.n(), Outcome::Degenerate);
                e.notes = vec![Note::OrderDependent, Note::BelowObserved];
                return Some(e);
            }
            let mut e = simple(
                id,
                h,
                Some(Simple::log_normal(n, fit.n_hat, fit.se, level)),
                level,
                &[Note::OrderDependent],
            );
            e.deviance = Some(fit.deviance);
            Some(e)
        }
        "m0" | "mt" | "mh" | "mth" if corrected => {
            let corrected = match family {
                "mt" => closed::bias_corrected_mt(h),
                "mth" => closed::bias_corrected_mth(h, heterogeneity),
                _ => closed::bias_corrected(h, heterogeneity),
            };
            let value = corrected.map(|(n_hat, se)| Simple::log_normal(n, n_hat, se, level));
            Some(simple(id, h, value, level, &[Note::ConditionalOnModel]))
        }
        "m0" | "mt" | "mh" | "mth" => {
            let fit = closed::fit(h, by_list, heterogeneity);
            if !fit.regular {
                return Some(Estimate::none(id, h.n(), Outcome::Degenerate));
            }
            let (_, lower, upper) = fit.profile(h, level);
            let interval = Interval::new(n, (lower, upper), level, IntervalKind::Profile);
            let r = fit.parameters as f64;
            Some(Estimate {
                aic: Some(2.0 * r - 2.0 * fit.log_likelihood),
                bic: Some(n.ln() * r - 2.0 * fit.log_likelihood),
                deviance: Some(fit.deviance),
                parameters: Some(fit.parameters),
                notes: vec![if heterogeneity == Heterogeneity::Chao {
                    Note::BoundNeedsPositiveDependence
                } else {
                    Note::ConditionalOnModel
                }],
                ..Estimate::of(id, h.n(), fit.n_hat, Some(interval))
            })
        }
        _ => None,
    }
}

/// Work that a bootstrap may take, in replicates times `t 2^t`: within a minute with 16 lists on two cores, and no bound at
/// all up to twelve for the usual thousand.
const WORK: usize = 1 << 27;

/// The least number of replicates that an interval may come from.
const FEWEST_REPLICATES: usize = 100;

/// Replicates that are run of those asked for.
fn affordable(asked: usize, lists: usize) -> usize {
    if lists <= RANKED_ABOVE {
        return asked;
    }
    asked.min((WORK / (lists << lists)).max(FEWEST_REPLICATES))
}

/// What a selection rule chose on the data themselves.
struct Chosen {
    fit: ModelFit,
    n_hat: f64,
    models: usize,
}

fn choose(engine: &Engine, selection: &Selection) -> Option<Chosen> {
    let n = engine.histories().n() as f64;
    let one = |model: &Model| {
        let fit = engine.fit(model);
        Some(Chosen { n_hat: n + fit.dark_figure, fit, models: 1 })
    };
    match selection {
        Selection::Fixed(model) => one(model),
        Selection::Stepwise(threshold) => one(&engine.stepwise(*threshold)),
        Selection::Best(criterion) => one(&engine.near_best(*criterion, 0.0).first()?.model),
        Selection::Averaged => {
            let near = engine.near_best(Criterion::Bic, AVERAGING_WINDOW);
            let dark = average(&near.iter().map(|m| (m.delta, m.n_hat - n)).collect::<Vec<_>>());
            Some(Chosen { fit: engine.fit(&near.first()?.model), n_hat: n + dark, models: near.len() })
        }
    }
}

fn log_linear(
    engine: &Engine,
    jobs: &[(&'static str, Selection)],
    settings: &Settings,
    progress: &dyn Progress,
) -> Vec<Estimate> {
    let h = engine.histories();
    let n = h.n() as f64;
    progress.stage("search", jobs.len() as u64);
    let chosen: Vec<Option<Chosen>> = jobs
        .par_iter()
        .map(|(_, selection)| {
            let chosen = choose(engine, selection);
            progress.tick();
            chosen
        })
        .collect();
    let selected = |s: &Selection| !matches!(s, Selection::Fixed(_));
    let resampled: Vec<usize> = (0..jobs.len())
        .filter(|i| chosen[*i].as_ref().is_some_and(|c| c.fit.existence == Existence::Exists))
        .filter(|i| match settings.interval {
            IntervalChoice::Auto => selected(&jobs[*i].1),
            IntervalChoice::Profile | IntervalChoice::Wald => jobs[*i].1 == Selection::Averaged,
            _ => true,
        })
        .collect();
    let reselect = settings.reselect.unwrap_or(if h.t() < MAX_LATTICE_LISTS {
        Reselect::All
    } else {
        Reselect::Shortlist
    });
    let selections: Vec<Selection> = resampled.iter().map(|i| jobs[*i].1.clone()).collect();
    let replicates = affordable(settings.replicates, h.t());
    let mut drawn = Vec::new();
    let mut accelerations = Vec::new();
    if !selections.is_empty() && replicates > 1 {
        let parametric = settings.interval == IntervalChoice::Parametric;
        let scheme = if parametric { Scheme::Parametric } else { Scheme::Nonparametric };
        progress.stage("bootstrap", replicates as u64);
        let tick = || progress.tick();
        if parametric {
            // Each rule draws from its own fitted model.
            for (i, selection) in resampled.iter().zip(&selections) {
                let model = chosen[*i].as_ref().map(|c| c.fit.model.clone());
                let mu = model.map(|m| engine.fitted_cells(&m));
                let one = std::slice::from_ref(selection);
                drawn.extend(bootstrap(
                    engine,
                    one,
                    reselect,
                    scheme,
                    mu.as_deref(),
                    replicates,
                    settings.seed,
                    &tick,
                ));
            }
        } else {
            drawn = bootstrap(engine, &selections, reselect, scheme, None, replicates, settings.seed, &tick);
        }
        let counts: Vec<u64> = h.cells().iter().map(|c| c.1).collect();
        // With many lists choosing again for every history takes longer than the bootstrap, for a correction that hardly
        // depends on it.
        let rules: Vec<Selection> = resampled
            .iter()
            .map(|i| match &chosen[*i] {
                Some(c) if h.t() > RANKED_ABOVE => Selection::Fixed(c.fit.model.clone()),
                _ => jobs[*i].1.clone(),
            })
            .collect();
        accelerations =
            jackknife(engine, &rules, reselect).iter().map(|j| acceleration(&counts, j)).collect();
    }
    jobs.iter()
        .zip(chosen)
        .enumerate()
        .map(|(i, ((id, selection), chosen))| {
            let Some(Chosen { fit, n_hat, models }) = chosen else {
                return Estimate::none(id, h.n(), Outcome::Infinite);
            };
            let mut e = Estimate::none(id, h.n(), fit.existence.into());
            e.model = Some(if *selection == Selection::Averaged {
                format!("{models} models")
            } else {
                fit.model.formula(h.lists())
            });
            if fit.existence != Existence::Exists {
                return e;
            }
            e.n_hat = Some(n_hat);
            if *selection != Selection::Averaged {
                e.aic = Some(fit.aic);
                e.bic = Some(fit.bic);
                e.deviance = Some(fit.deviance);
                e.parameters = Some(fit.model.parameters());
            }
            if !fit.removed.is_empty() {
                e.notes.push(Note::EmptyOverlapsRemoved);
            }
            if h.t() > MAX_LATTICE_LISTS && matches!(selection, Selection::Best(_) | Selection::Averaged) {
                e.notes.push(Note::LocalSearch);
            }
            let level = settings.level;
            if let Some(r) = resampled.iter().position(|j| *j == i).filter(|r| *r < drawn.len()) {
                let sorted = &drawn[r].sorted;
                e.replicates = Some(replicates);
                if replicates < settings.replicates {
                    e.notes.push(Note::FewerReplicates);
                }
                if drawn[r].without_estimate > 0 {
                    e.notes.push(Note::ReplicatesWithoutEstimate);
                }
                if reselect == Reselect::Shortlist
                    && h.t() <= RANKED_ABOVE
                    && matches!(selection, Selection::Best(_) | Selection::Averaged)
                {
                    e.notes.push(Note::ShortlistReselection);
                }
                let tail = 0.5 * (1.0 - level);
                let percentile =
                    matches!(settings.interval, IntervalChoice::Percentile | IntervalChoice::Parametric);
                let (lower, upper, kind) = if percentile {
                    (
                        quantile_type8(sorted, tail),
                        quantile_type8(sorted, 1.0 - tail),
                        IntervalKind::Percentile,
                    )
                } else {
                    if accelerations[r].is_none() {
                        e.notes.push(Note::NoAcceleration);
                    }
                    let limits = bca(n_hat, sorted, accelerations[r].unwrap_or(0.0), level);
                    if limits.saturated {
                        e.notes.push(Note::SaturatedInterval);
                    }
                    if limits.fell_back {
                        e.notes.push(Note::PercentileFallback);
                    }
                    let kind = if limits.fell_back { IntervalKind::Percentile } else { IntervalKind::Bca };
                    (limits.lower, limits.upper, kind)
                };
                e.interval = Some(Interval::new(n, (lower, upper), level, kind));
                return e;
            }
            if *selection == Selection::Averaged {
                return e;
            }
            e.notes.push(Note::ConditionalOnModel);
            e.interval = Some(if settings.interval == IntervalChoice::Wald {
                let c = (normal_quantile(0.5 + 0.5 * level) * fit.log_dark_se).exp();
                let limits = (n + fit.dark_figure / c, n + fit.dark_figure * c);
                Interval::new(n, limits, level, IntervalKind::WaldLog)
            } else {
                Interval::new(n, engine.profile(&fit.model, level), level, IntervalKind::Profile)
            });
            e
        })
        .collect()
}

impl Engine {
    /// Multinomial profile likelihood limits for a model whose estimate exists.
    pub fn profile(&self, model: &Model, level: f64) -> (f64, f64) {
        let mut newton = Newton::default();
        let (_, fit) = self.settled(model, &mut newton);
        let outside = if fit.regular { Vec::new() } else { self.face(model).outside };
        let p = loglinear_profile(&self.counts, model.terms(), &outside, &fit, level, &mut newton);
        (p.lower, p.upper)
    }

    /// Fitted means by history, with the unseen at index 0.
    pub fn fitted_cells(&self, model: &Model) -> Vec<f64> {
        let (_, fit) = self.settled(model, &mut Newton::default());
        let dark = fit.dark_figure();
        let mut mu = fit.mu;
        mu[0] = dark;
        mu
    }
}
