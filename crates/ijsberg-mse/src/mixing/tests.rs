use proptest::prelude::*;
use rand::RngExt;

use super::ascent::{Derivatives, Objective};
use super::*;
use crate::chance::stream;
use crate::closed;
use crate::histories::Mask;
use crate::loglinear::Engine;
use crate::simulate::designs::{Design, published};

fn design(id: &str) -> Design {
    published().into_iter().find(|d| d.id == id).unwrap()
}

fn drawn(id: &str, draw: u64) -> Histories {
    design(id).draw(&mut stream(3, draw)).unwrap().histories
}

fn grid(h: &Histories) -> Vec<f64> {
    (0..50).map(|i| h.n() as f64 * (0.02 * (0.16 * f64::from(i)).exp())).collect()
}

const MT: Family = Family::Column { by_list: true, heterogeneity: Heterogeneity::None };

fn families(t: usize) -> Vec<Family> {
    let mut all = vec![
        Family::LogLinear(Model::independence(t)),
        Family::LogLinear(Model::from_generators(t, &[3])),
        Family::LogLinearWith(Model::from_generators(t, &[3]), Heterogeneity::Darroch),
        Family::LogLinearWith(Model::independence(t), Heterogeneity::Gamma),
        Family::TwoPoint,
        Family::LatentClasses { classes: 2, seed: 1 },
        Family::LatentClasses { classes: 3, seed: 1 },
    ];
    for by_list in [false, true] {
        all.push(Family::Normal { by_list });
        for heterogeneity in
            [Heterogeneity::None, Heterogeneity::Poisson, Heterogeneity::Darroch, Heterogeneity::Gamma]
        {
            all.push(Family::Column { by_list, heterogeneity });
        }
    }
    all
}

#[test]
fn independence_is_the_same_whichever_way() {
    let h = drawn("independent", 0);
    let grid = grid(&h);
    let loglinear = curve(&h, &Family::LogLinear(Model::independence(4)), &grid).unwrap();
    let closed = curve(&h, &MT, &grid).unwrap();
    assert_eq!(loglinear.parameters, closed.parameters);
    for (a, b) in loglinear.log_likelihood.iter().zip(&closed.log_likelihood) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
    assert!((loglinear.unseen / closed.unseen - 1.0).abs() < 1e-4);
    for (a, b) in loglinear.cells().iter().zip(closed.cells()) {
        assert!((a / b - 1.0).abs() < 1e-4, "{a} {b}");
    }
    // Off the grid it is what the profile of a log-linear model works with.
    let engine = Engine::new(&h);
    let (lower, upper) = engine.profile(&Model::independence(4), 0.95);
    let own = profile(&h, &MT, 0.95).unwrap();
    let n = h.n() as f64;
    assert!((n + own.lower - lower).abs() < 0.01 && (n + own.upper - upper).abs() < 0.01);
    let fit = engine.fit(&Model::independence(4));
    assert!((own.unseen / fit.dark_figure - 1.0).abs() < 1e-4);
    assert!((own.deviance - fit.deviance).abs() < 1e-6);
    assert!(closed.unseen < fit.dark_figure && closed.unseen > 0.97 * fit.dark_figure);
}

/// A log-linear model with a column and no interactions is the family in list sizes and numbers on `k` lists.
#[test]
fn a_column_is_the_same_with_cells_and_without() {
    let h = drawn("beta6", 2);
    let grid = grid(&h);
    for heterogeneity in [Heterogeneity::Poisson, Heterogeneity::Darroch, Heterogeneity::Gamma] {
        let dense = Family::LogLinearWith(Model::independence(6), heterogeneity);
        let (a, b) = (
            curve(&h, &dense, &grid).unwrap(),
            curve(&h, &Family::Column { by_list: true, heterogeneity }, &grid).unwrap(),
        );
        assert_eq!(a.parameters, b.parameters);
        for (x, y) in a.log_likelihood.iter().zip(&b.log_likelihood) {
            assert!((x - y).abs() < 1e-6, "{x} {y}");
        }
        let poisson = closed::fit(&h, true, heterogeneity);
        let own = profile(&h, &Family::Column { by_list: true, heterogeneity }, 0.95).unwrap();
        let (_, lower, upper) = poisson.profile(&h, 0.95);
        let n = h.n() as f64;
        assert!(((n + own.unseen) / poisson.n_hat - 1.0).abs() < 1e-5);
        assert!((own.deviance - poisson.deviance).abs() < 1e-6);
        assert!(((n + own.lower) / lower - 1.0).abs() < 1e-4 && ((n + own.upper) / upper - 1.0).abs() < 1e-4);
    }
}

