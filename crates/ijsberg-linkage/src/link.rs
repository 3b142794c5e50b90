//! All steps together: from records to draws of who belongs together.

mod every;
mod judge;
mod missed;

use rayon::prelude::*;
use serde::Serialize;

use crate::blocking::{Candidates, Pair, Shard, all_pairs, candidates};
use crate::codes::free::{TwoLists, two_lists};
use crate::codes::score::{CodeLists, CodeModel, MOST_CANDIDATES};
use crate::fellegi_sunter::{MatchModel, Part, compare};
use crate::histories::Between;
use crate::partition::{Draws, Sampling, point, sample};
use crate::prepare::Prepared;
use crate::record::Record;

pub use crate::codes::score::LEAST_LOG_ODDS;
pub use judge::Taught;
pub use missed::{FewLinks, Loss, NeverCompared};

/// Lists with no more records than this altogether are compared in full.
pub const ALL_PAIRS_UP_TO: usize = 20_000;

/// With no more records than this the model is learned from all pairs one by one; with more, from those that rules find and from a
/// sample of the others.
const LEARN_FROM_ALL_UP_TO: usize = 3000;

/// The model is learned from about so many pairs; where there are more, from some of them.
pub const MOST_TO_LEARN_FROM: usize = 4_000_000;

/// What was compared takes more memory than the pairs themselves and is soon let go.
const COMPARED_AT_ONCE: usize = 1 << 20;

/// Compared pairs with what they are worth.
#[derive(Debug, Clone)]
pub struct Scored {
    prepared: Prepared,
    /// Which pairs were compared, by rule.
    pub by_rule: Vec<(String, usize)>,
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
    /// The least log odds, taken alone, of the pairs that are kept: above [`LEAST_LOG_ODDS`] where there would be too many otherwise.
    pub least: f64,
}

/// What agreement is worth, by what is compared.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Model {
    /// Of clear records.
    Records(MatchModel),
    /// Of codes.
    Codes(CodeModel),
}

/// The result.
#[derive(Debug, Clone)]
pub struct Linked {
    /// Which pairs were compared, by rule.
    pub by_rule: Vec<(String, usize)>,
    /// Pairs compared.
    pub compared: usize,
    /// Blocks that were too large and were refined.
    pub refined: usize,
    /// How many links no rule compared, as far as it was measured.
    pub never_compared: Loss,
    /// The model of agreement.
    pub model: Model,
    /// Pairs that the partition may put together, with their weights.
    pub edges: Vec<(Pair, f64)>,
    /// The least log odds of these; see [`Scored::least`].
    pub least: f64,
    /// The share of draws in which each of these belongs together.
    pub probabilities: Vec<f64>,
    /// Of codes: how many pairs of records of each two lists belong together, by the model, also those that are not recognised.
    pub between: Vec<Between>,
    /// Draws of partitions.
    pub draws: Draws,
    /// One grouping: what belongs together in more than half of the draws.
    pub groups: Vec<u32>,
}

impl Scored {
    /// The weight of a pair by what it comes from.
    pub fn parts(&self, pair: Pair) -> Vec<(Part, f64)> {
        let compared = compare(&self.prepared, &[pair]);
        compared.first().map_or_else(Vec::new, |c| self.model.parts(c))
    }

    /// The most that the log odds of each candidate being one person can be; see [`MatchModel::ceiling`].
    fn ceilings(&self) -> Vec<f32> {
        self.ceilings_of(&self.edges.iter().map(|e| e.0).collect::<Vec<Pair>>())
    }

    fn ceilings_of(&self, pairs: &[Pair]) -> Vec<f32> {
        compare(&self.prepared, pairs).par_iter().map(|c| self.model.ceiling(c) as f32).collect()
    }

    /// The records most alike to one, the most alike first, whether a rule found them or not.
    pub fn nearest(&self, record: usize, count: usize) -> Vec<usize> {
        let pairs: Vec<Pair> = (0..self.prepared.len() as u32)
            .filter(|j| *j as usize != record)
            .map(|j| (j.min(record as u32), j.max(record as u32)))
            .collect();
        let compared = compare(&self.prepared, &pairs);
        let mut all: Vec<(f64, u32)> = pairs
            .iter()
            .zip(&compared)
            .map(|(p, c)| (self.model.weight(c), if p.0 as usize == record { p.1 } else { p.0 }))
            .collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        all.into_iter().take(count).map(|x| x.1 as usize).collect()
    }
}

/// Compares records and learns what agreement is worth.
pub fn score(records: &[Record], seed: u64) -> Scored {
    let planned = plan(records, seed);
    if compares_every(planned.prepared.len()) {
        return weigh_every(planned.prepared, planned.model, Shard::WHOLE);
    }
    weigh(planned.prepared, planned.candidates, planned.model)
}

/// Whether all pairs are compared though there are too many to keep.
fn compares_every(records: usize) -> bool {
    records > LEARN_FROM_ALL_UP_TO && records <= ALL_PAIRS_UP_TO
}

