//! A file as a list of records.

use ijsberg_linkage::schema::Schema;
use ijsberg_tables::{Cells, Grid, ReadError};

/// The list in a file. Of a workbook with several sheets it is the one whose columns are known.
///
/// # Errors
/// [`ReadError::SeveralLists`] where several are.
pub fn list_of(cells: Cells) -> Result<Grid, ReadError> {
    let sheets = cells.sheets_to_choose();
    if sheets.len() < 2 {
        return Ok(cells.list());
    }
    let list = |name: &String| cells.sheet(name).map(Cells::list).filter(|g| !g.rows.is_empty());
    let lists: Vec<(&String, Grid)> = sheets
        .iter()
        .filter_map(|s| Some((s, list(s)?)))
        .filter(|l| recognised(&Schema::propose(&l.1.header)))
        .collect();
    match lists.len() {
        0 => Ok(cells.list()),
        1 => Ok(lists.into_iter().next().map(|l| l.1).unwrap_or_default()),
        _ => {
            let sheets: Vec<&str> = lists.iter().map(|l| l.0.as_str()).collect();
            Err(ReadError::SeveralLists { sheets: sheets.join(", ") })
        }
    }
}

/// Whether a schema has something to link by.
pub fn recognised(schema: &Schema) -> bool {
    let named = !schema.given.is_empty() || !schema.family.is_empty() || schema.full.is_some();
    named || schema.birth.is_some() || schema.identifier.is_some()
}
