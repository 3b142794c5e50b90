//! Charts, tables and sections that a text may place, by name.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ijsberg_report::charts::{self, Chart, Part};
use ijsberg_report::text::Text;

use crate::document::{Block, PARTS, covariate, level, part, parts};
use crate::edition::Edition;
use crate::estimate::Sized;
use crate::families::Family;
use crate::legal::write::eu;
use crate::legal::{Delivery, Measure};
use crate::monitor::facts::{Facts, name};
use crate::tables::{Cell, PublicTable};
use crate::write;

/// Bars of a chart at most; the table beside it has them all.
const MOST_BARS: usize = 20;

type Blocks = BTreeMap<String, Vec<Block>>;

/// All of them.
pub(super) fn blocks(text: &Text, e: &Edition, chain: Option<&Delivery>, facts: &Facts) -> Blocks {
    let mut all = Blocks::new();
    for table in write::tables(text, e).into_iter().filter(|t| !t.rows.is_empty()) {
        put_table(&mut all, table);
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
        let of = name(&[&family.name]);
        let claim = facts.claimed(&format!("most-common-{of}")).filter(|c| c.state != "unclear");
        let values = [("year", e.options.year.to_string()), ("what", covariate(text, &family.name))];
        let title = text.fill("monitor-chart-by", &values);
        // The title says what the chart shows, where that is sure.
        let caption = claim.map_or_else(|| title.clone(), |c| c.sentence.clone());
        let chart = charts::bars(text, &title, &in_the_year(text, e, family));
        put_figure(&mut all, &format!("by.{of}"), caption, chart);
    }
    for name in PARTS {
        all.insert(format!("part:{name}"), part(text, e, name));
    }
    if let Some(chain) = chain {
        of_the_chain(&mut all, text, chain);
    }
    all
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

/// The counts of the year.
fn in_the_year(text: &Text, e: &Edition, family: &Family) -> Vec<Part> {
    let year = e.options.year.to_string();
    let Some(y) = family.years.iter().position(|of| *of == year) else { return Vec::new() };
    let of = |(l, code): (usize, &String)| Some((family.cells[l][y]?.get(), level(text, &family.name, code)));
    bars(family.levels.iter().enumerate().filter_map(of).collect())
}

/// The tables that hold a number, and the steps of the chain.
fn of_the_chain(all: &mut Blocks, text: &Text, chain: &Delivery) {
    let is_told = |t: &PublicTable| {
        let number = |c: &Cell| matches!(c, Cell::Count(_) | Cell::Number(_));
        t.rows.iter().flatten().any(number)
    };
    for table in eu(text, chain).into_iter().filter(is_told) {
        put_table(all, table);
    }
    let steps = [Measure::Suspected, Measure::Prosecuted, Measure::Convicted];
    let total = |m: Measure| {
        let rows = chain.rows(m);
        let all = rows.iter().find(|r| r.code.is_empty()).and_then(|r| r.cell.number());
        all.map(|n| (n, text.say(&format!("legal-measure-{}", m.code()))))
    };
    let told: Vec<(u64, String)> = steps.into_iter().filter_map(total).collect();
    if told.len() > 1 {
        let title = text.fill("monitor-chart-chain", &[("year", chain.asked.year.to_string())]);
        let chart = charts::bars(text, &title, &bars(told));
        put_figure(all, "chain", title, chart);
    }
}
