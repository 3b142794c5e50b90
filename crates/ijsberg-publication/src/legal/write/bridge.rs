//! The bridge across changes of the law as a table.

use ijsberg_report::text::Text;

use crate::country::name;
use crate::labels::level;
use crate::legal::bridge::{Bridge, BridgeCount, bridges};
use crate::legal::delivery::Delivery;
use crate::tables::{Cell, ColumnType, PublicTable};

/// Counts before and after each change of the law; `None` if no change has published counts on both sides.
pub fn bridge(text: &Text, d: &Delivery) -> Option<PublicTable> {
    let all = bridges(d);
    if all.is_empty() {
        return None;
    }
    let columns = [
        ("from", ColumnType::Text),
        ("change", ColumnType::Text),
        ("year", ColumnType::Text),
        ("law", ColumnType::Text),
        ("definition", ColumnType::Text),
        ("code", ColumnType::Text),
        ("level", ColumnType::Text),
        ("persons", ColumnType::Number(0)),
        ("break", ColumnType::Text),
        ("stage", ColumnType::Text),
    ];
    let named: Vec<(&str, String, ColumnType)> =
        columns.iter().map(|(n, h)| (*n, text.say(&format!("legal-column-{n}")), *h)).collect();
    let mut t = PublicTable::new("bridge", text.say("legal-table-bridge"), &named);
    t.notes = ["legal-note-bridge", "legal-note-bridge-recoded"].map(|k| text.say(k)).to_vec();
    t.rows = all.iter().flat_map(|b| b.counts.iter().map(|s| row(text, b, s))).collect();
    Some(t)
}

fn row(text: &Text, b: &Bridge, s: &BridgeCount) -> Vec<Cell> {
    let definition = if s.recoded { "recoded" } else { "in-force" };
    let of = if s.form.is_empty() { text.say("legal-total") } else { level(text, "form", &s.form) };
    vec![
        b.change.from.to_string().into(),
        name(text, &b.change.name).into(),
        s.year.to_string().into(),
        text.say(&format!("legal-law-{}", s.period.code())).into(),
        text.say(&format!("legal-definition-{definition}")).into(),
        s.form.clone().into(),
        of.into(),
        s.persons.map_or(Cell::Confidential, |n| Cell::Number(n as f64)),
        text.say(if s.breaks { "legal-break-yes" } else { "legal-break-no" }).into(),
        s.stage.code().into(),
    ]
}
