//! The quality of a delivery as tables of their own, beside the page that has them with their explanation: who reported, what is not known,
//! what each edition said, and where a change of the law breaks a series. They have published counts and shares of them, and no others.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_report::text::Text;
use jiff::civil::Date;

use crate::country::name;
use crate::ledger::Release;
use crate::legal::delivery::{Delivery, Spine};
use crate::legal::measure::{Measure, UNKNOWN};
use crate::legal::tables::{CROSSED, Cell, Row, TOTAL};
use crate::legal::write::columns::{by_of, level_of, public, remark, reporter, why};
use crate::legal::write::notes::stage_note;
use crate::persons::folded;
use crate::protection::How;
use crate::stage::Stage;
use crate::tables::{self, Holds, PublicTable};

/// All of them; one that has nothing to say is left out.
pub(in crate::legal::write) fn data(text: &Text, d: &Delivery) -> Vec<PublicTable> {
    let all = [coverage(text, d), missingness(text, d), editions(text, d), changes(text, d)];
    all.into_iter().filter(|t| !t.rows.is_empty()).collect()
}

fn table(text: &Text, d: &Delivery, id: &str, columns: &[(&str, Holds)]) -> PublicTable {
    let named: Vec<(&str, String, Holds)> =
        columns.iter().map(|(n, h)| (*n, text.say(&format!("legal-column-{n}")), *h)).collect();
    let title = text.fill(&format!("legal-table-{id}"), &[("year", d.asked.year.to_string())]);
    PublicTable::new(id, title, &named)
}

/// The counts of each organisation, and which organisations have none.
pub(super) fn coverage(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("code", Holds::Text),
        ("organisation", Holds::Text),
        ("persons", Holds::Count),
        ("remark", Holds::Text),
        ("stage", Holds::Text),
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
    // Where nothing of victims is delivered, that is why an organisation has no count.
    let missing = match d.spines.get(&Measure::Registered) {
        Some(Spine::Missing(reason)) => why(text, reason),
        _ => text.say("legal-quality-no-list"),
    };
    for o in &d.asked.country.reporters {
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

/// Shares of persons of whom something is not known, from protected counts only.
pub(super) fn missingness(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("measure", Holds::Text),
        ("by", Holds::Text),
        ("share", Holds::Share),
        ("remark", Holds::Text),
        ("stage", Holds::Text),
    ];
    let mut t = table(text, d, "missingness", &columns);
    t.notes = vec![text.say("legal-note-missingness"), stage_note(text, d, d.stage_of(&Measure::ALL))];
    for measure in Measure::ALL {
        let (what, stage) = (text.say(&format!("legal-measure-{}", measure.code())), d.stage(measure));
        let rows = d.rows(measure);
        let total = rows.iter().find(|r| r.by == TOTAL).and_then(|r| r.cell.number()).filter(|n| *n > 0);
        // A total has no category, and no category is one that is not known.
        let of_one = |r: &&Row| r.by != TOTAL && r.by != CROSSED && folded(&r.code) == UNKNOWN;
        for r in rows.iter().filter(of_one) {
            let share = r.cell.number().zip(total).map(|(n, all)| (n as f64 / all as f64).min(1.0));
            let cell = match (&r.cell, share) {
                (Cell::Hidden, _) => tables::Cell::Confidential,
                // Of nobody there is no share.
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

/// What each edition said of the year in all: published counts only.
pub(super) fn editions(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("measure", Holds::Text),
        ("edition", Holds::Text),
        ("persons", Holds::Number(0)),
        ("stage", Holds::Text),
    ];
    let mut t = table(text, d, "editions", &columns);
    t.notes = vec![text.say("legal-note-editions")];
    for measure in Measure::ALL {
        let releases = d.published(measure).map_or(&[] as &[Release], |l| l.releases.as_slice());
        for ((date, _), of) in said(d, releases) {
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

/// What was said of a year on a day: how many there were, and what kind of figure that was. Nothing is shown where every release hid it.
#[derive(Default)]
struct Said {
    shown: BTreeSet<u64>,
    stage: Stage,
}

/// What releases said of the year, by their day and how often it had been given out with noise of its own. A yearly report and a delivery
/// of one day, or two deliveries, are releases of the same persons in one log, and say the same: that is one edition of the year.
fn said(d: &Delivery, releases: &[Release]) -> BTreeMap<(String, usize), Said> {
    let year = d.asked.year.to_string();
    let mut all: BTreeMap<(String, usize), Said> = BTreeMap::new();
    // A copy under embargo is not published.
    for r in releases.iter().filter(|r| r.embargo.is_none()) {
        let told = r.families.values().flatten();
        let mut totals =
            told.filter(|t| t.level.is_none() && t.year.as_deref() == Some(year.as_str())).peekable();
        // Of the year it says nothing.
        if totals.peek().is_none() {
            continue;
        }
        let vintage = r.vintages.get(&year).copied().unwrap_or(0);
        let of = all.entry((r.date.clone(), vintage)).or_default();
        of.shown.extend(totals.find(|t| t.how != How::Hidden).map(|t| t.value));
        of.stage = of.stage.max(Stage::of_release(&d.asked.country, d.asked.year, r));
    }
    all
}

/// Changes of the law until the end of the year, and whether each breaks a series.
pub(super) fn changes(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("from", Holds::Text),
        ("change", Holds::Text),
        ("break", Holds::Text),
        ("remark", Holds::Text),
        ("source", Holds::Text),
    ];
    let mut t = table(text, d, "changes", &columns);
    t.notes = vec![text.say("legal-note-changes")];
    let last = Date::new(d.asked.year, 12, 31).unwrap_or_default();
    for c in d.asked.country.law.iter().filter(|c| c.from <= last) {
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
