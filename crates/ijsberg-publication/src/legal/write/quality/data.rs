//! The quality note as separate tables; the page has them with an explanation: which organisations reported, unknown values, the counts of
//! each edition, and changes of the law that break a series. They contain only published counts and shares of them.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_report::text::Text;
use jiff::civil::Date;

use crate::country::name;
use crate::ledger::Release;
use crate::legal::delivery::{Delivery, Outcome};
use crate::legal::measure::{Measure, UNKNOWN};
use crate::legal::tables::{CROSSED, Cell, Row, TOTAL};
use crate::legal::write::columns::{by_of, level_of, public, remark, reporter, why};
use crate::legal::write::notes::stage_note;
use crate::persons::folded;
use crate::protection::CountProtection;
use crate::stage::Stage;
use crate::tables::{self, ColumnType, PublicTable};

/// All these tables, except those without rows.
pub(in crate::legal::write) fn data(text: &Text, d: &Delivery) -> Vec<PublicTable> {
    let all = [coverage(text, d), missingness(text, d), editions(text, d), changes(text, d)];
    all.into_iter().filter(|t| !t.rows.is_empty()).collect()
}

fn table(text: &Text, d: &Delivery, id: &str, columns: &[(&str, ColumnType)]) -> PublicTable {
    let named: Vec<(&str, String, ColumnType)> =
        columns.iter().map(|(n, h)| (*n, text.say(&format!("legal-column-{n}")), *h)).collect();
    let title = text.fill(&format!("legal-table-{id}"), &[("year", d.request.year.to_string())]);
    PublicTable::new(id, title, &named)
}

/// The count of each organisation, and the organisations without a count.
pub(super) fn coverage(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("code", ColumnType::Text),
        ("organisation", ColumnType::Text),
        ("persons", ColumnType::Count),
        ("remark", ColumnType::Text),
        ("stage", ColumnType::Text),
    ];
    let mut t = table(text, d, "coverage", &columns);
    let stage = d.stage(Measure::Registered);
    t.notes = vec![text.say("legal-note-organisations"), stage_note(text, d, stage)];
    let rows: Vec<Row> = d.rows(Measure::Registered).into_iter().filter(|r| r.by == "organisation").collect();
    for r in &rows {
        let is_known = reporter(d, &r.code).is_some();
        let remark = if is_known { remark(text, &r.cell) } else { text.say("legal-quality-unnamed") };
        t.rows.push(vec![
            r.code.clone().into(),
            level_of(text, d, r).into(),
            public(&r.cell),
            remark.into(),
            stage.code().into(),
        ]);
    }
    // If no counts of victims are delivered, that is the reason why an organisation has no count.
    let missing = match d.outcomes.get(&Measure::Registered) {
        Some(Outcome::Missing(reason)) => why(text, reason),
        _ => text.say("legal-quality-no-list"),
    };
    for o in &d.request.country.reporters {
        if !rows.iter().any(|r| reporter(d, &r.code).is_some_and(|of| of.code == o.code)) {
            t.rows.push(vec![
                o.code.clone().into(),
                name(text, &o.name).into(),
                tables::Cell::NotAvailable,
                missing.clone().into(),
                stage.code().into(),
            ]);
        }
    }
    t
}

/// Shares of persons with an unknown value, from protected counts only.
pub(super) fn missingness(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("measure", ColumnType::Text),
        ("by", ColumnType::Text),
        ("share", ColumnType::Share),
        ("remark", ColumnType::Text),
        ("stage", ColumnType::Text),
    ];
    let mut t = table(text, d, "missingness", &columns);
    t.notes = vec![text.say("legal-note-missingness"), stage_note(text, d, d.stage_of(&Measure::ALL))];
    for measure in Measure::ALL {
        let (what, stage) = (text.say(&format!("legal-measure-{}", measure.code())), d.stage(measure));
        let rows = d.rows(measure);
        let total = rows.iter().find(|r| r.by == TOTAL).and_then(|r| r.cell.number()).filter(|n| *n > 0);
        // The empty code of a total would count as unknown.
        let is_unknown = |r: &&Row| r.by != TOTAL && r.by != CROSSED && folded(&r.code) == UNKNOWN;
        for r in rows.iter().filter(is_unknown) {
            let share = r.cell.number().zip(total).map(|(n, all)| (n as f64 / all as f64).min(1.0));
            let cell = match (&r.cell, share) {
                (Cell::Hidden, _) => tables::Cell::Confidential,
                // A total of 0 has no shares.
                (Cell::Zero, None) => tables::Cell::NotApplicable,
                (_, share) => share.into(),
            };
            t.rows.push(vec![
                what.clone().into(),
                by_of(text, &r.by).into(),
                cell,
                remark(text, &r.cell).into(),
                stage.code().into(),
            ]);
        }
    }
    t
}

