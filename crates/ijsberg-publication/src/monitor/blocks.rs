//! Charts, tables and sections that a text may place, by name.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ijsberg_report::charts::{self, Chart, Part};
use ijsberg_report::text::Text;

use crate::document::{Block, MOST_BARS, PARTS, covariate, part, parts};
use crate::edition::Edition;
use crate::estimate::Sized;
use crate::legal::{Delivery, Measure};
use crate::monitor::breakdown::{Breakdown, Found, Level, delivered_id, levels_of};
use crate::monitor::facts::{Facts, name};
use crate::monitor::lists::Lists;
use crate::monitor::tables::told;
use crate::persons::folded;
use crate::tables::{PublicTable, reported_id};
use crate::write;

type Blocks = BTreeMap<String, Vec<Block>>;

/// All of them.
pub(super) fn blocks(
    text: &Text,
    e: &Edition,
    chain: Option<&Delivery>,
    facts: &Facts,
    breakdowns: &[Found],
    lists: &Lists,
) -> Blocks {
    let mut all = Blocks::new();
    for table in write::tables(text, e).into_iter().filter(|t| !t.rows.is_empty()) {
        put_table(&mut all, lists.explained(table));
    }
    let a = &e.whole.analysis;
    let years: Vec<&Sized> = e.parts.iter().filter(|p| p.covariate == "year").collect();
    let years = parts(text, &years);
    let trend = text.say(&charts::caption("chart-trend", &years));
    let one = |key: &str| text.say(key);
    for (name, caption, chart) in [
        ("iceberg", one("chart-iceberg"), charts::iceberg(text, a)),
        ("overlaps", one("chart-overlaps"), charts::overlaps(text, a)),
        ("trend", trend.clone(), charts::series(text, &trend, &years)),
    ] {
        put_figure(&mut all, name, caption, chart);
    }
    for family in e.families.iter().chain(&e.marks) {
        let levels = lists.named(&family.name, levels_of(text, e, family));
        put_levels(&mut all, (text, e, facts), &family.name, &levels);
    }
    for name in PARTS {
        all.insert(format!("part:{name}"), part(text, e, name));
    }
    if let Some(chain) = chain {
        of_the_chain(&mut all, text, chain);
    }
    for (by, of) in breakdowns {
        if let Breakdown::Delivered(counted) = of {
            put_levels(&mut all, (text, e, facts), by, &counted.levels);
            put_table(&mut all, counted.table.clone());
        }
        let section = section(&all, text, by, of);
        all.insert(format!("part:{by}"), section);
    }
    all
}

/// The chart and the table of a breakdown, or why there are none.
fn section(all: &Blocks, text: &Text, by: &str, of: &Breakdown) -> Vec<Block> {
    let (name_of, table, mut section) = match of {
        Breakdown::Edition(family) => {
            let only_nationality = folded(family) != by;
            let note = only_nationality.then(|| Block::Paragraph(text.say("monitor-nationality")));
            (family.as_str(), reported_id(family), note.into_iter().collect::<Vec<Block>>())
        }
        Breakdown::Delivered(_) => (by, delivered_id(by), Vec::new()),
        Breakdown::Missing(why) => {
            let values = [("what", covariate(text, by)), ("why", why.clone())];
            return vec![Block::Paragraph(text.fill("monitor-no-breakdown", &values))];
        }
    };
    for name in [format!("figure:by.{}", name(&[name_of])), format!("table:{}", table.to_lowercase())] {
        section.extend(all.get(&name).into_iter().flatten().cloned());
    }
    section
}

/// The chart of persons by level in the year. Its title says what it shows, where that is sure.
fn put_levels(all: &mut Blocks, (text, e, facts): (&Text, &Edition, &Facts), what: &str, levels: &[Level]) {
    let of = name(&[what]);
    let claim = facts.claimed(&format!("most-common-{of}")).filter(|c| c.state != "unclear");
    let values = [("year", e.options.year.to_string()), ("what", covariate(text, what))];
    let title = text.fill("monitor-chart-by", &values);
    let caption = claim.map_or_else(|| title.clone(), |c| c.sentence.clone());
    let counted = levels.iter().filter_map(|l| Some((l.persons?, l.label.clone()))).collect();
    let chart = charts::bars(text, &title, &bars(counted));
    put_figure(all, &format!("by.{of}"), caption, chart);
}

fn put_table(all: &mut Blocks, table: PublicTable) {
    all.insert(format!("table:{}", table.id.to_lowercase()), vec![Block::Table(table)]);
}

fn put_figure(all: &mut Blocks, name: &str, caption: String, chart: Option<Chart>) {
    if let Some(chart) = chart {
        all.insert(format!("figure:{name}"), vec![Block::Figure { chart, caption }]);
    }
}

/// Bars of what was counted, the longest first.
fn bars(mut counted: Vec<(u64, String)>) -> Vec<Part> {
    counted.sort_by_key(|c| Reverse(c.0));
    let part = |(n, label): (u64, String)| Part { label, seen: n as f64, n_hat: n as f64, limits: None };
    counted.into_iter().take(MOST_BARS).map(part).collect()
}

/// The tables that hold a number, and the steps of the chain.
fn of_the_chain(all: &mut Blocks, text: &Text, chain: &Delivery) {
    for table in told(text, chain) {
        put_table(all, table);
    }
    let steps = [Measure::Suspected, Measure::Prosecuted, Measure::Convicted];
    let total = |m: Measure| {
        let rows = chain.rows(m);
        let all = rows.iter().find(|r| r.code.is_empty()).and_then(|r| r.cell.number());
        all.map(|n| (n, text.say(&format!("legal-measure-{}", m.code()))))
    };
    let numbers: Vec<(u64, String)> = steps.into_iter().filter_map(total).collect();
    if numbers.len() > 1 {
        let title = text.fill("monitor-chart-chain", &[("year", chain.asked.year.to_string())]);
        let chart = charts::bars(text, &title, &bars(numbers));
        put_figure(all, "chain", title, chart);
    }
}
