//! Chances of the histories on some of the lists given covariates, each estimated on other folds than the one that it is used on.

use rayon::prelude::*;

use super::enough::alone;
use super::folds::FoldDealer;
use super::learner::{Learner, floor};
use super::{FOLDS, MOST_PEOPLE};
use crate::chance::stream;
use crate::histories::Mask;
use crate::multinomial_logit;
use crate::strata::table::StratifiedTable;

/// Every history must have this many persons for each fold.
const FEWEST_A_FOLD: f64 = 2.0;

/// Newton steps of the regression; ten are plenty, as a rule.
const STEPS: usize = 25;

/// The regression has a matrix of that many rows and columns: more would take hours.
const MOST_PARAMETERS: usize = 3000;

/// A person's history, fold and chances of the histories 1 to `2^t - 1`.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The capture history on the lists that count; 0 for a person who is on any other list.
    pub history: usize,
    /// The fold.
    pub fold: usize,
    /// Chance of each history among those seen, that of history `w` at `w - 1`.
    pub q: Vec<f64>,
}

/// Persons with the same covariates.
struct CovariateGroup {
    design: Vec<f64>,
    /// Persons by fold and class. Classes are the histories from 1 on, and last the persons on any other list.
    persons: Vec<Vec<f64>>,
}

impl CovariateGroup {
    /// Persons by class in all folds but one.
    fn outside(&self, fold: usize) -> Vec<f64> {
        let rest = self.persons.iter().enumerate().filter(|(f, _)| *f != fold);
        rest.fold(vec![0.0; self.persons[fold].len()], |mut sum, (_, own)| {
            sum.iter_mut().zip(own).for_each(|(s, o)| *s += o);
            sum
        })
    }
}

/// The persons of a table with the chances of each history on these lists and no other. `None` where a level is missing, hardly anybody has some
/// history, or there would be too many parameters.
pub fn cross_fitted(
    table: &StratifiedTable,
    lists: &[usize],
    learner: Learner,
    seed: u64,
) -> Option<Vec<Person>> {
    let strata = strata(table, lists, learner, seed)?;
    let histories = (1_usize << lists.len()) - 1;
    // Folds are put together in their order, whichever is ready first.
    let by_fold: Vec<Vec<Person>> =
        (0..FOLDS).into_par_iter().map(|fold| of_fold(&strata, histories, fold)).collect();
    Some(by_fold.into_iter().flatten().collect())
}

/// The persons by covariates, fold and class.
fn strata(
    table: &StratifiedTable,
    lists: &[usize],
    learner: Learner,
    seed: u64,
) -> Option<Vec<CovariateGroup>> {
    // Where a list was not at work nobody can be on it, and no odds of being on it are there to be used.
    if table.n() > MOST_PEOPLE || table.inactive().iter().any(|i| lists.contains(&i.list)) {
        return None;
    }
    let histories = (1_usize << lists.len()) - 1;
    let one: Mask = 1;
    let chosen: Mask = lists.iter().fold(0, |all, list| all | (one << *list));
    let others: Mask = ((one << table.lists().len()) - 1) & !chosen;
    let class = |history: Mask| alone(history, lists).map_or(histories, |w| w - 1);
    let mut by_class = vec![0.0; histories + 1];
    table.rows().iter().for_each(|r| by_class[class(r.history)] += r.count);
    if by_class[..histories].iter().any(|c| *c < FEWEST_A_FOLD * FOLDS as f64) {
        return None;
    }
    let classes = histories + usize::from(by_class[histories] > 0.0);
    let columns = learner.columns(table);
    let by_lists = stream(seed, table.lists().len() as u64 | (u64::from(others) << 8));
    let mut dealt = FoldDealer::new(histories + 1, by_lists);
    let mut strata: Vec<CovariateGroup> = Vec::new();
    let mut last = None;
    let mut rows: Vec<_> = table.rows().iter().collect();
    rows.sort_by(|a, b| a.levels.cmp(&b.levels).then(a.history.cmp(&b.history)));
    for r in rows {
        if last != Some(&r.levels) {
            let mut design = vec![1.0];
            for (c, level) in columns.iter().zip(&r.levels) {
                design.extend(&c[(*level)?]);
            }
            if design.len() * (classes - 1) > MOST_PARAMETERS {
                return None;
            }
            strata.push(CovariateGroup { design, persons: vec![vec![0.0; classes]; FOLDS] });
            last = Some(&r.levels);
        }
        let here = strata.last_mut()?;
        let own = class(r.history);
        for _ in 0..r.count.round() as u64 {
            here.persons[dealt.deal(own)][own] += 1.0;
        }
    }
    Some(strata)
}

/// Share of each history among all persons.
fn shares(strata: &[CovariateGroup], histories: usize) -> Vec<f64> {
    let folds = || strata.iter().flat_map(|s| &s.persons);
    let all: f64 = folds().flatten().sum();
    (0..histories).map(|class| folds().filter_map(|p| p.get(class)).sum::<f64>() / all.max(1.0)).collect()
}

/// The persons of one fold with chances from the others.
fn of_fold(strata: &[CovariateGroup], histories: usize, fold: usize) -> Vec<Person> {
    let Some(first) = strata.first() else { return Vec::new() };
    let others: Vec<Vec<f64>> = strata.iter().map(|s| s.outside(fold)).collect();
    let mut logits = vec![vec![0.0; first.design.len()]; first.persons[fold].len() - 1];
    let designs = strata.iter().map(|s| s.design.as_slice());
    for _ in 0..STEPS {
        let before = logits.clone();
        multinomial_logit::improve(&mut logits, &designs, &others);
        if before.iter().flatten().zip(logits.iter().flatten()).all(|(a, b)| (a - b).abs() < 1e-8) {
            break;
        }
    }
    let shares = shares(strata, histories);
    let mut all = Vec::new();
    for s in strata {
        let chances = multinomial_logit::class_chances(&logits, &s.design);
        let q: Vec<f64> = chances.iter().zip(&shares).map(|(q, share)| q.max(floor(*share))).collect();
        for (class, count) in s.persons[fold].iter().enumerate() {
            let history = if class < histories { class + 1 } else { 0 };
            all.extend((0..*count as u64).map(|_| Person { history, fold, q: q.clone() }));
        }
    }
    all
}
