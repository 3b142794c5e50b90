//! Combinations of decisions on status and of who identified people as victims: each is a count of its own, although no table shows it. For
//! example, if 73 of 87 people were identified and 11 are presumed victims, three have no decision.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use ijsberg_disclosure::witness::{Bounded, Target};

use super::{Cells, IDENTIFIED, LinkedRelease, NOT_IDENTIFIED, STATUS};
use crate::persons::{KeptYears, UNKNOWN, Year, folded};
use crate::protection::THRESHOLD;

/// Adds places without persons that could have some: any person could have no decision, or any single decision in a year without data on
/// who identified people.
pub(super) fn possible(places: &mut BTreeSet<Vec<String>>) {
    let (mut more, mut statuses) = (BTreeSet::new(), BTreeSet::new());
    for place in &*places {
        let nobody = if place[0] == UNKNOWN { UNKNOWN } else { NOT_IDENTIFIED };
        more.insert(vec![nobody.to_owned()]);
        statuses.extend(place[1..].iter().cloned());
    }
    if more.contains(&vec![UNKNOWN.to_owned()]) {
        more.extend(statuses.into_iter().map(|status| vec![UNKNOWN.to_owned(), status]));
    }
    places.append(&mut more);
}

/// The small counts of single places, for each release with counts of these families: for each of its years, and for all of them.
pub(super) fn counts(cells: &Cells, releases: &[LinkedRelease<'_>]) -> BTreeSet<Target> {
    let mut all = BTreeSet::new();
    let has_them =
        |r: &&LinkedRelease<'_>| r.families.contains_key(IDENTIFIED) || r.families.contains_key(STATUS);
    for release in releases.iter().filter(has_them) {
        for wanted in release.vintages.keys().map(Some).chain([None]) {
            for place in 0..cells.places.len() {
                let of = cells.fitting(&[place], |(year, part)| {
                    wanted.is_none_or(|wanted| wanted == year)
                        && release.vintages.get(year).is_some_and(|v| part.is_none_or(|part| part == *v))
                });
                if is_small(cells.sum(&of)) {
                    all.insert(of.iter().map(|c| (*c, 1)).collect());
                }
            }
        }
    }
    all
}

/// Cells that cannot have persons: in a year with data on who identified people every person has a level, and in other years no person
/// has.
pub(super) fn impossible(cells: &Cells, kept: &KeptYears) -> Vec<Bounded> {
    let records = |v: &Year| v.covariates.iter().any(|c| folded(c) == IDENTIFIED);
    let mut all = Vec::new();
    for (at, (year, part)) in cells.blocks.iter().enumerate() {
        let vintages = kept.years.get(year).map_or(&[] as &[Year], Vec::as_slice);
        let of_block = |v: &usize| part.is_none_or(|part| part == v + 1);
        let is_recorded = (0..vintages.len()).filter(of_block).all(|v| records(&vintages[v]));
        for (p, place) in cells.places.iter().enumerate() {
            let cell = at * cells.places.len() + p;
            if (place[0] == UNKNOWN) == is_recorded && cells.truth[cell] == 0 {
                all.push(Bounded { cells: vec![cell], low: 0, high: 0 });
            }
        }
    }
    all
}

/// Whether a number of persons is small, and therefore protected.
pub(super) fn is_small(n: u64) -> bool {
    (1..THRESHOLD).contains(&n)
}

/// The small counts of some places in each vintage of each year.
pub(super) fn of_one_vintage(cells: &Cells, is: &[usize]) -> Vec<Target> {
    let mut targets = Vec::new();
    for (year, vintages) in &cells.vintages {
        for v in 1..=*vintages {
            let of = cells.fitting(is, |b| b.0 == *year && b.1.is_none_or(|part| part == v));
            if is_small(cells.sum(&of)) {
                targets.push(of.iter().map(|c| (*c, 1)).collect());
            }
        }
    }
    targets
}

/// The net changes in some places between any two vintages of a year, if they are small counts.
pub(super) fn between_vintages(cells: &Cells, is: &[usize]) -> Vec<Target> {
    let mut targets = Vec::new();
    for (year, vintages) in &cells.vintages {
        let of = |v: usize| cells.fitting(is, |b| b.0 == *year && b.1 == Some(v));
        for (v, since) in (2..=*vintages).flat_map(|v| (1..v).map(move |since| (v, since))) {
            let (then, now) = (of(since), of(v));
            if is_small(cells.sum(&now).abs_diff(cells.sum(&then))) {
                let both = now.iter().map(|c| (*c, 1)).chain(then.iter().map(|c| (*c, -1)));
                targets.push(both.collect());
            }
        }
    }
    targets
}
