//! All tables of an edition, with their notes.

pub(crate) mod nobody;
mod sdg;
pub(crate) mod stages;
pub(crate) mod years;

use std::collections::BTreeSet;

use ijsberg_disclosure::perturbation::Noise;
use ijsberg_mse::diagnostics::Verdict;
use ijsberg_report::text::Text;

use crate::covariates::{CovariateEstimate, WithCovariates};
use crate::edition::Edition;
use crate::estimate::PartEstimate;
use crate::families::Family;
use crate::labels::{covariate, level};
use crate::protection::CountProtection;
use crate::tables::{Cell, ColumnType, PublicTable, estimates_id, reported_id};

pub(crate) use sdg::rate;

/// All tables, in the order of the report.
pub fn tables(text: &Text, e: &Edition) -> Vec<PublicTable> {
    let mut all = vec![key_figures(text, e), estimates(text, e, "year")];
    for family in &e.families {
        all.push(reported(text, family));
        if family.name != "list" {
            all.push(estimates(text, e, &family.name));
        }
    }
    all.extend(e.marks.iter().map(|f| reported(text, f)));
    all.extend(e.with_covariates.as_ref().ok().map(|c| with_covariates(text, e, c)));
    all.extend(years::alone(text, e));
    all.extend([lists(text, e), methods(text, e), histories(text, e), completeness(text, e)]);
    all.extend([revisions(text, e), bridge(text, e)]);
    all.extend(Some(others(text, e)).filter(|t| !t.rows.is_empty()));
    all.push(sdg::table(text, e));
    // Every table has these notes, for readers of a single table.
    for note in [stages::note(text, e), nobody::note(text, e)].into_iter().flatten() {
        all.iter_mut().for_each(|t| t.notes.push(note.clone()));
    }
    all
}

fn key_figures(text: &Text, e: &Edition) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "key-figures",
        say("table-key-figures"),
        &[
            ("measure", say("column-measure"), ColumnType::Text),
            ("value", say("column-value"), ColumnType::Number(0)),
            ("lower", say("column-lower"), ColumnType::Number(0)),
            ("upper", say("column-upper"), ColumnType::Number(0)),
        ],
    );
    let o = &e.options;
    let window = [("from", e.from().to_string()), ("to", o.year.to_string())];
    if let Some(now) = e.reported(o.year) {
        let name = text.fill("row-reported-year", &[("year", o.year.to_string())]);
        t.rows.push(vec![name.into(), now.into(), Cell::NotApplicable, Cell::NotApplicable]);
    }
    let total = e.families.first().map(|f| f.total);
    if let Some(total) = total {
        let name = text.fill("row-reported-window", &window);
        t.rows.push(vec![name.into(), total.into(), Cell::NotApplicable, Cell::NotApplicable]);
    }
    let name = text.fill("row-estimated-window", &window);
    t.rows.push(vec![name.into(), Cell::NotAvailable, e.at_least().into(), e.at_most().into()]);
    if let Some(of) = e.of_year(o.year) {
        let name = text.fill("row-estimated-year", &[("year", o.year.to_string())]);
        let limits = of.limits;
        t.rows.push(vec![
            name.into(),
            of.n_hat.into(),
            limits.map(|l| l.0).into(),
            limits.map(|l| l.1).into(),
        ]);
    }
    if let Ok(c) = &e.with_covariates {
        let year = o.year.to_string();
        for (name, part) in [
            (text.fill("row-with-covariates-window", &window), c.estimate_of(&[])),
            (
                text.fill("row-with-covariates-year", &[("year", year.clone())]),
                c.estimate_of(&[("year", &year)]),
            ),
        ] {
            let Some(part) = part else { continue };
            let limits = [part.limits.0, part.limits.1].map(|l| Cell::from(Some(l)));
            t.rows.push([Cell::from(name), Some(part.n_hat).into()].into_iter().chain(limits).collect());
        }
    }
    t.notes.push(say("note-key-figures"));
    t
}

