//! Models with covariates against models without, and what must hold for any of them.

use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::model::Model;
use ijsberg_mse::strata::breakdown::{BreakdownSettings, breakdown};
use ijsberg_mse::strata::fit::Fitter;
use ijsberg_mse::strata::margins::{Cell, CountNoise, Margins};
use ijsberg_mse::strata::missing::complete;
use ijsberg_mse::strata::model::{Order, StratifiedModel, Term};
use ijsberg_mse::strata::search::{SearchRule, search};
use ijsberg_mse::strata::table::{Covariate, Inactive, Scale, StratifiedError, StratifiedTable};

use crate::tables::close;

type Rows = Vec<(Mask, Vec<Option<usize>>, u64)>;

/// The synthetic Dutch table: six lists; year, sex, age, nationality, form.
fn synthetic() -> (Vec<String>, Vec<Covariate>, Rows) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/netherlands-synthetic.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|l| l.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let body: Vec<Vec<&str>> = lines.collect();
    let covariates: Vec<Covariate> =
        (6..11).map(|c| Covariate::from_values(header[c], body.iter().map(|r| r[c]))).collect();
    let rows = body
        .iter()
        .map(|r| {
            let history = (0..6).fold(0, |m: Mask, j| m | Mask::from(r[j] == "1") << j);
            let levels = covariates
                .iter()
                .zip(&r[6..])
                .map(|(c, value)| c.levels.iter().position(|l| l == value))
                .collect();
            (history, levels, 1)
        })
        .collect();
    (header[..6].iter().map(|s| (*s).to_owned()).collect(), covariates, rows)
}

pub(crate) fn table() -> StratifiedTable {
    let (lists, covariates, rows) = synthetic();
    StratifiedTable::new(lists, covariates, rows, Vec::new()).unwrap()
}

fn pair(lists: Mask) -> Term {
    Term { lists, covariate: None }
}

fn crossed(lists: Mask, covariate: usize) -> Term {
    Term { lists, covariate: Some(covariate) }
}

fn model(terms: &[Term]) -> StratifiedModel {
    terms.iter().fold(StratifiedModel::default(), |m, t| m.with(*t))
}

const RULE: SearchRule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };

#[test]
fn the_synthetic_table_adds_up_to_the_real_one() {
    let (lists, _, rows) = synthetic();
    let h = Histories::new(lists, rows.iter().map(|r| (r.0, r.2))).unwrap();
    assert_eq!(h, crate::tables::table("Ned"));
}

#[test]
fn without_covariate_terms_it_is_the_model_of_the_whole_table() {
    let t = table();
    let engine = Engine::new(&crate::tables::table("Ned"));
    let fitter = Fitter::new(&t);
    // I, K, O, P, R, Z: bits 0 to 5. I and K do not overlap: that parameter is at minus infinity.
    for (terms, formula) in [
        (vec![], "[]"),
        (vec![pair(0b10_1000)], "[PZ]"),
        (vec![pair(0b11), pair(0b10_1000), pair(0b10_0100)], "[IK,PZ,OZ]"),
    ] {
        let ours = fitter.fit(&model(&terms), None);
        let whole = engine.fit(&Model::parse(formula, engine.histories().lists()).unwrap());
        assert!(ours.regular);
        close(ours.unseen.iter().sum(), whole.dark_figure, 1e-7, formula);
        assert_eq!(ours.parameters + 1, whole.model.parameters());
    }
}

#[test]
fn with_every_list_crossed_it_is_a_model_for_each_level() {
    let (lists, covariates, rows) = synthetic();
    let t = StratifiedTable::new(lists.clone(), covariates, rows.clone(), Vec::new()).unwrap();
    let sex = 1;
    let terms: Vec<Term> = (0..6).map(|j| crossed(1 << j, sex)).collect();
    let fit = Fitter::new(&t).fit(&model(&terms), None);
    let apart: f64 = (0..2)
        .map(|level| {
            let cells = rows.iter().filter(|r| r.1[sex] == Some(level)).map(|r| (r.0, r.2));
            let (names, cells, _) = Histories::drop_empty_lists(lists.clone(), &cells.collect::<Vec<_>>());
            let h = Histories::new(names, cells).unwrap();
            Engine::new(&h).fit(&Model::independence(h.t())).dark_figure
        })
        .sum();
    close(fit.unseen.iter().sum(), apart, 1e-7, "by sex");
}

