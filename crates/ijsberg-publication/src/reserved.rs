//! Names of tables that every report has in the release log. No column and no family of marks may have one of them.

/// The family of the counts for SDG indicator 16.2.2, in the release log.
pub const SDG_INDICATOR: &str = "sdg-16-2-2";

/// The family of capture histories, in the release log.
pub const HISTORIES: &str = "histories";
