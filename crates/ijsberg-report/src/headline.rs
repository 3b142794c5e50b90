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

/// What a reader sees first: the number that the verdict allows, what it means, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// The verdict in words.
    pub verdict: String,
    /// A number, a range, a lower bound, or the number of persons seen where nothing more may be said.
    pub number: String,
    /// Of what it is the number.
    pub of: String,
    /// What belongs with it, a sentence each.
    pub said: Vec<String>,
    /// Why the verdict is what it is.
    pub because: Vec<String>,
}

impl Card {
    /// The number of a verdict, and of what; `about` is an estimate with its interval where the verdict allows one.
    pub(crate) fn number(
        text: &Text,
        verdict: Verdict,
        seen: u64,
        (low, high): (Option<f64>, Option<f64>),
        about: Option<(f64, f64)>,
    ) -> (String, String) {
        let number = |x: Option<f64>| x.map_or_else(String::new, |x| text.number(x));
        let limits = [("low", number(low)), ("high", number(high)), ("seen", text.number(seen as f64))];
        match (verdict, about) {
            (Verdict::FitToPublish, Some((n, lowest))) => {
                let limits = [("low", text.number(lowest)), limits[1].clone(), limits[2].clone()];
                (text.fill("card-about", &[("n", text.number(n))]), text.fill("card-of-interval", &limits))
            }
            (Verdict::FitToPublish | Verdict::RangeOnly, _) => {
                (text.fill("card-between", &limits[..2]), text.fill("card-of", &limits[2..]))
            }
            (Verdict::LowerBoundOnly, _) => {
                (text.fill("card-at-least", &limits[..1]), text.fill("card-of", &limits[2..]))
            }
            (Verdict::NoEstimate, _) => (text.number(seen as f64), text.say("card-seen")),
            (Verdict::NotAssessed, _) => (text.number(seen as f64), text.say("card-seen-alone")),
        }
    }
}

/// The headline of an analysis.
pub fn card(text: &Text, a: &Analysis) -> Card {
    let d = &a.diagnostics;
    let about = d.headline.as_ref().map(|h| (h.n_hat, h.interval.lower));
    let (number, of) = Card::number(text, d.verdict, a.histories.n(), (d.at_least, d.at_most), about);
    Card {
        verdict: verdict(text, a),
        number,
        of,
        said: more(text, a),
        because: d.reasons.iter().map(|r| reason(text, r)).collect(),
    }
}

/// What can be said, in words; empty where there is no verdict above "no estimate".
pub fn conclusion(text: &Text, a: &Analysis) -> String {
    let d = &a.diagnostics;
    let number = |x: Option<f64>| x.map_or_else(String::new, |x| text.number(x));
    let Some(headline) = &d.headline else { return String::new() };
    let low = ("low", number(d.at_least));
    let seen = ("seen", text.number(headline.seen as f64));
    let between = [("low", text.number(headline.interval.lower)), ("high", number(d.at_most)), seen.clone()];
    let first = match d.verdict {
        Verdict::NoEstimate | Verdict::NotAssessed => return String::new(),
        Verdict::LowerBoundOnly => text.fill("verdict-at-least", &[low, seen]),
        Verdict::RangeOnly => text.fill("verdict-range", &between),
        Verdict::FitToPublish => {
            let n = ("n", text.number(headline.n_hat));
            text.fill("verdict-number", &[&[n][..], &between].concat())
        }
    };
    std::iter::once(first).chain(more(text, a)).collect::<Vec<_>>().join(" ")
}

/// What belongs with the number: the sample it rests on, how often such a verdict was right, what it allows for, and the estimate with
/// covariates.
fn more(text: &Text, a: &Analysis) -> Vec<String> {
    let d = &a.diagnostics;
    let Some(headline) = &d.headline else { return Vec::new() };
    if matches!(d.verdict, Verdict::NoEstimate | Verdict::NotAssessed) {
        return Vec::new();
    }
    let mut all =
        vec![by_design(text, headline), measured(text, d.verdict, headline), allowed(text, headline)];
    all.retain(|sentence| !sentence.is_empty());
    // The methods behind the verdict take no account of covariates, all but one.
    let covariates = a.covariates.as_ref().and_then(|c| Some((c, c.breakdown.sizes.first()?)));
    let Some((c, size)) = covariates.filter(|(_, s)| s.n_hat.is_finite()) else { return all };
    let by = c.periods(size);
    let (low, high) = size.limits.unwrap_or((f64::NAN, f64::NAN));
    let key = if low.is_nan() { "verdict-covariates-point" } else { "verdict-covariates" };
    let with = text
        .fill(key, &[("n", text.number(size.n_hat)), ("low", text.number(low)), ("high", text.number(high))]);
    if by > 1.0 {
        let year = text.fill("verdict-a-year", &[("year", text.number(size.n_hat / by))]);
        all.push(format!("{with} {year}"));
    } else {
        all.push(with);
    }
    all
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
