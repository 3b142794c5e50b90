//! Doubly robust estimation with lists of one's choice (after Dulce Rubio and Kennedy 2024, arXiv:2407.03539).
//!
//! It is enough for an estimate that the chosen lists have no interaction of all of them together among the persons who are on none of the other
//! lists and have the same covariates. How the other lists depend on these, and on each other, is free. Two chosen lists are then
//! independent given the covariates and given that no other list has the person; all lists chosen is the assumption of [`many_lists`].
//!
//! With `q(w)` the chance, among those seen, of history `w` on the chosen lists and on no other, the unseen with covariates `x` are
//! `r(x) = prod over odd w of q(w) / prod over even w of q(w)` for each person seen. The influence function of the mean of `1 + r(x)` follows
//! by the derivative of each logarithm, and the signs of all histories add up to one, so that
//!
//! `phi = 1 + r (sum over odd w of y(w) / q(w) - sum over even w of y(w) / q(w))`,
//!
//! which is 1 for a person on any other list. These formulas were derived here from the condition, and not compared with those in the paper.
//!
//! If the odds ratio of that interaction is `xi` instead of 1, the unseen are multiplied or divided by it: see [`unseen_factor`]. Where it differs
//! with the covariates but lies between `1 / delta` and `delta`, the number lies between those at both ends.

use serde::Serialize;

use super::cross_fit::cross_fitted;
use super::enough::{enough, together};
use super::learner::Learner;
use super::{DoublyRobust, against_the_rest, many_lists};
use crate::estimate::{AtOddsRatio, Basis, Estimate, Outcome};
use crate::identification::{FACTORS, unseen_factor};
use crate::method::Method;
use crate::strata::table::StratifiedTable;

/// The lists whose interaction is assumed to be absent, and how chances depend on covariates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChosenLists {
    /// Names of the lists.
    pub lists: Vec<String>,
    /// How chances depend on covariates.
    pub learner: Learner,
}

/// Why lists cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotChosen {
    /// The table has no such list.
    #[error("no list is called {0}")]
    NoList(String),
    /// One list has nothing to be independent of.
    #[error("at least two lists are to be chosen")]
    TooFew,
}

impl ChosenLists {
    /// Where the lists stand in a table, in its order and each once.
    ///
    /// # Errors
    /// See [`NotChosen`].
    pub fn places(&self, lists: &[String]) -> Result<Vec<usize>, NotChosen> {
        let place = |name: &String| {
            lists.iter().position(|l| l == name).ok_or_else(|| NotChosen::NoList(name.clone()))
        };
        let mut places = self.lists.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        places.sort_unstable();
        places.dedup();
        if places.len() < 2 { Err(NotChosen::TooFew) } else { Ok(places) }
    }

    /// The estimate, with what it becomes at other odds ratios.
    pub fn estimate(&self, table: &StratifiedTable, level: f64, seed: u64) -> Estimate {
        let id = Method::DoublyRobustChosen;
        let n = table.n().round();
        let Ok(places) = self.places(table.lists()) else {
            return Estimate::none(id, n as u64, Outcome::NotApplicable);
        };
        let model = Some(Basis::Model(condition(table.lists(), &places)));
        match of_lists(table, &places, self.learner, seed) {
            Ok(found) => {
                let by_odds_ratio = curve(&found, n, places.len(), level);
                Estimate { model, by_odds_ratio, ..found.estimate(id, n as u64, level) }
            }
            Err(why) => Estimate { model, ..Estimate::none(id, n as u64, why) },
        }
    }
}

/// The interaction that is assumed to be absent, and among whom: `A·B | C=0, D=0`.
fn condition(lists: &[String], places: &[usize]) -> String {
    let (mut chosen, mut others) = (Vec::new(), Vec::new());
    for (place, list) in lists.iter().enumerate() {
        if places.contains(&place) {
            chosen.push(list.clone());
        } else {
            others.push(format!("{list}=0"));
        }
    }
    let chosen = chosen.join("·");
    if others.is_empty() { chosen } else { format!("{chosen} | {}", others.join(", ")) }
}

/// The estimate for lists at these places, in ascending order. With two lists that are all there are, straight lines give what
/// [`against_the_rest`] gives.
///
/// # Errors
/// Why there is none: a level is missing, a list was not at work everywhere, hardly anybody has some history, too few people are on several of the
/// lists, or the formula falls below the number seen.
pub fn of_lists(
    table: &StratifiedTable,
    places: &[usize],
    learner: Learner,
    seed: u64,
) -> Result<DoublyRobust, Outcome> {
    // As in the fit of more lists.
    if table.inactive().iter().any(|i| places.contains(&i.list)) {
        return Err(Outcome::NotApplicable);
    }
    if table.lists().len() == 2 && learner == Learner::Logistic {
        return against_the_rest(table, 0, seed);
    }
    enough(table, learner, &together(table, places))?;
    let people = cross_fitted(table, places, learner, seed);
    people.and_then(|p| many_lists::from_chances(&p)).ok_or(Outcome::NotApplicable)
}

/// The estimate when the odds ratio of the interaction of so many chosen lists is each of [`FACTORS`].
pub fn curve(found: &DoublyRobust, n: f64, lists: usize, level: f64) -> Vec<AtOddsRatio> {
    let at = |xi: &f64| {
        let d = found.with_unseen(n, unseen_factor(lists, *xi));
        AtOddsRatio { odds_ratio: *xi, n_hat: d.n_hat, interval: d.interval(n, level) }
    };
    FACTORS.iter().map(at).collect()
}

#[cfg(test)]
mod tests;
