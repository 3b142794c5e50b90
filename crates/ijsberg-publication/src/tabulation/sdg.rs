//! Indicator 16.2.2 of the Sustainable Development Goals as a table of an edition.

use std::collections::BTreeMap;

use ijsberg_report::text::Text;

use crate::edition::Edition;
use crate::tables::{Cell, ColumnType, PublicTable};

/// Persons per 100,000 inhabitants.
pub(crate) fn rate(population: &BTreeMap<i16, u64>, year: &str, persons: u64) -> Option<f64> {
    let inhabitants = *population.get(&year.parse().ok()?)?;
    (inhabitants > 0).then(|| 1e5 * persons as f64 / inhabitants as f64)
}

/// The table in the report: totals by year and form.
pub(super) fn table(text: &Text, e: &Edition) -> PublicTable {
    let say = |key: &str| text.say(key);
    let mut t = PublicTable::new(
        "sdg-16-2-2",
        say("table-sdg"),
        &[
            ("series", say("column-series"), ColumnType::Text),
            ("year", say("covariate-year"), ColumnType::Text),
            ("sex", say("covariate-sex"), ColumnType::Text),
            ("age", say("covariate-age"), ColumnType::Text),
            ("persons", say("column-persons"), ColumnType::Count),
            ("rate", say("column-rate"), ColumnType::Number(2)),
        ],
    );
    t.notes.push(say("legal-note-sdg"));
    for a in e.sdg_counts.iter().filter(|a| a.series == "VC_HTF_DETV" || (a.sex == "_T" && a.age == "_T")) {
        // A rate needs the inhabitants of that sex and age.
        let whole = a.sex == "_T" && a.age == "_T";
        let rate = rate(&e.options.population, &a.year, a.persons.get()).filter(|_| whole);
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
