//! Who the unseen are: sizes by level of each covariate, as text, table, JSON and CSV.

use std::fmt::Write;

use ijsberg_mse::strata::breakdown::{Breakdown, BreakdownSettings, Size};
use ijsberg_mse::strata::model::StratifiedModel;
use ijsberg_mse::strata::table::StratifiedTable;
use ijsberg_outside::Csv;
use ijsberg_tables::Population;
use serde_json::{Value, json};

use crate::charts::escape;
use crate::text::{Text, key_of};

/// Names under which a covariate is taken for the year.
const YEAR_NAMES: [&str; 3] = ["year", "jaar", "period"];

/// A finished run with covariates.
#[derive(Debug, Clone)]
pub struct Covariates {
    /// The table.
    pub table: StratifiedTable,
    /// What came out.
    pub breakdown: Breakdown,
    /// The settings.
    pub settings: BreakdownSettings,
    /// Inhabitants, for rates.
    pub population: Option<Population>,
}

impl Covariates {
    /// The covariate that is the year, if there is one.
    pub fn year(&self) -> Option<usize> {
        self.table.covariates().iter().position(|c| YEAR_NAMES.contains(&c.name.to_lowercase().as_str()))
    }

    /// Periods over which a part is spread: 1 when it is one year itself, or when there are no years.
    pub fn periods(&self, size: &Size) -> f64 {
        match self.year() {
            Some(y) if size.part.iter().all(|(c, _)| *c != y) => {
                self.table.covariates()[y].levels.len() as f64
            }
            _ => 1.0,
        }
    }

    /// Estimated persons a year for every 100,000 inhabitants.
    pub fn rate(&self, size: &Size) -> Option<f64> {
        let population = self.population.as_ref()?;
        let inhabitants = population.of(&size.part)?;
        let split_by_year = self.year().is_some_and(|y| population.covariates.contains(&y));
        let periods = if split_by_year { 1.0 } else { self.periods(size) };
        Some(1e5 * size.n_hat / (inhabitants * periods))
    }

    /// The levels that define a part, such as `foreign · other`.
    pub fn name(&self, text: &Text, size: &Size) -> String {
        if size.part.is_empty() {
            return text.say("everybody");
        }
        let levels = size.part.iter().map(|(c, l)| self.table.covariates()[*c].levels[*l].as_str());
        levels.collect::<Vec<_>>().join(" · ")
    }

    fn formula(&self, model: &StratifiedModel) -> String {
        model.formula(self.table.lists(), self.table.covariates())
    }

    /// The path of the search in one line: the estimate after each step.
    pub fn path(&self, text: &Text) -> String {
        let n = self.table.n();
        let steps = self.breakdown.path.iter().map(|s| {
            let what = s.change.map_or_else(
                || text.say("independence"),
                |(term, entered)| {
                    let name = self.formula(&StratifiedModel { terms: vec![term] });
                    if entered { format!("+ {name}") } else { format!("− {name}") }
                },
            );
            format!("{what} {}", text.number(s.n_hat(n)))
        });
        steps.collect::<Vec<_>>().join("; ")
    }

    /// Lines for the terminal: everybody, then each level of each covariate.
    pub(crate) fn lines(&self, text: &Text) -> Vec<String> {
        let head = |a: &str| {
            format!(
                "  {:<22}{:>9}{:>11}  {:<21}{:>6}{:>7}",
                a,
                text.say("col-observed"),
                text.say("col-estimate"),
                text.fill("col-interval", &[("level", text.percent(self.settings.level))]),
                text.say("col-ratio"),
                text.say("col-share"),
            )
        };
        let row = |name: &str, s: &Size, by: f64, share: bool| {
            let limits = s.limits.map_or_else(String::new, |(l, u)| {
                format!("{} – {}", text.number(l / by), text.number(u / by))
            });
            let share = if share { text.percent(s.share) } else { String::new() };
            format!(
                "  {:<22}{:>9}{:>11}  {:<21}{:>6}{:>7}",
                name.chars().take(22).collect::<String>(),
                text.number(s.observed / by),
                text.number(s.n_hat / by),
                limits,
                text.decimal(s.n_hat / s.observed, 1),
                share
            )
        };
        let mut lines = Vec::new();
        for s in self.breakdown.sizes.iter().filter(|s| s.part.len() < 2) {
            if let [(c, 0)] = s.part.as_slice() {
                lines.push(head(&self.table.covariates()[*c].name));
            } else if s.part.is_empty() {
                lines.push(head(""));
            }
            lines.push(row(&self.name(text, s), s, 1.0, true));
            let periods = self.periods(s);
            if s.part.is_empty() && periods > 1.0 {
                lines.push(row(&text.say("a-year"), s, periods, false));
            }
        }
        lines
    }

