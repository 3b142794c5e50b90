//! The groups of a monitor as a table, such as the four of the Dutch Rapporteur.

use ijsberg_report::text::Text;

use super::columns::{columns, row_of};
use super::notes::{noted, stage_note};
use crate::country::name;
use crate::legal::delivery::Delivery;
use crate::legal::measure::Measure;
use crate::tables::PublicTable;

/// Victims by group; `None` if the country profile has no groups.
pub fn groups(text: &Text, d: &Delivery) -> Option<PublicTable> {
    let rows = d.groups();
    if rows.is_empty() {
        return None;
    }
    let mut notes = noted(text, d, &["legal-note-groups", "legal-note-first", "legal-note-counted"]);
    notes.extend(d.request.country.groups_note.as_ref().map(|note| name(text, note)));
    notes.push(stage_note(text, d, d.stage(Measure::Registered)));
    Some(PublicTable {
        id: "groups".to_owned(),
        title: text.fill("legal-table-groups", &[("year", d.request.year.to_string())]),
        notes,
        columns: columns(text),
        rows: rows.iter().map(|r| row_of(text, d, r)).collect(),
    })
}
