//! The chapters that the program writes once for the author to edit: standard sentences with a placeholder for every figure.

use ijsberg_report::text::Text;

use crate::asked::{DIMENSIONS, contains, levels_of};
use crate::edition::Edition;
use crate::families::Family;
use crate::labels::BREAKDOWNS;
use crate::legal::Measure;
use crate::monitor::breakdown::{delivered_id, of_edition};
use crate::monitor::entries::{Facts, name};
use crate::monitor::{Chapter, ending};
use crate::persons::folded;
use crate::source::UNKNOWN;

/// The level names of criminal exploitation.
const CRIMINAL: [&str; 3] = ["CRIMINAL_ACTIVITY", "criminal", "crimineel"];

/// The series of the United Nations by form, with the end of the message key of each.
const SERIES: [(&str, &str); 3] =
    [("vc_htf_detvsx", "sexual"), ("vc_htf_detvfl", "labour"), ("vc_htf_detvop", "other")];

/// A placeholder.
fn slot(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

struct Page<'a> {
    text: &'a Text,
    e: &'a Edition,
    facts: &'a Facts,
    out: String,
}

impl Page<'_> {
    fn block(&mut self, words: &str) {
        self.out += words;
        self.out += "\n\n";
    }

    /// The heading of the chapter, with a hint for the author.
    fn chapter(&mut self, chapter: &str) {
        self.block(&format!("# {}", self.text.say(&format!("monitor-chapter-{chapter}"))));
        let key = format!("monitor-hint-{chapter}");
        let hint = self.text.say(&key);
        if hint != key {
            self.block(&format!("<!-- {hint} -->"));
        }
    }

    fn say(&mut self, key: &str, values: &[(&str, &str)]) {
        let words = self.fill(key, values);
        self.block(&words);
    }

    /// A standard text with placeholders for its values.
    fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let values: Vec<(&str, String)> = values.iter().map(|(name, of)| (*name, slot(of))).collect();
        self.text.fill(key, &values)
    }

    /// The placeholder of a claim with its current state; `None` if the figures support none.
    fn claim(&self, name: &str) -> Option<String> {
        Some(slot(&format!("claim:{name}={}", self.facts.claimed(name)?.state)))
    }

    /// A chart, a table or a section, if there is one.
    fn place(&mut self, names: &[&str]) {
        for name in names.iter().filter(|n| self.facts.has_block(n)) {
            self.out += &slot(name);
            self.out += "\n\n";
        }
    }

    /// The chart and the table of a family.
    fn family(&mut self, family: &Family) {
        let table = format!("table:{}", crate::tables::reported_id(&family.name).to_lowercase());
        self.place(&[&format!("figure:by.{}", name(&[&family.name])), &table]);
    }

    /// The section of a level: persons and their share, change, and estimate.
    fn level(&mut self, family: &Family, code: &str) {
        let of = name(&[family.name.as_str(), code]);
        self.block(&format!("## {}", slot(&format!("name.{of}"))));
        let (now, share) = (format!("{of}.year"), format!("share.{of}"));
        let mut sentences = Vec::new();
        if self.facts.is_shown(&now) {
            let values = [("year", "year"), ("n", now.as_str()), ("share", share.as_str())];
            // The share is left out if the count is 0 or possibly a few.
            let has_share = self.facts.is_somebody(&now) && self.facts.is_shown(&share);
            let key = if has_share { "monitor-level" } else { "monitor-level-count" };
            sentences.push(self.fill(key, &values));
            sentences.extend(self.claim(&of));
        } else {
            sentences.push(self.fill("monitor-level-withheld", &[("year", "year")]));
        }
        let (low, high) = (format!("estimate.{of}.low"), format!("estimate.{of}.high"));
        let window = [("from", "from"), ("year", "year"), ("low", low.as_str()), ("high", high.as_str())];
        if self.facts.is_shown(&low) && self.facts.is_shown(&high) {
            sentences.push(self.fill("monitor-level-range", &window));
        } else if self.facts.is_shown(&low) {
            sentences.push(self.fill("monitor-level-bound", &window[..3]));
        }
        self.block(&sentences.join(" "));
    }
}

/// Writes a chapter.
type Write = for<'a, 'b> fn(&'a mut Page<'b>);

