//! The report as a document: the blocks from which both the page and the PDF are made, so that their contents are the same.

mod chapters;
pub(crate) mod charted;
mod sentences;
pub(crate) mod titles;

use ijsberg_report::Analysis;
use ijsberg_report::charts::Chart;
use ijsberg_report::text::{Language, Text};

use crate::document::titles::Title;
use crate::edition::Edition;
use crate::names::Names;
use crate::tables::PublicTable;
use crate::tabulation;

pub use sentences::{risk, summary};

/// A block of a document.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading with its level, starting at 1.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// A highlighted note.
    Note(String),
    /// A list of items.
    List(Vec<String>),
    /// A chart with its caption.
    Figure {
        /// Its name in addresses and file names, the same in every language and every year.
        id: String,
        /// The chart.
        chart: Chart,
        /// Its caption: its main result with the number, if that is certain.
        caption: String,
        /// Its subject, if the caption is the result; otherwise empty.
        of: String,
    },
    /// A table.
    Table(PublicTable),
}

impl Block {
    pub(crate) fn figure(id: &str, Title { caption, of }: Title, chart: Chart) -> Self {
        Self::Figure { id: id.to_owned(), chart, caption, of }
    }
}

/// A document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its language.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// The line below the title.
    pub subtitle: String,
    /// The day of the edition.
    pub date: jiff::civil::Date,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

struct Writer<'a> {
    t: &'a Text,
    e: &'a Edition,
    /// The names of the lists.
    names: &'a Names,
    /// The analysis of the edition with these names.
    a: &'a Analysis,
    blocks: Vec<Block>,
}

impl Writer<'_> {
    fn heading(&mut self, key: &str) {
        self.blocks.push(Block::Heading(2, self.t.say(key)));
    }

    fn say(&mut self, key: &str) {
        self.blocks.push(Block::Paragraph(self.t.say(key)));
    }

    fn fill(&mut self, key: &str, values: &[(&str, String)]) {
        self.blocks.push(Block::Paragraph(self.t.fill(key, values)));
    }

    fn figure(&mut self, id: &str, title: Title, chart: Option<Chart>) {
        self.blocks.extend(chart.map(|chart| Block::figure(id, title, chart)));
    }

    fn table(&mut self, id: &str) {
        // A table without rows is only in the open data, where its columns have a use; it has no information for readers.
        let whole = |t: &PublicTable| t.id == id && !t.rows.is_empty();
        if let Some(table) = tabulation::tables(self.t, self.e).into_iter().find(whole) {
            self.blocks.push(Block::Table(self.names.table(table)));
        }
    }
}

/// The title of an edition.
pub fn title(text: &Text, e: &Edition) -> String {
    text.fill("report-title", &[("year", e.options.year.to_string())])
}

/// Notes that every reader must see first: an embargo, and that the persons are synthetic.
pub(crate) fn required_notes(text: &Text, e: &Edition) -> Vec<Block> {
    let embargo = e.options.embargo.map(|day| text.fill("report-embargo", &[("day", day.to_string())]));
    let synthetic = e.options.synthetic.then(|| text.say("report-synthetic"));
    embargo.into_iter().chain(synthetic).map(Block::Note).collect()
}

/// Sections of the report that another text may place.
pub(crate) const PARTS: [&str; 8] =
    ["what", "covariates", "estimate", "quality", "disclosure", "sdg", "glossary", "again"];

/// Such a section without its heading; empty if the edition has none.
pub(crate) fn part(text: &Text, e: &Edition, name: &str) -> Vec<Block> {
    let names = Names::from_edition(text, e);
    let a = names.analysis(&e.whole.analysis);
    let mut w = Writer { t: text, e, names: &names, a: &a, blocks: Vec::new() };
    match name {
        "what" => chapters::what(&mut w),
        "covariates" => chapters::by_covariates(&mut w),
        "estimate" => chapters::estimated(&mut w),
        "quality" => chapters::quality(&mut w),
        "disclosure" => chapters::disclosure(&mut w),
        "sdg" => chapters::nations(&mut w),
        "glossary" => chapters::glossary(&mut w),
        "again" => chapters::again(&mut w),
        _ => {}
    }
    w.blocks.into_iter().skip(1).collect()
}

/// Composes the report in a language.
pub fn compose(text: &Text, e: &Edition) -> Document {
    let names = Names::from_edition(text, e);
    let a = names.analysis(&e.whole.analysis);
    let mut w = Writer { t: text, e, names: &names, a: &a, blocks: required_notes(text, e) };
    let o = &e.options;
    chapters::summed_up(&mut w);
    chapters::trend(&mut w);
    chapters::by_covariates(&mut w);
    chapters::by_list(&mut w);
    chapters::estimated(&mut w);
    chapters::quality(&mut w);
    chapters::disclosure(&mut w);
    chapters::words(&mut w);
    chapters::again(&mut w);
    let window = [("from", e.from().to_string()), ("to", o.year.to_string())];
    Document {
        language: text.language(),
        title: title(text, e),
        subtitle: text.fill("report-subtitle", &window),
        date: o.date,
        blocks: w.blocks,
    }
}
