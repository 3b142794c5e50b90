//! Sentences of the report: the summary and the disclosure risk.

use ijsberg_report::headline::conclusion;
use ijsberg_report::text::Text;

use crate::claims::{self, Change};
use crate::edition::Edition;
use crate::families::Family;
use crate::figures;
use crate::labels::{covariate, covariates};
use crate::persons::{MOST_VINTAGES, REVISION_THRESHOLD};
use crate::protection::CountProtection;
use crate::reserved::SDG_INDICATOR;
use crate::tabulation::nobody;

fn change(text: &Text, key: &str, change: Change, values: &[(&str, String)]) -> String {
    text.fill(&format!("{key}-{}", change.key()), values)
}

/// The sentences of the summary. An increase or a decrease is reported only if the interval of the difference excludes zero.
pub fn summary(text: &Text, e: &Edition) -> Vec<String> {
    let year = e.options.year;
    let mut all = Vec::new();
    if let Some(now) = e.reported(year) {
        let how = e.families.first().map_or(CountProtection::Noise, |f| f.how);
        let about = |year: i16, n: u64| {
            [("year", year.to_string()), ("n", figures::about(text, n, e.how_in(year, how)))]
        };
        all.push(if e.empty_years.contains(&year) {
            text.fill("report-nobody", &[("year", year.to_string())])
        } else {
            text.fill("report-reported", &about(year, now.get()))
        });
        // Two years without persons are not compared.
        let is_other = !(e.empty_years.contains(&year) && e.empty_years.contains(&(year - 1)));
        if let Some(before) = e.reported(year - 1).filter(|_| is_other) {
            let difference = claims::reported_difference(&e.options.noise, how, before.get(), now.get());
            let values = about(year - 1, before.get());
            all.push(change(text, "report-reported", Change::from_interval(difference), &values));
        }
    }
    all.push(conclusion(text, &e.whole.analysis));
    all.extend(nobody::withheld(text, e));
    if let Some((c, all_of)) = e.with_covariates.as_ref().ok().and_then(|c| Some((c, c.estimate_of(&[])?))) {
        let values = [
            ("what", covariates(text, &c.used)),
            ("n", text.number(all_of.n_hat)),
            ("low", text.number(all_of.limits.0)),
            ("high", text.number(all_of.limits.1)),
            ("year", text.number(all_of.n_hat / e.families.first().map_or(1, |f| f.years.len()) as f64)),
        ];
        all.push(text.fill("report-summary-covariates", &values));
    }
    if let (Some(before), Some(now)) = (e.of_year(year - 1), e.of_year(year))
        && let Some(difference) = claims::estimated_difference(before, now)
    {
        let values = [
            ("year", year.to_string()),
            ("before", (year - 1).to_string()),
            ("low", text.number(difference.0)),
            ("high", text.number(difference.1)),
        ];
        all.push(change(text, "report-estimated", Change::from_interval(difference), &values));
    }
    all
}

/// The disclosure risk: the numbers attacked, the small count with the fewest possible values, and what the check does not cover.
pub fn risk(text: &Text, e: &Edition) -> Vec<String> {
    let p = &e.passed;
    let number = |n: usize| text.number(n as f64);
    let mut all =
        vec![text.fill(
            "report-risk-attacked",
            &[("numbers", number(p.counts)), ("together", number(p.all_counts))],
        )];
    all.push(match (&p.narrowest_in, p.narrowest) {
        (Some(family), Some(narrowest)) => {
            let family =
                if family == SDG_INDICATOR { text.say("report-sdg") } else { covariate(text, family) };
            let values =
                [("small", number(p.small_counts)), ("family", family), ("narrowest", narrowest.to_string())];
            text.fill("report-risk-small", &values)
        }
        _ => text.say("report-risk-none"),
    });
    let hidden: usize = e.families.iter().chain(&e.marks).map(Family::suppressed).sum();
    if hidden > 0 {
        all.push(text.fill("report-risk-hidden", &[("hidden", number(hidden))]));
    }
    let limits = [("revised", REVISION_THRESHOLD.to_string()), ("vintages", MOST_VINTAGES.to_string())];
    all.push(text.fill("report-risk-frozen", &limits));
    all.push(text.say("report-risk-not"));
    all
}
