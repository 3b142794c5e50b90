//! What a partition says of the lists: a capture history for each person.

use rand::RngExt;
use rand_distr::{Distribution, Poisson, StandardNormal};

use crate::covariates::{Covariates, NONE};
use crate::generate::stream;
use crate::resolve::Totals;

/// Persons by capture history of the lists, from the group and the list of each record. Bit `j` of a history is list `j`.
///
/// ```
/// use ijsberg_linkage::histories::histories;
///
/// // Four records of three people: one on both lists, one on each alone.
/// assert_eq!(histories(&[0, 0, 1, 2], &[0, 1, 0, 1]), [(0b01, 1), (0b10, 1), (0b11, 1)]);
/// ```
pub fn histories(groups: &[u32], lists: &[usize]) -> Vec<(u32, u64)> {
    tally(persons(groups, lists, &NONE).into_iter().map(|p| p.on))
}

/// The same by what else is known of each person.
pub fn histories_by(groups: &[u32], lists: &[usize], covariates: &Covariates) -> Vec<Cell> {
    cells(persons(groups, lists, covariates))
}

/// Persons with one history and the same values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The history.
    pub history: u32,
    /// By covariate the value; `None` where it is not known.
    pub values: Vec<Option<u32>>,
    /// Persons.
    pub persons: u64,
}

/// A person while a table is made.
#[derive(Debug, Clone)]
struct Person {
    on: u32,
    values: Vec<Option<u32>>,
}

/// What is missing from a grouping.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Missing {
    /// A share of the links between two lists; how many persons that joins is not known.
    Links(f64),
    /// Persons and overlaps of two lists as they should be; see [`crate::resolve`].
    Totals(Totals),
}

/// The same with links put back that were never compared or not recognised.
///
/// Which they are is unknown; here they are taken to lie between pairs of lists as the links that were found do. Persons on
/// one list of such a pair and not on the other are joined at random until as many overlaps are made as are missing, their
/// number drawn as Poisson; or until there are as many persons as there should be, joining larger or smaller ones so that
/// the overlaps come out too. Used on every draw of a linkage this carries the doubt on.
pub fn restored(groups: &[u32], lists: &[usize], missing: Missing, seed: u64, draw: u64) -> Vec<(u32, u64)> {
    tally(put_back((groups, lists), &NONE, missing, (seed, draw)).into_iter().map(|p| p.on))
}

/// The same by what else is known of each person: those who are joined differ in nothing that is known of both, unless nobody like them
/// is left.
pub fn restored_by(
    (groups, lists): (&[u32], &[usize]),
    covariates: &Covariates,
    missing: Missing,
    seed: u64,
    draw: u64,
) -> Vec<Cell> {
    cells(put_back((groups, lists), covariates, missing, (seed, draw)))
}

