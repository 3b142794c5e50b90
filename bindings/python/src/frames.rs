//! Frames of other packages, read from the buffers that their columns are in: no object of Python is made for a cell, and no file of the
//! whole is written to be read again.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;

use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{Array, RecordBatch, RecordBatchReader};
use arrow_schema::ArrowError;
use ijsberg_analysis::{Input, Source};
use ijsberg_tables::{Limits, MemoryTable, ReadError};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::capsule::{handed_on, reader};
use crate::columns::{is_written, written};

/// Rows between two checks for Ctrl-C.
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

    /// The same for a caller that keeps it.
    pub(crate) fn into_input(self) -> Input<'static> {
        match self {
            Self::File(bytes) => Input::from(bytes),
            Self::Frame(frame) => frame
                .source()
                .map_or_else(Input::Unread, |source| Input::Cells(Cow::Owned(source.cells.clone()))),
        }
    }
}

/// The result of reading a stream.
#[derive(IntoPyObject)]
pub(crate) enum StreamRead<'py> {
    /// It was read.
    Frame(Frame),
    /// It has a column that cannot be read this way: the whole stream again, since its producer may offer it only once.
    Unread(Bound<'py, PyCapsule>),
}

/// Why a stream is not read to its end.
enum Stopped {
    /// It is no table.
    Unfit(ReadError),
    /// What is raised in Python.
    Raised(PyErr),
}

impl From<ReadError> for Stopped {
    fn from(why: ReadError) -> Self {
        Self::Unfit(why)
    }
}

impl From<PyErr> for Stopped {
    fn from(why: PyErr) -> Self {
        Self::Raised(why)
    }
}

impl From<ArrowError> for Stopped {
    fn from(why: ArrowError) -> Self {
        Self::Raised(PyValueError::new_err(why.to_string()))
    }
}

/// Reads a frame from its buffers; nothing where the stream was taken before or tells no columns.
#[pyfunction]
pub(crate) fn frame<'py>(
    py: Python<'py>,
    stream: &Bound<'py, PyCapsule>,
) -> PyResult<Option<StreamRead<'py>>> {
    let Ok(mut batches) = reader(stream)? else { return Ok(None) };
    if !batches.schema().fields().iter().all(|field| is_written(field)) {
        return handed_on(py, batches).map(|stream| Some(StreamRead::Unread(stream)));
    }
    let read = table(py, &mut batches);
    // Its producer may need the interpreter to release it, also in another thread.
    py.detach(|| drop(batches));
    let frame = match read {
        Ok(table) => py.detach(|| Frame::from_read(Ok(Source::in_memory(table.cells())))),
        Err(Stopped::Unfit(why)) => Frame::from_read(Err(why)),
        Err(Stopped::Raised(why)) => return Err(why),
    };
    Ok(Some(StreamRead::Frame(frame)))
}

/// The table in a stream of which every column can be written.
fn table(py: Python<'_>, batches: &mut RecordBatchStreamReader) -> Result<MemoryTable, Stopped> {
    let names = batches.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    let mut table = MemoryTable::new(names, Limits::OWN)?;
    let mut before = 0;
    // The producer of the batches may need the interpreter too.
    while let Some(batch) = py.detach(|| batches.next()) {
        let batch = batch?;
        let rows = batch.num_rows();
        let read = parts(py, &batch, before, &mut table);
        py.detach(|| drop(batch));
        read?;
        before += rows;
    }
    Ok(table)
}

/// Takes all rows of a batch into a table, some at a time; so many rows were `before` it.
fn parts(py: Python<'_>, batch: &RecordBatch, before: usize, table: &mut MemoryTable) -> Result<(), Stopped> {
    py.detach(|| sound(batch))?;
    for first in (0..batch.num_rows()).step_by(ROWS) {
        let part = batch.slice(first, ROWS.min(batch.num_rows() - first));
        py.detach(|| taken(&part, before + first, table))?;
        py.check_signals()?;
    }
    Ok(())
}

/// Looks through the buffers: offsets and names of categories lie within what they are of, and text is UTF-8.
fn sound(batch: &RecordBatch) -> Result<(), ArrowError> {
    batch.columns().iter().try_for_each(|column| column.to_data().validate_full())
}

/// Takes these rows into a table.
fn taken(batch: &RecordBatch, before: usize, table: &mut MemoryTable) -> Result<(), Stopped> {
    // That each column can be written was seen before.
    let columns: Vec<_> = batch.columns().iter().filter_map(|column| written(&**column)).collect();
    for row in 0..batch.num_rows() {
        let far = Cell::new(None);
        let cells = columns.iter().enumerate().map(|(place, write)| {
            write(row).unwrap_or_else(|| {
                far.set(Some(place));
                String::new()
            })
        });
        table.row(cells)?;
        if let Some(place) = far.get() {
            let (row, schema) = (before + row, batch.schema());
            let column = schema.field(place).name();
            let why = format!(
                "row {row} (counted from 0), column {column:?}: the moment is too far away to have a day"
            );
            return Err(Stopped::Raised(PyValueError::new_err(why)));
        }
    }
    Ok(())
}