/// The chapters of an edition in a language, in the order of the report. They contain no figures.
pub fn chapters(text: &Text, e: &Edition, facts: &Facts) -> Vec<Chapter> {
    let all: [(&str, Write); 19] = [
        ("00-cover", cover),
        ("00-foreword", |p| p.chapter("foreword")),
        ("01-summary", summary),
        ("02-year", year),
        ("03-sexual", |p| of_form(p, "sexual")),
        ("04-labour", |p| of_form(p, "labour")),
        ("05-criminal", |p| of_form(p, "criminal")),
        ("06-other", |p| of_form(p, "other")),
        ("07-minors", minors),
        ("08-sector", |p| broken_down(p, "sector")),
        ("09-region", |p| broken_down(p, "region")),
        ("10-citizenship", |p| broken_down(p, "citizenship")),
        ("11-reporters", reporters),
        ("12-protection", protection),
        ("13-justice", justice),
        ("14-estimate", estimate),
        ("15-method", method),
        ("16-glossary", glossary),
        ("17-colophon", colophon),
    ];
    let chapter = |(file, write): (&str, Write)| {
        let mut page = Page { text, e, facts, out: String::new() };
        write(&mut page);
        let source = page.out.trim_end().to_owned() + "\n";
        Chapter { file: format!("{file}{}", ending(text.language())), source }
    };
    // A form that does not occur has no chapter.
    all.into_iter().map(chapter).filter(|c| !c.source.trim().is_empty()).collect()
}

fn cover(p: &mut Page<'_>) {
    p.block(&format!("# {}", slot("title")));
    p.block(&format!("<!-- {} -->", p.text.say("monitor-hint-cover")));
    p.say("report-subtitle", &[("from", "from"), ("to", "year")]);
    if p.facts.is_shown("country") {
        p.block(&format!("- {}", slot("country")));
    }
    // The author changes this when signing the report.
    p.block(&slot("edition:draft"));
}

fn summary(p: &mut Page<'_>) {
    p.chapter("summary");
    let mut sentences = Vec::new();
    if p.facts.is_shown("persons.year") {
        let n = p.fill("monitor-about", &[("n", "persons.year")]);
        sentences.push(p.text.fill("report-reported", &[("year", slot("year")), ("n", n)]));
        sentences.extend(p.claim("persons"));
    }
    sentences.extend(["conclusion", "estimate"].iter().filter_map(|c| p.claim(c)));
    if let Some(form) = dimension(p.e, 0) {
        sentences.extend(p.claim(&format!("most-common-{}", name(&[&form.name]))));
    }
    let items: Vec<String> = sentences.iter().map(|s| format!("- {s}")).collect();
    p.block(&items.join("\n"));
    if let Some(verdict) = p.claim("verdict") {
        p.block(&format!("> {verdict}"));
    }
    p.place(&["table:key-figures", "figure:iceberg"]);
    p.block(&format!("## {}", p.text.say("report-what")));
    p.place(&["part:what"]);
}

fn year(p: &mut Page<'_>) {
    p.chapter("year");
    p.place(&["figure:trend", "table:estimates-year"]);
    let others: Vec<&Family> = p.e.families.iter().skip(1).filter(|f| !has_chapter(p, f)).collect();
    for family in others {
        let title = format!("## {}", slot(&format!("by.{}", name(&[&family.name]))));
        p.block(&title);
        p.family(family);
    }
}

/// The family of the edition for the chapter of a breakdown.
fn of_chapter<'a>(p: &Page<'a>, by: &str) -> Option<&'a Family> {
    of_edition(p.e, by, p.facts.has_block(&format!("table:{}", delivered_id(by))))
}

/// Whether a family has its own chapter instead of being in the chapter of the year.
fn has_chapter(p: &Page<'_>, family: &Family) -> bool {
    BREAKDOWNS.iter().any(|by| of_chapter(p, by).is_some_and(|f| f.name == family.name))
}

/// The chapter by sector, region or citizenship: the most common level and the changes, if the figures support them, then the chart and the
/// table, or the reason why there are none.
fn broken_down(p: &mut Page<'_>, by: &str) {
    p.chapter(by);
    let family = of_chapter(p, by);
    let of = family.map_or_else(|| by.to_owned(), |f| name(&[&f.name]));
    if let Some(claim) = p.claim(&format!("most-common-{of}")) {
        p.block(&claim);
    }
    let mut items = Vec::new();
    for code in family.into_iter().flat_map(|f| f.levels.iter().filter(|c| folded(c) != UNKNOWN)) {
        let of = format!("{of}.{}", name(&[code]));
        if p.facts.claimed(&of).is_some_and(|c| c.state != "unclear") {
            items.extend(p.claim(&of).map(|claim| format!("- {claim}")));
        }
    }
    if !items.is_empty() {
        p.block(&items.join("\n"));
    }
    p.place(&[&format!("part:{by}")]);
}

/// The family of one of [`DIMENSIONS`]: form, sex or age.
fn dimension(e: &Edition, at: usize) -> Option<&Family> {
    e.families.iter().skip(1).find(|f| DIMENSIONS[at].contains(&folded(&f.name).as_str()))
}

/// The chapter of a form; `None` if the form is unknown.
fn chapter_of(code: &str) -> Option<&'static str> {
    let of = |series: &'static str| levels_of([series, "_T", "_T"])[0];
    match code {
        _ if folded(code) == UNKNOWN => None,
        _ if contains(of("VC_HTF_DETVSX"), code) => Some("sexual"),
        _ if contains(of("VC_HTF_DETVFL"), code) => Some("labour"),
        _ if contains(&CRIMINAL, code) => Some("criminal"),
        _ => Some("other"),
    }
}

