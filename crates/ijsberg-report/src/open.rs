//! An open population, as text, JSON, and a page with a chart, and why there is none.

use std::fmt::Write;

use ijsberg_mse::open::{
    Figure, LEAST_RETURNS, LEAST_YEARS, MOST_LISTS, MOST_YEARS, NoOpen, Open, OpenYear, Stay, Tables,
};
use ijsberg_tables::OverYearsError;
use serde_json::{Value, json};

use crate::charts::{self, escape};
use crate::errors::read_error;
use crate::machine::SCHEMA;
use crate::markup::{self, STYLE, document};
pub use crate::reports::OpenPopulationReport;
use crate::screen::{Colour, Page};
use crate::text::{Text, key_of};

/// A smaller chance than this is a conflict.
const CONFLICT: f64 = 0.05;

/// The figures as JSON; what has no interval or no test is `null`.
pub fn to_json(o: &OpenPopulationReport) -> Value {
    json!({
        "schema": SCHEMA,
        "provenance": {
            "version": o.version,
            "input": o.input,
            "sha256": o.sha256,
            "settings": {
                "staying": o.open.staying,
                "model": o.open.model,
                "replicates": o.replicates,
                "level": o.open.level,
                "seed": o.seed,
            },
        },
        "lists": o.lists,
        "open": o.open,
    })
}

/// A chance with the sign before it.
fn chance(text: &Text, p: f64) -> String {
    if p < 0.001 { format!("< {}", text.decimal(0.001, 3)) } else { format!("= {}", text.decimal(p, 3)) }
}

/// Limits, or a dash where there are none.
fn limits(f: &Figure, said: impl Fn(f64) -> String) -> String {
    f.interval.map_or_else(|| "–".to_owned(), |i| format!("{} – {}", said(i.lower), said(i.upper)))
}

/// An estimate with its interval, in a sentence.
fn in_full(text: &Text, f: &Figure, said: impl Fn(f64) -> String) -> String {
    match f.interval {
        Some(i) => {
            let parts = [("n", said(f.estimate)), ("low", said(i.lower)), ("high", said(i.upper))];
            text.fill("open-with-limits", &parts)
        }
        None => said(f.estimate),
    }
}

/// The two quantities: different people, and people added up over years.
pub fn figures(text: &Text, o: &Open) -> Vec<String> {
    let number = |x: f64| text.number(x);
    let ends = [o.years.first(), o.years.last()];
    let [first, last] = ends.map(|y| y.map_or_else(String::new, |y| y.year.clone()));
    let people = [
        ("n", in_full(text, &o.people, number)),
        ("seen", text.number(o.seen as f64)),
        ("first", first),
        ("last", last),
    ];
    let mean = o.person_years.estimate / o.years.len().max(1) as f64;
    let years = [("mean", text.number(mean)), ("n", in_full(text, &o.person_years, number))];
    let each = [("n", in_full(text, &o.years_each, |x| text.decimal(x, 2)))];
    let mut lines = vec![text.fill("open-people", &people), text.fill("open-person-years", &years)];
    lines.push(text.fill("open-years-each", &each));
    if o.people.interval.is_some() {
        lines.push(text.fill("open-level", &[("level", text.percent(o.level))]));
    }
    lines
}

/// Whether the data bear the model out.
fn checks(text: &Text, o: &Open) -> Vec<String> {
    let a = &o.agreement;
    let key = if a.p < CONFLICT { "open-conflict" } else { "open-agreement" };
    let parts = [
        ("statistic", text.decimal(a.statistic, 1)),
        ("degrees", a.degrees.to_string()),
        ("p", chance(text, a.p)),
    ];
    let mut lines = vec![text.fill(key, &parts)];
    let tests = [("new", &o.seen_again.new_or_known), ("missed", &o.seen_again.seen_or_missed)];
    for (name, tables) in tests {
        let Tables { statistic, degrees, p } = tables;
        let Some(p) = *p else {
            lines.push(text.say(&format!("open-{name}-none")));
            continue;
        };
        let key = if p < CONFLICT { format!("open-{name}-differ") } else { format!("open-{name}-alike") };
        let parts = [
            ("statistic", text.decimal(*statistic, 1)),
            ("degrees", degrees.to_string()),
            ("p", chance(text, p)),
        ];
        lines.push(text.fill(&key, &parts));
    }
    lines
}

