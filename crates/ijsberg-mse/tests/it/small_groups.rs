//! Small groups on populations like the synthetic Dutch one; `examples/small_groups.rs` draws many more.

use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::shrinkage::ShrinkageSettings;
use ijsberg_mse::simulate::small_groups::{CellVariation, Population};
use ijsberg_mse::strata::model::Order;
use ijsberg_mse::strata::search::SearchRule;

const RULE: SearchRule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };

/// Errors in cells under 50 seen at least 30% below those of separate fits, and intervals of 95% that hold at least 93%.
#[test]
fn small_cells_are_found_better_than_alone() {
    let table = crate::strata::table();
    let population = Population::like(&table, RULE).unwrap();
    let settings = ShrinkageSettings { rule: RULE, draws: 800, level: 0.95, seed: 20_171_018 };
    for differ in [CellVariation::EachList(0.3), CellVariation::EachList(0.6)] {
        let score = population.compare(differ, 3, &settings, &|| ());
        assert_eq!(score.failed.yes, 0, "{differ:?}");
        assert!(score.gain() > 0.3, "{differ:?}: {:.2}", score.gain());
        assert!(score.covered.share() >= 0.93, "{differ:?}: {:.3}", score.covered.share());
        // Nor worse than one fit for all.
        assert!(score.all[2].root() < score.all[0].root(), "{differ:?}");
    }
}
