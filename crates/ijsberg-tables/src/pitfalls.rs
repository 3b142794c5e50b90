//! Tables that were once read as something else than they are, without a word: what was wrong with each is a case here.

#![allow(clippy::format_push_string, clippy::format_collect, reason = "tables of tests")]

mod shapes;
mod totals;

use rust_xlsxwriter::{Formula, Workbook};

use crate::{Cells, Choices, Contents, CountTable, Doubt, Limits, Note, ReadError, Table, open, read};

/// The histories of three lists, and how many persons each has: 271 in all.
const HISTORIES: [(&str, u64); 7] =
    [("1,0,0", 69), ("0,1,0", 55), ("0,0,1", 63), ("1,1,0", 21), ("1,0,1", 17), ("0,1,1", 18), ("1,1,1", 28)];

fn text(text: &str) -> Result<Table, ReadError> {
    read(text.as_bytes(), &Choices::default())
}

fn times(text: &str) -> Result<Option<CountTable>, ReadError> {
    Cells::read(text.as_bytes(), Limits::OWN)?.counts(&Choices::default())
}

#[track_caller]
fn asked(file: &str) -> [Result<Table, ReadError>; 2] {
    let Err(ReadError::Uncertain(u)) = text(file) else { panic!("{:?} of\n{file}", text(file)) };
    u.readings.map(|r| read(file.as_bytes(), &r.choices))
}

/// The table with one more column, whose values are made from the place of the row.
fn counts(header: &str, more: impl Fn(usize) -> String) -> String {
    let rows = HISTORIES.iter().enumerate().map(|(i, (h, n))| format!("{h},{n}{}\n", more(i)));
    format!("{header}\n{}", rows.collect::<String>())
}

/// A row for each person, after what is made from its number and the number of its lists.
fn persons(header: &str, make: impl Fn(usize, &str, usize) -> String) -> String {
    let mut out = format!("{header}\n");
    let mut k = 0;
    for (h, n) in HISTORIES {
        for _ in 0..n {
            k += 1;
            out += &format!("{}\n", make(k, h, h.matches('1').count()));
        }
    }
    out
}

#[test]
fn a_count_that_is_blank_in_every_row_is_no_row_for_each_person() {
    let blanks = ["", "NA", "?", "#N/A", "#VERW!", "#REF!", "#DEEL/0!", "#NAAM?"];
    for (name, blank) in blanks.iter().flat_map(|b| ["aantal", "n", "Freq", "count"].map(|name| (name, b))) {
        let rows: String = HISTORIES.iter().map(|(h, _)| format!("{h},{blank}\n")).collect();
        let table = format!("P,Q,E,{name}\n{rows}");
        assert_eq!(text(&table), Err(ReadError::BlankCount { column: name.into() }), "{table}");
        // A user's statement that it has one row for each person is accepted.
        let ignore = Choices { ignore: vec![name.into()], ..Choices::default() };
        assert_eq!(read(table.as_bytes(), &ignore).unwrap().histories.n(), 7);
    }
    let strata = "A,B,jaar,aantal\n1,0,2018,\n0,1,2018,\n1,1,2018,\n1,0,2019,\n0,1,2019,\n1,1,2019,\n";
    assert_eq!(text(strata), Err(ReadError::BlankCount { column: "aantal".into() }));
}