fn reported(text: &Text, family: &Family) -> PublicTable {
    let what = covariate(text, &family.name);
    let mut columns = vec![(family.name.as_str(), what.clone(), ColumnType::Text)];
    columns.extend(family.years.iter().map(|y| (y.as_str(), y.clone(), ColumnType::Count)));
    columns.push(("total", text.say("column-total"), ColumnType::Count));
    let title = text.fill("table-reported", &[("what", what)]);
    let mut t = PublicTable::new(&reported_id(&family.name), title, &columns);
    for (l, name) in family.levels.iter().enumerate() {
        let mut row = vec![Cell::from(level(text, &family.name, name))];
        row.extend(family.cells[l].iter().map(|c| Cell::from(*c)));
        row.push(family.by_level[l].into());
        t.rows.push(row);
    }
    let mut row = vec![Cell::from(text.say("row-everybody"))];
    row.extend(family.by_year.iter().map(|c| Cell::from(*c)));
    row.push(family.total.into());
    t.rows.push(row);
    t.notes.push(text.say(match family.how {
        CountProtection::Noise => "note-noise",
        CountProtection::Rounded => "note-rounded",
        CountProtection::Exact | CountProtection::Hidden => "note-suppressed",
    }));
    if family.overlapping {
        let lists = family.name == "list";
        t.notes.push(text.say(if lists { "note-lists-overlap" } else { "note-marks-overlap" }));
    }
    t
}

fn estimates(text: &Text, e: &Edition, name: &str) -> PublicTable {
    let what = covariate(text, name);
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        &estimates_id(name),
        text.fill("table-estimates", &[("what", what.clone())]),
        &[
            (name, what, ColumnType::Text),
            ("reported", say("column-reported"), ColumnType::Count),
            ("estimated", say("column-estimated"), ColumnType::Number(0)),
            ("lower", say("column-lower"), ColumnType::Number(0)),
            ("upper", say("column-upper"), ColumnType::Number(0)),
            ("in_sight", say("column-in-sight"), ColumnType::Share),
        ],
    );
    let row = |s: &PartEstimate| {
        let share = s.n_hat.zip(s.reported).map(|(n, reported)| reported.get() as f64 / n);
        vec![
            level(text, name, &s.level).into(),
            s.reported.into(),
            s.n_hat.into(),
            s.limits.map(|l| l.0).into(),
            s.limits.map(|l| l.1).into(),
            share.into(),
        ]
    };
    t.rows = e.parts.iter().filter(|p| p.covariate == name).map(row).collect();
    t.notes.push(say("note-parts"));
    if let Some(notes) = years::notes(text, e).filter(|_| name == "year") {
        t.notes.extend(notes);
        return t;
    }
    t.notes.push(say(match e.whole.analysis.diagnostics.verdict {
        Verdict::FitToPublish => "note-parts-given-model",
        Verdict::RangeOnly => "note-parts-range",
        Verdict::LowerBoundOnly | Verdict::NoEstimate | Verdict::NotAssessed => "note-parts-bound",
    }));
    t
}

