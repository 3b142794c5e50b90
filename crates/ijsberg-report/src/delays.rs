//! Counts that are not complete yet, as text, JSON, and a page with a chart.

use std::fmt::Write;

use ijsberg_mse::delays::{AgeAccuracy, Delays, Figure, ReplayAccuracy, YearFigure};
use serde_json::{Value, json};

use crate::charts::{self, escape};
use crate::late::share;
use crate::machine::SCHEMA;
use crate::markup::{self, STYLE, document};
pub use crate::reports::DelayReport;
use crate::reports::shown;
use crate::screen::{Colour, Page};
use crate::text::Text;

/// How far intervals may have the final count in them less often than they say.
const SLACK: f64 = 0.1;

/// The figures as JSON; what has no upper limit is `null`.
pub fn to_json(c: &DelayReport) -> Value {
    json!({
        "schema": SCHEMA,
        "provenance": {
            "version": c.version,
            "input": c.input,
            "sha256": c.sha256,
            "settings": {
                "most": c.asked.most,
                "since": c.asked.since,
                "until": c.asked.until,
                "replicates": c.asked.replicates,
                "level": c.asked.level,
                "seed": c.asked.seed,
            },
        },
        "without_month": c.without_month,
        "backwards": c.backwards,
        "delays": c.delays,
    })
}

fn number(text: &Text, x: f64) -> String {
    if x.is_finite() { text.number(x) } else { "–".to_owned() }
}

fn limits(text: &Text, is_final: bool, (lower, upper): (f64, f64)) -> String {
    if is_final { String::new() } else { format!("{} – {}", number(text, lower), number(text, upper)) }
}

fn status(text: &Text, is_final: bool) -> String {
    text.say(if is_final { "delays-final" } else { "delays-preliminary" })
}

fn columns([when, registered, share, expected, limits, status]: [&str; 6]) -> String {
    let line = format!("  {when:<16}{registered:>13}{share:>7}{expected:>10}  {limits:<19}{status}");
    line.trim_end().to_owned()
}

fn month(text: &Text, f: &Figure) -> [String; 6] {
    [
        text.day(&f.month.to_string()),
        text.number(f.registered as f64),
        format!("{}%", text.decimal(100.0 * f.share, 0)),
        number(text, f.expected),
        limits(text, f.is_final, (f.lower, f.upper)),
        status(text, f.is_final),
    ]
}

/// Says how many final months are not shown.
fn not_shown(text: &Text, d: &Delays) -> Option<String> {
    let shown = shown(d);
    let before = d.months.len() - shown.len();
    let first = shown.first().filter(|_| before > 0)?;
    let parts = [("n", before.to_string()), ("month", text.day(&first.month.to_string()))];
    Some(text.fill("delays-earlier", &parts))
}

fn year(text: &Text, y: &YearFigure) -> [String; 6] {
    let parts = [("year", y.year.to_string()), ("months", y.months.to_string())];
    let when = if y.months == 12 { y.year.to_string() } else { text.fill("delays-part-of-year", &parts) };
    let expected = number(text, y.expected);
    let part = y.registered as f64 / y.expected;
    let part = if part.is_finite() { text.decimal(100.0 * part, 0) + "%" } else { String::new() };
    [
        when,
        text.number(y.registered as f64),
        part,
        expected,
        limits(text, y.is_final, (y.lower, y.upper)),
        status(text, y.is_final),
    ]
}

fn heads(text: &Text, first: &str, level: f64) -> [String; 6] {
    let keys = [first, "registered", "share", "expected", "limits", "status"];
    let level = text.percent(level);
    keys.map(|k| text.fill(&format!("delays-col-{k}"), &[("level", level.clone())]))
}

fn head(page: &mut Page<'_>, first: &str, level: f64) {
    let words = heads(page.text, first, level);
    let line = page.style("2", &columns(words.each_ref().map(String::as_str)));
    let _ = writeln!(page.out, "{line}");
}

fn put(page: &mut Page<'_>, line: &str) {
    let _ = writeln!(page.out, "{}", ijsberg_outside::terminal(line));
}

fn age_columns([age, figures, error, short, covered]: [&str; 5]) -> String {
    format!("  {age:<17}{figures:>9}{error:>10}{short:>15}{covered:>17}")
}

fn aged(text: &Text, a: &AgeAccuracy) -> [String; 5] {
    let covered = a.covered as f64 / a.figures as f64;
    [
        a.age.to_string(),
        text.number(a.figures as f64),
        share(text, a.mean_absolute_error),
        share(text, -a.registered_short),
        format!("{}%", text.decimal(100.0 * covered, 0)),
    ]
}

fn age_heads(text: &Text) -> [String; 5] {
    ["age", "figures", "error", "short", "covered"].map(|k| text.say(&format!("delays-col-{k}")))
}

