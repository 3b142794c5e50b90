//! The report for a terminal: diagnostics and verdict first, then the estimates. At most 80 columns.

use std::fmt::Write;

use ijsberg_mse::diagnostics::{Diagnostics, Influence, Reason, Verdict};
use ijsberg_mse::estimate::{Estimate, Note};
use ijsberg_mse::identification::{Identification, PartialBounds, Sensitivity};
use ijsberg_mse::loglinear::LogBins;
use ijsberg_mse::nesting::Nested;
use ijsberg_mse::verdict::Headline;
use ijsberg_mse::verdict::bound::Allowance;

use crate::Analysis;
use crate::counts::Counted;
use crate::text::{Text, key_of};

const WIDTH: usize = 80;

/// Colours on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// ANSI colours.
    On,
    /// Plain text.
    Off,
}

/// A page of text for a terminal.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) text: &'a Text,
    pub(crate) colour: Colour,
    pub(crate) out: String,
}

impl Page<'_> {
    pub(crate) fn style(&self, code: &str, s: &str) -> String {
        if self.colour == Colour::On { format!("\x1b[{code}m{s}\x1b[0m") } else { s.to_owned() }
    }

    pub(crate) fn heading(&mut self, s: &str) {
        let s = self.style("1;36", s);
        let _ = writeln!(self.out, "\n{s}");
    }

    pub(crate) fn wrap(&mut self, first: &str, rest: &str, s: &str) {
        let mut line = first.to_owned();
        let mut empty = true;
        for word in s.split_whitespace() {
            if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
                let _ = writeln!(self.out, "{line}");
                rest.clone_into(&mut line);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        let _ = writeln!(self.out, "{line}");
    }
}

/// Why the verdict is what it is, in words.
pub fn reason(text: &Text, reason: &Reason) -> String {
    let key = format!("reason-{}", key_of(reason));
    let args: Vec<(&str, String)> = match reason {
        Reason::LittleOverlap { overlap } => vec![("overlap", overlap.to_string())],
        Reason::WideRange { factor } if !factor.is_finite() => return text.say("reason-unbounded"),
        Reason::WideRange { factor }
        | Reason::CriteriaDisagree { factor }
        | Reason::FamiliesDisagree { factor } => vec![("factor", text.decimal(*factor, 1))],
        Reason::PoorFit { p_value } => vec![("p", text.decimal(*p_value, 3))],
        Reason::SeldomSeenAgain { again } => vec![("again", again.to_string())],
        Reason::FamiliesDoNotFit { fitting } => vec![("fitting", fitting.to_string())],
        _ => Vec::new(),
    };
    text.fill(&key, &args)
}

/// What can be said, in words.
pub fn conclusion(text: &Text, a: &Analysis) -> String {
    let d = &a.diagnostics;
    let number = |x: Option<f64>| x.map_or_else(String::new, |x| text.number(x));
    let Some(headline) = &d.headline else { return String::new() };
    let low = ("low", number(d.at_least));
    let seen = ("seen", text.number(headline.seen as f64));
    let between = [("low", text.number(headline.interval.lower)), ("high", number(d.at_most)), seen.clone()];
    let mut whole = match d.verdict {
        Verdict::NoEstimate | Verdict::NotAssessed => return String::new(),
        Verdict::LowerBoundOnly => text.fill("verdict-at-least", &[low, seen]),
        Verdict::RangeOnly => text.fill("verdict-range", &between),
        Verdict::FitToPublish => {
            let n = ("n", text.number(headline.n_hat));
            text.fill("verdict-number", &[&[n][..], &between].concat())
        }
    };
    for sentence in [measured(text, d.verdict, headline), allowed(text, headline)] {
        if !sentence.is_empty() {
            whole = format!("{whole} {sentence}");
        }
    }
    // The methods behind the verdict take no account of covariates, all but one.
    let all = a.covariates.as_ref().and_then(|c| Some((c, c.breakdown.sizes.first()?)));
    let Some((c, size)) = all.filter(|(_, s)| s.n_hat.is_finite()) else { return whole };
    let by = c.periods(size);
    let (low, high) = size.limits.unwrap_or((f64::NAN, f64::NAN));
    let key = if low.is_nan() { "verdict-covariates-point" } else { "verdict-covariates" };
    let with = text
        .fill(key, &[("n", text.number(size.n_hat)), ("low", text.number(low)), ("high", text.number(high))]);
    if by > 1.0 {
        let year = text.fill("verdict-a-year", &[("year", text.number(size.n_hat / by))]);
        return format!("{whole} {with} {year}");
    }
    format!("{whole} {with}")
}

