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

/// The delays that were published before about the persons of a year in this vintage.
pub(super) fn repeated(ledger: &Ledger, (year, vintage): (&str, usize)) -> Option<Delays> {
    let same = |r: &&Release| !r.delays.is_empty() && r.vintages.get(year) == Some(&vintage);
    ledger.releases.iter().rev().find(same).map(|r| r.delays.clone())
}

/// What is published about each list of a year. `days` are those of the persons who are counted; `are_recorded` tells whether the source has
/// days now, which the year may not have had when it was published.
pub(super) fn of_persons(days: Option<&Days>, list: Option<&Family>, are_recorded: bool) -> Delays {
    let Some(list) = list.filter(|_| days.is_some() || are_recorded) else { return Delays::new() };
    let of = |(at, name): (usize, &String)| {
        let Some(days) = days else { return (name.clone(), [DelayQuantile::Earlier; 2]) };
        let of_list = days.iter().find(|d| folded(d.0) == folded(name));
        let of_list = of_list.map(|d| d.1.as_slice()).unwrap_or_default();
        let is_shown = list.by_level[at].is_some_and(|n| n.get() > 0);
        let figure = |p| if is_shown { quantile(of_list, p) } else { DelayQuantile::Hidden };
        (name.clone(), PERCENT.map(figure))
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
        let all = of_persons(Some(&days), Some(&family), true);
        let of = |list: &str| all[list];
        assert_eq!(of("NP"), [DelayQuantile::Days(50), DelayQuantile::Days(90)]);
        assert_eq!([of("KMAR"), of("OPVANG")], [[DelayQuantile::Hidden; 2]; 2]);
        assert!(of_persons(None, Some(&family), false).is_empty());
        // The year was published before the days were known.
        let later = of_persons(None, Some(&family), true);
        assert!(later.len() == 3 && later.values().all(|w| *w == [DelayQuantile::Earlier; 2]), "{later:?}");
    }
}
