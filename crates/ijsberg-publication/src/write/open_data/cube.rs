//! Tables as cubes: each number at a place in dimensions whose codes are listed.

use std::collections::BTreeMap;

use ijsberg_outside::Csv;
use jiff::civil::Date;

use super::ids::{Ids, code_id, component_id};

/// A text in English and in Dutch.
pub type Names = [String; 2];

/// Who keeps the structures: they are those of this program, whoever publishes the numbers.
pub(super) const AGENCY: &str = "IJSBERG";

/// The dimension of time, which has no list of codes.
pub(crate) const TIME: &str = "TIME_PERIOD";

/// The measure.
pub(super) const VALUE: &str = "OBS_VALUE";

/// What SDMX has where there is no number; an empty cell says that nothing is known of the number, and some programs stop at it.
pub(crate) const NO_NUMBER: &str = "NaN";

/// A dimension or an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub names: Names,
    /// The list of its codes; none for the time.
    pub list: Option<String>,
}

/// A number and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// A code for each dimension.
    pub key: Vec<String>,
    /// The number, as the table writes it; none where a sign stands in its place.
    pub value: Option<String>,
    /// A code for each attribute.
    pub attributes: Vec<String>,
}

/// A table as a cube.
#[derive(Debug, Clone)]
pub struct Cube {
    /// Its identifier.
    pub id: String,
    /// The name of its table in files.
    pub table: String,
    /// Its title.
    pub names: Names,
    /// What its numbers are counted by.
    pub dimensions: Vec<Component>,
    /// What is said of each number.
    pub attributes: Vec<Component>,
    /// Its numbers, in the order of the rows of the table.
    pub rows: Vec<Observation>,
}

/// Codes with names.
#[derive(Debug, Default)]
pub(super) struct List {
    ids: Ids,
    pub(super) codes: Vec<(String, Names)>,
}

/// The cubes of a folder and the lists of codes that they share.
#[derive(Debug)]
pub struct Structure {
    pub(super) version: String,
    pub(super) lists: BTreeMap<String, List>,
    /// What is said of some lists beside their names.
    pub(super) described: BTreeMap<String, Names>,
    pub(super) measure: Component,
    ids: Ids,
    cubes: Vec<Cube>,
}

impl Structure {
    /// One of an edition of a day, with the name of what is measured. Its version is the day: codes may be others in another edition.
    pub fn new(date: Date, measure: Names) -> Self {
        let version = format!("{}.{}.{}", date.year(), date.month(), date.day());
        let measure = Component { id: VALUE.to_owned(), names: measure, list: None };
        let (lists, described) = (BTreeMap::new(), BTreeMap::new());
        Self { version, lists, described, measure, ids: Ids::default(), cubes: Vec::new() }
    }

    /// The code in a list that stands for a text, and is made of `wanted`; the list has it from now on.
    pub fn code(&mut self, list: &str, text: &str, wanted: &str, names: Names) -> String {
        let of = self.lists.entry(list.to_owned()).or_default();
        let is_new = !of.ids.knows(text);
        let id = of.ids.identifier(text, &code_id(wanted));
        if is_new {
            of.codes.push((id.clone(), names));
        }
        id
    }

    /// The code of something that this program named. No level is called like that, so that no level takes its place.
    pub fn own_code(&mut self, list: &str, code: &str, names: Names) -> String {
        self.code(list, &format!("\u{0}{code}"), code, names)
    }

    /// Says by which rule something gets a code of a list.
    pub fn describe(&mut self, list: &str, rule: Names) {
        self.described.insert(list.to_owned(), rule);
    }

    /// Adds a table.
    pub fn add(
        &mut self,
        table: &str,
        names: Names,
        components: [Vec<Component>; 2],
        rows: Vec<Observation>,
    ) {
        let [dimensions, attributes] = components;
        let id = self.ids.identifier(table, &component_id(table));
        self.cubes.push(Cube { id, table: table.to_owned(), names, dimensions, attributes, rows });
    }

    /// The cubes, in the order of the tables.
    pub fn cubes(&self) -> &[Cube] {
        &self.cubes
    }

    /// The codes of a list and their names.
    pub fn codes(&self, list: &str) -> &[(String, Names)] {
        self.lists.get(list).map_or(&[], |l| l.codes.as_slice())
    }

    /// The numbers of a cube as SDMX-CSV 2.0, a row an observation.
    pub fn csv(&self, cube: &Cube) -> String {
        let mut out = Csv::new();
        let id = |c: &Component| c.id.clone();
        let first = ["STRUCTURE", "STRUCTURE_ID", "ACTION"].map(str::to_owned);
        let head = first.into_iter().chain(cube.dimensions.iter().map(id));
        out.row(head.chain([VALUE.to_owned()]).chain(cube.attributes.iter().map(id)));
        let first =
            ["dataflow".to_owned(), format!("{AGENCY}:{}({})", cube.id, self.version), "I".to_owned()];
        for row in &cube.rows {
            let value = row.value.as_deref().unwrap_or(NO_NUMBER);
            let cells = first.iter().chain(&row.key).map(String::as_str);
            out.row(cells.chain([value]).chain(row.attributes.iter().map(String::as_str)));
        }
        out.finish()
    }
}
