//! Notes below the tables of a delivery.

use ijsberg_report::text::Text;

use crate::legal::delivery::Delivery;
use crate::persons::REVISED;
use crate::protection::Plain;
use crate::stage::Stage;

/// Whether counts are final, in words, with the day of which they are the state.
pub(super) fn stage_note(text: &Text, d: &Delivery, stage: Stage) -> String {
    let day = |day: jiff::civil::Date| text.day(&day.to_string());
    let parts = [
        ("date", day(d.asked.date)),
        ("year", d.asked.year.to_string()),
        ("until", day(Stage::settled(&d.asked.country, d.asked.year))),
        ("least", REVISED.to_string()),
    ];
    let key = stage.key(&d.asked.country, d.asked.year, d.asked.date);
    text.fill(&format!("legal-stage-note-{key}"), &parts)
}

/// Notes below a table.
pub(super) fn noted(text: &Text, d: &Delivery, keys: &[&str]) -> Vec<String> {
    let class = text.say(&format!("legal-class-{}", d.asked.country.status.undecided));
    let parts = [("years", d.asked.years.to_string()), ("class", class)];
    keys.iter().map(|k| text.fill(k, &parts)).collect()
}

/// Why the series have another total than table a, where they do: they have noise, and counts are exact.
pub(super) fn series_note(text: &Text, d: &Delivery) -> Option<String> {
    let parts = [("largest", d.asked.noise.largest.to_string())];
    (d.asked.plain == Plain::Suppressed).then(|| text.fill("legal-note-series", &parts))
}
