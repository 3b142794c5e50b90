use super::cells::Cells;
use super::group::{Group, GroupReason, NOT_SEPARABLE_FROM};
use super::mode::{Fit, Mode, Spreads};
use super::*;
use crate::diagnostics::Verdict;
use crate::loglinear::Criterion;
use crate::simulate::small_groups::separate;
use crate::special::normal_quantile;
use crate::strata::fit::Fitter;
use crate::strata::model::{Order, StratifiedModel, Term};
use crate::strata::table::Covariate;

const RULE: SearchRule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };
const SETTINGS: ShrinkageSettings = ShrinkageSettings { rule: RULE, draws: 800, level: 0.95, seed: 7 };

/// Four lists, three years and two forms, with every history in every cell so that each has a fit of its own.
fn table() -> StratifiedTable {
    let covariates = vec![
        Covariate::from_values("year", ["2013", "2014", "2015"].into_iter()),
        Covariate::from_values("form", ["labour", "sexual"].into_iter()),
    ];
    let mut rows = Vec::new();
    for (year, form) in (0..3).flat_map(|y| (0..2).map(move |f| (y, f))) {
        for w in 1..16_u32 {
            let alone = [90, 60, 40, 120][(w.trailing_zeros() as usize + year) % 4];
            let count =
                alone / 4_u64.pow(w.count_ones() - 1) + u64::from(w % 3) + (form as u64) * u64::from(w % 5);
            rows.push((w as Mask, vec![Some(year), Some(form)], count.max(1)));
        }
    }
    StratifiedTable::new(["A", "B", "C", "D"].map(String::from).to_vec(), covariates, rows, Vec::new())
        .unwrap()
}

fn pairs(masks: &[Mask]) -> StratifiedModel {
    masks.iter().fold(StratifiedModel::default(), |m, p| m.with(Term { lists: *p, covariate: None }))
}

fn mode(cells: &Cells, spread: f64) -> Mode {
    let spreads = Spreads {
        levels: vec![spread; cells.widths.len()],
        lists: spread,
        common: 0.0,
        pairs: spread,
        others: 0.0,
    };
    Fit::new(cells, &spreads).mode(None).unwrap()
}

fn close(found: &[f64], expected: &[f64], within: f64) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!((a / b - 1.0).abs() < within, "{found:?} {expected:?}");
    }
}

#[test]
fn without_variance_it_is_one_fit_for_all() {
    let table = table();
    for chosen in [&[][..], &[3], &[3, 12]] {
        let pooled = Fitter::new(&table).fit(&pairs(chosen), None);
        let cells = Cells::new(&table, chosen, false);
        let found = mode(&cells, 0.0);
        assert!(found.converged && pooled.regular);
        close(&found.unseen(&cells), &pooled.unseen, 1e-8);
    }
}

#[test]
fn with_variance_beyond_bounds_it_is_separate_fits() {
    let table = table();
    let cells = Cells::new(&table, &[3], false);
    let expected: Vec<f64> =
        cells.all.iter().map(|c| separate(&table, &c.levels, &pairs(&[3])).unwrap()).collect();
    let pooled = Fitter::new(&table).fit(&pairs(&[3]), None).unseen;
    close(&mode(&cells, 1e3).unseen(&cells), &expected, 1e-4);
    // In between, cells lie between.
    let between = mode(&cells, 0.1).unseen(&cells);
    let nearer =
        |x: usize| (between[x] / pooled[x]).ln().abs() <= (expected[x] / pooled[x]).ln().abs() + 0.02;
    assert!((0..between.len()).all(nearer), "{between:?} {pooled:?} {expected:?}");
}

#[test]
fn parts_add_up_and_limits_are_not_below_the_seen() {
    let table = table();
    let found = small_groups(&table, &SETTINGS, &|| ()).unwrap();
    assert!(found.converged && found.accepted > LEAST_ACCEPTED, "{}", found.accepted);
    let sum = |covariate: usize| -> f64 {
        let of = |g: &&Group| g.part.len() == 1 && g.part[0].0 == covariate;
        found.groups.iter().filter(of).map(|g| g.n_hat).sum()
    };
    let all = &found.groups[0];
    assert!(all.part.is_empty() && all.shrinkage.is_none());
    assert!((sum(0) / all.n_hat - 1.0).abs() < 1e-9 && (sum(1) / all.n_hat - 1.0).abs() < 1e-9);
    for g in &found.groups {
        assert!(g.limits.0 >= g.observed && g.limits.0 <= g.n_hat && g.n_hat <= g.limits.1, "{g:?}");
        assert!(g.shrinkage.is_none_or(|s| (0.0..=1.0 + 1e-9).contains(&s)) && g.movement >= 1.0, "{g:?}");
    }
}

