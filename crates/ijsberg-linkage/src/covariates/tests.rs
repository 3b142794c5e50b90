use super::*;
use crate::histories::{Cell, Missing, histories, histories_by, restored, restored_by};
use crate::schema::Schema;
use crate::totals::Totals;

type Lines = Vec<(u64, Vec<String>)>;

fn lines(text: &str) -> (Vec<String>, Lines) {
    let row = |l: &str| l.split(',').map(String::from).collect::<Vec<_>>();
    let mut all = text.lines();
    let header = row(all.next().unwrap());
    (header, all.enumerate().map(|(i, l)| (i as u64 + 2, row(l))).collect())
}

fn found(names: &[&str], files: &[(&str, &str)]) -> Result<(Covariates, Records), CovariateError> {
    let read: Vec<_> = files.iter().map(|(name, text)| (*name, lines(text))).collect();
    let rows: Vec<Rows<'_>> = read.iter().map(|(name, (header, rows))| Rows { name, header, rows }).collect();
    let schemas: Vec<Schema> = rows.iter().map(|r| Schema::propose(r.header)).collect();
    let records = Schema::records_by(&schemas, &rows).unwrap();
    let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    Covariates::from_columns(&rows, &records, &names).map(|c| (c, records))
}

const P: &str =
    "voornaam,achternaam,geslacht,Form,jaar\nAnna,Jansen,v,LABOUR,2015\nPiet,Bakker,m,labour,2016\n";
const Z: &str = "first name,surname,sex,form\nAnna,Jansen,F,SEXUAL\nEva,Smit,,onbekend\n";

#[test]
fn columns_are_found_in_every_list_and_speak_one_language() {
    let (c, records) = found(&["sex", "form", "jaar"], &[("P", P), ("Z", Z)]).unwrap();
    assert_eq!(c.levels, [vec!["f", "m"], vec!["LABOUR", "SEXUAL"], vec!["2015", "2016"]]);
    let lists: Vec<usize> = records.records.iter().map(|r| r.list).collect();
    let cell =
        |history, values: [Option<u32>; 3], persons| Cell { history, values: values.to_vec(), persons };
    // Anna is one person with two forms, of which nothing is known then; the year is that of the list that has one.
    assert_eq!(
        histories_by(&[0, 1, 0, 2], &lists, &c),
        [
            cell(1, [Some(1), Some(0), Some(1)], 1),
            cell(2, [None, None, None], 1),
            cell(3, [Some(0), None, Some(0)], 1)
        ]
    );
    assert_eq!(c.of_person(&[0, 2, 0]), [Some(0), Some(0), Some(0)]);
}

#[test]
fn identifying_columns_are_no_covariates() {
    let files = [("P", P), ("Z", Z)];
    for name in [
        "surname",
        "Voornaam",
        "geboortedatum",
        "zaaknummer",
        "telefoon",
        "zaaknr",
        "gebjaar",
        "Bijnaam",
        "toelichting",
    ] {
        assert_eq!(found(&[name], &files).unwrap_err(), CovariateError::Identifies { name: name.into() });
    }
    assert!(matches!(found(&["regio"], &files), Err(CovariateError::NoColumn { .. })));
    // A schema says what a column holds, whatever its name.
    let (header, rows) = lines("kolom1,achternaam,form\nAnna,Jansen,a\nPiet,Bakker,b\n");
    let file = [Rows { name: "Q", header: &header, rows: &rows }];
    let schema =
        Schema { given: vec!["kolom1".into()], family: vec!["achternaam".into()], ..Schema::default() };
    let records = Schema::records_by(&[schema], &file).unwrap();
    let refused = Covariates::from_columns(&file, &records, &["kolom1".into()]).unwrap_err();
    assert_eq!(refused, CovariateError::Identifies { name: "kolom1".into() });
    for name in ["P", "count", "Draw"] {
        assert_eq!(found(&[name], &files).unwrap_err(), CovariateError::Taken { name: name.into() });
    }
    assert!(matches!(found(&["form", "Form"], &files), Err(CovariateError::Taken { .. })));
    let many: Vec<String> = (0..300).map(|i| format!("Anna,Jansen{i},code {i}")).collect();
    let many = format!("voornaam,achternaam,kenteken\n{}", many.join("\n"));
    let refused = found(&["kenteken"], &[("P", &many), ("Z", Z)]).unwrap_err();
    assert_eq!(refused, CovariateError::TooMany { name: "kenteken".into(), found: 300, most: 75 });
}

