//! Weighted pairs of records as Parquet: the result of one part of a linkage.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::data_type::{DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RowAccessor;
use parquet::schema::parser::parse_message_type;

use crate::{ReadError, guard};

/// A pair of records, by their numbers, and its weight.
pub type Edge = ((u32, u32), f64);

/// Pairs of a part, and its metadata.
#[derive(Debug, Clone, PartialEq)]
pub struct Edges {
    /// Names and values, kept in the file's own metadata.
    pub told: Vec<(String, String)>,
    /// The pairs.
    pub edges: Vec<Edge>,
}

const SCHEMA: &str = "message edges { REQUIRED INT32 a; REQUIRED INT32 b; REQUIRED DOUBLE weight; }";
const ROWS: usize = 1 << 20;

/// Pairs that are read; more are more than fit a machine that links.
const MOST: usize = 500_000_000;

impl Edges {
    /// As a Parquet file. The same edges give the same bytes.
    ///
    /// # Errors
    /// When the encoder fails, which it does not for data in memory.
    pub fn write(&self) -> Result<Vec<u8>, ReadError> {
        self.encode().map_err(malformed)
    }

    fn encode(&self) -> Result<Vec<u8>, ParquetError> {
        let told = self.told.iter().map(|(k, v)| KeyValue::new(k.clone(), v.clone())).collect();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_key_value_metadata(Some(told))
            .build();
        let mut bytes = Vec::new();
        let mut file = SerializedFileWriter::new(
            &mut bytes,
            Arc::new(parse_message_type(SCHEMA)?),
            Arc::new(properties),
        )?;
        for rows in self.edges.chunks(ROWS) {
            let mut group = file.next_row_group()?;
            for column in 0..3 {
                let Some(mut writer) = group.next_column()? else { continue };
                if column == 2 {
                    let weights: Vec<f64> = rows.iter().map(|e| e.1).collect();
                    writer.typed::<DoubleType>().write_batch(&weights, None, None)?;
                } else {
                    let ends = rows.iter().map(|e| if column == 0 { e.0.0 } else { e.0.1 });
                    let ends: Vec<i32> = ends.map(u32::cast_signed).collect();
                    writer.typed::<Int32Type>().write_batch(&ends, None, None)?;
                }
                writer.close()?;
            }
            group.close()?;
        }
        file.close()?;
        Ok(bytes)
    }

    /// Reads what [`Edges::write`] wrote.
    ///
    /// # Errors
    /// When the file is broken, cut off, or has other columns.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        guard::decode("Parquet", || Self::decode(bytes))
    }

    fn decode(bytes: &[u8]) -> Result<Self, ReadError> {
        let reader = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).map_err(malformed)?;
        let metadata = reader.metadata().file_metadata();
        let told = metadata.key_value_metadata().cloned().unwrap_or_default();
        let told = told.into_iter().map(|k| (k.key, k.value.unwrap_or_default())).collect();
        let mut edges = Vec::new();
        for row in reader.get_row_iter(None).map_err(malformed)? {
            let row = row.map_err(malformed)?;
            let end = |i| row.get_int(i).map(i32::cast_unsigned).map_err(malformed);
            if edges.len() == MOST {
                return Err(ReadError::TooLarge { what: "rows", found: MOST + 1, most: MOST });
            }
            edges.push(((end(0)?, end(1)?), row.get_double(2).map_err(malformed)?));
        }
        Ok(Self { told, edges })
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn malformed(e: ParquetError) -> ReadError {
    ReadError::Malformed { format: "Parquet", why: e.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_read_as_written_and_broken_files_are_errors() {
        let edges = (0..3000_u32).map(|i| ((i, i + u32::MAX / 2), f64::from(i) / 3.0 - 7.0)).collect();
        let all = Edges { told: vec![("plan".to_owned(), "x".to_owned())], edges };
        let bytes = all.write().unwrap();
        let back = Edges::read(&bytes).unwrap();
        assert_eq!(back.edges, all.edges);
        assert!(back.told.contains(&all.told[0]));
        assert_eq!(all.write().unwrap(), bytes);
        for cut in [0, 10, bytes.len() / 2, bytes.len() - 1] {
            assert!(Edges::read(&bytes[..cut]).is_err(), "{cut}");
        }
        let empty = Edges { told: Vec::new(), edges: Vec::new() };
        assert!(Edges::read(&empty.write().unwrap()).unwrap().edges.is_empty());
    }
}
