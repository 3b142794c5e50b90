//! The headline and its verdict on tables whose right answer is known.

use ijsberg_mse::diagnostics::{Reason, Verdict, diagnose, glance};
use ijsberg_mse::estimate::Note;
use ijsberg_mse::histories::Histories;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Settings, Silent, run};
use ijsberg_mse::simulate::score::scores;
use ijsberg_mse::simulate::study::{Answer, consistency};
use ijsberg_mse::space::Kin;
use ijsberg_mse::verdict::bound::Allowance;
use ijsberg_mse::verdict::{Headline, HeadlineSettings, headline};

use crate::tables::{TABLES, case, table};

fn headline_of(h: &Histories) -> Headline {
    headline(&Engine::new(h), &HeadlineSettings { what_if: false, ..HeadlineSettings::default() }).unwrap()
}

fn holds(found: &Headline, truth: f64) -> bool {
    found.interval.lower <= truth && truth <= found.interval.upper
}

#[test]
fn nested_and_identical_lists_hold_the_right_number_and_never_a_wrong_one_in_green() {
    for (name, truth) in [("identical-lists", 1050.0), ("list-inside-another", 490.0 * 290.0 / 90.0)] {
        let h = case(name);
        let found = headline_of(&h);
        assert!(holds(&found, truth), "{name} {found:?}");
        assert!((found.n_hat / truth).ln().abs() < 0.2, "{name} {}", found.n_hat);
        assert!(
            found.bound.at_least <= truth && found.bound.at_least > h.n() as f64,
            "{name} {:?}",
            found.bound
        );
    }
}

#[test]
fn a_model_that_does_not_fit_is_no_number() {
    // Half of the persons are on all four lists and the other half on one: no model of the space makes this.
    let names = ["A", "B", "C", "D"].map(String::from).to_vec();
    let cells = [
        (15, 900),
        (1, 300),
        (2, 310),
        (4, 290),
        (8, 305),
        (3, 120),
        (12, 5),
        (5, 140),
        (10, 4),
        (7, 2),
        (11, 250),
    ];
    let h = Histories::new(names, cells).unwrap();
    let d = glance(&h, &[]);
    let found = d.headline.unwrap();
    let fit = found.fit.unwrap();
    assert!(fit.p_value < 0.05 || found.interval.upper / found.interval.lower > 1.8, "{fit:?}");
    assert_ne!(d.verdict, Verdict::FitToPublish);
}

#[test]
fn the_dutch_table_is_a_lower_bound_and_the_british_one_no_less_than_chaos_limit_allows() {
    let dutch = glance(&table("Ned"), &[]);
    assert_eq!(dutch.verdict, Verdict::LowerBoundOnly, "{:?}", dutch.headline);
    // The study with covariates said 37,500.
    let found = dutch.headline.unwrap();
    assert!(found.bound.at_least < 37_500.0 && found.bound.at_least > 15_000.0, "{:?}", found.bound);
    // Chao's lower limit is 13,136, the one given the best two-list model by AIC 9,976. Models near saturation say 4,196.
    let british = headline_of(&table("UKdat_5"));
    assert!((9_700.0..13_200.0).contains(&british.bound.at_least), "{:?}", british.bound);
}

/// Persons on one list who are hardly ever on a second, and never on a third, do not differ from one another in a way that a column
/// can tell: the answer is not that nobody was missed. The lists are taken as the truth.
#[test]
fn few_overlaps_do_not_make_the_unseen_vanish() {
    for (name, list, truth) in [("Ned_5", 0, 929.0), ("ScotPWID", 0, 901.0)] {
        let h = table(name).within_list(list).unwrap();
        let found = headline_of(&h);
        assert!(holds(&found, truth), "{name} {found:?}");
        assert!((found.n_hat / truth).ln().abs() < 0.4, "{name} {}", found.n_hat);
        let (bound, seen) = (found.bound.at_least, h.n() as f64);
        assert!(bound <= truth && bound > 1.5 * seen, "{name} {bound} {seen}");
    }
}

#[test]
fn errors_of_the_lists_that_are_known_lower_the_bound() {
    let h = table("UKdat_5");
    let engine = Engine::new(&h);
    let at = |over_coverage: f64, missed_links: f64| {
        let allowance = Allowance { over_coverage, missed_links };
        headline(&engine, &HeadlineSettings { allowance, what_if: false, ..HeadlineSettings::default() })
            .unwrap()
            .bound
    };
    let (plain, foreign, missed) = (at(0.0, 0.0), at(0.1, 0.0), at(0.0, 0.1));
    assert!(
        foreign.at_least < plain.at_least && missed.at_least < plain.at_least,
        "{plain:?} {foreign:?} {missed:?}"
    );
    assert!(foreign.seen < plain.seen && missed.seen < plain.seen);
    let asked = headline(&engine, &HeadlineSettings::default()).unwrap();
    assert_eq!(asked.bound_if.len(), 3);
    assert!(asked.bound_if.iter().all(|b| b.at_least < asked.bound.at_least));
}

