//! Links that were never compared or not recognised, put back in number: which they are is unknown.

use rand::RngExt;
use rand_distr::{Distribution, Poisson};

use crate::covariates::Covariates;
use crate::generate::stream;
use crate::histories::person::{Person, persons};
use crate::totals::Totals;

/// What is missing from a grouping.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Missing {
    /// A share of the links between two lists; how many persons that joins is not known.
    Links(f64),
    /// Persons and overlaps of two lists as they should be; see [`crate::resolve`].
    Totals(Totals),
}

/// So often in a row nobody may be found who is like somebody on both lists before those who differ are joined too.
const UNLIKE: usize = 200;

/// So many are tried at random before all are looked through.
const AT_RANDOM: usize = 64;

/// Two lists, or one list twice, that a person who was found has records on, and what is known of that person.
struct Meeting {
    lists: (usize, usize),
    values: Vec<Option<u32>>,
}

/// So many in a row may make too few overlaps before one of them is let pass: there may be no others.
const TOO_SMALL: u32 = 40;

/// What is still to be made.
struct Due {
    /// Persons too many; infinite where it is not known how many persons there should be.
    joins: f64,
    /// Overlaps too few; below 0 where there are too many.
    links: f64,
    /// Joins or partings in a row that made too few overlaps.
    too_small: u32,
}

impl Due {
    /// Whether a join or a parting that makes so many overlaps brings both nearer. The links still due, shared over the joins or
    /// partings still to make, say whether small ones or large ones are next.
    fn fits(&mut self, made: f64) -> bool {
        let due = self.links / self.joins;
        if made >= (due + 1.0).max(1.5) {
            return false;
        }
        let fits = made > due - 1.0 || self.too_small >= TOO_SMALL;
        self.too_small = if fits { 0 } else { self.too_small + 1 };
        fits
    }

    fn more(&self) -> bool {
        self.joins >= 0.5 && (self.links > 0.0 || self.joins.is_finite())
    }
}

/// Pairs of lists that meet in a history.
fn overlaps(on: u32) -> f64 {
    let lists = f64::from(on.count_ones());
    lists * (lists - 1.0) / 2.0
}

/// How often a person on a list has several records on it, against one record: by list, at most 1.
fn repeats(groups: &[u32], lists: &[usize]) -> [f64; 32] {
    let mut cells: Vec<(u32, usize)> = groups.iter().copied().zip(lists.iter().copied()).collect();
    cells.sort_unstable();
    let (mut one, mut several) = ([0_u32; 32], [0_u32; 32]);
    for cell in cells.chunk_by(|a, b| a == b) {
        let of = if cell.len() > 1 { &mut several } else { &mut one };
        of[cell[0].1] += 1;
    }
    std::array::from_fn(|l| (f64::from(several[l]) / f64::from(one[l].max(1))).min(1.0))
}

/// Lists that meet in the persons who were found: two of them, and one with itself where a person has several records on it.
fn meetings(all: &[Person], several: &[u32]) -> Vec<Meeting> {
    let mut meetings = Vec::new();
    for (person, several) in all.iter().zip(several) {
        let on: Vec<usize> = (0..32).filter(|l| person.on >> l & 1 == 1).collect();
        for (k, a) in on.iter().enumerate() {
            let first = if several >> a & 1 == 1 { k } else { k + 1 };
            let with = |b: &usize| Meeting { lists: (*a, *b), values: person.values.clone() };
            meetings.extend(on[first..].iter().map(with));
        }
    }
    meetings
}

/// Lists on which each group has several records, groups without records left out.
fn several(groups: &[u32], lists: &[usize]) -> Vec<u32> {
    let count = groups.iter().max().map_or(0, |g| *g as usize + 1);
    let (mut once, mut again) = (vec![0_u32; count], vec![0_u32; count]);
    for (g, l) in groups.iter().zip(lists) {
        again[*g as usize] |= once[*g as usize] & (1 << l);
        once[*g as usize] |= 1 << l;
    }
    again.into_iter().zip(once).filter(|(_, on)| *on > 0).map(|(again, _)| again).collect()
}

/// The persons of a grouping with links put back; see [`super::restored`].
pub(super) fn put_back(
    (groups, lists): (&[u32], &[usize]),
    covariates: &Covariates,
    missing: Missing,
    (seed, draw): (u64, u64),
) -> Vec<Person> {
    let mut rng = stream(seed ^ 0x9e57, draw);
    let mut all = persons(groups, lists, covariates);
    let found: f64 = all.iter().map(|p| overlaps(p.on)).sum();
    // Of a share of links it is known only that they lie between two lists; of totals, also that people have several records on one.
    let (again, shared) = match missing {
        Missing::Links(_) => (vec![0; all.len()], [0.0; 32]),
        Missing::Totals(_) => (several(groups, lists), repeats(groups, lists)),
    };
    let between = meetings(&all, &again);
    let mut due = match missing {
        Missing::Links(loss) => {
            let expected = found * loss / (1.0 - loss).max(0.05);
            let links = Poisson::new(expected.max(1e-9)).map_or(0.0, |p| p.sample(&mut rng));
            Due { joins: f64::INFINITY, links, too_small: 0 }
        }
        Missing::Totals(t) => {
            Due { joins: all.len() as f64 - t.persons, links: t.overlaps - found, too_small: 0 }
        }
    };
    let tries = 100 * groups.len();
    join(&mut all, &between, (covariates, &shared), &mut due, tries, &mut rng);
    part(&mut all, &mut due, tries, &mut rng);
    all
}

