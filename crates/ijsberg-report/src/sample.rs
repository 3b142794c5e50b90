//! A random sample outside the lists: its plan and its estimate, as text and JSON.

use std::fmt::Write;

use ijsberg_mse::anchor::{Check, CheckAccuracy, ExpectedStratum, Stratum, Survey, SurveyEstimate};
use serde_json::{Value, json};

use crate::machine::SCHEMA;
use crate::screen::{Colour, Page};
use crate::text::Text;

/// A sample that is to be drawn.
#[derive(Debug, Clone)]
pub struct SamplePlan {
    /// The strata.
    pub strata: Vec<ExpectedStratum>,
    /// How often the check is expected to be right.
    pub check: Check,
    /// Whom to draw.
    pub survey: Survey,
}

/// A sample that was drawn.
#[derive(Debug, Clone)]
pub struct SampleEstimate {
    /// The strata.
    pub strata: Vec<Stratum>,
    /// What is known of the check.
    pub check: CheckAccuracy,
    /// The estimate.
    pub found: SurveyEstimate,
    /// Confidence level.
    pub level: f64,
    /// Seed of the draws behind the interval.
    pub seed: u64,
}

/// The plan as JSON.
pub fn planned_json(p: &SamplePlan) -> Value {
    json!({ "schema": SCHEMA, "strata": p.strata, "check": p.check, "survey": p.survey })
}

/// The estimate as JSON.
pub fn drawn_json(d: &SampleEstimate) -> Value {
    let SurveyEstimate { persons, se, lower, upper } = d.found;
    json!({
        "schema": SCHEMA,
        "settings": { "level": d.level, "seed": d.seed },
        "strata": d.strata,
        "check": d.check,
        "estimate": { "persons": persons, "se": se, "lower": lower, "upper": upper },
    })
}

/// A share of a hundred with as many places as it needs.
fn hundredths(text: &Text, share: f64) -> String {
    let hundred = 100.0 * share;
    format!("{}%", text.decimal(hundred, usize::from(hundred < 10.0)))
}

/// Whom to draw, for a terminal.
pub fn planned(text: &Text, p: &SamplePlan, colour: Colour) -> String {
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", &text.say("sample-plan-title"));
    let _ = writeln!(page.out, "{title}\n");
    heads(&mut page, ["stratum", "people", "share", "draw", "proportional"]);
    let s = &p.survey;
    for (i, stratum) in p.strata.iter().enumerate() {
        let cells = [
            text.number((i + 1) as f64),
            text.number(stratum.people as f64),
            hundredths(text, stratum.belongs),
            text.number(s.drawn[i] as f64),
            text.number(s.proportional[i] as f64),
        ];
        let _ = writeln!(page.out, "{}", row(&cells));
    }
    let _ = writeln!(page.out);
    // About 95 of 100 estimates lie within two standard errors.
    let within = |se: f64| text.number(1.96 * se);
    let expected = [
        ("persons", text.number(s.persons)),
        ("within", within(s.se)),
        ("proportional", within(s.proportional_se)),
        ("total", text.number(s.drawn.iter().sum::<u64>() as f64)),
        ("people", text.number(s.proportional_people)),
    ];
    page.wrap("  ", "  ", &text.fill("sample-plan-expected", &expected));
    page.wrap("  ", "  ", &text.fill("sample-plan-gain", &expected));
    if let Some([belonging, others]) = s.trial {
        let parts = [("belonging", text.number(belonging as f64)), ("others", text.number(others as f64))];
        page.wrap("  ", "  ", &text.fill("sample-plan-trial", &parts));
    }
    page.wrap("  ", "  ", &text.say("sample-plan-after"));
    page.out
}

