//! Parses the text of a chapter: simple Markdown, and placeholders in double braces.

/// A placeholder: `{{kind:name=state|own words}}`; only the name is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot<'a> {
    /// Its kind; empty for a figure.
    pub(super) kind: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    /// The expected state of a claim.
    pub(super) state: Option<&'a str>,
    /// The author's own words.
    pub(super) own: Option<&'a str>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text.
    Words(&'a str),
    /// A placeholder.
    Slot(Slot<'a>),
    /// Braces that are not closed.
    Open,
}

/// The kind of a part of a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A heading, with the number of `#` before it.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A highlighted note.
    Note,
    /// A list item.
    Item,
    /// A chart, a table or a section that the program writes.
    Block,
}

/// A part of a chapter, with its lines and their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Its kind.
    pub(super) kind: Kind,
    /// Its lines.
    pub(super) lines: Vec<(usize, &'a str)>,
}

/// Kinds of placeholders that are separate blocks.
pub(super) const BLOCKS: [&str; 3] = ["figure", "table", "part"];

/// The kind that states whether the edition is a draft. On a separate line it produces no text.
pub(super) const EDITION: &str = "edition";

fn slot(inner: &str) -> Slot<'_> {
    let (head, own) = inner.split_once('|').map_or((inner, None), |(head, own)| (head, Some(own.trim())));
    let (kind, name) = head.split_once(':').unwrap_or(("", head));
    let kind = kind.trim();
    let (name, state) = match name.split_once('=') {
        Some((name, state)) if kind == "claim" => (name, Some(state.trim())),
        _ => (name, None),
    };
    Slot { kind, name: name.trim(), state, own: own.filter(|o| !o.is_empty()) }
}

/// The position at which a placeholder at the beginning of a text is closed; its words may contain placeholders.
fn closed(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(next) = text[at..].chars().next() {
        if text[at..].starts_with("{{") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("}}") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at);
            }
            at += 2;
        } else {
            at += next.len_utf8();
        }
    }
    None
}

/// The pieces of a line.
pub(super) fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("{{") {
        if at > 0 {
            all.push(Piece::Words(&rest[..at]));
        }
        let Some(length) = closed(&rest[at..]) else {
            all.push(Piece::Open);
            return all;
        };
        all.push(Piece::Slot(slot(&rest[at + 2..at + length])));
        rest = &rest[at + length + 2..];
    }
    if !rest.is_empty() {
        all.push(Piece::Words(rest));
    }
    all
}

/// Visits every placeholder of a line, including those within another.
pub(super) fn slots<'a>(line: &'a str, look: &mut impl FnMut(&Slot<'a>)) {
    for piece in pieces(line) {
        if let Piece::Slot(slot) = piece {
            look(&slot);
            slots(slot.own.unwrap_or_default(), look);
        }
    }
}

/// A text without its comments, with the same number of lines.
pub(super) fn without_comments(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("<!--") {
        out.push_str(before);
        let (comment, after) = after.split_once("-->").unwrap_or((after, ""));
        out.extend(comment.matches('\n'));
        rest = after;
    }
    out + rest
}

/// The kind of a line, and its words.
fn kind_of(line: &str) -> (Kind, &str) {
    let signs = line.bytes().take_while(|b| *b == b'#').count();
    if signs > 0 && (line.len() == signs || line[signs..].starts_with(' ')) {
        return (Kind::Heading(u8::try_from(signs).unwrap_or(u8::MAX)), line[signs..].trim());
    }
    if let Some(words) = line.strip_prefix('>') {
        return (Kind::Note, words.trim());
    }
    if let Some(words) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return (Kind::Item, words.trim());
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits)
        && let Some(words) = line[digits..].strip_prefix(". ")
    {
        return (Kind::Item, words.trim());
    }
    match pieces(line).as_slice() {
        [Piece::Slot(of)] if BLOCKS.contains(&of.kind) || of.kind == EDITION => (Kind::Block, line),
        _ => (Kind::Paragraph, line),
    }
}

/// The parts of a chapter.
pub(super) fn elements(source: &str) -> Vec<Element<'_>> {
    let mut all: Vec<Element<'_>> = Vec::new();
    let mut open = false;
    for (at, line) in source.lines().enumerate() {
        let (kind, words) = kind_of(line.trim());
        if words.is_empty() {
            open = false;
            continue;
        }
        let goes_on = |last: Kind| {
            matches!((last, kind), (Kind::Paragraph | Kind::Item, Kind::Paragraph) | (Kind::Note, Kind::Note))
        };
        match all.last_mut() {
            Some(last) if open && goes_on(last.kind) => last.lines.push((at + 1, words)),
            _ => all.push(Element { kind, lines: vec![(at + 1, words)] }),
        }
        open = true;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_into_words_and_placeholders() {
        let own = Slot { kind: "claim", name: "persons", state: Some("rose"), own: Some("meer meldingen") };
        let number = Slot { kind: "", name: "persons.2015", state: None, own: None };
        assert_eq!(
            pieces("In 2015 {{ persons.2015 }}: {{claim:persons=rose|meer meldingen}}."),
            [
                Piece::Words("In 2015 "),
                Piece::Slot(number),
                Piece::Words(": "),
                Piece::Slot(own),
                Piece::Words(".")
            ]
        );
        assert_eq!(pieces("a {{b"), [Piece::Words("a "), Piece::Open]);
        assert_eq!(pieces("{{"), [Piece::Open]);
        // A placeholder may contain placeholders; it is closed only after these are.
        let own = Some("tot {{year}}");
        let figure = Slot { kind: "figure", name: "trend", state: None, own };
        assert_eq!(pieces("{{figure:trend|tot {{year}}}}."), [Piece::Slot(figure), Piece::Words(".")]);
        assert_eq!(pieces("{{a|{{b}}"), [Piece::Open]);
        let mut names = Vec::new();
        slots("é {{a|b {{c|{{d}}}}}} {{e}}", &mut |slot: &Slot<'_>| names.push(slot.name.to_owned()));
        assert_eq!(names, ["a", "c", "d", "e"]);
        assert_eq!(pieces("a } b {c}"), [Piece::Words("a } b {c}")]);
    }

    #[test]
    fn lines_are_grouped_into_parts_and_keep_their_numbers() {
        let source =
            "# Een\n\n<!-- a\nb -->\nregel een\nregel twee\n- x\n  y\n1. z\n> let\n> op\n{{table:lists}}\n";
        let bare = without_comments(source);
        assert_eq!(bare.lines().count(), source.lines().count());
        let all = elements(&bare);
        let of = |kind, lines: &[(usize, &'static str)]| Element { kind, lines: lines.to_vec() };
        assert_eq!(
            all,
            [
                of(Kind::Heading(1), &[(1, "Een")]),
                of(Kind::Paragraph, &[(5, "regel een"), (6, "regel twee")]),
                of(Kind::Item, &[(7, "x"), (8, "y")]),
                of(Kind::Item, &[(9, "z")]),
                of(Kind::Note, &[(10, "let"), (11, "op")]),
                of(Kind::Block, &[(12, "{{table:lists}}")]),
            ]
        );
        // A comment that is not closed extends to the end.
        assert_eq!(without_comments("a<!--b\nc"), "a\n");
    }
}
