//! Attacks with everything that was published, and nothing else.

use std::fmt::Write as _;

use ijsberg_disclosure::attack::{Published, range};
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_publication::families::Family;
use ijsberg_publication::gate::Refusal;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::protection::{CountProtection, TableProtection};
use ijsberg_publication::source::PersonTableError;
use ijsberg_publication::{Edition, Options, PublishError, edition};

use crate::PROTECTIONS;
use crate::registers::{ALL, COLUMNS, csv, register};

/// These tests are not about the estimates, so one method without replicates is enough.
pub(crate) fn options(year: i16) -> Options {
    let options = crate::options(year);
    let settings = Settings { methods: vec![Method::Independence], replicates: 0, ..options.settings };
    Options { settings, years: 3, ..options }
}

pub(crate) fn made(table: &str, options: Options, ledger: Ledger) -> Result<Edition, PublishError> {
    edition(table.as_bytes(), &ijsberg_tables::Choices::default(), options, ledger, &Silent)
}

/// Every count of an edition, by family, level and year.
fn counts(e: &Edition) -> Vec<(String, String, String, Option<u64>)> {
    let of = |f: &Family| {
        let mut all = Vec::new();
        for (l, level) in f.levels.iter().enumerate() {
            for (y, year) in f.years.iter().enumerate() {
                all.push((
                    f.name.clone(),
                    level.clone(),
                    year.clone(),
                    f.cells[l][y].map(ijsberg_publication::Protected::get),
                ));
            }
            all.push((
                f.name.clone(),
                level.clone(),
                String::new(),
                f.by_level[l].map(ijsberg_publication::Protected::get),
            ));
        }
        all
    };
    e.families.iter().flat_map(of).collect()
}

/// With one person more, a day later, no published number may change.
#[test]
fn one_person_more_changes_no_published_number() {
    let mut rows = register(1, 900);
    let first = made(&csv(&rows, &ALL), options(2015), Ledger::default()).unwrap();
    let person = ["0", "0", "1", "2013", "female", "minor", "NL", "criminal"].map(str::to_owned);
    rows.push(person);
    for plain in PROTECTIONS {
        let o = || Options { plain, ..options(2015) };
        let first = made(&csv(&rows[..900], &ALL), o(), Ledger::default()).unwrap();
        let mut next_day = o();
        next_day.date = jiff::civil::date(2016, 10, 19);
        let second = made(&csv(&rows, &ALL), next_day, first.ledger()).unwrap();
        assert_eq!(counts(&second), counts(&first), "{plain:?}");
        assert_eq!(second.whole.histories, first.whole.histories);
        assert_eq!(second.sdg_counts, first.sdg_counts);
        assert_eq!(second.parts, first.parts);
        // Only the producer of the report sees the number of late arrivals.
        assert_eq!(second.held_back.get("2013"), Some(&1));
        assert!(second.passed.revised.is_empty());
    }
    // The same with one person less, or with one person corrected.
    let fewer = made(&csv(&rows[..899], &ALL), options(2015), first.ledger()).unwrap();
    assert_eq!(counts(&fewer), counts(&first));
    let mut moved = rows[..900].to_vec();
    moved[5][4] = if moved[5][4] == "male" { "female" } else { "male" }.to_owned();
    let corrected = made(&csv(&moved, &ALL), options(2015), first.ledger()).unwrap();
    assert_eq!(counts(&corrected), counts(&first));
}

/// With twelve persons more the year is revised as a whole: an unchanged count above 0 does not disclose that it has no new persons. Other
/// years do not change.
#[test]
fn many_persons_more_revise_the_year_as_a_whole() {
    let mut rows = register(2, 1500);
    let first = made(&csv(&rows, &ALL), options(2015), Ledger::default()).unwrap();
    let late = ["0", "1", "0", "2014", "male", "adult", "NL", "labour"].map(str::to_owned);
    rows.extend(std::iter::repeat_n(late, 12));
    let second = made(&csv(&rows, &ALL), options(2015), first.ledger()).unwrap();
    assert_eq!(second.passed.revised, ["2014"]);
    let (before, now) = (counts(&first), counts(&second));
    let of_year = |year: &str, changed: bool| {
        before.iter().zip(&now).filter(|(a, b)| a.2 == year && a.3.is_some() && (a != b) == changed).count()
    };
    assert_eq!((of_year("2013", true), of_year("2015", true)), (0, 0));
    // New noise is the same by chance for a quarter of the counts, whichever persons are in them.
    assert!(
        of_year("2014", true) > of_year("2014", false),
        "{} {}",
        of_year("2014", true),
        of_year("2014", false)
    );
    // The year is revised at most twice; then it does not change.
    let mut ledger = second.ledger();
    for round in 0..3 {
        let late = ["1", "0", "0", "2014", "female", "adult", "RO", "sexual"].map(str::to_owned);
        rows.extend(std::iter::repeat_n(late, 12));
        let again = made(&csv(&rows, &ALL), options(2015), ledger).unwrap();
        assert_eq!(again.passed.revised.is_empty(), round > 0, "{round}");
        assert_eq!(again.held_back.get("2014").copied().unwrap_or(0), 12 * round);
        ledger = again.ledger();
    }
}

