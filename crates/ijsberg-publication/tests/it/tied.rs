//! Tables of a prosecution service and of courts that bound each other, and measures with nobody.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::tables::{Cell, Reason};
use ijsberg_publication::legal::write::quality;
use ijsberg_publication::legal::{Delivery, Measure};
use ijsberg_publication::protection::TableProtection;
use ijsberg_report::text::{Language, Text};

use crate::PROTECTIONS;
use crate::legal::{PERSONS, justice, made};

/// A delivery with these rows: measure, breakdown, level and persons.
fn delivered(
    plain: TableProtection,
    rows: &[(&str, &str, &str, u64)],
    earlier: BTreeMap<Measure, Ledger>,
) -> Delivery {
    let mut csv = "year,measure,by,level,persons\n".to_owned();
    for (measure, by, level, n) in rows {
        let _ = writeln!(csv, "2025,{measure},{by},{level},{n}");
    }
    made(plain, PERSONS, Some(&justice(&csv)), earlier)
}

fn ledgers(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, l)| (m, l.clone())).collect()
}

fn is_withheld(d: &Delivery, measure: Measure) -> bool {
    d.rows(measure).iter().all(|r| r.cell == Cell::NotDelivered(Reason::Together))
}

fn number(d: &Delivery, measure: Measure, code: &str) -> Option<u64> {
    d.rows(measure).iter().find(|r| r.code == code).and_then(|r| r.cell.number())
}

/// Of 15 judgments at least 12 convict, since 12 persons were convicted: at most three acquittals.
#[test]
fn a_small_count_of_judgments_cannot_be_derived_from_the_persons_convicted() {
    let of = |convictions: u64, acquittals: u64| {
        [
            ("convicted", "total", "", 12),
            ("judgments", "total", "", convictions + acquittals),
            ("judgments", "judgment", "conviction", convictions),
            ("judgments", "judgment", "acquittal", acquittals),
        ]
    };
    let d = delivered(TableProtection::Suppressed, &of(12, 3), BTreeMap::new());
    assert!(is_withheld(&d, Measure::Judgments), "{:?}", d.rows(Measure::Judgments));
    assert_eq!(number(&d, Measure::Convicted, ""), Some(12));
    assert!(!d.ledgers().any(|l| l.0 == Measure::Judgments), "nothing of the measure is in the log");
    for language in [Language::English, Language::Dutch] {
        let text = Text::new(language);
        let page = format!("{:?}", quality(&text, &d).blocks);
        assert!(page.contains(&text.say("legal-why-together")) && !page.contains("legal-why"), "{page}");
    }
    // Without the counts of persons nothing can be derived; if these are delivered later, they are withheld.
    let alone = delivered(TableProtection::Suppressed, &of(12, 3)[1..], BTreeMap::new());
    assert_eq!(number(&alone, Measure::Judgments, ""), Some(15));
    let later = delivered(TableProtection::Suppressed, &of(12, 3), ledgers(&alone));
    assert!(is_withheld(&later, Measure::Convicted), "{:?}", later.rows(Measure::Convicted));
    assert_eq!(later.rows(Measure::Judgments), alone.rows(Measure::Judgments));
    // With eight additional convictions the number of acquittals is less certain, and 12 acquittals are not a small count.
    for (convictions, acquittals) in [(20, 3), (12, 12)] {
        let d = delivered(TableProtection::Suppressed, &of(convictions, acquittals), BTreeMap::new());
        assert_eq!(number(&d, Measure::Judgments, ""), Some(convictions + acquittals));
        assert_eq!(number(&d, Measure::Judgments, "acquittal").is_some(), acquittals > 9);
    }
}

/// 49 persons, of whom at most 40 are prosecuted for another offence and at most ten for this one: nine or ten.
#[test]
fn a_small_count_of_persons_cannot_be_derived_from_the_decisions() {
    let of = |charged: u64| {
        [
            ("prosecuted", "total", "", 49),
            ("prosecuted", "decision", "charged", 9),
            ("prosecuted", "decision", "charged_other", 40),
            ("decisions", "total", "", charged + 62),
            ("decisions", "decision", "charged", charged),
            ("decisions", "decision", "charged_other", 40),
            ("decisions", "decision", "not_charged", 22),
        ]
    };
    let d = delivered(TableProtection::Suppressed, &of(10), BTreeMap::new());
    assert!(is_withheld(&d, Measure::Decisions), "{:?}", d.rows(Measure::Decisions));
    assert_eq!(number(&d, Measure::Prosecuted, ""), Some(49));
    // With four more decisions the nine can be 9 to 14.
    let d = delivered(TableProtection::Suppressed, &of(14), BTreeMap::new());
    assert_eq!(number(&d, Measure::Decisions, "charged"), Some(14));
    assert_eq!(number(&d, Measure::Prosecuted, "charged"), None);
    // Counts that contradict each other are not about the same cases, so nothing can be derived from them.
    let d = delivered(TableProtection::Suppressed, &of(5), BTreeMap::new());
    assert!(!is_withheld(&d, Measure::Decisions) && !is_withheld(&d, Measure::Prosecuted));
}

/// Otherwise a change from 0 would disclose the first person.
#[test]
fn a_measure_published_without_persons_does_not_change_until_ten_people_arrive() {
    let of = |n: u64| [("convicted", "total", "", n), ("convicted", "sex", "M", n)];
    for plain in PROTECTIONS {
        let first = delivered(plain, &of(0), BTreeMap::new());
        let released = first.released(Measure::Convicted).unwrap();
        assert!(released.has_no_persons, "{plain:?}");
        assert!(first.rows(Measure::Convicted).iter().all(|r| r.cell == Cell::Zero), "{plain:?}");
        let again = delivered(plain, &of(0), ledgers(&first));
        assert_eq!(ledgers(&again), ledgers(&first), "nothing new is published");
        let second = delivered(plain, &of(1), ledgers(&first));
        let released = second.released(Measure::Convicted).unwrap();
        assert_eq!((released.vintage, released.held_back), (1, 1), "{plain:?}");
        assert_eq!(second.rows(Measure::Convicted), first.rows(Measure::Convicted), "{plain:?}");
        let third = delivered(plain, &of(15), ledgers(&second));
        let released = third.released(Measure::Convicted).unwrap();
        assert_eq!((released.vintage, released.has_no_persons), (2, false), "{plain:?}");
        let men = number(&third, Measure::Convicted, "M").unwrap();
        assert!(men.abs_diff(15) <= 5, "{plain:?}: {men}");
    }
}
