//! The series of years of an edition: each year has its share of the estimate of all years.
//!
//! If each year were estimated from its own lists, it would have its own model, and its limits would jump without any real change: on the
//! synthetic Dutch table from seven times the number reported to little more than that number within a year. All years are therefore
//! estimated together, and one model divides the estimate over them: the model with covariates, if there is one, in which the coverage of a
//! list may differ between years; otherwise in proportion to the numbers reported, as if coverage were the same in each year. Every
//! number of the series is computed from published numbers. What the lists of each year support on their own is kept separately.

use ijsberg_mse::diagnostics::Verdict;

use crate::covariates::WithCovariates;
use crate::estimate::{OverallEstimate, PartEstimate, widened};

/// The basis on which the estimate of all years is divided over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareBasis {
    /// The model with covariates.
    Covariates,
    /// The number reported in each year.
    Reported,
}

impl ShareBasis {
    /// Its name in files, and the end of its message key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Covariates => "covariates",
            Self::Reported => "reported",
        }
    }
}

/// The series of years.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The basis of the division.
    pub basis: ShareBasis,
    /// The estimate of each year from its own lists only.
    pub alone: Vec<PartEstimate>,
}

impl Series {
    /// The years whose own lists support less than all years together, given the verdict `whole` on all years.
    pub fn years_with_less(&self, whole: Verdict) -> impl Iterator<Item = &PartEstimate> {
        self.alone.iter().filter(move |year| year.verdict > whole && reported(year) > 0.0)
    }
}

/// The number reported in a year; 0 if it is hidden.
fn reported(year: &PartEstimate) -> f64 {
    year.reported.map_or(0.0, |n| n.get() as f64)
}

/// The estimate of all years together.
#[derive(Debug, Clone, Copy)]
struct WholeEstimate {
    /// The number reported, at least the sum over the years, which have separate noise.
    seen: f64,
    n_hat: f64,
    limits: (f64, f64),
    verdict: Verdict,
}

impl WholeEstimate {
    /// `None` if nothing is estimated.
    fn from_whole(whole: &OverallEstimate) -> Option<Self> {
        let d = &whole.analysis.diagnostics;
        let (headline, least) = (d.headline.as_ref()?, d.at_least?);
        let limits = match d.verdict {
            Verdict::FitToPublish => (headline.interval.lower, headline.interval.upper),
            Verdict::RangeOnly => (least, d.at_most?),
            Verdict::LowerBoundOnly => (least, f64::INFINITY),
            Verdict::NoEstimate | Verdict::NotAssessed => return None,
        };
        let seen = whole.analysis.histories.n() as f64;
        Some(Self { seen, n_hat: headline.n_hat, limits, verdict: d.verdict })
    }

    /// The estimate and limits of a year with `seen` reported persons and `share` of the persons on no list. The limits allow for chance: a
    /// year can have more or fewer of them than its share.
    fn year(&self, seen: f64, share: f64) -> (f64, (f64, f64)) {
        let of = |n: f64| seen + share * (n - self.seen).max(0.0);
        let (lower, upper) = self.limits;
        let upper = if upper.is_finite() { of(upper) } else { f64::INFINITY };
        let n_hat = of(self.n_hat);
        (n_hat, widened(seen, n_hat, (of(lower), upper), seen.max(1.0).sqrt().recip()))
    }
}

/// The share of each year in the people on no list, by the model with covariates; `None` if the model has no estimate for a year in which
/// somebody was reported.
fn by_model(years: &[PartEstimate], seen: f64, model: &WithCovariates) -> Option<Vec<f64>> {
    let unseen = |year: &PartEstimate| {
        let here = reported(year);
        if here > 0.0 {
            Some((model.estimate_of(&[("year", &year.level)])?.n_hat - here).max(0.0))
        } else {
            Some(0.0)
        }
    };
    let unseen = years.iter().map(unseen).collect::<Option<Vec<f64>>>()?;
    // A year with a hidden count has a share too.
    let all = unseen.iter().sum::<f64>().max(model.estimate_of(&[])?.n_hat - seen);
    (all > 0.0).then(|| unseen.iter().map(|n| n / all).collect())
}