/// Who links names may count the links that were missed; of codes nobody can.
#[test]
fn draws_of_a_linkage_in_codes_have_no_bound_whatever_is_allowed_for() {
    let lists = ["a", "b", "c"].map(String::from).to_vec();
    let h = Histories::new(lists, [(1, 60), (2, 50), (4, 40), (3, 12), (5, 9), (6, 10), (7, 3)]).unwrap();
    let engine = Engine::new(&h);
    let methods = Method::parse_all(&["loglinear.best-bic"]).unwrap();
    let settings = Settings { methods, replicates: 0, ..Settings::default() };
    let judged = |notes: &[Note], missed_links: f64| {
        let mut estimates = run(&engine, &[], &settings, &Silent);
        estimates[0].notes.extend(notes);
        let allowance = Allowance { over_coverage: 0.0, missed_links };
        diagnose(
            &engine,
            &estimates,
            &HeadlineSettings { allowance, what_if: false, ..HeadlineSettings::default() },
            &Silent,
        )
    };
    let names = judged(&[Note::AveragedOverLinkage], 0.1);
    assert!(names.verdict != Verdict::NoEstimate && names.at_least.is_some(), "{names:?}");
    for missed in [0.0, 0.1, 0.5] {
        let codes = judged(&[Note::AveragedOverCodes], missed);
        assert_eq!((codes.verdict, codes.at_least, codes.at_most), (Verdict::NoEstimate, None, None));
        assert_eq!(codes.reasons[0], Reason::MissedLinksUnknown);
    }
    // A sample of people resolved by hand, with names, is such a count.
    let resolved = judged(&[Note::AveragedOverCodes, Note::MissedLinksPutBack], 0.0);
    assert!(resolved.verdict != Verdict::NoEstimate && resolved.at_least.is_some());
}

#[test]
fn families_share_the_weight_and_the_answer_does_not_depend_on_the_order_of_the_lists() {
    let h = table("kosovo_aggregate");
    let found = headline_of(&h);
    let total: f64 = found.families.iter().map(|f| f.weight).sum();
    assert!((total - 1.0).abs() < 1e-9);
    assert!(found.families.iter().any(|f| f.family == Kin::Heterogeneity) || found.families.len() > 1);
    let t = h.t();
    let turned = |w: u32| (0..t).fold(0, |acc, j| acc | (w >> j & 1) << (t - 1 - j));
    let lists = h.lists().iter().rev().cloned().collect();
    let other = Histories::new(lists, h.cells().iter().map(|(w, c)| (turned(*w), *c))).unwrap();
    let other = headline_of(&other);
    for (a, b) in [
        (found.n_hat, other.n_hat),
        (found.interval.lower, other.interval.lower),
        (found.interval.upper, other.interval.upper),
    ] {
        assert!((a / b).ln().abs() < 0.01, "{a} {b}");
    }
}

/// Each list is taken as the truth: do the others, on its persons, recover its size? The interval score is its width on the
/// logarithm and 40 for each unit by which the truth is missed (Gneiting and Raftery 2007, JASA 102).
#[test]
fn on_lists_taken_as_the_truth_the_headline_has_a_better_score_than_the_best_model_by_bic() {
    let settings =
        Settings { methods: vec![Method::ModelSpace, Method::BestBic], replicates: 0, ..Settings::default() };
    // One table is invented. Of those with three lists, two are left.
    let real = TABLES.iter().filter(|t| t.0 != "Artificial_3");
    let answers: Vec<Answer> =
        real.flat_map(|(name, _)| consistency(name, &table(name), &settings)).collect();
    let (by_bic, ours): (Vec<Answer>, Vec<Answer>) =
        answers.into_iter().partition(|a| a.method == Method::BestBic.to_string());
    assert_eq!(ours.len(), 34);
    let exists = |a: &&Answer| by_bic.iter().any(|b| b.design == a.design && b.n_hat.is_some());
    let same: Vec<Answer> = ours.iter().filter(exists).cloned().collect();
    assert_eq!(same.len(), 26);
    let score = &scores(&same, settings.level)[0];
    // The best model by BIC, chosen again in each replicate, has 2.48 and 24 of 26 on these tables (`docs/book/src/truth.md`).
    assert!(score.interval_score < 2.48, "{score:?}");
    assert!(score.coverage > 0.92 && score.unbounded == 0.0, "{score:?}");
    assert!(score.bias.abs() < 0.15 && score.rmse < 0.55, "{score:?}");
}
