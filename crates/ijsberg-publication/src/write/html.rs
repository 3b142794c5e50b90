//! A document as one self-contained HTML page.

use std::collections::BTreeMap;
use std::fmt::Write;

use ijsberg_report::charts::escape;
use ijsberg_report::html::{Address, STYLE, addressed, document};
use ijsberg_report::text::Text;

use crate::document::{Block, Document};
use crate::tables::{ColumnType, PublicTable};
use crate::write::{pictures, readable, typeface};

/// The style sheet of a report, in addition to that of a page.
const REPORT: &str = "\
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th:first-child, th.text { text-align: left; }
td.text { text-align: left; white-space: normal; }
.note { border-left: 4px solid var(--lamp-fill); border-radius: var(--r2); background: var(--lamp-tint); padding: .25rem 1rem; max-width: 46rem; }
.note + .note { margin-top: .75rem; }
.quiet { color: var(--ink-2); font-size: var(--t-small); }
nav ol { columns: 2 16rem; }
p, li { overflow-wrap: break-word; }
figure { scroll-margin-top: var(--s4); }
figure:target { outline: 3px solid var(--action); }
figure .of { margin: var(--s1) 0 0; color: var(--ink-2); font-size: var(--t-small); }
.permalink { display: inline-block; min-width: 1.75rem; line-height: 1.75rem; text-align: center; text-decoration: none; color: var(--ink-2); }
.files { display: flex; flex-wrap: wrap; gap: 0 var(--s4); align-items: center; margin: var(--s3) 0 0; color: var(--ink-2); font-size: var(--t-small); }
.files a { display: inline-flex; align-items: center; min-height: var(--target); }
@media print { .permalink, .files { display: none; } }
";

/// Writes the page. Each chart has an address and links to its files in the folder of [`pictures`] next to the page.
pub fn page(text: &Text, d: &Document) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "<header><h1>{}</h1>\n<p>{}</p>\n<p class=\"quiet\">{}</p></header>\n<nav aria-label=\"{}\"><ol>\n",
        escape(&d.title),
        escape(&d.subtitle),
        d.date,
        escape(&text.say("report-contents"))
    );
    for (i, block) in d.blocks.iter().enumerate() {
        if let Block::Heading(2, words) = block {
            let _ = writeln!(out, "<li><a href=\"#s{i}\">{}</a></li>", escape(words));
        }
    }
    out.push_str("</ol></nav>\n");
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, block) in d.blocks.iter().enumerate() {
        let Block::Figure { id, chart, caption, of } = block else {
            self::block(&mut out, text, i, block);
            continue;
        };
        // An author may place a chart twice; no chart name ends like this suffix.
        let times = seen.entry(id).and_modify(|n| *n += 1).or_insert(1);
        let again = if *times > 1 { format!(".{times}") } else { String::new() };
        let (place, files) = (format!("figure-{id}{again}"), pictures::address(id, d.language));
        let at = Address { place: &place, files: &files };
        addressed(&mut out, text, (caption, of), chart, Some(at));
    }
    document(text, &d.title, &format!("{}{STYLE}{REPORT}", typeface::style()), &out)
}

/// Writes a block; charts have no address.
pub fn block(out: &mut String, text: &Text, i: usize, block: &Block) {
    // Writing to a string does not fail.
    let _ = match block {
        Block::Heading(depth, words) => writeln!(out, "<h{depth} id=\"s{i}\">{}</h{depth}>", escape(words)),
        Block::Paragraph(words) => writeln!(out, "<p>{}</p>", escape(words)),
        Block::Note(words) => writeln!(out, "<div class=\"note\"><p>{}</p></div>", escape(words)),
        Block::List(items) => {
            out.push_str("<ul>\n");
            items.iter().for_each(|w| {
                let _ = writeln!(out, "<li>{}</li>", escape(w));
            });
            writeln!(out, "</ul>")
        }
        Block::Figure { chart, caption, of, .. } => {
            addressed(out, text, (caption, of), chart, None);
            Ok(())
        }
        Block::Table(t) => {
            table(out, text, t);
            Ok(())
        }
    };
}

fn table(out: &mut String, text: &Text, t: &PublicTable) {
    let t = &readable::on_page(text, t);
    let label = escape(&t.title);
    let _ = write!(
        out,
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\">\n<table>\n<caption>{label}</caption>\n<thead><tr>"
    );
    for c in &t.columns {
        let words = if c.holds == ColumnType::Text { " class=\"text\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{words}>{}</th>", escape(&c.title));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &t.rows {
        out.push_str("<tr>");
        for (k, (cell, c)) in row.iter().zip(&t.columns).enumerate() {
            let words = escape(&cell.shown(text, c.holds));
            let _ = match (k, c.holds) {
                (0, _) => write!(out, "<th scope=\"row\">{words}</th>"),
                (_, ColumnType::Text) => write!(out, "<td class=\"text\">{words}</td>"),
                _ => write!(out, "<td>{words}</td>"),
            };
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
    for note in &t.notes {
        let _ = writeln!(out, "<p class=\"quiet\">{}</p>", escape(note));
    }
}
