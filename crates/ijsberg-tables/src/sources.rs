//! A file of any format as rows of cells.

use crate::limits::Limits;
use crate::raw::Raw;
use crate::{Format, ReadError, csv_source, excel_source, guard, parquet_source};

impl Raw {
    /// Reads a file, whatever its format.
    pub(crate) fn read(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        if bytes.is_empty() {
            return Err(ReadError::Empty);
        }
        match Format::sniff(bytes) {
            Format::Csv => csv_source::raw(bytes, limits),
            Format::Parquet => guard::decode("Parquet", || parquet_source::raw(bytes, limits)),
            Format::Excel => guard::decode("a spreadsheet", || excel_source::raw(bytes, limits)),
        }
    }

    /// The same, with all that stands in the cells of separated text: blanks around it too.
    pub(crate) fn as_written(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        match Format::sniff(bytes) {
            Format::Csv if !bytes.is_empty() => csv_source::as_written(bytes, limits),
            _ => Self::read(bytes, limits),
        }
    }
}
