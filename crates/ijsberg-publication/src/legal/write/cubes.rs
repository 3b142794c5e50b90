//! The tables of a delivery as cubes for SDMX: measure, breakdowns and levels are dimensions, and the kind of each cell is in attributes. The
//! cubes contain the cells of the tables and no others.

use ijsberg_report::text::Text;

use super::columns::{by_of, level_of};
use super::{glotip, sdg};
use crate::country::name;
use crate::legal::delivery::Delivery;
use crate::legal::measure::UNKNOWN;
use crate::legal::tables::{CROSSED, Cell, Reason, Row, TOTAL};
use crate::persons::folded;
use crate::tables::PublicTable;
use crate::write::open_data::{
    Component, Names, Observation, Structure, TIME, add_table, component_id, names,
};

/// The dimensions of the breakdown by form, sex and age.
const PARTS: [&str; 3] = ["series", "sex", "age"];

/// The breakdown in which a person can have several levels but is counted at one.
const CITIZENSHIP: &str = "citizenship";

/// The code of a dimension by which a row is not broken down: total.
const ALL: &str = "_T";

/// The code of a row that is not a series of the United Nations.
const NO_SERIES: &str = "_Z";

/// The code of a row without a level: nothing is recorded or delivered.
const NO_LEVEL: &str = "_X";

/// The cubes of the tables of a delivery, in the order of `open_data::LANGUAGES`.
pub fn cubes(texts: [&Text; 2], d: &Delivery, tables: [&[PublicTable]; 2]) -> Structure {
    let structure = Structure::new(d.request.date, names(texts, |t| t.say("legal-column-persons")));
    let mut maker = Maker { texts, d, structure };
    for (en, nl) in tables[0].iter().zip(tables[1]) {
        let titles = [en.title.clone(), nl.title.clone()];
        let rows = rows(d, &en.id);
        if rows.is_empty() {
            add_table(&mut maker.structure, texts, [en, nl]);
        } else {
            maker.add(&en.id, titles, &rows);
        }
    }
    maker.structure
}

/// The rows of a table with one row per cell; empty for other tables.
fn rows(d: &Delivery, id: &str) -> Vec<Row> {
    match id {
        "groups" => d.groups(),
        sdg::TABLE => sdg::series(d),
        _ => match id.strip_prefix("eu-19a-").and_then(|letter| letter.chars().next()) {
            Some(letter) => d.table(letter),
            None => glotip::rows(d, id),
        },
    }
}

/// The breakdowns of a row with their codes.
fn parts(row: &Row) -> Vec<(&str, &str)> {
    match row.by.as_str() {
        TOTAL => Vec::new(),
        CROSSED => PARTS.into_iter().zip(row.code.split(' ')).collect(),
        by => vec![(by, row.code.as_str())],
    }
}

/// The SDMX code of a level.
fn wanted<'a>(by: &str, code: &'a str) -> &'a str {
    match (by, code) {
        ("age", "minor") => "Y0T17",
        ("age", "adult") => "Y_GE18",
        _ if folded(code) == UNKNOWN => "_U",
        _ => code,
    }
}

struct Maker<'a> {
    texts: [&'a Text; 2],
    d: &'a Delivery,
    structure: Structure,
}

