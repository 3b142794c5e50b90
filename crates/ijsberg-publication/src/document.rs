//! The report as a document: blocks that a page and a PDF are both made of, so that they say the same.

use std::sync::LazyLock;

use ijsberg_report::assessment::words;
use ijsberg_report::charts::{self, Chart, Part};
use ijsberg_report::findings::findings;
use ijsberg_report::granted::{assumptions, granted};
use ijsberg_report::headline::{conclusion, reason, verdict};
use ijsberg_report::text::{Language, Text};
use ijsberg_signals::rules::Rules;

use crate::claims::{self, Change};
use crate::covariates::{Explained, WithCovariates, Without};
use crate::edition::Edition;
use crate::estimate::Sized;
use crate::families::{Family, How, Plain};
use crate::tables::{PublicTable, estimates_id, reported_id};
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
        /// The chart.
        chart: Chart,
        /// Its caption.
        caption: String,
    },
    /// A table.
    Table(PublicTable),
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

    fn figure(&mut self, caption: String, chart: Option<Chart>) {
        self.blocks.extend(chart.map(|chart| Block::Figure { chart, caption }));
    }

    fn table(&mut self, id: &str) {
        if let Some(table) = write::tables(self.t, self.e).into_iter().find(|t| t.id == id) {
            self.blocks.push(Block::Table(table));
        }
    }
}

/// The word for a covariate.
pub fn covariate(text: &Text, name: &str) -> String {
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
        let values = [("year", year.to_string()), ("n", text.number(now.get() as f64))];
        all.push(text.fill("report-reported", &values));
        if let Some(before) = e.reported(year - 1) {
            let how = e.families.first().map_or(How::Noise, |f| f.how);
            let difference = claims::reported(&e.options.noise, how, before.get(), now.get());
            let values = [("year", (year - 1).to_string()), ("n", text.number(before.get() as f64))];
            all.push(change(text, "report-reported", Change::of(difference), &values));
        }
    }
    all.push(conclusion(text, &e.whole.analysis));
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

/// The section of the estimate that takes covariates into account.
fn with_covariates(w: &mut Writer<'_>, c: &WithCovariates) {
    let (text, e) = (w.t, w.e);
    w.heading("report-covariates");
    w.blocks.push(Block::Note(text.say("report-covariates-note")));
    let values = [
        ("what", names(text, &c.used)),
        ("model", c.model.clone()),
        ("sd", text.percent(c.noise_sd)),
        ("replicates", e.options.settings.replicates.min(crate::covariates::REPLICATES).to_string()),
    ];
    w.fill("report-covariates-text", &values);
    if !c.left_out.is_empty() {
        w.fill("report-covariates-left-out", &[("what", names(text, &c.left_out))]);
    }
    let part = |p: &Explained| {
        let [(name, of)] = p.part.as_slice() else { return None };
        Some(Part {
            label: level(text, name, of),
            seen: e.reported_of(&p.part)?.get() as f64,
            n_hat: p.n_hat,
            limits: Some(p.limits),
        })
    };
    let is_year = |p: &Explained| p.part.first().is_some_and(|(name, _)| name == "year");
    let (years, others): (Vec<_>, Vec<_>) = c.parts.iter().partition(|p| is_year(p));
    let of = |all: Vec<&Explained>| all.into_iter().filter_map(part).collect::<Vec<Part>>();
    let caption = text.say("chart-trend");
    w.figure(caption.clone(), charts::series(text, &caption, &of(years)));
    let caption = text.say("chart-levels");
    w.figure(caption.clone(), charts::bars(text, &caption, &of(others)));
    w.table("with-covariates");
}

