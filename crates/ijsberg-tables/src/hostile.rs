//! Files that ask for more than a machine has: refused within the limits, and never by the system.

use std::io::{Cursor, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use unzip::ZipWriter;
use unzip::write::SimpleFileOptions;

use crate::{Cells, Choices, Limits, ReadError, open, read_sheets};

/// Far above what it takes on a machine that does much else, and far below what it took when work grew with the square of the columns.
const LONG: Duration = Duration::from_mins(1);

const FEW: Limits = Limits { columns: 100, cells: 1000, unpacked: 100_000, cell: 10_000 };

fn folder(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const TYPES: &str =
    r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r0" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const LINKS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;

/// A workbook of one sheet with these rows, and texts that cells share.
fn xlsx(rows: &str, shared: &str) -> Vec<u8> {
    let space = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
    let sheet =
        format!(r#"<?xml version="1.0"?><worksheet {space}><sheetData>{rows}</sheetData></worksheet>"#);
    let shared = format!(r#"<?xml version="1.0"?><sst {space}>{shared}</sst>"#);
    folder(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELS.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", LINKS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/sharedStrings.xml", shared.as_bytes()),
    ])
}

pub(crate) fn ods(table: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="a">{table}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    folder(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", br#"<?xml version="1.0"?><manifest/>"#),
        ("content.xml", content.as_bytes()),
    ])
}

fn too_large(bytes: &[u8], limits: Limits) -> &'static str {
    match Cells::read(bytes, limits) {
        Err(ReadError::TooLarge { what, .. }) => what,
        Ok(_) => panic!("it was read"),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn two_cells_at_the_ends_of_a_sheet_are_no_table_of_billions() {
    let rows =
        r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    let book = xlsx(rows, "");
    assert_eq!(too_large(&book, Limits::OWN), "columns");
    assert!(matches!(read_sheets(&book), Err(ReadError::TooLarge { .. })));
    // In whatever order they stand.
    let turned =
        r#"<row r="1048576"><c r="ALL1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>"#;
    let cells = Cells::read(&xlsx(turned, ""), Limits::SENT).unwrap().grid();
    assert_eq!((cells.header.len(), cells.rows.len()), (1000, 1));
    assert!(matches!(read_sheets(&xlsx(turned, "")), Err(ReadError::TooLarge { .. })));
}

/// A border or a colour far out makes no sheet larger than what stands in it.
#[test]
fn blank_cells_take_no_room() {
    let rows = r#"<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>"#;
    let sheets = read_sheets(&xlsx(rows, "")).unwrap();
    assert_eq!(sheets[0].1, [["1".to_owned()]]);
}

#[test]
fn a_text_that_a_million_cells_share_is_counted_as_often_as_it_is_read() {
    let row: String = (0..50).map(|_| r#"<c t="s"><v>0</v></c>"#).collect();
    let shared = format!("<si><t>{}</t></si>", "x".repeat(3000));
    assert_eq!(too_large(&xlsx(&format!("<row>{row}</row>"), &shared), FEW), "bytes");
    assert_eq!(too_large(&xlsx(&format!("<row>{row}</row>").repeat(21), "<si><t>x</t></si>"), FEW), "cells");
}

#[test]
fn what_unpacks_to_too_much_is_refused_before_it_is_unpacked() {
    let packed = xlsx(&format!("<!--{}-->", " ".repeat(1_000_000)), "");
    assert!(packed.len() < 10_000);
    assert_eq!(too_large(&packed, FEW), "bytes");
    // Also where the file is one of the nineties at its head.
    let both = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], packed.as_slice()].concat();
    assert!(Cells::read(&both, FEW).is_err());
    let many: Vec<(String, &[u8])> = (0..20_001).map(|i| (format!("{i}.xml"), b"".as_slice())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(n, c)| (n.as_str(), *c)).collect();
    assert!(matches!(Cells::read(&folder(&many), Limits::OWN), Err(ReadError::Malformed { .. })));
}

#[test]
fn repeated_rows_and_cells_of_opendocument_are_added_up_first() {
    let cell = |n: u64| {
        format!(
            r#"<table:table-cell table:number-columns-repeated="{n}" office:value-type="string"><text:p>x</text:p></table:table-cell>"#
        )
    };
    let row = |n: u64, cells: &str| {
        format!(r#"<table:table-row table:number-rows-repeated="{n}">{cells}</table:table-row>"#)
    };
    assert_eq!(too_large(&ods(&row(1_048_576, &cell(16_384))), Limits::OWN), "cells");
    assert_eq!(
        too_large(&ods(&(row(1, &cell(1)) + &row(1_000_000, "") + &row(1, &cell(100)))), Limits::OWN),
        "cells"
    );
    let long = format!(
        r#"<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>"#,
        "x".repeat(10_000)
    );
    assert_eq!(too_large(&ods(&row(100, &long)), FEW), "bytes");
    // What spreadsheets write to fill up a sheet is no table.
    let usual = row(2, &(cell(3) + r#"<table:table-cell table:number-columns-repeated="16381"/>"#))
        + &row(1_048_574, r#"<table:table-cell table:number-columns-repeated="16384"/>"#);
    let grid = Cells::read(&ods(&usual), FEW).unwrap().grid();
    assert_eq!((grid.header.len(), grid.rows.len()), (3, 1));
}

#[test]
fn a_dictionary_of_one_long_text_is_counted_as_often_as_it_is_read() {
    let schema = Arc::new(parse_message_type("message t { REQUIRED BYTE_ARRAY a; }").unwrap());
    let mut bytes = Vec::new();
    let mut file =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::builder().build())).unwrap();
    let mut group = file.next_row_group().unwrap();
    let mut writer = group.next_column().unwrap().unwrap();
    let text = ByteArray::from("x".repeat(1000).into_bytes());
    writer.typed::<ByteArrayType>().write_batch(&vec![text; 900], None, None).unwrap();
    writer.close().unwrap();
    group.close().unwrap();
    file.close().unwrap();
    assert!(bytes.len() < 10_000);
    assert_eq!(too_large(&bytes, FEW), "bytes");
}

#[test]
fn a_million_columns_are_refused_at_once() {
    for separator in [",", ";", "\t", " ", "|"] {
        let row = vec!["a"; 1_000_000].join(separator);
        let began = Instant::now();
        assert_eq!(too_large(format!("{row}\n{row}\n").as_bytes(), Limits::OWN), "columns", "{separator:?}");
        assert!(began.elapsed() < LONG, "{separator:?}: {:?}", began.elapsed());
    }
    let cells = ",".repeat(99) + "x\n";
    assert_eq!(too_large(cells.repeat(11).as_bytes(), FEW), "cells");
}

/// Thousands of columns, all of them lists or numbers or words: answered at once, one way or the other.
#[test]
fn a_table_of_very_many_columns_is_answered_within_seconds() {
    for value in ["1", "7", "a"] {
        let header: Vec<String> = (0..2048).map(|i| format!("c{i}")).collect();
        let mut lines = vec![header.join(",")];
        for row in 0..40 {
            let cell = |i: usize| if (i + row).is_multiple_of(2) { "0" } else { value };
            lines.push((0..2048).map(cell).collect::<Vec<_>>().join(","));
        }
        let began = Instant::now();
        let _ = open(lines.join("\n").as_bytes(), &Choices::default());
        assert!(began.elapsed() < LONG, "{value}: {:?}", began.elapsed());
    }
}

#[test]
fn a_name_for_each_row_makes_no_design_of_millions() {
    let rows: Vec<String> = (0..5000).map(|i| format!("{},person{i}", 1 + i % 3)).collect();
    let read = Cells::read(format!("times,who\n{}\n", rows.join("\n")).as_bytes(), Limits::SENT)
        .unwrap()
        .counts(&crate::Choices::default());
    assert!(matches!(read, Err(ReadError::TooLarge { what: "columns", .. })), "{read:?}");
}

fn handed_over(bytes: &[u8], limits: Limits) -> (Result<Cells, ReadError>, Result<Cells, ReadError>) {
    let here = Cells::read(bytes, limits);
    let there = Cells::handed_over(&Cells::hand_over(&here), limits);
    (here, there)
}

#[test]
fn what_was_read_elsewhere_is_what_would_have_been_read_here() {
    let files: [&[u8]; 6] = [
        b"A,B,count\n1,0,5\n1,1,2\n0,1,3\n",
        b"# a comment\nA;B;count\n1;0;5\n1;1;2\n0;1;3\n",
        b"# ijsberg-table v1; lists=A,B; count=count\nA,B,count\n1,0,5\n1,1,2\n0,1,3\n",
        b"\xFF\xFEA\0,\0B\0\n\x000\0,\x001\0\n\x001\0,\x001\0\n\x001\0,\x000\0\n\0",
        b"caf\xE9,B\n1,0\n",
        b"",
    ];
    for file in files {
        let (here, there) = handed_over(file, Limits::OWN);
        assert_eq!(format!("{here:?}"), format!("{there:?}"));
        let of = |c: Result<Cells, ReadError>| c.and_then(|c| c.open(&Choices::default()));
        assert_eq!(format!("{:?}", of(here)), format!("{:?}", of(there)));
    }
    let (here, there) = handed_over(b"a\n1\n1\n", Limits { cells: 2, ..FEW });
    assert_eq!(here.unwrap_err(), there.unwrap_err());
}

#[test]
fn what_is_handed_over_is_held_to_the_limits_again() {
    let wide = Cells::hand_over(&Cells::read(b"a,b,c\n1,2,3\n", Limits::OWN));
    for cut in 0..wide.len() {
        assert_eq!(Cells::handed_over(&wide[..cut], Limits::OWN).unwrap_err(), ReadError::TooDear, "{cut}");
    }
    let narrow = Limits { columns: 2, ..FEW };
    assert!(matches!(Cells::handed_over(&wide, narrow), Err(ReadError::TooLarge { what: "columns", .. })));
}

proptest! {
    #[test]
    fn no_answer_of_a_reader_that_was_taken_over_does_harm(mut bytes in prop::collection::vec(any::<u8>(), 0..200), head in any::<bool>()) {
        if head {
            bytes.splice(0..0, *b"ijscell\x01\x02\0\0\0\0\0\0\0{}");
        }
        let _ = Cells::handed_over(&bytes, FEW);
    }
}

#[test]
fn a_cell_longer_than_any_spreadsheet_has_is_not_read() {
    let file = format!("A,{}\n1,2\n", "x".repeat(Limits::SENT.cell + 1));
    let long = |e: Result<Cells, ReadError>| matches!(e, Err(ReadError::LongCell { line: 1, column: 2, .. }));
    assert!(long(Cells::read(file.as_bytes(), Limits::SENT)));
    // The process that hands it over may be compromised, and the error is the same on the other side.
    let there = Cells::read(file.as_bytes(), Limits::OWN).unwrap();
    assert!(long(Cells::handed_over(&Cells::hand_over(&Ok(there)), Limits::SENT)));
    let failed = Cells::read(file.as_bytes(), Limits::SENT);
    assert!(long(Cells::handed_over(&Cells::hand_over(&failed), Limits::SENT)));
}
