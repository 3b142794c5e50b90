//! Missed and false links, estimated from a sample of persons resolved by hand.
//!
//! Groups of a first linkage are drawn at random, and people find all records of every person whom a drawn group touches. A
//! person whose records lie in `t` groups can be met through each of them and counts for `1 / t` at each (multiplicity
//! sampling, Sirken 1970, JASA 65; for linkage Binette and Steorts 2022, Science Advances 8). So how many persons the lists
//! hold and how much they overlap is estimated without assuming that missed links are like those that were found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::generate::stream;
use crate::histories::histories;
use crate::normalise;
use crate::prepare::known_nations;
use crate::record::Record;
pub use crate::totals::Totals;

/// Groups on one list, on two, and on more are drawn apart.
pub const STRATA: usize = 3;

/// The stratum of a group, by the number of lists it is on.
fn stratum(lists: u32) -> usize {
    (lists as usize).clamp(1, STRATA) - 1
}

/// Pairs of lists among the lists that a person is on.
fn overlaps(lists: u32) -> f64 {
    f64::from(lists) * (f64::from(lists) - 1.0) / 2.0
}

/// The first linkage, as far as it matters here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Groups by stratum.
    pub groups: [u64; STRATA],
    /// Pairs of lists that meet in a group, over all groups.
    pub overlaps: u64,
}

impl Frame {
    /// From the group and the list of each record.
    pub fn from_groups(groups: &[u32], lists: &[usize]) -> Self {
        let mut frame = Self::default();
        for (history, count) in histories(groups, lists) {
            let on = history.count_ones();
            frame.groups[stratum(on)] += count;
            frame.overlaps += count * overlaps(on) as u64;
        }
        frame
    }
}

/// A kind of person: a property and its value, such as `nationality` and `RO`.
pub type Kind = (String, String);

/// The kinds that a record shows: each known nationality, once, and the script of the name.
pub fn kinds(record: &Record) -> Vec<Kind> {
    let name = record.family.first().or(record.given.first());
    let script = name.and_then(|n| normalise::script(n)).map(str::to_owned);
    let nations = known_nations(record.nationality.as_deref().unwrap_or_default());
    let of = nations.into_iter().map(|nation| ("nationality", nation));
    let of = of.chain(script.map(|script| ("script", script)));
    of.map(|(property, value)| (property.to_owned(), value)).collect()
}

/// The lists and groups of a person before the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Lists that the person is on by records that were shown.
    pub lists: u32,
    /// Groups in which those records are.
    pub groups: u32,
    /// Records that only the search found.
    pub beyond: u32,
}

/// A person whom a drawn group touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Lists that the person is on.
    pub lists: u32,
    /// Those by records in the drawn group.
    pub within: u32,
    /// Groups of the frame in which the person has records.
    pub groups: u32,
    /// Lists and groups by the records that were shown at first, where the person was also searched for over all lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
    /// The kinds of the person, from all their records.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<Kind>,
}

/// A drawn group and the persons with records in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Lists that the group is on.
    pub lists: u32,
    /// The persons.
    pub persons: Vec<Person>,
}

/// What one resolved group adds to the frame: further persons, further overlaps, and false overlaps within the group.
type Difference = [f64; 3];

/// Correction for matches that were not shown: for persons searched for on all lists it is known what the search added, and the others are
/// assumed to lack as much. One ratio for the persons counted and one for their overlaps; 1 where no person was searched for.
#[derive(Debug, Clone, Copy, PartialEq)]
struct NotShown {
    persons: f64,
    overlaps: f64,
}

impl NotShown {
    fn from_sample<'a>(sample: impl Iterator<Item = &'a Resolved>) -> Self {
        let (mut with, mut without) = ([0.0; 2], [0.0; 2]);
        for p in sample.flat_map(|r| &r.persons) {
            let Some(shown) = p.shown else { continue };
            let (now, before) = (1.0 / f64::from(p.groups.max(1)), 1.0 / f64::from(shown.groups.max(1)));
            with[0] += now;
            without[0] += before;
            with[1] += now * overlaps(p.lists);
            without[1] += before * overlaps(shown.lists);
        }
        let ratio = |k: usize| if without[k] > 0.0 { with[k] / without[k] } else { 1.0 };
        Self { persons: ratio(0), overlaps: ratio(1) }
    }
}

