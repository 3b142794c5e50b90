//! The charts of a report as files of their own: each as a picture with its title and its source, and as the figures that it shows.

use std::collections::BTreeSet;

use ijsberg_report::text::{Language, Text};

use crate::document::{Block, Document, standing};
use crate::edition::Edition;
use crate::tabulation::stages;

/// The folder of the files, beside the page.
pub const FOLDER: &str = "charts";

/// A chart as files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Their name in the folder, without an ending; the same every year.
    pub name: String,
    /// The picture, as SVG.
    pub svg: String,
    /// Its figures, as CSV.
    pub csv: String,
}

/// The address of the files of a chart, beside the page and without their endings.
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

/// What a chart says of itself wherever it is passed on: from which report it is, whether its figures are final, and what every reader
/// must know.
fn source(text: &Text, e: &Edition, d: &Document) -> String {
    let day = text.day(&d.date.to_string());
    let mut all = vec![text.fill("chart-source", &[("title", d.title.clone()), ("date", day)])];
    all.extend(stages::note(text, e));
    let words = |block: Block| if let Block::Note(words) = block { Some(words) } else { None };
    all.extend(standing(text, e).into_iter().filter_map(words));
    all.join(" ")
}
