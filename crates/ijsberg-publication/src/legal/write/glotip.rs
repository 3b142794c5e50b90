//! Tables for the questionnaire of the United Nations Office on Drugs and Crime (Global Report on Trafficking in Persons). They hold the
//! counts of article 19a and of indicator 16.2.2 as they passed the gate, in another order, and no other count.

use ijsberg_report::text::Text;

use super::{columns, noted, row_of, stage_note};
use crate::legal::deliver::Delivery;
use crate::legal::measure::Measure;
use crate::legal::tables::{CROSSED, Row, TOTAL};
use crate::tables::PublicTable;

/// By what victims are asked for.
const OF_VICTIMS: [&str; 7] = [TOTAL, "sex", "age", "form", "citizenship", "region", CROSSED];

/// By what suspects and others are.
const OF_PERSONS: [&str; 3] = [TOTAL, "sex", "citizenship"];

/// Persons in formal contact, prosecuted and convicted.
const PERSONS: [Measure; 3] = [Measure::Suspected, Measure::Prosecuted, Measure::Convicted];

/// Detected victims; and persons suspected, prosecuted and convicted.
pub fn glotip(text: &Text, d: &Delivery) -> Vec<PublicTable> {
    let of = |measures: &[Measure], by: &[&str]| -> Vec<Row> {
        let rows = measures.iter().flat_map(|m| d.rows(*m));
        rows.filter(|r| by.contains(&r.by.as_str())).collect()
    };
    let victims = [
        "legal-note-glotip",
        "legal-note-first",
        "legal-note-counted",
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
    let table = |id: &str, measures: &[Measure], by: &[&str], keys: &[&str]| PublicTable {
        id: format!("glotip-{id}"),
        title: text.fill(&format!("legal-table-glotip-{id}"), &[("year", d.asked.year.to_string())]),
        notes: noted(text, d, keys).into_iter().chain([stage_note(text, d, d.stage_of(measures))]).collect(),
        columns: columns(text),
        rows: of(measures, by).iter().map(|r| row_of(text, d, r)).collect(),
    };
    vec![
        table("victims", &[Measure::Registered], &OF_VICTIMS, &victims),
        table("persons", &PERSONS, &OF_PERSONS, &persons),
    ]
}