impl Resolved {
    fn difference(&self, not_shown: NotShown) -> Difference {
        let share = |p: &Person| 1.0 / f64::from(p.groups.max(1));
        let more = |p: &Person, ratio: f64| if p.shown.is_some() { 1.0 } else { ratio };
        let persons: f64 = self.persons.iter().map(|p| share(p) * more(p, not_shown.persons)).sum();
        let belong: f64 =
            self.persons.iter().map(|p| overlaps(p.lists) * share(p) * more(p, not_shown.overlaps)).sum();
        let right: f64 = self.persons.iter().map(|p| overlaps(p.within)).sum();
        let found = overlaps(self.lists);
        [persons - 1.0, belong - found, found - right]
    }
}

/// Draws groups to resolve, by turns from each stratum, from the group and the list of each record.
pub fn draw_groups(groups: &[u32], lists: &[usize], count: usize, seed: u64) -> Vec<u32> {
    let mut rng = stream(seed ^ 0x4e51, 0);
    let mut masks = vec![0_u32; groups.iter().max().map_or(0, |g| *g as usize + 1)];
    groups.iter().zip(lists).for_each(|(g, l)| masks[*g as usize] |= 1 << l);
    let mut strata: [Vec<u32>; STRATA] = Default::default();
    for (g, mask) in masks.into_iter().enumerate().filter(|g| g.1 > 0) {
        strata[stratum(mask.count_ones())].push(g as u32);
    }
    for s in &mut strata {
        for k in (1..s.len()).rev() {
            s.swap(k, rng.random_range(0..=k));
        }
    }
    let mut drawn = Vec::new();
    while drawn.len() < count && strata.iter().any(|s| !s.is_empty()) {
        for s in &mut strata {
            if drawn.len() < count {
                drawn.extend(s.pop());
            }
        }
    }
    drawn
}

/// The estimate from all groups that were resolved: what the frame has, plus what the sample found to be otherwise.
pub fn totals(frame: &Frame, sample: &[Resolved]) -> Totals {
    from(frame, &strata(sample))
}

/// The same from groups drawn anew with replacement within each stratum (bootstrap): what so small a sample leaves open.
pub fn redrawn(frame: &Frame, sample: &[Resolved], seed: u64, draw: u64) -> Totals {
    let mut rng = stream(seed ^ 0xb007, draw);
    let again = strata(sample).map(|s| (0..s.len()).map(|_| s[rng.random_range(0..s.len())]).collect());
    from(frame, &again)
}

fn strata(sample: &[Resolved]) -> [Vec<&Resolved>; STRATA] {
    let mut strata: [Vec<&Resolved>; STRATA] = Default::default();
    sample.iter().for_each(|r| strata[stratum(r.lists)].push(r));
    strata
}

fn from(frame: &Frame, strata: &[Vec<&Resolved>; STRATA]) -> Totals {
    let not_shown = NotShown::from_sample(strata.iter().flatten().copied());
    let mut sums = [0.0; 3];
    for (s, groups) in strata.iter().zip(frame.groups) {
        let weight = groups as f64 / s.len().max(1) as f64;
        for difference in s.iter().map(|r| r.difference(not_shown)) {
            (0..3).for_each(|k| sums[k] += weight * difference[k]);
        }
    }
    let (persons, found) = (frame.groups.iter().sum::<u64>() as f64, frame.overlaps as f64);
    let right = (found - sums[2]).max(0.0);
    let belong = (found + sums[1]).max(right);
    let share = |a: f64, b: f64| if b > 0.0 { (a / b).clamp(0.0, 1.0) } else { 1.0 };
    Totals {
        persons: (persons + sums[0]).max(1.0),
        overlaps: belong,
        precision: share(right, found),
        recall: share(right, belong),
    }
}

/// How many of the links of persons of a kind were found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecallOf {
    /// The kind of person.
    pub kind: Kind,
    /// Persons of the kind on more than one list in the sample.
    pub persons: usize,
    /// The share found, of the overlaps of persons of the kind.
    pub recall: f64,
    /// 95% interval from groups drawn anew with replacement within each stratum.
    pub interval: [f64; 2],
}

