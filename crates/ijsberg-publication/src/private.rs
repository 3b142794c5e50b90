//! Differentially private tables, what is estimated from them, and synthetic microdata.
//!
//! Two tables are neighbours if one has a person more. Nothing but the number of lists, the covariates and their levels, which are taken
//! for known, is decided on the exact table: whether there is an estimate, and by which model, follows from the noisy one.

use ijsberg_disclosure::accountant::{Account, Exceeded};
use ijsberg_disclosure::geometric::{Epsilon, private, release};
use ijsberg_mse::private::{NoisyEstimate, chosen, fit};
use ijsberg_tables::{Covariate, Table};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};

use crate::anonymous::{self, Microdata};
use crate::source::UNKNOWN;

/// Cells of a table of lists and covariates at most.
pub const MOST_CELLS: usize = 20_000;

/// Lists of a table at most: all combinations of them are given out, also those that hold nobody.
pub const MOST_LISTS: usize = 12;

/// Draws every effect of a model of many cells to zero, a little.
const RIDGE: f64 = 0.1;

/// Why there is no such table.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PrivateError {
    /// Too many lists.
    #[error("{0} lists; at most {MOST_LISTS}")]
    Lists(usize),
    /// Too many combinations of lists and covariates.
    #[error("{0} combinations of lists and covariates; at most {MOST_CELLS}")]
    Cells(usize),
    /// The model of lists and covariates does not settle.
    #[error("the model of lists and covariates does not settle")]
    Unsettled,
    /// Everything together would tell more than was allowed.
    #[error(transparent)]
    Exceeded(Exceeded),
}

/// Capture histories with noise: all of them, also those that hold nobody.
///
/// # Errors
/// If there are too many lists.
pub fn histories(table: &Table, epsilon: Epsilon, key: &[u8]) -> Result<Vec<(u32, i64)>, PrivateError> {
    let (counts, name) = of_histories(table)?;
    Ok((1..).zip(private(&counts, epsilon, key, &name)).collect())
}

