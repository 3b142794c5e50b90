use super::*;

const SECRET: &[u8] = b"a key for the tests";

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn group(history: u32, levels: &[&str], marks: &[bool], count: u64) -> Group {
    Group { history, levels: texts(levels), marks: marks.to_vec(), count, key: 0, pseudonyms: Vec::new() }
}

/// A year with two lists and this number of persons, all on the first list and of one sex.
fn year(persons: u64) -> Year {
    Year {
        lists: texts(&["A", "B"]),
        covariates: texts(&["sex"]),
        marks: Vec::new(),
        groups: vec![group(1, &["F"], &[], persons)],
    }
}

#[test]
fn the_key_of_a_group_is_the_sum_of_those_of_its_persons() {
    let keys = |groups: Vec<Group>| {
        let mut year = Year { groups, ..year(0) };
        year.assign_keys(SECRET, "2024", 1);
        year.groups.iter().map(|g| CellKey::kept(g.key)).collect::<Vec<_>>()
    };
    let named =
        |names: &[&str], count: u64| Group { pseudonyms: texts(names), ..group(1, &["F"], &[], count) };
    let [ann, bob, two] = keys(vec![named(&["Ann"], 1), named(&["Bob"], 1), named(&[], 2)])[..] else {
        panic!()
    };
    let all = keys(vec![named(&["Ann", "Bob"], 4), named(&["Bob", "Ann"], 2)]);
    assert_eq!(all, [ann.and(bob).and(two), ann.and(bob)]);
    // Of a person with a pseudonym the lists do not matter.
    let elsewhere = Group { history: 2, ..named(&["Ann"], 1) };
    assert_eq!(keys(vec![elsewhere]), [ann]);
    // Another vintage, other lists and another year have other keys.
    let mut other = Year { groups: vec![named(&[], 2)], ..year(0) };
    for (year, vintage, history) in [("2024", 2, 1), ("2023", 1, 1), ("2024", 1, 2)] {
        other.groups[0].history = history;
        other.assign_keys(SECRET, year, vintage);
        assert_ne!(CellKey::kept(other.groups[0].key), two);
    }
}

#[test]
fn persons_are_those_of_all_groups() {
    let two = Year { groups: vec![group(1, &["F"], &[], 3), group(2, &["M"], &[], 4)], ..year(0) };
    assert_eq!((two.persons(), year(0).persons()), (7, 0));
}

#[test]
fn ten_persons_on_a_list_that_was_not_there_are_other_lists() {
    let on =
        |history: u32, persons: u64| Year { groups: vec![group(history, &["F"], &[], persons)], ..year(0) };
    assert!(on(1, 10).has_other_lists(&on(2, 3)) && on(2, 3).has_other_lists(&on(1, 10)));
    assert!(!on(1, 9).has_other_lists(&on(2, 9)), "a few persons are the first on their list");
    assert!(!on(3, 50).has_other_lists(&on(3, 10)));
    assert!(on(3, 50).has_other_lists(&on(1, 50)), "on a list of then and on another");
    let nobody = Year { groups: Vec::new(), ..year(0) };
    assert!(!nobody.has_other_lists(&on(1, 50)) && !on(1, 50).has_other_lists(&nobody));
}

#[test]
fn persons_are_the_same_however_columns_are_ordered_and_spelled() {
    let table = |covariates: &[&str], marks: &[&str], groups: Vec<Group>| Year {
        lists: texts(&["A", "B"]),
        covariates: texts(covariates),
        marks: texts(marks),
        groups,
    };
    let ours = table(&["sex", "region"], &["grounds.debt"], vec![group(1, &["F", "North"], &[true], 5)]);
    let moved = table(
        &["Region", "geslacht", "age"],
        &["grounds.force", "grounds.debt"],
        vec![
            group(1, &["north", "vrouw", "minor"], &[false, true], 2),
            group(1, &["north", "f", "adult"], &[true, true], 3),
        ],
    );
    assert!(ours.has_same_persons(&moved) && moved.has_same_persons(&ours));
    assert!(moved.has_columns_of(&ours) && !ours.has_columns_of(&moved));
    let more_marks = table(&["sex", "region"], &["grounds.debt", "grounds.force"], Vec::new());
    assert!(more_marks.has_columns_of(&ours) && !ours.has_columns_of(&more_marks));
    let other_marks = table(&["sex", "region"], &["grounds.force"], Vec::new());
    assert!(!other_marks.has_columns_of(&ours) && !ours.has_columns_of(&other_marks));
    let changed = |group: Group| table(&["sex", "region"], &["grounds.debt"], vec![group]);
    assert!(!ours.has_same_persons(&changed(group(1, &["F", "South"], &[true], 5))), "another level");
    assert!(!ours.has_same_persons(&changed(group(1, &["F", "North"], &[false], 5))), "without the mark");
    assert!(!ours.has_same_persons(&changed(group(2, &["F", "North"], &[true], 5))), "another list");
    assert!(!ours.has_same_persons(&changed(group(1, &["F", "North"], &[true], 6))), "one person more");
}