/// How often the verdict was right on populations of known size.
fn measured(text: &Text, verdict: Verdict, headline: &Headline) -> String {
    let Some(record) = &headline.record else { return String::new() };
    let key = if verdict == Verdict::LowerBoundOnly { "verdict-record-bound" } else { "verdict-record" };
    let held = ("held", text.number((100.0 * record.held).floor()));
    text.fill(key, &[held, ("tables", text.number(f64::from(record.tables)))])
}

/// What the bound allows for, or what it would be if the lists were worse.
fn allowed(text: &Text, headline: &Headline) -> String {
    let allowance = headline.bound.allowance;
    let shares = |over_coverage: f64, missed_links: f64| {
        [("foreign", text.percent(over_coverage)), ("missed", text.percent(missed_links))]
    };
    if allowance != Allowance::default() {
        let low = ("low", text.number(headline.bound.at_least));
        let all = shares(allowance.over_coverage, allowance.missed_links);
        return text.fill("verdict-allowance", &[&[low][..], &all].concat());
    }
    let worst = headline.bound_if.iter().min_by(|a, b| a.at_least.total_cmp(&b.at_least));
    worst.map_or_else(String::new, |w| {
        let low = ("low", text.number(w.at_least));
        let all = shares(w.allowance.over_coverage, w.allowance.missed_links);
        text.fill("verdict-if-worse", &[&[low][..], &all].concat())
    })
}

/// How the columns were read.
pub fn layout(text: &Text, a: &Analysis) -> String {
    let l = &a.layout;
    let mut parts = vec![
        text.fill("persons", &[("n", text.number(a.histories.n() as f64))]),
        format!("{}: {}", text.say("lists"), l.lists.join(", ")),
    ];
    if let Some(c) = &l.count {
        parts.push(format!("{}: {c}", text.say("count-column")));
    }
    for (key, names) in [("covariates", &l.covariates), ("dropped", &l.dropped), ("ignored", &l.ignored)] {
        if !names.is_empty() {
            parts.push(format!("{}: {}", text.say(key), names.join(", ")));
        }
    }
    if l.left_out > 0 {
        parts.push(text.fill("left-out", &[("n", text.number(l.left_out as f64))]));
    }
    parts.extend(crate::errors::reading::notes(text, &l.notes));
    parts.join("; ")
}

/// A list inside another one, or the same as it, in words.
pub fn nesting(text: &Text, n: &Nested) -> String {
    let args = [
        ("inner", n.inner.clone()),
        ("outer", n.outer.clone()),
        ("persons", text.number(n.persons as f64)),
        ("shared", text.number(n.shared as f64)),
    ];
    text.fill(&format!("nested-{}", key_of(n.kind)), &args)
}

