//! Names that tables of every report have in the release log. No column and no family of flags may have one of them.

/// The family of what the United Nations ask for, in the ledger.
pub const ASKED: &str = "sdg-16-2-2";

/// The family of capture histories, in the ledger.
pub const HISTORIES: &str = "histories";
