//! Does an interval hold the truth as often as it says? Four lists, a known population, a fixed seed.

use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::selection::{Reselect, Selection};
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::model::Model;
use ijsberg_mse::resample::{Scheme, acceleration, bca, bootstrap, jackknife};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const TRUTH: u64 = 500;

/// Persons on four lists; who is on the first is on the second with `together` instead of 0.2.
fn draw(rng: &mut ChaCha8Rng, together: f64) -> Histories {
    let persons = (0..TRUTH).map(|_| {
        let first = rng.random_bool(0.3);
        let second = rng.random_bool(if first { together } else { 0.2 });
        let on = [first, second, rng.random_bool(0.25), rng.random_bool(0.15)];
        (on.iter().enumerate().map(|(j, on)| Mask::from(*on) << j).sum::<Mask>(), 1)
    });
    let seen: Vec<(Mask, u64)> = persons.filter(|p| p.0 != 0).collect();
    Histories::new(["a", "b", "c", "d"].map(String::from).to_vec(), seen).unwrap()
}

#[test]
fn profile_intervals_cover_the_truth() {
    const TABLES: u32 = 400;
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut covered = 0;
    let mut errors = 0.0;
    for _ in 0..TABLES {
        let engine = Engine::new(&draw(&mut rng, 0.2));
        let (lower, upper) = engine.profile(&Model::independence(4), 0.95);
        covered += u32::from((lower..=upper).contains(&(TRUTH as f64)));
        let fit = engine.fit(&Model::independence(4));
        errors += (engine.histories().n() as f64 + fit.dark_figure) / TRUTH as f64 - 1.0;
    }
    // Two standard errors of a share of 0.95 in 400 are 0.022.
    let share = f64::from(covered) / f64::from(TABLES);
    assert!((0.925..=0.975).contains(&share), "{share}");
    assert!((errors / f64::from(TABLES)).abs() < 0.02);
}

/// The dependence is weak enough for the choice of model to go wrong often: the case for which the choice is repeated.
#[test]
fn choosing_again_in_the_bootstrap_covers_better_than_taking_the_model_for_granted() {
    const TABLES: u32 = 150;
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let (mut again, mut granted) = (0, 0);
    let rule = [Selection::Best(Criterion::Bic)];
    for seed in 0..TABLES {
        let engine = Engine::new(&draw(&mut rng, 0.32));
        let h = engine.histories();
        let best = &engine.near_best(Criterion::Bic, 0.0)[0];
        let holds = |(lower, upper): (f64, f64)| u32::from((lower..=upper).contains(&(TRUTH as f64)));
        granted += holds(engine.profile(&best.model, 0.95));
        let drawn = bootstrap(
            &engine,
            &rule,
            Reselect::All,
            Scheme::Nonparametric,
            None,
            200,
            u64::from(seed),
            &|| {},
        );
        let counts: Vec<u64> = h.cells().iter().map(|c| c.1).collect();
        let a = acceleration(&counts, &jackknife(&engine, &rule, Reselect::All)[0]).unwrap_or(0.0);
        let limits = bca(best.n_hat, &drawn[0].sorted, a, 0.95);
        again += holds((limits.lower, limits.upper));
    }
    let [again, granted] = [again, granted].map(|c| f64::from(c) / f64::from(TABLES));
    assert!(again > granted + 0.05 && again > 0.85, "{again} {granted}");
}
