//! Methods on many tables whose truth is known.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::designs::{Design, DesignTable};
use crate::chance::stream;
use crate::estimate::{Estimate, Outcome};
use crate::histories::Histories;
use crate::loglinear::{Criterion, Engine};
use crate::method::Method;
use crate::methods::{Settings, Silent, covariates, run};
use crate::strata::breakdown::{BreakdownSettings, breakdown};
use crate::strata::model::Order;
use crate::strata::search::SearchRule;
use crate::strata::table::StratifiedTable;

/// Fewest persons in a table that takes a list as the truth (Binette and Steorts 2022).
pub const FEWEST: u64 = 30;

/// What one method said of one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The design, or the table and the list that is the truth.
    pub design: String,
    /// Which draw; 0 for a list taken as the truth.
    pub draw: u64,
    /// The method.
    pub method: String,
    /// Persons there are.
    pub truth: u64,
    /// Persons seen.
    pub seen: u64,
    /// The estimate, if there is one.
    pub n_hat: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit; infinite when unbounded.
    pub upper: Option<f64>,
}

/// A part of a study: draws with `index % of == part`, so that parts can run on several machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// This part, from 0.
    pub part: u64,
    /// Number of parts.
    pub of: u64,
}

/// Runs methods on draws of a design. Draws and bootstraps depend on the seed and the number of the draw alone, so shards
/// put together are the whole study. `tick` is called once a draw.
pub fn simulate(
    design: &Design,
    draws: u64,
    shard: Shard,
    settings: &Settings,
    tick: &(dyn Fn() + Sync),
) -> Vec<Answer> {
    let wanted: Vec<u64> = (0..draws).filter(|d| d % shard.of == shard.part).collect();
    let answers: Vec<Vec<Answer>> = wanted
        .into_par_iter()
        .map(|draw| {
            let table = design.draw(&mut stream(settings.seed, draw));
            let settings = Settings { seed: settings.seed.wrapping_add(draw), ..settings.clone() };
            let answers = ask(&design.id, draw, design.truth(), table.as_ref(), &settings);
            tick();
            answers
        })
        .collect();
    answers.into_iter().flatten().collect()
}

/// Takes each list of a table as the truth: do the others, on the persons of that list, recover its size?
pub fn consistency(id: &str, h: &Histories, settings: &Settings) -> Vec<Answer> {
    (0..h.t())
        .into_par_iter()
        .filter_map(|j| {
            let within = h.within_list(j).ok().filter(|w| w.n() >= FEWEST)?;
            let design = format!("{id}: {}", h.lists()[j]);
            Some(ask(
                &design,
                0,
                h.list_size(j),
                Some(&DesignTable { histories: within, stratified: None }),
                settings,
            ))
        })
        .collect::<Vec<_>>()
        .into_iter()
        .flatten()
        .collect()
}

fn ask(design: &str, draw: u64, truth: u64, table: Option<&DesignTable>, settings: &Settings) -> Vec<Answer> {
    let blank = |method: Method| Answer {
        design: design.to_owned(),
        draw,
        method: method.to_string(),
        truth,
        seen: table.map_or(0, |d| d.histories.n()),
        n_hat: None,
        lower: None,
        upper: None,
    };
    let mut estimates =
        table.map_or_else(Vec::new, |d| run(&Engine::new(&d.histories), &[], settings, &Silent));
    estimates.extend(table.and_then(|d| d.stratified.as_ref()).map_or_else(Vec::new, |s| given(s, settings)));
    settings
        .methods
        .iter()
        .map(|method| {
            let Some(e) = estimates.iter().find(|e| e.method == *method && e.outcome == Outcome::Exists)
            else {
                return blank(*method);
            };
            Answer {
                n_hat: e.n_hat,
                lower: e.interval.map(|i| i.lower),
                upper: e.interval.map(|i| i.upper),
                ..blank(*method)
            }
        })
        .collect()
}

/// The methods with covariates.
fn given(table: &StratifiedTable, settings: &Settings) -> Vec<Estimate> {
    if !settings.methods.iter().any(|m| m.takes_covariates()) {
        return Vec::new();
    }
    let rule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };
    let search = settings.methods.contains(&Method::LogLinearCovariates).then(|| {
        let (replicates, level, seed) = (settings.replicates, settings.level, settings.seed);
        breakdown(table, &BreakdownSettings { rule, replicates, level, seed }, &|| ())
    });
    covariates::run(table, None, search.as_ref(), settings, &Silent)
}