/// More than independence can only fit better, and where the numbers on `k` lists vary less than by chance it does not.
#[test]
fn families_nest() {
    for (id, draw) in [("independent", 0), ("independent", 3), ("normal4", 1), ("sim1", 0), ("beta6", 0)] {
        let h = drawn(id, draw);
        let grid = grid(&h);
        let all = |family: Family| curve(&h, &family, &grid).map(|c| c.log_likelihood);
        let mt = all(MT).unwrap();
        let two = all(Family::LatentClasses { classes: 2, seed: 1 }).unwrap();
        let normal = all(Family::Normal { by_list: true }).unwrap();
        for i in 0..grid.len() {
            assert!(two[i] > mt[i] - 0.01 && normal[i] > mt[i] - 1e-6, "{id} {i}");
        }
        if let Ok(three) = all(Family::LatentClasses { classes: 3, seed: 1 }) {
            for i in 0..grid.len() {
                assert!(three[i] > two[i] - 0.01, "{id} {i} {} {}", three[i], two[i]);
            }
        }
        // Few unseen persons make the seen ones look alike: no spread, and the same curve.
        if id == "independent" {
            assert!((normal[0] - mt[0]).abs() < 1e-6, "{} {}", normal[0], mt[0]);
        }
    }
}

#[test]
fn what_the_data_cannot_tell_is_refused() {
    let h = drawn("independent", 0);
    let grid = grid(&h);
    let refused = |family: Family| curve(&h, &family, &grid).map(|c| c.unseen).unwrap_err();
    // With all pairs the square of the number of lists is in the model already; with one term left out a column is that term.
    let pairs = Model::all_pairs(4);
    assert_eq!(
        refused(Family::LogLinearWith(pairs.clone(), Heterogeneity::Darroch)),
        Outcome::NotIdentifiable
    );
    assert!(curve(&h, &Family::LogLinearWith(pairs, Heterogeneity::Gamma), &grid).is_ok());
    let nearly = Model::from_generators(4, &[7, 11, 13, 14]);
    assert_eq!(refused(Family::LogLinearWith(nearly, Heterogeneity::Gamma)), Outcome::NotIdentifiable);
    assert_eq!(refused(Family::LatentClasses { classes: 3, seed: 1 }), Outcome::NotApplicable);
    assert_eq!(
        refused(Family::Column { by_list: true, heterogeneity: Heterogeneity::Chao }),
        Outcome::NotApplicable
    );
    assert_eq!(curve(&h, &MT, &[]).map(|c| c.unseen), Err(Outcome::NotApplicable));
    assert_eq!(curve(&h, &MT, &[f64::NAN]).map(|c| c.unseen), Err(Outcome::NotApplicable));
}

/// Sixteen lists: nothing but the log-linear models may grow with the 65,536 histories.
#[test]
fn sixteen_lists_take_no_longer_than_they_must() {
    let mut rng = stream(9, 0);
    let cells: Vec<(Mask, u64)> = (0..3000)
        .map(|_| {
            let often = rng.random_bool(0.3);
            let chance = |j: u32| if often { 0.35 } else { 0.03 + 0.004 * f64::from(j) };
            ((0..16).fold(0, |w, j| w | Mask::from(rng.random_bool(chance(j))) << j), 1)
        })
        .filter(|c| c.0 != 0)
        .collect();
    let h = Histories::new((0..16).map(|j| format!("L{j}")).collect(), cells).unwrap();
    let grid = grid(&h);
    let all = [
        Family::Normal { by_list: true },
        Family::Column { by_list: true, heterogeneity: Heterogeneity::Darroch },
        Family::Column { by_list: true, heterogeneity: Heterogeneity::Poisson },
        Family::LatentClasses { classes: 2, seed: 1 },
        Family::LogLinear(Model::independence(16)),
    ];
    for family in all {
        let c = curve(&h, &family, &grid).unwrap();
        if matches!(family, Family::LatentClasses { .. }) {
            let found = (h.n() as f64 + c.unseen) / 3000.0;
            assert!((0.95..1.05).contains(&found), "{found}");
        }
    }
}

