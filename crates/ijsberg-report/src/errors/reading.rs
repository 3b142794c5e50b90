//! What the reader did to a file, and what it could not decide, in the reader's language.

use ijsberg_tables::{Blanks, Doubt, Note, Overlaps, Reading, Thousands, Uncertain};

use crate::text::Text;

/// The ambiguity, with both readings below each other and how to choose one.
pub fn uncertain(text: &Text, uncertain: &Uncertain) -> String {
    let question = match &uncertain.doubt {
        Doubt::ListOrCovariate { columns } => {
            text.fill("doubt-list-or-covariate", &[("columns", columns.join(", "))])
        }
        Doubt::CountOrCovariate { column } => {
            text.fill("doubt-count-or-covariate", &[("column", column.clone())])
        }
        Doubt::CountOrList { column } => text.fill("doubt-count-or-list", &[("column", column.clone())]),
        Doubt::ListsOrTimes { column } => text.fill("doubt-lists-or-times", &[("column", column.clone())]),
        Doubt::TwoCounts { one, other } => {
            text.fill("doubt-two-counts", &[("one", one.clone()), ("other", other.clone())])
        }
        Doubt::Thousands { value } => text.fill("doubt-thousands", &[("value", value.clone())]),
        Doubt::Draw { column } => text.fill("doubt-draw", &[("column", column.clone())]),
        Doubt::Sheet { sheets } => text.fill("doubt-sheet", &[("sheets", sheets.join(", "))]),
        Doubt::FillDown { column } => text.fill("doubt-fill-down", &[("column", column.clone())]),
        Doubt::Absent { absent, of, smallest } => text.fill(
            "doubt-absent",
            &[("absent", absent.to_string()), ("of", of.to_string()), ("smallest", smallest.to_string())],
        ),
        Doubt::Overlaps => text.say("doubt-overlaps"),
    };
    let [one, two] = &uncertain.readings;
    format!("{question}\n  1. {}\n  2. {}", reading(text, one), reading(text, two))
}

fn reading(text: &Text, r: &Reading) -> String {
    let mut parts = Vec::new();
    match r.choices.thousands {
        Some(Thousands::Point) => parts.push(text.say("reading-thousands-point")),
        Some(Thousands::Comma) => parts.push(text.say("reading-thousands-comma")),
        None => {}
    }
    match r.choices.overlaps {
        Some(Overlaps::Exact) => parts.push(text.say("reading-overlaps-exact")),
        Some(Overlaps::Nested) => parts.push(text.say("reading-overlaps-nested")),
        None => {}
    }
    match r.choices.absent {
        Some((_, 0)) => parts.push(text.say("reading-absent-zero")),
        Some((low, high)) => {
            let range = [("low", low.to_string()), ("high", high.to_string())];
            parts.push(text.fill("reading-absent-range", &range));
        }
        None => {}
    }
    match r.choices.blanks {
        Some(Blanks::Above) => parts.push(text.say("reading-blanks-above")),
        Some(Blanks::Missing) => parts.push(text.say("reading-blanks-missing")),
        None => {}
    }
    if let Some(name) = &r.choices.sheet {
        parts.push(text.fill("reading-sheet", &[("name", name.clone())]));
    }
    if !r.lists.is_empty() {
        parts.push(text.fill("reading-lists", &[("lists", r.lists.join(", "))]));
    }
    if let Some(count) = &r.count {
        parts.push(text.fill("reading-count", &[("count", count.clone())]));
    } else if r.choices.overlaps.is_none() && !r.lists.is_empty() {
        parts.push(text.say("reading-no-count"));
    }
    if !r.covariates.is_empty() {
        parts.push(text.fill("reading-covariates", &[("covariates", r.covariates.join(", "))]));
    }
    if let Some(n) = r.persons {
        parts.push(text.fill("reading-persons", &[("n", text.number(n as f64))]));
    }
    parts.push(text.fill("reading-choose", &[("flags", r.flags.clone())]));
    parts.join("; ")
}

/// What was done to a file, a sentence each.
pub fn notes(text: &Text, notes: &[Note]) -> Vec<String> {
    notes.iter().map(|n| note(text, n)).collect()
}

