//! A year in which nobody was registered. A year in which nobody was suspected, prosecuted or convicted is treated in the same way.
//!
//! Its 0 is published unchanged, however counts are protected. The disclosure check assumes that an attacker knows the number of people of a
//! year: the alternative populations with which it proves a count safe have as many people as the true one. The protection therefore
//! does not depend on hiding that a year has no people. The 0 is in the log like any count, and stays until enough people have arrived
//! to revise the year.

use crate::error::PublishError;
use crate::legal::delivery::Request;
use crate::persons::KeptYears;
use crate::source::Columns;

/// Checks that a year without persons may be published.
///
/// # Errors
/// If no year has any person, which suggests a wrong table or register, or if the year has not begun.
pub(super) fn check_empty_year(
    request: &Request,
    columns: &Columns<'_>,
    kept: &KeptYears,
) -> Result<(), PublishError> {
    let is_kept = || kept.years.values().flatten().any(|year| year.persons() > 0);
    if !columns.rows.iter().any(|row| row.1 > 0) && !is_kept() {
        return Err(PublishError::Empty);
    }
    if request.year > request.date.year() {
        return Err(PublishError::NotBegun { year: request.year, date: request.date });
    }
    Ok(())
}
