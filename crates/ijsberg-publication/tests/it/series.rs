//! The years of an edition do not jump: one model divides the estimate of all years over them, and what the lists of each year allow by
//! themselves is in a table of its own.

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_publication::Edition;
use ijsberg_publication::document::{Block, compose};
use ijsberg_publication::estimate::Sized;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::monitor::Facts;
use ijsberg_publication::series::Divided;
use ijsberg_publication::tables::{Holds, PublicTable};
use ijsberg_publication::write::{json, tables};
use ijsberg_report::text::{Language, Text};

use crate::{made, options};

fn years(e: &Edition) -> impl Iterator<Item = &Sized> {
    e.parts.iter().filter(|p| p.covariate == "year")
}

/// The lower limits of years in times those reported: how many times the highest is the lowest.
fn spread<'a>(years: impl Iterator<Item = &'a Sized>) -> f64 {
    let times = |y: &Sized| Some(y.limits?.0 / y.reported?.get() as f64);
    let all: Vec<f64> = years.filter_map(times).collect();
    assert!(all.len() > 1, "{all:?}");
    let (low, high) = all.iter().fold((f64::INFINITY, 0.0), |(l, h), x| (x.min(l), x.max(h)));
    high / low
}

fn table(text: &Text, e: &Edition, id: &str) -> PublicTable {
    tables(text, e).into_iter().find(|t| t.id == id).unwrap()
}

/// On the synthetic table nothing but the number reported differs between years.
#[test]
fn years_do_not_jump_where_those_of_their_lists_alone_do() {
    let e = made(options(2015), Ledger::default()).unwrap();
    assert_eq!((years(&e).count(), e.series.alone.len()), (6, 6));
    assert_eq!(e.series.divided, Divided::Covariates);
    let (together, alone) = (spread(years(&e)), spread(e.series.alone.iter()));
    assert!(together < 1.15 && alone > 1.5, "{together} {alone}");
    // Of all years at least as many as are published, and of each its share.
    let least = e.at_least().unwrap();
    let sum: f64 = years(&e).map(|y| y.limits.unwrap().0).sum();
    assert!((0.9 * least..=least).contains(&sum), "{sum} {least}");
    let verdict = e.whole.analysis.diagnostics.verdict;
    assert!(years(&e).all(|y| y.verdict == verdict && y.n_hat.is_none()));
}

#[test]
fn how_years_were_estimated_and_where_their_own_lists_allow_less_is_said() {
    let mut e = made(options(2015), Ledger::default()).unwrap();
    let verdict = Verdict::LowerBoundOnly;
    assert_eq!(e.whole.analysis.diagnostics.verdict, verdict, "the table of the tests");
    e.series.alone.iter_mut().for_each(|y| y.verdict = verdict);
    let texts = [Language::English, Language::Dutch].map(Text::new);
    let notes = |text: &Text, e: &Edition| table(text, e, "estimates-year").notes;
    for (text, words) in texts.iter().zip(["minimum only", "alleen een minimum"]) {
        let said = text.say("note-years-covariates");
        assert!(said.contains("model") && notes(text, &e).contains(&said), "{:?}", notes(text, &e));
        assert!(notes(text, &e).iter().all(|n| !n.contains("2013 (")), "{:?}", notes(text, &e));
        // What each year allows alone is in the report, and an author of chapters can place it.
        let own = table(text, &e, "years-alone");
        assert!(own.rows.len() == 6 && own.rows.iter().all(|r| r[1].plain(Holds::Text) == words), "{own:?}");
        let is_own = |b: &Block| matches!(b, Block::Table(t) if t.id == "years-alone");
        assert_eq!(compose(text, &e).blocks.iter().filter(|b| is_own(b)).count(), 1);
        assert!(Facts::from_edition(text, &e, None).has_block("table:years-alone"));
    }
    e.series.alone[3].verdict = Verdict::NoEstimate;
    e.series.divided = Divided::Reported;
    for (text, less) in texts.iter().zip(["2013 (no estimate)", "2013 (geen schatting)"]) {
        let notes = notes(text, &e);
        assert!(notes.iter().any(|n| n.contains(less)), "{notes:?}");
        assert!(notes.contains(&text.say("note-years-reported")), "{notes:?}");
        assert_eq!(json(text, &e, &[])["years_divided_by"], "reported");
    }
}
