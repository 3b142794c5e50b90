//! For whom a delivery is, as the logs tell it afterwards.

use std::collections::BTreeMap;

use ijsberg_publication::country::Country;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::deliver::past_deliveries;
use ijsberg_publication::legal::{Delivery, Kind, Measure};
use ijsberg_publication::protection::Plain;

use crate::legal::{JUSTICE, PERSONS, justice, made};

fn logs(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, ledger)| (m, ledger.clone())).collect()
}

#[test]
fn the_logs_say_for_whom_and_the_same_twice_is_one() {
    let of = justice(JUSTICE);
    let delivered =
        |earlier, kinds: &[Kind]| logs(&made(Plain::Rounded, PERSONS, Some(&of), earlier).given_to(kinds));
    let first = delivered(BTreeMap::new(), &[Kind::Eu19a, Kind::Glotip]);
    let names = |logs: &BTreeMap<Measure, Ledger>, measure| -> Vec<String> {
        logs[&measure].releases.iter().filter_map(|r| r.delivery.clone()).collect()
    };
    assert_eq!(names(&first, Measure::Registered), ["eu-19a glotip"]);
    assert_eq!(names(&first, Measure::Suspected), ["eu-19a glotip"]);
    // The same on the same day once more is in the logs already; for somebody else it is another delivery of the same counts.
    assert_eq!(delivered(first.clone(), &[Kind::Eu19a, Kind::Glotip]), first);
    let second = delivered(first, &[Kind::Sdg]);
    assert_eq!(names(&second, Measure::Registered), ["eu-19a glotip", "sdg-16.2.2"]);
    let found = past_deliveries(&second, &Country::shipped("528").unwrap());
    let kinds: Vec<&[Kind]> = found.iter().map(|f| f.kinds.as_slice()).collect();
    assert_eq!(kinds, [&[Kind::Sdg][..], &[Kind::Eu19a, Kind::Glotip]]);
    assert!(found.iter().all(|f| f.tables.iter().collect::<String>() == "abcdefg"), "{found:?}");
}
