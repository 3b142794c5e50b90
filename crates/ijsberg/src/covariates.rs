//! The part of `ijsberg estimate` that looks at covariates.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use ijsberg_analysis::{CovariateRequest, Input};
use ijsberg_mse::doubly_robust::chosen::ChosenLists;
use ijsberg_mse::doubly_robust::learner::Learner;
use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::strata::model::Order;
use ijsberg_report::text::Text;

use crate::estimate::read_file;

#[derive(Debug, Args)]
pub(crate) struct CovariateArguments {
    /// Covariates to break the estimate down by, separated by commas [default: all; `none` for no breakdown].
    #[arg(long, value_delimiter = ',')]
    by: Vec<String>,
    /// Covariates that are numbers, such as an age or a distance, for the doubly robust methods [default: those with many
    /// values that are not whole].
    #[arg(long, value_delimiter = ',')]
    numeric: Vec<String>,
    /// A covariate that enters the model as a polynomial, such as year=2.
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
    /// Average over the models near the chosen one.
    #[arg(long)]
    average: bool,
    /// Bootstrap replicates that select again among models with covariates.
    #[arg(long, default_value_t = 200)]
    breakdown_replicates: usize,
    /// Estimate small groups too: each draws on the others as far as they are alike, and has a verdict of its own.
    #[arg(long)]
    small_groups: bool,
    /// Lists, at least two and separated by commas, that have no interaction of all of them together among people with the same covariates who are
    /// on none of the other lists.
    #[arg(long, value_name = "LISTS", value_delimiter = ',')]
    identifying: Vec<String>,
    /// How the probabilities of the identifying lists depend on covariates that are numbers [default: logistic].
    #[arg(long, value_enum, requires = "identifying")]
    learner: Option<LearnerArgument>,
    /// Inhabitants by covariates (a table with a column `population`), for rates per 100,000.
    #[arg(long)]
    population: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OrderArgument {
    Two,
    Three,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LearnerArgument {
    /// Straight lines on the scale of log odds.
    Logistic,
    /// Smooth curves: natural cubic splines.
    Spline,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CriterionArgument {
    Bic,
    /// Continues from the best BIC to the best AIC.
    Aic,
}

impl CovariateArguments {
    /// The lists whose interaction is assumed to be absent, where some are chosen.
    pub(crate) fn identifying(&self) -> Option<ChosenLists> {
        let learner = match self.learner {
            None | Some(LearnerArgument::Logistic) => Learner::Logistic,
            Some(LearnerArgument::Spline) => Learner::Spline,
        };
        (!self.identifying.is_empty()).then(|| ChosenLists { lists: self.identifying.clone(), learner })
    }

    /// What is asked of the analysis.
    pub(crate) fn request(&self, text: &Text) -> anyhow::Result<CovariateRequest> {
        let polynomial = |p: &String| {
            let parsed = p.split_once('=').and_then(|(name, d)| Some((name.to_owned(), d.parse().ok()?)));
            parsed
                .filter(|(_, d)| (1..=8).contains(d))
                .with_context(|| text.fill("argument-polynomial", &[("value", p.clone())]))
        };
        Ok(CovariateRequest {
            by: self.by.clone(),
            numeric: self.numeric.clone(),
            polynomial: self.polynomial.iter().map(polynomial).collect::<Result<_, _>>()?,
            inactive: self.inactive.clone(),
            order: match self.order {
                OrderArgument::Two => Order::Two,
                OrderArgument::Three => Order::Three,
            },
            criterion: match self.criterion {
                CriterionArgument::Bic => Criterion::Bic,
                CriterionArgument::Aic => Criterion::Aic,
            },
            averaged: self.average,
            replicates: self.breakdown_replicates,
            small: self.small_groups,
            population: self.population.as_ref().map(|p| read_file(text, p)).transpose()?.map(Input::from),
        })
    }
}
