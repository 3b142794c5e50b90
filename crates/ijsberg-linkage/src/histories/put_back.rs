//! Links that were never compared or not recognised, put back by number, since it is unknown which they are.

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
    /// The numbers of persons, and of overlaps over all pairs of lists, to be reached; see [`crate::resolve`].
    Totals(Totals),
}

/// After so many failed searches in a row for two persons with matching covariates, persons who differ are joined too; after as many
/// again, nobody is left to join.
const UNLIKE: usize = 200;

/// Random persons that are tried before all on a list are searched.
const AT_RANDOM: usize = 64;

/// Joins or partings that are tried for one that makes the overlaps still due; then the nearest is made.
const CANDIDATES: usize = 200;

/// Two lists, or one list twice, on which a linked person has records, and that person's covariates.
struct Meeting {
    lists: (usize, usize),
    values: Vec<Option<u32>>,
}

/// What is still to be made.
struct Due {
    /// Persons too many, below 0 where there are too few; infinite where it is not known how many persons there should be.
    joins: f64,
    /// Overlaps too few; below 0 where there are too many.
    links: f64,
}

impl Due {
    /// The difference between the overlaps that a join or parting makes and those still due per join or parting.
    fn distance(&self, made: f64) -> f64 {
        if self.joins.is_finite() { (made - self.links / self.joins).abs() } else { 0.0 }
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

/// The lists of a history.
fn lists_of(on: u32) -> impl Iterator<Item = usize> {
    (0..32).filter(move |l| on >> l & 1 == 1)
}

/// By list, the ratio of persons with several records on it to persons with one, at most 1.
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
    let all = persons(groups, lists, covariates);
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
            Due { joins: f64::INFINITY, links }
        }
        Missing::Totals(t) => Due { joins: all.len() as f64 - t.persons, links: t.overlaps - found },
    };
    let mut restoring = Restoring::new(all, covariates, shared);
    restoring.join(&between, &mut due, &mut rng);
    restoring.part(&mut due, &mut rng);
    restoring.persons.retain(|p| p.on != 0);
    restoring.persons
}

/// Persons while links are put back. Who was joined to another is on no list.
struct Restoring<'a> {
    persons: Vec<Person>,
    /// By list who is on it; some of them are no more.
    on: Vec<Vec<usize>>,
    covariates: &'a Covariates,
    /// How often two persons who are one may share a list; see [`repeats`].
    shared: [f64; 32],
}

impl<'a> Restoring<'a> {
    fn new(persons: Vec<Person>, covariates: &'a Covariates, shared: [f64; 32]) -> Self {
        let mut on = vec![Vec::new(); 32];
        for (i, person) in persons.iter().enumerate() {
            lists_of(person.on).for_each(|l| on[l].push(i));
        }
        Self { persons, on, covariates, shared }
    }

    /// Whether two persons who are one may share a list this time.
    fn may_share(&self, list: usize, rng: &mut impl RngExt) -> bool {
        self.shared[list] > 0.0 && rng.random::<f64>() < self.shared[list]
    }

    /// Joins persons between lists that have linked persons, until nothing is due or no persons are left to join.
    fn join(&mut self, between: &[Meeting], due: &mut Due, rng: &mut impl RngExt) {
        let mut unlike = 0;
        while due.more() && !between.is_empty() && unlike < 2 * UNLIKE {
            let mut best: Option<(f64, usize, usize)> = None;
            for _ in 0..CANDIDATES {
                let meeting = &between[rng.random_range(0..between.len())];
                let Some((i, j)) = self.two_of(meeting, unlike < UNLIKE, rng) else {
                    unlike += 1;
                    continue;
                };
                // In a row, that is: with many kinds a miss now and then says nothing.
                unlike = if unlike < UNLIKE { 0 } else { UNLIKE };
                let (x, y) = (self.persons[i].on, self.persons[j].on);
                let far = due.distance(overlaps(x | y) - overlaps(x) - overlaps(y));
                if best.is_none_or(|b| far < b.0) {
                    best = Some((far, i, j));
                }
                if far < 1.0 {
                    break;
                }
            }
            if let Some((_, i, j)) = best {
                let before = overlaps(self.persons[i].on) + overlaps(self.persons[j].on);
                self.make_one(i, j);
                due.joins -= 1.0;
                due.links -= overlaps(self.persons[i].on) - before;
            }
        }
    }

    fn make_one(&mut self, i: usize, j: usize) {
        let new = self.persons[j].on & !self.persons[i].on;
        self.persons[i].values = self.covariates.of_both(&self.persons[i].values, &self.persons[j].values);
        self.persons[i].on |= new;
        self.persons[j].on = 0;
        lists_of(new).for_each(|l| self.on[l].push(i));
    }

