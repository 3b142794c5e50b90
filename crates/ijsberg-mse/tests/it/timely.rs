//! The generalised Chapman estimator and the number before a late list is in: closed forms, simulations, replayed years.

use ijsberg_mse::bounds;
use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_mse::model::Model;
use ijsberg_mse::timely::{NoNowcast, Nowcast, NowcastSettings, Standing, YearTable, chapman, nowcast};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::tables::table;

fn names(t: usize) -> Vec<String> {
    "ABCDEFGHI"[..t].chars().map(String::from).collect()
}

#[test]
fn two_lists_give_chapmans_estimate() {
    for (a, b, m) in [(30, 20, 4), (5, 7, 1), (400, 30, 0), (90, 80, 60)] {
        let h = Histories::new(names(2), [(1, a), (2, b), (3, m)]).unwrap();
        let ours = chapman(&h, &Model::independence(2), 0.95);
        let his = bounds::chapman(a + m, b + m, m, 0.95);
        assert!((ours.n_hat / his.n_hat - 1.0).abs() < 1e-9, "{a} {b} {m}: {} {}", ours.n_hat, his.n_hat);
    }
}

#[test]
fn all_pairs_of_three_lists_have_a_closed_form_that_exists_without_overlap() {
    for n in [[12, 9, 3, 14, 2, 4, 1], [12, 9, 0, 14, 0, 4, 1]] {
        let h = Histories::new(names(3), (1..8).zip(n)).unwrap();
        let n = n.map(|n| n as f64);
        let unseen = n[0] * n[1] * n[3] * n[6] / ((n[2] + 1.0) * (n[4] + 1.0) * (n[5] + 1.0));
        let found = chapman(&h, &Model::all_pairs(3), 0.95);
        assert!((found.unseen / unseen - 1.0).abs() < 1e-8, "{} {unseen}", found.unseen);
        assert!((found.n_hat - n.iter().sum::<f64>() - unseen).abs() < 1e-6);
    }
}

#[test]
fn the_comparison_holds_the_generalised_chapman_estimate_of_the_best_model() {
    let engine = Engine::new(&table("kosovo_aggregate"));
    let run = |method| {
        let settings = Settings { methods: vec![method], replicates: 0, ..Settings::default() };
        ijsberg_mse::methods::run(&engine, &[], &settings, &Silent).remove(0)
    };
    let (ours, plain) = (run(Method::BestBicChapman), run(Method::BestBic));
    assert_eq!(ours.model, plain.model);
    let model = &engine.near_best(Criterion::Bic, 0.0)[0].model;
    let found = chapman(engine.histories(), model, 0.95);
    assert_eq!(ours.n_hat, Some(found.n_hat));
    assert!(found.constants.iter().all(|c| c.1 > 0.0) && found.n_hat < plain.n_hat.unwrap());
}

/// Persons by history; each is on each list by chance. With `odds`, the odds of the second list are multiplied by it for persons on the first.
fn drawn(rng: &mut ChaCha8Rng, persons: u64, chances: &[f64], odds: f64) -> Vec<u64> {
    let mut cells = vec![0; 1 << chances.len()];
    for _ in 0..persons {
        let mut mask = 0;
        for (j, p) in chances.iter().enumerate() {
            let p = if j == 1 && mask & 1 == 1 { p * odds / (1.0 - p + p * odds) } else { *p };
            mask |= usize::from(rng.random::<f64>() < p) << j;
        }
        cells[mask] += 1;
    }
    cells
}

