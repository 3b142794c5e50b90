//! What must hold for any table.

use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::existence::Existence;
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::model::Model;
use proptest::prelude::*;

fn tables() -> impl Strategy<Value = Histories> {
    prop::collection::vec(prop_oneof![1 => Just(0_u64), 3 => 1_u64..60], 15).prop_filter_map(
        "an empty list",
        |counts| {
            let names = (0..4).map(|i| format!("L{i}")).collect();
            Histories::new(names, (1..16).zip(counts)).ok()
        },
    )
}

fn permuted(h: &Histories, order: [usize; 4]) -> Histories {
    let move_bits = |m: Mask| order.iter().enumerate().fold(0, |acc, (to, from)| acc | (m >> from & 1) << to);
    let names = order.iter().map(|j| h.lists()[*j].clone()).collect();
    Histories::new(names, h.cells().iter().rev().map(|(m, c)| (move_bits(*m), *c))).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_order_of_lists_and_rows_does_not_matter(h in tables()) {
        let (a, b) = (Engine::new(&h), Engine::new(&permuted(&h, [2, 0, 3, 1])));
        let (x, y) = (a.near_best(Criterion::Bic, 0.0), b.near_best(Criterion::Bic, 0.0));
        prop_assert_eq!(x.is_empty(), y.is_empty());
        if let (Some(x), Some(y)) = (x.first(), y.first()) {
            // Ties between models may be broken either way; the criterion may not differ.
            let (x, y) = (a.fit(&x.model), b.fit(&y.model));
            prop_assert!((x.bic - y.bic).abs() < 1e-6);
        }
        let (x, y) = (a.fit(&Model::independence(4)), b.fit(&Model::independence(4)));
        prop_assert_eq!(x.existence, y.existence);
        prop_assert!((x.dark_figure / y.dark_figure - 1.0).abs() < 1e-8 || x.existence != Existence::Exists);
    }

    #[test]
    fn branch_and_bound_finds_what_visiting_all_finds(h in tables()) {
        let engine = Engine::new(&h);
        let all = engine.all_models(3, 10).unwrap();
        for (criterion, best) in [(Criterion::Bic, all.best_bic), (Criterion::Aic, all.best_aic)] {
            let found = engine.near_best(criterion, 0.0);
            prop_assert_eq!(found.is_empty(), best.is_none());
            if let (Some(found), Some((formula, n_hat))) = (found.first(), best) {
                let expected = engine.fit(&Model::parse(&formula, h.lists()).unwrap());
                let ours = engine.fit(&found.model);
                prop_assert!((ours.bic - expected.bic).abs() < 1e-6 || (ours.aic - expected.aic).abs() < 1e-6);
                prop_assert!(n_hat >= h.n() as f64 && found.n_hat >= h.n() as f64);
            }
        }
    }
}
