//! Open data in standard formats: in addition to the tables of a folder, their structure and numbers in SDMX, a data package, a catalogue in
//! DCAT-AP, a citation, a research object crate, and one bag with everything for deposit.
//!
//! Nothing is counted here: the files contain only the published tables.

mod bag;
mod catalogue;
mod citation;
mod cube;
mod file_names;
mod ids;
mod languages;
mod message;
mod of_edition;
mod of_tables;
mod package;
mod ro_crate;

use ijsberg_outside::json;
use ijsberg_report::text::Text;
use jiff::civil::Date;
use zip::result::ZipError;

use crate::tables::PublicTable;
use crate::write::File;

pub use citation::citation;
pub use cube::{Component, Cube, Names, Observation, Structure};
use file_names::{BAG, CATALOGUE, CITATION, CRATE, PACKAGE, STRUCTURE, sdmx_file};
pub use languages::LANGUAGES;
pub use of_edition::describe_edition;
pub use of_tables::structure_of;

pub(crate) use cube::{NO_NUMBER, TIME};
pub(crate) use ids::component_id;
pub(crate) use languages::names;
pub(crate) use of_tables::add_table;

/// The description of a folder.
#[derive(Debug, Clone)]
pub struct FolderInfo {
    /// Its name among all folders, such as `2025-eu-19a`.
    pub id: String,
    /// The title.
    pub titles: Names,
    /// The description.
    pub descriptions: Names,
    /// The publisher.
    pub publishers: Names,
    /// The code of the country.
    pub country: String,
    /// The name of the country.
    pub countries: Names,
    /// The first and the last year that it covers.
    pub years: [i16; 2],
    /// The day of the edition.
    pub date: Date,
    /// The stage (preliminary, final or revised) as written in files; `None` if it is not known.
    pub stage: Option<&'static str>,
    /// Whether all persons are synthetic.
    pub synthetic: bool,
    /// The subfolder of the tables, with a slash; empty if they are in the folder itself.
    pub tables: &'static str,
}

impl FolderInfo {
    /// The version: the day and the stage of the figures.
    fn version(&self) -> String {
        self.stage.map_or_else(|| self.date.to_string(), |stage| format!("{} ({stage})", self.date))
    }
}

/// The files of a folder including the open-data files. `tables` are the tables of its CSV files, in the order of [`LANGUAGES`].
///
/// # Errors
/// If the archive cannot hold them.
pub fn with_open_data(
    texts: [&Text; 2],
    about: &FolderInfo,
    (structure, tables): (&Structure, [&[PublicTable]; 2]),
    mut files: Vec<File>,
) -> Result<Vec<File>, ZipError> {
    let message = structure.message(about, &names(texts, |t| t.say("data-concepts")));
    files.push((STRUCTURE.to_owned(), message.into_bytes()));
    for cube in structure.cubes() {
        files.push((sdmx_file(&cube.table), structure.csv(cube).into_bytes()));
    }
    files.push((CITATION.to_owned(), citation::file(texts[0], about).into_bytes()));
    let package = json(&package::package(about, tables[0], &files)).unwrap_or_default();
    files.push((PACKAGE.to_owned(), package.into_bytes()));
    let described = json(&ro_crate::metadata(texts, about, tables[0], &files)).unwrap_or_default();
    files.push((CRATE.to_owned(), described.into_bytes()));
    let catalogue = json(&catalogue::catalogue(texts, about, tables, &files)).unwrap_or_default();
    files.push((CATALOGUE.to_owned(), catalogue.into_bytes()));
    let bag = bag::bag(about, &files)?;
    files.push((BAG.to_owned(), bag));
    Ok(files)
}

/// The lines of an index that describe the open-data files.
pub fn lines(text: &Text) -> Vec<String> {
    let all = [
        (STRUCTURE, "data-index-structure"),
        ("sdmx/*.csv", "data-index-sdmx"),
        (PACKAGE, "data-index-package"),
        (CATALOGUE, "data-index-catalogue"),
        (CITATION, "data-index-citation"),
        (CRATE, "data-index-crate"),
        (BAG, "data-index-bag"),
    ];
    all.iter().map(|(file, key)| format!("{file}: {}", text.say(key))).collect()
}