/// Counts of all histories, and a name that does not depend on the order of the rows.
fn of_histories(table: &Table) -> Result<(Vec<u64>, String), PrivateError> {
    let lists = table.histories.lists().len();
    if lists > MOST_LISTS {
        return Err(PrivateError::Lists(lists));
    }
    let cells = table.histories.cells();
    let count = |h: u32| cells.iter().filter(|c| c.0 == h).map(|c| c.1).sum::<u64>();
    Ok(((1..1_u32 << lists).map(count).collect(), table.histories.lists().join("\u{1f}")))
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

/// Writes down what a table of histories, and microdata where they are asked for, tell; `each` is the epsilon of one of them.
///
/// # Errors
/// If there are too many lists or combinations, or everything together would exceed the budget; then nothing may be given out.
pub fn spend(
    account: &mut Account,
    (table, also): (&Table, Also),
    (each, budget): (Epsilon, Epsilon),
    key: &[u8],
) -> Result<(), PrivateError> {
    let mut after = account.clone();
    let mut write = |(counts, name): (Vec<u64>, String)| {
        after.spend(&release(&counts, each, key, &name), each, budget).map_err(PrivateError::Exceeded)
    };
    write(of_histories(table)?)?;
    if also.synthetic {
        let crossed = Crossed::of(table, table.histories.lists().len())?;
        let name = name_of_persons(table);
        write((crossed.counts, name))?;
    }
    if also.anonymous {
        write(anonymous::counted(table)?)?;
    }
    *account = after;
    Ok(())
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
    /// Of so many lists; without any, whatever the history.
    pub(crate) fn of(table: &Table, lists: usize) -> Result<Self, PrivateError> {
        let known = |v: &Option<String>| v.clone().unwrap_or_else(|| UNKNOWN.to_owned());
        let levels_of = |c: &Covariate| {
            let mut all: Vec<String> = c.values.iter().map(known).collect();
            all.sort();
            all.dedup();
            all
        };
        let levels: Vec<Vec<String>> = table.covariates.iter().map(levels_of).collect();
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
        for (i, (history, count)) in table.rows.iter().enumerate().filter(|r| r.1.0 > 0) {
            let (mut at, mut unit) = (0, 1);
            for (c, l) in table.covariates.iter().zip(&levels) {
                at += unit * l.binary_search(&known(&c.values[i])).unwrap_or(0);
                unit *= l.len();
            }
            counts[at * histories + if lists == 0 { 0 } else { *history as usize - 1 }] += count;
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

fn name_of_persons(table: &Table) -> String {
    let names: Vec<&str> = table.covariates.iter().map(|c| c.name.as_str()).collect();
    format!("{}\u{1e}{}", table.histories.lists().join("\u{1f}"), names.join("\u{1f}"))
}

/// Synthetic microdata: a header, and a row for each person.
pub type Persons = (Vec<String>, Vec<Vec<String>>);

/// Synthetic persons by their covariates alone.
pub fn by_covariates((header, rows): &Persons, lists: usize) -> Microdata {
    let record = |row: &Vec<String>| (row[lists..].iter().cloned().map(Some).collect(), 1);
    Microdata { covariates: header[lists..].to_vec(), records: rows.iter().map(record).collect() }
}

/// Synthetic microdata drawn from a log-linear model with every effect of one and two among lists and covariates, which was fitted to all their
/// combinations with noise. Levels of covariates are taken for known to everybody.
///
/// # Errors
/// If there are too many combinations, or the model does not settle.
pub fn persons(table: &Table, epsilon: Epsilon, key: &[u8], seed: u64) -> Result<Persons, PrivateError> {
    let lists = table.histories.lists().to_vec();
    if lists.len() > MOST_LISTS {
        return Err(PrivateError::Lists(lists.len()));
    }
    let crossed = Crossed::of(table, lists.len())?;
    let names: Vec<&str> = table.covariates.iter().map(|c| c.name.as_str()).collect();
    let name = name_of_persons(table);
    let noisy = private(&crossed.counts, epsilon, key, &name);
    let columns = crossed.effects(lists.len());
    let found = fit(&columns, &noisy, epsilon.get(), RIDGE).ok_or(PrivateError::Unsettled)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Vec::new();
    for ((history, of), mean) in crossed.cells.iter().zip(&found.means) {
        let drawn = Poisson::new(*mean).map_or(0.0, |p: Poisson<f64>| p.sample(&mut rng));
        let bits = (0..lists.len()).map(|l| (history >> l & 1).to_string());
        let row: Vec<String> =
            bits.chain(of.iter().zip(&crossed.levels).map(|(o, l)| l[*o].clone())).collect();
        rows.extend(std::iter::repeat_n(row, drawn as usize));
    }
    let header = lists.into_iter().chain(names.into_iter().map(str::to_owned)).collect();
    Ok((header, rows))
}

#[cfg(test)]
mod tests {
    use ijsberg_tables::{Choices, read};

    use super::*;

    const KEY: &[u8] = b"a key for the tests of this file";

    const BOTH: Also = Also { synthetic: true, anonymous: false };

    fn table() -> Table {
        let rows = [("1,0", 300, 90), ("0,1", 80, 210), ("1,1", 60, 30)]
            .map(|(cell, woman, man)| format!("{cell},F,{woman}\n{cell},M,{man}\n"));
        let csv = format!("A,B,sex,count\n{}", rows.concat());
        read(csv.as_bytes(), &Choices::default()).unwrap()
    }

    #[test]
    fn made_up_persons_are_like_the_table_and_are_none_of_it() {
        let epsilon = Epsilon::new(1.0).unwrap();
        let (header, rows) = persons(&table(), epsilon, KEY, 1).unwrap();
        assert_eq!(header, ["A", "B", "sex"]);
        let count = |fits: &dyn Fn(&Vec<String>) -> bool| rows.iter().filter(|r| fits(r)).count() as f64;
        assert!((count(&|_| true) / 770.0 - 1.0).abs() < 0.12, "{}", rows.len());
        for (a, sex, truth) in [("1", "F", 360.0), ("1", "M", 120.0), ("0", "F", 80.0)] {
            let made = count(&|r| r[0] == a && r[2] == sex);
            assert!((made / truth - 1.0_f64).abs() < 0.3, "{a} {sex}: {made}");
        }
        assert_eq!(persons(&table(), epsilon, KEY, 1).unwrap().1, rows);
        assert_ne!(persons(&table(), epsilon, KEY, 2).unwrap().1, rows);
        assert!(matches!(
            persons(&wide(), epsilon, KEY, 1),
            Err(PrivateError::Cells(cells)) if cells > MOST_CELLS
        ));
    }

    fn wide() -> Table {
        let rows = (0..9000).fold("A,B,place,count\n".to_owned(), |all, i| all + &format!("1,1,p{i},1\n"));
        read(rows.as_bytes(), &Choices::default()).unwrap()
    }

    /// A person more or less never decides whether there is a table: nine on two lists and ten are released alike.
    #[test]
    fn neighbours_are_released_alike_and_the_budget_holds_for_both_tables() {
        let epsilon = Epsilon::new(1.0).unwrap();
        for overlap in [0, 1, 9, 10] {
            let csv = format!("A,B,count\n1,0,50\n0,1,60\n1,1,{overlap}\n");
            let table = read(csv.as_bytes(), &Choices::default()).unwrap();
            assert_eq!(histories(&table, epsilon, KEY).unwrap().len(), 3, "{overlap}");
        }
        let mut account = Account::default();
        let budget = Epsilon::new(4.0).unwrap();
        spend(&mut account, (&table(), BOTH), (epsilon, budget), KEY).unwrap();
        assert!((account.total() - 2.0).abs() < 1e-12);
        // The same again is the same noise.
        spend(&mut account, (&table(), BOTH), (epsilon, budget), KEY).unwrap();
        assert!((account.total() - 2.0).abs() < 1e-12);
        // Combinations of covariates are a third table.
        let mut three = account.clone();
        let also = Also { synthetic: true, anonymous: true };
        spend(&mut three, (&table(), also), (epsilon, budget), KEY).unwrap();
        assert!((three.total() - 3.0).abs() < 1e-12 && also.tables() == 3);
        // With another key it is not: of forty runs two more are allowed.
        let allowed = (0..40).filter(|run| {
            let key = format!("a key of a test of many runs {run}");
            spend(&mut account, (&table(), Also::default()), (epsilon, budget), key.as_bytes()).is_ok()
        });
        assert_eq!(allowed.count(), 2);
        let before = account.clone();
        let refused = spend(&mut account, (&table(), BOTH), (epsilon, budget), b"yet another key of a test");
        assert!(matches!(refused, Err(PrivateError::Exceeded(e)) if e.would > 4.0));
        assert_eq!(account, before);
    }

    #[test]
    fn the_estimate_of_the_noisy_table_is_near_the_exact_one() {
        let epsilon = Epsilon::new(1.0).unwrap();
        let cells = histories(&table(), epsilon, KEY).unwrap();
        assert_eq!(cells.len(), 3);
        let found = estimate(2, &cells, epsilon, 0.95).unwrap();
        let petersen = 480.0 * 380.0 / 90.0;
        assert!((found.n_hat / petersen - 1.0).abs() < 0.1, "{} {petersen}", found.n_hat);
        assert!(found.interval.0 < petersen && petersen < found.interval.1);
    }
}
