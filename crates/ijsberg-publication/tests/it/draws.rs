//! A report from draws of a linkage: its intervals include the uncertainty about links, with covariates and missing levels too.

use std::fmt::Write as _;

use ijsberg_mse::methods::Silent;
use ijsberg_publication::covariates::WithCovariates;
use ijsberg_publication::document::{Block, compose};
use ijsberg_publication::draws::LinkageUncertainty;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::write::json;
use ijsberg_publication::{Edition, PublishError};
use ijsberg_report::text::{Language, Text};

use crate::options;

/// Persons on three lists in two years; for some the sex is not known, and the third list has a higher coverage of women. `missed`
/// thousandths of the persons on several lists are counted as a separate person on each.
fn rows(before: &str, missed: i64) -> String {
    let mut all = String::new();
    for year in [2014, 2015] {
        for (sex, share) in [("female", 6), ("male", 4), ("", 2)] {
            let base = |history: usize| {
                let women = if sex == "female" && history > 3 { 2 } else { 1 };
                [600, 500, 250, 400, 200, 150, 80][history - 1] * share * women / 10
            };
            let lost = |history: usize| base(history) * missed / 1000;
            for history in 1..8_usize {
                let more: i64 = [3, 5, 6, 7].into_iter().filter(|h| h & history != 0).map(lost).sum();
                let own = if history.is_power_of_two() { more } else { -lost(history) };
                let (count, on) = (base(history) + own, |list: usize| (history >> list) & 1);
                let _ = writeln!(all, "{before}{},{},{},{year},{sex},{count}", on(0), on(1), on(2));
            }
        }
    }
    all
}

const COLUMNS: &str = "a,b,c,year,sex,count\n";

/// Draws in which the number of missed links changes by `step`.
fn draws(column: &str, count: i64, step: i64) -> String {
    let roles = format!("# ijsberg-table v1; lists=a,b,c; covariates=year,sex; count=count; draw={column}\n");
    let of = |draw: i64| rows(&format!("{draw},"), (draw - (count + 1) / 2) * step);
    roles + column + "," + COLUMNS + &(1..=count).map(of).collect::<String>()
}

fn edition(table: &str, ledger: Ledger) -> Result<Edition, PublishError> {
    let choices = ijsberg_tables::Choices::default();
    ijsberg_publication::edition(table.as_bytes(), &choices, options(2015), ledger, &Silent)
}

fn of_one(missed: i64) -> Edition {
    edition(&(COLUMNS.to_owned() + &rows("", missed)), Ledger::default()).unwrap()
}

/// The estimate of everybody, and its limits.
fn headline(e: &Edition) -> (f64, f64, f64) {
    let h = e.whole.analysis.diagnostics.headline.as_ref().unwrap();
    (h.n_hat, h.interval.lower, h.interval.upper)
}

fn covariates(e: &Edition) -> &WithCovariates {
    e.with_covariates.as_ref().unwrap()
}

/// The limits of all estimates, by part.
fn limits(e: &Edition) -> Vec<(String, (f64, f64))> {
    let (_, low, high) = headline(e);
    let mut all = vec![("everybody".to_owned(), (low, high))];
    all.extend(e.parts.iter().filter_map(|p| Some((format!("{} {}", p.covariate, p.level), p.limits?))));
    all.extend(covariates(e).parts.iter().map(|p| (format!("{:?}", p.part), p.limits)));
    all
}

#[test]
fn identical_draws_are_the_same_as_one_table() {
    let (same, one) = (edition(&draws("resolved_draw", 13, 0), Ledger::default()).unwrap(), of_one(0));
    assert_eq!(same.whole.linked, Some(LinkageUncertainty { draws: 13, sd: 0.0 }));
    assert_eq!((one.whole.linked, covariates(&one).linked_sd), (None, None));
    assert_eq!(same.whole.histories, one.whole.histories);
    assert_eq!((headline(&same), &same.parts), (headline(&one), &one.parts));
    assert_eq!(covariates(&same).linked_sd, Some(0.0));
    assert_eq!(covariates(&same).parts, covariates(&one).parts);
    assert_eq!(same.whole.analysis.linkage[0].share, 0.0);
}