#[test]
fn threads_and_runs_do_not_matter() {
    let table = table();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| small_groups(&table, &SETTINGS, &|| ()).unwrap())
    };
    let (one, three) = (on(1), on(3));
    assert_eq!(one, three);
    assert_ne!(one, small_groups(&table, &ShrinkageSettings { seed: 8, ..SETTINGS }, &|| ()).unwrap());
}

#[test]
fn fewer_persons_lean_more_on_the_others() {
    let table = table();
    let half = table.with_counts(table.rows().iter().map(|r| {
        let small = r.levels == [Some(0), Some(0)];
        if small { (r.count / 12.0).floor() } else { r.count }
    }));
    let spreads = Spreads { levels: vec![0.3; 2], lists: 0.3, common: 0.2, pairs: 0.3, others: 0.0 };
    let of = |table: &StratifiedTable| {
        let cells = Cells::new(table, &[3], false);
        let mode = Fit::new(&cells, &spreads).mode(None).unwrap();
        lean::of_cells(&lean::own(&cells, &mode), &mode.unseen(&cells), &[0])
    };
    let (small, large) = (of(&half), of(&table));
    assert!(small > large + 0.1 && small < 1.0 && large > 0.0, "{small} {large}");
}

fn group() -> Group {
    Group {
        part: vec![(0, 0)],
        observed: 40.0,
        overlap: 3.0,
        n_hat: 100.0,
        limits: (80.0, 130.0),
        shrinkage: Some(0.5),
        movement: 1.1,
        converged: true,
    }
}

#[test]
fn a_group_is_judged_by_what_it_rests_on() {
    let whole = Verdict::FitToPublish;
    assert_eq!(group().judge(whole), (whole, Vec::new()));
    let borrowed = Group { shrinkage: Some(0.95), ..group() };
    assert!(!borrowed.separable() && 0.95 > NOT_SEPARABLE_FROM);
    let (verdict, why) = borrowed.judge(whole);
    assert_eq!((verdict, why), (Verdict::RangeOnly, vec![GroupReason::NotSeparable { shrinkage: 0.95 }]));
    let moved = |movement: f64| Group { movement, ..group() }.judge(whole).0;
    assert_eq!([1.2, 1.5, 2.5, f64::INFINITY].map(moved), {
        use Verdict::{FitToPublish, LowerBoundOnly, RangeOnly};
        [FitToPublish, RangeOnly, LowerBoundOnly, LowerBoundOnly]
    });
    let wide = |upper: f64| Group { limits: (80.0, upper), ..group() }.judge(whole).0;
    assert_eq!([170.0, 400.0].map(wide), [Verdict::RangeOnly, Verdict::LowerBoundOnly]);
    assert_eq!(Group { converged: false, ..group() }.judge(whole).0, Verdict::NoEstimate);
    assert_eq!(group().judge(Verdict::LowerBoundOnly).0, Verdict::LowerBoundOnly);
}