/// Mean of the estimate over the truth, less 1, by maximum likelihood and by the generalised Chapman estimator, over tables in which the first
/// exists.
fn biases(persons: u64, chance: f64, model: &Model, tables: u64) -> (f64, f64) {
    let (mut sums, mut kept) = ((0.0, 0.0), 0.0);
    let mut rng = ChaCha8Rng::seed_from_u64(persons);
    for _ in 0..tables {
        let cells = drawn(&mut rng, persons, &[chance; 3], 1.0);
        let Ok(h) = Histories::new(names(3), (1..8).map(|w| (w as Mask, cells[w]))) else { continue };
        let ml = h.n() as f64 + Engine::new(&h).dark_figure(model);
        let ours = chapman(&h, model, 0.95).n_hat;
        // Where an overlap is empty, maximum likelihood has no number.
        if ml.is_finite() && ml < 1e6 && ours.is_finite() {
            sums.0 += ml / persons as f64 - 1.0;
            sums.1 += ours / persons as f64 - 1.0;
            kept += 1.0;
        }
    }
    (sums.0 / kept, sums.1 / kept)
}

/// As the paper found in its own simulation, there is hardly any bias where maximum likelihood has much.
#[test]
fn the_bias_of_small_samples_is_taken_away() {
    for (persons, chance, model) in
        [(100, 0.3, Model::independence(3)), (100, 0.4, Model::all_pairs(3)), (300, 0.3, Model::all_pairs(3))]
    {
        let (ml, ours) = biases(persons, chance, &model, 3000);
        println!(
            "{persons} persons, {chance}, {model}: maximum likelihood {ml:.4}, generalised Chapman {ours:.4}"
        );
        assert!(ours.abs() < 0.02 && ours.abs() < 0.35 * ml.abs(), "{persons} {chance} {model}: {ml} {ours}");
    }
}

fn in_year(year: usize, cells: &[u64]) -> YearTable {
    YearTable {
        year: (2010 + year).to_string(),
        cells: (1..cells.len()).map(|w| (w as Mask, cells[w])).collect(),
    }
}

#[test]
fn one_earlier_year_and_all_pairs_give_the_closed_form() {
    let before = [0, 120, 88, 31, 95, 22, 19, 9];
    let now = [0, 160, 118, 47, 3, 0, 0, 2];
    let asked = NowcastSettings {
        model: Some(Model::all_pairs(3)),
        window: 1,
        replicates: 50,
        ..NowcastSettings::about("C")
    };
    let found = nowcast(&names(3), &[in_year(0, &before), in_year(1, &now)], &asked, &Silent).unwrap();
    let n = before.map(|n: u64| n as f64);
    let unseen = n[1] * n[2] * n[4] * n[7] / ((n[3] + 1.0) * (n[5] + 1.0) * (n[6] + 1.0));
    // The odds ratio of the early lists in the earlier year, with what was added to it.
    let (both, a, b) = (n[3] + 1.0 + n[7], n[1] + n[5] + 1.0, n[2] + n[6] + 1.0);
    let odds = both * (unseen + n[4]) / (a * b);
    let (both, a, b) = (47.0 + 2.0, 160.0, 118.0);
    let expected = both + a + b + a * b / (both + 1.0) * odds;
    assert!((found.preliminary / expected - 1.0).abs() < 1e-6, "{} {expected}", found.preliminary);
    assert_eq!((found.seen, found.withheld), (327, 5));
    assert_eq!(found.standing, Standing::PreliminaryNotMeasured);
    assert!(found.drift.is_none() && found.replayed.is_empty());
    assert!(found.lower < expected && expected < found.upper);
}

/// Six years in which the early lists depend on each other; by `drift`, coverage and dependence move from year to year.
fn years(seed: u64, drift: f64) -> (Vec<YearTable>, f64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut persons = 0;
    let all = (0..6)
        .map(|y| {
            let mut step =
                |size: f64| (size * (rng.random::<f64>() + rng.random::<f64>() - 1.0) * 6_f64.sqrt()).exp();
            persons = (1500.0 * step(0.15)) as u64;
            let chance = |p: f64, f: f64| p * f / (1.0 - p + p * f);
            let chances = [chance(0.25, step(0.2)), chance(0.2, step(0.2)), chance(0.3, step(drift))];
            let odds = 2.5 * step(drift);
            in_year(y, &drawn(&mut rng, persons, &chances, odds))
        })
        .collect();
    (all, persons as f64)
}

