//! What was delivered, and until when each year is due.

use std::collections::BTreeSet;

use ijsberg_publication::legal::Kind;
use ijsberg_publication::legal::deliver::PastDelivery;
use ijsberg_publication::legal::due::Deadline;
use ijsberg_report::text::Text;
use jiff::civil::Date;

/// A year, until when it is due, and how it stands.
pub(super) struct Year {
    pub(super) year: i16,
    pub(super) in_principle: String,
    pub(super) at_latest: String,
    /// The day of its first delivery; nothing before that.
    pub(super) first: String,
    pub(super) stands: String,
    /// An action is due.
    pub(super) is_pressing: bool,
}

/// A delivery in words.
pub(super) struct Row {
    pub(super) year: i16,
    pub(super) recipients: String,
    pub(super) date: String,
    pub(super) stage: String,
    pub(super) tables: String,
}

/// Recipients in words; where a log does not say, that it does not.
pub(super) fn recipients(text: &Text, kinds: &[Kind]) -> String {
    let all: Vec<String> = kinds.iter().map(|kind| text.say(kind.key())).collect();
    if all.is_empty() { text.say("web-publish-before-unknown") } else { all.join(", ") }
}

/// The last year that is over and all that were delivered, the last first, each with its deadline for the European Commission.
pub(super) fn years(text: &Text, past: &[PastDelivery], today: Date) -> Vec<Year> {
    let day = |day: Date| text.day(&day.to_string());
    let over = today.year().saturating_sub(1);
    let all: BTreeSet<i16> = past.iter().map(|p| p.year).chain([over]).collect();
    let of = |year: i16| {
        let due = Deadline::for_year(year);
        let sent = past.iter().filter(|p| p.year == year && p.kinds.contains(&Kind::Eu19a));
        let first = sent.map(|p| p.date).min();
        let stands = due.status(first, today);
        Year {
            year,
            in_principle: day(due.in_principle),
            at_latest: day(due.at_latest),
            first: first.map(day).unwrap_or_default(),
            stands: text.say(&format!("web-due-{}", stands.key())),
            is_pressing: stands.is_pressing(),
        }
    };
    all.into_iter().rev().map(of).collect()
}

/// Deliveries in words.
pub(super) fn rows(text: &Text, past: &[PastDelivery]) -> Vec<Row> {
    let row = |p: &PastDelivery| Row {
        year: p.year,
        recipients: recipients(text, &p.kinds),
        date: text.day(&p.date.to_string()),
        stage: text.say(&format!("data-stage-{}", p.stage.code())),
        tables: p.tables.iter().map(char::to_string).collect::<Vec<_>>().join(", "),
    };
    past.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use ijsberg_publication::stage::Stage;
    use ijsberg_report::text::Language;
    use jiff::civil::date;

    use super::*;

    fn delivery(year: i16, on: Date, kinds: &[Kind]) -> PastDelivery {
        let (kinds, tables) = (kinds.to_vec(), "ab".chars().collect());
        PastDelivery { year, date: on, kinds, tables, stage: Stage::Preliminary }
    }

    #[test]
    fn each_year_stands_against_its_deadline_by_its_first_delivery_to_the_commission() {
        let past = [
            delivery(2024, date(2026, 3, 1), &[Kind::Eu19a]),
            delivery(2024, date(2025, 9, 30), &[Kind::Eu19a, Kind::Glotip]),
            delivery(2023, date(2024, 5, 1), &[Kind::Sdg]),
            delivery(2023, date(2024, 5, 1), &[]),
        ];
        let text = Text::new(Language::English);
        let all = years(&text, &past, date(2026, 10, 1));
        let found: Vec<_> = all.iter().map(|y| (y.year, y.first.as_str(), y.is_pressing)).collect();
        assert_eq!(found, [(2025, "", true), (2024, "30 September 2025", false), (2023, "", true)]);
        assert_eq!(
            (all[0].in_principle.as_str(), all[0].at_latest.as_str()),
            ("30 September 2026", "31 December 2026")
        );
        assert!(all.iter().all(|y| !y.stands.starts_with("web-")));
        let rows = rows(&text, &past);
        assert_eq!((rows[1].date.as_str(), rows[1].tables.as_str()), ("30 September 2025", "a, b"));
        assert!(rows[1].recipients.contains("European Commission") && rows[1].recipients.contains("GLOTIP"));
        assert_eq!((rows[3].recipients.as_str(), rows[3].stage.as_str()), ("not recorded", "preliminary"));
    }
}
