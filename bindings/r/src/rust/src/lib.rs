//! The functions that R calls: bytes go in, bytes come out, and a number identifies the run in between.
//!
//! The package's C code calls four functions. None waits longer than its limit, and none lets a panic through, so R checks for Ctrl-C
//! between two calls and leaves when it likes. What runs has threads of its own that end with it: a process of R that
//! forks has no pool of threads that is not there in the child.
//!
//! Two of the four read or write memory of R. That is all of the `unsafe` here.

mod answer;
mod figures;
mod jobs;
mod refusal;
mod request;
mod tasks;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// The answer is not there yet.
const RUNNING: i64 = -1;
/// There is nothing of this number.
const UNKNOWN: i64 = -2;

/// Starts what `length` bytes at `bytes` ask for: JSON, a zero byte, and the tables that it names the lengths of. Returns its number,
/// or 0 when it cannot be started.
///
/// # Safety
/// `bytes` points at `length` bytes that nobody changes during the call.
#[expect(unsafe_code, reason = "R owns the memory that it hands over")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ijsberg_job_start(bytes: *const u8, length: usize) -> u64 {
    if bytes.is_null() {
        return 0;
    }
    // SAFETY: the caller says so.
    let asked = unsafe { std::slice::from_raw_parts(bytes, length) }.to_vec();
    catch_unwind(|| jobs::start(asked)).unwrap_or_default()
}

/// Waits for an answer, at most so many milliseconds. Returns its length, or that it is not there.
#[expect(unsafe_code, reason = "a name that C finds")]
#[unsafe(no_mangle)]
pub extern "C" fn ijsberg_job_wait(number: u64, milliseconds: u32) -> i64 {
    let wait = || jobs::wait(number, Duration::from_millis(u64::from(milliseconds)));
    match catch_unwind(wait) {
        Ok(Some(Some(length))) => i64::try_from(length).unwrap_or(UNKNOWN),
        Ok(Some(None)) => RUNNING,
        Ok(None) | Err(_) => UNKNOWN,
    }
}

/// Copies an answer to where R wants it, and forgets it. Returns whether it was there and of that length.
///
/// # Safety
/// `into` points at `length` bytes that are the caller's to write.
#[expect(unsafe_code, reason = "R owns the memory that is written")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ijsberg_job_take(number: u64, into: *mut u8, length: usize) -> bool {
    let Ok(Some(answer)) = catch_unwind(|| jobs::take(number)) else { return false };
    if into.is_null() || answer.len() != length {
        return false;
    }
    // SAFETY: the caller says so, and both are of this length.
    unsafe { std::slice::from_raw_parts_mut(into, length) }.copy_from_slice(&answer);
    true
}

/// Asks the run to stop, and drops it without waiting.
#[expect(unsafe_code, reason = "a name that C finds")]
#[unsafe(no_mangle)]
pub extern "C" fn ijsberg_job_stop(number: u64) {
    let _ = catch_unwind(AssertUnwindSafe(|| jobs::stop(number)));
}
