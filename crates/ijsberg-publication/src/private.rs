//! Differentially private tables, what is estimated from them, and synthetic microdata.
//!
//! Two tables are neighbours if one has a person more. Everything that is decided follows from what was declared ([`crate::domain`]), from
//! the names of earlier releases, or from counts with noise: which cells there are, whether there is a release, whether there is an
//! estimate and by which model.

use ijsberg_disclosure::accountant::{Account, Exceeded};
use ijsberg_disclosure::geometric::{self, Epsilon};
use ijsberg_mse::private::{NoisyEstimate, chosen, fit};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};

use crate::domain::Declared;
use crate::microdata::Microdata;

/// Cells of a table of lists and covariates at most.
pub const MOST_CELLS: usize = 20_000;

/// Synthetic persons at most: so many rows are still a file that somebody can open.
pub const MOST_SYNTHETIC: i64 = 5_000_000;

/// Draws every effect of a model of many cells to zero, a little.
const RIDGE: f64 = 0.1;

/// Why there is no such table.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PrivateError {
    /// Too many combinations of lists and covariates.
    #[error("{0} combinations of lists and covariates; at most {MOST_CELLS}")]
    Cells(usize),
    /// Synthetic microdata would have too many rows, by the counts with noise.
    #[error("synthetic microdata would have more than {MOST_SYNTHETIC} rows")]
    Rows,
    /// The model of lists and covariates does not settle.
    #[error("the model of lists and covariates does not settle")]
    Unsettled,
    /// Everything together would tell more than was allowed.
    #[error(transparent)]
    Exceeded(Exceeded),
    /// The account does not hold the counts of a release that it names.
    #[error("the account does not hold the counts of this release")]
    Damaged,
}

/// What is made beside the table of histories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Also {
    /// Synthetic microdata.
    pub synthetic: bool,
    /// Microdata of combinations that many persons share.
    pub anonymous: bool,
}

impl Also {
    /// Tables with noise of their own in all; each gets as much of epsilon.
    pub fn tables(self) -> u32 {
        1 + u32::from(self.synthetic) + u32::from(self.anonymous)
    }
}

/// Counts with noise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// Capture histories: all of them, also those that hold nobody.
    pub histories: Vec<(u32, i64)>,
    /// Every history with every combination of levels, for synthetic microdata.
    pub crossed: Option<Vec<i64>>,
    /// Every combination of levels, for microdata of combinations that many persons share.
    pub combinations: Option<Vec<i64>>,
    /// Some of it was given out before, and is what it was then.
    pub again: bool,
}

/// Adds noise to a table of histories, and to those of microdata that are asked for; `each` is the epsilon of one of them. What was
/// released under the same name before is given out as it was then and costs nothing: `edition` tells one release of a table from another.
/// All of it is in the account, which must be written before anything is given out.
///
/// # Errors
/// If there are too many combinations or persons, or everything together would exceed the budget; then nothing may be given out.
pub fn release(
    account: &mut Account,
    (table, also): (&Declared, Also),
    (each, budget): (Epsilon, Epsilon),
    (key, edition): (&[u8], &str),
) -> Result<Released, PrivateError> {
    let (before, mut after) = (account.spent.len(), account.clone());
    let mut noisy = |counts: Vec<u64>, name: String| -> Result<Vec<i64>, PrivateError> {
        let name = format!("{name}\u{1d}{edition}");
        let draw = || geometric::private(&counts, each, key, &name);
        let given = after
            .counts(&geometric::release(each, key, &name), (each, budget), draw)
            .map_err(PrivateError::Exceeded)?;
        if given.len() == counts.len() { Ok(given) } else { Err(PrivateError::Damaged) }
    };
    let lists = table.lists.join("\u{1f}");
    let histories = noisy(Crossed::without(table), lists.clone())?;
    let crossed = also.synthetic.then(|| Crossed::from_declared(table, table.lists.len())).transpose()?;
    let crossed =
        crossed.map(|of| noisy(of.counts, format!("{lists}\u{1e}{}", table.described()))).transpose()?;
    // Not by the exact counts: of those one person more could decide.
    let rows = crossed.iter().flatten().fold(0_i64, |all, n| all.saturating_add(*n));
    if rows > MOST_SYNTHETIC {
        return Err(PrivateError::Rows);
    }
    let combinations = also.anonymous.then(|| Crossed::from_declared(table, 0)).transpose()?;
    let combinations = combinations
        .map(|of| noisy(of.counts, format!("combinations\u{1e}{}", table.described())))
        .transpose()?;
    let new = after.spent.len() - before;
    *account = after;
    let again = new < also.tables() as usize;
    Ok(Released { histories: (1..).zip(histories).collect(), crossed, combinations, again })
}

/// The estimate from such a table, by a model that is chosen from it too; none where there is none.
pub fn estimate(lists: usize, cells: &[(u32, i64)], epsilon: Epsilon, level: f64) -> Option<NoisyEstimate> {
    chosen(lists, cells, epsilon.get(), level)
}