/// The total of the year in each edition: published counts only.
pub(super) fn editions(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("measure", ColumnType::Text),
        ("edition", ColumnType::Text),
        ("persons", ColumnType::Number(0)),
        ("stage", ColumnType::Text),
    ];
    let mut t = table(text, d, "editions", &columns);
    t.notes = vec![text.say("legal-note-editions")];
    for measure in Measure::ALL {
        let releases = d.published(measure).map_or(&[] as &[Release], |l| l.releases.as_slice());
        for ((date, _), of) in totals_by_edition(d, releases) {
            let shown = of.shown.iter().map(|n| tables::Cell::Number(*n as f64));
            let hidden = of.shown.is_empty().then_some(tables::Cell::Confidential);
            for total in shown.chain(hidden) {
                let what = text.say(&format!("legal-measure-{}", measure.code()));
                t.rows.push(vec![what.into(), date.as_str().into(), total, of.stage.code().into()]);
            }
        }
    }
    t
}

/// The published totals of a year in an edition, and their stage. `shown` is empty if every release suppressed the total.
#[derive(Default)]
struct EditionTotals {
    shown: BTreeSet<u64>,
    stage: Stage,
}

/// The totals of the year in all releases, by day and by the number of times the year was published with new noise. A yearly report and a
/// delivery of the same day, or two deliveries, are releases of the same persons in one log, with the same total: one edition of the year.
fn totals_by_edition(d: &Delivery, releases: &[Release]) -> BTreeMap<(String, usize), EditionTotals> {
    let year = d.request.year.to_string();
    let mut all: BTreeMap<(String, usize), EditionTotals> = BTreeMap::new();
    // A copy under embargo is not published.
    for r in releases.iter().filter(|r| r.embargo.is_none()) {
        let published = r.families.values().flatten();
        let mut totals =
            published.filter(|t| t.level.is_none() && t.year.as_deref() == Some(year.as_str())).peekable();
        // The release does not include the year.
        if totals.peek().is_none() {
            continue;
        }
        let vintage = r.vintages.get(&year).copied().unwrap_or(0);
        let of = all.entry((r.date.clone(), vintage)).or_default();
        of.shown.extend(totals.find(|t| t.how != CountProtection::Hidden).map(|t| t.value));
        of.stage = of.stage.max(Stage::of_release(&d.request.country, d.request.year, r));
    }
    all
}

/// Changes of the law until the end of the year, and whether each breaks a series.
pub(super) fn changes(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("from", ColumnType::Text),
        ("change", ColumnType::Text),
        ("break", ColumnType::Text),
        ("remark", ColumnType::Text),
        ("source", ColumnType::Text),
    ];
    let mut t = table(text, d, "changes", &columns);
    t.notes = vec![text.say("legal-note-changes")];
    let last = Date::new(d.request.year, 12, 31).unwrap_or_default();
    for c in d.request.country.law.iter().filter(|c| c.from <= last) {
        let remark = match &c.recode {
            None => "legal-change-unknown",
            Some(codes) if codes.is_empty() => "legal-change-same",
            Some(_) => "legal-change-recoded",
        };
        let breaks = if c.breaks() { "legal-break-yes" } else { "legal-break-no" };
        t.rows.push(vec![
            c.from.to_string().into(),
            name(text, &c.name).into(),
            text.say(breaks).into(),
            text.say(remark).into(),
            c.source.clone().into(),
        ]);
    }
    t
}
