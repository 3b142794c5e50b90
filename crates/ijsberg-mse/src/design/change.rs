//! What can be changed, and what it does to a population and to a table.

use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::chance::{binomial, multinomial};
use crate::histories::{Histories, Mask};
use crate::space::Population;

/// What could be done to get a better answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change {
    /// Nothing: the table as it is.
    Nothing,
    /// A random sample of the population, for which it is known who is on a list.
    Sample {
        /// Persons of the population in it.
        persons: u64,
    },
    /// One list more, independent of the others, which the analyst must find out from the table.
    AddList {
        /// Share of the population on it.
        reach: f64,
    },
    /// One list more with many persons who are already on a list: persons on a list have higher odds of being on it, the same for all lists.
    AddDependentList {
        /// Share of the population on it.
        reach: f64,
        /// What the odds of being on it are multiplied by for persons on a list.
        odds: f64,
    },
    /// A list that was joined from two is kept as two, each as large and independent of the other.
    Split {
        /// Its place among the lists.
        list: usize,
    },
    /// All lists reach more persons; what they have to do with one another, the odds ratios, stays.
    WidenLists {
        /// What the odds of being on each list are multiplied by.
        odds: f64,
    },
    /// Two lists count as one.
    Join {
        /// Their places among the lists.
        lists: [usize; 2],
    },
    /// Two lists no longer depend on each other: neither refers persons to the other or keeps them off it.
    Separate {
        /// Their places among the lists.
        lists: [usize; 2],
    },
    /// Links of which the linkage is not sure are resolved by hand.
    ResolveLinks {
        /// The share of them that is resolved.
        share: f64,
    },
}

impl Change {
    /// A table as it would be after the change, in one population that today's table may have come from. What does not touch today's lists
    /// leaves their part of the table as it is. `None` where no table of two lists is left, and for changes that need none.
    pub(super) fn table(
        self,
        today: &Histories,
        people: &Population,
        rng: &mut ChaCha8Rng,
    ) -> Option<Histories> {
        let t = today.t();
        match self {
            Self::Nothing => Some(today.clone()),
            Self::Join { lists: [a, b] } => today.merged(a, b).ok(),
            Self::AddList { reach } => with_list(today, people.unseen, (reach, reach), rng),
            Self::AddDependentList { reach, odds } => {
                let on_none = people.unseen as f64 / (today.n() + people.unseen) as f64;
                with_list(today, people.unseen, dependent(reach, odds, on_none), rng)
            }
            Self::Split { list } => split(today, people, list, rng),
            Self::WidenLists { odds } => drawn(today, people, &widened(&people.chances, odds), rng),
            Self::Separate { lists: [a, b] } => {
                drawn(today, people, &separated(&people.chances, t, a, b), rng)
            }
            Self::Sample { .. } | Self::ResolveLinks { .. } => None,
        }
    }

    /// Persons or entries that the change adds to the lists, as what it costs; nil where the lists are used otherwise.
    pub(super) fn cost(self, today: &Histories, people: &Population) -> f64 {
        let persons = (today.n() + people.unseen) as f64;
        match self {
            Self::Sample { persons } => persons as f64,
            Self::AddList { reach } | Self::AddDependentList { reach, .. } => reach * persons,
            Self::WidenLists { odds } => {
                let entries = |chances: &[f64]| -> f64 {
                    chances.iter().enumerate().map(|(w, p)| f64::from(w.count_ones()) * p).sum()
                };
                persons * (entries(&widened(&people.chances, odds)) - entries(&people.chances))
            }
            Self::Nothing
            | Self::Join { .. }
            | Self::Split { .. }
            | Self::Separate { .. }
            | Self::ResolveLinks { .. } => 0.0,
        }
    }

    /// Whether the table that follows is known without drawing anything.
    pub(super) fn is_certain(self) -> bool {
        matches!(self, Self::Nothing | Self::Join { .. })
    }
}

/// Today's table with one list more, on which persons who are on no list and those who are on one have these chances of being.
fn with_list(
    today: &Histories,
    unseen: u64,
    (on_none, on_some): (f64, f64),
    rng: &mut ChaCha8Rng,
) -> Option<Histories> {
    let own: Mask = 1 << today.t();
    let mut cells = vec![(own, binomial(unseen, on_none, rng))];
    for (w, count) in today.cells() {
        let met = binomial(*count, on_some, rng);
        cells.extend([(*w, count - met), (w | own, met)]);
    }
    let mut lists = today.lists().to_vec();
    lists.push(new_name(&lists, "+"));
    table(lists, &cells)
}

