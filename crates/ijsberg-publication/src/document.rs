//! The report as a document: blocks that a page and a PDF are both made of, so that they say the same.

mod chapters;
pub(crate) mod titles;

use std::sync::LazyLock;

use ijsberg_outside::identifier;
use ijsberg_report::Analysis;
use ijsberg_report::assessment::words;
use ijsberg_report::charts::{Chart, Part};
use ijsberg_report::headline::conclusion;
use ijsberg_report::text::{Language, Text};
use ijsberg_signals::rules::Rules;

use crate::claims::{self, Change};
use crate::document::titles::Title;
use crate::edition::Edition;
use crate::estimate::Sized;
use crate::families::{Family, How};
use crate::figures;
use crate::names::Names;
use crate::persons::folded;
use crate::tables::PublicTable;
use crate::write;

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
        if let Some(table) = write::tables(self.t, self.e).into_iter().find(whole) {
            self.blocks.push(Block::Table(self.names.table(table)));
        }
    }
}

/// The name of the chart of persons by something.
pub(crate) fn figure_by(what: &str) -> String {
    format!("by-{}", identifier(what))
}

/// Bars of a chart at most; the table beside it has them all.
pub(crate) const MOST_BARS: usize = 20;

/// What the law asks for beside sex, age and form, each with a chapter of its own.
pub(crate) const BREAKDOWNS: [&str; 3] = ["sector", "region", "citizenship"];

/// The word for a covariate.
pub fn covariate(text: &Text, name: &str) -> String {
    if BREAKDOWNS.contains(&folded(name).as_str()) {
        return text.say(&format!("legal-by-{}", folded(name)));
    }
    let key = format!("covariate-{}", name.to_lowercase());
    let said = text.say(&key);
    if said == key { name.to_owned() } else { said }
}

/// The word for a level.
pub fn level(text: &Text, covariate: &str, level: &str) -> String {
    let known = |key: String| Some(text.say(&key)).filter(|said| *said != key);
    if covariate == "signal" {
        return signal(text, level);
    }
    if folded(covariate) == "citizenship"
        && let Some(group) = known(format!("legal-citizenship-{level}"))
    {
        return group;
    }
    // Means of coercion are written with the codes of control.
    let covariate = if covariate == "means" { "control" } else { covariate };
    known(format!("value-{}", level.replace(' ', "-")))
        .or_else(|| known(format!("code-{}-{level}", covariate.to_lowercase())))
        .unwrap_or_else(|| level.to_owned())
}

/// The question or the indicator that was answered with yes; its name where the instrument has none of that name.
fn signal(text: &Text, id: &str) -> String {
    static RULES: LazyLock<Rules> = LazyLock::new(Rules::shipped);
    let indicator = || RULES.operational.indicators.iter().find(|i| i.own_question() == id).map(|i| &i.text);
    let said = RULES.questions.get(id).map(|q| &q.text).or_else(indicator);
    said.map_or_else(|| id.to_owned(), |said| words(text, said).to_owned())
}

/// The title of an edition.
pub fn title(text: &Text, e: &Edition) -> String {
    text.fill("report-title", &[("year", e.options.year.to_string())])
}

fn change(text: &Text, key: &str, change: Change, values: &[(&str, String)]) -> String {
    text.fill(&format!("{key}-{}", change.key()), values)
}

