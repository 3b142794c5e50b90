//! A random sample of strata before it is drawn: how many of each, and how precise the estimate will be.

use serde::Serialize;

use super::allocate::{Part, allocate, variance};
use super::sampled::Check;

/// A stratum of counted people, with the results that are expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ExpectedStratum {
    /// The people.
    pub people: u64,
    /// The share of them that belongs to the population, from 0 to 1.
    pub belongs: f64,
}

/// A sample that is to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Survey {
    /// People to draw and check in each stratum, for the smallest variance.
    pub drawn: Vec<u64>,
    /// The same when as large a share of each stratum is drawn.
    pub proportional: Vec<u64>,
    /// People who belong and who do not, on whom to try the check; `None` where it is known how often the check is right.
    pub trial: Option<[u64; 2]>,
    /// Persons of the population who are expected in all strata.
    pub persons: f64,
    /// The standard error of their number when the smallest variance is drawn for.
    pub se: f64,
    /// The same when as large a share of each stratum is drawn, with the same trial.
    pub proportional_se: f64,
    /// People who would have to be drawn as the same share of each stratum for the smaller standard error.
    pub proportional_people: f64,
}

/// Spreads `total` checks over the strata, and over a trial of the check where `with_trial` says that one is to be held.
///
/// A stratum of `M` people, of whom a share `q` belongs and `k` are drawn without replacement, adds `M / (M - 1) (M^2 p (1 - p) / (k power^2) - M q (1 -
/// q))` to the variance, with `p = q Se + (1 - q) (1 - Sp)` positive checks and `power = Se + Sp - 1`; a trial of `a` people who belong and `b` who do not adds `(N^2
/// Se (1 - Se) / a + (M - N)^2 Sp (1 - Sp) / b) / power^2`, with `N` persons among all `M` people (Rogan and Gladen 1978). The whole numbers are those of
/// [`allocate`]; a check in the trial costs as much as one in the sample.
///
/// `None` where the check is no better than chance, and where the total is too small (two of each stratum, one of each kind in a trial) or larger than all
/// strata.
pub fn survey(strata: &[ExpectedStratum], check: Check, total: u64, with_trial: bool) -> Option<Survey> {
    let known = strata.iter().all(|s| (0.0..=1.0).contains(&s.belongs));
    if strata.is_empty() || !known || check.power() <= 0.0 {
        return None;
    }
    let sum = |f: &dyn Fn(&ExpectedStratum) -> f64| strata.iter().map(f).sum::<f64>();
    let people = sum(&|s| s.people as f64);
    let persons = sum(&|s| s.people as f64 * s.belongs);
    let whole = sum(&|s| {
        let people = s.people as f64;
        people * people / (people - 1.0).max(1.0) * s.belongs * (1.0 - s.belongs)
    });
    let own: Vec<Part> = strata.iter().map(|s| Part::of_stratum(s.people, s.belongs, check)).collect();
    let mut parts = own.clone();
    if with_trial {
        parts.extend([Part::of_belonging(persons, check), Part::of_others(people - persons, check)]);
    }
    let mut drawn = allocate(&parts, total)?;
    let trial = drawn.split_off(strata.len());
    let trial_variance = variance(&parts[strata.len()..], &trial);
    // Shares that are equal but for whole numbers: the spread of people among strata is that of their roots.
    let equal: Vec<Part> =
        strata.iter().map(|s| Part { spread: (s.people as f64).powi(2), least: 2, most: s.people }).collect();
    let proportional = allocate(&equal, drawn.iter().sum())?;
    let of = |units: &[u64]| (variance(&own, units) + trial_variance - whole).max(0.0);
    let inflated: f64 = own.iter().zip(strata).map(|(p, s)| p.spread * people / s.people as f64).sum();
    let own_variance = variance(&own, &drawn);
    // Where nothing varies, any sample does.
    let total_drawn = drawn.iter().sum::<u64>() as f64;
    let proportional_people =
        if own_variance > 0.0 { (inflated / own_variance).min(people) } else { total_drawn };
    Some(Survey {
        persons,
        se: of(&drawn).sqrt(),
        proportional_se: of(&proportional).sqrt(),
        proportional_people,
        trial: with_trial.then(|| [trial[0], trial[1]]),
        drawn,
        proportional,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRATA: [ExpectedStratum; 3] = [
        ExpectedStratum { people: 20_000, belongs: 0.02 },
        ExpectedStratum { people: 5000, belongs: 0.3 },
        ExpectedStratum { people: 10_000, belongs: 0.1 },
    ];

    #[test]
    fn a_sample_as_large_as_its_share_needs_more_people_for_the_same_precision() {
        let check = Check { sensitivity: 0.9, specificity: 0.97 };
        let s = survey(&STRATA, check, 1500, false).unwrap();
        assert_eq!((s.drawn.iter().sum::<u64>(), s.proportional.iter().sum::<u64>()), (1500, 1500));
        assert!(s.persons == 2900.0 && s.trial.is_none());
        assert!(s.se < s.proportional_se && s.proportional_people > 1600.0, "{s:?}");
        let again = survey(&STRATA, check, s.proportional_people.round() as u64, false).unwrap();
        assert!((again.proportional_se / s.se - 1.0).abs() < 0.005, "{again:?}");
        // Proportional but for whole numbers.
        assert!(s.proportional.iter().zip([857, 214, 429]).all(|(a, b)| a.abs_diff(b) <= 1));
    }

    /// Moving ten checks from one part to any other makes the variance no smaller.
    #[test]
    fn a_trial_takes_the_share_of_the_checks_that_it_is_worth() {
        let check = Check { sensitivity: 0.8, specificity: 0.95 };
        let s = survey(&STRATA, check, 2000, true).unwrap();
        let [belonging, others] = s.trial.unwrap();
        assert_eq!(s.drawn.iter().sum::<u64>() + belonging + others, 2000);
        let variance = |drawn: &[u64], trial: [f64; 2]| -> f64 {
            let own: f64 = STRATA
                .iter()
                .zip(drawn)
                .map(|(s, k)| Part::of_stratum(s.people, s.belongs, check).spread / *k as f64)
                .sum();
            let (n, m) = (2900.0_f64, 35_000.0 - 2900.0);
            own + (n * n * 0.16 / trial[0] + m * m * 0.0475 / trial[1]) / 0.75_f64.powi(2)
        };
        let trial = [belonging as f64, others as f64];
        let best = variance(&s.drawn, trial);
        for part in 0..3 {
            let mut fewer = s.drawn.clone();
            fewer[part] -= 10;
            assert!(variance(&fewer, [trial[0] + 10.0, trial[1]]) >= best);
            assert!(variance(&fewer, [trial[0], trial[1] + 10.0]) >= best);
        }
        assert!(variance(&s.drawn, [trial[0] - 10.0, trial[1] + 10.0]) >= best);
        assert!(variance(&s.drawn, [trial[0] + 10.0, trial[1] - 10.0]) >= best);
        // With a check that is always right nothing is left to be tried: one of each.
        let right = survey(&STRATA, Check::default(), 2000, true).unwrap();
        assert_eq!(right.trial, Some([1, 1]));
    }

    #[test]
    fn what_cannot_be_drawn_has_no_plan() {
        let blind = Check { sensitivity: 0.5, specificity: 0.5 };
        assert_eq!(survey(&STRATA, blind, 1500, false), None);
        assert_eq!(survey(&STRATA, Check::default(), 5, false), None);
        assert_eq!(survey(&STRATA, Check::default(), 35_001, false), None);
        assert_eq!(survey(&[], Check::default(), 10, false), None);
        // Everybody is drawn: nothing is left to chance.
        assert!(survey(&STRATA, Check::default(), 35_000, false).unwrap().se < 1e-3);
    }
}
