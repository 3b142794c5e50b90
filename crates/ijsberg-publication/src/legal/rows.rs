//! The rows of a measure and of a table, from the counts that passed the gate.

use crate::asked::{SdgCount, codes};
use crate::families::Family;
use crate::legal::delivery::{Delivery, Outcome, Released};
use crate::legal::measure::{By, IDENTIFIERS, Measure, UNKNOWN};
use crate::legal::tables::{CROSSED, Cell, MARKS, MORE, Reason, Row, TOTAL};
use crate::persons::folded;

impl Delivery {
    /// The rows of a measure.
    pub fn rows(&self, measure: Measure) -> Vec<Row> {
        self.outcomes.get(&measure).map_or_else(Vec::new, |outcome| rows(measure, outcome))
    }

    /// The rows of a table.
    pub fn table(&self, letter: char) -> Vec<Row> {
        let of = Measure::ALL.into_iter().filter(|m| m.table() == letter);
        of.flat_map(|m| self.rows(m)).collect()
    }

    /// The count of a series of the United Nations.
    pub fn series(&self, codes: [&'static str; 3]) -> Cell {
        match self.outcomes.get(&Measure::Registered) {
            Some(Outcome::Released(of)) => series(of, codes),
            Some(Outcome::Missing(why)) => Cell::NotDelivered(why.clone()),
            None => Cell::NotDelivered(Reason::NoColumn),
        }
    }
}

/// The rows of a measure.
fn rows(measure: Measure, outcome: &Outcome) -> Vec<Row> {
    let row =
        |by: &str, code: &str, cell: Cell| Row { measure, by: by.to_owned(), code: code.to_owned(), cell };
    let mut all = Vec::new();
    let all_are = |cell: &Cell| {
        let total = row(TOTAL, "", cell.clone());
        let levels = |by: &By| by.1.iter().map(|l| row(by.0, l, cell.clone())).collect::<Vec<_>>();
        std::iter::once(total).chain(measure.by().iter().flat_map(levels)).collect::<Vec<_>>()
    };
    let of = match outcome {
        Outcome::Missing(why) => return all_are(&Cell::NotDelivered(why.clone())),
        Outcome::Released(of) => of,
    };
    all.push(row(TOTAL, "", total(of)));
    if measure == Measure::Registered
        && let Some(family) = of.family("list")
    {
        for (l, name) in family.levels.iter().enumerate() {
            all.push(row("organisation", name, Cell::from_shown(family.by_level[l], family.how)));
        }
    }
    for (by, levels) in measure.by() {
        all.extend(broken_down(measure, of, by, levels));
    }
    if measure == Measure::Registered {
        for by in MORE.iter().chain(&MARKS) {
            all.extend(broken_down(measure, of, by, &[]));
        }
        all.extend(extra_breakdown(of, of.no_identified.as_ref(), IDENTIFIERS));
        all.extend(codes().into_iter().map(|codes| row(CROSSED, &codes.join(" "), series(of, codes))));
    }
    if of.has_no_persons {
        // Then every level has 0 persons, also in breakdowns that were not recorded.
        all.iter_mut().for_each(|r| r.cell = Cell::Zero);
    }
    all
}

/// The total.
pub(super) fn total(of: &Released) -> Cell {
    let family = of.families.iter().find(|f| f.total.is_some()).or(of.families.first());
    family.map_or(Cell::Hidden, |f| Cell::from_shown(f.total, f.how))
}

/// Whether the breakdown is recorded for at least one person: otherwise it is not known that a level has no persons.
fn is_recorded(family: &Family) -> bool {
    family.overlapping || family.levels.iter().any(|l| folded(l) != UNKNOWN)
}

/// The rows of a breakdown of registered victims in addition to those that the article names, or the reason why the gate left it out.
pub(super) fn extra_breakdown(
    of: &Released,
    left_out: Option<&Reason>,
    (by, levels): (&str, &[&str]),
) -> Vec<Row> {
    let Some(why) = left_out else { return broken_down(Measure::Registered, of, by, levels) };
    let row = |level: &&str| Row {
        measure: Measure::Registered,
        by: by.to_owned(),
        code: (*level).to_owned(),
        cell: Cell::NotDelivered(why.clone()),
    };
    levels.iter().map(row).collect()
}

/// The rows of a breakdown: the requested levels, and other levels that occur.
fn broken_down(measure: Measure, of: &Released, by: &str, levels: &[&str]) -> Vec<Row> {
    let row = |code: &str, cell: Cell| Row { measure, by: by.to_owned(), code: code.to_owned(), cell };
    let Some(family) = of.family(by) else {
        let why = if of.frozen.iter().any(|f| f == by) {
            Reason::Frozen
        } else if measure == Measure::Registered {
            Reason::NoColumn
        } else {
            Reason::NoBreakdown
        };
        let cell = Cell::NotDelivered(why);
        return if levels.is_empty() {
            vec![row("", cell)]
        } else {
            levels.iter().map(|l| row(l, cell.clone())).collect()
        };
    };
    let recorded = is_recorded(family);
    let at = |family: &Family, level: &str| family.levels.iter().position(|l| folded(l) == folded(level));
    let cell = |level: &str| match at(family, level) {
        Some(l) => Cell::from_shown(family.by_level[l], family.how),
        None if recorded || folded(level) == UNKNOWN => Cell::zero(family.how),
        None => Cell::NotRecorded,
    };
    let requested = levels.iter().map(|l| row(l, cell(l)));
    let others = family.levels.iter().filter(|l| !levels.iter().any(|other| folded(other) == folded(l)));
    let all: Vec<Row> = requested.chain(others.map(|l| row(l, cell(l)))).collect();
    // A breakdown without any level, such as support where none is recorded, has one row.
    if all.is_empty() { vec![row("", Cell::NotRecorded)] } else { all }
}

/// The count of a series of the United Nations.
fn series(of: &Released, [series, sex, age]: [&'static str; 3]) -> Cell {
    if of.has_no_persons {
        return Cell::Zero;
    }
    let is = |a: &SdgCount| [a.series, a.sex, a.age] == [series, sex, age];
    let needs = [("form", series != "VC_HTF_DETV"), ("sex", sex != "_T"), ("age", age != "_T")];
    if let Some((by, _)) = needs.iter().find(|(by, wanted)| *wanted && of.family(by).is_none()) {
        let frozen = of.frozen.iter().any(|f| f == by);
        return Cell::NotDelivered(if frozen { Reason::Frozen } else { Reason::NoColumn });
    }
    if needs.iter().any(|(by, wanted)| *wanted && !of.family(by).is_some_and(is_recorded)) {
        return Cell::NotRecorded;
    }
    match of.sdg_counts.iter().find(|a| is(a)) {
        Some(a) if a.persons.get() > 0 => Cell::Count(a.persons, a.how),
        Some(a) => Cell::zero(a.how),
        None if of.withheld.contains(&[series, sex, age]) => Cell::Hidden,
        None => Cell::zero(of.sdg_protection),
    }
}
