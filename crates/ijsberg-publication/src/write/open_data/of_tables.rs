//! The tables of a report as cubes. The text columns before the numbers are dimensions, and each number is an observation.

use std::collections::BTreeSet;

use ijsberg_report::text::Text;
use jiff::civil::Date;

use super::ids::{Ids, component_id};
use super::languages::names;
use super::{Component, Names, Observation, Structure};
use crate::tables::{Cell, Column, ColumnType, PublicTable};

/// Names that no column may have, because they have a meaning in the format.
const TAKEN: [&str; 12] = [
    "STRUCTURE",
    "STRUCTURE_ID",
    "STRUCTURE_NAME",
    "ACTION",
    "SERIES_KEY",
    "OBS_KEY",
    "DATAFLOW",
    "OBS_VALUE",
    "TIME_PERIOD",
    "COLUMN",
    "OBS_STATUS",
    "CONF_STATUS",
];

/// The cubes of tables in the order of [`super::LANGUAGES`].
pub fn structure_of(texts: [&Text; 2], date: Date, tables: [&[PublicTable]; 2]) -> Structure {
    let mut structure = Structure::new(date, names(texts, |t| t.say("data-value")));
    for (en, nl) in tables[0].iter().zip(tables[1]) {
        add_table(&mut structure, texts, [en, nl]);
    }
    structure
}

/// Adds a table, if it has rows with numbers.
pub(crate) fn add_table(structure: &mut Structure, texts: [&Text; 2], of: [&PublicTable; 2]) {
    if of[0].columns.iter().any(is_number) && !of[0].rows.is_empty() {
        Tables { texts, structure, of }.add();
    }
}

fn is_number(column: &Column) -> bool {
    column.holds != ColumnType::Text
}

/// The codes of status and confidentiality of a cell in a number column.
fn status(cell: &Cell) -> [&'static str; 2] {
    match cell {
        Cell::Confidential => ["Q", "C"],
        Cell::NotAvailable | Cell::NotRecorded => ["L", "F"],
        Cell::NotApplicable => ["M", "F"],
        Cell::Text(_) | Cell::Count(_) | Cell::Number(_) => ["A", "F"],
    }
}

/// A table in both languages, and the structure to which it is added.
struct Tables<'a> {
    texts: [&'a Text; 2],
    structure: &'a mut Structure,
    of: [&'a PublicTable; 2],
}

impl Tables<'_> {
    fn add(&mut self) {
        let [en, nl] = self.of;
        let first = en.columns.iter().position(is_number).unwrap_or(en.columns.len());
        let texts: Vec<usize> = (0..en.columns.len()).filter(|c| !is_number(&en.columns[*c])).collect();
        let (keys, remarks): (Vec<usize>, Vec<usize>) = texts.into_iter().partition(|c| *c < first);
        let key = |row: &[Cell]| keys.iter().map(|c| row[*c].plain(ColumnType::Text)).collect::<Vec<_>>();
        let different: BTreeSet<Vec<String>> = en.rows.iter().map(|r| key(r)).collect();
        let is_repeated = different.len() < en.rows.len();
        let mut ids = Ids::without(&TAKEN);
        let mut component = |c: &usize| {
            let column = &en.columns[*c];
            let id = ids.identifier(&column.name, &component_id(&column.name));
            let list = Some(self.list(&id));
            Component { id, names: [column.title.clone(), nl.columns[*c].title.clone()], list }
        };
        let mut dimensions: Vec<Component> = keys.iter().map(&mut component).collect();
        let attributes: Vec<Component> = remarks.iter().map(&mut component).collect();
        let numbered = is_repeated.then(|| {
            let id = ids.identifier("\u{0}row", "ROW");
            Component { list: Some(self.list(&id)), id, names: self.say("data-row") }
        });
        dimensions.extend(numbered.clone());
        let list = Some(self.list("COLUMN"));
        dimensions.push(Component { id: "COLUMN".to_owned(), names: self.say("data-column"), list });
        let fixed = ["OBS_STATUS", "CONF_STATUS"].map(|id| self.fixed(id));
        let all_attributes: Vec<Component> = fixed.into_iter().chain(attributes.clone()).collect();
        let mut rows = Vec::new();
        for row in 0..en.rows.len() {
            let mut at: Vec<String> =
                keys.iter().zip(&dimensions).map(|(c, of)| self.code(of, row, *c)).collect();
            let remarks: Vec<String> =
                remarks.iter().zip(&attributes).map(|(c, of)| self.code(of, row, *c)).collect();
            if let Some(of) = &numbered {
                let (list, number) = (of.list.clone().unwrap_or_default(), (row + 1).to_string());
                at.push(self.structure.code(&list, &number, &number, [number.clone(), number.clone()]));
            }
            rows.extend(self.numbers(row, &at, &remarks));
        }
        let titles = [en.title.clone(), nl.title.clone()];
        self.structure.add(&en.id, titles, [dimensions, all_attributes], rows);
    }

    /// The numbers of a row.
    fn numbers(&mut self, row: usize, key: &[String], remarks: &[String]) -> Vec<Observation> {
        let [en, nl] = self.of;
        let list = self.list("COLUMN");
        let mut all = Vec::new();
        for (c, column) in en.columns.iter().enumerate().filter(|(_, c)| is_number(c)) {
            let cell = &en.rows[row][c];
            let titles = [column.title.clone(), nl.columns[c].title.clone()];
            let code = self.structure.code(&list, &column.name, &column.name, titles);
            let has_value = matches!(cell, Cell::Text(_) | Cell::Count(_) | Cell::Number(_));
            let value = has_value.then(|| cell.plain(column.holds));
            let [status, confidentiality] = status(cell);
            let statuses = [self.known("OBS_STATUS", status), self.known("CONF_STATUS", confidentiality)];
            all.push(Observation {
                key: key.iter().cloned().chain([code]).collect(),
                value,
                attributes: statuses.into_iter().chain(remarks.iter().cloned()).collect(),
            });
        }
        all
    }

    /// The name of a code list of this table.
    fn list(&self, of: &str) -> String {
        format!("CL_{}_{of}", component_id(&self.of[0].id))
    }

    fn say(&self, key: &str) -> Names {
        names(self.texts, |t| t.say(key))
    }

    /// An attribute whose codes are the same in every table.
    fn fixed(&self, id: &str) -> Component {
        let names = self.say(&format!("data-concept-{id}"));
        Component { id: id.to_owned(), names, list: Some(format!("CL_{id}")) }
    }

    /// A code of such an attribute.
    fn known(&mut self, id: &str, code: &str) -> String {
        let names = self.say(&format!("data-{id}-{code}"));
        self.structure.own_code(&format!("CL_{id}"), code, names)
    }

    /// The code of a cell in a text column.
    fn code(&mut self, of: &Component, row: usize, column: usize) -> String {
        let list = of.list.clone().unwrap_or_default();
        let [en, nl] = self.of.map(|t| &t.rows[row][column]);
        if let (Cell::Text(text), Cell::Text(dutch)) = (en, nl)
            && !text.is_empty()
        {
            self.structure.code(&list, text, text, [text.clone(), dutch.clone()])
        } else {
            let names = self.say("data-not-applicable");
            self.structure.code(&list, "\u{0}", "_Z", names)
        }
    }
}
