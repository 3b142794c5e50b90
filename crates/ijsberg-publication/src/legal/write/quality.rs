//! The note on quality: what is preliminary, who reported, what is not known of how many, what is missing and why.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_report::text::Text;

use super::{bridge, by_of, delays, document, level_of, name, public, remark, stage_note, why};
use crate::document::{Block, Document};
use crate::families::How;
use crate::ledger::Release;
use crate::legal::deliver::{Delivery, Spine};
use crate::legal::measure::{Measure, UNKNOWN};
use crate::legal::stage::Stage;
use crate::legal::tables::{CROSSED, Cell, Row, TOTAL};
use crate::persons::folded;
use crate::tables::{self, Holds, PublicTable};

/// How complete it is: who reported, what is not known of how many, and what is missing.
pub fn quality(text: &Text, d: &Delivery) -> Document {
    let mut blocks = vec![Block::Paragraph(text.say("legal-quality-intro"))];
    let heading = |blocks: &mut Vec<Block>, key: &str| blocks.push(Block::Heading(2, text.say(key)));
    heading(&mut blocks, "legal-quality-stages");
    blocks.push(Block::Paragraph(stage_note(text, d, d.stage_of(&Measure::ALL))));
    blocks.extend(Some(editions(text, d)).filter(|t| !t.rows.is_empty()).map(Block::Table));
    heading(&mut blocks, "legal-quality-coverage");
    blocks.push(Block::Table(coverage(text, d)));
    heading(&mut blocks, "legal-quality-delays");
    blocks.push(Block::Table(delays(text, d)));
    heading(&mut blocks, "legal-quality-missing");
    blocks.push(Block::Table(missingness(text, d)));
    heading(&mut blocks, "legal-quality-not");
    let not = not_delivered(text, d);
    let nothing = not.is_empty();
    blocks.push(if nothing { Block::Paragraph(text.say("legal-quality-nothing")) } else { Block::List(not) });
    heading(&mut blocks, "legal-quality-protection");
    blocks.push(Block::Paragraph(protection(text, d)));
    heading(&mut blocks, "legal-quality-law");
    let last = jiff::civil::Date::new(d.asked.year, 12, 31).unwrap_or_default();
    let changes = d.asked.country.law.iter().filter(|c| c.from <= last);
    blocks.push(Block::List(
        changes.map(|c| format!("{}: {} ({})", c.from, name(text, &c.name), c.source)).collect(),
    ));
    if let Some(bridge) = bridge(text, d) {
        blocks.push(Block::Paragraph(text.say("legal-quality-bridge")));
        blocks.push(Block::Table(bridge));
    }
    document(text, d, "legal-quality-title", blocks)
}

/// What each edition said of the year in all: published counts only.
fn editions(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("measure", Holds::Text),
        ("edition", Holds::Text),
        ("persons", Holds::Number(0)),
        ("stage", Holds::Text),
    ];
    let named: Vec<(&str, String, Holds)> =
        columns.iter().map(|(n, h)| (*n, text.say(&format!("legal-column-{n}")), *h)).collect();
    let mut t = PublicTable::new("editions", text.say("legal-quality-editions"), &named);
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

fn coverage(text: &Text, d: &Delivery) -> PublicTable {
    let columns = [
        ("code", Holds::Text),
        ("organisation", Holds::Text),
        ("persons", Holds::Count),
        ("remark", Holds::Text),
    ];
    let named: Vec<(&str, String, Holds)> =
        columns.iter().map(|(n, h)| (*n, text.say(&format!("legal-column-{n}")), *h)).collect();
    let mut t = PublicTable::new("coverage", text.say("legal-quality-coverage"), &named);
    let rows: Vec<Row> = d.rows(Measure::Registered).into_iter().filter(|r| r.by == "organisation").collect();
    for r in &rows {
        let known = d.asked.country.reporters.iter().any(|o| folded(&o.code) == folded(&r.code));
        let remark = if known { remark(text, &r.cell) } else { text.say("legal-quality-unnamed") };
        t.rows.push(vec![r.code.clone().into(), level_of(text, d, r).into(), public(&r.cell), remark.into()]);
    }
    for o in &d.asked.country.reporters {
        if !rows.iter().any(|r| folded(&r.code) == folded(&o.code)) {
            let remark = text.say("legal-quality-no-list");
            t.rows.push(vec![
                o.code.clone().into(),
                name(text, &o.name).into(),
                tables::Cell::NotAvailable,
                remark.into(),
            ]);
        }
    }
    t
}

/// Shares of persons of whom something is not known, from protected counts only.
fn missingness(text: &Text, d: &Delivery) -> PublicTable {
    let columns =
        [("measure", Holds::Text), ("by", Holds::Text), ("share", Holds::Share), ("remark", Holds::Text)];
    let named: Vec<(&str, String, Holds)> =
        columns.iter().map(|(n, h)| (*n, text.say(&format!("legal-column-{n}")), *h)).collect();
    let mut t = PublicTable::new("missingness", text.say("legal-quality-missing"), &named);
    for measure in Measure::ALL {
        let rows = d.rows(measure);
        let total = rows.iter().find(|r| r.by == TOTAL).and_then(|r| r.cell.number()).filter(|n| *n > 0);
        for r in rows.iter().filter(|r| folded(&r.code) == UNKNOWN && r.by != CROSSED) {
            let share = r.cell.number().zip(total).map(|(n, all)| (n as f64 / all as f64).min(1.0));
            let cell = match (&r.cell, share) {
                (Cell::Hidden, _) => tables::Cell::Confidential,
                (_, share) => share.into(),
            };
            let measure = text.say(&format!("legal-measure-{}", measure.code()));
            t.rows.push(vec![measure.into(), by_of(text, &r.by).into(), cell, remark(text, &r.cell).into()]);
        }
    }
    t
}

/// What is not delivered, a line for each reason of each breakdown.
fn not_delivered(text: &Text, d: &Delivery) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for measure in Measure::ALL {
        let what = text.say(&format!("legal-measure-{}", measure.code()));
        if let Some(Spine::Missing(reason)) = d.spines.get(&measure) {
            let parts = [("table", measure.table().to_string()), ("what", what), ("why", why(text, reason))];
            all.push(text.fill("legal-quality-table", &parts));
            continue;
        }
        for r in d.rows(measure) {
            let Cell::NotDelivered(reason) = &r.cell else { continue };
            let parts = [
                ("table", measure.table().to_string()),
                ("what", what.clone()),
                ("by", by_of(text, &r.by)),
                ("why", why(text, reason)),
            ];
            let line = text.fill("legal-quality-breakdown", &parts);
            if all.last() != Some(&line) {
                all.push(line);
            }
        }
    }
    all
}

fn protection(text: &Text, d: &Delivery) -> String {
    let released = || Measure::ALL.into_iter().filter_map(|m| d.released(m));
    let how = released().next().and_then(|r| r.families.first()).map_or(How::Exact, |f| f.how);
    let key = match how {
        How::Noise => "legal-protection-noise",
        How::Rounded => "legal-protection-rounded",
        How::Exact | How::Hidden => "legal-protection-suppressed",
    };
    let sum = |of: fn(&crate::gate::Passed) -> usize| {
        text.number(released().map(|r| of(&r.passed)).sum::<usize>() as f64)
    };
    let parts = [
        ("largest", d.asked.noise.largest.to_string()),
        ("least", crate::gate::THRESHOLD.to_string()),
        ("numbers", sum(|p| p.numbers)),
        ("together", sum(|p| p.together)),
        ("suppressed", sum(|p| p.hidden)),
    ];
    text.fill(key, &parts)
}