fn note(text: &Text, note: &Note) -> String {
    let line = |key: &str, line: &u64| text.fill(key, &[("line", line.to_string())]);
    let column = |key: &str, column: &String| text.fill(key, &[("column", column.clone())]);
    let number = |key: &str, name: &str, n: usize| text.fill(key, &[(name, n.to_string())]);
    match note {
        Note::Encoding { name } => text.fill("note-encoding", &[("name", (*name).to_owned())]),
        Note::Delimiter { mark } => text.fill("note-delimiter", &[("mark", shown(*mark))]),
        Note::Sheet { name, others } => {
            let key = if others.is_empty() { "note-sheet" } else { "note-sheet-others" };
            text.fill(key, &[("name", name.clone()), ("others", others.join(", "))])
        }
        Note::Titles { lines } => number("note-titles", "lines", *lines),
        Note::Comments { lines } => number("note-comments", "lines", *lines),
        Note::RowNames { .. } => text.say("note-row-names"),
        Note::Identifier { column: c } => column("note-identifier", c),
        Note::Remarks { column: c } => column("note-remarks", c),
        Note::EmptyColumns { columns } => number("note-empty-columns", "columns", *columns),
        Note::Total { line: l } => line("note-total", l),
        Note::TotalNotChecked { line: l } => line("note-total-not-checked", l),
        Note::TotalInRange { line, low, high } => text.fill(
            "note-total-in-range",
            &[("line", line.to_string()), ("low", low.to_string()), ("high", high.to_string())],
        ),
        Note::FromTotal { line, count, total } => text.fill(
            "note-from-total",
            &[("line", line.to_string()), ("count", count.to_string()), ("total", total.to_string())],
        ),
        Note::Sum { column, level, line } => text.fill(
            "note-sum",
            &[("column", column.clone()), ("level", level.clone()), ("line", line.to_string())],
        ),
        Note::Words { column, yes, no } => {
            let key = if no.is_empty() { "note-words-blank" } else { "note-words" };
            text.fill(key, &[("column", column.clone()), ("yes", yes.clone()), ("no", no.clone())])
        }
        Note::Thousands { column, mark } => {
            text.fill("note-thousands", &[("column", column.clone()), ("mark", shown(*mark))])
        }
        Note::ZeroRow { line: l } => line("note-zero-row", l),
        Note::Strings { column: c, padded } => {
            column(if *padded { "note-strings-padded" } else { "note-strings" }, c)
        }
        Note::Sets { column: c } => column("note-sets", c),
        Note::Long { rows, left } => {
            let key = if left.is_empty() { "note-long" } else { "note-long-left" };
            text.fill(key, &[("rows", rows.to_string()), ("left", left.join(", "))])
        }
        Note::Footnotes { column, cells } => {
            text.fill("note-footnotes", &[("column", column.clone()), ("cells", cells.to_string())])
        }
        Note::Derived { column: c } => column("note-derived", c),
        Note::Filled { column, cells } => {
            text.fill("note-filled", &[("column", column.clone()), ("cells", cells.to_string())])
        }
        Note::Wide { exact } => text.say(if *exact { "note-wide-exact" } else { "note-wide-nested" }),
        Note::NoCount { column: c } => column("note-no-count", c),
        Note::Repeated { rows } => number("note-repeated", "rows", *rows),
        Note::Absent { absent, of } => {
            text.fill("note-absent", &[("absent", absent.to_string()), ("of", of.to_string())])
        }
        Note::AbsentHidden { absent, low, high } => text.fill(
            "note-absent-hidden",
            &[("absent", absent.to_string()), ("low", low.to_string()), ("high", high.to_string())],
        ),
        Note::Unseen { cells } => number("note-unseen", "cells", *cells),
        Note::Roles => text.say("note-roles"),
        Note::Hidden { line, low, high } => text.fill(
            "note-hidden",
            &[("line", line.to_string()), ("low", low.to_string()), ("high", high.to_string())],
        ),
    }
}

fn shown(mark: char) -> String {
    match mark {
        '\t' => "tab".to_owned(),
        ' ' | '\u{a0}' | '\u{202f}' => "\u{2423}".to_owned(),
        mark => format!("\u{ab}{mark}\u{bb}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;
    use ijsberg_tables::{Choices, ReadError, read};

    #[test]
    fn both_readings_are_shown_with_the_flag_that_settles_them() {
        let Err(ReadError::Uncertain(u)) =
            read(b"A,B,female,count\n1,0,1,4\n0,1,0,5\n1,1,1,6\n", &Choices::default())
        else {
            panic!("certain");
        };
        let english = uncertain(&Text::new(Language::English), &u);
        for part in
            ["lists: A, B, female", "lists: A, B; ", "--covariates female", "--lists A,B,female", "15 people"]
        {
            assert!(english.contains(part), "{part} in {english}");
        }
        let dutch = uncertain(&Text::new(Language::Dutch), &u);
        assert!(
            dutch.contains("lijsten: A, B;") && dutch.contains("kies met --covariates female"),
            "{dutch}"
        );
    }
}
