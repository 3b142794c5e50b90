use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_disclosure::round::{Base, rounded};

use super::*;
use crate::families::ShownCount;
use crate::ledger::{PublishedEstimate, Release, TABLE};
use crate::persons::{Group, Year};
use crate::reporting_delay::Delays;
use crate::source::Columns;

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

/// A family of one year with two levels, of which the total is 100.
fn family(name: &str, how: CountProtection, counts: [u64; 2]) -> Family {
    // The counts must be multiples of 5, because rounding is the only way to a `Protected` count here.
    let each = counts.map(|n| Some(rounded(n, Base::FIVE)));
    let total = Some(rounded(100, Base::FIVE));
    Family {
        name: name.to_owned(),
        levels: texts(&["one", "other"]),
        years: texts(&["2024"]),
        cells: each.map(|n| vec![n]).to_vec(),
        by_level: each.to_vec(),
        by_year: vec![total],
        total,
        overlapping: false,
        how,
    }
}

/// A year of 100 persons, five of whom are at the first level of every covariate.
fn kept(covariates: &[&str]) -> KeptYears {
    let group = |level: &str, count: u64| Group {
        history: 1,
        levels: vec![level.to_owned(); covariates.len()],
        marks: Vec::new(),
        count,
        key: 0,
        pseudonyms: Vec::new(),
    };
    let year = Year {
        lists: texts(&["A"]),
        covariates: texts(covariates),
        marks: Vec::new(),
        groups: vec![group("one", 5), group("other", 95)],
    };
    KeptYears { years: BTreeMap::from([("2024".to_owned(), vec![year])]) }
}

fn attacked(families: &mut [Family], covariates: &[&str]) -> Result<CheckResult, Refusal> {
    let contents = ReleaseContents { families, sdg_counts: &mut Vec::new(), histories: &[] };
    let vintages = BTreeMap::from([("2024".to_owned(), 1)]);
    attack(contents, &vintages, &kept(covariates), &Noise::default(), &Ledger::default())
}

#[test]
fn the_narrowest_count_and_its_family_are_reported() {
    let rounded = |name: &str| family(name, CountProtection::Rounded, [5, 95]);
    let mut families = [family("sex", CountProtection::Noise, [5, 95]), rounded("sector"), rounded("region")];
    let result = attacked(&mut families, &["sex", "sector", "region"]).unwrap();
    // From 3 to 7 where counts are rounded to fives, more where they have noise; of two alike the first by name.
    assert_eq!((result.narrowest, result.narrowest_in.as_deref()), (Some(5), Some("region")));
    assert_eq!((result.counts, result.all_counts, result.small_counts, result.suppressed), (18, 18, 3, 0));
}

#[test]
fn counts_are_suppressed_until_small_ones_are_protected_and_no_longer() {
    let mut families = [family("region", CountProtection::Exact, [5, 95])];
    let result = attacked(&mut families, &["region"]).unwrap();
    // Without the small count and the other one nothing is left to subtract; the totals stay.
    assert_eq!(result.suppressed, 4);
    let shown = |n: ShownCount| n.map(Protected::get);
    let region = &families[0];
    assert_eq!(region.cells.iter().flatten().copied().map(shown).collect::<Vec<_>>(), [None, None]);
    assert_eq!(region.by_level.iter().copied().map(shown).collect::<Vec<_>>(), [None, None]);
    assert_eq!((shown(region.by_year[0]), shown(region.total)), (Some(100), Some(100)));
}

#[test]
fn a_release_of_histories_alone_is_a_table() {
    let (ledger, vintages) = (Ledger::default(), BTreeMap::new());
    let is_table = |families: &[&str]| {
        let now = families.iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
        releases(&ledger, &vintages, &now).pop().map(|r| (r.table, r.now))
    };
    assert_eq!(is_table(&[HISTORIES, SDG_INDICATOR]), Some((true, true)));
    assert_eq!(is_table(&[HISTORIES]), Some((true, true)));
    assert_eq!(is_table(&[HISTORIES, SDG_INDICATOR, "sex"]), Some((false, true)));
}

#[test]
fn weak_noise_is_refused_with_how_often_it_is_guessed() {
    let noise = Noise { variance: 0.3, largest: 1, hidden: 0 };
    let table = Perturbation::new(noise).unwrap();
    let settings = ProtectionSettings { noise: &noise, plain: TableProtection::Noise, key: "key" };
    let guessed = table.guessed(MOST_VINTAGES as u32, THRESHOLD);
    assert!(guessed > 0.55 && guessed < 0.995, "{guessed}");
    let percent = (guessed * 100.0).round() as u64;
    assert_eq!(check_settings(settings, &table, &Ledger::default()), Err(Refusal::Guessed { percent }));
    let noise = Noise::default();
    let settings = ProtectionSettings { noise: &noise, ..settings };
    assert_eq!(check_settings(settings, &Perturbation::new(noise).unwrap(), &Ledger::default()), Ok(()));
}

#[test]
fn persons_of_unknown_years_cannot_be_matched_with_those_of_years() {
    let of = |years: &[&str]| years.iter().map(|y| ((*y).to_owned(), 1)).collect::<BTreeMap<_, _>>();
    let ours = |year: &str| crate::persons::year_of_people("ours", year);
    assert!(comparable(&of(&["2023", "2024"]), &of(&["2024", "2025"])));
    assert!(!comparable(&of(&[""]), &of(&["2024"])));
    assert!(!comparable(&of(&["2024"]), &of(&["2024", "soon"])));
    assert!(comparable(&of(&["2024", "soon"]), &of(&["2024", "soon"])), "the same persons again");
    assert!(comparable(&of(&[&ours("")]), &of(&["2024"])), "other people");
    assert!(!comparable(&of(&[&ours("")]), &of(&[&ours("2024")])));
}

/// A release of a year, with nothing in it.
fn release(delivery: Option<&str>, year: i16) -> Release {
    Release {
        year,
        from: year,
        date: "2026-01-01".to_owned(),
        embargo: None,
        key: "key".to_owned(),
        delivery: delivery.map(str::to_owned),
        noise: (2.5, 5, 2),
        plain: TableProtection::Noise,
        vintages: BTreeMap::from([(year.to_string(), 1)]),
        behind: BTreeSet::new(),
        delays: Delays::default(),
        families: BTreeMap::new(),
        estimate: PublishedEstimate { reported: 0, lower: None, upper: None },
    }
}

#[test]
fn lists_must_be_those_of_a_table_of_the_same_year() {
    let year = ijsberg_tables::Covariate { name: "year".to_owned(), values: vec![Some("2024".to_owned())] };
    let (lists, rows) = (texts(&["B"]), [(1, 30)]);
    let columns = Columns { lists: &lists, covariates: &[year], rows: &rows };
    let delivered = DeliveredTable::from_columns(&columns, &(2020..=2025)).unwrap();
    // The year was published with 100 persons on another list.
    let kept = kept(&[]);
    let check = |releases: Vec<Release>, is_table: bool| {
        check_lists(&delivered, &kept, &Ledger { releases, ..Ledger::default() }, is_table)
    };
    let other = Err(Refusal::OtherLists { year: "2024".to_owned() });
    assert_eq!(check(vec![release(None, 2024), release(Some(TABLE), 2023)], false), Ok(()));
    assert_eq!(check(vec![release(Some(TABLE), 2024)], false), other);
    assert_eq!(check(vec![release(None, 2024)], true), other);
}