#[test]
fn the_search_finds_the_way_back_from_a_false_summit() {
    let fitter = Fitter::new(&table());
    let path = search(&fitter, 5, RULE);
    let n: Vec<f64> = path.iter().map(|s| s.n_hat(8234.0)).collect();
    close(n[0], 52_823.46, 1e-6, "independence");
    // The table was made so that the published 37,500 come out.
    let last = path.last().unwrap();
    assert!((30_000.0..45_000.0).contains(&n[n.len() - 1]) && last.fit.regular, "{n:?}");
    let criteria: Vec<f64> = path.iter().map(|s| s.fit.criterion(8234_f64.ln())).collect();
    assert!(criteria.windows(2).all(|w| w[1] < w[0]));
    // No candidate left out could lower it: adding any one term raises the criterion.
    for lists in [0b11, 0b101, 0b10_1000, 0b1_1000] {
        if !last.fit.model.contains(pair(lists)) {
            let more = fitter.fit(&last.fit.model.with(pair(lists)), Some(&last.fit));
            assert!(more.criterion(8234_f64.ln()) > criteria[criteria.len() - 1] - 1e-6);
        }
    }
}

#[test]
fn a_score_foretells_the_fall_in_deviance() {
    let fitter = Fitter::new(&table());
    let base = fitter.fit(&StratifiedModel::default(), None);
    // Rao's statistic and the likelihood ratio agree for small effects: a list by year, which are independent here.
    for list in [0, 3, 5] {
        let with = fitter.fit(&model(&[crossed(1 << list, 0)]), Some(&base));
        let step = search(&fitter, 1, RULE);
        assert!(!step.is_empty());
        assert!(base.deviance - with.deviance < 25.0);
    }
}

#[test]
fn intervals_hold_the_published_numbers_and_do_not_depend_on_threads() {
    let t = table();
    let settings = BreakdownSettings { rule: RULE, replicates: 60, level: 0.95, seed: 3 };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| breakdown(&t, &settings, &|| {}))
    };
    let (one, two) = (run(1), run(2));
    assert_eq!(one.sizes, two.sizes);
    let all = &one.sizes[0];
    let (lower, upper) = all.limits.unwrap();
    assert!(lower < 37_500.0 && 37_500.0 < upper, "{lower} {upper}");
    // Foreign victims outside the sex industry: 7,950, 21.2% of all.
    let (nationality, form) = (3, 4);
    let level = |c: usize, name: &str| (c, t.covariates()[c].levels.iter().position(|l| l == name).unwrap());
    let wanted = vec![level(nationality, "foreign"), level(form, "other")];
    let part = one.sizes.iter().find(|s| s.part == wanted).unwrap();
    let (lower, upper) = part.limits.unwrap();
    assert!(lower < 7_950.0 && 7_950.0 < upper);
    let (lower, upper) = part.share_limits.unwrap();
    assert!(lower < 0.212 && 0.212 < upper);
    // Parts add up to the whole.
    for c in 0..5 {
        let sum: f64 =
            one.sizes.iter().filter(|s| s.part.len() == 1 && s.part[0].0 == c).map(|s| s.n_hat).sum();
        close(sum, all.n_hat, 1e-9, "levels");
    }
}

#[test]
fn missing_levels_are_shared_out() {
    let (lists, covariates, mut rows) = synthetic();
    // Every seventh person's form is unknown, whatever it is.
    rows.iter_mut().step_by(7).for_each(|r| r.1[4] = None);
    let t = StratifiedTable::new(lists, covariates, rows, Vec::new()).unwrap();
    let m = model(&[crossed(2, 3), crossed(2, 4), crossed(1, 4), crossed(4, 4), crossed(32, 4)]);
    let filled = complete(&t, &m);
    assert!(filled.is_complete());
    close(filled.n(), 8234.0, 1e-9, "nobody is lost");
    let of = |t: &StratifiedTable| {
        t.rows().iter().filter(|r| r.levels[4] == Some(0)).map(|r| r.count).sum::<f64>()
    };
    close(of(&filled), of(&table()), 0.02, "persons outside the sex industry");
    let (a, b) = (Fitter::new(&filled).fit(&m, None), Fitter::new(&table()).fit(&m, None));
    close(a.unseen.iter().sum(), b.unseen.iter().sum(), 0.03, "unseen");
}

