//! Does the estimate exist, and is it unique? Answered in exact integers.
//!
//! After removing terms with a zero sufficient statistic and the cells above them, let `A` hold a row for each
//! remaining cell and a column for each remaining term (1 when the term is contained in the cell). Fienberg and
//! Rinaldo (2012, Annals of Statistics 40): the maximum likelihood estimate exists if and only if some strictly
//! positive table has the observed sufficient statistics. By Stiemke's lemma that fails exactly when some parameter
//! direction is zero on every occupied cell, nowhere negative and somewhere positive on the empty ones.
//!
//! So: take the null space of the occupied rows. If it is trivial the estimate exists and is unique. Otherwise look
//! for a positive combination of the empty rows that vanishes on it: a linear programme with as many constraints as
//! the null space has dimensions, solved by the simplex method with Bland's rule in fraction-free integers. Nothing
//! is rounded, so there is no tolerance; arithmetic that would overflow is an explicit failure.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use serde::Serialize;

use super::newton::Counts;
use crate::histories::Mask;

/// Whether an extended maximum likelihood estimate exists and determines the number of unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Existence {
    /// A unique estimate exists.
    Exists,
    /// The likelihood rises without end in some direction: a parameter beyond the removed ones is infinite.
    Infinite,
    /// Different parameters fit the data equally well, so the number of unseen is not determined.
    NotIdentifiable,
    /// The exact arithmetic overflowed; nothing is known, so no estimate is given.
    SolverFailed,
}

/// The most verdicts that are remembered, some 50 MB.
const CACHE_LIMIT: usize = 100_000;

/// Occupied cells and terms.
type Pattern = (Vec<Mask>, Vec<Mask>);

/// Verdicts by zero pattern and model, since they depend on nothing else.
#[derive(Debug, Default)]
pub struct VerdictCache {
    known: RwLock<HashMap<Pattern, Existence>>,
}

impl VerdictCache {
    /// The verdict for the model with these terms, from memory or worked out.
    pub(crate) fn verdict(&self, counts: &Counts, terms: &[Mask]) -> Existence {
        let support: Vec<Mask> =
            (1..counts.cell.len()).filter(|w| counts.cell[*w] > 0.0).map(|w| w as Mask).collect();
        let key = (support, terms.to_vec());
        if let Some(verdict) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return *verdict;
        }
        let verdict = existence(counts.t, &key.0, terms);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < CACHE_LIMIT {
            known.insert(key, verdict);
        }
        verdict
    }
}

/// Works the verdict out for a table with the given occupied cells.
pub(crate) fn existence(t: usize, support: &[Mask], terms: &[Mask]) -> Existence {
    let observed = |a: Mask| support.iter().any(|w| w & a == a);
    let (finite, removed): (Vec<Mask>, Vec<Mask>) = terms.iter().partition(|a| observed(**a));
    let minimal: Vec<Mask> =
        removed.iter().filter(|a| !removed.iter().any(|b| b != *a && *a & b == *b)).copied().collect();
    let alive = |w: Mask| minimal.iter().all(|a| w & a != *a);
    if finite.first() != Some(&0) {
        return Existence::NotIdentifiable;
    }
    if rank_modulo_prime(support, &finite) == finite.len() {
        return Existence::Exists;
    }
    let Some(null) = null_space(support, &finite) else { return Existence::SolverFailed };
    if null.is_empty() {
        return Existence::Exists;
    }
    // Rows: what each null direction adds on each empty cell. Columns of the programme: distinct empty cells.
    let mut columns: Vec<Vec<i128>> = (1..1 << t as Mask)
        .filter(|w| alive(*w) && support.binary_search(w).is_err())
        .map(|w| {
            null.iter()
                .map(|z| finite.iter().zip(z).filter(|(a, _)| w & **a == **a).map(|(_, v)| v).sum())
                .collect()
        })
        .collect();
    columns.sort_unstable();
    columns.dedup();
    let Some(rank) = rank(&columns, null.len()) else { return Existence::SolverFailed };
    if rank < null.len() {
        return Existence::NotIdentifiable;
    }
    match has_positive_combination(&columns, null.len()) {
        Some(true) => Existence::Exists,
        Some(false) => Existence::Infinite,
        None => Existence::SolverFailed,
    }
}

