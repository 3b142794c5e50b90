//! What the answer of the model space is worth under other priors on the unseen, on worlds of known size.
//!
//! `cargo run --release -p ijsberg-mse --example prior -- [DRAWS]` draws tables from every world marked `learn`, with other draws than
//! the example `calibrate`, and prints for each prior the mean interval score on the logarithm of the size and the share of intervals that held
//! the truth: on small populations, on those of which few are on a list, and on all others.

use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::simulate::worlds::{self, Use, WORLDS};
use ijsberg_mse::space::{Prior, Space};
use rayon::prelude::*;

/// The seed of the first world.
const SEED: u64 = 50_000;
/// Fewest persons of a table.
const FEWEST: u64 = 30;

/// A table's space with what is true of it.
struct Case {
    space: Space,
    truth: f64,
    world: &'static str,
}

fn cases(draws: u64) -> Vec<Case> {
    let learn = WORLDS.iter().enumerate().filter(|(_, w)| w.role == Use::Learn);
    let all: Vec<_> = learn.flat_map(|(i, w)| (0..draws).map(move |d| (i as u64, w, d))).collect();
    all.into_par_iter()
        .filter_map(|(i, world, draw)| {
            let drawn = worlds::draw(world, SEED + i, draw)?;
            let space = Engine::new(&drawn.histories).space().clone();
            let enough = drawn.histories.n() >= FEWEST && !space.members.is_empty();
            enough.then_some(Case { space, truth: drawn.truth as f64, world: world.id })
        })
        .collect()
}

/// Mean interval score and coverage.
fn worth(cases: &mut [Case], prior: Prior, of_group: fn(&str) -> bool) -> (f64, f64) {
    let of = |case: &mut Case| {
        case.space.set_prior(prior);
        let interval = case.space.interval(0.95);
        let (low, high) = ((interval.lower / case.truth).ln(), (interval.upper / case.truth).ln());
        let missed = low.max(0.0) + (-high).max(0.0);
        (high - low + 40.0 * missed, f64::from(u8::from(missed == 0.0)))
    };
    let found: Vec<(f64, f64)> = cases.par_iter_mut().filter(|c| of_group(c.world)).map(of).collect();
    let mean = |f: fn(&(f64, f64)) -> f64| found.iter().map(f).sum::<f64>() / found.len() as f64;
    (mean(|x| x.0), mean(|x| x.1))
}

fn main() {
    let draws = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(60);
    let mut cases = cases(draws);
    println!(
        "| few | many | scale | small: score | coverage | hidden: score | coverage | others: score | coverage |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut priors =
        vec![Prior { few: 0.0, many: 0.0, scale: 1.0 }, Prior { few: 0.0, many: 0.5, scale: 1.0 }];
    for many in [2.0, 3.0, 4.0] {
        for scale in [5.0, 10.0, 20.0, 40.0] {
            priors.extend([0.0, 0.5, 1.0].map(|few| Prior { few, many, scale }));
        }
    }
    for prior in priors {
        let groups: [fn(&str) -> bool; 3] =
            [|w| w == "small", |w| w == "hidden", |w| w != "small" && w != "hidden"];
        let cells = groups.map(|of_group| {
            let (score, held) = worth(&mut cases, prior, of_group);
            format!("{score:.3} | {held:.3}")
        });
        println!("| {} | {} | {} | {} |", prior.few, prior.many, prior.scale, cells.join(" | "));
    }
}