/// The share of tables whose interval holds the truth.
fn covered(id: &str, tables: u64, interval: impl Fn(&Histories) -> (f64, f64)) -> f64 {
    let design = design(id);
    let truth = design.truth() as f64;
    let holds = |draw: u64| {
        let h = design.draw(&mut stream(18, draw)).unwrap().histories;
        let (lower, upper) = interval(&h);
        (h.n() as f64 + lower..=h.n() as f64 + upper).contains(&truth)
    };
    (0..tables).filter(|draw| holds(*draw)).count() as f64 / tables as f64
}

fn own(h: &Histories, family: &Family) -> (f64, f64) {
    trace(h, family, &grid(h), Sampling::Multinomial).unwrap().reach(0.5 * 1.96 * 1.96)
}

/// What the likelihoods of several families, each less its penalty, say together on a grid of logarithms.
fn together(h: &Histories, families: &[Family]) -> (f64, f64) {
    let grid: Vec<f64> = (0..250).map(|i| h.n() as f64 * (0.05 * (0.024 * f64::from(i)).exp())).collect();
    let curves: Vec<Curve> = families.iter().map(|f| curve(h, f, &grid).unwrap()).collect();
    let penalty = |c: &Curve| 0.5 * c.parameters as f64 * (h.n() as f64).ln();
    let top = curves.iter().map(|c| c.peak - penalty(c)).fold(f64::NEG_INFINITY, f64::max);
    let weight =
        |i: usize| curves.iter().map(|c| (c.log_likelihood[i] - penalty(c) - top).exp()).sum::<f64>();
    let weights: Vec<f64> = (0..grid.len()).map(weight).collect();
    let total: f64 = weights.iter().sum();
    let mut below = 0.0;
    let (mut lower, mut upper) = (grid[0], f64::INFINITY);
    for (u, w) in grid.iter().zip(&weights) {
        if below < 0.025 * total {
            lower = *u;
        }
        below += w;
        if upper.is_infinite() && below > 0.975 * total {
            upper = *u;
        }
    }
    (lower, upper)
}

/// The shares that the book gives. Two standard errors of a share of .95 in 100 are .044.
#[test]
fn normal_mixing_covers_normal_heterogeneity_and_none() {
    let published = [
        ("normal2", 0.95, 0.02),
        ("normal4", 0.94, 0.0),
        ("normal2-six", 0.98, 0.0),
        ("normal4-six", 0.95, 0.0),
        ("independent", 0.98, 0.95),
    ];
    for (id, normal, independence) in published {
        let share = covered(id, 100, |h| own(h, &Family::Normal { by_list: true }));
        let without = covered(id, 100, |h| own(h, &MT));
        assert!(share >= 0.9 && (share - normal).abs() < 0.015, "{id} {share}");
        assert!((without - independence).abs() < 0.015, "{id} {without}");
    }
}

/// With beta heterogeneity the truth lies between what normal mixing and the gamma column say, of which the data say little:
/// one of them alone is too sure.
#[test]
fn families_together_cover_beta_heterogeneity() {
    let column = |heterogeneity| Family::Column { by_list: true, heterogeneity };
    let all = [
        Family::Normal { by_list: true },
        column(Heterogeneity::Darroch),
        column(Heterogeneity::Gamma),
        column(Heterogeneity::Poisson),
        MT,
    ];
    for (id, published) in [("beta4", [0.90, 0.98]), ("beta4-wide", [0.68, 0.94]), ("beta6", [0.77, 0.98])] {
        let alone = covered(id, 200, |h| own(h, &all[0]));
        let share = covered(id, 200, |h| together(h, &all));
        let without = covered(id, 200, |h| own(h, &MT));
        assert!(share >= 0.9 && share > alone, "{id} {share} {alone}");
        for (found, given) in [alone, share].into_iter().zip(published) {
            assert!((found - given).abs() < 0.015, "{id} {found}");
        }
        assert!(without < 0.015, "{id} {without}");
    }
}

