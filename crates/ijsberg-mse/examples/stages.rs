//! How long each part of an estimate takes.
//!
//! `cargo run --release -p ijsberg-mse --example stages -- TABLE` works out what `ijsberg estimate TABLE` does, for a table of lists in
//! zeros and ones with the count last, and prints the seconds of each stage. `-- 12 1000` makes a table of 12 lists instead, of a population
//! of 1,000 persons (20,000 if not said) in which a pair of lists in every four depend on each other. `each` at the end prints the
//! seconds of the slowest methods instead.

use std::sync::Mutex;
use std::time::Instant;

use ijsberg_mse::diagnostics::diagnose;
use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::identification::identification;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Progress, Settings, Silent, run};
use ijsberg_mse::verdict::HeadlineSettings;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Persons of a population that is made, seen or not.
const PERSONS: usize = 20_000;

fn read(path: &str) -> Option<Histories> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut lines = text.lines();
    let header: Vec<String> = lines.next()?.split(',').map(String::from).collect();
    let t = header.len() - 1;
    let cells = lines.map(|line| {
        let v: Vec<u64> = line.split(',').filter_map(|x| x.parse().ok()).collect();
        ((0..t).fold(0, |m: Mask, j| m | (v[j] as Mask) << j), v[t])
    });
    Histories::new(header[..t].to_vec(), cells.collect::<Vec<_>>()).ok()
}

/// Each list has a chance of its own; persons on the first of a pair are on the second three times as often.
fn made(t: usize, persons: usize) -> Option<Histories> {
    let mut random = ChaCha8Rng::seed_from_u64(t as u64);
    let chances: Vec<f64> = (0..t).map(|_| 0.02 + 0.08 * random.random::<f64>()).collect();
    let mut cells = vec![0_u64; 1 << t];
    for _ in 0..persons {
        let mut on = 0_usize;
        for (j, chance) in chances.iter().enumerate() {
            let after = j % 4 == 1 && on >> (j - 1) & 1 == 1;
            on |= usize::from(random.random_bool(if after { 3.0 * chance } else { *chance })) << j;
        }
        cells[on] += 1;
    }
    let names = (1..=t).map(|j| format!("L{j}")).collect();
    let cells = cells.into_iter().enumerate().skip(1).filter(|c| c.1 > 0);
    Histories::new(names, cells.map(|(w, c)| (w as Mask, c))).ok()
}

/// Prints what each stage took when the next one begins.
struct Clock(Mutex<(&'static str, Instant)>);

impl Clock {
    fn next(&self, name: &'static str) {
        if let Ok(mut now) = self.0.lock() {
            println!("{:>10.3} s  {}", now.1.elapsed().as_secs_f64(), now.0);
            *now = (name, Instant::now());
        }
    }
}

impl Progress for Clock {
    fn stage(&self, name: &'static str, _: u64) {
        self.next(name);
    }

    fn tick(&self) {}
}

/// The methods one by one, the slow ones first.
fn each(table: &Histories) {
    let engine = Engine::new(table);
    let usual = Settings::default();
    let mut all: Vec<(f64, Method)> = (Method::ALL.iter().filter(|m| usual.wants(**m)))
        .map(|m| {
            let start = Instant::now();
            run(&engine, &[], &Settings { methods: vec![*m], ..Settings::default() }, &Silent);
            (start.elapsed().as_secs_f64(), *m)
        })
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.iter().take(10).for_each(|(seconds, method)| println!("{seconds:>10.3} s  {method}"));
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = arguments.first().map_or("12", String::as_str);
    let persons = arguments.get(1).and_then(|p| p.parse().ok()).unwrap_or(PERSONS);
    let table = asked.parse().map_or_else(|_| read(asked), |t| made(t, persons));
    let Some(table) = table else {
        eprintln!(
            "{asked} is no table of lists in zeros and ones with the count last, nor a number of lists"
        );
        std::process::exit(1);
    };
    if arguments.last().is_some_and(|a| a == "each") {
        return each(&table);
    }
    let all = Instant::now();
    let clock = Clock(Mutex::new(("model space", Instant::now())));
    let settings = Settings::default();
    let engine = Engine::new(&table);
    let estimates = run(&engine, &[], &settings, &clock);
    clock.next("before the diagnostics");
    let d = diagnose(&engine, &estimates, &HeadlineSettings::default(), &clock);
    clock.next("identification");
    identification(&engine, &estimates, None, settings.level, settings.seed);
    clock.next("");
    println!("{:>10.3} s  all of {} lists, {} persons", all.elapsed().as_secs_f64(), table.t(), table.n());
    for e in &estimates {
        let limits = e.interval.map(|i| (i.lower, i.upper));
        println!("{} {:?} {limits:?}", e.method, e.n_hat);
    }
    println!("{:?} {:?} {:?}", d.verdict, d.at_least, d.at_most);
    println!("{:?}\n{:?}\n{:?}", d.influence, d.consistency, d.without_list);
}
