use ijsberg_mse::design::{Dependent, PlanSettings, RequiredSample, Shares};
use ijsberg_mse::diagnostics::Reason;

use super::*;
use crate::text::Language;

fn example() -> Design {
    let range = |low: f64, median: f64, high: f64| Range { low, median, high };
    let outlook = |change: Change, cost: f64, factor: Range, number: f64| Outlook {
        change,
        cost,
        factor,
        verdicts: Shares { number, bound: 1.0 - number, ..Shares::default() },
        held: 0.95,
        tables: 30,
    };
    let wide = range(2.0, 3.1, f64::INFINITY);
    let outlooks = vec![
        outlook(Change::Nothing, 0.0, range(2.6, 2.6, 2.6), 0.0),
        outlook(Change::Sample { persons: 100_000 }, 100_000.0, range(1.2, 1.3, 1.4), 1.0),
        outlook(Change::AddList { reach: 0.125 }, 9000.0, wide, 0.2),
        outlook(Change::AddDependentList { reach: 0.125, odds: 2.5 }, 9000.0, wide, 0.1),
        outlook(Change::WidenLists { odds: 1.5 }, 12_000.0, wide, 0.4),
        outlook(Change::Separate { lists: [0, 1] }, 0.0, range(1.5, 2.0, 31.25), 0.8),
        outlook(Change::Join { lists: [0, 1] }, 0.0, range(f64::INFINITY, f64::INFINITY, f64::INFINITY), 0.0),
        outlook(Change::Split { list: 0 }, 0.0, wide, 0.0),
        outlook(Change::ResolveLinks { share: 0.5 }, 0.0, wide, 0.0),
    ];
    let plan = Plan {
        seen: 8234,
        verdict: Verdict::LowerBoundOnly,
        reasons: vec![Reason::CriteriaDisagree { factor: 4.0 }],
        total: range(40_000.0, 60_000.0, 140_000.0),
        dependent: vec![Dependent { lists: [0, 1], weight: 0.75 }],
        outlooks,
        needed: vec![
            RequiredSample { verdict: Verdict::RangeOnly, persons: Some(120) },
            RequiredSample { verdict: Verdict::FitToPublish, persons: Some(450) },
        ],
    };
    let lists = ["PO", "KM"].map(String::from).to_vec();
    let (version, input, sha256) = ("0".into(), "table.csv".into(), "00".into());
    Design { plan, lists, asked: PlanSettings::default(), version, input, sha256 }
}

#[test]
fn a_plan_is_said_in_both_languages_within_eighty_columns() {
    let d = example();
    for (language, number, pair) in [
        (Language::English, "A random sample of 450 people", "PO and KM made independent: a figure in 80"),
        (
            Language::Dutch,
            "Een aselecte steekproef van 450 mensen",
            "PO en KM onafhankelijk: een getal bij 80",
        ),
    ] {
        let text = Text::new(language);
        let said = report(&text, &d, Colour::Off);
        assert!(said.lines().all(|l| l.chars().count() <= 80), "{said}");
        assert!(!said.contains("design-") && said.contains('∞'), "{said}");
        let joined = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(number) && joined.contains(pair), "{joined}");
        let page = page(&text, &d);
        assert!(page.contains("<svg") && !page.contains("design-col") && page.contains("PO·KM 75%"));
        assert!(page.contains("<details class=\"figures\">"), "{page}");
        let chart = crate::charts::design(&text, &d).unwrap();
        assert_eq!(chart.wide.matches("<g class=\"datum\"").count(), d.plan.outlooks.len());
        assert_eq!(chart.data.rows.len(), d.plan.outlooks.len());
        let head = "change,factor,factor_low,factor_high,number,range,bound,nothing\n";
        assert!(chart.data.csv().starts_with(head), "{}", chart.data.csv());
    }
}

#[test]
fn json_names_lists_and_has_nothing_for_no_limit() {
    let whole = to_json(&example());
    let outlooks = whole["plan"]["outlooks"].as_array().unwrap();
    assert_eq!(outlooks[5]["lists"], json!(["PO", "KM"]));
    assert_eq!(outlooks[6]["factor"]["median"], Value::Null);
    assert_eq!(outlooks[7]["list"], "PO");
    assert_eq!(outlooks[1]["persons"], 100_000);
    assert_eq!(whole["plan"]["dependent"][0]["lists"], json!(["PO", "KM"]));
}

#[test]
fn a_table_that_no_sample_helps_says_so() {
    let mut d = example();
    d.plan.needed.iter_mut().for_each(|n| n.persons = None);
    let said = conclusions(&Text::new(Language::English), &d);
    assert!(said[0].starts_with("No random sample as large as the lists"), "{said:?}");
}
