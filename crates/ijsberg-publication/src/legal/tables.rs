//! The tables of article 19a: typed, and each cell says what it is.

use ijsberg_disclosure::protected::Protected;

use crate::asked::codes;
use crate::families::{Family, How, Shown};
use crate::gate::Refused;
use crate::legal::deliver::{Released, Spine};
use crate::legal::measure::{By, IDENTIFIERS, Measure, UNKNOWN};
use crate::persons::folded;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A protected count, and what it says of the true one.
    Count(Protected, How),
    /// Nobody, and exactly so.
    Zero,
    /// Nobody, or so few that noise or rounding makes nothing of them.
    ZeroOrFew,
    /// Somebody; how many is hidden to protect persons.
    Hidden,
    /// Nobody recorded it of anybody.
    NotRecorded,
    /// Not delivered, and why.
    NotDelivered(Why),
}

/// Why something is not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The table of persons has no such column.
    NoColumn,
    /// The table of persons has no days.
    NoDay,
    /// There is no file of the prosecution service.
    NoFile,
    /// The file has no such number in this year.
    NoNumber,
    /// The register has no records of that kind in this year.
    NoRecord,
    /// The file does not break it down like that.
    NoBreakdown,
    /// The year was given out before without it, and is frozen.
    Frozen,
    /// It would cost counts that the article asks for.
    Outweighed,
    /// Together with the counts of another table it would tell small counts.
    Together,
    /// The disclosure check refused it.
    Refused(Refused),
}

impl Why {
    /// The key of its words.
    pub fn key(&self) -> &'static str {
        match self {
            Self::NoColumn => "legal-why-column",
            Self::NoDay => "legal-why-day",
            Self::NoFile => "legal-why-file",
            Self::NoNumber => "legal-why-number",
            Self::NoRecord => "legal-why-record",
            Self::NoBreakdown => "legal-why-breakdown",
            Self::Frozen => "legal-why-frozen",
            Self::Outweighed => "legal-why-outweighed",
            Self::Together => "legal-why-together",
            Self::Refused(_) => "legal-why-refused",
        }
    }
}

impl Cell {
    pub(crate) fn of(shown: Shown, how: How) -> Self {
        match shown {
            None => Self::Hidden,
            Some(n) if n.get() > 0 => Self::Count(n, how),
            Some(_) => Self::zero(how),
        }
    }

    fn zero(how: How) -> Self {
        if how == How::Exact { Self::Zero } else { Self::ZeroOrFew }
    }

    /// Its name in files.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Count(_, How::Exact) => "exact",
            Self::Count(_, How::Rounded) => "rounded",
            Self::Count(..) => "noise",
            Self::Zero => "zero",
            Self::ZeroOrFew => "zero-or-few",
            Self::Hidden => "suppressed",
            Self::NotRecorded => "not-recorded",
            Self::NotDelivered(_) => NOT_DELIVERED,
        }
    }

    /// What its number says of the true one.
    pub fn how(&self) -> How {
        match self {
            Self::Count(_, how) => *how,
            Self::Zero => How::Exact,
            Self::ZeroOrFew => How::Noise,
            Self::Hidden | Self::NotRecorded | Self::NotDelivered(_) => How::Hidden,
        }
    }

    /// The number, if there is one.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Count(n, _) => Some(n.get()),
            Self::Zero | Self::ZeroOrFew => Some(0),
            Self::Hidden | Self::NotRecorded | Self::NotDelivered(_) => None,
        }
    }
}

/// A number: of what, by what, at which level.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What is counted.
    pub measure: Measure,
    /// By what; `total` for all.
    pub by: String,
    /// The level; empty for all.
    pub code: String,
    /// The number, or why there is none.
    pub cell: Cell,
}

/// The name in files of a cell that is not delivered.
pub(crate) const NOT_DELIVERED: &str = "not-delivered";

/// By what all are counted.
pub const TOTAL: &str = "total";

/// Form, sex and age together, in the codes of the United Nations.
pub const CROSSED: &str = "form-sex-age";

/// Families of marks that table a tells beside what the article names: decisions on status, and services.
pub const MARKS: [&str; 3] = ["status", "support", "residence"];

/// Columns that it tells beside them.
pub const MORE: [&str; 2] = ["sector", "region"];

