//! Any bytes as a schema of codes, a file of codes, a schema of lists, settings of Splink or scored pairs: a result or an error,
//! never a panic.

use ijsberg_linkage::codes::encode::Encoder;
use ijsberg_linkage::codes::file::CodeFile;
use ijsberg_linkage::codes::schema::CodeSchema;
use ijsberg_linkage::codes::score::{CodeLists, CodeModel};
use ijsberg_linkage::schema::{Rows, Schema};
use ijsberg_linkage::splink;
use ijsberg_tables::Grid;
use ijsberg_tables::edges::Edges;

/// Tries any bytes.
pub(crate) fn run(bytes: &[u8]) {
    let _ = Edges::read(bytes);
    // Any bytes as a list with names, read as its own columns say.
    if let Ok(grid) = Grid::read(bytes) {
        let lists = ["a", "b"].map(|name| Rows { name, header: &grid.header, rows: &grid.rows });
        if let Ok(schema) = Schema::of_list(&lists[0]) {
            let _ = schema.records(&lists);
        }
    }
    if let Ok(file) = CodeFile::read(bytes, "list") {
        let mut other = file.clone();
        "other".clone_into(&mut other.list);
        if let Ok(lists) = CodeLists::new(&[file, other]) {
            let model = CodeModel::from_codes(&lists);
            let _ = lists.edges(&model, &lists.tally());
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let header = ["given_name", "family_name", "date_of_birth", "sex"].map(str::to_owned);
    let rows = [(2, ["Ana", "Example", "1990-02-30", "f"].map(str::to_owned).to_vec())];
    if let Ok(schema) = toml::from_str::<Schema>(text) {
        let lists = ["a", "b"].map(|name| Rows { name, header: &header, rows: &rows });
        let _ = schema.records(&lists);
    }
    if let Ok(settings) = serde_json::from_str(text) {
        let _ = splink::model(&settings, 3);
    }
    if let Ok(schema) = CodeSchema::parse(text) {
        let cells = vec!["1990-01-02".to_owned(); schema.features.len()];
        if let Ok(encoder) = Encoder::new(&schema, b"a secret of sixteen bytes or more") {
            let _ = encoder.encode(&[(2, cells), (3, vec![String::new(); schema.features.len()])], 1);
        }
    }
}
