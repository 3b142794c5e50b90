//! Tables of histories and reports under one key, attacked together.

use std::fmt::Write as _;

use ijsberg_disclosure::perturbation::Noise;
use ijsberg_publication::gate::Refusal;
use ijsberg_publication::ledger::{Ledger, Release};
use ijsberg_publication::protection::{CountProtection, TableProtection};
use ijsberg_publication::reserved::HISTORIES;
use ijsberg_publication::single::{ProtectedTable, protect_table};
use ijsberg_publication::source::PersonTableError;
use ijsberg_publication::{Edition, Options, PublishError};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, read};

use crate::red_team::{made, options};
use crate::registers::{ALL, csv, register};

fn table(csv: &str, ledger: &Ledger, people: Option<&str>) -> Result<ProtectedTable, PublishError> {
    let table = read(csv.as_bytes(), &Choices::default()).unwrap();
    protect_table(&table, Noise::default(), &options(2015).secret, ledger, ("2016-10-18", people))
}

fn refused<T>(made: Result<T, PublishError>) -> Refusal {
    match made {
        Err(PublishError::Refused(why)) => why,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("not refused"),
    }
}

/// The published histories of an edition.
fn histories(e: &Edition) -> Vec<(u32, u64)> {
    e.whole.histories.iter().map(|(h, n)| (*h, n.get())).filter(|c| c.1 > 0).collect()
}

/// With one log there is one noise: a table of the persons of a report has the counts of the report, and the other way round, also after
/// late arrivals.
#[test]
fn a_table_and_a_report_of_the_same_persons_have_the_same_counts_and_are_attacked_together() {
    let mut rows = register(41, 900);
    for plain in [TableProtection::Noise, TableProtection::Rounded] {
        let of = || Options { plain, ..options(2015) };
        let before = made(&csv(&rows, &ALL), of(), Ledger::default()).unwrap();
        let late = ["0", "0", "1", "2013", "female", "minor", "NL", "criminal"].map(str::to_owned);
        let more = [rows.clone(), vec![late]].concat();
        let second = table(&csv(&more, &ALL), &before.ledger(), None).unwrap();
        assert_eq!((second.protected.clone(), second.held_back), (histories(&before), 1));
        let published = before.ledger().releases[0].families.values().map(Vec::len).sum::<usize>();
        assert_eq!((second.passed.all_counts, second.passed.counts), (published + 7, 7));
        assert!(second.passed.small_counts > 0 && second.passed.narrowest >= Some(5), "{:?}", second.passed);
        let last = second.ledger.releases.last().unwrap();
        assert!(last.is_table() && (last.year, last.from) == (2015, 2013));
        // The table is not an edition and not in the list of editions.
        assert_eq!(second.ledger.earlier_totals("2014"), before.ledger().earlier_totals("2014"));
        let mut next = of();
        next.date = jiff::civil::date(2016, 10, 19);
        let after = made(&csv(&more, &ALL), next, second.ledger.clone()).unwrap();
        assert_eq!(histories(&after), histories(&before));
        assert!(after.passed.all_counts > second.passed.all_counts);
    }
    // The table first: the other columns of its persons are kept for the report.
    let first = table(&csv(&rows, &ALL), &Ledger::default(), None).unwrap();
    rows.push(["0", "1", "0", "2014", "male", "adult", "RO", "labour"].map(str::to_owned));
    let report = made(&csv(&rows, &ALL), options(2015), first.ledger.clone()).unwrap();
    assert_eq!((histories(&report), report.held_back.get("2014")), (first.protected, Some(&1)));
    let sex = report.families.iter().find(|f| f.name == "sex").unwrap();
    assert_eq!(sex.levels, ["female", "male"]);
}

/// Persons by history and year, with a small count of one history in the last year.
const COUNTS: [(&str, [u64; 3]); 7] = [
    ("1,0,0", [60, 62, 58]),
    ("0,1,0", [50, 55, 45]),
    ("0,0,1", [40, 44, 48]),
    ("1,1,0", [20, 22, 24]),
    ("1,0,1", [18, 15, 17]),
    ("0,1,1", [14, 13, 16]),
    ("1,1,1", [12, 10, 4]),
];

fn counts(years: usize) -> String {
    let mut all = "A,B,C,year,count\n".to_owned();
    for (history, by_year) in COUNTS {
        for (n, year) in by_year.iter().zip(2013..).take(years) {
            let _ = writeln!(all, "{history},{year},{n}");
        }
    }
    all
}

/// Replaces the count of persons on all lists in a release by an exact one.
fn exactly(release: &mut Release, n: u64) {
    let counts = release.families.get_mut(HISTORIES).unwrap();
    let of = counts.iter_mut().find(|t| t.level.as_deref() == Some("A\u{1f}B\u{1f}C")).unwrap();
    (of.value, of.how) = (n, CountProtection::Exact);
}

