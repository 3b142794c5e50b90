//! The chapters of the report, each a heading with its blocks.

use ijsberg_report::charts::{self, Part};
use ijsberg_report::findings::findings;
use ijsberg_report::granted::{assumptions, granted};
use ijsberg_report::headline::{reason, verdict};
use ijsberg_report::text::Text;

use super::charted::{MOST_BARS, drawn_years, figure_by, parts};
use super::sentences::{risk, summary};
use super::titles::{self, Title};
use super::{Block, Writer};
use crate::covariates::{CovariateEstimate, NoEstimateReason, WithCovariates};
use crate::estimate::PartEstimate;
use crate::families::Family;
use crate::labels::{covariate, covariates, level};
use crate::protection::TableProtection;
use crate::tables::{estimates_id, reported_id};
use crate::tabulation::years;

/// The summary: the result and its basis.
pub(super) fn summed_up(w: &mut Writer<'_>) {
    let (text, e, a) = (w.t, w.e, w.a);
    w.heading("report-summary");
    w.blocks.push(Block::List(summary(text, e)));
    w.blocks.push(Block::Note(format!("{}: {}", text.say("verdict"), verdict(text, a))));
    let because = |r| format!("{} {}", text.say("because"), reason(text, r));
    if !a.diagnostics.reasons.is_empty() {
        w.blocks.push(Block::List(a.diagnostics.reasons.iter().map(because).collect()));
    }
    if let Some(why) = e.whole.withheld {
        let least = crate::estimate::LEAST_OVERLAP.to_string();
        w.blocks.push(Block::Note(text.fill(&format!("report-withheld-{}", why.key()), &[("least", least)])));
    }
    w.table("key-figures");
    w.figure("iceberg", titles::iceberg(text, e), charts::iceberg(text, a));
    what(w);
}

/// What the figure means and what it does not mean.
pub(super) fn what(w: &mut Writer<'_>) {
    let text = w.t;
    w.heading("report-what");
    w.blocks
        .push(Block::List(["report-what-1", "report-what-2", "report-what-3"].map(|k| text.say(k)).to_vec()));
}

/// Figures by year, then by characteristics of the persons.
pub(super) fn trend(w: &mut Writer<'_>) {
    let (text, e) = (w.t, w.e);
    w.heading("report-trend");
    if !e.is_more_than_a_bound() {
        w.blocks.push(Block::Note(text.say("report-parts-bound")));
    }
    let years = parts(text, &drawn_years(e));
    let quantity = text.say(&charts::caption("chart-trend", &years));
    w.figure("trend", titles::trend(text, e, &years), charts::series(text, &quantity, &years));
    w.table("estimates-year");
    for family in &e.families[1..] {
        w.blocks.push(Block::Heading(2, text.fill("report-by", &[("what", covariate(text, &family.name))])));
        let of: Vec<&PartEstimate> = e.parts.iter().filter(|p| p.covariate == family.name).collect();
        let title = text.fill("report-by", &[("what", covariate(text, &family.name))]);
        let of = parts(text, &of);
        let quantity = text.say(&charts::caption("chart-levels", &of));
        // The title must not name a level that has no bar because it has no estimate.
        let is_whole = of.len() == family.by_level.iter().flatten().count();
        let caption = if is_whole {
            titles::levels(text, e, w.names, family, quantity)
        } else {
            titles::Title::plain(quantity)
        };
        w.figure(&figure_by(&family.name), caption, charts::bars(text, &title, &of));
        w.table(&reported_id(&family.name));
        w.table(&estimates_id(&family.name));
    }
    for family in &e.marks {
        let title = text.fill("report-by", &[("what", covariate(text, &family.name))]);
        w.blocks.push(Block::Heading(2, title.clone()));
        let caption = titles::levels(text, e, w.names, family, text.say("chart-marks"));
        w.figure(&figure_by(&family.name), caption, charts::bars(text, &title, &counted(text, family)));
        w.table(&reported_id(&family.name));
    }
}

