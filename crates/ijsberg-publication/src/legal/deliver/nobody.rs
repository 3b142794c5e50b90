//! A year in which nobody was registered. One in which nobody was suspected, prosecuted or convicted is kept in the same way.
//!
//! Its 0 is published as it is, however counts are protected. The disclosure check takes it that whoever attacks a release knows how many
//! people a year has: the other people with whom it proves a count to be safe are as many as the true ones. So nothing rests on keeping
//! back that a year has none. The 0 is in the log like any count, and stays until enough people came for the year to be revised.

use crate::error::PublishError;
use crate::legal::delivery::Asked;
use crate::persons::Kept;
use crate::source::Columns;

/// Whether it may be told that a year has nobody.
///
/// # Errors
/// If there never was anybody, so that most likely the table or the register is the wrong one; and if the year has not begun.
pub(super) fn may_be_told(asked: &Asked, columns: &Columns<'_>, kept: &Kept) -> Result<(), PublishError> {
    let is_kept = || kept.years.values().flatten().any(|year| year.persons() > 0);
    if !columns.rows.iter().any(|row| row.1 > 0) && !is_kept() {
        return Err(PublishError::Empty);
    }
    if asked.year > asked.date.year() {
        return Err(PublishError::NotBegun { year: asked.year, date: asked.date });
    }
    Ok(())
}