/// Persons of a year arrive, leave and are corrected at random: the year does not change until ten have arrived or left, and other years
/// never change. Every small count, including those of arrivals and departures, has at least five proven possible values.
#[test]
fn random_changes_of_a_register_disclose_no_small_count() {
    let (mut revised, mut stayed) = (0, 0);
    for seed in 0..10_u64 {
        let mut rows = register(700 + seed, 600);
        let mut before = made(&csv(&rows, &ALL), options(2015), Ledger::default()).unwrap();
        for round in 0..3_u64 {
            let (come, mut leave) = ((seed * 7 + round * 5) % 15, (seed * 3 + round * 11) % 13);
            rows.retain(|r| {
                let leaves = leave > 0 && r[3] == "2014";
                leave -= u64::from(leaves);
                !leaves
            });
            let new = register(900 + 10 * seed + round, 200).into_iter().filter(|r| r[3] == "2014");
            rows.extend(new.take(come as usize));
            if let Some(corrected) = rows.iter_mut().rev().find(|r| r[3] == "2014") {
                corrected[6] = if corrected[6] == "NL" { "other" } else { "NL" }.to_owned();
            }
            let now = made(&csv(&rows, &ALL), options(2015), before.ledger()).unwrap();
            let others = |e: &Edition| {
                let of = counts(e).into_iter().filter(|c| c.2 != "2014" && !c.2.is_empty());
                of.collect::<Vec<_>>()
            };
            assert_eq!(others(&now), others(&before), "{seed} {round}");
            if now.passed.revised.is_empty() {
                assert_eq!(counts(&now), counts(&before), "{seed} {round}");
                stayed += 1;
            } else {
                revised += 1;
            }
            assert!(now.passed.small_counts > 0 && now.passed.narrowest >= Some(5), "{:?}", now.passed);
            before = now;
        }
    }
    assert!(revised > 3 && stayed > 3, "{revised} {stayed}");
}

/// With columns in another order, a column left out, or other names and levels, the same persons have the same noise: averaging removes
/// no noise, whether or not the editions are in one log.
#[test]
fn noise_cannot_be_averaged_away_by_other_columns() {
    let rows = register(3, 900);
    let first = made(&csv(&rows, &ALL), options(2015), Ledger::default()).unwrap();
    let recoded: Vec<[String; 8]> = rows
        .iter()
        .map(|r| {
            let mut r = r.clone();
            r[4] = if r[4] == "male" { "Man" } else { "VROUW" }.to_owned();
            r[6] = format!("land {}", r[6]);
            r
        })
        .collect();
    let tables = [
        csv(&rows, &[2, 0, 1, 7, 6, 5, 4, 3]),
        csv(&rows, &[0, 1, 2, 3, 4, 6, 7]),
        csv(&rows, &[1, 0, 2, 5, 3, 4]),
        csv(&recoded, &ALL),
        csv(&recoded, &[2, 1, 0, 3, 7, 4]),
    ];
    let level = |name: &str, level: &str| match (name, level) {
        ("sex", "Man") => "male".to_owned(),
        ("sex", "VROUW") => "female".to_owned(),
        (_, level) => level.strip_prefix("land ").unwrap_or(level).to_owned(),
    };
    let before = counts(&first);
    let mut ledger = first.ledger();
    for (k, table) in tables.iter().enumerate() {
        for known in [Ledger::default(), ledger.clone()] {
            let e = made(table, options(2015), known).unwrap();
            let mut same = 0;
            for (family, l, year, count) in counts(&e) {
                let l = level(&family, &l);
                let then = before.iter().find(|b| b.0 == family && b.1 == l && b.2 == year);
                let Some(then) = then else { continue };
                if let (Some(a), Some(b)) = (then.3, count) {
                    assert_eq!(a, b, "table {k}: {family} {l} {year}");
                    same += 1;
                }
            }
            assert!(same > 20, "{k}: {same}");
            ledger = made(table, options(2015), ledger).unwrap().ledger();
        }
    }
}

