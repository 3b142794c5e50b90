//! Tests that all formats give the same table, and that no input makes the reader panic.

use proptest::prelude::*;

use crate::{Choices, Format, read};

fn spreadsheet() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (c, name) in ["A", "B", "count"].iter().enumerate() {
        sheet.write(0, c as u16, *name).unwrap();
    }
    for (r, row) in [[1, 0, 5], [1, 1, 2], [0, 1, 3]].iter().enumerate() {
        for (c, value) in row.iter().enumerate() {
            sheet.write(r as u32 + 1, c as u16, *value).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn parquet() -> Vec<u8> {
    use std::sync::Arc;

    use parquet::data_type::{BoolType, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    let schema = "message t { REQUIRED BOOLEAN A; REQUIRED BOOLEAN B; REQUIRED INT64 count; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let mut file =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::builder().build())).unwrap();
    let mut group = file.next_row_group().unwrap();
    for column in [[true, true, false], [false, true, true]] {
        let mut writer = group.next_column().unwrap().unwrap();
        writer.typed::<BoolType>().write_batch(&column, None, None).unwrap();
        writer.close().unwrap();
    }
    let mut writer = group.next_column().unwrap().unwrap();
    writer.typed::<Int64Type>().write_batch(&[5, 2, 3], None, None).unwrap();
    writer.close().unwrap();
    group.close().unwrap();
    file.close().unwrap();
    bytes
}

#[test]
fn all_formats_give_the_same_table() {
    let csv = read(b"A,B,count\n1,0,5\n1,1,2\n0,1,3\n", &Choices::default()).unwrap();
    for (bytes, format) in [(spreadsheet(), Format::Excel), (parquet(), Format::Parquet)] {
        assert_eq!(Format::sniff(&bytes), format);
        assert_eq!(read(&bytes, &Choices::default()).unwrap(), csv);
    }
}

#[test]
fn broken_files_are_errors() {
    for whole in [spreadsheet(), parquet()] {
        for cut in (4..whole.len()).step_by(7) {
            let _ = read(&whole[..cut], &Choices::default());
        }
    }
}

/// What a coverage-guided search found (`cargo fuzz run read_table`), run again.
#[test]
fn the_fuzzing_corpus_is_read_or_refused() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/read_table");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        if let Ok(table) = read(&bytes, &Choices::default()) {
            assert!(table.histories.t() >= 2 && table.histories.n() > 0);
        }
        files += 1;
    }
    assert!(files > 100, "{files}");
}

/// A table of counts and the same table with one row a person, in another order.
fn persons(counts: &[u64]) -> (String, String) {
    let header = "A,B,C";
    let rows: Vec<String> = (1..8_u32)
        .zip(counts)
        .flat_map(|(m, count)| {
            let row = format!("{},{},{}", m & 1, m >> 1 & 1, m >> 2 & 1);
            std::iter::repeat_n(row, *count as usize)
        })
        .collect();
    let aggregated: Vec<String> = (1..8_u32)
        .zip(counts)
        .map(|(m, count)| format!("{},{},{},{count}", m & 1, m >> 1 & 1, m >> 2 & 1))
        .collect();
    let reversed: Vec<&str> = rows.iter().rev().map(String::as_str).collect();
    (format!("{header},count\n{}", aggregated.join("\n")), format!("{header}\n{}", reversed.join("\n")))
}

proptest! {
    #[test]
    fn a_row_for_every_person_says_the_same_as_counts(counts in prop::collection::vec(1_u64..6, 7)) {
        let (aggregated, persons) = persons(&counts);
        let of = |text: &str| read(text.as_bytes(), &Choices::default()).unwrap().histories;
        prop_assert_eq!(of(&aggregated), of(&persons));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &Choices::default());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[ABn01,;\"\n\t .-]{0,80}") {
        let _ = read(text.as_bytes(), &Choices::default());
    }
}
