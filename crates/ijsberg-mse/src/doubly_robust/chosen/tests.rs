//! Chosen lists on tables whose answer is known.

use super::*;
use crate::doubly_robust::many_lists::{Person, from_chances};
use crate::strata::table::{Covariate, Inactive};

/// Two groups of three lists. Off the third list the first two are independent. On it they depend on each other, and on the third, in each group
/// in its own way.
const GROUPS: [(f64, [f64; 3], f64); 2] =
    [(40_000.0, [0.2, 0.3, 0.25], 5.0), (20_000.0, [0.6, 0.5, 0.4], 0.3)];

/// Expected persons of a group by history on all three lists.
fn expected((size, on, odds): (f64, [f64; 3], f64)) -> [f64; 8] {
    let pair =
        |w: usize| -> f64 { (0..2).map(|j| if w >> j & 1 == 1 { on[j] } else { 1.0 - on[j] }).product() };
    let raw: Vec<f64> = (0..4).map(|w| pair(w) * [1.0, odds, 1.0, odds * odds][w]).collect();
    let total: f64 = raw.iter().sum();
    std::array::from_fn(|w| {
        if w < 4 { size * (1.0 - on[2]) * pair(w) } else { size * on[2] * raw[w - 4] / total }
    })
}

fn lists(names: &str) -> Vec<String> {
    names.chars().map(String::from).collect()
}

fn table() -> StratifiedTable {
    let rows = GROUPS.into_iter().enumerate().flat_map(|(level, group)| {
        let cells = expected(group);
        (1..8_u32).map(move |w| (w, vec![Some(level)], cells[w as usize].round() as u64))
    });
    let group = Covariate::from_values("group", ["x", "y"].into_iter());
    StratifiedTable::new(lists("abc"), vec![group], rows, Vec::<Inactive>::new()).unwrap()
}

fn truth() -> f64 {
    GROUPS.iter().map(|g| g.0).sum()
}

/// The persons of the table with their true chances, that of history `w` multiplied by `wrong[w - 1]`.
fn persons(wrong: [f64; 3]) -> Vec<Person> {
    let mut all = Vec::new();
    for group in GROUPS {
        // Whole persons, so that chances and shares are the same to the last digit.
        let cells = expected(group).map(f64::round);
        let seen: f64 = cells[1..].iter().sum();
        let q: Vec<f64> = (1..4).map(|w| cells[w] / seen * wrong[w - 1]).collect();
        for (w, count) in cells.into_iter().enumerate().skip(1) {
            let history = if w < 4 { w } else { 0 };
            all.extend((0..count as u64).map(|_| Person { history, fold: 0, q: q.clone() }));
        }
    }
    all
}

/// The estimate from the two chosen lists, added up over groups: persons seen, and the product of those on one list over those on both.
fn by_hand() -> f64 {
    let of = |group| {
        let c = expected(group).map(f64::round);
        c[1..].iter().sum::<f64>() + c[1] * c[2] / c[3]
    };
    GROUPS.into_iter().map(of).sum()
}

#[test]
fn with_the_shares_of_each_group_it_is_the_sum_over_groups() {
    let d = from_chances(&persons([1.0; 3])).unwrap();
    assert!((d.n_hat / by_hand() - 1.0).abs() < 1e-9, "{d:?}");
    assert!((d.plug_in / by_hand() - 1.0).abs() < 1e-9, "{d:?}");
    assert!((d.n_hat / truth() - 1.0).abs() < 1e-3, "{d:?}");
}

/// Without the correction one wrong chance is a wrong answer. With it errors enter as products: one alone does nothing.
#[test]
fn one_wrong_chance_changes_nothing_and_two_change_their_product() {
    let unseen = |d: f64| d - persons([1.0; 3]).len() as f64;
    let right = unseen(by_hand());
    let one = from_chances(&persons([1.3, 1.0, 1.0])).unwrap();
    assert!((unseen(one.n_hat) / right - 1.0).abs() < 1e-9, "{one:?}");
    assert!((unseen(one.plug_in) / right - 1.3).abs() < 1e-9, "{one:?}");
    let two = from_chances(&persons([1.3, 1.2, 1.0])).unwrap();
    assert!((unseen(two.n_hat) / right - (1.0 - 0.3 * 0.2)).abs() < 1e-9, "{two:?}");
}

/// Histories at the wrong place, which is what a wrong sign amounts to, are noticed.
#[test]
fn a_wrong_sign_is_noticed() {
    let mut swapped = persons([1.0; 3]);
    for p in &mut swapped {
        p.q.swap(0, 2);
        p.history = [0, 3, 2, 1][p.history];
    }
    let wrong = from_chances(&swapped).unwrap();
    assert!((wrong.n_hat / truth() - 1.0).abs() > 0.05, "{wrong:?}");
}

