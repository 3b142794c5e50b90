//! The ground on which a record is written.

use ijsberg_outside::Line;

use crate::expected::{Expected, Wanted};

/// Whose, what for and on what basis a record is written.
#[derive(Debug, Clone)]
pub struct Ground<'a> {
    /// The organisation that writes.
    pub organisation: &'a str,
    /// What for, of the code list `purpose`.
    pub purpose: &'a str,
    /// On what basis.
    pub basis: &'a str,
}

impl Ground<'_> {
    /// What of it does not fit: the field, and what was expected.
    pub fn wrong(&self) -> Vec<(&'static str, Expected)> {
        let purpose = crate::codes::has("purpose", self.purpose);
        let basis = Line::new(self.basis, 500).is_ok();
        let purpose = (!purpose).then(|| ("purpose", Expected::code_of("purpose")));
        let basis = (!basis).then(|| ("basis", Wanted::BasisInOneLine.into()));
        purpose.into_iter().chain(basis).collect()
    }
}
