//! Capture histories: one row a person, one column a list, and the covariates that a breakdown needs. Nothing else leaves.

mod ends;
pub mod yearly;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ijsberg_store::Row;

use crate::citizenships::codes;
use crate::error::RegisterError;
use crate::expected::{Expected, Thing, Wanted};
use crate::facts::{Facts, days};
use crate::gate::AuditedResult;
use crate::history_table::known;
pub use crate::history_table::{HistoryTable, PersonHistory};
use crate::policy::Operation;
use crate::register::{Id, Register};
use crate::scope::{Reach, Scope};

/// A group of ages, as a row of registrations tells it.
fn age_in(row: &Row) -> &'static str {
    match row.text(4) {
        "yes" => "minor",
        "no" => "adult",
        _ => "unknown",
    }
}

/// Dutch or not, by all citizenships: who is Dutch beside something else counts as Dutch, and nobody counts twice.
fn nationality_of(citizenships: &BTreeSet<String>) -> &'static str {
    match citizenships.first() {
        _ if citizenships.contains("NL") => "NL",
        None => "unknown",
        Some(_) => "other",
    }
}

impl PersonHistory {
    /// By the first registration of the person, on the list of `bit`.
    fn first(row: &Row, bit: u32) -> Self {
        Self {
            lists: bit,
            year: row.text(2).chars().take(4).collect(),
            sex: row.text(3).to_owned(),
            age: age_in(row),
            nationality: nationality_of(&BTreeSet::new()),
            form: row.text(6).to_owned(),
            facts: BTreeSet::new(),
            days: BTreeMap::new(),
            citizenships: BTreeSet::new(),
            sector: String::new(),
            region: String::new(),
            decided_by: String::new(),
        }
    }

    /// By another registration: what the first list did not know another may.
    fn again(&mut self, row: &Row, bit: u32) {
        let known = |s: &str| s != "unknown" && s != "UNKNOWN";
        self.lists |= bit;
        if !known(&self.sex) {
            row.text(3).clone_into(&mut self.sex);
        }
        if !known(self.age) {
            self.age = age_in(row);
        }
        if !known(&self.form) {
            row.text(6).clone_into(&mut self.form);
        }
    }

    /// Takes over what a registration knows beside the list.
    fn know(&mut self, nationality: &str, sector: &str, region: &str) {
        self.citizenships.extend(codes(nationality).map(str::to_owned));
        self.nationality = nationality_of(&self.citizenships);
        if self.sector.is_empty() && sector != "UNKNOWN" {
            sector.clone_into(&mut self.sector);
        }
        if self.region.is_empty() {
            region.clone_into(&mut self.region);
        }
    }
}

/// The most lists of a table.
pub const MAX_LISTS: usize = 16;

/// A list for linkage with names: a header and rows, the first column the registration.
pub type NamedList = (String, Vec<Vec<String>>);

/// Columns of a list for linkage.
pub const LIST_COLUMNS: [&str; 8] =
    ["registration", "given_name", "family_name", "alias", "birth_date", "sex", "nationality", "place"];

/// Codes that follow them where somebody asks for a breakdown of what linkage finds. What is not known is empty.
pub const CODED_COLUMNS: [&str; 3] = ["year", "age", "form"];

/// Refuses years that are none.
fn years(from: i16, to: i16) -> Result<(), RegisterError> {
    if (1900..=to).contains(&from) && to <= 2100 {
        return Ok(());
    }
    let expected = Wanted::Years;
    Err(RegisterError::invalid("years", expected))
}

impl Register {
    /// Histories of all persons within reach registered from one year to another, by the decisions on links in force. A person
    /// registered in several years counts in the first.
    ///
    /// # Errors
    /// If the policy does not allow it, or there are more lists than a table holds.
    pub fn histories(&mut self, from: i16, to: i16) -> Result<HistoryTable, RegisterError> {
        years(from, to)?;
        self.read_within(Operation::ExportHistories, &format!("histories:{from}-{to}"), |r, reach| {
            r.histories_with(from, to, None, reach)
        })
    }

    /// The same of all organisations with what the yearly report counts beside: means of coercion, signals that were answered with yes, support, steps of
    /// residence and justice, the last decision on status, and how long it took until the first registration, also on each list. Codes
    /// and days only: `signals` are the indicators that are counted, for what an observation is of is written by hand.
    ///
    /// # Errors
    /// As for [`Register::histories`].
    pub fn histories_for_report(
        &mut self,
        from: i16,
        to: i16,
        signals: &[String],
    ) -> Result<HistoryTable, RegisterError> {
        years(from, to)?;
        self.read(Operation::Publish, &Scope::Everywhere, &format!("histories:{from}-{to}"), |r| {
            r.histories_with(from, to, Some(signals), &Reach::Everywhere)
        })
    }