/// Joins persons between lists on which somebody was found, until nothing is due.
fn join(
    all: &mut Vec<Person>,
    between: &[Meeting],
    (covariates, shared): (&Covariates, &[f64; 32]),
    due: &mut Due,
    tries: usize,
    rng: &mut impl RngExt,
) {
    let mut unlike = 0;
    for _ in 0..tries {
        if !due.more() || between.is_empty() {
            break;
        }
        let meeting = &between[rng.random_range(0..between.len())];
        let Some((i, j)) = two_of(all, meeting, (covariates, shared, unlike < UNLIKE), rng) else {
            unlike += 1;
            continue;
        };
        let (x, y) = (all[i].on, all[j].on);
        let made = overlaps(x | y) - overlaps(x) - overlaps(y);
        if due.joins.is_infinite() || due.fits(made) {
            // In a row, that is: with many kinds a miss now and then says nothing.
            unlike = if unlike < UNLIKE { 0 } else { unlike };
            let values = covariates.of_both(&all[i].values, &all[j].values);
            all[i] = Person { on: x | y, values };
            all.swap_remove(j);
            due.joins -= 1.0;
            due.links -= made;
        }
    }
}

/// More were put together than belong so: lists are parted from persons, else errors could only be undone one way.
fn part(all: &mut Vec<Person>, due: &mut Due, tries: usize, rng: &mut impl RngExt) {
    for _ in 0..tries {
        if due.joins > -0.5 || !due.joins.is_finite() {
            break;
        }
        let (i, list) = (rng.random_range(0..all.len()), rng.random_range(0..32));
        let (x, one) = (all[i].on, 1 << list);
        let made = f64::from(x.count_ones()) - 1.0;
        if x & one != 0 && x != one && due.fits(made) {
            all[i].on = x & !one;
            let values = all[i].values.clone();
            all.push(Person { on: one, values });
            due.joins += 1.0;
            due.links += made;
        }
    }
}

/// Somebody on each list of a meeting: of the kind of one who was found there, so that what is put back lies between kinds of persons
/// as what was found does. The two share no list, or as seldom as people have several records on one. Without covariates two at random
/// are tried once.
fn two_of(
    all: &[Person],
    meeting: &Meeting,
    (covariates, shared, strict): (&Covariates, &[f64; 32], bool),
    rng: &mut impl RngExt,
) -> Option<(usize, usize)> {
    let (a, b) = meeting.lists;
    // Lists that two persons may share this time.
    let mut may = 0_u32;
    for (list, share) in shared.iter().enumerate().filter(|s| *s.1 > 0.0) {
        may |= u32::from(rng.random::<f64>() < *share) << list;
    }
    let may = if a == b { may | 1 << a } else { may };
    let apart = |x: u32, y: u32| x >> a & 1 == 1 && y >> b & 1 == 1 && x & y & !may == 0;
    if covariates.is_empty() {
        let (i, j) = (rng.random_range(0..all.len()), rng.random_range(0..all.len()));
        return (i != j && apart(all[i].on, all[j].on)).then_some((i, j));
    }
    let like = |p: &Person, q: &[Option<u32>]| !strict || covariates.may_be_one(&p.values, q);
    let own = 1 << b & !may;
    let i = one_of(all, rng, &|p| p.on >> a & 1 == 1 && p.on & own == 0 && like(p, &meeting.values))?;
    let first = &all[i];
    let second = |p: &Person| {
        !std::ptr::eq(p, first) && apart(first.on, p.on) && like(p, &meeting.values) && like(p, &first.values)
    };
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

#[cfg(test)]
mod tests {
    use crate::histories::{Missing, restored};
    use crate::totals::Totals;

    /// Everybody has two records on each of four lists, and is found in three pieces that share lists: as many people come back as there
    /// are, on as many lists.
    #[test]
    fn pieces_of_a_person_that_share_lists_are_joined() {
        let (mut groups, mut lists) = (Vec::new(), Vec::new());
        for person in 0..1000_u32 {
            for record in 0..8_u32 {
                let piece = if person % 2 == 0 { 0 } else { (record * record + person) % 3 };
                groups.push(3 * person + piece);
                lists.push(record as usize / 2);
            }
        }
        let totals = Totals { persons: 1000.0, overlaps: 6000.0, precision: 1.0, recall: 1.0 };
        let back = restored(&groups, &lists, Missing::Totals(totals), 5, 0);
        let persons: u64 = back.iter().map(|c| c.1).sum();
        let everywhere = back.iter().find(|c| c.0 == 0b1111).map_or(0, |c| c.1);
        assert!(persons.abs_diff(1000) <= 1, "{back:?}");
        assert!(everywhere > 950, "{back:?}");
    }
}
