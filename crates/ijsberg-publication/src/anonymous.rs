//! k-anonymous microdata, and the utility of microdata.
//!
//! Every published combination of covariates occurs at least [`K`] times, as in the files that the Counter-Trafficking Data Collaborative
//! published before its synthetic ones (codebook of 2017: k-anonymous, k = 11, rarer combinations left out). Two things differ: a rare
//! combination first loses the values that make it rare, so that fewer persons are left out; and combinations are counted with noise,
//! because exact counts would disclose what other tables suppress. The file is therefore differentially private too, and processing the
//! noisy counts has no further privacy cost.

use std::collections::BTreeMap;

use crate::domain::Declared;
use crate::microdata::Microdata;
use crate::private::{CrossTable, PrivateError};

/// The least number of persons who share each combination.
pub const K: i64 = 11;

/// The largest number of values that a combination loses before it is left out.
const MOST_BLANK: u32 = 3;

/// The noisy counts of all combinations of covariates, from which microdata are made and with which they are compared.
#[derive(Debug, Clone)]
pub struct Combinations {
    covariates: Vec<String>,
    levels: Vec<Vec<String>>,
    cells: Vec<Vec<usize>>,
    noisy: Vec<i64>,
}

/// All combinations of covariates, with their noisy counts from [`crate::private::release`].
///
/// # Errors
/// If there are too many combinations.
pub fn combinations(table: &Declared, noisy: Vec<i64>) -> Result<Combinations, PrivateError> {
    let crossed = CrossTable::from_declared(table, 0)?;
    let cells = crossed.cells.into_iter().map(|c| c.1).collect();
    Ok(Combinations { covariates: table.covariates.clone(), levels: crossed.levels, cells, noisy })
}

/// The covariates whose values a combination keeps, as a bit mask.
type KeptColumns = u32;

impl Combinations {
    /// A combination reduced to the values that are kept.
    fn pattern(&self, cell: usize, kept: KeptColumns) -> Vec<Option<usize>> {
        self.cells[cell].iter().enumerate().map(|(c, l)| (kept >> c & 1 == 1).then_some(*l)).collect()
    }

    /// The number of persons by pattern, over the remaining cells.
    fn patterns(&self, left: &[bool], kept: KeptColumns) -> BTreeMap<Vec<Option<usize>>, i64> {
        let mut all = BTreeMap::new();
        for cell in (0..self.cells.len()).filter(|c| left[*c]) {
            let persons: &mut i64 = all.entry(self.pattern(cell, kept)).or_default();
            // An account may contain any number.
            *persons = persons.saturating_add(self.noisy[cell]);
        }
        all
    }

    /// Records that at least [`K`] persons share. Rarer combinations lose one value, then two, then three, in the order that keeps most
    /// persons. Combinations that are still rare are left out.
    pub fn anonymous(&self) -> Microdata {
        let columns = self.covariates.len() as u32;
        let mut left = vec![true; self.cells.len()];
        let mut records: BTreeMap<Vec<Option<usize>>, i64> = BTreeMap::new();
        let saved = |found: &BTreeMap<_, i64>| {
            found.values().filter(|n| **n >= K).fold(0, |all: i64, n| all.saturating_add(*n))
        };
        // A record without any value is useless.
        for blank in 0..=MOST_BLANK.min(columns.saturating_sub(1)) {
            let mut ways: Vec<(i64, KeptColumns)> = (0..1_u32 << columns)
                .filter(|kept| columns - kept.count_ones() == blank)
                .map(|kept| (saved(&self.patterns(&left, kept)), kept))
                .collect();
            ways.sort_by_key(|(saved, kept)| (std::cmp::Reverse(*saved), *kept));
            for (_, kept) in ways {
                let found = self.patterns(&left, kept);
                for cell in 0..self.cells.len() {
                    left[cell] &= found.get(&self.pattern(cell, kept)).is_none_or(|n| *n < K);
                }
                for (pattern, n) in found.into_iter().filter(|f| f.1 >= K) {
                    let persons = records.entry(pattern).or_default();
                    *persons = persons.saturating_add(n);
                }
            }
        }
        let word = |(c, l): (usize, Option<usize>)| l.map(|l| self.levels[c][l].clone());
        let record = |(pattern, n): (Vec<Option<usize>>, i64)| {
            (pattern.into_iter().enumerate().map(word).collect(), n.unsigned_abs())
        };
        Microdata { covariates: self.covariates.clone(), records: records.into_iter().map(record).collect() }
    }

