//! Output for machines: versioned JSON and CSV. The schema is described in `docs/json.md`.

use ijsberg_mse::estimate::{AtOddsRatio, Estimate};
use serde_json::{Value, json};

use crate::Analysis;

/// Version of the JSON schema; a change that breaks readers raises it.
pub const SCHEMA: u32 = 1;

/// The analysis as JSON. Infinite numbers become `null`.
pub fn to_json(a: &Analysis) -> Value {
    let estimates = estimates_json(&a.estimates);
    json!({
        "schema": SCHEMA,
        "provenance": a.provenance,
        "table": {
            "lists": a.histories.lists(),
            "n_observed": a.histories.n(),
            "layout": a.layout,
        },
        "verdict": {
            "verdict": a.diagnostics.verdict,
            "reasons": a.diagnostics.reasons,
            "at_least": a.diagnostics.at_least,
            "at_most": a.diagnostics.at_most,
        },
        "diagnostics": a.diagnostics,
        "estimates": estimates,
        "identification": {
            "factors": ijsberg_mse::identification::FACTORS,
            "assumptions": a.identification.assumptions.iter().map(|(m, k)| (m.to_string(), json!(k))).collect::<serde_json::Map<_, _>>(),
            "sensitivity": a.identification.sensitivity,
            "usual_interactions": a.identification.usual,
            "priors": a.identification.priors,
            "over_coverage": a.identification.over_coverage,
            "over_coverage_interval": a.identification.over_coverage_interval,
            "least_odds_ratio": a.identification.least_odds_ratio,
            "bounds": a.identification.bounds,
        },
        "linkage": a.linkage,
        "evidence": a.evidence,
        "covariates": a.covariates.as_ref().map(|c| c.json(a.diagnostics.verdict)),
    })
}

/// Estimates as a JSON array.
pub fn estimates_json(estimates: &[Estimate]) -> Vec<Value> {
    estimates
        .iter()
        .map(|e| {
            let mut value = json!({
                "method": e.method,
                "model": e.model,
                "outcome": e.outcome,
                "n_observed": e.n_observed,
                "n_hat": e.n_hat,
                "lower": e.interval.map(|i| i.lower),
                "upper": e.interval.map(|i| i.upper).filter(|u| u.is_finite()),
                "level": e.interval.map(|i| i.level),
                "interval": e.interval.map(|i| i.kind),
                "unbounded": e.interval.is_some_and(|i| i.upper.is_infinite()),
                "aic": e.aic,
                "bic": e.bic,
                "deviance": e.deviance,
                "parameters": e.parameters,
                "mean": e.posterior.and_then(|p| p.mean),
                "median": e.posterior.map(|p| p.median).filter(|m| m.is_finite()),
                "convergence": e.posterior.and_then(|p| p.convergence),
                "replicates": e.replicates,
                "notes": e.notes,
            });
            if !e.by_odds_ratio.is_empty() {
                value["by_odds_ratio"] = e.by_odds_ratio.iter().map(at_odds_ratio).collect();
            }
            value
        })
        .collect()
}

fn at_odds_ratio(at: &AtOddsRatio) -> Value {
    json!({
        "odds_ratio": at.odds_ratio,
        "n_hat": at.n_hat,
        "lower": at.interval.lower,
        "upper": Some(at.interval.upper).filter(|u| u.is_finite()),
    })
}

/// The estimates as CSV, one row each; an empty upper limit beside a lower one means unbounded.
pub fn to_csv(estimates: &[Estimate]) -> String {
    let mut out = ijsberg_outside::Csv::new();
    let number = |x: Option<f64>| x.filter(|x| x.is_finite()).map_or_else(String::new, |x| x.to_string());
    let header = [
        "method",
        "model",
        "outcome",
        "n_observed",
        "n_hat",
        "lower",
        "upper",
        "level",
        "interval",
        "aic",
        "bic",
    ];
    out.row(header);
    for e in estimates {
        out.row([
            e.method.to_string(),
            e.model.as_ref().map_or_else(String::new, ToString::to_string),
            crate::text::key_of(e.outcome),
            e.n_observed.to_string(),
            number(e.n_hat),
            number(e.interval.map(|i| i.lower)),
            number(e.interval.map(|i| i.upper)),
            number(e.interval.map(|i| i.level)),
            e.interval.map(|i| crate::text::key_of(i.kind)).unwrap_or_default(),
            number(e.aic),
            number(e.bic),
        ]);
    }
    out.finish()
}
