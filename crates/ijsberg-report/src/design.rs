//! What would give a better answer, as text, JSON, and a page with a chart.

use std::fmt::Write;

use ijsberg_mse::design::{CERTAIN, Change, Outlook, Plan, Range};
use ijsberg_mse::diagnostics::Verdict;
use serde_json::{Value, json};

use crate::changes::{key, name};
use crate::charts::{self, WIDE, escape};
use crate::headline::reason;
use crate::machine::SCHEMA;
use crate::markup::{STYLE, document, figure};
pub use crate::reports::Design;
use crate::screen::{Colour, Page, verdict_colour};
use crate::text::{Text, key_of};

/// The plan as JSON; lists stand by name, and what has no upper limit is `null`.
pub fn to_json(d: &Design) -> Value {
    let mut plan = json!(d.plan);
    let named = |lists: &mut Value| {
        let names: Vec<Value> = lists
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|j| d.lists.get(j.as_u64()? as usize).map(|n| json!(n)))
            .collect();
        *lists = Value::Array(names);
    };
    for part in ["outlooks", "dependent"] {
        let all = plan.get_mut(part).and_then(Value::as_array_mut).into_iter().flatten();
        for o in all {
            if let Some(lists) = o.get_mut("lists") {
                named(lists);
            }
            if let Some(name) = o.get("list").and_then(Value::as_u64).and_then(|j| d.lists.get(j as usize)) {
                o["list"] = json!(name);
            }
        }
    }
    json!({
        "schema": SCHEMA,
        "provenance": {
            "version": d.version,
            "input": d.input,
            "sha256": d.sha256,
            "settings": {
                "simulations": d.asked.simulations,
                "level": d.asked.level,
                "seed": d.asked.seed,
            },
        },
        "lists": d.lists,
        "certain": CERTAIN,
        "plan": plan,
    })
}

/// Today's verdict with its reasons.
fn today(text: &Text, plan: &Plan) -> (String, Vec<String>) {
    let reasons = plan.reasons.iter().map(|r| format!("{} {}", text.say("because"), reason(text, r)));
    (text.say(&format!("verdict-{}", key_of(plan.verdict))), reasons.collect())
}

/// What the table fits, and which lists depend on each other.
fn about(text: &Text, d: &Design) -> Vec<String> {
    let Range { low, median, high } = d.plan.total;
    let numbers = [("low", text.number(low)), ("median", text.number(median)), ("high", text.number(high))];
    let mut lines = vec![text.fill("design-fits", &numbers)];
    if !d.plan.dependent.is_empty() {
        let of = |j: usize| d.lists.get(j).map_or("", String::as_str);
        let pairs = d
            .plan
            .dependent
            .iter()
            .map(|p| format!("{}·{} {}", of(p.lists[0]), of(p.lists[1]), text.percent(p.weight)));
        lines.push(text.fill("design-dependent", &[("pairs", pairs.collect::<Vec<_>>().join(", "))]));
    }
    lines
}

/// What helps and what does not, the random sample first.
pub fn conclusions(text: &Text, d: &Design) -> Vec<String> {
    let certain = ("certain", text.number(100.0 * CERTAIN));
    let mut lines = Vec::new();
    let least =
        |verdict: Verdict| d.plan.needed.iter().find(|n| n.verdict == verdict).and_then(|n| n.persons);
    match (least(Verdict::RangeOnly), least(Verdict::FitToPublish)) {
        (range, Some(number)) => {
            if let Some(range) = range.filter(|r| *r < number) {
                let n = ("n", text.number(range as f64));
                lines.push(text.fill("design-sample-range", &[n, certain.clone()]));
            }
            let n = ("n", text.number(number as f64));
            lines.push(text.fill("design-sample-number", &[n.clone(), certain]));
            let workers = ("workers", text.number(20.0 * number as f64));
            lines.push(text.fill("design-frame", &[n, workers]));
        }
        (Some(range), None) => {
            let n = ("n", text.number(range as f64));
            lines.push(text.fill("design-sample-range", &[n, certain.clone()]));
            lines.push(text.fill("design-sample-none", &[certain]));
        }
        (None, None) => lines.push(text.fill("design-sample-none", &[certain])),
    }
    lines.extend(best_of_each(&d.plan.outlooks).into_iter().map(|o| {
        let change = ("change", name(text, d, &o.change));
        let hundred = |x: f64| text.number(100.0 * x);
        let (number, range) = (o.verdicts.number, o.verdicts.range);
        if number + range >= 0.5 {
            text.fill("design-helps", &[change, ("number", hundred(number)), ("range", hundred(range))])
        } else {
            text.fill("design-helps-not", &[change, ("share", hundred(number + range))])
        }
    }));
    if d.plan.outlooks.iter().any(|o| matches!(o.change, Change::AddList { .. })) {
        lines.push(text.say("design-list-blind"));
    }
    if d.plan.outlooks.iter().any(|o| matches!(o.change, Change::Split { .. })) {
        lines.push(text.say("design-split-blind"));
    }
    lines.push(text.say("design-caution"));
    lines
}

/// The best of each kind of change other than a sample, in the order of the table.
fn best_of_each(all: &[Outlook]) -> Vec<&Outlook> {
    let mut best: Vec<&Outlook> = Vec::new();
    let better = |a: &Outlook, b: &Outlook| {
        let good = |o: &Outlook| (o.verdicts.number + o.verdicts.range, o.verdicts.number);
        good(a) > good(b)
    };
    for o in all.iter().filter(|o| !matches!(o.change, Change::Nothing | Change::Sample { .. })) {
        match best.iter_mut().find(|b| key(&b.change) == key(&o.change)) {
            Some(b) if better(o, b) => *b = o,
            Some(_) => {}
            None => best.push(o),
        }
    }
    best
}

