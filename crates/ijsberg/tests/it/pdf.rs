//! A PDF as a screen reader and an archive find it: what of PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2) a program can check,
//! by the failure conditions of the Matterhorn protocol 1.1, whose numbers stand beside the checks.

use std::collections::BTreeSet;

use hayro_syntax::Pdf;
use hayro_syntax::object::dict::Dict;
use hayro_syntax::object::stream::Stream;
use hayro_syntax::object::{Name, Object, ObjectIdentifier, String as PdfString};

/// An element of the structure.
struct Element<'a> {
    tag: String,
    dict: Dict<'a>,
    below: Vec<Element<'a>>,
    /// Pieces of content: the page and the number on it.
    content: Vec<(ObjectIdentifier, i32)>,
    /// Annotations.
    annotations: Vec<Dict<'a>>,
}

impl<'a> Element<'a> {
    fn read(dict: Dict<'a>, page: Option<ObjectIdentifier>) -> Self {
        let page = dict.get_ref("Pg").map(Into::into).or(page);
        let tag = dict.get::<Name<'_>>("S").map_or_else(|| "root".to_owned(), |n| n.as_str().to_owned());
        let mut element = Self { tag, below: Vec::new(), content: Vec::new(), annotations: Vec::new(), dict };
        let below = match element.dict.get::<Object<'_>>("K") {
            Some(Object::Array(all)) => all.iter::<Object<'_>>().collect(),
            Some(one) => vec![one],
            None => Vec::new(),
        };
        for object in below {
            match object {
                Object::Number(n) => element.content.push((page.expect("a page"), n.as_i64() as i32)),
                Object::Dict(d) => {
                    match d.get::<Name<'_>>("Type").map(|n| n.as_str().to_owned()).as_deref() {
                        Some("MCR") => {
                            let page = d.get_ref("Pg").map(Into::into).or(page);
                            element
                                .content
                                .push((page.expect("a page"), d.get::<i32>("MCID").expect("a number")));
                        }
                        Some("OBJR") => element.annotations.push(d.get("Obj").expect("an annotation")),
                        _ => element.below.push(Self::read(d, page)),
                    }
                }
                other => panic!("{other:?} in the structure"),
            }
        }
        element
    }

    /// It and all below, in reading order.
    fn all(&self) -> Vec<&Self> {
        std::iter::once(self).chain(self.below.iter().flat_map(Self::all)).collect()
    }

    fn words(&self, key: &str) -> usize {
        self.dict.get::<PdfString<'_>>(key).map_or(0, |s| s.as_bytes().len())
    }

    fn child_tags(&self) -> Vec<&str> {
        self.below.iter().map(|e| e.tag.as_str()).collect()
    }

    /// An entry of its attributes.
    fn attribute(&self, key: &str) -> Option<String> {
        let of = |d: Dict<'_>| d.get::<Name<'_>>(key).map(|n| n.as_str().to_owned());
        match self.dict.get::<Object<'_>>("A")? {
            Object::Dict(d) => of(d),
            Object::Array(all) => all.iter::<Dict<'_>>().find_map(of),
            _ => None,
        }
    }
}

/// Checks a report in a language.
pub(crate) fn check(bytes: &[u8], language: &str) -> usize {
    let pdf = Pdf::new(bytes.to_vec()).expect("a PDF");
    let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).expect("a catalogue");
    says_what_it_is(&root, language);
    let structure = Element::read(root.get("StructTreeRoot").expect("a structure"), None);
    let all = structure.all();
    headings(&all);
    let figures = figures_and_links(&all);
    tables(&all);
    lists(&all);
    content(&pdf, &all);
    fonts(&pdf);
    figures
}

/// 06-001 to 06-003, 07-001 and 07-002, 11-006.
fn says_what_it_is(root: &Dict<'_>, language: &str) {
    let lang = root.get::<PdfString<'_>>("Lang").expect("a language");
    assert!(lang.as_bytes().starts_with(language.as_bytes()));
    let marked = root.get::<Dict<'_>>("MarkInfo").and_then(|m| m.get::<bool>("Marked"));
    assert_eq!(marked, Some(true));
    let shown = root.get::<Dict<'_>>("ViewerPreferences").and_then(|v| v.get::<bool>("DisplayDocTitle"));
    assert_eq!(shown, Some(true), "the title is shown, not the name of the file");
    let metadata = root.get::<Stream<'_>>("Metadata").expect("metadata").decoded().unwrap().into_owned();
    let metadata = String::from_utf8(metadata).unwrap();
    for what in [
        "<pdfuaid:part>1<",
        "<pdfaid:part>2<",
        "<pdfaid:conformance>A<",
        "<dc:title>",
        &format!("<rdf:li>{language}"),
    ] {
        assert!(metadata.contains(what), "{what} in\n{metadata}");
    }
    // What acts or changes by itself has no place in a report.
    for never in ["OpenAction", "AA", "AcroForm", "Perms"] {
        assert!(!root.contains_key(never), "{never}");
    }
}

