use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use crate::limits::{Budget, Limits};
use crate::raw::Raw;
use crate::written::{KEY, Roles};
use crate::{Note, ReadError};

/// Reads all rows; the line of a row is its number plus one, as if a header stood above.
pub(crate) fn raw(bytes: &[u8], limits: Limits) -> Result<Raw, ReadError> {
    let malformed =
        |e: parquet::errors::ParquetError| ReadError::Malformed { format: "Parquet", why: e.to_string() };
    let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).map_err(malformed)?;
    let schema = reader.metadata().file_metadata().schema();
    let header: Vec<String> = schema.get_fields().iter().map(|f| f.name().to_owned()).collect();
    let cells = reader.metadata().file_metadata().num_rows().max(0) as usize;
    Budget::new(limits).row(header.len())?;
    Budget::new(limits).cells(cells.saturating_mul(header.len()))?;
    let told = reader.metadata().file_metadata().key_value_metadata();
    let roles =
        told.into_iter().flatten().find(|k| k.key == KEY).and_then(|k| Roles::parse(k.value.as_deref()?));
    let broken =
        || ReadError::Malformed { format: "Parquet", why: "the file is broken or cut off".to_owned() };
    let mut unpacked = Budget::new(limits);
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(malformed)?;
        let rows = group.metadata().num_rows();
        let packed = group.metadata().columns().iter().map(|c| c.uncompressed_size().max(0).cast_unsigned());
        unpacked.bytes(packed.fold(0, u64::saturating_add))?;
        for column in 0..group.num_columns() {
            // The decoder sets room aside for as many values as a page claims to hold, so a claim is checked first.
            for page in group.get_column_page_reader(column).map_err(malformed)? {
                if i64::from(page.map_err(malformed)?.num_values()) > rows.max(1 << 20) {
                    return Err(broken());
                }
            }
        }
    }
    let mut rows = vec![(1, header)];
    let mut budget = Budget::new(limits);
    for (i, row) in reader.get_row_iter(None).map_err(malformed)?.enumerate() {
        let row = row.map_err(malformed)?;
        let row: Vec<String> = row.get_column_iter().map(|(_, field)| text(field)).collect();
        // A dictionary can hold one long text for a million rows.
        budget.row(row.len())?;
        budget.bytes(row.iter().map(|cell| cell.len() as u64).sum())?;
        rows.push((i as u64 + 2, row));
    }
    Ok(Raw { rows, notes: Vec::<Note>::new(), roles, typed: true, ..Raw::default() })
}

fn text(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Bool(b) => u8::from(*b).to_string(),
        Field::Str(s) => crate::raw::bare(s).to_owned(),
        Field::Double(x) if x.fract() == 0.0 && x.abs() < 9e15 => format!("{}", *x as i64),
        Field::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 => format!("{}", *x as i64),
        other => other.to_string(),
    }
}
