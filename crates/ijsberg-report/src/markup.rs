//! What every page is made of: its frame and style, charts with their captions, sentences, and tables of words.

use std::fmt::Write;

use crate::charts::{self, Chart, WIDE, escape};
use crate::text::Text;

/// Colours, sizes and distances, each with one name: what pages, reports and charts are drawn with.
pub const TOKENS: &str = include_str!("../assets/tokens.css");

/// How an analysis looks, on a page of its own or in the application.
pub const ANALYSIS: &str = include_str!("../assets/analysis.css");

/// The style of a page that needs nothing from elsewhere.
pub const STYLE: &str = concat!(
    include_str!("../assets/tokens.css"),
    include_str!("../assets/page.css"),
    include_str!("../assets/analysis.css")
);

/// A document that needs nothing from elsewhere.
pub fn document(text: &Text, title: &str, style: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        text.language().code(),
        escape(title),
    )
}

/// A chart below its caption; nothing where there is none.
pub fn figure(out: &mut String, caption: &str, chart: Option<&Chart>) {
    if let Some(chart) = chart {
        drawn(out, caption, chart, "");
    }
}

/// Where a chart is: its place on the page, and its files beside the page.
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    /// The name of its place.
    pub place: &'a str,
    /// The address of its files, without their endings.
    pub files: &'a str,
}

/// A chart below its caption and what it is of. Where it has an address it has links to itself and to its files, which need no script.
pub fn addressed(
    out: &mut String,
    text: &Text,
    (caption, of): (&str, &str),
    chart: &Chart,
    at: Option<Address<'_>>,
) {
    let Some(Address { place, files }) = at else {
        return ChartFigure { caption, of, ..ChartFigure::default() }.draw(out, chart);
    };
    let (place, files) = (escape(place), escape(files));
    let label = escape(&text.fill("chart-address", &[("title", caption.to_owned())]));
    let link = format!(" <a class=\"permalink\" href=\"#{place}\" aria-label=\"{label}\">#</a>");
    let file = |ending: &str| format!("<a href=\"{files}.{ending}\">{}</a>", ending.to_uppercase());
    let all = ["csv", "svg", "png"].map(file).join(" ");
    let files = format!("<p class=\"files\">{} {all}</p>\n", escape(&text.say("chart-files")));
    ChartFigure { place: &place, caption, link: &link, of, files: &files, scripts: false }.draw(out, chart);
}

/// A page that has the chart as files below an address of its server has a script too.
pub(crate) fn drawn(out: &mut String, caption: &str, chart: &Chart, files: &str) {
    ChartFigure { caption, files, scripts: !files.is_empty(), ..ChartFigure::default() }.draw(out, chart);
}

/// How a chart is on a page: HTML, except for its caption and what it is of.
#[derive(Default)]
struct ChartFigure<'a> {
    place: &'a str,
    caption: &'a str,
    link: &'a str,
    of: &'a str,
    files: &'a str,
    scripts: bool,
}

impl ChartFigure<'_> {
    /// The style sheet shows one of the two pictures.
    fn draw(&self, out: &mut String, chart: &Chart) {
        let id = if self.place.is_empty() { String::new() } else { format!(" id=\"{}\"", self.place) };
        let _ = writeln!(out, "<figure{id}>\n<figcaption>{}{}</figcaption>", escape(self.caption), self.link);
        if !self.of.is_empty() {
            let _ = writeln!(out, "<p class=\"of\">{}</p>", escape(self.of));
        }
        let _ = write!(
            out,
            "<div class=\"on-page\">{}</div>\n<div class=\"on-phone\">{}</div>\n{}",
            charts::on_page(&chart.wide),
            charts::on_page(&chart.narrow),
            self.files,
        );
        chart.data.folded(out, self.caption, self.scripts);
        out.push_str("</figure>\n");
    }
}

/// A chart as a file; the picture in dots is made by the page's script, which shows its button.
pub(crate) fn links(at: &str, name: &str) -> String {
    format!(
        "<p class=\"files\"><a href=\"{at}/{name}.svg\">SVG</a> <button type=\"button\" class=\"link script hidden\" \
         data-png=\"{at}/{name}.svg\" data-name=\"{name}\">PNG</button> <a href=\"{at}/{name}.csv\">CSV</a></p>\n"
    )
}

/// Sentences, a paragraph each.
pub(crate) fn paragraphs(out: &mut String, lines: &[String]) {
    for line in lines {
        let _ = writeln!(out, "<p>{}</p>", escape(line));
    }
}

/// Sentences as a list; nothing where there are none.
pub(crate) fn bullets(out: &mut String, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    out.push_str("<ul>\n");
    for line in lines {
        let _ = writeln!(out, "<li>{}</li>", escape(line));
    }
    out.push_str("</ul>\n");
}

/// A table of words; the first cell of each row says what the others are of.
pub(crate) fn cells<const N: usize>(
    out: &mut String,
    heads: &[String; N],
    rows: impl IntoIterator<Item = [String; N]>,
) {
    let _ = write!(out, "{WIDE}<table>\n<thead><tr>");
    for head in heads {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(head));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (k, cell) in row.iter().enumerate() {
            let cell = escape(cell);
            let _ = match k {
                0 => write!(out, "<th scope=\"row\">{cell}</th>"),
                _ => write!(out, "<td>{cell}</td>"),
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

/// What a page ends with: the version, and the hash of the table where there was one.
pub(crate) fn footer(out: &mut String, version: &str, sha256: Option<&str>) {
    let hash = sha256.map_or_else(String::new, |hash| format!(" · SHA-256 {}", escape(hash)));
    let _ = writeln!(out, "<footer><p>ijsberg {}{hash}</p></footer>", escape(version));
}
