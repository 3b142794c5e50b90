//! Decoders of binary formats that panic on broken files must not take the program down.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::ReadError;

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a decoder, where a panic becomes a [`ReadError`]. A panic hook may then stay silent.
pub fn is_decoding() -> bool {
    DECODING.get()
}

/// Runs a decoder of another crate; its panic is an error about the file.
pub(crate) fn decode<T>(
    format: &'static str,
    decoder: impl FnOnce() -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    DECODING.set(true);
    // The decoder owns all that it changes, so nothing half-changed survives.
    let result = catch_unwind(AssertUnwindSafe(decoder));
    DECODING.set(false);
    result.unwrap_or_else(|_| {
        Err(ReadError::Malformed { format, why: "the file is broken or cut off".to_owned() })
    })
}
