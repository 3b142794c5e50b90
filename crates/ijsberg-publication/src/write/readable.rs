//! Tables of a delivery for human readers: words in place of codes, and one sentence for all breakdowns that are not delivered for the same
//! reason. The machine-readable files keep every column and every row.

use std::collections::BTreeMap;

use ijsberg_report::text::Text;

use crate::stage::Stage;
use crate::tables::{Cell, ColumnType, NOT_DELIVERED, PublicTable};

/// Columns that become a note of a printed table if they have the same value in all rows.
const SAID_ONCE: [&str; 3] = ["measure", "remark", "stage"];

/// Columns that have the meaning of a code in words.
const WORDS: [&str; 2] = ["level", "organisation"];

/// The column with the kind of each cell or the reason why it is missing; only tables of a delivery have it.
const REMARK: &str = "remark";

/// A table on a page: without the codes of cell kinds, which the remarks have in words.
#[must_use]
pub fn on_page(text: &Text, t: &PublicTable) -> PublicTable {
    let mut t = without_missing(text, t);
    in_words(text, &mut t);
    if place(&t, REMARK).is_some() {
        remove(&mut t, "cell");
    }
    t
}

/// The table in print, where space is limited: also without codes that have words, and without columns with the same value in all rows.
#[must_use]
pub fn in_print(text: &Text, t: &PublicTable) -> PublicTable {
    let mut t = on_page(text, t);
    if place(&t, REMARK).is_none() {
        return t;
    }
    if WORDS.iter().any(|name| place(&t, name).is_some()) {
        remove(&mut t, "code");
    }
    let mut once = Vec::new();
    for name in SAID_ONCE {
        let Some(at) = place(&t, name) else { continue };
        let mut all = t.rows.iter().map(|row| words(row, at));
        let Some(first) = all.next() else { continue };
        if all.all(|other| other == first) {
            once.push(format!("{}: {first}", t.columns[at].title));
            remove(&mut t, name);
        }
    }
    t.notes = once.into_iter().chain(std::mem::take(&mut t.notes)).collect();
    t
}

/// The position of a text column.
fn place(t: &PublicTable, name: &str) -> Option<usize> {
    t.columns.iter().position(|c| c.name == name && c.holds == ColumnType::Text)
}

fn words(row: &[Cell], at: usize) -> String {
    row.get(at).map_or_else(String::new, |cell| cell.plain(ColumnType::Text))
}

fn remove(t: &mut PublicTable, name: &str) {
    let Some(at) = place(t, name) else { return };
    t.columns.remove(at);
    for row in t.rows.iter_mut().filter(|row| at < row.len()) {
        row.remove(at);
    }
}

/// Replaces the codes of stages by words.
fn in_words(text: &Text, t: &mut PublicTable) {
    let Some(at) = place(t, "stage") else { return };
    for cell in t.rows.iter_mut().filter_map(|row| row.get_mut(at)) {
        let all = [Stage::Preliminary, Stage::Revised, Stage::Final];
        if let Some(stage) = all.into_iter().find(|s| *cell == Cell::from(s.code())) {
            *cell = text.say(&format!("data-stage-{}", stage.code())).into();
        }
    }
}

/// The table with a sentence in place of the rows of each breakdown that is entirely missing for one reason. Rows of totals are kept.
fn without_missing(text: &Text, t: &PublicTable) -> PublicTable {
    let places = ["measure", "by", "cell", REMARK].map(|name| place(t, name));
    let [Some(measure), Some(by), Some(cell), Some(remark)] = places else { return t.clone() };
    let total = text.say("legal-by-total");
    let breakdown = |row: &[Cell]| (words(row, measure), words(row, by));
    // For each breakdown, the single reason why all its rows are missing.
    let mut reasons: BTreeMap<(String, String), Option<String>> = BTreeMap::new();
    for row in &t.rows {
        let is_missing = words(row, cell) == NOT_DELIVERED && words(row, by) != total;
        let reason = is_missing.then(|| words(row, remark));
        let known = reasons.entry(breakdown(row)).or_insert_with(|| reason.clone());
        if *known != reason {
            *known = None;
        }
    }
    let reason_of = |row: &[Cell]| reasons.get(&breakdown(row)).and_then(Option::as_ref);
    if t.rows.iter().all(|row| reason_of(row).is_some()) {
        return t.clone();
    }
    let mut missing: Vec<Missing> = Vec::new();
    for row in &t.rows {
        let Some(why) = reason_of(row) else { continue };
        let (what, by) = breakdown(row);
        match missing.iter_mut().find(|m| m.what == what && m.why == *why) {
            Some(known) if known.by.contains(&by) => {}
            Some(known) => known.by.push(by),
            None => missing.push(Missing { what, by: vec![by], why: why.clone() }),
        }
    }
    let notes = missing.iter().map(|m| m.in_words(text)).chain(t.notes.iter().cloned()).collect();
    let rows = t.rows.iter().filter(|row| reason_of(row).is_none()).cloned().collect();
    PublicTable { id: t.id.clone(), title: t.title.clone(), columns: t.columns.clone(), notes, rows }
}

