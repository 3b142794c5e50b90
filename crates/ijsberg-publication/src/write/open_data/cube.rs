//! Tables as cubes: each number has a code in every dimension, and the codes are in code lists.

use std::collections::BTreeMap;

use ijsberg_outside::Csv;
use jiff::civil::Date;

use super::ids::{Ids, code_id, component_id};

/// A text in English and in Dutch.
pub type Names = [String; 2];

/// The maintenance agency of the structures: this program, regardless of the publisher of the numbers.
pub(super) const AGENCY: &str = "IJSBERG";

/// The dimension of time, which has no list of codes.
pub(crate) const TIME: &str = "TIME_PERIOD";

/// The measure.
pub(super) const VALUE: &str = "OBS_VALUE";

/// The SDMX value of a missing number; an empty cell would say nothing about the number, and some programs do not accept it.
pub(crate) const NO_NUMBER: &str = "NaN";

/// A dimension or an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub names: Names,
    /// Its code list; `None` for the time dimension.
    pub list: Option<String>,
}

/// A number and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// A code for each dimension.
    pub key: Vec<String>,
    /// The number as written in the table; `None` if the table has a sign in its place.
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
    /// Its dimensions.
    pub dimensions: Vec<Component>,
    /// The attributes of its numbers.
    pub attributes: Vec<Component>,
    /// Its numbers, in the order of the rows of the table.
    pub rows: Vec<Observation>,
}

/// A code list: codes with names.
#[derive(Debug, Default)]
pub(super) struct List {
    ids: Ids,
    pub(super) codes: Vec<(String, Names)>,
}

/// The cubes of a folder and the code lists that they share.
#[derive(Debug)]
pub struct Structure {
    pub(super) version: String,
    pub(super) lists: BTreeMap<String, List>,
    /// Descriptions of some code lists.
    pub(super) described: BTreeMap<String, Names>,
    pub(super) measure: Component,
    ids: Ids,
    cubes: Vec<Cube>,
}

impl Structure {
    /// The structure of an edition of a day, with the name of its measure. Its version is the day: another edition can have other codes.
    pub fn new(date: Date, measure: Names) -> Self {
        let version = format!("{}.{}.{}", date.year(), date.month(), date.day());
        let measure = Component { id: VALUE.to_owned(), names: measure, list: None };
        let (lists, described) = (BTreeMap::new(), BTreeMap::new());
        Self { version, lists, described, measure, ids: Ids::default(), cubes: Vec::new() }
    }

    /// The code of a text in a list, made from `wanted`; it is added to the list if it is new.
    pub fn code(&mut self, list: &str, text: &str, wanted: &str, names: Names) -> String {
        let of = self.lists.entry(list.to_owned()).or_default();
        let is_new = !of.ids.knows(text);
        let id = of.ids.identifier(text, &code_id(wanted));
        if is_new {
            of.codes.push((id.clone(), names));
        }
        id
    }

    /// A code that the program defines. Its text cannot be the name of a level, so it never coincides with one.
    pub fn own_code(&mut self, list: &str, code: &str, names: Names) -> String {
        self.code(list, &format!("\u{0}{code}"), code, names)
    }

    /// Adds to a list the rule by which its codes are assigned.
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

    /// The numbers of a cube as SDMX-CSV 2.0, one row per observation.
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
