//! The tables of a report: one list for its chapters and all its files.

use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::legal::Delivery;
use crate::legal::write::eu;
use crate::monitor::breakdown::{Breakdown, NamedBreakdown, breakdowns};
use crate::tables::{Cell, PublicTable};
use crate::tabulation;

/// The tables of the edition, then the tables by sector, region and citizenship that only the statutory delivery has, and its own tables.
pub fn tables(text: &Text, e: &Edition, chain: Option<&Delivery>) -> Vec<PublicTable> {
    tables_with(text, e, chain, &breakdowns(text, e, chain))
}

/// The same tables, given the breakdowns.
pub(super) fn tables_with(
    text: &Text,
    e: &Edition,
    chain: Option<&Delivery>,
    breakdowns: &[NamedBreakdown],
) -> Vec<PublicTable> {
    let counted = breakdowns.iter().filter_map(|(_, of)| match of {
        Breakdown::Delivered(counted) => Some(counted.table.clone()),
        Breakdown::Edition(_) | Breakdown::Missing(_) => None,
    });
    let own = chain.map(|d| with_numbers(text, d)).unwrap_or_default();
    tabulation::tables(text, e).into_iter().chain(counted).chain(own).collect()
}

/// The tables of a delivery that contain a number.
fn with_numbers(text: &Text, d: &Delivery) -> Vec<PublicTable> {
    let has_number = |t: &PublicTable| {
        let number = |c: &Cell| matches!(c, Cell::Count(_) | Cell::Number(_));
        t.rows.iter().flatten().any(number)
    };
    eu(text, d).into_iter().filter(has_number).collect()
}
