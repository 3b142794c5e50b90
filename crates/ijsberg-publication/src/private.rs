//! Differentially private tables, estimates from them, and synthetic microdata.
//!
//! Two tables are neighbours if one has one person more. Every decision follows from the declared domain ([`crate::domain`]), from the
//! names of earlier releases, or from noisy counts: which cells the table has, whether it is released, whether there is an estimate, and by
//! which model.

use ijsberg_disclosure::accountant::{Account, Exceeded};
use ijsberg_disclosure::geometric::{self, Epsilon};
use ijsberg_mse::private::{NoisyEstimate, chosen, fit};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};

use crate::domain::Declared;
use crate::microdata::Microdata;

/// The largest number of cells of a table of lists and covariates.
pub const MOST_CELLS: usize = 20_000;

/// The largest number of synthetic persons: a file with so many rows can still be opened.
pub const MOST_SYNTHETIC: i64 = 5_000_000;

/// A weak ridge penalty, which shrinks every effect of a model with many cells towards zero.
const RIDGE: f64 = 0.1;

/// The reason why a differentially private table or its microdata cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PrivateError {
    /// There are too many combinations of lists and covariates.
    #[error("lists and covariates have {0} combinations; at most {MOST_CELLS} are possible")]
    Cells(usize),
    /// Synthetic microdata would have too many rows, according to the noisy counts.
    #[error("synthetic microdata would have more than {MOST_SYNTHETIC} rows")]
    Rows,
    /// The model of lists and covariates does not converge.
    #[error("the model of lists and covariates does not converge")]
    Unsettled,
    /// All releases together would exceed the privacy budget.
    #[error(transparent)]
    Exceeded(Exceeded),
    /// The account names a release but does not contain its counts.
    #[error("the record of epsilon does not contain the counts of this release")]
    Damaged,
}

/// The tables made in addition to the table of histories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExtraTables {
    /// A table for synthetic microdata.
    pub synthetic: bool,
    /// A table for microdata of combinations that many persons share.
    pub anonymous: bool,
}

impl ExtraTables {
    /// The number of tables with independent noise, which share epsilon equally.
    pub fn tables(self) -> u32 {
        1 + u32::from(self.synthetic) + u32::from(self.anonymous)
    }
}

/// The noisy counts of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoisyTables {
    /// All capture histories, also those without persons.
    pub histories: Vec<(u32, i64)>,
    /// The counts of all histories with all combinations of levels, for synthetic microdata.
    pub crossed: Option<Vec<i64>>,
    /// The counts of all combinations of levels, for microdata of combinations that many persons share.
    pub combinations: Option<Vec<i64>>,
    /// Whether some counts were published before and are repeated.
    pub repeated: bool,
}

/// Adds noise to a table of histories, and to the requested tables for microdata; `each` is the epsilon of one table. Counts that were
/// published under the same name before are repeated and cost nothing; `edition` distinguishes the releases of a table. All counts are
/// recorded in the account, which must be written before anything is published.
///
/// # Errors
/// If there are too many combinations or persons, or if all releases together would exceed the budget; nothing may be published then.
pub fn release(
    account: &mut Account,
    (table, also): (&Declared, ExtraTables),
    (each, budget): (Epsilon, Epsilon),
    (key, edition): (&[u8], &str),
) -> Result<NoisyTables, PrivateError> {
    let (before, mut after) = (account.spent.len(), account.clone());
    let mut noisy = |counts: Vec<u64>, name: String| -> Result<Vec<i64>, PrivateError> {
        let name = format!("{name}\u{1d}{edition}");
        let draw = || geometric::private(&counts, each, key, &name);
        let counted = after
            .counts(&geometric::release(each, key, &name), (each, budget), draw)
            .map_err(PrivateError::Exceeded)?;
        if counted.len() == counts.len() { Ok(counted) } else { Err(PrivateError::Damaged) }
    };
    let lists = table.lists.join("\u{1f}");
    let histories = noisy(CrossTable::without(table), lists.clone())?;
    let crossed = also.synthetic.then(|| CrossTable::from_declared(table, table.lists.len())).transpose()?;
    let crossed =
        crossed.map(|of| noisy(of.counts, format!("{lists}\u{1e}{}", table.described()))).transpose()?;
    // The noisy counts decide: with exact counts, one more person could change the decision.
    let rows = crossed.iter().flatten().fold(0_i64, |all, n| all.saturating_add(*n));
    if rows > MOST_SYNTHETIC {
        return Err(PrivateError::Rows);
    }
    let combinations = also.anonymous.then(|| CrossTable::from_declared(table, 0)).transpose()?;
    let combinations = combinations
        .map(|of| noisy(of.counts, format!("combinations\u{1e}{}", table.described())))
        .transpose()?;
    let new = after.spent.len() - before;
    *account = after;
    let repeated = new < also.tables() as usize;
    Ok(NoisyTables { histories: (1..).zip(histories).collect(), crossed, combinations, repeated })
}

/// The estimate from a noisy table, with a model chosen from the same table; `None` if it has no estimate.
pub fn estimate(lists: usize, cells: &[(u32, i64)], epsilon: Epsilon, level: f64) -> Option<NoisyEstimate> {
    chosen(lists, cells, epsilon.get(), level)
}

/// A table of all histories with all combinations of levels.
pub(crate) struct CrossTable {
    /// The levels of each covariate.
    pub(crate) levels: Vec<Vec<String>>,
    /// The history and the level of each covariate, for each cell.
    pub(crate) cells: Vec<(u32, Vec<usize>)>,
    /// The number of persons in each cell.
    pub(crate) counts: Vec<u64>,
}

impl CrossTable {
    /// The number of persons by history, over all levels.
    fn without(table: &Declared) -> Vec<u64> {
        let mut counts = vec![0_u64; (1 << table.lists.len()) - 1];
        for (history, _, n) in &table.persons {
            let of = &mut counts[*history as usize - 1];
            *of = of.saturating_add(*n);
        }
        counts
    }

    /// The table for the given number of lists; with 0 lists, over all histories.
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

    /// The design matrix: main effects of each list and of each level except the first, and all their two-way interactions.
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

/// Synthetic microdata: a header, and a row per person.
pub type SyntheticPersons = (Vec<String>, Vec<Vec<String>>);

/// Synthetic persons by covariates only.
pub fn by_covariates((header, rows): &SyntheticPersons, lists: usize) -> Microdata {
    let record = |row: &Vec<String>| (row[lists..].iter().cloned().map(Some).collect(), 1);
    Microdata { covariates: header[lists..].to_vec(), records: rows.iter().map(record).collect() }
}

/// Draws synthetic microdata from a log-linear model with all main effects and two-way interactions of lists and covariates, which is
/// fitted to the noisy counts of all combinations from [`release`].
///
/// # Errors
/// If there are too many combinations, or the model does not converge.
pub fn synthetic_persons(
    table: &Declared,
    noisy: &[i64],
    epsilon: Epsilon,
    seed: u64,
) -> Result<SyntheticPersons, PrivateError> {
    let lists = table.lists.len();
    let crossed = CrossTable::from_declared(table, lists)?;
    let columns = crossed.effects(lists);
    let found = fit(&columns, noisy, epsilon.get(), RIDGE).ok_or(PrivateError::Unsettled)?;
    // A converged fit is near its counts.
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
