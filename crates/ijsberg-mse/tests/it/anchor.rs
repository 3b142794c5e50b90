//! A random sample as one list: the published numbers of Lyles, Zhang, Ge and Waller, and what the verdict makes of it.
//!
//! Numbers are those of the authors' own repositories, `YZHA-yuzi/Anchor-Stream-Design` and `lge-biostat/CRC-with-SeSp`.

use ijsberg_mse::anchor::{
    Anchor, Check, CheckAccuracy, DrawnFrom, Spread, Stratum, SurveyEstimate, Trial, fraction, random,
    sampled, stratified,
};
use ijsberg_mse::diagnostics::{Reason, Verdict, glance};
use ijsberg_mse::histories::Histories;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Settings, Silent, run};
use ijsberg_mse::verdict::{HeadlineSettings, headline, judge};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};

use crate::tables::close;

const RIGHT: Check = Check { sensitivity: 1.0, specificity: 1.0 };

/// The example of the first paper: 500 people, one in ten drawn; 5 cases in both, 46 in the other stream alone and 6 in the sample alone, with
/// 6, 100 and 33 people without the disease.
#[test]
fn the_example_of_a_known_share_is_that_of_the_paper() {
    let found = Spread { both: 5, alone: 6, others: 46 };
    let f = fraction(found, 0.1, 0.95, 1);
    close(f.n_hat, 111.0, 1e-12, "estimate");
    close(f.se, 23.2379, 1e-6, "standard error");
    // 10,000 draws there and here: three standard errors of the difference of two such quantiles.
    close(f.lower, 76.01, 0.015, "lower");
    close(f.upper, 166.25, 0.025, "upper");
    // The sample alone, by its share of cases.
    let s = sampled(11.0, 50.0, 500.0, RIGHT, 0.95).unwrap();
    close(s.persons, 110.0, 1e-12, "sample");
    close(s.se, 28.07061, 1e-6, "its standard error");
    close(s.lower, 63.47027, 1e-6, "its lower limit");
    close(s.upper, 171.54453, 1e-6, "its upper limit");
    // Those in the other stream, and the share among those drawn outside it.
    let outside = sampled(6.0, 39.0, 343.0, RIGHT, 0.95).unwrap();
    close(51.0 + outside.persons, 103.7692, 1e-6, "with the share that was drawn");
}

/// Two streams whose tests are both wrong at times, from their nine cells: the sum over the people in both, in the first alone, and outside it.
/// A cell of nobody counts a tenth of a person, as the authors do.
fn two_streams(cells: [f64; 9], first: Check, anchor: Check) -> Option<(f64, f64)> {
    let n: Vec<f64> = cells.iter().enumerate().map(|(i, c)| if i < 8 { c.max(0.1) } else { *c }).collect();
    let all: f64 = n.iter().sum();
    let in_both: f64 = n[..4].iter().sum();
    let in_first = in_both + n[4] + n[5];
    let drawn = in_both + n[6] + n[7];
    let parts = [
        (sampled(n[0] + n[3], in_both, in_first, anchor, 0.95)?, in_first, drawn * in_first / all),
        (sampled(n[4], n[4] + n[5], in_first, first, 0.95)?, in_first, (all - drawn) * in_first / all),
        (sampled(n[6], n[6] + n[7], all - in_first, anchor, 0.95)?, all - in_first, all - in_first),
    ];
    let share = |(s, people, weight): &(SurveyEstimate, f64, f64)| {
        (s.persons / people * weight, s.se / people * weight)
    };
    let (size, variance) =
        parts.iter().map(share).fold((0.0, 0.0), |sum, (n, se)| (sum.0 + n, sum.1 + se * se));
    Some((size, variance.sqrt()))
}

/// The numerical example of the paper on misclassification.
#[test]
fn the_example_with_a_test_that_is_wrong_is_that_of_the_paper() {
    let first = Check { sensitivity: 65.0 / 103.0, specificity: 552.0 / 553.0 };
    let anchor = Check { sensitivity: 89.0 / 95.0, specificity: 1.0 };
    let s = sampled(11.0, 100.0, 1000.0, anchor, 0.95).unwrap();
    close(s.persons, 117.4157, 1e-6, "sample");
    close(s.se, 31.96812, 1e-6, "its standard error");
    let cells = [3.0, 12.0, 0.0, 2.0, 27.0, 130.0, 6.0, 77.0, 743.0];
    let (size, se) = two_streams(cells, first, anchor).unwrap();
    close(size, 111.5433, 1e-5, "both streams");
    close(se, 24.67128, 1e-4, "their standard error");
}