/// 14-002 and 14-003: the first is of level 1, and none is skipped on the way down.
fn headings(all: &[&Element<'_>]) {
    let level = |e: &&Element<'_>| e.tag.strip_prefix('H').and_then(|n| n.parse::<usize>().ok());
    let levels: Vec<usize> = all.iter().filter_map(level).collect();
    assert!(levels.len() > 10 && levels[0] == 1, "{levels:?}");
    assert!(levels.windows(2).all(|w| w[1] <= w[0] + 1), "{levels:?}");
}

/// 13-004, 28-011 and 28-012: words in place of what is seen, and of where a link leads.
fn figures_and_links(all: &[&Element<'_>]) -> usize {
    let figures: Vec<_> = all.iter().filter(|e| e.tag == "Figure").collect();
    assert!(figures.iter().all(|f| f.words("Alt") > 20), "{}", figures.len());
    for link in all.iter().filter(|e| e.tag == "Link") {
        let leads =
            |a: &Dict<'_>| a.get::<PdfString<'_>>("Contents").is_some_and(|c| !c.as_bytes().is_empty());
        assert!(!link.annotations.is_empty() && link.annotations.iter().all(leads));
    }
    figures.len()
}

/// 09-004 and 15-003: rows of the same length, and headers that say what they are of.
fn tables(all: &[&Element<'_>]) {
    let tables: Vec<_> = all.iter().filter(|e| e.tag == "Table").collect();
    assert!(tables.len() >= 10, "{}", tables.len());
    for table in tables {
        let inside = table.all();
        let rows: Vec<_> = inside.iter().filter(|e| e.tag == "TR").collect();
        let widths: BTreeSet<usize> = rows.iter().map(|r| r.below.len()).collect();
        assert!(rows.len() > 1 && widths.len() == 1, "{widths:?}");
        assert!(rows.iter().all(|r| r.child_tags().iter().all(|t| ["TH", "TD"].contains(t))));
        let headers: Vec<_> = inside.iter().filter(|e| e.tag == "TH").collect();
        let scopes =
            |of: &str| headers.iter().filter(|h| h.attribute("Scope").as_deref() == Some(of)).count();
        assert_eq!((scopes("Column"), scopes("Row")), (rows[0].below.len(), rows.len() - 1));
    }
}

/// 09-005: lists of items.
fn lists(all: &[&Element<'_>]) {
    for list in all.iter().filter(|e| e.tag == "L") {
        assert!(list.child_tags().iter().all(|t| ["LI", "Caption"].contains(t)), "{:?}", list.child_tags());
    }
    for item in all.iter().filter(|e| e.tag == "LI") {
        assert!(item.child_tags().iter().all(|t| ["Lbl", "LBody"].contains(t)), "{:?}", item.child_tags());
    }
}

/// 01-005: whatever is drawn is an artefact or a piece of the structure, and every piece is there. 28-008 and 28-009: pages are gone
/// through in the order of the structure.
fn content(pdf: &Pdf, all: &[&Element<'_>]) {
    let told: BTreeSet<(ObjectIdentifier, i32)> =
        all.iter().flat_map(|e| e.content.iter().copied()).collect();
    let mut drawn = BTreeSet::new();
    for (number, page) in pdf.pages().iter().enumerate() {
        let id = page.raw().obj_id().expect("a page is an object");
        assert!(page.raw().contains_key("StructParents"), "page {number}");
        if page.raw().contains_key("Annots") {
            assert_eq!(
                page.raw().get::<Name<'_>>("Tabs").map(|n| n.as_str().to_owned()).as_deref(),
                Some("S")
            );
        }
        let mut open = 0;
        let mut operations = page.operations();
        while let Some(operation) = operations.next() {
            match &**operation.operator {
                b"BDC" | b"BMC" => {
                    open += 1;
                    let properties = operation.operands().nth(1).and_then(|o| o.clone().into_dict());
                    drawn.extend(properties.and_then(|d| d.get::<i32>("MCID")).map(|n| (id, n)));
                }
                b"EMC" => open -= 1,
                b"Tj" | b"TJ" | b"'" | b"\"" | b"f" | b"f*" | b"S" | b"B" | b"Do" | b"sh" => {
                    assert!(open > 0, "page {number} draws what is nothing");
                }
                _ => {}
            }
        }
        assert_eq!(open, 0, "page {number}");
    }
    assert!(drawn.len() > 500);
    assert_eq!(drawn, told);
}

/// 31-009 and 31-027: every font is in the file, and says which letters it draws.
fn fonts(pdf: &Pdf) {
    let mut found = 0;
    for font in pdf.objects().into_iter().filter_map(Object::into_dict) {
        if font.get::<Name<'_>>("Type").is_none_or(|t| t.as_str() != "Font") {
            continue;
        }
        let kind = font.get::<Name<'_>>("Subtype").expect("a kind").as_str().to_owned();
        if kind == "Type0" {
            found += 1;
            assert!(font.contains_key("ToUnicode"));
            continue;
        }
        assert!(["CIDFontType0", "CIDFontType2"].contains(&kind.as_str()), "{kind}");
        let file = font.get::<Dict<'_>>("FontDescriptor").expect("a description");
        assert!(["FontFile2", "FontFile3"].iter().any(|f| file.contains_key(f)));
    }
    assert!(found >= 2, "{found}");
}
