//! The border to other packages with frames: a stream of the C interface of Arrow, in a capsule of Python.
//!
//! Such a capsule holds an address, and the data there follow the interface only if the producer of the capsule implemented it correctly:
//! no compiler checks that. Importing it is the only `unsafe` code in this package. The contents of the stream are checked before they are
//! read ([`crate::frames`]).

use std::ffi::CStr;

use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_schema::ArrowError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// What the protocol calls a capsule that holds a stream.
const STREAM: &CStr = c"arrow_array_stream";

/// The stream in a capsule, which is empty afterwards: a second call finds an error there.
///
/// # Errors
/// The outer one where the capsule is of something else; the inner one where the stream was taken before or tells no columns.
#[expect(unsafe_code, reason = "the capsule holds an address that another package put there")]
pub(crate) fn reader(
    capsule: &Bound<'_, PyCapsule>,
) -> PyResult<Result<RecordBatchStreamReader, ArrowError>> {
    let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
    // SAFETY: by the protocol a capsule of this name holds the address of an initialised and aligned stream, which lives as long as the
    // capsule and has no other owner. It is moved out; what stays there says that it was released, so that the end of the capsule does not
    // release it again.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
    Ok(RecordBatchStreamReader::try_new(stream))
}

/// All of a stream of which nothing was read, in a capsule of its own for somebody else.
///
/// # Errors
/// Where Python makes no capsule.
pub(crate) fn handed_on(py: Python<'_>, stream: RecordBatchStreamReader) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(stream)), STREAM)
}
