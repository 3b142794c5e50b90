//! What comes first.

/// What somebody must do before they may do anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obligation {
    /// Choose a password that nobody else knows.
    ChangePassword,
    /// Turn on a second factor.
    SecondFactor,
}
