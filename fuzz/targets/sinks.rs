//! Any bytes as a text from outside, through the writer of every place where text goes: what must never come out does not.

#[allow(dead_code, reason = "what reads files of other kinds serves other tests")]
#[path = "never.rs"]
pub(crate) mod never;

use ijsberg_outside::{
    Csv, Line, Name, Passage, cell, coloured, file_name, identifier, json, markup, printed, sheet_name,
    terminal,
};
use ijsberg_report::charts::{Part, bars, series};
use ijsberg_report::text::{Language, Text};

/// Tries any bytes.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    taken_in(&text);
    never::terminal(terminal(&text).as_bytes());
    // A page in colours, of which this is a part.
    let page = format!("\u{1b}[1;36m{}\u{1b}[0m", terminal(&text));
    never::terminal(coloured(&page).replace("\u{1b}[1;36m", "").replace("\u{1b}[0m", "").as_bytes());
    never::cell_of_csv(&cell(&text));
    let mut out = Csv::below(&text);
    out.row([text.as_ref(), "1"]);
    out.row(["a", text.as_ref()]);
    never::csv(out.finish().as_bytes());
    never::file_name(&file_name(&text));
    never::sheet_name(&sheet_name(&text));
    if !text.is_empty() {
        never::file_name(&format!("reported-{}.csv", identifier(&text.chars().take(20).collect::<String>())));
    }
    let (body, attribute) = (markup(&text), markup(&text));
    never::xml(&format!("<svg><title id=\"{attribute}\">{body}</title></svg>"));
    never::html(&format!("<p title=\"{attribute}\">{body}</p>"));
    let set = printed(&text, |all| all.chars().all(char::is_alphanumeric));
    never::terminal(terminal(&set).as_bytes());
    never::json_file(&json(&serde_json::json!({ text.as_ref(): text.as_ref() })).unwrap());
    charts(&text);
}

/// What is taken in at all has nothing in it that any place would have to leave out.
fn taken_in(text: &str) {
    if let Ok(line) = Line::new(text, 200) {
        never::terminal(line.as_str().as_bytes());
        assert!(!line.as_str().contains('\n') && line.as_str().chars().count() <= 200);
    }
    if let Ok(passage) = Passage::new(text, 2000) {
        never::terminal(passage.as_str().replace('\r', "").as_bytes());
    }
    if let Ok(name) = Name::new(text, 60) {
        assert!(![".", ".."].contains(&name.as_str()) && !name.as_str().contains(['/', '\\', ':']));
    }
}

/// Pictures of which it names the parts.
fn charts(text: &str) {
    let part = |label: String| Part { label, seen: 10.0, n_hat: 20.0, limits: Some((15.0, 30.0)) };
    let parts = [part(text.to_owned()), part(format!("2015 {text}"))];
    let words = Text::new(Language::Dutch);
    for chart in [bars(&words, text, &parts), series(&words, text, &parts)].into_iter().flatten() {
        for svg in [chart.wide, chart.narrow] {
            never::xml(&svg);
            never::html(&svg);
        }
    }
}
