//! Names of the open-data files of a folder.

/// The archive with all other files, for deposit.
pub(super) const BAG: &str = "deposit.zip";
/// The data package.
pub(super) const PACKAGE: &str = "datapackage.json";
/// The catalogue.
pub(super) const CATALOGUE: &str = "dcat.jsonld";
/// The folder as a research object crate.
pub(super) const CRATE: &str = "ro-crate-metadata.json";
/// The citation.
pub(super) const CITATION: &str = "CITATION.cff";
/// The structure of all tables.
pub(super) const STRUCTURE: &str = "sdmx/structure.xml";

/// The file with the numbers of a table in SDMX.
pub(super) fn sdmx_file(table: &str) -> String {
    format!("sdmx/{table}.csv")
}
