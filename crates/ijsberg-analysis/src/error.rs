//! Why there is no analysis, in the reader's language.

use ijsberg_mse::design::NoPlan;
use ijsberg_mse::method::{Method, UnknownMethod};
use ijsberg_mse::timely::{MOST_LISTS, NoNowcast};
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::{CovariateError, PopulationError, ReadError};

/// Why there is no analysis.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The table cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A formula is no model of these lists.
    #[error(transparent)]
    Model(#[from] ijsberg_mse::model::ModelError),
    /// The covariates do not fit.
    #[error(transparent)]
    Covariates(#[from] CovariateError),
    /// The inhabitants do not fit.
    #[error(transparent)]
    Population(#[from] PopulationError),
    /// Not a method.
    #[error(transparent)]
    Method(#[from] UnknownMethod),
    /// The level is not between 0.5 and 1.
    #[error("the level {0} is not from 0.5 to below 1")]
    Level(f64),
    /// The threshold is not between 0 and 1.
    #[error("the threshold {0} is not from 0 to 1")]
    Threshold(f64),
    /// Too many lists to choose again among all models.
    #[error("{found} lists, and all models are searched for at most {most}")]
    Lists {
        /// Lists that there are.
        found: usize,
        /// The most.
        most: usize,
    },
    /// No list of the table is called as the random sample is.
    #[error("no list is called {name}; the lists are {lists}")]
    NoAnchor {
        /// The name that was given.
        name: String,
        /// The lists that there are.
        lists: String,
    },
    /// What was said of the random sample cannot be so.
    #[error("what is said of the random sample {name} does not fit the table")]
    Anchor {
        /// Its name.
        name: String,
    },
    /// No list of the table is called as one of the identifying lists is.
    #[error("no list is called {name}; the lists are {lists}")]
    NoIdentifying {
        /// The name that was given.
        name: String,
        /// The lists that there are.
        lists: String,
    },
    /// Fewer than two identifying lists.
    #[error("at least two identifying lists are needed; the lists are {lists}")]
    FewIdentifying {
        /// The lists that there are.
        lists: String,
    },
    /// There is no plan for a better answer.
    #[error(transparent)]
    Design(#[from] NoPlan),
    /// Counts of times seen have no lists to change.
    #[error("counts of times seen have no lists to change")]
    DesignOfCounts,
    /// There is no preliminary figure.
    #[error(transparent)]
    Nowcast(#[from] NoNowcast),
    /// Counts of times seen have no list that is late.
    #[error("counts of times seen have no list that is late")]
    NowcastOfCounts,
    /// A preliminary figure is made from one table, not from draws of a linkage.
    #[error("a preliminary figure is made from one table, not from draws")]
    NowcastOfDraws,
    /// There is no earlier year.
    #[error("the column {column} holds one year only")]
    NowcastOfOneYear {
        /// The column with the year.
        column: String,
    },
}

impl AnalysisError {
    /// What went wrong in the reader's language.
    pub fn in_words(&self, text: &Text) -> String {
        match self {
            Self::Read(e) => errors::read_error(text, e),
            Self::Model(e) => errors::model_error(text, e),
            Self::Covariates(e) => errors::covariate_error(text, e),
            Self::Population(e) => errors::population_error(text, e),
            Self::Method(UnknownMethod(name)) => {
                text.fill("argument-method", &[("value", name.clone()), ("known", Method::known())])
            }
            Self::Level(x) => text.fill("argument-level", &[("value", x.to_string())]),
            Self::Threshold(x) => text.fill("argument-threshold", &[("value", x.to_string())]),
            Self::Lists { found, most } => {
                text.fill("argument-reselect", &[("most", most.to_string()), ("found", found.to_string())])
            }
            Self::NoAnchor { name, lists } => {
                text.fill("argument-anchor-list", &[("value", name.clone()), ("lists", lists.clone())])
            }
            Self::Anchor { name } => text.fill("argument-anchor-fit", &[("value", name.clone())]),
            Self::NoIdentifying { name, lists } => {
                text.fill("argument-identifying", &[("value", name.clone()), ("lists", lists.clone())])
            }
            Self::FewIdentifying { lists } => {
                text.fill("argument-identifying-few", &[("lists", lists.clone())])
            }
            Self::Design(e) => no_plan(text, *e),
            Self::DesignOfCounts => text.say("argument-design-counts"),
            Self::Nowcast(e) => no_nowcast(text, e),
            Self::NowcastOfCounts => text.say("argument-nowcast-counts"),
            Self::NowcastOfDraws => text.say("argument-nowcast-draws"),
            Self::NowcastOfOneYear { column } => {
                text.fill("argument-nowcast-years", &[("column", column.clone())])
            }
        }
    }
}

/// Why there is no plan, in the reader's language.
fn no_plan(text: &Text, error: NoPlan) -> String {
    match error {
        NoPlan::NothingExists => text.say("argument-design-nothing"),
        NoPlan::LittleOverlap { overlap } => {
            text.fill("argument-design-overlap", &[("overlap", overlap.to_string())])
        }
        NoPlan::TooManyLists { found, most } => {
            text.fill("argument-design-lists", &[("found", found.to_string()), ("most", most.to_string())])
        }
    }
}

/// Why there is no preliminary figure, in the reader's language.
fn no_nowcast(text: &Text, error: &NoNowcast) -> String {
    match error {
        NoNowcast::NoSuchList { name, lists } => {
            text.fill("argument-nowcast-list", &[("value", name.clone()), ("lists", lists.clone())])
        }
        NoNowcast::TooFewLists { found } => {
            text.fill("argument-nowcast-few", &[("found", found.to_string())])
        }
        NoNowcast::TooManyLists { found } => text
            .fill("argument-nowcast-many", &[("found", found.to_string()), ("most", MOST_LISTS.to_string())]),
        NoNowcast::NoEarlierYear { year, list } => {
            text.fill("argument-nowcast-earlier", &[("year", year.clone()), ("list", list.clone())])
        }
        NoNowcast::EmptyList { list, year } => {
            text.fill("argument-nowcast-empty", &[("year", year.clone()), ("list", list.clone())])
        }
        NoNowcast::NothingExists => text.say("argument-nowcast-nothing"),
    }
}
