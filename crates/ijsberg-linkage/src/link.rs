//! All steps together: from records to draws of who belongs together.

use serde::Serialize;

use crate::blocking::{Candidates, Pair, all_pairs, candidates};
use crate::compare::Prepared;
use crate::fellegi_sunter::{MatchModel, compare};
use crate::partition::{Draws, Sampling, point, sample};
use crate::record::Record;

/// Lists with fewer records than this altogether are compared in full.
pub const ALL_PAIRS_UP_TO: usize = 3000;

/// Pairs whose logarithm of the odds of matching, taken alone, is below this are no candidates for the partition.
const LEAST_LOG_ODDS: f64 = -7.0;

/// What linking needs to know.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Settings {
    /// How the posterior over partitions is drawn from.
    pub sampling: Sampling,
    /// Weights are multiplied by this before sampling; 1 trusts the model. Judged pairs say what it should be.
    pub slope: Option<f64>,
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

/// Links records. `tick` is called once a sweep of a chain.
pub fn link(records: &[Record], settings: &Settings, tick: &(dyn Fn() + Sync)) -> Linked {
    let p = Prepared::new(records);
    let Candidates { pairs, by_rule, refined } =
        if p.len() <= ALL_PAIRS_UP_TO { all_pairs(p.len()) } else { candidates(&p) };
    let compared = compare(&p, &pairs);
    let model = MatchModel::learn(&p, &pairs, &compared, settings.sampling.seed);
    let slope = settings.slope.unwrap_or(1.0);
    let least = LEAST_LOG_ODDS - (model.lambda / (1.0 - model.lambda)).ln();
    let edges: Vec<(Pair, f64)> = pairs
        .iter()
        .zip(&compared)
        .map(|(pair, c)| (*pair, model.weight(c)))
        .filter(|e| e.1 > least)
        .map(|(pair, w)| (pair, w * slope))
        .collect();
    let lists: Vec<usize> = records.iter().map(|r| r.list).collect();
    let draws = sample(&lists, &edges, &settings.sampling, tick);
    let kept: Vec<Pair> = edges.iter().map(|e| e.0).collect();
    let probabilities = draws.probabilities(&kept);
    let groups = point(records.len(), &kept, &probabilities);
    Linked { by_rule, compared: pairs.len(), refined, model, edges, probabilities, draws, groups }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::quality;
    use crate::generate::{Design, generate};

    #[test]
    fn dirty_lists_are_linked_well_without_a_threshold() {
        let s = generate(&Design { persons: 1500, ..Design::default() }, 5);
        let settings = Settings { sampling: Sampling { draws: 20, ..Sampling::default() }, slope: None };
        let linked = link(&s.records, &settings, &|| ());
        let q = quality(&linked.groups, &s.truth);
        assert!(q.f1 > 0.9, "{q:?}");
    }

    #[test]
    fn the_order_of_the_records_does_not_matter_to_the_model() {
        let s = generate(&Design { persons: 300, ..Design::default() }, 6);
        let mut turned = s.records.clone();
        turned.reverse();
        let settings = Settings { sampling: Sampling { draws: 2, ..Sampling::default() }, slope: None };
        let (a, b) = (link(&s.records, &settings, &|| ()), link(&turned, &settings, &|| ()));
        assert_eq!(a.compared, b.compared);
        let (x, y) = (a.model.lambda, b.model.lambda);
        assert!((x / y - 1.0).abs() < 1e-6, "{x} {y} {} {}", a.model.steps, b.model.steps);
        assert_eq!(a.edges.len(), b.edges.len());
    }
}