/// A lower bound of the rank of the occupied rows, exact unless the prime divides a minor.
fn rank_modulo_prime(support: &[Mask], terms: &[Mask]) -> usize {
    const P: u64 = (1 << 31) - 1;
    let power = |mut base: u64, mut exponent: u64| {
        let mut result = 1;
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result * base % P;
            }
            base = base * base % P;
            exponent >>= 1;
        }
        result
    };
    let mut rows: Vec<Vec<u64>> =
        support.iter().map(|w| terms.iter().map(|a| u64::from(w & a == *a)).collect()).collect();
    let mut rank = 0;
    for col in 0..terms.len() {
        let Some(pivot) = (rank..rows.len()).find(|r| rows[*r][col] != 0) else { return rank };
        rows.swap(rank, pivot);
        let inverse = power(rows[rank][col], P - 2);
        let (top, rest) = rows.split_at_mut(rank + 1);
        for row in rest.iter_mut().filter(|row| row[col] != 0) {
            let factor = P - row[col] * inverse % P;
            for (x, y) in row[col..].iter_mut().zip(&top[rank][col..]) {
                *x = (*x + factor * y) % P;
            }
        }
        rank += 1;
    }
    rank
}

/// Fraction-free Gauss-Jordan elimination (Bareiss). Returns the pivot columns and the common pivot value, or `None`
/// on overflow; afterwards `rows[i]` has the pivot value at pivot column `i` and zero at the others.
fn eliminate(rows: &mut [Vec<i128>], width: usize) -> Option<(Vec<usize>, i128)> {
    let mut previous: i128 = 1;
    let mut pivots = Vec::new();
    for col in 0..width {
        let r = pivots.len();
        let Some(found) = (r..rows.len()).find(|i| rows[*i][col] != 0) else { continue };
        rows.swap(r, found);
        pivot(rows, r, col, previous)?;
        previous = rows[r][col];
        pivots.push(col);
        if pivots.len() == rows.len() {
            break;
        }
    }
    Some((pivots, previous))
}

/// One integer-preserving pivot on every row but `r`; every entry stays a minor of the original matrix.
fn pivot(rows: &mut [Vec<i128>], r: usize, col: usize, previous: i128) -> Option<()> {
    let pivot_row = rows[r].clone();
    for (i, row) in rows.iter_mut().enumerate() {
        if i == r {
            continue;
        }
        let factor = row[col];
        for (x, p) in row.iter_mut().zip(&pivot_row) {
            let value = x.checked_mul(pivot_row[col])?.checked_sub(factor.checked_mul(*p)?)?;
            *x = value / previous;
        }
    }
    Some(())
}

/// An integer basis of the parameter directions that are zero on every occupied cell.
fn null_space(support: &[Mask], terms: &[Mask]) -> Option<Vec<Vec<i128>>> {
    let mut rows: Vec<Vec<i128>> =
        support.iter().map(|w| terms.iter().map(|a| i128::from(w & a == *a)).collect()).collect();
    let (pivots, value) = eliminate(&mut rows, terms.len())?;
    let free = (0..terms.len()).filter(|c| !pivots.contains(c));
    Some(
        free.map(|c| {
            let mut z = vec![0; terms.len()];
            z[c] = value;
            for (i, p) in pivots.iter().enumerate() {
                z[*p] = -rows[i][c];
            }
            z
        })
        .collect(),
    )
}

fn rank(columns: &[Vec<i128>], width: usize) -> Option<usize> {
    let mut rows = columns.to_vec();
    Some(eliminate(&mut rows, width)?.0.len())
}

