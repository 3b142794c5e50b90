//! How many links no rule compared, measured: some records are compared with all others.
//!
//! For records drawn at random, all pairs that no rule found are compared and weighed. How often a pair of that weight is one person is
//! estimated from the pairs that the rules found. That rules share fields and find the same pairs, and that few rules find some records,
//! needs no model: the sample has both, as the lists have them. It is the ratio of two sums over
//! records drawn by simple random sampling (Cochran 1977, Sampling Techniques, chapter 6), with an interval from as many links as the
//! sample is worth (Korn and Graubard 1998, Survey Methodology 24). Records are drawn until the sample has enough links; where there are
//! too few, nothing is reported.
//!
//! The share is biased downwards. It assumes that pairs of one weight are as often one person whether a rule found them or not, and it adds
//! links one by one, though links support one another: where rules lost 29% of the links that comparing all pairs finds, all records
//! together give 25% (the lists of `what_rules_miss_is_measured`). The interval covers sampling error only, not this bias. Pairs of one
//! person that look like two people are not counted: comparing them would not show it.

use rand::RngExt;
use rand_distr::{Beta, Distribution};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::{LEAST_LOG_ODDS, Linked};
use crate::blocking::Pair;
use crate::fellegi_sunter::{MatchModel, Reach, compare};
use crate::generate::stream;
use crate::partition::{Draws, Sampling};
use crate::prepare::Prepared;

/// Number of pairs in the first sample, and its fewest and most records.
const PAIRS_LOOKED_AT: usize = 40_000_000;
const FEWEST_RECORDS: usize = 200;
const MOST_RECORDS: usize = 1000;

/// The sample grows until it has this many links, up to a number of pairs; with fewer links than the least, nothing is reported.
const LINKS_WANTED: f64 = 100.0;
const FEWEST_LINKS: f64 = 20.0;
const MOST_PAIRS: usize = 10 * PAIRS_LOOKED_AT;

/// A share is drawn as if at least this many links of the sample were missed: a sample without any does not mean that there are none.
const LEAST_MISSED: f64 = 0.5;

/// Compared pairs of one weight that are needed to estimate how often such a pair is one person.
const ENOUGH: f64 = 20.0;

/// Draws that an interval is made of.
const DRAWS: usize = 2000;

/// Links that no rule compared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NeverCompared {
    /// Records drawn at random, each of which was compared with all others.
    pub records: usize,
    /// Records on other lists that are of the same persons by the draws, in expectation.
    pub found: f64,
    /// Those beyond them that comparing all pairs would have shown, in expectation.
    pub missed: f64,
    /// Of both together, the share that was missed.
    pub share: f64,
    /// 95% interval of the share.
    pub interval: [f64; 2],
    /// The effective number of links in the sample, as if each were drawn independently.
    pub worth: f64,
}

impl NeverCompared {
    /// Draws a share, by a seed and a number, from a beta distribution whose mean odds are those of the share; links are put back by these
    /// odds.
    pub fn drawn(&self, seed: u64, draw: u64) -> f64 {
        let mut rng = stream(seed ^ 0x0e7e, draw);
        let missed = (self.share * self.worth).max(LEAST_MISSED);
        let found = (1.0 - self.share) * self.worth + 1.0;
        Beta::new(missed, found).map_or(self.share, |b| b.sample(&mut rng))
    }
}

/// Why it is not known how many links no rule compared: the sample has too few links to tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FewLinks {
    /// Records drawn at random, each of which was compared with all others.
    pub records: usize,
    /// Records on other lists that are of the same persons, in expectation.
    pub links: f64,
}

/// The share of links that no rule compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// There are none: all pairs were compared.
    Nothing,
    /// How many there are was measured.
    Measured(NeverCompared),
    /// It was not measured: there may be some, in an unknown number.
    NotMeasured(FewLinks),
}

impl Loss {
    /// The measured share, if there is one.
    pub fn measured(&self) -> Option<&NeverCompared> {
        match self {
            Self::Measured(measured) => Some(measured),
            Self::Nothing | Self::NotMeasured(_) => None,
        }
    }

    /// The share to put back in a draw, by a seed and a number: none where it was not measured.
    pub fn drawn(&self, seed: u64, draw: u64) -> f64 {
        self.measured().map_or(0.0, |measured| measured.drawn(seed, draw))
    }

    /// Measures it for lists that were linked by rules.
    pub(super) fn measure(p: &Prepared, model: &MatchModel, linked: &Linked, sampling: &Sampling) -> Self {
        let first = (PAIRS_LOOKED_AT / p.len().max(1)).clamp(FEWEST_RECORDS, MOST_RECORDS);
        let most = (MOST_PAIRS / p.len().max(1)).max(first);
        Self::of_records(&Lists { p, model, linked, sampling }, first, most)
    }