/// Bars of counts without estimates, the longest first.
fn counted(text: &Text, family: &Family) -> Vec<Part> {
    let mut all: Vec<(f64, &String)> = Vec::new();
    for (l, name) in family.levels.iter().enumerate() {
        all.extend(family.by_level[l].map(|n| (n.get() as f64, name)));
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let part = |(n, name): &(f64, &String)| Part {
        label: level(text, &family.name, name),
        seen: *n,
        n_hat: *n,
        limits: None,
    };
    all.iter().take(MOST_BARS).map(part).collect()
}

/// The estimate that takes covariates into account, or why there is none.
pub(super) fn by_covariates(w: &mut Writer<'_>) {
    let (text, e) = (w.t, w.e);
    match &e.with_covariates {
        Ok(c) => with_covariates(w, c),
        Err(NoEstimateReason::Covariates) => {}
        Err(why) => {
            w.heading("report-covariates");
            w.blocks.push(Block::Note(text.say(&format!("report-without-{}", why.key()))));
        }
    }
}

/// The section of the estimate that takes covariates into account.
fn with_covariates(w: &mut Writer<'_>, c: &WithCovariates) {
    let (text, e) = (w.t, w.e);
    w.heading("report-covariates");
    w.blocks.push(Block::Note(text.say("report-covariates-note")));
    let values = [
        ("what", covariates(text, &c.used)),
        ("model", w.names.with_names(&c.model)),
        ("sd", text.percent(c.noise_sd)),
        ("replicates", e.options.settings.replicates.min(crate::covariates::REPLICATES).to_string()),
    ];
    w.fill("report-covariates-text", &values);
    if let Some(sd) = c.linked_sd {
        w.fill("report-covariates-linked", &[("sd", text.percent(sd))]);
    }
    if !c.left_out.is_empty() {
        w.fill("report-covariates-left-out", &[("what", covariates(text, &c.left_out))]);
    }
    let part = |p: &CovariateEstimate| {
        let [(name, of)] = p.part.as_slice() else { return None };
        Some(Part {
            label: level(text, name, of),
            seen: e.reported_of(&p.part)?.get() as f64,
            n_hat: p.n_hat,
            limits: Some(p.limits),
        })
    };
    let is_year = |p: &CovariateEstimate| p.part.first().is_some_and(|(name, _)| name == "year");
    let (years, others): (Vec<_>, Vec<_>) = c.parts.iter().partition(|p| is_year(p));
    let of = |all: Vec<&CovariateEstimate>| all.into_iter().filter_map(part).collect::<Vec<Part>>();
    let quantity = text.say("chart-trend");
    let caption = titles::with_covariates(text, e, c);
    w.figure("covariates-year", caption, charts::series(text, &quantity, &of(years)));
    let quantity = text.say("chart-levels");
    let chart = charts::bars(text, &quantity, &of(others));
    w.figure("covariates-levels", Title::plain(quantity), chart);
    w.table("with-covariates");
}

/// The lists and their overlap.
pub(super) fn by_list(w: &mut Writer<'_>) {
    let (text, a) = (w.t, w.a);
    w.heading("report-by-list");
    w.table("reported-list");
    w.table("lists");
    w.figure("overlaps", titles::overlaps(text, a), charts::overlaps(text, a));
}

/// How the estimate is made, and its assumptions.
pub(super) fn estimated(w: &mut Writer<'_>) {
    let (text, e, a) = (w.t, w.e, w.a);
    w.heading("report-estimate");
    w.say("report-how");
    if let Some(model) = &e.whole.model {
        w.fill("report-model", &[("model", w.names.with_names(model))]);
    }
    if let Some(linked) = e.whole.linked {
        let key = if linked.sd.is_finite() { "report-linked" } else { "report-linked-open" };
        w.fill(key, &[("draws", linked.draws.to_string()), ("sd", text.percent(linked.sd))]);
    }
    w.blocks.push(Block::Heading(3, text.say("diagnostics")));
    w.blocks.push(Block::List(findings(text, a)));
    w.figure("multiverse", titles::multiverse(text, a), charts::multiverse(text, a));
    w.figure("forest", titles::forest(text, a), charts::forest(text, a));
    w.table("methods");
    w.table(years::ALONE);
    w.blocks.push(Block::Heading(3, text.say("identification-title")));
    w.blocks.push(Block::List(granted(text, a, true)));
    let quantity = Title::plain(charts::sensitivity_caption(text, a));
    w.figure("sensitivity", quantity, charts::sensitivity(text, a));
    w.blocks.push(Block::Paragraph(assumptions(text, a)));
}

/// Completeness of the lists, revisions, and totals published by others.
pub(super) fn quality(w: &mut Writer<'_>) {
    w.heading("report-quality");
    w.table("completeness");
    w.table("revisions");
    w.table("bridge");
    w.table("others");
}

/// How the counts are protected, and the remaining disclosure risk.
pub(super) fn disclosure(w: &mut Writer<'_>) {
    let (text, e) = (w.t, w.e);
    let o = &w.e.options;
    w.heading("report-disclosure");
    let plain = match o.plain {
        TableProtection::Noise => None,
        TableProtection::Rounded => Some("report-disclosure-rounded"),
        TableProtection::Suppressed => Some("report-disclosure-suppressed"),
    };
    let hidden: usize = e.families.iter().chain(&e.marks).map(Family::suppressed).sum();
    if let Some(key) = plain {
        let least = crate::protection::THRESHOLD.to_string();
        w.fill(key, &[("least", least), ("hidden", text.number(hidden as f64))]);
    }
    w.fill(
        if plain.is_some() { "report-disclosure-histories" } else { "report-disclosure-text" },
        &[
            ("variance", text.decimal(e.options.noise.variance, 1)),
            ("largest", e.options.noise.largest.to_string()),
            ("sd", text.percent(e.whole.noise_sd)),
        ],
    );
    if !e.passed.revised.is_empty() {
        w.fill("report-revised", &[("what", e.passed.revised.join(", "))]);
    }
    w.blocks.push(Block::Heading(3, text.say("report-risk")));
    w.blocks.push(Block::List(risk(text, e)));
    w.table("capture-histories");
}

/// The indicator of the United Nations and the glossary.
pub(super) fn words(w: &mut Writer<'_>) {
    nations(w);
    glossary(w);
}

/// The indicator of the United Nations.
pub(super) fn nations(w: &mut Writer<'_>) {
    w.heading("report-sdg");
    w.say("report-sdg-text");
    w.table("sdg-16-2-2");
}

/// The glossary.
pub(super) fn glossary(w: &mut Writer<'_>) {
    let text = w.t;
    w.heading("report-glossary");
    let terms = ["victim", "list", "history", "estimate", "interval", "protected", "sight"];
    let facts = ["trafficking", "means", "signal", "known"].map(|k| text.say(&format!("facts-term-{k}")));
    let terms = terms.map(|k| text.say(&format!("report-term-{k}")));
    w.blocks.push(Block::List([&terms[..], &facts].concat()));
}

/// How to reproduce the report.
pub(super) fn again(w: &mut Writer<'_>) {
    let a = &w.e.whole.analysis;
    let o = &w.e.options;
    w.heading("report-again");
    w.fill(
        "report-again-text",
        &[
            ("version", a.provenance.version.clone()),
            ("sha", a.provenance.sha256.clone()),
            ("seed", o.settings.seed.to_string()),
            ("replicates", o.settings.replicates.to_string()),
        ],
    );
    w.say("report-typefaces");
}
