//! How text goes out. One writer for each place.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use crate::{MARKS, is_mark, is_unseen};

/// For a terminal: characters that move the cursor, change colours or the window, or turn the reading around are shown as their numbers,
/// and so are marks beyond those that a letter of any script has. Ends of lines and tabs stay.
pub fn terminal(text: &str) -> Cow<'_, str> {
    shown(text, &|_| 0)
}

/// The same for a page of which every part from outside went through [`terminal`]: the colours of this program stay.
pub fn coloured(page: &str) -> Cow<'_, str> {
    shown(page, &colour)
}

fn shown<'a>(text: &'a str, colour: &dyn Fn(&str) -> usize) -> Cow<'a, str> {
    let plain = |c: char| matches!(c, '\n' | '\t') || !(c.is_control() || is_unseen(c));
    if text.chars().all(|c| plain(c) && !is_mark(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut marks = 0;
    while let Some(c) = rest.chars().next() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        let colour = colour(rest);
        if colour > 0 {
            out.push_str(&rest[..colour]);
            rest = &rest[colour..];
            continue;
        }
        // As two characters they are the end of a line elsewhere.
        if (plain(c) && marks <= MARKS) || (c == '\r' && rest.starts_with("\r\n")) {
            out.push(c);
        } else {
            // Writing to memory cannot fail.
            let _ = write!(out, "<{:04X}>", u32::from(c));
        }
        rest = &rest[c.len_utf8()..];
    }
    Cow::Owned(out)
}

/// Bytes of a change of colour at the beginning of a text: `ESC [ digits m` with what this program uses, and nothing that hides.
fn colour(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return 0 };
    let Some(end) = rest.find('m').filter(|end| *end <= 8) else { return 0 };
    let fits = |n: &str| {
        matches!(n, "0" | "1" | "2" | "3" | "4" | "22") || matches!(n.parse(), Ok(31..=37 | 39 | 90..=97_u8))
    };
    if rest[..end].split(';').all(fits) { 2 + end + 1 } else { 0 }
}

/// For a cell of CSV: what nobody sees is left out, what a spreadsheet would take for a formula gets an apostrophe before it; numbers
/// stay numbers.
pub fn cell(text: &str) -> Cow<'_, str> {
    let clean = crate::seen(text);
    // What is left out may have stood before a sign.
    let signs = ['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];
    let formula = clean.trim_start().starts_with(signs) || clean.starts_with(['\t', '\r', '\n']);
    let number = clean.parse::<f64>().is_ok();
    // Signs alone stand for yes and no, and nothing is computed from them.
    if formula && !number && !matches!(clean.as_ref(), "-" | "+") {
        Cow::Owned(format!("'{clean}"))
    } else {
        clean
    }
}

/// For the name of a file, on every system: no folder, no device, not hidden, not too long.
pub fn file_name(text: &str) -> String {
    let fits = |c: char| !(c.is_control() || is_unseen(c) || "/\\:*?\"<>|%".contains(c));
    let name: String = text.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    let ends = |c: char| c == '.' || c.is_whitespace();
    let mut name = name.trim_matches(ends).to_owned();
    // Bytes are what folders count.
    while name.len() > 120 || name.ends_with(ends) {
        name.pop();
    }
    // Some systems leave spaces out, and take raised figures for figures.
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let number = |n: &str| n.chars().count() == 1 && n.contains(|c| "123456789¹²³".contains(c));
    let numbered = |device: &str| stem.strip_prefix(device).is_some_and(number);
    let device = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str())
        || numbered("COM")
        || numbered("LPT");
    if name.is_empty() || device || name.starts_with('-') { format!("_{name}") } else { name }
}

