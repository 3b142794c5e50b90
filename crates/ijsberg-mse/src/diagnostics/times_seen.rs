//! The verdict on a table that says how often persons were seen, but not where.
//!
//! There are no lists to leave out, to merge or to take as the truth, so nothing can show that the chances of persons
//! differ in the form that a method takes. What holds for any form is Chao's (1987) lower bound. A range may be given
//! only when at least two of the truncated families (Poisson, geometric, negative binomial) fit the counts and agree on
//! the number; a single number never.

use serde::Serialize;

use super::{Reason, Verdict};
use crate::estimate::{Estimate, Outcome};
use crate::method::Method;
use crate::truncated::{CountRow, Family, fit, goodness};

/// The families that are compared.
const FAMILIES: [(Method, Family); 3] = [
    (Method::TruncatedPoisson, Family::Poisson),
    (Method::TruncatedGeometric, Family::Geometric),
    (Method::TruncatedNegativeBinomial, Family::NegativeBinomial),
];

/// Families fit unless their test of fit has a smaller p-value.
pub const FITS: f64 = 0.1;

/// Largest over smallest estimate up to which families agree.
pub const AGREE: f64 = 1.25;

/// The fewest persons seen more than once for anything to be said.
const FEWEST_AGAIN: u64 = 10;

/// How well a family fits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilyFit {
    /// The method.
    pub method: Method,
    /// Its estimate; `None` where it has none.
    pub n_hat: Option<f64>,
    /// P-value of Pearson's test on the numbers of times, taken together until at least five persons are expected;
    /// `None` where too few numbers are left to test.
    pub p_value: Option<f64>,
}

/// What to know of counts of times seen.
#[derive(Debug, Clone, Serialize)]
pub struct CountDiagnostics {
    /// Persons by times seen: `(times, persons)`.
    pub frequencies: Vec<(u32, u64)>,
    /// The families.
    pub families: Vec<FamilyFit>,
    /// How far to trust the result.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The lower limit of Chao's bound.
    pub at_least: Option<f64>,
    /// The highest upper limit of the families that fit, when they agree.
    pub at_most: Option<f64>,
}

/// Judges counts; `estimates` are those of [`crate::methods::counts::run`].
pub fn judge_times(rows: &[CountRow], estimates: &[Estimate]) -> CountDiagnostics {
    let mut by_times = std::collections::BTreeMap::<u32, f64>::new();
    rows.iter().for_each(|r| *by_times.entry(r.times).or_default() += r.persons);
    let frequencies: Vec<(u32, u64)> =
        by_times.into_iter().map(|(k, f)| (k, f as u64)).filter(|f| f.1 > 0).collect();
    let of = |method: Method| {
        estimates.iter().find(|e| e.method == method).filter(|e| e.outcome == Outcome::Exists)
    };
    let families: Vec<FamilyFit> = FAMILIES
        .iter()
        .map(|(method, family)| FamilyFit {
            method: *method,
            n_hat: of(*method).and_then(|e| e.n_hat),
            p_value: fit(rows, *family, 1).and_then(|f| goodness(rows, &f)),
        })
        .collect();
    let at_least = of(Method::ChaoCorrected).and_then(|e| e.interval).map(|i| i.lower);
    let again: u64 = frequencies.iter().filter(|f| f.0 > 1).map(|f| f.1).sum();
    let mut d = CountDiagnostics {
        frequencies,
        families,
        verdict: Verdict::LowerBoundOnly,
        reasons: Vec::new(),
        at_least,
        at_most: None,
    };
    if again < FEWEST_AGAIN || at_least.is_none() {
        (d.verdict, d.at_least) = (Verdict::NoEstimate, None);
        d.reasons.push(Reason::SeldomSeenAgain { again });
        return d;
    }
    d.reasons.push(Reason::TimesOnly);
    let fitting = |f: &&FamilyFit| f.n_hat.is_some() && f.p_value.is_some_and(|p| p >= FITS);
    let fitting: Vec<&FamilyFit> = d.families.iter().filter(fitting).collect();
    let sizes = || fitting.iter().filter_map(|f| f.n_hat);
    let factor = sizes().fold(0.0, f64::max) / sizes().fold(f64::INFINITY, f64::min);
    if fitting.len() < 2 {
        d.reasons.push(Reason::FamiliesDoNotFit { fitting: fitting.len() });
    } else if factor > AGREE {
        d.reasons.push(Reason::FamiliesDisagree { factor });
    } else {
        let upper =
            fitting.iter().filter_map(|f| of(f.method)?.interval).map(|i| i.upper).fold(0.0, f64::max);
        (d.verdict, d.at_most) = (Verdict::RangeOnly, Some(upper));
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::counts::run;

    fn judged(f: &[u32]) -> CountDiagnostics {
        let row =
            |(i, n): (usize, &u32)| CountRow { times: i as u32 + 1, x: vec![1.0], persons: f64::from(*n) };
        let rows: Vec<CountRow> = f.iter().enumerate().map(row).collect();
        judge_times(&rows, &run(&rows, 0.95))
    }

    #[test]
    fn the_golf_tees_are_a_lower_bound() {
        // 250 tees, of which eight observers found 162: 46 once, 28 twice, ... (Borchers, Buckland and Zucchini 2002).
        let d = judged(&[46, 28, 21, 13, 23, 14, 6, 11]);
        assert_eq!(d.verdict, Verdict::LowerBoundOnly, "{d:?}");
        let least = d.at_least.unwrap();
        assert!((162.0..250.0).contains(&least), "{least}");
        assert_eq!(d.at_most, None);
    }

    #[test]
    fn counts_of_one_rate_may_be_a_range_and_never_a_number() {
        // 10,000 persons seen as a Poisson variable of mean 1.
        let mass = |k: i32| 10_000.0 * (-1.0_f64).exp() / (1..=k).map(f64::from).product::<f64>();
        let f: Vec<u32> = (1..8).map(|k| mass(k).round() as u32).collect();
        let d = judged(&f);
        assert_eq!(d.families[0].method, Method::TruncatedPoisson);
        assert!(d.families[0].p_value.unwrap() > 0.9 && d.families[1].p_value.unwrap() < 1e-6, "{d:?}");
        assert_eq!(d.verdict, Verdict::LowerBoundOnly, "one family that fits is no agreement");
        assert!(d.at_least.unwrap() < 10_000.0);
    }

    #[test]
    fn hardly_anybody_seen_again_is_no_estimate() {
        let d = judged(&[500, 5, 1]);
        assert_eq!((d.verdict, d.at_least), (Verdict::NoEstimate, None));
        assert_eq!(d.reasons, [Reason::SeldomSeenAgain { again: 6 }]);
    }
}