/// The estimate, for a terminal.
pub fn drawn(text: &Text, d: &SampleEstimate, colour: Colour) -> String {
    let mut page = Page { text, colour, out: String::new() };
    let title = page.style("1", &text.say("sample-title"));
    let _ = writeln!(page.out, "{title}\n");
    heads(&mut page, ["stratum", "people", "drawn", "found", "positive"]);
    for (i, stratum) in d.strata.iter().enumerate() {
        let cells = [
            text.number((i + 1) as f64),
            text.number(stratum.people as f64),
            text.number(stratum.drawn as f64),
            text.number(stratum.found as f64),
            hundredths(text, stratum.found as f64 / stratum.drawn as f64),
        ];
        let _ = writeln!(page.out, "{}", row(&cells));
    }
    let _ = writeln!(page.out);
    let SurveyEstimate { persons, se, lower, upper } = d.found;
    let numbers = [
        ("persons", text.number(persons)),
        ("se", text.number(se)),
        ("low", text.number(lower)),
        ("high", text.number(upper)),
        ("level", text.percent(d.level)),
        ("people", text.number(d.strata.iter().map(|s| s.people).sum::<u64>() as f64)),
    ];
    page.wrap("  ", "  ", &text.fill("sample-estimate", &numbers));
    let check = match d.check {
        CheckAccuracy::Known(Check { sensitivity, specificity }) => text.fill(
            "sample-check-known",
            &[("sensitivity", text.plain(sensitivity)), ("specificity", text.plain(specificity))],
        ),
        CheckAccuracy::Tried(t) => text.fill(
            "sample-check-tried",
            &[
                ("found", text.number(t.found as f64)),
                ("belonging", text.number(t.belonging as f64)),
                ("cleared", text.number(t.cleared as f64)),
                ("others", text.number(t.others as f64)),
            ],
        ),
    };
    page.wrap("  ", "  ", &check);
    page.wrap("  ", "  ", &text.say("sample-assumes"));
    page.out
}

fn heads(page: &mut Page<'_>, keys: [&str; 5]) {
    let heads = keys.map(|key| page.text.say(&format!("sample-col-{key}")));
    let line = page.style("2", &row(&heads));
    let _ = writeln!(page.out, "{line}");
}

fn row([stratum, a, b, c, d]: &[String; 5]) -> String {
    format!("  {stratum:>8} {a:>12} {b:>14} {c:>12} {d:>14}")
}

#[cfg(test)]
mod tests {
    use ijsberg_mse::anchor::{Trial, survey};

    use super::*;
    use crate::text::Language;

    #[test]
    fn whom_to_draw_and_what_was_found_are_said_in_both_languages_within_eighty_columns() {
        let expected = [(20_000, 0.02), (5000, 0.3)]
            .map(|(people, belongs)| ExpectedStratum { people, belongs })
            .to_vec();
        let check = Check { sensitivity: 0.9, specificity: 0.97 };
        let survey = survey(&expected, check, 1500, true).unwrap();
        let plan = SamplePlan { strata: expected, check, survey };
        let strata = vec![Stratum { people: 20_000, drawn: 700, found: 15 }];
        let found = SurveyEstimate { persons: 430.0, se: 110.0, lower: 240.0, upper: 680.0 };
        let trial = Trial { belonging: 95, found: 89, others: 100, cleared: 100 };
        let done = SampleEstimate { strata, check: trial.into(), found, level: 0.95, seed: 1 };
        for (language, persons, of_trial) in [
            (Language::English, "430 (240 to 680; 95% interval)", "89 of 95"),
            (Language::Dutch, "430 (240 tot 680; 95%-interval)", "89 van de 95"),
        ] {
            let text = Text::new(language);
            let said = [planned(&text, &plan, Colour::Off), drawn(&text, &done, Colour::Off)].concat();
            assert!(said.lines().all(|l| l.chars().count() <= 80), "{said}");
            assert!(!said.contains("sample-"), "{said}");
            let joined = said.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(joined.contains(persons) && joined.contains(of_trial), "{joined}");
        }
        assert_eq!(drawn_json(&done)["check"]["belonging"], 95);
        assert_eq!(planned_json(&plan)["survey"]["drawn"].as_array().unwrap().len(), 2);
    }
}
