//! Sentences of the report: its summary, and what could still be recovered.

use ijsberg_report::headline::conclusion;
use ijsberg_report::text::Text;

use crate::claims::{self, Change};
use crate::edition::Edition;
use crate::families::Family;
use crate::figures;
use crate::labels::{covariate, covariates};
use crate::persons::{REVISED, VINTAGES};
use crate::protection::How;
use crate::reserved::ASKED;
use crate::tabulation::nobody;

fn change(text: &Text, key: &str, change: Change, values: &[(&str, String)]) -> String {
    text.fill(&format!("{key}-{}", change.key()), values)
}

/// Sentences of the summary. What rose or fell is said only where the interval of the difference says so.
pub fn summary(text: &Text, e: &Edition) -> Vec<String> {
    let year = e.options.year;
    let mut all = Vec::new();
    if let Some(now) = e.reported(year) {
        let how = e.families.first().map_or(How::Noise, |f| f.how);
        let about = |year: i16, n: u64| {
            [("year", year.to_string()), ("n", figures::about(text, n, e.how_in(year, how)))]
        };
        all.push(if e.nobody.contains(&year) {
            text.fill("report-nobody", &[("year", year.to_string())])
        } else {
            text.fill("report-reported", &about(year, now.get()))
        });
        // Nobody and nobody are no more and no fewer.
        let is_other = !(e.nobody.contains(&year) && e.nobody.contains(&(year - 1)));
        if let Some(before) = e.reported(year - 1).filter(|_| is_other) {
            let difference = claims::reported(&e.options.noise, how, before.get(), now.get());
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
        && let Some(difference) = claims::estimated(before, now)
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

/// What was attacked, what is known of the count that most is known of, and what is not promised.
pub fn risk(text: &Text, e: &Edition) -> Vec<String> {
    let p = &e.passed;
    let number = |n: usize| text.number(n as f64);
    let mut all =
        vec![text.fill(
            "report-risk-attacked",
            &[("numbers", number(p.numbers)), ("together", number(p.together))],
        )];
    all.push(match (&p.narrowest_in, p.narrowest) {
        (Some(family), Some(narrowest)) => {
            let family = if family == ASKED { text.say("report-sdg") } else { covariate(text, family) };
            let values =
                [("small", number(p.small)), ("family", family), ("narrowest", narrowest.to_string())];
            text.fill("report-risk-small", &values)
        }
        _ => text.say("report-risk-none"),
    });
    let hidden: usize = e.families.iter().chain(&e.marks).map(Family::hidden).sum();
    if hidden > 0 {
        all.push(text.fill("report-risk-hidden", &[("hidden", number(hidden))]));
    }
    let limits = [("revised", REVISED.to_string()), ("vintages", VINTAGES.to_string())];
    all.push(text.fill("report-risk-frozen", &limits));
    all.push(text.say("report-risk-not"));
    all
}
