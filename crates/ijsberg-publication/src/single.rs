//! One protected table of capture histories, published without a report.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_disclosure::round::{Base, to_base};
use ijsberg_tables::Table;

use crate::edition::fingerprint;
use crate::error::PublishError;
use crate::gate::{self, CheckResult, ProtectionSettings, Refusal, ReleaseContents};
use crate::ledger::{Ledger, PublishedEstimate, Release, TABLE, TABLE_SEPARATOR, year_of};
use crate::persons::{is_behind, people_and_year};
use crate::protection::TableProtection;
use crate::source::DeliveredTable;

/// A protected table of histories.
#[derive(Debug, Clone)]
pub struct ProtectedTable {
    /// The lists.
    pub lists: Vec<String>,
    /// The histories with noisy counts.
    pub protected: Vec<(u32, u64)>,
    /// The same counts rounded to base 5. They are made from the noisy counts, so the two together disclose no more.
    pub rounded: Vec<(u32, u64)>,
    /// The number of persons who arrived or left since the table was published and are in none of its counts: not for publication.
    pub held_back: u64,
    /// The result of the disclosure check.
    pub passed: CheckResult,
    /// The release log of the key, this table included.
    pub ledger: Ledger,
}

/// Protects a table and checks it together with everything published before with the same key, reports and tables. A table is frozen like a
/// year of a report ([`crate::persons`]): with a few more persons its published counts are repeated. `people` states that the persons of the
/// table are only in releases with this name; without it they may be in any other release.
///
/// # Errors
/// As for an edition; also if the persons in common with an earlier release cannot be determined.
pub fn protect_table(
    table: &Table,
    noise: Noise,
    secret: &[u8],
    ledger: &Ledger,
    (date, people): (&str, Option<&str>),
) -> Result<ProtectedTable, PublishError> {
    let perturbation = Perturbation::new(noise)?;
    let key = fingerprint(secret);
    // Histories have noise, whatever the protection of counts in other tables.
    let report = ledger.releases.iter().rev().find(|r| !r.is_table());
    let plain = report.map_or(TableProtection::Noise, |r| r.plain);
    gate::check_settings(ProtectionSettings { noise: &noise, plain, key: &key }, &perturbation, ledger)?;
    let last = ledger.releases.last().map_or(year_of(date), |r| r.year);
    let before = ledger.kept_years(secret).ok_or(Refusal::Lost { year: last })?;
    let delivered = DeliveredTable::from_histories(table)?;
    let delivered = match people {
        Some(people) => delivered.of_people(people),
        None => delivered,
    };
    gate::check_lists(&delivered, &before, ledger, true)?;
    let attempt = |may_revise: bool| {
        let mut kept = before.clone();
        let source = delivered.clone().into_source(None, &mut kept, secret, may_revise);
        let histories = source.histories(&perturbation, |_| true);
        let names = |h: u32| {
            (0..source.lists.len())
                .filter(move |l| h >> l & 1 == 1)
                .map(|l| source.lists[l].clone())
                .collect()
        };
        let named: Vec<(Vec<String>, crate::Protected)> =
            histories.iter().map(|(h, n)| (names(*h), *n)).collect();
        let contents = ReleaseContents { families: &mut [], sdg_counts: &mut Vec::new(), histories: &named };
        let passed = gate::attack(contents, &source.vintages, &kept, &noise, ledger)?;
        Ok::<_, Refusal>((source, histories, named, passed, kept))
    };
    let (source, histories, named, passed, kept) = match attempt(true) {
        Err(why) => attempt(false).map_err(|_| why)?,
        Ok(made) => made,
    };
    let held_back: u64 = source.held_back.values().sum();
    // Each year is frozen separately, so a few persons of several years are few in each.
    let behind: Vec<u64> = source.held_back.values().copied().filter(|n| is_behind(*n)).collect();
    if !behind.is_empty() {
        // Otherwise the published counts would be of other persons than those of the table.
        return Err(Refusal::Exhausted { persons: behind.iter().sum() }.into());
    }
    let protected: Vec<(u32, u64)> =
        histories.iter().map(|(h, n)| (*h, n.get())).filter(|c| c.1 > 0).collect();
    let rounded = protected.iter().map(|(h, n)| (*h, to_base(*n, Base::FIVE))).filter(|c| c.1 > 0).collect();
    let years: Vec<i16> = source.vintages.keys().filter_map(|y| people_and_year(y).1.parse().ok()).collect();
    let reported = protected.iter().map(|c| c.1).sum();
    let release = Release {
        year: years.iter().copied().max().unwrap_or(year_of(date)),
        from: years.iter().copied().min().unwrap_or(year_of(date)),
        date: date.to_owned(),
        embargo: None,
        key,
        delivery: Some(people.map_or(TABLE.to_owned(), |people| format!("{TABLE}{TABLE_SEPARATOR}{people}"))),
        noise: (noise.variance, noise.largest, noise.hidden),
        plain,
        vintages: source.vintages.clone(),
        behind: BTreeSet::new(),
        delays: BTreeMap::new(),
        families: gate::published_counts(&[], &[], &named)
            .into_iter()
            .filter(|f| !f.1.is_empty())
            .collect::<BTreeMap<_, _>>(),
        estimate: PublishedEstimate { reported, lower: None, upper: None },
    };
    let mut ledger = ledger.clone();
    ledger.persons = kept.sealed(secret);
    let contents = |r: &Release| (r.vintages.clone(), r.families.clone());
    if !ledger.releases.iter().any(|r| contents(r) == contents(&release)) {
        ledger.releases.push(release);
    }
    Ok(ProtectedTable { lists: source.lists, protected, rounded, held_back, passed, ledger })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use ijsberg_tables::{Choices, read};

    use super::*;

    const KEY: &[u8] = b"a key that is kept from table to table";

    fn made(csv: &str, ledger: &Ledger) -> ProtectedTable {
        let table = read(csv.as_bytes(), &Choices::default()).unwrap();
        protect_table(&table, Noise::default(), KEY, ledger, ("2016-10-18", None)).unwrap()
    }

    /// A few more persons in each of several years are few in each, although together they are many.
    #[test]
    fn late_persons_are_counted_by_year() {
        let of = |more: [u64; 2]| {
            let histories = [("1,0,0", 300), ("0,1,0", 200), ("0,0,1", 150), ("1,1,0", 40), ("1,0,1", 30)];
            let mut all = "A,B,C,year,count\n".to_owned();
            for (cell, n) in histories {
                for (year, late) in [2014, 2015].into_iter().zip(more) {
                    let late = if cell == "1,0,0" { late } else { 0 };
                    let _ = writeln!(all, "{cell},{year},{}", n + late);
                }
            }
            all
        };
        let first = made(&of([0, 0]), &Ledger::default());
        let later = made(&of([6, 7]), &first.ledger);
        assert_eq!((later.held_back, &later.protected), (13, &first.protected));
        // If the noise of one year cannot be renewed again, the table is refused, whatever holds for other years.
        let third = made(&of([40, 6]), &made(&of([20, 0]), &first.ledger).ledger);
        assert_eq!(third.held_back, 6);
        let table = read(of([60, 6]).as_bytes(), &Choices::default()).unwrap();
        let refused = protect_table(&table, Noise::default(), KEY, &third.ledger, ("2016-10-18", None));
        assert!(
            matches!(refused, Err(PublishError::Refused(Refusal::Exhausted { persons: 20 }))),
            "{refused:?}"
        );
    }

    #[test]
    fn a_person_more_changes_nothing_and_both_files_come_from_one_noise() {
        let of =
            |n: u64| format!("A,B,C,count\n1,0,0,300\n0,1,0,200\n1,1,0,40\n0,0,1,{n}\n1,0,1,7\n0,1,1,3\n");
        let first = made(&of(150), &Ledger::default());
        let second = made(&of(151), &first.ledger);
        assert_eq!((second.protected.clone(), second.held_back), (first.protected.clone(), 1));
        assert_eq!(second.ledger, first.ledger);
        for ((h, rounded), (g, noisy)) in first.rounded.iter().zip(first.protected.iter().filter(|p| p.1 > 2))
        {
            assert!(h == g && rounded % 5 == 0 && rounded.abs_diff(*noisy) <= 2);
        }
        // With many more persons all counts get new noise.
        let third = made(&of(190), &second.ledger);
        let changed = third.protected.iter().zip(&first.protected).filter(|(a, b)| a != b).count();
        assert!(changed >= 3 && third.held_back == 0, "{:?} {:?}", third.protected, first.protected);
        assert_eq!(third.ledger.releases.len(), 2);
        // The order of columns and rows does not matter.
        let turned = "C,B,A,count\n0,1,1,40\n0,0,1,300\n1,0,0,150\n1,0,1,7\n1,1,0,3\n0,1,0,200\n";
        let turned = made(turned, &Ledger::default());
        let by_names = |s: &ProtectedTable| {
            let name = |h: u32| {
                let mut on: Vec<&str> =
                    (0..3).filter(|l| h >> l & 1 == 1).map(|l| s.lists[l].as_str()).collect();
                on.sort_unstable();
                on.concat()
            };
            s.protected.iter().map(|(h, n)| (name(*h), *n)).collect::<BTreeMap<String, u64>>()
        };
        assert_eq!(by_names(&turned), by_names(&first));
        // The noise can be renewed twice; after that, other persons need another key.
        let fourth = made(&of(230), &third.ledger);
        let table = read(of(270).as_bytes(), &Choices::default()).unwrap();
        let refused = protect_table(&table, Noise::default(), KEY, &fourth.ledger, ("2016-10-18", None));
        assert!(matches!(refused, Err(PublishError::Refused(Refusal::Exhausted { persons: 40 }))));
        let table = read(of(150).as_bytes(), &Choices::default()).unwrap();
        let other = protect_table(
            &table,
            Noise::default(),
            b"another key, made when it was lost",
            &first.ledger,
            ("", None),
        );
        assert!(matches!(other, Err(PublishError::Refused(Refusal::OtherKey { .. }))));
    }
}
