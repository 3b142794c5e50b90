//! Tables that a report in chapters has beside those of its edition, the same for its pages and for its files.

use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::legal::Delivery;
use crate::legal::write::eu;
use crate::monitor::breakdown::{Breakdown, Found, breakdowns};
use crate::tables::{Cell, PublicTable};

/// The tables by sector, region and citizenship that only what is delivered by law tells, then its own tables.
pub fn tables(text: &Text, e: &Edition, chain: Option<&Delivery>) -> Vec<PublicTable> {
    let Some(d) = chain else { return Vec::new() };
    let counted = |(_, of): Found| match of {
        Breakdown::Delivered(counted) => Some(counted.table),
        Breakdown::Edition(_) | Breakdown::Missing(_) => None,
    };
    breakdowns(text, e, chain).into_iter().filter_map(counted).chain(told(text, d)).collect()
}

/// The tables of a delivery that hold a number.
pub(super) fn told(text: &Text, d: &Delivery) -> Vec<PublicTable> {
    let is_told = |t: &PublicTable| {
        let number = |c: &Cell| matches!(c, Cell::Count(_) | Cell::Number(_));
        t.rows.iter().flatten().any(number)
    };
    eu(text, d).into_iter().filter(is_told).collect()
}
