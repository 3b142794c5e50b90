//! What can be changed, and what it does to a population and to a table.

use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::histories::{Histories, Mask};
use crate::resample::{binomial, multinomial};
use crate::space::Population;

/// What could be done to get a better answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Change {
    /// Nothing: the table as it is.
    Nothing,
    /// A random sample of the population, of which it is known who is on a list.
    Sample {
        /// Persons of the population in it.
        persons: u64,
    },
    /// One list more, independent of the others, which the analyst must find out from the table.
    AddList {
        /// Share of the population on it.
        reach: f64,
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
            Self::AddList { reach } => with_list(today, people.unseen, reach, rng),
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
            Self::AddList { reach } => reach * persons,
            Self::WidenLists { odds } => {
                let entries = |chances: &[f64]| -> f64 {
                    chances.iter().enumerate().map(|(w, p)| f64::from(w.count_ones()) * p).sum()
                };
                persons * (entries(&widened(&people.chances, odds)) - entries(&people.chances))
            }
            Self::Nothing | Self::Join { .. } | Self::Separate { .. } | Self::ResolveLinks { .. } => 0.0,
        }
    }

    /// Whether the table that follows is known without drawing anything.
    pub(super) fn is_certain(self) -> bool {
        matches!(self, Self::Nothing | Self::Join { .. })
    }
}

/// Today's table with one list more.
fn with_list(today: &Histories, unseen: u64, reach: f64, rng: &mut ChaCha8Rng) -> Option<Histories> {
    let own: Mask = 1 << today.t();
    let mut cells = vec![(own, binomial(unseen, reach, rng))];
    for (w, count) in today.cells() {
        let met = binomial(*count, reach, rng);
        cells.extend([(*w, count - met), (w | own, met)]);
    }
    let mut lists = today.lists().to_vec();
    let mut name = "+".to_owned();
    while lists.contains(&name) {
        name.push('+');
    }
    lists.push(name);
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
    use crate::resample::stream;

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
}
