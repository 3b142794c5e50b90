//! Years in which nobody was registered, in words.

use ijsberg_report::text::Text;

use crate::edition::Edition;

/// Those of an edition; none where every year has somebody.
fn years(e: &Edition) -> Option<[(&'static str, String); 1]> {
    let all: Vec<String> = e.nobody.iter().map(i16::to_string).collect();
    (!all.is_empty()).then(|| [("years", all.join(", "))])
}

/// A note below a table: that the 0 of such a year is exact, and why nothing is estimated for it.
pub(crate) fn note(text: &Text, e: &Edition) -> Option<String> {
    years(e).map(|years| text.fill("note-nobody", &years))
}

/// Why there is no estimate for such a year.
pub(crate) fn withheld(text: &Text, e: &Edition) -> Option<String> {
    years(e).map(|years| text.fill("report-nobody-estimate", &years))
}
