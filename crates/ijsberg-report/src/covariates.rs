//! Sizes by level of each covariate, also of the people on no list, as text, table, JSON and CSV.

use std::fmt::Write;

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::strata::breakdown::Size;
use ijsberg_mse::strata::model::StratifiedModel;
use ijsberg_outside::Csv;
use serde_json::{Value, json};

use crate::charts::{Cell, WIDE, escape};
pub use crate::sizes::{Covariates, YEAR_NAMES};
use crate::text::{Text, key_of};

/// In place of a number that does not exist.
const NONE: &str = "–";

impl Covariates {
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

    /// A verdict in a word.
    fn verdict(text: &Text, verdict: Verdict) -> String {
        text.say(&format!("part-{}", key_of(verdict)))
    }

    /// Lines for the terminal: everybody, then each level of each covariate. `all` is the verdict on the table.
    pub(crate) fn lines(&self, text: &Text, all: Verdict) -> Vec<String> {
        let line = |cells: [&str; 6]| {
            let [name, seen, estimate, interval, share, verdict] = cells;
            let name: String = name.chars().take(19).collect();
            let line = format!("  {name:<19}{seen:>8}{estimate:>10}  {interval:<19}{share:>7}  {verdict}");
            line.trim_end().to_owned()
        };
        let head = |a: &str| {
            let interval = text.fill("col-interval", &[("level", text.percent(self.settings.level))]);
            let said = ["col-observed", "col-estimate", "col-share", "verdict"].map(|key| text.say(key));
            line([a, &said[0], &said[1], &interval, &said[2], &said[3]])
        };
        let row = |name: &str, s: &Size, by: f64, whole: bool| {
            let seen = text.number(s.observed / by);
            let own = s.verdict(all);
            let verdict = if whole { Self::verdict(text, own) } else { String::new() };
            if !s.rests_on_overlap() {
                return line([name, &seen, NONE, NONE, NONE, &verdict]);
            }
            let limits = |(l, u)| format!("{} – {}", text.number(l / by), text.number(u / by));
            let limits = s.limits.map_or_else(String::new, limits);
            let share = if whole { text.percent(s.share) } else { String::new() };
            line([name, &seen, &text.number(s.n_hat / by), &limits, &share, &verdict])
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

    /// The whole table as HTML, pairs of levels included. `all` is the verdict on the table.
    pub(crate) fn html(&self, text: &Text, all: Verdict) -> String {
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
        head.push(text.say("verdict"));
        out.push_str(WIDE);
        out.push_str("<table class=\"sortable\">\n<thead><tr>");
        for h in head {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escape(&h));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for s in &self.breakdown.sizes {
            // A pair that nobody was seen in has no estimate of its own.
            if s.observed == 0.0 {
                continue;
            }
            let limits = |l: Option<(f64, f64)>, f: &dyn Fn(f64) -> String| match l {
                Some((a, b)) => Cell::named(&format!("{} – {}", f(a), f(b)), &a.to_string()),
                None => Cell::words(""),
            };
            let mut cells = vec![
                Cell::number(text, s.observed),
                Cell::number(text, s.n_hat),
                limits(s.limits, &|x| text.number(x)),
                Cell::number(text, s.n_hat - s.observed),
                Cell::decimal(text, s.n_hat / s.observed, 1),
                Cell::number(text, s.n_hat / self.periods(s)),
                Cell::percent(text, s.share),
                limits(s.share_limits, &|x| text.percent(x)),
            ];
            if rates {
                cells.push(self.rate(s).map_or_else(|| Cell::words(""), |r| Cell::decimal(text, r, 1)));
            }
            if !s.rests_on_overlap() {
                cells[1..].fill(Cell::nothing());
            }
            cells.push(Cell::words(&Self::verdict(text, s.verdict(all))));
            let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(&self.name(text, s)));
            for cell in cells {
                let _ = write!(out, "<td{}>{}</td>", cell.sorted_by(), cell.shown);
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n</div>\n");
        out
    }

    /// For machines. `all` is the verdict on the table.
    pub(crate) fn json(&self, all: Verdict) -> Value {
        let covariates = self.table.covariates();
        let finite = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
        let n = self.table.n();
        let sizes: Vec<Value> = self
            .breakdown
            .sizes
            .iter()
            .map(|s| {
                json!({
                    "part": self.levels(&s.part),
                    "observed": s.observed,
                    "n_hat": finite(s.n_hat),
                    "lower": s.limits.map(|l| finite(l.0)),
                    "upper": s.limits.map(|l| finite(l.1)),
                    "share": finite(s.share),
                    "share_lower": s.share_limits.map(|l| finite(l.0)),
                    "share_upper": s.share_limits.map(|l| finite(l.1)),
                    "periods": self.periods(s),
                    "rate_per_100000": self.rate(s),
                    "on_more_than_one_list": s.overlap,
                    "verdict": s.verdict(all),
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
            "small_groups": crate::small::json(self, all),
        })
    }

    /// One row a part, as CSV. `all` is the verdict on the table.
    pub fn csv(&self, all: Verdict) -> String {
        let mut out = Csv::new();
        let covariates = self.table.covariates();
        let mut header: Vec<String> = covariates.iter().map(|c| c.name.clone()).collect();
        let columns =
            ["observed", "n_hat", "lower", "upper", "share", "share_lower", "share_upper", "periods"];
        header.extend(columns.map(String::from));
        header.extend(["rate_per_100000", "verdict"].map(String::from));
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
            row.push(key_of(s.verdict(all)));
            out.row(&row);
        }
        out.finish()
    }

    /// Which rule chose the model.
    pub(crate) fn criterion(&self) -> String {
        key_of(self.settings.rule.criterion).to_uppercase()
    }
}
