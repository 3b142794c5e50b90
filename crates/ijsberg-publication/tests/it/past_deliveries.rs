//! The recipients of past deliveries, from the logs.

use std::collections::BTreeMap;

use ijsberg_publication::country::Country;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::deliver::past_deliveries;
use ijsberg_publication::legal::{Delivery, Kind, Measure};
use ijsberg_publication::protection::TableProtection;

use crate::legal::{JUSTICE, PERSONS, justice, made};

fn logs(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, ledger)| (m, ledger.clone())).collect()
}

#[test]
fn the_logs_have_the_recipients_and_a_repeated_delivery_once() {
    let of = justice(JUSTICE);
    let delivered = |earlier, kinds: &[Kind]| {
        let made = made(TableProtection::Rounded, PERSONS, Some(&of), earlier);
        logs(&made.recorded_for(kinds))
    };
    let first = delivered(BTreeMap::new(), &[Kind::Eu19a, Kind::Glotip]);
    let names = |logs: &BTreeMap<Measure, Ledger>, measure| -> Vec<String> {
        logs[&measure].releases.iter().filter_map(|r| r.delivery.clone()).collect()
    };
    assert_eq!(names(&first, Measure::Registered), ["eu-19a glotip"]);
    assert_eq!(names(&first, Measure::Suspected), ["eu-19a glotip"]);
    // The same delivery on the same day is not recorded again; for another recipient it is a separate delivery of the same counts.
    assert_eq!(delivered(first.clone(), &[Kind::Eu19a, Kind::Glotip]), first);
    let second = delivered(first, &[Kind::Sdg]);
    assert_eq!(names(&second, Measure::Registered), ["eu-19a glotip", "sdg-16.2.2"]);
    let found = past_deliveries(&second, &Country::shipped("528").unwrap());
    let kinds: Vec<&[Kind]> = found.iter().map(|f| f.kinds.as_slice()).collect();
    assert_eq!(kinds, [&[Kind::Sdg][..], &[Kind::Eu19a, Kind::Glotip]]);
    assert!(found.iter().all(|f| f.tables.iter().collect::<String>() == "abcdefg"), "{found:?}");
}