/// What the replayed months show.
fn measured(page: &mut Page<'_>, c: &DelayReport) {
    let text = page.text;
    page.heading(&text.say("delays-error"));
    let Some(m) = &c.delays.measured else {
        page.wrap("  ", "  ", &text.say("delays-error-none"));
        return;
    };
    for line in accuracy_lines(text, m, c.delays.level) {
        page.wrap("  ", "  ", &line);
    }
    let head = page.style("2", &age_columns(age_heads(text).each_ref().map(String::as_str)));
    let _ = writeln!(page.out, "{head}");
    for a in &c.delays.by_age {
        put(page, &age_columns(aged(text, a).each_ref().map(String::as_str)));
    }
}

fn accuracy_lines(text: &Text, m: &ReplayAccuracy, level: f64) -> Vec<String> {
    let figures = ("figures", text.number(m.figures as f64));
    let all = [
        figures.clone(),
        ("error", share(text, m.mean_absolute_error)),
        ("short", share(text, m.registered_short)),
    ];
    let key = if m.mean_error > 0.0 { "delays-error-high" } else { "delays-error-low" };
    let covered = [("level", text.percent(level)), ("covered", text.number(m.covered as f64)), figures];
    let mut lines = vec![
        text.fill("delays-error-all", &all),
        text.fill(key, &[("error", share(text, m.mean_error.abs()))]),
        text.fill("delays-error-covered", &covered),
    ];
    if (m.covered as f64) < (level - SLACK) * m.figures as f64 {
        lines.push(text.say("delays-error-narrow"));
    }
    lines
}

/// What the figures rest on, and what is in none.
fn basis(text: &Text, c: &DelayReport) -> Vec<String> {
    let (d, out) = (&c.delays, c.delays.left_out);
    let count = |n: u64| text.number(n as f64);
    let mut lines = vec![
        text.fill("delays-waits", &[("most", d.most.to_string()), ("later", count(out.later))]),
        text.say("delays-caution"),
    ];
    let month = |f: Option<&Figure>| f.map_or_else(String::new, |f| text.day(&f.month.to_string()));
    let left = [
        ("delays-before", out.before, month(d.months.first())),
        ("delays-after", out.after, month(d.months.last())),
        ("delays-without-month", c.without_month, String::new()),
        ("delays-backwards", c.backwards, String::new()),
    ];
    for (key, n, month) in left.into_iter().filter(|l| l.1 > 0) {
        lines.push(text.fill(key, &[("n", count(n)), ("month", month)]));
    }
    lines.push(text.say("delays-internal"));
    let parts = [
        ("dispersion", text.decimal(d.dispersion, 2)),
        ("replicates", count(c.asked.replicates as u64)),
        ("seed", c.asked.seed.to_string()),
    ];
    lines.push(text.fill("delays-repeat", &parts));
    lines
}

/// Everything for a terminal, at most 80 columns but for long names.
pub fn report(text: &Text, c: &DelayReport, colour: Colour) -> String {
    let d = &c.delays;
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", &format!("{}: {}", text.say("delays-title"), c.input));
    let _ = writeln!(page.out, "{title}");
    page.heading(&text.say("delays-years"));
    head(&mut page, "year", d.level);
    for y in &d.years {
        put(&mut page, &columns(year(text, y).each_ref().map(String::as_str)));
    }
    page.heading(&text.say("delays-months"));
    head(&mut page, "month", d.level);
    for f in shown(d) {
        put(&mut page, &columns(month(text, f).each_ref().map(String::as_str)));
    }
    if let Some(line) = not_shown(text, d) {
        page.wrap("  ", "  ", &line);
    }
    measured(&mut page, c);
    let _ = writeln!(page.out);
    basis(text, c).iter().for_each(|line| page.wrap("  ", "  ", line));
    page.out
}

/// One page that needs nothing from elsewhere.
pub fn page(text: &Text, c: &DelayReport) -> String {
    let title = format!("{}: {}", text.say("delays-title"), c.input);
    document(text, &title, STYLE, &body(text, c))
}

/// What the page holds, without its frame.
pub fn body(text: &Text, c: &DelayReport) -> String {
    let d = &c.delays;
    let mut out = format!("<h1>{}: {}</h1>\n", text.say("delays-title"), escape(&c.input));
    let heading = |out: &mut String, key: &str| {
        let _ = writeln!(out, "<h2>{}</h2>", escape(&text.say(key)));
    };
    heading(&mut out, "delays-years");
    markup::cells(&mut out, &heads(text, "year", d.level), d.years.iter().map(|y| year(text, y)));
    heading(&mut out, "delays-months");
    markup::figure(&mut out, &text.say("delays-chart"), charts::delays(text, c).as_ref());
    markup::cells(&mut out, &heads(text, "month", d.level), shown(d).iter().map(|f| month(text, f)));
    markup::paragraphs(&mut out, &not_shown(text, d).into_iter().collect::<Vec<_>>());
    heading(&mut out, "delays-error");
    if let Some(m) = &d.measured {
        markup::paragraphs(&mut out, &accuracy_lines(text, m, d.level));
        markup::cells(&mut out, &age_heads(text), d.by_age.iter().map(|a| aged(text, a)));
    } else {
        markup::paragraphs(&mut out, &[text.say("delays-error-none")]);
    }
    markup::paragraphs(&mut out, &basis(text, c));
    markup::footer(&mut out, &c.version, c.sha256.as_deref());
    out
}
