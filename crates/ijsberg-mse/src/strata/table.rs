//! Lists, covariates and counts by stratum.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::histories::{Histories, HistoriesError, Mask};

/// The most lists: every fit keeps `2^lists` numbers a stratum.
pub const MAX_STRATIFIED_LISTS: usize = 10;

/// How the levels of a covariate enter the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Each level has its own parameter.
    Factor,
    /// Orthogonal polynomial of this degree in the number of the level, such as years.
    Polynomial(usize),
    /// The number itself, with a value of its own for nearly everybody. Only the doubly robust methods take it: strata of
    /// one person say nothing to the others.
    Number,
}

/// A covariate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// Its levels: in numerical order when all are numbers, else alphabetical.
    pub levels: Vec<String>,
    /// How it enters the model.
    pub scale: Scale,
}

/// Persons with the same history and covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The capture history.
    pub history: Mask,
    /// Level by covariate; `None` where missing.
    pub levels: Vec<Option<usize>>,
    /// Persons; a fraction after missing levels have been shared out.
    pub count: f64,
}

/// A list that cannot have anybody of some level: it did not operate there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inactive {
    /// The list.
    pub list: usize,
    /// The covariate.
    pub covariate: usize,
    /// The level.
    pub level: usize,
}

/// A validated table of histories by covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct StratifiedTable {
    lists: Vec<String>,
    covariates: Vec<Covariate>,
    rows: Vec<Row>,
    inactive: Vec<Inactive>,
}

/// Why rows are not a stratified table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StratifiedError {
    /// The histories themselves are not a table.
    #[error(transparent)]
    Histories(#[from] HistoriesError),
    /// Too many lists for a fit per stratum.
    #[error(
        "found {found} lists, but with covariates at most {MAX_STRATIFIED_LISTS} are supported; merge or leave out some"
    )]
    TooManyLists {
        /// How many.
        found: usize,
    },
    /// A person is on a list where it is stated not to have operated.
    #[error(
        "list {list} is said not to operate for {covariate} = {level}, but {count} persons are on it there"
    )]
    NotInactive {
        /// The list.
        list: String,
        /// The covariate.
        covariate: String,
        /// The level.
        level: String,
        /// Persons on it.
        count: u64,
    },
    /// A covariate has fewer than two levels, or more than 200 and is not a number.
    #[error(
        "covariate {name} has {levels} level(s); it takes at least two, and at most 200 unless --numeric says that it is a number"
    )]
    Levels {
        /// The covariate.
        name: String,
        /// Its levels.
        levels: usize,
    },
}

/// A stratum with its persons.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stratum {
    pub(crate) levels: Vec<usize>,
    /// Persons seen.
    pub(crate) n: f64,
    /// Persons by history.
    pub(crate) cells: Vec<(Mask, f64)>,
    /// Lists that operate here.
    pub(crate) active: Mask,
}

impl StratifiedTable {
    /// Builds a table; equal rows are added up.
    ///
    /// # Errors
    /// See [`StratifiedError`].
    pub fn new(
        lists: Vec<String>,
        covariates: Vec<Covariate>,
        rows: impl IntoIterator<Item = (Mask, Vec<Option<usize>>, u64)>,
        inactive: Vec<Inactive>,
    ) -> Result<Self, StratifiedError> {
        if lists.len() > MAX_STRATIFIED_LISTS {
            return Err(StratifiedError::TooManyLists { found: lists.len() });
        }
        for c in &covariates {
            let most = if c.scale == Scale::Number { usize::MAX } else { 200 };
            if !(2..=most).contains(&c.levels.len()) {
                return Err(StratifiedError::Levels { name: c.name.clone(), levels: c.levels.len() });
            }
        }
        let mut sums = BTreeMap::<(Vec<Option<usize>>, Mask), u64>::new();
        for (history, levels, count) in rows {
            if count > 0 {
                *sums.entry((levels, history)).or_default() += count;
            }
        }
        // The same checks as for a table without covariates.
        Histories::new(lists.clone(), sums.iter().map(|((_, w), c)| (*w, *c)))?;
        for i in &inactive {
            let count = sums
                .iter()
                .filter(|((levels, w), _)| levels[i.covariate] == Some(i.level) && w >> i.list & 1 == 1)
                .map(|(_, c)| c)
                .sum();
            if count > 0 {
                return Err(StratifiedError::NotInactive {
                    list: lists[i.list].clone(),
                    covariate: covariates[i.covariate].name.clone(),
                    level: covariates[i.covariate].levels[i.level].clone(),
                    count,
                });
            }
        }
        let rows = sums
            .into_iter()
            .map(|((levels, history), count)| Row { history, levels, count: count as f64 })
            .collect();
        Ok(Self { lists, covariates, rows, inactive })
    }