/// What is known before all pairs are compared.
#[derive(Debug, Clone)]
pub struct Planned {
    prepared: Prepared,
    candidates: Candidates,
    /// The model of agreement.
    pub model: MatchModel,
}

impl Planned {
    /// Blocks that were too large and were refined; none where all pairs are compared.
    pub fn refined(&self) -> usize {
        if compares_every(self.prepared.len()) { 0 } else { self.candidates.refined }
    }
}

/// Finds the candidates and learns what agreement is worth, from some of them where there are many.
pub fn plan(records: &[Record], seed: u64) -> Planned {
    let prepared = Prepared::new(records);
    let candidates = part(&prepared, Shard::WHOLE);
    let of = candidates.pairs.len().div_ceil(MOST_TO_LEARN_FROM).max(1) as u32;
    let shard = Shard { part: 0, of };
    let some: Vec<Pair> = candidates.pairs.par_iter().filter(|p| shard.holds(p.0)).copied().collect();
    let compared = compare(&prepared, &some);
    let each = candidates.pairs.len() as f64 / (some.len() as f64).max(1.0);
    let model = MatchModel::learn(&prepared, &candidates.pairs, &compared, each, seed);
    Planned { prepared, candidates, model }
}

/// The pairs of a part with their weights, by a model that was learned before.
pub fn score_part(records: &[Record], model: MatchModel, shard: Shard) -> Scored {
    let prepared = Prepared::new(records);
    if compares_every(prepared.len()) {
        return weigh_every(prepared, model, shard);
    }
    let candidates = part(&prepared, shard);
    weigh(prepared, candidates, model)
}

/// Pairs of records, whether they may be one person or not, with their weights by a model: all of them up to 3,000 records, and otherwise
/// those that rules find.
pub fn weights(records: &[Record], model: &MatchModel) -> Vec<(Pair, f64)> {
    let prepared = Prepared::new(records);
    let pairs = part(&prepared, Shard::WHOLE).pairs;
    let compared = compare(&prepared, &pairs);
    pairs.into_iter().zip(compared.iter().map(|c| model.weight(c))).collect()
}

/// What was scored in parts, together again; `parts` are in any order.
pub fn merge(
    records: &[Record],
    model: MatchModel,
    by_rule: Vec<(String, usize)>,
    refined: usize,
    parts: &[Vec<(Pair, f64)>],
) -> Scored {
    let mut edges = parts.concat();
    edges.par_sort_unstable_by_key(|e| e.0);
    let compared = by_rule.iter().map(|r| r.1).sum();
    let (prepared, prior) = (Prepared::new(records), model.prior());
    let least =
        if compares_every(prepared.len()) { least_of_every(&prepared, &model) } else { LEAST_LOG_ODDS };
    Scored { prepared, by_rule, compared, refined, model, prior, edges, least }
}

/// The least log odds of a pair that is kept where all pairs are compared.
fn least_of_every(prepared: &Prepared, model: &MatchModel) -> f64 {
    every::least_log_odds(prepared, model, MOST_CANDIDATES * prepared.len() as u64)
}

fn part(p: &Prepared, shard: Shard) -> Candidates {
    if p.len() <= LEARN_FROM_ALL_UP_TO { all_pairs(p.len(), shard) } else { candidates(p, shard) }
}

fn weigh_every(prepared: Prepared, model: MatchModel, shard: Shard) -> Scored {
    let n = prepared.len();
    let compared: usize = (0..n).filter(|i| shard.holds(*i as u32)).map(|i| n - 1 - i).sum();
    let least = least_of_every(&prepared, &model);
    let edges = every::weigh(&prepared, &model, shard, least);
    let (by_rule, prior) = (vec![("all".to_owned(), compared)], model.prior());
    Scored { prepared, by_rule, compared, refined: 0, model, prior, edges, least }
}

fn weigh(prepared: Prepared, candidates: Candidates, model: MatchModel) -> Scored {
    let Candidates { pairs, by_rule, refined } = candidates;
    let by_rule = by_rule.into_iter().map(|(rule, n)| (rule.to_owned(), n)).collect();
    let prior = model.prior();
    let weighed = |some: &[Pair]| model.at_least(some, &compare(&prepared, some), LEAST_LOG_ODDS);
    let edges = pairs.chunks(COMPARED_AT_ONCE).flat_map(weighed).collect();
    let compared = pairs.len();
    Scored { prepared, by_rule, compared, refined, model, prior, edges, least: LEAST_LOG_ODDS }
}

