//! The Bayesian average over models of lists and covariates, against the sampled posteriors of conting 1.7.

use ijsberg_mse::bayes::covariates::{CovariatePosterior, Pair, Variance, average};
use ijsberg_mse::strata::table::{Covariate, StratifiedTable};
use serde_json::Value;

use crate::tables::{close, golden, table};

/// A table without covariates.
fn bare(name: &str) -> StratifiedTable {
    let h = table(name);
    let rows = h.cells().iter().map(|(w, c)| (*w, Vec::new(), *c));
    StratifiedTable::new(h.lists().to_vec(), Vec::new(), rows, Vec::new()).unwrap()
}

/// The spina bifida table by ethnicity, as conting ships it.
fn spina_by_ethnicity() -> StratifiedTable {
    let path = format!("{}/tests/golden/conting_spina_covariate.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let groups = ["caucasian", "afro-american", "other"];
    let rows = text.lines().skip(1).filter_map(|line| {
        let v: Vec<&str> = line.split(',').collect();
        let history = (0..3).fold(0, |w, j| w | u32::from(v[1 + j] == "obs") << j);
        let level = groups.iter().position(|g| *g == v[4]);
        Some((history, vec![level], v[0].parse().ok()?))
    });
    let eth = Covariate {
        levels: groups.map(String::from).to_vec(),
        ..Covariate::from_values("eth", groups.into_iter())
    };
    let lists = ["S1", "S2", "S3"].map(String::from).to_vec();
    StratifiedTable::new(lists, vec![eth], rows.collect::<Vec<_>>(), Vec::new()).unwrap()
}

/// Compares with the mean over the reference's seeds, `tolerance` for its quantiles and `chance` for its terms.
fn compare(p: &CovariatePosterior, name: &str, terms: &[(&str, Pair)], tolerance: f64, chance: f64) {
    assert!(p.complete);
    let r = golden(name);
    let seeds = r["per_seed"].as_array().unwrap();
    let mean = |f: &dyn Fn(&Value) -> f64| seeds.iter().map(f).sum::<f64>() / seeds.len() as f64;
    for (key, share) in [("2.5%", 0.025), ("25%", 0.25), ("50%", 0.5), ("75%", 0.75), ("97.5%", 0.975)] {
        let theirs = mean(&|s| s["q"][key].as_f64().unwrap());
        close(p.size.quantile(share), theirs, tolerance, &format!("{name} {key}"));
    }
    for (term, pair) in terms {
        let theirs = mean(&|s| s["inter_probs"][term].as_f64().unwrap_or(0.0));
        let ours = p.terms.iter().find(|t| t.0 == *pair).unwrap().1;
        assert!((ours - theirs).abs() < chance, "{name} {term} {ours} {theirs}");
    }
}

#[test]
fn spina_by_ethnicity_as_conting() {
    let p = average(&spina_by_ethnicity(), Variance::InverseGamma).unwrap();
    let terms = [
        ("S1:S2", (0, 1)),
        ("S1:S3", (0, 2)),
        ("S1:eth", (0, 3)),
        ("S2:S3", (1, 2)),
        ("S2:eth", (1, 3)),
        ("S3:eth", (2, 3)),
    ];
    compare(&p, "conting_spina_SBH", &terms, 0.01, 0.08);
}

#[test]
fn three_lists_as_conting() {
    let terms = [("S1:S2", (0, 1)), ("S1:S3", (0, 2)), ("S2:S3", (1, 2))];
    let sbh = average(&bare("spina"), Variance::InverseGamma).unwrap();
    compare(&sbh, "conting_spina_agg_SBH", &terms, 0.01, 0.08);
    let unit = average(&bare("spina"), Variance::Unit).unwrap();
    compare(&unit, "conting_spina_agg_UIP", &terms, 0.01, 0.05);
    // The unit prior is also that of the average over all hierarchical models.
    let other = ijsberg_mse::bayes::hierarchical::average(&table("spina"), 2).unwrap();
    close(unit.size.quantile(0.5), other.size.quantile(0.5), 1e-3, "two roads");
}

/// Chains of the reference hold 11 to 20 independent draws here, so only the main features can be compared.
#[test]
fn four_lists_as_conting_as_far_as_its_chains_go() {
    let p = average(&bare("ScotPWID"), Variance::InverseGamma).unwrap();
    let terms = [("S1:S3", (0, 2)), ("S2:S4", (1, 3)), ("S1:S2", (0, 1)), ("S3:S4", (2, 3))];
    compare(&p, "conting_ScotPWID_agg_SBH", &terms, 0.12, 0.15);
    let p = average(&bare("kosovo_aggregate"), Variance::InverseGamma).unwrap();
    let terms = [("EXH:ABA", (0, 1)), ("ABA:OSCE", (1, 2)), ("ABA:HRW", (1, 3)), ("OSCE:HRW", (2, 3))];
    compare(&p, "conting_kosovo_SBH", &terms, 0.06, 0.15);
}

/// Published in the documentation of conting (Overstall and King 2014): 730 (675 to 777) with the unit prior; 1,000
/// iterations, so only roughly.
#[test]
fn spina_by_ethnicity_as_published() {
    let p = average(&spina_by_ethnicity(), Variance::Unit).unwrap();
    close(p.size.mean().unwrap(), 730.0, 0.01, "mean");
    close(p.size.quantile(0.025), 675.0, 0.02, "lower");
    close(p.size.quantile(0.975), 777.0, 0.03, "upper");
}

/// A covariate of which the lists take no account changes nothing, and with two lists their term is not tried.
#[test]
fn two_lists_are_independent_given_the_covariates() {
    let names = ["a", "b"].map(String::from).to_vec();
    let sex = Covariate::from_values("sex", ["f", "m"].into_iter());
    let rows = [(1, 0, 80), (2, 0, 160), (3, 0, 40), (1, 1, 80), (2, 1, 160), (3, 1, 40)];
    let rows = rows.map(|(w, l, c)| (w, vec![Some(l)], c));
    let table = StratifiedTable::new(names, vec![sex], rows, Vec::new()).unwrap();
    let p = average(&table, Variance::InverseGamma).unwrap();
    assert!(p.terms.iter().all(|t| t.0 != (0, 1)));
    // The prior draws the two lists' margins towards each other a little; the exact answer of independence is 1,200.
    close(p.size.quantile(0.5), 1200.0, 0.03, "median");
}
