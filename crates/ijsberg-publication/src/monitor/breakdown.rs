//! Breakdowns of the year by sector, region and citizenship: from the edition, otherwise from the statutory delivery, otherwise the reason
//! why there is none. The counts of both passed the gate.

use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::families::Family;
use crate::labels::{self, BREAKDOWNS};
use crate::legal::write::eu;
use crate::legal::{Delivery, Measure, tables as legal};
use crate::persons::{UNKNOWN, folded};
use crate::protection::CountProtection;
use crate::tables::{Cell, Column, ColumnType, PublicTable};
use crate::tabulation::stages;

/// The published count of persons of the year at a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Level {
    /// Its code.
    pub(super) code: String,
    /// Its name.
    pub(super) label: String,
    /// The count; `None` if it is not published.
    pub(super) persons: Option<u64>,
    /// How the count is protected.
    pub(super) how: CountProtection,
}

/// A breakdown from the statutory delivery.
#[derive(Debug, Clone)]
pub(super) struct DeliveredBreakdown {
    /// Its levels.
    pub(super) levels: Vec<Level>,
    /// The total.
    pub(super) total: Option<u64>,
    /// How its counts are protected.
    pub(super) how: CountProtection,
    /// The table.
    pub(super) table: PublicTable,
}

/// The source of a breakdown.
#[derive(Debug, Clone)]
pub(super) enum Breakdown {
    /// The edition, under this name.
    Edition(String),
    /// The statutory delivery.
    Delivered(Box<DeliveredBreakdown>),
    /// None, with the reason.
    Missing(String),
}

/// The name of a breakdown, and its source.
pub(super) type NamedBreakdown = (&'static str, Breakdown);

/// The family of the edition for a breakdown. Nationality replaces citizenship if neither the edition nor the delivery has citizenship.
pub(super) fn of_edition<'a>(e: &'a Edition, by: &str, is_delivered: bool) -> Option<&'a Family> {
    let named = |name: &str| e.families.iter().skip(1).chain(&e.marks).find(|f| folded(&f.name) == name);
    let instead = || if by == "citizenship" && !is_delivered { named("nationality") } else { None };
    named(by).or_else(instead)
}

/// The levels of a family in the year of an edition; empty if the family does not have the year.
pub(super) fn levels_of(text: &Text, e: &Edition, family: &Family) -> Vec<Level> {
    let year = e.options.year.to_string();
    let Some(y) = family.years.iter().position(|of| *of == year) else { return Vec::new() };
    let level = |(l, code): (usize, &String)| Level {
        code: code.clone(),
        label: labels::level(text, &family.name, code),
        persons: family.cells[l][y].map(crate::Protected::get),
        how: family.how,
    };
    family.levels.iter().enumerate().map(level).collect()
}

/// Whether all levels are unknown.
fn is_nothing(levels: &[Level]) -> bool {
    levels.iter().all(|l| l.code.is_empty() || folded(&l.code) == UNKNOWN)
}

/// All breakdowns, each with its source.
pub(super) fn breakdowns(text: &Text, e: &Edition, chain: Option<&Delivery>) -> Vec<NamedBreakdown> {
    // Table a, of victims, is the first table of the statutory delivery.
    let table = chain.and_then(|d| eu(text, d).into_iter().next());
    let of = |by: &'static str| {
        let delivered = match (chain, &table) {
            (Some(d), Some(table)) => counted(text, d, table, by),
            _ => Err(text.say("legal-why-column")),
        };
        let found = match (of_edition(e, by, delivered.is_ok()), delivered) {
            (Some(family), _) if is_nothing(&levels_of(text, e, family)) => {
                Breakdown::Missing(text.say("monitor-nothing-recorded"))
            }
            (Some(family), _) => Breakdown::Edition(family.name.clone()),
            (None, Ok(counted)) => Breakdown::Delivered(Box::new(counted)),
            (None, Err(why)) => Breakdown::Missing(why),
        };
        (by, found)
    };
    BREAKDOWNS.into_iter().map(of).collect()
}

/// The number in a cell.
fn number(cell: &Cell) -> Option<u64> {
    match cell {
        Cell::Count(n) => Some(n.get()),
        // 0 persons, or so few that protection results in 0.
        Cell::Number(x) if *x == 0.0 => Some(0),
        _ => None,
    }
}

/// A breakdown in the table of the statutory delivery, or the reason why there is none.
fn counted(text: &Text, d: &Delivery, table: &PublicTable, by: &str) -> Result<DeliveredBreakdown, String> {
    let at = |name: &str| table.columns.iter().position(|c| c.name == name);
    let cell = |row: &[Cell], name: &str| at(name).and_then(|k| row.get(k).cloned());
    let words =
        |row: &[Cell], name: &str| cell(row, name).map_or_else(String::new, |c| c.plain(ColumnType::Text));
    let rows_by = |by: &str| -> Vec<&Vec<Cell>> {
        let is = text.say(&format!("legal-by-{by}"));
        table.rows.iter().filter(|row| words(row, "by") == is).collect()
    };
    let (rows, whole) = (rows_by(by), rows_by("total"));
    let persons = |row: &[Cell]| cell(row, "persons").as_ref().and_then(number);
    // A table that was not delivered at all has the reason in its total row.
    let Some(first) = rows.first().or(whole.first()) else { return Err(text.say("legal-why-column")) };
    if rows.is_empty() || rows.iter().all(|row| cell(row, "persons") == Some(Cell::NotAvailable)) {
        return Err(words(first, "remark"));
    }
    let family = d.released(Measure::Registered).and_then(|r| r.family(by));
    let how = family.map_or(CountProtection::Noise, |f| f.how);
    let level = |row: &&Vec<Cell>| Level {
        code: words(row, "code"),
        label: words(row, "level"),
        persons: persons(row),
        how: if words(row, "cell") == legal::Cell::Zero.code() { CountProtection::Exact } else { how },
    };
    let levels: Vec<Level> = rows.iter().map(level).collect();
    if is_nothing(&levels) {
        return Err(text.say("monitor-nothing-recorded"));
    }
    let kept = ["level", "persons", "remark"];
    let values = [("year", d.request.year.to_string()), ("what", labels::covariate(text, by))];
    let columns: Vec<Column> = kept.iter().filter_map(|k| Some(table.columns[at(k)?].clone())).collect();
    let row = |row: &&Vec<Cell>| -> Vec<Cell> { kept.iter().filter_map(|k| cell(row, k)).collect() };
    let protection = text.say(match how {
        CountProtection::Noise => "note-noise",
        CountProtection::Rounded => "note-rounded",
        CountProtection::Exact | CountProtection::Hidden => "note-suppressed",
    });
    let of_year = (d.request.year, d.request.date);
    let stage = stages::line(text, &d.request.country, of_year, d.stage(Measure::Registered));
    let shown = PublicTable {
        id: delivered_id(by),
        title: text.fill("monitor-chart-by", &values),
        notes: vec![protection, stage + "."],
        columns,
        rows: rows.iter().chain(&whole).map(row).collect(),
    };
    Ok(DeliveredBreakdown { levels, total: whole.first().and_then(|row| persons(row)), how, table: shown })
}

/// The name of the table of a breakdown from the statutory delivery.
pub(super) fn delivered_id(by: &str) -> String {
    format!("registered-{by}")
}
