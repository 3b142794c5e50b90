//! Twins, father and son of one name, cousins and siblings: people who agree in nearly everything are not one person for certain.

use ijsberg_linkage::blocking::Pair;
use ijsberg_linkage::link::{Linked, Scored, link_scored, score};
use ijsberg_linkage::partition::{Decisions, Sampling};
use ijsberg_linkage::record::{PartialDate, Record};

const ALIKE: [(&str, &str); 8] = [
    ("Anna", "Hanna"),
    ("Marie", "Maria"),
    ("Ion", "Ioan"),
    ("Hassan", "Hussein"),
    ("Mihai", "Mihaela"),
    ("Lan", "Linh"),
    ("Petra", "Petar"),
    ("Elena", "Ilinca"),
];

const NICKNAMES: [(&str, &str, &str); 4] = [
    ("Johanna", "Josephina", "Jo"),
    ("Wilhelmina", "Willemijn", "Wil"),
    ("Margaretha", "Gerarda", "Gerda"),
    ("Muhammad", "Mehmet", "Mo"),
];

const SIBLINGS: [&str; 8] = ["Zeynep", "Bogdan", "Ruth", "Youssef", "Katrien", "Olu", "Femke", "Dorin"];

fn person(list: usize, i: usize) -> Record {
    const SYLLABLES: [&str; 12] =
        ["ba", "den", "ko", "lam", "mir", "no", "pel", "ru", "sof", "ti", "van", "zu"];
    let word = |seed: usize| {
        let at = |k: usize| SYLLABLES[(seed * (k + 3) + seed / (5 + k)) % 12];
        format!("{}{}{}", at(1), at(2), at(4))
    };
    Record {
        list,
        given: vec![word(7 * i + 1)],
        family: vec![word(11 * i + 5)],
        birth: PartialDate::parse(&format!("{}-{:02}-{:02}", 1950 + i * 7 % 50, 1 + i % 12, 1 + i % 28)),
        sex: Some(["f", "m"][i % 2].to_owned()),
        nationality: Some(["RO", "BG", "NL", "NG"][i % 4].to_owned()),
        place: Some(["Breda", "Utrecht", "Arnhem"][i % 3].to_owned()),
        ..Record::default()
    }
}

/// Persons on both of two lists, and after them pairs of relatives of whom each list holds one.
fn lists(relative: impl Fn(Record, usize) -> Record) -> Vec<Record> {
    let mut records = Vec::new();
    for list in 0..2 {
        for i in 0..160 {
            records.push(person(list, i));
        }
        for i in 0..16 {
            let one = Record { given: vec![ALIKE[i % 8].0.to_owned()], ..person(list, 200 + i) };
            records.push(if list == 0 { one } else { relative(one, i) });
        }
    }
    records
}

fn twin(one: Record, i: usize) -> Record {
    Record { given: vec![ALIKE[i % 8].1.to_owned()], ..one }
}

fn father(one: Record, _: usize) -> Record {
    let birth = one.birth.map(|b| PartialDate { year: b.year - 25, ..b });
    Record { birth, ..one }
}

/// Known by the same short name.
fn twin_of_one_nickname(one: Record, i: usize) -> Record {
    Record { given: vec![NICKNAMES[i % 4].1.to_owned(), NICKNAMES[i % 4].2.to_owned()], ..one }
}

fn cousin(one: Record, i: usize) -> Record {
    let birth =
        one.birth.map(|b| PartialDate { year: b.year + 1 + (i % 9) as i16, month: Some(12), day: Some(30) });
    Record { birth, place: Some("Gouda".to_owned()), ..one }
}

fn sibling(one: Record, i: usize) -> Record {
    let birth =
        one.birth.map(|b| PartialDate { year: b.year + 1 + (i % 6) as i16, month: Some(12), day: Some(3) });
    let sex = Some(["f", "m"][i / 2 % 2].to_owned());
    Record { given: vec![SIBLINGS[i % 8].to_owned()], birth, sex, ..one }
}

fn pairs() -> Vec<Pair> {
    (0..16).map(|i| (160 + i, 336 + i)).collect()
}

fn linked(records: &[Record], scored: Scored, judged: &[(Pair, bool)]) -> Linked {
    let (calibration, decisions) = (scored.taught(judged).calibration, Decisions::new(judged));
    link_scored(records, scored, &Sampling { calibration, decisions, ..Sampling::default() }, &|| ())
}

fn chances(linked: &Linked, of: &[Pair]) -> Vec<f64> {
    of.iter()
        .map(|pair| linked.edges.iter().position(|e| e.0 == *pair).map_or(0.0, |k| linked.probabilities[k]))
        .collect()
}

