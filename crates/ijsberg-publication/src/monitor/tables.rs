//! The tables of a report: one list, for its chapters and for each of its files.

use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::legal::Delivery;
use crate::legal::write::eu;
use crate::monitor::breakdown::{Breakdown, Found, breakdowns};
use crate::tables::{Cell, PublicTable};
use crate::tabulation;

/// The tables of the edition; then those by sector, region and citizenship that only what is delivered by law tells, and its own tables.
pub fn tables(text: &Text, e: &Edition, chain: Option<&Delivery>) -> Vec<PublicTable> {
    with(text, e, chain, &breakdowns(text, e, chain))
}

/// The same with breakdowns that were looked up before.
pub(super) fn with(
    text: &Text,
    e: &Edition,
    chain: Option<&Delivery>,
    breakdowns: &[Found],
) -> Vec<PublicTable> {
    let counted = breakdowns.iter().filter_map(|(_, of)| match of {
        Breakdown::Delivered(counted) => Some(counted.table.clone()),
        Breakdown::Edition(_) | Breakdown::Missing(_) => None,
    });
    let own = chain.map(|d| told(text, d)).unwrap_or_default();
    tabulation::tables(text, e).into_iter().chain(counted).chain(own).collect()
}

/// The tables of a delivery that hold a number.
fn told(text: &Text, d: &Delivery) -> Vec<PublicTable> {
    let is_told = |t: &PublicTable| {
        let number = |c: &Cell| matches!(c, Cell::Count(_) | Cell::Number(_));
        t.rows.iter().flatten().any(number)
    };
    eu(text, d).into_iter().filter(is_told).collect()
}
