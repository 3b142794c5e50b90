//! Histories of several years: on which lists people were in each of them, as `ijsberg open` reads them. A row for each history with the number of
//! people who have it; a row may be of one person, so it is not for publication.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ijsberg_store::histories;

use super::{MAX_LISTS, years};
use crate::error::RegisterError;
use crate::exchange::Table;
use crate::expected::Expected;
use crate::policy::Operation;
use crate::register::{Id, Register};

/// The column with the number of people.
const COUNT: &str = "count";

/// People by the lists they were on in each year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct YearlyHistories {
    /// Lists in order.
    pub lists: Vec<String>,
    /// Years in order.
    pub years: Vec<i16>,
    /// Number of people by the lists they were on in each year, a bit for each.
    pub people: BTreeMap<Vec<u32>, u64>,
}

impl YearlyHistories {
    /// Different people.
    pub fn persons(&self) -> u64 {
        self.people.values().sum()
    }

    /// A column of 1 and 0 for each list and year, such as `K.2016`, and one with the number of people.
    pub fn table(&self) -> Table {
        let columns = self.years.iter().flat_map(|y| self.lists.iter().map(move |l| format!("{l}.{y}")));
        let row = |(history, people): (&Vec<u32>, &u64)| -> Vec<String> {
            let of_year = |on: &u32| -> Vec<String> {
                (0..self.lists.len()).map(|l| (*on >> l & 1).to_string()).collect()
            };
            history.iter().flat_map(of_year).chain([people.to_string()]).collect()
        };
        (columns.chain([COUNT.to_owned()]).collect(), self.people.iter().map(row).collect())
    }
}

/// How many years after the first a day lies; `None` for one that is no day.
fn after(first: i16, day: &str) -> Option<usize> {
    let year: i16 = day.get(..4)?.parse().ok()?;
    usize::try_from(year - first).ok()
}

impl Register {
    /// Histories by year of all people within reach registered from one year to another, by the decisions on links in force. A person registered
    /// in several years is the same person in all of them.
    ///
    /// # Errors
    /// If the policy does not allow it, or there are more lists than a table holds.
    pub fn histories_by_year(&mut self, from: i16, to: i16) -> Result<YearlyHistories, RegisterError> {
        years(from, to)?;
        self.read_within(Operation::ExportHistories, &format!("histories by year:{from}-{to}"), |r, reach| {
            let groups = r.groups(reach)?;
            let mut names: BTreeSet<String> = BTreeSet::new();
            let mut on: HashMap<Id, BTreeSet<(usize, String)>> = HashMap::new();
            histories::each_dated(r.driver.as_mut(), from, to, reach.within(), &mut |row| {
                let Some(year) = after(from, &row.happened_on) else { return };
                names.insert(row.list.clone());
                on.entry(groups.root(row.id)).or_default().insert((year, row.list));
            })?;
            if names.len() > MAX_LISTS {
                let there = names.len();
                return Err(RegisterError::invalid("lists", Expected::Lists { most: MAX_LISTS, there }));
            }
            let lists: Vec<String> = names.into_iter().collect();
            let mut table = YearlyHistories { years: (from..=to).collect(), ..YearlyHistories::default() };
            for entries in on.into_values() {
                let mut history = vec![0_u32; table.years.len()];
                for (year, list) in entries {
                    if let (Ok(place), Some(lists_of_year)) =
                        (lists.binary_search(&list), history.get_mut(year))
                    {
                        *lists_of_year |= 1 << place;
                    }
                }
                *table.people.entry(history).or_default() += 1;
            }
            table.lists = lists;
            let (persons, lists, years) = (table.persons(), table.lists.len(), table.years.len());
            Ok((table, format!("{persons} persons on {lists} lists in {years} years")))
        })
    }
}