/// A name that no list has.
fn new_name(lists: &[String], begins: &str) -> String {
    let mut name = begins.to_owned();
    while lists.contains(&name) {
        name.push('+');
    }
    name
}

/// The chances of persons on no list and on some, with these odds between them, when a share `reach` of everybody is on the new list and
/// `on_none` of everybody are on no list today.
fn dependent(reach: f64, odds: f64, on_none: f64) -> (f64, f64) {
    let some = |p: f64| odds * p / (1.0 - p + odds * p);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let p = 0.5 * (low + high);
        if on_none * p + (1.0 - on_none) * some(p) < reach { low = p } else { high = p }
    }
    (low, some(low))
}

/// Today's table with a list as two. Of everybody a share is on the list; on each of the two is so large a share that as many are on either when
/// they are independent, and those on the list are spread accordingly.
fn split(today: &Histories, people: &Population, list: usize, rng: &mut ChaCha8Rng) -> Option<Histories> {
    let persons = (today.n() + people.unseen) as f64;
    let either = today.list_size(list) as f64 / persons;
    let each = 1.0 - (1.0 - either).sqrt();
    let (both, first) = (each * each / either, each * (1.0 - each) / either);
    let (one, other): (Mask, Mask) = (1 << list, 1 << today.t());
    let mut cells = Vec::new();
    for (w, count) in today.cells() {
        if w & one == 0 {
            cells.push((*w, *count));
            continue;
        }
        let on = multinomial(*count, &[both, first, first], rng);
        cells.extend([(w | other, on[0]), (*w, on[1]), ((w & !one) | other, on[2])]);
    }
    let mut lists = today.lists().to_vec();
    lists.push(new_name(&lists, &format!("{}+", lists[list])));
    table(lists, &cells)
}

/// A table of as many persons drawn anew.
fn drawn(today: &Histories, people: &Population, chances: &[f64], rng: &mut ChaCha8Rng) -> Option<Histories> {
    let counts = multinomial(today.n() + people.unseen, chances, rng);
    let cells: Vec<(Mask, u64)> =
        counts.into_iter().enumerate().skip(1).map(|(w, c)| (w as Mask, c)).collect();
    table(today.lists().to_vec(), &cells)
}

fn table(lists: Vec<String>, cells: &[(Mask, u64)]) -> Option<Histories> {
    let (lists, cells, _) = Histories::drop_empty_lists(lists, cells);
    Histories::new(lists, cells).ok()
}

/// Chances when the odds of being on each list are multiplied and all odds ratios stay.
fn widened(chances: &[f64], factor: f64) -> Vec<f64> {
    let tilted: Vec<f64> =
        chances.iter().enumerate().map(|(w, p)| p * factor.powi(w.count_ones() as i32)).collect();
    let total: f64 = tilted.iter().sum();
    tilted.into_iter().map(|p| p / total).collect()
}

