//! Does the estimate exist, and is it unique? Answered in exact integers.
//!
//! Let `X` hold a row for each history that can be seen and a column for each term (1 when the term is contained in the
//! history). The likelihood has a supremum for every table; it is reached on the smallest face of the cone of `X'` that
//! holds the sufficient statistics, the extended maximum likelihood estimate of Fienberg and Rinaldo (2012, Annals of
//! Statistics 40). Off the face the fitted cells are zero. A term that nobody has takes the cells above it away; so does
//! a list inside another one, whose odds ratio is plus infinity.
//!
//! The log mean of the unseen is the intercept. It is determined if and only if `(1, 0, ..., 0)` is a combination of the
//! rows of the face, whether or not the other parameters are. Then it is so in every smaller model: that has fewer
//! columns, and a face with at least the same rows. So a model without an estimate has no larger one with an estimate,
//! on which the searches rely.

mod rank;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;

use self::rank::determines_all;
use super::RANKED_ABOVE;
use super::newton::{Counts, Fit, Newton};
use crate::facial::{Cone, Limit, null_space};
use crate::histories::Mask;

/// Whether an extended maximum likelihood estimate determines the number of unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Existence {
    /// There is one number of unseen. Other parameters may be infinite or undetermined.
    Exists,
    /// The likelihood rises without end as the number of unseen does, or as it goes to zero.
    Infinite,
    /// Different numbers of unseen fit the data equally well.
    NotIdentifiable,
    /// The exact arithmetic overflowed; nothing is known, so no estimate is given.
    SolverFailed,
}

/// The face of a model on which the sufficient statistics of a table lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// Whether the number of unseen is determined.
    pub existence: Existence,
    /// Histories off the face beyond those that contain a term which nobody has: their fitted counts are zero.
    pub outside: Vec<Mask>,
    /// Parameters that the face determines.
    pub rank: usize,
}

/// The most faces that are remembered, some 50 MB.
const CACHE_LIMIT: usize = 100_000;

/// Occupied cells and terms.
type Pattern = (Vec<Mask>, Vec<Mask>);

/// Faces by zero pattern and model, since they depend on nothing else.
#[derive(Debug, Default)]
pub struct VerdictCache {
    known: RwLock<HashMap<Pattern, Arc<Face>>>,
}

impl VerdictCache {
    /// Whether the model with these terms has an estimate.
    pub(crate) fn verdict(&self, counts: &Counts, terms: &[Mask]) -> Existence {
        self.face(counts, terms).existence
    }

    /// The face of the model with these terms, from memory or worked out.
    pub(crate) fn face(&self, counts: &Counts, terms: &[Mask]) -> Arc<Face> {
        let support = counts.support();
        // Every replicate of many lists has cells of its own, so that nothing would be found again.
        if counts.t > RANKED_ABOVE {
            return Arc::new(face(counts.t, &support, terms));
        }
        let key = (support, terms.to_vec());
        if let Some(face) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return face.clone();
        }
        let found = Arc::new(face(counts.t, &key.0, terms));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < CACHE_LIMIT {
            known.insert(key, found.clone());
        }
        found
    }

    /// Whether a fitted model has an estimate; if so, `fit` becomes the fit on its face.
    ///
    /// Every number of unseen passes here before it is believed.
    pub(crate) fn settle(
        &self,
        counts: &Counts,
        terms: &[Mask],
        newton: &mut Newton,
        fit: &mut Fit,
    ) -> Existence {
        if fit.regular {
            return Existence::Exists;
        }
        let face = self.face(counts, terms);
        face.settle(counts, terms, newton, fit);
        face.existence
    }
}

/// Whether the occupied cells alone show that the estimate exists, without a question to the empty ones. Quick; a no
/// proves nothing.
pub(crate) fn surely_exists(counts: &Counts, terms: &[Mask]) -> bool {
    let finite: Vec<Mask> = terms.iter().copied().filter(|a| counts.sufficient[*a as usize] > 0.0).collect();
    finite.first() == Some(&0) && determines_all(&counts.support(), &finite)
}

impl Face {
    /// Replaces a fit by that on the face, where they differ.
    pub(crate) fn settle(&self, counts: &Counts, terms: &[Mask], newton: &mut Newton, fit: &mut Fit) {
        if self.existence == Existence::Exists && !self.outside.is_empty() {
            newton.refit_on(counts, terms, &self.outside, false, fit);
        }
    }
}

