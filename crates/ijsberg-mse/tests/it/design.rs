//! What would give a better answer: on tables where that is known.

use ijsberg_mse::anchor::{Anchor, DrawnFrom};
use ijsberg_mse::design::{CERTAIN, Change, NoPlan, Outlook, Plan, PlanSettings, expected_limits, plan};
use ijsberg_mse::diagnostics::{Reason, Verdict, overlapping_triples};
use ijsberg_mse::estimate::Interval;
use ijsberg_mse::histories::Histories;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::methods::Silent;
use ijsberg_mse::verdict;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::tables::table;

fn asked() -> PlanSettings {
    PlanSettings { simulations: 2, reaches: vec![0.1], odds: vec![2.0], ..PlanSettings::default() }
}

fn plan_for(h: &Histories, asked: &PlanSettings) -> Plan {
    plan(&Engine::new(h), &[], false, asked, &Silent).unwrap()
}

fn samples(plan: &Plan) -> Vec<&Outlook> {
    plan.outlooks.iter().filter(|o| matches!(o.change, Change::Sample { .. })).collect()
}

/// The Dutch table supports a lower bound only; a random sample would give a number.
#[test]
fn the_dutch_table_would_have_been_better_with_a_random_sample() {
    let found = plan_for(&table("Ned"), &asked());
    assert_eq!(found.verdict, Verdict::LowerBoundOnly);
    assert!(found.reasons.iter().any(|r| matches!(r, Reason::CriteriaDisagree { .. })));
    let [range, number] = &found.needed[..] else { panic!() };
    assert_eq!((range.verdict, number.verdict), (Verdict::RangeOnly, Verdict::FitToPublish));
    let (range, number) = (range.persons.unwrap(), number.persons.unwrap());
    assert!(range < number && (100..2500).contains(&number), "{range} {number}");
    // As many as are needed give what they are needed for, and the interval is narrower the more there are.
    let asked = PlanSettings { samples: vec![number / 4, number / 2, number, 2 * number], ..asked() };
    let again = plan_for(&table("Ned"), &asked);
    let all = samples(&again);
    assert!((all[2].verdicts.number - CERTAIN).abs() < 0.05, "{:?}", all[2]);
    assert!(all.windows(2).all(|w| w[1].factor.median < w[0].factor.median));
    assert!(all.windows(2).all(|w| w[1].verdicts.number >= w[0].verdicts.number));
    // The interval of a sample holds the size about as often as it says; of the smallest hardly eight are on a list.
    assert!(all.iter().all(|o| (0.915..0.975).contains(&o.held)), "{all:?}");
}

/// The same for any number of threads, and other for another seed.
#[test]
fn a_plan_is_the_same_for_any_number_of_threads() {
    let h = table("kosovo_aggregate");
    let run = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| plan_for(&h, &PlanSettings { seed, ..asked() }))
    };
    let one = run(1, 5);
    assert_eq!(one, run(3, 5));
    assert_ne!(one.outlooks, run(2, 6).outlooks);
}

/// Where the population is nearly known, simulated widths of samples are those of the closed form.
#[test]
fn the_widths_of_samples_are_those_of_the_closed_form() {
    // Three large independent lists: the size is known to about one percent.
    let names = ["a", "b", "c"].map(String::from).to_vec();
    let chance = |w: u32| (0..3).map(|j| if w >> j & 1 == 1 { 0.3 } else { 0.7 }).product::<f64>();
    let h = Histories::new(names, (1..8).map(|w| (w, (40_000.0 * chance(w)).round() as u64))).unwrap();
    let found = plan_for(&h, &PlanSettings { samples: vec![100, 400, 1600], ..asked() });
    let total = found.total.median;
    assert!((total / 40_000.0 - 1.0).abs() < 0.03, "{total}");
    for o in samples(&found) {
        let Change::Sample { persons } = o.change else { panic!() };
        let (low, high) = expected_limits(h.n() as f64, total, persons as f64, 0.95);
        let (expected, median) = ((high / low).ln(), o.factor.median.ln());
        assert!((median / expected - 1.0).abs() < 0.03, "{persons}: {median} {expected}");
    }
}

#[test]
fn what_changes_nothing_is_todays_answer_and_links_that_were_missed_spoil_all_but_resolving_them() {
    let h = table("UKdat_5");
    let engine = Engine::new(&h);
    let today = plan_for(&h, &asked());
    let nothing = &today.outlooks[0];
    assert_eq!(nothing.change, Change::Nothing);
    let interval = engine.space().interval(0.95);
    assert!((nothing.factor.median - interval.upper / interval.lower).abs() < 1e-9);
    // The populations are drawn from the answer of the table itself.
    assert!((nothing.held - 0.95).abs() < 0.02, "{}", nothing.held);
    let other = Histories::new(h.lists().to_vec(), h.cells().iter().map(|(w, c)| (*w, c + c / 4))).unwrap();
    let draws = [h.clone(), other, h.clone()];
    let found = plan(&engine, &draws, true, &asked(), &Silent).unwrap();
    assert_eq!(found.verdict, Verdict::NoEstimate);
    for o in &found.outlooks {
        let resolved = matches!(o.change, Change::ResolveLinks { .. });
        assert_eq!(o.verdicts.nothing < 1.0, resolved, "{:?}", o.change);
    }
    let width = |share: f64| {
        let of = |o: &&Outlook| o.change == Change::ResolveLinks { share };
        found.outlooks.iter().find(of).unwrap().factor.median
    };
    assert!(width(1.0) < width(0.5) && width(0.5) < found.outlooks[0].factor.median);
}

