//! One self-contained HTML page: no network, no script, prints well.

use std::fmt::Write;

use ijsberg_mse::estimate::Estimate;

use crate::Analysis;
use crate::charts::{self, Chart, WIDE, escape, sorted_by};
use crate::counts::CountAnalysis;
use crate::evidence;
use crate::families::{basis, groups, marks, note, notes_of};
use crate::findings::{findings, layout};
use crate::granted::{assumptions_key, granted};
use crate::headline::{self, Card};
pub use crate::markup::{ANALYSIS, Address, STYLE, TOKENS, addressed, document, figure};
use crate::markup::{drawn, links};
use crate::methods;
use crate::small::SmallGroupTable;
use crate::terminal::covariates_note;
use crate::text::{Text, key_of};

/// Writes the page.
pub fn page(text: &Text, a: &Analysis) -> String {
    let title = format!("{}: {}", text.say("title"), a.provenance.input);
    document(text, &title, STYLE, &body(text, a, None))
}

/// The contents of the page, for a page with a frame of its own; `files` is the address below which each chart is a file.
pub fn body(text: &Text, a: &Analysis, files: Option<&str>) -> String {
    named_body(text, a, files, "")
}

/// The same for a run with a name of its own, which then comes before that of its table.
pub fn named_body(text: &Text, a: &Analysis, files: Option<&str>, name: &str) -> String {
    let chart = |out: &mut String, name: &str, caption: &str, chart: Option<Chart>| {
        if let Some(chart) = chart {
            drawn(out, caption, &chart, &files.map_or_else(String::new, |at| links(at, name)));
        }
    };
    let mut out = String::new();
    let input = &a.provenance.input;
    let called = if name.is_empty() { input.clone() } else { format!("{name} ({input})") };
    let _ = write!(
        out,
        "<h1>{}: {}</h1>\n<p>{}: {}</p>\n",
        text.say("title"),
        escape(&called),
        text.say("read-as"),
        escape(&layout(text, a)),
    );
    let card = headline::card(text, a);
    verdict(&mut out, text, &key_of(a.diagnostics.verdict), &card);
    chart(&mut out, "iceberg", &text.say("chart-iceberg"), charts::iceberg(text, a));
    let _ = writeln!(out, "<h2>{}</h2>\n<ul>", text.say("diagnostics"));
    for finding in findings(text, a) {
        let _ = writeln!(out, "<li>{}</li>", escape(&finding));
    }
    out.push_str("</ul>\n");
    chart(&mut out, "overlaps", &text.say("chart-overlaps"), charts::overlaps(text, a));
    chart(&mut out, "multiverse", &text.say("chart-multiverse"), charts::multiverse(text, a));
    chart(&mut out, "influence", &text.say("chart-influence"), charts::influence(text, a));
    let _ = writeln!(out, "<h2>{}</h2>", text.say("estimates"));
    chart(&mut out, "forest", &text.say("chart-forest"), charts::forest(text, a));
    table(&mut out, text, &a.estimates, a.provenance.settings.level);
    let _ = writeln!(out, "<h2>{}</h2>\n<ul>", text.say("identification-title"));
    for line in granted(text, a, true) {
        let _ = writeln!(out, "<li>{}</li>", escape(&line));
    }
    out.push_str("</ul>\n");
    chart(&mut out, "sensitivity", &charts::sensitivity_caption(text, a), charts::sensitivity(text, a));
    if let Some(c) = &a.covariates {
        let _ = writeln!(out, "<h2>{}</h2>", text.say("covariates-title"));
        chart(&mut out, "trend", &text.say("chart-trend"), charts::trend(text, a));
        chart(&mut out, "levels", &text.say("chart-levels"), charts::levels(text, a));
        let _ = writeln!(out, "<p>{}</p>", escape(&covariates_note(text, c)));
        out.push_str(&c.html(text, a.diagnostics.verdict));
        let _ = writeln!(out, "<p>{}: {}</p>", text.say("covariates-path"), escape(&c.path(text)));
        if let Some(small) = SmallGroupTable::from_covariates(text, c, a.diagnostics.verdict) {
            out.push_str(&small.html());
        }
    }
    if let Some(e) = &a.evidence {
        let _ = writeln!(out, "<h2>{}</h2>", text.say("evidence-title"));
        chart(&mut out, "evidence", &text.say("chart-evidence"), charts::evidence(text, a));
        evidence::html(&mut out, text, e);
    }
    notes(&mut out, text, &a.estimates);
    let _ = write!(
        out,
        "<p>{}</p>\n<p>{}</p>\n<footer><p>ijsberg {} · SHA-256 {} · seed {}</p></footer>\n",
        text.say(assumptions_key(a)),
        text.say("presumed"),
        escape(&a.provenance.version),
        escape(&a.provenance.sha256),
        a.provenance.settings.seed,
    );
    out
}

