//! The columns of the tables of a delivery, and the cells of a row.

use ijsberg_report::text::Text;

use crate::country::{NamedCode, name};
use crate::error::PublishError;
use crate::labels::{covariate, level};
use crate::legal::delivery::Delivery;
use crate::legal::measure::{Measure, NOT_IDENTIFIED};
use crate::legal::tables::{CROSSED, Cell, Reason, Row, TOTAL};
use crate::linked::{GROUPS, IDENTIFIED};
use crate::persons::{LIST, folded};
use crate::tables::{self, Column, ColumnType};

/// The reason why a count is not delivered, in words.
pub(super) fn why(text: &Text, why: &Reason) -> String {
    match why {
        Reason::Refused(refused) => PublishError::Refused(refused.clone()).in_words(text),
        other => text.say(other.key()),
    }
}

/// The cell of a published table.
pub(super) fn public(cell: &Cell) -> tables::Cell {
    match cell {
        Cell::Count(n, _) => tables::Cell::Count(*n),
        Cell::Zero | Cell::ZeroOrFew => tables::Cell::Number(0.0),
        Cell::Hidden => tables::Cell::Confidential,
        Cell::NotRecorded => tables::Cell::NotRecorded,
        Cell::NotDelivered(_) => tables::Cell::NotAvailable,
    }
}

/// The kind of a cell, in words.
pub(super) fn remark(text: &Text, cell: &Cell) -> String {
    match cell {
        Cell::NotDelivered(reason) => why(text, reason),
        other => text.say(&format!("legal-cell-{}", other.code())),
    }
}

/// The organisation in the profile for a list of a delivery: by its code, or by the coding of a published table with the same lists.
pub(super) fn reporter<'a>(d: &'a Delivery, code: &str) -> Option<&'a NamedCode> {
    let lists = d.released(Measure::Registered).and_then(|of| of.family(LIST));
    d.request.country.reporter(code, lists.map_or(&[] as &[String], |f| f.levels.as_slice()))
}

/// The name of the organisation of a list, with the code of the list if the profile has a different one.
fn organisation(text: &Text, d: &Delivery, code: &str) -> String {
    match reporter(d, code) {
        Some(of) if folded(&of.code) == folded(code) => name(text, &of.name),
        Some(of) => format!("{} ({code})", name(text, &of.name)),
        None => code.to_owned(),
    }
}

/// The name of a level.
pub(super) fn level_of(text: &Text, d: &Delivery, row: &Row) -> String {
    let country = &d.request.country;
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
    let words = text.say(&key);
    if words == key { level(text, &row.by, &row.code) } else { words }
}

/// The name of a breakdown.
pub(super) fn by_of(text: &Text, by: &str) -> String {
    let key = format!("legal-by-{by}");
    let words = text.say(&key);
    if words == key { covariate(text, by) } else { words }
}

/// The columns of a table with one row per cell.
pub(super) fn columns(text: &Text) -> Vec<Column> {
    let all = [
        ("measure", ColumnType::Text),
        ("by", ColumnType::Text),
        ("code", ColumnType::Text),
        ("level", ColumnType::Text),
        ("persons", ColumnType::Count),
        ("cell", ColumnType::Text),
        ("remark", ColumnType::Text),
        ("stage", ColumnType::Text),
    ];
    let column = |(name, holds): (&str, ColumnType)| Column {
        name: name.to_owned(),
        title: text.say(&format!("legal-column-{name}")),
        holds,
    };
    all.into_iter().map(column).collect()
}

/// A row of a table, with its codes in words.
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
