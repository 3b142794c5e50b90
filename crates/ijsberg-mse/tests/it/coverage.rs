//! Does an interval hold the truth as often as it says? Four independent lists, a known population, a fixed seed.

use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::model::Model;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[test]
fn profile_intervals_cover_the_truth() {
    const TRUTH: u64 = 500;
    const TABLES: u32 = 400;
    let chances = [0.3, 0.2, 0.25, 0.15];
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut covered = 0;
    let mut errors = 0.0;
    for _ in 0..TABLES {
        let persons = (0..TRUTH).map(|_| {
            let on = |(j, p): (usize, &f64)| Mask::from(rng.random_bool(*p)) << j;
            (chances.iter().enumerate().map(on).sum::<Mask>(), 1)
        });
        let seen: Vec<(Mask, u64)> = persons.filter(|p| p.0 != 0).collect();
        let lists = ["a", "b", "c", "d"].map(String::from).to_vec();
        let engine = Engine::new(&Histories::new(lists, seen).unwrap());
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