/// Chances when lists `a` and `b` are independent given all others, each with its own chance given these.
fn separated(chances: &[f64], t: usize, a: usize, b: usize) -> Vec<f64> {
    let (a, b) = (1_usize << a, 1_usize << b);
    let mut out = chances.to_vec();
    for w in (0..1_usize << t).filter(|w| w & (a | b) == 0) {
        let of = |w: usize| chances[w];
        let total = of(w) + of(w | a) + of(w | b) + of(w | a | b);
        if total <= 0.0 {
            continue;
        }
        let (on_a, on_b) = ((of(w | a) + of(w | a | b)) / total, (of(w | b) + of(w | a | b)) / total);
        out[w] = total * (1.0 - on_a) * (1.0 - on_b);
        out[w | a] = total * on_a * (1.0 - on_b);
        out[w | b] = total * (1.0 - on_a) * on_b;
        out[w | a | b] = total * on_a * on_b;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::stream;

    const CHANCES: [f64; 8] = [0.5, 0.1, 0.08, 0.12, 0.09, 0.03, 0.05, 0.03];

    fn margin(chances: &[f64], lists: usize) -> f64 {
        chances.iter().enumerate().filter(|(w, _)| w & lists == lists).map(|(_, p)| p).sum()
    }

    #[test]
    fn separated_lists_are_independent_given_the_others_and_as_large_as_before() {
        let after = separated(&CHANCES, 3, 0, 1);
        assert!((after.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for others in [0, 4] {
            let odds = after[others] * after[others | 3] / (after[others | 1] * after[others | 2]);
            assert!((odds - 1.0).abs() < 1e-9, "{others} {odds}");
        }
        for lists in [1, 2, 4, 5, 6] {
            assert!((margin(&after, lists) - margin(&CHANCES, lists)).abs() < 1e-12, "{lists}");
        }
        assert!((margin(&after, 3) - margin(&CHANCES, 3)).abs() > 0.01);
    }

    #[test]
    fn lists_that_reach_more_keep_their_odds_ratios() {
        let after = widened(&CHANCES, 2.0);
        let odds = |c: &[f64]| c[0] * c[3] / (c[1] * c[2]);
        assert!((odds(&after) - odds(&CHANCES)).abs() < 1e-12);
        assert!(after[0] < CHANCES[0] && (after.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(widened(&CHANCES, 1.0), CHANCES);
    }

    #[test]
    fn one_list_more_leaves_the_others_as_they_are_and_is_independent_of_them() {
        let names = ["a", "b"].map(String::from).to_vec();
        let today = Histories::new(names, [(1, 4000), (2, 3000), (3, 1000)]).unwrap();
        let people = Population { unseen: 12_000, chances: vec![0.6, 0.2, 0.15, 0.05] };
        let after = Change::AddList { reach: 0.25 }.table(&today, &people, &mut stream(1, 0)).unwrap();
        for (w, count) in today.cells() {
            assert_eq!(after.count(*w) + after.count(w | 4), *count);
        }
        // Five standard errors of 20,000 draws with chance one quarter.
        assert!((after.list_size(2) as f64 - 5000.0).abs() < 306.0, "{}", after.list_size(2));
        assert!((after.count(4) as f64 - 3000.0).abs() < 238.0);
        assert_eq!(Change::AddList { reach: 0.25 }.cost(&today, &people), 5000.0);
    }

    #[test]
    fn a_list_of_whom_many_are_known_has_the_reach_and_the_odds_that_are_said() {
        for (reach, odds, on_none) in [(0.1, 3.0, 0.9), (0.3, 0.5, 0.2), (0.2, 1.0, 0.7)] {
            let (none, some) = dependent(reach, odds, on_none);
            let share = on_none * none + (1.0 - on_none) * some;
            assert!((share - reach).abs() < 1e-12, "{share}");
            let found = some * (1.0 - none) / (none * (1.0 - some));
            assert!((found - odds).abs() < 1e-9, "{found}");
        }
    }

    #[test]
    fn a_list_kept_as_two_gives_today_s_table_when_they_are_joined_and_its_halves_are_independent() {
        let names = ["a", "b"].map(String::from).to_vec();
        let today = Histories::new(names, [(1, 40_000), (2, 30_000), (3, 10_000)]).unwrap();
        let people = Population { unseen: 120_000, chances: vec![0.6, 0.2, 0.15, 0.05] };
        let after = Change::Split { list: 0 }.table(&today, &people, &mut stream(2, 0)).unwrap();
        assert_eq!(after.lists()[2], "a+");
        let joined = after.merged(0, 2).unwrap();
        let counts = |h: &Histories| {
            let mut all: Vec<u64> = h.cells().iter().map(|c| c.1).collect();
            all.sort_unstable();
            all
        };
        assert_eq!(counts(&joined), counts(&today));
        let (first, second, both) =
            (after.list_size(0) as f64, after.list_size(2) as f64, after.on_all(5) as f64);
        // Both hold a share 1 - root(3/4) of 200,000; five standard errors.
        let each = 200_000.0 * (1.0 - 0.75_f64.sqrt());
        assert!((first - each).abs() < 600.0 && (second - each).abs() < 600.0, "{first} {second}");
        assert!((both - first * second / 200_000.0).abs() < 5.0 * both.sqrt(), "{both}");
    }
}