fn put_back(
    (groups, lists): (&[u32], &[usize]),
    covariates: &Covariates,
    missing: Missing,
    (seed, draw): (u64, u64),
) -> Vec<Person> {
    let mut rng = stream(seed ^ 0x9e57, draw);
    let mut all = persons(groups, lists, covariates);
    // Pairs of lists by how often a person is on both, with what is known of that person.
    let between: Vec<(usize, usize, Vec<Option<u32>>)> = all
        .iter()
        .flat_map(|person| {
            let on: Vec<usize> = (0..32).filter(|l| person.on >> l & 1 == 1).collect();
            let pairs = (0..on.len()).flat_map(|a| (a + 1..on.len()).map(move |b| (a, b)));
            pairs.map(|(a, b)| (on[a], on[b], person.values.clone())).collect::<Vec<_>>()
        })
        .collect();
    let found = between.len() as f64;
    let (mut joins, mut links) = match missing {
        Missing::Links(loss) => {
            let expected = found * loss / (1.0 - loss).max(0.05);
            (f64::INFINITY, Poisson::new(expected.max(1e-9)).map_or(0.0, |p| p.sample(&mut rng)))
        }
        Missing::Totals(t) => (all.len() as f64 - t.persons, t.overlaps - found),
    };
    // The links still due, shared over the joins or partings still to make, say whether small ones or large ones are next;
    // too small ones are let pass now and then, for there may be no others.
    let fits = |made: f64, joins: f64, links: f64, luck: f64| {
        let due = links / joins;
        made < (due + 1.0).max(1.5) && (made > due - 1.0 || luck < 0.05)
    };
    let tries = 100 * groups.len();
    let (mut unlike, mut tried) = (0, 0);
    let more = |joins: f64, links: f64| joins >= 0.5 && (links > 0.0 || joins.is_finite());
    while tried < tries {
        tried += 1;
        if !more(joins, links) || between.is_empty() {
            break;
        }
        let (a, b, alike) = &between[rng.random_range(0..between.len())];
        let Some((i, j)) = two_of(&all, (*a, *b), (covariates, alike, unlike < UNLIKE), &mut rng) else {
            unlike += 1;
            continue;
        };
        let (x, y) = (all[i].on, all[j].on);
        let made = f64::from(x.count_ones() * y.count_ones());
        if joins.is_infinite() || fits(made, joins, links, rng.random()) {
            // In a row, that is: with many kinds a miss now and then says nothing.
            unlike = if unlike < UNLIKE { 0 } else { unlike };
            let values = covariates.of_both(&all[i].values, &all[j].values);
            all[i] = Person { on: x | y, values };
            all.swap_remove(j);
            joins -= 1.0;
            links -= made;
        }
    }
    // More were put together than belong so: lists are parted from persons, else errors could only be undone one way.
    for _ in 0..tries {
        if joins > -0.5 || !joins.is_finite() {
            break;
        }
        let (i, list) = (rng.random_range(0..all.len()), rng.random_range(0..32));
        let (x, one) = (all[i].on, 1 << list);
        let made = f64::from(x.count_ones()) - 1.0;
        if x & one != 0 && x != one && fits(made, joins, links, rng.random()) {
            all[i].on = x & !one;
            let values = all[i].values.clone();
            all.push(Person { on: one, values });
            joins += 1.0;
            links += made;
        }
    }
    all
}

/// So often in a row nobody may be found who is like somebody on both lists before those who differ are joined too.
const UNLIKE: usize = 200;

/// So many are tried at random before all are looked through.
const AT_RANDOM: usize = 64;

/// Somebody on list `a` and somebody on list `b` who share no list: of the kind of one who was found on both, so that what is put back lies
/// between kinds of persons as what was found does. Without covariates two at random are tried once.
fn two_of(
    all: &[Person],
    (a, b): (usize, usize),
    (covariates, alike, strict): (&Covariates, &[Option<u32>], bool),
    rng: &mut impl RngExt,
) -> Option<(usize, usize)> {
    let apart = |x: u32, y: u32| x >> a & 1 == 1 && y >> b & 1 == 1 && x & y == 0;
    if covariates.is_empty() {
        let (i, j) = (rng.random_range(0..all.len()), rng.random_range(0..all.len()));
        return (i != j && apart(all[i].on, all[j].on)).then_some((i, j));
    }
    let like = |p: &Person, q: &[Option<u32>]| !strict || covariates.may_be_one(&p.values, q);
    let i = one_of(all, rng, &|p| p.on >> a & 1 == 1 && p.on >> b & 1 == 0 && like(p, alike))?;
    let first = &all[i];
    let second = |p: &Person| apart(first.on, p.on) && like(p, alike) && like(p, &first.values);
    Some((i, one_of(all, rng, &second)?))
}

/// A person of some kind, each as likely as another.
fn one_of(all: &[Person], rng: &mut impl RngExt, fits: &dyn Fn(&Person) -> bool) -> Option<usize> {
    for _ in 0..AT_RANDOM {
        let i = rng.random_range(0..all.len());
        if fits(&all[i]) {
            return Some(i);
        }
    }
    let those: Vec<usize> = (0..all.len()).filter(|i| fits(&all[*i])).collect();
    if those.is_empty() { None } else { Some(those[rng.random_range(0..those.len())]) }
}

/// How many pairs of records of two lists belong together, and the standard deviation of that number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between {
    /// The lists.
    pub lists: (usize, usize),
    /// Pairs of records.
    pub pairs: f64,
    /// What is not known of it.
    pub doubt: f64,
}