    /// Starts with `first` records and doubles their number as long as they have too few links.
    fn of_records(lists: &Lists<'_>, first: usize, most: usize) -> Self {
        let order = drawn(lists.p.len(), most, lists.sampling.seed);
        let (reach, chances) = (Reach::new(lists.p, lists.model, LEAST_LOG_ODDS), Chances::from_lists(lists));
        let (mut of_found, mut of_missed): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
        let mut next = first.max(1);
        while of_found.len() < order.len() && telling(&of_found, &of_missed) < LINKS_WANTED {
            let some = &order[of_found.len()..(of_found.len() + next).min(order.len())];
            of_found.extend(found(some, &lists.linked.draws, |i, j| lists.are_apart(i, j)));
            of_missed.extend(lists.missed(some, &reach, &chances));
            next = of_found.len();
        }
        Self::from_sample(&of_found, &of_missed, lists.p.len())
    }

    /// From the found and missed links of each record in the sample.
    fn from_sample(found: &[f64], missed: &[f64], records: usize) -> Self {
        let drawn = found.len() as f64;
        let [all_found, all_missed] = [found, missed].map(|all| all.iter().sum::<f64>());
        let links = all_found + all_missed;
        if telling(found, missed) < FEWEST_LINKS {
            return Self::NotMeasured(FewLinks { records: found.len(), links });
        }
        let share = all_missed / links;
        // Of a ratio, by linearisation; records are drawn without replacement.
        let off = found.iter().zip(missed).map(|(f, m)| (m - share * (f + m)).powi(2)).sum::<f64>();
        let variance = off * drawn / (drawn - 1.0) * (1.0 - drawn / records as f64).max(0.0) / links.powi(2);
        // Links of one record go together, so that the sample is worth fewer than it has; never more, though.
        let binomial = share * (1.0 - share) / links;
        let worth = if binomial > 0.0 { links / (variance / binomial).max(1.0) } else { links };
        let mut all = NeverCompared {
            records: found.len(),
            found: all_found,
            missed: all_missed,
            share,
            interval: [share; 2],
            worth,
        };
        let mut draws: Vec<f64> = (0..DRAWS as u64).map(|d| all.drawn(0, d)).collect();
        draws.sort_unstable_by(f64::total_cmp);
        all.interval = [draws[DRAWS / 40].min(share), draws[DRAWS - 1 - DRAWS / 40].max(share)];
        Self::Measured(all)
    }
}

/// The links of some records, of which those of a few records that have most of them count as no more than so few (the effective number
/// of Kish).
fn telling(found: &[f64], missed: &[f64]) -> f64 {
    let of = || found.iter().zip(missed).map(|(found, missed)| found + missed);
    let (links, squares) = (of().sum::<f64>(), of().map(|links| links * links).sum::<f64>());
    if squares > 0.0 { links.min(links * links / squares) } else { 0.0 }
}

/// The first so many of all records in an order that a seed gives.
fn drawn(all: usize, count: usize, seed: u64) -> Vec<u32> {
    let mut rng = stream(seed ^ 0x5a3b, 0);
    let (mut drawn, mut before) = (Vec::new(), FxHashSet::default());
    while drawn.len() < count.min(all) {
        let record = rng.random_range(0..all as u32);
        if before.insert(record) {
            drawn.push(record);
        }
    }
    drawn
}

/// For each of some records how many others count that are of the same person, on average over the draws that are kept.
fn found(drawn: &[u32], draws: &Draws, counts: impl Fn(u32, u32) -> bool) -> Vec<f64> {
    let (mut found, mut kept) = (vec![0_u64; drawn.len()], 0_u32);
    for groups in draws.all() {
        kept += 1;
        let mut of: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        for (k, i) in drawn.iter().enumerate() {
            of.entry(groups[*i as usize]).or_default().push(k);
        }
        for (j, group) in groups.iter().enumerate() {
            for k in of.get(group).into_iter().flatten() {
                found[*k] += u64::from(counts(drawn[*k], j as u32));
            }
        }
    }
    found.into_iter().map(|n| n as f64 / f64::from(kept.max(1))).collect()
}

/// Lists that were linked by rules.
struct Lists<'a> {
    p: &'a Prepared,
    model: &'a MatchModel,
    linked: &'a Linked,
    sampling: &'a Sampling,
}

