//! `BCa` limits from the replicates that `SparseMSE` stored, and our own bootstrap beside theirs.

use ijsberg_mse::loglinear::selection::{Reselect, Selection};
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::resample::{Scheme, acceleration, bca, bootstrap, jackknife};

use crate::tables::{close, golden, table};

#[test]
fn bca_from_stored_replicates() {
    for name in ["Artificial_3", "Ned", "Ned_5", "UKdat", "UKdat_5"] {
        let r = golden(&format!("sparsemse_boot_{name}"));
        let numbers = |key: &str| -> Vec<f64> {
            r[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
        };
        let mut sorted = numbers("bootreps");
        sorted.sort_by(f64::total_cmp);
        let counts: Vec<u64> = numbers("counts").iter().map(|c| *c as u64).collect();
        let a = acceleration(&counts, &numbers("jackknife_estimates")).unwrap();
        close(a, r["ahat"].as_f64().unwrap(), 1e-9, name);
        for (low, high, level) in
            [("0.025", "0.975", 0.95), ("0.05", "0.95", 0.9), ("0.1", "0.9", 0.8), ("0.16", "0.84", 0.68)]
        {
            let limits = bca(r["popest"].as_f64().unwrap(), &sorted, a, level);
            close(limits.z0, r["z0"].as_f64().unwrap(), 1e-9, name);
            close(limits.lower, r["BCaquantiles"][low].as_f64().unwrap(), 1e-9, name);
            close(limits.upper, r["BCaquantiles"][high].as_f64().unwrap(), 1e-9, name);
            // SparseMSE prints the largest replicate as an upper limit for the Dutch table without saying so.
            if name == "Ned" && level == 0.95 {
                assert!(limits.saturated);
            }
        }
    }
}

#[test]
fn jackknife_as_sparsemse() {
    for name in ["Ned_5", "UKdat_5"] {
        let r = golden(&format!("sparsemse_boot_{name}"));
        let engine = Engine::new(&table(name));
        let ours = &jackknife(&engine, &[Selection::Stepwise(0.02)], Reselect::All)[0];
        // The reference lists cells in the order of the file, ours by mask: compare as sets.
        let mut theirs: Vec<f64> =
            r["jackknife_estimates"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        let mut ours = ours.clone();
        theirs.sort_by(f64::total_cmp);
        ours.sort_by(f64::total_cmp);
        for (a, b) in ours.iter().zip(&theirs) {
            close(*a, *b, 1e-6, name);
        }
    }
}

#[test]
fn the_bootstrap_resembles_the_stored_one_and_does_not_depend_on_threads() {
    let engine = Engine::new(&table("UKdat_5"));
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let rules = [Selection::Stepwise(0.02)];
            bootstrap(&engine, &rules, Reselect::All, Scheme::Nonparametric, None, 1000, 7, &|| {}).remove(0)
        })
    };
    let (one, two) = (run(1), run(2));
    assert_eq!(one, two);
    let median = one.sorted[500];
    let r = golden("sparsemse_boot_UKdat_5");
    // Two samples of 1,000 from the same distribution: the median's standard error is about 1.5%.
    close(median, r["bootrep_quantiles_type8"]["50%"].as_f64().unwrap(), 0.06, "median");
    close(one.sorted[100], r["bootrep_quantiles_type8"]["10%"].as_f64().unwrap(), 0.06, "tenth percentile");
}

/// Published by Silverman, Chan and Vincent (2024, Statistics and Computing 34, table 6): the best of all hierarchical models
/// by BIC with `BCa` limits from 1,000 replicates. Their replicates choose among the 20 to 100 best models, ours among all.
#[test]
fn published_intervals_of_the_best_model() {
    for (name, n_hat, lower, upper) in
        [("kosovo_aggregate", 10_356.52, 6947.0, 18_010.0), ("UKdat_5", 25_311.29, 11_168.0, 56_052.0)]
    {
        let engine = Engine::new(&table(name));
        let rule = [Selection::Best(Criterion::Bic)];
        let best = engine.near_best(Criterion::Bic, 0.0).remove(0);
        close(best.n_hat, n_hat, 1e-6, name);
        let drawn =
            bootstrap(&engine, &rule, Reselect::All, Scheme::Nonparametric, None, 1000, 20_171_018, &|| {});
        let counts: Vec<u64> = engine.histories().cells().iter().map(|c| c.1).collect();
        let a = acceleration(&counts, &jackknife(&engine, &rule, Reselect::All)[0]).unwrap();
        let limits = bca(best.n_hat, &drawn[0].sorted, a, 0.95);
        // Two runs of 1,000 replicates differ by a few per cent at the limits.
        close(limits.lower, lower, 0.08, name);
        close(limits.upper, upper, 0.15, name);
    }
}
