//! What a breakdown by covariates is made of: the levels and the numbers of a table, as they are asked for or found.

use ijsberg_mse::histories::Histories;
use ijsberg_mse::methods::Progress;
use ijsberg_mse::shrinkage::{ShrinkageSettings, SmallGroups, small_groups, ticks};
use ijsberg_mse::strata::breakdown::{BreakdownSettings, breakdown};
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::table::{Scale, StratifiedTable};
use ijsberg_report::covariates::Covariates;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::{
    CovariateChoices, CovariateError, Population, PopulationError, Table, numbers, stratify, with_numbers,
};

use crate::Input;
use crate::error::AnalysisError;
use crate::request::{CovariateRequest, Request};

/// What is said of the covariates.
fn choices_of(wanted: &CovariateRequest) -> CovariateChoices {
    CovariateChoices {
        use_only: wanted.by.clone(),
        numeric: wanted.numeric.clone(),
        polynomial: wanted.polynomial.clone(),
        inactive: wanted.inactive.clone(),
    }
}

/// Whether covariates are left aside.
fn without_covariates(request: &Request) -> bool {
    let (wanted, settings) = (&request.covariates, &request.settings);
    let by_method = wanted.small
        || settings.identifying.is_some()
        || settings.methods.iter().any(|m| m.takes_covariates());
    wanted.by.iter().any(|n| n == "none")
        || !settings.methods.is_empty() && wanted.by.is_empty() && !by_method
}

/// The table with covariates that are numbers; `None` where there are none.
pub(crate) fn measurements(
    table: &Table,
    request: &Request,
    text: &Text,
    warn: &mut dyn FnMut(String),
) -> Result<Option<StratifiedTable>, AnalysisError> {
    let choices = choices_of(&request.covariates);
    let found = numbers(table, &choices);
    if found.is_empty() || without_covariates(request) {
        return Ok(None);
    }
    match with_numbers(table, &choices) {
        Ok(table) => {
            warn(text.fill("argument-numbers", &[("names", found.join(", "))]));
            Ok(Some(table))
        }
        Err(CovariateError::Table(error)) if !request.covariates.asked() => {
            let why = errors::covariate_error(text, &error.into());
            warn(text.fill("argument-no-breakdown", &[("why", why)]));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// A table as one of which nothing is known but who is on which lists.
pub(crate) fn bare(h: &Histories) -> Result<StratifiedTable, AnalysisError> {
    let rows = h.cells().iter().map(|(history, count)| (*history, Vec::new(), *count));
    let table = StratifiedTable::new(h.lists().to_vec(), Vec::new(), rows, Vec::new());
    Ok(table.map_err(CovariateError::from)?)
}

/// Draws of the estimates of small groups.
const SMALL_DRAWS: usize = 4000;

/// Small groups that lean on one another, with the same rule, level and seed as the breakdown.
fn of_small_groups(
    table: &StratifiedTable,
    settings: &BreakdownSettings,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Option<SmallGroups> {
    let BreakdownSettings { rule, level, seed, .. } = *settings;
    let polynomial = table.covariates().iter().any(|c| matches!(c.scale, Scale::Polynomial(_)));
    if rule.order == Order::Three || rule.averaged || polynomial {
        warn(text.say("argument-small-groups-model"));
    }
    progress.stage("small-groups", ticks(table));
    let asked = ShrinkageSettings { rule, draws: SMALL_DRAWS, level, seed };
    let found = small_groups(table, &asked, &|| progress.tick());
    if found.is_none() {
        warn(text.say("argument-small-groups"));
    }
    found
}

fn inhabitants(given: &Input<'_>, table: &StratifiedTable) -> Result<Population, PopulationError> {
    Population::of_grid(&given.cells()?.into_owned().grid(), table)
}

/// The search with covariates; `None` where the table has none or none is wanted.
pub(crate) fn covariates(
    table: &Table,
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Option<Covariates>, AnalysisError> {
    let wanted = &request.covariates;
    let mut no_groups = || {
        if wanted.small {
            warn(text.say("argument-small-groups-none"));
        }
    };
    if without_covariates(request) {
        no_groups();
        return Ok(None);
    }
    let choices = choices_of(wanted);
    // Where all that is asked for are numbers, there is nothing to break the estimate down by.
    let asked = wanted.asked();
    let only_numbers = !numbers(table, &choices).is_empty();
    let table = match stratify(table, &choices) {
        Ok(table) => table,
        Err(CovariateError::None) if !asked || only_numbers => {
            no_groups();
            return Ok(None);
        }
        // An identifier that nobody asked about must not stop the estimate of the whole.
        Err(CovariateError::Table(error)) if !asked => {
            let why = errors::covariate_error(text, &error.into());
            warn(text.fill("argument-no-breakdown", &[("why", why)]));
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let population = wanted.population.as_ref().map(|given| inhabitants(given, &table)).transpose()?;
    let settings = request.breakdown_settings();
    progress.stage("covariates", settings.replicates as u64);
    let breakdown = breakdown(&table, &settings, &|| progress.tick());
    let small = if wanted.small { of_small_groups(&table, &settings, text, progress, warn) } else { None };
    Ok(Some(Covariates { table, breakdown, settings, population, draws: 1, small }))
}
