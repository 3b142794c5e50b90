//! The result of a linkage, as one self-contained HTML page. It contains no value of a record.

use std::fmt::Write;

use crate::charts::{WIDE, escape, linkage};
use crate::markup::{STYLE, figure};
pub use crate::reports::{Example, LinkageReport, PropertyRecall};
use crate::text::Text;

/// Writes the page.
pub fn page(text: &Text, r: &LinkageReport) -> String {
    let mut out = String::new();
    let title = escape(&text.say("linkage-title"));
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        text.language().code(),
    );
    out.push_str(&body(text, r));
    let _ = write!(
        out,
        "<footer><p>ijsberg {}</p></footer>\n</main>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
    );
    out
}

/// What the page says, below its title.
pub fn body(text: &Text, r: &LinkageReport) -> String {
    let mut out = String::from("<ul>\n");
    for finding in &r.findings {
        let _ = writeln!(out, "<li>{}</li>", escape(finding));
    }
    out.push_str("</ul>\n");
    let rows = r.lists.iter().map(|(name, n)| vec![name.clone(), text.number(*n as f64)]);
    table(&mut out, &[text.say("property-list"), text.say("linkage-records")], rows);
    figure(&mut out, &text.say("chart-weights"), linkage::weights(text, r).as_ref());
    for (example, parts) in &r.examples {
        let caption = text.say(match example {
            Example::Sure => "chart-waterfall-sure",
            Example::Doubtful => "chart-waterfall-doubtful",
        });
        figure(&mut out, &caption, linkage::waterfall(text, r.prior, parts, &caption).as_ref());
    }
    figure(&mut out, &text.say("chart-calibration"), linkage::calibration(text, &r.judged).as_ref());
    for property in ["nationality", "script"] {
        let of: Vec<&PropertyRecall> = r.linked.iter().filter(|l| l.property == property).collect();
        if of.is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "<h2>{}</h2>\n<p>{}</p>",
            escape(&text.say(&format!("linkage-by-{property}"))),
            escape(&text.say("linkage-by-note"))
        );
        let measured = of.iter().any(|l| l.recall.is_some());
        if !measured {
            let _ = writeln!(out, "<p>{}</p>", escape(&text.say("linkage-no-recall")));
        }
        let mut head = vec![
            text.say(&format!("property-{property}")),
            text.say("linkage-records"),
            text.say("linkage-linked"),
        ];
        head.extend(measured.then(|| text.say("linkage-recall")));
        let rows = of.iter().map(|l| {
            let share = text.percent(l.linked as f64 / l.records.max(1) as f64);
            let recall = l.recall.map_or("–".to_owned(), |(r, [low, high])| {
                format!("{} ({}–{})", text.percent(r), text.percent(low), text.percent(high))
            });
            let mut row = vec![l.value.clone(), text.number(l.records as f64), share];
            row.extend(measured.then_some(recall));
            row
        });
        table(&mut out, &head, rows);
    }
    let _ = writeln!(out, "<p>{}</p>", escape(&text.say("linkage-no-persons")));
    out
}

fn table(out: &mut String, head: &[String], rows: impl Iterator<Item = Vec<String>>) {
    out.push_str(WIDE);
    out.push_str("<table>\n<thead><tr>");
    head.iter().for_each(|h| {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(h));
    });
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (i, cell) in row.iter().enumerate() {
            let cell = escape(cell);
            let _ = match i {
                0 => write!(out, "<th scope=\"row\">{cell}</th>"),
                _ => write!(out, "<td>{cell}</td>"),
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}
