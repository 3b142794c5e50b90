//! A check whose sensitivity and specificity are not known but were estimated in a trial.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma};
use rayon::prelude::*;
use serde::Serialize;

use super::sampled::{Check, Moments, SurveyEstimate};
use crate::chance::stream;
use crate::special::quantile_type8;

/// A trial of a check on people of whom it was known whether they belong to the population.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Trial {
    /// People who belong.
    pub belonging: u64,
    /// Those of them whom the check found.
    pub found: u64,
    /// People who do not belong.
    pub others: u64,
    /// Those of them whom the check cleared.
    pub cleared: u64,
}

/// The accuracy of a check.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum CheckAccuracy {
    /// Known sensitivity and specificity.
    Known(Check),
    /// The results of a trial.
    Tried(Trial),
}

impl CheckAccuracy {
    /// Whether the check never finds a person who does not belong.
    pub fn is_never_rash(self) -> bool {
        matches!(self, Self::Known(Check { specificity, .. }) if specificity >= 1.0)
    }
}

impl From<Check> for CheckAccuracy {
    fn from(check: Check) -> Self {
        Self::Known(check)
    }
}

impl From<Trial> for CheckAccuracy {
    fn from(trial: Trial) -> Self {
        Self::Tried(trial)
    }
}

/// Draws of the sensitivity and the specificity.
const DRAWS: u64 = 5000;
/// The share of draws in which the check may be no better than chance; these are left out.
const BLIND_UP_TO: f64 = 0.001;
/// Apart from other seeds.
const SEED: u64 = 0x791a;

impl Trial {
    /// The sensitivity and the specificity that were seen in the trial.
    pub fn seen(self) -> Check {
        let share = |part: u64, of: u64| part as f64 / of as f64;
        Check {
            sensitivity: share(self.found, self.belonging),
            specificity: share(self.cleared, self.others),
        }
    }

    /// Both from their posterior: Beta distributions under Jeffreys' prior.
    fn draw(self, rng: &mut ChaCha8Rng) -> Check {
        let mut share = |part: u64, of: u64| beta(part as f64, (of - part) as f64, rng);
        let sensitivity = share(self.found, self.belonging);
        Check { sensitivity, specificity: share(self.cleared, self.others) }
    }
}

/// A draw from the posterior of a share under Jeffreys' prior.
fn beta(part: f64, rest: f64, rng: &mut ChaCha8Rng) -> f64 {
    // The shapes are above nil.
    let mut gamma = |count: f64| Gamma::new(count + 0.5, 1.0).map_or(0.0, |g| g.sample(rng));
    let (part, rest) = (gamma(part), gamma(rest));
    part / (part + rest)
}

/// A sample of counted people, the whole of it or a stratum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Stratum {
    /// The people.
    pub people: u64,
    /// Those drawn at random and checked; at least two.
    pub drawn: u64,
    /// Those of them whom the check found.
    pub found: u64,
}

/// Persons of the population among the people of all strata, from samples checked in the same way.
///
/// With a known check the estimate is the sum of what [`sampled`](super::sampled) gives, and the variance the sum of the variances. From a trial the
/// sensitivity and the specificity are drawn from their posterior, `Beta(found + 1/2, belonging - found + 1/2)` and `Beta(cleared + 1/2, others -
/// cleared + 1/2)`, the same in all strata (multiple imputation: Ge, Zhang, Waller and Lyles, Utilizing a capture-recapture strategy to accelerate
/// infectious disease surveillance, section 2.5). The estimate is then the mean over these draws, and its variance Rubin's: the mean of the variances, plus the
/// variance of the estimates times `1 + 1 / draws`. The interval has equal tails of draws of the persons themselves, from the adjusted Jeffreys
/// posterior of each stratum.
///
/// `None` for no stratum, for one in which [`sampled`](super::sampled) has no estimate, for a trial of nobody or with more found than there were,
/// and where the trial leaves it possible (in more than one draw of a thousand) that the check is no better than chance.
pub fn stratified(strata: &[Stratum], check: CheckAccuracy, level: f64, seed: u64) -> Option<SurveyEstimate> {
    if let CheckAccuracy::Tried(Trial { belonging, found, others, cleared }) = check
        && (belonging == 0 || others == 0 || found > belonging || cleared > others)
    {
        return None;
    }
    if strata.is_empty() {
        return None;
    }
    let of = |d: u64| {
        let mut rng = stream(seed ^ SEED, d);
        let check = match check {
            CheckAccuracy::Known(check) => check,
            CheckAccuracy::Tried(trial) => trial.draw(&mut rng),
        };
        let mut sum = (0.0, 0.0, 0.0);
        for Stratum { people, drawn, found } in strata {
            let (found, drawn) = (*found as f64, *drawn as f64);
            let m = Moments::from_sample(found, drawn, *people as f64, check)?;
            let positive = m.shrunk(beta(found, drawn - found, &mut rng));
            sum = (sum.0 + m.persons(m.positive), sum.1 + m.se * m.se, sum.2 + m.persons(positive));
        }
        Some(sum)
    };
    let all: Vec<(f64, f64, f64)> = (0..DRAWS).into_par_iter().filter_map(of).collect();
    let n = all.len() as f64;
    if n < (1.0 - BLIND_UP_TO) * DRAWS as f64 {
        return None;
    }
    let mean = |f: &dyn Fn(&(f64, f64, f64)) -> f64| all.iter().map(f).sum::<f64>() / n;
    let persons = mean(&|x| x.0);
    let between = mean(&|x| (x.0 - persons).powi(2)) * n / (n - 1.0);
    let se = (mean(&|x| x.1) + (1.0 + 1.0 / n) * between).sqrt();
    let mut sizes: Vec<f64> = all.iter().map(|x| x.2).collect();
    sizes.sort_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - level);
    // With nobody found the limit on that side is the end, as in one sample.
    let lower = if strata.iter().all(|s| s.found == 0) { 0.0 } else { quantile_type8(&sizes, tail) };
    Some(SurveyEstimate { persons, se, lower, upper: quantile_type8(&sizes, 1.0 - tail) })
}
