//! Days until people were reported: the median and the 90th percentile.
//!
//! A percentile is not a count, so the disclosure check does not cover it. It discloses how many people were reported later and how many
//! earlier. It is published only if each of these numbers, and the number of people without a known delay, keeps at least the number of
//! possible values that the gate requires for a small count.

use std::collections::BTreeMap;

use ijsberg_disclosure::round::{Base, to_base};
use ijsberg_disclosure::suppress::WIDTH;
use serde::{Deserialize, Serialize};

use crate::protection::THRESHOLD;

/// The published percentiles: the percentage of people reported within the published number of days.
pub const PERCENT: [u64; 2] = [50, 90];

/// Days are rounded to the nearest multiple of this.
pub const STEP: Base = Base::FIVE;

/// By list, the days from the event to the first notification of each person on it; `None` if one of the dates is not known.
pub type Days = BTreeMap<String, Vec<Option<u32>>>;

/// By list, what is published for each of [`PERCENT`].
pub type Delays = BTreeMap<String, [DelayQuantile; 2]>;

/// The number of days within which a percentage of people was reported, or why it is not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DelayQuantile {
    /// Days, rounded.
    Days(u64),
    /// It would disclose too much about too few people.
    Hidden,
    /// The counts are of an earlier day: people arrived or left since, so the days would be of different people.
    Earlier,
    /// No delay is known.
    NotRecorded,
}

/// The minimum number of people with a known delay: not a small count, and enough people on either side of the percentile.
pub(crate) fn least_known(percent: u64) -> u64 {
    THRESHOLD.max((WIDTH - 1) * 100 / (100 - percent))
}

/// The minimum number of people on the list: with fewer, publishing the figure would narrow down the number without a known delay, and its
/// absence the number on the list.
pub(crate) fn least_people(percent: u64) -> u64 {
    least_known(percent) + WIDTH - 1
}

/// The days within which a percentage of the people was reported: the nearest rank among the known delays.
pub(crate) fn quantile(days: &[Option<u32>], percent: u64) -> DelayQuantile {
    let mut known: Vec<u32> = days.iter().flatten().copied().collect();
    let (people, count) = (days.len() as u64, known.len() as u64);
    if people > 0 && count == 0 {
        return DelayQuantile::NotRecorded;
    }
    if count < least_known(percent) || people < least_people(percent) {
        return DelayQuantile::Hidden;
    }
    known.sort_unstable();
    let rank = (count * percent).div_ceil(100) as usize;
    let day = rank.checked_sub(1).and_then(|at| known.get(at));
    day.map_or(DelayQuantile::Hidden, |day| DelayQuantile::Days(to_base(u64::from(*day), STEP)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// People with these delays, and `not` people without a known delay.
    fn delays(known: std::ops::Range<u32>, not: usize) -> Vec<Option<u32>> {
        // In reverse: the order must not matter.
        known.rev().map(Some).chain(std::iter::repeat_n(None, not)).collect()
    }

    #[test]
    fn the_median_and_the_90th_percentile_need_enough_people() {
        assert_eq!(PERCENT.map(|p| (least_known(p), least_people(p))), [(10, 14), (40, 44)]);
        let published = |days: Vec<Option<u32>>| PERCENT.map(|p| quantile(&days, p));
        let days = DelayQuantile::Days;
        // The 50th and the 90th of a hundred are 52 and 92.
        assert_eq!(published(delays(3..103, 0)), [days(50), days(90)]);
        // The 22nd of 43 is 21. With one person more the 90th percentile is published: the 40th of 44 is 39.
        assert_eq!(published(delays(0..43, 0)), [days(20), DelayQuantile::Hidden]);
        assert_eq!(published(delays(0..44, 0)), [days(20), days(40)]);
        // Of 44 people, 40 or 39 have a known delay.
        assert_eq!(published(delays(0..40, 4)), [days(20), days(35)]);
        assert_eq!(published(delays(0..39, 5)), [days(20), DelayQuantile::Hidden]);
        assert_eq!(published(delays(0..10, 4)), [days(5), DelayQuantile::Hidden]);
        for few in [delays(0..13, 0), delays(0..10, 3), delays(0..9, 91), delays(0..1, 0), Vec::new()] {
            assert_eq!(published(few.clone()), [DelayQuantile::Hidden; 2], "{few:?}");
        }
        assert_eq!(published(delays(0..0, 3)), [DelayQuantile::NotRecorded; 2]);
        assert_eq!(published(delays(0..3, 0).repeat(20)), [days(0); 2]);
    }

    /// The number reported later, the number reported earlier and the number without a known delay each keep at least five possible values.
    #[test]
    fn published_percentiles_leave_as_many_values_as_the_gate_requires() {
        for percent in PERCENT {
            for count in least_known(percent)..500 {
                let rank = (count * percent).div_ceil(100);
                assert!(rank >= WIDTH && count - rank + 1 >= WIDTH, "{percent} of {count}");
            }
            assert!(least_people(percent) - least_known(percent) + 1 >= WIDTH);
            // The absence of a figure does not narrow down a small count.
            assert!(least_people(percent) - 1 - (THRESHOLD - 1) + 1 >= WIDTH);
        }
    }
}
