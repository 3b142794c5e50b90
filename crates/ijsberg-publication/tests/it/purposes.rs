//! The series of the United Nations by purpose: together they include everybody whose form of exploitation is known.

use std::fmt::Write as _;

use ijsberg_publication::country::FORMS;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::tables::Cell;
use ijsberg_publication::write::{sdmx, tables};
use ijsberg_publication::{Edition, Options};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Choices;

use crate::red_team::{made, options};

const ALL: &str = "VC_HTF_DETV";

const PURPOSES: [&str; 4] = ["VC_HTF_DETVSX", "VC_HTF_DETVFL", "VC_HTF_DETVOG", "VC_HTF_DETVOP"];

/// The number of a series in a year in the file for the United Nations, for all sexes and ages; 0 if there is no such line.
fn number(e: &Edition, series: &str, year: &str) -> u64 {
    let file = sdmx::csv(e);
    let cells = file.lines().map(|line| line.split(',').collect::<Vec<&str>>());
    let is = |c: &&Vec<&str>| [c[3], c[5], c[6], c[16], c[18]] == [series, "_T", "_T", year, "NUMBER"];
    let found: Vec<Vec<&str>> = cells.skip(1).collect();
    found.iter().find(is).map_or(0, |c| c[17].parse().unwrap())
}

fn of_purposes(e: &Edition, year: &str) -> u64 {
    PURPOSES.iter().map(|series| number(e, series, year)).sum()
}

/// Of the synthetic people, three in ten were exploited for a purpose that has no separate series.
#[test]
fn purposes_add_up_to_everybody() {
    let e = made(crate::TABLE, options(2015), Ledger::default()).unwrap();
    for year in ["2013", "2014", "2015"] {
        let (all, sum) = (number(&e, ALL, year), of_purposes(&e, year));
        // Each has noise of at most 5 either way.
        assert!(all > 1000 && all.abs_diff(sum) <= 25, "{year}: {all} {sum}");
    }
}

#[test]
fn every_form_of_the_register_has_one_purpose() {
    let mut table = "A,B,year,form,count\n".to_owned();
    let count = |at: usize| 20 + 5 * at as u64;
    for (at, form) in FORMS.iter().enumerate() {
        for lists in ["1,0", "0,1", "1,1"] {
            let _ = writeln!(table, "{lists},2015,{form},{}", count(at));
        }
    }
    let o = Options { plain: TableProtection::Rounded, ..options(2015) };
    let choices = Choices { lists: ["A", "B"].map(str::to_owned).to_vec(), ..Choices::default() };
    let e = ijsberg_publication::edition(
        table.as_bytes(),
        &choices,
        o,
        Ledger::default(),
        &ijsberg_mse::methods::Silent,
    )
    .unwrap();
    let of = |forms: &[&str]| -> u64 {
        let at = |form: &&str| FORMS.iter().position(|f| f == form).unwrap();
        forms.iter().map(|form| 3 * count(at(form))).sum()
    };
    // All counts are multiples of five, so rounding changes none.
    assert_eq!(number(&e, ALL, "2015"), of(FORMS));
    assert_eq!(of_purposes(&e, "2015"), of(FORMS) - of(&["UNKNOWN"]));
    for (series, forms) in PURPOSES.into_iter().zip([
        &["SEX_PROSTITUTION", "SEX_OTHER"][..],
        &["LABOUR", "DOMESTIC_SERVITUDE", "CHILD_LABOUR"],
        &["ORGAN_REMOVAL"],
    ]) {
        assert_eq!(number(&e, series, "2015"), of(forms), "{series}");
    }
    // The table of the report has the series too, with a note that explains it.
    for language in [Language::English, Language::Dutch] {
        let text = Text::new(language);
        let t = tables(&text, &e).into_iter().find(|t| t.id == "sdg-16-2-2").unwrap();
        assert!(t.rows.iter().any(|row| row[0] == Cell::from("VC_HTF_DETVOP")), "{:?}", t.rows);
        assert!(t.notes.contains(&text.say("legal-note-sdg")), "{:?}", t.notes);
    }
}