    /// Where too many records were joined, splits lists off from persons; otherwise errors could be corrected in one direction only.
    fn part(&mut self, due: &mut Due, rng: &mut impl RngExt) {
        for _ in 0..self.persons.len() {
            if due.joins > -0.5 || !due.joins.is_finite() {
                break;
            }
            let mut best: Option<(f64, usize, u32, u32)> = None;
            for _ in 0..CANDIDATES {
                let i = rng.random_range(0..self.persons.len());
                let on = self.persons[i].on;
                let Some(list) = lists_of(on).nth(rng.random_range(0..on.count_ones().max(1) as usize))
                else {
                    continue;
                };
                // Where people have several records on a list, both may be on it.
                let stays = if self.may_share(list, rng) { on } else { on & !(1 << list) };
                if stays == 0 {
                    continue;
                }
                let far = due.distance(overlaps(on) - overlaps(stays));
                if best.is_none_or(|b| far < b.0) {
                    best = Some((far, i, stays, 1 << list));
                }
                if far < 1.0 {
                    break;
                }
            }
            let Some((_, i, stays, parted)) = best else { continue };
            due.joins += 1.0;
            due.links += overlaps(self.persons[i].on) - overlaps(stays);
            self.persons[i].on = stays;
            let values = self.persons[i].values.clone();
            self.persons.push(Person { on: parted, values });
        }
    }

    /// Two persons, one on each list of a meeting and of the kind of the person linked there, so that the links put back are spread over
    /// lists and kinds of persons as the found links are. The two share no list, or as seldom as people have several records on one.
    fn two_of(&mut self, meeting: &Meeting, strict: bool, rng: &mut impl RngExt) -> Option<(usize, usize)> {
        let (a, b) = meeting.lists;
        let share_b = a == b || self.may_share(b, rng);
        let covariates = self.covariates;
        let like = |p: &Person, q: &[Option<u32>]| !strict || covariates.may_be_one(&p.values, q);
        let fits = |_: usize, p: &Person| (share_b || p.on >> b & 1 == 0) && like(p, &meeting.values);
        let i = one_on(&self.persons, &mut self.on[a], a, &fits, rng)?;
        let mut may = u32::from(share_b) << b;
        for l in lists_of(self.persons[i].on).filter(|l| *l != b) {
            may |= u32::from(self.may_share(l, rng)) << l;
        }
        let first = &self.persons[i];
        let fits = |j: usize, p: &Person| {
            j != i && first.on & p.on & !may == 0 && like(p, &meeting.values) && like(p, &first.values)
        };
        Some((i, one_on(&self.persons, &mut self.on[b], b, &fits, rng)?))
    }
}

/// Draws a person on a list who fits, with equal chances. Persons who are no longer on the list are removed from `on`.
fn one_on(
    persons: &[Person],
    on: &mut Vec<usize>,
    list: usize,
    fits: &dyn Fn(usize, &Person) -> bool,
    rng: &mut impl RngExt,
) -> Option<usize> {
    let is_on = |i: usize| persons[i].on >> list & 1 == 1;
    for _ in 0..AT_RANDOM {
        if on.is_empty() {
            return None;
        }
        let at = rng.random_range(0..on.len());
        let i = on[at];
        if !is_on(i) {
            on.swap_remove(at);
        } else if fits(i, &persons[i]) {
            return Some(i);
        }
    }
    on.retain(|i| is_on(*i));
    let those: Vec<usize> = on.iter().copied().filter(|i| fits(*i, &persons[*i])).collect();
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
        // Not all: pieces that lack the same list make as many overlaps together as with others.
        assert!(everywhere > 850, "{back:?}");
    }

    /// A large list on which many have several records, and a small one: the few overlaps that are due are made, though nearly all pairs
    /// of records of one person lie on the large list.
    #[test]
    fn overlaps_with_a_small_list_come_back_beside_a_large_one() {
        let (mut groups, mut lists) = (Vec::new(), Vec::new());
        let mut record = |person: u32, list: usize| {
            groups.push(person);
            lists.push(list);
        };
        for person in 0..10_000 {
            record(person, 0);
            if person < 500 {
                record(person, 0);
            }
            if person % 200 == 0 {
                record(person, 1);
            }
        }
        (10_000..10_050).for_each(|person| record(person, 1));
        let totals = Totals { persons: 10_030.0, overlaps: 70.0, precision: 1.0, recall: 1.0 };
        let back = restored(&groups, &lists, Missing::Totals(totals), 7, 0);
        let on = |history: u32| back.iter().find(|c| c.0 == history).map_or(0, |c| c.1);
        assert!(on(0b11).abs_diff(70) <= 1 && (on(1) + on(2) + on(3)).abs_diff(10_030) <= 1, "{back:?}");
    }

    /// Links lie between lists as those that were found do, however long the lists are.
    #[test]
    fn links_come_back_between_lists_as_they_were_found() {
        let (mut groups, mut lists) = (Vec::new(), Vec::new());
        // 200 people on the long lists 0 and 1, 100 on the short lists 2 and 3; then those who are on one list alone.
        let pairs = (0..200).map(|p| (p, [0, 1])).chain((200..300).map(|p| (p, [2, 3])));
        for (person, on) in pairs {
            groups.extend([person, person]);
            lists.extend(on);
        }
        for (list, people) in [(0, 5000), (1, 5000), (2, 300), (3, 300)] {
            let first = groups.iter().max().map_or(0, |g| g + 1);
            groups.extend(first..first + people);
            lists.extend(std::iter::repeat_n(list, people as usize));
        }
        let back = restored(&groups, &lists, Missing::Links(0.5), 7, 0);
        let on = |history: u32| back.iter().find(|c| c.0 == history).map_or(0.0, |c| c.1 as f64);
        let (long, short) = (on(0b0011) - 200.0, on(0b1100) - 100.0);
        assert!((long / (2.0 * short) - 1.0).abs() < 0.4, "{long} {short}");
    }
}
