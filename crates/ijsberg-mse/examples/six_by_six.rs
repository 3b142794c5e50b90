//! How long each method takes with six lists, six years and five covariates, with two threads.
//!
//! `cargo run --release -p ijsberg-mse --example six_by_six` makes a population of 20,000 people of whom half stay for another year, on six lists that
//! reach them by sex, age, nationality, form and region, and prints the seconds of each method with what it found. `-- 40000 7` makes 40,000
//! people with another seed.

use std::time::Instant;

use ijsberg_mse::diagnostics::diagnose;
use ijsberg_mse::doubly_robust::chosen::ChosenLists;
use ijsberg_mse::doubly_robust::learner::Learner;
use ijsberg_mse::estimate::Estimate;
use ijsberg_mse::evidence::{Kind, NamedEstimate, compare};
use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::methods::{Settings, Silent, run};
use ijsberg_mse::open::{OverYears, open};
use ijsberg_mse::shrinkage::{ShrinkageSettings, small_groups};
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_mse::strata::table::{Covariate, StratifiedTable};
use ijsberg_mse::timely::{YearTable, nowcast};
use ijsberg_mse::{design, open as over_years, timely, verdict};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const THREADS: usize = 2;
const LISTS: [&str; 6] = ["A", "B", "C", "D", "E", "F"];
/// The chance that a list reaches somebody of whom nothing is known.
const CHANCES: [f64; 6] = [0.08, 0.1, 0.06, 0.2, 0.07, 0.09];
const YEARS: [&str; 6] = ["2010", "2011", "2012", "2013", "2014", "2015"];
const COVARIATES: [(&str, &[&str]); 5] = [
    ("sex", &["female", "male"]),
    ("age", &["adult", "minor"]),
    ("nationality", &["dutch", "foreign"]),
    ("form", &["other", "sexual"]),
    ("region", &["east", "north", "west"]),
];
/// The chance of another year.
const STAY: f64 = 0.5;
/// How far a covariate moves the log odds of a list, one way or the other.
const MOVES: f64 = 0.3;
const RULE: SearchRule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };

/// The same people, as each method reads them.
struct SimulatedPeople {
    people: OverYears,
    groups: StratifiedTable,
    years: Vec<YearTable>,
    all: Histories,
}

/// The lists that somebody is on in a year.
fn on(kind: &[usize], rng: &mut ChaCha8Rng) -> Mask {
    CHANCES.iter().enumerate().fold(0, |on: Mask, (list, chance)| {
        let moved = |(covariate, level): (usize, &usize)| {
            if (list + covariate + level).is_multiple_of(2) { MOVES } else { -MOVES }
        };
        let log_odds = (chance / (1.0 - chance)).ln() + kind.iter().enumerate().map(moved).sum::<f64>();
        on | Mask::from(rng.random_bool(1.0 / (1.0 + (-log_odds).exp()))) << list
    })
}

fn made(persons: usize, seed: u64) -> Option<SimulatedPeople> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut histories, mut rows) = (Vec::new(), Vec::new());
    let mut by_year = vec![vec![0_u64; 1 << LISTS.len()]; YEARS.len()];
    for _ in 0..persons {
        let kind: Vec<usize> = COVARIATES.iter().map(|c| rng.random_range(0..c.1.len())).collect();
        let enters = rng.random_range(0..YEARS.len());
        let mut history: Vec<Mask> = vec![0; YEARS.len()];
        for year in enters..YEARS.len() {
            if year > enters && !rng.random_bool(STAY) {
                break;
            }
            let mask = on(&kind, &mut rng);
            history[year] = mask;
            if mask != 0 {
                by_year[year][mask as usize] += 1;
                let levels: Vec<Option<usize>> = [year].iter().chain(&kind).copied().map(Some).collect();
                rows.push((mask, levels, 1));
            }
        }
        if history.iter().any(|mask| *mask != 0) {
            histories.push((history, 1));
        }
    }
    let names = |of: &[&str]| of.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let covariates = std::iter::once(&("year", YEARS.as_slice()))
        .chain(&COVARIATES)
        .map(|(name, levels)| Covariate::from_values(name, levels.iter().copied()))
        .collect();
    let cells = |counts: &[u64]| -> Vec<(Mask, u64)> {
        counts.iter().enumerate().filter(|c| *c.1 > 0).map(|(mask, n)| (mask as Mask, *n)).collect()
    };
    let years = YEARS.iter().zip(&by_year);
    Some(SimulatedPeople {
        people: OverYears::new(names(&LISTS), names(&YEARS), histories).ok()?,
        all: Histories::new(names(&LISTS), by_year.iter().flat_map(|counts| cells(counts))).ok()?,
        years: years
            .map(|(year, counts)| YearTable { year: (*year).to_owned(), cells: cells(counts) })
            .collect(),
        groups: StratifiedTable::new(names(&LISTS), covariates, rows, Vec::new()).ok()?,
    })
}