/// Assigns each year its share of the whole, and returns what its own lists support. A year with a hidden count keeps its values: none.
pub(crate) fn series(
    years: &mut [PartEstimate],
    whole: &OverallEstimate,
    model: Option<&WithCovariates>,
) -> Series {
    let alone = years.to_vec();
    let basis =
        WholeEstimate::from_whole(whole).map_or(ShareBasis::Reported, |all| divide(years, all, model));
    Series { basis, alone }
}

fn divide(years: &mut [PartEstimate], mut all: WholeEstimate, model: Option<&WithCovariates>) -> ShareBasis {
    let together: f64 = years.iter().map(reported).sum();
    all.seen = all.seen.max(together).max(1.0);
    let by_model = model.and_then(|m| by_model(years, all.seen, m));
    let basis = if by_model.is_some() { ShareBasis::Covariates } else { ShareBasis::Reported };
    let shares = by_model.unwrap_or_else(|| years.iter().map(|y| reported(y) / all.seen).collect());
    for (year, share) in years.iter_mut().zip(shares) {
        let seen = reported(year);
        if seen > 0.0 {
            let (n_hat, limits) = all.year(seen, share);
            year.verdict = all.verdict;
            year.n_hat = (all.verdict == Verdict::FitToPublish).then_some(n_hat);
            year.limits = Some(limits);
        }
    }
    basis
}

#[cfg(test)]
mod tests {
    use ijsberg_disclosure::cell_key::{CellKey, protect};
    use ijsberg_disclosure::perturbation::{Noise, Perturbation};

    use super::*;
    use crate::covariates::CovariateEstimate;

    /// Years with these numbers reported and alternating verdicts on their own lists.
    fn years(all: &[u64]) -> Vec<PartEstimate> {
        let noise = Perturbation::new(Noise::default()).unwrap();
        let year = |(at, n): (usize, &u64)| PartEstimate {
            covariate: "year".into(),
            level: (2010 + at).to_string(),
            reported: Some(protect(&noise, *n, CellKey::default())),
            verdict: [Verdict::FitToPublish, Verdict::NoEstimate][at % 2],
            n_hat: Some(9.0 * *n as f64),
            limits: Some((*n as f64, 99.0 * *n as f64)),
        };
        all.iter().enumerate().map(year).collect()
    }

    fn whole(verdict: Verdict) -> WholeEstimate {
        WholeEstimate { seen: 6000.0, n_hat: 30_000.0, limits: (24_000.0, 42_000.0), verdict }
    }

    fn model(all: f64, years: &[f64]) -> WithCovariates {
        let part = |at: usize, n_hat: f64| CovariateEstimate {
            part: vec![("year".to_owned(), (2010 + at).to_string())],
            n_hat,
            limits: (n_hat, n_hat),
        };
        let everybody = CovariateEstimate { part: Vec::new(), n_hat: all, limits: (all, all) };
        let years = years.iter().enumerate().map(|(at, n)| part(at, *n));
        WithCovariates {
            used: vec!["year".to_owned()],
            left_out: Vec::new(),
            model: String::new(),
            parts: std::iter::once(everybody).chain(years).collect(),
            noise_sd: 0.0,
            linked_sd: None,
        }
    }

