//! How much of a file is read. A file of a kilobyte can ask for more memory than a machine has, so that everything that grows
//! with what a file claims is counted while it is read, and refused before it is kept.

use crate::ReadError;

/// How much of a file is read before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Columns.
    pub columns: usize,
    /// Cells, empty ones between others included.
    pub cells: usize,
    /// Bytes of text once everything packed is unpacked.
    pub unpacked: u64,
    /// Bytes of a cell: spreadsheets have at most 32,767 characters in one.
    pub cell: usize,
}

impl Limits {
    /// Of a file that its user chose, on their own machine.
    pub const OWN: Self = Self { columns: 4096, cells: 50_000_000, unpacked: 4 << 30, cell: 1 << 20 };

    /// Of a file that somebody sent.
    pub const SENT: Self = Self { columns: 4096, cells: 5_000_000, unpacked: 256 << 20, cell: 1 << 17 };

    /// Of a workbook whose sheets are read whole, blank rows included, as a form is.
    pub const FORM: Self = Self { columns: 4096, cells: 2_000_000, unpacked: 256 << 20, cell: 1 << 17 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::OWN
    }
}

/// What was read so far.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    cells: usize,
    bytes: u64,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, cells: 0, bytes: 0 }
    }

    /// A row of so many cells.
    pub(crate) fn row(&mut self, width: usize) -> Result<(), ReadError> {
        let most = self.limits.columns;
        if width > most {
            return Err(ReadError::TooLarge { what: "columns", found: width, most });
        }
        // A row of nothing takes room too.
        self.cells(width.max(1))
    }

    /// So many cells more.
    pub(crate) fn cells(&mut self, more: usize) -> Result<(), ReadError> {
        let most = self.limits.cells;
        self.cells = self.cells.saturating_add(more);
        if self.cells > most {
            return Err(ReadError::TooLarge { what: "cells", found: self.cells, most });
        }
        Ok(())
    }

    /// A cell of a row, at a line and a place from 0.
    pub(crate) fn cell(&self, line: u64, place: usize, cell: &str) -> Result<(), ReadError> {
        let (found, most) = (cell.len(), self.limits.cell);
        if found > most {
            return Err(ReadError::LongCell { line, column: place + 1, found, most });
        }
        Ok(())
    }

    /// So many bytes of text more.
    pub(crate) fn bytes(&mut self, more: u64) -> Result<(), ReadError> {
        self.bytes = self.bytes.saturating_add(more);
        if self.bytes > self.limits.unpacked {
            let most = usize::try_from(self.limits.unpacked).unwrap_or(usize::MAX);
            let found = usize::try_from(self.bytes).unwrap_or(usize::MAX);
            return Err(ReadError::TooLarge { what: "bytes", found, most });
        }
        Ok(())
    }
}
