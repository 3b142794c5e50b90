//! An attacker who has only the published folders of three years attacks them as `examples/attack` does.

#[path = "../../examples/attack/attacks.rs"]
mod attacks;
#[path = "../../examples/attack/folders.rs"]
#[expect(clippy::module_inception, reason = "the folders that this file is about")]
mod folders;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ijsberg_disclosure::attack::Outcome;
use ijsberg_publication::labels;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::write::{csvw, sdmx, tables};
use ijsberg_publication::{Edition, Options};
use ijsberg_report::text::{Language, Text};

use self::attacks::{
    Narrowed, differences, draws, families, integer_programs, inverted, versions, with_united_nations,
};
use self::folders::{Folder, Way, folded};
use crate::PROTECTIONS;
use crate::red_team::{made, options};
use crate::registers::{ALL, COLUMNS, csv, register};

type Row = [String; 8];

/// The files in the folder of an edition.
fn folder(e: &Edition) -> Folder {
    let text = Text::new(Language::English);
    let mut files: BTreeMap<String, String> =
        tables(&text, e).iter().map(|t| (format!("{}.csv", t.id), csvw::csv(t))).collect();
    files.insert("sdg-16-2-2.csv".to_owned(), sdmx::csv(e));
    Folder::from_files(&files)
}

/// The same files without protection.
fn unprotected(rows: &[Row], years: std::ops::RangeInclusive<i16>) -> Folder {
    let years: Vec<String> = years.map(|y| y.to_string()).collect();
    let mut files = BTreeMap::new();
    for (c, name) in COLUMNS.iter().enumerate().skip(4) {
        let levels: BTreeSet<&String> = rows.iter().map(|r| &r[c]).collect();
        let count = |level: Option<&String>, year: Option<&String>| {
            let fits = |r: &&Row| {
                level.is_none_or(|l| r[c] == *l) && year.map_or(years.contains(&r[3]), |y| r[3] == *y)
            };
            rows.iter().filter(fits).count()
        };
        let mut file = format!("{name},{},total\n", years.join(","));
        for level in levels.into_iter().map(Some).chain([None]) {
            file += level.map_or("Everybody", |l| l.as_str());
            for year in years.iter().map(Some).chain([None]) {
                let _ = write!(file, ",{}", count(level, year));
            }
            file += "\n";
        }
        files.insert(format!("reported-{name}.csv"), file);
    }
    Folder::from_files(&files)
}

thread_local! {
    static ENGLISH: Text = Text::new(Language::English);
}

/// The number of persons of a register at a level in a year. The level is in words, as in a folder.
fn truth(rows: &[Row], family: &str, level: &str, year: &str) -> u64 {
    let at = COLUMNS.iter().position(|c| *c == family).unwrap();
    let written: BTreeSet<&String> = rows.iter().map(|r| &r[at]).collect();
    let is = |raw: &&String| {
        folded(raw) == level || ENGLISH.with(|text| folded(&labels::level(text, family, raw)) == level)
    };
    let those: BTreeSet<&String> = written.into_iter().filter(is).collect();
    rows.iter().filter(|r| those.contains(&r[at]) && r[3] == year).count() as u64
}

fn proven(outcome: Outcome<Vec<Narrowed>>) -> Vec<Narrowed> {
    outcome.proven().expect("numbers that fit together, and a solver that ends")
}

/// Removes one person of a published year and corrects another.
fn change(rows: &mut Vec<Row>, year: i16) {
    let year = year.to_string();
    let leaves = rows.iter().position(|r| r[3] == year).unwrap();
    rows.remove(leaves);
    let corrected = rows.iter_mut().rev().find(|r| r[3] == year).unwrap();
    let other = if corrected[6] == "NL" { "other" } else { "NL" };
    other.clone_into(&mut corrected[6]);
}

/// The folders of a register, the persons of each edition, and the same persons without removals and corrections.
struct History {
    folders: Vec<Folder>,
    states: Vec<Vec<Row>>,
    unchanged: Vec<Vec<Row>>,
}

