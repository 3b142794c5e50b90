//! Capture histories: who is on which lists, as counts per cell.

use std::collections::BTreeMap;

use serde::Serialize;

/// The most lists that any estimator accepts.
///
/// Log-linear fits keep one number per possible capture history, so memory and time grow as `2^lists`.
pub const MAX_LISTS: usize = 16;

/// A capture history as a bit mask: bit `j` is set when the person is on list `j`.
pub type Mask = u32;

/// A validated table of capture histories.
///
/// Every later step may trust it: at least two lists, each with at least one person, unique non-empty list
/// names, only non-zero histories, positive counts, and cells sorted by mask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Histories {
    lists: Vec<String>,
    cells: Vec<(Mask, u64)>,
}

/// Why a set of cells is not a capture-history table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoriesError {
    /// Multiple systems estimation compares lists, so one list says nothing about the unseen.
    #[error("found {found} list(s), but an estimate needs at least two lists with persons on them")]
    TooFewLists {
        /// How many lists with at least one person there are.
        found: usize,
    },
    /// More lists than [`MAX_LISTS`].
    #[error("found {found} lists, but at most {MAX_LISTS} are supported; merge or leave out some")]
    TooManyLists {
        /// How many lists there are.
        found: usize,
    },
    /// Two lists share a name, or a name is empty.
    #[error("list name {name:?} is empty or used twice")]
    ListName {
        /// The offending name.
        name: String,
    },
    /// A history has bits beyond the number of lists, or no bit at all.
    #[error("history {mask:#b} is empty or names a list that does not exist")]
    History {
        /// The offending mask.
        mask: Mask,
    },
    /// The counts do not fit in a 53-bit integer, the largest that every formula handles exactly.
    #[error("the counts add up to more than 2^53")]
    TooManyPersons,
}

impl Histories {
    /// Builds a table from list names and `(history, count)` cells.
    ///
    /// Repeated histories are added up and zero counts are dropped. A list with nobody on it is an error here;
    /// use [`Histories::drop_empty_lists`] first when that is wanted.
    ///
    /// ```
    /// use ijsberg_mse::histories::Histories;
    ///
    /// let names = ["police", "shelter"].map(String::from).to_vec();
    /// // 30 people on the first list alone, 20 on the second alone, 10 on both.
    /// let table = Histories::new(names.clone(), [(0b01, 30), (0b10, 20), (0b11, 10)])?;
    /// assert_eq!((table.n(), table.count(0b11), table.list_size(0)), (60, 10, 40));
    /// assert!(Histories::new(names, [(0b01, 30)]).is_err());
    /// # Ok::<(), ijsberg_mse::histories::HistoriesError>(())
    /// ```
    ///
    /// # Errors
    /// See [`HistoriesError`].
    pub fn new(
        lists: Vec<String>,
        cells: impl IntoIterator<Item = (Mask, u64)>,
    ) -> Result<Self, HistoriesError> {
        if lists.len() > MAX_LISTS {
            return Err(HistoriesError::TooManyLists { found: lists.len() });
        }
        for (i, name) in lists.iter().enumerate() {
            if name.trim().is_empty() || lists[..i].contains(name) {
                return Err(HistoriesError::ListName { name: name.clone() });
            }
        }
        let mut sums = BTreeMap::<Mask, u64>::new();
        let mut total = 0_u64;
        for (mask, count) in cells {
            if mask == 0 || mask >> lists.len() != 0 {
                return Err(HistoriesError::History { mask });
            }
            total =
                total.checked_add(count).filter(|n| *n < 1 << 53).ok_or(HistoriesError::TooManyPersons)?;
            if count > 0 {
                *sums.entry(mask).or_default() += count;
            }
        }
        let table = Self { lists, cells: sums.into_iter().collect() };
        let occupied = (0..table.lists.len()).filter(|j| table.list_size(*j) > 0).count();
        if occupied < 2 || occupied < table.lists.len() {
            return Err(HistoriesError::TooFewLists { found: occupied });
        }
        Ok(table)
    }

