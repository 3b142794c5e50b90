//! Sets a report in PDF: tagged for screen readers (PDF/UA-1), for the archive (PDF/A-2a), its fonts in it, the same bytes each
//! time. The words come as data, so nothing in them can be taken for markup, and nothing is fetched.

#[cfg(test)]
#[allow(dead_code, reason = "what reads files of other kinds serves other tests")]
#[path = "../../../fuzz/targets/never.rs"]
mod never;
mod pages;
mod png;
mod tables;
mod widths;

use std::collections::HashMap;

use ijsberg_outside::printed;
use ijsberg_publication::document::{Block, Document};
use ijsberg_publication::monitor::Front;
use ijsberg_report::text::Text;
use serde_json::{Value, json};
use typst::comemo;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::tables::table;

pub use png::Painter;

/// The layout.
const TEMPLATE: &str = include_str!("../templates/report.typ");

/// The font of the text, as the layout names it.
const FAMILY: &str = "Libertinus Serif";

/// Why there is no PDF. What a report holds never is the reason: it comes as data.
#[derive(Debug, thiserror::Error)]
#[error("the PDF could not be set: {0}")]
pub struct PdfError(String);

/// What the layout can see: the template, the data and the pictures.
struct LayoutWorld {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    files: HashMap<FileId, Bytes>,
}

