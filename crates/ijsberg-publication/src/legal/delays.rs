//! How long it took until people were reported, by registering organisation: the days within which half of them were, and nine in ten.
//!
//! Such a figure is not a count, so the gate cannot check it. It shows for how many people it took longer, and for how many not so
//! long. It is published only if each of these numbers, and the number of people of whom no day is known, may have as many values as the
//! gate asks of a small count; nothing is published about a list whose count is suppressed. A published year keeps its figures until it is
//! revised, as it keeps its counts: figures that change would reveal something about the people they changed for.

use std::collections::BTreeMap;

use ijsberg_disclosure::round::{Base, to_base};
use ijsberg_disclosure::suppress::WIDTH;
use serde::{Deserialize, Serialize};

use crate::families::Family;
use crate::gate::THRESHOLD;
use crate::ledger::{Ledger, Release};
use crate::legal::deliver::{Delivery, Spine};
use crate::legal::measure::Measure;
use crate::legal::tables::{Row, TOTAL, Why};
use crate::persons::folded;

/// Of a hundred people, so many were reported within the days that are published.
pub const PERCENT: [u64; 2] = [50, 90];

/// Days are rounded to the nearest multiple of this.
pub const STEP: Base = Base::FIVE;

/// By list, the days from what happened to the first notification of each person on it; none where one of both is not known.
pub type Days = BTreeMap<String, Vec<Option<u32>>>;

/// By list, what is published for each share of [`PERCENT`].
pub type Delays = BTreeMap<String, [Within; 2]>;

/// Within how many days people were reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// Days, rounded.
    Days(u64),
    /// It would reveal something about too few people.
    Hidden,
    /// The counts are those of an earlier day: people came or left since, and the days would be those of others.
    Earlier,
    /// The days are known of nobody.
    NotRecorded,
}

/// The fewest people of whom the days must be known: no small count, and enough of them on either side.
pub(crate) fn least_known(percent: u64) -> u64 {
    THRESHOLD.max((WIDTH - 1) * 100 / (100 - percent))
}

/// The fewest people on the list: with fewer, the figure would tell of how few of them the days are not known, and its absence how few
/// they are.
pub(crate) fn least_people(percent: u64) -> u64 {
    least_known(percent) + WIDTH - 1
}

/// The days within which a share of the people was reported: the nearest rank among those of whom the days are known.
fn within(days: &[Option<u32>], percent: u64) -> Within {
    let mut known: Vec<u32> = days.iter().flatten().copied().collect();
    let (people, count) = (days.len() as u64, known.len() as u64);
    if people > 0 && count == 0 {
        return Within::NotRecorded;
    }
    if count < least_known(percent) || people < least_people(percent) {
        return Within::Hidden;
    }
    known.sort_unstable();
    let rank = (count * percent).div_ceil(100) as usize;
    let day = rank.checked_sub(1).and_then(|at| known.get(at));
    day.map_or(Within::Hidden, |day| Within::Days(to_base(u64::from(*day), STEP)))
}

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
    use crate::families::How;

    /// So many people with these days, and so many of whom they are not known.
    fn of(known: std::ops::Range<u32>, not: usize) -> Vec<Option<u32>> {
        // The latest first: the order says nothing.
        known.rev().map(Some).chain(std::iter::repeat_n(None, not)).collect()
    }

    #[test]
    fn half_and_nine_in_ten_are_told_of_enough_people_only() {
        assert_eq!(PERCENT.map(|p| (least_known(p), least_people(p))), [(10, 14), (40, 44)]);
        let told = |days: Vec<Option<u32>>| PERCENT.map(|p| within(&days, p));
        let days = Within::Days;
        // The 50th and the 90th of a hundred are 52 and 92.
        assert_eq!(told(of(3..103, 0)), [days(50), days(90)]);
        // The 22nd of 43 is 21; one more, and nine in ten are told: the 40th of 44 is 39.
        assert_eq!(told(of(0..43, 0)), [days(20), Within::Hidden]);
        assert_eq!(told(of(0..44, 0)), [days(20), days(40)]);
        // Of 44 people 40 or 39 are known.
        assert_eq!(told(of(0..40, 4)), [days(20), days(35)]);
        assert_eq!(told(of(0..39, 5)), [days(20), Within::Hidden]);
        assert_eq!(told(of(0..10, 4)), [days(5), Within::Hidden]);
        for few in [of(0..13, 0), of(0..10, 3), of(0..9, 91), of(0..1, 0), Vec::new()] {
            assert_eq!(told(few.clone()), [Within::Hidden; 2], "{few:?}");
        }
        assert_eq!(told(of(0..0, 3)), [Within::NotRecorded; 2]);
        assert_eq!(told(of(0..3, 0).repeat(20)), [days(0); 2]);
    }

    /// Of how many it took longer and not so long could each be five numbers at least, and so could be those of whom no day is known.
    #[test]
    fn what_is_told_leaves_as_many_numbers_as_the_gate_asks_for() {
        for percent in PERCENT {
            for count in least_known(percent)..500 {
                let rank = (count * percent).div_ceil(100);
                assert!(rank >= WIDTH && count - rank + 1 >= WIDTH, "{percent} of {count}");
            }
            assert!(least_people(percent) - least_known(percent) + 1 >= WIDTH);
            // Whoever sees that nothing is told knows no more of a small count than before.
            assert!(least_people(percent) - 1 - (THRESHOLD - 1) + 1 >= WIDTH);
        }
    }

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
        let days: Days = ["np", "KMAR", "OPVANG"].map(|l| (l.to_owned(), of(0..100, 0))).into();
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
