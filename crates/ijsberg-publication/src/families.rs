//! Tables that belong together: a covariate by year, with their sums.

use ijsberg_disclosure::attack::Published;
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_disclosure::protected::Protected;
use ijsberg_disclosure::round::{Base, rounded};
use ijsberg_disclosure::suppress::{Number, Place, suppress};
use serde::{Deserialize, Serialize};

use crate::asked::{Asked, contains};
use crate::protection::{How, Plain, THRESHOLD};
use crate::source::{Alike, Marks, Source, count, protected};

/// How a family is protected.
#[derive(Debug, Clone, Copy)]
pub struct Protection<'a> {
    /// The noise.
    pub noise: &'a Perturbation,
    /// What it was made of.
    pub of: &'a Noise,
    /// How plain counts are.
    pub plain: Plain,
    /// What the United Nations are told of the same persons.
    pub asked: &'a [Asked],
}

/// A count as it is shown; none if it is hidden.
pub type Shown = Option<Protected>;

/// A published number of a family: the level and the year that it is of, or all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The level; all without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub level: Option<String>,
    /// The year; all without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub year: Option<String>,
    /// The number.
    pub value: u64,
    /// What it says of the true one.
    #[serde(skip_serializing_if = "How::is_noise", default)]
    pub how: How,
}

/// A level and a year, or all of them.
type At = (Option<usize>, Option<usize>);

/// Numbers in one order: rows of cells, each with its sum, then the sums of the years and of everything.
fn numbers(rows: usize, columns: usize) -> Vec<At> {
    let each = |of: usize| (0..of).map(Some).chain([None]);
    each(rows).flat_map(|l| each(columns).map(move |y| (l, y))).collect()
}

/// Persons by level and year.
#[derive(Debug, Clone)]
pub struct Family {
    /// The covariate; `list` for the lists, on several of which a person may be.
    pub name: String,
    /// Its levels.
    pub levels: Vec<String>,
    /// Years.
    pub years: Vec<String>,
    /// By level and year.
    pub cells: Vec<Vec<Shown>>,
    /// By level, all years.
    pub by_level: Vec<Shown>,
    /// By year, all levels.
    pub by_year: Vec<Shown>,
    /// Everybody.
    pub total: Shown,
    /// A person may be at several levels or none, so that sums over levels mean nothing.
    pub overlapping: bool,
    /// What its numbers say of the true ones.
    pub how: How,
}

impl Family {
    fn from_people(
        (source, persons): (&Source, &[Alike]),
        Protection { noise, of: parameters, plain, asked }: Protection<'_>,
        name: &str,
        levels: Vec<String>,
        overlapping: bool,
        on: impl Fn(&Alike, usize) -> bool,
    ) -> Self {
        let (rows, columns) = (levels.len(), source.years.len());
        let numbers = numbers(rows, columns);
        let fits =
            |(l, y): At, a: &Alike| l.is_none_or(|l| on(a, l)) && y.is_none_or(|y| a.year == source.years[y]);
        let with_noise = |n: At| protected(persons, noise, |a| fits(n, a));
        let shown: Vec<Shown> = match plain {
            Plain::Noise => numbers.iter().map(|n| Some(with_noise(*n))).collect(),
            Plain::Rounded => {
                numbers.iter().map(|n| Some(rounded(count(persons, |a| fits(*n, a)), Base::FIVE))).collect()
            }
            Plain::Suppressed => {
                let within = |c: &usize, (l, y): At| {
                    l.is_none_or(|l| c / columns == l) && y.is_none_or(|y| c % columns == y)
                };
                let of = |at: At| (0..rows * columns).filter(|c| within(c, at)).collect::<Vec<usize>>();
                let exact = |at: At| count(persons, |a| fits(at, a));
                let mut all: Vec<Number> = Vec::new();
                for at in &numbers {
                    let (l, y) = *at;
                    let place = if l.is_none() { Place::Elsewhere } else { Place::Here };
                    // Everybody is no sum of levels that overlap: a cell of its own for each year stands for them.
                    let own = 2 * rows * columns;
                    let cells = match y {
                        _ if !overlapping || l.is_some() => of(*at),
                        Some(y) => vec![own + y],
                        None => (own..own + columns).collect(),
                    };
                    all.push(Number { cells, value: exact(*at), place });
                }
                // Where levels overlap, who is at a level and who is not are everybody, level by level.
                for at in numbers.iter().filter(|n| overlapping && n.0.is_some()) {
                    let everybody = exact((None, at.1));
                    let with = of(*at);
                    let without: Vec<usize> = with.iter().map(|c| c + rows * columns).collect();
                    let both = [with, without.clone()].concat();
                    all.push(Number { cells: without, value: everybody - exact(*at), place: Place::Nowhere });
                    all.push(Number { cells: both, value: everybody, place: Place::Elsewhere });
                }
                let also: Vec<Published> = asked
                    .iter()
                    .filter_map(|a| {
                        let of = a.levels_alone(name)?;
                        let y = source.years.iter().position(|y| *y == a.year)?;
                        let those = (0..rows).filter(|l| contains(of, &levels[*l]));
                        Some(a.published(those.map(|l| l * columns + y).collect(), parameters))
                    })
                    .collect();
                let mut shown = suppress(&all, &also, THRESHOLD);
                shown.truncate(numbers.len());
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
                Plain::Noise => How::Noise,
                Plain::Rounded => How::Rounded,
                Plain::Suppressed => How::Exact,
            },
            levels,
        }
    }

