use rand::RngExt;
use rand_distr::{Distribution, Gamma, Poisson};

use super::*;
use crate::chance::{multinomial, stream};
use crate::methods::Silent;

/// Taylor and Ashe (1983), cumulative, as in Mack (1993).
const TAYLOR_ASHE: [&[f64]; 10] = [
    &[
        357848.0, 1124788.0, 1735330.0, 2218270.0, 2745596.0, 3319994.0, 3466336.0, 3606286.0, 3833515.0,
        3901463.0,
    ],
    &[352118.0, 1236139.0, 2170033.0, 3353322.0, 3799067.0, 4120063.0, 4647867.0, 4914039.0, 5339085.0],
    &[290507.0, 1292306.0, 2218525.0, 3235179.0, 3985995.0, 4132918.0, 4628910.0, 4909315.0],
    &[310608.0, 1418858.0, 2195047.0, 3757447.0, 4029929.0, 4381982.0, 4588268.0],
    &[443160.0, 1136350.0, 2128333.0, 2897821.0, 3402672.0, 3873311.0],
    &[396132.0, 1333217.0, 2180715.0, 2985752.0, 3691712.0],
    &[440832.0, 1288463.0, 2419861.0, 3483130.0],
    &[359480.0, 1421128.0, 2864498.0],
    &[376686.0, 1363294.0],
    &[344014.0],
];

fn taylor_ashe() -> Vec<Vec<f64>> {
    let steps = |r: &&[f64]| r.iter().scan(0.0, |last, n| Some(n - std::mem::replace(last, *n))).collect();
    TAYLOR_ASHE.iter().map(steps).collect()
}

/// What Mack published of that triangle.
#[test]
fn the_triangle_of_taylor_and_ashe_has_the_published_standard_errors() {
    let rows = taylor_ashe();
    let found = mack(&rows).unwrap();
    assert_eq!((found.total.round(), found.total_se.round()), (18680856.0, 2447095.0));
    let se: Vec<f64> = found.se.iter().map(|s| s.round()).collect();
    let published = [0, 75535, 121699, 133549, 261406, 411010, 558317, 875328, 971258, 1363155];
    assert_eq!(se, published.map(f64::from));
    assert!((found.factors[0] - 3.4906065).abs() < 1e-6 && (found.factors[8] - 1.0177247).abs() < 1e-6);
}

/// The quasi-Poisson model has the same fit; its scale was published as 52,601 (England and Verrall 2002).
#[test]
fn the_quasi_poisson_model_fits_the_same() {
    let rows = taylor_ashe();
    let ladder = Ladder::from_counts(&rows, 10);
    let so_far: f64 = rows.iter().flatten().sum();
    assert!((ladder.finals.iter().sum::<f64>() - so_far - 18680856.0).abs() < 1.0);
    assert!((ladder.dispersion(&rows).unwrap() - 52601.4).abs() < 0.1);
}

fn month(said: &str) -> Month {
    Month::read(said).unwrap()
}

#[test]
fn each_registration_is_in_a_figure_or_is_counted_as_left_out() {
    let lag = |said: &str, delay, count| Lag { month: month(said), delay, count };
    let mut lags: Vec<Lag> =
        (0..8).map(|i| Lag { month: month("2020-01").after(i), delay: 0, count: 5 }).collect();
    lags.extend([lag("2019-11", 2, 4), lag("2020-02", 5, 3), lag("2020-07", 2, 2), lag("2020-03", 1, 0)]);
    let made = Triangle::new(&lags, None, Some(month("2020-08")), 2).unwrap();
    assert_eq!((made.first, made.rows.len()), (month("2020-01"), 8));
    assert_eq!((made.rows[7].len(), made.rows[0].len()), (1, 3));
    assert_eq!(made.left_out, LeftOut { before: 4, after: 2, later: 3 });
    assert_eq!(made.rows.iter().flatten().sum::<f64>(), 40.0);
    let short = Triangle::new(&lags, None, Some(month("2020-08")), 6);
    assert_eq!(short, Err(NoDelays::TooShort { months: 8, most: 6, needed: 9 }));
    assert_eq!(Triangle::new(&[], None, None, 2), Err(NoDelays::Nothing));
    let slip = [lag("0020-01", 0, 1), lag("2020-01", 0, 1)];
    assert!(matches!(Triangle::new(&slip, None, None, 2), Err(NoDelays::TooLong { .. })));
}

const SHARES: [f64; 7] = [0.35, 0.25, 0.15, 0.1, 0.07, 0.05, 0.03];

/// Months with about `mean` things that spread more than by chance, as they are registered.
fn drawn(months: usize, mean: f64, spread: f64, seed: u64) -> Vec<Lag> {
    let mut rng = stream(seed, 0);
    let mut lags = Vec::new();
    for i in 0..months {
        let level = mean * (1.0 + 0.3 * (i as f64 / 6.0).sin()) * (0.8 + 0.4 * rng.random::<f64>());
        let rate: f64 = Gamma::new(level / spread, spread).unwrap().sample(&mut rng);
        let all: f64 = Poisson::new(rate.max(0.1)).unwrap().sample(&mut rng);
        let split = multinomial(all as u64, &SHARES, &mut rng);
        lags.extend(split.into_iter().enumerate().map(|(delay, count)| Lag {
            month: month("2015-01").after(i),
            delay,
            count,
        }));
    }
    lags
}