/// The rows of a measure.
pub fn rows(measure: Measure, spine: &Spine) -> Vec<Row> {
    let row =
        |by: &str, code: &str, cell: Cell| Row { measure, by: by.to_owned(), code: code.to_owned(), cell };
    let mut all = Vec::new();
    let all_are = |cell: &Cell| {
        let total = row(TOTAL, "", cell.clone());
        let levels = |by: &By| by.1.iter().map(|l| row(by.0, l, cell.clone())).collect::<Vec<_>>();
        std::iter::once(total).chain(measure.by().iter().flat_map(levels)).collect::<Vec<_>>()
    };
    let of = match spine {
        Spine::Missing(why) => return all_are(&Cell::NotDelivered(why.clone())),
        Spine::Released(of) => of,
    };
    all.push(row(TOTAL, "", total(of)));
    if measure == Measure::Registered
        && let Some(family) = of.family("list")
    {
        for (l, name) in family.levels.iter().enumerate() {
            all.push(row("organisation", name, Cell::of(family.by_level[l], family.how)));
        }
    }
    for (by, levels) in measure.by() {
        all.extend(broken_down(measure, of, by, levels));
    }
    if measure == Measure::Registered {
        for by in MORE.iter().chain(&MARKS) {
            all.extend(broken_down(measure, of, by, &[]));
        }
        all.extend(told_apart(of, of.no_identified.as_ref(), IDENTIFIERS));
        all.extend(codes().into_iter().map(|codes| row(CROSSED, &codes.join(" "), series(of, codes))));
    }
    if of.nobody {
        // Then nobody is at any level, also where nothing was recorded.
        all.iter_mut().for_each(|r| r.cell = Cell::Zero);
    }
    all
}

/// How many there are in all.
pub fn total(of: &Released) -> Cell {
    let family = of.families.iter().find(|f| f.total.is_some()).or(of.families.first());
    family.map_or(Cell::Hidden, |f| Cell::of(f.total, f.how))
}

/// Whether it is recorded of anybody: otherwise nobody knows that there are none at a level.
fn is_recorded(family: &Family) -> bool {
    family.overlapping || family.levels.iter().any(|l| folded(l) != UNKNOWN)
}

/// A breakdown of registered victims beside what the article names, or why the gate left it out.
pub(crate) fn told_apart(of: &Released, left_out: Option<&Why>, (by, levels): (&str, &[&str])) -> Vec<Row> {
    let Some(why) = left_out else { return broken_down(Measure::Registered, of, by, levels) };
    let row = |level: &&str| Row {
        measure: Measure::Registered,
        by: by.to_owned(),
        code: (*level).to_owned(),
        cell: Cell::NotDelivered(why.clone()),
    };
    levels.iter().map(row).collect()
}

/// A breakdown at the levels that are asked for, and at others that are there.
pub(crate) fn broken_down(measure: Measure, of: &Released, by: &str, levels: &[&str]) -> Vec<Row> {
    let row = |code: &str, cell: Cell| Row { measure, by: by.to_owned(), code: code.to_owned(), cell };
    let Some(family) = of.family(by) else {
        let why = if of.frozen.iter().any(|f| f == by) {
            Why::Frozen
        } else if measure == Measure::Registered {
            Why::NoColumn
        } else {
            Why::NoBreakdown
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
        Some(l) => Cell::of(family.by_level[l], family.how),
        None if recorded || folded(level) == UNKNOWN => Cell::zero(family.how),
        None => Cell::NotRecorded,
    };
    let asked = levels.iter().map(|l| row(l, cell(l)));
    let others = family.levels.iter().filter(|l| !levels.iter().any(|asked| folded(asked) == folded(l)));
    let all: Vec<Row> = asked.chain(others.map(|l| row(l, cell(l)))).collect();
    // What is asked of nobody, such as services where none are recorded, has no level to stand at.
    if all.is_empty() { vec![row("", Cell::NotRecorded)] } else { all }
}

/// A number that the United Nations ask for.
pub fn series(of: &Released, [series, sex, age]: [&'static str; 3]) -> Cell {
    if of.nobody {
        return Cell::Zero;
    }
    let is = |a: &crate::asked::Asked| [a.series, a.sex, a.age] == [series, sex, age];
    let needs = [("form", series != "VC_HTF_DETV"), ("sex", sex != "_T"), ("age", age != "_T")];
    if let Some((by, _)) = needs.iter().find(|(by, wanted)| *wanted && of.family(by).is_none()) {
        let frozen = of.frozen.iter().any(|f| f == by);
        return Cell::NotDelivered(if frozen { Why::Frozen } else { Why::NoColumn });
    }
    if needs.iter().any(|(by, wanted)| *wanted && !of.family(by).is_some_and(is_recorded)) {
        return Cell::NotRecorded;
    }
    match of.asked.iter().find(|a| is(a)) {
        Some(a) if a.persons.get() > 0 => Cell::Count(a.persons, a.how),
        Some(a) => Cell::zero(a.how),
        None if of.withheld.contains(&[series, sex, age]) => Cell::Hidden,
        None => Cell::zero(of.asked_how),
    }
}
