//! Which sheet of a workbook is read, and the notes on it.

use rust_xlsxwriter::{Format, Workbook, Worksheet};

use crate::written::Roles;
use crate::{Cells, Choices, Doubt, Limits, Note, ReadError, Table, read};

const ROWS: [[u32; 3]; 3] = [[1, 0, 5], [1, 1, 2], [0, 1, 3]];

fn fill<'a>(sheet: &'a mut Worksheet, name: &str, times: u32) -> &'a mut Worksheet {
    sheet.set_name(name).unwrap();
    for (c, name) in ["A", "B", "count"].iter().enumerate() {
        sheet.write(0, c as u16, *name).unwrap();
    }
    for (r, row) in ROWS.iter().enumerate() {
        for (c, value) in row.iter().enumerate() {
            sheet.write(r as u32 + 1, c as u16, if c == 2 { value * times } else { *value }).unwrap();
        }
    }
    sheet
}

fn read_workbook(mut book: Workbook) -> Result<Table, ReadError> {
    let bytes = book.save_to_buffer().unwrap();
    let read = read(&bytes, &Choices::default());
    // What another process read is the same.
    let handed = Cells::handed_over(&Cells::hand_over(&Cells::read(&bytes, Limits::OWN)), Limits::OWN);
    assert_eq!(handed.and_then(|cells| cells.table(&Choices::default())), read);
    read
}

fn note(name: &str, others: &[&str]) -> Note {
    Note::Sheet { name: name.into(), others: others.iter().map(|o| (*o).to_owned()).collect() }
}

#[test]
fn the_first_visible_sheet_with_a_table_is_read_and_reported() {
    let mut cover = Workbook::new();
    let words = cover.add_worksheet();
    words.write(0, 0, "Dit bestand bevat cijfers").unwrap();
    for (r, [what, said]) in
        [["Bron", "CoMensha"], ["Jaar", "2023"], ["Versie", "voorlopig"]].iter().enumerate()
    {
        words.write(r as u32 + 2, 0, *what).unwrap().write(r as u32 + 2, 1, *said).unwrap();
    }
    fill(cover.add_worksheet(), "Data", 1);
    let table = read_workbook(cover).unwrap();
    assert_eq!(table.histories.n(), 10);
    assert!(
        matches!(&table.layout.notes[..], [Note::Sheet { name, .. }] if name == "Data"),
        "{:?}",
        table.layout
    );

    let mut hidden = Workbook::new();
    fill(hidden.add_worksheet(), "old", 2).set_hidden(true);
    fill(hidden.add_worksheet(), "2023", 1).set_active(true);
    let table = read_workbook(hidden).unwrap();
    assert_eq!((table.histories.n(), table.layout.notes), (10, vec![note("2023", &[])]));

    let mut two = Workbook::new();
    fill(two.add_worksheet(), "2022", 2);
    fill(two.add_worksheet(), "2023", 1);
    let bytes = two.save_to_buffer().unwrap();
    let Err(ReadError::Uncertain(u)) = read_workbook(two) else { panic!("certain") };
    assert_eq!(u.doubt, Doubt::Sheet { sheets: vec!["2022".into(), "2023".into()] });
    assert_eq!(u.readings.clone().map(|r| r.persons), [Some(20), Some(10)]);
    let [first, second] = u.readings.map(|r| read(&bytes, &r.choices).unwrap());
    assert_eq!((first.histories.n(), first.layout.notes), (20, vec![note("2022", &["2023"])]));
    assert_eq!((second.histories.n(), second.layout.notes), (10, vec![note("2023", &["2022"])]));
    let other = Choices { sheet: Some("2024".into()), ..Choices::default() };
    let refused = ReadError::NoSuchSheet { name: "2024".into(), sheets: "2022, 2023".into() };
    assert_eq!(read(&bytes, &other), Err(refused));

    // A sheet of figures that is no table of histories is passed over, wherever it stands.
    let mut figures = Workbook::new();
    let sheet = figures.add_worksheet();
    for (r, row) in [["jaar", "aantal"], ["2022", "12"], ["2023", "14"]].iter().enumerate() {
        sheet.write(r as u32, 0, row[0]).unwrap().write(r as u32, 1, row[1]).unwrap();
    }
    fill(figures.add_worksheet(), "Data", 1);
    let table = read_workbook(figures).unwrap();
    assert_eq!((table.histories.n(), table.layout.notes), (10, vec![note("Data", &["Sheet1"])]));

    let mut one = Workbook::new();
    fill(one.add_worksheet(), "2022", 1);
    one.add_worksheet();
    assert_eq!(read_workbook(one).unwrap().layout.notes, []);
}

#[test]
fn a_file_with_something_on_it_is_never_called_empty() {
    let mut only = Workbook::new();
    fill(only.add_worksheet(), "old", 1).set_hidden(true);
    only.add_worksheet().set_active(true);
    assert_eq!(read_workbook(only), Err(ReadError::HiddenSheet { name: "old".into() }));
    let mut empty = Workbook::new();
    empty.add_worksheet();
    assert_eq!(read_workbook(empty), Err(ReadError::Empty));
}

#[test]
fn open_document_sheets_are_read() {
    let cell = |text: &str| {
        let number = text.parse::<f64>().is_ok();
        let kind = if number {
            format!(r#"office:value-type="float" office:value="{text}""#)
        } else {
            r#"office:value-type="string""#.into()
        };
        format!("<table:table-cell {kind}><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: [&str; 3]| format!("<table:table-row>{}</table:table-row>", cells.map(cell).concat());
    let rows = [["A", "B", "aantal"], ["1", "0", "5"], ["1", "1", "2"], ["0", "1", "3"]].map(row).concat();
    let table = read(&crate::hostile::ods(&rows), &Choices::default()).unwrap();
    assert_eq!((table.histories.n(), table.layout.count.as_deref()), (10, Some("aantal")));
}

#[test]
fn merged_cells_are_filled_downwards() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (c, name) in ["regio", "A", "B", "count"].iter().enumerate() {
        sheet.write(0, c as u16, *name).unwrap();
    }
    for (k, region) in ["Noord", "Zuid"].iter().enumerate() {
        let top = 1 + 3 * k as u32;
        sheet.merge_range(top, 0, top + 2, 0, region, &Format::new()).unwrap();
        for (r, row) in ROWS.iter().enumerate() {
            for (c, value) in row.iter().enumerate() {
                sheet.write(top + r as u32, c as u16 + 1, *value).unwrap();
            }
        }
    }
    let table = read_workbook(book).unwrap();
    let regions: Vec<&str> = table.covariates[0].values.iter().flatten().map(String::as_str).collect();
    assert_eq!(regions, ["Noord", "Noord", "Noord", "Zuid", "Zuid", "Zuid"]);
    assert_eq!(table.histories.n(), 20);
}

#[test]
fn roles_that_a_spreadsheet_spread_over_cells_are_roles() {
    let line = Roles::of_histories(&["A".into(), "B".into()], "count").line();
    for mark in [',', ';', '\t'] {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (c, part) in line.split(mark).enumerate() {
            sheet.write(0, c as u16, part).unwrap();
        }
        for (c, name) in ["A", "B", "count"].iter().enumerate() {
            sheet.write(1, c as u16, *name).unwrap();
        }
        for (r, row) in ROWS.iter().enumerate() {
            for (c, value) in row.iter().enumerate() {
                sheet.write(r as u32 + 2, c as u16, *value).unwrap();
            }
        }
        let table = read_workbook(book).unwrap();
        assert_eq!((table.histories.n(), table.layout.notes), (10, vec![Note::Roles]), "{mark:?}");
    }
}
