//! The headline in words: the verdict, what can be said, and why.

use ijsberg_mse::diagnostics::{Reason, Verdict};
use ijsberg_mse::verdict::Headline;
use ijsberg_mse::verdict::bound::Allowance;

use crate::Analysis;
use crate::text::{Text, key_of};

/// The verdict in words.
pub fn verdict(text: &Text, a: &Analysis) -> String {
    text.say(&format!("verdict-{}", key_of(a.diagnostics.verdict)))
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
        Reason::PoorFit { p_value } | Reason::NotRandom { p_value } => {
            vec![("p", text.decimal(*p_value, 3))]
        }
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
    for sentence in [by_design(text, headline), measured(text, d.verdict, headline), allowed(text, headline)]
    {
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

/// The random sample that it rests on.
fn by_design(text: &Text, headline: &Headline) -> String {
    headline.by_design.as_ref().map_or_else(String::new, |b| {
        let overlap = ("overlap", text.number(b.overlap as f64));
        text.fill("verdict-by-design", &[("list", b.list.clone()), overlap])
    })
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