impl Lists<'_> {
    /// Whether two records are on different lists; with one list, whether they are two.
    fn are_apart(&self, i: u32, j: u32) -> bool {
        let list = |i: u32| self.p.records[i as usize].list;
        i != j && (list(i) != list(j) || self.p.lists() < 2)
    }

    /// The log odds of a pair after calibration, from its weight and the most that its log odds can be.
    fn log_odds(&self, weight: f64, ceiling: f64) -> f64 {
        let chance = self.sampling.calibration.probability_under(self.sampling.prior + weight, ceiling);
        (chance / (1.0 - chance)).ln()
    }

    /// For each of some records how many links comparing would have shown beyond those that the draws have.
    fn missed(&self, drawn: &[u32], reach: &Reach<'_>, chances: &Chances) -> Vec<f64> {
        let several = self.p.lists() >= 2;
        let list = |i: u32| self.p.records[i as usize].list;
        let kept: Vec<&Vec<u32>> = self.linked.draws.all().collect();
        let edges = &self.linked.edges;
        let one = |i: &u32| {
            let apart = |pair: &Pair| !several || list(pair.0) != list(pair.1);
            let pairs: Vec<Pair> = reach.pairs(*i, 0..self.p.len() as u32).filter(apart).collect();
            let compared = compare(self.p, &pairs);
            let likely = pairs.iter().zip(&compared).filter(|(pair, c)| {
                self.model.log_odds(c) >= LEAST_LOG_ODDS
                    && edges.binary_search_by_key(*pair, |e| e.0).is_err()
            });
            let missed = likely.map(|((i, j), c)| {
                // Who was found to be one person through others is not missed.
                let together = kept.iter().filter(|g| g[*i as usize] == g[*j as usize]).count();
                let apart = 1.0 - together as f64 / (kept.len() as f64).max(1.0);
                apart * chances.at(self.log_odds(self.model.weight(c), self.model.ceiling(c)))
            });
            missed.sum::<f64>()
        };
        drawn.par_iter().map(one).collect()
    }
}

/// Bands of log odds, each one wide, around even odds; the first and the last have all beyond.
const BANDS: usize = 16;

/// How often compared pairs turned out to be one person, by their log odds: pairs, and the sum of their chances.
struct Chances([[f64; 2]; BANDS]);

impl Chances {
    fn band(log_odds: f64) -> usize {
        (log_odds + 0.5 * BANDS as f64).clamp(0.0, BANDS as f64 - 0.5) as usize
    }

    fn from_lists(lists: &Lists<'_>) -> Self {
        let mut bands = [[0.0; 2]; BANDS];
        let ceilings = &lists.sampling.ceilings;
        let compared = lists.linked.edges.iter().zip(&lists.linked.probabilities);
        for (k, (((i, j), weight), chance)) in compared.enumerate() {
            if lists.are_apart(*i, *j) {
                let ceiling = ceilings.get(k).map_or(f64::INFINITY, |c| f64::from(*c));
                let [pairs, same] = &mut bands[Self::band(lists.log_odds(*weight, ceiling))];
                *pairs += 1.0;
                *same += chance;
            }
        }
        Self(bands)
    }