/// Three years with two audiences each, recoded editions, and changes between editions: one late report each year, twelve at once, and in
/// the later years one person removed and one corrected.
fn history(seed: u64, plain: TableProtection) -> History {
    let mut rows = register(300 + seed, 450);
    let mut same = rows.clone();
    let until = |rows: &[Row], year: i16| -> Vec<Row> {
        rows.iter().filter(|r| r[3].parse::<i16>().unwrap() <= year).cloned().collect()
    };
    let (mut ledger, mut all, mut states) = (Ledger::default(), Vec::new(), Vec::new());
    let mut unchanged = Vec::new();
    for year in 2013..=2015_i16 {
        let now = until(&rows, year);
        let embargo = Some(jiff::civil::date(2016, 10, 18));
        for embargo in [embargo, None] {
            let e = made(&csv(&now, &ALL), Options { plain, embargo, ..options(year) }, ledger).unwrap();
            ledger = e.ledger();
            all.push(folder(&e));
            states.push(now.clone());
            unchanged.push(until(&same, year));
        }
        // One report arrives late, which the next edition must not disclose; after the second year twelve arrive.
        let late = ["0", "0", "1", "2013", "male", "minor", "MA", "organs"].map(str::to_owned);
        let late: Vec<Row> = std::iter::repeat_n(late, if year == 2014 { 12 } else { 1 }).collect();
        rows.extend(late.iter().cloned());
        same.extend(late);
        if year > 2013 {
            change(&mut rows, year);
        }
    }
    // The same persons with other columns and level names.
    let mut recoded = rows.clone();
    recoded.iter_mut().for_each(|r| r[6] = format!("land {}", r[6]));
    for columns in [vec![2, 1, 0, 3, 6, 5, 4], vec![0, 1, 2, 7, 6, 3]] {
        let e = made(&csv(&recoded, &columns), Options { plain, ..options(2015) }, ledger).unwrap();
        ledger = e.ledger();
        all.push(folder(&e));
        states.push(rows.clone());
        unchanged.push(same.clone());
    }
    History { folders: all, states, unchanged }
}

/// No count below the threshold is recovered from published folders by any of the attacks.
#[test]
fn folders_of_three_years_disclose_nothing_and_unprotected_ones_everything() {
    attack(0..10);
}

/// Twenty registers in total, in two tests that run in parallel.
#[test]
fn folders_of_ten_more_registers_disclose_nothing() {
    attack(10..20);
}

fn attack(seeds: std::ops::Range<u64>) {
    let mut attacked = 0;
    for seed in seeds {
        let plain = PROTECTIONS[seed as usize % 3];
        let way = [Way::Noise, Way::Rounded, Way::Suppressed][seed as usize % 3];
        let History { folders: published, states, unchanged } = history(seed, plain);
        let bare: Vec<Folder> = unchanged
            .iter()
            .map(|rows| unprotected(rows, 2013..=rows.iter().map(|r| r[3].parse().unwrap()).max().unwrap()))
            .collect();
        let first = versions(&published);
        // The persons of a version of a year: those of the first edition with it, since a published version does not change.
        let state = |year: &str, version: usize| {
            let at = first[year].iter().position(|v| *v == Some(version)).unwrap();
            &states[at]
        };
        for family in ["nationality", "form", "sex", "age"] {
            let small = |level: &str, year: &str| {
                states.iter().any(|rows| (1..10).contains(&truth(rows, family, level, year)))
            };
            for n in proven(integer_programs(&published, family, way, small)) {
                let of = |version: usize| truth(state(&n.year, version), family, &n.level, &n.year);
                let is = if n.arrived { of(n.version) - of(n.version - 1) } else { of(n.version) };
                assert!((n.range[0]..=n.range[1]).contains(&is), "{plain:?}: {n:?} is {is}");
                if (1..10).contains(&is) {
                    assert!(n.values() >= 5, "{plain:?}: {n:?} is {is}");
                    attacked += 1;
                }
            }
            // The same programs recover every count from unprotected folders.
            let any = |level: &str, year: &str| {
                unchanged.iter().any(|rows| (1..10).contains(&truth(rows, family, level, year)))
            };
            for n in proven(integer_programs(&bare, family, Way::Exact, any)) {
                assert_eq!(n.values(), 1, "{n:?}");
            }
        }
        for (at, folder) in published.iter().enumerate() {
            for n in proven(with_united_nations(folder, "2013", way)) {
                let is = truth(state("2013", first["2013"][at].unwrap()), &n.family, &n.level, "2013");
                assert!((n.range[0]..=n.range[1]).contains(&is), "{plain:?}: {n:?} is {is}");
                assert!(!(1..10).contains(&is) || n.values() >= 5, "{plain:?}: {n:?} is {is}");
            }
        }
        // A year changes as a whole or not at all: the single late report is in no difference, the twelve cannot be distinguished.
        for (year, (changed, stayed)) in differences(&published) {
            assert!(
                changed > 0 && (plain != TableProtection::Noise || changed > stayed),
                "{plain:?} {year}: {changed} {stayed}"
            );
            assert_eq!(year, "2013", "{plain:?}");
        }
        let plainly = differences(&bare);
        assert!(plainly["2013"].0 > 0 && plainly["2013"].1 > plainly["2013"].0, "{plainly:?}");
        // However often a count is published, it has one noise value for each version of its year.
        for ((family, level, year), values) in draws(&published) {
            let versions = if year == "2013" { 2 } else { 1 };
            assert!(values.len() <= versions, "{plain:?} {family} {level} {year}: {values:?}");
        }
        assert!(families(&published).len() >= 5);
    }
    assert!(attacked >= 80, "{attacked}");
}