/// The same when the sensitivities and the specificities are known from trials only, published with 100 draws of each: 113.7 with the standard error
/// 33.3 for the sample alone, 108.2 and 26.0 for both streams.
#[test]
fn the_example_with_a_test_that_was_tried_is_that_of_the_paper() {
    let trial = Trial { belonging: 95, found: 89, others: 100, cleared: 100 };
    let sample = Stratum { people: 1000, drawn: 100, found: 11 };
    let s = stratified(&[sample], trial.into(), 0.95, 1).unwrap();
    // Three standard errors of a mean of the authors' 100 draws, whose deviation is 7.5.
    assert!((s.persons - 113.659).abs() < 2.3, "{s:?}");
    close(s.se, 33.310, 0.02, "standard error");
    // An interval with equal tails lies about that of Wald, 48.4 to 178.9, and to the right of it.
    assert!((48.4..70.0).contains(&s.lower) && (178.0..205.0).contains(&s.upper), "{s:?}");
    let first = Trial { belonging: 103, found: 65, others: 553, cleared: 552 };
    let cells = [3.0, 12.0, 0.0, 2.0, 27.0, 130.0, 6.0, 77.0, 743.0];
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut beta =
        |part: u64, of: u64| Beta::new(part as f64 + 0.5, (of - part) as f64 + 0.5).unwrap().sample(&mut rng);
    let mut check = |t: Trial| {
        let sensitivity = beta(t.found, t.belonging);
        Check { sensitivity, specificity: beta(t.cleared, t.others) }
    };
    let all: Vec<(f64, f64)> =
        (0..4000).map(|_| two_streams(cells, check(first), check(trial)).unwrap()).collect();
    let mean = |f: &dyn Fn(&(f64, f64)) -> f64| all.iter().map(f).sum::<f64>() / all.len() as f64;
    let size = mean(&|x| x.0);
    let se = mean(&|x| x.1.powi(2) + (x.0 - size).powi(2)).sqrt();
    assert!((size - 108.209).abs() < 3.0, "{size}");
    close(se, 26.041, 0.03, "standard error of both streams");
}

/// People who have the disease, and the nine cells of two streams of tests; a tenth of those without symptoms come to the first stream and four
/// fifths of those with symptoms.
fn drawn(ill: usize, sample: usize, first: Check, anchor: Check, rng: &mut ChaCha8Rng) -> [f64; 9] {
    const PEOPLE: usize = 1000;
    let mut order: Vec<usize> = (0..PEOPLE).collect();
    for i in 0..sample {
        let j = rng.random_range(i..PEOPLE);
        order.swap(i, j);
    }
    let mut in_sample = vec![false; PEOPLE];
    order[..sample].iter().for_each(|i| in_sample[*i] = true);
    let mut cells = [0.0; 9];
    let positive = |ill: bool, check: Check, rng: &mut ChaCha8Rng| {
        let chance = if ill { check.sensitivity } else { 1.0 - check.specificity };
        rng.random::<f64>() < chance
    };
    for (i, in_anchor) in in_sample.into_iter().enumerate() {
        let is_ill = i < ill;
        let symptoms = rng.random::<f64>() < if is_ill { 0.5 } else { 0.1 };
        let in_first = rng.random::<f64>() < if symptoms { 0.8 } else { 0.1 };
        let first = in_first.then(|| positive(is_ill, first, rng));
        let second = in_anchor.then(|| positive(is_ill, anchor, rng));
        let cell = match (first, second) {
            (Some(true), Some(true)) => 0,
            (Some(false), Some(false)) => 1,
            (Some(true), Some(false)) => 2,
            (Some(false), Some(true)) => 3,
            (Some(true), None) => 4,
            (Some(false), None) => 5,
            (None, Some(true)) => 6,
            (None, Some(false)) => 7,
            (None, None) => 8,
        };
        cells[cell] += 1.0;
    }
    cells
}

/// The published simulation with tests that are wrong at times: cases, people in the sample; then for the sample alone and for both streams
/// the mean, the standard deviation, the mean standard error and the coverage of the Wald interval in percent.
const PUBLISHED: [(usize, usize, [f64; 4], [f64; 4]); 9] = [
    (100, 50, [98.22, 54.28, 52.74, 91.6], [99.37, 41.69, 42.92, 93.0]),
    (100, 100, [101.98, 37.31, 37.39, 94.7], [101.93, 30.92, 30.98, 93.2]),
    (100, 300, [99.09, 20.94, 20.07, 93.4], [99.74, 17.55, 17.66, 94.6]),
    (300, 50, [298.93, 72.41, 71.70, 93.2], [299.20, 58.86, 57.66, 92.4]),
    (300, 100, [297.88, 50.73, 49.66, 94.9], [298.18, 40.48, 40.32, 94.1]),
    (300, 300, [299.00, 25.87, 26.17, 95.7], [299.63, 21.56, 22.38, 95.5]),
    (500, 50, [502.33, 76.56, 76.99, 94.2], [502.08, 64.90, 63.36, 92.7]),
    (500, 100, [499.14, 52.15, 53.29, 96.5], [500.15, 42.52, 44.15, 95.0]),
    (500, 300, [500.16, 27.31, 27.92, 95.1], [499.38, 23.75, 24.18, 94.8]),
];

