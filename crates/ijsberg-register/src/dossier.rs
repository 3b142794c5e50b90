//! What runs, for those who must answer for it: organisations, roles, tracks, periods, keys and counts of a register as they are now. No
//! account has a name here, and nothing tells of one person.

use std::collections::BTreeMap;

use ijsberg_store::Row;
use serde::Serialize;

use crate::domain::Domain;
use crate::error::RegisterError;
use crate::keys::Ring;
use crate::policy::Operation;
use crate::register::Register;
use crate::scope::{Reach, Scope};
use crate::worklist::{OpenLane, Organisation};

/// A register as it runs.
#[derive(Debug, Clone, Serialize)]
pub struct RegisterOverview {
    /// Organisations that notify.
    pub organisations: Vec<Organisation>,
    /// Tracks that are open, with their lawful basis.
    pub lanes: Vec<OpenLane>,
    /// Accounts.
    pub accounts: Accounts,
    /// Roles that open accounts have, by organisation.
    pub roles: Vec<RoleHeld>,
    /// Purposes with the months for which they are kept.
    pub periods: Vec<Period>,
    /// People, in counts.
    pub people: People,
    /// Records of cases by kind, in counts.
    pub records: Vec<KindHeld>,
    /// Keys that are in use.
    pub keys: Vec<KeyState>,
    /// Shares of a recovery key open both key files.
    pub recovery_key: bool,
    /// What was done, as the log has it.
    pub done: Vec<OperationUse>,
}

/// Accounts, in counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Accounts {
    /// Accounts that are open.
    pub open: usize,
    /// Of these, how many log in in two steps.
    pub second_factor: usize,
    /// Accounts that were closed.
    pub closed: usize,
}

/// A role for an organisation, and how many have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleHeld {
    /// The role.
    pub role: String,
    /// The organisation, `*` for all.
    pub organisation: String,
    /// Open accounts that have it.
    pub accounts: usize,
}

/// For how long it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The purpose.
    pub purpose: String,
    /// Months.
    pub months: i64,
}

/// People, in counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct People {
    /// Pseudonyms that were not erased.
    pub registered: i64,
    /// Of these, how many have an identity in the vault.
    pub named: i64,
    /// Pseudonyms whose data were erased; they remain in the count.
    pub erased: i64,
    /// Those whose period has ended and who were not erased yet.
    pub due: usize,
    /// Those whose erasure is on hold.
    pub held: usize,
    /// Those whose data are stored and not used; they are in no other of these counts.
    pub restricted: i64,
    /// People and records that are listed for erasure.
    pub listed: i64,
    /// All of them are synthetic.
    pub synthetic: bool,
}

/// Records of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindHeld {
    /// The kind.
    pub kind: String,
    /// How many there are.
    pub records: i64,
}

/// The keys of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyState {
    /// What they are for.
    pub domain: &'static str,
    /// How often they were changed.
    pub changes: i64,
    /// How many are kept, so that what was written under them can be read; none where the vault is not open.
    pub kept: Option<usize>,
    /// A change was begun and has not ended.
    pub unfinished: bool,
}

/// What was done, as the log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OperationUse {
    /// The operation.
    pub operation: String,
    /// How often.
    pub times: i64,
    /// When it was done last.
    pub last: String,
}

impl RegisterOverview {
    /// When an operation was done last.
    pub fn last(&self, operation: &str) -> Option<&OperationUse> {
        self.done.iter().find(|d| d.operation == operation)
    }
}

impl Register {
    /// The register as it runs, in counts and without a name of anybody. For an auditor of all organisations: it tells how all of them
    /// are looked after.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn dossier(&mut self) -> Result<RegisterOverview, RegisterError> {
        self.read(Operation::ReadAudit, &Scope::Everywhere, "dossier", |r| Ok((r.running()?, String::new())))
    }

    fn running(&mut self) -> Result<RegisterOverview, RegisterError> {
        let (accounts, roles) = self.accounts()?;
        let periods = self.driver.query("SELECT purpose, months FROM retention ORDER BY purpose", &[])?;
        let records = "SELECT kind, count(*) FROM record GROUP BY kind ORDER BY kind";
        let records = self.driver.query(records, &[])?;
        let done = "SELECT operation, count(*), max(at_time) FROM audit WHERE outcome = 'done' \
                    GROUP BY operation ORDER BY operation";
        let done = self.driver.query(done, &[])?;
        let period = |r: &Row| Period { purpose: r.text(0).to_owned(), months: r.int(1) };
        let held = |r: &Row| KindHeld { kind: r.text(0).to_owned(), records: r.int(1) };
        let told = |r: &Row| OperationUse {
            operation: r.text(0).to_owned(),
            times: r.int(1),
            last: r.text(2).to_owned(),
        };
        Ok(RegisterOverview {
            organisations: self.organisations()?,
            lanes: self.lanes()?,
            accounts,
            roles,
            periods: periods.iter().map(period).collect(),
            people: self.people()?,
            records: records.iter().map(held).collect(),
            keys: self.key_states(),
            recovery_key: self.work.recovery.is_some(),
            done: done.iter().map(told).collect(),
        })
    }

    /// Accounts and the roles of those that are open, from the rows that were counted.
    fn accounts(&mut self) -> Result<(Accounts, Vec<RoleHeld>), RegisterError> {
        let users = self.vouched("app_user", &["name", "disabled", "second_factor"])?;
        let (open, closed): (Vec<&Row>, Vec<&Row>) = users.iter().partition(|u| u.int(1) == 0);
        let accounts = Accounts {
            open: open.len(),
            second_factor: open.iter().filter(|u| !u.is_null(2)).count(),
            closed: closed.len(),
        };
        let mut held: BTreeMap<(String, String), usize> = BTreeMap::new();
        for row in self.vouched("app_role", &["user_name", "role", "organisation"])? {
            if open.iter().any(|u| u.text(0) == row.text(0)) {
                *held.entry((row.text(2).to_owned(), row.text(1).to_owned())).or_default() += 1;
            }
        }
        let of = |((organisation, role), accounts)| RoleHeld { role, organisation, accounts };
        Ok((accounts, held.into_iter().map(of).collect()))
    }

    fn people(&mut self) -> Result<People, RegisterError> {
        let mut number = |sql: &str| -> Result<i64, RegisterError> {
            Ok(self.driver.first(sql, &[])?.map_or(0, |row| row.int(0)))
        };
        let registered = number("SELECT count(*) FROM person WHERE erased_at IS NULL")?;
        let erased = number("SELECT count(*) FROM person WHERE erased_at IS NOT NULL")?;
        let named = number("SELECT count(*) FROM person_key")?;
        let listed = number("SELECT count(*) FROM erasing")?;
        let restricted = number("SELECT count(*) FROM restriction")?;
        Ok(People {
            registered,
            named,
            erased,
            due: self.due(&Reach::Everywhere)?.len(),
            held: self.held()?.len(),
            restricted,
            listed,
            synthetic: self.nobody_exists()?,
        })
    }

    fn key_states(&self) -> Vec<KeyState> {
        let of = |domain: Domain| {
            let (epoch, ring) = (self.epochs.get(&domain)?, self.ring(domain));
            Some(KeyState {
                domain: domain.name(),
                changes: epoch.number - 1,
                kept: ring.map(Ring::len),
                unfinished: ring.is_some_and(|r| r.after(&epoch.key).is_some()),
            })
        };
        Domain::ALL.into_iter().filter_map(of).collect()
    }
}