#[test]
fn zeros_and_words_are_values_and_slips_in_years_are_not() {
    let row = |i: usize| {
        let year = if i == 7 { "2O15".to_owned() } else { (2014 + i % 2).to_string() };
        format!("Anna,Jansen{i},{},{},{year}\n", i % 2, ["geen", "x", "ja"][i % 3])
    };
    let list = |n: usize| {
        format!(
            "voornaam,achternaam,minderjarig,steun,jaar\n{}",
            (0..n).map(row).collect::<Vec<_>>().concat()
        )
    };
    let (p, z) = (list(60), list(60));
    let (c, _) = found(&["minderjarig", "steun", "jaar"], &[("P", &p), ("Z", &z)]).unwrap();
    assert_eq!(c.levels, [vec!["0", "1"], vec!["geen", "ja", "x"], vec!["2014", "2015"]]);
    assert_eq!(c.of_person(&[7, 6, 0]), [Some(0), Some(0), Some(0)]);
    assert_eq!(c.of_person(&[7, 67])[2], None);
}

/// Links that are put back join only persons of one kind, and the tables are otherwise those without covariates.
#[test]
fn missed_links_are_put_back_between_persons_who_may_be_one() {
    let people = 400_usize;
    let text = |list: usize| -> String {
        let rows = (0..people).map(|i| {
            let form = if i % 11 == list { "" } else { ["LABOUR", "SEXUAL"][usize::from(i % 5 == 0)] };
            format!("Anna{i},Jansen{i},{form},{}\n", 2010 + (i + list) % 3)
        });
        format!("voornaam,achternaam,form,jaar\n{}", rows.collect::<String>())
    };
    let (p, z) = (text(0), text(1));
    let (c, records) = found(&["form", "jaar"], &[("P", &p), ("Z", &z)]).unwrap();
    let lists: Vec<usize> = records.records.iter().map(|r| r.list).collect();
    // Half of those on both lists were linked.
    let linked = |i: usize| i % 4 < 2;
    let groups: Vec<u32> = (0..2 * people)
        .map(|r| if r >= people && linked(r - people) { (r - people) as u32 } else { r as u32 })
        .collect();
    let before = histories(&groups, &lists).last().unwrap().1;
    let apart = histories_by(&groups, &lists, &c);
    let both = |cells: &[Cell], form: Option<u32>| -> f64 {
        cells.iter().filter(|x| x.history == 3 && x.values[0] == form).map(|x| x.persons as f64).sum()
    };
    let totals = Totals { persons: 450.0, overlaps: 350.0, precision: 1.0, recall: 0.57 };
    for missing in [Missing::Links(0.4), Missing::Totals(totals)] {
        let back = restored_by((&groups, &lists), &c, missing, 3, 0);
        let persons: u64 = back.iter().map(|x| x.persons).sum();
        let on_both: u64 = back.iter().filter(|x| x.history == 3).map(|x| x.persons).sum();
        // Everybody whom a record is of is still there.
        assert_eq!(persons + on_both, 2 * people as u64);
        let without = restored(&groups, &lists, missing, 3, 0);
        let as_many: u64 = without.iter().map(|x| x.1).sum();
        assert!(persons.abs_diff(as_many) <= 30 && on_both > before + 60, "{persons} {as_many} {on_both}");
        if matches!(missing, Missing::Totals(_)) {
            assert_eq!((persons, on_both), (450, 350));
        }
        // Kinds keep the shares that they have among links that were found: the small one, a fifth, no less than the large one.
        let share = |cells: &[Cell]| both(cells, Some(1)) / (both(cells, Some(0)) + both(cells, Some(1)));
        assert!((share(&back) - share(&apart)).abs() < 0.04, "{} {}", share(&back), share(&apart));
        // No persons of different kinds were joined: their covariate would be unknown.
        assert!(both(&back, None) <= 0.05 * on_both as f64, "{}", both(&back, None));
    }
}

/// Where no persons of one kind are left, persons who differ are joined, so that no link is dropped silently.
#[test]
fn links_are_put_back_although_kinds_are_many() {
    let people = 120_usize;
    let text = |list: usize| -> String {
        let rows = (0..people).map(|i| format!("Anna{i},Jansen{i},k{}\n", (i * 7 + list * (i % 2) * 3) % 20));
        format!("voornaam,achternaam,soort\n{}", rows.collect::<Vec<_>>().concat())
    };
    let (p, z) = (text(0), text(1));
    let (c, records) = found(&["soort"], &[("P", &p), ("Z", &z)]).unwrap();
    let lists: Vec<usize> = records.records.iter().map(|r| r.list).collect();
    let groups: Vec<u32> = (0..2 * people)
        .map(|r| if r >= people && r % 6 == 0 { (r - people) as u32 } else { r as u32 })
        .collect();
    let totals = Totals { persons: 130.0, overlaps: 110.0, precision: 1.0, recall: 0.2 };
    let back = restored_by((&groups, &lists), &c, Missing::Totals(totals), 3, 0);
    let on_both: u64 = back.iter().filter(|x| x.history == 3).map(|x| x.persons).sum();
    assert_eq!((back.iter().map(|x| x.persons).sum::<u64>(), on_both), (130, 110));
}