/// Recall for each kind of person: the overlaps found within drawn groups, over the overlaps that the persons whom they touch
/// have, each counted for one over the groups through which it can be met (ratio of two Horvitz-Thompson sums). Kinds with
/// fewer than `fewest` persons on more than one list in the sample are left out.
pub fn recall_by(frame: &Frame, sample: &[Resolved], fewest: usize, seed: u64) -> Vec<RecallOf> {
    let mut persons: BTreeMap<&Kind, usize> = BTreeMap::new();
    for p in sample.iter().flat_map(|r| &r.persons).filter(|p| p.lists > 1) {
        p.kinds.iter().for_each(|k| *persons.entry(k).or_default() += 1);
    }
    let of = |(kind, persons): (&Kind, usize)| {
        let mut strata: [Vec<[f64; 2]>; STRATA] = Default::default();
        for r in sample {
            let mut sums = [0.0; 2];
            for p in r.persons.iter().filter(|p| p.kinds.contains(kind)) {
                sums[0] += overlaps(p.within);
                sums[1] += overlaps(p.lists) / f64::from(p.groups.max(1));
            }
            strata[stratum(r.lists)].push(sums);
        }
        let ratio = |pick: &mut dyn FnMut(&Vec<[f64; 2]>, usize) -> usize| {
            let (mut found, mut all) = (0.0, 0.0);
            for (s, groups) in strata.iter().zip(frame.groups) {
                let weight = groups as f64 / s.len().max(1) as f64;
                for k in 0..s.len() {
                    let [f, a] = s[pick(s, k)];
                    found += weight * f;
                    all += weight * a;
                }
            }
            if all > 0.0 { Some((found / all).clamp(0.0, 1.0)) } else { None }
        };
        let recall = ratio(&mut |_, k| k)?;
        let mut rng = stream(seed ^ 0x4ec7, 0);
        let mut again: Vec<f64> =
            (0..1000).filter_map(|_| ratio(&mut |s, _| rng.random_range(0..s.len()))).collect();
        again.sort_by(f64::total_cmp);
        let at = |share: f64| again.get((share * again.len() as f64) as usize).copied().unwrap_or(recall);
        // Where all were found, or none, groups drawn anew say nothing of what a larger sample would show: then the exact
        // binomial bound with a trial for each person (Clopper and Pearson 1934, Biometrika 26).
        let edge = 0.025_f64.powf(1.0 / persons as f64);
        let low = if recall >= 1.0 { edge } else { at(0.025) };
        let high = if recall <= 0.0 { 1.0 - edge } else { at(0.975) };
        let interval = [low, high];
        Some(RecallOf { kind: kind.clone(), persons, recall, interval })
    };
    persons.into_iter().filter(|(_, n)| *n >= fewest).filter_map(of).collect()
}

/// Resolves drawn groups by a known truth; for tests of the method.
pub fn by_truth(groups: &[u32], lists: &[usize], truth: &[u32], drawn: &[u32]) -> Vec<Resolved> {
    let drawn_of = |g: u32| drawn.iter().position(|d| *d == g);
    let mut of_person: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); drawn.len()];
    for (i, (g, t)) in groups.iter().zip(truth).enumerate() {
        of_person.entry(*t).or_default().push(i);
        if let Some(d) = drawn_of(*g) {
            members[d].push(i);
        }
    }
    members
        .iter()
        .map(|records| {
            resolved(records, |i| (of_person[&truth[i]].clone(), None), |_| Vec::new(), groups, lists)
        })
        .collect()
}

/// All records of a person, and those of them that were shown at first if the person was also searched for over all lists.
pub type Found = (Vec<usize>, Option<Vec<usize>>);

/// What a group is resolved to: its records, all records of the person of each, and of every record group and list.
pub fn resolved(
    records: &[usize],
    person: impl Fn(usize) -> Found,
    kinds: impl Fn(usize) -> Vec<Kind>,
    groups: &[u32],
    lists: &[usize],
) -> Resolved {
    let on = |records: &[usize]| records.iter().fold(0_u32, |m, i| m | 1 << lists[*i]).count_ones();
    let touched =
        |records: &[usize]| records.iter().map(|i| groups[*i]).collect::<BTreeSet<u32>>().len() as u32;
    let mut persons: Vec<Found> = Vec::new();
    for i in records {
        if !persons.iter().any(|p| p.0.contains(i)) {
            persons.push(person(*i));
        }
    }
    let of = |(all, shown): &Found| {
        let within: Vec<usize> = all.iter().filter(|i| records.contains(i)).copied().collect();
        let before = |shown: &Vec<usize>| Shown {
            lists: on(shown),
            groups: touched(shown),
            beyond: all.iter().filter(|i| !shown.contains(i)).count() as u32,
        };
        Person {
            lists: on(all),
            within: on(&within),
            groups: touched(all),
            shown: shown.as_ref().map(before),
            kinds: all.iter().flat_map(|i| kinds(*i)).collect(),
        }
    };
    Resolved { lists: on(records), persons: persons.iter().map(of).collect() }
}

#[cfg(test)]
mod tests;
