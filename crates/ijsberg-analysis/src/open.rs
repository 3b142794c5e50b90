//! From people over several years to how many there are in each year and in all of them.

use ijsberg_mse::methods::Progress;
use ijsberg_mse::model::{Model, ModelError};
use ijsberg_mse::open::{NoOpen, OpenSettings, YearVariation, open};
use ijsberg_report::errors::model_error;
use ijsberg_report::open::{OpenPopulationReport, no_open, over_years_error};
use ijsberg_report::text::Text;
use ijsberg_tables::{OverYearsError, OverYearsTable};

use crate::Source;

/// What is asked of an open population beside the table.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenRequest {
    /// Whether the chance to stay varies by year.
    pub staying: YearVariation,
    /// A model of the lists within a year, by formula; chosen by BIC where there is none.
    pub model: Option<String>,
    /// Populations that are simulated.
    pub replicates: usize,
    /// Confidence level.
    pub level: f64,
    /// Seed of every random draw.
    pub seed: u64,
}

impl OpenRequest {
    /// The name of a setting that cannot be, and what was expected in words of `text`; `None` where all can.
    pub fn outside(&self, text: &Text) -> Option<(&'static str, String)> {
        let (level, replicates) = (self.level, self.replicates);
        if !(0.5..1.0).contains(&level) {
            return Some(("level", text.fill("argument-level", &[("value", level.to_string())])));
        }
        if replicates != 0 && !(50..=100_000).contains(&replicates) {
            let why = text.fill("argument-open-replicates", &[("value", replicates.to_string())]);
            return Some(("replicates", why));
        }
        None
    }
}

/// Why there is no estimate of an open population.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// The table cannot be read.
    #[error(transparent)]
    Table(#[from] OverYearsError),
    /// The formula is no model of these lists.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// There is no estimate.
    #[error(transparent)]
    None(#[from] NoOpen),
    /// The level is not between 0.5 and 1.
    #[error("the level {0} is not from 0.5 to below 1")]
    Level(f64),
}

impl OpenError {
    /// In the reader's language.
    pub fn in_words(&self, text: &Text) -> String {
        match self {
            Self::Table(e) => over_years_error(text, e),
            Self::Model(e) => model_error(text, e),
            Self::None(e) => no_open(text, e),
            Self::Level(x) => text.fill("argument-level", &[("value", x.to_string())]),
        }
    }
}

/// Works out how many people there are in each year and how many different ones in all years. `warn` receives what was left out, in words of `text`.
///
/// # Errors
/// See [`OpenError`].
pub fn open_population(
    source: &Source,
    input: &str,
    wanted: &OpenRequest,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<OpenPopulationReport, OpenError> {
    if !(0.5..1.0).contains(&wanted.level) {
        return Err(OpenError::Level(wanted.level));
    }
    let table = OverYearsTable::from_grid(&source.cells.clone().list())?;
    if !table.left.is_empty() {
        warn(text.fill("open-left", &[("columns", table.left.join(", "))]));
    }
    let lists = table.people.lists();
    let model = wanted.model.as_deref().map(|formula| Model::parse(formula, lists)).transpose()?;
    let asked = OpenSettings {
        staying: wanted.staying,
        model,
        replicates: wanted.replicates,
        level: wanted.level,
        seed: wanted.seed,
    };
    Ok(OpenPopulationReport {
        open: open(&table.people, &asked, progress)?,
        lists: lists.to_vec(),
        replicates: wanted.replicates,
        seed: wanted.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: input.to_owned(),
        sha256: source.sha256.clone(),
    })
}
