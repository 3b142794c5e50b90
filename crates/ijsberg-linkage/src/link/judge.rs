//! Which pairs people should judge, and calibration from their answers.

use std::collections::HashMap;

use crate::blocking::Pair;
use crate::calibrate::{Calibration, worth_judging};
use crate::link::Scored;

/// Pairs with a ceiling below this are uncertain enough to be judged.
const DOUBTFUL: f64 = 5.3;

/// What judged pairs teach.
#[derive(Debug, Clone, Default)]
pub struct Taught {
    /// How weights become log odds.
    pub calibration: Calibration,
    /// Judged pairs that are candidates: the probability after calibration, and whether they are one person.
    pub judged: Vec<(f64, bool)>,
}

impl Scored {
    /// Calibrates by judged pairs. Those that agree as one person but may be relatives show how many relatives there are, the others how
    /// far the weights can be trusted.
    pub fn taught(&self, judged: &[(Pair, bool)]) -> Taught {
        if judged.is_empty() {
            return Taught::default();
        }
        let at: HashMap<Pair, usize> = self.edges.iter().enumerate().map(|(k, e)| (e.0, k)).collect();
        let known: Vec<(usize, bool)> = judged
            .iter()
            .filter_map(|((i, j), same)| Some((*at.get(&(*i.min(j), *i.max(j)))?, *same)))
            .collect();
        let pairs: Vec<Pair> = known.iter().map(|(k, _)| self.edges[*k].0).collect();
        let ceilings = self.ceilings_of(&pairs);
        let all = known
            .iter()
            .zip(&ceilings)
            .map(|((k, same), ceiling)| (f64::from(*ceiling), self.prior + self.edges[*k].1, *same));
        let (alike, others): (Vec<_>, Vec<_>) = all.clone().partition(|(ceiling, odds, _)| ceiling < odds);
        let others: Vec<(f64, bool)> = others.into_iter().map(|(_, odds, same)| (odds, same)).collect();
        let mut calibration = Calibration::learn(&others);
        if !alike.is_empty() {
            calibration.learn_relatives(&alike);
        }
        let judged =
            all.map(|(ceiling, odds, same)| (calibration.probability_under(odds, ceiling), same)).collect();
        Taught { calibration, judged }
    }

    /// Pairs judged from the truth, the person of each record: for studies of how well calibration works.
    pub fn judged_by_truth(&self, truth: &[u32], count: usize, seed: u64) -> Vec<(Pair, bool)> {
        let pairs = self.worth_judging(count, seed).into_iter().map(|i| self.edges[i].0);
        pairs.map(|(a, b)| ((a, b), truth[a as usize] == truth[b as usize])).collect()
    }

    /// Candidates worth judging, as places among the edges: first pairs that may be relatives, the most doubtful first, up to a third;
    /// then pairs of all degrees of certainty; see [`worth_judging`].
    pub fn worth_judging(&self, count: usize, seed: u64) -> Vec<usize> {
        let pairs: Vec<Pair> = self.edges.iter().map(|e| e.0).collect();
        let ceilings = self.ceilings_of(&pairs);
        let mut chosen: Vec<usize> = (0..self.edges.len())
            .filter(|k| {
                let odds = self.prior + self.edges[*k].1;
                odds > 0.0 && f64::from(ceilings[*k]) < odds.min(DOUBTFUL)
            })
            .collect();
        chosen.sort_by(|a, b| ceilings[*a].abs().total_cmp(&ceilings[*b].abs()).then(a.cmp(b)));
        chosen.truncate(count.div_ceil(3));
        let taken: std::collections::HashSet<usize> = chosen.iter().copied().collect();
        let others = worth_judging(&self.edges, self.prior, count, seed);
        chosen.extend(others.into_iter().filter(|k| !taken.contains(k)));
        chosen.truncate(count);
        chosen
    }
}
