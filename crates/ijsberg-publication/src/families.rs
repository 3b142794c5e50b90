//! Tables that belong together: a covariate by year, with their sums.

use ijsberg_disclosure::cell_key::Protected;
use ijsberg_disclosure::perturbation::Perturbation;
use serde::{Deserialize, Serialize};

use crate::source::{Alike, Source};

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
    pub cells: Vec<Vec<Protected>>,
    /// By level, all years.
    pub by_level: Vec<Protected>,
    /// By year, all levels.
    pub by_year: Vec<Protected>,
    /// Everybody.
    pub total: Protected,
}

impl Family {
    fn of(
        source: &Source,
        noise: &Perturbation,
        name: &str,
        levels: Vec<String>,
        on: impl Fn(&Alike, usize) -> bool,
    ) -> Self {
        let cell = |l: usize, year: &String| source.protected(noise, |a| on(a, l) && a.year == *year);
        Self {
            name: name.to_owned(),
            cells: (0..levels.len()).map(|l| source.years.iter().map(|y| cell(l, y)).collect()).collect(),
            by_level: (0..levels.len()).map(|l| source.protected(noise, |a| on(a, l))).collect(),
            by_year: source.years.iter().map(|y| source.protected(noise, |a| a.year == *y)).collect(),
            total: source.protected(noise, |_| true),
            years: source.years.clone(),
            levels,
        }
    }

    /// By covariate.
    pub fn by_covariate(source: &Source, noise: &Perturbation, covariate: usize) -> Self {
        let levels = source.levels(covariate);
        let wanted = levels.clone();
        Self::of(source, noise, &source.covariates[covariate], levels, move |a, l| {
            a.levels[covariate] == wanted[l]
        })
    }

    /// By list; who is on several counts on each.
    pub fn by_list(source: &Source, noise: &Perturbation) -> Self {
        Self::of(source, noise, "list", source.lists.clone(), |a, l| a.history >> l & 1 == 1)
    }

    /// Everything that it tells.
    pub fn told(&self) -> Vec<Told> {
        let mut all = Vec::new();
        let mut tell = |level: Option<&String>, year: Option<&String>, value: Protected| {
            all.push(Told { level: level.cloned(), year: year.cloned(), value: value.get() });
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
}