/// Whether `sum of x_c * columns[c] = 0` for some `x > 0` in every place; `None` on overflow.
///
/// Scaling makes that `x = 1 + y` with `y >= 0`: phase one of the simplex method on `B y = -B 1`.
fn has_positive_combination(columns: &[Vec<i128>], d: usize) -> Option<bool> {
    let n = columns.len();
    // Tableau: d rows of [columns | right-hand side], artificial variables implicit, plus the cost row.
    let mut rows: Vec<Vec<i128>> = (0..d)
        .map(|i| {
            let sum: i128 = columns.iter().map(|c| c[i]).sum();
            let sign = if sum > 0 { -1 } else { 1 };
            columns.iter().map(|c| sign * c[i]).chain([-sign * sum]).collect()
        })
        .collect();
    let cost: Vec<i128> = (0..=n).map(|c| rows.iter().map(|row| row[c]).sum()).collect();
    rows.push(cost);
    let mut basis: Vec<usize> = (n..n + d).collect();
    let mut previous: i128 = 1;
    loop {
        if rows[d][n] == 0 {
            return Some(true);
        }
        // Bland's rule: the first column that lowers the infeasibility, the first basic variable that blocks it.
        let Some(col) = (0..n).find(|c| rows[d][*c] > 0) else { return Some(false) };
        let mut leave: Option<usize> = None;
        for i in (0..d).filter(|i| rows[*i][col] > 0) {
            let Some(best) = leave else {
                leave = Some(i);
                continue;
            };
            let left = rows[i][n].checked_mul(rows[best][col])?;
            let right = rows[best][n].checked_mul(rows[i][col])?;
            if left < right || left == right && basis[i] < basis[best] {
                leave = Some(i);
            }
        }
        let r = leave?;
        pivot(&mut rows, r, col, previous)?;
        previous = rows[r][col];
        basis[r] = col;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Model;

    /// The programme as published, in floating point: maximise s with A'x = A'n, x >= s, s >= 0.
    fn published(t: usize, cells: &[(Mask, u64)], terms: &[Mask]) -> bool {
        use microlp::{ComparisonOp, OptimizationDirection, Problem};
        let n = |a: Mask| cells.iter().filter(|c| c.0 & a == a).map(|c| c.1).sum::<u64>();
        let (finite, removed): (Vec<Mask>, Vec<Mask>) = terms.iter().partition(|a| n(**a) > 0);
        let alive: Vec<Mask> = (1..1 << t as Mask).filter(|w| removed.iter().all(|a| w & a != *a)).collect();
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let s = problem.add_var(1.0, (0.0, f64::INFINITY));
        let x: Vec<_> = alive.iter().map(|_| problem.add_var(0.0, (0.0, f64::INFINITY))).collect();
        for v in &x {
            problem.add_constraint([(*v, 1.0), (s, -1.0)], ComparisonOp::Ge, 0.0);
        }
        for a in &finite {
            let row: Vec<_> =
                alive.iter().zip(&x).filter(|(w, _)| **w & a == *a).map(|(_, v)| (*v, 1.0)).collect();
            problem.add_constraint(row, ComparisonOp::Eq, n(*a) as f64);
        }
        match problem.solve().unwrap() {
            microlp::SolveOutcome::Solution(solution) => solution.objective() > 1e-7,
            microlp::SolveOutcome::Interrupted(_) => unreachable!("no limit was set"),
        }
    }

    #[test]
    fn artificial_table_of_the_paper() {
        // Only A and B overlap (Chan, Silverman and Vincent 2021).
        let support = [1, 2, 3, 4];
        let verdict = |pairs: &[Mask]| existence(3, &support, Model::from_generators(3, pairs).terms());
        assert_eq!(verdict(&[3, 5, 6]), Existence::NotIdentifiable);
        assert_eq!(verdict(&[3]), Existence::Infinite);
        assert_eq!(verdict(&[5, 6]), Existence::Exists);
        assert_eq!(verdict(&[]), Existence::Exists);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn a_larger_model_has_no_estimate_where_a_smaller_one_has_none(
            support in prop::collection::btree_set(1_u32..16, 4..12),
            generators in prop::collection::vec(1_u32..15, 0..5),
            more in prop::collection::vec(1_u32..15, 1..4),
        ) {
            let support: Vec<Mask> = support.into_iter().collect();
            let smaller = Model::from_generators(4, &generators);
            let larger = Model::from_generators(4, &[generators, more].concat());
            if existence(4, &support, smaller.terms()) != Existence::Exists {
                prop_assert_ne!(existence(4, &support, larger.terms()), Existence::Exists);
            }
        }

        #[test]
        fn agrees_with_the_published_programme(
            counts in prop::collection::vec(prop_oneof![3 => Just(0_u64), 2 => 1_u64..9], 15),
            generators in prop::collection::vec(1_u32..15, 0..6),
        ) {
            let cells: Vec<(Mask, u64)> = (1..16).zip(counts).filter(|c| c.1 > 0).collect();
            prop_assume!((0..4).all(|j| cells.iter().any(|c| c.0 >> j & 1 == 1)));
            let model = Model::from_generators(4, &generators);
            prop_assume!(model.parameters() < 16);
            let support: Vec<Mask> = cells.iter().map(|c| c.0).collect();
            let verdict = existence(4, &support, model.terms());
            match verdict {
                Existence::Exists => prop_assert!(published(4, &cells, model.terms())),
                Existence::Infinite => prop_assert!(!published(4, &cells, model.terms())),
                Existence::NotIdentifiable => {}
                Existence::SolverFailed => prop_assert!(false, "overflow on a small table"),
            }
        }
    }
}
