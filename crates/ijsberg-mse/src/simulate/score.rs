//! What answers are worth, on the logarithm of the size.

use serde::Serialize;

use super::study::Answer;

/// The score of one method.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// The method.
    pub method: String,
    /// Tables asked about.
    pub tables: usize,
    /// Share of them without an estimate.
    pub without_estimate: f64,
    /// Mean of `log(estimate / truth)`; 0 is unbiased.
    pub bias: f64,
    /// Median of the same.
    pub median_bias: f64,
    /// Root mean square of the same.
    pub rmse: f64,
    /// Share of intervals that hold the truth.
    pub coverage: f64,
    /// Share of intervals whose lower limit is below the truth.
    pub lower_coverage: f64,
    /// Share of intervals without an upper limit.
    pub unbounded: f64,
    /// Mean Winkler score of the bounded intervals: width plus `2 / alpha` for each unit by which the truth is missed.
    pub interval_score: f64,
}

/// Scores each method, best interval score first. `level` is that of the intervals.
pub fn scores(answers: &[Answer], level: f64) -> Vec<Score> {
    let mut methods: Vec<&str> = Vec::new();
    for a in answers {
        if !methods.contains(&a.method.as_str()) {
            methods.push(&a.method);
        }
    }
    let mut all: Vec<Score> = methods
        .iter()
        .map(|method| {
            score(method, &answers.iter().filter(|a| a.method == *method).collect::<Vec<_>>(), level)
        })
        .collect();
    let key = |s: &Score| if s.interval_score.is_nan() { f64::INFINITY } else { s.interval_score };
    all.sort_by(|a, b| key(a).total_cmp(&key(b)));
    all
}

fn score(method: &str, answers: &[&Answer], level: f64) -> Score {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let mut errors: Vec<f64> = answers
        .iter()
        .filter_map(|a| Some((a.n_hat? / a.truth as f64).ln()))
        .filter(|e| e.is_finite())
        .collect();
    let intervals: Vec<(f64, f64)> = answers
        .iter()
        .filter_map(|a| Some(((a.lower? / a.truth as f64).ln(), (a.upper? / a.truth as f64).ln())))
        .collect();
    let alpha = 1.0 - level;
    let winkler: Vec<f64> = intervals
        .iter()
        .filter(|(_, u)| u.is_finite())
        .map(|(l, u)| u - l + 2.0 / alpha * (l.max(0.0) + (-u).max(0.0)))
        .collect();
    let share = |f: &dyn Fn(&(f64, f64)) -> bool| {
        intervals.iter().filter(|i| f(i)).count() as f64 / intervals.len() as f64
    };
    errors.sort_by(f64::total_cmp);
    let squares: Vec<f64> = errors.iter().map(|e| e * e).collect();
    Score {
        method: method.to_owned(),
        tables: answers.len(),
        without_estimate: 1.0 - errors.len() as f64 / answers.len() as f64,
        bias: mean(&errors),
        median_bias: errors.get(errors.len() / 2).copied().unwrap_or(f64::NAN),
        rmse: mean(&squares).sqrt(),
        coverage: share(&|(l, u)| *l <= 0.0 && *u >= 0.0),
        lower_coverage: share(&|(l, _)| *l <= 0.0),
        unbounded: share(&|(_, u)| u.is_infinite()),
        interval_score: mean(&winkler),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_those_of_the_definitions() {
        let answer = |n_hat: Option<f64>, limits: Option<(f64, f64)>| Answer {
            design: "d".into(),
            draw: 0,
            method: "m".into(),
            truth: 100,
            seen: 50,
            n_hat,
            lower: limits.map(|l| l.0),
            upper: limits.map(|l| l.1),
        };
        let e = std::f64::consts::E;
        let all = [
            answer(Some(100.0 * e), Some((100.0, 100.0 * e))),
            answer(Some(100.0 / e), Some((100.0 / e, 100.0 / e.sqrt()))),
            answer(Some(100.0), Some((50.0, f64::INFINITY))),
            answer(None, None),
        ];
        let s = &scores(&all, 0.95)[0];
        assert_eq!((s.tables, s.without_estimate, s.unbounded), (4, 0.25, 1.0 / 3.0));
        assert!(s.bias.abs() < 1e-12 && (s.rmse - (2.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!((s.coverage - 2.0 / 3.0).abs() < 1e-12 && s.lower_coverage == 1.0);
        // Width 1 and no miss; width 0.5 and a miss of 0.5 at 40 a unit.
        assert!((s.interval_score - 0.5 * (1.0 + 0.5 + 20.0)).abs() < 1e-9, "{}", s.interval_score);
    }
}
