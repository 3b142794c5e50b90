//! Replayed years, some without an estimate.

use super::*;

/// A year with both figures, and what simulated tables spread.
fn year(preliminary: f64, settled: f64, change: f64, error: f64) -> Replay {
    Replay {
        year: String::new(),
        from: 3,
        seen: 100.0,
        preliminary: Some(preliminary),
        settled: Some(settled),
        spread: Spread { error, change },
    }
}

/// Two years of which the spread is known.
fn known() -> [Replay; 2] {
    [year(1200.0, 1000.0, 0.05, 0.04), year(850.0, 1000.0, 0.05, 0.04)]
}

/// One whose simulated tables had no estimate as often as not.
fn lost() -> Replay {
    year(3000.0, 1000.0, f64::INFINITY, f64::INFINITY)
}

#[test]
fn a_year_whose_spread_has_no_limit_leaves_the_drift_of_the_others() {
    let ([a, b], lost) = (known(), lost());
    let of = |replays: &[&Replay]| {
        let Drift { variance, squares, years } = Drift::from_replays(replays);
        (variance, squares, years)
    };
    let without = of(&[&a, &b]);
    let by_hand = 0.5 * (1.2_f64.ln().powi(2) + 0.85_f64.ln().powi(2)) - 0.0025;
    assert!((without.0 - by_hand).abs() < 1e-12 && without.2 == 2, "{without:?}");
    assert_eq!(of(&[&a, &lost, &b]), without);
}

#[test]
fn without_a_year_that_says_something_the_drift_is_not_known() {
    let (a, b) = (lost(), lost());
    assert!(!Drift::default().is_known() && !Drift::from_replays(&[&a, &b]).is_known());
    assert!(Drift::from_replays(&[&known()[0], &a]).is_known());
    // Then no year has limits, and how wrong they were is known all the same.
    let (replayed, measured, drift) = measure(&[a, b], 0.95);
    assert!(!drift.is_known() && replayed.iter().all(|r| r.lower.is_none() && r.covered.is_none()));
    assert!(measured.is_some_and(|m| m.years == 2 && m.with_limits == 0 && m.covered == 0));
}

#[test]
fn an_interval_without_an_upper_limit_does_not_count_as_covering() {
    let [a, b] = known();
    let (replayed, measured, _) = measure(&[a, lost(), b], 0.95);
    assert_eq!((replayed[1].upper, replayed[1].covered), (Some(f64::INFINITY), None));
    assert_eq!([0, 2].map(|i| replayed[i].covered), [Some(true); 2]);
    let measured = measured.unwrap();
    assert_eq!((measured.years, measured.with_limits, measured.covered), (3, 2, 2));
}
