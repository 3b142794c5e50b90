//! Titles of charts: the result with its number, if the intervals of the published figures show it; otherwise the subject.

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_report::Analysis;
use ijsberg_report::charts::{self, Part};
use ijsberg_report::text::Text;

use crate::claims::{self, Change};
use crate::covariates::WithCovariates;
use crate::edition::Edition;
use crate::families::Family;
use crate::figures;
use crate::labels::{covariate, covariates};
use crate::names::Names;
use crate::persons::{UNKNOWN, folded};
use crate::protection::CountProtection;

/// A title: the result of a chart, if it is certain, and its subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Title {
    /// The caption of the chart.
    pub(crate) caption: String,
    /// The subject; empty if the caption names it.
    pub(crate) of: String,
}

impl Title {
    /// A title with the result as its caption, or with the subject if there is no result.
    pub(crate) fn new(result: Option<String>, of: String) -> Self {
        match result {
            Some(caption) => Self { caption, of },
            None => Self { caption: of, of: String::new() },
        }
    }

    /// A title with the subject only.
    pub(crate) fn plain(of: String) -> Self {
        Self::new(None, of)
    }
}

/// The years of an edition.
fn years(text: &Text, e: &Edition) -> String {
    let (from, to) = (e.from().to_string(), e.options.year.to_string());
    if from == to { to } else { text.fill("chart-found-years", &[("from", from), ("to", to)]) }
}

/// The title of the iceberg chart: the number that the verdict allows.
pub(crate) fn iceberg(text: &Text, e: &Edition) -> Title {
    let a = &e.whole.analysis;
    let d = &a.diagnostics;
    let number = |n: Option<f64>| n.map_or_else(String::new, |n| text.number(n));
    let headline = d.headline.as_ref().filter(|_| d.verdict == Verdict::FitToPublish);
    let values = [
        ("years", years(text, e)),
        ("seen", text.number(a.histories.n() as f64)),
        ("n", number(headline.map(|h| h.n_hat))),
        ("low", number(headline.map(|h| h.interval.lower).or(d.at_least))),
        ("high", number(d.at_most)),
    ];
    let result = match d.verdict {
        Verdict::FitToPublish => Some("chart-found-number"),
        Verdict::RangeOnly => Some("chart-found-range"),
        Verdict::LowerBoundOnly => Some("chart-found-bound"),
        Verdict::NoEstimate | Verdict::NotAssessed => None,
    };
    Title::new(result.map(|key| text.fill(key, &values)), text.say("chart-iceberg"))
}

/// The title of the chart of years: whether more or fewer people were reported than in the year before.
pub(crate) fn trend(text: &Text, e: &Edition, shown: &[Part]) -> Title {
    let year = e.options.year;
    let how = e.families.first().map_or(CountProtection::Noise, |f| f.how);
    let result = e.reported(year - 1).zip(e.reported(year)).and_then(|(before, now)| {
        let difference = claims::reported_difference(&e.options.noise, how, before.get(), now.get());
        let change = Change::from_interval(difference);
        let values = [
            ("year", year.to_string()),
            ("n", figures::about(text, now.get(), e.how_in(year, how))),
            ("before", (year - 1).to_string()),
            ("m", figures::about(text, before.get(), e.how_in(year - 1, how))),
        ];
        let is_sure = change != Change::Unclear;
        is_sure.then(|| text.fill(&format!("chart-found-trend-{}", change.key()), &values))
    });
    Title::new(result, text.say(&charts::caption("chart-trend", shown)))
}

/// The title of a chart of persons by level in all years: the level with the most persons, if the interval of the difference from the
/// second level excludes zero (95% with noise).
pub(crate) fn levels(text: &Text, e: &Edition, names: &Names, family: &Family, of: String) -> Title {
    Title::new(most(text, e, names, family), of)
}

fn most(text: &Text, e: &Edition, names: &Names, family: &Family) -> Option<String> {
    let mut all: Vec<(u64, &String)> = Vec::new();
    for (level, n) in family.levels.iter().zip(&family.by_level).filter(|(l, _)| folded(l) != UNKNOWN) {
        all.push(((*n)?.get(), level));
    }
    all.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
    let [(first, level), (second, _), ..] = all.as_slice() else { return None };
    let more = claims::reported_difference(&e.options.noise, family.how, *second, *first);
    let values = [
        ("what", covariate(text, &family.name)),
        ("level", names.level(text, &family.name, level)),
        ("years", years(text, e)),
        ("n", figures::about(text, *first, family.how)),
    ];
    (Change::from_interval(more) == Change::Rose).then(|| text.fill("chart-found-most", &values))
}

/// The title of the chart of the estimate with covariates by year.
pub(crate) fn with_covariates(text: &Text, e: &Edition, c: &WithCovariates) -> Title {
    let result = c.estimate_of(&[]).map(|all| {
        let values = [
            ("what", covariates(text, &c.used)),
            ("n", text.number(all.n_hat)),
            ("low", text.number(all.limits.0)),
            ("high", text.number(all.limits.1)),
            ("years", years(text, e)),
        ];
        text.fill("chart-found-covariates", &values)
    });
    Title::new(result, text.say("chart-trend"))
}

/// The title of the chart of overlaps: the share of people on one list only.
pub(crate) fn overlaps(text: &Text, a: &Analysis) -> Title {
    let n = a.histories.n() as f64;
    let alone = a.diagnostics.frequencies.first().map(|alone| text.percent(*alone as f64 / n));
    let result = alone.map(|share| text.fill("chart-found-overlaps", &[("share", share)]));
    Title::new(result, text.say("chart-overlaps"))
}

/// The title of the chart of all models with two-list terms: the range of their estimates.
pub(crate) fn multiverse(text: &Text, a: &Analysis) -> Title {
    let result = a.diagnostics.two_list_models.as_ref().map(|bins| {
        let models = ("models", text.number(bins.total as f64));
        let range = [("low", text.number(bins.range.0)), ("high", text.number(bins.range.1))];
        text.fill("chart-found-multiverse", &[&[models][..], &range].concat())
    });
    Title::new(result, text.say("chart-multiverse"))
}

/// The title of the chart of all estimates: their range.
pub(crate) fn forest(text: &Text, a: &Analysis) -> Title {
    let all = || a.estimates.iter().filter_map(|e| e.n_hat).filter(|n| n.is_finite());
    let range = all().reduce(f64::min).zip(all().reduce(f64::max)).filter(|(low, high)| low < high);
    let result = range.map(|(low, high)| {
        text.fill("chart-found-forest", &[("low", text.number(low)), ("high", text.number(high))])
    });
    Title::new(result, text.say("chart-forest"))
}
