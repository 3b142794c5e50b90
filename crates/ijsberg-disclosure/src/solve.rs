//! The solver of integer programs, bounded in cells and in branches.

use microlp::{Error, Problem, Solution, SolutionStatus, SolveOptions, SolveOutcome};

/// Branches of an integer program at most: programs of tables are mostly solved before the first, and a count of branches ends at the
/// same place on every machine, which a time does not.
const MOST_BRANCHES: u64 = 2000;

/// Cells of a program at most.
pub(crate) const MOST_CELLS: usize = 5000;

/// What a solver says. Whoever wants a proof checks what it found.
pub(crate) enum Solved {
    /// The best there is, it says.
    Best(Solution),
    /// Found before the work ran out; there may be better.
    Found(Solution),
    /// There is none, it says.
    Infeasible,
    /// It gave up.
    GaveUp,
}

/// Solves a problem of so many cells, in whole numbers.
pub(crate) fn solve(problem: &Problem, cells: usize) -> Solved {
    within(problem, cells, MOST_BRANCHES)
}

fn within(problem: &Problem, cells: usize, branches: u64) -> Solved {
    if cells > MOST_CELLS {
        return Solved::GaveUp;
    }
    let mut options = SolveOptions::default();
    options.node_limit = Some(branches);
    match problem.solve_with(options) {
        Ok(SolveOutcome::Solution(found)) => match found.status() {
            SolutionStatus::Optimal => Solved::Best(found),
            SolutionStatus::Feasible => Solved::Found(found),
        },
        Err(Error::Infeasible) => Solved::Infeasible,
        Ok(SolveOutcome::Interrupted(_)) | Err(_) => Solved::GaveUp,
    }
}

#[cfg(test)]
mod tests {
    use microlp::{ComparisonOp, OptimizationDirection};

    use super::*;

    /// Twice as many of each of some numbers cannot be odd, which takes all branches to find out.
    fn odd(numbers: usize) -> Problem {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let all: Vec<_> = (0..numbers).map(|_| (problem.add_integer_var(1.0, (0, 1)), 2.0)).collect();
        problem.add_constraint(all.as_slice(), ComparisonOp::Eq, numbers as f64 - 1.0);
        problem
    }

    #[test]
    fn work_is_bounded_and_giving_up_is_no_answer() {
        // Sixteen twos make no fifteen, and to know that takes more branches than one.
        assert!(matches!(within(&odd(16), 16, 1), Solved::GaveUp));
        let mut easy = Problem::new(OptimizationDirection::Maximize);
        let x = easy.add_integer_var(1.0, (0, 7));
        assert!(matches!(solve(&easy, 1), Solved::Best(found) if found.var_value(x) == 7.0));
        assert!(matches!(solve(&easy, MOST_CELLS), Solved::Best(_)));
        assert!(matches!(solve(&easy, MOST_CELLS + 1), Solved::GaveUp));
        easy.add_constraint([(x, 1.0)], ComparisonOp::Ge, 8.0);
        assert!(matches!(solve(&easy, 1), Solved::Infeasible));
    }
}
