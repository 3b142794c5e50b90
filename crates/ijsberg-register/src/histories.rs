//! Capture histories: one row a person, one column a list, and the covariates for breakdowns. Nothing else leaves the register.

mod ends;
pub mod yearly;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ijsberg_store::histories::{self, CodedRegistration};

use crate::citizenships::codes;
use crate::error::RegisterError;
use crate::expected::{Expected, Wanted};
use crate::facts::{Facts, days};
use crate::gate::AuditedResult;
use crate::history_table::known;
pub use crate::history_table::{HistoryTable, PersonHistory};
use crate::policy::Operation;
use crate::register::{Id, Register};
use crate::scope::{Reach, Scope};

/// A group of ages, by what a registration says of being under 18.
fn age_by(minor: &str) -> &'static str {
    match minor {
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
    fn first(registration: &CodedRegistration, bit: u32) -> Self {
        Self {
            lists: bit,
            year: registration.happened_on.chars().take(4).collect(),
            sex: registration.sex.clone(),
            age: age_by(&registration.minor),
            nationality: nationality_of(&BTreeSet::new()),
            form: registration.form.clone(),
            facts: BTreeSet::new(),
            days: BTreeMap::new(),
            citizenships: BTreeSet::new(),
            sector: String::new(),
            region: String::new(),
            decided_by: String::new(),
        }
    }

    /// By another registration: what the first list did not know another may.
    fn again(&mut self, registration: &CodedRegistration, bit: u32) {
        let known = |s: &str| s != "unknown" && s != "UNKNOWN";
        self.lists |= bit;
        if !known(&self.sex) {
            self.sex.clone_from(&registration.sex);
        }
        if !known(self.age) {
            self.age = age_by(&registration.minor);
        }
        if !known(&self.form) {
            self.form.clone_from(&registration.form);
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

    /// The same for all organisations with the other counts of the yearly report: means of coercion, signals answered with yes, support,
    /// steps of residence and justice, the last decision on status, and how long it took until the first registration, also on each list.
    /// Codes and days only: `signals` are the indicators to count, since the subject of an observation is free text.
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
        histories::each_coded(self.driver.as_mut(), from, to, reach.within(), &mut |row| {
            let (happened, recorded) = (row.happened_on.as_str(), row.recorded_at.as_str());
            let next = numbers.len() as u32;
            let list = *numbers.entry(row.list.clone()).or_insert(next);
            let bit = 1_u32.checked_shl(list).unwrap_or(0);
            let at = *persons.entry(groups.root(row.id)).or_insert(table.persons.len());
            if facts {
                let first = at == table.persons.len();
                known_of.registered(&row.person, at, first.then_some((happened, recorded)));
            }
            let is_new = facts && table.persons.get(at).is_none_or(|p| p.lists & bit == 0);
            match table.persons.get_mut(at) {
                None => table.persons.push(PersonHistory::first(&row, bit)),
                Some(p) => p.again(&row, bit),
            }
            table.persons[at].know(&row.nationality, &row.sector, &row.region);
            if is_new && let Some(days) = days(happened, recorded) {
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

    /// Records that a publication made from the histories was released.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn released(&mut self, title: &str) -> Result<(), RegisterError> {
        self.act(Operation::Publish, &Scope::Everywhere, "release", |_| Ok(((), title.to_owned())))
    }

    /// The lists of the support track, with the names of people, for organisations within reach and for linkage: [`LIST_COLUMNS`], and with
    /// `codes` also [`CODED_COLUMNS`].
    ///
    /// # Errors
    /// If the policy does not allow it, or the vault is closed.
    pub fn named_lists(&mut self, codes: bool) -> Result<Vec<NamedList>, RegisterError> {
        if self.vault.is_none() {
            return Err(RegisterError::VaultClosed);
        }
        self.read_within(Operation::ExportLists, "lists with names", |r, reach| {
            let mut lists: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
            for row in histories::on_lists(r.driver.as_mut(), reach.within())? {
                let identity = match r.open_identity(&row.person) {
                    Ok(identity) => identity,
                    Err(RegisterError::Erased) => BTreeMap::default(),
                    Err(error) => return Err(error),
                };
                let of = |field: &str| identity.get(field).cloned().unwrap_or_default();
                let year = row.birth_year.map(|year| year.to_string()).unwrap_or_default();
                let birth = Some(of("birth_date")).filter(|b| !b.is_empty()).unwrap_or(year);
                let mut cells = vec![
                    ijsberg_crypto::hex(&row.id),
                    of("given_name"),
                    of("family_name"),
                    of("alias"),
                    birth,
                    row.sex,
                    row.nationality,
                    of("place"),
                ];
                if codes {
                    let year = row.happened_on.chars().take(4).collect();
                    cells.extend([year, known(age_by(&row.minor)), known(&row.form)]);
                }
                lists.entry(row.list).or_default().push(cells);
            }
            let detail =
                format!("{} lists, {} rows", lists.len(), lists.values().map(Vec::len).sum::<usize>());
            Ok((lists.into_iter().collect(), detail))
        })
    }
}
