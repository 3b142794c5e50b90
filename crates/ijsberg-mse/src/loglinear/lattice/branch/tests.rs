//! Branch and bound against visiting every model.

use proptest::prelude::*;

use super::*;

/// Criteria of the models within the window, by fitting every model afresh.
fn by_visiting_all(
    lattice: &Lattice,
    counts: &Counts,
    penalty: f64,
    window: f64,
    order: u32,
) -> Vec<(f64, TermSet)> {
    let (mut newton, cache) = (Newton::default(), VerdictCache::default());
    let mut all: Vec<(f64, TermSet)> = lattice
        .sets(order)
        .into_iter()
        .filter_map(|set| {
            let mut fit = newton.fit(counts, &terms_of(set), None);
            let existence = cache.settle(counts, &terms_of(set), &mut newton, &mut fit);
            (existence == Existence::Exists).then(|| (visited(set, &fit).criterion(penalty), set))
        })
        .collect();
    let least = all.iter().map(|m| m.0).fold(f64::INFINITY, f64::min);
    all.retain(|m| m.0 <= least + window);
    all.sort_by(|x, y| x.0.total_cmp(&y.0));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn finds_on_a_sparse_table_what_visiting_all_finds(
        counts in prop::collection::vec(prop_oneof![3 => Just(0_u32), 2 => 1_u32..60], 15),
        design in 0..3,
        aic in any::<bool>(),
    ) {
        let lattice = Lattice::new(4).unwrap();
        // Any table, or one in which the second list lies inside the first or is the same.
        let kept = |w: usize| match design {
            0 => true,
            1 => w & 3 != 2,
            _ => matches!(w & 3, 0 | 3),
        };
        let cells = [0].into_iter().chain(counts).enumerate();
        let counts = Counts::new(cells.map(|(w, n)| f64::from(if kept(w) { n } else { 0 })).collect());
        prop_assume!((0..4).all(|j| counts.sufficient[1 << j] > 0.0));
        let (penalty, window) = if aic { (2.0, 5.0) } else { (counts.n().ln(), 10.0) };
        // A model on the edge of the window may fall on either side of it.
        let expected = by_visiting_all(&lattice, &counts, penalty, window - 0.01, 4);
        let quest = Quest::within(penalty, window);
        let found = lattice.best(&counts, quest, &VerdictCache::default(), &Guide::default());
        for (criterion, set) in &expected {
            let ours = found.iter().find(|v| v.set == *set);
            prop_assert!(ours.is_some_and(|v| (v.criterion(penalty) - criterion).abs() < 1e-4));
        }
        let inside = found.iter().filter(|v| v.criterion(penalty) <= found[0].criterion(penalty) + window - 0.02);
        prop_assert!(inside.clone().all(|v| expected.iter().any(|m| m.1 == v.set)));
        let pairs = Quest { order: 2, ..Quest::within(penalty, 0.0) };
        let best = lattice.best(&counts, pairs, &VerdictCache::default(), &Guide::default());
        let expected = by_visiting_all(&lattice, &counts, penalty, 0.0, 2);
        prop_assert_eq!(best.is_empty(), expected.is_empty());
        if let (Some(v), Some(e)) = (best.first(), expected.first()) {
            prop_assert!((v.criterion(penalty) - e.0).abs() < 1e-4);
            prop_assert!(terms_of(v.set).iter().all(|a| a.count_ones() < 3));
        }
    }
}
