//! The system of persons and the decisions on them, over all vintages of a year.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::perturbation::Noise;
use ijsberg_disclosure::suppress::WIDTH;
use ijsberg_disclosure::witness::{Bounded, Search, System, Target};

use super::{ByLevel, MeasureCounts};
use crate::families::PublishedCount;
use crate::persons::folded;
use crate::protection::THRESHOLD;

/// The vintage that persons or decisions are in, if it is only one; otherwise they are in all.
type Part = Option<usize>;

/// Whether a part belongs to a vintage.
fn is_in(part: Part, vintage: usize) -> bool {
    part.is_none_or(|part| part == vintage)
}

/// Persons, decisions, or decisions for each of which a person is counted: their level, and the part of each measure that they are in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    level: String,
    person: Option<Part>,
    act: Option<Part>,
}

impl Cell {
    /// A witness moves somebody within the decisions of a part, or within the persons of a part without a known decision.
    fn block(&self) -> (Option<Part>, Option<Part>) {
        (self.act, if self.act.is_none() { self.person } else { None })
    }
}

/// The counts of a measure by part and level: as many as possible are in all vintages.
fn parts(vintages: &[ByLevel]) -> BTreeMap<(Part, String), u64> {
    let mut all = BTreeMap::new();
    for level in vintages.iter().flat_map(BTreeMap::keys).collect::<BTreeSet<_>>() {
        let each: Vec<u64> = vintages.iter().map(|of| of.get(level).copied().unwrap_or(0)).collect();
        let common = each.iter().copied().min().unwrap_or(0);
        let rest = each.iter().enumerate().map(|(v, n)| (Some(v + 1), n - common));
        let several = vintages.len() > 1;
        let parts = std::iter::once((None, common)).chain(rest.filter(|_| several));
        all.extend(parts.map(|(part, n)| ((part, level.clone()), n)));
    }
    all
}

/// The cells with their true numbers. A person of a vintage has a decision in the same vintage, as far as there are as many.
fn cells(persons: &MeasureCounts<'_>, acts: &MeasureCounts<'_>, levels: &[&str]) -> BTreeMap<Cell, u64> {
    let mut free = parts(&acts.vintages);
    let mut all: BTreeMap<Cell, u64> = BTreeMap::new();
    for ((part, level), mut left) in parts(&persons.vintages) {
        let of_level = [level.as_str()];
        for level in if persons.is_by_level { &of_level[..] } else { levels } {
            // Who is in all vintages has a decision that is in all of them.
            let is_in_all = part.is_none() && persons.vintages.len() > 1;
            let own = Some(Some(part.unwrap_or(1))).filter(|_| !is_in_all);
            for act in [Some(None), own].into_iter().flatten() {
                let Some(free) = free.get_mut(&(act, folded(level))) else { continue };
                let n = left.min(*free);
                (*free, left) = (*free - n, left - n);
                let cell = Cell { level: folded(level), person: Some(part), act: Some(act) };
                *all.entry(cell).or_default() += n;
            }
        }
        if left > 0 {
            *all.entry(Cell { level, person: Some(part), act: None }).or_default() += left;
        }
    }
    let additional =
        free.into_iter().map(|((act, level), n)| (Cell { level, person: None, act: Some(act) }, n));
    all.extend(additional);
    all
}

/// Whether a small count of persons or of decisions on them, or a small change of one, has fewer possible values than required: over all
/// vintages, or in the last ones alone, where more persons may have a decision.
pub(super) fn is_disclosive(
    (persons, acts): (&MeasureCounts<'_>, &MeasureCounts<'_>),
    levels: &[&str],
    noise: &Noise,
) -> bool {
    discloses((persons, acts), levels, noise) || discloses((&persons.last(), &acts.last()), levels, noise)
}

