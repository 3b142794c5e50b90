//! Whoever has all that was published, and nothing else, tries to find out who is in it.

use std::fmt::Write as _;

use ijsberg_disclosure::attack::{Published, range};
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_publication::families::Family;
use ijsberg_publication::gate::Refused;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::protection::{How, Plain};
use ijsberg_publication::source::NotPersons;
use ijsberg_publication::{Edition, Options, PublishError, edition};

use crate::registers::{ALL, COLUMNS, csv, register};

/// What is estimated is not the question here, so one method and no replicates do.
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

/// A person more, a day later: nothing that is given out may change.
#[test]
fn one_person_more_changes_nothing_that_was_given_out() {
    let mut rows = register(1, 900);
    let first = made(&csv(&rows, &ALL), options(2015), Ledger::default()).unwrap();
    let person = ["0", "0", "1", "2013", "female", "minor", "NL", "criminal"].map(str::to_owned);
    rows.push(person);
    for plain in [Plain::Noise, Plain::Rounded, Plain::Suppressed] {
        let o = || Options { plain, ..options(2015) };
        let first = made(&csv(&rows[..900], &ALL), o(), Ledger::default()).unwrap();
        let mut next_day = o();
        next_day.date = jiff::civil::date(2016, 10, 19);
        let second = made(&csv(&rows, &ALL), next_day, first.ledger()).unwrap();
        assert_eq!(counts(&second), counts(&first), "{plain:?}");
        assert_eq!(second.whole.histories, first.whole.histories);
        assert_eq!(second.asked, first.asked);
        assert_eq!(second.parts, first.parts);
        // Whoever makes the report is told, and nobody else.
        assert_eq!(second.held_back.get("2013"), Some(&1));
        assert!(second.passed.revised.is_empty());
    }
    // One less, or one with other lists, likewise.
    let fewer = made(&csv(&rows[..899], &ALL), options(2015), first.ledger()).unwrap();
    assert_eq!(counts(&fewer), counts(&first));
    let mut moved = rows[..900].to_vec();
    moved[5][4] = if moved[5][4] == "male" { "female" } else { "male" }.to_owned();
    let corrected = made(&csv(&moved, &ALL), options(2015), first.ledger()).unwrap();
    assert_eq!(counts(&corrected), counts(&first));
}

/// Ten persons more, and the year is revised as a whole: no count of it, but that of nobody, says by staying the same that nobody
/// came; other years stay as they were.
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
    // Noise of its own is the same by chance for a quarter of the counts, whoever is in them.
    assert!(
        of_year("2014", true) > of_year("2014", false),
        "{} {}",
        of_year("2014", true),
        of_year("2014", false)
    );
    // Only twice: then the year stays.
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

/// Persons of a year come, leave and are corrected at random: it stays to the digit until ten came or left, and other years stay whatever
/// comes; of every small count, that of who came and who left too, five numbers are proven.
#[test]
fn random_histories_of_a_register_tell_of_nobody() {
    let (mut revised, mut stayed) = (0, 0);
    for seed in 0..6_u64 {
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
            assert!(now.passed.small > 0 && now.passed.narrowest >= Some(5), "{:?}", now.passed);
            before = now;
        }
    }
    assert!(revised > 3 && stayed > 3, "{revised} {stayed}");
}

/// The columns in another order, one left out, levels and names written otherwise: the same persons have the same noise, so that
/// nothing is won by averaging, whether the editions know of one another or not.
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

/// With a pseudonym the noise belongs to the person, whatever else is known.
#[test]
fn a_pseudonym_gives_the_noise_and_is_told_nowhere() {
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
    let sex = |e: &Edition| e.families.iter().find(|f| f.name == "sex").unwrap().told();
    assert_eq!(sex(&first), sex(&other));
    assert!(first.families.iter().all(|f| f.name != "person"));
    // Other persons, other noise.
    let shifted = made(&with(&ALL, 1), options(2015), Ledger::default()).unwrap();
    assert_ne!(counts(&shifted), counts(&first));
    let twice = with(&ALL, 0).replace("p0007", "p0008");
    assert!(matches!(
        made(&twice, options(2015), Ledger::default()),
        Err(PublishError::Persons(NotPersons::Twice(name))) if name == "p0008"
    ));
}