/// The diagnostics as sentences, the most telling first.
pub fn findings(text: &Text, a: &Analysis) -> Vec<String> {
    let d = &a.diagnostics;
    let n = a.histories.n() as f64;
    let empty: Vec<String> = d.pairs.iter().filter(|p| p.overlap == 0).map(|p| p.lists.join("·")).collect();
    let mut out = vec![text.fill(
        "overlap-text",
        &[
            ("one", text.number(d.frequencies[0] as f64)),
            ("n", text.number(n)),
            ("share", text.percent(d.frequencies[0] as f64 / n)),
            ("pairs", if empty.is_empty() { text.say("none") } else { empty.join(", ") }),
        ],
    )];
    out.extend(d.nested.iter().map(|n| nesting(text, n)));
    if let Some(l) = d.lists.iter().max_by(|x, y| (x.only_here * y.size).cmp(&(y.only_here * x.size))) {
        out.push(text.fill(
            "list-alone",
            &[
                ("list", l.list.clone()),
                ("only", text.number(l.only_here as f64)),
                ("size", text.number(l.size as f64)),
                ("share", text.percent(l.only_here as f64 / l.size as f64)),
            ],
        ));
    }
    if let Some(b) = &d.two_list_models {
        out.push(text.fill(
            "two-list-text",
            &[
                ("models", text.number(b.total as f64)),
                ("low", text.number(b.range.0)),
                ("high", text.number(b.range.1)),
            ],
        ));
        if let (Some((_, aic)), Some((_, bic))) = (&b.best_aic, &b.best_bic) {
            out.push(text.fill(
                "two-list-best",
                &[("aic", text.number(*aic)), ("bic", text.number(*bic)), ("bars", bars(b))],
            ));
        }
    }
    for s in &d.spread {
        out.push(text.fill(
            "spread-text",
            &[
                ("delta", text.number(s.delta)),
                ("models", s.models.to_string()),
                ("low", text.number(s.low)),
                ("high", text.number(s.high)),
            ],
        ));
    }
    out.extend(influence(text, d));
    let variation = |v: &ijsberg_mse::diagnostics::Variation| {
        format!("{} {}", v.change, v.n_hat.map_or_else(|| "–".to_owned(), |x| text.number(x)))
    };
    if !d.without_list.is_empty() {
        let all: Vec<String> = d.without_list.iter().map(variation).collect();
        out.push(format!("{}: {}", text.say("without-text"), all.join(", ")));
    }
    let with = |v: &&ijsberg_mse::diagnostics::Variation| v.n_hat.is_some();
    let key = |v: &&ijsberg_mse::diagnostics::Variation| v.n_hat.unwrap_or(0.0);
    let low = d.merged.iter().filter(with).min_by(|x, y| key(x).total_cmp(&key(y)));
    let high = d.merged.iter().filter(with).max_by(|x, y| key(x).total_cmp(&key(y)));
    if let (Some(low), Some(high)) = (low, high) {
        out.push(format!("{}: {}, {}", text.say("merged-text"), variation(low), variation(high)));
    }
    let rows: Vec<String> = d
        .consistency
        .iter()
        .filter_map(|c| {
            Some(text.fill(
                "consistency-row",
                &[
                    ("list", c.list.clone()),
                    ("truth", text.number(c.truth as f64)),
                    ("seen", text.number(c.seen_by_others as f64)),
                    ("n", text.number(c.n_hat?)),
                ],
            ))
        })
        .collect();
    if !rows.is_empty() {
        out.push(format!("{}: {}", text.say("consistency-text"), rows.join("; ")));
    }
    out
}

/// Moves of one person that leave no estimate are named one by one up to this many.
const GONE: usize = 3;

/// What one person more or less does: first the moves that leave no estimate, then the one that moves it most.
fn influence(text: &Text, d: &Diagnostics) -> Vec<String> {
    let Some(base) = d.near_best.first().map(|m| m.n_hat) else { return Vec::new() };
    let moves: Vec<(bool, &Influence, f64, bool)> = d
        .influence
        .iter()
        .flat_map(|i| {
            let more = (true, i, i.one_more, i.vanishes.with_one_more());
            let less = i.one_less.map(|x| (false, i, x, i.vanishes.with_one_less()));
            [Some(more), less].into_iter().flatten()
        })
        .collect();
    let change = |more: bool, i: &Influence| {
        let key = if more { "influence-one-more" } else { "influence-one-less" };
        text.fill(key, &[("history", i.history.clone())])
    };
    let gone: Vec<_> = moves.iter().filter(|m| m.3).collect();
    let mut lines: Vec<String> = gone
        .iter()
        .take(GONE)
        .map(|(more, i, to, _)| {
            let change = ("change", change(*more, i));
            if to.is_finite() {
                text.fill("influence-gone-but", &[change, ("to", text.number(*to))])
            } else {
                text.fill("influence-gone", &[change])
            }
        })
        .collect();
    if gone.len() > GONE {
        lines.push(text.fill("influence-gone-more", &[("n", (gone.len() - GONE).to_string())]));
    }
    let moved = |x: f64| (x / base).ln().abs();
    let there = moves.iter().filter(|m| !m.3 && m.2.is_finite());
    if let Some((more, i, to, _)) = there.max_by(|x, y| moved(x.2).total_cmp(&moved(y.2))) {
        let numbers = [("change", change(*more, i)), ("from", text.number(base)), ("to", text.number(*to))];
        lines.push(text.fill("influence-text", &numbers));
    }
    lines
}

