//! The methods that take covariates, as estimates of the total.

use super::{Progress, Settings, posterior};
use crate::bayes::covariates::{Variance, average};
use crate::doubly_robust;
use crate::estimate::{Basis, Estimate, Note, Outcome};
use crate::latent_ml;
use crate::method::Method;
use crate::strata::breakdown::Breakdown;
use crate::strata::table::StratifiedTable;

/// Bootstrap replicates of latent classes, which cost more than those of other methods.
const MOST_REPLICATES: usize = 200;

/// The methods that take covariates which are numbers, on a table that may hold some.
pub fn with_numbers(table: &StratifiedTable, settings: &Settings) -> Vec<Estimate> {
    let mut all = doubly_robust::estimates(table, settings.level, settings.seed);
    all.retain(|e| settings.wants(e.method));
    // Where lists are chosen, their estimate is given whichever methods are named.
    all.extend(settings.identifying.iter().map(|c| c.estimate(table, settings.level, settings.seed)));
    all
}

/// Runs the wanted methods on a table with covariates; `numbers` is the table of the same persons with covariates that are
/// numbers too, where there are any, and `breakdown` the result of the search, where it was made.
pub fn run(
    table: &StratifiedTable,
    numbers: Option<&StratifiedTable>,
    breakdown: Option<&Breakdown>,
    settings: &Settings,
    progress: &dyn Progress,
) -> Vec<Estimate> {
    let n = table.n().round() as u64;
    let mut all = Vec::new();
    if settings.wants(Method::BayesCovariates) {
        all.push(bayes(table, settings.level));
    }
    if settings.wants(Method::LatentClassCovariates) {
        let id = Method::LatentClassCovariates;
        let data = latent_ml::Data::stratified(table);
        let count = settings.replicates.min(MOST_REPLICATES);
        progress.stage("latent-classes", count as u64);
        let tick = || progress.tick();
        all.push(posterior::latent_classes(id, n, &data, count, settings.level, settings.seed, &tick));
    }
    all.extend(with_numbers(numbers.unwrap_or(table), settings));
    if settings.wants(Method::LogLinearCovariates) {
        all.extend(breakdown.map(|b| b.estimate(table, settings.level)));
    }
    all
}

fn bayes(table: &StratifiedTable, level: f64) -> Estimate {
    let id = Method::BayesCovariates;
    let n = table.n().round() as u64;
    let Some(p) = average(table, Variance::InverseGamma) else {
        return Estimate::none(id, n, Outcome::NotApplicable);
    };
    let mut e = posterior::of_distribution(id, n, &p.size, level);
    let names: Vec<&str> = table
        .lists()
        .iter()
        .map(String::as_str)
        .chain(table.covariates().iter().map(|c| c.name.as_str()))
        .collect();
    let formula = |terms: &[(usize, usize)]| {
        let term = |(a, b): &(usize, usize)| format!("{}:{}", names[*a], names[*b]);
        terms.iter().map(term).collect::<Vec<_>>().join(" + ")
    };
    e.model = p.models.first().map(|m| Basis::BestOfModels(p.models.len(), formula(&m.0)));
    e.notes.push(if p.complete { Note::AveragedOverModels } else { Note::LocalSearch });
    e
}
