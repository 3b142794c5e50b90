//! A folder as one file for deposit: a bag (RFC 8493) in an archive, with the checksum of each file.

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use sha2::{Digest, Sha256};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::FolderInfo;
use crate::write::File;

/// The bag declaration.
const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// SHA-256 in hexadecimal digits.
pub(super) fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

/// A line of the bag information; line breaks in the value are replaced.
fn line(name: &str, value: &str) -> String {
    let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{name}: {value}\n")
}

fn information(about: &FolderInfo, files: &[File]) -> String {
    let bytes: usize = files.iter().map(|f| f.1.len()).sum();
    [
        line("Source-Organization", &about.publishers[0]),
        line("External-Identifier", &about.id),
        line("External-Description", &about.titles[0]),
        line("Bagging-Date", &about.date.to_string()),
        line("Payload-Oxum", &format!("{bytes}.{}", files.len())),
        line("Bag-Software-Agent", "ijsberg"),
    ]
    .concat()
}

/// The manifest: a line for each file with its checksum and path.
fn manifest<'a>(files: impl Iterator<Item = (String, &'a [u8])>) -> String {
    files.fold(String::new(), |mut out, (name, bytes)| {
        let _ = writeln!(out, "{}  {name}", sum(bytes));
        out
    })
}

/// The bag. No times are stored, so that the same files give the same bag.
///
/// # Errors
/// If the archive cannot hold them.
pub(super) fn bag(about: &FolderInfo, files: &[File]) -> Result<Vec<u8>, ZipError> {
    let payload = || files.iter().map(|(name, bytes)| (format!("data/{name}"), bytes.as_slice()));
    let (information, sums) = (information(about, files), manifest(payload()));
    let tags = [
        ("bagit.txt", DECLARATION),
        ("bag-info.txt", information.as_str()),
        ("manifest-sha256.txt", sums.as_str()),
    ];
    let tags = tags.map(|(name, text)| (name.to_owned(), text.as_bytes()));
    let sums_of_tags = manifest(tags.clone().into_iter());
    let last = ("tagmanifest-sha256.txt".to_owned(), sums_of_tags.as_bytes());
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, bytes) in tags.into_iter().chain([last]).chain(payload()) {
        out.start_file(format!("{}/{name}", about.id), options)?;
        out.write_all(bytes)?;
    }
    Ok(out.finish()?.into_inner())
}