#[test]
fn two_classes_cover_two_classes() {
    for (id, published) in [("sim1", 0.98), ("sim2", 0.93), ("sim3", 0.94), ("agsw3", 0.95)] {
        let share = covered(id, 100, |h| own(h, &Family::LatentClasses { classes: 2, seed: 1 }));
        assert!(share >= 0.9 && (share - published).abs() < 0.015, "{id} {share}");
    }
}

/// Persons of two kinds in exact proportions: the likelihood is highest at the truth, where independence says too few.
#[test]
fn two_kinds_of_persons_are_found_where_there_are_two() {
    let odds = |p: f64, by: f64| 1.0 / (1.0 + (1.0 / p - 1.0) * f64::exp(-by));
    let lists = [0.10, 0.15, 0.20, 0.12, 0.18];
    let persons = |w: u32, by: f64| -> f64 {
        let on = |(j, p): (usize, &f64)| if w >> j & 1 == 1 { odds(*p, by) } else { 1.0 - odds(*p, by) };
        lists.iter().enumerate().map(on).product()
    };
    let cells = (1..32_u32)
        .map(|w| (w, (100_000.0 * (0.7 * persons(w, 0.0) + 0.3 * persons(w, 2.0))).round() as u64));
    let h = Histories::new((0..5).map(|j| format!("L{j}")).collect(), cells).unwrap();
    let found = curve(&h, &Family::TwoPoint, &grid(&h)).unwrap();
    let total = h.n() as f64 + found.unseen;
    assert!((total / 100_000.0 - 1.0).abs() < 0.01, "{total}");
    let without = curve(&h, &MT, &grid(&h)).unwrap();
    assert!(h.n() as f64 + without.unseen < 90_000.0);
    assert_eq!(found.parameters, without.parameters + 2);
}

/// Fewer persons on two lists than by chance, and nobody on three: no column of persons who differ makes that.
#[test]
fn persons_who_differ_never_keep_off_further_lists() {
    let cells = [(1, 19), (2, 198), (3, 8), (4, 13), (5, 2), (6, 7)];
    let h = Histories::new((0..3).map(|j| format!("L{j}")).collect(), cells).unwrap();
    let plain = curve(&h, &MT, &grid(&h)).unwrap();
    for heterogeneity in [Heterogeneity::Darroch, Heterogeneity::Gamma, Heterogeneity::Poisson] {
        let with = curve(&h, &Family::Column { by_list: true, heterogeneity }, &grid(&h)).unwrap();
        assert!((with.peak - plain.peak).abs() < 1e-9 && (with.unseen - plain.unseen).abs() < 1e-6);
        for (x, y) in with.log_likelihood.iter().zip(&plain.log_likelihood) {
            assert!(*x > y - 1e-6, "{heterogeneity:?} {x} {y}");
        }
    }
}

/// A pair that depends on one another beside persons who differ: the pair is found, and hardly anything else.
#[test]
fn a_pair_is_found_beside_a_column() {
    let lists = [0.15, 0.2, 0.1, 0.25, 0.12_f64];
    let cells = (1..32_u32).map(|w| {
        let k = f64::from(w.count_ones());
        let on = lists.iter().enumerate().filter(|(j, _)| w >> j & 1 == 1);
        let odds: f64 = on.map(|(_, p)| p / (1.0 - p)).product();
        let pair = if w & 6 == 6 { 3.0 } else { 1.0 };
        (w, (20_000.0 * odds * pair * (0.15 * k * k).exp()).round() as u64)
    });
    let h = Histories::new((0..5).map(|j| format!("L{j}")).collect(), cells).unwrap();
    let found = forward(&h, Heterogeneity::Darroch, &grid(&h));
    assert_eq!(found, [Model::from_generators(5, &[6])]);
    assert!(forward(&h, Heterogeneity::Gamma, &grid(&h))[0].contains(6));
}