#[test]
fn relatives_are_in_doubt_and_are_offered_for_review_first() {
    for relative in [twin as fn(Record, usize) -> Record, father] {
        let records = lists(relative);
        let scored = score(&records, 1);
        let first = scored.worth_judging(48, 1);
        let offered = first[..16].iter().filter(|k| pairs().contains(&scored.edges[**k].0)).count();
        assert!(offered >= 13, "{offered}");
        let plain = linked(&records, scored.clone(), &[]);
        let doubt = chances(&plain, &pairs());
        assert!(doubt.iter().all(|p| *p < 0.99), "{doubt:?}");
        assert!(doubt.iter().sum::<f64>() < 15.4, "{doubt:?}");
        // Who agrees in everything stays one person.
        let sure: Vec<Pair> = (0..160).map(|i| (i, 176 + i)).collect();
        assert!(chances(&plain, &sure).iter().all(|p| *p > 0.98));
        // Judgements of half of them apply to the others.
        let (half, others) = (&pairs()[..8], &pairs()[8..]);
        let mean = |same: bool| {
            let judged: Vec<(Pair, bool)> = half.iter().map(|p| (*p, same)).collect();
            let all = linked(&records, scored.clone(), &judged);
            assert!(chances(&all, half).iter().all(|p| *p == f64::from(u8::from(same))));
            chances(&all, others).iter().sum::<f64>() / 8.0
        };
        let (same, different) = (mean(true), mean(false));
        assert!(same > 0.75 && different < 0.5 && different < same - 0.3, "{same} {different}");
    }
}

#[test]
fn twins_who_share_a_nickname_are_in_doubt_and_a_person_with_one_is_not() {
    let mut records = lists(twin_of_one_nickname);
    for i in 0..16 {
        records[160 + i].given = vec![NICKNAMES[i % 4].0.to_owned(), NICKNAMES[i % 4].2.to_owned()];
    }
    // As many persons who are known by a nickname too.
    for i in 0..16 {
        let (one, other) = (records[i].given[0].clone(), records[176 + i].given[0].clone());
        assert_eq!(one, other);
        records[i].given = vec![one, NICKNAMES[i % 4].2.to_owned()];
    }
    let all = linked(&records, score(&records, 1), &[]);
    let doubt = chances(&all, &pairs());
    assert!(doubt.iter().all(|p| *p < 0.99), "{doubt:?}");
    let sure: Vec<Pair> = (0..16).map(|i| (i, 176 + i)).collect();
    assert!(chances(&all, &sure).iter().all(|p| *p > 0.98));
}

#[test]
fn cousins_of_one_name_are_in_doubt_and_siblings_at_one_address_are_mostly_two_persons() {
    // Two lists without duplicates do not show how many namesakes there are; for siblings both names and dates do.
    for (relative, most) in [(cousin as fn(Record, usize) -> Record, 0.97), (sibling, 0.4)] {
        let mut records = lists(relative);
        // They share a telephone too.
        for i in 0..16 {
            for r in [160 + i, 336 + i] {
                records[r].contacts = vec![format!("61234{:04}", 137 * i)];
            }
        }
        let all = linked(&records, score(&records, 1), &[]);
        let doubt = chances(&all, &pairs());
        let mean = doubt.iter().sum::<f64>() / 16.0;
        assert!(mean < most && doubt.iter().all(|p| *p < 0.99), "{mean} {doubt:?}");
    }
}

#[test]
fn a_missing_date_of_birth_does_not_separate_father_and_son() {
    let missing = |one: Record, _: usize| Record { birth: None, ..one };
    let records = lists(missing);
    let scored = score(&records, 1);
    let first = scored.worth_judging(48, 1);
    let offered = first[..16].iter().filter(|k| pairs().contains(&scored.edges[**k].0)).count();
    assert!(offered >= 13, "{offered}");
    let all = linked(&records, scored, &[]);
    let doubt = chances(&all, &pairs());
    let sum: f64 = doubt.iter().sum();
    assert!((12.0..15.99).contains(&sum), "{sum} {doubt:?}");
}

#[test]
fn two_twins_on_one_list_are_two_persons() {
    let mut records = lists(|one, _| one);
    for i in 0..16 {
        records.push(twin(records[160 + i].clone(), i));
    }
    let all = linked(&records, score(&records, 1), &[]);
    let (mut persons, truth) = (all.draws.persons.concat(), 192.0);
    persons.sort_by(f64::total_cmp);
    let [low, high] = [0.025, 0.975].map(|share| persons[(share * persons.len() as f64) as usize]);
    assert!((truth - 4.0..=truth + 2.0).contains(&persons[persons.len() / 2]), "{low} {high}");
    assert!(low <= truth && truth <= high, "{low} {high}");
}