/// Histories with links put back until as many pairs of records of each two lists belong together as a model of their
/// agreement says, whichever they are: what is not recognised pair by pair is still known in number. Persons who hold records of
/// two lists that lack links are joined at random. The numbers are drawn anew from their doubt for every draw.
pub fn restored_between(
    groups: &[u32],
    lists: &[usize],
    between: &[Between],
    seed: u64,
    draw: u64,
) -> Vec<(u32, u64)> {
    let mut rng = stream(seed ^ 0xbe77, draw);
    let most = lists.iter().max().map_or(1, |l| l + 1);
    let mut all = vec![vec![0_u32; most]; groups.iter().max().map_or(0, |g| *g as usize + 1)];
    groups.iter().zip(lists).for_each(|(g, l)| all[*g as usize][*l] += 1);
    let mut lacking: Vec<f64> = between
        .iter()
        .map(|b| {
            let (k, l) = b.lists;
            let found: f64 = all.iter().map(|p| f64::from(p[k] * p[l])).sum();
            let z: f64 = StandardNormal.sample(&mut rng);
            b.pairs + b.doubt * z - found
        })
        .collect();
    let mut failures = 0;
    while failures < 500 {
        failures += 1;
        let left: f64 = lacking.iter().map(|d| d.max(0.0)).sum();
        if left < 0.5 {
            break;
        }
        // Two lists, the likelier the more they lack, and a person on each who is not on the other.
        let mut at = rng.random::<f64>() * left;
        let chosen = lacking.iter().position(|d| {
            at -= d.max(0.0);
            at <= 0.0
        });
        let (k, l) = between[chosen.unwrap_or(0)].lists;
        let on_one = |x: usize, y: usize| -> Vec<usize> {
            (0..all.len()).filter(|i| all[*i][x] > 0 && all[*i][y] == 0).collect()
        };
        let (first, second) = (on_one(k, l), on_one(l, k));
        if first.is_empty() || second.is_empty() {
            continue;
        }
        let i = first[rng.random_range(0..first.len())];
        let j = second[rng.random_range(0..second.len())];
        if (0..most).any(|x| all[i][x] > 0 && all[j][x] > 0) {
            continue;
        }
        let made = |b: &Between| {
            let (k, l) = b.lists;
            f64::from(all[i][k] * all[j][l] + all[i][l] * all[j][k])
        };
        let made: Vec<f64> = between.iter().map(made).collect();
        // Joining must not put more between other lists than they lack, on the whole.
        let (good, bad) = made.iter().zip(&lacking).fold((0.0, 0.0), |(g, b), (m, d)| {
            let fits = m.min(d.max(0.0));
            (g + fits, b + m - fits)
        });
        if good <= bad {
            continue;
        }
        failures = 0;
        lacking.iter_mut().zip(&made).for_each(|(d, m)| *d -= m);
        let other = all.swap_remove(j);
        // The last has moved to where the other was.
        let i = if i == all.len() { j } else { i };
        all[i].iter_mut().zip(&other).for_each(|(x, y)| *x += y);
    }
    let mask = |p: &Vec<u32>| p.iter().enumerate().filter(|c| *c.1 > 0).fold(0, |m, c| m | 1 << c.0);
    tally(all.iter().map(mask).filter(|m| *m > 0))
}

/// The history of each person, and what is known of them.
fn persons(groups: &[u32], lists: &[usize], covariates: &Covariates) -> Vec<Person> {
    let mut all = vec![0; groups.iter().max().map_or(0, |g| *g as usize + 1)];
    groups.iter().zip(lists).for_each(|(g, l)| all[*g as usize] |= 1 << l);
    let mut records: Vec<Vec<usize>> = Vec::new();
    if !covariates.names.is_empty() {
        records = vec![Vec::new(); all.len()];
        groups.iter().enumerate().for_each(|(i, g)| records[*g as usize].push(i));
    }
    let values = |g: usize| records.get(g).map_or_else(Vec::new, |of| covariates.of_person(of));
    (0..all.len()).filter(|g| all[*g] > 0).map(|g| Person { on: all[g], values: values(g) }).collect()
}

fn cells(persons: Vec<Person>) -> Vec<Cell> {
    let mut counts = std::collections::BTreeMap::new();
    persons.into_iter().for_each(|p| *counts.entry((p.on, p.values)).or_insert(0) += 1);
    counts.into_iter().map(|((history, values), persons)| Cell { history, values, persons }).collect()
}