    /// The list names, in the order of the bits.
    pub fn lists(&self) -> &[String] {
        &self.lists
    }

    /// The covariates.
    pub fn covariates(&self) -> &[Covariate] {
        &self.covariates
    }

    /// The rows, sorted.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Where lists do not operate.
    pub fn inactive(&self) -> &[Inactive] {
        &self.inactive
    }

    /// Persons seen.
    pub fn n(&self) -> f64 {
        self.rows.iter().map(|r| r.count).sum()
    }

    /// Whether every person has every covariate.
    pub fn is_complete(&self) -> bool {
        self.rows.iter().all(|r| r.levels.iter().all(Option::is_some))
    }

    /// The same rows with other counts, in the order of [`StratifiedTable::rows`].
    pub(crate) fn with_counts(&self, counts: impl IntoIterator<Item = f64>) -> Self {
        let mut other = self.clone();
        other.rows.iter_mut().zip(counts).for_each(|(r, c)| r.count = c);
        other
    }

    /// Other rows for the same lists and covariates.
    pub(crate) fn with_rows(&self, rows: Vec<Row>) -> Self {
        Self { rows, ..self.clone() }
    }

    /// The strata that hold anybody; rows with missing levels are left out.
    pub(crate) fn strata(&self) -> Vec<Stratum> {
        let mut strata = BTreeMap::<Vec<usize>, Vec<(Mask, f64)>>::new();
        for r in &self.rows {
            let levels: Option<Vec<usize>> = r.levels.iter().copied().collect();
            if let (Some(levels), true) = (levels, r.count > 0.0) {
                strata.entry(levels).or_default().push((r.history, r.count));
            }
        }
        strata
            .into_iter()
            .map(|(levels, cells)| Stratum {
                n: cells.iter().map(|c| c.1).sum(),
                active: self.active(&levels),
                levels,
                cells,
            })
            .collect()
    }

    /// Lists that operate at these levels.
    pub(crate) fn active(&self, levels: &[usize]) -> Mask {
        let all = (1 << self.lists.len()) - 1;
        let idle = self.inactive.iter().filter(|i| levels[i.covariate] == i.level);
        idle.fold(all, |active, i| active & !(1 << i.list))
    }
}

impl Covariate {
    /// A covariate from the values that occur; levels in numerical order when all are numbers.
    pub fn from_values<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> Self {
        let mut levels: Vec<String> = values.map(String::from).collect();
        levels.sort();
        levels.dedup();
        if levels.iter().all(|l| l.parse::<f64>().is_ok()) {
            levels.sort_by(|a, b| {
                let number = |s: &str| s.parse::<f64>().unwrap_or(0.0);
                number(a).total_cmp(&number(b))
            });
        }
        Self { name: name.to_owned(), levels, scale: Scale::Factor }
    }

