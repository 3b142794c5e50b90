//! The results for a table of counts of observations, which has no lists to compare.

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::diagnostics::times_seen::{CountDiagnostics, judge_times};
use ijsberg_mse::estimate::Estimate;
use ijsberg_mse::methods::counts;
use ijsberg_mse::truncated::CountRow;
use serde_json::{Value, json};

use crate::headline::{Card, reason};
use crate::machine::{SCHEMA, estimates_json};
use crate::text::{Text, key_of};

/// Estimates from counts of observations, with their diagnostics.
#[derive(Debug, Clone)]
pub struct CountAnalysis {
    /// Columns of the table beside the count.
    pub columns: Vec<String>,
    /// The estimates.
    pub estimates: Vec<Estimate>,
    /// The verdict and what it rests on.
    pub diagnostics: CountDiagnostics,
}

impl CountAnalysis {
    /// Runs every method on the rows and judges what comes out.
    pub fn run(columns: Vec<String>, rows: &[CountRow], level: f64) -> Self {
        let estimates = counts::run(rows, level);
        let diagnostics = judge_times(rows, &estimates);
        Self { columns, estimates, diagnostics }
    }

    /// Persons observed.
    pub fn n(&self) -> u64 {
        self.estimates.first().map_or(0, |e| e.n_observed)
    }

    /// The heading of its section.
    pub fn title(&self, text: &Text) -> String {
        let columns =
            if self.columns.is_empty() { text.say("no-covariates") } else { self.columns.join(", ") };
        text.fill("counts-title", &[("n", text.number(self.n() as f64)), ("columns", columns)])
    }

    /// As JSON, with the verdict in the shape that it has for lists.
    pub fn json(&self) -> Value {
        let d = &self.diagnostics;
        json!({
            "schema": SCHEMA,
            "columns": self.columns,
            "verdict": {
                "verdict": d.verdict,
                "reasons": d.reasons,
                "at_least": d.at_least,
                "at_most": d.at_most.filter(|x| x.is_finite()),
            },
            "diagnostics": { "frequencies": d.frequencies, "families": d.families },
            "estimates": estimates_json(&self.estimates),
        })
    }

    /// What can be said, in words; empty where nothing can.
    pub fn conclusion(&self, text: &Text) -> String {
        let d = &self.diagnostics;
        let number = |x: Option<f64>| x.map_or_else(String::new, |x| text.number(x));
        match d.verdict {
            Verdict::LowerBoundOnly => {
                let seen = text.number(self.n() as f64);
                text.fill("verdict-at-least", &[("low", number(d.at_least)), ("seen", seen)])
            }
            Verdict::RangeOnly => {
                text.fill("counts-range", &[("low", number(d.at_least)), ("high", number(d.at_most))])
            }
            _ => String::new(),
        }
    }

    /// Its headline.
    pub fn card(&self, text: &Text) -> Card {
        let d = &self.diagnostics;
        let (number, of) = Card::number(text, d.verdict, self.n(), (d.at_least, d.at_most), None);
        let verdict = text.say(&format!("verdict-{}", key_of(d.verdict)));
        Card {
            verdict,
            number,
            of,
            said: Vec::new(),
            because: d.reasons.iter().map(|r| reason(text, r)).collect(),
        }
    }

    /// How well the families fit, a line each.
    pub(crate) fn families(&self, text: &Text) -> Vec<String> {
        let line = |f: &ijsberg_mse::diagnostics::times_seen::FamilyFit| {
            let n = f.n_hat.map_or_else(|| "–".to_owned(), |n| text.number(n));
            let p = f.p_value.map_or_else(|| "–".to_owned(), |p| text.decimal(p, 3));
            text.fill("counts-family", &[("method", f.method.to_string()), ("n", n), ("p", p)])
        };
        self.diagnostics.families.iter().map(line).collect()
    }
}
