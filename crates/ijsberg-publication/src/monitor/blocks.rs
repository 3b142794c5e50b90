//! Charts, tables and sections that a text can include by name.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ijsberg_report::charts::{self, Chart, Part};
use ijsberg_report::text::Text;

use crate::document::charted::{MOST_BARS, drawn_years, figure_by, parts};
use crate::document::titles::{self, Title};
use crate::document::{Block, PARTS, part};
use crate::edition::Edition;
use crate::labels::covariate;
use crate::legal::tables::Cell;
use crate::legal::{Delivery, Measure};
use crate::monitor::breakdown::{Breakdown, Level, NamedBreakdown, delivered_id, levels_of};
use crate::monitor::entries::{Facts, name};
use crate::monitor::tables;
use crate::names::Names;
use crate::persons::folded;
use crate::protection::CountProtection;
use crate::tables::{PublicTable, reported_id};

type Blocks = BTreeMap<String, Vec<Block>>;

/// All these blocks.
pub(super) fn blocks(
    text: &Text,
    e: &Edition,
    chain: Option<&Delivery>,
    facts: &Facts,
    breakdowns: &[NamedBreakdown],
    lists: &Names,
) -> Blocks {
    let mut all = Blocks::new();
    for table in tables::tables_with(text, e, chain, breakdowns).into_iter().filter(|t| !t.rows.is_empty()) {
        put_table(&mut all, lists.table(table));
    }
    let a = &lists.analysis(&e.whole.analysis);
    let years = parts(text, &drawn_years(e));
    let trend = text.say(&charts::caption("chart-trend", &years));
    for (name, title, chart) in [
        ("iceberg", titles::iceberg(text, e), charts::iceberg(text, a)),
        ("overlaps", titles::overlaps(text, a), charts::overlaps(text, a)),
        ("trend", titles::trend(text, e, &years), charts::series(text, &trend, &years)),
    ] {
        put_figure(&mut all, (name, name), title, chart);
    }
    for family in e.families.iter().chain(&e.marks) {
        let mut levels = levels_of(text, e, family);
        for level in &mut levels {
            level.label = lists.level(text, &family.name, &level.code);
        }
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

/// The chart of persons by level in the year. Its title is the main result, if that is certain.
fn put_levels(all: &mut Blocks, (text, e, facts): (&Text, &Edition, &Facts), what: &str, levels: &[Level]) {
    let of = name(&[what]);
    let claim = facts.claimed(&format!("most-common-{of}")).filter(|c| c.state != "unclear");
    let values = [("year", e.options.year.to_string()), ("what", covariate(text, what))];
    let title = text.fill("monitor-chart-by", &values);
    let found = claim.map(|c| c.sentence.trim_end_matches('.').to_owned());
    // A bar of length 0 would mean no persons, although there may be a few; the table next to the chart has these levels.
    let drawn = levels.iter().filter(|l| l.persons != Some(0) || l.how == CountProtection::Exact);
    let counted = drawn.filter_map(|l| Some((l.persons?, l.label.clone()))).collect();
    let chart = charts::bars(text, &title, &bars(counted));
    put_figure(all, (&format!("by.{of}"), &figure_by(what)), Title::new(found, title), chart);
}

fn put_table(all: &mut Blocks, table: PublicTable) {
    all.insert(format!("table:{}", table.id.to_lowercase()), vec![Block::Table(table)]);
}

/// A chart, with the name used in texts and the name of its files.
fn put_figure(all: &mut Blocks, (name, id): (&str, &str), title: Title, chart: Option<Chart>) {
    if let Some(chart) = chart {
        all.insert(format!("figure:{name}"), vec![Block::figure(id, title, chart)]);
    }
}

/// Bars of counts, the longest first.
fn bars(mut counted: Vec<(u64, String)>) -> Vec<Part> {
    counted.sort_by_key(|c| Reverse(c.0));
    let part = |(n, label): (u64, String)| Part { label, seen: n as f64, n_hat: n as f64, limits: None };
    counted.into_iter().take(MOST_BARS).map(part).collect()
}

/// The chart of the steps of the criminal justice chain.
fn of_the_chain(all: &mut Blocks, text: &Text, chain: &Delivery) {
    let steps = [Measure::Suspected, Measure::Prosecuted, Measure::Convicted];
    let total = |m: Measure| {
        let rows = chain.rows(m);
        let all = rows.iter().find(|r| r.code.is_empty()).filter(|r| r.cell != Cell::ZeroOrFew);
        let all = all.and_then(|r| r.cell.number());
        all.map(|n| (n, text.say(&format!("legal-measure-{}", m.code()))))
    };
    let numbers: Vec<(u64, String)> = steps.into_iter().filter_map(total).collect();
    if numbers.len() > 1 {
        let title = text.fill("monitor-chart-chain", &[("year", chain.request.year.to_string())]);
        let step = |(n, label): &(u64, String)| format!("{} {label}", text.number(*n as f64));
        let found = format!("{title}: {}", numbers.iter().map(step).collect::<Vec<_>>().join(", "));
        let chart = charts::bars(text, &title, &bars(numbers));
        put_figure(all, ("chain", "chain"), Title::plain(found), chart);
    }
}
