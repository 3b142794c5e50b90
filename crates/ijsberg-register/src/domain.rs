//! What keys are for, and which of them is in use.

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Domain {
    Audit,
    Records,
    Rows,
    Tokens,
    Vault,
}

impl Domain {
    pub(crate) const ALL: [Self; 5] = [Self::Audit, Self::Records, Self::Rows, Self::Tokens, Self::Vault];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Records => "records",
            Self::Rows => "rows",
            Self::Tokens => "tokens",
            Self::Vault => "vault",
        }
    }
}

/// The key in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Epoch {
    /// How often it was changed, from 1.
    pub(crate) number: i64,
    /// Its name in the ring.
    pub(crate) key: String,
}
