//! The tables as an `OpenDocument` spreadsheet, which Dutch public bodies must offer in addition to other office formats.
//!
//! The format is written here because the available library keeps its parts in hash tables, so that the same tables do not give the same
//! bytes. Only texts and numbers in sheets are needed (ODF 1.3, part 3, chapter 9).

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use ijsberg_report::charts::escape;
use ijsberg_report::text::Text;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::edition::Edition;
use crate::tables::{Cell, ColumnType, PublicTable};
use crate::write::Cover;
use crate::write::room::{LETTERS, LINE, is_long, letters, lines};
use crate::write::xlsx::sheet;

const KIND: &str = "application/vnd.oasis.opendocument.spreadsheet";

const MANIFEST: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\">\
    <manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.3\" \
    manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/>\
    <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>\
    <manifest:file-entry manifest:full-path=\"meta.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>";

const CONTENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
    xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
    xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" office:version=\"1.3\">\
    <office:automatic-styles><number:percentage-style style:name=\"share\"><number:number number:decimal-places=\"1\" \
    number:min-integer-digits=\"1\"/><number:text>%</number:text></number:percentage-style>\
    <style:style style:name=\"share-cell\" style:family=\"table-cell\" style:data-style-name=\"share\"/>\
    <style:style style:name=\"heading\" style:family=\"table-cell\"><style:text-properties fo:font-weight=\"bold\"/>\
    </style:style><style:style style:name=\"wrapped\" style:family=\"table-cell\"><style:table-cell-properties \
    fo:wrap-option=\"wrap\"/></style:style>";

const BODY: &str = "</office:automatic-styles><office:body><office:spreadsheet>";

/// The maximum number of lines of a row.
const MOST_LINES: usize = 20;

/// Styles for the widths of columns, by number of letters at the usual font size, and for the heights of rows, by number of lines. Heights
/// are fixed because programs differ in the letter width with which they compute the height of a row.
fn sizes() -> String {
    let style = |letters: usize| {
        format!(
            "<style:style style:name=\"w{letters}\" style:family=\"table-column\"><style:table-column-properties \
             style:column-width=\"{:.1}cm\"/></style:style>",
            0.2 * letters as f64 + 0.5
        )
    };
    let height = |lines: usize| {
        format!(
            "<style:style style:name=\"h{lines}\" style:family=\"table-row\"><style:table-row-properties \
             style:row-height=\"{:.1}cm\" style:use-optimal-row-height=\"false\"/></style:style>",
            0.5 * lines as f64
        )
    };
    LETTERS.chain([LINE]).map(style).chain((1..=MOST_LINES).map(height)).collect()
}

/// Writes the workbook.
///
/// # Errors
/// If the archive cannot hold it.
pub fn workbook(text: &Text, e: &Edition, tables: &[PublicTable]) -> Result<Vec<u8>, ZipError> {
    workbook_of(text, &Cover::for_report(text, e, tables), tables)
}

