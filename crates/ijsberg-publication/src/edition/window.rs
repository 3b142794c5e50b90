//! The years of an edition, those with nobody among them.
//!
//! From the first year with somebody on every year has its count, and that of nobody is 0; whether there was a register before that year
//! nobody can tell from it. Why a 0 of a whole year may be published is said in `legal/deliver/nobody.rs`.

use std::collections::BTreeSet;

use ijsberg_tables::Contents;

use super::Options;
use crate::ledger::Ledger;
use crate::source::{Delivered, Source};

/// How many years up to one a report takes so that somebody is of them: `years`, unless nobody is of those and somebody of an earlier one.
/// Somebody who is published, with what the log says and the key of the noise: a year that was given out stays as it was, of nobody too.
/// What is wrong with a table or a log is told when it is published from.
pub fn reaching(contents: &Contents, log: (&Ledger, &[u8]), year: i16, years: i16) -> i16 {
    let table = match contents {
        Contents::Table(table) => Some(table.as_ref()),
        Contents::Draws(draws) => draws.tables.first(),
        Contents::Hidden(_) => None,
    };
    let last = table.and_then(|table| last(Delivered::from_table(table, &(1900..=year)).ok()?, log, year));
    last.map_or(years, |last| years.max(year - last + 1))
}

/// The last year up to one of which somebody would be published.
fn last(delivered: Delivered, (ledger, secret): (&Ledger, &[u8]), year: i16) -> Option<i16> {
    let mut kept = ledger.kept(secret).unwrap_or_default();
    let source = delivered.published(Some(&(1900..=year)), &mut kept, secret, true);
    source.alike.iter().filter_map(|a| a.year.parse().ok()).max()
}

/// The same persons with a count of every year from the first of them on. A year that has not begun has none yet.
pub(super) fn counted(delivered: &Delivered, options: &Options) -> Delivered {
    let until = options.year.min(options.date.year());
    let years = delivered.ends().map(|(first, _)| first..=until);
    delivered.clone().counting(years.into_iter().flatten())
}

/// The years that are counted and have nobody.
pub(super) fn of_nobody(source: &Source) -> BTreeSet<i16> {
    source.years.iter().filter(|year| !source.has_year(year)).filter_map(|year| year.parse().ok()).collect()
}
