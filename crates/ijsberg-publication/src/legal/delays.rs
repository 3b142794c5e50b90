//! Reporting delays by registering organisation ([`crate::reporting_delay`]).
//!
//! Nothing is published about a list whose count is suppressed. Like its counts, the delays of a published year stay the same until the
//! year is revised: a changed figure would disclose something about the people who caused the change.

use crate::families::Family;
use crate::ledger::{Ledger, Release};
use crate::legal::delivery::{Delivery, Outcome};
use crate::legal::measure::Measure;
use crate::legal::tables::{Reason, Row, TOTAL};
use crate::persons::folded;
use crate::reporting_delay::{Days, DelayQuantile, Delays, PERCENT, quantile};

/// What is published about each list in a year: the figures published before about the same persons, if there are any. If persons arrived
/// or left since the counts were published, no delay is published: the delays would be of other persons than those counted.
pub(super) fn published_delays(
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
        let is_shown = list.by_level[at].is_some_and(|n| n.get() > 0);
        let figure = |p| if is_shown { quantile(of_list, p) } else { DelayQuantile::Hidden };
        (name.clone(), PERCENT.map(|p| if held_back > 0 { DelayQuantile::Earlier } else { figure(p) }))
    };
    list.levels.iter().enumerate().map(of).collect()
}

/// The delays of a list, with its count.
#[derive(Debug, Clone, PartialEq)]
pub struct DelayRow {
    /// The count, as in table a.
    pub row: Row,
    /// The delays, or why none are delivered.
    pub quantiles: Result<[DelayQuantile; 2], Reason>,
}

impl Delivery {
    /// The reporting delays, a row for each list; if there are no counts, one row with the reason.
    pub fn delays(&self) -> Vec<DelayRow> {
        let hidden = [DelayQuantile::Hidden; 2];
        let rows = self.rows(Measure::Registered);
        let Some(released) = self.released(Measure::Registered) else {
            let quantiles = match self.outcomes.get(&Measure::Registered) {
                Some(Outcome::Missing(why)) => Err(why.clone()),
                _ => Ok(hidden),
            };
            let whole = rows.into_iter().filter(|r| r.by == TOTAL);
            return whole.map(|row| DelayRow { row, quantiles: quantiles.clone() }).collect();
        };
        let of = |row: Row| {
            let published = released.delays.iter().find(|d| folded(d.0) == folded(&row.code));
            let quantiles = match published {
                Some((_, quantiles)) => Ok(*quantiles),
                None if released.delays.is_empty() => Err(Reason::NoDay),
                None => Ok(hidden),
            };
            DelayRow { row, quantiles }
        };
        rows.into_iter().filter(|r| r.by == "organisation").map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_disclosure::round::rounded;

    use super::*;
    use crate::protection::CountProtection;
    use crate::reporting_delay::STEP;

    #[test]
    fn no_delay_is_published_for_a_list_whose_count_is_hidden() {
        let family = Family {
            name: "list".to_owned(),
            levels: ["NP", "KMAR", "OPVANG"].map(str::to_owned).to_vec(),
            years: Vec::new(),
            cells: Vec::new(),
            by_level: vec![Some(rounded(100, STEP)), None, Some(rounded(0, STEP))],
            by_year: Vec::new(),
            total: None,
            overlapping: true,
            how: CountProtection::Exact,
        };
        // In reverse: the order must not matter.
        let known: Vec<Option<u32>> = (0..100).rev().map(Some).collect();
        let days: Days = ["np", "KMAR", "OPVANG"].map(|l| (l.to_owned(), known.clone())).into();
        let all = published_delays(Some(&days), Some(&family), &Ledger::default(), ("2025", 1, 0));
        let of = |list: &str| all[list];
        assert_eq!(of("NP"), [DelayQuantile::Days(50), DelayQuantile::Days(90)]);
        assert_eq!([of("KMAR"), of("OPVANG")], [[DelayQuantile::Hidden; 2]; 2]);
        assert!(published_delays(None, Some(&family), &Ledger::default(), ("2025", 1, 0)).is_empty());
        // Two people arrived since the counts were published.
        let later = published_delays(Some(&days), Some(&family), &Ledger::default(), ("2025", 1, 2));
        assert!(later.len() == 3 && later.values().all(|w| *w == [DelayQuantile::Earlier; 2]), "{later:?}");
    }
}
