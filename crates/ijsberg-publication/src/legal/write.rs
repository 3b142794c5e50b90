//! A delivery as tables, pages and machine-readable files.

mod about;
mod bridge;
mod columns;
mod cubes;
mod delays;
mod glotip;
mod groups;
mod notes;
mod pages;
mod quality;
mod sdg;

use ijsberg_report::text::{Language, Text};

use crate::country::name;
use crate::legal::delivery::{Delivery, Kind};
use crate::legal::measure::Measure;
use crate::tables::PublicTable;
use crate::write::open_data::{LANGUAGES, with_open_data};
use crate::write::{Cover, csvw, html, ods, xlsx};

use about::{measures, title_key};
pub use bridge::bridge;
use columns::{columns, row_of};
pub use cubes::cubes;
pub use delays::delays;
pub use glotip::glotip;
pub use groups::groups;
use notes::{noted, stage_note};
use pages::index;
pub use quality::{not_delivered, quality};
pub use sdg::{sdg, sdmx};

pub use crate::write::File;

/// Letters of the tables of article 19a.
pub const LETTERS: [char; 7] = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/// The seven tables of article 19a.
pub fn eu(text: &Text, d: &Delivery) -> Vec<PublicTable> {
    let table = |letter: char| {
        let rows = d.table(letter);
        PublicTable {
            id: format!("eu-19a-{letter}"),
            title: text.fill(&format!("legal-table-{letter}"), &[("year", d.request.year.to_string())]),
            notes: notes(text, d, letter),
            columns: columns(text),
            rows: rows.iter().map(|r| row_of(text, d, r)).collect(),
        }
    };
    LETTERS.into_iter().map(table).collect()
}

fn notes(text: &Text, d: &Delivery, letter: char) -> Vec<String> {
    let keys: &[&str] = match letter {
        'a' => &[
            "legal-note-organisations",
            "legal-note-first",
            "legal-note-undecided",
            "legal-note-identified",
            "legal-note-counted",
            "legal-note-citizenship",
            "legal-note-crossed",
        ],
        'g' => &["legal-note-use"],
        'b' | 'c' | 'e' if d.from_records => &["legal-note-records", "legal-note-citizenship"],
        'b' | 'c' | 'e' => &["legal-note-aggregates"],
        _ => &["legal-note-decisions"],
    };
    let of: Vec<Measure> = Measure::ALL.into_iter().filter(|m| m.table() == letter).collect();
    let mut all = noted(text, d, keys);
    all.push(stage_note(text, d, d.stage_of(&of)));
    all
}

/// Why files cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The Excel workbook.
    #[error(transparent)]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The `OpenDocument` workbook, or the bag.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
}

/// The tables of a delivery.
pub fn tables(text: &Text, d: &Delivery, kind: Kind) -> Vec<PublicTable> {
    let requested: Vec<PublicTable> = match kind {
        Kind::Eu19a => eu(text, d).into_iter().chain(groups(text, d)).collect(),
        Kind::Sdg => vec![sdg(text, d)],
        Kind::Glotip => glotip(text, d),
    };
    // The tables of the quality note are data as well.
    let more = [Some(delays(text, d)), bridge(text, d)].into_iter().flatten();
    requested.into_iter().chain(more).chain(quality::data(text, d)).collect()
}

/// All files of a delivery: each table as CSV with metadata, workbooks, a quality note and an index in both languages, and the open-data
/// files.
///
/// # Errors
/// If a workbook or an archive cannot hold the tables.
pub fn files(d: &Delivery, kind: Kind) -> Result<Vec<File>, WriteError> {
    let texts = LANGUAGES.map(Text::new);
    let texts = texts.each_ref();
    let tables = texts.map(|text| tables(text, d, kind));
    let folder = about::about(texts, d, kind);
    let mut all: Vec<File> = Vec::new();
    for (text, of) in texts.into_iter().zip(&tables) {
        let suffix = if text.language() == Language::Dutch { "" } else { ".en" };
        let title = text.fill(title_key(kind), &[("year", d.request.year.to_string())]);
        let mut about =
            vec![name(text, &d.request.country.name), d.request.date.to_string(), text.say("legal-signs")];
        about.push(stage_note(text, d, d.stage_of(measures(kind))));
        about.extend(d.request.synthetic.then(|| text.say("report-synthetic")));
        let cover = Cover { title, about, date: d.request.date };
        all.push((format!("tables{suffix}.xlsx"), xlsx::workbook_of(text, &cover, of)?));
        all.push((format!("tables{suffix}.ods"), ods::workbook_of(text, &cover, of)?));
        all.push((format!("quality{suffix}.html"), html::page(text, &quality(text, d)).into_bytes()));
        let index = index(text, d, kind, (of.as_slice(), &folder));
        all.push((format!("index{suffix}.html"), html::page(text, &index).into_bytes()));
        // Codes are the same in both languages, so one machine-readable file is enough.
        if text.language() == Language::English {
            for t in of {
                all.push((format!("{}.csv", t.id), csvw::csv(t).into_bytes()));
                let metadata = csvw::metadata_of(text, d.request.date, csvw::stage_in(t), t);
                let metadata = ijsberg_outside::json(&metadata).unwrap_or_default();
                all.push((format!("{}.csv-metadata.json", t.id), metadata.into_bytes()));
            }
        }
    }
    if kind == Kind::Sdg {
        all.push(("sdg-16-2-2.sdmx.csv".to_owned(), sdmx(d).into_bytes()));
    }
    let tables = tables.each_ref().map(Vec::as_slice);
    Ok(with_open_data(texts, &folder, (&cubes(texts, d, tables), tables), all)?)
}
