//! The licence of everything that is published.

/// The licence of what is published, as an address.
pub(crate) const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";