/// Whether that is so for all vintages together.
fn discloses(
    (persons, acts): (&MeasureCounts<'_>, &MeasureCounts<'_>),
    levels: &[&str],
    noise: &Noise,
) -> bool {
    let (cells, truth): (Vec<Cell>, Vec<u64>) = cells(persons, acts, levels).into_iter().unzip();
    let of = |level: Option<&str>, (is_person, vintage): (bool, usize)| -> Vec<usize> {
        let part = |c: &Cell| if is_person { c.person } else { c.act };
        let is_at = |c: &Cell| level.is_none_or(|level| folded(level) == c.level);
        let fits = |c: &usize| is_at(&cells[*c]) && part(&cells[*c]).is_some_and(|p| is_in(p, vintage));
        (0..cells.len()).filter(fits).collect()
    };
    let bounded = |(vintage, t): &(usize, &PublishedCount), is_person: bool| {
        let of = t.how.published(of(t.level.as_deref(), (is_person, *vintage)), noise, t.value);
        Bounded { cells: of.cells, low: of.low, high: of.high }
    };
    let sum = |of: &[usize]| of.iter().map(|c| truth[*c]).sum::<u64>();
    let all_persons = (1..=persons.vintages.len()).map(|v| {
        let of = of(None, (true, v));
        Bounded { low: sum(&of), high: sum(&of), cells: of }
    });
    let counts = persons.published.iter().map(|t| bounded(t, true));
    let counts = counts.chain(acts.published.iter().map(|t| bounded(t, false))).chain(all_persons);
    let published: Vec<Bounded> = counts.filter(|p| !p.cells.is_empty()).collect();
    let mut targets: BTreeSet<Target> = BTreeSet::new();
    for (measure, is_person) in [(persons, true), (acts, false)] {
        if is_person && !measure.is_by_level {
            continue;
        }
        for level in measure.vintages.iter().flat_map(BTreeMap::keys).collect::<BTreeSet<_>>() {
            let in_vintage = |v: usize| of(Some(level), (is_person, v));
            for v in 1..=measure.vintages.len() {
                targets.extend(small(&truth, (&in_vintage(v), &[])));
                targets
                    .extend((1..v).filter_map(|since| small(&truth, (&in_vintage(v), &in_vintage(since)))));
            }
        }
    }
    let numbers: BTreeMap<_, usize> = cells.iter().map(Cell::block).zip(0..).collect();
    let blocks = cells.iter().map(|c| numbers[&c.block()]).collect();
    let system = System { blocks, truth: truth.clone(), published };
    // A count that is not proven safe is treated as unsafe.
    let search = Search::new(&system);
    let is_wide = |target: &Target| search.as_ref().is_some_and(|s| s.values(target, WIDTH) >= WIDTH);
    !targets.iter().all(is_wide)
}

/// The sum of the cells, or its change since the others, if it is a small count.
fn small(truth: &[u64], (now, then): (&[usize], &[usize])) -> Option<Target> {
    let mut weights: BTreeMap<usize, i64> = now.iter().map(|c| (*c, 1)).collect();
    then.iter().for_each(|c| *weights.entry(*c).or_default() -= 1);
    weights.retain(|_, weight| *weight != 0);
    let net: i64 = weights.iter().map(|(c, weight)| weight * truth[*c] as i64).sum();
    (1..THRESHOLD).contains(&net.unsigned_abs()).then(|| weights.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protection::CountProtection;

    fn total(value: u64) -> PublishedCount {
        PublishedCount { level: None, year: None, value, how: CountProtection::Exact }
    }

    /// Persons convicted, and convictions and acquittals, of each vintage; only totals are published.
    fn disclosed(convicted: &[u64], judgments: &[[u64; 2]]) -> bool {
        let of_persons: Vec<PublishedCount> = convicted.iter().map(|n| total(*n)).collect();
        let of_acts: Vec<PublishedCount> = judgments.iter().map(|n| total(n.iter().sum())).collect();
        let counts = |vintages, published| MeasureCounts {
            vintages,
            is_by_level: false,
            published,
            was_published: false,
        };
        let by_level = |levels: &[&str], n: &[u64]| -> ByLevel {
            levels.iter().map(|l| (*l).to_owned()).zip(n.iter().copied()).collect()
        };
        let persons = counts(
            convicted.iter().map(|n| by_level(&["unknown"], &[*n])).collect(),
            (1..).zip(&of_persons).collect(),
        );
        let acts = counts(
            judgments.iter().map(|n| by_level(&["conviction", "acquittal"], n)).collect(),
            (1..).zip(&of_acts).collect(),
        );
        is_disclosive((&persons, &acts), &["conviction"], &Noise::default())
    }

    #[test]
    fn as_many_judgments_convict_as_persons_were_convicted() {
        // At most three of 15 judgments are acquittals, and at most 28 of 40.
        assert!(disclosed(&[12], &[[12, 3]]));
        assert!(!disclosed(&[12], &[[36, 4]]));
        // Twelve acquittals are not a small count.
        assert!(!disclosed(&[12], &[[12, 12]]));
    }

    #[test]
    fn an_earlier_vintage_of_either_counts_too() {
        assert!(disclosed(&[12, 30], &[[12, 3], [50, 14]]));
        assert!(!disclosed(&[12, 30], &[[30, 12], [50, 14]]));
        assert!(disclosed(&[12, 30], &[[30, 12], [30, 3]]));
        // Only one of the two was revised.
        assert!(disclosed(&[12], &[[12, 3], [50, 14]]));
        assert!(!disclosed(&[12], &[[30, 12], [50, 30]]));
        // Only 12 of the 40 have a judgment that was counted at first, but now at most three of 43 are acquittals.
        assert!(disclosed(&[40], &[[12, 20], [40, 3]]));
        // Of 42 judgments 12 were acquittals, of 60 between 1 and 18: the change of four is between -11 and 6.
        assert!(!disclosed(&[12, 42], &[[30, 12], [44, 16]]));
    }
}
