//! Log-linear Poisson models: one fit, the lattice of all hierarchical models, and the rules that choose.

pub mod existence;
pub mod lattice;
mod multiverse;
mod neighbourhood;
pub(crate) mod newton;
pub(crate) mod profile;
mod ranked;
pub mod selection;
pub(crate) mod shortlist;
pub mod stepwise;

use std::sync::OnceLock;

use existence::{Existence, Face, VerdictCache};
use lattice::Lattice;
pub use multiverse::{LogBins, MultiverseModel};
use neighbourhood::Neighbour;
use newton::{Counts, Fit, Newton};
use serde::Serialize;
use shortlist::ShortlistedModel;

use crate::histories::{Histories, Mask};
use crate::model::Model;
use crate::space::{Space, Weighing};
use crate::special::ln_gamma;

/// Above this many lists neighbours are ranked before they are fitted.
pub(crate) const RANKED_ABOVE: usize = 8;

/// An information criterion. Parameters at minus infinity count; the BIC's sample size is the number of persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// Akaike: two per parameter.
    Aic,
    /// Schwarz: `log n` per parameter.
    Bic,
}

impl Criterion {
    pub(crate) fn penalty(self, n: f64) -> f64 {
        match self {
            Self::Aic => 2.0,
            Self::Bic => n.ln(),
        }
    }
}

/// A table prepared for fitting: counts, the lattice of models, and verdicts already reached.
#[derive(Debug)]
pub struct Engine {
    pub(crate) histories: Histories,
    pub(crate) counts: Counts,
    pub(crate) lattice: Option<Lattice>,
    pub(crate) cache: VerdictCache,
    /// Models among which replicates choose again, worked out once.
    pub(crate) shortlist: OnceLock<Vec<ShortlistedModel>>,
    /// The model space, worked out once.
    space: OnceLock<Space>,
    /// Models that a search beyond six lists met, by criterion, worked out once.
    pub(crate) met: [OnceLock<Vec<Neighbour>>; 2],
}

/// One fitted model with everything a table of results needs.
#[derive(Debug, Clone)]
pub struct ModelFit {
    /// The model.
    pub model: Model,
    /// Whether the numbers below mean anything.
    pub existence: Existence,
    /// Terms removed because their sufficient statistic is zero: parameters at minus infinity.
    pub removed: Vec<Mask>,
    /// Parameters by term, in the order of [`Model::terms`]; infinite where the likelihood rises that way without end, not a
    /// number where the data do not determine them.
    pub coefficients: Vec<f64>,
    /// Residual deviance.
    pub deviance: f64,
    /// Poisson log-likelihood, `log n!` included.
    pub log_likelihood: f64,
    /// Cells minus parameters; removed parameters count as parameters and their cells as cells.
    pub degrees_of_freedom: i64,
    /// `-2 log L + 2 r`, with `r` the parameters, removed ones included.
    pub aic: f64,
    /// `-2 log L + r log n`, with `n` persons.
    pub bic: f64,
    /// Estimated number of unseen persons, `exp(alpha(0))`.
    pub dark_figure: f64,
    /// Standard error of `alpha(0)`.
    pub log_dark_se: f64,
}

impl Engine {
    /// Prepares a table.
    pub fn new(histories: &Histories) -> Self {
        Self {
            histories: histories.clone(),
            counts: Counts::new(histories.dense()),
            lattice: Lattice::new(histories.t()),
            cache: VerdictCache::default(),
            shortlist: OnceLock::new(),
            space: OnceLock::new(),
            met: Default::default(),
        }
    }

    /// The table.
    pub fn histories(&self) -> &Histories {
        &self.histories
    }

    /// The space of all families of models on this table.
    pub fn space(&self) -> &Space {
        self.space.get_or_init(|| Space::explore(self, Weighing::default()))
    }

    /// Fits one model.
    ///
    /// ```
    /// use ijsberg_mse::histories::Histories;
    /// use ijsberg_mse::loglinear::Engine;
    /// use ijsberg_mse::loglinear::existence::Existence;
    /// use ijsberg_mse::model::Model;
    ///
    /// let names = ["a", "b"].map(String::from).to_vec();
    /// let table = Histories::new(names, [(0b01, 30), (0b10, 20), (0b11, 10)])?;
    /// let fit = Engine::new(&table).fit(&Model::independence(2));
    /// assert_eq!(fit.existence, Existence::Exists);
    /// // Two independent lists: 30 times 20 over 10.
    /// assert!((fit.dark_figure - 60.0).abs() < 1e-3);
    /// # Ok::<(), ijsberg_mse::histories::HistoriesError>(())
    /// ```
    pub fn fit(&self, model: &Model) -> ModelFit {
        let mut newton = Newton::default();
        let counts = &self.counts;
        let (existence, fit) = self.settled(model, &mut newton);
        let variance = newton.intercept_variance(counts, model.terms(), &fit);
        let r = model.parameters() as f64;
        let log_factorials: f64 = counts.cell.iter().map(|n| ln_gamma(n + 1.0)).sum();
        let log_likelihood = counts.saturated - log_factorials - 0.5 * fit.deviance;
        ModelFit {
            existence,
            removed: model
                .terms()
                .iter()
                .filter(|a| counts.sufficient[**a as usize] <= 0.0)
                .copied()
                .collect(),
            coefficients: self.coefficients(model, &fit),
            deviance: fit.deviance,
            log_likelihood,
            degrees_of_freedom: counts.cell.len() as i64 - 1 - model.parameters() as i64,
            aic: 2.0 * r - 2.0 * log_likelihood,
            bic: counts.n().ln() * r - 2.0 * log_likelihood,
            dark_figure: fit.dark_figure(),
            log_dark_se: variance.sqrt(),
            model: model.clone(),
        }
    }

    /// The fit of a model on its face, with whether it means anything.
    pub(crate) fn settled(&self, model: &Model, newton: &mut Newton) -> (Existence, Fit) {
        let mut fit = newton.fit(&self.counts, model.terms(), None);
        let existence = self.cache.settle(&self.counts, model.terms(), newton, &mut fit);
        (existence, fit)
    }

    /// The face of a model on which the table lies.
    pub fn face(&self, model: &Model) -> Face {
        Face::clone(&self.cache.face(&self.counts, model.terms()))
    }

    fn coefficients(&self, model: &Model, fit: &Fit) -> Vec<f64> {
        let fitted = model.terms().iter().map(|a| fit.alpha[*a as usize]);
        if fit.regular {
            return fitted.collect();
        }
        let support = self.counts.support();
        match existence::without_value(self.counts.t, &support, model.terms()) {
            Some(limits) => fitted.zip(limits).map(|(b, limit)| limit.unwrap_or(b)).collect(),
            None => vec![f64::NAN; model.parameters()],
        }
    }

    /// Estimated unseen persons under a model, without asking whether the estimate exists: for many tables near one for which that
    /// is known. The question takes far longer than the fit.
    pub fn dark_figure(&self, model: &Model) -> f64 {
        Newton::default().fit(&self.counts, model.terms(), None).dark_figure()
    }

    /// The model chosen by the published stepwise rule.
    pub fn stepwise(&self, threshold: f64) -> Model {
        stepwise::stepwise(&self.counts, threshold, &self.cache, &mut Newton::default())
    }
}
