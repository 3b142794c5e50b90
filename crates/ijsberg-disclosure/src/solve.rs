//! The integer programming solver, with limits on cells and branches.

use microlp::{Error, Problem, Solution, SolutionStatus, SolveOptions, SolveOutcome};

/// The largest number of branches: most programs of tables are solved before the first branch, and a limit on branches stops at the same
/// point on every machine, unlike a time limit.
const MOST_BRANCHES: u64 = 2000;

/// The largest number of cells of a program.
pub(crate) const MOST_CELLS: usize = 5000;

/// The answer of the solver. A proof requires a check of the solution.
pub(crate) enum Solved {
    /// An optimal solution, according to the solver.
    Best(Solution),
    /// A solution found within the limits; it may not be optimal.
    Found(Solution),
    /// No solution exists, according to the solver.
    Infeasible,
    /// The solver reached a limit without a solution.
    GaveUp,
}

/// Solves an integer program with the given number of cells.
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

    /// A sum of even numbers cannot be odd; proving that takes all branches.
    fn odd(numbers: usize) -> Problem {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let all: Vec<_> = (0..numbers).map(|_| (problem.add_integer_var(1.0, (0, 1)), 2.0)).collect();
        problem.add_constraint(all.as_slice(), ComparisonOp::Eq, numbers as f64 - 1.0);
        problem
    }

    #[test]
    fn work_is_bounded_and_giving_up_is_no_answer() {
        // No sum of sixteen twos is fifteen; the proof takes more than one branch.
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
