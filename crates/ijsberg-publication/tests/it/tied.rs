//! Tables of a prosecution service and of courts that bound each other, and measures with nobody.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::tables::{Cell, Why};
use ijsberg_publication::legal::write::quality;
use ijsberg_publication::legal::{Delivery, Measure};
use ijsberg_publication::protection::Plain;
use ijsberg_report::text::{Language, Text};

use crate::legal::{PERSONS, justice, made};

const PLAINS: [Plain; 3] = [Plain::Noise, Plain::Rounded, Plain::Suppressed];

/// A delivery with these rows of a measure, what it is broken down by, a level and persons.
fn delivered(plain: Plain, rows: &[(&str, &str, &str, u64)], earlier: BTreeMap<Measure, Ledger>) -> Delivery {
    let mut csv = "year,measure,by,level,persons\n".to_owned();
    for (measure, by, level, n) in rows {
        let _ = writeln!(csv, "2025,{measure},{by},{level},{n}");
    }
    made(plain, PERSONS, Some(&justice(&csv)), earlier)
}

fn given(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, l)| (m, l.clone())).collect()
}

fn is_withheld(d: &Delivery, measure: Measure) -> bool {
    d.rows(measure).iter().all(|r| r.cell == Cell::NotDelivered(Why::Together))
}

fn number(d: &Delivery, measure: Measure, code: &str) -> Option<u64> {
    d.rows(measure).iter().find(|r| r.code == code).and_then(|r| r.cell.number())
}

/// Of 15 judgments 12 convict at least, since 12 persons were convicted: three acquittals at most.
#[test]
fn a_small_count_of_judgments_does_not_follow_from_the_persons_convicted() {
    let of = |convictions: u64, acquittals: u64| {
        [
            ("convicted", "total", "", 12),
            ("judgments", "total", "", convictions + acquittals),
            ("judgments", "judgment", "conviction", convictions),
            ("judgments", "judgment", "acquittal", acquittals),
        ]
    };
    let d = delivered(Plain::Suppressed, &of(12, 3), BTreeMap::new());
    assert!(is_withheld(&d, Measure::Judgments), "{:?}", d.rows(Measure::Judgments));
    assert_eq!(number(&d, Measure::Convicted, ""), Some(12));
    assert!(!d.ledgers().any(|l| l.0 == Measure::Judgments), "nothing of it is in the log");
    for language in [Language::English, Language::Dutch] {
        let text = Text::new(language);
        let said = format!("{:?}", quality(&text, &d).blocks);
        assert!(said.contains(&text.say("legal-why-together")) && !said.contains("legal-why"), "{said}");
    }
    // Without the persons nothing follows; told later, they are the ones that stay back.
    let alone = delivered(Plain::Suppressed, &of(12, 3)[1..], BTreeMap::new());
    assert_eq!(number(&alone, Measure::Judgments, ""), Some(15));
    let later = delivered(Plain::Suppressed, &of(12, 3), given(&alone));
    assert!(is_withheld(&later, Measure::Convicted), "{:?}", later.rows(Measure::Convicted));
    assert_eq!(later.rows(Measure::Judgments), alone.rows(Measure::Judgments));
    // With eight further convictions there may be many acquittals; many are no small count.
    for (convictions, acquittals) in [(20, 3), (12, 12)] {
        let d = delivered(Plain::Suppressed, &of(convictions, acquittals), BTreeMap::new());
        assert_eq!(number(&d, Measure::Judgments, ""), Some(convictions + acquittals));
        assert_eq!(number(&d, Measure::Judgments, "acquittal").is_some(), acquittals > 9);
    }
}

/// 49 persons, of whom 40 at most are prosecuted for another offence and ten at most for this one: nine or ten.
#[test]
fn a_small_count_of_persons_does_not_follow_from_the_decisions() {
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
    let d = delivered(Plain::Suppressed, &of(10), BTreeMap::new());
    assert!(is_withheld(&d, Measure::Decisions), "{:?}", d.rows(Measure::Decisions));
    assert_eq!(number(&d, Measure::Prosecuted, ""), Some(49));
    // With four more decisions the nine could be 9 to 14.
    let d = delivered(Plain::Suppressed, &of(14), BTreeMap::new());
    assert_eq!(number(&d, Measure::Decisions, "charged"), Some(14));
    assert_eq!(number(&d, Measure::Prosecuted, "charged"), None);
    // Counts that contradict each other are not of the same cases, and nothing follows from them.
    let d = delivered(Plain::Suppressed, &of(5), BTreeMap::new());
    assert!(!is_withheld(&d, Measure::Decisions) && !is_withheld(&d, Measure::Prosecuted));
}

/// Otherwise the first person would be told from a 0 that is none any more.
#[test]
fn a_measure_with_nobody_stays_so_until_ten_people_came() {
    let of = |n: u64| [("convicted", "total", "", n), ("convicted", "sex", "M", n)];
    for plain in PLAINS {
        let first = delivered(plain, &of(0), BTreeMap::new());
        let released = first.released(Measure::Convicted).unwrap();
        assert!(released.nobody && first.rows(Measure::Convicted).iter().all(|r| r.cell == Cell::Zero));
        assert_eq!(given(&delivered(plain, &of(0), given(&first))), given(&first), "nothing new is told");
        let second = delivered(plain, &of(1), given(&first));
        let released = second.released(Measure::Convicted).unwrap();
        assert_eq!((released.vintage, released.held_back), (1, 1), "{plain:?}");
        assert_eq!(second.rows(Measure::Convicted), first.rows(Measure::Convicted), "{plain:?}");
        let third = delivered(plain, &of(15), given(&second));
        let released = third.released(Measure::Convicted).unwrap();
        assert_eq!((released.vintage, released.nobody), (2, false), "{plain:?}");
        let told = number(&third, Measure::Convicted, "M").unwrap();
        assert!(told.abs_diff(15) <= 5, "{plain:?}: {told}");
    }
}