    fn at(&self, log_odds: f64) -> f64 {
        let [pairs, same] = self.0[Self::band(log_odds)];
        if pairs >= ENOUGH { same / pairs } else { 1.0 / (1.0 + (-log_odds).exp()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocking::by_tightest;
    use crate::generate::{Design, generate};
    use crate::link::{link_scored, plan, score, weigh};

    fn measured(loss: &Loss) -> NeverCompared {
        *loss.measured().unwrap_or_else(|| panic!("{loss:?}"))
    }

    /// Nine in ten records lose next to nothing and the others nearly everything, which goes unseen by any rule.
    #[test]
    fn the_interval_has_the_share_however_much_records_differ() {
        let all = 6000;
        let of = |i: usize| if i % 10 == 3 { [0.2, 1.8] } else { [1.5, 0.05] };
        let sum = |k: usize| (0..all).map(|i| of(i)[k]).sum::<f64>();
        let truth = sum(1) / (sum(0) + sum(1));
        let (mut covered, mut mean) = (0, 0.0);
        for seed in 0..200 {
            let sample = drawn(all, 300, seed);
            let [found, missed]: [Vec<f64>; 2] =
                [0, 1].map(|k| sample.iter().map(|i| of(*i as usize)[k]).collect());
            let told = measured(&Loss::from_sample(&found, &missed, all));
            covered += usize::from(told.interval[0] <= truth && truth <= told.interval[1]);
            mean += told.share / 200.0;
            assert!(told.worth < told.found + told.missed);
        }
        assert!((mean - truth).abs() < 0.01, "{mean} {truth}");
        assert!((176..=200).contains(&covered), "{covered}");
    }

    #[test]
    fn a_sample_in_which_nothing_was_missed_still_leaves_a_doubt() {
        let none = measured(&Loss::from_sample(&[1.0; 50], &[0.0; 50], 30_000));
        assert!(none.share == 0.0 && none.interval[0] == 0.0, "{none:?}");
        assert!((0.02..0.08).contains(&none.interval[1]), "{none:?}");
        let draws: Vec<f64> = (0..200).map(|d| none.drawn(1, d)).collect();
        assert!(draws.iter().all(|d| (0.0..0.3).contains(d)) && draws[0] != draws[1]);
    }

    #[test]
    fn with_too_few_links_nothing_is_reported_or_put_back() {
        let few = |found: &[f64], missed: &[f64], links: f64| {
            let loss = Loss::from_sample(found, missed, 30_000);
            assert_eq!(loss, Loss::NotMeasured(FewLinks { records: found.len(), links }));
            assert_eq!((loss.measured(), loss.drawn(1, 1)), (None, 0.0));
        };
        few(&[0.0; 50], &[0.0; 50], 0.0);
        few(&[1.0; 10], &[0.5; 10], 15.0);
        // One person with very many records counts as one person.
        let mut many = [0.0; 50];
        many[7] = 60.0;
        few(&many, &[0.0; 50], 60.0);
        assert!(Loss::from_sample(&[1.0; 20], &[0.0; 20], 30_000).measured().is_some());
        assert_eq!(Loss::Nothing.drawn(1, 1), 0.0);
    }

    #[test]
    fn what_is_put_back_is_on_average_what_was_missed() {
        let missed: [f64; 30] = std::array::from_fn(|i| f64::from(u8::from(i < 9)));
        let told = measured(&Loss::from_sample(&missed.map(|m| 1.0 - m), &missed, 30_000));
        assert!((told.share - 0.3).abs() < 1e-9 && told.worth > 25.0, "{told:?}");
        let draws: Vec<f64> = (0..4000).map(|d| told.drawn(1, d)).collect();
        let mean = |of: fn(f64) -> f64| draws.iter().map(|d| of(*d)).sum::<f64>() / 4000.0;
        let (share, odds) = (mean(|loss| loss), mean(|loss| loss / (1.0 - loss)));
        assert!((share - 0.3).abs() < 0.02, "{share}");
        assert!((odds - 0.3 / 0.7).abs() < 0.015, "{odds}");
    }

    /// Applies the rules for a million records to a few: the measured share of missed links is that found by comparing all pairs.
    #[test]
    fn what_rules_miss_is_measured() {
        let s = generate(&Design { persons: 1700, ..Design::default() }, 12);
        let sampling = Sampling { draws: 25, ..Sampling::default() };
        let whole = link_scored(&s.records, score(&s.records, 1), &sampling, &|| ());
        assert_eq!(whole.never_compared, Loss::Nothing);
        let planned = plan(&s.records, 1);
        let tight = weigh(planned.prepared.clone(), by_tightest(&planned.prepared), planned.model);
        let sampling = Sampling { prior: tight.prior, ceilings: tight.ceilings(), ..sampling };
        let linked = link_scored(&s.records, tight.clone(), &sampling, &|| ());
        let lists = Lists { p: &planned.prepared, model: &tight.model, linked: &linked, sampling: &sampling };
        let told = measured(&Loss::of_records(&lists, 400, 400));
        // A sample with too few links goes on, in the same order, as far as it may.
        let longer = measured(&Loss::of_records(&lists, 5, 4000));
        assert!((100..2000).contains(&longer.records) && longer.records.is_multiple_of(5), "{longer:?}");
        assert!(longer.found + longer.missed >= LINKS_WANTED, "{longer:?}");
        assert!(matches!(Loss::of_records(&lists, 5, 10), Loss::NotMeasured(FewLinks { records: 10, .. })));
        assert_eq!(drawn(900, 20, 3)[..5], drawn(900, 5, 3)[..]);
        let everybody: Vec<u32> = (0..s.records.len() as u32).collect();
        let together = |linked: &Linked| -> f64 {
            found(&everybody, &linked.draws, |i, j| lists.are_apart(i, j)).iter().sum()
        };
        let truth = 1.0 - together(&linked) / together(&whole);
        assert!(truth > 0.1, "{truth}");
        assert!((told.share - truth).abs() < 0.08, "{told:?} {truth}");
        assert!(told.interval[0] - 0.03 < truth && truth < told.interval[1] + 0.03, "{told:?} {truth}");
    }
}
