//! The number of persons, estimated without linking records.
//!
//! Two independent lists without duplicates, of `a` and `b` records of a population of `N`, have `a b / N` persons in common
//! in expectation, so the chance that two records match is `1 / N`. That chance is what the model of codes learns (Racinskij,
//! Smith and van der Heijden 2019, arXiv 1903.10894). Only counts leave: no pair is looked at by itself.

use serde::Serialize;

use crate::codes::score::{CodeModel, PatternCounts};
use crate::compare::triangle;

/// What two lists say together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TwoLists {
    /// The lists.
    pub lists: [usize; 2],
    /// Their records.
    pub records: [usize; 2],
    /// Persons on both, in expectation.
    pub both: f64,
    /// Standard deviation of that by what codes leave open alone.
    pub both_doubt: f64,
    /// Standard deviation of that: by who happens to be on both, and by what codes leave open.
    pub both_deviation: f64,
    /// The size of the population, if the lists are independent; `None` where almost no person is on both.
    pub size: Option<[f64; 3]>,
}

/// For each two lists the estimate and its 95% interval, on the logarithm of the size.
///
/// The variance of the number on both is that of a draw without replacement from `N` plus what EM loses by not knowing who
/// matches, from the information on `lambda` alone; how the other chances were learned adds nothing here, so with few
/// records intervals are short.
pub fn two_lists(counts: &PatternCounts, sizes: &[usize], model: &CodeModel) -> Vec<TwoLists> {
    let mut all = Vec::new();
    for ((k, l), patterns) in counts.iter().filter(|((k, l), _)| k < l) {
        let place = triangle(*k, *l, sizes.len());
        let lambda = model.lambda[place];
        let (a, b) = (sizes[*k] as f64, sizes[*l] as f64);
        let both = lambda * a * b;
        let mut information = 0.0;
        for (pattern, count) in patterns {
            // d/d lambda of the logarithm of the chance of the pattern, in units of that of others.
            let ratio = model.weight(*pattern).exp().min(1e300);
            let slope = (ratio - 1.0) / (lambda * ratio + 1.0 - lambda);
            information += *count as f64 * slope * slope;
        }
        let unknown = ((a * b).powi(2) / information.max(1e-300) - both).max(0.0);
        let size = a * b / both;
        let drawn = both * (1.0 - a / size).max(0.0) * (1.0 - b / size).max(0.0);
        let deviation = (unknown + drawn).sqrt();
        let far = (1.96 * deviation / both).min(50.0).exp();
        all.push(TwoLists {
            lists: [*k, *l],
            records: [sizes[*k], sizes[*l]],
            both,
            both_doubt: unknown.sqrt(),
            both_deviation: deviation,
            size: (both >= 1.0).then(|| [size, (size / far).max(a.max(b)), size * far]),
        });
    }
    all
}
