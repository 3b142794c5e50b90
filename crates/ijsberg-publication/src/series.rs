//! The years of an edition, told in one way: each year has its share of the estimate of all years.
//!
//! A year that is estimated by its lists alone has models of its own, and its limits jump while nothing happens: on the synthetic Dutch
//! table from seven times those reported to little more than them within a year. So all years are estimated together, and one model divides
//! that over them: the one with covariates, where there is one, in which a list may reach more people in one year than in another; otherwise
//! as people were reported, as if the same share of them were on a list in each year. Every number of the series follows from published ones.
//! What the lists of each year allow by themselves is kept beside it.

use ijsberg_mse::diagnostics::Verdict;

use crate::covariates::WithCovariates;
use crate::estimate::{Sized, Whole, widened};

/// What divides the estimate of all years over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divided {
    /// The model with covariates.
    Covariates,
    /// How many were reported in each.
    Reported,
}

impl Divided {
    /// Its name for machines, and the end of the key of its message.
    pub fn key(self) -> &'static str {
        match self {
            Self::Covariates => "covariates",
            Self::Reported => "reported",
        }
    }
}

/// How the years came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What divided the estimate of all years over them.
    pub divided: Divided,
    /// Each year by its own lists alone.
    pub alone: Vec<Sized>,
}

impl Series {
    /// The years of which the own lists allow less than all years together do, where `whole` is the verdict on those.
    pub fn less(&self, whole: Verdict) -> impl Iterator<Item = &Sized> {
        self.alone.iter().filter(move |year| year.verdict > whole && reported(year) > 0.0)
    }
}

/// Those reported in a year; nobody where that is hidden.
fn reported(year: &Sized) -> f64 {
    year.reported.map_or(0.0, |n| n.get() as f64)
}

/// What is told of all years together.
#[derive(Debug, Clone, Copy)]
struct All {
    /// Those reported: never fewer than in the years together, which have noise of their own.
    seen: f64,
    n_hat: f64,
    limits: (f64, f64),
    verdict: Verdict,
}

impl All {
    /// None where nothing is estimated.
    fn from_whole(whole: &Whole) -> Option<Self> {
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

    /// A year in which so many were reported, with its share of those on no list: the number, and its limits. By chance a year has more or
    /// fewer of them than its share, as it has of those reported.
    fn year(&self, seen: f64, share: f64) -> (f64, (f64, f64)) {
        let of = |n: f64| seen + share * (n - self.seen).max(0.0);
        let (lower, upper) = self.limits;
        let upper = if upper.is_finite() { of(upper) } else { f64::INFINITY };
        let n_hat = of(self.n_hat);
        (n_hat, widened(seen, n_hat, (of(lower), upper), seen.max(1.0).sqrt().recip()))
    }
}

/// The share of each year in the people on no list, by the model with covariates; none where that does not tell of each year in which
/// somebody was reported.
fn by_model(years: &[Sized], seen: f64, model: &WithCovariates) -> Option<Vec<f64>> {
    let unseen = |year: &Sized| {
        let here = reported(year);
        if here > 0.0 {
            Some((model.estimate_of(&[("year", &year.level)])?.n_hat - here).max(0.0))
        } else {
            Some(0.0)
        }
    };
    let unseen = years.iter().map(unseen).collect::<Option<Vec<f64>>>()?;
    // A year that is hidden has its share too.
    let all = unseen.iter().sum::<f64>().max(model.estimate_of(&[])?.n_hat - seen);
    (all > 0.0).then(|| unseen.iter().map(|n| n / all).collect())
}

/// Gives each year its share of the whole, and returns what its own lists allow. A year of which nobody may know how many were reported
/// keeps what it had: nothing.
pub(crate) fn series(years: &mut [Sized], whole: &Whole, model: Option<&WithCovariates>) -> Series {
    let alone = years.to_vec();
    let divided = All::from_whole(whole).map_or(Divided::Reported, |all| divide(years, all, model));
    Series { divided, alone }
}

fn divide(years: &mut [Sized], mut all: All, model: Option<&WithCovariates>) -> Divided {
    let together: f64 = years.iter().map(reported).sum();
    all.seen = all.seen.max(together).max(1.0);
    let by_model = model.and_then(|m| by_model(years, all.seen, m));
    let divided = if by_model.is_some() { Divided::Covariates } else { Divided::Reported };
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
    divided
}

#[cfg(test)]
mod tests {
    use ijsberg_disclosure::cell_key::{CellKey, protect};
    use ijsberg_disclosure::perturbation::{Noise, Perturbation};

    use super::*;
    use crate::covariates::Explained;

    /// Years with so many reported, of which the own lists allow what they allow.
    fn years(all: &[u64]) -> Vec<Sized> {
        let noise = Perturbation::new(Noise::default()).unwrap();
        let year = |(at, n): (usize, &u64)| Sized {
            covariate: "year".into(),
            level: (2010 + at).to_string(),
            reported: Some(protect(&noise, *n, CellKey::default())),
            verdict: [Verdict::FitToPublish, Verdict::NoEstimate][at % 2],
            n_hat: Some(9.0 * *n as f64),
            limits: Some((*n as f64, 99.0 * *n as f64)),
        };
        all.iter().enumerate().map(year).collect()
    }

