use super::*;
use crate::record::{PartialDate, Record};

#[test]
fn one_digit_of_a_year_is_a_slip_and_a_generation_is_none() {
    let of = |a, b| birth(PartialDate::parse(a), PartialDate::parse(b));
    assert_eq!(of("1947-12-30", "1997-12-30"), birth_level::EDIT);
    assert_eq!(of("1993-12-30", "2002-12-30"), birth_level::EDIT);
    assert_eq!(of("1947-12-30", "1997-12-31"), birth_level::OTHER);
    assert_eq!(of("1980-07-21", "2005-07-21"), birth_level::OTHER);
}

fn record(given: &str, family: &str, birth: &str, nationality: &str) -> Record {
    let text = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    Record {
        given: text(given).into_iter().collect(),
        family: text(family).into_iter().collect(),
        birth: PartialDate::parse(birth),
        nationality: text(nationality),
        ..Record::default()
    }
}

#[test]
fn no_name_is_more_alike_than_the_bound() {
    let names =
        ["maria", "mariya", "marriya", "muhammad", "mohamed", "nguyen", "thi hong", "a", "aa", "zoe 2"];
    let records: Vec<Record> = names.iter().map(|n| record(n, "", "", "")).collect();
    let p = Prepared::new(&records);
    for (x, hot) in p.names.iter().zip(&p.hot) {
        for (y, other) in p.names.iter().zip(&p.hot) {
            let s = jaro_winkler::similarity(x.folded.bytes(), y.folded.bytes());
            assert!(f64::from(hot.most_alike(other)) >= s - 1e-6, "{} {}", x.folded, y.folded);
        }
    }
}

#[test]
fn an_initial_is_somewhat_alike_to_the_names_that_it_may_stand_for() {
    let records = ["Annabella", "A.", "B.", "Bo"].map(|given| record(given, "Bos", "", ""));
    let p = Prepared::new(&records);
    let of = |i, j| level(p.levels(i, j, &mut Lately::default()).0, Field::Given) as u32;
    assert_eq!((of(0, 1), of(1, 0), of(2, 3)), (name_level::ALIKE, name_level::ALIKE, name_level::ALIKE));
    assert_eq!((of(0, 2), of(1, 2), of(1, 1)), (name_level::OTHER, name_level::OTHER, name_level::SAME));
}

#[test]
fn levels_say_how_well_fields_agree_and_either_way_round() {
    let records = [
        record("Олена", "Шевченко", "1990-04-07", "UA"),
        record("Olena", "Chevtchenko", "1990-07-04", "ua"),
        record("Shevchenko", "Olena", "1990-01-01", ""),
        record("", "Kovalenko", "1985", "UA"),
    ];
    let p = Prepared::new(&records);
    let of = |i, j, f| level(p.levels(i, j, &mut Lately::default()).0, f) as u32;
    assert_eq!(of(0, 1, Field::Given), name_level::SAME);
    assert_eq!(of(0, 1, Field::Family), name_level::CLOSE);
    assert_eq!(of(0, 1, Field::Birth), birth_level::EDIT);
    assert_eq!((of(0, 1, Field::Nationality), of(0, 1, Field::Order)), (2, 2));
    assert_eq!((of(0, 2, Field::Order), of(0, 2, Field::Given)), (1, name_level::SAME));
    assert_eq!((of(0, 2, Field::Birth), of(0, 2, Field::Nationality)), (birth_level::DEFAULT_YEAR, 0));
    assert_eq!(
        (of(0, 3, Field::Given), of(0, 3, Field::Order), of(0, 3, Field::Family)),
        (0, 0, name_level::OTHER)
    );
    assert_eq!(of(0, 3, Field::Birth), birth_level::OTHER);
    for i in 0..4 {
        for j in 0..4 {
            let lately = &mut Lately::default();
            assert_eq!(p.levels(i, j, lately).0, p.levels(j, i, lately).0, "{i} {j}");
        }
    }
}

#[test]
fn sharing_one_of_several_nationalities_makes_compatriots() {
    let of = |given: &str, nationality: &str| record(given, "", "1990", nationality);
    let records = [
        of("Ana", "MA;NL"),
        of("Xu", "nl"),
        of("Bo", "SY / MA"),
        of("Dirk", "SY"),
        of("Eva", ""),
        of("Fem", "NL; MA|SY;BE"),
    ];
    let p = Prepared::new(&records);
    // Each nationality is counted for every record that has it; of more than three, the first three.
    assert_eq!(p.nationalities, [0, 3, 3, 3]);
    assert_eq!((p.records[0].nationality, p.records[1].nationality), ([1, 2, 0], [2, 0, 0]));
    let level_of = |i: usize, j: usize| level(p.levels(i, j, &mut Lately::default()).0, Field::Nationality);
    let with_ana: Vec<usize> = (0..records.len()).map(|j| level_of(0, j)).collect();
    assert_eq!((with_ana, level_of(2, 3), level_of(1, 2)), (vec![2, 2, 2, 1, 0, 2], 2, 1));
    for i in 0..records.len() {
        for j in 0..records.len() {
            assert_eq!(level_of(i, j), level_of(j, i), "{i} {j}");
            let [a, b] = [i, j].map(|k| &p.records[k].nationality);
            assert_eq!(shared_nation(a, b), shared_nation(b, a), "{i} {j}");
        }
    }
    // By the year and a nationality they meet, by the second of two and the third of three as well.
    let pairs = crate::blocking::candidates(&p, crate::blocking::Shard::WHOLE).pairs;
    assert!(pairs.contains(&(0, 1)) && pairs.contains(&(0, 2)) && pairs.contains(&(2, 3)), "{pairs:?}");
    assert!(pairs.contains(&(3, 5)), "{pairs:?}");
    assert!(!pairs.contains(&(1, 2)) && !pairs.contains(&(0, 3)), "{pairs:?}");
}