/// With two lists, an exact estimate discloses the number on both; an estimate from noisy counts leaves many possibilities.
#[test]
fn estimates_of_two_lists_can_be_inverted_only_without_protection() {
    for (n1, n2, m) in [(300_u64, 200_u64, 3_u64), (120, 80, 7), (60, 90, 9)] {
        let n_hat = (n1 * n2) as f64 / m as f64;
        assert_eq!(attacks::overlaps([n1, n2], n_hat.round(), Way::Exact), [m].into());
        assert!(attacks::overlaps([n1, n2], n_hat.round(), Way::Noise).len() >= 5);
    }
    // With two lists no estimate of a part is published as a number: its limits include everything that the lists cannot show.
    for seed in 0..4 {
        let mut rows = register(500 + seed, 900);
        rows.retain(|r| r[0] == "1" || r[1] == "1");
        let e = made(&csv(&rows, &[0, 1, 3, 4, 5]), options(2015), Ledger::default()).unwrap();
        assert!(e.reported(2015).is_some_and(|n| n.get() > 100));
        assert_eq!(inverted(&folder(&e), Way::Noise), Vec::new());
    }
}

/// The persons of the demonstration on four of its lists: three yearly editions, with one late arrival in an earlier year and one removal
/// between them.
#[test]
fn folders_of_the_demonstration_disclose_nothing() {
    let (mut ledger, mut published) = (Ledger::default(), Vec::new());
    let mut lines: Vec<&str> = crate::gate::TABLE.lines().collect();
    for year in 2013..=2015 {
        let o = Options { years: 4, ..options(year) };
        let e = made(&(lines.join("\n") + "\n"), o, ledger).unwrap();
        ledger = e.ledger();
        published.push(folder(&e));
        let of = |line: &&&str| line.contains(&format!(",{},", year - 1));
        let (first, last) = (*lines.iter().find(of).unwrap(), *lines.iter().rfind(of).unwrap());
        let leaves = lines.iter().position(|line| *line == last).unwrap();
        lines.push(first);
        lines.remove(leaves);
    }
    assert!(differences(&published).is_empty());
    for family in ["nationality", "form", "sex", "age"] {
        for n in proven(integer_programs(&published, family, Way::Noise, |_, _| true)) {
            assert!(n.values() >= 5, "{n:?}");
        }
    }
    // The same programs on unprotected folders.
    let row = |line: &str| -> Row {
        let cells: Vec<&str> = line.split(',').collect();
        [0, 1, 2, 4, 5, 6, 7, 8].map(|c| cells[c].to_owned())
    };
    let rows: Vec<Row> = crate::gate::TABLE.lines().skip(1).map(row).collect();
    let bare = [2013, 2014, 2015].map(|year| unprotected(&rows, year - 3..=year));
    for family in ["nationality", "form", "sex", "age"] {
        for n in proven(integer_programs(&bare, family, Way::Exact, |_, _| true)) {
            assert_eq!(n.values(), 1, "{n:?}");
        }
    }
}
