//! Moments as people read them.

/// A moment to the minute.
pub(crate) fn minute(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}
