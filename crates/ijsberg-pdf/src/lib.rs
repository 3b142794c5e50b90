//! Sets a report in PDF: tagged for screen readers (PDF/UA-1), for the archive (PDF/A-2a), its fonts in it, the same bytes each
//! time. The words come as data, so nothing in them can be taken for markup, and nothing is fetched.

use std::collections::HashMap;

use ijsberg_outside::printed;
use ijsberg_publication::document::{Block, Document};
use ijsberg_publication::tables::{Holds, PublicTable};
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

/// The layout.
const TEMPLATE: &str = include_str!("../templates/report.typ");

/// Why there is no PDF. What a report holds never is the reason: it comes as data.
#[derive(Debug, thiserror::Error)]
#[error("the PDF could not be set: {0}")]
pub struct PdfError(String);

/// What the layout can see: the template, the data and the pictures.
struct Desk {
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

impl World for Desk {
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

/// Sets a document.
///
/// # Errors
/// If the layout and the data do not fit.
pub fn pdf(text: &Text, document: &Document) -> Result<Vec<u8>, PdfError> {
    let fonts: Vec<Font> = typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
    // A standard that wants every letter to have a shape refuses the whole file for one that has none.
    let printed =
        |words: &str| printed(words, |c| fonts.iter().any(|f| f.info().coverage.contains(u32::from(c))));
    let mut files = HashMap::new();
    let mut blocks = Vec::new();
    for (i, block) in document.blocks.iter().enumerate() {
        if let Block::Figure { chart, .. } = block {
            files.insert(file(&format!("{i}.svg"))?, Bytes::new(printed(&chart.wide).into_bytes()));
        }
        blocks.push(data(text, i, block));
    }
    let d = document.date;
    let data = json!({
        "title": document.title,
        "subtitle": document.subtitle,
        "date": d.to_string(),
        "year": d.year(), "month": d.month(), "day": d.day(),
        "lang": document.language.code(),
        "contents": text.say("report-contents"),
        "blocks": blocks,
    });
    let data = each_text(data, &printed);
    files.insert(file("data.json")?, Bytes::new(data.to_string().into_bytes()));
    let desk = Desk {
        library: LazyHash::new(
            Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
        ),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        main: Source::new(file("main.typ")?, TEMPLATE.to_owned()),
        files,
    };
    let set = typeset(&desk);
    // What was remembered of this report is of no use to the next.
    comemo::evict(0);
    set
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

fn typeset(desk: &Desk) -> Result<Vec<u8>, PdfError> {
    let said = |errors: &[typst::diag::SourceDiagnostic]| {
        PdfError(errors.iter().map(|e| e.message.to_string()).collect::<Vec<_>>().join("; "))
    };
    let pages = typst::compile::<PagedDocument>(desk).output.map_err(|e| said(&e))?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|e| PdfError(e.message().to_string()))?;
    let options = PdfOptions { ident: Smart::Auto, standards, ..PdfOptions::default() };
    typst_pdf::pdf(&pages, &options).map_err(|e| said(&e))
}

fn data(text: &Text, i: usize, block: &Block) -> Value {
    match block {
        Block::Heading(depth, words) => json!({ "kind": "heading", "depth": depth, "words": words }),
        Block::Paragraph(words) => json!({ "kind": "paragraph", "words": words }),
        Block::Note(words) => json!({ "kind": "note", "words": words }),
        Block::List(items) => json!({ "kind": "list", "items": items }),
        Block::Figure { chart, caption } => json!({
            "kind": "figure", "file": format!("{i}.svg"), "alternative": chart.description, "caption": caption,
        }),
        Block::Table(t) => table(text, t),
    }
}

fn table(text: &Text, t: &PublicTable) -> Value {
    let cells =
        t.rows.iter().flat_map(|row| row.iter().zip(&t.columns).map(|(cell, c)| cell.shown(text, c.holds)));
    // A column of long words takes what the others leave.
    let long = |k: usize| {
        t.rows.iter().any(|row| row.get(k).is_some_and(|c| c.shown(text, Holds::Text).chars().count() > 28))
    };
    json!({
        "kind": "table",
        "title": t.title,
        "columns": t.columns.iter().map(|c| c.title.clone()).collect::<Vec<_>>(),
        "right": t.columns.iter().map(|c| c.holds != Holds::Text).collect::<Vec<_>>(),
        "widths": (0..t.columns.len()).map(|k| u8::from(long(k))).collect::<Vec<_>>(),
        "cells": cells.collect::<Vec<_>>(),
        "notes": t.notes,
    })
}
