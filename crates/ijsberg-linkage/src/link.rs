//! All steps together: from records to draws of who belongs together.

use crate::blocking::{Candidates, Pair, all_pairs, candidates, rules_met};
use crate::compare::Prepared;
use crate::fellegi_sunter::{MatchModel, compare};
use crate::partition::{Draws, Sampling, point, sample};
use crate::record::Record;

/// Lists with fewer records than this altogether are compared in full.
pub const ALL_PAIRS_UP_TO: usize = 3000;

/// Pairs whose logarithm of the odds of matching, taken alone, is below this are no candidates for the partition.
const LEAST_LOG_ODDS: f64 = -7.0;

/// Compared pairs with what they are worth.
#[derive(Debug, Clone)]
pub struct Scored {
    prepared: Prepared,
    /// Which pairs were compared, by rule.
    pub by_rule: Vec<(&'static str, usize)>,
    /// Pairs compared.
    pub compared: usize,
    /// Blocks that were too large and were refined.
    pub refined: usize,
    /// The model of agreement.
    pub model: MatchModel,
    /// Log odds that two records at random match.
    pub prior: f64,
    /// Pairs that the partition may put together, with their weights.
    pub edges: Vec<(Pair, f64)>,
}

/// The result.
#[derive(Debug, Clone)]
pub struct Linked {
    /// Which pairs were compared, by rule.
    pub by_rule: Vec<(&'static str, usize)>,
    /// Pairs compared.
    pub compared: usize,
    /// Blocks that were too large and were refined.
    pub refined: usize,
    /// Of the pairs that belong together, the share that no rule finds, at least; 0 where all pairs are compared.
    pub blocking_loss: f64,
    /// The model of agreement.
    pub model: MatchModel,
    /// Pairs that the partition may put together, with their weights.
    pub edges: Vec<(Pair, f64)>,
    /// The share of draws in which each of these belongs together.
    pub probabilities: Vec<f64>,
    /// Draws of partitions.
    pub draws: Draws,
    /// One grouping: what belongs together in more than half of the draws.
    pub groups: Vec<u32>,
}

/// Compares records and learns what agreement is worth.
pub fn score(records: &[Record], seed: u64) -> Scored {
    let p = Prepared::new(records);
    let Candidates { pairs, by_rule, refined } =
        if p.len() <= ALL_PAIRS_UP_TO { all_pairs(p.len()) } else { candidates(&p) };
    let compared = compare(&p, &pairs);
    let model = MatchModel::learn(&p, &pairs, &compared, seed);
    let prior = (model.lambda / (1.0 - model.lambda)).ln();
    let edges = pairs
        .iter()
        .zip(&compared)
        .map(|(pair, c)| (*pair, model.weight(c)))
        .filter(|e| e.1 + prior > LEAST_LOG_ODDS)
        .collect();
    Scored { prepared: p, by_rule, compared: pairs.len(), refined, model, prior, edges }
}

/// Links records. `tick` is called once a sweep of a chain.
pub fn link(records: &[Record], sampling: &Sampling, tick: &(dyn Fn() + Sync)) -> Linked {
    link_scored(records, score(records, sampling.seed), sampling, tick)
}

/// Links records that have been compared.
pub fn link_scored(
    records: &[Record],
    scored: Scored,
    sampling: &Sampling,
    tick: &(dyn Fn() + Sync),
) -> Linked {
    let sampling = Sampling { prior: scored.prior, ..sampling.clone() };
    let edges = scored.edges;
    let lists: Vec<usize> = records.iter().map(|r| r.list).collect();
    let draws = sample(&lists, &edges, &sampling, tick);
    let kept: Vec<Pair> = edges.iter().map(|e| e.0).collect();
    let probabilities = draws.probabilities(&kept);
    let groups = point(records.len(), &kept, &probabilities);
    let all = records.len() <= ALL_PAIRS_UP_TO;
    Linked {
        blocking_loss: if all { 0.0 } else { blocking_loss(&scored.prepared, &kept, &probabilities) },
        by_rule: scored.by_rule,
        compared: scored.compared,
        refined: scored.refined,
        model: scored.model,
        edges,
        probabilities,
        draws,
        groups,
    }
}

/// How many pairs no rule finds, by Chao's lower bound with the rules as lists: pairs that one rule alone finds and pairs that
/// two find say how many none finds (Chao 1987, Biometrics 43). Rules share fields, so the bound is low.
fn blocking_loss(p: &Prepared, pairs: &[Pair], probabilities: &[f64]) -> f64 {
    let (mut once, mut twice, mut found) = (0.0, 0.0, 0.0);
    for (mask, chance) in rules_met(p, pairs).into_iter().zip(probabilities) {
        found += chance;
        match mask.count_ones() {
            1 => once += chance,
            2 => twice += chance,
            _ => {}
        }
    }
    let missed = once * once / (2.0 * (twice + 1.0));
    missed / (missed + found).max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::quality;
    use crate::generate::{Design, generate};

    #[test]
    fn dirty_lists_are_linked_well_without_a_threshold() {
        let s = generate(&Design { persons: 1500, ..Design::default() }, 5);
        let sampling = Sampling { draws: 20, ..Sampling::default() };
        let linked = link(&s.records, &sampling, &|| ());
        let q = quality(&linked.groups, &s.truth);
        assert!(q.f1 > 0.9, "{q:?}");
    }

    #[test]
    fn the_order_of_the_records_does_not_matter_to_the_model() {
        let s = generate(&Design { persons: 300, ..Design::default() }, 6);
        let mut turned = s.records.clone();
        turned.reverse();
        let sampling = Sampling { draws: 2, ..Sampling::default() };
        let (a, b) = (link(&s.records, &sampling, &|| ()), link(&turned, &sampling, &|| ()));
        assert_eq!(a.compared, b.compared);
        let (x, y) = (a.model.lambda, b.model.lambda);
        assert!((x / y - 1.0).abs() < 1e-6, "{x} {y} {} {}", a.model.steps, b.model.steps);
        assert_eq!(a.edges.len(), b.edges.len());
    }
}
