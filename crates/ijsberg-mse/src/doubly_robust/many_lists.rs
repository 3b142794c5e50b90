//! Doubly robust estimation for three or four lists with covariates.
//!
//! Given covariates the interaction of all lists together is absent, the others are free: the assumption of the largest
//! log-linear model (Fienberg 1972, Biometrika 59), made for each person's covariates. With `q(w)` the chances of the
//! histories among those seen and `r = prod over odd w of q(w) / prod over even w of q(w)`, `w` odd when on an odd
//! number of lists, `n / N` is one over the mean of `1 + r`. The influence function of that mean is that of
//!
//! `phi = 1 + r (sum over odd w of y(w) / q(w) - sum over even w of y(w) / q(w))`,
//!
//! which for two lists is the formula of Das, Kennedy and Jewell (2021): `q1 q2 / q12 = 1 + r`. As there, errors of the
//! chances enter as products. Chances are those of a multinomial logistic regression on the other folds.

use super::DoublyRobust;
pub use super::cross_fit::Person;
use super::cross_fit::cross_fitted;
use super::enough::{enough, together};
use super::learner::Learner;
use crate::estimate::Outcome;
use crate::strata::table::StratifiedTable;

/// With more lists some history is always too rare.
const MOST_LISTS: usize = 4;

/// The estimate for a table.
///
/// # Errors
/// Why there is none: fewer than three lists or more than four, a level that is missing, a history that hardly anybody has, or too few people on
/// several lists.
pub fn estimate(table: &StratifiedTable, seed: u64) -> Result<DoublyRobust, Outcome> {
    let t = table.lists().len();
    if !(3..=MOST_LISTS).contains(&t) {
        return Err(Outcome::NotApplicable);
    }
    let all: Vec<usize> = (0..t).collect();
    enough(table, Learner::Logistic, &together(table, &all))?;
    let people = cross_fitted(table, &all, Learner::Logistic, seed);
    people.and_then(|p| from_chances(&p)).ok_or(Outcome::NotApplicable)
}

/// Estimates from persons with their chances; `None` without persons in some fold or when the formula falls below the
/// number seen.
pub fn from_chances(persons: &[Person]) -> Option<DoublyRobust> {
    let n = persons.len() as f64;
    let folds = persons.iter().map(|p| p.fold).max()? + 1;
    let value = |p: &Person| {
        let sign = |w: usize| if w.count_ones() % 2 == 1 { 1.0 } else { -1.0 };
        let log_r: f64 = p.q.iter().enumerate().map(|(i, q)| sign(i + 1) * q.ln()).sum();
        let r = log_r.exp();
        // A person on another list does not count in these histories.
        let own = if p.history == 0 { 0.0 } else { sign(p.history) / p.q[p.history - 1] };
        (1.0 + r, 1.0 + r * own)
    };
    DoublyRobust::over_folds(persons.iter().map(|p| (p.fold, value(p))), folds, n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strata::table::Covariate;

    /// For two lists both formulas are the same, whatever the chances.
    #[test]
    fn with_two_lists_it_is_the_published_formula() {
        let q = [0.4, 0.35, 0.25];
        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        for (history, count) in [(1, 40), (2, 30), (3, 30)] {
            for i in 0..count {
                ours.push(Person { history, fold: i % 3, q: q.to_vec() });
                theirs.push(super::super::Person {
                    on: [history & 1 == 1, history & 2 == 2],
                    fold: i % 3,
                    q: [q[0] + q[2], q[1] + q[2], q[2]],
                });
            }
        }
        let (a, b) = (from_chances(&ours).unwrap(), super::super::from_chances(&theirs).unwrap());
        assert!((a.n_hat / b.n_hat - 1.0).abs() < 1e-12 && (a.se / b.se - 1.0).abs() < 1e-12);
    }

    /// Two groups, each with dependence between two lists: together they have a three-list interaction.
    #[test]
    fn dependence_within_groups_and_between_lists_is_allowed_for() {
        let mut rows = Vec::new();
        let mut truth = 0.0;
        for (level, (size, on, odds)) in
            [(40_000.0, [0.1, 0.12, 0.08], 1.5_f64), (20_000.0, [0.5, 0.6, 0.4], 3.0)].into_iter().enumerate()
        {
            let raw: Vec<f64> = (0..8_u32)
                .map(|w| {
                    let alone: f64 =
                        (0..3).map(|j| if w >> j & 1 == 1 { on[j] } else { 1.0 - on[j] }).product();
                    alone * if w & 3 == 3 { odds } else { 1.0 }
                })
                .collect();
            let total: f64 = raw.iter().sum();
            truth += size;
            rows.extend(
                (1..8).map(|w| (w as u32, vec![Some(level)], (size * raw[w] / total).round() as u64)),
            );
        }
        let names = ["a", "b", "c"].map(String::from).to_vec();
        let group = Covariate::from_values("group", ["x", "y"].into_iter());
        let table = StratifiedTable::new(names, vec![group], rows, Vec::new()).unwrap();
        let d = estimate(&table, 7).unwrap();
        assert!((d.n_hat / truth - 1.0).abs() < 0.05, "{d:?} {truth}");
        assert!((d.n_hat - truth).abs() < 2.0 * d.se);
    }
}
