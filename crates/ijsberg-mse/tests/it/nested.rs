//! Lists inside other lists, and lists that are the same: the odds ratio is infinite, the number of unseen is not.

use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::existence::Existence;
use ijsberg_mse::loglinear::selection::{Reselect, Selection};
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::model::Model;
use ijsberg_mse::resample::{Scheme, bootstrap, jackknife};
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
        println!("design {k}: coverage {share}, mean log error {logs:.4}");
        assert!(logs.abs() < 0.02, "design {k}: {logs}");
        assert!(share >= 0.93, "design {k}: {share}");
    }
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