    #[test]
    fn years_have_the_same_method_and_add_up_to_no_more_than_the_whole() {
        let reported_as = [1000, 1500, 2000, 1500];
        let mut all = years(&reported_as);
        assert_eq!(divide(&mut all, whole(Verdict::FitToPublish), None), ShareBasis::Reported);
        let sum = |of: fn(&PartEstimate) -> f64| all.iter().map(of).sum::<f64>();
        let seen = sum(reported);
        // Noise changes the 6,000 reported a little; the whole estimate is divided.
        assert!(seen > 5900.0 && (sum(|y| y.n_hat.unwrap()) - 30_000.0).abs() < 150.0, "{all:?}");
        let [lower, upper] = [sum(|y| y.limits.unwrap().0), sum(|y| y.limits.unwrap().1)];
        assert!(lower < 4.0 * seen && upper > 7.0 * seen, "{lower} {upper}");
        for year in &all {
            let (n_hat, (lower, upper)) = (year.n_hat.unwrap(), year.limits.unwrap());
            // Without real change there is no jump: each year has five times the number reported, with proportional limits.
            let times = |n: f64| n / reported(year);
            assert!((times(n_hat) - 5.0).abs() < 0.05, "{year:?}");
            assert!((3.9..4.0).contains(&times(lower)) && (7.0..7.2).contains(&times(upper)), "{year:?}");
            assert_eq!(year.verdict, Verdict::FitToPublish);
        }
        // The smaller the number reported in a year, the wider its limits.
        let mut few = years(&[10, 5990]);
        divide(&mut few, whole(Verdict::FitToPublish), None);
        let wide = |y: &PartEstimate| y.limits.unwrap().1 / y.limits.unwrap().0;
        assert!(wide(&few[0]) > 1.3 * wide(&few[1]), "{few:?}");
    }

    #[test]
    fn each_year_has_the_verdict_on_the_whole() {
        let mut all = years(&[3000, 3000]);
        divide(&mut all, whole(Verdict::RangeOnly), None);
        assert!(all.iter().all(|y| y.n_hat.is_none() && y.limits.is_some_and(|l| l.1.is_finite())));
        let bound = WholeEstimate { limits: (24_000.0, f64::INFINITY), ..whole(Verdict::LowerBoundOnly) };
        divide(&mut all, bound, None);
        let is_bound = |l: (f64, f64)| l.0 > 11_000.0 && l.1.is_infinite();
        assert!(all.iter().all(|y| y.n_hat.is_none() && y.limits.is_some_and(is_bound)), "{all:?}");
    }

    #[test]
    fn the_coverage_of_lists_may_differ_between_years_in_a_model() {
        let mut all = years(&[3000, 3000]);
        // One in four was on a list in the first year, and one in eight in the second.
        let one = model(36_000.0, &[12_000.0, 24_000.0]);
        assert_eq!(divide(&mut all, whole(Verdict::FitToPublish), Some(&one)), ShareBasis::Covariates);
        let n = |at: usize| all[at].n_hat.unwrap();
        assert!((n(0) - 10_200.0).abs() < 40.0 && (n(1) - 19_800.0).abs() < 40.0, "{} {}", n(0), n(1));
        // A model without an estimate for each year is not used.
        let mut again = years(&[3000, 3000]);
        let without = model(36_000.0, &[12_000.0]);
        assert_eq!(divide(&mut again, whole(Verdict::FitToPublish), Some(&without)), ShareBasis::Reported);
    }

    #[test]
    fn a_year_with_a_hidden_count_or_no_persons_has_no_estimate_and_changes_no_other() {
        let mut all = years(&[2000, 2000, 2000]);
        (all[1].reported, all[1].n_hat, all[1].limits) = (None, None, None);
        divide(&mut all, whole(Verdict::FitToPublish), None);
        assert_eq!((all[1].n_hat, all[1].limits), (None, None));
        assert!((all[0].n_hat.unwrap() / reported(&all[0]) - 5.0).abs() < 0.05, "{all:?}");
        let series = Series { basis: ShareBasis::Reported, alone: years(&[5, 7, 9, 11]) };
        let less = series.years_with_less(Verdict::LowerBoundOnly).map(|y| y.level.as_str());
        assert_eq!(less.collect::<Vec<&str>>(), ["2011", "2013"]);
    }
}