impl Maker<'_> {
    fn say(&self, key: &str) -> Names {
        names(self.texts, |t| t.say(key))
    }

    /// A code that the program defines.
    fn fixed(&mut self, list: &str, code: &str, names: Names) -> String {
        self.structure.own_code(&list_of(list), code, names)
    }

    /// The code of a row in a dimension.
    fn level(&mut self, by: &str, row: &Row) -> String {
        let code = parts(row).into_iter().find(|p| p.0 == by).map(|p| p.1);
        let id = component_id(by);
        match code {
            None if by == PARTS[0] => self.fixed(&id, NO_SERIES, self.say("data-not-applicable")),
            None => self.fixed(&id, ALL, self.say("legal-total")),
            Some(ALL) if row.by == CROSSED => self.fixed(&id, ALL, self.say("legal-total")),
            Some("") => self.fixed(&id, NO_LEVEL, self.say("data-no-level")),
            Some(code) => {
                let level_name = |text: &Text| {
                    let crossed = row.by == CROSSED;
                    if crossed {
                        text.say(&format!("legal-{by}-{code}"))
                    } else {
                        level_of(text, self.d, row)
                    }
                };
                let (names, known) = (names(self.texts, level_name), wanted(by, code));
                if known != code || PARTS.contains(&by) {
                    return self.fixed(&id, known, names);
                }
                self.structure.code(&list_of(&id), code, code, names)
            }
        }
    }

    /// The attributes of a cell.
    fn attributes(&mut self, row: &Row) -> Vec<String> {
        let stage = self.d.stage(row.measure);
        let (status, confidentiality) = sdg::status(&row.cell, stage);
        let reason = if let Cell::NotDelivered(why) = &row.cell {
            let code = why.key().trim_start_matches("legal-why-");
            let key = if matches!(why, Reason::Refused(_)) { "data-reason-refused" } else { why.key() };
            self.fixed("REASON", code, self.say(key))
        } else {
            self.fixed("REASON", "_Z", self.say("data-not-applicable"))
        };
        let (cell, stage) = (row.cell.code(), stage.code());
        let kind = match row.cell {
            Cell::NotDelivered(_) => self.say("data-not-delivered"),
            _ => self.say(&format!("legal-cell-{cell}")),
        };
        vec![
            self.fixed("OBS_STATUS", status, self.say(&format!("data-OBS_STATUS-{status}"))),
            self.fixed(
                "CONF_STATUS",
                confidentiality,
                self.say(&format!("data-CONF_STATUS-{confidentiality}")),
            ),
            self.fixed("CELL", cell, kind),
            self.fixed("STAGE", stage, self.say(&format!("data-stage-{stage}"))),
            reason,
        ]
    }

    fn component(&self, id: &str, key: &str) -> Component {
        Component { id: id.to_owned(), names: self.say(key), list: Some(list_of(id)) }
    }

    fn components(&self, by: &[String]) -> [Vec<Component>; 2] {
        let first = [
            self.component("FREQ", "data-concept-FREQ"),
            self.component("REF_AREA", "data-concept-REF_AREA"),
            self.component("MEASURE", "legal-column-measure"),
            self.component("UNIT_MEASURE", "data-concept-UNIT_MEASURE"),
        ];
        let of_by = by.iter().map(|by| {
            let id = component_id(by);
            let title = |t: &Text| if by == PARTS[0] { t.say("column-series") } else { by_of(t, by) };
            Component { names: names(self.texts, title), list: Some(list_of(&id)), id }
        });
        let time = Component { id: TIME.to_owned(), names: self.say("legal-column-year"), list: None };
        let attributes = vec![
            self.component("OBS_STATUS", "data-concept-OBS_STATUS"),
            self.component("CONF_STATUS", "data-concept-CONF_STATUS"),
            self.component("CELL", "legal-column-cell"),
            self.component("STAGE", "legal-column-stage"),
            self.component("REASON", "legal-column-remark"),
        ];
        [first.into_iter().chain(of_by).chain([time]).collect(), attributes]
    }

    /// Adds a table; the series of the United Nations also have the rates of their table.
    fn add(&mut self, id: &str, titles: Names, rows: &[Row]) {
        let mut by: Vec<String> = Vec::new();
        for (part, _) in rows.iter().flat_map(parts) {
            if !by.iter().any(|known| known == part) {
                by.push(part.to_owned());
            }
        }
        if by.iter().any(|by| by == CITIZENSHIP) {
            let rule = self.say("legal-note-citizenship");
            self.structure.describe(&list_of(&component_id(CITIZENSHIP)), rule);
        }
        let components = self.components(&by);
        // The code for the total comes first in a list, if a row has it.
        let is_of_all =
            |part: &str| rows.iter().any(|row| parts(row).iter().all(|p| p.0 != part || p.1 == ALL));
        for part in by.iter().filter(|b| *b != PARTS[0] && is_of_all(b)) {
            self.fixed(&component_id(part), ALL, self.say("legal-total"));
        }
        let mut all = Vec::new();
        for row in rows {
            let number = row.cell.number();
            let rate = (id == sdg::TABLE).then(|| sdg::rate(self.d, row)).flatten();
            all.push(self.observation(&by, row, "NUMBER", number.map(|n| n.to_string())));
            if let Some(rate) = rate {
                all.push(self.observation(&by, row, "PER_100000_POP", Some(format!("{rate:.2}"))));
            }
        }
        self.structure.add(id, titles, components, all);
    }

    fn observation(&mut self, by: &[String], row: &Row, unit: &str, value: Option<String>) -> Observation {
        let d = self.d;
        let country = &d.request.country;
        let (area, area_names) = (&country.code, names(self.texts, |t| name(t, &country.name)));
        let measure = row.measure.code();
        let mut key = vec![
            self.fixed("FREQ", "A", self.say("data-FREQ-A")),
            self.fixed("REF_AREA", area, area_names),
            self.fixed("MEASURE", measure, self.say(&format!("legal-measure-{measure}"))),
            self.fixed("UNIT_MEASURE", unit, self.say(&format!("data-UNIT_MEASURE-{unit}"))),
        ];
        key.extend(by.iter().map(|by| self.level(by, row)));
        key.push(d.request.year.to_string());
        Observation { key, value, attributes: self.attributes(row) }
    }
}

/// The list of the codes of a component.
fn list_of(id: &str) -> String {
    format!("CL_{id}")
}
