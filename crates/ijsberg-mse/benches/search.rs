//! Hot paths: visiting all models, finding the best, bootstrapping with re-selection, posteriors, covariates.

use divan::Bencher;
use ijsberg_mse::bayes::decomposable;
use ijsberg_mse::bayes::latent_class::{Sampling, sample};
use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::selection::{Reselect, Selection};
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::resample::{Scheme, bootstrap};
use ijsberg_mse::strata::breakdown::{BreakdownSettings, breakdown};
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_mse::strata::table::{Covariate, StratifiedTable};

fn main() {
    divan::main();
}

fn table(file: &str) -> Histories {
    let path = format!("{}/../../data/{file}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the table is part of the project");
    let mut lines = text.lines();
    let header: Vec<String> = lines.next().unwrap_or_default().split(',').map(String::from).collect();
    let t = header.len() - 1;
    let cells = lines.map(|line| {
        let v: Vec<u64> = line.split(',').map(|x| x.parse().expect("a count")).collect();
        ((0..t).fold(0, |m: Mask, j| m | (v[j] as Mask) << j), v[t])
    });
    Histories::new(header[..t].to_vec(), cells).expect("a valid table")
}

/// All 6,893 hierarchical models of five lists, each with its verdict on existence.
#[divan::bench(sample_count = 20)]
fn all_five_list_models(bencher: Bencher<'_, '_>) {
    let h = table("united-kingdom-2013-five-lists");
    bencher.bench(|| Engine::new(&h).all_models(4, 60));
}

/// All 7,785,061 hierarchical models of six lists, each with its verdict on existence.
#[divan::bench(sample_count = 1)]
fn all_six_list_models(bencher: Bencher<'_, '_>) {
    let h = table("netherlands-2010-2015");
    bencher.bench(|| Engine::new(&h).all_models(5, 60));
}

/// The proven best of the same 7,785,061 by branch and bound.
#[divan::bench(sample_count = 20)]
fn best_six_list_model(bencher: Bencher<'_, '_>) {
    let h = table("netherlands-2010-2015");
    bencher.bench(|| Engine::new(&h).near_best(Criterion::Bic, 0.0));
}

/// 1,000 replicates that each choose again over all 6,893 five-list models.
#[divan::bench(sample_count = 3)]
fn bootstrap_over_all_five_list_models(bencher: Bencher<'_, '_>) {
    let engine = Engine::new(&table("united-kingdom-2013-five-lists"));
    let rule = [Selection::Best(Criterion::Bic)];
    bencher.bench(|| bootstrap(&engine, &rule, Reselect::All, Scheme::Nonparametric, None, 1000, 1, &|| {}));
}

/// The 822 decomposable graphs of five lists, averaged on an adaptive grid.
#[divan::bench(sample_count = 20)]
fn decomposable_average_five_lists(bencher: Bencher<'_, '_>) {
    let h = table("united-kingdom-2013-five-lists");
    bencher.bench(|| decomposable::average(&h, 1.0 / 32.0));
}

/// The 617,675 decomposable graphs of seven lists: New Orleans without its last list.
#[divan::bench(sample_count = 1)]
fn decomposable_average_seven_lists(bencher: Bencher<'_, '_>) {
    let h = table("new-orleans-2016").without_list(7).expect("seven lists");
    bencher.bench(|| decomposable::average(&h, 1.0 / 128.0));
}

/// Latent classes on the Dutch table until R-hat is below 1.01 and 1,000 draws are effective.
#[divan::bench(sample_count = 1)]
fn latent_classes_of_the_dutch_table(bencher: Bencher<'_, '_>) {
    let h = table("netherlands-2010-2015");
    bencher.bench(|| {
        let p = sample(&h, &Sampling::default(), &|| {});
        assert!(p.convergence.passed() && p.convergence.ess_bulk > 1000.0, "{:?}", p.convergence);
    });
}

/// Six lists, five covariates, six years: the search, and 200 replicates that each search again.
#[divan::bench(sample_count = 3)]
fn covariate_search_with_200_replicates(bencher: Bencher<'_, '_>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/netherlands-synthetic.csv");
    let text = std::fs::read_to_string(path).expect("the table is part of the project");
    let body: Vec<Vec<&str>> = text.lines().map(|l| l.split(',').collect()).collect();
    let covariates: Vec<Covariate> =
        (6..11).map(|c| Covariate::from_values(body[0][c], body[1..].iter().map(|r| r[c]))).collect();
    let rows = body[1..].iter().map(|r| {
        let history = (0..6).fold(0, |m: Mask, j| m | Mask::from(r[j] == "1") << j);
        let level = |(c, v): (&Covariate, &&str)| c.levels.iter().position(|l| l == v);
        (history, covariates.iter().zip(&r[6..]).map(level).collect(), 1)
    });
    let rows: Vec<_> = rows.collect();
    let lists = body[0][..6].iter().map(|s| (*s).to_owned()).collect();
    let table = StratifiedTable::new(lists, covariates.clone(), rows, Vec::new()).expect("a valid table");
    let rule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };
    let settings = BreakdownSettings { rule, replicates: 200, level: 0.95, seed: 1 };
    bencher.bench(|| breakdown(&table, &settings, &|| {}));
}
