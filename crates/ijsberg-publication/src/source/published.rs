//! The columns of a release. Which lists, marks and levels it has, and how they are spelled, follows from the persons that it publishes and
//! from nobody else: a row that came with somebody who is in no count would disclose that there is such a person.

use std::collections::BTreeMap;

use ijsberg_disclosure::cell_key::CellKey;

use crate::persons::{Group, KeptYears, UNKNOWN, Year, folded, people_and_year};
use crate::source::PersonGroup;

/// The largest number of lists in a bit mask.
const MOST_LISTS: usize = 32;

/// The columns of a release.
pub(super) struct PublishedColumns {
    /// Lists with somebody on them, in the order and the spelling in which they were first published.
    pub(super) lists: Vec<String>,
    /// The covariates.
    pub(super) covariates: Vec<String>,
    /// Marks that somebody has, likewise.
    pub(super) marks: Vec<String>,
    /// For each covariate, its levels: the spelling in which each was first published, by its standard spelling.
    spelling: Vec<BTreeMap<String, String>>,
}

/// Persons by lists, year and levels, and by marks, with the sum of their record keys.
type Cells = BTreeMap<(u32, String, Vec<String>), BTreeMap<Vec<bool>, (u64, CellKey)>>;

/// The position of a name in a list of names.
fn place(names: &[String], name: &str) -> Option<usize> {
    names.iter().position(|n| folded(n) == folded(name))
}

/// The columns of years in which somebody is, in the order and the spelling in which they are first.
fn with_somebody<'a>(
    years: impl Iterator<Item = &'a Year>,
    columns: fn(&Year) -> &[String],
    is_in: fn(&Group, usize) -> bool,
) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for of in years {
        for (at, name) in columns(of).iter().enumerate() {
            if place(&all, name).is_none() && of.groups.iter().any(|g| is_in(g, at)) {
                all.push(name.clone());
            }
        }
    }
    all
}

/// The lists with somebody on them.
fn lists_with_somebody<'a>(years: impl Iterator<Item = &'a Year>) -> Vec<String> {
    with_somebody(years, |y| &y.lists, |g, at| g.history >> at & 1 == 1)
}

/// The lists that are known from the published years of the people of reports; if nobody was published, those with which a year was.
pub(super) fn published_lists(kept: &KeptYears) -> Vec<String> {
    let of_reports = kept.years.iter().filter(|(year, _)| people_and_year(year).0.is_empty());
    let years: Vec<&Year> = of_reports.flat_map(|of| of.1).collect();
    let lists = lists_with_somebody(years.iter().copied());
    if !lists.is_empty() {
        return lists;
    }
    let mut all: Vec<String> = Vec::new();
    for name in years.iter().flat_map(|of| &of.lists) {
        if place(&all, name).is_none() {
            all.push(name.clone());
        }
    }
    all
}

/// The level of each group of a year in a column; unknown if the year was published without it.
fn levels<'a>(of: &'a Year, covariate: &str) -> impl Fn(&'a Group) -> &'a str + use<'a> {
    let at = place(&of.covariates, covariate);
    move |g| at.map_or(UNKNOWN, |at| g.levels[at].as_str())
}

impl PublishedColumns {
    /// The columns of the persons of these years. Of the covariates that are `wanted`, those with one level only are no breakdown, and are
    /// left out unless `all` are needed.
    pub(super) fn of_persons(years: &[(&str, &Year)], wanted: &[String], all: bool) -> Self {
        let all_years = || years.iter().map(|y| y.1);
        let mut lists = lists_with_somebody(all_years());
        if all_years().all(|of| of.groups.is_empty()) {
            lists = all_years().next().map_or_else(Vec::new, |of| of.lists.clone());
        }
        lists.truncate(MOST_LISTS);
        let spelled = |name: &String| {
            let mut spelling: BTreeMap<String, String> = BTreeMap::new();
            for (_, of) in years {
                for level in of.groups.iter().map(levels(of, name)) {
                    let standard = folded(level);
                    let shown = if standard == UNKNOWN { UNKNOWN } else { level };
                    spelling.entry(standard).or_insert_with(|| shown.to_owned());
                }
            }
            (name.clone(), spelling)
        };
        let is_breakdown = |column: &(String, BTreeMap<_, _>)| all || column.1.len() != 1;
        let (covariates, spelling) = wanted.iter().map(spelled).filter(is_breakdown).unzip();
        let marks = with_somebody(all_years(), |y| &y.marks, |g, at| g.marks[at]);
        Self { lists, covariates, marks, spelling }
    }

    /// The persons in these columns: grouped without marks, and grouped by marks too.
    pub(super) fn persons(&self, years: &[(&str, &Year)]) -> [Vec<PersonGroup>; 2] {
        let mut cells = Cells::new();
        years.iter().for_each(|(year, of)| self.add(year, of, &mut cells));
        let [mut groups, mut by_mark] = [const { Vec::new() }; 2];
        for ((history, year, levels), marked) in cells {
            let mut whole =
                PersonGroup { history, year, levels, marks: Vec::new(), count: 0, key: CellKey::default() };
            for (marks, (count, key)) in marked {
                whole.count += count;
                whole.key = whole.key.and(key);
                by_mark.push(PersonGroup { marks, count, key, ..whole.clone() });
            }
            groups.push(whole);
        }
        [groups, by_mark]
    }

    /// Adds the persons of a year.
    fn add(&self, year: &str, of: &Year, cells: &mut Cells) {
        let bits: Vec<Option<usize>> = of.lists.iter().map(|l| place(&self.lists, l)).collect();
        let level_of: Vec<_> = self.covariates.iter().map(|c| levels(of, c)).collect();
        let marks: Vec<Option<usize>> = self.marks.iter().map(|m| place(&of.marks, m)).collect();
        for g in &of.groups {
            let on = bits.iter().enumerate().filter(|(l, _)| g.history >> l & 1 == 1);
            let history = on.filter_map(|(_, bit)| *bit).fold(0, |all, bit| all | 1 << bit);
            let spelled = level_of.iter().zip(&self.spelling).map(|(level, spelling)| {
                let level = level(g);
                spelling.get(&folded(level)).map_or(level, String::as_str).to_owned()
            });
            let levels = spelled.collect();
            let marked = marks.iter().map(|m| m.is_some_and(|m| g.marks[m])).collect();
            let found =
                cells.entry((history, year.to_owned(), levels)).or_default().entry(marked).or_default();
            *found = (found.0 + g.count, found.1.and(CellKey::kept(g.key)));
        }
    }
}
