//! Small groups of known size, and how well each method finds them.
//!
//! `cargo run --release -p ijsberg-mse --example small_groups -- 100` draws 100 populations of each kind like the synthetic Dutch table
//! (six lists; year, sex, age, nationality, form) and prints the errors of separate fits, of one fit for all, of the model with
//! covariates and of shrinkage. A second number is the seed, and `years` at the end breaks down by year and form alone.

use std::time::Instant;

use ijsberg_mse::histories::Mask;
use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::shrinkage::{ShrinkageSettings, small_groups};
use ijsberg_mse::simulate::small_groups::{CellVariation, Population, SMALL, Score};
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_mse::strata::table::{Covariate, StratifiedTable};

const TABLE: &str = include_str!("../../../data/netherlands-synthetic.csv");
const LISTS: usize = 6;
const RULE: SearchRule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };

/// The synthetic table by these columns.
fn table(columns: &[usize]) -> Option<StratifiedTable> {
    let mut lines = TABLE.lines().map(|l| l.split(',').collect::<Vec<_>>());
    let header = lines.next()?;
    let body: Vec<Vec<&str>> = lines.collect();
    let covariates: Vec<Covariate> =
        columns.iter().map(|c| Covariate::from_values(header[*c], body.iter().map(|r| r[*c]))).collect();
    let rows = body.iter().map(|r| {
        let history = (0..LISTS).fold(0, |m: Mask, j| m | Mask::from(r[j] == "1") << j);
        let level = |(c, v): (&Covariate, &usize)| c.levels.iter().position(|l| l == r[*v]);
        (history, covariates.iter().zip(columns).map(level).collect::<Vec<_>>(), 1)
    });
    let rows: Vec<_> = rows.collect();
    let lists = header[..LISTS].iter().map(|s| (*s).to_owned()).collect();
    StratifiedTable::new(lists, covariates, rows, Vec::new()).ok()
}

fn line(name: &str, s: &Score, seconds: f64) {
    let small: Vec<String> = s.where_separate.iter().map(|e| format!("{:.3}", e.root())).collect();
    let all: Vec<String> = s.all.iter().map(|e| format!("{:.3}", e.root())).collect();
    let larger: Vec<String> = s.larger.iter().map(|e| format!("{:.3}", e.root())).collect();
    println!(
        "{name:<22} {:<29} {:>5.1}%  {:<20} {:<20} {:.3} {:.3} {:.3} {:.3}  {:>5.2} {:.2} {:.2} {:>5} {:>6.1}s",
        small.join(" "),
        100.0 * s.gain(),
        all.join(" "),
        larger.join(" "),
        s.covered.share(),
        s.covered_larger.share(),
        s.covered_levels.share(),
        s.covered_all.share(),
        (s.log_width / s.covered.of as f64).exp(),
        s.separate_exists.share(),
        s.not_separable.share(),
        s.failed.yes,
        seconds,
    );
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, otherwise: u64| words.get(i).and_then(|w| w.parse().ok()).unwrap_or(otherwise);
    let (many, seed) = (number(0, 20), number(1, 20_171_018));
    let columns: &[usize] = if words.iter().any(|w| w == "years") { &[6, 10] } else { &[6, 7, 8, 9, 10] };
    let settings = ShrinkageSettings { rule: RULE, draws: 2000, level: 0.95, seed };
    let Some(table) = table(columns) else { return };
    let begun = Instant::now();
    if let Some(found) = small_groups(&table, &ShrinkageSettings { draws: 4000, ..settings }, &|| ()) {
        let seconds = begun.elapsed().as_secs_f64();
        println!("the table itself: {} groups in {seconds:.1} s", found.groups.len());
        println!(
            "spreads {:?}, converged {}, accepted {:.2}",
            found.spreads, found.converged, found.accepted
        );
    }
    let Some(population) = Population::like(&table, RULE) else { return };
    let persons: f64 = population.sizes().map(|c| c.1).sum();
    println!("{} cells, {persons} persons, {many} draws, seed {seed}", population.sizes().count());
    println!(
        "root mean square error of log N in cells under {SMALL} seen where a separate fit exists (separate, pooled, with covariates, \
         shrinkage), gain over separate, the last three in all small cells, and in larger ones; coverage of 95% in small cells, larger \
         ones, levels, all; upper over lower limit; share of small cells with a separate fit; share not separable; not converged"
    );
    for (name, differ) in [
        ("as the model", CellVariation::Nothing),
        ("each list, sd 0.3", CellVariation::EachList(0.3)),
        ("each list, sd 0.6", CellVariation::EachList(0.6)),
        ("all lists, sd 0.3", CellVariation::AllLists(0.3)),
        ("all lists, sd 0.6", CellVariation::AllLists(0.6)),
        ("one in five, -0.7", CellVariation::FewHidden(0.7)),
    ] {
        let begun = Instant::now();
        let score = population.compare(differ, many, &settings, &|| ());
        line(name, &score, begun.elapsed().as_secs_f64());
    }
}