/// Every history with every combination of levels.
pub(crate) struct Crossed {
    /// Levels of each covariate.
    pub(crate) levels: Vec<Vec<String>>,
    /// A history, and a level of each covariate.
    pub(crate) cells: Vec<(u32, Vec<usize>)>,
    /// Persons in each cell.
    pub(crate) counts: Vec<u64>,
}

impl Crossed {
    /// Persons of all histories, whatever their levels.
    fn without(table: &Declared) -> Vec<u64> {
        let mut counts = vec![0_u64; (1 << table.lists.len()) - 1];
        for (history, _, n) in &table.persons {
            let of = &mut counts[*history as usize - 1];
            *of = of.saturating_add(*n);
        }
        counts
    }

    /// Of so many lists; without any, whatever the history.
    pub(crate) fn from_declared(table: &Declared, lists: usize) -> Result<Self, PrivateError> {
        let levels = table.levels.clone();
        let histories = ((1_usize << lists) - 1).max(1);
        let combinations = levels.iter().map(Vec::len).fold(1, usize::saturating_mul);
        let size = histories.saturating_mul(combinations);
        if size > MOST_CELLS {
            return Err(PrivateError::Cells(size));
        }
        let split = |cell: usize| {
            let (mut rest, mut of) = (cell / histories, Vec::new());
            for l in &levels {
                of.push(rest % l.len());
                rest /= l.len();
            }
            ((cell % histories) as u32 + 1, of)
        };
        let mut counts = vec![0_u64; size];
        for (history, of, n) in &table.persons {
            let (mut at, mut unit) = (0, 1);
            for (level, all) in of.iter().zip(&levels) {
                at += unit * level;
                unit *= all.len();
            }
            let cell = &mut counts[at * histories + if lists == 0 { 0 } else { *history as usize - 1 }];
            *cell = cell.saturating_add(*n);
        }
        Ok(Self { cells: (0..size).map(split).collect(), levels, counts })
    }

    /// A design of all effects of one, each list and each level but the first, and of two.
    fn effects(&self, lists: usize) -> Vec<Vec<f64>> {
        let number = |is: bool| f64::from(u8::from(is));
        let mut ones: Vec<(usize, Vec<f64>)> = Vec::new();
        for l in 0..lists {
            ones.push((l, self.cells.iter().map(|c| number(c.0 >> l & 1 == 1)).collect()));
        }
        for (k, of) in self.levels.iter().enumerate() {
            for level in 1..of.len() {
                ones.push((lists + k, self.cells.iter().map(|c| number(c.1[k] == level)).collect()));
            }
        }
        let mut columns = vec![vec![1.0; self.cells.len()]];
        columns.extend(ones.iter().map(|e| e.1.clone()));
        for (i, (factor, one)) in ones.iter().enumerate() {
            for (_, other) in ones[i + 1..].iter().filter(|e| e.0 != *factor) {
                columns.push(one.iter().zip(other).map(|(x, y)| x * y).collect());
            }
        }
        columns
    }
}

/// Synthetic microdata: a header, and a row for each person.
pub type Persons = (Vec<String>, Vec<Vec<String>>);

/// Synthetic persons by their covariates alone.
pub fn by_covariates((header, rows): &Persons, lists: usize) -> Microdata {
    let record = |row: &Vec<String>| (row[lists..].iter().cloned().map(Some).collect(), 1);
    Microdata { covariates: header[lists..].to_vec(), records: rows.iter().map(record).collect() }
}

/// Synthetic microdata drawn from a log-linear model with every effect of one and two among lists and covariates, which is fitted to all
/// their combinations with noise, as [`release`] gives them.
///
/// # Errors
/// If there are too many combinations, or the model does not settle.
pub fn persons(
    table: &Declared,
    noisy: &[i64],
    epsilon: Epsilon,
    seed: u64,
) -> Result<Persons, PrivateError> {
    let lists = table.lists.len();
    let crossed = Crossed::from_declared(table, lists)?;
    let columns = crossed.effects(lists);
    let found = fit(&columns, noisy, epsilon.get(), RIDGE).ok_or(PrivateError::Unsettled)?;
    // A fit is near the counts that it is of.
    if found.means.iter().sum::<f64>() > 2.0 * MOST_SYNTHETIC as f64 {
        return Err(PrivateError::Unsettled);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Vec::new();
    for ((history, of), mean) in crossed.cells.iter().zip(&found.means) {
        let drawn = Poisson::new(*mean).map_or(0.0, |p: Poisson<f64>| p.sample(&mut rng));
        let bits = (0..lists).map(|l| (history >> l & 1).to_string());
        let row: Vec<String> =
            bits.chain(of.iter().zip(&crossed.levels).map(|(o, l)| l[*o].clone())).collect();
        rows.extend(std::iter::repeat_n(row, drawn as usize));
    }
    Ok((table.lists.iter().chain(&table.covariates).cloned().collect(), rows))
}

#[cfg(test)]
mod tests;