    /// Splits off the lists with nobody on them: returns the names kept with their cells, and the names dropped.
    ///
    /// ```
    /// use ijsberg_mse::histories::Histories;
    ///
    /// let names = ["a", "b", "c"].map(String::from).to_vec();
    /// let (kept, cells, dropped) = Histories::drop_empty_lists(names, &[(0b001, 5), (0b101, 2), (0b100, 3)]);
    /// assert_eq!((kept, dropped), (vec!["a".to_owned(), "c".to_owned()], vec!["b".to_owned()]));
    /// assert_eq!(cells, [(0b01, 5), (0b11, 2), (0b10, 3)]);
    /// ```
    pub fn drop_empty_lists(
        lists: Vec<String>,
        cells: &[(Mask, u64)],
    ) -> (Vec<String>, Vec<(Mask, u64)>, Vec<String>) {
        let seen = cells.iter().filter(|c| c.1 > 0).fold(0, |acc, c| acc | c.0);
        let kept: Vec<usize> = (0..lists.len()).filter(|j| seen >> j & 1 == 1).collect();
        let cells = cells.iter().map(|(mask, count)| (pick_bits(*mask, &kept), *count)).collect();
        let (mut names, mut dropped) = (Vec::new(), Vec::new());
        for (j, name) in lists.into_iter().enumerate() {
            if seen >> j & 1 == 1 { names.push(name) } else { dropped.push(name) }
        }
        (names, cells, dropped)
    }

    /// The list names, in the order of the bits.
    pub fn lists(&self) -> &[String] {
        &self.lists
    }

    /// Number of lists, `t` in the formulas.
    pub fn t(&self) -> usize {
        self.lists.len()
    }

    /// The occupied cells, sorted by mask.
    pub fn cells(&self) -> &[(Mask, u64)] {
        &self.cells
    }

    /// Number of distinct persons seen, `n` in the formulas.
    pub fn n(&self) -> u64 {
        self.cells.iter().map(|c| c.1).sum()
    }

    /// Count of one history (0 when nobody has it).
    pub fn count(&self, mask: Mask) -> u64 {
        self.cells.binary_search_by_key(&mask, |c| c.0).map_or(0, |i| self.cells[i].1)
    }

    /// Persons who are at least on all lists of `mask`, whatever else they are on.
    pub fn on_all(&self, mask: Mask) -> u64 {
        self.cells.iter().filter(|c| c.0 & mask == mask).map(|c| c.1).sum()
    }

    /// Persons on list `j`.
    pub fn list_size(&self, j: usize) -> u64 {
        self.on_all(1 << j)
    }

    /// `f_k` for `k = 1..=t`: persons on exactly `k` lists, at index `k - 1`.
    pub fn frequencies(&self) -> Vec<u64> {
        let mut f = vec![0; self.t()];
        for (mask, count) in &self.cells {
            f[mask.count_ones() as usize - 1] += count;
        }
        f
    }

    /// All `2^t` counts indexed by mask; index 0, the unseen, is 0.
    pub fn dense(&self) -> Vec<f64> {
        let mut dense = vec![0.0; 1 << self.t()];
        for (mask, count) in &self.cells {
            dense[*mask as usize] = *count as f64;
        }
        dense
    }

    /// The same lists with other counts, given per cell of [`Histories::cells`]; lists may become empty.
    pub(crate) fn dense_with(&self, counts: &[u64]) -> Vec<f64> {
        let mut dense = vec![0.0; 1 << self.t()];
        for ((mask, _), count) in self.cells.iter().zip(counts) {
            dense[*mask as usize] = *count as f64;
        }
        dense
    }

    /// Leaves out list `j` and everybody who is on that list alone.
    ///
    /// # Errors
    /// When fewer than two lists with persons remain.
    pub fn without_list(&self, j: usize) -> Result<Self, HistoriesError> {
        let kept: Vec<usize> = (0..self.t()).filter(|i| *i != j).collect();
        self.pick_lists(&kept, |_| true)
    }

