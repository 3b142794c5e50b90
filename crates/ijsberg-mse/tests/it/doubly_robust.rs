//! The doubly robust estimator against drpop 0.0.3, and on a population of known size.

use ijsberg_mse::doubly_robust::{Person, against_the_rest, from_chances};
use ijsberg_mse::strata::table::{Covariate, StratifiedTable};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::tables::{close, golden};

#[test]
fn from_the_chances_that_drpop_used() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/drpop_sim_n3000.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let persons: Vec<Person> = text
        .lines()
        .skip(1)
        .map(|line| {
            let v: Vec<f64> = line.split(',').map(|x| x.parse().unwrap()).collect();
            Person { on: [v[0] == 1.0, v[1] == 1.0], fold: v[2] as usize - 1, q: [v[4], v[5], v[3]] }
        })
        .collect();
    let ours = from_chances(&persons).unwrap();
    let reference = golden("drpop_sim");
    let theirs = &reference["from_given_nuisances"]["result"];
    let n = persons.len() as f64;
    assert_eq!((n, &theirs[0]["method"], &theirs[1]["method"]), (2879.0, &"DR".into(), &"PI".into()));
    close(n / ours.n_hat, theirs[0]["psi"].as_f64().unwrap(), 1e-9, "psi");
    close(n / ours.plug_in, theirs[1]["psi"].as_f64().unwrap(), 1e-9, "plug-in psi");
    close(ours.se, theirs[0]["sigman"].as_f64().unwrap(), 1e-9, "standard error");
}

#[test]
fn covariates_make_dependent_lists_independent() {
    // Two groups, seen often and seldom: without the covariate the lists depend on each other.
    let mut rng = ChaCha8Rng::seed_from_u64(21);
    let mut rows = Vec::new();
    for (group, size, chances) in [(0, 20_000, [0.6, 0.5]), (1, 20_000, [0.1, 0.15])] {
        for _ in 0..size {
            let on = chances.map(|p| rng.random_bool(p));
            let history = u32::from(on[0]) | u32::from(on[1]) << 1;
            if history > 0 {
                rows.push((history, vec![Some(group)], 1));
            }
        }
    }
    let lists = vec!["a".to_owned(), "b".to_owned()];
    let group = Covariate::from_values("group", ["x", "y"].into_iter());
    let table = StratifiedTable::new(lists, vec![group], rows, Vec::new()).unwrap();
    let estimate = against_the_rest(&table, 0, 4).unwrap();
    assert!((estimate.n_hat - 40_000.0).abs() < 3.0 * estimate.se, "{estimate:?}");
    // Lincoln-Petersen, which knows no groups, misses a quarter.
    let count =
        |mask: u32| table.rows().iter().filter(|r| r.history & mask == mask).map(|r| r.count).sum::<f64>();
    assert!(count(1) * count(2) / count(3) < 0.8 * 40_000.0);
}
