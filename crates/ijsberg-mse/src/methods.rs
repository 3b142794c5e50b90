//! Runs the chosen methods on one table.

mod closed_form;
pub mod counts;
pub mod covariates;
mod log_linear;
mod posterior;

use serde::Serialize;

use crate::anchor::Anchor;
use crate::doubly_robust::chosen::ChosenLists;
use crate::estimate::{Basis, Estimate, Note, Outcome};
use crate::loglinear::selection::{Reselect, Selection};
use crate::loglinear::stepwise::STEPWISE_THRESHOLD;
use crate::loglinear::{Criterion, Engine};
use crate::method::{Cost, Method};
use crate::model::Model;

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

impl IntervalChoice {
    /// Reads the name that it has in JSON and on the command line, such as `profile`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "profile" => Some(Self::Profile),
            "wald" => Some(Self::Wald),
            "percentile" => Some(Self::Percentile),
            "bca" => Some(Self::Bca),
            "parametric" => Some(Self::Parametric),
            _ => None,
        }
    }
}

/// Settings that determine a result together with the data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// Methods to run; empty for all that apply.
    pub methods: Vec<Method>,
    /// Models given by formula.
    pub formulas: Vec<String>,
    /// Whether to run the slow methods too when no methods are named.
    pub thorough: bool,
    /// Confidence level.
    pub level: f64,
    /// Bootstrap replicates.
    pub replicates: usize,
    /// Whether that number was asked for explicitly; if not, fewer are run where many lists make each of them slow.
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
    /// A list that was drawn at random from the population, where this is stated.
    pub anchor: Option<Anchor>,
    /// Lists whose interaction is assumed to be absent among persons on no other list, if such lists are chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifying: Option<ChosenLists>,
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
            anchor: None,
            identifying: None,
        }
    }
}

/// Receives the progress of a run.
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

impl Settings {
    /// Whether a method runs: by name, or by default where none is named.
    pub fn wants(&self, method: Method) -> bool {
        let by_default = match method.cost() {
            Cost::Usual => true,
            Cost::Slow => self.thorough,
            Cost::Given => false,
        };
        self.methods.contains(&method) || self.methods.is_empty() && by_default
    }
}

/// Runs every wanted method and every given model: first the headline, then the others in their order.
pub fn run(engine: &Engine, models: &[Model], settings: &Settings, progress: &dyn Progress) -> Vec<Estimate> {
    let wanted = || Method::ALL.iter().copied().filter(|m| settings.wants(*m));
    let h = engine.histories();
    let mut all: Vec<Estimate> = Vec::new();
    if settings.wants(Method::ModelSpace) {
        all.push(over_models(engine, settings.level));
    }
    if let Some(anchor) = &settings.anchor {
        all.extend(wanted().filter_map(|m| anchor.estimate(h, m, settings.level, settings.seed)));
    }
    for method in wanted() {
        all.extend(
            closed_form::estimate(h, method, settings)
                .or_else(|| closed_form::population(h, method, settings.level))
                .or_else(|| (h.t() > 2).then(|| counts::of_lists(h, method, settings.level)).flatten()),
        );
    }
    let t = h.t();
    let mut rules = vec![(Method::Independence, Selection::Fixed(Model::independence(t)))];
    if t > 2 {
        rules.extend([
            (Method::AllPairs, Selection::Fixed(Model::all_pairs(t))),
            (Method::Stepwise, Selection::Stepwise(settings.threshold)),
            (Method::BestAic, Selection::Best(Criterion::Aic)),
            (Method::BestBic, Selection::Best(Criterion::Bic)),
            (Method::LogLinearAveraged, Selection::Averaged),
        ]);
    }
    rules.retain(|rule| settings.wants(rule.0));
    rules.extend(models.iter().map(|m| (Method::Formula, Selection::Fixed(m.clone()))));
    all.extend(log_linear::estimates(engine, &rules, settings, progress));
    if t > 2 && settings.wants(Method::BestBicChapman) {
        all.push(log_linear::chapman(engine, settings.level));
    }
    for method in wanted() {
        all.extend(posterior::estimate(h, method, settings, progress));
    }
    all
}

/// The median and the interval of the model space.
fn over_models(engine: &Engine, level: f64) -> Estimate {
    let (space, n) = (engine.space(), engine.histories().n());
    let n_hat = if space.members.is_empty() { f64::INFINITY } else { space.quantile(0.5) };
    if !n_hat.is_finite() {
        return Estimate::none(Method::ModelSpace, n, Outcome::Infinite);
    }
    let mut e = Estimate::from_n_hat(Method::ModelSpace, n, n_hat, Some(space.interval(level)));
    e.model = Some(Basis::Models(space.members.len()));
    e.notes.push(Note::AveragedOverModels);
    e
}
