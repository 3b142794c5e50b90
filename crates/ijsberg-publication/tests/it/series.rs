//! The series of years has no artificial jumps: one model divides the estimate of all years over them, and what the lists of each year
//! support on their own is in a separate table.

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_publication::Edition;
use ijsberg_publication::document::{Block, compose};
use ijsberg_publication::estimate::PartEstimate;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::monitor::Facts;
use ijsberg_publication::series::ShareBasis;
use ijsberg_publication::tables::{ColumnType, PublicTable};
use ijsberg_publication::write::{json, tables};
use ijsberg_report::text::{Language, Text};

use crate::{made, options};

fn years(e: &Edition) -> impl Iterator<Item = &PartEstimate> {
    e.parts.iter().filter(|p| p.covariate == "year")
}

/// The ratio between the highest and the lowest of the lower limits of years, each relative to the number reported.
fn spread<'a>(years: impl Iterator<Item = &'a PartEstimate>) -> f64 {
    let times = |y: &PartEstimate| Some(y.limits?.0 / y.reported?.get() as f64);
    let all: Vec<f64> = years.filter_map(times).collect();
    assert!(all.len() > 1, "{all:?}");
    let (low, high) = all.iter().fold((f64::INFINITY, 0.0), |(l, h), x| (x.min(l), x.max(h)));
    high / low
}

fn table(text: &Text, e: &Edition, id: &str) -> PublicTable {
    tables(text, e).into_iter().find(|t| t.id == id).unwrap()
}

/// In the synthetic table, years differ only in the number reported.
#[test]
fn years_do_not_jump_although_estimates_from_their_own_lists_do() {
    let e = made(options(2015), Ledger::default()).unwrap();
    assert_eq!((years(&e).count(), e.series.alone.len()), (6, 6));
    assert_eq!(e.series.basis, ShareBasis::Covariates);
    let (together, alone) = (spread(years(&e)), spread(e.series.alone.iter()));
    assert!(together < 1.15 && alone > 1.5, "{together} {alone}");
    // The lower limits of the years add up to nearly the published lower limit of the whole.
    let least = e.at_least().unwrap();
    let sum: f64 = years(&e).map(|y| y.limits.unwrap().0).sum();
    assert!((0.9 * least..=least).contains(&sum), "{sum} {least}");
    let verdict = e.whole.analysis.diagnostics.verdict;
    assert!(years(&e).all(|y| y.verdict == verdict && y.n_hat.is_none()));
}

#[test]
fn notes_say_how_years_were_estimated_and_where_their_own_lists_support_less() {
    let mut e = made(options(2015), Ledger::default()).unwrap();
    let verdict = Verdict::LowerBoundOnly;
    assert_eq!(e.whole.analysis.diagnostics.verdict, verdict, "the table of the tests");
    e.series.alone.iter_mut().for_each(|y| y.verdict = verdict);
    let texts = [Language::English, Language::Dutch].map(Text::new);
    let notes = |text: &Text, e: &Edition| table(text, e, "estimates-year").notes;
    for (text, words) in texts.iter().zip(["minimum only", "alleen een minimum"]) {
        let note = text.say("note-years-covariates");
        assert!(note.contains("model") && notes(text, &e).contains(&note), "{:?}", notes(text, &e));
        assert!(notes(text, &e).iter().all(|n| !n.contains("2013 (")), "{:?}", notes(text, &e));
        // The table of years on their own is in the report, and an author of chapters can include it.
        let own = table(text, &e, "years-alone");
        let same = own.rows.iter().all(|r| r[1].plain(ColumnType::Text) == words);
        assert!(own.rows.len() == 6 && same, "{own:?}");
        let is_own = |b: &Block| matches!(b, Block::Table(t) if t.id == "years-alone");
        assert_eq!(compose(text, &e).blocks.iter().filter(|b| is_own(b)).count(), 1);
        assert!(Facts::from_edition(text, &e, None).has_block("table:years-alone"));
    }
    e.series.alone[3].verdict = Verdict::NoEstimate;
    e.series.basis = ShareBasis::Reported;
    for (text, less) in texts.iter().zip(["2013 (no estimate)", "2013 (geen schatting)"]) {
        let notes = notes(text, &e);
        assert!(notes.iter().any(|n| n.contains(less)), "{notes:?}");
        assert!(notes.contains(&text.say("note-years-reported")), "{notes:?}");
        assert_eq!(json(text, &e, &[])["years_divided_by"], "reported");
    }
}