/// What the figures rest on.
fn basis(text: &Text, o: &OpenPopulationReport) -> Vec<String> {
    let key = format!("open-staying-{}", key_of(o.open.staying));
    let mut lines = vec![text.fill("open-basis", &[("model", o.open.model.clone())]), text.say(&key)];
    let cautions = ["open-caution-identity", "open-caution-away", "open-caution-reach"];
    lines.extend(cautions.map(|key| text.say(key)));
    if o.open.failed > 0 {
        let parts = [("failed", text.number(o.open.failed as f64)), ("of", text.number(o.replicates as f64))];
        lines.push(text.fill("open-failed", &parts));
    }
    if o.replicates > 0 && o.open.people.interval.is_none() {
        lines.push(text.say("open-no-interval"));
    }
    lines.push(text.say("open-internal"));
    let parts = [("replicates", o.replicates.to_string()), ("seed", o.seed.to_string())];
    lines.push(text.fill("open-repeat", &parts));
    lines
}

/// The columns by year.
const YEARS: [&str; 6] = ["year", "seen", "people", "limits", "entered", "limits"];

/// Those of steps between years.
const STEPS: [&str; 4] = ["step", "returns", "staying", "limits"];

/// Those of each year alone.
const ALONE: [&str; 5] = ["year", "lists", "people", "limits", "coverage"];

fn heads<const N: usize>(text: &Text, names: [&str; N]) -> [String; N] {
    names.map(|name| text.say(&format!("open-col-{name}")))
}

/// A year from all years together.
fn years(text: &Text, y: &OpenYear) -> [String; 6] {
    let number = |x: f64| text.number(x);
    let (seen, interval) = (text.number(y.seen as f64), limits(&y.people, number));
    let (people, entered) = (number(y.people.estimate), number(y.entered.estimate));
    [y.year.clone(), seen, people, interval, entered, limits(&y.entered, number)]
}

/// A step between years.
fn steps(text: &Text, s: &Stay) -> [String; 4] {
    let share = |x: f64| text.percent(x);
    let (returns, stays) = (text.number(s.returns as f64), share(s.staying.estimate));
    [format!("{} – {}", s.from, s.to), returns, stays, limits(&s.staying, share)]
}

/// A year from its own lists.
fn alone(text: &Text, y: &OpenYear) -> [String; 5] {
    let number = |x: f64| text.number(x);
    let (lists, coverage) = (y.lists.to_string(), text.percent(y.coverage.estimate));
    [y.year.clone(), lists, number(y.alone.estimate), limits(&y.alone, number), coverage]
}

/// A row of the table by year.
fn by_year([year, seen, people, interval, entered, entries]: [&str; 6]) -> String {
    format!("  {year:<6}{seen:>8}{people:>9}  {interval:<18}{entered:>10}  {entries}").trim_end().to_owned()
}

/// A row of the table of steps between years.
fn by_step([step, returns, stays, interval]: [&str; 4]) -> String {
    format!("  {step:<16}{returns:>12}{stays:>10}  {interval}").trim_end().to_owned()
}

/// A row of the table of each year alone.
fn by_year_alone([year, lists, people, interval, coverage]: [&str; 5]) -> String {
    format!("  {year:<6}{lists:>8}{people:>9}  {interval:<18}{coverage:>12}").trim_end().to_owned()
}

impl Page<'_> {
    fn table(&mut self, header: &str, rows: impl Iterator<Item = String>) {
        let header = self.style("2", header);
        let _ = writeln!(self.out, "{header}");
        for row in rows {
            let _ = writeln!(self.out, "{}", ijsberg_outside::terminal(&row));
        }
    }
}

/// Everything for a terminal, at most 80 columns but for long names.
pub fn report(text: &Text, o: &OpenPopulationReport, colour: Colour) -> String {
    let open = &o.open;
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", &format!("{}: {}", text.say("open-title"), o.input));
    let _ = writeln!(page.out, "{title}\n");
    figures(text, open).iter().for_each(|line| page.wrap("  ", "  ", line));
    page.heading(&text.say("open-by-year"));
    let rows = open.years.iter().map(|y| by_year(years(text, y).each_ref().map(String::as_str)));
    page.table(&by_year(heads(text, YEARS).each_ref().map(String::as_str)), rows);
    page.wrap("  ", "  ", &text.say("open-entered-first"));
    page.heading(&text.say("open-steps"));
    let rows = open.steps.iter().map(|s| by_step(steps(text, s).each_ref().map(String::as_str)));
    page.table(&by_step(heads(text, STEPS).each_ref().map(String::as_str)), rows);
    page.heading(&text.say("open-alone"));
    let rows = open.years.iter().map(|y| by_year_alone(alone(text, y).each_ref().map(String::as_str)));
    page.table(&by_year_alone(heads(text, ALONE).each_ref().map(String::as_str)), rows);
    page.heading(&text.say("open-checks"));
    checks(text, open).iter().for_each(|line| page.wrap("  - ", "    ", line));
    page.heading(&text.say("open-assumes"));
    basis(text, o).iter().for_each(|line| page.wrap("  - ", "    ", line));
    page.out
}

