//! The citation of a folder: a sentence for readers, and a file for reference managers (Citation File Format 1.2).

use ijsberg_outside::json_line;
use ijsberg_report::text::Text;

use super::FolderInfo;
use super::languages::in_language;

/// The citation as a sentence.
pub fn citation(text: &Text, about: &FolderInfo) -> String {
    let data = text.say("data-citation-data");
    let kind = match about.stage {
        Some(stage) => format!("{data}, {}", text.say(&format!("data-stage-{stage}"))),
        None => data,
    };
    let parts = [
        ("publisher", in_language(text, &about.publishers).to_owned()),
        ("published", about.date.year().to_string()),
        ("title", in_language(text, &about.titles).to_owned()),
        ("kind", kind),
        ("date", text.day(&about.date.to_string())),
    ];
    text.fill("data-citation", &parts)
}

/// A YAML string: a JSON string is also a YAML string.
fn quoted(text: &str) -> String {
    json_line(text).unwrap_or_default().trim_end().to_owned()
}

/// The citation file.
pub(super) fn file(text: &Text, about: &FolderInfo) -> String {
    let keywords = text.say("data-keywords");
    let keywords: Vec<String> = keywords.split(", ").map(|k| format!("  - {}\n", quoted(k))).collect();
    [
        "cff-version: 1.2.0\n".to_owned(),
        format!("message: {}\n", quoted(&text.say("data-citation-message"))),
        "type: dataset\n".to_owned(),
        format!("title: {}\n", quoted(in_language(text, &about.titles))),
        format!("abstract: {}\n", quoted(in_language(text, &about.descriptions))),
        format!("authors:\n  - name: {}\n", quoted(in_language(text, &about.publishers))),
        format!("version: {}\n", quoted(&about.version())),
        format!("date-released: {}\n", quoted(&about.date.to_string())),
        "license: CC-BY-4.0\n".to_owned(),
        format!("keywords:\n{}", keywords.concat()),
    ]
    .concat()
}
