//! What is not given out.

use ijsberg_disclosure::perturbation::Noise;
use ijsberg_publication::gate::Refused;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::{PublishError, edition};

use crate::{TABLE, made, options};

#[test]
fn a_release_that_tells_on_somebody_is_refused() {
    // Noise of at most one and results of any size: what is zero and what is one can be told apart by the sums.
    let mut weak = options(2015);
    weak.noise = Noise { variance: 0.0, largest: 0, hidden: 0 };
    let refused = made(weak, Ledger::default());
    assert!(
        matches!(refused, Err(PublishError::Refused(Refused::Recovered { .. }) | PublishError::Noise(_))),
        "{:?}",
        refused.err()
    );
}

#[test]
fn another_key_or_other_noise_than_before_is_refused() {
    let first = made(options(2014), Ledger::default()).unwrap().ledger();
    assert_eq!(first, Ledger::read(&first.write()).unwrap());
    let mut other = options(2015);
    other.secret = b"another key, made when the first was lost".to_vec();
    let refused = made(other, first.clone());
    assert!(matches!(refused, Err(PublishError::Refused(Refused::OtherKey { year: 2014 }))));
    let mut other = options(2015);
    other.noise.variance = 2.0;
    let refused = made(other, first.clone());
    assert!(matches!(refused, Err(PublishError::Refused(Refused::OtherNoise { year: 2014 }))));

    // With the same key the two years fit together: the same cell has the same noise, and both editions stand in the ledger.
    let second = made(options(2015), first.clone()).unwrap();
    assert_eq!(second.earlier, first);
    let both = second.ledger();
    assert_eq!(both.releases.iter().map(|r| r.year).collect::<Vec<_>>(), [2014, 2015]);
    for year in ["2010", "2013", "2014"] {
        let vintages = both.vintages(year);
        assert_eq!(vintages.len(), 2);
        assert_eq!(vintages[0].2, vintages[1].2, "{year}");
    }
    assert!(second.passed.revised.is_empty() && second.passed.narrowest >= 3, "{:?}", second.passed);
    // The same edition on the same day stands there once.
    assert_eq!(made(options(2015), both.clone()).unwrap().ledger(), both);
}

#[test]
fn late_reports_are_a_revision_and_are_told() {
    let first = made(options(2014), Ledger::default()).unwrap().ledger();
    let late: String = TABLE
        .lines()
        .filter(|l| l.contains(",2012,"))
        .take(300)
        .fold(String::new(), |all, line| all + line + "\n");
    let table = format!("{}\n{late}", TABLE.trim_end());
    let revised = edition(table.as_bytes(), options(2015), first, &ijsberg_mse::methods::Silent).unwrap();
    assert!(!revised.passed.revised.is_empty());
    let vintages = revised.ledger().vintages("2012");
    assert!(vintages[1].2 > vintages[0].2 + 250, "{vintages:?}");
}

#[test]
fn a_table_that_cannot_be_published_says_why() {
    let of = |table: &str| {
        edition(table.as_bytes(), options(2015), Ledger::default(), &ijsberg_mse::methods::Silent)
    };
    let no_year = "A,B,count\n1,0,30\n0,1,40\n1,1,20\n";
    assert!(matches!(of(no_year), Err(PublishError::NoYear)));
    let little = "A,B,year,count\n1,0,2015,30\n0,1,2015,40\n1,1,2015,2\n";
    assert!(matches!(of(little), Err(PublishError::LittleOverlap(2))));
    let draws = "draw,A,B,year,count\n1,1,0,2015,30\n1,0,1,2015,40\n1,1,1,2015,20\n2,1,0,2015,31\n2,0,1,2015,41\n2,1,1,2015,19\n";
    assert!(matches!(of(draws), Err(PublishError::Draws)));
    let early = "A,B,year,count\n1,0,1999,30\n0,1,1999,40\n1,1,1999,20\n";
    assert!(matches!(of(early), Err(PublishError::Nobody(2010, 2015))));
    // Who has no year is left out, and whoever makes the report is told.
    let some = format!("{}\n1,0,0,0,0,0,,female,adult,dutch,other,synthetic\n", TABLE.trim_end());
    assert_eq!(of(&some).unwrap().without_year, 1);
    let mut short = options(2015);
    short.secret = b"short".to_vec();
    assert!(matches!(made(short, Ledger::default()), Err(PublishError::ShortKey)));
}
