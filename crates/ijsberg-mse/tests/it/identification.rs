//! Which way the interaction of all lists works, from tables in which its odds ratio is known.

use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::identification::{FACTORS, Sensitivity, identification, unseen_factor};
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Settings, Silent, run};
use ijsberg_mse::model::Model;

use crate::tables::{close, read_table};

/// The population of the tables that are worked out here.
const SIZE: f64 = 1e9;

/// Exact counts of `SIZE` persons on `t` lists: every interaction of fewer lists is there, that of all has odds ratio `xi`.
fn exact(t: usize, xi: f64) -> Histories {
    let full = (1 << t) - 1;
    let effect = |a: Mask| match a.count_ones() {
        _ if a == full => xi.ln(),
        1 => -0.2 - 0.1 * f64::from(a.ilog2()),
        2 => 0.15 - 0.02 * f64::from(a % 7),
        _ => 0.01 * f64::from(a % 5) - 0.02,
    };
    let chance = |w: Mask| (1..=w).filter(|a| a & w == *a).map(effect).sum::<f64>().exp();
    let total: f64 = (0..=full).map(chance).sum();
    let lists = (0..t).map(|j| format!("list {j}")).collect();
    Histories::new(lists, (1..=full).map(|w| (w, (SIZE * chance(w) / total).round() as u64))).unwrap()
}

/// What the model with every interaction but that of all lists says of a table.
fn panel(h: &Histories) -> Sensitivity {
    let t = h.t();
    let full: Mask = (1 << t) - 1;
    let generators: Vec<Mask> = (0..t).map(|j| full & !(1 << j)).collect();
    let model = Model::from_generators(t, &generators);
    let engine = Engine::new(h);
    // The whole panel searches for the best model, which takes long with many lists.
    if t > 5 {
        let n = h.n() as f64;
        return Sensitivity::from_estimate(Method::Formula, t, n, n + engine.dark_figure(&model)).unwrap();
    }
    let settings = Settings { methods: vec![Method::Formula], replicates: 0, ..Settings::default() };
    let estimates = run(&engine, &[model], &settings, &Silent);
    identification(&engine, &estimates, None, 0.95, 1).sensitivity.remove(0)
}

#[test]
fn the_true_odds_ratio_gives_the_true_number_for_two_to_seven_lists() {
    for t in 2..=7 {
        for (xi, at) in [(2.0, 4), (0.5, 2)] {
            assert_eq!(FACTORS[at], xi);
            let h = exact(t, xi);
            let s = panel(&h);
            close(s.n_at[at], SIZE, 1e-5, &format!("{t} lists, odds ratio {xi}"));
            // More than the estimate for an even number of lists and an odds ratio above one, and the other way round.
            let more = (t % 2 == 0) == (xi > 1.0);
            assert_eq!(s.n_at[at] > s.n_at[3], more, "{t} lists, odds ratio {xi}");
            let (n, n_hat) = (h.n() as f64, s.n_at[3]);
            let unseen = n_hat - n;
            close(n + unseen_factor(t, s.doubling) * unseen, 2.0 * n_hat, 1e-12, "doubling");
            if let Some(halving) = s.halving {
                close(n + unseen_factor(t, halving) * unseen, 0.5 * n_hat, 1e-12, "halving");
            }
        }
    }
}

#[test]
fn ten_million_persons_are_found_again_with_three_lists_and_with_four() {
    for file in ["three-lists-odds-ratio-two", "four-lists-odds-ratio-two"] {
        let path = format!("{}/tests/tables/{file}.csv", env!("CARGO_MANIFEST_DIR"));
        close(panel(&read_table(&path)).n_at[4], 1e7, 1e-5, file);
    }
}
