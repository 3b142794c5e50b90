//! Tables of histories and reports under one key: what both tell together.

use std::fmt::Write as _;

use ijsberg_disclosure::perturbation::Noise;
use ijsberg_publication::gate::Refused;
use ijsberg_publication::ledger::{Ledger, Release};
use ijsberg_publication::protection::{How, Plain};
use ijsberg_publication::reserved::HISTORIES;
use ijsberg_publication::single::{Single, single};
use ijsberg_publication::source::NotPersons;
use ijsberg_publication::{Edition, Options, PublishError};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, read};

use crate::red_team::{made, options};
use crate::registers::{ALL, csv, register};

fn table(csv: &str, ledger: &Ledger, people: Option<&str>) -> Result<Single, PublishError> {
    let table = read(csv.as_bytes(), &Choices::default()).unwrap();
    single(&table, Noise::default(), &options(2015).secret, ledger, ("2016-10-18", people))
}

fn refused<T>(made: Result<T, PublishError>) -> Refused {
    match made {
        Err(PublishError::Refused(why)) => why,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("not refused"),
    }
}

/// Histories as an edition gives them out.
fn histories(e: &Edition) -> Vec<(u32, u64)> {
    e.whole.histories.iter().map(|(h, n)| (*h, n.get())).filter(|c| c.1 > 0).collect()
}

/// One log, one noise: a table of the persons of a report has the counts that the report has, and the other way round, whoever came
/// between.
#[test]
fn a_table_and_a_report_of_the_same_persons_say_the_same_and_are_attacked_together() {
    let mut rows = register(41, 900);
    for plain in [Plain::Noise, Plain::Rounded] {
        let of = || Options { plain, ..options(2015) };
        let before = made(&csv(&rows, &ALL), of(), Ledger::default()).unwrap();
        let late = ["0", "0", "1", "2013", "female", "minor", "NL", "criminal"].map(str::to_owned);
        let more = [rows.clone(), vec![late]].concat();
        let beside = table(&csv(&more, &ALL), &before.ledger(), None).unwrap();
        assert_eq!((beside.protected.clone(), beside.held_back), (histories(&before), 1));
        let told = before.ledger().releases[0].families.values().map(Vec::len).sum::<usize>();
        assert_eq!((beside.passed.together, beside.passed.numbers), (told + 7, 7));
        assert!(beside.passed.small > 0 && beside.passed.narrowest >= Some(5), "{:?}", beside.passed);
        let last = beside.ledger.releases.last().unwrap();
        assert!(last.is_table() && (last.year, last.from) == (2015, 2013));
        // No edition, and in no list of them.
        assert_eq!(beside.ledger.vintages("2014"), before.ledger().vintages("2014"));
        let mut next = of();
        next.date = jiff::civil::date(2016, 10, 19);
        let after = made(&csv(&more, &ALL), next, beside.ledger.clone()).unwrap();
        assert_eq!(histories(&after), histories(&before));
        assert!(after.passed.together > beside.passed.together);
    }
    // The table first. What else was known of its persons is there for the report.
    let first = table(&csv(&rows, &ALL), &Ledger::default(), None).unwrap();
    rows.push(["0", "1", "0", "2014", "male", "adult", "RO", "labour"].map(str::to_owned));
    let report = made(&csv(&rows, &ALL), options(2015), first.ledger.clone()).unwrap();
    assert_eq!((histories(&report), report.held_back.get("2014")), (first.protected, Some(&1)));
    let sex = report.families.iter().find(|f| f.name == "sex").unwrap();
    assert_eq!(sex.levels, ["female", "male"]);
}

/// Persons by history and year: few of one history in the last year.
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

/// What a release says of the persons on all lists, as if it were exact.
fn exactly(release: &mut Release, n: u64) {
    let told = release.families.get_mut(HISTORIES).unwrap();
    let of = told.iter_mut().find(|t| t.level.as_deref() == Some("A\u{1f}B\u{1f}C")).unwrap();
    (of.value, of.how) = (n, How::Exact);
}