struct NowcastQuality {
    held: f64,
    bias: f64,
    error: f64,
    replayed_error: f64,
    replayed_held: f64,
    early_bias: f64,
    width: f64,
}

/// What nowcasts are worth in `worlds` populations.
fn found(worlds: u64, drift: f64) -> NowcastQuality {
    let asked = NowcastSettings { replicates: 60, ..NowcastSettings::about("C") };
    let mut f = NowcastQuality {
        held: 0.0,
        bias: 0.0,
        error: 0.0,
        replayed_error: 0.0,
        replayed_held: 0.0,
        early_bias: 0.0,
        width: 0.0,
    };
    let share = 1.0 / worlds as f64;
    for seed in 0..worlds {
        let (years, truth) = years(seed, drift);
        let n = nowcast(&names(3), &years, &asked, &Silent).unwrap();
        let m = n.measured.unwrap();
        f.held += share * f64::from(u8::from(n.lower <= truth && truth <= n.upper));
        f.bias += share * (n.preliminary / truth).ln();
        f.error += share * (n.preliminary / truth - 1.0).abs();
        f.replayed_error += share * m.mean_absolute_error;
        f.replayed_held += share * m.covered as f64 / m.with_limits as f64;
        f.width += share * (n.upper / n.lower).ln();
        let early = |w: Mask| -> u64 { years[5].cells.iter().filter(|c| c.0 & 3 == w).map(|c| c.1).sum() };
        f.early_bias += share
            * (bounds::chapman(early(1) + early(3), early(2) + early(3), early(3), 0.95).n_hat / truth).ln();
    }
    println!(
        "drift {drift}: interval holds the truth {:.3}, bias {:.3}, error {:.3}, error of replayed years {:.3}, their intervals hold the final \
         figure {:.3}, log width {:.2}; early lists alone {:.3}",
        f.held, f.bias, f.error, f.replayed_error, f.replayed_held, f.width, f.early_bias
    );
    f
}

/// The early lists depend on each other, so that they alone say too little; what earlier years show of that mends it. The interval holds the truth
/// about as often as it says, with drift and without.
#[test]
fn a_nowcast_is_not_biased_and_its_interval_holds_the_truth() {
    for drift in [0.0, 0.3] {
        let f = found(200, drift);
        assert!(f.held >= 0.92, "{drift}: {}", f.held);
        assert!(f.bias.abs() < 0.05 && f.early_bias < -0.2, "{drift}: {} {}", f.bias, f.early_bias);
        // What was measured on the replayed years is about what the present year is wrong by.
        assert!((f.replayed_error / f.error - 1.0).abs() < 0.5, "{drift}: {} {}", f.replayed_error, f.error);
    }
}

fn six(asked: &NowcastSettings) -> Nowcast {
    nowcast(&names(3), &years(3, 0.3).0, asked, &Silent).unwrap()
}

#[test]
fn a_nowcast_is_the_same_for_any_number_of_threads_and_another_for_another_seed() {
    let asked = NowcastSettings { replicates: 40, ..NowcastSettings::about("C") };
    let on = |threads: usize, asked: &NowcastSettings| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| six(asked))
    };
    let one = on(1, &asked);
    assert_eq!(one, on(3, &asked));
    assert_ne!(one.sampling, six(&NowcastSettings { seed: 9, ..asked }).sampling);
    assert_eq!((one.replayed.len(), one.standing), (4, Standing::Preliminary));
    assert_eq!(one.from, ["2012", "2013", "2014"]);
}

