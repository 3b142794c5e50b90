//! The assumptions of the estimates, as sentences.

use ijsberg_mse::estimate::{Estimate, Interval};
use ijsberg_mse::identification::{Identification, PartialBounds, Sensitivity};
use ijsberg_mse::method::{Assumption, Method};

use crate::Analysis;
use crate::text::{Text, key_of};

/// The assumptions of every estimate: with covariates the model allows for differences by them.
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

/// The assumptions of the estimates, a line each; with the methods that make them, where those are shown.
pub fn granted(text: &Text, a: &Analysis, named: bool) -> Vec<String> {
    let panel = &a.identification;
    let mut lines: Vec<String> = linkage(text, a);
    let mut seen = Vec::new();
    for (_, assumption) in &panel.assumptions {
        if seen.contains(assumption) {
            continue;
        }
        seen.push(*assumption);
        let of = |m: &&(Method, Assumption)| m.1 == *assumption;
        let mut methods: Vec<&str> = panel.assumptions.iter().filter(of).map(|m| m.0.id()).collect();
        methods.dedup();
        let words = text.say(&format!("assumes-{}", key_of(assumption)));
        lines.push(if named { format!("{words} ({})", methods.join(", ")) } else { words });
    }
    let best = panel.sensitivity.iter().find(|s| s.method == Method::BestBic);
    lines.extend(best.or_else(|| panel.sensitivity.first()).map(|s| untestable(text, s)));
    lines.extend(a.estimates.iter().filter_map(|e| identifying(text, e)));
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
            ("method", s.method.to_string()),
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

/// What the estimate with identifying lists becomes at other odds ratios; `None` for an estimate that does not work it out.
fn identifying(text: &Text, e: &Estimate) -> Option<String> {
    let limits = |i: &Interval| (text.number(i.lower), text.number(i.upper));
    let (n_hat, interval) = (e.n_hat?, e.interval?);
    let values: Vec<String> = e
        .by_odds_ratio
        .iter()
        .filter(|at| at.odds_ratio != 1.0)
        .map(|at| {
            let (lower, upper) = limits(&at.interval);
            let odds_ratio = text.decimal(at.odds_ratio, if at.odds_ratio < 1.0 { 3 } else { 0 });
            format!("{odds_ratio}: {} ({lower} – {upper})", text.number(at.n_hat))
        })
        .collect();
    if values.is_empty() {
        return None;
    }
    let (lower, upper) = limits(&interval);
    let parts = [
        ("model", e.model.as_ref().map_or_else(String::new, ToString::to_string)),
        ("n", text.number(n_hat)),
        ("level", text.percent(interval.level)),
        ("lower", lower),
        ("upper", upper),
        ("values", values.join("; ")),
    ];
    Some(text.fill("identifying-text", &parts))
}

/// What linkage adds to the uncertainty, and what its draws leave out.
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