/// The numbers of models by estimate as a row of bars, so that humps show.
fn bars(bins: &LogBins) -> String {
    let occupied: Vec<usize> = (0..bins.models.len()).filter(|i| bins.models[*i] > 0).collect();
    let (Some(first), Some(last)) = (occupied.first(), occupied.last()) else { return String::new() };
    let most = bins.models.iter().copied().max().unwrap_or(1).max(1);
    let blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    bins.models[*first..=*last].iter().map(|m| blocks[(m * 7 / most) as usize]).collect()
}

/// The notes that any estimate carries, in their order, each once.
pub(crate) fn notes_of(estimates: &[Estimate]) -> Vec<Note> {
    let mut notes = Vec::new();
    for note in estimates.iter().flat_map(|e| &e.notes) {
        if !notes.contains(note) {
            notes.push(*note);
        }
    }
    notes
}

fn verdict_colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::FitToPublish => "1;32",
        Verdict::RangeOnly => "1;33",
        Verdict::NotAssessed => "1",
        Verdict::LowerBoundOnly | Verdict::NoEstimate => "1;31",
    }
}

/// A note in words.
pub(crate) fn note(text: &Text, estimates: &[Estimate], note: Note) -> String {
    let run = estimates.iter().filter(|e| e.notes.contains(&note)).find_map(|e| e.replicates).unwrap_or(0);
    text.fill(&format!("note-{}", key_of(note)), &[("replicates", text.number(run as f64))])
}

/// Writes the whole report.
pub fn report(text: &Text, a: &Analysis, colour: Colour) -> String {
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", &format!("{}: {}", text.say("title"), a.provenance.input));
    let _ = writeln!(page.out, "{title}");
    page.wrap("", "  ", &format!("{}: {}", text.say("read-as"), layout(text, a)));

    page.heading(&text.say("verdict"));
    let verdict = text.say(&format!("verdict-{}", key_of(a.diagnostics.verdict)));
    let verdict = page.style(verdict_colour(a.diagnostics.verdict), &verdict);
    let _ = writeln!(page.out, "  {verdict}");
    let conclusion = conclusion(text, a);
    if !conclusion.is_empty() {
        page.wrap("  ", "  ", &conclusion);
    }
    for r in &a.diagnostics.reasons {
        page.wrap("  - ", "    ", &format!("{} {}", text.say("because"), reason(text, r)));
    }

    page.heading(&text.say("diagnostics"));
    for finding in findings(text, a) {
        page.wrap("  - ", "    ", &finding);
    }

    estimates(&mut page, &a.estimates, a.provenance.settings.level);

    page.heading(&text.say("notes"));
    for (i, note) in notes_of(&a.estimates).iter().enumerate() {
        page.wrap(&format!("  {} ", letter(i)), "    ", &self::note(text, &a.estimates, *note));
    }
    page.heading(&text.say("identification-title"));
    for line in granted(text, a) {
        page.wrap("  - ", "    ", &line);
    }
    if let Some(c) = &a.covariates {
        page.heading(&text.say("covariates-title"));
        for line in c.lines(text) {
            let _ = writeln!(page.out, "{line}");
        }
        page.wrap("  ", "  ", &covariates_note(text, c));
        page.wrap("  ", "  ", &format!("{}: {}", text.say("covariates-path"), c.path(text)));
    }
    let (assumptions, presumed) = (text.say(assumptions_key(a)), text.say("presumed"));
    page.wrap("  ", "  ", &assumptions);
    page.wrap("  ", "  ", &presumed);
    page.out
}

/// Estimates from how often persons were seen, for the terminal.
pub fn counts_report(text: &Text, title: &str, counted: &Counted, level: f64, colour: Colour) -> String {
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", title);
    let _ = writeln!(page.out, "{title}");
    page.heading(&text.say("verdict"));
    let (verdict, conclusion, reasons) = counted.verdict(text);
    let verdict = page.style(verdict_colour(counted.diagnostics.verdict), &verdict);
    let _ = writeln!(page.out, "  {verdict}");
    if !conclusion.is_empty() {
        page.wrap("  ", "  ", &conclusion);
    }
    for r in &reasons {
        page.wrap("  - ", "    ", r);
    }
    page.heading(&text.say("diagnostics"));
    for line in counted.families(text) {
        page.wrap("  - ", "    ", &line);
    }
    let estimates_of = &counted.estimates;
    estimates(&mut page, estimates_of, level);
    page.heading(&text.say("notes"));
    for (i, note) in notes_of(estimates_of).iter().enumerate() {
        page.wrap(&format!("  {} ", letter(i)), "    ", &self::note(text, estimates_of, *note));
    }
    page.wrap("  ", "  ", &text.say("counts-assumptions"));
    page.out
}

