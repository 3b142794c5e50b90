//! Log-linear fits against R: `glm` with epsilon 1e-14, `SparseMSE` 2.0.1, Rcapture 1.4-4.

use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::existence::Existence;
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::model::{Model, pairs};
use serde_json::Value;

use crate::tables::{TABLES, close, golden, table};

fn f(v: &Value) -> f64 {
    v.as_f64().unwrap()
}

#[test]
fn independence_and_all_pairs_as_glm() {
    let reference = golden("glm_poisson");
    for (name, _) in TABLES {
        let engine = Engine::new(&table(name));
        let t = engine.histories().t();
        let r = &reference["data"][name]["independence"];
        let fit = engine.fit(&Model::independence(t));
        assert_eq!(fit.existence, Existence::Exists, "{name}");
        close(fit.dark_figure, f(&r["dark"]), 1e-9, name);
        close(fit.deviance, f(&r["deviance"]), 1e-9, name);
        close(fit.aic, f(&r["AIC"]), 1e-9, name);
        close(fit.bic, f(&r["BIC_log_n_obs"]), 1e-9, name);
        let r = [&reference["data"][name]["all_two_way"], &reference["data"][name]["extended_all_two_way"]];
        for r in r.into_iter().filter(|r| r["dark"].is_f64()) {
            let fit = engine.fit(&Model::all_pairs(t));
            if fit.existence != Existence::Exists {
                // glm prints a number for a model that the data do not determine.
                assert_eq!(name, "Artificial_3");
                continue;
            }
            close(fit.dark_figure, f(&r["dark"]), 1e-6, name);
            close(fit.deviance, f(&r["deviance"]), 1e-6, name);
        }
    }
}

#[test]
fn stepwise_as_sparsemse() {
    let reference = golden("sparsemse_fits");
    for (name, _) in TABLES {
        let engine = Engine::new(&table(name));
        let lists = engine.histories().lists().to_vec();
        for threshold in [0.001, 0.02, 0.1] {
            let r = &reference["data"][name][format!("stepwise_p{threshold}")];
            if !r["estimate"].is_object() {
                continue;
            }
            let model = engine.stepwise(threshold);
            let fit = engine.fit(&model);
            // SparseMSE stops iterating at a deviance change of 1e-8, which leaves 1e-6 in the estimate.
            close(fit.dark_figure, f(&r["dark_figure"]), 2e-6, name);
            close(fit.deviance, f(&r["deviance"]), 1e-6, name);
            close(fit.aic, f(&r["aic_adjusted"]), 1e-6, name);
            for term in
                r["terms"].as_array().unwrap().iter().filter_map(Value::as_str).filter(|t| t.contains(':'))
            {
                let (a, b) = term.split_once(':').unwrap();
                let bit = |n: &str| 1 << lists.iter().position(|l| l == n).unwrap();
                let mask: Mask = bit(a) | bit(b);
                assert!(model.contains(mask), "{name} {threshold}: {term}");
            }
        }
    }
}

#[test]
fn every_model_as_rcapture() {
    for (file, name) in [
        ("rcapture_closedpMS_kosovo_aggregate", "kosovo_aggregate"),
        ("rcapture_closedpMS_ScotPWID", "ScotPWID"),
        ("rcapture_closedpMS_MY3", "MY3"),
        ("rcapture_closedpMS_spina", "spina"),
        ("rcapture_closedpMS_Ned_5_maxorder2", "Ned_5"),
        ("rcapture_closedpMS_UKdat_5_maxorder2", "UKdat_5"),
    ] {
        let engine = Engine::new(&table(name));
        let mut compared = 0;
        for r in golden(file)["all"].as_array().unwrap() {
            if r["infoFit"] != 0 {
                continue;
            }
            let model = Model::parse(r["model"].as_str().unwrap(), engine.histories().lists()).unwrap();
            let fit = engine.fit(&model);
            let what = format!("{name} {model}");
            // Rcapture does not check existence; it stops at a coefficient near -20 where ours is minus infinity.
            let tolerance = if fit.removed.is_empty() { 1e-6 } else { 1e-4 };
            if fit.existence != Existence::Exists {
                continue;
            }
            close(engine.histories().n() as f64 + fit.dark_figure, f(&r["abundance"]), tolerance, &what);
            close(fit.bic, f(&r["BIC"]), 1e-6, &what);
            close(fit.aic, f(&r["AIC"]), 1e-6, &what);
            compared += 1;
        }
        assert!(compared > 5, "{name}: {compared}");
    }
}

