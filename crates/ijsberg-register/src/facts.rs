//! What the yearly report counts for each person beside their history, from the records of their cases. Codes only, no free text.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use crate::history_table::HistoryTable;
use crate::records::Record;

/// What is known of the persons of a table of histories, by their place in it.
#[derive(Debug, Default)]
pub(crate) struct Facts<'a> {
    /// Indicators that are counted.
    signals: &'a [String],
    /// Places of pseudonyms, of which a person has one for each registration that was linked.
    places: HashMap<String, usize>,
    /// Facts that stay once they are known.
    known: BTreeSet<(String, usize)>,
    /// Facts of which only the last one counts: the person's place and the subject of the fact, and the fact.
    last: HashMap<(usize, String), Option<String>>,
    /// By the person's place, what kind of organisation took the last decision on status.
    decided_by: HashMap<usize, String>,
}

impl<'a> Facts<'a> {
    pub(crate) fn for_signals(signals: &'a [String]) -> Self {
        Self { signals, ..Self::default() }
    }

    /// A registration of the person at a place: when it happened and when it was recorded, if it is the first.
    pub(crate) fn registered(&mut self, pseudonym: &[u8], at: usize, first: Option<(&str, &str)>) {
        self.places.insert(ijsberg_crypto::hex(pseudonym), at);
        if let Some((happened, recorded)) = first {
            self.known.insert((format!("delay.{}", delay(happened, recorded)), at));
        }
    }

    /// A record of a case, oldest first.
    pub(crate) fn record(&mut self, record: &Record) {
        let Some(at) = record.person.as_ref().and_then(|p| self.places.get(p)).copied() else { return };
        let text = |field: &str| record.fields.get(field).and_then(|v| v.as_str()).unwrap_or_default();
        let several = |field: &str| -> Vec<String> {
            let values = record.fields.get(field).and_then(|v| v.as_array());
            values.into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
        };
        let mut know = |of: &str, codes: Vec<String>| {
            self.known.extend(codes.into_iter().map(|code| (format!("{of}.{code}"), at)));
        };
        match record.kind.as_str() {
            "means" => know("means", several("controls")),
            "support" => know("support", several("types")),
            "residence" => know("residence", vec![text("step").to_owned()]),
            "justice" => know("justice", vec![text("step").to_owned()]),
            "observation" if self.signals.iter().any(|s| s == text("indicator")) => {
                // A dot separates the kind of fact from its value; names of the ILO's indicators have dots of their own.
                let fact = format!("signal.{}", text("indicator"));
                self.last.insert((at, fact.clone()), (text("answer") == "yes").then_some(fact));
            }
            "status" => {
                let fact = format!("status.{}", text("status"));
                self.last.insert((at, "status".to_owned()), Some(fact));
                self.decided_by.insert(at, text("deciding_organisation").to_owned());
            }
            _ => {}
        }
    }

    /// Puts what is known into the table.
    pub(crate) fn into_table(self, table: &mut HistoryTable) {
        let last = self.last.into_iter().filter_map(|((at, _), fact)| Some((fact?, at)));
        let known: BTreeSet<(String, usize)> = self.known.into_iter().chain(last).collect();
        for (fact, at) in known {
            if table.facts.last() != Some(&fact) {
                table.facts.push(fact);
            }
            table.persons[at].facts.insert(table.facts.len() - 1);
        }
        for (at, by) in self.decided_by {
            table.persons[at].decided_by = by;
        }
    }
}

/// Days from what happened to its registration; none where one of the days is not known, or they are the other way round.
pub(crate) fn days(happened: &str, recorded: &str) -> Option<u32> {
    let day = |text: &str| text.get(..10)?.parse::<Date>().ok();
    u32::try_from(day(happened)?.until(day(recorded)?).ok()?.get_days()).ok()
}

/// How long it took from what happened to its registration.
fn delay(happened: &str, recorded: &str) -> &'static str {
    match days(happened, recorded) {
        None => "unknown",
        Some(0..=30) => "within-30-days",
        Some(31..=90) => "31-to-90-days",
        Some(91..=365) => "91-to-365-days",
        Some(_) => "over-a-year",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_in_bands_and_a_year_alone_gives_none() {
        let of = |happened| delay(happened, "2016-03-01T10:00:00Z");
        assert_eq!(of("2016-03-01"), "within-30-days");
        assert_eq!(of("2016-01-30"), "31-to-90-days");
        assert_eq!(of("2015-03-02"), "91-to-365-days");
        assert_eq!(of("2015-02-28"), "over-a-year");
        assert_eq!([of("2016"), of("2016-02"), of("2016-03-02")], ["unknown"; 3]);
    }
}
