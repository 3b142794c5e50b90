//! Whether the occupied cells determine every parameter of a model, without eliminating its whole matrix.
//!
//! The row of a cell has a one for each term that the cell contains. A term whose own cell is occupied therefore follows from the
//! terms inside it, `theta_a = -sum over b inside a of theta_b` in a null space, and rank is asked only of the others: the intercept, and
//! terms whose own cell is empty. Of these the rows of the other occupied cells must have full rank.

use crate::facial::{PRIME, has_full_rank, sum_of_product};
use crate::histories::Mask;

/// Whether rows of the occupied cells, sorted, surely have full rank on these terms, modulo a prime and so in whole numbers.
pub(super) fn determines_all(support: &[Mask], terms: &[Mask]) -> bool {
    let occupied = |a: Mask| support.binary_search(&a).is_ok();
    let open: Vec<Mask> = terms.iter().copied().filter(|a| !occupied(*a)).collect();
    // Terms inside a term come before it.
    let mut order: Vec<Mask> = terms.to_vec();
    order.sort_by_key(|a| a.count_ones());
    let directions: Vec<Vec<(Mask, u32)>> = open.iter().map(|c| direction(&order, *c, &occupied)).collect();
    let others = support.iter().filter(|w| !terms.contains(w));
    let rows = others.map(|w| directions.iter().map(|d| at(d, *w)).collect());
    has_full_rank(rows, open.len())
}

/// The parameters that are zero on every occupied cell of a term, one for term `c` and zero for other terms with an empty cell; those
/// that are not zero.
fn direction(order: &[Mask], c: Mask, occupied: &impl Fn(Mask) -> bool) -> Vec<(Mask, u32)> {
    let mut known: Vec<(Mask, u32)> = Vec::new();
    for a in order {
        let value = match (*a == c, occupied(*a)) {
            (true, _) => 1,
            (false, true) => sum_of_product(0, at(&known, *a), PRIME - 1),
            (false, false) => 0,
        };
        if !value.is_multiple_of(PRIME) {
            known.push((*a, value));
        }
    }
    known
}

/// What a direction adds on a cell.
fn at(direction: &[(Mask, u32)], cell: Mask) -> u32 {
    let inside = direction.iter().filter(|(a, _)| cell & a == *a);
    inside.fold(0, |sum, (_, v)| sum_of_product(sum, 1, *v))
}
