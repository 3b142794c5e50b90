//! A finished run with covariates: its table, its sizes, and what their parts are called.

use ijsberg_mse::shrinkage::SmallGroups;
use ijsberg_mse::strata::breakdown::{Breakdown, BreakdownSettings, Part, Size};
use ijsberg_mse::strata::table::StratifiedTable;
use ijsberg_tables::Population;
use serde_json::{Value, json};

use crate::text::Text;

/// Names under which a covariate is taken for the year.
pub const YEAR_NAMES: [&str; 3] = ["year", "jaar", "period"];

/// A finished run with covariates.
#[derive(Debug, Clone)]
pub struct Covariates {
    /// The table.
    pub table: StratifiedTable,
    /// What came out.
    pub breakdown: Breakdown,
    /// The settings.
    pub settings: BreakdownSettings,
    /// Inhabitants, for rates.
    pub population: Option<Population>,
    /// Tables that the sizes are averaged over: draws of a linkage or of hidden counts, and 1 where there is one table.
    pub draws: usize,
    /// Estimates of small groups that lean on one another, where somebody asked for them.
    pub small: Option<SmallGroups>,
}

impl Covariates {
    /// The covariate that is the year, if there is one.
    pub fn year(&self) -> Option<usize> {
        self.table.covariates().iter().position(|c| YEAR_NAMES.contains(&c.name.to_lowercase().as_str()))
    }

    /// Periods over which a part is spread: 1 when it is one year itself, or when there are no years.
    pub fn periods(&self, size: &Size) -> f64 {
        match self.year() {
            Some(y) if size.part.iter().all(|(c, _)| *c != y) => {
                self.table.covariates()[y].levels.len() as f64
            }
            _ => 1.0,
        }
    }

    /// Estimated persons a year for every 100,000 inhabitants.
    pub fn rate(&self, size: &Size) -> Option<f64> {
        let population = self.population.as_ref()?;
        let inhabitants = population.inhabitants(&size.part)?;
        let split_by_year = self.year().is_some_and(|y| population.covariates.contains(&y));
        let periods = if split_by_year { 1.0 } else { self.periods(size) };
        Some(1e5 * size.n_hat / (inhabitants * periods))
    }

    /// The levels that define a part, such as `foreign · other`.
    pub fn name(&self, text: &Text, size: &Size) -> String {
        self.part(text, &size.part)
    }

    /// The same for levels by themselves.
    pub(crate) fn part(&self, text: &Text, part: &Part) -> String {
        if part.is_empty() {
            return text.say("everybody");
        }
        let levels = part.iter().map(|(c, l)| self.table.covariates()[*c].levels[*l].as_str());
        levels.collect::<Vec<_>>().join(" · ")
    }

    /// Levels by the name of their covariate.
    pub(crate) fn levels(&self, part: &Part) -> serde_json::Map<String, Value> {
        let covariates = self.table.covariates();
        part.iter().map(|(c, l)| (covariates[*c].name.clone(), json!(covariates[*c].levels[*l]))).collect()
    }
}
