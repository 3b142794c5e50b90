//! Which columns of yes and no are lists.

use std::collections::{HashMap, HashSet};

use super::Planner;
use crate::doubt::{Doubt, Uncertain};
use crate::never_alone::never_alone;
use crate::numbers::{Count, Numbers};
use crate::values::Truth;
use crate::{ReadError, names};

/// Cells with 0 or 1, as a share of all, from which another value is a mistake.
const NEARLY_BINARY: f64 = 0.9;

impl Planner<'_> {
    /// Columns of yes and no that are lists, or a doubt.
    pub(super) fn lists(&mut self, count: Option<usize>) -> Result<Vec<(usize, Truth)>, ReadError> {
        let open: Vec<usize> = self.open().into_iter().filter(|i| Some(*i) != count).collect();
        let usual = self.usual(&open);
        let digits = open.iter().any(|i| self.truths[*i].as_ref().is_some_and(Truth::digits));
        for i in &open {
            self.nearly_binary(*i, digits)?;
            self.partly_binary(*i, usual.as_ref())?;
        }
        // Of a column of one value only, the others show what it means.
        for i in open.iter().filter(|i| self.profiles[**i].values.len() == 1) {
            let means =
                |t: &&Truth| [&t.yes, &t.no].iter().any(|v| !v.is_empty() && self.profiles[*i].has(v));
            if let Some(truth) = usual.as_ref().filter(means) {
                self.truths[*i] = Some(truth.clone());
            }
        }
        // A word or nothing may be a mark of its own: of one level, it is of no use as a covariate.
        for i in open.iter().filter(|i| self.truths[**i].is_none()).copied().collect::<Vec<_>>() {
            self.truths[i] = Truth::mark(&self.profiles[i]);
        }
        let lists: Vec<(usize, Truth)> =
            open.iter().filter_map(|i| Some((*i, self.truths[*i].clone()?))).collect();
        let odd = |l: &&(usize, Truth)| Some(&l.1) != usual.as_ref() || names::is_trait(self.name(l.0));
        // Where no column says yes and no in known words, a mark must be the name of its column to be one for certain.
        let named = |l: &&(usize, Truth)| self.name(l.0).to_lowercase().starts_with(&l.1.yes);
        let certain: HashSet<usize> =
            lists.iter().filter(|l| usual.is_some() || named(l)).map(|l| l.0).collect();
        let mut alone = self.alone(&lists, count);
        alone.retain(|i| certain.contains(i));
        let known: HashSet<usize> =
            lists.iter().filter(odd).map(|l| l.0).filter(|i| !alone.contains(i)).collect();
        let number = |i: usize| (i, self.numbers(i).unwrap_or_default());
        let mut never = never_alone(&self.framed.grid.rows, &lists, count.map(number), known.clone());
        // Names of one letter each are codes of lists, as books write them, but for letters by which traits go.
        let letters: Vec<String> = lists.iter().map(|l| self.name(l.0).to_lowercase()).collect();
        if letters.iter().all(|l| l.chars().count() == 1) {
            let run = letters.iter().zip('a'..).all(|(l, next)| l.starts_with(next));
            let of_trait = |i: &usize| !run && names::is_trait_letter(self.name(*i));
            never.retain(|i| known.contains(i) || of_trait(i));
        }
        let doubtful: Vec<usize> = lists.iter().map(|l| l.0).filter(|i| never.contains(i)).collect();
        if doubtful.is_empty() {
            return Ok(lists);
        }
        let columns: Vec<String> = doubtful.iter().map(|i| self.name(*i).clone()).collect();
        let all = self.reading(|c| c.lists = lists.iter().map(|l| self.name(l.0).clone()).collect());
        let fewer = self.reading(|c| c.covariates.extend(columns.iter().cloned()));
        Err(Uncertain { doubt: Doubt::ListOrCovariate { columns }, readings: [all, fewer] }.into())
    }

    /// How most columns say yes and no; of equals, with digits.
    fn usual(&self, open: &[usize]) -> Option<Truth> {
        let mut spelled = HashMap::<(&str, &str), usize>::new();
        let both = |i: &&usize| self.profiles[**i].values.len() == 2;
        let truths = || {
            let several = open.iter().filter(both).filter_map(|i| self.truths[*i].as_ref());
            let mut all: Vec<&Truth> = several.collect();
            if all.is_empty() {
                all = open.iter().filter_map(|i| self.truths[*i].as_ref()).collect();
            }
            all
        };
        for truth in truths() {
            *spelled.entry((&truth.yes, &truth.no)).or_default() += 2;
        }
        let often = |t: &&Truth| spelled[&(t.yes.as_str(), t.no.as_str())] + usize::from(t.digits());
        truths().into_iter().max_by_key(often).cloned()
    }

    /// A column of which half or more is spelled as the lists are, and the rest not, is no covariate without a word.
    fn partly_binary(&self, i: usize, usual: Option<&Truth>) -> Result<(), ReadError> {
        let profile = &self.profiles[i];
        let n = |v: &String| profile.values.get(v).copied().unwrap_or(0);
        let Some(truth) = usual.filter(|t| n(&t.yes) > 0 && n(&t.no) > 0) else { return Ok(()) };
        if self.truths[i].is_some() || names::is_trait(self.name(i)) {
            return Ok(());
        }
        // Blanks say little: beside them the marks must be as many as the other values.
        let blanks = if truth.no.is_empty() { n(&truth.no) } else { 0 };
        let spelled = n(&truth.yes) + n(&truth.no) - blanks;
        if spelled * 2 < profile.rows - blanks {
            return Ok(());
        }
        self.not_binary(i, truth)
    }

    /// Columns in which somebody is who is in no other, which a covariate cannot be.
    fn alone(&self, lists: &[(usize, Truth)], count: Option<usize>) -> HashSet<usize> {
        let rows = self.framed.grid.rows.iter().filter_map(|(_, row)| {
            let somebody = count.is_none_or(|i| {
                !matches!(Numbers::default().count(&row[i]), Some(Count::Exact(0) | Count::Missing))
            });
            let mut on = None;
            for (i, truth) in lists.iter().filter(|_| somebody) {
                match truth.read(&row[*i]) {
                    Some(false) => {}
                    Some(true) if on.is_none() => on = Some(*i),
                    _ => return None,
                }
            }
            on
        });
        rows.collect()
    }

    /// A column that would be a list but for a few cells has mistakes in it.
    fn nearly_binary(&self, i: usize, digits: bool) -> Result<(), ReadError> {
        let profile = &self.profiles[i];
        let (truth, others) = Truth::best(profile);
        let blank_is_open = truth.no.is_empty() && truth.yes == "1" && digits;
        let truth = if blank_is_open { Truth { no: "0".to_owned(), ..truth } } else { truth };
        if self.truths[i].is_some() && !blank_is_open {
            return Ok(());
        }
        let both =
            profile.has(&truth.yes) && (profile.has(&truth.no) || blank_is_open) && !truth.no.is_empty();
        let kept = (profile.rows - others) as f64;
        let nearly =
            kept >= NEARLY_BINARY * profile.rows as f64 || others <= 2 && kept >= 2.0 * others as f64;
        let word = truth.yes.chars().count() > 1 || truth.digits();
        if !(both && nearly && word) {
            return Ok(());
        }
        self.not_binary(i, &truth)
    }

    /// The first cell that is neither yes nor no, as an error.
    fn not_binary(&self, i: usize, truth: &Truth) -> Result<(), ReadError> {
        let wrong = self.framed.grid.rows.iter().find(|(_, row)| truth.read(&row[i]).is_none());
        wrong.map_or(Ok(()), |(line, row)| {
            let (column, value) = (self.name(i).clone(), row[i].clone());
            Err(ReadError::NotBinary { line: *line, column, value })
        })
    }
}