#[test]
fn a_list_that_did_not_operate_is_no_evidence_there() {
    let (lists, covariates, rows) = synthetic();
    // Without 2015 on the police list, and said to be so.
    let (year, last) = (0, 5);
    let police = 0b1000;
    let rows: Rows = rows
        .into_iter()
        .map(|(w, l, c)| if l[year] == Some(last) { (w & !police, l, c) } else { (w, l, c) })
        .filter(|r| r.0 != 0)
        .collect();
    let inactive = vec![Inactive { list: 3, covariate: year, level: last }];
    let known =
        StratifiedTable::new(lists.clone(), covariates.clone(), rows.clone(), inactive.clone()).unwrap();
    let naive = StratifiedTable::new(lists.clone(), covariates.clone(), rows, Vec::new()).unwrap();
    let m = model(&[crossed(2, 3), crossed(2, 4)]);
    let persons_in_the_last_year = |t: &StratifiedTable| {
        let fitter = Fitter::new(t);
        let fit = fitter.fit(&m, None);
        assert!(fit.regular);
        fitter.levels().zip(&fit.unseen).filter(|(l, _)| l[year] == last).map(|(_, u)| u).sum::<f64>()
            + t.rows().iter().filter(|r| r.levels[year] == Some(last)).map(|r| r.count).sum::<f64>()
    };
    let whole = persons_in_the_last_year(&table());
    let (known, naive) = (persons_in_the_last_year(&known), persons_in_the_last_year(&naive));
    assert!((known / whole - 1.0).abs() < 0.15, "{known} {whole}");
    // Taken at face value, the empty police list says that there were few victims.
    assert!(naive < 0.6 * whole, "{naive} {whole}");
    let (_, _, full) = synthetic();
    let refused = StratifiedTable::new(lists, covariates, full, inactive);
    assert!(matches!(refused, Err(StratifiedError::NotInactive { .. })));
}

#[test]
fn years_may_enter_as_a_polynomial() {
    let (lists, mut covariates, rows) = synthetic();
    covariates[0].scale = Scale::Polynomial(5);
    let polynomial = StratifiedTable::new(lists, covariates, rows, Vec::new()).unwrap();
    // A polynomial of degree five through six years is the factor.
    let m = model(&[crossed(1, 0), crossed(8, 0)]);
    let (a, b) = (Fitter::new(&polynomial).fit(&m, None), Fitter::new(&table()).fit(&m, None));
    close(a.deviance, b.deviance, 1e-7, "deviance");
    close(a.unseen.iter().sum(), b.unseen.iter().sum(), 1e-6, "unseen");
}

#[test]
fn averaging_stays_near_the_best_and_includes_model_uncertainty() {
    let t = table();
    let settings = |averaged| BreakdownSettings {
        rule: SearchRule { averaged, ..RULE },
        replicates: 0,
        level: 0.95,
        seed: 1,
    };
    let (one, many) = (breakdown(&t, &settings(false), &|| {}), breakdown(&t, &settings(true), &|| {}));
    let (one, many) = (one.sizes[0].n_hat, many.sizes[0].n_hat);
    assert!(one != many && (many / one - 1.0).abs() < 0.2, "{one} {many}");
}

#[test]
fn margins_are_all_that_an_estimate_needs() {
    let t = table();
    let m = search(&Fitter::new(&t), 5, RULE).pop().unwrap().fit.model;
    let margins = Margins::for_model(&t, &m);
    let whole = Fitter::new(&t).fit(&m, None);
    let sizes = margins.sizes().unwrap();
    close(sizes[0].0, 8234.0, 1e-12, "seen");
    close(sizes[0].1 - sizes[0].0, whole.unseen.iter().sum(), 1e-7, "unseen");
    // All, then the six years, which add up to it.
    close(sizes[1..7].iter().map(|s| s.1).sum(), sizes[0].1, 1e-9, "years");

    // Margins that agree with no table have an estimate too, near that of those that do.
    let mut k = 0;
    let noisy = margins.map(|_, n| {
        k += 1;
        n + [2.0, -1.0, 0.0, -1.0][k % 4] * f64::from(n > 4.0)
    });
    let moved = noisy.sizes().unwrap()[0].1;
    assert!(moved != sizes[0].1 && (moved / sizes[0].1 - 1.0).abs() < 0.1, "{moved}");

    // Those that no model can have, have none: more persons on two lists together than on one of them.
    let together =
        |cell: Cell<'_>| matches!(cell, Cell::On(t, _) if t.covariate.is_none() && t.lists.count_ones() == 2);
    assert_eq!(noisy.map(|cell, n| if together(cell) { 9000.0 } else { n }).sizes(), None);
}