/// Links records. `tick` is called once a sweep of a chain.
///
/// ```
/// use ijsberg_linkage::generate::{Design, generate};
/// use ijsberg_linkage::link::link;
/// use ijsberg_linkage::partition::Sampling;
///
/// let made = generate(&Design { persons: 100, ..Design::default() }, 1);
/// let linked = link(&made.records, &Sampling::default(), &|| ());
/// // A group for each record, and how likely each candidate pair is to be one person.
/// assert_eq!(linked.groups.len(), made.records.len());
/// assert_eq!(linked.probabilities.len(), linked.edges.len());
/// ```
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
    let ceilings = scored.ceilings();
    let sampling = Sampling { prior: scored.prior, ceilings, ..sampling.clone() };
    let lists: Vec<usize> = records.iter().map(|r| r.list).collect();
    let Scored { prepared, by_rule, compared, refined, model, edges, least, .. } = scored;
    let linked = partitions(&lists, Model::Records(model.clone()), edges, &sampling, tick);
    let mut linked = Linked { by_rule, compared, refined, least, ..linked };
    if prepared.len() > ALL_PAIRS_UP_TO {
        linked.never_compared = Loss::measure(&prepared, &model, &linked, &sampling);
    }
    linked
}

/// Links lists in codes. Every pair is compared, so no rule misses any.
pub fn link_codes(codes: &CodeLists, sampling: &Sampling, tick: &(dyn Fn() + Sync)) -> Linked {
    let (counts, sizes) = (codes.tally(), codes.sizes());
    let model = CodeModel::learn(&counts, &sizes, codes.groups());
    let expected = |two: TwoLists| Between {
        lists: (two.lists[0], two.lists[1]),
        pairs: two.both,
        doubt: two.both_doubt,
    };
    let between = two_lists(&counts, &sizes, &model).into_iter().map(expected).collect();
    let (edges, least) = (codes.edges(&model, &counts), codes.least_log_odds(&model, &counts));
    let n = codes.lists.len();
    let compared = n * n.saturating_sub(1) / 2;
    let sampling = Sampling { prior: model.prior(codes), ..sampling.clone() };
    let linked = partitions(&codes.lists, Model::Codes(model), edges, &sampling, tick);
    Linked { by_rule: vec![("all".to_owned(), compared)], compared, between, least, ..linked }
}

/// Draws of partitions from weighted pairs.
fn partitions(
    lists: &[usize],
    model: Model,
    edges: Vec<(Pair, f64)>,
    sampling: &Sampling,
    tick: &(dyn Fn() + Sync),
) -> Linked {
    let draws = sample(lists, &edges, sampling, tick);
    let kept: Vec<Pair> = edges.iter().map(|e| e.0).collect();
    let probabilities = draws.together.clone();
    let groups = point(lists.len(), &kept, &probabilities, &sampling.decisions);
    Linked {
        by_rule: Vec::new(),
        compared: 0,
        refined: 0,
        never_compared: Loss::Nothing,
        between: Vec::new(),
        model,
        edges,
        least: LEAST_LOG_ODDS,
        probabilities,
        draws,
        groups,
    }
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
        let (Model::Records(x), Model::Records(y)) = (&a.model, &b.model) else { panic!() };
        assert!((x.lambda / y.lambda - 1.0).abs() < 1e-6, "{x:?} {y:?}");
        assert_eq!(a.edges.len(), b.edges.len());
    }

    /// Two who share two nationalities agree on the rarest, whichever comes first on the lists.
    #[test]
    fn the_order_of_the_records_does_not_matter_to_the_weights() {
        let s = generate(&Design { persons: 300, ..Design::default() }, 6);
        let mut records = s.records;
        for (record, person) in records.iter_mut().zip(&s.truth) {
            record.nationality = match person % 4 {
                0 => Some("AA; BB".to_owned()),
                1 => Some("BB".to_owned()),
                _ => record.nationality.take(),
            };
        }
        // The one is the first of all, and the other the last.
        let last = records.len() - 1;
        for (at, nationality) in [(0, "AA"), (last, "BB")] {
            records[at].nationality = Some(nationality.to_owned());
        }
        let mut turned = records.clone();
        turned.reverse();
        let (a, b) = (score(&records, 6), score(&turned, 6));
        let other = |i: u32| last as u32 - i;
        let of: std::collections::BTreeMap<Pair, f64> =
            b.edges.iter().map(|((i, j), weight)| ((other(*j), other(*i)), *weight)).collect();
        let both = |(i, j): Pair| [i, j].iter().all(|i| s.truth[*i as usize].is_multiple_of(4));
        let kept = |e: &&(Pair, f64)| both(e.0) && e.0.0 > 0 && e.0.1 < last as u32 && e.1 > 2.0;
        let shared: Vec<&(Pair, f64)> = a.edges.iter().filter(kept).collect();
        assert!(shared.len() > 20, "{}", shared.len());
        // Of two names that agree equally well the first counts, so that a few pairs of records with several names weigh otherwise.
        let turned = |pair: &Pair| *of.get(pair).unwrap_or_else(|| panic!("{pair:?}"));
        let differ = shared.iter().filter(|(pair, weight)| (weight - turned(pair)).abs() >= 0.01).count();
        assert!(20 * differ < shared.len(), "{differ} of {}", shared.len());
    }
}
