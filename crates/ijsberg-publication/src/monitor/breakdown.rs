//! Sector, region and citizenship of the year: as the edition counts them, or else as what is delivered by law does; and where neither
//! has them, why. The counts of both passed the gate.

use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::families::Family;
use crate::labels::{self, BREAKDOWNS};
use crate::legal::write::eu;
use crate::legal::{Delivery, Measure, tables as legal};
use crate::persons::{UNKNOWN, folded};
use crate::protection::How;
use crate::tables::{Cell, Column, Holds, PublicTable};
use crate::tabulation::stages;

/// Persons of the year at a level, as they are published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Level {
    /// Its code.
    pub(super) code: String,
    /// Its words.
    pub(super) label: String,
    /// How many; none where that is not published.
    pub(super) persons: Option<u64>,
    /// What that says of the true number.
    pub(super) how: How,
}

/// A breakdown that is delivered by law.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    /// Its levels.
    pub(super) levels: Vec<Level>,
    /// Everybody.
    pub(super) total: Option<u64>,
    /// What its numbers say of the true ones.
    pub(super) how: How,
    /// The table.
    pub(super) table: PublicTable,
}

/// Where a breakdown is found.
#[derive(Debug, Clone)]
pub(super) enum Breakdown {
    /// In the edition, under this name.
    Edition(String),
    /// In what is delivered by law.
    Delivered(Box<Counted>),
    /// Nowhere, and why.
    Missing(String),
}

/// By what, and where that is found.
pub(super) type Found = (&'static str, Breakdown);

/// The family of the edition that a breakdown is. Nationality is taken for citizenship where nothing says more.
pub(super) fn of_edition<'a>(e: &'a Edition, by: &str, is_delivered: bool) -> Option<&'a Family> {
    let named = |name: &str| e.families.iter().skip(1).chain(&e.marks).find(|f| folded(&f.name) == name);
    let instead = || if by == "citizenship" && !is_delivered { named("nationality") } else { None };
    named(by).or_else(instead)
}

/// The levels of a family in the year of an edition; none if the year is not there.
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

/// Whether nothing is known but that nobody knows.
fn is_nothing(levels: &[Level]) -> bool {
    levels.iter().all(|l| l.code.is_empty() || folded(&l.code) == UNKNOWN)
}

/// All of them, each with where it is found.
pub(super) fn breakdowns(text: &Text, e: &Edition, chain: Option<&Delivery>) -> Vec<Found> {
    // What the law asks for of victims: the first of its tables.
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

/// What a cell tells as a number.
fn number(cell: &Cell) -> Option<u64> {
    match cell {
        Cell::Count(n) => Some(n.get()),
        // Nobody, or so few that protection makes nothing of them.
        Cell::Number(x) if *x == 0.0 => Some(0),
        _ => None,
    }
}

/// A breakdown in the table that is delivered by law, or why it is not there.
fn counted(text: &Text, d: &Delivery, table: &PublicTable, by: &str) -> Result<Counted, String> {
    let at = |name: &str| table.columns.iter().position(|c| c.name == name);
    let cell = |row: &[Cell], name: &str| at(name).and_then(|k| row.get(k).cloned());
    let words = |row: &[Cell], name: &str| cell(row, name).map_or_else(String::new, |c| c.plain(Holds::Text));
    let rows_by = |by: &str| -> Vec<&Vec<Cell>> {
        let is = text.say(&format!("legal-by-{by}"));
        table.rows.iter().filter(|row| words(row, "by") == is).collect()
    };
    let (rows, whole) = (rows_by(by), rows_by("total"));
    let persons = |row: &[Cell]| cell(row, "persons").as_ref().and_then(number);
    // A table that was not delivered at all says so at its total.
    let Some(first) = rows.first().or(whole.first()) else { return Err(text.say("legal-why-column")) };
    if rows.is_empty() || rows.iter().all(|row| cell(row, "persons") == Some(Cell::NotAvailable)) {
        return Err(words(first, "remark"));
    }
    let how = d.released(Measure::Registered).and_then(|r| r.family(by)).map_or(How::Noise, |f| f.how);
    let level = |row: &&Vec<Cell>| Level {
        code: words(row, "code"),
        label: words(row, "level"),
        persons: persons(row),
        how: if words(row, "cell") == legal::Cell::Zero.code() { How::Exact } else { how },
    };
    let levels: Vec<Level> = rows.iter().map(level).collect();
    if is_nothing(&levels) {
        return Err(text.say("monitor-nothing-recorded"));
    }
    let kept = ["level", "persons", "remark"];
    let values = [("year", d.asked.year.to_string()), ("what", labels::covariate(text, by))];
    let columns: Vec<Column> = kept.iter().filter_map(|k| Some(table.columns[at(k)?].clone())).collect();
    let row = |row: &&Vec<Cell>| -> Vec<Cell> { kept.iter().filter_map(|k| cell(row, k)).collect() };
    let protection = text.say(match how {
        How::Noise => "note-noise",
        How::Rounded => "note-rounded",
        How::Exact | How::Hidden => "note-suppressed",
    });
    let of_year = (d.asked.year, d.asked.date);
    let stage = stages::line(text, &d.asked.country, of_year, d.stage(Measure::Registered));
    let shown = PublicTable {
        id: delivered_id(by),
        title: text.fill("monitor-chart-by", &values),
        notes: vec![protection, stage + "."],
        columns,
        rows: rows.iter().chain(&whole).map(row).collect(),
    };
    Ok(Counted { levels, total: whole.first().and_then(|row| persons(row)), how, table: shown })
}

/// The name of the table of a breakdown that is delivered by law.
pub(super) fn delivered_id(by: &str) -> String {
    format!("registered-{by}")
}