#[test]
fn the_lists_that_meet_the_condition_give_the_size_and_others_do_not() {
    let (table, chosen) =
        (table(), |names: &str| ChosenLists { lists: lists(names), learner: Learner::Logistic });
    let right = chosen("ab").estimate(&table, 0.95, 1);
    let n_hat = right.n_hat.unwrap();
    let interval = right.interval.unwrap();
    assert!((n_hat / truth() - 1.0).abs() < 0.01, "{n_hat}");
    assert!(interval.lower < truth() && truth() < interval.upper, "{interval:?}");
    assert_eq!(right.model, Some(Basis::Model("a·b | c=0".to_owned())));
    // The order in which they are named is nothing.
    assert_eq!(chosen("ba").estimate(&table, 0.95, 1), right);
    // Off list b, lists a and c are dependent.
    let wrong = chosen("ac").estimate(&table, 0.95, 1).n_hat.unwrap();
    assert!((wrong / truth() - 1.0).abs() > 0.02, "{wrong}");
}

#[test]
fn all_lists_are_what_they_were_and_two_lists_are_the_estimator_for_two() {
    let table = table();
    let all = of_lists(&table, &[0, 1, 2], Learner::Logistic, 7);
    assert_eq!(all, many_lists::estimate(&table, 7));
    let rows = GROUPS.into_iter().enumerate().flat_map(|(level, (size, on, _))| {
        (1..4_u32).map(move |w| {
            let chance: f64 = (0..2).map(|j| if w >> j & 1 == 1 { on[j] } else { 1.0 - on[j] }).product();
            (w, vec![Some(level)], (size * chance).round() as u64)
        })
    });
    let group = Covariate::from_values("group", ["x", "y"].into_iter());
    let two = StratifiedTable::new(lists("ab"), vec![group], rows, Vec::new()).unwrap();
    let (ours, theirs) =
        (of_lists(&two, &[0, 1], Learner::Logistic, 7).unwrap(), against_the_rest(&two, 0, 7).unwrap());
    assert!((ours.n_hat / theirs.n_hat - 1.0).abs() < 1e-9 && (ours.se / theirs.se - 1.0).abs() < 1e-9);
    // One regression of all histories at once and three of one each differ by less than the folds do.
    let joint = from_chances(&cross_fitted(&two, &[0, 1], Learner::Logistic, 7).unwrap()).unwrap();
    assert!((joint.n_hat / theirs.n_hat - 1.0).abs() < 0.005, "{joint:?} {theirs:?}");
}

#[test]
fn the_unseen_go_with_the_odds_ratio_for_two_lists_and_against_it_for_three() {
    let table = table();
    let of = |names: &str| {
        ChosenLists { lists: lists(names), learner: Learner::Logistic }.estimate(&table, 0.95, 3)
    };
    let n = table.n();
    for (names, sign) in [("ab", 1.0), ("abc", -1.0)] {
        let e = of(names);
        let unseen = e.n_hat.unwrap() - n;
        for at in &e.by_odds_ratio {
            let factor = at.odds_ratio.powf(sign);
            assert!(((at.n_hat - n) / (factor * unseen) - 1.0).abs() < 1e-9, "{names} {at:?}");
            assert!(at.interval.lower < at.n_hat && at.n_hat < at.interval.upper, "{names} {at:?}");
        }
        let same = e.by_odds_ratio.iter().find(|at| at.odds_ratio == 1.0).unwrap();
        let (a, b) = (same.interval, e.interval.unwrap());
        assert!((a.lower / b.lower - 1.0).abs() < 1e-9 && (a.upper / b.upper - 1.0).abs() < 1e-9);
    }
}

