use super::*;
use crate::histories::{Cell, Missing, histories, histories_by, restored, restored_by};
use crate::resolve::Totals;
use crate::schema::Schema;

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
    Covariates::of(&rows, &records, &names).map(|c| (c, records))
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
fn what_tells_who_somebody_is_is_no_covariate() {
    let files = [("P", P), ("Z", Z)];
    for name in ["surname", "Voornaam", "geboortedatum", "zaaknummer", "telefoon"] {
        assert_eq!(found(&[name], &files).unwrap_err(), CovariateError::Identifies { name: name.into() });
    }
    assert!(matches!(found(&["regio"], &files), Err(CovariateError::NoColumn { .. })));
    for name in ["P", "count", "Draw"] {
        assert_eq!(found(&[name], &files).unwrap_err(), CovariateError::Taken { name: name.into() });
    }
    assert!(matches!(found(&["form", "Form"], &files), Err(CovariateError::Taken { .. })));
    let many: Vec<String> = (0..300).map(|i| format!("Anna,Jansen{i},code {i}")).collect();
    let many = format!("voornaam,achternaam,kenteken\n{}", many.join("\n"));
    let refused = found(&["kenteken"], &[("P", &many), ("Z", Z)]).unwrap_err();
    assert_eq!(refused, CovariateError::TooMany { name: "kenteken".into(), found: 300 });
}

/// Links that are put back join nobody with somebody else of another kind, and the tables are those without covariates otherwise.
#[test]
fn missed_links_are_put_back_between_persons_who_may_be_one() {
    let people = 400_usize;
    let text = |list: usize| -> String {
        let rows = (0..people).map(|i| {
            let form = if i % 7 == list { "" } else { ["LABOUR", "SEXUAL"][i % 2] };
            format!("Anna{i},Jansen{i},{form},{}\n", 2010 + (i + list) % 3)
        });
        format!("voornaam,achternaam,form,jaar\n{}", rows.collect::<String>())
    };
    let (p, z) = (text(0), text(1));
    let (c, records) = found(&["form", "jaar"], &[("P", &p), ("Z", &z)]).unwrap();
    let lists: Vec<usize> = records.records.iter().map(|r| r.list).collect();
    // Half of those on both lists were linked.
    let groups: Vec<u32> = (0..2 * people)
        .map(|r| if r < people || r % 2 == 1 { r as u32 } else { (r - people) as u32 })
        .collect();
    let before = histories(&groups, &lists);
    let totals = Totals { persons: 480.0, overlaps: 320.0, precision: 1.0, recall: 0.6 };
    for missing in [Missing::Links(0.3), Missing::Totals(totals)] {
        let back = restored_by((&groups, &lists), &c, missing, 3, 0);
        let both: u64 = back.iter().filter(|x| x.history == 3).map(|x| x.persons).sum();
        assert!(both > before.last().unwrap().1, "{both}");
        let persons: u64 = back.iter().map(|x| x.persons).sum();
        let without = restored(&groups, &lists, missing, 3, 0);
        let as_many: u64 = without.iter().map(|x| x.1).sum();
        assert!(persons.abs_diff(as_many) <= 25, "{persons} {as_many}");
        if matches!(missing, Missing::Totals(_)) {
            assert_eq!((persons, both), (480, 320));
        }
        // As many of each kind as records say: nobody changed kind.
        let of = |cells: &[Cell], form: Option<u32>| -> u64 {
            let on = |x: &&Cell| x.values[0] == form;
            cells.iter().filter(on).map(|x| x.persons * u64::from(x.history.count_ones())).sum()
        };
        let apart = histories_by(&groups, &lists, &c);
        for form in [Some(0), Some(1)] {
            assert!(of(&back, form) >= of(&apart, form), "{form:?}");
        }
        assert_eq!(of(&back, None) + of(&back, Some(0)) + of(&back, Some(1)), 2 * people as u64);
    }
}