    fn whole(verdict: Verdict) -> All {
        All { seen: 6000.0, n_hat: 30_000.0, limits: (24_000.0, 42_000.0), verdict }
    }

    fn model(all: f64, years: &[f64]) -> WithCovariates {
        let part = |at: usize, n_hat: f64| Explained {
            part: vec![("year".to_owned(), (2010 + at).to_string())],
            n_hat,
            limits: (n_hat, n_hat),
        };
        let everybody = Explained { part: Vec::new(), n_hat: all, limits: (all, all) };
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
    fn years_are_told_in_one_way_and_are_together_no_more_than_the_whole() {
        let reported_as = [1000, 1500, 2000, 1500];
        let mut all = years(&reported_as);
        assert_eq!(divide(&mut all, whole(Verdict::FitToPublish), None), Divided::Reported);
        let sum = |of: fn(&Sized) -> f64| all.iter().map(of).sum::<f64>();
        let seen = sum(reported);
        // Noise made six thousand a few fewer; all that was estimated is divided.
        assert!(seen > 5900.0 && (sum(|y| y.n_hat.unwrap()) - 30_000.0).abs() < 150.0, "{all:?}");
        let [lower, upper] = [sum(|y| y.limits.unwrap().0), sum(|y| y.limits.unwrap().1)];
        assert!(lower < 4.0 * seen && upper > 7.0 * seen, "{lower} {upper}");
        for year in &all {
            let (n_hat, (lower, upper)) = (year.n_hat.unwrap(), year.limits.unwrap());
            // Where nothing happens nothing jumps: each year has five times those reported, and limits as far from that.
            let times = |n: f64| n / reported(year);
            assert!((times(n_hat) - 5.0).abs() < 0.05, "{year:?}");
            assert!((3.9..4.0).contains(&times(lower)) && (7.0..7.2).contains(&times(upper)), "{year:?}");
            assert_eq!(year.verdict, Verdict::FitToPublish);
        }
        // Fewer of a year are on its lists by more chance.
        let mut few = years(&[10, 5990]);
        divide(&mut few, whole(Verdict::FitToPublish), None);
        let wide = |y: &Sized| y.limits.unwrap().1 / y.limits.unwrap().0;
        assert!(wide(&few[0]) > 1.3 * wide(&few[1]), "{few:?}");
    }

    #[test]
    fn a_verdict_on_the_whole_is_that_of_each_year() {
        let mut all = years(&[3000, 3000]);
        divide(&mut all, whole(Verdict::RangeOnly), None);
        assert!(all.iter().all(|y| y.n_hat.is_none() && y.limits.is_some_and(|l| l.1.is_finite())));
        let bound = All { limits: (24_000.0, f64::INFINITY), ..whole(Verdict::LowerBoundOnly) };
        divide(&mut all, bound, None);
        let is_bound = |l: (f64, f64)| l.0 > 11_000.0 && l.1.is_infinite();
        assert!(all.iter().all(|y| y.n_hat.is_none() && y.limits.is_some_and(is_bound)), "{all:?}");
    }

    #[test]
    fn a_model_may_let_lists_reach_more_in_one_year_than_in_another() {
        let mut all = years(&[3000, 3000]);
        // One in four was on a list in the first year, and one in eight in the second.
        let one = model(36_000.0, &[12_000.0, 24_000.0]);
        assert_eq!(divide(&mut all, whole(Verdict::FitToPublish), Some(&one)), Divided::Covariates);
        let n = |at: usize| all[at].n_hat.unwrap();
        assert!((n(0) - 10_200.0).abs() < 40.0 && (n(1) - 19_800.0).abs() < 40.0, "{} {}", n(0), n(1));
        // One that does not tell of each year divides none.
        let mut again = years(&[3000, 3000]);
        let without = model(36_000.0, &[12_000.0]);
        assert_eq!(divide(&mut again, whole(Verdict::FitToPublish), Some(&without)), Divided::Reported);
    }

    #[test]
    fn a_year_that_is_hidden_or_of_nobody_has_no_estimate_and_changes_no_other() {
        let mut all = years(&[2000, 2000, 2000]);
        (all[1].reported, all[1].n_hat, all[1].limits) = (None, None, None);
        divide(&mut all, whole(Verdict::FitToPublish), None);
        assert_eq!((all[1].n_hat, all[1].limits), (None, None));
        assert!((all[0].n_hat.unwrap() / reported(&all[0]) - 5.0).abs() < 0.05, "{all:?}");
        let series = Series { divided: Divided::Reported, alone: years(&[5, 7, 9, 11]) };
        let less: Vec<&str> = series.less(Verdict::LowerBoundOnly).map(|y| y.level.as_str()).collect();
        assert_eq!(less, ["2011", "2013"]);
    }
}
