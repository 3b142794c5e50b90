use std::collections::BTreeMap;

use ijsberg_disclosure::perturbation::Noise;

use super::*;
use crate::families::PublishedCount;
use crate::linked::{LinkedSystem, Topic, link_releases};
use crate::persons::Group;
use crate::protection::CountProtection;

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

/// A year by who identified people, where that is recorded, and whether there is a decision that they are victims.
fn year(identified_by: bool, groups: &[(&str, bool, u64)]) -> Year {
    let covariates = if identified_by { texts(&[IDENTIFIED]) } else { Vec::new() };
    let group = |(level, victim, count): &(&str, bool, u64)| Group {
        history: 1,
        levels: if identified_by { texts(&[level]) } else { Vec::new() },
        marks: vec![*victim],
        count: *count,
        key: 0,
        pseudonyms: Vec::new(),
    };
    Year {
        lists: texts(&["A"]),
        covariates,
        marks: texts(&["status.victim"]),
        groups: groups.iter().map(group).collect(),
    }
}

fn linked(years: Vec<(&str, Vec<Year>)>, families: &[&str], vintages: &[(&str, usize)]) -> LinkedSystem {
    linked_at("other", 0, years, families, vintages)
}

/// The system of a release with a count at a level for each family.
fn linked_at(
    level: &str,
    value: u64,
    years: Vec<(&str, Vec<Year>)>,
    families: &[&str],
    vintages: &[(&str, usize)],
) -> LinkedSystem {
    let kept = KeptYears { years: years.into_iter().map(|(name, all)| (name.to_owned(), all)).collect() };
    let count = PublishedCount {
        level: Some(level.to_owned()),
        year: Some("2024".to_owned()),
        value,
        how: CountProtection::Exact,
    };
    let families: BTreeMap<_, _> =
        families.iter().map(|name| ((*name).to_owned(), vec![count.clone()])).collect();
    let vintages = vintages.iter().map(|(year, v)| ((*year).to_owned(), *v)).collect();
    let now = LinkedRelease { vintages: &vintages, families: &families, table: false, now: true };
    link_releases(&Topic::Identified, &kept, &[now], &Noise::default())
}

/// The cells of the published numbers that nobody can be in.
fn impossible_cells(linked: &LinkedSystem) -> Vec<usize> {
    let nobody = linked.system.published.iter().zip(&linked.owners).filter(|(_, owner)| owner.is_none());
    nobody
        .inspect(|(p, _)| assert_eq!((p.low, p.high, p.cells.len()), (0, 0, 1)))
        .map(|(p, _)| p.cells[0])
        .collect()
}

#[test]
fn anybody_could_have_no_decision_or_a_single_one() {
    let of = |places: &[&[&str]]| places.iter().map(|p| texts(p)).collect::<BTreeSet<_>>();
    let mut recorded = of(&[&["police", "victim"]]);
    possible(&mut recorded);
    assert_eq!(recorded, of(&[&["police", "victim"], &[NOT_IDENTIFIED]]));
    let mut both = of(&[&["police", "victim"], &[UNKNOWN, "presumed"]]);
    possible(&mut both);
    let more: [&[&str]; 5] =
        [&["police", "victim"], &[NOT_IDENTIFIED], &[UNKNOWN], &[UNKNOWN, "presumed"], &[UNKNOWN, "victim"]];
    assert_eq!(both, of(&more));
}

#[test]
fn every_combination_in_every_year_of_a_release_is_a_count() {
    let years = || {
        vec![
            ("2023", vec![year(false, &[("", true, 12), ("", false, 3)])]),
            (
                "2024",
                vec![year(true, &[("police", true, 20), ("police", false, 5), (NOT_IDENTIFIED, false, 40)])],
            ),
            (
                "2025",
                vec![year(true, &[("police", true, 30), ("police", false, 30), (NOT_IDENTIFIED, false, 30)])],
            ),
        ]
    };
    // Places: not identified; police; police and victim; unknown; unknown and victim.
    let all = linked(years(), &[STATUS], &[("2023", 1), ("2024", 1), ("2025", 1)]);
    assert_eq!(all.system.truth, [0, 0, 0, 3, 12, 40, 5, 20, 0, 0, 30, 30, 30, 0, 0]);
    // 2023 has no data on who identified people, the other years have.
    assert_eq!(impossible_cells(&all), [0, 1, 2, 8, 9, 13, 14]);
    let one = |cell: usize| vec![(cell, 1)];
    // Three without a decision in 2023, five in 2024, and the same three in all years together.
    assert_eq!(all.targets, [one(3), vec![(3, 1), (8, 1), (13, 1)], one(6)]);
    let recent = linked(years(), &[IDENTIFIED], &[("2024", 1), ("2025", 1)]);
    assert_eq!(recent.targets, [one(6)]);
    assert!(linked(years(), &["sex"], &[("2024", 1)]).targets.is_empty());
}

#[test]
fn each_vintage_has_its_own_persons_and_columns() {
    let early = || year(true, &[("police", true, 20), ("police", false, 5)]);
    let late = year(true, &[("police", true, 20), ("police", false, 8)]);
    let both = vec![("2024", vec![early(), late])];
    let second = linked(both, &[STATUS], &[("2024", 2)]);
    // Five in both vintages and three in the second: eight in it, and three who came.
    let places = second.system.truth.len() / 2;
    let at = second.system.truth.iter().position(|n| *n == 5).unwrap();
    assert_eq!(second.system.truth[at + places], 3);
    assert!(second.targets.contains(&vec![(at, 1), (at + places, 1)]));
    assert!(second.targets.contains(&vec![(at + places, 1)]));
    assert!(!second.targets.contains(&vec![(at, 1)]));
    // Who identified people is recorded since the second vintage only.
    let unrecorded = year(false, &[("", true, 20)]);
    let recorded = year(true, &[("police", true, 20)]);
    let changed = linked(vec![("2024", vec![unrecorded, recorded])], &[STATUS], &[("2024", 2)]);
    assert_eq!(changed.system.truth, [0, 0, 0, 20, 0, 20, 0, 0]);
    assert_eq!(impossible_cells(&changed), [0, 1, 6, 7]);
}

#[test]
fn who_has_another_status_is_a_count_and_whom_another_identified_is_none() {
    let years = || {
        vec![(
            "2024",
            vec![year(true, &[("police", true, 90), ("police", false, 3), (NOT_IDENTIFIED, false, 4)])],
        )]
    };
    // Places: not identified; police; police and victim.
    let status = linked_at("victim", 90, years(), &[STATUS], &[("2024", 1)]);
    assert_eq!(status.targets, [vec![(0, 1)], vec![(0, 1), (1, 1)], vec![(1, 1)]]);
    // People identified by others than the police are no count of their own, each of these is.
    let others = year(
        true,
        &[("police", true, 90), ("police", false, 3), ("border", false, 2), (NOT_IDENTIFIED, false, 4)],
    );
    // Places: border; not identified; police; police and victim.
    let identified = linked_at("police", 93, vec![("2024", vec![others])], &[IDENTIFIED], &[("2024", 1)]);
    assert_eq!(identified.targets, [vec![(0, 1)], vec![(1, 1)], vec![(2, 1)]]);
}