/// With a pseudonym the noise depends on the person only, not on the other columns.
#[test]
fn a_pseudonym_determines_the_noise_and_is_not_published() {
    let rows = register(4, 400);
    let with = |columns: &[usize], shift: usize| {
        let mut lines = csv(&rows, columns).lines().map(str::to_owned).collect::<Vec<_>>();
        for (i, line) in lines.iter_mut().enumerate() {
            let _ = if i == 0 { write!(line, ",person") } else { write!(line, ",p{:04}", (i + shift) % 400) };
        }
        lines.join("\n") + "\n"
    };
    let first = made(&with(&ALL, 0), options(2015), Ledger::default()).unwrap();
    let other = made(&with(&[2, 1, 0, 6, 3, 4], 0), options(2015), Ledger::default()).unwrap();
    let sex = |e: &Edition| e.families.iter().find(|f| f.name == "sex").unwrap().published_counts();
    assert_eq!(sex(&first), sex(&other));
    assert!(first.families.iter().all(|f| f.name != "person"));
    // Other pseudonyms give other noise.
    let shifted = made(&with(&ALL, 1), options(2015), Ledger::default()).unwrap();
    assert_ne!(counts(&shifted), counts(&first));
    let twice = with(&ALL, 0).replace("p0007", "p0008");
    assert!(matches!(
        made(&twice, options(2015), Ledger::default()),
        Err(PublishError::Persons(PersonTableError::Twice(name))) if name == "p0008"
    ));
}

/// Each kind of refusal occurs for its cause.
#[test]
fn what_does_not_fit_with_earlier_releases_is_refused() {
    let rows = register(5, 600);
    let table = csv(&rows, &ALL);
    let first = made(&table, options(2015), Ledger::default()).unwrap().ledger();
    let refused = |o: Options, ledger: &Ledger| match made(&table, o, ledger.clone()) {
        Err(PublishError::Refused(why)) => why,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("not refused"),
    };
    for plain in [TableProtection::Rounded, TableProtection::Suppressed] {
        let o = Options { plain, ..options(2015) };
        assert_eq!(refused(o, &first), Refusal::OtherProtection { year: 2015 });
    }
    let mut lost = first.clone();
    lost.persons.clear();
    assert_eq!(refused(options(2015), &lost), Refusal::Lost { year: 2015 });
    let mut damaged = first.clone();
    damaged.persons.replace_range(60..62, "00");
    damaged.persons.replace_range(62..64, "ff");
    assert_eq!(refused(options(2015), &damaged), Refusal::Lost { year: 2015 });
    // A release with versions of years that are not in the ledger, or without any version.
    for version in [0, 2] {
        let mut other = first.clone();
        other.releases[0].vintages.insert("2014".to_owned(), version);
        assert_eq!(refused(options(2015), &other), Refusal::Lost { year: 2015 }, "{version}");
    }
    let mut none = first.clone();
    none.releases[0].vintages.clear();
    assert_eq!(refused(options(2015), &none), Refusal::Lost { year: 2015 });
    // The counts of an earlier release in the ledger do not match its persons.
    let mut forged = first.clone();
    let counts = forged.releases[0].families.get_mut("sex").unwrap();
    counts[0].value += 50;
    assert!(matches!(refused(options(2015), &forged), Refusal::Impossible { .. }));
    // An earlier release with exact counts next to noisy ones: small counts are then known.
    let mut exact = first.clone();
    let nation = exact.releases[0].families.get_mut("nationality").unwrap();
    let truth =
        |level: &str, year: &str| rows.iter().filter(|r| r[6] == level && r[3] == year).count() as u64;
    for t in nation.iter_mut() {
        if let (Some(level), Some(year)) = (&t.level, &t.year) {
            (t.value, t.how) = (truth(level, year), CountProtection::Exact);
        }
    }
    let why = refused(options(2015), &exact);
    assert!(
        matches!(&why, Refusal::Recovered { family, cells } if family == "nationality" && *cells > 3),
        "{why:?}"
    );
    // Very little noise.
    let mut weak = options(2015);
    weak.noise = ijsberg_disclosure::perturbation::Noise { variance: 0.3, largest: 1, hidden: 0 };
    assert!(matches!(refused(weak, &Ledger::default()), Refusal::Guessed { percent } if percent > 50));
}

/// Counts are required by law, an estimate is not: if the lists hardly overlap, the report has counts only, with the reason.
#[test]
fn counts_are_published_if_nothing_can_be_estimated() {
    let table = "A,B,C,year,sex,age,citizenship,form,count\n1,0,0,2015,F,adult,NL,labour,400\n\
                 0,1,0,2015,M,adult,RO,labour,300\n0,0,1,2015,F,minor,NL,sexual,200\n";
    let e = made(table, options(2015), Ledger::default()).unwrap();
    assert_eq!(e.whole.withheld, Some(ijsberg_publication::estimate::WithheldReason::LittleOverlap));
    assert!(e.whole.analysis.estimates.is_empty() && e.whole.model.is_none());
    assert!(e.parts.iter().all(|p| p.n_hat.is_none() && p.limits.is_none()));
    assert!(e.reported(2015).unwrap().get().abs_diff(900) <= 5 && e.at_least().is_none());
    for language in [ijsberg_report::text::Language::English, ijsberg_report::text::Language::Dutch] {
        let text = ijsberg_report::text::Text::new(language);
        let page =
            ijsberg_publication::write::html::page(&text, &ijsberg_publication::document::compose(&text, &e));
        let why = text.fill("report-withheld-overlap", &[("least", "10".to_owned())]);
        assert!(!why.starts_with("report-") && page.contains(&why), "{why}");
        assert!(page.contains("400") || page.contains("39") || page.contains("40"), "counts");
        let json = ijsberg_publication::write::json(&text, &e, &[]);
        assert_eq!(json["estimate_withheld"], "overlap");
        assert_eq!(json["analysis"]["estimates"].as_array().map(Vec::len), Some(0));
    }
}