    /// The utility of microdata with the same covariates, compared with these counts. The counts are noisy, so the result discloses nothing
    /// more.
    pub fn utility(&self, of: &Microdata) -> Utility {
        let persons = self.noisy.iter().fold(0, |all: i64, n| all.saturating_add(*n)).max(1) as f64;
        let columns = self.covariates.len();
        let place = |c: usize, word: &Option<String>| {
            word.as_ref().and_then(|w| self.levels[c].iter().position(|l| l == w))
        };
        let records: Vec<(Vec<Option<usize>>, f64)> = of
            .records
            .iter()
            .map(|(r, n)| (r.iter().enumerate().map(|(c, w)| place(c, w)).collect(), *n as f64))
            .collect();
        let off = |by: &[usize]| {
            let mut differences: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
            for (cell, n) in self.cells.iter().zip(&self.noisy) {
                *differences.entry(by.iter().map(|c| cell[*c]).collect()).or_default() += *n as f64;
            }
            for (record, n) in &records {
                let levels: Option<Vec<usize>> = by.iter().map(|c| record[*c]).collect();
                if let Some(levels) = levels {
                    *differences.entry(levels).or_default() -= n;
                }
            }
            differences.values().map(|d| d.abs()).sum::<f64>() / persons
        };
        let mean =
            |all: Vec<f64>| if all.is_empty() { 0.0 } else { all.iter().sum::<f64>() / all.len() as f64 };
        let pairs = (0..columns).flat_map(|c| (c + 1..columns).map(move |d| [c, d]));
        let blank: f64 =
            records.iter().map(|(r, n)| n * r.iter().filter(|l| l.is_none()).count() as f64).sum();
        let held = of.persons() as f64;
        Utility {
            persons: held / persons,
            blank: blank / (held * columns as f64).max(1.0),
            by_one: mean((0..columns).map(|c| off(&[c])).collect()),
            by_two: mean(pairs.map(|p| off(&p)).collect()),
        }
    }
}

/// The utility of microdata.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Utility {
    /// The number of persons in the microdata, as a share of all.
    pub persons: f64,
    /// The number of suppressed values, as a share of all values.
    pub blank: f64,
    /// The sum of absolute errors of the counts by one covariate, as a share of all persons: the mean over covariates.
    pub by_one: f64,
    /// The same for counts by two covariates.
    pub by_two: f64,
}

#[cfg(test)]
mod tests {
    use ijsberg_disclosure::accountant::Account;
    use ijsberg_disclosure::geometric::Epsilon;
    use ijsberg_tables::Grid;

    use super::*;
    use crate::domain::Domain;
    use crate::microdata::Record;
    use crate::private::{ExtraTables, release};

    const KEY: &[u8] = b"a key for the tests of this file";

    /// A table with frequent and rare combinations, and three persons with a level that nobody else has.
    fn table() -> Declared {
        let of = [
            ("F,adult,NL", 400),
            ("M,adult,NL", 200),
            ("F,minor,NL", 60),
            ("M,minor,NL", 7),
            ("F,adult,RO", 90),
            ("F,adult,MA", 8),
            ("M,adult,MA", 6),
            ("M,minor,XK", 3),
        ];
        let rows = of.map(|(levels, n)| format!("1,1,{levels},{n}\n"));
        let csv = format!("A,B,sex,age,nationality,count\n{}1,0,F,adult,NL,20\n", rows.concat());
        let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let levels: [(&str, &[&str]); 3] =
            [("sex", &["F", "M"]), ("age", &["adult", "minor"]), ("nationality", &["NL", "RO", "MA", "XK"])];
        let domain = Domain {
            lists: words(&["A", "B"]),
            count: Some("count".to_owned()),
            levels: levels.iter().map(|(name, all)| ((*name).to_owned(), words(all))).collect(),
            others: Vec::new(),
        };
        Declared::read(&Grid::read(csv.as_bytes()).unwrap(), &domain).unwrap()
    }

