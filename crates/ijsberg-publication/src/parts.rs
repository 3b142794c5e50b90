//! The protected tables that the estimates of parts are made of.
//!
//! They are not printed. But whatever is estimated of a part is computed from its table and from nothing else, so whoever works back
//! from the estimate gets no further than that table; nor does whoever takes the estimate of a part from that of the whole get
//! further than both tables. So the gate takes the tables for published: what withstands it with them withstands it with everything
//! that is computed from them.

use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_disclosure::protected::Protected;

use crate::families::{How, Told};
use crate::gate::HISTORIES;
use crate::linked::BETWEEN;
use crate::source::{Alike, Source};

/// What stands between a level and the lists.
const OF: &str = "\u{1e}";

/// A part: the covariate, `year` for the years, and the level.
pub type Part = (String, String);

/// The protected table of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartTable {
    /// What of.
    pub part: Part,
    /// Histories with their protected counts.
    pub histories: Vec<(u32, Protected)>,
}

/// The tables of all years and of all levels of the covariates.
pub(crate) fn tables(source: &Source, noise: &Perturbation) -> Vec<PartTable> {
    let one = |covariate: &str, level: &str, fits: &dyn Fn(&Alike) -> bool| PartTable {
        part: (covariate.to_owned(), level.to_owned()),
        histories: source.histories(noise, fits),
    };
    let mut all: Vec<PartTable> = source.years.iter().map(|y| one("year", y, &|a| a.year == *y)).collect();
    for (c, name) in source.covariates.iter().enumerate() {
        all.extend(source.levels(c).iter().map(|l| one(name, l, &|a| a.levels[c] == *l)));
    }
    all
}

/// The family of the tables of the levels of a covariate, in the ledger. Those of years are histories of a year.
pub(crate) fn family(covariate: &str) -> String {
    match covariate {
        "year" => HISTORIES.to_owned(),
        _ => format!("{HISTORIES}{BETWEEN}{covariate}"),
    }
}

/// The family of margins, in the ledger: how many persons are on all of some lists.
pub(crate) const MARGINS: &str = "margins";

/// What the estimate with covariates is of, as a part.
pub(crate) fn explained() -> Part {
    (MARGINS.to_owned(), String::new())
}

/// Whom a margin counts: those on all of some lists, at a level where it has one.
pub(crate) struct Margin<'a> {
    pub(crate) lists: &'a str,
    pub(crate) level: Option<&'a str>,
    /// Those of whom the level is not known too.
    pub(crate) or_unknown: bool,
}

/// The covariate that margins of a family are by; none for margins by none, or by year.
pub(crate) fn of_margins(family: &str) -> Option<Option<&str>> {
    let rest = family.strip_prefix(MARGINS)?;
    if rest.is_empty() { Some(None) } else { rest.strip_prefix(BETWEEN).map(Some) }
}

impl<'a> Margin<'a> {
    pub(crate) fn of(level: &'a str) -> Self {
        let mut parts = level.split(OF);
        Self {
            lists: parts.next().unwrap_or_default(),
            level: parts.next(),
            or_unknown: parts.next().is_some(),
        }
    }
}

/// What a margin tells. Persons of whom the level is not known are counted by shares: then those of whom it is known are at most so
/// many, and those who may be at it at least.
pub(crate) fn margin(
    lists: Vec<String>,
    of: Option<(&str, &str)>,
    value: u64,
    shared_out: bool,
) -> Vec<(String, Told)> {
    let lists = lists.join(BETWEEN);
    let told = |level: String, how| Told { level: Some(level), year: None, value, how };
    match of {
        None => vec![(MARGINS.to_owned(), told(lists, How::Noise))],
        Some(("year", year)) => {
            let year = Some(year.to_owned());
            vec![(MARGINS.to_owned(), Told { year, ..told(lists, How::Noise) })]
        }
        Some((name, level)) => {
            let family = format!("{MARGINS}{BETWEEN}{name}");
            let level = format!("{lists}{OF}{level}");
            if shared_out {
                let both = [told(format!("{level}{OF}"), How::Least), told(level, How::Most)];
                both.map(|t| (family.clone(), t)).to_vec()
            } else {
                vec![(family, told(level, How::Noise))]
            }
        }
    }
}

/// The covariate whose levels a family is of.
pub(crate) fn covariate(family: &str) -> Option<&str> {
    family.strip_prefix(HISTORIES)?.strip_prefix(BETWEEN)
}

/// The level and the lists of a number of such a family.
pub(crate) fn split(level: &str) -> Option<(&str, &str)> {
    level.split_once(OF)
}

/// The part whose estimate would tell a number.
pub(crate) fn part_of(of: &str, told: &Told) -> Option<Part> {
    if of_margins(of).is_some() {
        return Some(explained());
    }
    match covariate(of) {
        Some(name) => Some((name.to_owned(), split(told.level.as_deref()?)?.0.to_owned())),
        None if of == HISTORIES => Some(("year".to_owned(), told.year.clone()?)),
        None => None,
    }
}

impl PartTable {
    /// What it tells; `names` gives the lists of a history.
    pub(crate) fn told(&self, names: impl Fn(u32) -> Vec<String>) -> Vec<Told> {
        let (covariate, level) = &self.part;
        let one = |(history, n): &(u32, Protected)| {
            let lists = names(*history).join(BETWEEN);
            let (level, year) = match covariate.as_str() {
                "year" => (lists, Some(level.clone())),
                _ => (format!("{level}{OF}{lists}"), None),
            };
            Told { level: Some(level), year, value: n.get(), how: How::Noise }
        };
        self.histories.iter().map(one).collect()
    }

    /// Persons on two lists or more.
    pub(crate) fn overlap(&self) -> u64 {
        self.histories.iter().filter(|h| h.0.count_ones() > 1).map(|h| h.1.get()).sum()
    }
}
