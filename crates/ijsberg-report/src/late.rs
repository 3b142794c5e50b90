//! The figure of a year before its late list is in, as text, JSON, and a page with a chart.

use std::fmt::Write;

use ijsberg_mse::timely::{Nowcast, NowcastAccuracy, ReplayedYear, Standing};
use serde_json::{Value, json};

use crate::charts::{self, escape};
use crate::machine::SCHEMA;
use crate::markup::{self, STYLE, document};
pub use crate::reports::NowcastReport;
use crate::screen::{Colour, Page};
use crate::text::{Text, key_of};

/// The figure as JSON; what has no upper limit is `null`.
pub fn to_json(l: &NowcastReport) -> Value {
    json!({
        "schema": SCHEMA,
        "provenance": {
            "version": l.version,
            "input": l.input,
            "sha256": l.sha256,
            "settings": {
                "late": l.nowcast.late,
                "year": l.column,
                "window": l.window,
                "replicates": l.replicates,
                "level": l.nowcast.level,
                "seed": l.seed,
            },
        },
        "lists": l.lists,
        "nowcast": l.nowcast,
    })
}

/// A share in percent, with one place below ten.
pub(crate) fn share(text: &Text, x: f64) -> String {
    let hundred = 100.0 * x;
    if hundred.is_finite() {
        format!("{}%", text.decimal(hundred, usize::from(hundred.abs() < 10.0)))
    } else {
        "∞".to_owned()
    }
}

/// The figure with its interval.
pub fn figure(text: &Text, n: &Nowcast) -> String {
    let parts = [
        ("n", text.number(n.preliminary)),
        ("low", text.number(n.lower)),
        ("high", text.number(n.upper)),
        ("level", text.percent(n.level)),
        ("seen", text.number(n.seen as f64)),
    ];
    if n.upper.is_finite() {
        text.fill("nowcast-figure", &parts)
    } else {
        text.fill(
            "nowcast-figure-open",
            &[parts[0].clone(), parts[1].clone(), parts[3].clone(), parts[4].clone()],
        )
    }
}

/// The verdict: preliminary, with the error that was measured.
pub fn standing(text: &Text, n: &Nowcast) -> String {
    let parts = n.measured.as_ref().map_or_else(Vec::new, |m| {
        vec![
            ("years", m.years.to_string()),
            ("error", share(text, m.mean_absolute_error)),
            ("largest", share(text, m.largest_error)),
        ]
    });
    text.fill(&format!("nowcast-{}", key_of(n.standing)), &parts)
}

/// What else the replayed years show.
fn measured(text: &Text, n: &Nowcast, m: &NowcastAccuracy) -> Vec<String> {
    let key = if m.mean_error > 0.0 { "nowcast-direction-high" } else { "nowcast-direction-low" };
    let mut lines = vec![text.fill(key, &[("error", share(text, m.mean_error.abs()))])];
    if m.with_limits > 0 {
        let parts = [("covered", m.covered.to_string()), ("of", m.with_limits.to_string())];
        lines.push(text.fill("nowcast-covered", &parts));
    }
    if let Some(drift) = n.drift {
        let parts = [("sampling", share(text, n.sampling)), ("drift", share(text, drift))];
        lines.push(text.fill("nowcast-parts", &parts));
    }
    lines
}

/// What the figure rests on.
fn basis(text: &Text, l: &NowcastReport) -> Vec<String> {
    let n = &l.nowcast;
    let list = ("list", n.late.clone());
    let model = ("model", n.model.clone());
    let mut lines = vec![text.fill("nowcast-basis", &[("years", n.from.join(", ")), model, list.clone()])];
    if !n.left_out.is_empty() {
        lines.push(text.fill("nowcast-left-out", &[list.clone(), ("years", n.left_out.join(", "))]));
    }
    if n.withheld > 0 {
        let parts = [("n", text.number(n.withheld as f64)), ("year", n.year.clone()), list.clone()];
        lines.push(text.fill("nowcast-withheld", &parts));
    }
    if n.standing != Standing::PreliminaryNotMeasured {
        lines.push(text.say("nowcast-final-is"));
    }
    lines.push(text.fill("nowcast-caution", &[list]));
    let parts = [("replicates", l.replicates.to_string()), ("seed", l.seed.to_string())];
    lines.push(text.fill("nowcast-repeat", &parts));
    lines
}

