//! Parts of a document in Markdown.

use ijsberg_outside::seen;
use ijsberg_report::text::{Language, Text};

/// Characters that mean something in Markdown or HTML.
const MARKS: &str = "\\`*_{}[]<>#|!~&";

/// A document that grows.
pub(super) struct Page<'a> {
    pub(super) text: &'a Text,
    out: String,
}

impl<'a> Page<'a> {
    /// An empty one, in the language of a text.
    pub(super) fn new(text: &'a Text) -> Self {
        Self { text, out: String::new() }
    }

    /// All that was added to it.
    pub(super) fn finish(self) -> String {
        self.out
    }

    fn add(&mut self, what: &str) {
        self.out.push_str(what);
    }

    pub(super) fn heading(&mut self, level: &str, key: &str) {
        let said = self.text.say(key);
        self.title(level, &said);
    }

    /// A heading that is no message.
    pub(super) fn title(&mut self, level: &str, said: &str) {
        self.add(&format!("{level} {said}\n\n"));
    }

    pub(super) fn say(&mut self, key: &str) {
        self.fill(key, &[]);
    }

    pub(super) fn fill(&mut self, key: &str, parts: &[(&str, String)]) {
        let said = self.text.fill(key, parts);
        self.paragraph(&said);
    }

    /// A paragraph that is no message.
    pub(super) fn paragraph(&mut self, said: &str) {
        self.add(&format!("{said}\n\n"));
    }

    /// Points of a list.
    pub(super) fn points(&mut self, points: &[String]) {
        points.iter().for_each(|point| self.add(&format!("- {point}\n")));
        self.out.push('\n');
    }

    /// A table, below the messages of its columns. Cells are as they are to stand.
    pub(super) fn table(&mut self, columns: &[&str], rows: &[Vec<String>]) {
        let head: Vec<String> = columns.iter().map(|key| self.text.say(key)).collect();
        self.add(&format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(columns.len())));
        rows.iter().for_each(|row| self.add(&format!("| {} |\n", row.join(" | "))));
        self.out.push('\n');
    }

    pub(super) fn number(&self, n: i64) -> String {
        self.text.number(n as f64)
    }

    /// A moment as people read it.
    pub(super) fn moment(&self, at: &str) -> String {
        self.text.day(at.get(..10).unwrap_or(at))
    }

    /// The articles of a purpose in the language of the document.
    pub(super) fn articles(&self, purpose: &super::Purpose) -> String {
        let articles = match self.text.language() {
            Language::English => &purpose.en,
            Language::Dutch => &purpose.nl,
        };
        articles.join("; ")
    }
}

/// Text from outside as one line of a cell that nothing in it gets out of.
pub(super) fn cell(said: &str) -> String {
    let mut out = String::new();
    for c in seen(said).chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c => {
                if MARKS.contains(c) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_in_its_cell() {
        assert_eq!(cell("a | b\nc <script> [x](y) `z`"), r"a \| b c \<script\> \[x\](y) \`z\`");
        assert_eq!(cell("consent \u{202e}art. 6(1)(a)"), "consent art. 6(1)(a)");
    }
}
