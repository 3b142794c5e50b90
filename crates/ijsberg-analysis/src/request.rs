//! What is asked of an analysis.

use ijsberg_mse::evidence::NamedEstimate;
use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::methods::Settings;
use ijsberg_mse::strata::breakdown::BreakdownSettings;
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_mse::verdict::HeadlineSettings;
use ijsberg_mse::verdict::bound::Allowance;
use ijsberg_tables::Choices;

use crate::Input;

/// All that determines an analysis together with the table.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// How to read the columns.
    pub choices: Choices,
    /// Methods, level, replicates and seed.
    pub settings: Settings,
    /// Share of the persons seen who do not belong to the population, least and most.
    pub over_coverage: Option<(f64, f64)>,
    /// Share of the links between a person's entries that were missed, for the bound.
    pub missed_links: f64,
    /// What to break the estimate down by.
    pub covariates: CovariateRequest,
    /// Estimates from elsewhere to put beside that of the table.
    pub evidence: Vec<NamedEstimate>,
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
    pub population: Option<Input<'static>>,
    /// Whether to estimate small groups that lean on one another, beside the breakdown.
    pub small: bool,
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
            small: false,
        }
    }
}

impl CovariateRequest {
    /// Whether covariates were asked for, rather than taken because they are there.
    pub fn asked(&self) -> bool {
        let by = self.by.iter().any(|n| n != "none");
        by || !self.numeric.is_empty() || !self.inactive.is_empty() || self.population.is_some() || self.small
    }
}

impl Request {
    /// What is asked of the headline. The bound allows for the most over-coverage that was named.
    pub fn asked(&self, level: f64, seed: u64) -> HeadlineSettings {
        let over_coverage = self.over_coverage.map_or(0.0, |c| c.1);
        HeadlineSettings {
            level,
            seed,
            allowance: Allowance { over_coverage, missed_links: self.missed_links },
            what_if: true,
            anchor: self.settings.anchor.clone(),
        }
    }

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
