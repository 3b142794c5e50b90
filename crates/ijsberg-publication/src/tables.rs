//! Published tables. Their counts are protected: no other count can be put into a cell.

use ijsberg_disclosure::protected::Protected;
use ijsberg_mse::histories::Histories;
use ijsberg_outside::identifier;
use ijsberg_report::text::Text;
use ijsberg_tables::Study;

use crate::families::ShownCount;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text.
    Text,
    /// A number of persons.
    Count,
    /// A number, with its number of decimals.
    Number(usize),
    /// A share from 0 to 1.
    Share,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in files, the same in every language.
    pub name: String,
    /// Its heading.
    pub title: String,
    /// Its type.
    pub holds: ColumnType,
}

/// A cell. An empty cell gives the reason.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number of persons.
    Count(Protected),
    /// A number computed from protected counts.
    Number(f64),
    /// Suppressed to protect persons.
    Confidential,
    /// Not available.
    NotAvailable,
    /// Does not apply.
    NotApplicable,
    /// Not recorded by anybody.
    NotRecorded,
}

/// The symbol for a suppressed number.
pub const CONFIDENTIAL: &str = "[c]";
/// The symbol for a number that is not available.
pub const NOT_AVAILABLE: &str = "[x]";
/// The symbol for a number that nobody recorded.
pub const NOT_RECORDED: &str = "[w]";
/// The symbol for a number that does not apply.
pub const NOT_APPLICABLE: &str = "[z]";

/// The code in files for a cell of a delivery that is not delivered.
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

impl From<ShownCount> for Cell {
    fn from(count: ShownCount) -> Self {
        count.map_or(Self::Confidential, Self::Count)
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.filter(|n| n.is_finite()).map_or(Self::NotAvailable, Self::Number)
    }
}

impl Cell {
    /// The cell in machine-readable form: a decimal point, no grouping.
    pub fn plain(&self, holds: ColumnType) -> String {
        match (self, holds) {
            (Self::Text(text), _) => text.clone(),
            (Self::Count(count), _) => count.get().to_string(),
            (Self::Number(x), ColumnType::Share) => format!("{x:.4}"),
            (Self::Number(x), ColumnType::Number(places)) => format!("{x:.places$}"),
            (Self::Number(x), _) => format!("{x:.0}"),
            (Self::Confidential, _) => CONFIDENTIAL.to_owned(),
            (Self::NotAvailable, _) => NOT_AVAILABLE.to_owned(),
            (Self::NotApplicable, _) => NOT_APPLICABLE.to_owned(),
            (Self::NotRecorded, _) => NOT_RECORDED.to_owned(),
        }
    }

    /// The cell as shown to readers.
    pub fn shown(&self, text: &Text, holds: ColumnType) -> String {
        match (self, holds) {
            (Self::Count(count), _) => text.number(count.get() as f64),
            (Self::Number(x), ColumnType::Share) => text.percent(*x),
            (Self::Number(x), ColumnType::Number(places)) if places > 0 => text.decimal(*x, places),
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
    /// Its notes.
    pub notes: Vec<String>,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

/// The file name of the table of persons by a covariate, by list or by marks.
pub(crate) fn reported_id(family: &str) -> String {
    format!("reported-{}", identifier(family))
}

/// The file name of the table of estimates by a covariate.
pub(crate) fn estimates_id(covariate: &str) -> String {
    format!("estimates-{}", identifier(covariate))
}

impl PublicTable {
    pub(crate) fn new(id: &str, title: String, columns: &[(&str, String, ColumnType)]) -> Self {
        let column = |(name, title, holds): &(&str, String, ColumnType)| Column {
            name: (*name).to_owned(),
            title: title.clone(),
            holds: *holds,
        };
        let columns = columns.iter().map(column).collect();
        Self { id: id.to_owned(), title, notes: Vec::new(), columns, rows: Vec::new() }
    }
}

/// Protected capture histories as values, for estimation.
pub fn histories_study(lists: &[String], histories: &[(u32, Protected)]) -> Study {
    let rows = histories.iter().map(|(history, count)| (*history, count.get()));
    let rows = rows.filter(|row| row.1 > 0).collect();
    Study { lists: lists.to_vec(), rows, count: Some("count".to_owned()), ..Study::default() }
}

/// Protected capture histories as a file, from which others can reproduce the estimate.
pub fn histories_csv(lists: &[String], histories: &[(u32, Protected)]) -> String {
    histories_study(lists, histories).csv()
}

/// Protected capture histories as a table for the estimators; `None` if they are not a valid table.
pub(crate) fn protected_histories(lists: &[String], histories: &[(u32, Protected)]) -> Option<Histories> {
    Histories::new(lists.to_vec(), histories.iter().map(|(h, n)| (*h, n.get()))).ok()
}