fn tally(masks: impl Iterator<Item = u32>) -> Vec<(u32, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    masks.for_each(|m| *counts.entry(m).or_insert(0) += 1);
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_on_every_list_that_holds_a_record() {
        assert_eq!(histories(&[0, 0, 1, 1, 3], &[0, 1, 1, 1, 2]), [(2, 1), (3, 1), (4, 1)]);
    }

    /// Whatever was joined or parted wrongly, persons and overlaps come out as they should be.
    #[test]
    fn totals_are_met_from_both_sides() {
        let groups: Vec<u32> = (0..3000).map(|i| i / 3).collect();
        let lists: Vec<usize> = (0..3000).map(|i| i % 3).collect();
        for (persons, overlaps) in [(1000.0, 3000.0), (1200.0, 2600.0), (1500.0, 2000.0)] {
            let totals = Totals { persons, overlaps, precision: 1.0, recall: 1.0 };
            let parted = restored(&groups, &lists, Missing::Totals(totals), 3, 0);
            let count: u64 = parted.iter().map(|c| c.1).sum();
            let met: f64 = parted
                .iter()
                .map(|c| f64::from(c.0.count_ones()))
                .map(|n| n * (n - 1.0) / 2.0)
                .zip(parted.iter().map(|c| c.1 as f64))
                .map(|(p, c)| p * c)
                .sum();
            assert!((count as f64 - persons).abs() < 1.0, "{count} {persons}");
            assert!((met - overlaps).abs() < 0.01 * overlaps, "{met} {overlaps}");
        }
        let apart: Vec<u32> = (0..3000).collect();
        let totals = Totals { persons: 2500.0, overlaps: 500.0, precision: 1.0, recall: 1.0 };
        // Nobody is on two lists, so nothing says between which lists persons should be joined.
        assert_eq!(restored(&apart, &lists, Missing::Totals(totals), 3, 0), histories(&apart, &lists));
    }

    /// Links that were cut between two lists come back in number, and nothing is joined beyond that.
    #[test]
    fn pairs_between_lists_come_back_in_number() {
        let (mut groups, mut lists) = (Vec::new(), Vec::new());
        for i in 0..1500_u32 {
            // Everybody is on lists 0 and 1, every third also on 2; a fifth lost the link to list 1.
            groups.extend([3 * i, if i % 5 == 0 { 3 * i + 1 } else { 3 * i }]);
            lists.extend([0, 1]);
            if i % 3 == 0 {
                groups.push(3 * i);
                lists.push(2);
            }
        }
        let known = |lists, pairs| Between { lists, pairs, doubt: 0.0 };
        let all = [known((0, 1), 1500.0), known((0, 2), 500.0), known((1, 2), 500.0)];
        let back = restored_between(&groups, &lists, &all, 1, 0);
        let on = |mask: u32| back.iter().filter(|h| h.0 & mask == mask).map(|h| h.1).sum::<u64>();
        assert!(on(3).abs_diff(1500) <= 5 && on(5) == 500 && on(6).abs_diff(500) <= 25, "{back:?}");
        assert_eq!(restored_between(&groups, &lists, &[], 1, 0), histories(&groups, &lists));
    }

    /// Two lists whose links were cut at random: putting back what was cut gives the overlap again.
    #[test]
    fn links_cut_at_random_come_back_in_number() {
        let (both, alone, cut) = (4000_u32, 1000_u32, 800_u32);
        let mut groups = Vec::new();
        let mut lists = Vec::new();
        let mut next = 0;
        for i in 0..both {
            groups.extend(if i < cut { [next, next + 1] } else { [next, next] });
            lists.extend([0, 1]);
            next += 2;
        }
        for _ in 0..alone {
            groups.extend([next, next + 1]);
            lists.extend([0, 1]);
            next += 2;
        }
        let loss = f64::from(cut) / f64::from(both);
        let at = |h: &[(u32, u64)]| h.iter().find(|c| c.0 == 3).map_or(0, |c| c.1);
        assert_eq!(at(&histories(&groups, &lists)), u64::from(both - cut));
        let back = restored(&groups, &lists, Missing::Links(loss), 1, 0);
        assert!(at(&back).abs_diff(u64::from(both)) < 120, "{back:?}");
        let persons: u64 = back.iter().map(|c| c.1).sum();
        assert!(persons.abs_diff(u64::from(both + 2 * alone)) < 120);
        assert_eq!(restored(&groups, &lists, Missing::Links(0.0), 1, 0), histories(&groups, &lists));
    }
}
