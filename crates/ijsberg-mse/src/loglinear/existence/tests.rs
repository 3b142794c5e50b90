//! Faces against linear programmes in floating point, and against the limit of tables without zeros.

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome, Variable};
use proptest::prelude::*;

use super::*;
use crate::model::Model;

/// Above this an optimum is positive. Those of these programmes are rational with small denominators; the solver's own are off by up to
/// some 2e-7 where a basis is degenerate.
const POSITIVE: f64 = 1e-4;

fn existence(t: usize, support: &[Mask], terms: &[Mask]) -> Existence {
    face(t, support, terms).existence
}

fn optimum(problem: &Problem) -> f64 {
    match problem.solve().unwrap() {
        SolveOutcome::Solution(solution) => solution.objective(),
        SolveOutcome::Interrupted(_) => unreachable!("no limit was set"),
    }
}

/// Cells that no term which nobody has takes away.
fn alive(t: usize, support: &[Mask], terms: &[Mask]) -> Vec<Mask> {
    let minimal = split(support, terms).1;
    (1..1 << t as Mask).filter(|w| minimal.iter().all(|a| w & a != *a)).collect()
}

/// The tables with the sufficient statistics of one that has a person in each occupied cell.
fn tables(problem: &mut Problem, x: &[Variable], alive: &[Mask], support: &[Mask], terms: &[Mask]) {
    for a in split(support, terms).0 {
        let n = support.iter().filter(|w| *w & a == a).count();
        let row: Vec<_> = alive.iter().zip(x).filter(|(w, _)| **w & a == a).map(|(_, v)| (*v, 1.0)).collect();
        problem.add_constraint(row, ComparisonOp::Eq, n as f64);
    }
}

/// The programme as published: maximise s with A'x = A'n, x >= s, s >= 0.
fn published(t: usize, support: &[Mask], terms: &[Mask]) -> bool {
    let alive = alive(t, support, terms);
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let s = problem.add_var(1.0, (0.0, f64::INFINITY));
    let x: Vec<_> = alive.iter().map(|_| problem.add_var(0.0, (0.0, f64::INFINITY))).collect();
    for v in &x {
        problem.add_constraint([(*v, 1.0), (s, -1.0)], ComparisonOp::Ge, 0.0);
    }
    tables(&mut problem, &x, &alive, support, terms);
    optimum(&problem) > POSITIVE
}

/// The most that a cell can hold in a table with the same sufficient statistics.
fn most(t: usize, support: &[Mask], terms: &[Mask], cell: Mask) -> f64 {
    let alive = alive(t, support, terms);
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let x: Vec<_> =
        alive.iter().map(|w| problem.add_var(f64::from(*w == cell), (0.0, f64::INFINITY))).collect();
    tables(&mut problem, &x, &alive, support, terms);
    optimum(&problem)
}

/// How far the intercept moves up or down along bounded directions that are zero on `zero` and nowhere positive on `off`.
fn farthest(t: usize, finite: &[Mask], zero: &[Mask], off: &[Mask], up: bool) -> f64 {
    let aim = if up { OptimizationDirection::Maximize } else { OptimizationDirection::Minimize };
    let mut problem = Problem::new(aim);
    let bound = f64::from(1 << t);
    let z: Vec<_> = finite.iter().map(|a| problem.add_var(f64::from(*a == 0), (-bound, bound))).collect();
    let row = |w: Mask| -> Vec<_> {
        finite.iter().zip(&z).filter(|(a, _)| w & **a == **a).map(|(_, v)| (*v, 1.0)).collect()
    };
    zero.iter().for_each(|w| problem.add_constraint(row(*w), ComparisonOp::Eq, 0.0));
    off.iter().for_each(|w| problem.add_constraint(row(*w), ComparisonOp::Le, 0.0));
    optimum(&problem)
}