/// A table of two years and a report of three together disclose a count of the third year; neither does alone.
#[test]
fn counts_that_can_be_derived_from_a_table_and_a_report_are_refused() {
    let report = made(&counts(3), options(2015), Ledger::default()).unwrap();
    let ledger = table(&counts(2), &report.ledger(), None).unwrap().ledger;
    assert_eq!(ledger.releases.iter().map(Release::is_table).collect::<Vec<_>>(), [false, true]);
    let with = |exact: [bool; 2]| {
        let mut ledger = ledger.clone();
        for ((release, n), exact) in ledger.releases.iter_mut().zip([26, 22]).zip(exact) {
            if exact {
                exactly(release, n);
            }
        }
        ledger
    };
    for exact in [[false, false], [true, false], [false, true]] {
        let second = table(&counts(3), &with(exact), None).unwrap();
        assert!(second.passed.narrowest >= Some(5), "{exact:?}: {:?}", second.passed);
        assert!(made(&counts(3), options(2015), with(exact)).is_ok(), "{exact:?}");
    }
    let both = with([true, true]);
    for why in
        [refused(table(&counts(3), &both, None)), refused(made(&counts(3), options(2015), both.clone()))]
    {
        assert!(matches!(&why, Refusal::Recovered { family, cells: 1 } if family == "list"), "{why:?}");
    }
}

/// If it cannot be determined which persons are the same, nothing is published unless the publisher states that they are other persons.
#[test]
fn persons_who_cannot_be_distinguished_are_refused_or_stated_to_be_others() {
    let report = made(&counts(3), options(2015), Ledger::default()).unwrap().ledger();
    let without_years = "A,B,C,count\n1,0,0,70\n0,1,0,60\n0,0,1,50\n1,1,0,30\n1,0,1,5\n0,1,1,20\n1,1,1,12\n";
    assert_eq!(refused(table(without_years, &report, None)), Refusal::Unlinked { year: 2015 });
    let first = table(without_years, &Ledger::default(), None).unwrap().ledger.marked_as_tables();
    assert_eq!(refused(made(&counts(3), options(2015), first)), Refusal::Unlinked { year: 2016 });
    // The statement is in the log, and the persons are kept separate: their table is frozen, and the report does not change.
    let others = table(without_years, &report, Some("a shelter")).unwrap();
    let last = others.ledger.releases.last().unwrap();
    assert_eq!((last.delivery.as_deref(), last.is_table()), (Some("table: a shelter"), true));
    let more = without_years.replace("1,0,1,5", "1,0,1,6");
    let again = table(&more, &others.ledger, Some("a shelter")).unwrap();
    assert_eq!((again.protected.clone(), again.held_back), (others.protected, 1));
    assert_eq!(again.ledger, others.ledger);
    let next = made(&counts(3), options(2015), others.ledger.clone()).unwrap();
    assert_eq!(next.ledger().releases, others.ledger.releases, "the same edition again");
    // Without the statement they could be the persons of the report.
    assert_eq!(refused(table(without_years, &others.ledger, None)), Refusal::Unlinked { year: 2015 });
}

/// The same people with an invalid or unknown year would be taken for other people.
#[test]
fn an_invalid_year_does_not_bypass_the_check() {
    let report = made(&counts(3), options(2015), Ledger::default()).unwrap().ledger();
    let of = |year: &str| counts(3).replace(",2013,", &format!(",{year},"));
    for year in ["13", "2213", "early"] {
        for ledger in [&report, &Ledger::default()] {
            let why = table(&of(year), ledger, None).unwrap_err();
            assert!(
                matches!(&why, PublishError::Persons(PersonTableError::Year(found)) if found == year),
                "{why:?}"
            );
            for language in [Language::English, Language::Dutch] {
                let message = why.in_words(&Text::new(language));
                assert!(message.contains(year) && message.contains("2015"), "{message}");
            }
        }
    }
    for unknown in ["", "unknown"] {
        let second = refused(table(&of(unknown), &report, None));
        assert_eq!(second, Refusal::Unlinked { year: 2015 }, "{unknown:?}");
        // Without other releases it is an ordinary table, which does not change, and after which no report can be published.
        let first = table(&of(unknown), &Ledger::default(), None).unwrap();
        let again = table(&of(unknown), &first.ledger, None).unwrap();
        assert_eq!((again.protected, &again.ledger), (first.protected, &first.ledger));
        assert!(matches!(refused(made(&counts(3), options(2015), first.ledger)), Refusal::Unlinked { .. }));
    }
}

/// With other lists the same persons would be taken for other persons.
#[test]
fn other_lists_of_the_same_persons_are_refused() {
    let report = made(&counts(3), options(2015), Ledger::default()).unwrap().ledger();
    let two = |csv: String| {
        let rows = csv.lines().map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            [&cells[..2], &cells[3..]].concat().join(",")
        });
        let rows: Vec<String> = rows.filter(|line| !line.starts_with("0,0,")).collect();
        rows.join("\n") + "\n"
    };
    let why = Refusal::OtherLists { year: "2013".to_owned() };
    assert_eq!(refused(table(&two(counts(3)), &report, None)), why);
    let first = table(&two(counts(3)), &Ledger::default(), None).unwrap().ledger;
    assert_eq!(refused(made(&counts(3), options(2015), first)), why);
    // The first few persons on a new list are ordinary arrivals.
    let few = counts(3).replace("A,B,C,", "A,B,C,D,").replace(",2013,", ",0,2013,");
    let few = few.replace(",2014,", ",0,2014,").replace(",2015,", ",0,2015,") + "1,0,0,1,2015,2\n";
    let second = table(&few, &report, None).unwrap();
    assert_eq!(second.held_back, 2);
}