fn estimates(page: &mut Page<'_>, all: &[Estimate], level: f64) {
    let text = page.text;
    page.heading(&text.say("estimates"));
    let notes = notes_of(all);
    let level = text.percent(level);
    let header = format!(
        "  {:<26}{:>10}  {:<20} {:<11}{}",
        text.say("col-method"),
        text.say("col-estimate"),
        text.fill("col-interval", &[("level", level)]),
        text.say("col-how"),
        text.say("col-notes")
    );
    let header = page.style("2", &header);
    let _ = writeln!(page.out, "{header}");
    for e in all {
        let marks: String =
            notes.iter().enumerate().filter(|(_, n)| e.notes.contains(n)).map(|(i, _)| letter(i)).collect();
        if let Some(n_hat) = e.n_hat {
            let (interval, kind) = e.interval.map_or((String::new(), String::new()), |i| {
                (
                    format!("{} – {}", text.number(i.lower), text.number(i.upper)),
                    text.say(&format!("kind-{}", key_of(i.kind))),
                )
            });
            let _ = writeln!(
                page.out,
                "  {:<26}{:>10}  {:<20} {:<11}{}",
                e.method,
                text.number(n_hat),
                interval,
                kind,
                marks
            );
        } else {
            let why = text.say(&format!("outcome-{}", key_of(e.outcome)));
            let line = page.style("2", &format!("{:>10}  {why}", "–"));
            let _ = writeln!(page.out, "  {:<26}{line} {marks}", e.method);
        }
        if let Some(model) = &e.model {
            page.wrap("    ", "      ", model);
        }
    }
}

pub(crate) fn letter(i: usize) -> char {
    char::from(b'a' + (i % 26) as u8)
}

/// The verdict in words.
pub fn verdict(text: &Text, a: &Analysis) -> String {
    text.say(&format!("verdict-{}", key_of(a.diagnostics.verdict)))
}

/// What every estimate takes for granted: with covariates the model allows for differences by them.
pub fn assumptions(text: &Text, a: &Analysis) -> String {
    text.say(assumptions_key(a))
}

pub(crate) fn assumptions_key(a: &Analysis) -> &'static str {
    if a.covariates.is_some() {
        "assumptions-covariates"
    } else if a.linkage.is_empty() {
        "assumptions"
    } else {
        "assumptions-linkage"
    }
}

/// How the breakdown came about.
pub(crate) fn covariates_note(text: &Text, c: &crate::covariates::Covariates) -> String {
    text.fill(
        "covariates-note",
        &[("criterion", c.criterion()), ("replicates", c.settings.replicates.to_string())],
    )
}

/// What the estimates take for granted, a line each.
pub fn granted(text: &Text, a: &Analysis) -> Vec<String> {
    let panel = &a.identification;
    let mut lines: Vec<String> = linkage(text, a);
    let mut seen = Vec::new();
    for (_, assumption) in &panel.assumptions {
        if seen.contains(assumption) {
            continue;
        }
        seen.push(*assumption);
        let of = |m: &&(String, ijsberg_mse::identification::Assumption)| m.1 == *assumption;
        let mut methods: Vec<&str> = panel.assumptions.iter().filter(of).map(|m| m.0.as_str()).collect();
        methods.dedup();
        let words = text.say(&format!("assumes-{}", key_of(assumption)));
        lines.push(format!("{words} ({})", methods.join(", ")));
    }
    let best = panel.sensitivity.iter().find(|s| s.method == "loglinear.best-bic");
    lines.extend(best.or_else(|| panel.sensitivity.first()).map(|s| untestable(text, s)));
    if !panel.usual.is_empty() {
        let usual: Vec<String> = panel
            .usual
            .iter()
            .take(4)
            .map(|u| format!("{} {}", u.lists, text.decimal(u.odds_ratio, 2)))
            .collect();
        lines.push(text.fill("usual-text", &[("usual", usual.join(", "))]));
    }
    if !panel.priors.is_empty() {
        let values: Vec<String> = panel
            .priors
            .iter()
            .map(|p| format!("{}: {}", text.decimal(p.prior_count, 3), text.number(p.median)))
            .collect();
        lines.push(text.fill("prior-text", &[("values", values.join("; "))]));
    }
    for o in &panel.over_coverage {
        lines.push(text.fill(
            "over-coverage-text",
            &[("rate", text.percent(o.rate)), ("seen", text.number(o.seen)), ("n", text.number(o.n_hat))],
        ));
    }
    if let Some(interval) = panel.over_coverage_interval {
        lines.push(text.fill(
            "over-coverage-interval-text",
            &[
                ("level", text.percent(interval.level)),
                ("lower", text.number(interval.lower)),
                ("upper", text.number(interval.upper)),
            ],
        ));
    }
    lines.extend(bounds(text, panel));
    lines
}

