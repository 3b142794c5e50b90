//! Text that says whether the figures of an edition are preliminary, final or revised: on the cover and below every table.

use ijsberg_report::text::Text;
use jiff::civil::Date;

use crate::country::Country;
use crate::edition::Edition;
use crate::persons::REVISION_THRESHOLD;
use crate::stage::Stage;

/// The status of the figures of a year on a given day.
pub(crate) fn line(text: &Text, country: &Country, (year, on): (i16, Date), stage: Stage) -> String {
    let values = [
        ("year", year.to_string()),
        ("until", text.day(&Stage::final_from(country, year).to_string())),
        ("least", REVISION_THRESHOLD.to_string()),
    ];
    text.fill(&format!("monitor-stage-{}", stage.key(country, year, on)), &values)
}

/// The status of the figures of a year of an edition; `None` without a country profile.
pub(crate) fn of_year(text: &Text, e: &Edition, year: i16) -> Option<String> {
    let (country, stage) = e.profile.as_ref().zip(e.stage(year))?;
    Some(line(text, country, (year, e.options.date), stage))
}

/// A table note: the status of the figures of the year, and of each earlier year that is preliminary or revised.
pub(crate) fn note(text: &Text, e: &Edition) -> Option<String> {
    let year = e.options.year;
    let others = (e.from()..year).filter(|y| e.stage(*y).is_some_and(|s| s != Stage::Final));
    let lines: Vec<String> = [year].into_iter().chain(others).filter_map(|y| of_year(text, e, y)).collect();
    (!lines.is_empty()).then(|| lines.join(". ") + ".")
}