    /// The persons on list `j`, by their histories on the other lists; those on no other list are counted apart.
    ///
    /// # Errors
    /// When fewer than two other lists hold any of these persons.
    pub fn within_list(&self, j: usize) -> Result<Self, HistoriesError> {
        let kept: Vec<usize> =
            (0..self.t()).filter(|i| *i != j && self.on_all(1 << j | 1 << i) > 0).collect();
        self.pick_lists(&kept, |mask| mask >> j & 1 == 1)
    }

    /// Merges lists `a` and `b` into one that holds everybody on either.
    ///
    /// # Errors
    /// When fewer than two lists remain.
    pub fn merged(&self, a: usize, b: usize) -> Result<Self, HistoriesError> {
        let (a, b) = (a.min(b), a.max(b));
        let mut lists = self.lists.clone();
        lists[a] = format!("{}+{}", lists[a], lists[b]);
        lists.remove(b);
        let kept: Vec<usize> = (0..self.t()).filter(|i| *i != b).collect();
        let cells = self.cells.iter().map(|(mask, count)| {
            let mask = if mask >> b & 1 == 1 { mask | 1 << a } else { *mask };
            (pick_bits(mask, &kept), *count)
        });
        Self::new(lists, cells)
    }

    fn pick_lists(&self, kept: &[usize], keep: impl Fn(Mask) -> bool) -> Result<Self, HistoriesError> {
        let lists: Vec<String> = kept.iter().map(|j| self.lists[*j].clone()).collect();
        let cells: Vec<(Mask, u64)> = self
            .cells
            .iter()
            .filter(|c| keep(c.0))
            .map(|(mask, count)| (pick_bits(*mask, kept), *count))
            .filter(|c| c.0 != 0)
            .collect();
        let (lists, cells, _) = Self::drop_empty_lists(lists, &cells);
        Self::new(lists, cells)
    }
}

/// Moves the bits `kept` of `mask` to the lowest places, in that order.
fn pick_bits(mask: Mask, kept: &[usize]) -> Mask {
    kept.iter().enumerate().fold(0, |acc, (to, from)| acc | (mask >> from & 1) << to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Histories {
        let names = ["a", "b", "c"].map(String::from).to_vec();
        Histories::new(names, [(1, 10), (2, 7), (4, 5), (3, 2), (6, 1), (3, 1)]).unwrap()
    }

    #[test]
    fn adds_up_repeated_histories() {
        let h = table();
        assert_eq!((h.n(), h.count(3), h.list_size(0), h.on_all(3)), (26, 3, 13, 3));
        assert_eq!(h.frequencies(), [22, 4, 0]);
    }

    #[test]
    fn refuses_what_is_no_table() {
        let names = |n: usize| (0..n).map(|i| format!("l{i}")).collect::<Vec<_>>();
        assert_eq!(Histories::new(names(1), [(1, 3)]), Err(HistoriesError::TooFewLists { found: 1 }));
        assert_eq!(Histories::new(names(2), [(0, 3)]), Err(HistoriesError::History { mask: 0 }));
        assert_eq!(Histories::new(names(17), [(1, 3)]), Err(HistoriesError::TooManyLists { found: 17 }));
        assert_eq!(Histories::new(names(2), [(1, u64::MAX), (2, 1)]), Err(HistoriesError::TooManyPersons));
        let twice = vec!["a".to_owned(), "a".to_owned()];
        assert!(matches!(Histories::new(twice, [(1, 1)]), Err(HistoriesError::ListName { .. })));
    }

    #[test]
    fn leaves_out_merges_and_conditions() {
        let h = table();
        assert_eq!(h.without_list(2).unwrap().cells(), [(1, 10), (2, 8), (3, 3)]);
        let merged = h.merged(0, 2).unwrap();
        assert_eq!((merged.lists(), merged.n()), (["a+c".to_owned(), "b".to_owned()].as_slice(), 26));
        assert_eq!(merged.count(3), 4);
        let within = h.within_list(1).unwrap();
        assert_eq!((within.lists().len(), within.n()), (2, 4));
    }
}