#[test]
fn a_table_without_information_has_no_population_to_try_changes_on() {
    let names = |t: usize| (0..t).map(|j| format!("L{j}")).collect::<Vec<_>>();
    let apart = Histories::new(names(3), [(1, 40), (2, 30), (4, 20)]).unwrap();
    let refused = plan(&Engine::new(&apart), &[], false, &asked(), &Silent);
    assert_eq!(refused, Err(NoPlan::LittleOverlap { overlap: 0 }));
    let many = Histories::new(names(9), (0..9).map(|j| (1 << j, 10)).chain([(511, 10)])).unwrap();
    let refused = plan(&Engine::new(&many), &[], false, &asked(), &Silent);
    assert_eq!(refused, Err(NoPlan::TooManyLists { found: 9, most: 8 }));
}

/// Three lists of a population of 12,000 of which it is known how it is made up: a tenth is often on a list, the others seldom.
fn known_population() -> (Histories, u64) {
    const PEOPLE: u64 = 12_000;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let names = ["a", "b", "c"].map(String::from).to_vec();
    let of = |i: u64| {
        let chances = if i < PEOPLE / 10 { [0.5, 0.4, 0.6] } else { [0.05, 0.08, 0.03] };
        let on = chances.map(|p| u32::from(rng.random::<f64>() < p));
        on[0] | on[1] << 1 | on[2] << 2
    };
    let cells: Vec<(u32, u64)> = (0..PEOPLE).map(of).filter(|w| *w > 0).map(|w| (w, 1)).collect();
    (Histories::new(names, cells).unwrap(), PEOPLE)
}

/// The table with a list `s` that holds each of `people` with chance `share`.
fn with_sample(h: &Histories, people: u64, share: f64, seed: u64) -> Histories {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = |n: u64| (0..n).filter(|_| rng.random::<f64>() < share).count() as u64;
    let mut cells = vec![(8, draw(people - h.n()))];
    for (w, count) in h.cells() {
        let met = draw(*count);
        cells.extend([(*w, count - met), (w | 8, met)]);
    }
    cells.retain(|c| c.1 > 0);
    Histories::new(["a", "b", "c", "s"].map(String::from).to_vec(), cells).unwrap()
}

fn judged(h: &Histories, anchor: Option<&str>) -> (Verdict, Interval) {
    let anchor = anchor.map(|list| Anchor { list: list.into(), drawn: DrawnFrom::Unknown });
    let asked = verdict::HeadlineSettings { anchor, what_if: false, ..verdict::HeadlineSettings::default() };
    let found = verdict::headline(&Engine::new(h), &asked).unwrap();
    let (verdict, _) = verdict::judge(Some(&found), h, overlapping_triples(h), false);
    (verdict, found.interval)
}

/// What the plan promises of random samples, and of a change that does not help, comes true in a population that it never saw: a large sample gives a
/// number that is right, a small one and two lists joined do not.
#[test]
fn what_is_promised_comes_true_in_a_population_that_is_known() {
    let (h, people) = known_population();
    let asked = PlanSettings {
        samples: vec![30, 600],
        reaches: Vec::new(),
        odds: Vec::new(),
        simulations: 1,
        ..asked()
    };
    let found = plan_for(&h, &asked);
    assert_ne!(found.verdict, Verdict::FitToPublish, "{found:?}");
    let promised = samples(&found);
    let (small, large) = (promised[0].verdicts.number, promised[1].verdicts.number);
    assert!(large >= 0.8 && small <= 0.2, "{found:?}");
    for (o, persons) in promised.into_iter().zip([30.0, 600.0]) {
        let share = persons / people as f64;
        let all: Vec<_> =
            (0..100).map(|seed| judged(&with_sample(&h, people, share, seed), Some("s"))).collect();
        let green = all.iter().filter(|a| a.0 == Verdict::FitToPublish).count() as f64;
        assert!((green - 100.0 * o.verdicts.number).abs() <= 20.0, "{green} {o:?}");
        let held = all.iter().filter(|(_, i)| i.lower <= people as f64 && people as f64 <= i.upper).count();
        assert!(held >= 88, "{persons}: {held}");
    }
    let joined = found.outlooks.iter().find_map(|o| match o.change {
        Change::Join { lists } => Some((lists, o.verdicts.number)),
        _ => None,
    });
    let ([a, b], number) = joined.unwrap();
    assert_eq!(number, 0.0);
    assert_ne!(judged(&h.merged(a, b).unwrap(), None).0, Verdict::FitToPublish);
    let split = found.outlooks.iter().filter(|o| matches!(o.change, Change::Split { .. }));
    assert_eq!(split.count(), 1);
}
