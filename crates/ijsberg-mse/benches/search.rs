//! Hot paths: visiting all models, finding the best, bootstrapping with re-selection.

use divan::Bencher;
use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::selection::{Reselect, Selection};
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::resample::{Scheme, bootstrap};

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