fn file(name: &str) -> Result<FileId, PdfError> {
    let path = VirtualPath::new(name).map_err(|e| PdfError(format!("{e:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for LayoutWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::NotSource) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        // The day of an edition is in its data; the clock is nobody's business.
        None
    }
}

/// Sets a document, with a cover where it has one. A letter that no font has is printed as `\u{fffd}`.
///
/// # Errors
/// If the layout and the data do not fit.
pub fn pdf(text: &Text, document: &Document, front: Option<&Front>) -> Result<Vec<u8>, PdfError> {
    let fonts: Vec<Font> = typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
    // A standard that wants every letter to have a shape refuses the whole file for one that has none.
    let of = |font: &Font, words: &str| words.chars().all(|c| font.info().coverage.contains(u32::from(c)));
    let any = |words: &str| printed(words, |w| fonts.iter().any(|f| of(f, w)));
    // What a font has is not always what it makes of letters beside each other: then only those of the text's own font are left, each
    // without marks.
    let own = fonts.iter().find(|f| f.info().family == FAMILY);
    let plain = |words: &str| {
        printed(words, |w| w.chars().nth(1).is_none() && w <= "\u{24F}" && own.is_some_and(|f| of(f, w)))
    };
    let whole = (document, front);
    set(text, whole, &fonts, &any).or_else(|_| set(text, whole, &fonts, &plain))
}

/// Sets a document of which every text is printed so.
fn set(
    text: &Text,
    whole: (&Document, Option<&Front>),
    fonts: &[Font],
    printed: &dyn Fn(&str) -> String,
) -> Result<Vec<u8>, PdfError> {
    let set = composed(text, whole, fonts, printed).and_then(|pages| written(&pages));
    // What was remembered of this report is of no use to the next.
    comemo::evict(0);
    set
}

/// Its pages. Where the last would hold a few lines only, everything stands a little closer if that saves the page.
fn composed(
    text: &Text,
    (document, front): (&Document, Option<&Front>),
    fonts: &[Font],
    printed: &dyn Fn(&str) -> String,
) -> Result<PagedDocument, PdfError> {
    let mut files = HashMap::new();
    let mut blocks = Vec::new();
    // What the cover says is not said again.
    let on_the_cover = front.map_or(0, |f| f.blocks);
    for (i, block) in document.blocks.iter().enumerate().skip(on_the_cover) {
        if let Block::Figure { chart, .. } = block {
            files.insert(file(&format!("{i}.svg"))?, Bytes::new(printed(&chart.wide).into_bytes()));
        }
        blocks.push(data(text, i, block));
    }
    let d = document.date;
    let data = json!({
        "title": document.title,
        "subtitle": document.subtitle,
        "date": text.day(&d.to_string()),
        "year": d.year(), "month": d.month(), "day": d.day(),
        "lang": document.language.code(),
        "contents": text.say("report-contents"),
        "tight": false,
        "front": front.map(|f| json!({
            "lines": f.lines, "year": f.year, "edition": f.edition, "state": f.state, "notes": f.notes,
        })),
        "blocks": blocks,
    });
    let mut data = each_text(data, printed);
    let place = file("data.json")?;
    files.insert(place, Bytes::new(data.to_string().into_bytes()));
    let mut world = LayoutWorld {
        library: LazyHash::new(
            Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
        ),
        book: LazyHash::new(FontBook::from_fonts(fonts)),
        fonts: fonts.to_vec(),
        main: Source::new(file("main.typ")?, TEMPLATE.to_owned()),
        files,
    };
    let set = typeset(&world)?;
    if !pages::ends_nearly_empty(&set) {
        return Ok(set);
    }
    data["tight"] = json!(true);
    world.files.insert(place, Bytes::new(data.to_string().into_bytes()));
    let closer = typeset(&world)?;
    Ok(if closer.pages().len() < set.pages().len() { closer } else { set })
}

/// The same data with every text in it changed.
fn each_text(data: Value, change: &dyn Fn(&str) -> String) -> Value {
    match data {
        Value::String(words) => Value::String(change(&words)),
        Value::Array(all) => all.into_iter().map(|v| each_text(v, change)).collect(),
        Value::Object(all) => all.into_iter().map(|(k, v)| (k, each_text(v, change))).collect(),
        other => other,
    }
}

fn said(errors: &[typst::diag::SourceDiagnostic]) -> PdfError {
    PdfError(errors.iter().map(|e| e.message.to_string()).collect::<Vec<_>>().join("; "))
}

fn typeset(world: &LayoutWorld) -> Result<PagedDocument, PdfError> {
    typst::compile::<PagedDocument>(world).output.map_err(|e| said(&e))
}

fn written(pages: &PagedDocument) -> Result<Vec<u8>, PdfError> {
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|e| PdfError(e.message().to_string()))?;
    let options = PdfOptions { ident: Smart::Auto, standards, ..PdfOptions::default() };
    typst_pdf::pdf(pages, &options).map_err(|e| said(&e))
}

fn data(text: &Text, i: usize, block: &Block) -> Value {
    match block {
        Block::Heading(depth, words) => json!({ "kind": "heading", "depth": depth, "words": words }),
        Block::Paragraph(words) => json!({ "kind": "paragraph", "words": words }),
        Block::Note(words) => json!({ "kind": "note", "words": words }),
        Block::List(items) => json!({ "kind": "list", "items": items }),
        Block::Figure { chart, caption, of, .. } => json!({
            "kind": "figure", "file": format!("{i}.svg"), "alternative": chart.description, "caption": caption,
            "of": of,
        }),
        Block::Table(t) => table(text, t),
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_outside::markup;
    use ijsberg_publication::tables::{Cell, Column, ColumnType, PublicTable};
    use ijsberg_report::charts::{Chart, Data};
    use ijsberg_report::text::Language;

    use super::*;

    /// A report that holds a text wherever it can hold one.
    fn report(words: &str) -> Document {
        let words = words.to_owned();
        let column = |holds| Column { name: "c".into(), title: words.clone(), holds };
        let table = PublicTable {
            id: "t".into(),
            title: words.clone(),
            notes: vec![words.clone()],
            columns: vec![column(ColumnType::Text), column(ColumnType::Text)],
            rows: vec![vec![Cell::Text(words.clone()), Cell::Text(format!("a {words} b"))]],
        };
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 300 40\"><title>{0}</title>\
             <text x=\"2\" y=\"20\" font-size=\"9\" font-family=\"sans-serif\">{0}</text></svg>",
            markup(&words)
        );
        let (title, description) = (words.clone(), words.clone());
        let chart = Chart { title, description, wide: svg.clone(), narrow: svg, data: Data::default() };
        Document {
            language: Language::Dutch,
            title: words.clone(),
            subtitle: words.clone(),
            date: jiff::civil::date(2026, 11, 24),
            blocks: vec![
                Block::Heading(2, words.clone()),
                Block::Paragraph(words.clone()),
                Block::Note(words.clone()),
                Block::List(vec![words.clone()]),
                Block::Figure { id: "c".into(), chart, caption: words.clone(), of: words.clone() },
                Block::Table(table),
            ],
        }
    }

    /// A cover likewise.
    fn cover(words: &str) -> Front {
        let words = words.to_owned();
        Front {
            lines: vec![words.clone(); 2],
            year: words.clone(),
            edition: words.clone(),
            state: words.clone(),
            notes: vec![words],
            blocks: 0,
        }
    }

    #[test]
    fn a_cover_is_pages_more_and_a_report_without_one_has_its_title_all_the_same() {
        let text = Text::new(Language::English);
        let of = report("Presumed victims");
        let (with, without) = (pdf(&text, &of, Some(&cover("2015"))), pdf(&text, &of, None));
        let (with, without) = (with.unwrap(), without.unwrap());
        assert!(without.starts_with(b"%PDF-1.7") && with.len() > without.len());
    }

    #[test]
    fn a_few_lines_are_not_alone_on_the_last_page() {
        let text = Text::new(Language::English);
        let fonts: Vec<Font> =
            typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
        let pages = |lines: usize| {
            let one = Block::Paragraph("One line.".into());
            let blocks =
                std::iter::once(Block::Heading(2, "w".into())).chain(std::iter::repeat_n(one, lines));
            let of = Document { blocks: blocks.collect(), ..report("w") };
            composed(&text, (&of, None), &fonts, &|words| words.to_owned()).unwrap().pages().len()
        };
        // The first comes to a few lines of a second page as long as nothing stands closer.
        assert_eq!([pages(26), pages(40)], [1, 2]);
    }

    #[test]
    fn the_typeface_is_the_one_that_the_report_names() {
        for language in [Language::Dutch, Language::English] {
            let said = Text::new(language).say("report-typefaces");
            assert!(said.contains(FAMILY) && said.contains("Open Font License"), "{said}");
        }
        assert!(TEMPLATE.contains(&format!("font: \"{FAMILY}\"")));
    }

    /// Letters of scripts that no font here has, marks of one script on letters of another, letters that join, spaces of all widths.
    fn strange() -> Vec<String> {
        let all = |from: u32, to: u32, before: &str| -> String {
            (from..=to).filter_map(char::from_u32).flat_map(|c| before.chars().chain([c, ' '])).collect()
        };
        vec![
            all(0x300, 0x36F, "x"),
            all(0x1AB0, 0x1ACE, "n"),
            all(0x20D0, 0x20F0, "a"),
            all(0x5B0, 0x5C7, "\u{5D0}"),
            all(0x64B, 0x65F, "\u{628}\u{644}"),
            all(0x93A, 0x94F, "\u{915}"),
            all(0x2000, 0x200A, "a"),
            "a\u{1680}b\u{205F}c\u{3000}d\u{A0}e\u{202F}f\u{85}g".into(),
            "\u{0E01}\u{0E33} \u{1112}\u{1161}\u{11AB} \u{6F22}\u{5B57} \u{10A0} \u{1F1F3}\u{1F1F1} 1\u{FE0F}\u{20E3}".into(),
            "\u{E000} \u{FDD0} \u{10FFFF} \u{FFFD}\u{301} \u{1D400} \u{2207}\u{338} e\u{5BC} \u{628}\u{301}".into(),
        ]
    }

    #[test]
    fn no_text_keeps_a_report_from_being_made() {
        let text = Text::new(Language::Dutch);
        let all: Vec<String> = never::nasty_texts()
            .into_iter()
            .map(|t| t.1)
            .filter(|t| t.len() < 1000)
            .chain(strange())
            .collect();
        // Together first, since each file takes time; where that fails, the message says which one.
        if let Err(error) = pdf(&text, &report(&all.join(" ")), Some(&cover(&all.join(" ")))) {
            let alone = all.iter().filter(|w| pdf(&text, &report(w), Some(&cover(w))).is_err());
            let alone = alone.collect::<Vec<_>>();
            panic!("{error}: {alone:?}");
        }
    }
}