/// The decision on a year after it was published with others.
fn decided(before: &[Year], now: Year, may_revise: bool) -> YearDecision {
    let mut kept = KeptYears::default();
    for earlier in before {
        kept.decide("2024", earlier.clone(), SECRET, true);
    }
    kept.decide("2024", now, SECRET, may_revise)
}

fn with_keys(mut year: Year, vintage: usize) -> Year {
    year.assign_keys(SECRET, "2024", vintage);
    year
}

#[test]
fn a_year_is_frozen_until_ten_persons_changed() {
    let first = decided(&[], year(40), true);
    assert_eq!((first.vintage, first.held_back, first.revised), (1, 0, false));
    assert_eq!(first.persons, with_keys(year(40), 1));
    for (persons, held_back) in [(49, 9), (31, 9)] {
        let frozen = decided(&[year(40)], year(persons), true);
        assert_eq!((frozen.vintage, frozen.held_back, frozen.revised), (1, held_back, false));
        assert_eq!(frozen.persons, with_keys(year(40), 1));
    }
    for persons in [50, 30] {
        let revised = decided(&[year(40)], year(persons), true);
        assert_eq!((revised.vintage, revised.held_back, revised.revised), (2, 0, true));
        assert_eq!(revised.persons, with_keys(year(persons), 2));
        let held = decided(&[year(40)], year(persons), false);
        assert_eq!((held.vintage, held.held_back, held.revised), (1, 10, false));
        assert_eq!(held.persons, with_keys(year(40), 1));
    }
}

#[test]
fn a_year_is_revised_at_most_twice_and_never_to_nobody() {
    let nobody = decided(&[year(40)], Year { groups: Vec::new(), ..year(0) }, true);
    assert_eq!((nobody.vintage, nobody.held_back, nobody.revised), (1, 40, false));
    let third = decided(&[year(40), year(60)], year(80), true);
    assert_eq!((third.vintage, third.revised), (3, true));
    let last = decided(&[year(40), year(60), year(80)], year(100), true);
    assert_eq!((last.vintage, last.held_back, last.revised), (3, 20, false));
    assert_eq!(last.persons, with_keys(year(80), 3));
}

#[test]
fn a_column_that_came_is_kept_and_one_that_is_left_out_is_not_lost() {
    let more = || Year {
        covariates: texts(&["sex", "region"]),
        groups: vec![group(1, &["F", "north"], &[], 40)],
        ..year(0)
    };
    let mut kept = KeptYears::default();
    kept.decide("2024", year(40), SECRET, true);
    assert_eq!(kept.decide("2024", more(), SECRET, true).persons, with_keys(more(), 1));
    assert_eq!(kept.decide("2024", year(40), SECRET, true).persons, with_keys(more(), 1));
    // A correction of the sex of all 40 persons changes nothing that was published: nobody arrived or left.
    let mut corrected = more();
    corrected.groups[0].levels[0] = "M".to_owned();
    let decision = kept.decide("2024", corrected, SECRET, true);
    assert_eq!((decision.persons, decision.held_back), (with_keys(more(), 1), 0));
}

#[test]
fn persons_are_shown_to_nobody_who_prints_them() {
    let kept = KeptYears { years: BTreeMap::from([("2024".to_owned(), vec![year(3)])]) };
    assert_eq!(format!("{kept:?}"), "KeptYears(..)");
}
