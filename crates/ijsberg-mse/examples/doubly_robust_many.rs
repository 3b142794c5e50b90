//! Doubly robust estimates with chosen lists against estimates without the correction, on populations of known size.
//!
//! `cargo run --release -p ijsberg-mse --example doubly_robust_many -- 500` draws 500 populations of each size for each rate `alpha` at which the
//! chances are learnt, and prints bias, root mean square error and coverage of both; a second number is the seed. Below that the chances are
//! estimated: by straight lines and by splines, and with the right lists and the wrong ones.

use std::time::Instant;

use ijsberg_mse::doubly_robust::learner::Learner;
use ijsberg_mse::simulate::chosen_lists::{Comparison, World, with_errors, with_learner};

fn line(name: &str, c: &Comparison, seconds: f64) {
    println!(
        "{name:<34} {:>5}  {:>+8.4} {:>8.4} {:>6.3}  {:>+8.4} {:>8.4} {:>6.3}  {:>6.3} {seconds:>6.1}s",
        c.draws,
        c.corrected.bias,
        c.corrected.root,
        c.corrected.covered,
        c.plug_in.bias,
        c.plug_in.root,
        c.plug_in.covered,
        c.se_ratio,
    );
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |i: usize, otherwise: u64| words.get(i).and_then(|w| w.parse().ok()).unwrap_or(otherwise);
    let (many, seed) = (number(0, 100), number(1, 20_171_018));
    println!(
        "draws; bias, root mean square error and coverage of 95% with the correction, without it; standard error over \
         spread"
    );
    for persons in [1000, 5000, 20_000] {
        for alpha in [0.1, 0.2, 0.25, 0.3, 0.4, 0.5] {
            let begun = Instant::now();
            let c = with_errors(&World { persons, bend: 0.0 }, alpha, many, seed);
            line(&format!("{persons} persons, alpha {alpha}"), &c, begun.elapsed().as_secs_f64());
        }
    }
    for (bend, places, learner, name) in [
        (0.0, &[0, 1][..], Learner::Logistic, "straight world, lines"),
        (0.0, &[0, 1][..], Learner::Spline, "straight world, splines"),
        (1.5, &[0, 1][..], Learner::Logistic, "bent world, lines"),
        (1.5, &[0, 1][..], Learner::Spline, "bent world, splines"),
        (1.5, &[0, 1, 2][..], Learner::Spline, "bent world, splines, all lists"),
        (1.5, &[0, 2][..], Learner::Spline, "bent world, splines, other lists"),
    ] {
        let begun = Instant::now();
        let c = with_learner(&World { persons: 5000, bend }, places, learner, many, seed);
        line(name, &c, begun.elapsed().as_secs_f64());
    }
}
