//! Lists inside other lists, and lists that are the same: the odds ratio is infinite, the number of unseen is not.

use ijsberg_mse::fit_test::{self, goodness_of_fit, goodness_of_fit_stratified};
use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::existence::Existence;
use ijsberg_mse::loglinear::selection::{AVERAGING_WINDOW, Reselect, Selection};
use ijsberg_mse::loglinear::{Criterion, Engine, MultiverseModel};
use ijsberg_mse::model::Model;
use ijsberg_mse::resample::{Scheme, acceleration, bca, bootstrap, jackknife};
use ijsberg_mse::strata::breakdown::{BreakdownSettings, breakdown};
use ijsberg_mse::strata::fit::Fitter;
use ijsberg_mse::strata::model::{Order, StratifiedModel, Term};
use ijsberg_mse::strata::search::{SearchRule, search};
use ijsberg_mse::strata::table::{Covariate, Scale, StratifiedTable};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::tables::{case, close};

#[test]
fn identical_lists_count_once() {
    // A and B hold the same persons: two lists of 350 and 150 with 50 on both.
    let engine = Engine::new(&case("identical-lists"));
    let best = engine.near_best(Criterion::Bic, 0.0).remove(0);
    assert_eq!(best.formula, "[AB,C]");
    close(best.n_hat, 350.0 * 150.0 / 50.0, 1e-9, "best");
    let fit = engine.fit(&best.model);
    close(fit.deviance, 0.0, 1e-6, "deviance");
    // The delta method for two lists: 1/300 + 1/100 + 1/50 less what is not estimated.
    close(fit.log_dark_se, (1.0_f64 / 300.0 + 1.0 / 100.0 + 1.0 / 50.0).sqrt(), 1e-9, "error");
    let merged = Engine::new(&engine.histories().merged(0, 1).unwrap());
    let two = merged.profile(&Model::independence(2), 0.95);
    let three = engine.profile(&best.model, 0.95);
    close(three.0, two.0, 1e-6, "lower");
    close(three.1, two.1, 1e-6, "upper");
    let of = |a: Mask| fit.coefficients[best.model.terms().iter().position(|b| *b == a).unwrap()];
    assert_eq!((of(1), of(3)), (f64::NEG_INFINITY, f64::INFINITY));
}

#[test]
fn a_list_inside_another_one_leaves_the_number_to_the_others() {
    let engine = Engine::new(&case("list-inside-another"));
    let best = engine.near_best(Criterion::Bic, 0.0).remove(0);
    assert_eq!(best.formula, "[AB,C]");
    close(best.n_hat, 490.0 * 290.0 / 90.0, 1e-9, "best");
    // All persons on B are on A, so that its lines on C say nothing of the unseen.
    let with = engine.fit(&Model::from_generators(3, &[3, 6]));
    close(with.dark_figure, 300.0 * 200.0 / 60.0, 1e-9, "with B:C");
    for choice in [engine.stepwise(0.02), best.model.clone()] {
        assert!(choice.contains(3), "{choice}");
        assert_eq!(engine.fit(&choice).existence, Existence::Exists);
    }
    let all = engine.all_models(2, 10).unwrap();
    close(all.best_bic.unwrap().1, best.n_hat, 1e-9, "of all");
}

#[test]
fn replicates_and_the_jackknife_stay_on_the_face() {
    let engine = Engine::new(&case("list-inside-another"));
    let rules = [Selection::Best(Criterion::Bic), Selection::Averaged, Selection::Stepwise(0.02)];
    for reselect in [Reselect::All, Reselect::Shortlist] {
        let drawn = bootstrap(&engine, &rules, reselect, Scheme::Nonparametric, None, 200, 5, &|| {});
        for r in &drawn {
            assert_eq!(r.without_estimate, 0);
            assert!(r.sorted[5] > 1250.0 && r.sorted[194] < 2200.0, "{:?}", (r.sorted[5], r.sorted[194]));
        }
        for row in jackknife(&engine, &rules, reselect) {
            assert!(row.iter().all(|x| (x / 1578.9 - 1.0).abs() < 0.06), "{row:?}");
        }
    }
}

