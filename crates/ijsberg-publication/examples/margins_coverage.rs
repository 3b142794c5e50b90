//! Does the estimate from protected margins still hold the truth? Tables are drawn from the model of the synthetic Dutch one, each with
//! a key of its own, and estimated with noise and without.
//!
//! `cargo run --release -p ijsberg-publication --example margins_coverage -- 100`

use std::collections::BTreeMap;

use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_mse::strata::breakdown::{BreakdownSettings, Size, breakdown, chosen};
use ijsberg_mse::strata::margins::Margins;
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_mse::strata::table::{Row, StratifiedTable};
use ijsberg_publication::covariates::with_covariates;
use ijsberg_publication::estimate::LEVEL;
use ijsberg_publication::source::Source;
use ijsberg_tables::{Choices, CovariateChoices, read, stratify};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::Distribution;
use rand_distr::weighted::WeightedIndex;

const TABLE: &str = include_str!("../../../data/netherlands-synthetic.csv");
const RULE: SearchRule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };

/// Size and limits by part.
type Sizes = BTreeMap<Vec<(String, String)>, (f64, (f64, f64))>;

fn stratified(table: &str) -> StratifiedTable {
    let read = read(table.as_bytes(), &Choices::default()).expect("a table");
    let choices = CovariateChoices {
        use_only: ["year", "sex", "age", "nationality", "form"].map(str::to_owned).to_vec(),
        ..CovariateChoices::default()
    };
    stratify(&read, &choices).expect("covariates")
}

fn without_noise(table: &str, replicates: usize) -> Sizes {
    let table = stratified(table);
    let settings = BreakdownSettings { rule: RULE, replicates, level: LEVEL, seed: 1 };
    let found = breakdown(&table, &settings, &|| {});
    let name = |(c, l): &(usize, usize)| {
        (table.covariates()[*c].name.clone(), table.covariates()[*c].levels[*l].clone())
    };
    let size = |s: &Size| {
        let limits = s.limits.unwrap_or((s.n_hat, s.n_hat));
        (s.part.iter().map(name).collect(), (s.n_hat, limits))
    };
    found.sizes.iter().map(size).collect()
}

fn with_noise(table: &str, key: &str) -> Option<Sizes> {
    let read = read(table.as_bytes(), &Choices::default()).expect("a table");
    let source = Source::from_table(&read, 2010..=2015, key.as_bytes())?;
    let noise = Perturbation::new(Noise::default()).expect("the usual noise");
    let settings = Settings::default();
    let c = with_covariates((&source, None), &noise, &settings, |_, _| true, &Silent).ok()?;
    Some(c.parts.into_iter().map(|p| (p.part, (p.n_hat, p.limits))).collect())
}

/// Everybody, or how many covariates define a part.
fn kind(part: &[(String, String)]) -> &'static str {
    match part {
        [] => "everybody",
        [(name, _)] if name == "year" => "years",
        [_] => "levels",
        _ => "pairs of levels",
    }
}

fn main() {
    let draws: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100);
    let truth = without_noise(TABLE, 0);
    let table = stratified(TABLE);
    let model = chosen(&table, RULE).1.pop().expect("a model").fit.model;
    let expected = Margins::for_model(&table, &model).expected().expect("an estimate");
    let among = WeightedIndex::new(expected.rows().iter().map(|r| r.count)).expect("persons");
    let names = expected.covariates().iter().map(|c| c.name.as_str());
    let header: Vec<&str> = expected.lists().iter().map(String::as_str).chain(names).collect();
    let person = |row: &Row| {
        let lists = (0..expected.lists().len()).map(|j| (row.history >> j & 1).to_string());
        let levels = row.levels.iter().zip(expected.covariates());
        let levels = levels.map(|(l, c)| l.map(|l| c.levels[l].clone()).unwrap_or_default());
        lists.chain(levels).collect::<Vec<_>>().join(",")
    };
    // By kind and whether there was noise: parts, those whose interval holds the truth, squared errors and widths of logarithms.
    let mut found: BTreeMap<(&str, bool), (f64, f64, f64, f64)> = BTreeMap::new();
    let mut none = 0;
    for draw in 0..draws {
        let mut random = ChaCha8Rng::seed_from_u64(draw as u64);
        let drawn =
            (0..expected.n().round() as u64).map(|_| person(&expected.rows()[among.sample(&mut random)]));
        let table = drawn.fold(header.join(","), |all, person| all + "\n" + &person);
        let protected = with_noise(&table, &format!("a key that is kept from year to year {draw}"));
        none += usize::from(protected.is_none());
        let exact = without_noise(&table, 200);
        for (noisy, sizes) in [(false, Some(exact)), (true, protected)] {
            for (part, (n_hat, (low, high))) in sizes.into_iter().flatten() {
                let Some((true_n, _)) = truth.get(&part) else { continue };
                let of = found.entry((kind(&part), noisy)).or_default();
                of.0 += 1.0;
                of.1 += f64::from(low <= *true_n && *true_n <= high);
                of.2 += (n_hat / true_n).ln().powi(2);
                of.3 += (high / low).ln();
            }
        }
    }
    println!("{draws} draws, {none} without an estimate");
    println!("{:<16} {:>9} {:>7} {:>7} {:>7}", "part", "noise", "cover", "RMSE", "width");
    for ((kind, noisy), (n, held, squares, widths)) in found {
        let noise = if noisy { "yes" } else { "no" };
        let rmse = (squares / n).sqrt();
        println!("{kind:<16} {noise:>9} {:>7.2} {rmse:>7.3} {:>7.2}", held / n, widths / n);
    }
}
