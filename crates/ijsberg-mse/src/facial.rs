//! Directions in which a likelihood rises without end, in exact integers.
//!
//! Let a log-linear model have a row for each cell. The sufficient statistics lie on the smallest face of their cone; its
//! cells are those that can be positive in some non-negative table with the same statistics (Fienberg and Rinaldo 2012,
//! Annals of Statistics 40). A parameter direction that is zero on every occupied cell and nowhere positive on the empty
//! ones makes the likelihood rise, or leaves it as it is; moving along all of them empties the cells outside the face.
//!
//! Parameters are taken modulo what the occupied cells determine: a basis of the null space of the occupied rows gives each
//! empty cell a column of numbers, what each direction of the basis adds to its log mean. A non-negative combination of
//! columns that is zero is a table to trade with, so the face holds the empty cells in the support of such combinations.
//! They are found by linear programmes with as many constraints as the null space has dimensions, solved by the simplex
//! method with Bland's rule in fraction-free integers. Nothing is rounded; arithmetic that would overflow gives `None`.

/// Elimination is tried modulo this prime first.
pub(crate) const PRIME: u32 = (1 << 31) - 1;

/// What becomes of a linear function of the parameters as the likelihood rises to its supremum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// It has one finite value.
    Finite,
    /// It grows without end.
    Up,
    /// It falls without end.
    Down,
    /// Anything: the data do not determine it.
    Free,
}

/// The empty cells of a table, as directions see them.
#[derive(Debug)]
pub(crate) struct Cone {
    dimension: usize,
    /// Distinct columns of the empty cells, sorted.
    columns: Vec<Vec<i128>>,
    /// Whether cells with that column lie on the face.
    kept: Vec<bool>,
    /// Rank of the columns on the face.
    rank: usize,
}

impl Cone {
    /// Finds the face from what each direction of a null space of `dimension` adds on each empty cell.
    pub(crate) fn new(mut columns: Vec<Vec<i128>>, dimension: usize) -> Option<Self> {
        columns.sort_unstable();
        columns.dedup();
        let mut left: Vec<usize> = (0..columns.len()).collect();
        loop {
            let parts: Vec<&[i128]> = left.iter().map(|c| columns[*c].as_slice()).collect();
            // A combination that is positive everywhere is one plus a non-negative one.
            let target: Vec<i128> =
                (0..dimension).map(|i| -parts.iter().map(|c| c[i]).sum::<i128>()).collect();
            match phase_one(&parts, &target)? {
                Phase::Feasible => break,
                // The multipliers are a direction: nowhere positive, and negative on cells that must be empty.
                Phase::Infeasible(change) => {
                    left = left.iter().zip(&change).filter(|x| *x.1 == 0).map(|x| *x.0).collect();
                }
            }
        }
        let mut kept = vec![false; columns.len()];
        left.iter().for_each(|c| kept[*c] = true);
        let rank = rank(left.iter().map(|c| columns[*c].clone()).collect(), dimension)?;
        Some(Self { dimension, columns, kept, rank })
    }

    /// Whether every empty cell can be positive.
    pub(crate) fn is_whole(&self) -> bool {
        self.kept.iter().all(|k| *k)
    }

    /// Whether an empty cell with this column can be positive.
    pub(crate) fn holds(&self, column: &[i128]) -> bool {
        self.columns.binary_search_by(|c| c.as_slice().cmp(column)).is_ok_and(|c| self.kept[c])
    }

    /// Directions that change nothing on the face.
    pub(crate) fn free(&self) -> usize {
        self.dimension - self.rank
    }

    /// Whether a function, given by what each direction adds to it, has one finite value.
    pub(crate) fn determines(&self, function: &[i128]) -> Option<bool> {
        if self.rank == self.dimension {
            return Some(true);
        }
        let kept = self.columns.iter().zip(&self.kept).filter(|x| *x.1).map(|x| x.0.clone());
        Some(rank(kept.chain([function.to_vec()]).collect(), self.dimension)? == self.rank)
    }

    /// What becomes of a function, given by what each direction adds to it.
    pub(crate) fn limit(&self, function: &[i128]) -> Option<Limit> {
        if self.determines(function)? {
            return Some(Limit::Finite);
        }
        // By Farkas' lemma it never falls where its opposite is a combination of cells that never rise.
        let parts: Vec<&[i128]> = self.columns.iter().map(Vec::as_slice).collect();
        let opposite: Vec<i128> = function.iter().map(|v| -v).collect();
        Some(if matches!(phase_one(&parts, &opposite)?, Phase::Feasible) {
            Limit::Up
        } else if matches!(phase_one(&parts, function)?, Phase::Feasible) {
            Limit::Down
        } else {
            Limit::Free
        })
    }
}