#[test]
fn every_model_of_the_australian_table_as_glm() {
    // Nobody is on C and D without B, so that models with all three together lie on a face.
    let golden = golden("glm_australia");
    let counts = golden["counts"].as_array().unwrap();
    let cells = counts.iter().enumerate().map(|(i, c)| (i as Mask + 1, c.as_u64().unwrap()));
    let names = ["A", "B", "C", "D"].map(String::from).to_vec();
    let engine = Engine::new(&Histories::new(names, cells).unwrap());
    let n = engine.histories().n() as f64;
    let (mut on_faces, mut none) = (0, Vec::new());
    for r in golden["all"].as_array().unwrap() {
        let terms: Vec<Mask> =
            r["terms"].as_array().unwrap().iter().map(|a| a.as_u64().unwrap() as Mask).collect();
        let model = Model::from_generators(4, &terms);
        let fit = engine.fit(&model);
        if fit.existence != Existence::Exists {
            // glm stops where the arithmetic ends, or at any of many values.
            assert!(f(&r["n_hat"]) > 1e5, "{model}");
            none.push(model.to_string());
            continue;
        }
        on_faces += usize::from(!engine.face(&model).outside.is_empty());
        close(fit.deviance, f(&r["deviance"]), 1e-5, &model.to_string());
        close(n + fit.dark_figure, f(&r["n_hat"]), 1e-5, &model.to_string());
    }
    assert_eq!(on_faces, 16);
    assert_eq!(none, ["[123,124]", "[123,124,34]", "[123,124,134]", "[123,124,234]", "[123,124,134,234]"]);
}

#[test]
fn best_of_all_models() {
    // Rcapture ranks all 6,893 five-list models in 70 s; beyond five lists nothing else does.
    let r = golden("rcapture_closedpMS_UKdat_5");
    let engine = Engine::new(&table("UKdat_5"));
    let ours = engine.near_best(Criterion::Bic, 4.0);
    for (ours, theirs) in ours.iter().zip(r["top_bic"].as_array().unwrap()) {
        assert_eq!(ours.model.to_string(), theirs["model"].as_str().unwrap());
        close(ours.n_hat, f(&theirs["abundance"]), 1e-6, "UKdat_5");
    }
    let best = |name| {
        let best = Engine::new(&table(name)).near_best(Criterion::Bic, 0.0).remove(0);
        (best.model.to_string(), best.n_hat.round())
    };
    assert_eq!(best("Ned"), ("[346,16,25,45]".to_owned(), 143_603.0));
    assert_eq!(best("UKdat"), ("[12,13,25,35,36,45]".to_owned(), 12_350.0));
    assert_eq!(best("Ned_5"), ("[135,12,24,34]".to_owned(), 148_789.0));
    assert_eq!(best("kosovo_aggregate"), ("[123,14,34]".to_owned(), 10_357.0));
}

#[test]
fn two_list_models_of_the_dutch_table() {
    let bins = Engine::new(&table("Ned")).all_models(2, 60).unwrap();
    assert_eq!((bins.total, bins.without_estimate), (32_768, 0));
    assert_eq!((bins.range.0.round(), bins.range.1.round()), (13_793.0, 144_309.0));
    assert_eq!(bins.best_aic.unwrap().1.round(), 41_561.0);
    assert_eq!(bins.best_bic.unwrap().1.round(), 116_667.0);
}