#[test]
fn the_uncertainty_of_the_draws_is_in_every_interval() {
    // From 18% fewer people on several lists to 18% more.
    let (wide, one) = (edition(&draws("resolved_draw", 13, 30), Ledger::default()).unwrap(), of_one(0));
    // Counts and estimates are those of the middle draw.
    assert_eq!(wide.whole.histories, one.whole.histories);
    assert_eq!(headline(&wide).0, headline(&one).0);
    let linked = wide.whole.linked.unwrap();
    assert!(linked.draws == 13 && (0.05..1.2).contains(&linked.sd), "{linked:?}");
    let share = wide.whole.analysis.linkage[0].share;
    assert!((0.1..=1.0).contains(&share), "{share}");
    let (all, narrow) = (limits(&wide), limits(&one));
    assert_eq!(all.len(), narrow.len());
    assert!(all.len() > 10, "{all:?}");
    for ((what, w), (other, n)) in all.iter().zip(&narrow) {
        assert_eq!(what, other);
        assert!(w.0 <= n.0 && (w.1 > n.1 || n.1.is_infinite()), "{what}: {w:?} {n:?}");
    }
    assert!(all[0].1.0 < narrow[0].1.0, "{:?} {:?}", all[0], narrow[0]);
    assert!(covariates(&wide).linked_sd.is_some_and(|sd| (0.05..1.2).contains(&sd)));
    // For every draw except the outermost on either side, the interval contains its estimate.
    for missed in [-150, 150] {
        let other = of_one(missed);
        let (n, _, _) = headline(&other);
        assert!((all[0].1.0..all[0].1.1).contains(&n), "{missed}: {n} {all:?}");
        let everybody = &covariates(&wide).estimate_of(&[]).unwrap().limits;
        let n = covariates(&other).estimate_of(&[]).unwrap().n_hat;
        assert!((everybody.0..everybody.1).contains(&n), "{missed}: {n} {everybody:?}");
    }
    let d = &wide.whole.analysis.diagnostics;
    assert!(d.verdict >= one.whole.analysis.diagnostics.verdict);
    // The report says so, the machine-readable file too, and a later edition has the same limits.
    for language in [Language::English, Language::Dutch] {
        let text = Text::new(language);
        let values = [("draws", "13".to_owned()), ("sd", text.percent(linked.sd))];
        let paragraph = text.fill("report-linked", &values);
        let words = |b: &Block| matches!(b, Block::Paragraph(p) if *p == paragraph);
        assert!(compose(&text, &wide).blocks.iter().any(words));
        assert!(!compose(&text, &one).blocks.iter().any(words));
        assert_eq!(json(&text, &wide, &[])["linkage"]["draws"], 13);
    }
    let again = edition(&draws("resolved_draw", 13, 30), wide.ledger()).unwrap();
    assert_eq!((limits(&again), again.held_back.len()), (all, 0));
}

#[test]
fn too_few_draws_or_unmeasured_missed_links_are_refused() {
    let refused = |table: &str| edition(table, Ledger::default()).unwrap_err();
    assert!(matches!(refused(&draws("draw", 13, 0)), PublishError::Draws));
    assert!(matches!(refused(&draws("resolved_draw", 9, 0)), PublishError::FewDraws(9)));
    for language in [Language::English, Language::Dutch] {
        let text = Text::new(language);
        let message = |column: &str, count| refused(&draws(column, count, 0)).in_words(&text);
        assert!(message("draw", 13).contains("--resolved"), "{}", message("draw", 13));
        assert!(message("resolved_draw", 9).contains("--draws 20"), "{}", message("resolved_draw", 9));
    }
}
