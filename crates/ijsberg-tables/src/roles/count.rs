//! Which column is the number of persons, and which columns follow from it.

use std::collections::{HashMap, HashSet};

use super::{Planner, part, two_ways};
use crate::doubt::{Doubt, Reading, Uncertain};
use crate::frame::sequence;
use crate::missing::says_nothing;
use crate::numbers::Numbers;
use crate::{Note, ReadError, names};

/// Rows from which numbers that never come again are hardly counts.
const ENOUGH_ROWS: usize = 20;

/// A least number that hardly any table of counts has.
const LARGE: u64 = 1000;

impl Planner<'_> {
    pub(super) fn numbers(&self, count: usize) -> Result<Numbers, ReadError> {
        if let Some(mark) = self.choices.thousands {
            return Ok(mark.numbers());
        }
        if self.framed.typed {
            return Ok(Numbers { thousands: None, decimals: Some('.') });
        }
        let found = Numbers::from_cells(self.cells(count), self.framed.decimal_comma);
        found.map_err(|two| {
            let mut uncertain = two_ways(&two, &[], &self.choices);
            for reading in &mut uncertain.readings {
                self.fill(reading);
            }
            uncertain.into()
        })
    }

    /// The column of counts by its name, or a doubt.
    pub(super) fn count(&mut self) -> Result<Option<usize>, ReadError> {
        let found = self.named_counts()?;
        match found.as_slice() {
            [] => {
                if let Some(column) = self.blank_count() {
                    return Err(ReadError::BlankCount { column });
                }
                self.unnamed_count()
            }
            [one] if self.names_rows(*one) || self.is_number_of_lists(*one) => {
                Err(self.count_or_covariate(*one, true))
            }
            [one] => Ok(Some(*one)),
            [one, other, ..] => {
                if self.cells(*one).eq(self.cells(*other)) {
                    self.ignored.push(*other);
                    return Ok(Some(*one));
                }
                let readings = [self.by_count(*one, *other), self.by_count(*other, *one)];
                let (one, other) = (self.name(*one).clone(), self.name(*other).clone());
                Err(Uncertain { doubt: Doubt::TwoCounts { one, other }, readings }.into())
            }
        }
    }

    /// Columns that are named like a count and hold numbers. One of 0 and 1 is a count only where there is no other.
    fn named_counts(&mut self) -> Result<Vec<usize>, ReadError> {
        let (mut found, mut zero_one): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for i in self.open() {
            let (name, profile) = (self.name(i), &self.profiles[i]);
            let certain = names::is_count(name);
            if !names::is_count_name(name) || self.says_nothing(i) {
                continue;
            }
            if self.truths[i].is_some() {
                let ones = profile.values.len() == 1 && profile.has("1");
                if ones && certain { found.push(i) } else { zero_one.push(i) }
            } else if certain || profile.numbers * 2 >= profile.rows - profile.blanks() {
                found.push(i);
            }
        }
        for i in zero_one {
            let name = self.name(i).clone();
            if found.is_empty() && (names::is_count(&name) || self.unique_without(i, false)) {
                let list = self.reading(|c| c.lists = self.all_truths());
                let count = self.reading(|c| c.count = Some(name.clone()));
                let doubt = Doubt::CountOrList { column: name };
                return Err(Uncertain { doubt, readings: [list, count] }.into());
            }
            self.notes.push(Note::NoCount { column: name });
        }
        Ok(found)
    }

    pub(super) fn says_nothing(&self, i: usize) -> bool {
        self.cells(i).all(says_nothing)
    }

    /// A column that is named like a count and says nothing in any row: it is no table of persons for that.
    fn blank_count(&self) -> Option<String> {
        let blank = |i: &usize| {
            names::is_count_name(self.name(*i)) && self.truths[*i].is_none() && self.says_nothing(*i)
        };
        self.open().into_iter().find(blank).map(|i| self.name(i).clone())
    }

    /// A reading with one column as the count, and without another possible count. If rows repeat without that other column and it has few
    /// values, it is a trait of groups.
    fn by_count(&self, count: usize, left: usize) -> Reading {
        let (count, name) = (self.name(count).clone(), self.name(left).clone());
        let groups = self.profiles[left].values.len() * 2 <= self.profiles[left].rows
            && !self.profiles[left].more
            && !self.unique_without(left, false);
        self.reading(|c| {
            c.count = Some(count);
            if groups { &mut c.covariates } else { &mut c.ignore }.push(name);
        })
    }

    /// Whether a column that is named like a count rather tells the rows apart: row numbers, or numbers that never come again where
    /// the histories do.
    fn names_rows(&self, i: usize) -> bool {
        let repeat = !self.unique_without(i, false);
        if self.numbering(i) && (repeat || !names::is_count(self.name(i))) {
            return true;
        }
        let numbers: Option<Vec<u64>> = self.cells(i).map(|c| c.parse().ok()).collect();
        let rows = self.framed.grid.rows.len();
        let Some(numbers) = numbers.filter(|_| repeat && rows >= ENOUGH_ROWS) else { return false };
        // A few that come again by chance are no counts for that.
        let different = numbers.iter().collect::<HashSet<_>>().len() * 20 >= rows * 19;
        // Groups make histories repeat too, and nearly every table of them has a small count.
        different && (!self.unique_without(i, true) || numbers.iter().all(|n| *n >= LARGE))
    }

    /// Columns of yes and no that nobody called anything else than lists.
    fn perhaps_lists(&self) -> Vec<usize> {
        let else_said =
            |i: &usize| self.ignored.contains(i) || self.declared.contains(i) || self.draw == Some(*i);
        (0..self.profiles.len()).filter(|i| self.truths[*i].is_some() && !else_said(i)).collect()
    }

    /// Whether a column says on how many lists each row is.
    fn is_number_of_lists(&self, i: usize) -> bool {
        let lists: Vec<_> =
            self.perhaps_lists().into_iter().filter_map(|l| Some((l, self.truths[l].as_ref()?))).collect();
        let on = |row: &[String]| lists.iter().filter(|(l, t)| t.read(&row[*l]) == Some(true)).count() as u64;
        let rows = &self.framed.grid.rows;
        rows.len() > 2
            && rows.iter().any(|r| on(&r.1) > 1)
            && rows.iter().all(|r| r.1[i].parse() == Ok(on(&r.1)))
    }

    /// Leaves out columns that follow from the count: shares of it, parts that add up to it, and names of rows. Other numbers beside
    /// histories that do not repeat are refused.
    pub(super) fn derived(&mut self, count: usize, numbers: Numbers) -> Result<(), ReadError> {
        let open: Vec<usize> =
            self.open().into_iter().filter(|i| *i != count && self.truths[*i].is_none()).collect();
        let whole: Vec<Option<u64>> = self.cells(count).map(|c| numbers.whole(c)).collect();
        let rows = self.framed.grid.rows.len();
        if open.is_empty() || rows < 3 || !self.unique_without(count, false) {
            return Ok(());
        }
        let mut parts = Vec::new();
        for i in open {
            let profile = &self.profiles[i];
            let filled = profile.rows - profile.blanks();
            let years = self.cells(i).all(|c| c.parse::<u64>().is_ok_and(|n| (1900..2101).contains(&n)));
            if years || profile.values.len() == 1 {
                continue;
            }
            if profile.numbers == filled && filled > 0 {
                if is_share(self.cells(i), &whole) { self.leave_out(i) } else { parts.push(i) }
            } else if filled == rows && !profile.more && profile.values.len() == rows {
                self.notes.push(Note::Identifier { column: self.name(i).clone() });
                self.ignored.push(i);
            } else if profile.numbers == 0 && filled * 2 <= rows && !self.begins_groups(i) {
                // Where each history has one row, a word beside a few of them is about these rows.
                self.notes.push(Note::Remarks { column: self.name(i).clone() });
                self.ignored.push(i);
            }
        }
        if parts.is_empty() {
            return Ok(());
        }
        let sum =
            |row: &[String]| parts.iter().try_fold(0_u64, |s, i| s.checked_add(numbers.whole(&row[*i])?));
        let add_up = self.framed.grid.rows.iter().zip(&whole).all(|(r, n)| n.is_none() || sum(&r.1) == *n);
        if parts.len() > 1 && add_up {
            parts.iter().for_each(|i| self.leave_out(*i));
            return Ok(());
        }
        parts.insert(0, count);
        parts.sort_unstable();
        let columns: Vec<&str> = parts.iter().map(|i| self.name(*i).as_str()).collect();
        Err(ReadError::ManyCounts { columns: columns.join(", ") })
    }

    /// Whether a column may name groups, each once and blank below.
    fn begins_groups(&self, i: usize) -> bool {
        let first = self.cells(i).next().is_some_and(|c| !c.is_empty());
        first && self.profiles[i].values.keys().filter(|v| !v.is_empty()).count() > 1
    }

    /// Leaves out columns that follow from the histories: the number of lists of each person, and names of histories. As covariates they
    /// would separate each history from the others.
    pub(super) fn follow_from_histories(&mut self, count: Option<usize>) {
        let lists = self.perhaps_lists();
        let rows = &self.framed.grid.rows;
        if lists.len() < 2 || rows.len() < 3 {
            return;
        }
        let key = |row: &[String]| lists.iter().fold(0_u64, |k, i| k.wrapping_add(part(*i, &row[*i])));
        let keys: Vec<u64> = rows.iter().map(|r| key(&r.1)).collect();
        let follows = |i: &usize| {
            let (mut of_key, mut of_name) = (HashMap::new(), HashMap::new());
            let one_to_one = rows.iter().zip(&keys).all(|((_, row), key)| {
                let name = row[*i].as_str();
                *of_key.entry(*key).or_insert(name) == name && *of_name.entry(name).or_insert(*key) == *key
            });
            one_to_one && of_name.len() > 2 && of_name.len() < rows.len() || self.is_number_of_lists(*i)
        };
        let open = self.open().into_iter().filter(|i| Some(*i) != count && self.truths[*i].is_none());
        let all: Vec<usize> = open.filter(follows).collect();
        all.into_iter().for_each(|i| self.leave_out(i));
    }

    fn leave_out(&mut self, i: usize) {
        self.notes.push(Note::Derived { column: self.name(i).clone() });
        self.ignored.push(i);
    }

    /// Row numbers under a name that may be a count's.
    fn numbering(&self, i: usize) -> bool {
        self.framed.grid.rows.len() > 2 && sequence(&self.framed.grid.rows, i)
    }

    /// A column of numbers beside histories that hardly repeat is no covariate.
    fn unnamed_count(&self) -> Result<Option<usize>, ReadError> {
        let rows = self.framed.grid.rows.len();
        if self.all_truths().is_empty() {
            return Ok(None);
        }
        let several = self.several_counts();
        if let Some(columns) = several {
            return Err(ReadError::ManyCounts { columns });
        }
        for i in self.open() {
            let profile = &self.profiles[i];
            let filled = profile.rows - profile.blanks();
            if self.truths[i].is_some() || filled == 0 || profile.numbers < filled {
                continue;
            }
            let years = self.cells(i).all(|c| c.parse::<u64>().is_ok_and(|n| (1900..2101).contains(&n)));
            let strata = !years && rows >= 8 && self.unique_without(i, true) && self.small_numbers(i);
            if self.unique_without(i, false) || strata {
                return Err(self.count_or_covariate(i, false));
            }
        }
        Ok(None)
    }

    /// Several columns of numbers, as for each year or sex, beside histories that hardly repeat.
    fn several_counts(&self) -> Option<String> {
        let numbers = |i: &usize| {
            let profile = &self.profiles[*i];
            let filled = profile.rows - profile.blanks();
            let year = |c: &str| c.parse::<u64>().is_ok_and(|n| (1900..2101).contains(&n));
            self.truths[*i].is_none() && filled > 0 && profile.numbers == filled && !self.cells(*i).all(year)
        };
        let all: Vec<usize> = self.open().into_iter().filter(numbers).collect();
        let unique = all.len() > 1 && self.framed.grid.rows.len() > 2 && self.unique_without(all[0], false);
        unique.then(|| all.iter().map(|i| self.name(*i).as_str()).collect::<Vec<_>>().join(", "))
    }

    /// Whether a column of numbers is spread as counts are: small ones most often, some larger than any age.
    fn small_numbers(&self, i: usize) -> bool {
        let mut numbers: Vec<u64> = self.cells(i).filter_map(|c| c.parse().ok()).collect();
        numbers.sort_unstable();
        let name = self.name(i).to_lowercase();
        let age = ["age", "leeftijd", "year", "jaar", "month", "maand"].iter().any(|a| name.contains(a));
        !age && numbers
            .get(numbers.len() / 2)
            .zip(numbers.last())
            .is_some_and(|(m, most)| *m * 3 <= *most || *m < 12)
    }

    fn count_or_covariate(&self, i: usize, numbering: bool) -> ReadError {
        let name = self.name(i).clone();
        let count = self.reading(|c| c.count = Some(name.clone()));
        let other =
            self.reading(|c| if numbering { &mut c.ignore } else { &mut c.covariates }.push(name.clone()));
        Uncertain { doubt: Doubt::CountOrCovariate { column: name }, readings: [count, other] }.into()
    }
}

