//! Files that the user names. A table is taken apart by another process of this program, so that no file ends this one or comes near
//! the keys that it may hold.

use std::io::Read;
use std::path::Path;

use anyhow::anyhow;
use ijsberg_apart::{Kind, Reader};
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::{Cells, Grid, ReadError, Sheet};
use serde::de::DeserializeOwned;

/// Bytes of a file that are read. Devices and pipes may have no end.
const MOST: u64 = 4 << 30;

/// The bytes of a file.
pub(crate) fn read_file(text: &Text, path: &Path) -> anyhow::Result<Vec<u8>> {
    let wrong = |why: String| {
        let parts = [("path", path.display().to_string()), ("why", why)];
        anyhow!(text.fill("argument-file", &parts))
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| wrong(errors::register::io_error(text, &e)))?;
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(|e| wrong(errors::register::io_error(text, &e)))?;
    if bytes.len() as u64 > MOST {
        return Err(wrong(text.fill("argument-file-large", &[("most", (MOST >> 30).to_string())])));
    }
    Ok(bytes)
}

/// The contents of a file that the program keeps for itself; nothing yet where there is none. `wrong` is the text for one that cannot be
/// read, with its path, line and column.
pub(crate) fn kept<T: DeserializeOwned + Default>(
    text: &Text,
    path: &Path,
    wrong: &str,
) -> anyhow::Result<T> {
    if !path.exists() {
        return Ok(T::default());
    }
    serde_json::from_slice(&read_file(text, path)?).map_err(|e| {
        let parts = [
            ("path", path.display().to_string()),
            ("line", e.line().to_string()),
            ("column", e.column().to_string()),
        ];
        anyhow!(text.fill(wrong, &parts))
    })
}

/// Takes bytes apart.
pub(crate) fn take_apart(bytes: Vec<u8>, kind: Kind) -> Result<Cells, ReadError> {
    let reader = Reader::of_this_program(kind).map_err(|e| ReadError::NoReader { why: e.to_string() })?;
    reader.read(bytes, &|| false)
}

/// A file taken apart.
pub(crate) fn cells(text: &Text, path: &Path) -> anyhow::Result<Cells> {
    take_apart_file(text, path, Kind::Own)
}

/// The same, with the unchanged cells of separated text.
pub(crate) fn as_written(text: &Text, path: &Path) -> anyhow::Result<Cells> {
    take_apart_file(text, path, Kind::AsWritten)
}

/// A file as a grid.
pub(crate) fn grid(text: &Text, path: &Path) -> anyhow::Result<Grid> {
    Ok(cells(text, path)?.grid())
}

/// All sheets of a workbook.
pub(crate) fn sheets(text: &Text, path: &Path) -> anyhow::Result<Vec<Sheet>> {
    Ok(take_apart_file(text, path, Kind::Form)?.sheets())
}

fn take_apart_file(text: &Text, path: &Path, kind: Kind) -> anyhow::Result<Cells> {
    take_apart(read_file(text, path)?, kind).map_err(|e| wrong(text, path, &e))
}

/// What is wrong with a file, with its name.
pub(crate) fn wrong(text: &Text, path: &Path, error: &ReadError) -> anyhow::Error {
    anyhow!("{}: {}", path.display(), errors::read_error(text, error))
}
