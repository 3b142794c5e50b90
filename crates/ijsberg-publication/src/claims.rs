//! What the text may say: that something rose or fell only where the interval of the difference leaves zero out.

use ijsberg_disclosure::perturbation::Noise;
use ijsberg_mse::normal_quantile;

use crate::estimate::{LEVEL, Sized};
use crate::protection::How;

/// What can be said of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It rose.
    Rose,
    /// It fell.
    Fell,
    /// Neither can be said.
    Unclear,
}

impl Change {
    /// By the interval of a difference.
    pub fn from_interval((low, high): (f64, f64)) -> Self {
        match (low > 0.0, high < 0.0) {
            (true, _) => Self::Rose,
            (_, true) => Self::Fell,
            _ => Self::Unclear,
        }
    }

    /// The end of the key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::Rose => "rose",
            Self::Fell => "fell",
            Self::Unclear => "unclear",
        }
    }
}

/// The difference of two published counts. They were counted, not sampled: what is in doubt is the noise of both, or what rounding
/// took away.
pub fn reported(noise: &Noise, how: How, before: u64, now: u64) -> (f64, f64) {
    let difference = now as f64 - before as f64;
    let half = match how {
        How::Noise => (normal_quantile(0.5 + LEVEL / 2.0) * (2.0 * noise.variance).sqrt())
            .min(2.0 * noise.largest as f64),
        // Each is at most two from the true one.
        How::Rounded => 4.0,
        How::Exact | How::Hidden => 0.0,
    };
    (difference - half, difference + half)
}

/// The difference of two estimates, by the method of square-and-add for intervals that are not symmetric (Newcombe 1998,
/// Statistics in Medicine 17, 873; method 10). The two share lists and a model, and are taken as independent.
pub fn estimated(before: &Sized, now: &Sized) -> Option<(f64, f64)> {
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

    fn sized(n_hat: f64, limits: (f64, f64)) -> Sized {
        let noise = Perturbation::new(Noise::default()).unwrap();
        Sized {
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
        assert_eq!(Change::from_interval(estimated(&a, &b).unwrap()), Change::Unclear);
        let b = sized(2500.0, (2000.0, 3200.0));
        assert_eq!(Change::from_interval(estimated(&a, &b).unwrap()), Change::Rose);
        assert_eq!(Change::from_interval(estimated(&b, &a).unwrap()), Change::Fell);
        // An unbounded interval says nothing of the side on which it is unbounded.
        let open = sized(3000.0, (2000.0, f64::INFINITY));
        assert_eq!(Change::from_interval(estimated(&a, &open).unwrap()), Change::Rose);
        assert_eq!(Change::from_interval(estimated(&open, &a).unwrap()), Change::Fell);
        assert_eq!(estimated(&a, &Sized { n_hat: None, ..a.clone() }), None);
        let noise = Noise::default();
        let of = |how, now| Change::from_interval(reported(&noise, how, 100, now));
        assert_eq!((of(How::Noise, 103), of(How::Noise, 120)), (Change::Unclear, Change::Rose));
        assert_eq!((of(How::Rounded, 105), of(How::Rounded, 95)), (Change::Rose, Change::Fell));
        assert_eq!((of(How::Exact, 100), of(How::Exact, 101)), (Change::Unclear, Change::Rose));
    }
}
