//! Past deliveries: recipient, year and date, from the logs of releases.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::country::Country;
use crate::ledger::Ledger;
use crate::legal::delivery::{Delivery, Kind, Outcome};
use crate::legal::measure::Measure;
use crate::stage::Stage;

/// The name in the logs of counts of the criminal justice chain in a yearly report, which are not a separate delivery.
pub const MONITOR: &str = "monitor";

/// The separator between kinds in a log.
const BETWEEN: &str = " ";

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Eu19a, Self::Sdg, Self::Glotip];

    /// The kind with a given name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The key of the name of the recipient.
    pub fn key(self) -> &'static str {
        match self {
            Self::Eu19a => "legal-kind-eu",
            Self::Sdg => "legal-kind-sdg",
            Self::Glotip => "legal-kind-glotip",
        }
    }

    /// The kinds as text for a log, in a fixed order.
    pub fn codes(kinds: &[Self]) -> String {
        let of = Self::ALL.into_iter().filter(|kind| kinds.contains(kind));
        of.map(Self::code).collect::<Vec<_>>().join(BETWEEN)
    }
}

/// A delivery according to the logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastDelivery {
    /// The year.
    pub year: i16,
    /// The date on which it was made.
    pub date: Date,
    /// The kinds; empty if the log does not have them, such as a log of an earlier version.
    pub kinds: Vec<Kind>,
    /// The letters of the tables of article 19a for which it has counts.
    pub tables: BTreeSet<char>,
    /// The stage of the figures; if tables differ, the one that needs most caution.
    pub stage: Stage,
}

impl Delivery {
    /// Records in the logs for whom the delivery is. An identical delivery on the same day is not recorded again.
    #[must_use]
    pub fn recorded_for(self, kinds: &[Kind]) -> Self {
        self.recorded_as(&Kind::codes(kinds))
    }

    /// Records the delivery in the logs under this name.
    #[must_use]
    pub fn recorded_as(mut self, name: &str) -> Self {
        for (measure, outcome) in &mut self.outcomes {
            let Outcome::Released(of) = outcome else { continue };
            let before = self.earlier.get(measure).map_or(0, |ledger| ledger.releases.len());
            let releases = &mut of.ledger.releases;
            // Earlier entries of a log keep their name.
            if releases.len() <= before {
                continue;
            }
            let Some(mut made) = releases.pop() else { continue };
            made.delivery = Some(name.to_owned());
            if !releases.contains(&made) {
                releases.push(made);
            }
        }
        self
    }
}

/// All deliveries, the most recent first. A copy under embargo is for named readers and is not a delivery.
pub fn past_deliveries(ledgers: &BTreeMap<Measure, Ledger>, country: &Country) -> Vec<PastDelivery> {
    let mut all: BTreeMap<(Date, i16, &str), PastDelivery> = BTreeMap::new();
    for (measure, ledger) in ledgers {
        for r in ledger.releases.iter().filter(|r| r.embargo.is_none()) {
            let Some((name, date)) = r.delivery.as_deref().zip(r.date.parse::<Date>().ok()) else { continue };
            if name == MONITOR || r.is_table() {
                continue;
            }
            let of = all.entry((date, r.year, name)).or_insert_with(|| PastDelivery {
                year: r.year,
                date,
                kinds: name.split(BETWEEN).filter_map(Kind::parse).collect(),
                tables: BTreeSet::new(),
                stage: Stage::default(),
            });
            of.tables.insert(measure.table());
            of.stage = of.stage.max(Stage::of_release(country, r.year, r));
        }
    }
    all.into_values().rev().collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::ledger;
    use crate::protection::TableProtection;
    use crate::reporting_delay::Delays;

    fn release(year: i16, day: &str, delivery: Option<&str>) -> ledger::Release {
        ledger::Release {
            year,
            from: year,
            date: day.to_owned(),
            embargo: None,
            key: String::new(),
            delivery: delivery.map(str::to_owned),
            noise: (1.0, 5, 0),
            plain: TableProtection::Noise,
            vintages: [(year.to_string(), 1)].into(),
            behind: BTreeSet::new(),
            delays: Delays::new(),
            families: BTreeMap::new(),
            estimate: ledger::PublishedEstimate { reported: 0, lower: None, upper: None },
        }
    }

    #[test]
    fn the_logs_of_all_measures_combine_into_one_list_of_deliveries() {
        let log = |releases: Vec<ledger::Release>| Ledger { releases, persons: String::new() };
        let named = release(2025, "2026-10-01", Some("glotip"));
        let embargo = ledger::Release { embargo: Some("2027-01-01".to_owned()), ..named };
        let ledgers = BTreeMap::from([
            (
                Measure::Registered,
                log(vec![
                    release(2025, "2026-09-01", None),
                    release(2025, "2026-09-02", Some(MONITOR)),
                    release(2025, "2026-09-03", Some(ledger::TABLE)),
                    release(2024, "2025-09-30", Some("legal")),
                    release(2025, "2026-09-30", Some("eu-19a sdg-16.2.2")),
                    embargo,
                    release(2025, "2027-02-01", Some("eu-19a")),
                ]),
            ),
            (Measure::Suspected, log(vec![release(2025, "2026-09-30", Some("eu-19a sdg-16.2.2"))])),
            (Measure::UseSuspected, log(vec![release(2025, "2026-09-30", Some("eu-19a sdg-16.2.2"))])),
        ]);
        let found = past_deliveries(&ledgers, &Country::shipped("528").unwrap());
        let of = |year, on, kinds: &[Kind], tables: &str, stage| PastDelivery {
            year,
            date: on,
            kinds: kinds.to_vec(),
            tables: tables.chars().collect(),
            stage,
        };
        let both = [Kind::Eu19a, Kind::Sdg];
        assert_eq!(
            found,
            [
                of(2025, date(2027, 2, 1), &[Kind::Eu19a], "a", Stage::Final),
                of(2025, date(2026, 9, 30), &both, "abg", Stage::Preliminary),
                // From an earlier version, which did not record the recipient.
                of(2024, date(2025, 9, 30), &[], "a", Stage::Preliminary),
            ]
        );
        assert!(Kind::ALL.into_iter().all(|kind| Kind::parse(kind.code()) == Some(kind)));
        assert_eq!(Kind::codes(&[Kind::Glotip, Kind::Eu19a]), "eu-19a glotip");
    }
}
