//! Notes of the tables of a delivery.

use ijsberg_report::text::Text;

use crate::legal::delivery::Delivery;
use crate::persons::REVISION_THRESHOLD;
use crate::protection::TableProtection;
use crate::stage::Stage;

/// The stage of the counts in words, with the day to which they refer.
pub(super) fn stage_note(text: &Text, d: &Delivery, stage: Stage) -> String {
    let day = |day: jiff::civil::Date| text.day(&day.to_string());
    let parts = [
        ("date", day(d.request.date)),
        ("year", d.request.year.to_string()),
        ("until", day(Stage::final_from(&d.request.country, d.request.year))),
        ("least", REVISION_THRESHOLD.to_string()),
    ];
    let key = stage.key(&d.request.country, d.request.year, d.request.date);
    text.fill(&format!("legal-stage-note-{key}"), &parts)
}

/// The notes of a table.
pub(super) fn noted(text: &Text, d: &Delivery, keys: &[&str]) -> Vec<String> {
    let class = text.say(&format!("legal-class-{}", d.request.country.status.undecided));
    let parts = [("years", d.request.years.to_string()), ("class", class)];
    keys.iter().map(|k| text.fill(k, &parts)).collect()
}

/// Why the total of the series differs from that of table a, if the counts of table a are exact: the series have noise.
pub(super) fn series_note(text: &Text, d: &Delivery) -> Option<String> {
    let parts = [("largest", d.request.noise.largest.to_string())];
    (d.request.plain == TableProtection::Suppressed).then(|| text.fill("legal-note-series", &parts))
}
