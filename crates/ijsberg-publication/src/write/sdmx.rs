//! Indicator 16.2.2 of the Sustainable Development Goals, in the data structure of the United Nations: detected victims, also per 100,000
//! inhabitants if their number is known. The United Nations have no series for undetected victims, so the file has none; estimates are
//! in the tables of estimates.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::edition::Edition;
use crate::stage::Stage;
use crate::tabulation::rate;
use crate::write::open_data::NO_NUMBER;

/// The dimensions of the data structure `IAEG-SDGs:SDG`, in order.
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

/// An observation of the file; it can be without a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation<'a> {
    /// Series, sex and age.
    pub codes: [&'static str; 3],
    /// The year.
    pub year: &'a str,
    /// Persons.
    pub persons: Option<u64>,
    /// The code of the observation status.
    pub status: &'static str,
    /// The code of its confidentiality.
    pub confidentiality: &'static str,
}

/// The file to send: SDMX-CSV with one row per observation.
pub fn csv(e: &Edition) -> String {
    // Not confidential: the counts are protected.
    let all: Vec<Observation<'_>> = e
        .sdg_counts
        .iter()
        .map(|a| Observation {
            codes: [a.series, a.sex, a.age],
            year: a.year.as_str(),
            persons: Some(a.persons.get()),
            status: status(a.year.parse().ok().and_then(|year| e.stage(year))),
            confidentiality: "F",
        })
        .collect();
    csv_of(&all, &e.options.country, &e.options.population)
}

/// The status of an observation that has a value, in the code list of SDMX: provisional, or normal.
pub(crate) fn status(stage: Option<Stage>) -> &'static str {
    if stage == Some(Stage::Preliminary) { "P" } else { "A" }
}

/// The file for given observations of a country, with its inhabitants by year.
pub fn csv_of(all: &[Observation<'_>], country: &str, population: &BTreeMap<i16, u64>) -> String {
    let mut out = format!(
        "DATAFLOW,{},TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,UNIT_MULT,OBS_STATUS,CONF_STATUS\n",
        DIMENSIONS.join(",")
    );
    for a in all {
        let [series, sex, age] = a.codes;
        let mut row = |series: &str, value: String, unit: &str| {
            let of = |dimension: &&str| match *dimension {
                "FREQ" => "A".to_owned(),
                "REPORTING_TYPE" => "N".to_owned(),
                "SERIES" => series.to_owned(),
                "REF_AREA" => country.to_owned(),
                "SEX" => sex.to_owned(),
                "AGE" => age.to_owned(),
                _ => "_T".to_owned(),
            };
            let dimensions: Vec<String> = DIMENSIONS.iter().map(of).collect();
            let (status, confidentiality) = (a.status, a.confidentiality);
            let _ = writeln!(
                out,
                "IAEG-SDGs:SDG(1.0),{},{},{value},{unit},0,{status},{confidentiality}",
                dimensions.join(","),
                a.year
            );
        };
        row(series, a.persons.map_or_else(|| NO_NUMBER.to_owned(), |n| n.to_string()), "NUMBER");
        if (sex, age) == ("_T", "_T")
            && let Some(rate) = a.persons.and_then(|n| rate(population, a.year, n))
        {
            row(&format!("{series}R"), format!("{rate:.4}"), "PER_100000_POP");
        }
    }
    out
}
