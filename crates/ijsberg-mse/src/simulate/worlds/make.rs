//! Draws the numbers of a population of each kind.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Kind;
use super::cells::{
    beta_cells, between, chances, erlang_quantiles, inside, lists, mixture, product, quantiles, shifted,
    standard_normal, tilt,
};
use crate::special::normal_quantile;

/// A population.
pub(super) struct SyntheticPopulation {
    pub(super) persons: u64,
    /// Relative frequency by history, the unseen first.
    pub(super) cells: Vec<f64>,
    pub(super) missed_links: f64,
    pub(super) over_coverage: f64,
}

pub(super) fn make(kind: Kind, rng: &mut ChaCha8Rng) -> SyntheticPopulation {
    let mut made = SyntheticPopulation {
        persons: between(500.0, 10_000.0, rng).round() as u64,
        cells: Vec::new(),
        missed_links: 0.0,
        over_coverage: 0.0,
    };
    if kind == Kind::Sparse {
        made.persons = between(3_000.0, 40_000.0, rng).round() as u64;
    }
    match kind {
        Kind::Small => made.persons = between(80.0, 5_000.0, rng).round() as u64,
        Kind::Hidden => made.persons = between(5_000.0, 100_000.0, rng).round() as u64,
        _ => {}
    }
    match kind {
        Kind::Missed => made.missed_links = 0.02 + 0.1 * rng.random::<f64>(),
        Kind::Foreign => made.over_coverage = 0.02 + 0.1 * rng.random::<f64>(),
        _ => {}
    }
    made.cells = match kind {
        Kind::Independent => product(&chances(lists(3, 6, rng), 0.06, 0.4, rng)),
        Kind::Sparse => product(&chances(lists(4, 6, rng), 0.008, 0.12, rng)),
        Kind::Missed | Kind::Foreign => product(&chances(lists(3, 6, rng), 0.06, 0.35, rng)),
        Kind::Many | Kind::Pairs | Kind::Avoiding | Kind::Triple | Kind::Highest => tilted(kind, rng),
        Kind::TrapShy => trap_shy(rng),
        Kind::Small => of_some_kind(lists(3, 5, rng), 0.01, 0.3, rng),
        Kind::Hidden => of_some_kind(lists(4, 6, rng), 0.002, 0.04, rng),
        Kind::Nested | Kind::Chain | Kind::Identical | Kind::Referral => sent_on(kind, rng),
        Kind::Normal | Kind::NormalAndPair | Kind::Beta | Kind::Gamma | Kind::NestedNormal => {
            spread(kind, rng)
        }
        Kind::TwoClasses | Kind::ThreeClasses | Kind::Segregated | Kind::Strata | Kind::HardToFind => {
            grouped(kind, rng)
        }
    };
    made
}

/// Two different lists.
fn pair(t: usize, rng: &mut ChaCha8Rng) -> usize {
    let i = rng.random_range(0..t);
    let j = (i + rng.random_range(1..t)) % t;
    1_usize << i | 1 << j
}

