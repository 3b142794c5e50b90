//! Frames of other packages, read from the buffers that their columns are in: no object of Python is made for a cell, and no file of the
//! whole is written to be read again.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{Array, RecordBatch, RecordBatchReader};
use arrow_schema::ArrowError;
use ijsberg_analysis::{Input, Source};
use ijsberg_tables::{Limits, MemoryTable, ReadError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::capsule::reader;
use crate::columns::{is_written, written};

/// Rows between two looks whether somebody pressed Ctrl-C.
const ROWS: usize = 1 << 16;

/// A frame that was read, or why it could not be.
#[pyclass(frozen, from_py_object)]
#[derive(Clone)]
pub(crate) struct Frame(Arc<Result<Source, ReadError>>);

/// A table as Python hands it over.
#[derive(FromPyObject)]
pub(crate) enum Table {
    /// A frame that was read.
    Frame(Frame),
    /// The bytes of a file.
    File(Vec<u8>),
}

impl Frame {
    fn from_read(read: Result<Source, ReadError>) -> Self {
        Self(Arc::new(read))
    }

    /// What was read.
    pub(crate) fn source(&self) -> Result<&Source, ReadError> {
        (*self.0).as_ref().map_err(Clone::clone)
    }
}

impl Table {
    /// The table, taken apart.
    pub(crate) fn source(&self) -> Result<Cow<'_, Source>, ReadError> {
        match self {
            Self::Frame(frame) => frame.source().map(Cow::Borrowed),
            Self::File(bytes) => Source::read(bytes).map(Cow::Owned),
        }
    }

    /// The table, to be taken apart where it is used.
    pub(crate) fn input(&self) -> Input<'_> {
        match self {
            Self::File(bytes) => Input::from(bytes.as_slice()),
            Self::Frame(frame) => {
                frame.source().map_or_else(Input::Unread, |source| Input::Cells(Cow::Borrowed(&source.cells)))
            }
        }
    }

    /// The same for somebody who keeps it.
    pub(crate) fn into_input(self) -> Input<'static> {
        match self {
            Self::File(bytes) => Input::from(bytes),
            Self::Frame(frame) => frame
                .source()
                .map_or_else(Input::Unread, |source| Input::Cells(Cow::Owned(source.cells.clone()))),
        }
    }
}

/// Reads a frame from its buffers; nothing where it has a column that is not read so.
#[pyfunction]
pub(crate) fn frame(py: Python<'_>, stream: &Bound<'_, PyCapsule>) -> PyResult<Option<Frame>> {
    let Ok(mut batches) = reader(stream)? else { return Ok(None) };
    let schema = batches.schema();
    if !schema.fields().iter().all(|field| is_written(field)) {
        return Ok(None);
    }
    let names = schema.fields().iter().map(|field| field.name().clone());
    let mut table = match MemoryTable::new(names, Limits::OWN) {
        Ok(table) => table,
        Err(why) => return Ok(Some(Frame::from_read(Err(why)))),
    };
    let broken = |why: ArrowError| PyValueError::new_err(why.to_string());
    // Whoever makes the batches may need the interpreter for it, also in another thread.
    while let Some(batch) = py.detach(|| batches.next()) {
        let batch = batch.map_err(broken)?;
        py.detach(|| sound(&batch)).map_err(broken)?;
        for first in (0..batch.num_rows()).step_by(ROWS) {
            let part = batch.slice(first, ROWS.min(batch.num_rows() - first));
            if let Err(why) = py.detach(|| taken(&part, &mut table)) {
                return Ok(Some(Frame::from_read(Err(why))));
            }
            py.check_signals()?;
        }
    }
    Ok(Some(py.detach(|| Frame::from_read(Ok(Source::in_memory(table.cells()))))))
}

/// Looks through the buffers: offsets and names of categories lie within what they are of, and text is UTF-8.
fn sound(batch: &RecordBatch) -> Result<(), ArrowError> {
    batch.columns().iter().try_for_each(|column| column.to_data().validate_full())
}

/// Takes all rows of a batch into a table.
fn taken(batch: &RecordBatch, table: &mut MemoryTable) -> Result<(), ReadError> {
    // That each column can be written was seen before.
    let columns: Vec<_> = batch.columns().iter().filter_map(|column| written(&**column)).collect();
    (0..batch.num_rows()).try_for_each(|row| table.row(columns.iter().map(|write| write(row))))
}
