//! The columns of tables of a delivery, and what a row says in them.

use ijsberg_report::text::Text;

use crate::country::{Named, name};
use crate::error::PublishError;
use crate::labels::{covariate, level};
use crate::legal::delivery::Delivery;
use crate::legal::measure::{Measure, NOT_IDENTIFIED};
use crate::legal::tables::{CROSSED, Cell, Row, TOTAL, Why};
use crate::linked::{GROUPS, IDENTIFIED};
use crate::persons::{LIST, folded};
use crate::tables::{self, Column, Holds};

/// Why something is not delivered, in words.
pub(super) fn why(text: &Text, why: &Why) -> String {
    match why {
        Why::Refused(refused) => PublishError::Refused(refused.clone()).in_words(text),
        other => text.say(other.key()),
    }
}

/// A cell of a table that is given out.
pub(super) fn public(cell: &Cell) -> tables::Cell {
    match cell {
        Cell::Count(n, _) => tables::Cell::Count(*n),
        Cell::Zero | Cell::ZeroOrFew => tables::Cell::Number(0.0),
        Cell::Hidden => tables::Cell::Confidential,
        Cell::NotRecorded => tables::Cell::NotRecorded,
        Cell::NotDelivered(_) => tables::Cell::NotAvailable,
    }
}

/// What a cell is, in words.
pub(super) fn remark(text: &Text, cell: &Cell) -> String {
    match cell {
        Cell::NotDelivered(reason) => why(text, reason),
        other => text.say(&format!("legal-cell-{}", other.code())),
    }
}

/// The organisation of the profile that a list of a delivery is of: by its code, or as a published table with the same lists calls it.
pub(super) fn reporter<'a>(d: &'a Delivery, code: &str) -> Option<&'a Named> {
    let lists = d.released(Measure::Registered).and_then(|of| of.family(LIST));
    d.asked.country.reporter(code, lists.map_or(&[] as &[String], |f| f.levels.as_slice()))
}

/// What the organisation of a list is called, with the code of the list where the profile has another.
fn organisation(text: &Text, d: &Delivery, code: &str) -> String {
    match reporter(d, code) {
        Some(of) if folded(&of.code) == folded(code) => name(text, &of.name),
        Some(of) => format!("{} ({code})", name(text, &of.name)),
        None => code.to_owned(),
    }
}

/// The words for a level.
pub(super) fn level_of(text: &Text, d: &Delivery, row: &Row) -> String {
    let country = &d.asked.country;
    if row.by == TOTAL || row.code.is_empty() {
        return text.say("legal-total");
    }
    if row.by == CROSSED {
        let words = row.code.split(' ').zip(["series", "sex", "age"]);
        return words
            .map(|(code, what)| text.say(&format!("legal-{what}-{code}")))
            .collect::<Vec<_>>()
            .join(", ");
    }
    if row.by == "organisation" {
        return organisation(text, d, &row.code);
    }
    if row.by == "region"
        && let Some(region) = country.region(&row.code)
    {
        return name(text, &region.name);
    }
    if row.by == GROUPS
        && let Some(group) = country.groups.iter().find(|g| g.id == row.code)
    {
        return name(text, &group.name);
    }
    if row.by == "status"
        && let Some(class) = country.class_of(&row.code)
    {
        let class = text.say(&format!("legal-class-{class}"));
        return format!("{}: {class}", level(text, "status", &row.code));
    }
    if row.by == IDENTIFIED && row.code != NOT_IDENTIFIED {
        return level(text, "deciding_organisation", &row.code);
    }
    let key = format!("legal-{}-{}", row.by, row.code);
    let said = text.say(&key);
    if said == key { level(text, &row.by, &row.code) } else { said }
}

/// By what a row is, in words.
pub(super) fn by_of(text: &Text, by: &str) -> String {
    let key = format!("legal-by-{by}");
    let said = text.say(&key);
    if said == key { covariate(text, by) } else { said }
}

/// The columns of a table of cells.
pub(super) fn columns(text: &Text) -> Vec<Column> {
    let all = [
        ("measure", Holds::Text),
        ("by", Holds::Text),
        ("code", Holds::Text),
        ("level", Holds::Text),
        ("persons", Holds::Count),
        ("cell", Holds::Text),
        ("remark", Holds::Text),
        ("stage", Holds::Text),
    ];
    let column = |(name, holds): (&str, Holds)| Column {
        name: name.to_owned(),
        title: text.say(&format!("legal-column-{name}")),
        holds,
    };
    all.into_iter().map(column).collect()
}

/// A row of a table, with what it says in words.
pub(super) fn row_of(text: &Text, d: &Delivery, r: &Row) -> Vec<tables::Cell> {
    vec![
        text.say(&format!("legal-measure-{}", r.measure.code())).into(),
        by_of(text, &r.by).into(),
        r.code.clone().into(),
        level_of(text, d, r).into(),
        public(&r.cell),
        r.cell.code().into(),
        remark(text, &r.cell).into(),
        d.stage(r.measure).code().into(),
    ]
}
