//! Against a published example, and the rule by which estimates are pooled.

use super::*;

/// Thirteen trials of the BCG vaccine (Colditz and others 1994, JAMA 271), as in `dat.bcg` of the R package metadat: cases and others among the
/// vaccinated, then among those who were not.
const BCG: [[f64; 4]; 13] = [
    [4.0, 119.0, 11.0, 128.0],
    [6.0, 300.0, 29.0, 274.0],
    [3.0, 228.0, 11.0, 209.0],
    [62.0, 13536.0, 248.0, 12619.0],
    [33.0, 5036.0, 47.0, 5761.0],
    [180.0, 1361.0, 372.0, 1079.0],
    [8.0, 2537.0, 10.0, 619.0],
    [505.0, 87886.0, 499.0, 87892.0],
    [29.0, 7470.0, 45.0, 7232.0],
    [17.0, 1699.0, 65.0, 1600.0],
    [186.0, 50448.0, 141.0, 27197.0],
    [5.0, 2493.0, 3.0, 2338.0],
    [27.0, 16886.0, 29.0, 17825.0],
];

fn bcg() -> (Vec<f64>, Vec<f64>) {
    BCG.iter()
        .map(|[a, b, c, d]| {
            let log_ratio = (a / (a + b)).ln() - (c / (c + d)).ln();
            (log_ratio, 1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d))
        })
        .unzip()
}

/// `rma(yi, vi, data = dat, method = "PM")` of metafor: Q(12) = 152.2330, tau^2 = 0.3181 (Viechtbauer 2010, Journal of Statistical
/// Software 36; the value of Paule and Mandel is that of the empirical Bayes estimator there).
#[test]
fn heterogeneity_is_that_of_metafor() {
    let (logs, variances) = bcg();
    let h = heterogeneity(&logs, &variances).unwrap();
    assert!((h.q - 152.2330).abs() < 5e-5 && h.degrees == 12, "{h:?}");
    assert!((h.tau_squared - 0.3181).abs() < 5e-5, "{h:?}");
    assert!((h.i_squared - 0.9212).abs() < 5e-5 && h.p < 1e-4, "{h:?}");
    // The squares are then as many as their degrees of freedom, and the factor of Hartung and Knapp is 1.
    let p = pooled(&logs, &variances, h.tau_squared, 0.95);
    let se = 1.0 / variances.iter().map(|v| 1.0 / (v + h.tau_squared)).sum::<f64>().sqrt();
    assert!((p.log_se / se - 1.0).abs() < 1e-9);
    assert!((p.estimate.ln() + 0.7150).abs() < 5e-4, "{p:?}");
    assert!((p.upper.ln() - p.estimate.ln() - 2.178_812_829_663_418 * p.log_se).abs() < 1e-9);
}

fn given(name: &str, estimate: f64, lower: f64, upper: f64) -> NamedEstimate {
    NamedEstimate {
        name: name.to_owned(),
        kind: Kind::Survey,
        source: "a report".to_owned(),
        year: "2019".to_owned(),
        estimate,
        limits: Some((lower, upper)),
        level: 0.95,
    }
}

#[test]
fn limits_at_another_level_are_those_of_a_normal_logarithm() {
    let g = given("a", 100.0, 50.0, 200.0);
    assert!((g.log_se().unwrap() - 2_f64.ln() / 1.959_963_984_540_054).abs() < 1e-12);
    let (lower, upper) = g.limits_at(0.95).unwrap();
    assert!((lower - 50.0).abs() < 1e-9 && (upper - 200.0).abs() < 1e-9);
    let (lower, upper) = g.limits_at(0.8).unwrap();
    assert!(50.0 < lower && upper < 200.0);
    // The same information at another level is no other estimate.
    let again = NamedEstimate { limits: Some((lower, upper)), level: 0.8, ..g.clone() };
    assert!((again.log_se().unwrap() - g.log_se().unwrap()).abs() < 1e-12);
}