fn parts(text: &Text, of: &[&Sized]) -> Vec<Part> {
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

/// Bars of counts alone, the longest first.
fn counted(text: &Text, family: &Family) -> Vec<Part> {
    let mut all: Vec<(f64, &String)> = Vec::new();
    for (l, name) in family.levels.iter().enumerate() {
        all.extend(family.by_level[l].map(|n| (n.get() as f64, name)));
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let part = |(n, name): &(f64, &String)| Part {
        label: level(text, &family.name, name),
        seen: *n,
        n_hat: *n,
        limits: None,
    };
    all.iter().take(MOST_BARS).map(part).collect()
}

/// Bars of a chart at most; the table beside it holds them all.
const MOST_BARS: usize = 20;

/// Composes the report in a language.
pub fn compose(text: &Text, e: &Edition) -> Document {
    let mut w = Writer { t: text, e, blocks: Vec::new() };
    let (a, o) = (&e.whole.analysis, &e.options);
    if let Some(day) = o.embargo {
        w.blocks.push(Block::Note(text.fill("report-embargo", &[("day", day.to_string())])));
    }
    if e.options.synthetic {
        w.blocks.push(Block::Note(text.say("report-synthetic")));
    }
    w.heading("report-summary");
    w.blocks.push(Block::List(summary(text, e)));
    w.blocks.push(Block::Note(format!("{}: {}", text.say("verdict"), verdict(text, a))));
    let because = |r| format!("{} {}", text.say("because"), reason(text, r));
    if !a.diagnostics.reasons.is_empty() {
        w.blocks.push(Block::List(a.diagnostics.reasons.iter().map(because).collect()));
    }
    if let Some(why) = e.whole.withheld {
        let least = crate::estimate::LEAST_OVERLAP.to_string();
        w.blocks.push(Block::Note(text.fill(&format!("report-withheld-{}", why.key()), &[("least", least)])));
    }
    w.table("key-figures");
    w.figure(text.say("chart-iceberg"), charts::iceberg(text, a));
    w.heading("report-what");
    w.blocks
        .push(Block::List(["report-what-1", "report-what-2", "report-what-3"].map(|k| text.say(k)).to_vec()));

    w.heading("report-trend");
    if !e.is_more_than_a_bound() {
        w.blocks.push(Block::Note(text.say("report-parts-bound")));
    }
    let years: Vec<&Sized> = e.parts.iter().filter(|p| p.covariate == "year").collect();
    let caption = text.say(&charts::caption("chart-trend", &parts(text, &years)));
    w.figure(caption.clone(), charts::series(text, &caption, &parts(text, &years)));
    w.table("estimates-year");
    for family in &e.families[1..] {
        w.blocks.push(Block::Heading(2, text.fill("report-by", &[("what", covariate(text, &family.name))])));
        let of: Vec<&Sized> = e.parts.iter().filter(|p| p.covariate == family.name).collect();
        let title = text.fill("report-by", &[("what", covariate(text, &family.name))]);
        let of = parts(text, &of);
        w.figure(text.say(&charts::caption("chart-levels", &of)), charts::bars(text, &title, &of));
        w.table(&reported_id(&family.name));
        w.table(&estimates_id(&family.name));
    }
    for family in &e.marks {
        let title = text.fill("report-by", &[("what", covariate(text, &family.name))]);
        w.blocks.push(Block::Heading(2, title.clone()));
        w.figure(text.say("chart-marks"), charts::bars(text, &title, &counted(text, family)));
        w.table(&reported_id(&family.name));
    }
    match &e.with_covariates {
        Ok(c) => with_covariates(&mut w, c),
        Err(Without::Covariates) => {}
        Err(why) => {
            w.heading("report-covariates");
            w.blocks.push(Block::Note(text.say(&format!("report-without-{}", why.key()))));
        }
    }
    w.heading("report-by-list");
    w.table("reported-list");
    w.table("lists");
    w.figure(text.say("chart-overlaps"), charts::overlaps(text, a));

    w.heading("report-estimate");
    w.say("report-how");
    if let Some(model) = &e.whole.model {
        w.fill("report-model", &[("model", model.clone())]);
    }
    w.blocks.push(Block::Heading(3, text.say("diagnostics")));
    w.blocks.push(Block::List(findings(text, a)));
    w.figure(text.say("chart-multiverse"), charts::multiverse(text, a));
    w.figure(text.say("chart-forest"), charts::forest(text, a));
    w.table("methods");
    w.blocks.push(Block::Heading(3, text.say("identification-title")));
    w.blocks.push(Block::List(granted(text, a, true)));
    w.figure(charts::sensitivity_caption(text, a), charts::sensitivity(text, a));
    w.blocks.push(Block::Paragraph(assumptions(text, a)));

    w.heading("report-quality");
    w.table("completeness");
    w.table("revisions");
    w.table("bridge");
    w.table("others");
    w.heading("report-disclosure");
    let plain = match o.plain {
        Plain::Noise => None,
        Plain::Rounded => Some("report-disclosure-rounded"),
        Plain::Suppressed => Some("report-disclosure-suppressed"),
    };
    let hidden: usize = e.families.iter().chain(&e.marks).map(Family::hidden).sum();
    if let Some(key) = plain {
        let least = crate::gate::THRESHOLD.to_string();
        w.fill(key, &[("least", least), ("hidden", text.number(hidden as f64))]);
    }
    w.fill(
        if plain.is_some() { "report-disclosure-histories" } else { "report-disclosure-text" },
        &[
            ("variance", text.decimal(e.options.noise.variance, 1)),
            ("largest", e.options.noise.largest.to_string()),
            ("sd", text.percent(e.whole.noise_sd)),
        ],
    );
    if !e.passed.revised.is_empty() {
        w.fill("report-revised", &[("what", e.passed.revised.join(", "))]);
    }
    w.blocks.push(Block::Heading(3, text.say("report-risk")));
    w.blocks.push(Block::List(risk(text, e)));
    w.table("capture-histories");
    w.heading("report-sdg");
    w.say("report-sdg-text");
    w.table("sdg-16-2-2");
    w.heading("report-glossary");
    let terms = ["victim", "list", "history", "estimate", "interval", "protected", "sight"];
    let facts = ["trafficking", "means", "signal", "known"].map(|k| text.say(&format!("facts-term-{k}")));
    let terms = terms.map(|k| text.say(&format!("report-term-{k}")));
    w.blocks.push(Block::List([&terms[..], &facts].concat()));
    w.heading("report-again");
    w.fill(
        "report-again-text",
        &[
            ("version", a.provenance.version.clone()),
            ("sha", a.provenance.sha256.clone()),
            ("seed", o.settings.seed.to_string()),
            ("replicates", o.settings.replicates.to_string()),
        ],
    );
    let window = [("from", e.from().to_string()), ("to", o.year.to_string())];
    Document {
        language: text.language(),
        title: title(text, e),
        subtitle: text.fill("report-subtitle", &window),
        date: o.date,
        blocks: w.blocks,
    }
}
