//! Tables that are given out. A count in them is a protected one; there is no other way to put one in.

use ijsberg_disclosure::protected::Protected;
use ijsberg_mse::histories::Histories;
use ijsberg_outside::identifier;
use ijsberg_report::text::Text;
use ijsberg_tables::Study;

use crate::families::Shown;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Words.
    Text,
    /// Persons.
    Count,
    /// A number with so many decimals.
    Number(usize),
    /// A share, 0 to 1.
    Share,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in files, the same in every language.
    pub name: String,
    /// Its heading.
    pub title: String,
    /// What it holds.
    pub holds: Holds,
}

/// A cell. An empty one says why it is empty.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Persons.
    Count(Protected),
    /// A number that was computed from protected counts.
    Number(f64),
    /// Hidden, lest somebody be recognised.
    Confidential,
    /// Not available.
    NotAvailable,
    /// Does not apply.
    NotApplicable,
    /// Nobody recorded it.
    NotRecorded,
}

/// What stands where a number is hidden.
pub const CONFIDENTIAL: &str = "[c]";
/// What stands where a number does not.
pub const NOT_AVAILABLE: &str = "[x]";
/// What stands where nobody recorded what a number would be of.
pub const NOT_RECORDED: &str = "[w]";
/// What stands where a number would mean nothing.
pub const NOT_APPLICABLE: &str = "[z]";

/// The name in files of a cell of a delivery that is not delivered.
pub(crate) const NOT_DELIVERED: &str = "not-delivered";

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Protected> for Cell {
    fn from(count: Protected) -> Self {
        Self::Count(count)
    }
}

impl From<Shown> for Cell {
    fn from(count: Shown) -> Self {
        count.map_or(Self::Confidential, Self::Count)
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.filter(|n| n.is_finite()).map_or(Self::NotAvailable, Self::Number)
    }
}

impl Cell {
    /// As a machine reads it: a dot for decimals, no grouping.
    pub fn plain(&self, holds: Holds) -> String {
        match (self, holds) {
            (Self::Text(text), _) => text.clone(),
            (Self::Count(count), _) => count.get().to_string(),
            (Self::Number(x), Holds::Share) => format!("{x:.4}"),
            (Self::Number(x), Holds::Number(places)) => format!("{x:.places$}"),
            (Self::Number(x), _) => format!("{x:.0}"),
            (Self::Confidential, _) => CONFIDENTIAL.to_owned(),
            (Self::NotAvailable, _) => NOT_AVAILABLE.to_owned(),
            (Self::NotApplicable, _) => NOT_APPLICABLE.to_owned(),
            (Self::NotRecorded, _) => NOT_RECORDED.to_owned(),
        }
    }

    /// As a person reads it.
    pub fn shown(&self, text: &Text, holds: Holds) -> String {
        match (self, holds) {
            (Self::Count(count), _) => text.number(count.get() as f64),
            (Self::Number(x), Holds::Share) => text.percent(*x),
            (Self::Number(x), Holds::Number(places)) if places > 0 => text.decimal(*x, places),
            (Self::Number(x), _) => text.number(*x),
            _ => self.plain(holds),
        }
    }
}

/// A table.
#[derive(Debug, Clone)]
pub struct PublicTable {
    /// Its name in files.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What to know of it.
    pub notes: Vec<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub rows: Vec<Vec<Cell>>,
}

/// The name in files of the table of persons by a covariate, by list or by marks.
pub(crate) fn reported_id(family: &str) -> String {
    format!("reported-{}", identifier(family))
}

/// The name in files of the table of estimates by a covariate.
pub(crate) fn estimates_id(covariate: &str) -> String {
    format!("estimates-{}", identifier(covariate))
}

impl PublicTable {
    pub(crate) fn new(id: &str, title: String, columns: &[(&str, String, Holds)]) -> Self {
        let column = |(name, title, holds): &(&str, String, Holds)| Column {
            name: (*name).to_owned(),
            title: title.clone(),
            holds: *holds,
        };
        let columns = columns.iter().map(column).collect();
        Self { id: id.to_owned(), title, notes: Vec::new(), columns, rows: Vec::new() }
    }
}

/// Protected capture histories as values, to estimate from.
pub fn histories_study(lists: &[String], histories: &[(u32, Protected)]) -> Study {
    let rows = histories.iter().map(|(history, count)| (*history, count.get()));
    let rows = rows.filter(|row| row.1 > 0).collect();
    Study { lists: lists.to_vec(), rows, count: Some("count".to_owned()), ..Study::default() }
}

/// The same as a file, from which others can estimate again.
pub fn histories_csv(lists: &[String], histories: &[(u32, Protected)]) -> String {
    histories_study(lists, histories).csv()
}

/// The same as estimates take them; none where they are no table of histories.
pub(crate) fn protected_histories(lists: &[String], histories: &[(u32, Protected)]) -> Option<Histories> {
    Histories::new(lists.to_vec(), histories.iter().map(|(h, n)| (*h, n.get()))).ok()
}