/// Lists that depend on one another, for all persons alike.
fn tilted(kind: Kind, rng: &mut ChaCha8Rng) -> Vec<f64> {
    match kind {
        Kind::Many => {
            let t = lists(7, 9, rng);
            let mut cells = product(&chances(t, 0.03, 0.3, rng));
            for _ in 0..lists(0, 2, rng) {
                let (term, factor) = (pair(t, rng), between(0.4, 4.0, rng));
                tilt(&mut cells, term, factor);
            }
            cells
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
        Kind::Highest => {
            let t = lists(3, 5, rng);
            let mut cells = product(&chances(t, 0.1, 0.4, rng));
            let all = cells.len() - 1;
            let factor = if rng.random::<bool>() { 2.0 } else { 0.5 };
            tilt(&mut cells, all, factor);
            cells
        }
        _ => {
            let t = lists(3, 6, rng);
            let mut cells = product(&chances(t, 0.06, 0.35, rng));
            for _ in 0..lists(1, t - 1, rng) {
                let (term, factor) = (pair(t, rng), between(0.4, 6.0, rng));
                tilt(&mut cells, term, factor);
            }
            cells
        }
    }
}

/// Chances from `low` to `high`, as the lists of police, shelters and inspectors have them; people alike or not, lists dependent or not.
/// Where hardly anybody is on a list, two groups that differ by more than a factor of some five in odds are [`Kind::HardToFind`]: the
/// lists show one of them.
fn of_some_kind(t: usize, low: f64, high: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let p = chances(t, low, high, rng);
    let mut cells = match rng.random_range(0..4) {
        0 | 1 => product(&p),
        2 => {
            let sd = 0.4 + 0.8 * rng.random::<f64>();
            shifted(&p, &quantiles(|q| sd * normal_quantile(q)))
        }
        _ => {
            let often = 0.1 + 0.35 * rng.random::<f64>();
            let shift = between(0.5, 1.5, rng);
            let more = p.iter().map(|p| 1.0 / (1.0 + (1.0 / p - 1.0) * (-shift).exp())).collect();
            mixture(&[(1.0 - often, p), (often, more)])
        }
    };
    for _ in 0..lists(0, t - 1, rng) {
        let (term, factor) = (pair(t, rng), between(0.4, 6.0, rng));
        tilt(&mut cells, term, factor);
    }
    cells
}

/// Lists inside others, and a list whose persons are sent on to another.
fn sent_on(kind: Kind, rng: &mut ChaCha8Rng) -> Vec<f64> {
    if kind == Kind::Referral {
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
        return cells;
    }
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

/// Lists in order of time: persons who were on one are on a later one less often.
fn trap_shy(rng: &mut ChaCha8Rng) -> Vec<f64> {
    let p = chances(lists(3, 5, rng), 0.15, 0.35, rng);
    let after = 0.3 + 0.3 * rng.random::<f64>();
    let chance = |w: usize| -> f64 {
        let on = |j: usize| w >> j & 1 == 1;
        let each = p.iter().enumerate().map(|(j, p)| {
            let p = if (0..j).any(on) { p * after } else { *p };
            if on(j) { p } else { 1.0 - p }
        });
        each.product()
    };
    (0..1_usize << p.len()).map(chance).collect()
}

/// Persons who differ, without groups.
fn spread(kind: Kind, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let t = lists(3, 6, rng);
    match kind {
        Kind::Beta => {
            let mean = 0.12 + 0.2 * rng.random::<f64>();
            let total = between(4.0, 20.0, rng);
            beta_cells(t, mean * total, (1.0 - mean) * total)
        }
        // A gamma distribution of a person's rate of being met.
        Kind::Gamma => {
            let rates = chances(t, 0.05, 0.35, rng);
            let shape = rng.random_range(1_u32..=4);
            let frailty = erlang_quantiles(shape);
            let part = |f: &f64| {
                let p = rates.iter().map(|r| 1.0 - (-r * f / f64::from(shape)).exp()).collect();
                (1.0 / frailty.len() as f64, p)
            };
            mixture(&frailty.iter().map(part).collect::<Vec<_>>())
        }
        _ => {
            let sd = 0.4 + 1.2 * rng.random::<f64>();
            let mut cells = shifted(&chances(t, 0.05, 0.3, rng), &quantiles(|q| sd * normal_quantile(q)));
            if kind == Kind::NormalAndPair {
                let (term, factor) = (pair(t, rng), between(0.5, 4.0, rng));
                tilt(&mut cells, term, factor);
            }
            if kind == Kind::NestedNormal {
                inside(&mut cells, 1, 0);
            }
            cells
        }
    }
}

/// Persons of a few kinds.
fn grouped(kind: Kind, rng: &mut ChaCha8Rng) -> Vec<f64> {
    match kind {
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
        // Half of them are met far less often, by all lists alike.
        Kind::HardToFind => {
            let p = chances(lists(3, 5, rng), 0.2, 0.5, rng);
            let less = between(0.05, 0.3, rng);
            mixture(&[(0.5, p.clone()), (0.5, p.iter().map(|p| p * less).collect())])
        }
        Kind::ThreeClasses => {
            let t = lists(4, 6, rng);
            mixture(&[
                (0.6, chances(t, 0.04, 0.15, rng)),
                (0.25, chances(t, 0.1, 0.5, rng)),
                (0.15, chances(t, 0.3, 0.8, rng)),
            ])
        }
        _ => {
            let t = lists(4, 6, rng);
            let often = 0.1 + 0.35 * rng.random::<f64>();
            mixture(&[(1.0 - often, chances(t, 0.03, 0.2, rng)), (often, chances(t, 0.25, 0.75, rng))])
        }
    }
}
