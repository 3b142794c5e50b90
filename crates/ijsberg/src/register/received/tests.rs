use ijsberg_analysis::linkage::list_of;
use ijsberg_linkage::evaluate::quality;
use ijsberg_linkage::generate::{Design, generate};
use ijsberg_linkage::link::link;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::record::Record;
use ijsberg_linkage::schema::{Records, Rows, Schema};
use ijsberg_tables::{Cells, Limits};

use super::*;

const LISTS: [&str; 6] = ["I", "K", "O", "P", "R", "Z"];

fn row(r: &Record) -> Vec<String> {
    let one = |t: Option<&String>| t.cloned().unwrap_or_default();
    let part = |x: Option<u8>| x.map_or_else(String::new, |x| format!("-{x:02}"));
    let birth = r.birth.map(|b| format!("{:04}{}{}", b.year, part(b.month), part(b.day)));
    vec![
        "0a".to_owned(),
        one(r.given.first()),
        one(r.family.first()),
        String::new(),
        birth.unwrap_or_default(),
        r.sex.as_ref().map_or_else(|| "UNKNOWN".to_owned(), |s| s.to_uppercase()),
        one(r.nationality.as_ref()),
        one(r.place.as_ref()),
    ]
}

/// Lists as the register writes them.
fn lists() -> Vec<Grid> {
    let made = generate(&Design { persons: 500, damage: 0.25, ..Design::default() }, 9);
    let header: Vec<String> = LIST_COLUMNS.map(str::to_owned).to_vec();
    let of = |list: usize| {
        let records = made.records.iter().filter(|r| r.list == list);
        Grid { header: header.clone(), rows: (2..).zip(records.map(row)).collect() }
    };
    (0..6).map(of).collect()
}

fn read(lists: &[Grid]) -> Records {
    let named = LISTS.iter().zip(lists);
    let rows: Vec<Rows<'_>> =
        named.map(|(&name, g)| Rows { name, header: &g.header, rows: &g.rows }).collect();
    let mut schemas: Vec<Schema> = rows.iter().map(|r| Schema::of_list(r).unwrap()).collect();
    schemas.iter_mut().for_each(|s| s.two_digit_years_until = Some(2026));
    Schema::records_by(&schemas, &rows).unwrap()
}

#[test]
fn lists_as_offices_send_them_hold_the_same_people() {
    let clean = lists();
    let sent: Vec<Vec<u8>> = LISTS.iter().zip(&clean).map(|(list, grid)| as_received(list, grid)).collect();
    assert_eq!(sent, LISTS.iter().zip(&clean).map(|(l, g)| as_received(l, g)).collect::<Vec<_>>());
    let western = sent.iter().filter(|bytes| std::str::from_utf8(bytes).is_err()).count();
    assert_eq!(western, 2);
    let received: Vec<Grid> =
        sent.iter().map(|bytes| list_of(Cells::read(bytes, Limits::OWN).unwrap()).unwrap()).collect();
    let (clean, received) = (read(&clean), read(&received));
    assert_eq!(clean.records.len(), received.records.len());
    let folded = |names: &[String]| names.first().map(|n| fold(n));
    let (mut given, mut family) = (0, 0);
    for (a, b) in clean.records.iter().zip(&received.records) {
        assert_eq!((a.list, a.birth, &a.sex), (b.list, b.birth, &b.sex));
        let [x, y] = [a, b].map(|r| [&r.nationality, &r.place].map(|t| t.as_deref().map(fold)));
        assert_eq!(x, y);
        given += usize::from(folded(&a.given) == folded(&b.given));
        family += usize::from(folded(&a.family) == folded(&b.family));
    }
    // A given name that could be a word before a family name is taken for one where both stand in one cell.
    let all = clean.records.len();
    assert!(100 * given > 97 * all && 100 * family > 98 * all, "{given} {family} of {all}");
    let sampling = Sampling { draws: 25, ..Sampling::default() };
    let [a, b] = [&clean, &received].map(|r| link(&r.records, &sampling, &|| ()));
    let agree = quality(&b.groups, &a.groups);
    assert!(agree.f1 > 0.97, "{agree:?}");
    let persons = [&a, &b].map(|l| {
        let draws = l.draws.persons.concat();
        draws.iter().sum::<f64>() / draws.len() as f64
    });
    assert!((persons[1] / persons[0] - 1.0).abs() < 0.01, "{persons:?}");
}