/// How wide: the middle and eight in ten.
fn width(text: &Text, o: &Outlook) -> String {
    let Range { low, median, high } = o.factor;
    let number = |x: f64| if x.is_finite() { text.decimal(x, 1) } else { "∞".to_owned() };
    let (low, middle, high) = (number(low), number(median), number(high));
    if low == high { middle } else { format!("{middle} ({low}–{high})") }
}

/// What it costs; a dash where the lists are only used otherwise.
fn cost(text: &Text, o: &Outlook) -> String {
    if o.cost > 0.0 { text.number(o.cost) } else { "–".to_owned() }
}

fn shares(text: &Text, o: &Outlook) -> [String; 4] {
    let v = o.verdicts;
    [v.number, v.range, v.bound, v.nothing].map(|s| text.number(100.0 * s))
}

fn repeat(text: &Text, d: &Design) -> String {
    let parts = [
        ("simulations", d.asked.simulations.to_string()),
        ("level", text.percent(d.asked.level)),
        ("seed", d.asked.seed.to_string()),
    ];
    text.fill("design-repeat", &parts)
}

/// Everything for a terminal, at most 80 columns but for long names of lists.
pub fn report(text: &Text, d: &Design, colour: Colour) -> String {
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", &format!("{}: {}", text.say("design-title"), d.input));
    let _ = writeln!(page.out, "{title}");
    page.heading(&text.say("design-today"));
    let (verdict, reasons) = today(text, &d.plan);
    let verdict = page.style(verdict_colour(d.plan.verdict), &verdict);
    let _ = writeln!(page.out, "  {verdict}");
    reasons.iter().for_each(|r| page.wrap("  - ", "    ", r));
    about(text, d).iter().for_each(|line| page.wrap("  ", "  ", line));
    page.heading(&text.say("design-conclusion"));
    conclusions(text, d).iter().for_each(|line| page.wrap("  - ", "    ", line));
    page.heading(&text.say("design-changes"));
    let heads = ["change", "cost", "factor", "number", "range", "bound", "nothing"];
    let heads = heads.map(|h| text.say(&format!("design-col-{h}")));
    let header = row(&heads);
    let header = page.style("2", &header);
    let _ = writeln!(page.out, "{header}");
    for o in &d.plan.outlooks {
        let [number, range, bound, nothing] = shares(text, o);
        let cells = [name(text, d, &o.change), cost(text, o), width(text, o), number, range, bound, nothing];
        let _ = writeln!(page.out, "{}", ijsberg_outside::terminal(&row(&cells)));
    }
    page.wrap("  ", "  ", &text.say("design-legend"));
    page.wrap("  ", "  ", &repeat(text, d));
    page.out
}

fn row([change, cost, factor, number, range, bound, nothing]: &[String; 7]) -> String {
    format!("  {change:<30} {cost:>7} {factor:>14}{number:>7}{range:>7}{bound:>5}{nothing:>6}")
}

/// One page that needs nothing from elsewhere.
pub fn page(text: &Text, d: &Design) -> String {
    let title = format!("{}: {}", text.say("design-title"), d.input);
    document(text, &title, STYLE, &body(text, d))
}

/// What the page holds, without its frame.
pub fn body(text: &Text, d: &Design) -> String {
    let mut out = format!("<h1>{}: {}</h1>\n", text.say("design-title"), escape(&d.input));
    let (verdict, reasons) = today(text, &d.plan);
    let _ = write!(
        out,
        "<section class=\"verdict {}\">\n<h2>{}: {}</h2>\n<ul>\n",
        key_of(d.plan.verdict),
        text.say("design-today"),
        escape(&verdict),
    );
    list(&mut out, &reasons);
    out.push_str("</ul>\n</section>\n");
    for line in about(text, d) {
        let _ = writeln!(out, "<p>{}</p>", escape(&line));
    }
    let _ = writeln!(out, "<h2>{}</h2>\n<ul>", text.say("design-conclusion"));
    list(&mut out, &conclusions(text, d));
    out.push_str("</ul>\n");
    figure(&mut out, &text.say("design-chart"), charts::design(text, d).as_ref());
    let _ = writeln!(out, "<h2>{}</h2>", text.say("design-changes"));
    let heads = ["change", "cost", "factor", "number", "range", "bound", "nothing", "held"];
    let heads = heads.iter().fold(String::new(), |mut cells, h| {
        let head = text.say(&format!("design-col-{h}"));
        let _ = write!(cells, "<th scope=\"col\">{}</th>", escape(&head));
        cells
    });
    let _ = write!(out, "{WIDE}<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n");
    for o in &d.plan.outlooks {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td>",
            escape(&name(text, d, &o.change)),
            cost(text, o),
            width(text, o),
        );
        for share in shares(text, o) {
            let _ = write!(out, "<td>{share}</td>");
        }
        let _ = writeln!(out, "<td>{}</td></tr>", text.number(100.0 * o.held));
    }
    let _ = write!(
        out,
        "</tbody>\n</table>\n</div>\n<p>{}</p>\n<p>{}</p>\n<footer><p>ijsberg {} · SHA-256 {}</p></footer>\n",
        escape(&text.say("design-legend")),
        escape(&repeat(text, d)),
        escape(&d.version),
        escape(&d.sha256),
    );
    out
}

fn list(out: &mut String, lines: &[String]) {
    for line in lines {
        let _ = writeln!(out, "<li>{}</li>", escape(line));
    }
}

#[cfg(test)]
mod tests;