/// Persons of known number: chances of the first list, of each nested one given the one before, and of those apart.
struct Nested {
    persons: u64,
    chain: &'static [f64],
    apart: &'static [f64],
}

const DESIGNS: [Nested; 6] = [
    // B inside A; A and B the same; C inside B inside A: with one or two lists apart.
    Nested { persons: 1500, chain: &[0.35, 0.4], apart: &[0.3] },
    Nested { persons: 1500, chain: &[0.35, 1.0], apart: &[0.3] },
    Nested { persons: 1500, chain: &[0.35, 0.4], apart: &[0.3, 0.2] },
    Nested { persons: 1500, chain: &[0.35, 1.0], apart: &[0.3, 0.2] },
    Nested { persons: 1500, chain: &[0.4, 0.5, 0.5], apart: &[0.3] },
    Nested { persons: 1500, chain: &[0.4, 1.0, 0.5], apart: &[0.3] },
];

impl Nested {
    fn draw(&self, rng: &mut ChaCha8Rng) -> Histories {
        let persons: Vec<(Mask, u64)> = (0..self.persons)
            .map(|_| {
                let mut on: Vec<bool> = Vec::new();
                for p in self.chain {
                    let before = on.last().copied().unwrap_or(true);
                    on.push(before && rng.random_bool(*p));
                }
                on.extend(self.apart.iter().map(|p| rng.random_bool(*p)));
                (on.iter().enumerate().map(|(j, on)| Mask::from(*on) << j).sum(), 1)
            })
            .collect();
        let names = (0..self.chain.len() + self.apart.len()).map(|j| format!("L{}", j + 1)).collect();
        Histories::new(names, persons.into_iter().filter(|p| p.0 != 0)).unwrap()
    }

    /// The chain as one block, the lists apart by themselves.
    fn model(&self) -> Model {
        Model::from_generators(self.chain.len() + self.apart.len(), &[(1 << self.chain.len()) - 1])
    }
}

#[test]
fn the_right_model_finds_nested_populations_and_the_best_one_covers_them() {
    const TABLES: u32 = 600;
    let mut rng = ChaCha8Rng::seed_from_u64(17);
    for (k, design) in DESIGNS.iter().enumerate() {
        let truth = design.persons as f64;
        let (mut covered, mut logs) = (0, 0.0);
        for _ in 0..TABLES {
            let engine = Engine::new(&design.draw(&mut rng));
            let n = engine.histories().n() as f64;
            let right = engine.fit(&design.model());
            assert_eq!(right.existence, Existence::Exists);
            logs += ((n + right.dark_figure) / truth).ln() / f64::from(TABLES);
            let best = engine.near_best(Criterion::Bic, 0.0).remove(0);
            let (lower, upper) = engine.profile(&best.model, 0.95);
            covered += u32::from((lower..=upper).contains(&truth));
        }
        let share = f64::from(covered) / f64::from(TABLES);
        assert!(logs.abs() < 0.02, "design {k}: {logs}");
        assert!(share >= 0.93, "design {k}: {share}");
    }
}

