//! The overview page of all reports.

use std::fmt::Write;

use ijsberg_report::charts::escape;
use ijsberg_report::html::{STYLE, document};
use ijsberg_report::text::Text;

use crate::ledger::Ledger;
use crate::write::typeface;

/// Writes the page. Each release is in a folder named after its year.
pub fn page(text: &Text, ledger: &Ledger) -> String {
    let title = text.say("overview-title");
    let mut out = format!("<h1>{}</h1>\n<p>{}</p>\n", escape(&title), escape(&text.say("overview-text")));
    out.push_str("<div class=\"wide\" tabindex=\"0\">\n<table>\n<thead><tr>");
    for key in
        ["covariate-year", "column-date", "column-reported", "column-lower", "column-upper", "overview-files"]
    {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(&text.say(key)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let mut releases: Vec<_> =
        ledger.releases.iter().filter(|r| r.embargo.is_none() && r.delivery.is_none()).collect();
    releases.sort_by_key(|r| std::cmp::Reverse((r.year, r.date.clone())));
    releases.dedup_by_key(|r| r.year);
    for r in releases {
        let number = |x: Option<f64>| x.map_or_else(|| "[x]".to_owned(), |x| text.number(x));
        let year = r.year;
        let links: Vec<String> = ["nl.html", "en.html", "nl.pdf", "en.pdf", "tables.xlsx", "tables.ods"]
            .iter()
            .map(|f| format!("<a href=\"{year}/{f}\">{f}</a>"))
            .collect();
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{year}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            r.date,
            text.number(r.estimate.reported as f64),
            number(r.estimate.lower),
            number(r.estimate.upper),
            links.join(" ")
        );
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    let left = "td:last-child, th:first-child { text-align: left; }\n";
    document(text, &title, &format!("{}{STYLE}{left}", typeface::style()), &out)
}
