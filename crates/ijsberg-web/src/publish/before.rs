//! The last edition beside the one that is checked, a row for each of what they say first.

use ijsberg_publication::before::KeyFigures;
use ijsberg_report::text::Text;

/// Two editions beside each other.
pub(super) struct EditionComparison {
    /// Which is the last one.
    pub(super) last: String,
    /// Which is the one that is checked.
    pub(super) now: String,
    pub(super) rows: Vec<Row>,
}

/// A figure of both editions.
pub(super) struct Row {
    pub(super) what: String,
    pub(super) last: String,
    pub(super) now: String,
    pub(super) change: String,
}

impl EditionComparison {
    pub(super) fn compare(text: &Text, last: &KeyFigures, now: &KeyFigures) -> Self {
        let years = |of: &KeyFigures| ("years", format!("{}–{}", of.from, of.year));
        let day = ("day", text.day(&last.date));
        let count = |key: &str, of: fn(&KeyFigures) -> f64| Row {
            what: text.say(key),
            last: text.number(of(last)),
            now: text.number(of(now)),
            change: change(text, of(now) - of(last)),
        };
        let row = |key: &str, of: fn(&Text, &KeyFigures) -> String, change: String| Row {
            what: text.say(key),
            last: of(text, last),
            now: of(text, now),
            change,
        };
        let same = match (&last.verdict, &now.verdict) {
            (Some(before), Some(after)) if before == after => text.say("web-publish-before-same"),
            (Some(_), Some(_)) => text.say("web-publish-before-other"),
            _ => String::new(),
        };
        Self {
            last: text.fill("web-publish-before-last", &[years(last), day]),
            now: text.fill("web-publish-before-now", &[years(now)]),
            rows: vec![
                count("web-publish-before-reported", |of| of.reported as f64),
                row("web-publish-before-estimate", estimate, overlap(text, last, now)),
                row("verdict", verdict, same),
                count("web-publish-before-counts", |of| of.shown as f64),
                count("web-publish-before-suppressed", |of| of.suppressed as f64),
            ],
        }
    }
}

/// A difference with its sign.
fn change(text: &Text, difference: f64) -> String {
    let sign = if difference > 0.0 { "+" } else { "" };
    format!("{sign}{}", text.number(difference))
}

/// The number with its interval, or as much of them as the verdict lets be published.
fn estimate(text: &Text, of: &KeyFigures) -> String {
    let limit = |name: &'static str, x: f64| (name, text.number(x));
    match (of.number, of.lower, of.upper) {
        (Some(n), Some(low), Some(high)) => {
            text.fill("web-publish-before-number", &[limit("n", n), limit("low", low), limit("high", high)])
        }
        (None, Some(low), Some(high)) => {
            text.fill("web-publish-before-range", &[limit("low", low), limit("high", high)])
        }
        (_, Some(low), None) => text.fill("at-least", &[limit("n", low)]),
        _ => text.say("web-publish-before-none-estimated"),
    }
}

fn verdict(text: &Text, of: &KeyFigures) -> String {
    match &of.verdict {
        Some(verdict) => text.say(&format!("verdict-{verdict}")),
        None => text.say("web-publish-before-unknown"),
    }
}

/// Whether the intervals have anything in common: two editions share years, so that no interval of their difference is known.
fn overlap(text: &Text, last: &KeyFigures, now: &KeyFigures) -> String {
    match (last.lower.zip(last.upper), now.lower.zip(now.upper)) {
        (Some(before), Some(after)) if before.0 <= after.1 && after.0 <= before.1 => {
            text.say("web-publish-before-overlap")
        }
        (Some(_), Some(_)) => text.say("web-publish-before-apart"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;

    fn said(reported: u64, lower: Option<f64>, upper: Option<f64>, verdict: &str) -> KeyFigures {
        let number = upper.filter(|_| verdict == "fit-to-publish").map(|high| high - 1_000.0);
        KeyFigures {
            from: 2010,
            year: 2015,
            date: "2016-10-18".to_owned(),
            reported,
            number,
            lower,
            upper,
            verdict: Some(verdict.to_owned()),
            shown: 300,
            suppressed: 4,
        }
    }

    #[test]
    fn two_editions_are_beside_each_other_in_words() {
        let text = Text::new(Language::English);
        let last = said(8_000, Some(30_000.0), Some(42_000.0), "fit-to-publish");
        let now = said(8_120, Some(31_000.0), None, "lower-bound-only");
        let both = EditionComparison::compare(&text, &last, &now);
        assert_eq!(both.last, "Last edition (2010–2015, 18 October 2016)");
        let rows: Vec<[&str; 3]> =
            both.rows.iter().map(|r| [r.last.as_str(), r.now.as_str(), r.change.as_str()]).collect();
        assert_eq!(rows[0], ["8,000", "8,120", "+120"]);
        assert_eq!(rows[1], ["41,000 (30,000 to 42,000)", "at least 31,000", ""]);
        assert_eq!(rows[2][2], "different");
        assert_eq!((rows[3], rows[4]), (["300", "300", "0"], ["4", "4", "0"]));
        let again = EditionComparison::compare(&text, &last, &last);
        assert_eq!(again.rows[1].change, "the intervals overlap");
        assert_eq!(again.rows[2].change, "the same");
        // Without the files of the last edition the log has its limits and not its number.
        let bare = KeyFigures { number: None, verdict: None, ..last };
        assert_eq!(EditionComparison::compare(&text, &bare, &now).rows[1].last, "30,000 to 42,000");
        assert_eq!(EditionComparison::compare(&text, &bare, &now).rows[2].last, "not recorded");
    }
}