#[test]
fn what_does_not_fit_is_found_out() {
    let engine = Engine::new(&case("list-inside-another"));
    let right = goodness_of_fit(&engine, &Model::from_generators(3, &[3]), 999, 1);
    // Given A, B and C are independent: a table of two by two.
    assert_eq!((right.degrees_of_freedom, right.replicates), (1, 999));
    assert!(right.p_value > 0.05, "{right:?}");
    // Not so without the pair, whose estimate was believed where only minus infinity was handled.
    let wrong = goodness_of_fit(&engine, &Model::independence(3), 999, 1);
    assert!(wrong.deviance > 200.0 && wrong.p_value == 0.001, "{wrong:?}");
    // Nothing is left to test, with or without a number of unseen.
    let same = Engine::new(&case("identical-lists"));
    for pairs in [&[3][..], &[3, 5]] {
        let exact = goodness_of_fit(&same, &Model::from_generators(3, pairs), 99, 1);
        assert_eq!((exact.degrees_of_freedom, exact.p_value), (0, 1.0), "{pairs:?}");
    }
    // Cells given as chances are the same test.
    let model = Model::independence(3);
    let (counts, fitted) = (engine.histories().dense(), engine.fitted_cells(&model));
    close(fit_test::deviance(&counts, &fitted), wrong.deviance, 1e-9, "deviance");
    let by_hand = fit_test::of_cells(&counts, &fitted, wrong.degrees_of_freedom, 99, 1, |drawn| {
        let cells = drawn.iter().enumerate().skip(1).map(|(w, c)| (w as Mask, *c as u64));
        let drawn = Engine::new(&Histories::new(engine.histories().lists().to_vec(), cells).ok()?);
        Some(drawn.fit(&model).deviance)
    });
    assert_eq!(by_hand, goodness_of_fit(&engine, &model, 99, 1));
    // With covariates.
    let t = by_region();
    let right =
        goodness_of_fit_stratified(&t, &stratified(&[pair(3), crossed(1), crossed(4)]), 99, 1).unwrap();
    let wrong = goodness_of_fit_stratified(&t, &stratified(&[crossed(1), crossed(4)]), 99, 1).unwrap();
    assert!(right.p_value > 0.05 && wrong.p_value == 0.01, "{right:?} {wrong:?}");
}

#[test]
fn the_test_of_fit_rejects_as_often_as_it_says() {
    const TABLES: u32 = 300;
    let mut rng = ChaCha8Rng::seed_from_u64(29);
    let design = &DESIGNS[2];
    let p: Vec<f64> = (0..TABLES)
        .map(|seed| {
            let engine = Engine::new(&design.draw(&mut rng));
            goodness_of_fit(&engine, &design.model(), 99, u64::from(seed)).p_value
        })
        .collect();
    let below = |x: f64| p.iter().filter(|p| **p <= x).count() as f64 / f64::from(TABLES);
    // Three standard errors.
    for (x, slack) in [(0.05, 0.038), (0.2, 0.07), (0.5, 0.087)] {
        assert!((below(x) - x).abs() < slack, "{x}: {}", below(x));
    }
}

const RULE: SearchRule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };

/// Persons by region, in which the second list lies inside the first.
fn by_region() -> StratifiedTable {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/list-inside-another-by-region.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let body: Vec<Vec<&str>> = text.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let region = Covariate::from_values("region", body.iter().map(|r| r[4]));
    let rows: Vec<_> = body
        .iter()
        .map(|r| {
            let history = (0..4).fold(0, |m: Mask, j| m | Mask::from(r[j] == "1") << j);
            let level = region.levels.iter().position(|l| l == r[4]);
            (history, vec![level], r[5].parse::<u64>().unwrap())
        })
        .collect();
    let lists = ["A", "B", "C", "D"].map(String::from).to_vec();
    StratifiedTable::new(lists, vec![region], rows, Vec::new()).unwrap()
}

fn pair(lists: Mask) -> Term {
    Term { lists, covariate: None }
}

fn crossed(lists: Mask) -> Term {
    Term { lists, covariate: Some(0) }
}

fn stratified(terms: &[Term]) -> StratifiedModel {
    terms.iter().fold(StratifiedModel::default(), |m, t| m.with(*t))
}

