//! Families of tables: a covariate by year, with totals.

use ijsberg_disclosure::attack::Published;
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_disclosure::protected::Protected;
use ijsberg_disclosure::round::{Base, rounded};
use ijsberg_disclosure::suppress::{Number, Place, suppress};
use serde::{Deserialize, Serialize};

use crate::asked::{SdgCount, contains};
use crate::protection::{CountProtection, THRESHOLD, TableProtection};
use crate::source::{Marks, PersonGroup, Source, count, protected};

/// The protection of a family.
#[derive(Debug, Clone, Copy)]
pub struct FamilyProtection<'a> {
    /// The noise.
    pub noise: &'a Perturbation,
    /// The parameters of the noise.
    pub parameters: &'a Noise,
    /// How counts in tables are protected.
    pub plain: TableProtection,
    /// The published counts for SDG indicator 16.2.2 of the same persons.
    pub sdg_counts: &'a [SdgCount],
}

/// A count as published; `None` if it is suppressed.
pub type ShownCount = Option<Protected>;

/// A published count of a family: for a level and a year, or for all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedCount {
    /// The level; `None` for all levels.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub level: Option<String>,
    /// The year; `None` for all years.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub year: Option<String>,
    /// The published value.
    pub value: u64,
    /// How it is protected.
    #[serde(skip_serializing_if = "CountProtection::is_noise", default)]
    pub how: CountProtection,
}

/// The index of a level and of a year; `None` for all of them.
type Position = (Option<usize>, Option<usize>);

/// The positions of all counts in order: for each level the years and their total, then the totals of the years and the grand total.
fn positions(rows: usize, columns: usize) -> Vec<Position> {
    let each = |of: usize| (0..of).map(Some).chain([None]);
    each(rows).flat_map(|l| each(columns).map(move |y| (l, y))).collect()
}

/// Counts of persons by level and year.
#[derive(Debug, Clone)]
pub struct Family {
    /// The covariate; `list` for the lists. A person may be on several lists.
    pub name: String,
    /// Its levels.
    pub levels: Vec<String>,
    /// The years.
    pub years: Vec<String>,
    /// The counts by level and year.
    pub cells: Vec<Vec<ShownCount>>,
    /// The counts by level, for all years.
    pub by_level: Vec<ShownCount>,
    /// The counts by year, for all levels.
    pub by_year: Vec<ShownCount>,
    /// The count of all persons.
    pub total: ShownCount,
    /// Whether a person may have several levels or none, so that sums over levels are meaningless.
    pub overlapping: bool,
    /// How its counts are protected.
    pub how: CountProtection,
}

impl Family {
    fn from_people(
        (source, persons): (&Source, &[PersonGroup]),
        FamilyProtection { noise, parameters, plain, sdg_counts }: FamilyProtection<'_>,
        name: &str,
        levels: Vec<String>,
        overlapping: bool,
        on: impl Fn(&PersonGroup, usize) -> bool,
    ) -> Self {
        let (rows, columns) = (levels.len(), source.years.len());
        let positions = positions(rows, columns);
        let fits = |(l, y): Position, a: &PersonGroup| {
            l.is_none_or(|l| on(a, l)) && y.is_none_or(|y| a.year == source.years[y])
        };
        let with_noise = |n: Position| protected(persons, noise, |a| fits(n, a));
        let shown: Vec<ShownCount> = match plain {
            TableProtection::Noise => positions.iter().map(|n| Some(with_noise(*n))).collect(),
            TableProtection::Rounded => {
                positions.iter().map(|n| Some(rounded(count(persons, |a| fits(*n, a)), Base::FIVE))).collect()
            }
            TableProtection::Suppressed => {
                let within = |c: &usize, (l, y): Position| {
                    l.is_none_or(|l| c / columns == l) && y.is_none_or(|y| c % columns == y)
                };
                let of = |at: Position| (0..rows * columns).filter(|c| within(c, at)).collect::<Vec<usize>>();
                let exact = |at: Position| count(persons, |a| fits(at, a));
                let mut all: Vec<Number> = Vec::new();
                for at in &positions {
                    let (l, y) = *at;
                    let place = if l.is_none() { Place::Elsewhere } else { Place::Here };
                    // The total of overlapping levels is not their sum, so it gets a cell of its own for each year.
                    let own = 2 * rows * columns;
                    let cells = match y {
                        _ if !overlapping || l.is_some() => of(*at),
                        Some(y) => vec![own + y],
                        None => (own..own + columns).collect(),
                    };
                    all.push(Number { cells, value: exact(*at), place });
                }
                // For overlapping levels, the persons with and without a level add up to the total, level by level.
                for at in positions.iter().filter(|n| overlapping && n.0.is_some()) {
                    let everybody = exact((None, at.1));
                    let with = of(*at);
                    let without: Vec<usize> = with.iter().map(|c| c + rows * columns).collect();
                    let both = [with, without.clone()].concat();
                    all.push(Number { cells: without, value: everybody - exact(*at), place: Place::Nowhere });
                    all.push(Number { cells: both, value: everybody, place: Place::Elsewhere });
                }
                let also: Vec<Published> = sdg_counts
                    .iter()
                    .filter_map(|a| {
                        let of = a.levels_alone(name)?;
                        let y = source.years.iter().position(|y| *y == a.year)?;
                        let those = (0..rows).filter(|l| contains(of, &levels[*l]));
                        Some(a.published(those.map(|l| l * columns + y).collect(), parameters))
                    })
                    .collect();
                let mut shown = suppress(&all, &also, THRESHOLD);
                shown.truncate(positions.len());
                shown
            }
        };
        let row = |l: usize| &shown[l * (columns + 1)..][..columns];
        Self {
            name: name.to_owned(),
            cells: (0..rows).map(|l| row(l).to_vec()).collect(),
            by_level: (0..rows).map(|l| shown[l * (columns + 1) + columns]).collect(),
            by_year: row(rows).to_vec(),
            total: shown.last().copied().flatten(),
            years: source.years.clone(),
            overlapping,
            how: match plain {
                TableProtection::Noise => CountProtection::Noise,
                TableProtection::Rounded => CountProtection::Rounded,
                TableProtection::Suppressed => CountProtection::Exact,
            },
            levels,
        }
    }

