//! The report for a terminal: the verdict first, then the reservations, then the estimates. At most 80 columns.

use std::fmt::Write;

use ijsberg_mse::diagnostics::{Reason, Verdict};
use ijsberg_mse::estimate::Estimate;

use ijsberg_outside::terminal;

use crate::Analysis;
use crate::counts::CountAnalysis;
use crate::covariates::Covariates;
use crate::evidence;
use crate::families::{basis, groups, letter, marks, note, notes_of};
use crate::findings::{findings, layout};
use crate::granted::{assumptions_key, granted};
use crate::headline::{conclusion, reason};
pub use crate::screen::Colour;
use crate::screen::{Page, verdict_colour};
use crate::small::SmallGroupTable;
use crate::text::{Text, key_of};

/// How much of the estimates is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// A line for each family.
    Families,
    /// A line for each method, with notes.
    Methods,
}

/// Writes the whole report.
pub fn report(text: &Text, a: &Analysis, detail: Detail, colour: Colour) -> String {
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", &format!("{}: {}", text.say("title"), a.provenance.input));
    let _ = writeln!(page.out, "{title}");
    page.wrap("", "  ", &format!("{}: {}", text.say("read-as"), layout(text, a)));
    page.verdict(a.diagnostics.verdict, &conclusion(text, a), &a.diagnostics.reasons);
    page.list("diagnostics", &findings(text, a));
    page.estimates(&a.estimates, a.provenance.settings.level, detail);
    page.list("identification-title", &granted(text, a, detail == Detail::Methods));
    if let Some(c) = &a.covariates {
        page.heading(&text.say("covariates-title"));
        for line in c.lines(text, a.diagnostics.verdict) {
            let _ = writeln!(page.out, "{}", terminal(&line));
        }
        page.wrap("  ", "  ", &covariates_note(text, c));
        page.wrap("  ", "  ", &format!("{}: {}", text.say("covariates-path"), c.path(text)));
        page.small(c, a.diagnostics.verdict);
    }
    if let Some(e) = &a.evidence {
        evidence::shown(&mut page, e);
    }
    page.wrap("  ", "  ", &text.say(assumptions_key(a)));
    page.wrap("  ", "  ", &text.say("presumed"));
    page.out
}

/// Estimates from how often persons were seen, for the terminal.
pub fn counts_report(
    text: &Text,
    title: &str,
    counted: &CountAnalysis,
    level: f64,
    colour: Colour,
) -> String {
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", title);
    let _ = writeln!(page.out, "{title}");
    let d = &counted.diagnostics;
    page.verdict(d.verdict, &counted.conclusion(text), &d.reasons);
    page.list("diagnostics", &counted.families(text));
    page.estimates(&counted.estimates, level, Detail::Methods);
    page.wrap("  ", "  ", &text.say("counts-assumptions"));
    page.out
}

impl Page<'_> {
    fn verdict(&mut self, verdict: Verdict, conclusion: &str, reasons: &[Reason]) {
        self.heading(&self.text.say("verdict"));
        let words = self.text.say(&format!("verdict-{}", key_of(verdict)));
        let words = self.style(verdict_colour(verdict), &words);
        let _ = writeln!(self.out, "  {words}");
        if !conclusion.is_empty() {
            self.wrap("  ", "  ", conclusion);
        }
        for r in reasons {
            let why = format!("{} {}", self.text.say("because"), reason(self.text, r));
            self.wrap("  - ", "    ", &why);
        }
    }

    /// Small groups that lean on one another, where they were asked for.
    fn small(&mut self, c: &Covariates, whole: Verdict) {
        let Some(small) = SmallGroupTable::from_covariates(self.text, c, whole) else { return };
        self.heading(&self.text.say("small-title"));
        for line in small.lines() {
            let _ = writeln!(self.out, "{}", terminal(&line));
        }
        small.notes().iter().for_each(|note| self.wrap("  ", "  ", note));
    }

    fn list(&mut self, title: &str, lines: &[String]) {
        self.heading(&self.text.say(title));
        lines.iter().for_each(|line| self.wrap("  - ", "    ", line));
    }

    fn estimates(&mut self, all: &[Estimate], level: f64, detail: Detail) {
        self.heading(&self.text.say("estimates"));
        let level = self.text.percent(level);
        match detail {
            Detail::Families => self.families(all, level),
            Detail::Methods => self.methods(all, level),
        }
    }

    fn families(&mut self, all: &[Estimate], level: String) {
        let text = self.text;
        let header = format!(
            "  {:<40}{:<19}{}",
            text.say("col-family"),
            text.say("col-estimate"),
            text.fill("col-limits", &[("level", level)]),
        );
        let header = self.style("2", &header);
        let _ = writeln!(self.out, "{header}");
        for group in groups(all) {
            let name = format!("{} ({})", group.name(text), group.estimates.len());
            let _ = writeln!(self.out, "  {name:<40}{:<19}{}", group.estimate(text), group.limits(text));
        }
        self.wrap("  ", "  ", &text.say("families-all"));
    }

    fn methods(&mut self, all: &[Estimate], level: String) {
        let text = self.text;
        let notes = notes_of(all);
        let header = format!(
            "  {:<28}{:>9}  {:<20} {:<11}{}",
            text.say("col-method"),
            text.say("col-estimate"),
            text.fill("col-interval", &[("level", level)]),
            text.say("col-how"),
            text.say("col-notes")
        );
        let header = self.style("2", &header);
        let _ = writeln!(self.out, "{header}");
        for group in groups(all) {
            let name = self.style("1", &group.name(text));
            let _ = writeln!(self.out, "  {name}");
            group.estimates.iter().for_each(|e| self.row(e, &marks(&notes, e)));
        }
        if notes.is_empty() {
            return;
        }
        self.heading(&text.say("notes"));
        for (i, note) in notes.iter().enumerate() {
            self.wrap(&format!("  {} ", letter(i)), "    ", &self::note(text, all, *note));
        }
    }

    fn row(&mut self, e: &Estimate, marks: &str) {
        let text = self.text;
        if let Some(n_hat) = e.n_hat {
            let (limits, kind) = e.interval.map_or_else(Default::default, |i| {
                (
                    format!("{} – {}", text.number(i.lower), text.number(i.upper)),
                    text.say(&format!("kind-{}", key_of(i.kind))),
                )
            });
            let n_hat = text.number(n_hat);
            let _ = writeln!(self.out, "    {:<26}{n_hat:>9}  {limits:<20} {kind:<11}{marks}", e.method);
        } else {
            let why = text.say(&format!("outcome-{}", key_of(e.outcome)));
            let line = self.style("2", &format!("{:>9}  {why}", "–"));
            let _ = writeln!(self.out, "    {:<26}{line} {marks}", e.method);
        }
        if let Some(model) = &e.model {
            self.wrap("      ", "        ", &basis(text, model));
        }
    }
}

/// How the breakdown came about.
pub(crate) fn covariates_note(text: &Text, c: &crate::covariates::Covariates) -> String {
    let note = text.fill(
        "covariates-note",
        &[("criterion", c.criterion()), ("replicates", c.settings.replicates.to_string())],
    );
    let least = ijsberg_mse::verdict::LEAST_OVERLAP.to_string();
    let verdicts = text.fill("covariates-verdicts", &[("least", least)]);
    if c.draws == 1 {
        return format!("{note} {verdicts}");
    }
    let draws = text.fill("covariates-draws", &[("draws", c.draws.to_string())]);
    format!("{note} {draws} {verdicts}")
}
