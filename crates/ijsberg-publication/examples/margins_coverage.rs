//! Does the estimate from protected margins still hold the truth? Persons are drawn one by one from the model of the synthetic Dutch
//! table, those on no list too, so that it is known how many there are of each part; whoever is on a list makes a table, which is
//! estimated with a key of its own, and without noise.
//!
//! `cargo run --release -p ijsberg-publication --example margins_coverage -- 100 [exact]`

use std::collections::BTreeMap;

use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_mse::strata::breakdown::{BreakdownSettings, Size, breakdown, chosen};
use ijsberg_mse::strata::fit::Fitter;
use ijsberg_mse::strata::margins::Margins;
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_mse::strata::table::{Covariate, Row, StratifiedTable};
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

/// Estimate and limits by part.
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
    let source = Source::of(&read, 2010..=2015, key.as_bytes())?;
    let noise = Perturbation::new(Noise::default()).expect("the usual noise");
    let settings = Settings::default();
    let c = with_covariates(&source, &noise, &settings, |_, _| true, &Silent).ok()?;
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

/// Persons whom nobody may ever have seen: a row and how many are expected, the history 0 for those on no list.
struct Population {
    lists: Vec<String>,
    covariates: Vec<Covariate>,
    rows: Vec<Row>,
    among: WeightedIndex<f64>,
    size: u64,
}

impl Population {
    fn of(table: &StratifiedTable) -> Self {
        let model = chosen(table, RULE).1.pop().expect("a model").fit.model;
        let expected = Margins::of(table, &model).expected().expect("an estimate");
        let fitter = Fitter::new(&expected);
        let unseen = fitter.fit(&model, None).unseen;
        let mut rows = expected.rows().to_vec();
        let none = |(levels, n): (&[usize], f64)| Row {
            history: 0,
            levels: levels.iter().copied().map(Some).collect(),
            count: n,
        };
        rows.extend(fitter.levels().zip(unseen).map(none));
        let size = rows.iter().map(|r| r.count).sum::<f64>().round() as u64;
        let among = WeightedIndex::new(rows.iter().map(|r| r.count)).expect("persons");
        Self {
            lists: expected.lists().to_vec(),
            covariates: expected.covariates().to_vec(),
            rows,
            among,
            size,
        }
    }

    /// A table of those who are on a list, and how many there are of each part, seen and unseen.
    fn draw(&self, seed: u64) -> (String, BTreeMap<Vec<(String, String)>, f64>) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let names = self.covariates.iter().map(|c| c.name.as_str());
        let header: Vec<&str> = self.lists.iter().map(String::as_str).chain(names).collect();
        let mut table = header.join(",");
        let mut truth: BTreeMap<Vec<(String, String)>, f64> = BTreeMap::new();
        for _ in 0..self.size {
            let row = &self.rows[self.among.sample(&mut random)];
            let level = |(l, c): (&Option<usize>, &Covariate)| {
                (c.name.clone(), l.map(|l| c.levels[l].clone()).unwrap_or_default())
            };
            let levels: Vec<(String, String)> = row.levels.iter().zip(&self.covariates).map(level).collect();
            *truth.entry(Vec::new()).or_default() += 1.0;
            for (i, one) in levels.iter().enumerate() {
                *truth.entry(vec![one.clone()]).or_default() += 1.0;
                for two in &levels[i + 1..] {
                    *truth.entry(vec![one.clone(), two.clone()]).or_default() += 1.0;
                }
            }
            if row.history > 0 {
                let on = (0..self.lists.len()).map(|j| (row.history >> j & 1).to_string());
                table =
                    table + "\n" + &on.chain(levels.into_iter().map(|l| l.1)).collect::<Vec<_>>().join(",");
            }
        }
        (table, truth)
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let draws: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(100);
    let with_exact = arguments.next().is_some_and(|a| a == "exact");
    let population = Population::of(&stratified(TABLE));
    // By kind and whether there was noise: parts, those whose interval holds the truth, squared errors and widths of logarithms.
    let mut found: BTreeMap<(&str, bool), (f64, f64, f64, f64)> = BTreeMap::new();
    let mut none = 0;
    for draw in 0..draws {
        let (table, truth) = population.draw(draw as u64);
        let protected = with_noise(&table, &format!("a key that is kept from year to year {draw}"));
        none += usize::from(protected.is_none());
        let exact = with_exact.then(|| without_noise(&table, 200));
        for (noisy, sizes) in [(false, exact), (true, protected)] {
            for (part, (n_hat, (low, high))) in sizes.into_iter().flatten() {
                let Some(true_n) = truth.get(&part) else { continue };
                let of = found.entry((kind(&part), noisy)).or_default();
                of.0 += 1.0;
                of.1 += f64::from(low <= *true_n && *true_n <= high);
                of.2 += (n_hat / true_n).ln().powi(2);
                of.3 += (high / low).ln();
            }
        }
    }
    println!("{draws} draws of {} persons, {none} without an estimate", population.size);
    println!("{:<16} {:>9} {:>7} {:>7} {:>7}", "part", "noise", "cover", "RMSE", "width");
    for ((kind, noisy), (n, held, squares, widths)) in found {
        let noise = if noisy { "yes" } else { "no" };
        let rmse = (squares / n).sqrt();
        println!("{kind:<16} {noise:>9} {:>7.3} {rmse:>7.3} {:>7.2}", held / n, widths / n);
    }
}