/// The estimate with covariates: everybody, years, levels and pairs of levels.
fn with_covariates(text: &Text, e: &Edition, c: &WithCovariates) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "with-covariates",
        say("table-with-covariates"),
        &[
            ("part", say("column-part"), ColumnType::Text),
            ("level", say("column-level"), ColumnType::Text),
            ("reported", say("column-reported"), ColumnType::Count),
            ("estimated", say("column-estimated"), ColumnType::Number(0)),
            ("lower", say("column-lower"), ColumnType::Number(0)),
            ("upper", say("column-upper"), ColumnType::Number(0)),
            ("in_sight", say("column-in-sight"), ColumnType::Share),
        ],
    );
    let row = |p: &CovariateEstimate| {
        let joined = |words: &mut dyn Iterator<Item = String>| words.collect::<Vec<_>>().join(", ");
        let (name, level) = match p.part.as_slice() {
            [] => (say("row-everybody"), Cell::NotApplicable),
            part => (
                joined(&mut part.iter().map(|(c, _)| covariate(text, c))),
                joined(&mut part.iter().map(|(c, l)| level(text, c, l))).into(),
            ),
        };
        let reported = e.reported_of(&p.part);
        vec![
            name.into(),
            level,
            reported.map_or(Cell::NotApplicable, Cell::Count),
            Some(p.n_hat).into(),
            Some(p.limits.0).into(),
            Some(p.limits.1).into(),
            reported.map_or(Cell::NotApplicable, |n| Cell::Number(n.get() as f64 / p.n_hat)),
        ]
    };
    t.rows = c.parts.iter().map(row).collect();
    t.notes.push(say("note-with-covariates"));
    if e.options.noise == Noise::default() {
        t.notes.push(say("note-with-covariates-trials"));
    }
    t
}

fn lists(text: &Text, e: &Edition) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "lists",
        say("table-lists"),
        &[
            ("list", say("covariate-list"), ColumnType::Text),
            ("persons", say("column-persons"), ColumnType::Count),
            ("only_here", say("column-only-here"), ColumnType::Count),
            ("elsewhere", say("column-elsewhere"), ColumnType::Share),
        ],
    );
    for (l, name) in e.lists.iter().enumerate() {
        let (size, alone) = (e.families[0].by_level[l], e.only_here[l]);
        let share = size
            .map(crate::Protected::get)
            .filter(|n| *n > 0)
            .map(|n| 1.0 - alone.get().min(n) as f64 / n as f64);
        t.rows.push(vec![name.as_str().into(), size.into(), alone.into(), share.into()]);
    }
    t
}

fn methods(text: &Text, e: &Edition) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "methods",
        say("estimates"),
        &[
            ("method", say("col-method"), ColumnType::Text),
            ("estimate", say("col-estimate"), ColumnType::Number(0)),
            ("lower", say("column-lower"), ColumnType::Number(0)),
            ("upper", say("column-upper"), ColumnType::Number(0)),
            ("model", say("col-model"), ColumnType::Text),
        ],
    );
    for m in &e.whole.analysis.estimates {
        t.rows.push(vec![
            m.method.id().into(),
            m.n_hat.into(),
            m.interval.map(|i| i.lower).into(),
            m.interval.map(|i| i.upper).into(),
            m.model.as_ref().map_or(Cell::NotApplicable, |b| Cell::from(b.to_string())),
        ]);
    }
    t
}

fn histories(text: &Text, e: &Edition) -> PublicTable {
    let mut columns: Vec<(&str, String, ColumnType)> =
        e.lists.iter().map(|l| (l.as_str(), l.clone(), ColumnType::Text)).collect();
    columns.push(("count", text.say("column-persons"), ColumnType::Count));
    let mut t = PublicTable::new("capture-histories", text.say("table-histories"), &columns);
    for (history, count) in e.whole.histories.iter().filter(|h| h.1.get() > 0) {
        let mut row: Vec<Cell> =
            (0..e.lists.len()).map(|l| Cell::from(if history >> l & 1 == 1 { "1" } else { "0" })).collect();
        row.push((*count).into());
        t.rows.push(row);
    }
    t.notes.push(text.say("note-histories"));
    t
}

fn completeness(text: &Text, e: &Edition) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "completeness",
        say("table-completeness"),
        &[
            ("field", say("column-field"), ColumnType::Text),
            ("unknown", say("column-unknown"), ColumnType::Count),
            ("share", say("column-share"), ColumnType::Share),
        ],
    );
    for family in &e.families[1..] {
        let at = family.levels.iter().position(|l| l == crate::source::UNKNOWN);
        let unknown = at.map_or(Cell::from("0"), |at| family.by_level[at].into());
        let share =
            at.and_then(|at| Some(family.by_level[at]?.get() as f64 / family.total?.get().max(1) as f64));
        let share =
            if at.is_none() { Cell::Number(0.0) } else { share.map_or(Cell::Confidential, Cell::Number) };
        t.rows.push(vec![covariate(text, &family.name).into(), unknown, share]);
    }
    t
}

