//! Notices for the user who makes a report, and for no one else.

use ijsberg_publication::Edition;
use ijsberg_publication::persons::REVISION_THRESHOLD;
use ijsberg_report::text::Text;

use super::Arguments;
use crate::output::tell;

/// Prints the notices of an edition.
pub(super) fn print_notices(text: &Text, a: &Arguments, made: &Edition) {
    if made.options.years > a.years {
        let years = [("from", a.year - a.years + 1), ("to", a.year), ("first", made.from())];
        tell(&text.fill("publish-reaches-back", &years.map(|(name, year)| (name, year.to_string()))));
    }
    if made.without_year > 0 {
        tell(&text.fill("publish-without-year", &[("n", text.number(made.without_year as f64))]));
    }
    for (year, n) in &made.held_back {
        let parts = [
            ("year", year.clone()),
            ("n", text.number(*n as f64)),
            ("least", REVISION_THRESHOLD.to_string()),
        ];
        tell(&text.fill("publish-held-back", &parts));
    }
}