enum Phase {
    Feasible,
    /// What the direction that proves it adds on each column: nowhere positive, and positive on the target.
    Infeasible(Vec<i128>),
}

/// Whether the target is a non-negative combination of the columns: phase one of the simplex method.
fn phase_one(columns: &[&[i128]], target: &[i128]) -> Option<Phase> {
    let (n, d) = (columns.len(), target.len());
    // Tableau: d rows of [columns | right-hand side], artificial variables implicit, plus the cost row.
    let mut rows: Vec<Vec<i128>> = (0..d)
        .map(|i| {
            let sign = if target[i] < 0 { -1 } else { 1 };
            columns.iter().map(|c| sign * c[i]).chain([sign * target[i]]).collect()
        })
        .collect();
    let cost: Vec<i128> = (0..=n).map(|c| rows.iter().map(|row| row[c]).sum()).collect();
    rows.push(cost);
    let mut basis: Vec<usize> = (n..n + d).collect();
    let mut previous: i128 = 1;
    loop {
        if rows[d][n] == 0 {
            return Some(Phase::Feasible);
        }
        // Bland's rule: the first column that lowers the infeasibility, the first basic variable that blocks it.
        let Some(col) = (0..n).find(|c| rows[d][*c] > 0) else {
            let mut change = rows.swap_remove(d);
            change.truncate(n);
            return Some(Phase::Infeasible(change));
        };
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
    let (above, rest) = rows.split_at_mut(r);
    let (pivot_row, below) = rest.split_first_mut()?;
    let (value, divisor) = (pivot_row[col], Divisor::new(previous));
    for row in above.iter_mut().chain(below) {
        let factor = row[col];
        for (x, p) in row.iter_mut().zip(&*pivot_row) {
            *x = divisor.divide(difference(*x, value, factor, *p)?);
        }
    }
    Some(())
}

/// `x` times `value` less `factor` times `p`. What fits in a word, as nearly all does, is multiplied without a look at overflow.
fn difference(x: i128, value: i128, factor: i128, p: i128) -> Option<i128> {
    let word = |v: i128| i64::try_from(v).ok();
    if let (Some(x), Some(value), Some(factor), Some(p)) = (word(x), word(value), word(factor), word(p)) {
        // Products lie between 2^63 - 2^126 and 2^126, so that their difference fits.
        return Some(i128::from(x) * i128::from(value) - i128::from(factor) * i128::from(p));
    }
    x.checked_mul(value)?.checked_sub(factor.checked_mul(p)?)
}

/// Division that leaves nothing, by the inverse of the odd part modulo 2 to the 128th: much less work than dividing.
struct Divisor {
    shift: u32,
    inverse: i128,
}

impl Divisor {
    fn new(by: i128) -> Self {
        let shift = by.trailing_zeros();
        let odd = by >> shift;
        // Newton's iteration doubles the bits that are right; an odd number is its own inverse in the last three.
        let inverse = (0..6).fold(odd, |v, _| v.wrapping_mul(2_i128.wrapping_sub(odd.wrapping_mul(v))));
        Self { shift, inverse }
    }

    fn divide(&self, value: i128) -> i128 {
        (value >> self.shift).wrapping_mul(self.inverse)
    }
}

/// An integer basis of the directions that are zero on every row.
pub(crate) fn null_space(rows: &[Vec<i128>], width: usize) -> Option<Vec<Vec<i128>>> {
    // Most rows depend on others, and elimination modulo a prime, which finds them, costs far less than exact elimination.
    let residues = rows.iter().map(|r| r.iter().map(|v| v.rem_euclid(i128::from(PRIME)) as u32).collect());
    let chosen = independent(residues.collect(), width);
    let basis = directions(chosen.iter().map(|i| rows[*i].clone()).collect(), width)?;
    let mut zero = true;
    for row in rows {
        for z in &basis {
            let sum = row.iter().zip(z).try_fold(0_i128, |s, (r, v)| s.checked_add(r.checked_mul(*v)?))?;
            zero &= sum == 0;
        }
    }
    // The prime divides a minor.
    if zero { Some(basis) } else { directions(rows.to_vec(), width) }
}

fn directions(mut rows: Vec<Vec<i128>>, width: usize) -> Option<Vec<Vec<i128>>> {
    let (pivots, value) = eliminate(&mut rows, width)?;
    let free = (0..width).filter(|c| !pivots.contains(c));
    Some(
        free.map(|c| {
            let mut z = vec![0; width];
            z[c] = value;
            for (i, p) in pivots.iter().enumerate() {
                z[*p] = -rows[i][c];
            }
            z
        })
        .collect(),
    )
}

fn rank(mut rows: Vec<Vec<i128>>, width: usize) -> Option<usize> {
    Some(eliminate(&mut rows, width)?.0.len())
}

/// Whether integer rows, modulo the prime, surely have full rank. The prime may divide a minor; then the answer is no. No more rows are
/// asked for than it takes.
pub(crate) fn has_full_rank(rows: impl IntoIterator<Item = Vec<u32>>, width: usize) -> bool {
    let mut basis = Basis::default();
    width == 0 || rows.into_iter().any(|row| basis.takes(row) && basis.0.len() == width)
}

/// Rows that are independent modulo a prime, and so in whole numbers; as many as the rank unless the prime divides a minor.
fn independent(rows: Vec<Vec<u32>>, width: usize) -> Vec<usize> {
    let mut basis = Basis::default();
    let mut chosen = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        if chosen.len() < width && basis.takes(row) {
            chosen.push(place);
        }
    }
    chosen
}

