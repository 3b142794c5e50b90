//! The charts of a report as separate files: a picture with title and source, and the figures of the chart.

use std::collections::BTreeSet;

use ijsberg_report::text::{Language, Text};

use crate::document::{Block, Document, required_notes};
use crate::edition::Edition;
use crate::tabulation::stages;

/// The folder of the files, next to the page.
pub const FOLDER: &str = "charts";

/// A chart as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Their name in the folder without extension, the same every year.
    pub name: String,
    /// The picture, as SVG.
    pub svg: String,
    /// Its figures, as CSV.
    pub csv: String,
}

/// The address of the files of a chart relative to the page, without extension.
pub(crate) fn address(id: &str, language: Language) -> String {
    format!("{FOLDER}/{}", named(id, language))
}

fn named(id: &str, language: Language) -> String {
    format!("{id}.{}", language.code())
}

/// The charts of a report, each once.
pub fn pictures(text: &Text, e: &Edition, d: &Document) -> Vec<Picture> {
    let source = source(text, e, d);
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for block in &d.blocks {
        let Block::Figure { id, chart, caption, of } = block else { continue };
        if seen.insert(id) {
            let (name, csv) = (named(id, d.language), chart.data.csv());
            all.push(Picture { name, svg: chart.alone(caption, of, &source), csv });
        }
    }
    all
}

/// The source line of a chart, for use outside the report: the report, the stage of the figures, and the notes that every reader must see.
fn source(text: &Text, e: &Edition, d: &Document) -> String {
    let day = text.day(&d.date.to_string());
    let mut all = vec![text.fill("chart-source", &[("title", d.title.clone()), ("date", day)])];
    all.extend(stages::note(text, e));
    let words = |block: Block| if let Block::Note(words) = block { Some(words) } else { None };
    all.extend(required_notes(text, e).into_iter().filter_map(words));
    all.join(" ")
}