/// What an interaction of all lists would do, and which way.
fn untestable(text: &Text, s: &Sensitivity) -> String {
    let halving = s.halving.map_or_else(|| text.say("never"), |xi| text.decimal(xi, 2));
    let numbers = text.fill(
        "sensitivity-text",
        &[
            ("lists", s.lists.to_string()),
            ("method", s.method.clone()),
            ("half", text.number(s.n_at[2])),
            ("twice", text.number(s.n_at[4])),
            ("halving", halving),
            ("doubling", text.decimal(s.doubling, 2)),
        ],
    );
    let way = match s.lists {
        2 => "sensitivity-two",
        lists if lists.is_multiple_of(2) => "sensitivity-even",
        _ => "sensitivity-odd",
    };
    format!("{numbers} {}", text.fill(way, &[("fewer", (s.lists - 1).to_string())]))
}

/// What linkage adds to the doubt, and what its draws do not know.
fn linkage(text: &Text, a: &Analysis) -> Vec<String> {
    let Some(first) = a.linkage.first() else { return Vec::new() };
    let shares = a.linkage.iter().map(|s| format!("{} {}", s.method, text.percent(s.share)));
    let parts = [
        ("draws", (first.draws + first.without).to_string()),
        ("shares", shares.collect::<Vec<_>>().join(", ")),
    ];
    vec![text.fill("linkage-share-text", &parts), text.say("linkage-blind-text")]
}

/// Bounds under limited dependence.
fn bounds(text: &Text, panel: &Identification) -> Option<String> {
    let least = panel.least_odds_ratio?;
    let value = |b: &PartialBounds| {
        let size = b.size.map_or_else(
            || text.say("none"),
            |(low, high)| format!("{} – {}", text.number(low), text.number(high)),
        );
        let wide = b.with_error.map_or_else(String::new, |(low, high)| {
            format!(" ({} – {})", text.number(low), text.number(high))
        });
        format!("{}: {size}{wide}", text.decimal(b.odds_ratio, 1))
    };
    let values = panel.bounds.iter().map(value).collect::<Vec<_>>().join("; ");
    Some(text.fill("bounds-text", &[("least", text.decimal(least, 2)), ("values", values)]))
}

#[cfg(test)]
mod tests {
    use ijsberg_mse::histories::Histories;
    use ijsberg_mse::nesting::nested;

    use super::*;
    use crate::text::Language;

    #[test]
    fn lists_inside_others_are_named_in_both_languages() {
        let names = ["Police", "Shelter", "Other"].map(String::from).to_vec();
        let say = |cells: &[(u32, u64)], language| {
            let h = Histories::new(names.clone(), cells.iter().copied()).unwrap();
            nested(&h).iter().map(|n| nesting(&Text::new(language), n)).collect::<Vec<_>>()
        };
        let inside = [(1, 300), (3, 1100), (4, 200), (5, 60), (7, 30)];
        let [english] = &say(&inside, Language::English)[..] else { panic!() };
        assert!(english.starts_with("Shelter lies inside Police: 1,130 of the 1,130 persons"), "{english}");
        let [dutch] = &say(&inside, Language::Dutch)[..] else { panic!() };
        assert!(dutch.starts_with("Shelter ligt binnen Police: 1.130 van de 1.130 personen"), "{dutch}");
        let same = [(3, 300), (4, 100), (7, 50)];
        assert!(say(&same, Language::English)[0].starts_with("Police and Shelter are the same list: 350"));
        assert!(say(&same, Language::Dutch)[0].starts_with("Police en Shelter zijn dezelfde lijst: 350"));
    }
}
