//! How far a result may be published: the verdicts, their reasons, and the verdict on a part of the people.

use serde::Serialize;

/// How far the result may be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A number with its interval.
    FitToPublish,
    /// The interval only.
    RangeOnly,
    /// "At least" only.
    LowerBoundOnly,
    /// Nothing.
    NoEstimate,
    /// No method was asked for that a verdict rests on.
    NotAssessed,
}

/// A reason for the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// No log-linear method has an estimate.
    NothingExists,
    /// Two lists cannot show their own dependence.
    TwoLists,
    /// Fewer than ten persons are on more than one list.
    LittleOverlap {
        /// Persons on more than one list.
        overlap: u64,
    },
    /// No three lists all overlap with one another.
    NoTriple,
    /// The table is one of several draws of a linkage whose missed links were not counted.
    MissedLinksUnknown,
    /// The interval over the model space spans this factor, or is unbounded.
    WideRange {
        /// Upper over lower limit.
        factor: f64,
    },
    /// Estimates under penalties from Akaike's to Schwarz's differ by this factor.
    CriteriaDisagree {
        /// Largest over smallest estimate.
        factor: f64,
    },
    /// Even the heaviest model of the space does not fit the table.
    PoorFit {
        /// Share of tables drawn from it that fit no better.
        p_value: f64,
    },
    /// A list that was stated to be a random sample is not: being on it depends on which other lists a person is on.
    NotRandom {
        /// Share of random samples that depart as far from it.
        p_value: f64,
    },
    /// Counts of times seen do not show how chances differ between persons.
    TimesOnly,
    /// So few persons were seen more than once that nothing can be said.
    SeldomSeenAgain {
        /// Persons seen more than once.
        again: u64,
    },
    /// Fewer than two truncated families fit the counts.
    FamiliesDoNotFit {
        /// Families that fit.
        fitting: usize,
    },
    /// The truncated families that fit disagree by this factor.
    FamiliesDisagree {
        /// Largest over smallest estimate.
        factor: f64,
    },
}

/// Fewest persons on more than one list.
pub const LEAST_OVERLAP: u64 = 10;
/// A number may be published when the upper limit is at most this many times the lower one.
pub const NUMBER_UP_TO: f64 = 2.0;
/// A range may be published when the upper limit is at most this many times the lower one.
pub const RANGE_UP_TO: f64 = 4.0;

/// The verdict on a part of the people, such as a region, that an estimate of all of them is broken down by: a number, a range or a
/// bound by the width of its interval, as for everybody, and nothing where fewer than [`LEAST_OVERLAP`] of them are on more than one list. For such a
/// part the model relies on the other parts. A part is not better known than the whole, so its verdict is never better than that on the whole table,
/// and a part without an interval is not assessed. No error rate was measured for it.
///
/// ```
/// use ijsberg_mse::fitness::{Verdict, of_part};
///
/// let whole = Verdict::FitToPublish;
/// assert_eq!(of_part(whole, 300.0, Some((900.0, 1_200.0))), Verdict::FitToPublish);
/// assert_eq!(of_part(whole, 300.0, Some((900.0, 2_700.0))), Verdict::RangeOnly);
/// assert_eq!(of_part(whole, 300.0, Some((900.0, f64::INFINITY))), Verdict::LowerBoundOnly);
/// assert_eq!(of_part(whole, 0.0, Some((150.0, 260.0))), Verdict::NoEstimate);
/// assert_eq!(of_part(Verdict::LowerBoundOnly, 300.0, Some((900.0, 1_200.0))), Verdict::LowerBoundOnly);
/// ```
pub fn of_part(whole: Verdict, overlap: f64, limits: Option<(f64, f64)>) -> Verdict {
    if overlap < LEAST_OVERLAP as f64 {
        return Verdict::NoEstimate;
    }
    let own = match limits {
        None => Verdict::NotAssessed,
        Some((lower, upper)) if upper.is_finite() && upper <= NUMBER_UP_TO * lower => Verdict::FitToPublish,
        Some((lower, upper)) if upper.is_finite() && upper <= RANGE_UP_TO * lower => Verdict::RangeOnly,
        Some(_) => Verdict::LowerBoundOnly,
    };
    own.max(whole)
}