/// The variance at another odds ratio is that of the influence function with the unseen multiplied.
#[test]
fn the_standard_error_at_another_odds_ratio_is_that_of_the_influence_function() {
    let all = persons([1.0; 3]);
    let n = all.len() as f64;
    let (found, factor) = (from_chances(&all).unwrap(), 2.5);
    let phi = |p: &Person| {
        let r = p.q[0] * p.q[1] / p.q[2];
        let own = [0.0, 1.0, 1.0, -1.0][p.history];
        if p.history == 0 { 1.0 } else { 1.0 + factor * r * own / p.q[p.history - 1] }
    };
    let mean = all.iter().map(phi).sum::<f64>() / n;
    let variance = all.iter().map(|p| (phi(p) - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let se = (n * variance + n * mean * (mean - 1.0)).sqrt();
    let at = found.with_unseen(n, factor);
    assert!((at.n_hat / (n * mean) - 1.0).abs() < 1e-9 && (at.se / se - 1.0).abs() < 1e-9, "{at:?} {se}");
}

#[test]
fn lists_that_are_not_there_or_too_few_are_refused() {
    let of =
        |names: &str| ChosenLists { lists: lists(names), learner: Learner::Spline }.places(&lists("abc"));
    assert_eq!(of("ca"), Ok(vec![0, 2]));
    assert_eq!(of("ad"), Err(NotChosen::NoList("d".to_owned())));
    assert_eq!((of("aa"), of("")), (Err(NotChosen::TooFew), Err(NotChosen::TooFew)));
}

/// Nobody is on the first two lists and off the third.
#[test]
fn without_anybody_of_some_history_there_is_no_estimate() {
    let rows = [(1, 50), (2, 50), (4, 50), (5, 40), (6, 40), (7, 30)].map(|(w, c)| (w, Vec::new(), c));
    let table = StratifiedTable::new(lists("abc"), Vec::new(), rows, Vec::new()).unwrap();
    let e = ChosenLists { lists: lists("ab"), learner: Learner::Logistic }.estimate(&table, 0.95, 1);
    assert_eq!((e.outcome, e.n_hat), (Outcome::TooFewTogether, None));
    // Without covariates two lists are Lincoln and Petersen's, off the third.
    let e = ChosenLists { lists: lists("ac"), learner: Learner::Logistic }.estimate(&table, 0.95, 1);
    let unseen = 50.0 * 50.0 / 40.0;
    assert!((e.n_hat.unwrap() - 260.0 - unseen).abs() < 0.5 * unseen, "{:?}", e.n_hat);
}

/// So few people are on both lists that a chance of one in a thousand is three times theirs: as a least chance it would be the estimate,
/// 746,971 instead of 1,371,345.
#[test]
fn the_least_chance_is_not_the_estimate_where_hardly_anybody_is_on_both() {
    let of = |times: u64| {
        let rows = [(1, 4000), (2, 4000), (3, 12), (4, 30_000)].map(|(w, c)| (w, Vec::new(), times * c));
        StratifiedTable::new(lists("abc"), Vec::new(), rows, Vec::<Inactive>::new()).unwrap()
    };
    let n = 38_012.0;
    let few = cross_fitted(&of(1), &[0, 1], Learner::Logistic, 1).unwrap();
    // Each fold has its own chance; over all of them it is the share.
    let mean = few.iter().map(|p| p.q[2]).sum::<f64>() / n;
    assert!((mean / (12.0 / n) - 1.0).abs() < 0.03, "{mean}");
    // The folds of twelve people are too unlike for a figure to be held to: twenty times as many are not.
    let e = ChosenLists { lists: lists("ab"), learner: Learner::Logistic }.estimate(&of(20), 0.95, 1);
    let n_hat = e.n_hat.unwrap() / 20.0;
    let by_hand = n + 4000.0 * 4000.0 / 12.0;
    assert!((n_hat / by_hand - 1.0).abs() < 0.08, "{n_hat} {by_hand}");
}

#[test]
fn a_chosen_list_that_was_not_at_work_somewhere_gives_no_estimate() {
    let everywhere = [(1, 60), (2, 50), (3, 40), (4, 30), (5, 20), (6, 20), (7, 20)];
    let without_b = [(1, 60), (4, 30), (5, 20)];
    let at = |level: usize| move |(w, count): (u32, u64)| (w, vec![Some(level)], count);
    let rows = || everywhere.into_iter().map(at(0)).chain(without_b.into_iter().map(at(1)));
    let group = || vec![Covariate::from_values("group", ["x", "y"].into_iter())];
    let of = |inactive: Vec<Inactive>| StratifiedTable::new(lists("abc"), group(), rows(), inactive).unwrap();
    let table = of(vec![Inactive { list: 1, covariate: 0, level: 1 }]);
    assert_eq!(of_lists(&table, &[0, 1], Learner::Logistic, 1), Err(Outcome::NotApplicable));
    // Lists that were at work everywhere may be chosen, and so may any where nothing is said.
    assert!(of_lists(&table, &[0, 2], Learner::Logistic, 1).is_ok());
    assert!(of_lists(&of(Vec::new()), &[0, 1], Learner::Logistic, 1).is_ok());
}

/// Dealt out over the folds, thirteen people on both lists give what they say all together, but for 2%. With a fold for each by chance a fifth of the
/// unseen would be lost, and twelve are too few even so.
#[test]
fn few_people_on_both_lists_are_dealt_over_the_folds_or_refused() {
    let of = |both: u64, seed: u64| {
        let rows = [(1, 400), (2, 400), (3, both), (4, 3000)].map(|(w, c)| (w, Vec::new(), c));
        let table = StratifiedTable::new(lists("abc"), Vec::new(), rows, Vec::<Inactive>::new()).unwrap();
        of_lists(&table, &[0, 1], Learner::Logistic, seed)
    };
    let (n, unseen) = (3813.0, 400.0 * 400.0 / 13.0);
    for seed in 0..20 {
        let found = of(13, seed).unwrap();
        assert!(((found.n_hat - n) / unseen - 1.0).abs() < 0.05, "{seed} {found:?}");
    }
    assert_eq!(of(12, 1), Err(Outcome::TooFewTogether));
}

/// Against the rest, two lists that are all there are have the same minimum.
#[test]
fn a_list_against_the_rest_is_refused_with_too_few_people_on_both() {
    let of = |both: u64| {
        let rows = [(1, 400), (2, 300), (3, both)].map(|(w, c)| (w, Vec::new(), c));
        let table = StratifiedTable::new(lists("ab"), Vec::new(), rows, Vec::<Inactive>::new()).unwrap();
        against_the_rest(&table, 0, 1).map(|d| d.n_hat)
    };
    assert_eq!(of(12), Err(Outcome::TooFewTogether));
    let n_hat = of(15).unwrap();
    assert!((n_hat / (715.0 + 400.0 * 300.0 / 15.0) - 1.0).abs() < 0.03, "{n_hat}");
}