#[test]
fn the_simulation_with_a_test_that_is_wrong_is_that_of_the_paper() {
    let (first, anchor) =
        (Check { sensitivity: 0.9, specificity: 0.9 }, Check { sensitivity: 0.95, specificity: 0.95 });
    for (row, (ill, sample, alone, both)) in PUBLISHED.into_iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(row as u64);
        let (mut by_sample, mut by_both, mut jeffreys) = (Vec::new(), Vec::new(), 0);
        for _ in 0..1000 {
            let cells = drawn(ill, sample, first, anchor, &mut rng);
            let found = cells[0] + cells[3] + cells[6];
            let s = sampled(found, sample as f64, 1000.0, anchor, 0.95).unwrap();
            jeffreys += usize::from(s.lower <= ill as f64 && ill as f64 <= s.upper);
            by_sample.push((s.persons, s.se));
            by_both.extend(two_streams(cells, first, anchor));
        }
        assert!(by_both.len() > 990);
        compare(&format!("{ill} {sample} alone"), ill as f64, &by_sample, alone);
        compare(&format!("{ill} {sample} both"), ill as f64, &by_both, both);
        assert!((930..=975).contains(&jeffreys), "{ill} {sample}: {jeffreys}");
    }
}

/// Both are of about 1,000 tables: four standard errors of the difference of two such averages.
fn compare(what: &str, truth: f64, found: &[(f64, f64)], [mean, sd, se, cover]: [f64; 4]) {
    let n = found.len() as f64;
    let average = |f: &dyn Fn(&(f64, f64)) -> f64| found.iter().map(f).sum::<f64>() / n;
    let own = average(&|x| x.0);
    let own_sd = average(&|x| (x.0 - own).powi(2)).sqrt();
    let own_se = average(&|x| x.1);
    let own_cover = 100.0 * average(&|x| f64::from((x.0 - truth).abs() <= 1.96 * x.1));
    let two = (2.0 / n).sqrt();
    assert!((own - mean).abs() < 4.0 * sd * two, "{what}: mean {own} {mean}");
    assert!((own_sd / sd - 1.0).abs() < 4.0 * two / 2.0_f64.sqrt(), "{what}: deviation {own_sd} {sd}");
    assert!((own_se / se - 1.0).abs() < 0.03, "{what}: standard error {own_se} {se}");
    assert!((own_cover - cover).abs() < 4.0 * 22.0 * two, "{what}: coverage {own_cover} {cover}");
}

/// Lists that depend on each other strongly, and a random sample of 5% of 10,000 persons.
fn with_sample(seed: u64, odd: bool) -> Histories {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let names = ["A", "B", "S"].map(String::from).to_vec();
    let cells: Vec<(u32, u64)> = (0..10_000)
        .map(|_| {
            let a = rng.random::<f64>() < 0.2;
            let b = rng.random::<f64>() < if a { 0.5 } else { 0.05 };
            // A sample that is not random finds those on list A four times as often.
            let s = rng.random::<f64>() < if odd && a { 0.2 } else { 0.05 };
            (u32::from(a) | u32::from(b) << 1 | u32::from(s) << 2, 1)
        })
        .filter(|c| c.0 > 0)
        .collect();
    Histories::new(names, cells).unwrap()
}

fn said(drawn: DrawnFrom) -> Anchor {
    Anchor { list: "S".into(), drawn }
}

#[test]
fn the_verdict_rests_on_a_stated_random_sample() {
    let h = with_sample(1, false);
    let anchor = said(DrawnFrom::Unknown);
    let asked = HeadlineSettings { anchor: Some(anchor.clone()), ..HeadlineSettings::default() };
    let found = headline(&Engine::new(&h), &asked).unwrap();
    let by_design = found.by_design.clone().unwrap();
    assert_eq!((by_design.list.as_str(), by_design.method), ("S", Method::AnchorChapman));
    assert_eq!(by_design.overlap, h.on_all(5) + h.on_all(6) - h.on_all(7));
    assert!(found.bound.at_least > found.interval.lower && found.bound.at_least < found.n_hat);
    assert!(found.bound_if.iter().all(|b| b.at_least < found.bound.at_least), "{:?}", found.bound_if);
    // The interval holds the size as often as it says, whatever lists A and B have to do with each other.
    let plain = HeadlineSettings { what_if: false, ..asked };
    let held = (100..200).filter(|seed| {
        let i = headline(&Engine::new(&with_sample(*seed, false)), &plain).unwrap().interval;
        i.lower <= 10_000.0 && 10_000.0 <= i.upper
    });
    let held = held.count();
    assert!(held >= 88, "{held}");
    // Two lists that overlap are enough, since one of them is random.
    let (verdict, reasons) = judge(Some(&found), &h, 0, false);
    assert_eq!((verdict, reasons), (Verdict::FitToPublish, Vec::new()));
    // Links that nobody counted stay what they are.
    assert_eq!(judge(Some(&found), &h, 1, true).0, Verdict::NoEstimate);
    // Nothing is guessed: unsaid, the list is one like the others.
    assert!(glance(&h, &[]).headline.unwrap().by_design.is_none());
}

