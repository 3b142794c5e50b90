//! Runs the chosen methods on one table.

mod closed_form;
pub mod counts;
pub mod covariates;
mod log_linear;
mod posterior;

use serde::Serialize;

use crate::estimate::{Estimate, Note, Outcome};
use crate::loglinear::newton::Newton;
use crate::loglinear::profile::loglinear_profile;
use crate::loglinear::selection::{Reselect, Selection};
use crate::loglinear::stepwise::STEPWISE_THRESHOLD;
use crate::loglinear::{Criterion, Engine};
use crate::model::Model;
use closed_form::{closed_form, closed_population};
use log_linear::log_linear;

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
    /// Whether somebody asked for just so many; if not, fewer are run where many lists make each of them long.
    #[serde(skip)]
    pub replicates_asked: bool,
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
            replicates_asked: false,
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
