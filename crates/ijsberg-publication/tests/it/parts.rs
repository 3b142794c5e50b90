//! Estimates of parts: what they are made of is attacked as if it were printed, and nothing is estimated where that tells too much.

use ijsberg_mse::methods::Settings;
use ijsberg_publication::families::{How, Told};
use ijsberg_publication::gate::{HISTORIES, Refused};
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::{Edition, Options, PublishError};

use crate::red_team::made;
use crate::registers::{ALL, csv, register};

type Row = [String; 8];

fn options() -> Options {
    let options = crate::red_team::options(2015);
    Options { settings: Settings { replicates: 5, ..options.settings }, ..options }
}

/// Persons with these lists, and of this sex where one is asked for.
fn count(rows: &[Row], lists: &str, sex: Option<&str>) -> u64 {
    let on: Vec<&str> = lists.split('\u{1f}').collect();
    let fits = |r: &&Row| {
        let all = ["A", "B", "C"].iter().zip(r.iter());
        all.filter(|(_, bit)| *bit == "1").map(|(l, _)| *l).collect::<Vec<_>>() == on
            && sex.is_none_or(|sex| r[4] == sex)
    };
    rows.iter().filter(fits).count() as u64
}

fn is_estimated(e: &Edition, covariate: &str, level: &str) -> bool {
    let p = e.parts.iter().find(|p| p.covariate == covariate && p.level == level).unwrap();
    let explained = e.with_covariates.as_ref().is_ok_and(|c| c.of(&[(covariate, level)]).is_some());
    p.n_hat.is_some() || p.limits.is_some() || explained
}

const BY_SEX: &str = "histories\u{1f}sex";

/// Had the estimates by sex been made of exact counts, nothing could be given out any more: they would tell them.
#[test]
fn estimates_are_attacked_as_what_they_are_made_of() {
    let rows = register(7, 900);
    let table = csv(&rows, &ALL);
    let first = made(&table, options(), Ledger::default()).unwrap();
    assert!(first.passed.withheld.is_empty() && first.passed.behind > 100, "{:?}", first.passed);
    assert!(is_estimated(&first, "sex", "female") && is_estimated(&first, "year", "2014"));
    let ledger = first.ledger();
    // The same once more passes, and tells nothing new.
    let again = made(&table, options(), ledger.clone()).unwrap();
    assert_eq!((again.parts, again.passed.numbers), (first.parts, first.passed.numbers));

    let mut exact = ledger.clone();
    let told = exact.releases[0].families.get_mut(BY_SEX).expect("what estimates by sex are made of");
    let mut small = 0;
    for t in told.iter_mut() {
        let (sex, lists) = t.level.as_deref().unwrap().split_once('\u{1e}').unwrap();
        let truth = count(&rows, lists, Some(sex));
        assert!(t.how == How::Noise && truth.abs_diff(t.value) <= 5, "{t:?} {truth}");
        (t.value, t.how) = (truth, How::Exact);
        small += usize::from((1..10).contains(&truth));
    }
    assert!(small > 0);
    let why = made(&table, options(), exact).unwrap_err();
    assert!(
        matches!(&why, PublishError::Refused(Refused::Recovered { family, cells }) if family == "sex" && *cells >= small),
        "{why:?}"
    );
    // And of each year.
    let mut exact = ledger;
    let told = exact.releases[0].families.get_mut(HISTORIES).unwrap();
    for t in told.iter_mut().filter(|t| t.year.is_some()) {
        let of_year: Vec<Row> = rows.iter().filter(|r| Some(&r[3]) == t.year.as_ref()).cloned().collect();
        (t.value, t.how) = (count(&of_year, t.level.as_deref().unwrap(), None), How::Exact);
    }
    assert!(matches!(
        made(&table, options(), exact),
        Err(PublishError::Refused(Refused::Recovered { family, .. })) if family == "list"
    ));
}

/// Somebody knows the large histories exactly. Then two parts of a history tell each other nearly, and one of them is not estimated; what is
/// counted is given out all the same.
#[test]
fn a_part_whose_estimate_tells_a_count_has_none() {
    let mut withheld = 0;
    for seed in 0..6 {
        let rows = register(40 + seed, 900);
        let table = csv(&rows, &ALL);
        let mut known = made(&table, options(), Ledger::default()).unwrap().ledger();
        let families = &mut known.releases[0].families;
        families.retain(|name, _| {
            name == HISTORIES || !name.starts_with(HISTORIES) && !name.starts_with("margins")
        });
        let histories: &mut Vec<Told> = families.get_mut(HISTORIES).unwrap();
        histories.retain(|t| t.year.is_none());
        for t in histories.iter_mut() {
            let truth = count(&rows, t.level.as_deref().unwrap(), None);
            if truth >= 10 {
                (t.value, t.how) = (truth, How::Exact);
            }
        }
        let e = made(&table, options(), known).unwrap();
        assert!(e.passed.narrowest.is_none_or(|n| n >= 5));
        withheld += e.passed.withheld.len();
        let after = e.ledger();
        for (covariate, level) in &e.passed.withheld {
            if covariate == "margins" {
                assert_eq!(e.with_covariates.as_ref().unwrap_err().key(), "recovered");
                continue;
            }
            assert!(!is_estimated(&e, covariate, level), "{covariate} {level}");
            let of = after.releases.last().unwrap().families.get(&format!("{HISTORIES}\u{1f}{covariate}"));
            let is_of = |t: &Told| t.level.as_ref().is_some_and(|l| l.starts_with(&format!("{level}\u{1e}")));
            assert!(!of.into_iter().flatten().any(is_of), "{covariate} {level}");
        }
    }
    assert!(withheld > 0, "nothing was withheld");
}

/// A part of which fewer than ten are on several lists, by its protected table, has no more of an estimate than the whole would.
#[test]
fn few_on_several_lists_are_no_estimate_of_a_part_either() {
    let mut rows = register(9, 900);
    // Of minors nobody is on two lists.
    for r in rows.iter_mut().filter(|r| r[5] == "minor") {
        let first = (0..3).find(|l| r[*l] == "1").unwrap();
        (0..3).for_each(|l| r[l] = u8::from(l == first).to_string());
    }
    let e = made(&csv(&rows, &ALL), options(), Ledger::default()).unwrap();
    assert!(e.reported_of(&[("age".to_owned(), "minor".to_owned())]).unwrap().get() > 100);
    assert!(!is_estimated(&e, "age", "minor"));
    // Nor does the difference of everybody and adults tell one.
    assert!(
        e.with_covariates.as_ref().is_ok_and(|c| c.of(&[("age", "adult")]).is_none()),
        "{:?}",
        e.with_covariates
    );
}