/// Writes the workbook with a given cover.
///
/// # Errors
/// If the archive cannot hold it.
pub fn workbook_of(text: &Text, cover: &Cover, tables: &[PublicTable]) -> Result<Vec<u8>, ZipError> {
    let about = std::iter::once(&cover.title).chain(&cover.about);
    let mut content = format!("{CONTENT}{}{BODY}", sizes());
    let about = about.enumerate().map(|(i, line)| match i {
        0 => tagged(&styled(HEADING, line)),
        _ => tall(&styled(WRAPPED, line), lines(line, LINE)),
    });
    page(&mut content, &text.say("sheet-cover"), &[LINE], about);
    let title_of_contents = text.say("report-contents");
    let titles = tables.iter().enumerate().map(|(i, t)| tagged(&(words(&sheet(i)) + &words(&t.title))));
    let first = std::iter::once(tagged(&styled(HEADING, &title_of_contents)));
    page(&mut content, &title_of_contents, &[*LETTERS.start(), LINE], first.chain(titles));
    for (i, t) in tables.iter().enumerate() {
        let title = tagged(&styled(HEADING, &format!("{}: {}", sheet(i), t.title)));
        let head: String = t.columns.iter().map(|c| styled(HEADING, &c.title)).collect();
        let row = |r: &Vec<Cell>| {
            let cells = || r.iter().zip(&t.columns);
            let needed = cells().map(|(c, of)| lines(&c.plain(of.holds), *LETTERS.end())).max().unwrap_or(1);
            tall(&cells().map(|(c, of)| cell(c, of.holds)).collect::<String>(), needed)
        };
        let notes = t.notes.iter().map(|line| tagged(&words(line)));
        let mut rows: Vec<String> = std::iter::once(title).chain(notes).collect();
        rows.push(format!("<table:table-header-rows>{}</table:table-header-rows>", tagged(&head)));
        rows.extend(t.rows.iter().map(row));
        page(&mut content, &sheet(i), &letters(t), rows.into_iter());
    }
    content.push_str("</office:spreadsheet></office:body></office:document-content>");
    let meta = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-meta \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:meta=\"urn:oasis:names:tc:opendocument:xmlns:meta:1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         office:version=\"1.3\"><office:meta><meta:generator>ijsberg</meta:generator><dc:title>{}</dc:title>\
         <dc:language>{}</dc:language><dc:date>{}T00:00:00</dc:date></office:meta></office:document-meta>",
        escape(&cover.title),
        text.language().code(),
        cover.date
    );
    archive(&[
        ("mimetype", KIND),
        ("META-INF/manifest.xml", MANIFEST),
        ("content.xml", &content),
        ("meta.xml", &meta),
    ])
}

fn page(out: &mut String, name: &str, letters: &[usize], rows: impl Iterator<Item = String>) {
    // Writing to memory cannot fail.
    let _ = write!(out, "<table:table table:name=\"{}\">", escape(name));
    for letters in letters {
        let _ = write!(out, "<table:table-column table:style-name=\"w{letters}\"/>");
    }
    for row in rows {
        out.push_str(&row);
    }
    out.push_str("</table:table>");
}

fn tagged(cells: &str) -> String {
    format!("<table:table-row>{cells}</table:table-row>")
}

/// A row with room for a number of lines.
fn tall(cells: &str, lines: usize) -> String {
    let lines = lines.min(MOST_LINES);
    format!("<table:table-row table:style-name=\"h{lines}\">{cells}</table:table-row>")
}

fn words(line: &str) -> String {
    format!(
        "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
        escape(line)
    )
}

const HEADING: &str = "heading";
const WRAPPED: &str = "wrapped";

fn styled(style: &str, line: &str) -> String {
    format!(
        "<table:table-cell table:style-name=\"{style}\" office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
        escape(line)
    )
}

fn cell(cell: &Cell, holds: ColumnType) -> String {
    let plain = cell.plain(holds);
    match (cell, holds) {
        (Cell::Number(x), ColumnType::Share) => format!(
            "<table:table-cell table:style-name=\"share-cell\" office:value-type=\"percentage\" office:value=\"{plain}\">\
             <text:p>{:.1}%</text:p></table:table-cell>",
            100.0 * x
        ),
        (Cell::Number(_) | Cell::Count(_), _) => format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{plain}\"><text:p>{plain}</text:p></table:table-cell>"
        ),
        _ if is_long(&plain) => styled(WRAPPED, &plain),
        _ => words(&plain),
    }
}

/// The archive. By the standard (part 2, 3.3) the media type comes first and uncompressed; no times are stored.
fn archive(files: &[(&str, &str)]) -> Result<Vec<u8>, ZipError> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let method =
            if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options =
            SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
        out.start_file(*name, options)?;
        out.write_all(content.as_bytes())?;
    }
    Ok(out.finish()?.into_inner())
}