/// Terms that somebody has, and the smallest of those that nobody has.
fn split(support: &[Mask], terms: &[Mask]) -> (Vec<Mask>, Vec<Mask>) {
    let observed = |a: Mask| support.iter().any(|w| w & a == a);
    let (finite, removed): (Vec<Mask>, Vec<Mask>) = terms.iter().partition(|a| observed(**a));
    let minimal = removed.iter().filter(|a| !removed.iter().any(|b| b != *a && *a & b == *b)).copied();
    (finite, minimal.collect())
}

/// A null space of the occupied rows, and the empty cells left.
struct Directions {
    null: Vec<Vec<i128>>,
    empty: Vec<Mask>,
    columns: Vec<Vec<i128>>,
}

impl Directions {
    fn new(t: usize, support: &[Mask], finite: &[Mask], minimal: &[Mask]) -> Option<Self> {
        let rows: Vec<Vec<i128>> =
            support.iter().map(|w| finite.iter().map(|a| i128::from(w & a == *a)).collect()).collect();
        let null = null_space(&rows, finite.len())?;
        let alive = |w: Mask| minimal.iter().all(|a| w & a != *a);
        let empty: Vec<Mask> =
            (1..1 << t as Mask).filter(|w| alive(*w) && support.binary_search(w).is_err()).collect();
        let add =
            |w: Mask, z: &[i128]| finite.iter().zip(z).filter(|(a, _)| w & **a == **a).map(|(_, v)| v).sum();
        let columns = empty.iter().map(|w| null.iter().map(|z| add(*w, z)).collect()).collect();
        Some(Self { null, empty, columns })
    }

    /// What each direction adds to the parameter at this place among the terms that somebody has.
    fn of_parameter(&self, place: usize) -> Vec<i128> {
        self.null.iter().map(|z| z[place]).collect()
    }
}

/// Works the face out for a table with the given occupied cells.
pub(crate) fn face(t: usize, support: &[Mask], terms: &[Mask]) -> Face {
    let (finite, minimal) = split(support, terms);
    let of = |existence, outside, rank| Face { existence, outside, rank };
    if finite.first() != Some(&0) {
        return of(Existence::NotIdentifiable, Vec::new(), 0);
    }
    if determines_all(support, &finite) {
        return of(Existence::Exists, Vec::new(), finite.len());
    }
    beyond_the_rank(t, support, &finite, &minimal)
        .unwrap_or_else(|| of(Existence::SolverFailed, Vec::new(), 0))
}

fn beyond_the_rank(t: usize, support: &[Mask], finite: &[Mask], minimal: &[Mask]) -> Option<Face> {
    let directions = Directions::new(t, support, finite, minimal)?;
    let cone = Cone::new(directions.columns.clone(), directions.null.len())?;
    let existence = match cone.limit(&directions.of_parameter(0))? {
        Limit::Finite => Existence::Exists,
        Limit::Up | Limit::Down => Existence::Infinite,
        Limit::Free => Existence::NotIdentifiable,
    };
    let outside = if cone.is_whole() {
        Vec::new()
    } else {
        let off = directions.empty.iter().zip(&directions.columns).filter(|x| !cone.holds(x.1));
        off.map(|x| *x.0).collect()
    };
    Some(Face { existence, outside, rank: finite.len() - cone.free() })
}

/// What becomes of each parameter: infinite either way, not a number where the data do not determine it, or none of
/// these, in the order of the terms.
pub(crate) fn without_value(t: usize, support: &[Mask], terms: &[Mask]) -> Option<Vec<Option<f64>>> {
    let (finite, minimal) = split(support, terms);
    let directions = Directions::new(t, support, &finite, &minimal)?;
    let cone = Cone::new(directions.columns.clone(), directions.null.len())?;
    terms
        .iter()
        .map(|a| {
            let Some(place) = finite.iter().position(|b| a == b) else {
                return Some(Some(f64::NEG_INFINITY));
            };
            Some(match cone.limit(&directions.of_parameter(place))? {
                Limit::Finite => None,
                Limit::Up => Some(f64::INFINITY),
                Limit::Down => Some(f64::NEG_INFINITY),
                Limit::Free => Some(f64::NAN),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