/// A table of two years and a report of three tell together of the third. Neither does alone.
#[test]
fn what_follows_from_a_table_less_a_report_is_refused() {
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
        let beside = table(&counts(3), &with(exact), None).unwrap();
        assert!(beside.passed.narrowest >= Some(5), "{exact:?}: {:?}", beside.passed);
        assert!(made(&counts(3), options(2015), with(exact)).is_ok(), "{exact:?}");
    }
    let both = with([true, true]);
    for why in
        [refused(table(&counts(3), &both, None)), refused(made(&counts(3), options(2015), both.clone()))]
    {
        assert!(matches!(&why, Refused::Recovered { family, cells: 1 } if family == "list"), "{why:?}");
    }
}

/// Where nobody can tell who is the same, nothing is given out, unless whoever publishes states that they are others.
#[test]
fn persons_who_cannot_be_told_apart_are_refused_or_stated_to_be_others() {
    let report = made(&counts(3), options(2015), Ledger::default()).unwrap().ledger();
    let without_years = "A,B,C,count\n1,0,0,70\n0,1,0,60\n0,0,1,50\n1,1,0,30\n1,0,1,5\n0,1,1,20\n1,1,1,12\n";
    assert_eq!(refused(table(without_years, &report, None)), Refused::Unlinked { year: 2015 });
    let first = table(without_years, &Ledger::default(), None).unwrap().ledger.of_tables();
    assert_eq!(refused(made(&counts(3), options(2015), first)), Refused::Unlinked { year: 2016 });
    // Stated, it is in the log, and the persons are kept apart: their table is frozen, and the report stays what it is.
    let others = table(without_years, &report, Some("a shelter")).unwrap();
    let last = others.ledger.releases.last().unwrap();
    assert_eq!((last.delivery.as_deref(), last.is_table()), (Some("table: a shelter"), true));
    let more = without_years.replace("1,0,1,5", "1,0,1,6");
    let again = table(&more, &others.ledger, Some("a shelter")).unwrap();
    assert_eq!((again.protected.clone(), again.held_back), (others.protected, 1));
    assert_eq!(again.ledger, others.ledger);
    let next = made(&counts(3), options(2015), others.ledger.clone()).unwrap();
    assert_eq!(next.ledger().releases, others.ledger.releases, "the same edition once more");
    // Without the statement they may be those of the report again.
    assert_eq!(refused(table(without_years, &others.ledger, None)), Refused::Unlinked { year: 2015 });
}

/// The same people under a year that is written otherwise, or is not known, would be taken for others.
#[test]
fn a_year_that_is_none_leads_around_no_check() {
    let report = made(&counts(3), options(2015), Ledger::default()).unwrap().ledger();
    let of = |year: &str| counts(3).replace(",2013,", &format!(",{year},"));
    for year in ["13", "2213", "early"] {
        for ledger in [&report, &Ledger::default()] {
            let why = table(&of(year), ledger, None).unwrap_err();
            assert!(
                matches!(&why, PublishError::Persons(NotPersons::Year(found)) if found == year),
                "{why:?}"
            );
            for language in [Language::English, Language::Dutch] {
                let said = why.in_words(&Text::new(language));
                assert!(said.contains(year) && said.contains("2015"), "{said}");
            }
        }
    }
    for unknown in ["", "unknown"] {
        let beside = refused(table(&of(unknown), &report, None));
        assert_eq!(beside, Refused::Unlinked { year: 2015 }, "{unknown:?}");
        // Where nothing else was given out they are a table like any, which stays as it was and comes before no report.
        let first = table(&of(unknown), &Ledger::default(), None).unwrap();
        let again = table(&of(unknown), &first.ledger, None).unwrap();
        assert_eq!((again.protected, &again.ledger), (first.protected, &first.ledger));
        assert!(matches!(refused(made(&counts(3), options(2015), first.ledger)), Refused::Unlinked { .. }));
    }
}

/// A table of other lists: the same persons would be taken for others.
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
    let why = Refused::OtherLists { year: "2013".to_owned() };
    assert_eq!(refused(table(&two(counts(3)), &report, None)), why);
    let first = table(&two(counts(3)), &Ledger::default(), None).unwrap().ledger;
    assert_eq!(refused(made(&counts(3), options(2015), first)), why);
    // The first few persons of a list are arrivals like any.
    let few = counts(3).replace("A,B,C,", "A,B,C,D,").replace(",2013,", ",0,2013,");
    let few = few.replace(",2014,", ",0,2014,").replace(",2015,", ",0,2015,") + "1,0,0,1,2015,2\n";
    let beside = table(&few, &report, None).unwrap();
    assert_eq!(beside.held_back, 2);
}