    /// A whole number for each level of a polynomial, from zero and as small as can be; `None` where its levels are no whole
    /// numbers.
    pub(crate) fn whole(&self) -> Option<Vec<i128>> {
        let values: Result<Vec<i128>, _> =
            self.levels.iter().map(|l| l.parse::<i64>().map(i128::from)).collect();
        let named = self.levels.iter().all(|l| l.parse::<f64>().is_err());
        let values = if named { (0..self.levels.len() as i128).collect() } else { values.ok()? };
        let least = values.iter().min()?;
        let gcd = values.iter().fold(0, |mut a: i128, v| {
            let mut b = v - least;
            while b != 0 {
                (a, b) = (b, a % b);
            }
            a
        });
        Some(values.iter().map(|v| (v - least) / gcd.max(1)).collect())
    }

    /// Whether every level is a finite number.
    pub fn is_numeric(&self) -> bool {
        self.levels.iter().all(|l| l.parse::<f64>().is_ok_and(f64::is_finite))
    }

    /// Columns of a regression by level: one for each level but the first, or the number, centred and scaled.
    pub(crate) fn regressors(&self) -> Vec<Vec<f64>> {
        match self.scale {
            Scale::Number => self.columns(0),
            _ => Self { scale: Scale::Factor, ..self.clone() }.columns(0),
        }
    }

    /// What each level contributes to the columns of a term crossed with this covariate, relative to `base`.
    pub(crate) fn columns(&self, base: usize) -> Vec<Vec<f64>> {
        let m = self.levels.len();
        match self.scale {
            Scale::Factor => {
                (0..m).map(|l| (0..m).filter(|k| *k != base).map(|k| f64::from(k == l)).collect()).collect()
            }
            Scale::Polynomial(degree) => {
                let x: Vec<f64> =
                    self.levels.iter().enumerate().map(|(i, l)| l.parse().unwrap_or(i as f64)).collect();
                orthogonal_polynomials(&x, degree.min(m - 1))
            }
            Scale::Number => orthogonal_polynomials(
                &self.levels.iter().map(|l| l.parse().unwrap_or(f64::NAN)).collect::<Vec<_>>(),
                1,
            ),
        }
    }
}

/// Gram-Schmidt on the powers of `x`; one row a point, columns scaled to a mean square of one.
fn orthogonal_polynomials(x: &[f64], degree: usize) -> Vec<Vec<f64>> {
    let m = x.len() as f64;
    let centre = x.iter().sum::<f64>() / m;
    let width = x.iter().map(|v| (v - centre).abs()).fold(0.0, f64::max).max(1e-12);
    let mut basis: Vec<Vec<f64>> = vec![vec![1.0; x.len()]];
    for d in 1..=degree {
        let mut column: Vec<f64> = x.iter().map(|v| ((v - centre) / width).powi(d as i32)).collect();
        for other in &basis {
            let dot = column.iter().zip(other).map(|(a, b)| a * b).sum::<f64>() / m;
            column.iter_mut().zip(other).for_each(|(a, b)| *a -= dot * b);
        }
        let norm = (column.iter().map(|a| a * a).sum::<f64>() / m).sqrt();
        column.iter_mut().for_each(|a| *a /= norm);
        basis.push(column);
    }
    (0..x.len()).map(|i| basis[1..].iter().map(|c| c[i]).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_orthogonal() {
        let rows = orthogonal_polynomials(&[2010.0, 2011.0, 2012.0, 2013.0, 2015.0], 3);
        for a in 0..3 {
            assert!(rows.iter().map(|r| r[a]).sum::<f64>().abs() < 1e-9);
            for b in 0..3 {
                let dot = rows.iter().map(|r| r[a] * r[b]).sum::<f64>() / 5.0;
                assert!((dot - f64::from(a == b)).abs() < 1e-9, "{a} {b} {dot}");
            }
        }
    }

    #[test]
    fn levels_that_are_numbers_are_in_their_order() {
        let c = Covariate::from_values("age", ["10", "9", "100", "9"].into_iter());
        assert_eq!(c.levels, ["9", "10", "100"]);
    }
}