/// Sentences of the summary. What rose or fell is said only where the interval of the difference says so.
pub fn summary(text: &Text, e: &Edition) -> Vec<String> {
    let year = e.options.year;
    let mut all = Vec::new();
    if let Some(now) = e.reported(year) {
        let how = e.families.first().map_or(How::Noise, |f| f.how);
        let about = |year: i16, n: u64| {
            [("year", year.to_string()), ("n", figures::about(text, n, e.how_in(year, how)))]
        };
        all.push(if e.nobody.contains(&year) {
            text.fill("report-nobody", &[("year", year.to_string())])
        } else {
            text.fill("report-reported", &about(year, now.get()))
        });
        // Nobody and nobody are no more and no fewer.
        let is_other = !(e.nobody.contains(&year) && e.nobody.contains(&(year - 1)));
        if let Some(before) = e.reported(year - 1).filter(|_| is_other) {
            let difference = claims::reported(&e.options.noise, how, before.get(), now.get());
            let values = about(year - 1, before.get());
            all.push(change(text, "report-reported", Change::of(difference), &values));
        }
    }
    all.push(conclusion(text, &e.whole.analysis));
    all.extend(write::nobody::withheld(text, e));
    if let Some((c, all_of)) = e.with_covariates.as_ref().ok().and_then(|c| Some((c, c.of(&[])?))) {
        let values = [
            ("what", names(text, &c.used)),
            ("n", text.number(all_of.n_hat)),
            ("low", text.number(all_of.limits.0)),
            ("high", text.number(all_of.limits.1)),
            ("year", text.number(all_of.n_hat / e.families.first().map_or(1, |f| f.years.len()) as f64)),
        ];
        all.push(text.fill("report-summary-covariates", &values));
    }
    if let (Some(before), Some(now)) = (e.of_year(year - 1), e.of_year(year))
        && let Some(difference) = claims::estimated(before, now)
    {
        let values = [
            ("year", year.to_string()),
            ("before", (year - 1).to_string()),
            ("low", text.number(difference.0)),
            ("high", text.number(difference.1)),
        ];
        all.push(change(text, "report-estimated", Change::of(difference), &values));
    }
    all
}

fn names(text: &Text, covariates: &[String]) -> String {
    covariates.iter().map(|c| covariate(text, c)).collect::<Vec<_>>().join(", ")
}

/// The years as charts draw them. One with nobody has neither an estimate nor a bound: its 0 is in the table and in the text.
pub(crate) fn drawn_years(e: &Edition) -> Vec<&Sized> {
    let is_of_nobody = |p: &Sized| p.level.parse().is_ok_and(|year| e.nobody.contains(&year));
    e.parts.iter().filter(|p| p.covariate == "year" && !is_of_nobody(p)).collect()
}

/// Parts as charts draw them; one that is hidden is left out.
pub(crate) fn parts(text: &Text, of: &[&Sized]) -> Vec<Part> {
    let part = |s: &&Sized| {
        Some(Part {
            label: level(text, &s.covariate, &s.level),
            seen: s.reported?.get() as f64,
            n_hat: s.n_hat.unwrap_or(f64::NAN),
            limits: s.limits,
        })
    };
    of.iter().filter_map(part).collect()
}

/// What was attacked, what is known of the count that most is known of, and what is not promised.
pub fn risk(text: &Text, e: &Edition) -> Vec<String> {
    let p = &e.passed;
    let number = |n: usize| text.number(n as f64);
    let mut all =
        vec![text.fill(
            "report-risk-attacked",
            &[("numbers", number(p.numbers)), ("together", number(p.together))],
        )];
    all.push(match (&p.narrowest_in, p.narrowest) {
        (Some(family), Some(narrowest)) => {
            let family =
                if family == crate::gate::ASKED { text.say("report-sdg") } else { covariate(text, family) };
            let values =
                [("small", number(p.small)), ("family", family), ("narrowest", narrowest.to_string())];
            text.fill("report-risk-small", &values)
        }
        _ => text.say("report-risk-none"),
    });
    let hidden: usize = e.families.iter().chain(&e.marks).map(Family::hidden).sum();
    if hidden > 0 {
        all.push(text.fill("report-risk-hidden", &[("hidden", number(hidden))]));
    }
    let limits = [
        ("revised", crate::persons::REVISED.to_string()),
        ("vintages", crate::persons::VINTAGES.to_string()),
    ];
    all.push(text.fill("report-risk-frozen", &limits));
    all.push(text.say("report-risk-not"));
    all
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
    let names = Names::of(text, e);
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
    let names = Names::of(text, e);
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