/// Whether numbers are the shares of counts in their sum, as far as they are written out.
fn is_share<'a>(cells: impl Iterator<Item = &'a str>, counts: &[Option<u64>]) -> bool {
    let cells: Vec<&str> = cells.map(|c| c.trim().trim_end_matches('%').trim_end()).collect();
    let mut places = 0;
    let mut pairs = Vec::with_capacity(cells.len());
    for (cell, count) in cells.iter().zip(counts) {
        let plain = cell.replace(',', ".");
        places = places.max(plain.split_once('.').map_or(0, |(_, after)| after.len()));
        match (plain.parse::<f64>(), count) {
            (Ok(share), Some(count)) => pairs.push((share, *count as f64)),
            (Err(_), Some(0) | None) => {}
            _ => return false,
        }
    }
    let (shares, all) = pairs.iter().fold((0.0, 0.0), |(s, c), p| (s + p.0, c + p.1));
    let unit = 0.1_f64.powi(i32::try_from(places).unwrap_or(9));
    // Shares up to and with this one end at the whole.
    let mut so_far = 0.0;
    let running: Vec<f64> = pairs
        .iter()
        .map(|p| {
            so_far += p.1;
            so_far
        })
        .collect();
    let last = pairs.last().map_or(0.0, |p| p.0);
    let cumulative = |w: f64| {
        let close = |(p, run): (&(f64, f64), &f64)| (p.0 - w * run / all).abs() <= unit * 1.001;
        (last - w).abs() <= unit && pairs.iter().zip(&running).all(close)
    };
    if pairs.len() > 2 && all > 0.0 && [1.0, 100.0, all].into_iter().any(cumulative) {
        return true;
    }
    let whole = [1.0, 100.0, 1000.0].into_iter().find(|w| (shares - w).abs() <= 0.02 * w);
    whole.is_some_and(|w| all > 0.0 && pairs.iter().all(|(s, c)| (s - w * c / all).abs() <= unit * 1.001))
}
