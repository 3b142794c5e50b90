//! Tables for the questionnaire of the United Nations Office on Drugs and Crime (Global Report on Trafficking in Persons). They contain the
//! counts of article 19a and of indicator 16.2.2 that passed the gate, in another order, and no other counts.

use ijsberg_report::text::Text;

use super::columns::{columns, row_of};
use super::notes::{noted, series_note, stage_note};
use crate::legal::delivery::Delivery;
use crate::legal::measure::Measure;
use crate::legal::tables::{CROSSED, Row, TOTAL};
use crate::tables::PublicTable;

/// The breakdowns of victims in the questionnaire.
const OF_VICTIMS: [&str; 7] = [TOTAL, "sex", "age", "form", "citizenship", "region", CROSSED];

/// The breakdowns of suspects and other persons in the questionnaire.
const OF_PERSONS: [&str; 3] = [TOTAL, "sex", "citizenship"];

/// Persons in formal contact, prosecuted and convicted.
const PERSONS: [Measure; 3] = [Measure::Suspected, Measure::Prosecuted, Measure::Convicted];

/// The names of the tables in files.
const TABLES: [&str; 2] = ["glotip-victims", "glotip-persons"];

/// The rows of a table with one of these names; empty for other tables.
pub(super) fn rows(d: &Delivery, id: &str) -> Vec<Row> {
    let of = |measures: &[Measure], by: &[&str]| -> Vec<Row> {
        let rows = measures.iter().flat_map(|m| d.rows(*m));
        rows.filter(|r| by.contains(&r.by.as_str())).collect()
    };
    match TABLES.iter().position(|t| *t == id) {
        Some(0) => of(&[Measure::Registered], &OF_VICTIMS),
        Some(_) => of(&PERSONS, &OF_PERSONS),
        None => Vec::new(),
    }
}

/// The tables of detected victims, and of persons suspected, prosecuted and convicted.
pub fn glotip(text: &Text, d: &Delivery) -> Vec<PublicTable> {
    let victims = [
        "legal-note-glotip",
        "legal-note-first",
        "legal-note-counted",
        "legal-note-citizenship",
        "legal-note-glotip-citizenship",
        "legal-note-glotip-not",
    ];
    let persons = [
        "legal-note-glotip",
        if d.from_records { "legal-note-records" } else { "legal-note-aggregates" },
        "legal-note-glotip-suspected",
        "legal-note-glotip-citizenship",
        "legal-note-glotip-no-offences",
    ];
    let table = |id: &str, measures: &[Measure], keys: &[&str]| PublicTable {
        id: id.to_owned(),
        title: text.fill(&format!("legal-table-{id}"), &[("year", d.request.year.to_string())]),
        notes: noted(text, d, keys).into_iter().chain([stage_note(text, d, d.stage_of(measures))]).collect(),
        columns: columns(text),
        rows: rows(d, id).iter().map(|r| row_of(text, d, r)).collect(),
    };
    let mut of_victims = table(TABLES[0], &[Measure::Registered], &victims);
    of_victims.notes.extend(series_note(text, d));
    vec![of_victims, table(TABLES[1], &PERSONS, &persons)]
}