    /// The whole table as HTML, pairs of levels included.
    pub(crate) fn html(&self, text: &Text) -> String {
        let mut out = String::new();
        let interval = text.fill("col-interval", &[("level", text.percent(self.settings.level))]);
        let rates = self.population.is_some();
        let mut head = vec![
            text.say("col-part"),
            text.say("col-observed"),
            text.say("col-estimate"),
            interval.clone(),
            text.say("col-unseen"),
            text.say("col-ratio"),
            text.say("col-a-year"),
            text.say("col-share"),
            interval,
        ];
        if rates {
            head.push(text.say("col-rate"));
        }
        out.push_str(crate::html::WIDE);
        out.push_str("<table>\n<thead><tr>");
        for h in head {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escape(&h));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for s in &self.breakdown.sizes {
            // A pair that nobody was seen in has no estimate of its own.
            if s.observed == 0.0 {
                continue;
            }
            let limits = |l: Option<(f64, f64)>, f: &dyn Fn(f64) -> String| {
                l.map_or_else(String::new, |(a, b)| format!("{} – {}", f(a), f(b)))
            };
            let _ = write!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
                 <td>{}</td><td>{}</td>",
                escape(&self.name(text, s)),
                text.number(s.observed),
                text.number(s.n_hat),
                limits(s.limits, &|x| text.number(x)),
                text.number(s.n_hat - s.observed),
                text.decimal(s.n_hat / s.observed, 1),
                text.number(s.n_hat / self.periods(s)),
                text.percent(s.share),
                limits(s.share_limits, &|x| text.percent(x)),
            );
            if rates {
                let rate = self.rate(s).map_or_else(String::new, |r| text.decimal(r, 1));
                let _ = write!(out, "<td>{rate}</td>");
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n</div>\n");
        out
    }

    /// For machines.
    pub(crate) fn json(&self) -> Value {
        let covariates = self.table.covariates();
        let finite = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
        let n = self.table.n();
        let sizes: Vec<Value> = self
            .breakdown
            .sizes
            .iter()
            .map(|s| {
                let part: serde_json::Map<String, Value> = s
                    .part
                    .iter()
                    .map(|(c, l)| (covariates[*c].name.clone(), json!(covariates[*c].levels[*l])))
                    .collect();
                json!({
                    "part": part,
                    "observed": s.observed,
                    "n_hat": finite(s.n_hat),
                    "lower": s.limits.map(|l| finite(l.0)),
                    "upper": s.limits.map(|l| finite(l.1)),
                    "share": finite(s.share),
                    "share_lower": s.share_limits.map(|l| finite(l.0)),
                    "share_upper": s.share_limits.map(|l| finite(l.1)),
                    "periods": self.periods(s),
                    "rate_per_100000": self.rate(s),
                })
            })
            .collect();
        let path: Vec<Value> = self
            .breakdown
            .path
            .iter()
            .map(|s| {
                json!({
                    "term": s.change.map(|c| self.formula(&StratifiedModel { terms: vec![c.0] })),
                    "entered": s.change.map(|c| c.1),
                    "by": s.by,
                    "deviance": s.fit.deviance,
                    "parameters": s.fit.parameters,
                    "n_hat": finite(s.n_hat(n)),
                })
            })
            .collect();
        let chosen: Vec<Value> = self
            .breakdown
            .chosen
            .iter()
            .map(|(term, share)| {
                json!({"term": self.formula(&StratifiedModel { terms: vec![*term] }), "share": share})
            })
            .collect();
        json!({
            "covariates": covariates,
            "settings": self.settings,
            "model": self.breakdown.path.last().map(|s| self.formula(&s.fit.model)),
            "path": path,
            "sizes": sizes,
            "terms_chosen_by_replicates": chosen,
            "replicates_without_estimate": self.breakdown.without_estimate,
        })
    }

    /// One row a part, as CSV.
    pub fn csv(&self) -> String {
        let mut out = Csv::new();
        let covariates = self.table.covariates();
        let mut header: Vec<String> = covariates.iter().map(|c| c.name.clone()).collect();
        let columns =
            ["observed", "n_hat", "lower", "upper", "share", "share_lower", "share_upper", "periods"];
        header.extend(columns.map(String::from));
        header.push("rate_per_100000".to_owned());
        out.row(&header);
        let number = |x: Option<f64>| x.filter(|x| x.is_finite()).map_or_else(String::new, |x| x.to_string());
        for s in &self.breakdown.sizes {
            let mut row: Vec<String> = vec![String::new(); covariates.len()];
            s.part.iter().for_each(|(c, l)| row[*c].clone_from(&covariates[*c].levels[*l]));
            row.extend(
                [
                    Some(s.observed),
                    Some(s.n_hat),
                    s.limits.map(|l| l.0),
                    s.limits.map(|l| l.1),
                    Some(s.share),
                    s.share_limits.map(|l| l.0),
                    s.share_limits.map(|l| l.1),
                    Some(self.periods(s)),
                    self.rate(s),
                ]
                .map(number),
            );
            out.row(&row);
        }
        out.finish()
    }

    /// Which rule chose the model.
    pub(crate) fn criterion(&self) -> String {
        key_of(self.settings.rule.criterion).to_uppercase()
    }
}
