//! Samples of counted people: a check that was tried, strata that are added up, and whom to draw.

use ijsberg_mse::anchor::{
    Check, Part, Stratum, SurveyEstimate, Trial, allocate, sampled, stratified, variance,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Hypergeometric};

use crate::tables::close;

/// Intervals hold the size as often as they say although the check was tried on 60 and 60 people only; taking what the trial saw for the truth, a
/// fault made here on purpose, is found by their coverage.
#[test]
fn a_check_that_was_tried_on_few_people_is_not_taken_for_known() {
    let truth = Check { sensitivity: 0.8, specificity: 0.9 };
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let (mut held, mut held_by_fault) = (0, 0);
    for seed in 0..500 {
        let mut right = |share: f64, of: u64| (0..of).filter(|_| rng.random::<f64>() < share).count() as u64;
        let trial = Trial {
            belonging: 60,
            found: right(truth.sensitivity, 60),
            others: 60,
            cleared: right(truth.specificity, 60),
        };
        // 1,500 of 10,000 belong; 1,000 are drawn.
        let belong = right(0.15, 1000);
        let found = right(0.8, belong) + right(0.1, 1000 - belong);
        let holds = |s: SurveyEstimate| usize::from(s.lower <= 1500.0 && 1500.0 <= s.upper);
        let sample = [Stratum { people: 10_000, drawn: 1000, found }];
        held += holds(stratified(&sample, trial.into(), 0.95, seed).unwrap());
        held_by_fault += holds(sampled(found as f64, 1000.0, 10_000.0, trial.seen(), 0.95).unwrap());
    }
    // Four standard errors of 500 draws around 95%.
    assert!((455..=495).contains(&held), "{held}");
    assert!(held_by_fault < 400, "{held_by_fault}");
}

/// The sum over strata has the variance of a sum where the check is known, and more where it comes from a trial, which is wrong in all strata alike.
#[test]
fn strata_add_up_with_the_check_that_they_share() {
    let strata =
        [(8000, 400, 60), (3000, 300, 90)].map(|(people, drawn, found)| Stratum { people, drawn, found });
    let known = Check { sensitivity: 0.9, specificity: 0.95 };
    let each = strata.map(|s| sampled(s.found as f64, s.drawn as f64, s.people as f64, known, 0.95).unwrap());
    let sum = stratified(&strata, known.into(), 0.95, 5).unwrap();
    close(sum.persons, each[0].persons + each[1].persons, 1e-9, "persons");
    close(sum.se, each[0].se.hypot(each[1].se), 1e-9, "standard error");
    // Nearly normal: 5,000 draws give a limit within a twentieth of its distance.
    close(sum.upper - sum.lower, 2.0 * 1.96 * sum.se, 0.06, "width");
    let one = stratified(&strata[..1], known.into(), 0.95, 5).unwrap();
    close(one.lower, each[0].lower, 0.03, "the closed form of one stratum");
    close(one.upper, each[0].upper, 0.03, "the closed form of one stratum");
    let trial = Trial { belonging: 100, found: 90, others: 100, cleared: 95 };
    let together = stratified(&strata, trial.into(), 0.95, 5).unwrap();
    let apart = strata.map(|s| stratified(&[s], trial.into(), 0.95, 5).unwrap().se);
    assert!(together.se > 1.1 * apart[0].hypot(apart[1]), "{together:?} {apart:?}");
    for wrong in [
        Trial { belonging: 0, ..trial },
        Trial { found: 101, ..trial },
        Trial { found: 40, cleared: 61, ..trial },
    ] {
        assert_eq!(stratified(&strata, wrong.into(), 0.95, 5), None, "{wrong:?}");
    }
    assert_eq!(stratified(&[], known.into(), 0.95, 5), None);
    assert_eq!(stratified(&[Stratum { people: 9, drawn: 10, found: 1 }], known.into(), 0.95, 5), None);
}

/// The formula for the variance of an allocation is the spread of estimates from samples that are drawn so, and no allocation nearby spreads less.
#[test]
fn samples_that_are_allocated_spread_as_the_formula_says() {
    let strata = [(20_000_u64, 0.02), (5000, 0.3), (10_000, 0.1)];
    let check = Check { sensitivity: 0.9, specificity: 0.97 };
    let parts = strata.map(|(people, belongs)| Part::of_stratum(people, belongs, check));
    let units = allocate(&parts, 1500).unwrap();
    let proportional: Vec<u64> = strata.iter().map(|s| 1500 * s.0 / 35_000).collect();
    let spread = |units: &[u64]| {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        let sums: Vec<f64> = (0..4000)
            .map(|_| {
                let of = |((people, belongs), k): (&(u64, f64), &u64)| {
                    let members = (*people as f64 * belongs).round() as u64;
                    let drawn = Hypergeometric::new(*people, members, *k).unwrap().sample(&mut rng);
                    let mut right =
                        |share: f64, of: u64| (0..of).filter(|_| rng.random::<f64>() < share).count() as u64;
                    let found = right(check.sensitivity, drawn) + right(1.0 - check.specificity, k - drawn);
                    let p = found as f64 / *k as f64;
                    *people as f64 * (p + check.specificity - 1.0)
                        / (check.sensitivity + check.specificity - 1.0)
                };
                strata.iter().zip(units).map(of).sum()
            })
            .collect();
        let mean = sums.iter().sum::<f64>() / sums.len() as f64;
        (mean, sums.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (sums.len() - 1) as f64)
    };
    let (mean, found) = spread(&units);
    close(mean, 400.0 + 1500.0 + 1000.0, 0.01, "mean");
    // Drawing without replacement takes off what does not depend on the allocation. Four standard errors of a variance of 4,000 draws.
    let whole: f64 = strata.iter().map(|(people, q)| *people as f64 * q * (1.0 - q)).sum();
    close(found, variance(&parts, &units) - whole, 0.09, "variance");
    let (_, other) = spread(&proportional);
    assert!(other > found, "{other} {found}");
}
