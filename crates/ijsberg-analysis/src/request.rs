//! What is asked of an analysis.

use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::methods::Settings;
use ijsberg_mse::strata::breakdown::BreakdownSettings;
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_tables::Choices;

/// All that determines an analysis together with the table.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// How to read the columns.
    pub choices: Choices,
    /// Methods, level, replicates and seed.
    pub settings: Settings,
    /// Share of the persons seen who do not belong to the population, least and most.
    pub over_coverage: Option<(f64, f64)>,
    /// What to break the estimate down by.
    pub covariates: CovariateRequest,
}

/// What to break the estimate down by, and how.
#[derive(Debug, Clone)]
pub struct CovariateRequest {
    /// Covariates to use; empty for all, `none` for no breakdown.
    pub by: Vec<String>,
    /// Covariates that are numbers, which the doubly robust methods take as they are.
    pub numeric: Vec<String>,
    /// Covariates that enter as a polynomial, with its degree.
    pub polynomial: Vec<(String, usize)>,
    /// Where a list did not operate, such as `K:year=2015`.
    pub inactive: Vec<String>,
    /// Largest terms.
    pub order: Order,
    /// Where the search ends.
    pub criterion: Criterion,
    /// Whether to average over the models near the one chosen.
    pub averaged: bool,
    /// Bootstrap replicates that choose again.
    pub replicates: usize,
    /// A table of inhabitants, for rates.
    pub population: Option<Vec<u8>>,
}

impl Default for CovariateRequest {
    fn default() -> Self {
        Self {
            by: Vec::new(),
            numeric: Vec::new(),
            polynomial: Vec::new(),
            inactive: Vec::new(),
            order: Order::Two,
            criterion: Criterion::Bic,
            averaged: false,
            replicates: 200,
            population: None,
        }
    }
}

impl CovariateRequest {
    /// Whether covariates were asked for, rather than taken because they are there.
    pub fn asked(&self) -> bool {
        let by = self.by.iter().any(|n| n != "none");
        by || !self.numeric.is_empty() || !self.inactive.is_empty() || self.population.is_some()
    }
}

impl Request {
    /// Settings of the search with covariates.
    pub fn breakdown_settings(&self) -> BreakdownSettings {
        BreakdownSettings {
            rule: SearchRule {
                order: self.covariates.order,
                criterion: self.covariates.criterion,
                averaged: self.covariates.averaged,
            },
            replicates: self.covariates.replicates,
            level: self.settings.level,
            seed: self.settings.seed,
        }
    }
}
