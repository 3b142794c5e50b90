//! Settings and results for an open population.

use serde::Serialize;

use super::again::SeenAgain;
use crate::methods::Settings;
use crate::model::Model;

/// Whether a chance is the same in all years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum YearVariation {
    /// One for each year.
    ByYear,
    /// One for all years.
    Same,
}

impl YearVariation {
    /// As it is written.
    pub fn id(self) -> &'static str {
        match self {
            Self::ByYear => "by-year",
            Self::Same => "same",
        }
    }
}

/// What is asked beside the people.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenSettings {
    /// Whether the chance to stay varies by step between years.
    pub staying: YearVariation,
    /// The model of the lists within a year; chosen by BIC, summed over years, where it is not given.
    pub model: Option<Model>,
    /// Populations that are simulated.
    pub replicates: usize,
    /// Confidence level.
    pub level: f64,
    /// Seed of every random draw.
    pub seed: u64,
}

impl Default for OpenSettings {
    fn default() -> Self {
        let Settings { level, seed, .. } = Settings::default();
        Self { staying: YearVariation::ByYear, model: None, replicates: 400, level, seed }
    }
}

/// Limits on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// An estimate with its interval; `None` where nothing was simulated, or too many simulated populations had no estimate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// The estimate.
    pub estimate: f64,
    /// Its interval.
    pub interval: Option<Interval>,
}

/// One year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpenYear {
    /// The year.
    pub year: String,
    /// People on a list.
    pub seen: u64,
    /// Those of them who were on none in an earlier year.
    pub new: u64,
    /// Lists with people on them.
    pub lists: usize,
    /// People in the year, from all years together.
    pub people: Figure,
    /// The same from the lists of this year alone.
    pub alone: Figure,
    /// People who entered in the year; in the first year, those who were there.
    pub entered: Figure,
    /// The chance that a person of this year is on a list.
    pub coverage: Figure,
}

/// One step between years.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stay {
    /// The year before.
    pub from: String,
    /// The year after.
    pub to: String,
    /// People seen up to the first and again from the second.
    pub returns: u64,
    /// The chance that a person of the first year is still there in the second.
    pub staying: Figure,
}

/// Whether people return as the lists of each year let expect: twice the log-likelihood that is lost when returns and lists have one
/// coverage between them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// The likelihood ratio.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// Chance of as large a one where they agree.
    pub p: f64,
}

/// An open population.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Open {
    /// The model of the lists within a year, in list names.
    pub model: String,
    /// Whether the chance to stay varies.
    pub staying: YearVariation,
    /// Different people seen.
    pub seen: u64,
    /// Different people who were there in any of the years, seen or not: all who entered.
    pub people: Figure,
    /// The numbers of all years added up: a person who is there in three years counts three times.
    pub person_years: Figure,
    /// Years that a person is there, of those that the table is about.
    pub years_each: Figure,
    /// The years.
    pub years: Vec<OpenYear>,
    /// The steps between them.
    pub steps: Vec<Stay>,
    /// Whether returns and lists agree.
    pub agreement: Agreement,
    /// Whether those who are seen again are those that the model expects.
    pub seen_again: SeenAgain,
    /// Confidence level.
    pub level: f64,
    /// Simulated populations that had no estimate, or one that cannot be.
    pub failed: usize,
}