/// A list that suddenly reaches far more people is a drift that replayed years show: the interval is wider for it.
#[test]
fn a_break_in_an_earlier_year_widens_the_interval() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut of = |odds: f64| drawn(&mut rng, 3000, &[0.25, 0.2, 0.3], odds);
    let steady: Vec<Vec<u64>> = (0..6).map(|_| of(2.0)).collect();
    let broken: Vec<Vec<u64>> = [1.0, 4.0, 1.0, 4.0, 1.0, 2.0].map(&mut of).to_vec();
    let width = |years: &[Vec<u64>]| {
        let years: Vec<YearTable> = years.iter().enumerate().map(|(y, c)| in_year(y, c)).collect();
        let n = nowcast(
            &names(3),
            &years,
            &NowcastSettings { replicates: 60, ..NowcastSettings::about("C") },
            &Silent,
        )
        .unwrap();
        ((n.upper / n.lower).ln(), n.drift.unwrap(), n.measured.unwrap().mean_absolute_error)
    };
    let (steady, broken) = (width(&steady), width(&broken));
    assert!(
        broken.0 > 1.5 * steady.0 && broken.1 > 0.2 && broken.2 > 2.0 * steady.2,
        "{steady:?} {broken:?}"
    );
}

/// Where the late list stands among the others changes nothing, and a year without it is left out.
#[test]
fn the_place_of_the_late_list_means_nothing() {
    let (mut years, _) = years(5, 0.1);
    for c in &mut years[1].cells {
        c.1 = if c.0 & 4 == 4 { 0 } else { c.1 };
    }
    let asked = NowcastSettings { replicates: 40, ..NowcastSettings::about("C") };
    let first = nowcast(&names(3), &years, &asked, &Silent).unwrap();
    assert_eq!((first.left_out.as_slice(), first.replayed.len()), (["2011".to_owned()].as_slice(), 3));
    for y in &mut years {
        y.cells.iter_mut().for_each(|c| c.0 = c.0 << 1 & 7 | c.0 >> 2);
    }
    let lists = ["C", "A", "B"].map(String::from);
    let turned = nowcast(&lists, &years, &asked, &Silent).unwrap();
    assert_eq!((turned.preliminary, turned.upper), (first.preliminary, first.upper));
}

/// Six lists and six years with the usual number of tables.
#[test]
fn six_lists_and_six_years_have_a_nowcast() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let years: Vec<YearTable> =
        (0..6).map(|y| in_year(y, &drawn(&mut rng, 2000, &[0.2, 0.15, 0.1, 0.12, 0.08, 0.2], 2.0))).collect();
    let n = nowcast(
        &names(6),
        &years,
        &NowcastSettings { replicates: 20, ..NowcastSettings::about("F") },
        &Silent,
    )
    .unwrap();
    assert!(n.lower <= 2000.0 && 2000.0 <= n.upper, "{n:?}");
    assert!(n.measured.unwrap().mean_absolute_error < 0.25, "{n:?}");
}

#[test]
fn what_cannot_be_nowcast_is_refused() {
    let before = [0, 120, 88, 31, 95, 22, 19, 9];
    let now = [0, 160, 118, 47, 0, 0, 0, 0];
    let of = |years: &[&[u64]], asked: &NowcastSettings| {
        let years: Vec<YearTable> = years.iter().enumerate().map(|(y, c)| in_year(y, c)).collect();
        nowcast(&names(years[0].cells.len().ilog2() as usize + 1), &years, asked, &Silent).unwrap_err()
    };
    let asked = NowcastSettings { replicates: 10, ..NowcastSettings::about("C") };
    let all: [&[u64]; 2] = [&before, &now];
    let none = NoNowcast::NoSuchList { name: "X".into(), lists: "A, B, C".into() };
    assert_eq!(of(&all, &NowcastSettings::about("X")), none);
    assert_eq!(
        of(&[&[0, 5, 6, 2], &[0, 5, 6, 2]], &NowcastSettings::about("B")),
        NoNowcast::TooFewLists { found: 1 }
    );
    let late = NoNowcast::NoEarlierYear { year: "2010".into(), list: "C".into() };
    assert_eq!(of(&[&before], &asked), late);
    let empty = [0, 0, 118, 0, 0, 0, 0, 0];
    let missing = NoNowcast::EmptyList { list: "A".into(), year: "2011".into() };
    assert_eq!(of(&[&before, &empty], &asked), missing);
}
