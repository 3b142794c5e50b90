//! Worlds to calibrate the verdict on: kinds of population whose numbers are drawn anew for every table.
//!
//! A [`crate::simulate::designs::Design`] is one population; a [`World`] is a kind, such as "one list lies inside another". Each draw
//! picks the number of lists, their chances and the size, so that what is learned on a world holds for its kind and not for
//! one set of numbers. Thresholds are learned on the worlds of [`Use::Learn`] and judged on those of [`Use::Judge`].

mod cells;
mod make;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::chance::{binomial, multinomial, stream};
use crate::histories::{Histories, Mask};
use make::make;

/// What a world is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Thresholds are learned on it.
    Learn,
    /// Only the published error rates come from it.
    Judge,
    /// As [`Use::Judge`], but its tables look the same as those of another size: no method can be right on both.
    Blind,
}

/// A kind of population.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// A short name.
    pub id: &'static str,
    /// Whether it is ordinary: lists that work as the textbooks describe, dependent or not.
    pub ordinary: bool,
    /// What it is for.
    pub role: Use,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Independent,
    Sparse,
    Many,
    Pairs,
    Normal,
    NormalAndPair,
    Beta,
    Gamma,
    TwoClasses,
    ThreeClasses,
    Nested,
    Chain,
    Identical,
    Referral,
    Segregated,
    Avoiding,
    Triple,
    Strata,
    Missed,
    Foreign,
    Highest,
    HardToFind,
    TrapShy,
    NestedNormal,
    Small,
    Hidden,
}

/// All worlds.
pub const WORLDS: &[World] = &[
    world("independent", true, Use::Learn, Kind::Independent),
    world("sparse", true, Use::Learn, Kind::Sparse),
    world("pairs", true, Use::Learn, Kind::Pairs),
    world("normal", true, Use::Learn, Kind::Normal),
    world("normal-pair", true, Use::Learn, Kind::NormalAndPair),
    world("two-classes", true, Use::Learn, Kind::TwoClasses),
    world("nested", true, Use::Learn, Kind::Nested),
    world("referral", true, Use::Learn, Kind::Referral),
    world("avoiding", true, Use::Learn, Kind::Avoiding),
    world("many-lists", true, Use::Judge, Kind::Many),
    world("beta", true, Use::Judge, Kind::Beta),
    world("gamma", true, Use::Judge, Kind::Gamma),
    world("three-classes", true, Use::Learn, Kind::ThreeClasses),
    world("chain", true, Use::Judge, Kind::Chain),
    world("identical", true, Use::Judge, Kind::Identical),
    world("triple", true, Use::Judge, Kind::Triple),
    world("strata", true, Use::Judge, Kind::Strata),
    world("segregated", false, Use::Judge, Kind::Segregated),
    world("missed-links", false, Use::Blind, Kind::Missed),
    world("over-coverage", false, Use::Blind, Kind::Foreign),
    world("highest-order", false, Use::Blind, Kind::Highest),
    world("hard-to-find", false, Use::Blind, Kind::HardToFind),
    world("trap-shy", false, Use::Blind, Kind::TrapShy),
    world("nested-normal", false, Use::Blind, Kind::NestedNormal),
    world("small", true, Use::Learn, Kind::Small),
    world("hidden", true, Use::Learn, Kind::Hidden),
];

const fn world(id: &'static str, ordinary: bool, role: Use, kind: Kind) -> World {
    World { id, ordinary, role, kind }
}

/// A table and its truth.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedTable {
    /// The table.
    pub histories: Histories,
    /// Persons there are.
    pub truth: u64,
    /// Share of links that were missed.
    pub missed_links: f64,
    /// Share of the persons on the lists who do not belong to the population.
    pub over_coverage: f64,
}