/// One page that needs nothing from elsewhere.
pub fn page(text: &Text, o: &OpenPopulationReport) -> String {
    let title = format!("{}: {}", text.say("open-title"), o.input);
    document(text, &title, STYLE, &body(text, o))
}

/// What the page holds, without its frame.
pub fn body(text: &Text, o: &OpenPopulationReport) -> String {
    let open = &o.open;
    let mut out = format!("<h1>{}: {}</h1>\n", text.say("open-title"), escape(&o.input));
    let heading = |out: &mut String, key: &str| {
        let _ = writeln!(out, "<h2>{}</h2>", escape(&text.say(key)));
    };
    markup::paragraphs(&mut out, &figures(text, open));
    markup::figure(&mut out, &text.say("open-chart"), charts::open(text, o).as_ref());
    heading(&mut out, "open-by-year");
    markup::cells(&mut out, &heads(text, YEARS), open.years.iter().map(|y| years(text, y)));
    markup::paragraphs(&mut out, &[text.say("open-entered-first")]);
    heading(&mut out, "open-steps");
    markup::cells(&mut out, &heads(text, STEPS), open.steps.iter().map(|s| steps(text, s)));
    heading(&mut out, "open-alone");
    markup::cells(&mut out, &heads(text, ALONE), open.years.iter().map(|y| alone(text, y)));
    heading(&mut out, "open-checks");
    markup::bullets(&mut out, &checks(text, open));
    heading(&mut out, "open-assumes");
    markup::bullets(&mut out, &basis(text, o));
    markup::footer(&mut out, &o.version, Some(&o.sha256));
    out
}

/// Why there is no estimate, in the reader's language.
pub fn no_open(text: &Text, error: &NoOpen) -> String {
    let found = |key: &str, found: usize, name: &'static str, bound: usize| {
        text.fill(key, &[("found", found.to_string()), (name, bound.to_string())])
    };
    let year = |key: &str, year: &str| text.fill(key, &[("year", year.to_owned())]);
    match error {
        NoOpen::TooFewYears { found: n } => found("argument-open-few-years", *n, "least", LEAST_YEARS),
        NoOpen::TooManyYears { found: n } => found("argument-open-many-years", *n, "most", MOST_YEARS),
        NoOpen::TooManyLists { found: n } => found("argument-open-many-lists", *n, "most", MOST_LISTS),
        NoOpen::Name { name } => text.fill("argument-open-name", &[("name", format!("{name:?}"))]),
        NoOpen::Row { row } => text.fill("argument-open-row", &[("row", row.to_string())]),
        NoOpen::TooManyPersons => text.say("argument-open-many-people"),
        NoOpen::EmptyYear { year: y } => year("argument-open-empty-year", y),
        NoOpen::OneList { year: y, .. } => year("argument-open-one-list", y),
        NoOpen::NoYear { year: y } => year("argument-open-no-year", y),
        NoOpen::NoReturns => text.say("argument-open-no-returns"),
        NoOpen::TooFewReturns { from, to, found } => text.fill(
            "argument-open-few-returns",
            &[
                ("from", from.clone()),
                ("to", to.clone()),
                ("found", found.to_string()),
                ("least", LEAST_RETURNS.to_string()),
            ],
        ),
        NoOpen::TooFewInAll { found } => {
            let parts = [("found", found.to_string()), ("least", LEAST_RETURNS.to_string())];
            text.fill("argument-open-few-in-all", &parts)
        }
        NoOpen::NotSettled => text.say("argument-open-not-settled"),
    }
}

/// Why a file does not say who was on which list in which year, in the reader's language.
pub fn over_years_error(text: &Text, error: &OverYearsError) -> String {
    let cell = |key: &str, line: u64, column: &str, value: &str| {
        let (column, value) = (format!("{column:?}"), format!("{value:?}"));
        text.fill(key, &[("line", line.to_string()), ("column", column), ("value", value)])
    };
    match error {
        OverYearsError::Read(e) => read_error(text, e),
        OverYearsError::People(e) => no_open(text, e),
        OverYearsError::Columns { columns } => {
            text.fill("argument-open-columns", &[("columns", columns.clone())])
        }
        OverYearsError::NoPerson { columns } => {
            text.fill("argument-open-no-person", &[("columns", columns.clone())])
        }
        OverYearsError::Twice { column } => {
            text.fill("argument-open-twice", &[("column", format!("{column:?}"))])
        }
        OverYearsError::Blank { line, column } => {
            let parts = [("line", line.to_string()), ("column", format!("{column:?}"))];
            text.fill("argument-open-blank", &parts)
        }
        OverYearsError::Year { line, column, value } => cell("argument-open-year", *line, column, value),
        OverYearsError::NotBinary { line, column, value } => {
            cell("argument-open-binary", *line, column, value)
        }
        OverYearsError::Count { line, column, value } => cell("argument-open-count", *line, column, value),
    }
}