#[test]
fn derivatives_of_classes_are_those_of_their_likelihood() {
    let cells: Vec<(Mask, f64)> = (1..16).map(|w| (w, f64::from(40 / (w % 5 + 1)))).collect();
    let mut classes = Classes::new(4, cells, 3, 1);
    let theta: Vec<f64> = (0..14_i32).map(|i| f64::from(i * i * 7 % 11) * 0.3 - 1.5).collect();
    let (mut here, mut there) = (Derivatives::default(), Derivatives::default());
    classes.derivatives(90.0, &theta, &mut here);
    for i in 0..14 {
        let mut at = |step: f64| {
            let mut moved = theta.clone();
            moved[i] += step;
            (classes.derivatives(90.0, &moved, &mut there), there.gradient.clone())
        };
        let (up, down) = (at(1e-5), at(-1e-5));
        assert!(((up.0 - down.0) / 2e-5 - here.gradient[i]).abs() < 1e-4, "{i}");
        for j in 0..14 {
            let second = (up.1[j] - down.1[j]) / 2e-5;
            assert!((second + here.observed[i * 14 + j]).abs() < 1e-4, "{i} {j} {second}");
        }
    }
}

fn tables() -> impl Strategy<Value = Histories> {
    prop::collection::vec(prop_oneof![2 => Just(0_u64), 3 => 1_u64..60], 31).prop_filter_map(
        "an empty list",
        |counts| {
            let names = (0..5).map(|i| format!("L{i}")).collect();
            Histories::new(names, (1..32).zip(counts)).ok()
        },
    )
}

fn permuted(h: &Histories, order: &[usize]) -> Histories {
    let move_bits = |m: Mask| order.iter().enumerate().fold(0, |acc, (to, from)| acc | (m >> from & 1) << to);
    let names = order.iter().map(|j| h.lists()[*j].clone()).collect();
    Histories::new(names, h.cells().iter().map(|(m, c)| (move_bits(*m), *c))).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_lists_does_not_matter(h in tables()) {
        let other = permuted(&h, &[3, 0, 4, 1, 2]);
        let grid = grid(&h);
        let pair = (Family::LogLinear(Model::from_generators(5, &[3])), Family::LogLinear(Model::from_generators(5, &[10])));
        // Classes have many tops, and which of them a climb finds may depend on the order.
        let same = families(5).into_iter().filter(|f| !matches!(
            f,
            Family::LogLinear(_) | Family::LogLinearWith(..) | Family::LatentClasses { .. } | Family::TwoPoint
        ));
        for (a, b) in same.map(|f| (f.clone(), f)).chain([pair]) {
            let (x, y) = (curve(&h, &a, &grid), curve(&other, &b, &grid));
            // One person on all lists: there is no number, in any order.
            prop_assert_eq!(x.is_err(), y.is_err(), "{:?}", a);
            let (Ok(x), Ok(y)) = (x, y) else { continue };
            prop_assert!((x.peak - y.peak).abs() < 1e-5 * x.peak.abs().max(1.0), "{a:?} {} {}", x.peak, y.peak);
            for (x, y) in x.log_likelihood.iter().zip(&y.log_likelihood) {
                prop_assert!((x - y).abs() < 1e-5 * x.abs().max(1.0), "{a:?} {x} {y}");
            }
        }
    }

    #[test]
    fn curves_are_numbers_and_peaks_are_on_top(h in tables()) {
        let mut grid = grid(&h);
        grid.insert(0, 0.0);
        grid.push(1e6 * h.n() as f64);
        for family in families(5) {
            let Ok(c) = curve(&h, &family, &grid) else { continue };
            prop_assert!(c.log_likelihood.iter().all(|l| l.is_finite()), "{family:?} {:?}", c.log_likelihood);
            prop_assert!(c.log_likelihood.iter().all(|l| *l <= c.peak), "{family:?}");
            prop_assert!(c.unseen.is_finite() && c.unseen >= 0.0);
            let cells = c.cells();
            let sum: f64 = cells.iter().sum();
            let total = h.n() as f64 + c.unseen;
            prop_assert!((sum / total - 1.0).abs() < 1e-6, "{family:?} {sum} {total}");
            prop_assert!(cells.iter().all(|m| *m >= 0.0));
        }
    }
}
