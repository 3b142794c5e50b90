//! A sheet of a form as a table, with headers as tools write them.

use std::collections::BTreeMap;

use super::Sheet;

/// Columns whose content is kept with a field.
const KEPT: &[&str] = &[
    "hint",
    "guidance_hint",
    "required",
    "required_message",
    "relevant",
    "constraint",
    "constraint_message",
    "calculation",
    "default",
    "read_only",
    "readonly",
    "appearance",
    "choice_filter",
    "repeat_count",
    "parameters",
    "trigger",
    "note",
];

/// Columns of the reference for XLSForms that say how a field looks or is stored: not kept, and no reason to warn.
const PASSED: &[&str] = &[
    "type",
    "command",
    "name",
    "tag",
    "value",
    "label",
    "disabled",
    "media",
    "image",
    "big-image",
    "audio",
    "video",
    "autoplay",
    "rows",
    "bind",
    "body",
    "control",
    "instance",
    "intent",
    "buttontext",
    "noapperrorstring",
    "no_app_error_string",
    "save_to",
    "compact_tag",
];

/// A header: what it is, and in which language.
pub(super) struct Header {
    /// As it is written.
    pub(super) written: String,
    /// In small letters, with underscores, by the name of today.
    pub(super) key: String,
    /// None where there is but one.
    pub(super) language: String,
}

impl Header {
    fn read(written: &str) -> Self {
        let written = written.trim();
        let fold = |t: &str| t.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase();
        // Languages are set off by two colons, and by one in forms of old; `jr:count` is one word.
        let (first, rest) = match written.split_once(':') {
            Some((jr, _)) if jr.trim().eq_ignore_ascii_case("jr") => (written, ""),
            Some((first, rest)) => (first, rest.trim_start_matches(':').trim()),
            None => (written, ""),
        };
        let (key, language) = match (fold(first).as_str(), rest) {
            ("bind" | "control", of) if !of.is_empty() => (fold(of), ""),
            ("media", of) => ("media".to_owned(), of),
            (key, of) => (key.to_owned(), of),
        };
        let key = match key.as_str() {
            "caption" => "label",
            "relevance" => "relevant",
            "calculate" => "calculation",
            "constraining_message" | "jr:constraintmsg" => "constraint_message",
            "requiredmsg" | "jr:requiredmsg" => "required_message",
            "count" | "jr:count" => "repeat_count",
            same => same,
        };
        Self { written: written.to_owned(), key: key.to_owned(), language: language.to_owned() }
    }

    /// Whether the reference has this column.
    pub(super) fn known(&self) -> bool {
        let key = self.key.as_str();
        let attribute = ["bind:", "bind::", "control:", "body:", "instance:"]
            .iter()
            .any(|p| self.written.to_lowercase().starts_with(p));
        key.is_empty() || KEPT.contains(&key) || PASSED.contains(&key) || key.starts_with("sms_") || attribute
    }

    /// Whether what stands there is kept with the field: not the versions in several languages.
    pub(super) fn kept(&self) -> bool {
        self.language.is_empty() && KEPT.contains(&self.key.as_str())
    }
}

/// A sheet.
pub(super) struct Table<'a> {
    pub(super) header: Vec<Header>,
    /// Rows with their number in the sheet.
    pub(super) rows: Vec<(usize, &'a Vec<String>)>,
}

impl<'a> Table<'a> {
    pub(super) fn from_sheet(workbook: &'a [Sheet], name: &str) -> Option<Self> {
        let (_, rows) = workbook.iter().find(|s| s.0.trim().eq_ignore_ascii_case(name))?;
        let header = rows.first()?.iter().map(|h| Header::read(h)).collect();
        Some(Self { header, rows: rows.iter().enumerate().skip(1).map(|(i, r)| (i + 1, r)).collect() })
    }

    /// The column of the first of these names that is there.
    pub(super) fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|n| self.header.iter().position(|h| h.key == *n))
    }

    /// Labels by language.
    pub(super) fn labels(&self, row: &[String]) -> BTreeMap<String, String> {
        let of =
            self.header.iter().enumerate().filter(|(c, h)| h.key == "label" && !cell(row, *c).is_empty());
        of.map(|(c, h)| (h.language.clone(), cell(row, c))).collect()
    }
}

/// The text of a cell.
pub(super) fn cell(row: &[String], column: usize) -> String {
    row.get(column).map(|c| c.trim().to_owned()).unwrap_or_default()
}

/// `survey!B12`.
pub(super) fn place(sheet: &str, line: usize, column: usize) -> String {
    let mut letters = String::new();
    let mut n = column + 1;
    while n > 0 {
        letters.insert(0, char::from(b'A' + ((n - 1) % 26) as u8));
        n = (n - 1) / 26;
    }
    format!("{sheet}!{letters}{line}")
}
