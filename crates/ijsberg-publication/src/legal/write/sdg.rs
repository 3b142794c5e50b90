//! Indicator 16.2.2 of a delivery: as a table, and in the format of the United Nations.

use ijsberg_report::text::Text;

use super::columns::{columns, level_of, public, remark};
use super::notes::{series_note, stage_note};
use crate::asked::codes;
use crate::legal::delivery::Delivery;
use crate::legal::measure::Measure;
use crate::legal::tables::{CROSSED, Cell, Row};
use crate::stage::Stage;
use crate::tables::{self, Column, ColumnType, PublicTable};
use crate::tabulation;
use crate::write::sdmx::{self, Observation};

/// The name of the table in files.
pub(super) const TABLE: &str = "sdg-16-2-2";

/// A row for each series by sex and age.
pub(super) fn series(d: &Delivery) -> Vec<Row> {
    let row = |codes: [&'static str; 3]| Row {
        measure: Measure::Registered,
        by: CROSSED.to_owned(),
        code: codes.join(" "),
        cell: d.series(codes),
    };
    codes().into_iter().map(row).collect()
}

/// Whether a row is of all sexes and ages: inhabitants are known for the total only.
fn is_whole(row: &Row) -> bool {
    row.code.ends_with(" _T _T")
}

/// Persons per 100,000 inhabitants, if their number is known.
pub(super) fn rate(d: &Delivery, row: &Row) -> Option<f64> {
    let number = row.cell.number().filter(|_| is_whole(row))?;
    tabulation::rate(&d.request.country.population, &d.request.year.to_string(), number)
}

/// The codes of the status and the confidentiality of a cell.
pub(super) fn status(cell: &Cell, stage: Stage) -> (&'static str, &'static str) {
    match cell {
        Cell::Hidden => ("Q", "C"),
        Cell::NotRecorded | Cell::NotDelivered(_) => ("L", "F"),
        Cell::Count(..) | Cell::Zero | Cell::ZeroOrFew => (sdmx::status(Some(stage)), "F"),
    }
}

/// The table of the series of the indicator.
pub fn sdg(text: &Text, d: &Delivery) -> PublicTable {
    let mut columns = columns(text);
    columns.retain(|c| c.name != "measure" && c.name != "by");
    let title = text.say("column-rate");
    columns.insert(3, Column { name: "rate".to_owned(), title, holds: ColumnType::Number(2) });
    let row = |of: &Row| {
        vec![
            of.code.clone().into(),
            level_of(text, d, of).into(),
            public(&of.cell),
            if is_whole(of) { rate(d, of).into() } else { tables::Cell::NotApplicable },
            of.cell.code().into(),
            remark(text, &of.cell).into(),
            d.stage(Measure::Registered).code().into(),
        ]
    };
    let mut notes = vec![
        text.say("legal-note-sdg"),
        text.say("legal-note-counted"),
        text.fill("legal-note-first", &[("years", d.request.years.to_string())]),
        text.fill("legal-note-rate", &[("source", d.request.country.population_source.clone())]),
    ];
    notes.extend(series_note(text, d));
    notes.push(stage_note(text, d, d.stage(Measure::Registered)));
    PublicTable {
        id: TABLE.to_owned(),
        title: text.fill("legal-table-sdg", &[("year", d.request.year.to_string())]),
        notes,
        columns,
        rows: series(d).iter().map(row).collect(),
    }
}

/// The series in the format of the United Nations: a suppressed or missing number has a status and no value.
pub fn sdmx(d: &Delivery) -> String {
    let year = d.request.year.to_string();
    let of = |codes: [&'static str; 3]| {
        let cell = d.series(codes);
        let (status, confidentiality) = status(&cell, d.stage(Measure::Registered));
        Observation { codes, year: &year, persons: cell.number(), status, confidentiality }
    };
    let all: Vec<Observation<'_>> = codes().into_iter().map(of).collect();
    sdmx::csv_of(&all, &d.request.country.united_nations, &d.request.country.population)
}