/// Of open months in 60 simulated registers, the intervals have the final count in them about as often as they say.
#[test]
fn intervals_cover_the_final_count_as_often_as_they_say() {
    let (mut covered, mut all, mut error) = (0_u32, 0_u32, 0.0);
    for seed in 0..60 {
        let lags = drawn(40, 30.0, 0.5, seed);
        let until = month("2015-01").after(35);
        let asked =
            DelaySettings { most: 6, until: Some(until), replicates: 400, seed, ..DelaySettings::default() };
        let found = delays(&lags, &asked, &Silent).unwrap();
        for f in found.months.iter().filter(|f| !f.is_final) {
            let settled: u64 = lags.iter().filter(|l| l.month == f.month).map(|l| l.count).sum();
            let settled = settled as f64;
            covered += u32::from(f.lower.floor() <= settled && settled <= f.upper.ceil());
            all += 1;
            error += (f.expected - settled) / 30.0;
            assert!(f.lower >= f.registered as f64 && f.upper >= f.lower);
        }
        let m = found.measured.unwrap();
        assert!(m.mean_absolute_error < m.registered_short + 0.1, "{m:?}");
        assert!(m.covered as f64 >= 0.8 * m.figures as f64, "{m:?}");
    }
    let share = f64::from(covered) / f64::from(all);
    assert!((0.92..=0.995).contains(&share), "{share}");
    assert!((error / f64::from(all)).abs() < 0.05, "{error}");
}

#[test]
fn a_year_is_the_sum_of_its_months_and_its_interval_is_narrower_than_theirs() {
    let asked = DelaySettings { most: 6, until: Some(month("2017-12")), ..DelaySettings::default() };
    let lags = drawn(40, 50.0, 0.5, 5);
    let found = delays(&lags, &asked, &Silent).unwrap();
    let years: Vec<_> = found.years.iter().map(|y| (y.year, y.months, y.is_final)).collect();
    assert_eq!(years, [(2015, 12, true), (2016, 12, true), (2017, 12, false)]);
    let (last, months) = (&found.years[2], &found.months[24..]);
    let sum: f64 = months.iter().map(|f| f.expected).sum();
    let width: f64 = months.iter().map(|f| f.upper - f.lower).sum();
    assert!((last.expected - sum).abs() < 1e-9 && last.upper - last.lower < width);
    let open = months.iter().filter(|f| !f.is_final).count();
    assert_eq!((open, months[11].age, months[5].is_final), (6, 0, true));
    assert_eq!(found, delays(&lags, &asked, &Silent).unwrap(), "the same seed gives the same figures");
}

#[test]
fn a_month_without_counts_is_uncertain_and_unknown_shares_are_left_open() {
    let first = month("2015-01");
    let mut lags: Vec<Lag> = (0..20)
        .flat_map(|i| [(0, 5), (1, 5)].map(|(delay, count)| Lag { month: first.after(i), delay, count }))
        .collect();
    lags.retain(|l| l.month != first.after(19));
    let asked = DelaySettings { most: 1, until: Some(first.after(19)), ..DelaySettings::default() };
    let found = delays(&lags, &asked, &Silent).unwrap();
    let last = &found.months[19];
    assert!(last.registered == 0 && last.expected == 0.0 && last.upper > 0.0, "{last:?}");
    // Nothing is ever registered in the same month: the last month cannot be known.
    lags.retain(|l| l.delay == 1);
    let found = delays(&lags, &DelaySettings { since: Some(first), ..asked }, &Silent).unwrap();
    assert!(found.months[19].expected.is_infinite() && found.months[18].is_final);
    assert!(found.mack.is_none());
}

/// Half a person in each month who might be adds up over a year: in the draws, and not in the figure.
#[test]
fn a_year_of_nearly_empty_months_lies_within_its_limits() {
    let first = month("2015-01");
    let mut lags: Vec<Lag> = (0..24)
        .flat_map(|i| (0..=12).map(move |delay| Lag { month: first.after(i), delay, count: 2 }))
        .collect();
    let few = [(24, 0), (24, 1), (24, 2), (24, 3), (25, 0), (25, 1)];
    lags.extend(few.map(|(i, delay)| Lag { month: first.after(i), delay, count: 1 }));
    let asked = DelaySettings { until: Some(month("2017-12")), ..DelaySettings::default() };
    let found = delays(&lags, &asked, &Silent).unwrap();
    let last = &found.years[2];
    assert_eq!((last.year, last.months, last.registered, last.is_final), (2017, 12, 6, false));
    assert!(6.0 < last.expected && last.expected < 7.0, "{last:?}");
    assert!(last.lower <= last.expected && last.expected <= last.upper, "{last:?}");
    for f in &found.months {
        assert!(f.lower <= f.expected && f.expected <= f.upper, "{f:?}");
    }
}
