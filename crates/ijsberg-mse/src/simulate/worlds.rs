//! Worlds to calibrate the verdict on: kinds of population whose numbers are drawn anew for every table.
//!
//! A [`crate::simulate::designs::Design`] is one population; a [`World`] is a kind, such as "one list lies inside another". Each draw
//! picks the number of lists, their chances and the size, so that what is learned on a world holds for its kind and not for
//! one set of numbers. Thresholds are learned on the worlds of [`Use::Learn`] and judged on those of [`Use::Judge`].

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::histories::{Histories, Mask};
use crate::resample::{binomial, multinomial, stream};
use crate::special::normal_quantile;

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
];

const fn world(id: &'static str, ordinary: bool, role: Use, kind: Kind) -> World {
    World { id, ordinary, role, kind }
}

/// A table with what is true of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The table.
    pub histories: Histories,
    /// Persons there are.
    pub truth: u64,
    /// Share of links that were missed, for those who are asked.
    pub missed_links: f64,
    /// Share of the persons on the lists who do not belong to the population.
    pub over_coverage: f64,
}

impl World {
    /// Draws a population and a table from it; `None` when fewer than two lists have anybody.
    pub fn draw(&self, rng: &mut ChaCha8Rng) -> Option<Drawn> {
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
        Some(Drawn {
            histories: Histories::new(names, cells).ok()?,
            truth: made.persons,
            missed_links: made.missed_links,
            over_coverage: made.over_coverage,
        })
    }
}

/// The draw of a number, for a seed.
pub fn draw(world: &World, seed: u64, number: u64) -> Option<Drawn> {
    world.draw(&mut stream(seed, number))
}

struct Made {
    persons: u64,
    /// Relative frequency by history, the unseen first.
    cells: Vec<f64>,
    missed_links: f64,
    over_coverage: f64,
}

/// A number between two others, uniform on the logarithm.
fn between(low: f64, high: f64, rng: &mut ChaCha8Rng) -> f64 {
    (low.ln() + rng.random::<f64>() * (high / low).ln()).exp()
}

fn chances(t: usize, low: f64, high: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..t).map(|_| between(low, high, rng)).collect()
}

fn standard_normal(rng: &mut ChaCha8Rng) -> f64 {
    normal_quantile(rng.random::<f64>().clamp(1e-9, 1.0 - 1e-9))
}

/// Cells of persons for whom the lists are independent.
fn product(p: &[f64]) -> Vec<f64> {
    (0..1_usize << p.len())
        .map(|w| p.iter().enumerate().map(|(j, p)| if w >> j & 1 == 1 { *p } else { 1.0 - p }).product())
        .collect()
}

fn mixture(parts: &[(f64, Vec<f64>)]) -> Vec<f64> {
    let mut cells = vec![0.0; 1 << parts[0].1.len()];
    for (weight, p) in parts {
        for (cell, x) in cells.iter_mut().zip(product(p)) {
            *cell += weight * x;
        }
    }
    cells
}

/// Persons whose log odds are shifted, all lists alike, by the quantiles of a distribution.
fn shifted(p: &[f64], shifts: &[f64]) -> Vec<f64> {
    let at = |shift: f64| -> Vec<f64> {
        p.iter().map(|p| 1.0 / (1.0 + (1.0 / p - 1.0) * (-shift).exp())).collect()
    };
    mixture(&shifts.iter().map(|s| (1.0 / shifts.len() as f64, at(*s))).collect::<Vec<_>>())
}

/// Multiplies the cells of everybody on all lists of `term`.
fn tilt(cells: &mut [f64], term: usize, factor: f64) {
    for (w, cell) in cells.iter_mut().enumerate() {
        if w & term == term {
            *cell *= factor;
        }
    }
}

fn quantiles(f: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..99).map(|i| f((f64::from(i) + 0.5) / 99.0)).collect()
}

/// A number of lists from `low` to `high`.
fn lists(low: usize, high: usize, rng: &mut ChaCha8Rng) -> usize {
    rng.random_range(low..=high)
}

