//! Attacks everything that was published, with nothing but the folders: integer programs over all tables and editions, differences
//! between editions, averages over editions, and the inversion of estimates of two lists. It says what it recovers.
//!
//! `cargo run -p ijsberg-publication --example attack -- noise reports/2013 reports/2014 reports/2015`
//!
//! The first word is what the reports say of their plain counts: `noise`, `rounded`, `suppressed`, or `exact`.

use std::collections::BTreeMap;
use std::path::Path;

use ijsberg_disclosure::attack::Outcome;

mod attacks;
mod folders;

use attacks::{Narrowed, differences, draws, families, integer_programs, inverted, with_united_nations};
use folders::{Folder, Way};

/// Fewer values than this, and a count below ten was recovered.
const BOUND: u64 = 5;

fn files(dir: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for of in [dir.join("tables"), dir.to_owned()] {
        for entry in std::fs::read_dir(of).into_iter().flatten().flatten() {
            if let Ok(text) = std::fs::read_to_string(entry.path()) {
                all.insert(entry.file_name().to_string_lossy().into_owned(), text);
            }
        }
    }
    all
}

/// A count that can be no larger than nine, and no more than a few numbers.
fn recovered(n: &Narrowed) -> bool {
    n.range[1] > 0 && n.range[1] < 10 && n.values() < BOUND
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let way = match arguments.next().as_deref() {
        Some("noise") => Way::Noise,
        Some("rounded") => Way::Rounded,
        Some("suppressed") => Way::Suppressed,
        Some("exact") => Way::Exact,
        _ => {
            eprintln!("attack noise|rounded|suppressed|exact FOLDER...");
            std::process::exit(2);
        }
    };
    let folders: Vec<Folder> = arguments.map(|dir| Folder::from_files(&files(Path::new(&dir)))).collect();
    let mut all: Vec<Narrowed> = Vec::new();
    let mut gather = |what: &str, outcome| match outcome {
        Outcome::Proven(found) => all.extend(found),
        Outcome::Infeasible => println!("{what}: the numbers contradict each other"),
        Outcome::Failed => println!("{what}: the solver gave up"),
    };
    for family in families(&folders) {
        gather(&family, integer_programs(&folders, &family, way, |_, _| true));
    }
    for folder in &folders {
        for year in &folder.years {
            gather("form, sex and age", with_united_nations(folder, year, way));
        }
    }
    let narrowest = all.iter().filter(|n| n.range[1] > 0 && n.range[0] < 10).min_by_key(|n| n.values());
    println!(
        "integer programs: {} counts, {} recovered",
        all.len(),
        all.iter().filter(|n| recovered(n)).count()
    );
    if let Some(n) = narrowest {
        println!("  narrowest: {} {} {}: {} to {}", n.family, n.level, n.year, n.range[0], n.range[1]);
    }
    for (year, (changed, stayed)) in differences(&folders) {
        println!("differences: {year}: {changed} counts changed, {stayed} stayed");
    }
    let draws = draws(&folders);
    let several = draws.values().filter(|v| v.len() > 1).count();
    println!("averages: {} counts, {several} of them printed with more than one value", draws.len());
    for (year, found) in folders.iter().flat_map(|f| inverted(f, way)) {
        println!("inversion: {year}: {} overlaps agree with the estimate", found.len());
    }
}