/// Independent rows, each with a one at a column of its own, before which it is zero.
#[derive(Default)]
struct Basis(Vec<(usize, Vec<u32>)>);

impl Basis {
    /// Takes a row in, where it depends on none that was taken.
    fn takes(&mut self, mut row: Vec<u32>) -> bool {
        for (col, of) in &self.0 {
            if !row[*col].is_multiple_of(PRIME) {
                let factor = PRIME - row[*col];
                for (x, y) in row[*col..].iter_mut().zip(&of[*col..]) {
                    *x = sum_of_product(*x, factor, *y);
                }
            }
        }
        let Some(col) = row.iter().position(|x| !x.is_multiple_of(PRIME)) else { return false };
        let inverse = inverse(row[col]);
        for x in &mut row[col..] {
            *x = sum_of_product(0, *x, inverse);
        }
        // Rows stand by their columns, so that what one puts into a later column is taken out by that column's own.
        let place = self.0.partition_point(|(c, _)| *c < col);
        self.0.insert(place, (col, row));
        true
    }
}

/// The inverse modulo the prime, by Fermat's little theorem.
fn inverse(of: u32) -> u32 {
    let (mut base, mut exponent, mut result) = (of, PRIME - 2, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = sum_of_product(0, result, base);
        }
        base = sum_of_product(0, base, base);
        exponent >>= 1;
    }
    result
}

/// `x + a b` modulo the prime, for numbers not above it. Two to the 31st is one, so that its multiples are added to the rest.
pub(crate) fn sum_of_product(x: u32, a: u32, b: u32) -> u32 {
    const P: u64 = PRIME as u64;
    let sum = u64::from(x) + u64::from(a) * u64::from(b);
    let once = (sum & P) + (sum >> 31);
    let twice = (once & P) + (once >> 31);
    (if twice >= P { twice - P } else { twice }) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_null_space_is_right_where_the_prime_divides_a_minor() {
        let p = i128::from(PRIME);
        // Independent rows, but not modulo the prime.
        assert_eq!(null_space(&[vec![1, 1, 0], vec![1, 1 + p, 0]], 3).unwrap(), [[0, 0, p]]);
        assert!(!has_full_rank(
            [vec![1, 1], vec![1, 1 + PRIME]].map(|r| r.iter().map(|v| v % PRIME).collect()),
            2
        ));
        let basis = null_space(&[vec![1, 1, 0], vec![2, 2, 0], vec![0, 1, 1]], 3).unwrap();
        assert_eq!(basis, [[1, -1, 1]]);
    }

    #[test]
    fn division_and_residues_are_those_of_the_operators() {
        for by in [1, -1, 2, 3, -12, 1 << 40, i128::from(i64::MAX), -3 * (1 << 70)] {
            for quotient in [0, 1, -1, 7, -(1 << 50), 123_456_789_012] {
                assert_eq!(Divisor::new(by).divide(by * quotient), quotient, "{by}");
            }
        }
        let ends = [0, 1, 2, 12_345, PRIME / 2, PRIME - 2, PRIME - 1, PRIME];
        for (x, a) in ends.into_iter().flat_map(|x| ends.map(|a| (x, a))) {
            for b in ends {
                let right = (u64::from(x) + u64::from(a) * u64::from(b)) % u64::from(PRIME);
                assert_eq!(u64::from(sum_of_product(x, a, b)), right, "{x} + {a} * {b}");
            }
        }
        let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
        assert_eq!(difference(least, least, least, most), Some(i128::MAX - most));
        assert_eq!(difference(least, most, least, least), Some(-(i128::MAX - most)));
        assert_eq!(difference(1 << 80, 1 << 50, 0, 0), None);
    }
}