/// Prints the seconds of a method, and what it found.
fn timed(name: &str, method: impl FnOnce() -> Option<String>) {
    let begun = Instant::now();
    let found = method().unwrap_or_else(|| "no estimate".to_owned());
    println!("| {name} | {:.1} | {found} |", begun.elapsed().as_secs_f64());
}

fn in_words(e: &Estimate) -> Option<String> {
    let (n_hat, i) = (e.n_hat?, e.interval?);
    Some(format!("{n_hat:.0} ({:.0} to {:.0})", i.lower, i.upper))
}

/// The estimates of a table with their verdict, compared with an external one.
fn compared(engine: &Engine) -> Option<String> {
    let settings = Settings::default();
    let estimates = run(engine, &[], &settings, &Silent);
    let d = diagnose(engine, &estimates, &verdict::HeadlineSettings::default(), &Silent);
    let h = d.headline.as_ref()?;
    let given = |name: &str, kind, estimate: f64, limits: (f64, f64)| NamedEstimate {
        name: name.to_owned(),
        kind,
        source: String::new(),
        year: String::new(),
        estimate,
        limits: Some(limits),
        level: settings.level,
    };
    let own = given("lists", Kind::MultipleSystems, h.n_hat, (h.interval.lower, h.interval.upper));
    let survey = given("survey", Kind::Survey, 1.1 * h.n_hat, (0.9 * h.n_hat, 1.4 * h.n_hat));
    let found = compare(vec![own, survey], Some(h.seen), settings.level);
    Some(format!("{:?}, {} of two pooled", d.verdict, if found.pooled.is_some() { "both" } else { "none" }))
}

fn measure(made: &SimulatedPeople, seed: u64) {
    let engine = Engine::new(&made.all);
    timed("all usual methods, verdict and evidence", || compared(&engine));
    timed("small groups", || {
        let settings = ShrinkageSettings { rule: RULE, draws: 4000, level: 0.95, seed };
        let found = small_groups(&made.groups, &settings, &|| ())?;
        Some(format!("{} groups, converged: {}", found.groups.len(), found.converged))
    });
    for chosen in [&["A", "D"][..], &["A", "D", "F"]] {
        let lists: Vec<String> = chosen.iter().map(|l| (*l).to_owned()).collect();
        let name = format!("doubly robust, identifying lists {}", lists.join(" and "));
        timed(&name, || {
            let e = ChosenLists { lists, learner: Learner::Logistic }.estimate(&made.groups, 0.95, seed);
            in_words(&e).or_else(|| Some(format!("{:?}", e.outcome)))
        });
    }
    timed("nowcast", || {
        let asked = timely::NowcastSettings { seed, ..timely::NowcastSettings::about("F") };
        let names: Vec<String> = LISTS.iter().map(|l| (*l).to_owned()).collect();
        let found = nowcast(&names, &made.years, &asked, &Silent).ok()?;
        Some(format!("{:.0} ({:.0} to {:.0})", found.preliminary, found.lower, found.upper))
    });
    timed("several years", || {
        let asked = over_years::OpenSettings { seed, ..over_years::OpenSettings::default() };
        let found = open(&made.people, &asked, &Silent).ok()?;
        Some(format!("{:.0} people, {:.0} person-years", found.people.estimate, found.person_years.estimate))
    });
    timed("design", || {
        let asked = design::PlanSettings { seed, ..design::PlanSettings::default() };
        let found = design::plan(&engine, &[], false, &asked, &Silent).ok()?;
        Some(format!("{} changes tried", found.outlooks.len()))
    });
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, otherwise: u64| words.get(i).and_then(|w| w.parse().ok()).unwrap_or(otherwise);
    let (persons, seed) = (number(0, 20_000) as usize, number(1, 20_171_018));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build();
    let (Some(made), Ok(pool)) = (made(persons, seed), pool) else {
        eprintln!("{persons} people make no table");
        std::process::exit(1);
    };
    println!(
        "{persons} people, {} of them seen, {} person-years seen, {THREADS} threads\n",
        made.people.n(),
        made.all.n()
    );
    println!("| method | seconds | found |\n|---|---|---|");
    pool.install(|| measure(&made, seed));
}
