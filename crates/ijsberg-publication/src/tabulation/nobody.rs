//! Notes about years in which nobody was registered.

use ijsberg_report::text::Text;

use crate::edition::Edition;

/// The years without persons; `None` if every year has persons.
fn years(e: &Edition) -> Option<[(&'static str, String); 1]> {
    let all: Vec<String> = e.empty_years.iter().map(i16::to_string).collect();
    (!all.is_empty()).then(|| [("years", all.join(", "))])
}

/// A table note: the 0 of such a year is exact, and why there is no estimate for it.
pub(crate) fn note(text: &Text, e: &Edition) -> Option<String> {
    years(e).map(|years| text.fill("note-nobody", &years))
}

/// Why there is no estimate for such a year.
pub(crate) fn withheld(text: &Text, e: &Edition) -> Option<String> {
    years(e).map(|years| text.fill("report-nobody-estimate", &years))
}