#[test]
fn margins_give_intervals_like_those_of_the_table() {
    let t = table();
    let m = search(&Fitter::new(&t), 5, RULE).pop().unwrap().fit.model;
    let settings = BreakdownSettings { rule: RULE, replicates: 200, level: 0.95, seed: 7 };
    let limits = |b: &ijsberg_mse::strata::breakdown::Breakdown| b.sizes[0].limits.unwrap();
    let here = limits(&Margins::for_model(&t, &m).breakdown(&settings, &|| {}).unwrap());
    let there = limits(&breakdown(&t, &settings, &|| {}));
    let wide = |l: (f64, f64)| l.1 - l.0;
    assert!(here.0 < 36_779.0 && here.1 > 36_779.0, "{here:?}");
    assert!((0.6..1.6).contains(&(wide(here) / wide(there))), "{here:?} {there:?}");
}

/// The margins of every term choose the model that the table does; with noise a term must be worth more than its counts' noise is.
#[test]
fn margins_choose_the_model_of_their_table_and_never_noise() {
    let t = table();
    let all = Margins::of_all(&t, Order::Two);
    let whole = search(&Fitter::new(&t), 5, RULE).pop().unwrap().fit.model;
    assert!(whole.terms.len() > 3);
    let chosen = all.chosen(RULE, 0.0);
    assert_eq!(*chosen.model(), whole);
    assert_eq!(chosen, Margins::for_model(&t, &whole));
    // Other margins, another model, whatever the table is: two hundred more on two lists that had no term together.
    let mut pairs = (0..6).flat_map(|i| (i + 1..6).map(move |j| pair(1 << i | 1 << j)));
    let open = pairs.find(|p| !whole.contains(*p)).unwrap();
    let more = all.map(|cell, n| if cell == Cell::On(open, 0) { n + 200.0 } else { n });
    assert!(more.chosen(RULE, 0.0).model().contains(open));
    // Where noise drowns everything, nothing is chosen.
    assert!(all.chosen(RULE, 1e9).model().terms.is_empty());
}

/// Noise that each draw is given too makes limits wider, and where there is none they are those of the search alone.
#[test]
fn limits_hold_the_noise_of_margins() {
    let all = Margins::of_all(&table(), Order::Two);
    let settings = BreakdownSettings { rule: RULE, replicates: 60, level: 0.95, seed: 7 };
    let wide = |variance: f64, noisy: &(dyn Fn(u64, f64) -> u64 + Sync)| {
        let noise = CountNoise { variance, noisy };
        let found = all.chosen(RULE, variance).breakdown_with_noise(&settings, noise, &|| {}).unwrap();
        let (low, high) = found.sizes[0].limits.unwrap();
        (high / low).ln()
    };
    let exact = wide(0.0, &|n, _| n);
    let noisy = wide(25.0, &|n, key| match n {
        0 => 0,
        _ if key < 0.5 => n.saturating_sub(5),
        _ => n + 5,
    });
    assert!(exact > 0.2 && noisy > 1.3 * exact, "{exact} {noisy}");
    let bare = all.chosen(RULE, 0.0).breakdown(&settings, &|| {}).unwrap();
    let (low, high) = bare.sizes[0].limits.unwrap();
    assert!(((high / low).ln() / exact - 1.0).abs() < 0.2, "{low} {high} {exact}");
}

#[test]
fn a_part_that_is_nearly_all_seen_has_no_limit_below_those_seen() {
    let group = Covariate::from_values("group", ["x", "y"].into_iter());
    let cells = [(0, [3, 3, 100]), (1, [50, 40, 20])];
    let rows = cells.into_iter().flat_map(|(level, counts)| {
        counts.into_iter().zip(1..).map(move |(count, history)| (history, vec![Some(level)], count))
    });
    let lists = vec!["a".to_owned(), "b".to_owned()];
    let t = StratifiedTable::new(lists, vec![group], rows, Vec::new()).unwrap();
    let settings = BreakdownSettings { rule: RULE, replicates: 100, level: 0.95, seed: 5 };
    let b = breakdown(&t, &settings, &|| {});
    assert_eq!(b.sizes.len(), 3);
    for size in &b.sizes {
        let (lower, upper) = size.limits.unwrap();
        assert!(size.observed <= lower && lower <= upper, "{size:?}");
    }
    // Draws see fewer of them half of the time, so this is the limit itself.
    let seen = b.sizes.iter().find(|s| s.part == [(0, 0)]).unwrap();
    assert_eq!((seen.observed, seen.limits.unwrap().0), (106.0, 106.0));
}