/// What a reader knows about the counts of a family from all editions: cells by level and year, and the published bounds of their sums.
fn known(ledger: &Ledger, family: &str) -> (Vec<(String, String)>, Vec<Published>) {
    let noise = crate::options(2015).noise;
    let mut cells: Vec<(String, String)> = Vec::new();
    for t in ledger.releases.iter().filter_map(|r| r.families.get(family)).flatten() {
        if let (Some(level), Some(year)) = (&t.level, &t.year)
            && !cells.contains(&(level.clone(), year.clone()))
        {
            cells.push((level.clone(), year.clone()));
        }
    }
    let mut all = Vec::new();
    for r in &ledger.releases {
        for t in r.families.get(family).into_iter().flatten() {
            let fits = |c: &&usize| {
                let (level, year) = &cells[**c];
                t.level.as_ref().is_none_or(|l| l == level)
                    && t.year.as_ref().map_or_else(|| r.vintages.contains_key(year), |y| y == year)
            };
            let of: Vec<usize> = (0..cells.len()).collect::<Vec<_>>().iter().filter(fits).copied().collect();
            let largest = noise.largest.unsigned_abs();
            all.push(match t.how {
                CountProtection::Hidden => Published::hidden(of),
                CountProtection::Rounded => Published::rounded(of, t.value, 5),
                CountProtection::Exact => Published { cells: of, low: t.value, high: t.value },
                CountProtection::Noise => Published {
                    cells: of,
                    low: t.value.saturating_sub(largest).max(u64::from(t.value > 0)),
                    high: t.value + largest,
                },
            });
        }
    }
    (cells, all)
}

/// Integer programs over three yearly editions, embargoed copies and late reports: every count from 1 to 9 keeps at least five possible
/// values. The same programs recover all of them from exact counts, which shows that the attack works.
#[test]
fn integer_programs_over_three_editions_recover_nothing() {
    let mut attacked = 0;
    for seed in 0..20 {
        let plain = PROTECTIONS[seed as usize % 3];
        let mut rows = register(100 + seed, 500);
        let mut ledger = Ledger::default();
        for year in 2013..=2015_i16 {
            let until: Vec<[String; 8]> =
                rows.iter().filter(|r| r[3].parse::<i16>().unwrap() <= year).cloned().collect();
            let embargo = Some(jiff::civil::date(2016, 10, 18));
            for embargo in [embargo, None] {
                let o = Options { plain, embargo, ..options(year) };
                ledger = made(&csv(&until, &ALL), o, ledger).unwrap().ledger();
            }
            // One late report each year, which the next edition must not disclose.
            rows.push(["0", "0", "1", "2013", "male", "minor", "MA", "organs"].map(str::to_owned));
        }
        assert_eq!(ledger.releases.len(), 6);
        let column = |name: &str| COLUMNS.iter().position(|c| *c == name).unwrap();
        for family in ["nationality", "form", "sex"] {
            let at = column(family);
            let (cells, published) = known(&ledger, family);
            let truth = |c: usize| {
                rows[..500].iter().filter(|r| r[at] == cells[c].0 && r[3] == cells[c].1).count() as u64
            };
            let exact: Vec<Published> = published
                .iter()
                .map(|p| {
                    let sum = p.cells.iter().map(|c| truth(*c)).sum();
                    Published { low: sum, high: sum, ..p.clone() }
                })
                .collect();
            for c in (0..cells.len()).filter(|c| (1..10).contains(&truth(*c))) {
                let [low, high] = range(&published, &[c]).proven().unwrap();
                assert!(low <= truth(c) && truth(c) <= high, "{plain:?} {:?}", cells[c]);
                assert!(high - low + 1 >= 5, "{plain:?} {family} {:?}: {low} to {high}", cells[c]);
                let [low, high] = range(&exact, &[c]).proven().unwrap();
                assert_eq!((low, high), (truth(c), truth(c)));
                attacked += 1;
            }
        }
    }
    assert!(attacked > 100, "{attacked}");
}