fn make(kind: Kind, rng: &mut ChaCha8Rng) -> Made {
    let mut missed_links = 0.0;
    let mut over_coverage = 0.0;
    let mut persons = between(500.0, 10_000.0, rng).round() as u64;
    let pair = |t: usize, rng: &mut ChaCha8Rng| {
        let i = rng.random_range(0..t);
        let j = (i + rng.random_range(1..t)) % t;
        1_usize << i | 1 << j
    };
    let cells = match kind {
        Kind::Independent => product(&chances(lists(3, 6, rng), 0.06, 0.4, rng)),
        Kind::Sparse => {
            persons = between(3_000.0, 40_000.0, rng).round() as u64;
            product(&chances(lists(4, 6, rng), 0.008, 0.12, rng))
        }
        Kind::Many => {
            let t = lists(7, 8, rng);
            let mut cells = product(&chances(t, 0.03, 0.3, rng));
            for _ in 0..lists(0, 2, rng) {
                let (term, factor) = (pair(t, rng), between(0.4, 4.0, rng));
                tilt(&mut cells, term, factor);
            }
            cells
        }
        Kind::Pairs => {
            let t = lists(3, 6, rng);
            let mut cells = product(&chances(t, 0.06, 0.35, rng));
            for _ in 0..lists(1, t - 1, rng) {
                let (term, factor) = (pair(t, rng), between(0.4, 6.0, rng));
                tilt(&mut cells, term, factor);
            }
            cells
        }
        Kind::Normal | Kind::NormalAndPair => {
            let t = lists(3, 6, rng);
            let sd = 0.4 + 1.2 * rng.random::<f64>();
            let mut cells = shifted(&chances(t, 0.05, 0.3, rng), &quantiles(|q| sd * normal_quantile(q)));
            if kind == Kind::NormalAndPair {
                let (term, factor) = (pair(t, rng), between(0.5, 4.0, rng));
                tilt(&mut cells, term, factor);
            }
            cells
        }
        // A logistic distribution of the log odds: heavier tails than a normal one.
        Kind::Beta => {
            let (t, mean) = (lists(3, 6, rng), 0.12 + 0.2 * rng.random::<f64>());
            let total = between(4.0, 20.0, rng);
            beta_cells(t, mean * total, (1.0 - mean) * total)
        }
        // An exponential distribution of a person's rate of being met.
        Kind::Gamma => {
            let t = lists(3, 6, rng);
            let rates = chances(t, 0.05, 0.35, rng);
            let shape = f64::from(rng.random_range(1_u32..=4));
            let frailty = erlang_quantiles(shape as u32);
            let parts: Vec<(f64, Vec<f64>)> = frailty
                .iter()
                .map(|f| {
                    let p = rates.iter().map(|r| 1.0 - (-r * f / shape).exp()).collect();
                    (1.0 / frailty.len() as f64, p)
                })
                .collect();
            mixture(&parts)
        }
        Kind::TwoClasses => {
            let t = lists(4, 6, rng);
            let often = 0.1 + 0.35 * rng.random::<f64>();
            mixture(&[(1.0 - often, chances(t, 0.03, 0.2, rng)), (often, chances(t, 0.25, 0.75, rng))])
        }
        Kind::ThreeClasses => {
            let t = lists(4, 6, rng);
            mixture(&[
                (0.6, chances(t, 0.04, 0.15, rng)),
                (0.25, chances(t, 0.1, 0.5, rng)),
                (0.15, chances(t, 0.3, 0.8, rng)),
            ])
        }
        Kind::Nested | Kind::Chain | Kind::Identical => {
            let t = if kind == Kind::Chain { lists(4, 5, rng) } else { lists(3, 4, rng) };
            let mut p = chances(t, 0.08, 0.35, rng);
            p[1] = 0.15 + 0.5 * rng.random::<f64>();
            let mut cells = product(&p);
            inside(&mut cells, 1, 0);
            if kind == Kind::Chain {
                inside(&mut cells, 2, 1);
            }
            if kind == Kind::Identical {
                inside(&mut cells, 0, 1);
            }
            cells
        }
        // Persons on the first list are sent on to the second.
        Kind::Referral => {
            let t = lists(3, 5, rng);
            let sent = 0.15 + 0.4 * rng.random::<f64>();
            let mut cells = product(&chances(t, 0.06, 0.35, rng));
            for w in 0..cells.len() {
                if w & 3 == 1 {
                    let moved = sent * cells[w];
                    cells[w] -= moved;
                    cells[w | 2] += moved;
                }
            }
            cells
        }
        // Two groups, each met by lists of its own and by one list that meets both.
        Kind::Segregated => {
            let share = 0.3 + 0.4 * rng.random::<f64>();
            let p = chances(5, 0.08, 0.35, rng);
            let (mut first, mut second) = (p.clone(), p);
            first[2] *= 0.1;
            first[3] *= 0.1;
            second[0] *= 0.1;
            second[1] *= 0.1;
            mixture(&[(share, first), (1.0 - share, second)])
        }
        // One list that hardly meets the others.
        Kind::Avoiding => {
            let t = lists(4, 6, rng);
            let mut cells = product(&chances(t, 0.06, 0.35, rng));
            for j in 1..t {
                let factor = between(0.1, 0.5, rng);
                tilt(&mut cells, 1 | 1 << j, factor);
            }
            cells
        }
        Kind::Triple => {
            let t = lists(4, 6, rng);
            let mut cells = product(&chances(t, 0.1, 0.4, rng));
            for term in [3, 5, 6, 7] {
                let factor = between(0.7, 2.5, rng);
                tilt(&mut cells, term, factor);
            }
            cells
        }
        Kind::Strata => {
            let t = lists(4, 6, rng);
            let p = chances(t, 0.06, 0.3, rng);
            let parts: Vec<(f64, Vec<f64>)> = (0..4)
                .map(|_| {
                    let own = p.iter().map(|p| {
                        let shift = 0.6 * standard_normal(rng);
                        1.0 / (1.0 + (1.0 / p - 1.0) * (-shift).exp())
                    });
                    (0.25, own.collect())
                })
                .collect();
            mixture(&parts)
        }
        Kind::Missed => {
            missed_links = 0.02 + 0.1 * rng.random::<f64>();
            product(&chances(lists(3, 6, rng), 0.06, 0.35, rng))
        }
        Kind::Foreign => {
            over_coverage = 0.02 + 0.1 * rng.random::<f64>();
            product(&chances(lists(3, 6, rng), 0.06, 0.35, rng))
        }
        Kind::Highest => {
            let t = lists(3, 5, rng);
            let mut cells = product(&chances(t, 0.1, 0.4, rng));
            let all = cells.len() - 1;
            let factor = if rng.random::<bool>() { 2.0 } else { 0.5 };
            tilt(&mut cells, all, factor);
            cells
        }
    };
    Made { persons, cells, missed_links, over_coverage }
}

