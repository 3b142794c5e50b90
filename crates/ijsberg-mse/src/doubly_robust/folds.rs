//! Who goes to which fold.
//!
//! With a fold for everybody by chance alone, the people of a rare history fall unevenly, and the chance of that history is then wrong both ways: too
//! small for the fold that has many of them. Of the unseen, `9 / (4 m)` are lost by that with five folds and `m` people on both lists, and a quarter
//! when they are twelve. So the people of each history are dealt out: as many to each fold as there are, but for one. With twelve the loss is 2.4%.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::FOLDS;

/// Folds for people by their history. Each five of them in a row go to five folds, so that people who stand together in the table, with the same
/// covariates, are spread too.
pub(super) struct FoldDealer {
    left: Vec<Vec<usize>>,
    rng: ChaCha8Rng,
}

impl FoldDealer {
    /// For so many histories.
    pub(super) fn new(histories: usize, rng: ChaCha8Rng) -> Self {
        Self { left: vec![Vec::new(); histories], rng }
    }

    /// The fold of the next person with a history.
    pub(super) fn deal(&mut self, history: usize) -> usize {
        let left = &mut self.left[history];
        if left.is_empty() {
            left.extend(0..FOLDS);
        }
        let at = self.rng.random_range(0..left.len());
        left.swap_remove(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::stream;

    #[test]
    fn every_history_is_spread_evenly_over_the_folds() {
        for seed in 0..20 {
            let mut dealt = FoldDealer::new(2, stream(seed, 0));
            let mut by_fold = [[0; FOLDS]; 2];
            // Two histories in turn, of which the second is rare.
            for person in 0..96 {
                let history = usize::from(person % 8 == 0);
                by_fold[history][dealt.deal(history)] += 1;
            }
            let mut rare = by_fold[1];
            rare.sort_unstable();
            assert_eq!(rare, [2, 2, 2, 3, 3], "{seed}");
            assert!(by_fold[0].iter().all(|n| [16, 17].contains(n)), "{seed} {by_fold:?}");
        }
    }

    #[test]
    fn which_fold_has_one_more_depends_on_the_seed() {
        let first = |seed: u64| FoldDealer::new(1, stream(seed, 0)).deal(0);
        assert_eq!(first(3), first(3));
        assert!((1..20).any(|seed| first(seed) != first(0)));
    }
}