#[test]
fn with_covariates_a_list_inside_another_one_leaves_the_number_to_the_others() {
    // Drawn from 4,560 persons.
    let t = by_region();
    let settings = BreakdownSettings { rule: RULE, replicates: 200, level: 0.95, seed: 3 };
    let found = breakdown(&t, &settings, &|| {});
    let all = &found.sizes[0];
    let model = &found.path.last().unwrap().fit.model;
    assert!(model.contains(pair(3)), "{}", model.formula(t.lists(), t.covariates()));
    let (lower, upper) = all.limits.unwrap();
    assert!(lower < 4560.0 && upper > 4560.0 && upper - lower < 1000.0, "{} {lower} {upper}", all.n_hat);
    assert_eq!(found.without_estimate, 0);
}

#[test]
fn a_face_with_covariates_is_that_of_the_parts() {
    let t = by_region();
    let fitter = Fitter::new(&t);
    let total = |m: &StratifiedModel| {
        let fit = fitter.fit(m, None);
        assert!(fit.regular);
        (fit.deviance, fit.unseen.iter().sum::<f64>())
    };
    // Without covariate terms: the model of the whole table.
    let cells = t.rows().iter().map(|r| (r.history, r.count as u64));
    let engine = Engine::new(&Histories::new(t.lists().to_vec(), cells).unwrap());
    let whole = engine.fit(&Model::from_generators(4, &[3]));
    close(total(&stratified(&[pair(3)])).1, whole.dark_figure, 1e-7, "whole");
    // With every list crossed: a model for each region; the smallest region has no D on A and B.
    let crossed_all: Vec<Term> = [pair(3)].into_iter().chain((0..4).map(|j| crossed(1 << j))).collect();
    let by_part = |level: usize| {
        let cells =
            t.rows().iter().filter(|r| r.levels[0] == Some(level)).map(|r| (r.history, r.count as u64));
        let engine = Engine::new(&Histories::new(t.lists().to_vec(), cells).unwrap());
        let fit = engine.fit(&Model::from_generators(4, &[3]));
        assert_eq!(fit.existence, Existence::Exists);
        fit.dark_figure
    };
    let parts: f64 = (0..3).map(by_part).sum();
    close(total(&stratified(&crossed_all)).1, parts, 1e-6, "parts");
    // A polynomial through all levels is the factor; at the middle of even years its slope is zero.
    for years in [["2010", "2012", "2016"], ["2010", "2012", "2014"], ["north", "south", "tiny"]] {
        let mut region = t.covariates()[0].clone();
        region.levels = years.map(String::from).to_vec();
        region.scale = Scale::Polynomial(2);
        let rows = t.rows().iter().map(|r| (r.history, r.levels.clone(), r.count as u64));
        let curved = StratifiedTable::new(t.lists().to_vec(), vec![region], rows, Vec::new()).unwrap();
        let curved = Fitter::new(&curved).fit(&stratified(&crossed_all), None);
        assert!(curved.regular);
        close(curved.unseen.iter().sum(), parts, 1e-5, "polynomial");
    }
    // What C and D share among those on A says nothing of the others, who cannot say it themselves.
    assert!(!fitter.fit(&stratified(&[pair(3), pair(5), pair(9), pair(12), pair(13)]), None).regular);
}

#[test]
fn a_search_finds_a_population_that_is_nested_in_each_part() {
    const TABLES: u32 = 40;
    let mut rng = ChaCha8Rng::seed_from_u64(23);
    let mut logs = Vec::new();
    for _ in 0..TABLES {
        let mut rows: Vec<(Mask, Vec<Option<usize>>, u64)> = Vec::new();
        for (level, persons, first, third) in [(0, 1200, 0.4, 0.3), (1, 800, 0.2, 0.4)] {
            for _ in 0..persons {
                let a = rng.random_bool(first);
                let on = [a, a && rng.random_bool(0.5), rng.random_bool(third), rng.random_bool(0.2)];
                let history: Mask = on.iter().enumerate().map(|(j, on)| Mask::from(*on) << j).sum();
                rows.push((history, vec![Some(level)], 1));
            }
        }
        rows.retain(|r| r.0 != 0);
        let part =
            Covariate { name: "part".into(), levels: vec!["a".into(), "b".into()], scale: Scale::Factor };
        let lists = ["A", "B", "C", "D"].map(String::from).to_vec();
        let t = StratifiedTable::new(lists, vec![part], rows, Vec::new()).unwrap();
        let path = search(&Fitter::new(&t), 1, RULE);
        let end = path.last().unwrap();
        assert!(end.fit.regular && end.fit.model.contains(pair(3)));
        logs.push((end.n_hat(t.n()) / 2000.0).ln());
    }
    let mean = logs.iter().sum::<f64>() / f64::from(TABLES);
    let worst = logs.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
    assert!(mean.abs() < 0.02 && worst < 0.2, "{mean} {worst}");
}

