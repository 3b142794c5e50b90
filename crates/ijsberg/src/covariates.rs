//! The part of `ijsberg estimate` that looks at covariates.

use std::path::PathBuf;

use crate::estimate::read_file;
use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::methods::covariates::COVARIATE_METHODS;
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_mse::strata::breakdown::{BreakdownSettings, breakdown};
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_report::covariates::Covariates;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::{CovariateChoices, CovariateError, Population, Table, stratify};

#[derive(Debug, Args)]
#[command(next_help_heading = "Covariates")]
pub(crate) struct CovariateArguments {
    /// Covariates to break the estimate down by, separated by commas [default: all; `none` for no breakdown].
    #[arg(long, value_delimiter = ',')]
    by: Vec<String>,
    /// A covariate that enters as a polynomial, such as year=2.
    #[arg(long, value_delimiter = ',')]
    polynomial: Vec<String>,
    /// Where a list did not operate, such as K:year=2015.
    #[arg(long, value_delimiter = ',')]
    inactive: Vec<String>,
    /// Largest terms: two lists or a list and a covariate, or one more.
    #[arg(long, value_enum, default_value_t = OrderArgument::Two)]
    order: OrderArgument,
    /// Where the search ends.
    #[arg(long, value_enum, default_value_t = CriterionArgument::Bic)]
    criterion: CriterionArgument,
    /// Average over the models near the one chosen.
    #[arg(long)]
    average: bool,
    /// Bootstrap replicates that choose again among models with covariates.
    #[arg(long, default_value_t = 200)]
    breakdown_replicates: usize,
    /// Inhabitants by covariates (a table with a column `population`), for rates per 100,000.
    #[arg(long)]
    population: Option<PathBuf>,
}

impl CovariateArguments {
    /// Whether covariates were asked for, rather than taken because they are there.
    pub(crate) fn asked(&self) -> bool {
        let by = self.by.iter().any(|n| n != "none");
        by || !self.inactive.is_empty() || self.population.is_some()
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OrderArgument {
    Two,
    Three,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CriterionArgument {
    Bic,
    /// Goes on from the best BIC to the best AIC.
    Aic,
}

fn asks_for_covariates(settings: &Settings) -> bool {
    settings.methods.iter().any(|m| COVARIATE_METHODS.contains(&m.as_str()))
}

/// Runs the search with covariates; `None` where the table has none or none is wanted.
pub(crate) fn run(
    arguments: &CovariateArguments,
    text: &Text,
    table: &Table,
    settings: &Settings,
    progress: &dyn Progress,
) -> anyhow::Result<Option<Covariates>> {
    if arguments.by.iter().any(|n| n == "none")
        || !settings.methods.is_empty() && arguments.by.is_empty() && !asks_for_covariates(settings)
    {
        return Ok(None);
    }
    let polynomial = arguments
        .polynomial
        .iter()
        .map(|p| {
            let parsed = p.split_once('=').and_then(|(name, d)| Some((name.to_owned(), d.parse().ok()?)));
            parsed
                .filter(|(_, d)| (1..=8).contains(d))
                .with_context(|| text.fill("argument-polynomial", &[("value", p.clone())]))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let choices =
        CovariateChoices { use_only: arguments.by.clone(), polynomial, inactive: arguments.inactive.clone() };
    let asked = arguments.asked();
    let table = match stratify(table, &choices) {
        Ok(table) => table,
        Err(CovariateError::None) if !asked => return Ok(None),
        // An identifier that nobody asked about must not stop the estimate of the whole.
        Err(CovariateError::Table(error)) if !asked => {
            let why = errors::covariate_error(text, &error.into());
            eprintln!("ijsberg: {}", text.fill("argument-no-breakdown", &[("why", why)]));
            return Ok(None);
        }
        Err(error) => bail!(errors::covariate_error(text, &error)),
    };
    let population = arguments
        .population
        .as_ref()
        .map(|path| {
            let bytes = read_file(text, path)?;
            Population::read(&bytes, &table)
                .map_err(|e| anyhow!("{}: {}", path.display(), errors::population_error(text, &e)))
        })
        .transpose()?;
    let settings = BreakdownSettings {
        rule: SearchRule {
            order: match arguments.order {
                OrderArgument::Two => Order::Two,
                OrderArgument::Three => Order::Three,
            },
            criterion: match arguments.criterion {
                CriterionArgument::Bic => Criterion::Bic,
                CriterionArgument::Aic => Criterion::Aic,
            },
            averaged: arguments.average,
        },
        replicates: arguments.breakdown_replicates,
        level: settings.level,
        seed: settings.seed,
    };
    progress.stage("covariates", settings.replicates as u64);
    let breakdown = breakdown(&table, &settings, &|| progress.tick());
    Ok(Some(Covariates { table, breakdown, settings, population }))
}