    fn of(epsilon: f64) -> Combinations {
        let (epsilon, budget) = (Epsilon::new(epsilon).unwrap(), Epsilon::new(20.0).unwrap());
        let also = ExtraTables { synthetic: false, anonymous: true };
        // The budget is not tested here.
        let mut account = Account::default();
        let key = (KEY, "");
        let made = release(&mut account, (&table(), also), (epsilon, budget), key);
        let noisy = made.map(|r| r.combinations.unwrap()).unwrap();
        combinations(&table(), noisy).unwrap()
    }

    #[test]
    fn every_combination_stands_eleven_times_and_rare_ones_lose_what_makes_them_rare() {
        for epsilon in [0.3, 1.0, 10.0] {
            let found = of(epsilon).anonymous();
            assert_eq!(found.covariates, ["sex", "age", "nationality"]);
            assert!(!found.records.is_empty() && found.records.iter().all(|r| r.1 >= 11), "{found:?}");
            let distinct: std::collections::BTreeSet<_> = found.records.iter().map(|r| &r.0).collect();
            assert_eq!(distinct.len(), found.records.len());
        }
        // With hardly any noise the counts are those of the table.
        let found = of(10.0).anonymous();
        let count = |levels: [&str; 3]| {
            let wanted = levels.map(|l| (l != "*").then(|| l.to_owned())).to_vec();
            found.records.iter().find(|r| r.0 == wanted).map(|r| r.1)
        };
        assert_eq!(count(["F", "adult", "NL"]), Some(420));
        assert_eq!(count(["F", "adult", "RO"]), Some(90));
        // Eight women and six men from Morocco become fourteen adults without a value for sex.
        assert_eq!(count(["*", "adult", "MA"]), Some(14));
        // Ten boys are too few for any pair of values to be kept.
        assert!(found.records.iter().all(|r| r.0[2].as_deref() != Some("XK")));
        assert!(found.persons() <= 794 && found.persons() >= 784, "{}", found.persons());
    }

    #[test]
    fn sums_end_at_the_largest_number() {
        let mut all = of(10.0);
        all.noisy.iter_mut().for_each(|n| *n = i64::MAX / 2);
        let found = all.anonymous();
        assert!(found.persons() > i64::MAX.unsigned_abs() && all.utility(&found).persons >= 1.0, "{found:?}");
    }

    #[test]
    fn utility_is_what_is_lost() {
        let all = of(10.0);
        let word = |c: usize, l: usize| Some(all.levels[c][l].clone());
        let records = all.cells.iter().zip(&all.noisy).map(|(cell, n)| {
            (cell.iter().enumerate().map(|(c, l)| word(c, *l)).collect::<Record>(), n.unsigned_abs())
        });
        let whole = Microdata { covariates: all.covariates.clone(), records: records.collect() };
        let nothing_lost = Utility { persons: 1.0, blank: 0.0, by_one: 0.0, by_two: 0.0 };
        assert_eq!(all.utility(&whole), nothing_lost);
        // Half of the persons, all without a value for sex.
        let mut half = whole;
        half.records.iter_mut().for_each(|(r, n)| (r[0], *n) = (None, *n / 2));
        let found = all.utility(&half);
        assert!((found.blank - 1.0 / 3.0).abs() < 1e-9 && (found.persons - 0.5).abs() < 0.01, "{found:?}");
        assert!(
            (found.by_one - 2.0 / 3.0).abs() < 0.01 && (found.by_two - 5.0 / 6.0).abs() < 0.01,
            "{found:?}"
        );
        let made = all.utility(&all.anonymous());
        assert!(made.persons > 0.98 && made.by_one < 0.05 && made.by_one <= made.by_two, "{made:?}");
    }
}