/// The count of each year in each edition: a revision triangle once there are several editions.
fn revisions(text: &Text, e: &Edition) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "revisions",
        say("table-revisions"),
        &[
            ("year", say("covariate-year"), ColumnType::Text),
            ("edition", say("column-edition"), ColumnType::Text),
            ("date", say("column-date"), ColumnType::Text),
            ("reported", say("column-reported"), ColumnType::Number(0)),
            ("difference", say("column-difference"), ColumnType::Number(0)),
        ],
    );
    let o = &e.options;
    for year in e.from()..=o.year {
        let Some(now) = e.reported(year) else { continue };
        let mut vintages = e.earlier.earlier_totals(&year.to_string());
        // The same edition made again is the current row, and identical editions of one day are one row.
        let mut seen = BTreeSet::from([(o.year, o.date.to_string(), now.get())]);
        vintages.retain(|v| seen.insert(v.clone()));
        let mut last: Option<f64> = None;
        let mut row = |edition: i16, date: String, value: f64, cell: Cell| {
            let difference = last.map_or(Cell::NotApplicable, |l| Cell::Number(value - l));
            last = Some(value);
            t.rows.push(vec![
                year.to_string().into(),
                edition.to_string().into(),
                date.into(),
                cell,
                difference,
            ]);
        };
        for (edition, date, value) in vintages {
            row(edition, date, value as f64, Cell::Number(value as f64));
        }
        row(o.year, o.date.to_string(), now.get() as f64, now.into());
    }
    t.notes.push(say("note-revisions"));
    t
}

/// From the sum of the lists to the number of persons.
fn bridge(text: &Text, e: &Edition) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "bridge",
        say("table-bridge"),
        &[
            ("step", say("column-step"), ColumnType::Text),
            ("persons", say("column-persons"), ColumnType::Number(0)),
        ],
    );
    let Some(lists) = e.families.first() else { return t };
    // If the count of a list is hidden, there is no sum.
    let sum: Option<u64> = lists.by_level.iter().map(|c| c.map(crate::Protected::get)).sum();
    let total = lists.total.map(crate::Protected::get);
    let number = |n: Option<f64>| n.map_or(Cell::Confidential, Cell::Number);
    let once = sum.zip(total).map(|(s, t)| t as f64 - s as f64);
    t.rows.push(vec![say("row-sum-of-lists").into(), number(sum.map(|s| s as f64))]);
    t.rows.push(vec![say("row-counted-once").into(), number(once)]);
    t.rows.push(vec![say("row-persons").into(), lists.total.into()]);
    t.notes.push(say("note-bridge"));
    t
}

/// Totals that other organisations published for the same years, with the difference from ours.
fn others(text: &Text, e: &Edition) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "others",
        say("table-others"),
        &[
            ("year", say("covariate-year"), ColumnType::Text),
            ("body", say("column-body"), ColumnType::Text),
            ("theirs", say("column-theirs"), ColumnType::Number(0)),
            ("ours", say("column-ours"), ColumnType::Count),
            ("difference", say("column-difference-ours"), ColumnType::Number(0)),
            ("source", say("column-source"), ColumnType::Text),
        ],
    );
    for other in &e.options.others {
        let Some(ours) = e.reported(other.year) else { continue };
        t.rows.push(vec![
            other.year.to_string().into(),
            other.body.in_language(text.language()).into(),
            Cell::Number(other.persons as f64),
            ours.into(),
            Cell::Number(other.persons as f64 - ours.get() as f64),
            other.source.in_language(text.language()).into(),
        ]);
    }
    t.notes.push(say("note-others"));
    t
}
