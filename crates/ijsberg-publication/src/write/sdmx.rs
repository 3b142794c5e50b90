//! Indicator 16.2.2 of the sustainable development goals, in the structure that the United Nations use: victims detected, for every
//! 100,000 inhabitants where their number is known. The undetected part has no series of theirs, so none is made up; it stands in
//! the tables of estimates.

use std::fmt::Write;

use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::tables::{Cell, Holds, PublicTable};

/// Dimensions of the data structure `IAEG-SDGs:SDG` in order.
const DIMENSIONS: [&str; 15] = [
    "FREQ",
    "REPORTING_TYPE",
    "SERIES",
    "REF_AREA",
    "SEX",
    "AGE",
    "URBANISATION",
    "INCOME_WEALTH_QUANTILE",
    "EDUCATION_LEV",
    "OCCUPATION",
    "CUST_BREAKDOWN",
    "COMPOSITE_BREAKDOWN",
    "DISABILITY_STATUS",
    "ACTIVITY",
    "PRODUCT",
];

/// Persons for every 100,000 inhabitants.
fn rate(e: &Edition, year: &str, persons: u64) -> Option<f64> {
    let inhabitants = *e.options.population.get(&year.parse().ok()?)?;
    (inhabitants > 0).then(|| 1e5 * persons as f64 / inhabitants as f64)
}

/// The table in the report: totals by year and form.
pub(super) fn table(text: &Text, e: &Edition) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "sdg-16-2-2",
        say("table-sdg"),
        &[
            ("series", say("column-series"), Holds::Text),
            ("year", say("covariate-year"), Holds::Text),
            ("sex", say("covariate-sex"), Holds::Text),
            ("age", say("covariate-age"), Holds::Text),
            ("persons", say("column-persons"), Holds::Count),
            ("rate", say("column-rate"), Holds::Number(2)),
        ],
    );
    for a in e.asked.iter().filter(|a| a.series == "VC_HTF_DETV" || (a.sex == "_T" && a.age == "_T")) {
        // A rate needs the inhabitants of that sex and age.
        let whole = a.sex == "_T" && a.age == "_T";
        let rate = rate(e, &a.year, a.persons.get()).filter(|_| whole);
        t.rows.push(vec![
            a.series.into(),
            a.year.as_str().into(),
            a.sex.into(),
            a.age.into(),
            a.persons.into(),
            if whole { rate.into() } else { Cell::NotApplicable },
        ]);
    }
    t
}

/// The file to send: SDMX-CSV, a row an observation.
pub fn csv(e: &Edition) -> String {
    let mut out = format!(
        "DATAFLOW,{},TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULT,OBS_STATUS,CONF_STATUS\n",
        DIMENSIONS.join(",")
    );
    for a in &e.asked {
        let mut row = |series: &str, value: String, unit: &str| {
            let of = |dimension: &&str| match *dimension {
                "FREQ" => "A".to_owned(),
                "REPORTING_TYPE" => "N".to_owned(),
                "SERIES" => series.to_owned(),
                "REF_AREA" => e.options.country.clone(),
                "SEX" => a.sex.to_owned(),
                "AGE" => a.age.to_owned(),
                _ => "_T".to_owned(),
            };
            let dimensions: Vec<String> = DIMENSIONS.iter().map(of).collect();
            // Free to be seen, and not exact: noise was added.
            let _ =
                writeln!(out, "IAEG-SDGs:SDG(1.0),{},{},{value},{unit},0,A,F", dimensions.join(","), a.year);
        };
        row(a.series, a.persons.get().to_string(), "NUMBER");
        if let (Some(rate), "_T", "_T") = (rate(e, &a.year, a.persons.get()), a.sex, a.age) {
            row(&format!("{}R", a.series), format!("{rate:.4}"), "PER_100000_POP");
        }
    }
    out
}