#[test]
fn numbers_of_models() {
    let count = |name, order| {
        let bins = Engine::new(&table(name)).all_models(order, 10).unwrap();
        bins.total + bins.without_estimate
    };
    assert_eq!(count("MY3", 2), 8);
    assert_eq!(count("kosovo_aggregate", 3), 113);
    assert_eq!(count("UKdat_5", 4), 6_893);
    assert_eq!(count("UKdat_5", 3), 6_212);
}

#[test]
fn existence_as_sparsemse() {
    let verdicts = golden("sparsemse_checkallmodels");
    for name in ["Artificial_3", "UKdat_5", "Ned_5"] {
        let engine = Engine::new(&table(name));
        let t = engine.histories().t();
        let all: Vec<Mask> = pairs(t).collect();
        let failing = (0..1_usize << all.len())
            .filter(|s| {
                let chosen: Vec<Mask> =
                    all.iter().enumerate().filter(|(i, _)| s >> i & 1 == 1).map(|(_, a)| *a).collect();
                !engine.face(&Model::from_generators(t, &chosen)).outside.is_empty()
            })
            .count();
        assert_eq!(failing as u64, verdicts[name]["n_models_no_estimate"].as_u64().unwrap(), "{name}");
    }
}

#[test]
fn wald_limits_and_verdicts_as_sparsemse() {
    let reference = golden("sparsemse_fits");
    let mut compared = 0;
    for (name, _) in TABLES {
        let r = &reference["data"][name];
        if !r.is_object() {
            continue;
        }
        let engine = Engine::new(&table(name));
        let h = engine.histories();
        let (t, n) = (h.t(), h.n() as f64);
        let fit = engine.fit(&Model::independence(t));
        let estimate = &r["main"]["estimate"];
        for (label, z) in [("2.5%", -1.959963984540054), ("97.5%", 1.959963984540054), ("point est.", 0.0)] {
            let ours = n + fit.dark_figure * (z * fit.log_dark_se).exp();
            // glm takes the standard error from the step before its last.
            let tolerance = if z == 0.0 { 1e-6 } else { 1e-4 };
            close(ours, f(&estimate[label]), tolerance, &format!("{name} {label}"));
        }
        // SparseMSE asks whether all parameters but the removed ones are finite (1 or 3 if not) and determined (2 or 3 if
        // not); the number of unseen may have a value where they are not.
        let code = |model: &Model| {
            let (fit, face) = (engine.fit(model), engine.face(model));
            if !face.outside.is_empty() {
                1
            } else if face.rank + fit.removed.len() < model.parameters() {
                2
            } else {
                assert_eq!(fit.existence, Existence::Exists, "{name} {model}");
                0
            }
        };
        assert_eq!(code(&Model::independence(t)), r["checkident_main"], "{name}");
        let full = r["checkident_full"].as_i64().unwrap();
        assert_eq!(code(&Model::all_pairs(t)), if full == 3 { 1 } else { full }, "{name}");
        for (pair, verdict) in r["checkident_single_pair"].as_object().unwrap() {
            let model = Model::parse(&format!("[{pair}]"), h.lists()).unwrap();
            assert_eq!(code(&model), verdict.as_i64().unwrap(), "{name} {pair}");
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn a_model_without_an_estimate_gives_none() {
    // Rcapture ranks [12,3] best for this table, with 13,917,726,213,835 persons.
    let engine = Engine::new(&table("Artificial_3"));
    let best = engine.near_best(Criterion::Bic, 10.0);
    let fit = engine.fit(&Model::parse("[12,3]", engine.histories().lists()).unwrap());
    assert_eq!(fit.existence, Existence::Infinite);
    assert!(!best.is_empty() && best.iter().all(|m| m.n_hat < 1e4));
}