/// Moves everybody on list `inner` and not on `outer` off `inner`.
fn inside(cells: &mut [f64], inner: usize, outer: usize) {
    for w in 0..cells.len() {
        if w >> inner & 1 == 1 && w >> outer & 1 == 0 {
            let moved = std::mem::take(&mut cells[w]);
            cells[w & !(1 << inner)] += moved;
        }
    }
}

/// Chance of each history when a person's chance, the same on all lists, has a beta distribution.
fn beta_cells(t: usize, a: f64, b: f64) -> Vec<f64> {
    // prod (a + i) prod (b + i) / prod (a + b + i)
    let rising = |x: f64, k: usize| (0..k).map(|i| x + i as f64).product::<f64>();
    (0..1_usize << t)
        .map(|w: usize| {
            let k = w.count_ones() as usize;
            rising(a, k) * rising(b, t - k) / rising(a + b, t)
        })
        .collect()
}

/// Quantiles of a gamma distribution with a whole shape and mean equal to it, by bisection on its closed form.
fn erlang_quantiles(shape: u32) -> Vec<f64> {
    let below = |x: f64| {
        let mut term = 1.0;
        let mut sum = 1.0;
        for k in 1..shape {
            term *= x / f64::from(k);
            sum += term;
        }
        1.0 - sum * (-x).exp()
    };
    quantiles(|q| {
        let (mut low, mut high) = (0.0, 60.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if below(middle) < q { low = middle } else { high = middle }
        }
        low
    })
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
