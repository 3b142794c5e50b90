//! Estimates from how often persons were seen: truncated regressions and what else needs no lists.

use crate::bounds::{Simple, chao_from_frequencies};
use crate::closed::{Heterogeneity, fit_frequencies};
use crate::estimate::{Estimate, Interval, IntervalKind, Note, Outcome};
use crate::histories::Histories;
use crate::method::Method;
use crate::truncated::{CountRow, Family, fit};

/// The truncated regressions: method, family, smallest count used.
const TRUNCATED: [(Method, Family, u32); 4] = [
    (Method::TruncatedPoisson, Family::Poisson, 1),
    (Method::TruncatedGeometric, Family::Geometric, 1),
    (Method::TruncatedNegativeBinomial, Family::NegativeBinomial, 1),
    (Method::TruncatedPoissonRobust, Family::Poisson, 2),
];

/// The largest number of times for which M0 and Mh are fitted.
const MOST_TIMES: usize = 1000;

/// Counts without limit: truncated regressions with the covariates of the rows, and M0 and Mh without them.
pub fn run(rows: &[CountRow], level: f64) -> Vec<Estimate> {
    let mut all: Vec<Estimate> = vec![chao(rows, level)];
    all.extend(TRUNCATED.iter().map(|(id, family, from)| truncated(*id, rows, *family, *from, level)));
    let most = rows.iter().map(|r| r.times).max().unwrap_or(1) as usize;
    let n = rows.iter().map(|r| r.persons).sum::<f64>() as u64;
    // A cell for every number of times: beyond this the regressions on frequencies make no sense.
    let tabled = most <= MOST_TIMES;
    let mut f = vec![0_u64; if tabled { most } else { 0 }];
    rows.iter().filter(|_| tabled).for_each(|r| f[r.times as usize - 1] += r.persons as u64);
    for (id, heterogeneity) in [
        (Method::M0, Heterogeneity::None),
        (Method::MhChao, Heterogeneity::Chao),
        (Method::MhPoisson, Heterogeneity::Poisson),
        (Method::MhDarroch, Heterogeneity::Darroch),
        (Method::MhGamma, Heterogeneity::Gamma),
    ] {
        let parameters = if heterogeneity == Heterogeneity::None { 2 } else { 3 };
        if f.iter().filter(|x| **x > 0).count() < parameters {
            all.push(Estimate::none(id, n, Outcome::NotApplicable));
            continue;
        }
        let fit = fit_frequencies(&f, None, heterogeneity);
        all.push(if fit.regular {
            let note = if heterogeneity == Heterogeneity::Chao {
                Note::BoundNeedsPositiveDependence
            } else {
                Note::ConditionalOnModel
            };
            log_normal(id, n, fit.n_hat, fit.se, level, note)
        } else {
            Estimate::none(id, n, Outcome::Degenerate)
        });
    }
    all
}

/// Chao's lower bound in its form without bias, when a person may be seen any number of times.
fn chao(rows: &[CountRow], level: f64) -> Estimate {
    let persons =
        |times: u32| rows.iter().filter(|r| r.times == times).map(|r| r.persons).sum::<f64>() as u64;
    let n = rows.iter().map(|r| r.persons).sum::<f64>() as u64;
    let s = chao_from_frequencies(n, persons(1), persons(2), 1.0, level);
    let interval = Interval::new(n as f64, (s.lower, s.upper), level, IntervalKind::LogNormal);
    let notes = vec![Note::BoundNeedsPositiveDependence];
    Estimate { notes, ..Estimate::from_n_hat(Method::ChaoCorrected, n, s.n_hat, Some(interval)) }
}

/// The same regressions with the number of lists a person is on as the count; `None` for other methods.
pub(super) fn of_lists(h: &Histories, id: Method, level: f64) -> Option<Estimate> {
    let (_, family, from) = TRUNCATED.iter().find(|t| t.0 == id)?;
    let rows: Vec<CountRow> = h
        .frequencies()
        .iter()
        .enumerate()
        .map(|(k, f)| CountRow { times: k as u32 + 1, x: vec![1.0], persons: *f as f64 })
        .collect();
    Some(truncated(id, &rows, *family, *from, level))
}

fn truncated(id: Method, rows: &[CountRow], family: Family, from: u32, level: f64) -> Estimate {
    let n = rows.iter().map(|r| r.persons).sum::<f64>() as u64;
    match fit(rows, family, from) {
        Some(fit) => {
            let k = fit.coefficients.len() + usize::from(family == Family::NegativeBinomial);
            let mut e = log_normal(id, n, fit.n_hat, fit.se, level, Note::ConditionalOnModel);
            e.parameters = Some(k);
            // Criteria compare fits to the same counts only.
            if from == 1 {
                e.aic = Some(2.0 * k as f64 - 2.0 * fit.log_likelihood);
                e.bic = Some((n as f64).ln() * k as f64 - 2.0 * fit.log_likelihood);
            }
            e
        }
        None => Estimate::none(id, n, Outcome::Degenerate),
    }
}

fn log_normal(id: Method, n: u64, n_hat: f64, se: f64, level: f64, note: Note) -> Estimate {
    let s = Simple::log_normal(n as f64, n_hat, se, level);
    let interval = Interval::new(n as f64, (s.lower, s.upper), level, IntervalKind::LogNormal);
    Estimate { notes: vec![note], ..Estimate::from_n_hat(id, n, n_hat, Some(interval)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_lost_and_certainty_is_no_estimate() {
        let row = |times, persons| CountRow { times, x: vec![1.0], persons };
        let all = run(&[row(1, 50.0), row(2, 9.0), row(5000, 3.0)], 0.95);
        assert!(all.iter().all(|e| e.n_observed == 62));
        let poisson = all.iter().find(|e| e.method == Method::TruncatedPoisson).unwrap();
        assert_eq!((poisson.outcome, poisson.n_hat), (Outcome::Degenerate, None));
    }
}