    fn histories_with(
        &mut self,
        from: i16,
        to: i16,
        signals: Option<&[String]>,
        reach: &Reach,
    ) -> AuditedResult<HistoryTable> {
        let groups = self.groups(reach)?;
        let mut table = HistoryTable::default();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut persons: HashMap<Id, usize> = HashMap::new();
        let facts = signals.is_some();
        let mut known_of = Facts::for_signals(signals.unwrap_or_default());
        let mut values = vec![format!("{from:04}").into(), format!("{:04}", i32::from(to) + 1).into()];
        let own = reach.condition("organisation", &mut values);
        let sql = format!(
            "SELECT id, list, happened_on, sex, minor, nationality, form, person, recorded_at, sector, region FROM registration \
             WHERE happened_on >= $1 AND happened_on < $2 AND {own} ORDER BY happened_on, recorded_at, id"
        );
        self.driver.each(&sql, &values, &mut |row| {
            let Ok(id) = row.bytes(0).try_into() else { return };
            let next = numbers.len() as u32;
            let list = *numbers.entry(row.text(1).to_owned()).or_insert(next);
            let bit = 1_u32.checked_shl(list).unwrap_or(0);
            let at = *persons.entry(groups.root(id)).or_insert(table.persons.len());
            if facts {
                let first = at == table.persons.len();
                known_of.registered(row.bytes(7), at, first.then(|| (row.text(2), row.text(8))));
            }
            let is_new = facts && table.persons.get(at).is_none_or(|p| p.lists & bit == 0);
            match table.persons.get_mut(at) {
                None => table.persons.push(PersonHistory::first(&row, bit)),
                Some(p) => p.again(&row, bit),
            }
            table.persons[at].know(row.text(5), row.text(9), row.text(10));
            if is_new && let Some(days) = days(row.text(2), row.text(8)) {
                table.persons[at].days.insert(list as usize, days);
            }
        })?;
        if numbers.len() > MAX_LISTS {
            return Err(RegisterError::invalid(
                "lists",
                Expected::Lists { most: MAX_LISTS, there: numbers.len() },
            ));
        }
        // Lists in the order of their names, whichever came first.
        let sorted: BTreeMap<&String, u32> = numbers.iter().map(|(n, k)| (n, *k)).collect();
        for p in &mut table.persons {
            p.lists = sorted.values().enumerate().map(|(new, old)| (p.lists >> old & 1) << new).sum();
            let placed = |(new, old): (usize, &u32)| Some((new, *p.days.get(&(*old as usize))?));
            p.days = sorted.values().enumerate().filter_map(placed).collect();
        }
        table.lists = sorted.keys().map(|n| (*n).clone()).collect();
        // Where nobody is there is nothing to know.
        if facts && !table.persons.is_empty() {
            for record in self.all_records(reach)? {
                known_of.record(&record);
            }
            known_of.into_table(&mut table);
        }
        let counted = if facts { " and what is known of them, in codes" } else { "" };
        let detail = format!("{} persons on {} lists{counted}", table.persons.len(), table.lists.len());
        Ok((table, detail))
    }

    /// Notes that something made of the histories was given out.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn released(&mut self, title: &str) -> Result<(), RegisterError> {
        self.act(Operation::Publish, &Scope::Everywhere, "release", |_| Ok(((), title.to_owned())))
    }

    /// The lists with names of organisations within reach, for linkage, by the decisions of whoever may see them: [`LIST_COLUMNS`], and
    /// with `codes` also [`CODED_COLUMNS`].
    ///
    /// # Errors
    /// If the policy does not allow it, or the vault is closed.
    pub fn named_lists(&mut self, codes: bool) -> Result<Vec<NamedList>, RegisterError> {
        if self.vault.is_none() {
            return Err(RegisterError::VaultClosed);
        }
        self.read_within(Operation::ExportLists, "lists with names", |r, reach| {
            let mut values = Vec::new();
            let sql = format!(
                "SELECT id, person, list, sex, minor, nationality, form, birth_year, happened_on FROM registration \
                 WHERE lane = 'help' AND {} ORDER BY list, recorded_at, id",
                reach.condition("organisation", &mut values)
            );
            let mut lists: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
            for row in r.driver.query(&sql, &values)? {
                let person: Id =
                    row.bytes(1).try_into().map_err(|_| RegisterError::NotFound(Thing::Person))?;
                let identity = match r.open_identity(&person) {
                    Ok(identity) => identity,
                    Err(RegisterError::Erased) => BTreeMap::default(),
                    Err(error) => return Err(error),
                };
                let of = |field: &str| identity.get(field).cloned().unwrap_or_default();
                let year = if row.is_null(7) { String::new() } else { row.int(7).to_string() };
                let birth = Some(of("birth_date")).filter(|b| !b.is_empty()).unwrap_or(year);
                let mut cells = vec![
                    ijsberg_crypto::hex(row.bytes(0)),
                    of("given_name"),
                    of("family_name"),
                    of("alias"),
                    birth,
                    row.text(3).to_owned(),
                    row.text(5).to_owned(),
                    of("place"),
                ];
                if codes {
                    let year = row.text(8).chars().take(4).collect();
                    cells.extend([year, known(age_in(&row)), known(row.text(6))]);
                }
                lists.entry(row.text(2).to_owned()).or_default().push(cells);
            }
            let detail =
                format!("{} lists, {} rows", lists.len(), lists.values().map(Vec::len).sum::<usize>());
            Ok((lists.into_iter().collect(), detail))
        })
    }
}