/// A workbook of the table, of which some cells are formulas without a value, as programs write them that do not calculate.
fn uncalculated(is_formula: impl Fn(u32, u16) -> bool, mark: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (c, name) in ["P", "Q", "E", "aantal"].iter().enumerate() {
        sheet.write(0, c as u16, *name).unwrap();
    }
    for (r, (h, n)) in HISTORIES.iter().enumerate() {
        for (c, cell) in h.split(',').map(String::from).chain([n.to_string()]).enumerate() {
            let (r, c) = (r as u32 + 1, c as u16);
            if is_formula(r, c) {
                sheet.write(r, c, Formula::new("=A1").set_result("gone")).unwrap();
            } else if c == 3 {
                sheet.write(r, c, cell.parse::<u32>().unwrap()).unwrap();
            } else if cell == "1" {
                sheet.write(r, c, mark).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn formulas_without_a_value_are_not_blank() {
    for (bytes, line, cells) in [
        (with_value(&uncalculated(|_, c| c == 3, "x"), None), 2, 7),
        (with_value(&uncalculated(|r, c| r == 7 && c < 3, "x"), None), 8, 3),
    ] {
        let refused = read(&bytes, &Choices::default());
        assert_eq!(refused, Err(ReadError::Formulas { line, cells }));
        let handed = Cells::handed_over(&Cells::hand_over(&Cells::read(&bytes, Limits::OWN)), Limits::OWN);
        assert_eq!(handed.unwrap().table(&Choices::default()), refused);
        // A list of records has blanks there, as before.
        let grid = Cells::read(&bytes, Limits::OWN).unwrap().list();
        assert!(grid.rows.iter().flat_map(|r| &r.1).all(|c| c.chars().all(|c| !c.is_control())));
    }
    // A text of nothing is a value.
    let blank = uncalculated(|r, c| r < 7 && c == 0 && !HISTORIES[r as usize - 1].0.starts_with('1'), "x");
    let blank = with_value(&blank, Some(""));
    assert_eq!(read(&blank, &Choices::default()).unwrap().histories.n(), 271);
}

/// The workbook with another value of its formulas, or none.
fn with_value(book: &[u8], value: Option<&str>) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut from = unzip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut to = unzip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..from.len() {
        let mut part = from.by_index(i).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let gone = " t=\"str\"><f>A1</f><v>gone</v>";
        let text = match value {
            Some(value) => text.replace("<v>gone</v>", &format!("<v>{value}</v>")),
            None => text.replace(gone, "><f>A1</f>"),
        };
        to.start_file(part.name().unwrap(), unzip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn numbers_of_persons_are_not_how_many_persons_there_are() {
    let number = |k: usize| 10_000 + (k * 7919) % 89_989;
    for name in ["number", "persons", "personen", "cases", "n"] {
        for id in [&number as &dyn Fn(usize) -> usize, &|k| k] {
            let table = persons(&format!("{name},P,Q,E"), |k, h, _| format!("{},{h}", id(k)));
            let [count, row] = asked(&table);
            assert!(count.is_ok_and(|t| t.histories.n() > 30_000), "{name}");
            assert_eq!(row.unwrap().histories.n(), 271, "{name}");
        }
    }
    // What is known of each person besides changes nothing.
    let born = persons("n,P,Q,E,geboren", |k, h, _| format!("{},{h},{}", number(k), 20_000 + k));
    assert_eq!(asked(&born)[1].as_ref().unwrap().histories.n(), 271);
    // Counts of groups are small somewhere.
    let mut strata = "P,Q,E,jaar,n\n".to_owned();
    for year in 0..4_u64 {
        for (h, n) in HISTORIES {
            strata += &format!("{h},{},{}\n", 2020 + year, 100 * year + n);
        }
    }
    assert_eq!(text(&strata).unwrap().histories.n(), 4 * 271 + 6 * 700);
}

#[test]
fn times_of_persons_are_not_counted_by_their_numbers() {
    for name in ["id", "nr", "persoon", "client"] {
        let table = persons(&format!("{name},keren"), |k, _, on| format!("{k},{on}"));
        let rows = times(&table).unwrap().unwrap();
        assert_eq!((rows.rows.len(), rows.columns.len()), (271, 0), "{name}");
        assert!(rows.rows.iter().all(|r| r.persons.total_cmp(&1.0).is_eq()), "{name}");
        let certain = persons(&format!("{name},times seen"), |k, _, on| format!("{k},{on}"));
        assert_eq!(times(&certain).unwrap(), Some(rows));
    }
    // Numbers under such a name may be counts none the less.
    let few = times("keer,no\n1,50\n2,9\n3,4\n").unwrap().unwrap();
    assert_eq!(few.rows.iter().map(|r| r.persons as u64).collect::<Vec<_>>(), [50, 9, 4]);
    let open = persons("n,keren", |k, _, on| format!("{k},{on}"));
    let Err(ReadError::Uncertain(u)) = times(&open) else { panic!("certain") };
    assert_eq!(u.doubt, Doubt::CountOrCovariate { column: "n".into() });
    assert_eq!(u.readings.clone().map(|r| r.persons), [Some(36_856), Some(271)]);
    for reading in u.readings {
        let cells = Cells::read(open.as_bytes(), Limits::OWN).unwrap();
        let persons = cells.counts(&reading.choices).unwrap().unwrap().rows.iter().map(|r| r.persons).sum();
        assert_eq!(reading.persons.map(|n| n as f64), Some(persons));
    }
}

#[test]
fn on_how_many_lists_somebody_is_follows_from_the_lists() {
    for name in ["aantal keer gezien", "keer gezien", "times seen", "times"] {
        let each = persons(&format!("P,Q,E,{name}"), |_, h, on| format!("{h},{on}"));
        let counted =
            counts(&format!("P,Q,E,aantal,{name}"), |i| format!(",{}", HISTORIES[i].0.matches('1').count()));
        for table in [each, counted] {
            assert_eq!(times(&table), Ok(None), "{name}");
            let read = text(&table).unwrap();
            assert_eq!((read.histories.n(), read.layout.ignored), (271, vec![name.to_owned()]));
            assert!(read.layout.notes.contains(&Note::Derived { column: name.into() }));
        }
        // What does not follow is asked.
        let more = persons(&format!("P,Q,E,{name}"), |k, h, on| format!("{h},{}", on + k % 3));
        let Err(ReadError::Uncertain(u)) = times(&more) else { panic!("certain") };
        assert_eq!(u.doubt, Doubt::ListsOrTimes { column: name.into() });
        let [histories, seen] = u.readings;
        let read = read(more.as_bytes(), &histories.choices).unwrap();
        assert_eq!((read.layout.lists.len(), read.histories.n()), (3, 271));
        let cells = Cells::read(more.as_bytes(), Limits::OWN).unwrap();
        assert_eq!(cells.counts(&seen.choices).unwrap().unwrap().columns.len(), 3);
    }
}

#[test]
fn of_two_counts_the_other_is_a_group_where_rows_repeat_without_it() {
    let mut table = "P,Q,E,y,n\n".to_owned();
    for year in ["2021", "2022"] {
        HISTORIES.iter().for_each(|(h, n)| table += &format!("{h},{year},{n}\n"));
    }
    let right = asked(&table)[1].as_ref().unwrap().clone();
    assert_eq!((right.histories.n(), right.layout.covariates), (542, vec!["y".to_owned()]));
    // A column of 0 and 1 beside a count is a list, whatever its name.
    let list = counts("P,count,E,n", |_| String::new());
    let read = text(&list).unwrap();
    assert_eq!((read.layout.lists, read.histories.n()), (vec!["P".into(), "count".into(), "E".into()], 271));
    assert!(matches!(open(list.as_bytes(), &Choices::default()), Ok(Contents::Table(_))));
}