    /// By covariate.
    pub fn by_covariate(source: &Source, how: Protection<'_>, covariate: usize) -> Self {
        let levels = source.levels(covariate);
        let wanted = levels.clone();
        Self::from_people(
            (source, &source.alike),
            how,
            &source.covariates[covariate],
            levels,
            false,
            move |a, l| a.levels[covariate] == wanted[l],
        )
    }

    /// By list; who is on several counts on each.
    pub fn by_list(source: &Source, how: Protection<'_>) -> Self {
        Self::from_people((source, &source.alike), how, "list", source.lists.clone(), true, |a, l| {
            a.history >> l & 1 == 1
        })
    }

    /// By mark; who has several counts at each.
    pub fn by_mark(source: &Source, how: Protection<'_>, marks: &Marks) -> Self {
        let one = |a: &Alike| marks.each.iter().filter(|m| a.marks[m.1]).count() == 1;
        let levels = marks.each.iter().map(|m| m.0.clone()).collect();
        let overlapping = !source.marked.iter().all(one);
        Self::from_people((source, &source.marked), how, &marks.name, levels, overlapping, |a, l| {
            a.marks[marks.each[l].1]
        })
    }

    /// Everything that it tells.
    pub fn told(&self) -> Vec<Told> {
        let mut all = Vec::new();
        let mut tell = |level: Option<&String>, year: Option<&String>, value: Shown| {
            let how = if value.is_some() { self.how } else { How::Hidden };
            let value = value.map_or(0, Protected::get);
            all.push(Told { level: level.cloned(), year: year.cloned(), value, how });
        };
        for (l, level) in self.levels.iter().enumerate() {
            for (y, year) in self.years.iter().enumerate() {
                tell(Some(level), Some(year), self.cells[l][y]);
            }
            tell(Some(level), None, self.by_level[l]);
        }
        for (y, year) in self.years.iter().enumerate() {
            tell(None, Some(year), self.by_year[y]);
        }
        tell(None, None, self.total);
        all
    }

    /// Hides a number, by where it stands in [`Family::told`].
    pub(crate) fn hide(&mut self, at: usize) {
        let (rows, columns) = (self.levels.len(), self.years.len());
        let (row, column) = (at / (columns + 1), at % (columns + 1));
        *match (row < rows, column < columns) {
            (true, true) => &mut self.cells[row][column],
            (true, false) => &mut self.by_level[row],
            (false, true) => &mut self.by_year[column],
            (false, false) => &mut self.total,
        } = None;
    }

    /// How many numbers are hidden.
    pub fn hidden(&self) -> usize {
        let sums = self.by_level.iter().chain(&self.by_year).chain([&self.total]);
        self.cells.iter().flatten().chain(sums).filter(|c| c.is_none()).count()
    }
}