/// For the name of a sheet in a workbook: at most 31 characters as workbooks count them, in UTF-16, none of those that they refuse.
pub fn sheet_name(text: &str) -> String {
    let fits = |c: char| !(c.is_control() || is_unseen(c) || "[]:*?/\\'".contains(c));
    let mut room = 31;
    let name: String = (text.chars().map(|c| if fits(c) { c } else { '_' }))
        .take_while(|c| {
            room -= c.len_utf16() as i32;
            room >= 0
        })
        .collect();
    let name = name.trim();
    if name.is_empty() || name.eq_ignore_ascii_case("history") { format!("_{name}") } else { name.to_owned() }
}

/// For the name of a table in files, addresses and workbooks: letters, digits, `-` and `_` stay, every other character becomes its number
/// of Unicode, as workbooks write it (`_x0020_` for a space; ECMA-376, part 1, 22.9.2.19). Two texts never have one name.
pub fn identifier(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let looks_like_a_number = text[at..].starts_with("_x");
        if (c.is_alphanumeric() || matches!(c, '-' | '_')) && !looks_like_a_number {
            out.push(c);
        } else {
            // Writing to memory cannot fail.
            let _ = write!(out, "_x{:04X}_", u32::from(c));
        }
    }
    out
}

/// For paper: characters that no reader sees are left out, and `�` replaces characters that no font has, as none has every script. `has`
/// says whether one font has all of some characters: a letter is set from one font with its marks, so that a mark of another font alone
/// does not belong to it.
pub fn printed(text: &str, has: impl Fn(&str) -> bool) -> String {
    let other = if has("\u{FFFD}") { '\u{FFFD}' } else { '?' };
    let mut out = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        let seen: String = cluster.chars().filter(|c| is_printed(*c)).collect();
        let Some(first) = seen.chars().next() else { continue };
        let alone = &seen[..first.len_utf8()];
        if first.is_whitespace() {
            // Spaces of all widths are one where no font has theirs.
            out.push(if matches!(first, '\n' | '\t') || has(alone) { first } else { ' ' });
        } else if seen.chars().count() <= 1 + MARKS && has(&seen) {
            out.push_str(&seen);
            continue;
        } else {
            out.push(if has(alone) { first } else { other });
        }
        if seen.len() > first.len_utf8() {
            out.push(other);
        }
    }
    out
}

/// Whether a character can stand on paper: it is seen, or an end of a line, and chooses no other form of the one before it.
fn is_printed(c: char) -> bool {
    let chooses = matches!(c, '\u{034F}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}');
    matches!(c, '\n' | '\t') || !(c.is_control() || is_unseen(c) || chooses)
}

