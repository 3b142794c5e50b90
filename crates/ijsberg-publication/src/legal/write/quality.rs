//! The quality note: what is preliminary, which organisations reported, unknown values, and what is missing and why.

mod data;

use ijsberg_report::text::Text;

use super::columns::{by_of, why};
use super::notes::stage_note;
use super::pages::document;
use super::{bridge, delays};
use crate::document::{Block, Document};
use crate::legal::delivery::{Delivery, Outcome};
use crate::legal::measure::Measure;
use crate::legal::tables::Cell;
use crate::protection::CountProtection;
use crate::tables::PublicTable;

pub(super) use data::data;

/// The quality note: which organisations reported, unknown values, and what is missing.
pub fn quality(text: &Text, d: &Delivery) -> Document {
    let mut blocks = vec![Block::Paragraph(text.say("legal-quality-intro"))];
    let heading = |blocks: &mut Vec<Block>, key: &str| blocks.push(Block::Heading(2, text.say(key)));
    heading(&mut blocks, "legal-quality-stages");
    blocks.push(Block::Paragraph(stage_note(text, d, d.stage_of(&Measure::ALL))));
    blocks.extend(shown(data::editions(text, d)));
    heading(&mut blocks, "legal-quality-coverage");
    blocks.extend(shown(data::coverage(text, d)));
    heading(&mut blocks, "legal-quality-delays");
    blocks.push(Block::Table(delays(text, d)));
    heading(&mut blocks, "legal-quality-missing");
    blocks.extend(shown(data::missingness(text, d)));
    heading(&mut blocks, "legal-quality-not");
    let not = not_delivered(text, d);
    let nothing = not.is_empty();
    blocks.push(if nothing { Block::Paragraph(text.say("legal-quality-nothing")) } else { Block::List(not) });
    heading(&mut blocks, "legal-quality-protection");
    blocks.push(Block::Paragraph(protection(text, d)));
    heading(&mut blocks, "legal-quality-law");
    blocks.extend(shown(data::changes(text, d)));
    if let Some(bridge) = bridge(text, d) {
        blocks.push(Block::Paragraph(text.say("legal-quality-bridge")));
        blocks.push(Block::Table(bridge));
    }
    document(text, d, "legal-quality-title", blocks)
}

/// A table, if it has rows.
fn shown(t: PublicTable) -> Option<Block> {
    (!t.rows.is_empty()).then_some(Block::Table(t))
}

/// What is not delivered, one line for each reason of each breakdown.
pub fn not_delivered(text: &Text, d: &Delivery) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for measure in Measure::ALL {
        let what = text.say(&format!("legal-measure-{}", measure.code()));
        if let Some(Outcome::Missing(reason)) = d.outcomes.get(&measure) {
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
    let how = released().next().and_then(|r| r.families.first()).map_or(CountProtection::Exact, |f| f.how);
    let key = match how {
        CountProtection::Noise => "legal-protection-noise",
        CountProtection::Rounded => "legal-protection-rounded",
        CountProtection::Exact | CountProtection::Hidden => "legal-protection-suppressed",
    };
    let sum = |of: fn(&crate::gate::CheckResult) -> usize| {
        text.number(released().map(|r| of(&r.passed)).sum::<usize>() as f64)
    };
    let parts = [
        ("largest", d.request.noise.largest.to_string()),
        ("least", crate::protection::THRESHOLD.to_string()),
        ("numbers", sum(|p| p.counts)),
        ("together", sum(|p| p.all_counts)),
        ("suppressed", sum(|p| p.suppressed)),
    ];
    text.fill(key, &parts)
}
