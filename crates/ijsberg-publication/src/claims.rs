//! The claims that a text may make: a figure rose or fell only if the interval of the difference excludes zero.

use ijsberg_disclosure::perturbation::Noise;
use ijsberg_mse::normal_quantile;

use crate::estimate::{LEVEL, PartEstimate};
use crate::protection::CountProtection;

/// The direction of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The figure rose.
    Rose,
    /// The figure fell.
    Fell,
    /// There is no clear change.
    Unclear,
}

impl Change {
    /// The direction shown by the interval of a difference.
    pub fn from_interval((low, high): (f64, f64)) -> Self {
        match (low > 0.0, high < 0.0) {
            (true, _) => Self::Rose,
            (_, true) => Self::Fell,
            _ => Self::Unclear,
        }
    }

    /// The end of the key of its message.
    pub fn key(self) -> &'static str {
        match self {
            Self::Rose => "rose",
            Self::Fell => "fell",
            Self::Unclear => "unclear",
        }
    }
}

/// The interval of the difference between two published counts. They were counted, not sampled: the uncertainty comes from the noise of
/// both, or from rounding.
pub fn reported_difference(noise: &Noise, how: CountProtection, before: u64, now: u64) -> (f64, f64) {
    let difference = now as f64 - before as f64;
    let half = match how {
        CountProtection::Noise => (normal_quantile(0.5 + LEVEL / 2.0) * (2.0 * noise.variance).sqrt())
            .min(2.0 * noise.largest as f64),
        // Each differs from the true count by at most two.
        CountProtection::Rounded => 4.0,
        CountProtection::Exact | CountProtection::Hidden => 0.0,
    };
    (difference - half, difference + half)
}

/// The interval of the difference between two estimates, by the square-and-add method for asymmetric intervals (Newcombe 1998, Statistics
/// in Medicine 17, 873; method 10). The two estimates share lists and a model, but are treated as independent.
pub fn estimated_difference(before: &PartEstimate, now: &PartEstimate) -> Option<(f64, f64)> {
    let (a, b) = (before.n_hat?, now.n_hat?);
    let ((low_a, high_a), (low_b, high_b)) = (before.limits?, now.limits?);
    let difference = b - a;
    Some((difference - (b - low_b).hypot(high_a - a), difference + (high_b - b).hypot(a - low_a)))
}

#[cfg(test)]
mod tests {
    use ijsberg_disclosure::cell_key::{CellKey, protect};
    use ijsberg_disclosure::perturbation::Perturbation;
    use ijsberg_mse::diagnostics::Verdict;

    use super::*;

    fn sized(n_hat: f64, limits: (f64, f64)) -> PartEstimate {
        let noise = Perturbation::new(Noise::default()).unwrap();
        PartEstimate {
            covariate: "year".into(),
            level: "2015".into(),
            reported: Some(protect(&noise, 100, CellKey::default())),
            n_hat: Some(n_hat),
            limits: Some(limits),
            verdict: Verdict::FitToPublish,
        }
    }

    #[test]
    fn nothing_rose_unless_the_interval_says_so() {
        let (a, b) = (sized(1000.0, (800.0, 1300.0)), sized(1200.0, (950.0, 1600.0)));
        assert_eq!(Change::from_interval(estimated_difference(&a, &b).unwrap()), Change::Unclear);
        let b = sized(2500.0, (2000.0, 3200.0));
        assert_eq!(Change::from_interval(estimated_difference(&a, &b).unwrap()), Change::Rose);
        assert_eq!(Change::from_interval(estimated_difference(&b, &a).unwrap()), Change::Fell);
        // An unbounded interval gives no information on its unbounded side.
        let open = sized(3000.0, (2000.0, f64::INFINITY));
        assert_eq!(Change::from_interval(estimated_difference(&a, &open).unwrap()), Change::Rose);
        assert_eq!(Change::from_interval(estimated_difference(&open, &a).unwrap()), Change::Fell);
        assert_eq!(estimated_difference(&a, &PartEstimate { n_hat: None, ..a.clone() }), None);
        let noise = Noise::default();
        let of = |how, now| Change::from_interval(reported_difference(&noise, how, 100, now));
        let (with_noise, rounded, exact) =
            (CountProtection::Noise, CountProtection::Rounded, CountProtection::Exact);
        assert_eq!((of(with_noise, 103), of(with_noise, 120)), (Change::Unclear, Change::Rose));
        assert_eq!((of(rounded, 105), of(rounded, 95)), (Change::Rose, Change::Fell));
        assert_eq!((of(exact, 100), of(exact, 101)), (Change::Unclear, Change::Rose));
    }
}
