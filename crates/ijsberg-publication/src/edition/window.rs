//! The years of an edition, including years without persons.
//!
//! Every year from the first year with a registered person on has a count, which may be 0; whether a register existed before that year
//! cannot be concluded from the counts. `legal/deliver/nobody.rs` explains why the 0 of a whole year may be published.

use std::collections::BTreeSet;

use ijsberg_tables::Contents;

use super::Options;
use crate::ledger::Ledger;
use crate::source::{DeliveredTable, Source};

/// The number of years, up to and including `year`, that a report needs to cover at least one person: `years`, or more if those years have
/// no persons and an earlier year does. Only persons who would be published count, given the log and the key of the noise: a published
/// year keeps its counts, also if it has no persons. Faults in the table or the log are reported on publication, not here.
pub fn years_needed(contents: &Contents, log: (&Ledger, &[u8]), year: i16, years: i16) -> i16 {
    let table = match contents {
        Contents::Table(table) => Some(table.as_ref()),
        Contents::Draws(draws) => draws.tables.first(),
        Contents::Hidden(_) => None,
    };
    let delivered = table.and_then(|table| DeliveredTable::from_table(table, &(1900..=year)).ok());
    let last = delivered.and_then(|delivered| last(delivered, log, year));
    last.map_or(years, |last| years.max(year - last + 1))
}

/// The last year, up to and including `year`, in which at least one person would be published.
fn last(delivered: DeliveredTable, (ledger, secret): (&Ledger, &[u8]), year: i16) -> Option<i16> {
    let mut kept = ledger.kept_years(secret).unwrap_or_default();
    let source = delivered.into_source(Some(&(1900..=year)), &mut kept, secret, true);
    source.groups.iter().filter_map(|a| a.year.parse().ok()).max()
}

/// The same persons, with a count for every year from their first year on. A year that has not begun has no count yet.
pub(super) fn counted(delivered: &DeliveredTable, options: &Options) -> DeliveredTable {
    let until = options.year.min(options.date.year());
    let years = delivered.year_range().map(|(first, _)| first..=until);
    delivered.clone().with_years(years.into_iter().flatten())
}

/// The years that are counted and have no persons.
pub(super) fn empty_years(source: &Source) -> BTreeSet<i16> {
    source.years.iter().filter(|year| !source.has_year(year)).filter_map(|year| year.parse().ok()).collect()
}