/// Breakdowns that are not delivered for one reason.
struct Missing {
    what: String,
    by: Vec<String>,
    why: String,
}

impl Missing {
    fn in_words(&self, text: &Text) -> String {
        let parts = [("what", self.what.clone()), ("by", self.by.join(", ")), ("why", self.why.clone())];
        text.fill("legal-not-delivered", &parts)
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;

    /// Breakdown, code, level, number, kind of cell and remark.
    type Suspects<'a> = (&'a str, &'a str, &'a str, Option<f64>, &'a str, &'a str);

    /// A table of persons suspected, all preliminary.
    fn table(rows: &[Suspects<'_>]) -> PublicTable {
        let names = ["measure", "by", "code", "level", "persons", "cell", "remark", "stage"];
        let holds = |name: &str| if name == "persons" { ColumnType::Count } else { ColumnType::Text };
        let columns = names.map(|name| (name, format!("the {name}"), holds(name)));
        let mut t = PublicTable::new("eu-19a-b", "Persons suspected".to_owned(), &columns);
        t.notes = vec!["A note.".to_owned()];
        t.rows = rows
            .iter()
            .map(|(by, code, level, n, cell, remark)| {
                let [by, code, level, cell, remark] = [*by, *code, *level, *cell, *remark].map(Cell::from);
                let stage = Cell::from("preliminary");
                vec!["persons suspected".into(), by, code, level, (*n).into(), cell, remark, stage]
            })
            .collect();
        t
    }

    const NOT: &str = "The file does not say.";

    fn suspects() -> PublicTable {
        table(&[
            ("total", "", "total", Some(100.0), "noise", "with noise"),
            ("sex", "F", "female", Some(20.0), "noise", "with noise"),
            ("age", "minor", "minor", None, NOT_DELIVERED, NOT),
            ("age", "adult", "adult", None, NOT_DELIVERED, NOT),
            ("form", "LABOUR", "labour", None, NOT_DELIVERED, NOT),
            ("sector", "C", "industry", None, NOT_DELIVERED, "Frozen."),
            ("sector", "I", "hotels", Some(5.0), "noise", "with noise"),
        ])
    }

    fn shown(t: &PublicTable) -> (Vec<&str>, Vec<String>) {
        let line = |row: &Vec<Cell>| {
            let cells = row.iter().zip(&t.columns).map(|(cell, c)| cell.plain(c.holds));
            cells.collect::<Vec<_>>().join("|")
        };
        (t.columns.iter().map(|c| c.name.as_str()).collect(), t.rows.iter().map(line).collect())
    }

    #[test]
    fn a_page_has_words_for_codes_and_a_sentence_for_what_is_not_delivered() {
        let t = on_page(&Text::new(Language::Dutch), &suspects());
        let (columns, rows) = shown(&t);
        assert_eq!(columns, ["measure", "by", "code", "level", "persons", "remark", "stage"]);
        assert_eq!(rows[0], "persons suspected|total||total|100|with noise|voorlopig");
        // The breakdown by sector is partly delivered, so all its rows are kept.
        assert_eq!(rows.len(), 4, "{rows:?}");
        assert_eq!(rows[2], "persons suspected|sector|C|industry|[x]|Frozen.|voorlopig");
        assert_eq!(
            t.notes,
            ["Niet geleverd: persons suspected naar age, form. The file does not say.", "A note."]
        );
    }

    #[test]
    fn print_has_no_codes_and_values_common_to_all_rows_are_in_a_note() {
        let text = Text::new(Language::English);
        let (t, page) = (in_print(&text, &suspects()), on_page(&text, &suspects()));
        let (columns, rows) = shown(&t);
        assert_eq!(columns, ["by", "level", "persons", "remark"]);
        assert_eq!(rows[1], "sex|female|20|with noise");
        let common = ["the measure: persons suspected", "the stage: preliminary"].map(str::to_owned);
        assert_eq!(t.notes, [common.to_vec(), page.notes].concat());
    }

    #[test]
    fn if_nothing_is_delivered_the_total_row_has_the_reason() {
        let text = Text::new(Language::English);
        let none = |by: &'static str| (by, "", "", None, NOT_DELIVERED, NOT);
        let t = on_page(&text, &table(&["total", "sex", "age"].map(none)));
        let (_, rows) = shown(&t);
        assert_eq!(rows, [format!("persons suspected|total|||[x]|{NOT}|preliminary")]);
        assert_eq!(t.notes[0], format!("Not delivered: persons suspected by sex, age. {NOT}"));
        // A table without a total keeps its rows, and a table of another kind is unchanged.
        assert_eq!(on_page(&text, &table(&["group", "group"].map(none))).rows.len(), 2);
        let mut other = suspects();
        other.columns.retain(|c| c.name != REMARK);
        assert_eq!(in_print(&text, &other).columns.len(), other.columns.len());
    }
}
