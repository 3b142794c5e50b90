//! Tables that come in otherwise than as a file to be taken apart here.

use std::borrow::Cow;
use std::fmt::Write as _;

use ijsberg_tables::{Cells, Limits, ReadError};
use sha2::{Digest, Sha256};

use crate::Source;

/// A table as it is handed over.
#[derive(Debug, Clone)]
pub enum Input<'a> {
    /// The bytes of a file.
    File(Cow<'a, [u8]>),
    /// Cells of a table that was in memory.
    Cells(Cow<'a, Cells>),
    /// Why a table that was in memory has no cells.
    Unread(ReadError),
}

impl Input<'_> {
    /// The cells; those of a file under the limits of a file of one's own.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn cells(&self) -> Result<Cow<'_, Cells>, ReadError> {
        match self {
            Self::File(bytes) => Cells::read(bytes, Limits::OWN).map(Cow::Owned),
            Self::Cells(cells) => Ok(Cow::Borrowed(cells)),
            Self::Unread(why) => Err(why.clone()),
        }
    }
}

impl From<Vec<u8>> for Input<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::File(Cow::Owned(bytes))
    }
}

impl<'a> From<&'a [u8]> for Input<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::File(Cow::Borrowed(bytes))
    }
}

impl Source {
    /// A table that was in memory. Its hash is that of the file of its cells: commas between them, quotation marks only around a cell that
    /// needs them, and `\n` after every row.
    pub fn in_memory(cells: Cells) -> Self {
        let mut hash = Sha256::new();
        for row in cells.rows() {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    hash.update(",");
                }
                if cell.contains([',', '"', '\n', '\r']) {
                    hash.update(format!("\"{}\"", cell.replace('"', "\"\"")));
                } else {
                    hash.update(cell);
                }
            }
            hash.update("\n");
        }
        Self { sha256: hexadecimal(hash), cells }
    }
}

/// A hash in hexadecimal.
pub(crate) fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::new(), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use ijsberg_tables::MemoryTable;

    use super::*;

    fn memory(rows: &[[&str; 3]]) -> Cells {
        let mut rows = rows.iter().map(|row| row.map(str::to_owned));
        let mut table = MemoryTable::new(rows.next().unwrap(), Limits::OWN).unwrap();
        rows.for_each(|row| table.row(row).unwrap());
        table.cells()
    }

    #[test]
    fn the_hash_of_a_table_in_memory_is_that_of_the_same_table_as_a_file() {
        let file = b"A,place,count\n1,\"a, \"\"b\"\"\",5\n0,\"on\ntwo lines\",6\n0,,7\n";
        let rows =
            [["A", "place", "count"], ["1", "a, \"b\"", "5"], ["0", "on\ntwo lines", "6"], ["0", "", "7"]];
        let (of_file, here) = (Source::read(file).unwrap(), Source::in_memory(memory(&rows)));
        assert_eq!(here.sha256, of_file.sha256);
        assert!(here.cells.rows().eq(of_file.cells.rows()));
        let other = [["A", "place", "count"], ["1", "a", "5"]];
        assert_ne!(Source::in_memory(memory(&other)).sha256, here.sha256);
    }

    #[test]
    fn a_table_is_the_same_however_it_is_handed_over() {
        let here = memory(&[["A", "B", "count"], ["1", "0", "5"]]);
        let file = &b"A,B,count\n1,0,5\n"[..];
        for given in [Input::from(file), Input::from(file.to_vec()), Input::Cells(Cow::Borrowed(&here))] {
            assert!(given.cells().unwrap().rows().eq(here.rows()));
        }
        let empty = Input::from(&b""[..]).cells().unwrap_err();
        assert_eq!(Input::Unread(empty.clone()).cells().unwrap_err(), empty);
    }
}