/// Occupied cells of a sparse table of four lists: any, or with the second list inside the first, or the same as it.
fn supports(designs: std::ops::Range<u32>) -> impl Strategy<Value = Vec<Mask>> {
    (prop::collection::btree_set(1_u32..16, 4..13), designs).prop_map(|(cells, design)| {
        let nested = |w: &Mask| match design {
            0 => true,
            1 => w & 3 != 2,
            _ => matches!(w & 3, 0 | 3),
        };
        cells.into_iter().filter(nested).collect()
    })
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

#[test]
fn a_list_inside_another_one_takes_its_own_cells_off_the_face() {
    // Lists A = 1, B = 2 and C = 4; nobody is on B without A.
    let of = |support: &[Mask], pairs: &[Mask]| face(3, support, Model::from_generators(3, pairs).terms());
    let found = of(&[1, 3, 4, 5, 7], &[3]);
    // On it, those on B are those on A and B.
    assert_eq!((found.existence, found.rank), (Existence::Exists, 4));
    assert_eq!(found.outside, [2, 6]);
    // The unseen are as those on C alone: all who are on neither A nor C.
    assert_eq!(of(&[1, 3, 4, 5, 7], &[3, 6]).existence, Existence::Exists);
    // Where A may lean on C, only persons on neither could say so.
    assert_eq!(of(&[1, 3, 4, 5, 7], &[3, 5]).existence, Existence::NotIdentifiable);
    // Given C, nobody missed by A is on B: the model says that A misses nobody.
    assert_eq!(of(&[1, 3, 4, 5, 7], &[5, 6]).existence, Existence::Infinite);
    let same = of(&[3, 4, 7], &[3]);
    assert_eq!((same.existence, same.rank), (Existence::Exists, 3));
    assert_eq!(same.outside, [1, 2, 5, 6]);
    // Everybody is on A.
    assert_ne!(of(&[1, 3, 7], &[3]).existence, Existence::Exists);
}

#[test]
fn cells_that_the_sufficient_statistics_rule_out_are_off_the_face() {
    // Lists A = 1, B = 2, C = 4 and D = 8; the model has A with C, B with C and A with D. The one person without C is on B, the one
    // without A on C, and the one on D on A. On this table a solver in floating point is not exact.
    let found = face(4, &[4, 5, 7, 11], Model::from_generators(4, &[9, 6, 5]).terms());
    assert_eq!(found.outside, [1, 2, 8, 9, 10, 12, 14]);
}

#[test]
fn parameters_without_a_value_say_where_they_went() {
    let model = Model::from_generators(3, &[3]);
    let limits = without_value(3, &[3, 4, 7], model.terms()).unwrap();
    let of = |a: Mask| limits[model.terms().iter().position(|b| *b == a).unwrap()];
    assert_eq!((of(0), of(4)), (None, None));
    assert_eq!(
        (of(1), of(2), of(3)),
        (Some(f64::NEG_INFINITY), Some(f64::NEG_INFINITY), Some(f64::INFINITY))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 10_000, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_larger_model_has_no_estimate_where_a_smaller_one_has_none(
        support in supports(0..3),
        generators in prop::collection::vec(1_u32..15, 0..5),
        more in prop::collection::vec(1_u32..15, 1..4),
    ) {
        let smaller = Model::from_generators(4, &generators);
        let larger = Model::from_generators(4, &[generators, more].concat());
        if existence(4, &support, smaller.terms()) != Existence::Exists {
            prop_assert_ne!(existence(4, &support, larger.terms()), Existence::Exists);
        }
    }

    #[test]
    fn agrees_with_linear_programmes(
        support in supports(0..3),
        generators in prop::collection::vec(1_u32..15, 0..6),
    ) {
        let model = Model::from_generators(4, &generators);
        let finite = split(&support, model.terms()).0;
        prop_assume!(!support.is_empty() && model.parameters() < 16);
        let found = face(4, &support, model.terms());
        prop_assert_eq!(found.outside.is_empty(), published(4, &support, model.terms()));
        let alive = alive(4, &support, model.terms());
        let inside: Vec<Mask> =
            alive.iter().copied().filter(|w| most(4, &support, model.terms(), *w) > POSITIVE).collect();
        let expected: Vec<Mask> = alive.iter().copied().filter(|w| !inside.contains(w)).collect();
        prop_assert_eq!(&found.outside, &expected);
        let moves = |off: &[Mask]| {
            let far = |up| farthest(4, &finite, &inside, off, up).abs() > POSITIVE;
            (far(true), far(false))
        };
        // Along the face, and off it.
        let expected_verdict = match (moves(&[]), moves(&found.outside)) {
            ((false, false), _) => Existence::Exists,
            (_, (true, true)) => Existence::NotIdentifiable,
            _ => Existence::Infinite,
        };
        prop_assert_eq!(found.existence, expected_verdict);
    }

    #[test]
    fn the_estimate_is_the_limit_of_those_of_tables_without_zeros(
        support in supports(1..3),
        counts in prop::collection::vec(2_u32..60, 15),
        generators in prop::collection::vec(1_u32..15, 0..3),
    ) {
        let model = Model::from_generators(4, &[generators, vec![3]].concat());
        let found = face(4, &support, model.terms());
        prop_assume!(found.existence == Existence::Exists && !found.outside.is_empty());
        let cells = alive(4, &support, model.terms());
        let dark = |added: f64| {
            let mut dense = vec![0.0; 16];
            cells.iter().for_each(|w| dense[*w as usize] = added);
            support.iter().for_each(|w| dense[*w as usize] = f64::from(counts[*w as usize - 1]));
            let counts = Counts::new(dense);
            if added > 0.0 {
                Newton::default().fit(&counts, model.terms(), None).dark_figure()
            } else {
                Newton::default().fit_on(&counts, model.terms(), &found.outside).dark_figure()
            }
        };
        let (exact, near, far) = (dark(0.0), dark(1e-6), dark(1e-3));
        prop_assert!((near / exact - 1.0).abs() < 1e-2, "{exact} {near} {far}");
        prop_assert!((near / exact - 1.0).abs() <= (far / exact - 1.0).abs() + 1e-4, "{exact} {near} {far}");
    }
}

/// The way round most of the matrix says what elimination of the whole of it says.
#[test]
fn terms_with_an_occupied_cell_need_no_elimination() {
    let mut seed = 7_u64;
    let mut next = |n: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % n
    };
    let (mut full, mut tried) = (0, 0);
    for t in 2..=6_usize {
        for _ in 0..400 {
            let cells = 1 + next((1 << t) - 1);
            let mut support: Vec<Mask> = (0..cells).map(|_| 1 + next((1 << t) - 1) as Mask).collect();
            support.sort_unstable();
            support.dedup();
            let more = next(1 << t);
            let mut terms: Vec<Mask> = (0..more).map(|_| next(1 << t) as Mask).chain([0]).collect();
            terms.sort_unstable();
            terms.dedup();
            let rows: Vec<Vec<i128>> =
                support.iter().map(|w| terms.iter().map(|a| i128::from(w & a == *a)).collect()).collect();
            let whole = crate::facial::null_space(&rows, terms.len()).unwrap().is_empty();
            assert_eq!(rank::determines_all(&support, &terms), whole, "{support:?} {terms:?}");
            full += usize::from(whole);
            tried += 1;
        }
    }
    assert!(full > tried / 10 && full < tried, "{full} of {tried}");
}