#[test]
fn the_average_over_models_covers_nested_populations() {
    const TABLES: u32 = 150;
    let mut rng = ChaCha8Rng::seed_from_u64(31);
    let (design, rule) = (&DESIGNS[0], [Selection::Averaged]);
    let mut covered = 0;
    for seed in 0..u64::from(TABLES) {
        let engine = Engine::new(&design.draw(&mut rng));
        let n = engine.histories().n() as f64;
        let near = engine.near_best(Criterion::Bic, AVERAGING_WINDOW);
        let weight = |m: &MultiverseModel| (-0.5 * m.delta).exp();
        let unseen: f64 = near.iter().map(|m| weight(m) * (m.n_hat - n)).sum();
        let n_hat = n + unseen / near.iter().map(weight).sum::<f64>();
        let drawn = bootstrap(&engine, &rule, Reselect::All, Scheme::Nonparametric, None, 199, seed, &|| {});
        let counts: Vec<u64> = engine.histories().cells().iter().map(|c| c.1).collect();
        let a = acceleration(&counts, &jackknife(&engine, &rule, Reselect::All)[0]).unwrap_or(0.0);
        let limits = bca(n_hat, &drawn[0].sorted, a, 0.95);
        covered += u32::from((limits.lower..=limits.upper).contains(&(design.persons as f64)));
    }
    // Two standard errors of a share of 0.95 in 150 are 0.036.
    let share = f64::from(covered) / f64::from(TABLES);
    assert!(share >= 0.914, "{share}");
}

/// A table of four lists in which the second lies inside the first, or is the same.
fn nested_tables() -> impl Strategy<Value = Histories> {
    let cell = prop_oneof![2 => Just(0_u64), 5 => 1_u64..80];
    (prop::collection::vec(cell, 15), any::<bool>()).prop_filter_map("an empty list", |(counts, same)| {
        let kept = |w: &Mask| if same { matches!(w & 3, 0 | 3) } else { w & 3 != 2 };
        let names = (0..4).map(|i| format!("L{i}")).collect();
        Histories::new(names, (1..16).zip(counts).filter(|c| kept(&c.0))).ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn on_nested_tables_branch_and_bound_finds_what_visiting_all_finds(h in nested_tables()) {
        let engine = Engine::new(&h);
        let all = engine.all_models(3, 10).unwrap();
        for (criterion, best) in [(Criterion::Bic, all.best_bic), (Criterion::Aic, all.best_aic)] {
            let found = engine.near_best(criterion, 0.0);
            prop_assert_eq!(found.is_empty(), best.is_none());
            if let (Some(found), Some((formula, n_hat))) = (found.first(), best) {
                let expected = engine.fit(&Model::parse(&formula, h.lists()).unwrap());
                let ours = engine.fit(&found.model);
                let value = |f: &ijsberg_mse::loglinear::ModelFit| match criterion {
                    Criterion::Bic => f.bic,
                    Criterion::Aic => f.aic,
                };
                prop_assert!((value(&ours) - value(&expected)).abs() < 1e-6);
                let n = h.n() as f64;
                prop_assert!(((n + expected.dark_figure) / n_hat - 1.0).abs() < 1e-6);
                prop_assert!(((n + ours.dark_figure) / found.n_hat - 1.0).abs() < 1e-6);
            }
        }
    }
}