/// Draws of the effects of a cell follow their density, also where it is skew: mean unseen by quadrature against the chain. What is shared
/// rests on the large cell.
#[test]
fn persons_drawn_have_the_mean_of_the_posterior() {
    let covariate = vec![Covariate::from_values("g", ["a", "b"].into_iter())];
    let rows = [(1, 300), (2, 200), (3, 40), (1, 9), (2, 7), (3, 1)];
    let rows = rows.iter().enumerate().map(|(i, (w, c))| (*w as Mask, vec![Some(i / 3)], *c as u64));
    let table = StratifiedTable::new(vec!["A".into(), "B".into()], covariate, rows, Vec::new()).unwrap();
    let cells = Cells::new(&table, &[], false);
    let spreads = Spreads { levels: Vec::new(), lists: 0.5, common: 0.0, pairs: 0.0, others: 0.0 };
    let mode = Fit::new(&cells, &spreads).mode(None).unwrap();
    let drawn = draws::draw(
        (&cells, &mode),
        std::slice::from_ref(&spreads),
        20_000,
        (&[vec![0], vec![1]], 2),
        3,
        &|| (),
    );
    let mean = drawn.unseen.iter().map(|d| d[1]).sum::<f64>() / drawn.unseen.len() as f64;
    // Over a grid of shared and own effects: shared flat, own normal.
    let normal = |z: f64| (-0.5 * z * z).exp();
    let grid: Vec<f64> = (0..41).map(|i| -4.0 + 0.2 * f64::from(i)).collect();
    let (mut sum, mut weight) = (0.0, 0.0);
    let mut work = Vec::new();
    let fit = mode.fit(&cells);
    let top: Vec<f64> = (0..2)
        .map(|x| {
            let gamma = fit.terms(&mode.shared, &mode.own[x]);
            cells.value(&cells.all[x], &gamma, &mut work).0
        })
        .collect();
    let inner = |cell: usize, mu: [f64; 2], work: &mut Vec<f64>| {
        let (mut mass, mut unseen) = (0.0, 0.0);
        for (a, b) in grid.iter().flat_map(|a| grid.iter().map(move |b| (*a, *b))) {
            let gamma = [mu[0] + 0.5 * a, mu[1] + 0.5 * b];
            let (value, seen) = cells.value(&cells.all[cell], &gamma, work);
            let p = (value - top[cell]).exp() * normal(a) * normal(b);
            mass += p;
            unseen += p * cells.all[cell].n / seen;
        }
        (mass, unseen)
    };
    let around: Vec<f64> = (0..31).map(|i| -3.0 + 0.2 * f64::from(i)).collect();
    for (x, y) in around.iter().flat_map(|x| around.iter().map(move |y| (*x, *y))) {
        let mu = [mode.shared[0] + x, mode.shared[1] + y];
        let ((first, _), (second, unseen)) = (inner(0, mu, &mut work), inner(1, mu, &mut work));
        weight += first * second;
        sum += first * unseen;
    }
    let exact = sum / weight;
    assert!((mean / exact - 1.0).abs() < 0.05, "{mean} {exact}");
}

/// Cells of 150 persons that all lists reach alike, some better than others. With few persons on both lists each cell is skew, and the sum of
/// many modes lies below nearly all draws of the sum.
#[test]
fn everybody_lies_among_the_draws_where_many_cells_are_skew() {
    let (many, size, odds) = (120_usize, 150.0_f64, [0.2_f64, 0.15]);
    let names: Vec<String> = (0..many).map(|i| i.to_string()).collect();
    let covariate = Covariate::from_values("g", names.iter().map(String::as_str));
    let rows = (0..many).flat_map(|i| {
        let reached = (0.6 * normal_quantile((i as f64 + 0.5) / many as f64)).exp();
        let [a, b] = odds.map(|o| o * reached);
        let off = size / ((1.0 + a) * (1.0 + b));
        [(1, a), (2, b), (3, a * b)].map(|(w, on)| (w, vec![Some(i)], (on * off).round() as u64))
    });
    let table =
        StratifiedTable::new(vec!["A".into(), "B".into()], vec![covariate], rows, Vec::new()).unwrap();
    let cells = Cells::new(&table, &[], false);
    let spreads = Spreads { levels: Vec::new(), lists: 0.0, common: 0.6, pairs: 0.0, others: 0.0 };
    let mode = Fit::new(&cells, &spreads).mode(None).unwrap();
    let listed = listed(&table, &cells);
    let mut parts_of = vec![Vec::new(); cells.all.len()];
    for (i, (_, members)) in listed.iter().enumerate() {
        members.iter().for_each(|x| parts_of[*x].push(i));
    }
    let of = (parts_of.as_slice(), listed.len());
    let drawn = draws::draw((&cells, &mode), std::slice::from_ref(&spreads), 2000, of, 5, &|| ());
    let found = groups((&cells, &mode), &table, listed, &drawn, true, 0.95);
    let all = &found[0];
    let mean = all.observed + drawn.unseen.iter().map(|d| d[0]).sum::<f64>() / drawn.unseen.len() as f64;
    let modes = all.observed + mode.unseen(&cells).iter().sum::<f64>();
    let truth = size * many as f64;
    assert!(all.part.is_empty() && modes < mean, "{modes} {mean}");
    assert!((all.n_hat - mean).abs() < 0.5 * (modes - mean).abs(), "{} {modes} {mean}", all.n_hat);
    assert!((all.n_hat / truth - 1.0).abs() < 0.1, "{} {modes} {truth}", all.n_hat);
    // Strictly: among the draws, and no limit that was put where the estimate is.
    assert!(all.limits.0 < all.n_hat && all.n_hat < all.limits.1, "{all:?}");
    for g in &found {
        assert!(g.observed <= g.limits.0 && g.limits.0 <= g.n_hat && g.n_hat <= g.limits.1, "{g:?}");
    }
}
