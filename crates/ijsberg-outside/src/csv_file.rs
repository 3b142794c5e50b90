//! CSV, the one way in which it leaves the program.

#![expect(clippy::disallowed_types, reason = "this is the writer that everything else uses")]

use serde::Serialize;

use crate::cell;

/// A CSV file that is being written: UTF-8, commas. Every cell, names of columns too, is made harmless by [`cell`].
#[derive(Debug)]
pub struct Csv(csv::Writer<Vec<u8>>);

impl Default for Csv {
    fn default() -> Self {
        Self::new()
    }
}

impl Csv {
    /// An empty one.
    pub fn new() -> Self {
        Self::begun(Vec::new())
    }

    /// One below a line of its own, such as `# ijsberg-table v1; lists=A,B`. Ends of lines and quotation marks within it are left out, since
    /// the line stands as it is, in no quotation marks; what a program takes for a cell of it is as harmless as one.
    pub fn below(line: &str) -> Self {
        let line: String = line.chars().filter(|c| !matches!(c, '\n' | '\r' | '"')).collect();
        let line = line.split(',').map(|part| cell(part).into_owned()).collect::<Vec<_>>().join(",");
        Self::begun((line + "\n").into_bytes())
    }

    fn begun(bytes: Vec<u8>) -> Self {
        Self(csv::WriterBuilder::new().flexible(true).from_writer(bytes))
    }

    /// Adds a row.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for of in cells {
            // Writing to memory cannot fail, and rows may be of any length.
            let _ = self.0.write_field(cell(of.as_ref()).as_ref());
        }
        let _ = self.0.write_record(None::<&[u8]>);
    }

    /// The names of fields, and a row for each value.
    pub fn from_rows<T: Serialize>(rows: &[T]) -> String {
        let mut raw = csv::Writer::from_writer(Vec::new());
        for row in rows {
            // What is no flat row writes nothing.
            let _ = raw.serialize(row);
        }
        let raw = raw.into_inner().unwrap_or_default();
        let mut out = Self::new();
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(raw.as_slice());
        for row in reader.records().map_while(Result::ok) {
            out.row(row.iter());
        }
        out.finish()
    }

    /// The whole file.
    pub fn finish(self) -> String {
        String::from_utf8(self.0.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_columns_and_lines_above_are_as_harmless_as_cells() {
        let mut out = Csv::below("=1+1\n=2");
        out.row(["=1+1", "-5", "a,b"]);
        out.row(["\t@x"]);
        out.row(["", ""]);
        assert_eq!(out.finish(), "'=1+1=2\n'=1+1,-5,\"a,b\"\n'\t@x\n,\n");
        #[derive(Serialize)]
        struct Row {
            name: &'static str,
            n: f64,
        }
        assert_eq!(Csv::from_rows(&[Row { name: "+cmd|x", n: -0.5 }]), "name,n\n'+cmd|x,-0.5\n");
    }
}