fn of_form(p: &mut Page<'_>, chapter: &str) {
    let Some(family) = dimension(p.e, 0) else { return };
    let codes: Vec<&String> = family.levels.iter().filter(|c| chapter_of(c) == Some(chapter)).collect();
    if codes.is_empty() {
        return;
    }
    p.chapter(chapter);
    // Tables have this note already; this chapter has no table.
    if p.facts.is_shown("stage") {
        p.block(&format!("> {}.", slot("stage")));
    }
    for code in codes {
        p.level(family, code);
    }
}

fn minors(p: &mut Page<'_>) {
    p.chapter("minors");
    let Some(family) = dimension(p.e, 2) else {
        p.say("monitor-not-recorded", &[]);
        return;
    };
    let minor = levels_of(["VC_HTF_DETV", "_T", "Y0T17"])[2];
    for code in family.levels.iter().filter(|c| contains(minor, c)) {
        p.level(family, code);
    }
    p.family(family);
    let mut items = Vec::new();
    for (series, form) in SERIES {
        let of = format!("un.{series}._t.y0t17.year");
        if p.facts.is_shown(&of) {
            items.push(format!("- {}", p.fill(&format!("monitor-minors-{form}"), &[("n", of.as_str())])));
        }
    }
    if !items.is_empty() {
        p.say("monitor-minors", &[("year", "year")]);
        p.block(&items.join("\n"));
    }
}

fn reporters(p: &mut Page<'_>) {
    p.chapter("reporters");
    p.say("monitor-reporters", &[]);
    p.place(&["figure:by.list", "table:reported-list", "table:lists", "figure:overlaps", "table:bridge"]);
    p.place(&["table:others"]);
}

/// Adds the families of marks with these names, each with a heading; returns whether there were any.
fn marks(p: &mut Page<'_>, names: &[&str]) -> bool {
    let mut any = false;
    for family in p.e.marks.iter().filter(|f| names.contains(&f.name.as_str())) {
        let title = format!("## {}", slot(&format!("by.{}", name(&[&family.name]))));
        p.block(&title);
        p.family(family);
        any = true;
    }
    any
}

fn protection(p: &mut Page<'_>) {
    p.chapter("protection");
    if !marks(p, &["status", "support", "residence", "delay"]) {
        p.say("monitor-not-recorded", &[]);
    }
}

fn justice(p: &mut Page<'_>) {
    p.chapter("justice");
    let mut items = Vec::new();
    for measure in Measure::ALL {
        let of = format!("chain.{}.total", measure.code());
        if p.facts.is_shown(&of) {
            let key = format!("monitor-chain-{}", measure.code());
            items.push(format!("- {}", p.fill(&key, &[("year", "year"), ("n", of.as_str())])));
        }
    }
    if items.is_empty() {
        p.say("monitor-no-chain", &[]);
    } else {
        p.say("monitor-chain", &[]);
        p.block(&items.join("\n"));
    }
    p.place(&["figure:chain"]);
    // The first table is of victims.
    for letter in &crate::legal::write::LETTERS[1..] {
        p.place(&[&format!("table:eu-19a-{letter}")]);
    }
    marks(p, &["justice"]);
}

fn estimate(p: &mut Page<'_>) {
    p.chapter("estimate");
    p.place(&["part:estimate"]);
    if p.e.with_covariates.is_ok() {
        p.block(&format!("## {}", p.text.say("report-covariates")));
        p.place(&["part:covariates"]);
    }
}

fn method(p: &mut Page<'_>) {
    p.chapter("method");
    for (title, part) in [
        ("report-quality", "part:quality"),
        ("report-disclosure", "part:disclosure"),
        ("report-sdg", "part:sdg"),
    ] {
        p.block(&format!("## {}", p.text.say(title)));
        p.place(&[part]);
    }
}

fn glossary(p: &mut Page<'_>) {
    p.chapter("glossary");
    p.place(&["part:glossary"]);
}

fn colophon(p: &mut Page<'_>) {
    p.chapter("colophon");
    let edition = [("date", "date"), ("edition", "edition"), ("version", "version")];
    let citation = [("publisher", "publisher"), ("title", "title"), ("date", "date")];
    let all = [
        p.fill("monitor-publisher", &[("publisher", "publisher")]),
        p.fill("monitor-edition", &edition),
        p.fill("monitor-data", &[]),
        p.fill("monitor-licence", &[]),
        p.fill("monitor-citation", &citation),
        p.fill("monitor-accessible", &[]),
        p.fill("monitor-other-language", &[]),
    ];
    p.block(&all.map(|line| format!("- {line}")).join("\n"));
    p.block(&format!("## {}", p.text.say("report-again")));
    p.place(&["part:again"]);
}