/// For HTML, SVG and XML, between tags and in attributes between double quotes. What XML cannot hold is left out, and what turns the reading around.
pub fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || is_unseen(c) || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Csv, never};

    /// What an identifier was made of, read from its beginning.
    fn identified(identifier: &str) -> String {
        let (mut out, mut rest) = (String::new(), identifier);
        while let Some(c) = rest.chars().next() {
            if let Some(coded) = rest.strip_prefix("_x") {
                let (number, after) = coded.split_once('_').unwrap();
                out.push(char::from_u32(u32::from_str_radix(number, 16).unwrap()).unwrap());
                rest = after;
            } else {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        out
    }

    fn check(text: &str) {
        never::terminal(terminal(text).as_bytes());
        let page = coloured(text);
        let mut rest = page.as_ref();
        while let Some(at) = rest.find('\u{1b}') {
            let length = colour(&rest[at..]);
            assert!(length > 0, "{text:?} {page:?}");
            rest = &rest[at + length..];
        }
        never::cell_of_csv(&cell(text));
        let mut out = Csv::below(text);
        out.row([text, text]);
        never::csv(out.finish().as_bytes());
        never::file_name(&file_name(text));
        never::sheet_name(&sheet_name(text));
        let i = identifier(text);
        assert_eq!(identified(&i), text, "{i:?}");
        assert!(i.chars().all(|c| c.is_alphanumeric() || "-_".contains(c)), "{text:?}: {i:?}");
        let p = printed(text, str::is_ascii);
        assert!(
            !p.contains(|c: char| is_unseen(c) || (c.is_control() && !"\n\t".contains(c))),
            "{text:?}: {p:?}"
        );
        let m = markup(text);
        never::xml(&format!("<svg id=\"{m}\"><title>{m}</title></svg>"));
        never::html(&format!("<p title=\"{m}\">{m}</p>"));
    }

    #[test]
    fn one_nasty_text_after_another_does_nothing_in_any_place() {
        let all = never::nasty_texts();
        assert!(all.len() > 90 && all.iter().any(|(_, t)| t.len() > 30_000));
        all.iter().for_each(|(_, text)| check(text));
        for (i, (_, a)) in all.iter().enumerate().filter(|(_, (_, a))| a.len() < 1000) {
            check(&format!("{a}{}", all[(i + 7) % all.len()].1.chars().take(100).collect::<String>()));
        }
        assert_eq!(coloured("\u{1b}[1mbold\u{1b}[0m\n"), "\u{1b}[1mbold\u{1b}[0m\n");
        assert_eq!(coloured("\u{1b}[8mhidden"), "<001B>[8mhidden");
        assert_eq!(terminal("\u{1b}[31mred"), "<001B>[31mred");
        assert_eq!(terminal("Nguye\u{302}\u{303}n"), "Nguye\u{302}\u{303}n");
        assert_eq!(
            (cell("-5").as_ref(), cell("+31612345678").as_ref(), cell("=1+1").as_ref()),
            ("-5", "+31612345678", "'=1+1")
        );
    }

    #[test]
    fn on_paper_a_letter_keeps_the_marks_that_its_own_font_has() {
        // One font has Latin letters and the acute, another Hebrew letters and a point.
        let fonts = ["abcdefghijklmnopqrstuvwxyz\u{301}\u{FFFD}", "\u{5D0}\u{5BC}"];
        let has = |s: &str| fonts.iter().any(|f| s.chars().all(|c| f.contains(c)));
        for (text, paper) in [
            ("ae\u{301}", "ae\u{301}"),
            ("\u{5D0}\u{5BC}", "\u{5D0}\u{5BC}"),
            ("a\u{5BC}b", "a\u{FFFD}b"),
            ("\u{5D0}\u{301}", "\u{5D0}\u{FFFD}"),
            ("\u{6F22}\u{5B57}", "\u{FFFD}\u{FFFD}"),
            ("a\u{3000}b\u{2009}c\nd", "a b c\nd"),
            ("a\u{FE0F}\u{E0100}\u{202E}b", "ab"),
            ("\u{1F468}\u{200D}\u{1F469}x", "\u{FFFD}\u{FFFD}x"),
        ] {
            assert_eq!(printed(text, has), paper, "{text:?}");
        }
        let tower = format!("e{}", "\u{301}".repeat(500));
        assert_eq!(printed(&tower, has), "e\u{FFFD}");
    }

    /// Those of persons come through whole.
    #[test]
    fn names_that_people_have_stay_what_they_are() {
        for (name, text) in never::nasty_texts().into_iter().filter(|(n, _)| n.starts_with("person")) {
            assert_eq!(crate::Line::new(&text, 200).unwrap().as_str(), text, "{name}");
            assert_eq!(
                (terminal(&text).as_ref(), cell(&text).as_ref(), markup(&text).as_str()),
                (text.as_str(), text.as_str(), text.as_str()),
                "{name}"
            );
            assert_eq!(
                (file_name(&text), sheet_name(&text).replace('_', "'")),
                (text.clone(), text),
                "{name}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_does_anything_in_any_place(text in ".{0,60}") {
            check(&text);
        }

        #[test]
        fn no_mixture_of_nasty_texts_does_anything(parts in prop::collection::vec(prop::sample::select(short()), 0..6)) {
            check(&parts.concat());
        }
    }

    fn short() -> Vec<String> {
        never::nasty_texts().into_iter().map(|(_, t)| t).filter(|t| t.len() < 1000).collect()
    }
}
