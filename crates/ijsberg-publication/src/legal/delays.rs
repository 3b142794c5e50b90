//! How long it took until people were reported, by registering organisation ([`crate::reporting_delay`]).
//!
//! Nothing is published about a list whose count is suppressed. A published year keeps its figures until it is revised, as it keeps its
//! counts: figures that change would reveal something about the people they changed for.

use crate::families::Family;
use crate::ledger::{Ledger, Release};
use crate::legal::delivery::{Delivery, Spine};
use crate::legal::measure::Measure;
use crate::legal::tables::{Row, TOTAL, Why};
use crate::persons::folded;
use crate::reporting_delay::{Days, Delays, PERCENT, Within, within};

/// What is published about each list in a year: the same as before where something was published about the same persons. Where persons
/// came or left since the counts were published, the days are of others than those counted, and nothing is.
pub(super) fn told(
    days: Option<&Days>,
    list: Option<&Family>,
    ledger: &Ledger,
    (year, vintage, held_back): (&str, usize, u64),
) -> Delays {
    let same = |r: &&Release| !r.delays.is_empty() && r.vintages.get(year) == Some(&vintage);
    if let Some(before) = ledger.releases.iter().rev().find(same) {
        return before.delays.clone();
    }
    let (Some(days), Some(list)) = (days, list) else { return Delays::new() };
    let of = |(at, name): (usize, &String)| {
        let of_list = days.iter().find(|d| folded(d.0) == folded(name));
        let of_list = of_list.map(|d| d.1.as_slice()).unwrap_or_default();
        let is_told = list.by_level[at].is_some_and(|n| n.get() > 0);
        let told = |p| if is_told { within(of_list, p) } else { Within::Hidden };
        (name.clone(), PERCENT.map(|p| if held_back > 0 { Within::Earlier } else { told(p) }))
    };
    list.levels.iter().enumerate().map(of).collect()
}

/// What is published about a list beside its count.
#[derive(Debug, Clone, PartialEq)]
pub struct Delayed {
    /// The count, as in table a.
    pub row: Row,
    /// The days, or why none are delivered.
    pub within: Result<[Within; 2], Why>,
}

impl Delivery {
    /// How long it took until people were reported, a row for each list; where there are no counts, a row that says why.
    pub fn delays(&self) -> Vec<Delayed> {
        let hidden = [Within::Hidden; 2];
        let rows = self.rows(Measure::Registered);
        let Some(released) = self.released(Measure::Registered) else {
            let within = match self.spines.get(&Measure::Registered) {
                Some(Spine::Missing(why)) => Err(why.clone()),
                _ => Ok(hidden),
            };
            let whole = rows.into_iter().filter(|r| r.by == TOTAL);
            return whole.map(|row| Delayed { row, within: within.clone() }).collect();
        };
        let of = |row: Row| {
            let told = released.delays.iter().find(|d| folded(d.0) == folded(&row.code));
            let within = match told {
                Some((_, within)) => Ok(*within),
                None if released.delays.is_empty() => Err(Why::NoDay),
                None => Ok(hidden),
            };
            Delayed { row, within }
        };
        rows.into_iter().filter(|r| r.by == "organisation").map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_disclosure::round::rounded;

    use super::*;
    use crate::protection::How;
    use crate::reporting_delay::STEP;

    #[test]
    fn nothing_is_told_of_a_list_whose_count_is_hidden() {
        let family = Family {
            name: "list".to_owned(),
            levels: ["NP", "KMAR", "OPVANG"].map(str::to_owned).to_vec(),
            years: Vec::new(),
            cells: Vec::new(),
            by_level: vec![Some(rounded(100, STEP)), None, Some(rounded(0, STEP))],
            by_year: Vec::new(),
            total: None,
            overlapping: true,
            how: How::Exact,
        };
        // The latest first: the order says nothing.
        let known: Vec<Option<u32>> = (0..100).rev().map(Some).collect();
        let days: Days = ["np", "KMAR", "OPVANG"].map(|l| (l.to_owned(), known.clone())).into();
        let all = told(Some(&days), Some(&family), &Ledger::default(), ("2025", 1, 0));
        let of = |list: &str| all[list];
        assert_eq!(of("NP"), [Within::Days(50), Within::Days(90)]);
        assert_eq!([of("KMAR"), of("OPVANG")], [[Within::Hidden; 2]; 2]);
        assert!(told(None, Some(&family), &Ledger::default(), ("2025", 1, 0)).is_empty());
        // Two came since the counts were published.
        let others = told(Some(&days), Some(&family), &Ledger::default(), ("2025", 1, 2));
        assert!(others.len() == 3 && others.values().all(|w| *w == [Within::Earlier; 2]), "{others:?}");
    }
}