impl World {
    /// Draws a population and a table from it; `None` when fewer than two lists have anybody.
    pub fn draw(&self, rng: &mut ChaCha8Rng) -> Option<SimulatedTable> {
        let made = make(self.kind, rng);
        let size = made.cells.len();
        let t = size.trailing_zeros() as usize;
        let total: f64 = made.cells.iter().sum();
        let unseen = binomial(made.persons, (made.cells[0] / total).clamp(0.0, 1.0), rng);
        let seen = made.persons - unseen;
        let mut counts = multinomial(seen, &[&[0.0], &made.cells[1..]].concat(), rng);
        if made.missed_links > 0.0 {
            counts = split(&counts, made.missed_links, rng);
        }
        if made.over_coverage > 0.0 {
            for j in 0..t {
                let size: u64 = (0..counts.len()).filter(|w| w >> j & 1 == 1).map(|w| counts[w]).sum();
                counts[1 << j] +=
                    (size as f64 * made.over_coverage / (1.0 - made.over_coverage)).round() as u64;
            }
        }
        let names: Vec<String> = (1..=t).map(|j| format!("L{j}")).collect();
        let cells: Vec<(Mask, u64)> = (1..size).map(|w| (w as Mask, counts[w])).collect();
        let (names, cells, _) = Histories::drop_empty_lists(names, &cells);
        Some(SimulatedTable {
            histories: Histories::new(names, cells).ok()?,
            truth: made.persons,
            missed_links: made.missed_links,
            over_coverage: made.over_coverage,
        })
    }
}

/// The draw of a number, for a seed.
pub fn draw(world: &World, seed: u64, number: u64) -> Option<SimulatedTable> {
    world.draw(&mut stream(seed, number))
}

/// Each link of a person to a further list is missed with a chance; what is missed becomes a person of its own.
fn split(counts: &[u64], missed: f64, rng: &mut ChaCha8Rng) -> Vec<u64> {
    let mut out = vec![0; counts.len()];
    for (w, count) in counts.iter().enumerate() {
        for _ in 0..*count {
            let mut kept = 0;
            for j in crate::model::bits(w as Mask) {
                if kept != 0 && rng.random::<f64>() < missed {
                    out[1 << j] += 1;
                } else {
                    kept |= 1_usize << j;
                }
            }
            out[kept] += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::cells::{beta_cells, erlang_quantiles};
    use super::*;

    #[test]
    fn worlds_are_what_they_say() {
        for (i, world) in WORLDS.iter().enumerate() {
            let drawn = (0..20).filter_map(|d| world.draw(&mut stream(i as u64, d))).collect::<Vec<_>>();
            assert!(drawn.len() > 15, "{}", world.id);
            for d in &drawn {
                let real = d.histories.n() <= d.truth;
                assert!(real || d.over_coverage > 0.0 || d.missed_links > 0.0, "{}", world.id);
                let h = &d.histories;
                match world.id {
                    "nested" => assert_eq!(h.on_all(3), h.list_size(1)),
                    "identical" => assert_eq!((h.on_all(3), h.on_all(3)), (h.list_size(0), h.list_size(1))),
                    "chain" => assert_eq!(h.on_all(7), h.list_size(2)),
                    "small" => assert!((80..=5_000).contains(&d.truth)),
                    "hidden" => assert!(d.truth >= 5_000 && 2 * h.n() < d.truth, "{}", h.n()),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn cells_are_shares_and_missed_links_keep_the_entries_of_each_list() {
        let mut rng = stream(5, 0);
        let beta: f64 = beta_cells(5, 1.0, 4.0).iter().sum();
        assert!((beta - 1.0).abs() < 1e-12);
        let counts: Vec<u64> = (0..16).map(|w| if w == 0 { 0 } else { 100 }).collect();
        let after = split(&counts, 0.2, &mut rng);
        let size = |c: &[u64], j: usize| (0..16).filter(|w| w >> j & 1 == 1).map(|w| c[w]).sum::<u64>();
        assert!((0..4).all(|j| size(&counts, j) == size(&after, j)));
        assert!(after.iter().sum::<u64>() > counts.iter().sum::<u64>());
        let mean = erlang_quantiles(3).iter().sum::<f64>() / 99.0;
        assert!((mean - 3.0).abs() < 0.05, "{mean}");
    }
}