#[test]
fn estimates_are_pooled_only_where_they_agree() {
    let near = || vec![given("a", 1000.0, 700.0, 1400.0), given("b", 1100.0, 800.0, 1500.0)];
    let found = compare(near(), Some(300), 0.95);
    let p = found.pooled.unwrap();
    assert!(found.not_pooled.is_empty() && 1000.0 < p.estimate && p.estimate < 1100.0 && p.of == 2);
    // Two estimates leave one degree of freedom: the interval is wide, and never narrower than without heterogeneity.
    assert!(p.lower < 700.0 && p.upper > 1500.0, "{p:?}");

    let with = |more: NamedEstimate| {
        let mut all = near();
        all.push(more);
        compare(all, Some(300), 0.95)
    };
    let far = with(given("c", 5000.0, 4000.0, 6300.0));
    assert!(far.pooled.is_none());
    assert!(far.not_pooled.contains(&NotPooled::Apart { of: [0, 2] }));
    assert!(matches!(far.not_pooled.last(), Some(NotPooled::Heterogeneous { p }) if *p < 1e-6));
    let pair = far.pairs.iter().find(|p| p.of == [0, 2]).unwrap();
    assert!(pair.apart && pair.z < -5.0 && (pair.ratio - 0.2).abs() < 1e-12);

    let other_year = with(NamedEstimate { year: "2012".to_owned(), ..given("c", 1000.0, 700.0, 1400.0) });
    assert_eq!(other_year.not_pooled, [NotPooled::Years { years: vec!["2012".into(), "2019".into()] }]);
    let no_year = with(NamedEstimate { year: String::new(), ..given("c", 1000.0, 700.0, 1400.0) });
    assert!(no_year.pooled.is_some_and(|p| p.of == 3));

    // More people were seen than an estimate says there are, though its upper limit allows for them; a limit of what is pooled is not below
    // them either.
    let below = compare(near(), Some(1450), 0.95);
    assert_eq!(below.not_pooled, [0, 1].map(|of| NotPooled::BelowSeen { of, seen: 1450 }));
    let least = near().iter().map(|g| g.estimate as u64).min().unwrap() - 1;
    assert!(compare(near(), Some(least), 0.95).pooled.is_some_and(|p| p.lower >= least as f64));

    // What has no limits is shown and is no part of the test.
    let bare = with(NamedEstimate { limits: None, ..given("c", 9000.0, 1.0, 1.0) });
    assert!(bare.pooled.is_some_and(|p| p.of == 2) && bare.pairs.len() == 1 && bare.estimates.len() == 3);
    let alone = compare(vec![given("a", 1000.0, 700.0, 1400.0)], None, 0.95);
    assert!(alone.heterogeneity.is_none() && alone.not_pooled == [NotPooled::TooFew { found: 1 }]);
}

/// A survey says that there are fewer people than were seen, though its upper limit does not: pooled, it would pull the number down.
#[test]
fn an_estimate_below_the_seen_is_not_pooled_whatever_its_limits() {
    let both = || vec![given("lists", 1300.0, 1210.0, 1400.0), given("survey", 900.0, 500.0, 1500.0)];
    let found = compare(both(), Some(1200), 0.95);
    assert_eq!(found.not_pooled, [NotPooled::BelowSeen { of: 1, seen: 1200 }]);
    assert!(found.pooled.is_none());
    // Nothing else speaks against them.
    assert!(compare(both(), None, 0.95).pooled.is_some_and(|p| p.estimate < 1300.0));
}

/// Where all estimate the same, the interval of the pooled number holds it as often as it says or more.
#[test]
fn pooled_intervals_hold_the_truth() {
    use rand_distr::{Distribution, StandardNormal};
    let (mut held, mut refused, tables) = (0, 0, 4000);
    for seed in 0..tables {
        let mut rng = crate::chance::stream(7, seed);
        let mut draw = |se: f64| {
            let z: f64 = StandardNormal.sample(&mut rng);
            let log = 1000_f64.ln() + se * z;
            let half = 1.959_963_984_540_054 * se;
            given("x", log.exp(), (log - half).exp(), (log + half).exp())
        };
        let found = compare(vec![draw(0.1), draw(0.3), draw(0.2), draw(0.25)], None, 0.95);
        match found.pooled {
            Some(p) if p.lower <= 1000.0 && 1000.0 <= p.upper => held += 1,
            Some(_) => {}
            None => refused += 1,
        }
    }
    let pooled = tables as i32 - refused;
    let (coverage, refused) = (f64::from(held) / f64::from(pooled), f64::from(refused) / tables as f64);
    assert!(coverage > 0.95, "{coverage}");
    // About one in ten is refused by the rule, though nothing is wrong.
    assert!((0.07..0.14).contains(&refused), "{refused}");
}

#[test]
fn what_is_no_estimate_is_refused() {
    let good = given("a", 100.0, 50.0, 200.0);
    assert_eq!(good.check(), Ok(()));
    assert_eq!(NamedEstimate { name: " ".into(), ..good.clone() }.check(), Err(NamedEstimateError::Name));
    for estimate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(NamedEstimate { estimate, ..good.clone() }.check(), Err(NamedEstimateError::Estimate));
    }
    for limits in [(200.0, 50.0), (0.0, 200.0), (120.0, 200.0), (50.0, 90.0), (50.0, f64::INFINITY)] {
        assert_eq!(
            NamedEstimate { limits: Some(limits), ..good.clone() }.check(),
            Err(NamedEstimateError::Limits)
        );
    }
    for level in [0.3, 1.0, f64::NAN] {
        assert_eq!(NamedEstimate { level, ..good.clone() }.check(), Err(NamedEstimateError::Level));
    }
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.id()), Some(kind));
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.id());
    }
}
