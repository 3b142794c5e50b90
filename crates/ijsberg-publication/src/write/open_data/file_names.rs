//! Names of the files that make open data of a folder.

/// The file with all others in it, to deposit.
pub(super) const BAG: &str = "deposit.zip";
/// The data package.
pub(super) const PACKAGE: &str = "datapackage.json";
/// The catalogue.
pub(super) const CATALOGUE: &str = "dcat.jsonld";
/// The folder as a research object crate.
pub(super) const CRATE: &str = "ro-crate-metadata.json";
/// How to cite it.
pub(super) const CITATION: &str = "CITATION.cff";
/// The structure of all tables.
pub(super) const STRUCTURE: &str = "sdmx/structure.xml";

/// The numbers of a table in SDMX.
pub(super) fn sdmx_file(table: &str) -> String {
    format!("sdmx/{table}.csv")
}
