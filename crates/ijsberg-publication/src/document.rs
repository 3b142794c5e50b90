//! The report as a document: blocks that a page and a PDF are both made of, so that they say the same.

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
    /// A heading at a depth from 1.
    Heading(u8, String),
    /// Words.
    Paragraph(String),
    /// What must not be missed.
    Note(String),
    /// Several of something.
    List(Vec<String>),
    /// A chart, with what stands beside it.
    Figure {
        /// Its name in addresses and files, the same in every language and every year.
        id: String,
        /// The chart.
        chart: Chart,
        /// Its caption: what it shows, with its number where that is known.
        caption: String,
        /// Of what it is, where the caption says what it shows; otherwise nothing.
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
    /// What it is, below the title.
    pub subtitle: String,
    /// The day of the edition.
    pub date: jiff::civil::Date,
    /// Its blocks.
    pub blocks: Vec<Block>,
}

struct Writer<'a> {
    t: &'a Text,
    e: &'a Edition,
    /// What the lists are called.
    names: &'a Names,
    /// The analysis of the edition, with those names.
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
        // One without rows is in the open data, where its columns say what there would be; readers have nothing to read in it.
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

/// What every reader must be told first: an embargo, and that the persons are synthetic.
pub(crate) fn standing(text: &Text, e: &Edition) -> Vec<Block> {
    let embargo = e.options.embargo.map(|day| text.fill("report-embargo", &[("day", day.to_string())]));
    let synthetic = e.options.synthetic.then(|| text.say("report-synthetic"));
    embargo.into_iter().chain(synthetic).map(Block::Note).collect()
}

/// Sections of the report that another text may place.
pub(crate) const PARTS: [&str; 8] =
    ["what", "covariates", "estimate", "quality", "disclosure", "sdg", "glossary", "again"];

/// Such a section, without its heading; nothing where the edition has none.
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
    let mut w = Writer { t: text, e, names: &names, a: &a, blocks: standing(text, e) };
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