/// A replayed year: preliminary, its limits, final, and the error.
fn cells(text: &Text, r: &ReplayedYear) -> [String; 5] {
    let number = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| text.number(x));
    let limits = match (r.lower, r.upper) {
        (Some(lower), Some(upper)) => format!("{} – {}", text.number(lower), text.number(upper)),
        _ => "–".to_owned(),
    };
    let sign = |e: f64| if e > 0.0 { "+" } else { "" };
    let error = r.error.map_or_else(|| "–".to_owned(), |e| format!("{}{}", sign(e), share(text, e)));
    [r.year.clone(), number(r.preliminary), limits, number(r.settled), error]
}

fn heads(text: &Text, n: &Nowcast) -> [String; 5] {
    let level = text.percent(n.level);
    let heads = ["year", "preliminary", "limits", "final", "error"];
    heads.map(|h| text.fill(&format!("nowcast-col-{h}"), &[("level", level.clone())]))
}

fn columns([year, preliminary, limits, settled, error]: [&str; 5]) -> String {
    format!("  {year:<14}{preliminary:>12}  {limits:<24}{settled:>11}{error:>10}")
}

/// Everything for a terminal, at most 80 columns but for long names.
pub fn report(text: &Text, l: &NowcastReport, colour: Colour) -> String {
    let n = &l.nowcast;
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", &format!("{}: {}", text.say("nowcast-title"), l.input));
    let _ = writeln!(page.out, "{title}");
    page.heading(&text.fill("nowcast-now", &[("year", n.year.clone()), ("list", n.late.clone())]));
    page.wrap("  ", "  ", &figure(text, n));
    page.wrap("  ", "  ", &standing(text, n));
    if let Some(m) = &n.measured {
        measured(text, n, m).iter().for_each(|line| page.wrap("  - ", "    ", line));
    }
    if !n.replayed.is_empty() {
        page.heading(&text.fill("nowcast-earlier", &[("list", n.late.clone())]));
        let heads = heads(text, n);
        let header = page.style("2", &columns(heads.each_ref().map(String::as_str)));
        let _ = writeln!(page.out, "{header}");
        for r in &n.replayed {
            let row = columns(cells(text, r).each_ref().map(String::as_str));
            let _ = writeln!(page.out, "{}", ijsberg_outside::terminal(&row));
        }
    }
    let _ = writeln!(page.out);
    basis(text, l).iter().for_each(|line| page.wrap("  ", "  ", line));
    page.out
}

/// One page that needs nothing from elsewhere.
pub fn page(text: &Text, l: &NowcastReport) -> String {
    let title = format!("{}: {}", text.say("nowcast-title"), l.input);
    document(text, &title, STYLE, &body(text, l))
}

/// What the page holds, without its frame.
pub fn body(text: &Text, l: &NowcastReport) -> String {
    let n = &l.nowcast;
    let mut out = format!("<h1>{}: {}</h1>\n", text.say("nowcast-title"), escape(&l.input));
    let now = text.fill("nowcast-now", &[("year", n.year.clone()), ("list", n.late.clone())]);
    let _ = writeln!(out, "<h2>{}</h2>", escape(&now));
    markup::paragraphs(&mut out, &[figure(text, n), standing(text, n)]);
    if let Some(m) = &n.measured {
        markup::bullets(&mut out, &measured(text, n, m));
    }
    markup::figure(&mut out, &text.say("nowcast-chart"), charts::late(text, l).as_ref());
    if !n.replayed.is_empty() {
        let earlier = text.fill("nowcast-earlier", &[("list", n.late.clone())]);
        let _ = writeln!(out, "<h2>{}</h2>", escape(&earlier));
        markup::cells(&mut out, &heads(text, n), n.replayed.iter().map(|r| cells(text, r)));
    }
    markup::paragraphs(&mut out, &basis(text, l));
    markup::footer(&mut out, &l.version, Some(&l.sha256));
    out
}