    /// The family of a covariate.
    pub fn by_covariate(source: &Source, how: FamilyProtection<'_>, covariate: usize) -> Self {
        let levels = source.levels(covariate);
        let wanted = levels.clone();
        Self::from_people(
            (source, &source.groups),
            how,
            &source.covariates[covariate],
            levels,
            false,
            move |a, l| a.levels[covariate] == wanted[l],
        )
    }

    /// The family of lists; a person on several lists counts on each.
    pub fn by_list(source: &Source, how: FamilyProtection<'_>) -> Self {
        Self::from_people((source, &source.groups), how, "list", source.lists.clone(), true, |a, l| {
            a.history >> l & 1 == 1
        })
    }

    /// The family of a group of marks; a person with several marks counts for each.
    pub fn by_mark(source: &Source, how: FamilyProtection<'_>, marks: &Marks) -> Self {
        let one = |a: &PersonGroup| marks.each.iter().filter(|m| a.marks[m.1]).count() == 1;
        let levels = marks.each.iter().map(|m| m.0.clone()).collect();
        let overlapping = !source.groups_by_mark.iter().all(one);
        Self::from_people((source, &source.groups_by_mark), how, &marks.name, levels, overlapping, |a, l| {
            a.marks[marks.each[l].1]
        })
    }

    /// All its published counts.
    pub fn published_counts(&self) -> Vec<PublishedCount> {
        let mut all = Vec::new();
        let mut add = |level: Option<&String>, year: Option<&String>, value: ShownCount| {
            let how = if value.is_some() { self.how } else { CountProtection::Hidden };
            let value = value.map_or(0, Protected::get);
            all.push(PublishedCount { level: level.cloned(), year: year.cloned(), value, how });
        };
        for (l, level) in self.levels.iter().enumerate() {
            for (y, year) in self.years.iter().enumerate() {
                add(Some(level), Some(year), self.cells[l][y]);
            }
            add(Some(level), None, self.by_level[l]);
        }
        for (y, year) in self.years.iter().enumerate() {
            add(None, Some(year), self.by_year[y]);
        }
        add(None, None, self.total);
        all
    }

    /// Suppresses a count, given its index in [`Family::published_counts`].
    pub(crate) fn suppress_at(&mut self, at: usize) {
        let (rows, columns) = (self.levels.len(), self.years.len());
        let (row, column) = (at / (columns + 1), at % (columns + 1));
        *match (row < rows, column < columns) {
            (true, true) => &mut self.cells[row][column],
            (true, false) => &mut self.by_level[row],
            (false, true) => &mut self.by_year[column],
            (false, false) => &mut self.total,
        } = None;
    }

    /// The number of suppressed counts.
    pub fn suppressed(&self) -> usize {
        let sums = self.by_level.iter().chain(&self.by_year).chain([&self.total]);
        self.cells.iter().flatten().chain(sums).filter(|c| c.is_none()).count()
    }
}
