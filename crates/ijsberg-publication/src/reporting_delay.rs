//! Days until people were reported: the median and the 90th percentile.
//!
//! Such a figure is not a count, so the disclosure check does not cover it. It shows for how many people it took longer, and for how many not so
//! long. It is published only if each of these numbers, and the number of people of whom no day is known, may have as many values as the
//! gate asks of a small count.

use std::collections::BTreeMap;

use ijsberg_disclosure::round::{Base, to_base};
use ijsberg_disclosure::suppress::WIDTH;
use serde::{Deserialize, Serialize};

use crate::protection::THRESHOLD;

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
    /// The days are not known for anyone.
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
pub(crate) fn within(days: &[Option<u32>], percent: u64) -> Within {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
