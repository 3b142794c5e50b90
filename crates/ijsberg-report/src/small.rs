//! Small groups and years that lean on one another, as text, table and JSON.

use std::fmt::Write;

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::shrinkage::group::{Group, GroupReason, NOT_SEPARABLE_FROM};
use ijsberg_mse::shrinkage::{Between, SmallGroups};
use ijsberg_mse::verdict::{AGREES_UP_TO, BOUND_FROM};
use serde_json::{Value, json};

use crate::charts::{WIDE, escape};
use crate::sizes::Covariates;
use crate::text::{Text, key_of};

/// In place of a number that does not exist.
const NONE: &str = "–";

/// The mark of a group that cannot be distinguished.
const MARK: &str = "*";

/// The estimates of small groups, with the table they belong to.
pub(crate) struct SmallGroupTable<'a> {
    text: &'a Text,
    of: &'a Covariates,
    found: &'a SmallGroups,
    /// The verdict on the table.
    whole: Verdict,
}

impl<'a> SmallGroupTable<'a> {
    /// `None` where they were not requested.
    pub(crate) fn from_covariates(text: &'a Text, of: &'a Covariates, whole: Verdict) -> Option<Self> {
        of.small.as_ref().map(|found| Self { text, of, found, whole })
    }

    fn name(&self, group: &Group) -> String {
        self.of.part(self.text, &group.part)
    }

    /// The verdict in a word, marked where the group cannot be distinguished.
    fn verdict(&self, group: &Group) -> String {
        let (verdict, _) = group.judge(self.whole);
        let word = self.text.say(&format!("part-{}", key_of(verdict)));
        if group.separable() { word } else { format!("{word} {MARK}") }
    }

    /// Figures of a group: seen, estimate, interval, share taken from the others, verdict.
    fn cells(&self, group: &Group) -> [String; 5] {
        let seen = self.text.number(group.observed);
        if group.judge(self.whole).0 == Verdict::NoEstimate {
            return [seen, NONE.into(), NONE.into(), NONE.into(), self.verdict(group)];
        }
        let (lower, upper) = group.limits;
        let interval = format!("{} – {}", self.text.number(lower), self.text.number(upper));
        let borrowed = group.shrinkage.map_or_else(String::new, |s| self.text.percent(s));
        [seen, self.text.number(group.n_hat), interval, borrowed, self.verdict(group)]
    }

    fn head(&self) -> [String; 5] {
        let interval =
            self.text.fill("col-interval", &[("level", self.text.percent(self.of.settings.level))]);
        let [seen, estimate, borrowed, verdict] =
            ["col-observed", "col-estimate", "col-borrowed", "verdict"].map(|key| self.text.say(key));
        [seen, estimate, interval, borrowed, verdict]
    }

    /// Lines for the terminal: everybody and each level; each pair of levels too where there are two covariates.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |name: &str, [seen, estimate, interval, borrowed, verdict]: [String; 5]| {
            let name: String = name.chars().take(19).collect();
            let line = format!("  {name:<19}{seen:>8}{estimate:>10}  {interval:<19}{borrowed:>7}  {verdict}");
            line.trim_end().to_owned()
        };
        let most = if self.of.table.covariates().len() == 2 { 2 } else { 1 };
        let shown = self.found.groups.iter().filter(|g| g.part.len() <= most);
        std::iter::once(line("", self.head()))
            .chain(shown.map(|g| line(&self.name(g), self.cells(g))))
            .collect()
    }

    /// What the figures are, and what they rest on.
    pub(crate) fn notes(&self) -> Vec<String> {
        let percent = self.text.percent(NOT_SEPARABLE_FROM);
        let bounds = [AGREES_UP_TO, BOUND_FROM].map(|f| self.text.decimal(f, 2));
        let draws = self.text.number(self.found.draws as f64);
        let level = self.text.percent(self.of.settings.level);
        let mut notes = vec![
            self.text.fill("small-note", &[("draws", draws), ("level", level)]),
            self.text.fill("small-mark", &[("mark", MARK.into()), ("share", percent)]),
        ];
        let [range, bound] = bounds;
        notes.push(self.text.fill("small-verdicts", &[("range", range), ("bound", bound)]));
        if !self.found.converged {
            notes.push(self.text.say("small-not-converged"));
        }
        notes
    }

    /// Why a group has no better verdict, in words.
    fn why(&self, group: &Group) -> String {
        let (_, reasons) = group.judge(self.whole);
        let word = |reason: &GroupReason| match reason {
            GroupReason::NotConverged => self.text.say("small-why-not-converged"),
            GroupReason::WholeTable => self.text.say("small-why-whole-table"),
            GroupReason::DependsOnSpread { factor } => {
                self.text.fill("small-why-depends", &[("factor", self.text.decimal(*factor, 2))])
            }
            GroupReason::NotSeparable { .. } => self.text.say("small-why-not-separable"),
            GroupReason::WideRange { factor } => {
                self.text.fill("small-why-wide", &[("factor", self.text.decimal(*factor, 1))])
            }
        };
        reasons.iter().map(word).collect::<Vec<_>>().join("; ")
    }

    /// Every group as HTML.
    pub(crate) fn html(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "<h3>{}</h3>", self.text.say("small-title"));
        for note in self.notes() {
            let _ = writeln!(out, "<p>{}</p>", escape(&note));
        }
        out.push_str(WIDE);
        let _ = write!(out, "<table>\n<thead><tr><th scope=\"col\">{}</th>", self.text.say("col-part"));
        for head in self.head().into_iter().chain([self.text.say("col-why")]) {
            let _ = write!(out, "<th scope=\"col\">{}</th>", escape(&head));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for group in &self.found.groups {
            let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(&self.name(group)));
            for cell in self.cells(group).into_iter().chain([self.why(group)]) {
                let _ = write!(out, "<td>{}</td>", escape(&cell));
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n</div>\n");
        out
    }
}

/// For machines. `whole` is the verdict on the table.
pub(crate) fn json(of: &Covariates, whole: Verdict) -> Value {
    let Some(found) = &of.small else { return Value::Null };
    let covariates = of.table.covariates();
    let finite = |x: f64| if x.is_finite() { json!(x) } else { Value::Null };
    let groups = found.groups.iter().map(|g| {
        let (verdict, reasons) = g.judge(whole);
        json!({
            "part": of.levels(&g.part),
            "observed": g.observed,
            "on_more_than_one_list": g.overlap,
            "n_hat": finite(g.n_hat),
            "lower": finite(g.limits.0),
            "upper": finite(g.limits.1),
            "shrinkage": g.shrinkage,
            "separable": g.separable(),
            "moves_by": finite(g.movement),
            "converged": g.converged,
            "verdict": verdict,
            "reasons": reasons,
        })
    });
    let spreads = found.spreads.iter().map(|(between, sd)| match between {
        Between::Levels { covariate } => {
            json!({"of": "levels", "covariate": covariates[*covariate].name, "sd": sd})
        }
        other => json!({"of": json!(other)["of"], "sd": sd}),
    });
    let lists = of.table.lists();
    let names = |mask: &u32| -> Vec<&str> {
        (0..lists.len()).filter(|j| mask >> j & 1 == 1).map(|j| lists[j].as_str()).collect()
    };
    json!({
        "groups": groups.collect::<Vec<_>>(),
        "pairs": found.pairs.iter().map(names).collect::<Vec<_>>(),
        "spreads": spreads.collect::<Vec<_>>(),
        "converged": found.converged,
        "accepted": found.accepted,
        "draws": found.draws,
    })
}