/// The verdict with the number that it allows, what that means, and why.
pub(crate) fn verdict(out: &mut String, text: &Text, class: &str, card: &Card) {
    let _ = write!(
        out,
        "<section class=\"verdict {class}\">\n<h2>{}: {}</h2>\n",
        text.say("verdict"),
        escape(&card.verdict),
    );
    if !card.number.is_empty() {
        let (number, of) = (escape(&card.number), escape(&card.of));
        let _ = writeln!(out, "<p class=\"number\">{number} <small>{of}</small></p>");
    }
    out.push_str("<ul>\n");
    for line in &card.said {
        let _ = writeln!(out, "<li>{}</li>", escape(line));
    }
    for why in &card.because {
        let _ = writeln!(out, "<li>{} {}</li>", text.say("because"), escape(why));
    }
    out.push_str("</ul>\n</section>\n");
}

/// Estimates from counts of times seen: there are no lists to compare.
pub fn counts(text: &Text, counted: &CountAnalysis, level: f64) -> String {
    let estimates = &counted.estimates;
    let mut out = format!("<h1>{}</h1>\n", escape(&counted.title(text)));
    verdict(&mut out, text, &key_of(counted.diagnostics.verdict), &counted.card(text));
    let _ = writeln!(out, "<h2>{}</h2>\n<ul>", text.say("diagnostics"));
    for line in counted.families(text) {
        let _ = writeln!(out, "<li>{}</li>", escape(&line));
    }
    out.push_str("</ul>\n");
    table(&mut out, text, estimates, level);
    notes(&mut out, text, estimates);
    let _ = writeln!(out, "<p>{}</p>", text.say("counts-assumptions"));
    out
}

fn notes(out: &mut String, text: &Text, estimates: &[Estimate]) {
    let _ = writeln!(out, "<h2>{}</h2>\n<ol type=\"a\">", text.say("notes"));
    for note in notes_of(estimates) {
        let _ = writeln!(out, "<li>{}</li>", self::note(text, estimates, note));
    }
    out.push_str("</ol>\n");
}

/// Every estimate, by family: a family is opened to see its methods, the headline is open.
fn table(out: &mut String, text: &Text, estimates: &[Estimate], level: f64) {
    let notes = notes_of(estimates);
    let level = text.percent(level);
    let interval = text.fill("col-interval", &[("level", level)]);
    let head = [
        text.say("col-method"),
        text.say("col-estimate"),
        interval,
        text.say("col-how"),
        text.say("col-aic"),
        text.say("col-bic"),
        text.say("notes"),
        text.say("col-model"),
    ];
    let head = head.iter().fold(String::new(), |mut cells, h| {
        let _ = write!(cells, "<th scope=\"col\">{}</th>", escape(h));
        cells
    });
    for (i, group) in groups(estimates).iter().enumerate() {
        let open = if i == 0 { " open" } else { "" };
        let _ = writeln!(
            out,
            "<details class=\"family\"{open}>\n<summary><b>{}</b> <span>{}</span> <span>{}</span></summary>",
            escape(&group.name(text)),
            text.fill("family-methods", &[("n", group.estimates.len().to_string())]),
            group.estimate(text),
        );
        let _ = write!(out, "{WIDE}<table class=\"sortable\">\n<thead><tr>{head}</tr></thead>\n<tbody>\n");
        group.estimates.iter().for_each(|e| row(out, text, e, &marks(&notes, e)));
        out.push_str("</tbody>\n</table>\n</div>\n</details>\n");
    }
    methods::panel(out, text, estimates.iter());
}

/// An estimate; `data-of` is what charts and tables share, and `data-value` what a column is sorted by.
fn row(out: &mut String, text: &Text, e: &Estimate, marks: &str) {
    let number = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| text.number(x));
    let decimal = |x: Option<f64>| x.map_or_else(String::new, |x| text.decimal(x, 1));
    let (limits, how) = match e.interval {
        Some(i) => (
            format!("{} – {}", text.number(i.lower), text.number(i.upper)),
            text.say(&format!("kind-{}", key_of(i.kind))),
        ),
        None if e.n_hat.is_none() => (text.say(&format!("outcome-{}", key_of(e.outcome))), String::new()),
        None => Default::default(),
    };
    let _ = writeln!(
        out,
        "<tr data-of=\"{}\"><th scope=\"row\">{}</th><td{}>{}</td><td{}>{limits}</td><td>{how}</td><td{}>{}</td>\
         <td{}>{}</td><td>{marks}</td><td class=\"model\">{}</td></tr>",
        e.method,
        methods::named(text, e.method),
        sorted_by(e.n_hat),
        number(e.n_hat),
        sorted_by(e.interval.map(|i| i.lower)),
        sorted_by(e.aic),
        decimal(e.aic),
        sorted_by(e.bic),
        decimal(e.bic),
        escape(&e.model.as_ref().map_or_else(String::new, |m| basis(text, m))),
    );
}
