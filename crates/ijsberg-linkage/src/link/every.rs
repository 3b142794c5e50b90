//! Every pair of records, nearly all of which a bound excludes without a comparison.
//!
//! Only pairs that may be one person are compared, a few rows at a time. So the time grows with the square of the number of records, and the
//! memory with the number of pairs that may be one person, which is bounded too.

use rand::RngExt;
use rayon::prelude::*;

use super::{COMPARED_AT_ONCE, LEAST_LOG_ODDS};
use crate::blocking::{Pair, Shard};
use crate::fellegi_sunter::{MatchModel, Reach, compare};
use crate::generate::stream;
use crate::prepare::Prepared;

/// Random pairs from which the distribution of the log odds is estimated.
const AT_RANDOM: usize = 100_000;

/// Seed of those: every part of the pairs draws the same.
const SEED: u64 = 0x1ea5;

/// The pairs of a part that may be one person, in order, with their weights: those whose log odds, taken alone, are at least `least`.
pub(super) fn weigh(p: &Prepared, model: &MatchModel, shard: Shard, least: f64) -> Vec<(Pair, f64)> {
    let n = p.len() as u32;
    let reach = Reach::new(p, model, least);
    let first: Vec<u32> = (0..n).filter(|i| shard.holds(*i)).collect();
    let rows = (COMPARED_AT_ONCE / p.len().max(1)).max(1);
    let mut edges = Vec::new();
    for some in first.chunks(rows) {
        let pairs: Vec<Pair> = some.par_iter().flat_map_iter(|i| reach.pairs(*i, i + 1..n)).collect();
        edges.extend(model.at_least(&pairs, &compare(p, &pairs), least));
    }
    edges
}

/// The least log odds of a pair that is kept, so that about `most` are kept at most, the likeliest, and there are no more than can be worked
/// with. Where records hold next to nothing all pairs are alike, and most would be kept otherwise. Every part of the pairs has the same.
pub(super) fn least_log_odds(p: &Prepared, model: &MatchModel, most: u64) -> f64 {
    let n = p.len() as u64;
    let all = n * n.saturating_sub(1) / 2;
    if all <= most {
        return LEAST_LOG_ODDS;
    }
    let mut rng = stream(SEED, n);
    let pairs: Vec<Pair> = (0..AT_RANDOM)
        .map(|_| (rng.random_range(0..n as u32), rng.random_range(0..n as u32)))
        .filter(|(i, j)| i != j)
        .map(|(i, j)| (i.min(j), i.max(j)))
        .collect();
    let mut odds: Vec<f64> = compare(p, &pairs).iter().map(|c| model.log_odds(c)).collect();
    odds.sort_unstable_by(|a, b| b.total_cmp(a));
    let kept = (odds.len() as f64 * most as f64 / all as f64) as usize;
    // Pairs as likely as the first that is one too many are left out, all of them.
    odds.get(kept).map_or(LEAST_LOG_ODDS, |first| first.next_up().max(LEAST_LOG_ODDS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocking::all_pairs;
    use crate::generate::{Design, generate};

    fn lists() -> (Prepared, MatchModel, Vec<(Pair, f64)>) {
        let s = generate(&Design { persons: 700, ..Design::default() }, 4);
        let p = Prepared::new(&s.records);
        let pairs = all_pairs(p.len(), Shard::WHOLE).pairs;
        let compared = compare(&p, &pairs);
        let model = MatchModel::learn(&p, &pairs, &compared, 1.0, 1);
        let edges = model.at_least(&pairs, &compared, LEAST_LOG_ODDS);
        (p, model, edges)
    }

    #[test]
    fn rows_give_what_comparing_all_pairs_gives_whole_and_in_parts() {
        let (p, model, expected) = lists();
        assert!(expected.len() > 500);
        assert_eq!(least_log_odds(&p, &model, u64::MAX), LEAST_LOG_ODDS);
        assert_eq!(weigh(&p, &model, Shard::WHOLE, LEAST_LOG_ODDS), expected);
        let part = |part| weigh(&p, &model, Shard { part, of: 3 }, LEAST_LOG_ODDS);
        let mut parts: Vec<(Pair, f64)> = (0..3).flat_map(part).collect();
        assert!(parts.len() == expected.len() && part(0).len() < expected.len());
        parts.sort_unstable_by_key(|e| e.0);
        assert_eq!(parts, expected);
    }

    #[test]
    fn there_are_no_more_than_asked_for_and_those_are_the_likeliest() {
        let (p, model, all) = lists();
        let raised = least_log_odds(&p, &model, all.len() as u64 / 2);
        assert!(raised > LEAST_LOG_ODDS, "{raised}");
        let kept = weigh(&p, &model, Shard::WHOLE, raised);
        // The share of all pairs is estimated from a sample.
        assert!(kept.len() > 100 && 4 * kept.len() < 3 * all.len(), "{} of {}", kept.len(), all.len());
        let odds = |edges: &[(Pair, f64)]| -> Vec<f64> {
            let pairs: Vec<Pair> = edges.iter().map(|e| e.0).collect();
            compare(&p, &pairs).iter().map(|c| model.log_odds(c)).collect()
        };
        let least = odds(&kept).into_iter().fold(f64::INFINITY, f64::min);
        assert!(least >= raised, "{least} {raised}");
        let as_likely = odds(&all).iter().filter(|o| **o >= least).count();
        assert_eq!(as_likely, kept.len());
    }
}