/// Every refusal is reached, and is that one.
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
    for plain in [Plain::Rounded, Plain::Suppressed] {
        let o = Options { plain, ..options(2015) };
        assert_eq!(refused(o, &first), Refused::OtherProtection { year: 2015 });
    }
    let mut lost = first.clone();
    lost.persons.clear();
    assert_eq!(refused(options(2015), &lost), Refused::Lost { year: 2015 });
    let mut damaged = first.clone();
    damaged.persons.replace_range(60..62, "00");
    damaged.persons.replace_range(62..64, "ff");
    assert_eq!(refused(options(2015), &damaged), Refused::Lost { year: 2015 });
    // A release of versions of years that the ledger does not hold, or of none.
    for version in [0, 2] {
        let mut other = first.clone();
        other.releases[0].vintages.insert("2014".to_owned(), version);
        assert_eq!(refused(options(2015), &other), Refused::Lost { year: 2015 }, "{version}");
    }
    let mut none = first.clone();
    none.releases[0].vintages.clear();
    assert_eq!(refused(options(2015), &none), Refused::Lost { year: 2015 });
    // What an earlier release is said to have told does not fit the persons it is of.
    let mut forged = first.clone();
    let told = forged.releases[0].families.get_mut("sex").unwrap();
    told[0].value += 50;
    assert!(matches!(refused(options(2015), &forged), Refused::Impossible { .. }));
    // An earlier release that told exact counts beside those with noise: what is small is known.
    let mut exact = first.clone();
    let nation = exact.releases[0].families.get_mut("nationality").unwrap();
    let truth =
        |level: &str, year: &str| rows.iter().filter(|r| r[6] == level && r[3] == year).count() as u64;
    for t in nation.iter_mut() {
        if let (Some(level), Some(year)) = (&t.level, &t.year) {
            (t.value, t.how) = (truth(level, year), How::Exact);
        }
    }
    let why = refused(options(2015), &exact);
    assert!(
        matches!(&why, Refused::Recovered { family, cells } if family == "nationality" && *cells > 3),
        "{why:?}"
    );
    // Noise that is hardly any.
    let mut weak = options(2015);
    weak.noise = ijsberg_disclosure::perturbation::Noise { variance: 0.3, largest: 1, hidden: 0 };
    assert!(matches!(refused(weak, &Ledger::default()), Refused::Guessed { percent } if percent > 50));
}

/// Counts are a duty, an estimate is not: where the lists hardly overlap there is a report of counts, which says why.
#[test]
fn counts_are_given_out_where_nothing_can_be_estimated() {
    let table = "A,B,C,year,sex,age,citizenship,form,count\n1,0,0,2015,F,adult,NL,labour,400\n\
                 0,1,0,2015,M,adult,RO,labour,300\n0,0,1,2015,F,minor,NL,sexual,200\n";
    let e = made(table, options(2015), Ledger::default()).unwrap();
    assert_eq!(e.whole.withheld, Some(ijsberg_publication::estimate::Withheld::LittleOverlap));
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

/// What a reader knows of the counts of a family, from all editions: cells by level and year, and what was told of their sums.
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
                How::Hidden => Published::hidden(of),
                How::Rounded => Published::rounded(of, t.value, 5),
                How::Exact => Published { cells: of, low: t.value, high: t.value },
                How::Noise => Published {
                    cells: of,
                    low: t.value.saturating_sub(largest).max(u64::from(t.value > 0)),
                    high: t.value + largest,
                },
            });
        }
    }
    (cells, all)
}

/// Integer programs over three yearly editions, an embargoed copy and late reports: no count from 1 to 9 is told to fewer than five
/// numbers. The same programs tell all of them where counts were given out as they are, so the attack is one.
#[test]
fn integer_programs_over_three_editions_recover_nothing() {
    let mut attacked = 0;
    for seed in 0..20 {
        let plain = [Plain::Noise, Plain::Rounded, Plain::Suppressed][seed as usize % 3];
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
            // One late report each year, which the next edition must not tell.
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
