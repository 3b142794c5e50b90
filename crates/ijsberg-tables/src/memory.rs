//! A table that another program has in memory: its cells are taken in one by one, and no file is written of them to be read again.

use crate::csv_source::{blank, cleaned};
use crate::limits::Budget;
use crate::raw::Raw;
use crate::{Cells, Limits, ReadError};

/// A table that another program has in memory. Its names are line 1 and its first row is line 2, as if it stood in a file; unlike in a
/// file, nothing has to be found out of separators, quotation marks, encodings and comments.
#[derive(Debug)]
pub struct MemoryTable {
    raw: Raw,
    budget: Budget,
    line: u64,
}

impl MemoryTable {
    /// A table with columns of these names, and no rows yet.
    ///
    /// # Errors
    /// As [`MemoryTable::row`].
    pub fn new(names: impl IntoIterator<Item = String>, limits: Limits) -> Result<Self, ReadError> {
        let mut table = Self { raw: Raw::default(), budget: Budget::new(limits), line: 0 };
        let names = table.taken(names)?;
        if !names.is_empty() {
            table.raw.rows.push((table.line, names));
        }
        Ok(table)
    }

    /// Takes the next row in. One of empty cells is counted and left out, as it is in a file.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] or [`ReadError::LongCell`] where the limits do not allow it.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) -> Result<(), ReadError> {
        let row = self.taken(cells)?;
        if !blank(row.iter().map(String::as_str)) {
            self.raw.rows.push((self.line, row));
        }
        Ok(())
    }

    /// The cells of all that was taken in.
    pub fn cells(self) -> Cells {
        Cells::from_raw(self.raw)
    }

    fn taken(&mut self, cells: impl IntoIterator<Item = String>) -> Result<Vec<String>, ReadError> {
        self.line += 1;
        let mut row = Vec::with_capacity(self.raw.rows.first().map_or(0, |names| names.1.len()));
        for (place, cell) in cells.into_iter().enumerate() {
            self.budget.cell(self.line, place, &cell)?;
            self.budget.bytes(cell.len() as u64)?;
            let bare = cleaned(&cell);
            row.push(if bare.len() == cell.len() { cell } else { bare.to_owned() });
        }
        self.budget.row(row.len())?;
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(rows: &[&[&str]], limits: Limits) -> Result<Cells, ReadError> {
        let mut rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()));
        let mut table = MemoryTable::new(rows.next().unwrap(), limits)?;
        rows.try_for_each(|row| table.row(row))?;
        Ok(table.cells())
    }

    #[test]
    fn cells_and_their_lines_are_those_of_the_same_table_as_a_file() {
        let file = b"A,B,place,count\n1,0,\" in a town \",5\n,,,\n0,1,\"x,y\",'6\n";
        let rows: [&[&str]; 4] = [
            &["A", "B", "place", "count"],
            &["1", "0", " in a town ", "5"],
            &["", "", "", ""],
            &["0", "1", "x,y", "'6"],
        ];
        let (of_file, here) = (Cells::read(file, Limits::OWN).unwrap(), memory(&rows, Limits::OWN).unwrap());
        let cells = |cells: &Cells| cells.rows().map(<[String]>::to_vec).collect::<Vec<_>>();
        assert_eq!(cells(&here)[1..], [["1", "0", "in a town", "5"], ["0", "1", "x,y", "6"]]);
        assert_eq!(cells(&of_file), cells(&here));
        assert_eq!([of_file.size(), here.size()], [12, 12]);
        let grid = here.grid();
        assert_eq!(grid.rows.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(of_file.grid(), grid);
    }

    #[test]
    fn nothing_is_found_out_of_what_looks_like_a_file_of_another_kind() {
        let rows: [&[&str]; 3] = [&["#A;B;C", "sep=;"], &["{\"a\":1}", "1;2;3"], &["<html", "a\tb\nc"]];
        let grid = memory(&rows, Limits::OWN).unwrap().grid();
        assert_eq!(grid.header, rows[0]);
        assert_eq!(grid.rows.into_iter().map(|row| row.1).collect::<Vec<_>>(), rows[1..]);
        // Names that are all empty are names, and no blank row.
        assert_eq!(memory(&[&["", ""], &["1", "2"]], Limits::OWN).unwrap().grid().header, ["", ""]);
        assert!(memory(&[&[], &[]], Limits::OWN).unwrap().open(&crate::Choices::default()).is_err());
    }

    #[test]
    fn no_more_is_taken_in_than_of_a_file() {
        let rows: [&[&str]; 3] = [&["A", "B"], &["1", "0"], &["0", "1234"]];
        let refused = |limits: Limits| memory(&rows, limits).unwrap_err();
        let few = |columns: usize, cells: usize| Limits { columns, cells, ..Limits::OWN };
        assert!(matches!(refused(few(1, 9)), ReadError::TooLarge { what: "columns", found: 2, most: 1 }));
        assert!(matches!(refused(few(2, 5)), ReadError::TooLarge { what: "cells", found: 6, most: 5 }));
        let unpacked = Limits { unpacked: 5, ..Limits::OWN };
        assert!(matches!(refused(unpacked), ReadError::TooLarge { what: "bytes", .. }));
        let long = Limits { cell: 3, ..Limits::OWN };
        assert!(matches!(refused(long), ReadError::LongCell { line: 3, column: 2, found: 4, most: 3 }));
        assert!(memory(&rows, few(2, 6)).is_ok());
    }
}
