//! What a linkage found, as one self-contained HTML page. Nothing that stands in a record comes into it.

use std::fmt::Write;

use ijsberg_linkage::compare::{Field, OWN};
use ijsberg_linkage::fellegi_sunter::Part;

use crate::charts::{escape, linkage};
use crate::html::{STYLE, figure};
use crate::text::Text;

/// A linkage, told without persons.
#[derive(Debug, Clone, Default)]
pub struct LinkageReport {
    /// What was found, in sentences; what to know first comes first.
    pub findings: Vec<String>,
    /// Names of the lists and their records.
    pub lists: Vec<(String, usize)>,
    /// For each pair that may be one person: its weight in bits, and in what share of the draws it is one.
    pub pairs: Vec<(f64, f64)>,
    /// Log odds of a match of two records at random, in bits.
    pub prior: f64,
    /// Pairs in words: what each is an example of, and where its weight comes from.
    pub examples: Vec<(Example, Vec<(Part, f64)>)>,
    /// Judged pairs: the probability after calibration, and whether they are one person.
    pub judged: Vec<(f64, bool)>,
    /// Records by a property, and how many of them were linked to another record.
    pub linked: Vec<Linked>,
}

/// What a pair is an example of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Example {
    /// Nearly surely one person.
    Sure,
    /// In doubt.
    Doubtful,
}

/// Records that share a property.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// What property: `nationality` or `script`.
    pub property: String,
    /// Its value.
    pub value: String,
    /// Records that have it.
    pub records: usize,
    /// Those linked to a record on another list.
    pub linked: usize,
    /// Of the links of such persons the share that was found, with its 95% interval, where enough persons were resolved.
    pub recall: Option<(f64, [f64; 2])>,
}

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
        let of: Vec<&Linked> = r.linked.iter().filter(|l| l.property == property).collect();
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
    out.push_str(crate::html::WIDE);
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

/// A part of a weight in words.
pub fn part(text: &Text, part: Part) -> String {
    match part {
        Part::Together => text.say("part-together"),
        Part::Frequency => text.say("part-frequency"),
        Part::Calibration => text.say("part-calibration"),
        Part::Field(field, level) => {
            let (name, kind) = match field {
                Field::Given => ("given", "name"),
                Field::Family => ("family", "name"),
                Field::Order => ("order", "order"),
                Field::Birth => ("birth", "birth"),
                Field::Sex => ("sex", "same"),
                Field::Nationality => ("nationality", "same"),
                Field::Place => ("place", "place"),
                Field::Identifier => ("identifier", "same"),
                Field::Contact => ("contact", "contact"),
                Field::First | Field::Second | Field::Third | Field::Fourth => ("own", "own"),
            };
            let number = OWN.iter().position(|own| *own == field).map_or(0, |k| k + 1);
            format!(
                "{}: {}",
                text.fill(&format!("property-{name}"), &[("n", number.to_string())]),
                text.say(&format!("level-{kind}-{level}"))
            )
        }
    }
}