#[test]
fn a_sample_that_is_not_random_is_found_out() {
    let odd = with_sample(2, true);
    let anchor = said(DrawnFrom::Unknown);
    assert!(random(&odd, &anchor, 1).unwrap().p_value < 0.002);
    let asked =
        HeadlineSettings { anchor: Some(anchor.clone()), what_if: false, ..HeadlineSettings::default() };
    let found = headline(&Engine::new(&odd), &asked).unwrap();
    let (verdict, reasons) = judge(Some(&found), &odd, 1, false);
    assert_eq!(verdict, Verdict::LowerBoundOnly);
    assert!(matches!(reasons[0], Reason::NotRandom { .. }), "{reasons:?}");
    // A test at five percent is wrong about random samples in about five of a hundred.
    let wrong =
        (10..110).filter(|seed| random(&with_sample(*seed, false), &anchor, 1).unwrap().p_value < 0.05);
    assert!(wrong.count() <= 12);
}

#[test]
fn what_is_known_of_the_drawing_is_used() {
    let h = with_sample(3, false);
    let estimate = |drawn: DrawnFrom| {
        let settings = Settings {
            methods: vec![Method::AnchorChapman, Method::AnchorShare, Method::AnchorPeople],
            anchor: Some(said(drawn)),
            ..Settings::default()
        };
        run(&Engine::new(&h), &[], &settings, &Silent)
    };
    let unknown = estimate(DrawnFrom::Unknown);
    assert_eq!(unknown.len(), 1);
    let share = estimate(DrawnFrom::Share { share: 0.05 });
    let [chapman, known] = &share[..] else { panic!("{share:?}") };
    assert_eq!(chapman.n_hat, unknown[0].n_hat);
    let width = |e: &ijsberg_mse::estimate::Estimate| e.interval.map(|i| i.upper - i.lower).unwrap();
    assert!((known.n_hat.unwrap() / 10_000.0 - 1.0).abs() < 0.1 && width(known) < width(chapman));
    // Drawn from 40,000 people, 5% of whom outside the lists were checked and most of them cleared.
    let on_others = h.n() - h.count(4);
    let cleared = (40_000 - on_others) / 20 - h.count(4);
    let checked = |people: u64, check: CheckAccuracy| {
        let all = estimate(DrawnFrom::People { people, cleared, check });
        all.into_iter().find(|e| e.method == Method::AnchorPeople).unwrap()
    };
    let people = |people: u64, check: Check| checked(people, check.into());
    let exact = people(40_000, RIGHT);
    assert!((exact.n_hat.unwrap() / 10_000.0 - 1.0).abs() < 0.1, "{exact:?}");
    // A check that finds nine in ten: more are unseen. One that is wrong about one in a hundred others: fewer are.
    let blind = people(40_000, Check { sensitivity: 0.9, specificity: 1.0 });
    let rash = people(40_000, Check { sensitivity: 1.0, specificity: 0.99 });
    assert!(blind.n_hat > exact.n_hat && rash.n_hat < exact.n_hat && width(&blind) > width(&exact));
    // Where that is known from a trial only, the interval is wider, and the narrower the more were tried.
    let trial = |of: u64| Trial { belonging: 10 * of, found: 9 * of, others: 10 * of, cleared: 10 * of };
    let [few, many] = [10, 10_000].map(|of| checked(40_000, trial(of).into()));
    assert!(width(&few) > 1.2 * width(&many), "{few:?} {many:?}");
    close(many.n_hat.unwrap(), blind.n_hat.unwrap(), 0.01, "a trial of very many");
    close(width(&many), width(&blind), 0.05, "its width");
    // A trial in which the check was hardly better than chance gives nothing.
    let useless = Trial { belonging: 10, found: 6, others: 10, cleared: 5 };
    assert_eq!(checked(40_000, useless.into()).n_hat, None);
    // Fewer people than were drawn is no sample, and nothing is estimated.
    assert_eq!(people(h.n() - 1, RIGHT).n_hat, None);
    // More who were cleared than can be counted is none either.
    let beyond = estimate(DrawnFrom::People { people: u64::MAX, cleared: u64::MAX, check: RIGHT.into() });
    assert!(beyond.iter().any(|e| e.method == Method::AnchorPeople && e.n_hat.is_none()), "{beyond:?}");
}
