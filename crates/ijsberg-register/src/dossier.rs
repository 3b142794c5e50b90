//! The running configuration, for those accountable for it: organisations, roles, tracks, periods, keys and counts of a register as they
//! are now. It contains no name of an account and nothing about a single person.

use std::collections::BTreeMap;

use ijsberg_store::accounts::{Account, AccountRole};
use ijsberg_store::{dossier, retention};
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

impl From<retention::Period> for Period {
    fn from(period: retention::Period) -> Self {
        Self { purpose: period.purpose, months: period.months }
    }
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
    /// The configuration of the register, in counts and without names. For an auditor of all organisations: it covers how all of them are
    /// managed.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn dossier(&mut self) -> Result<RegisterOverview, RegisterError> {
        self.read(Operation::ReadAudit, &Scope::Everywhere, "dossier", |r| Ok((r.running()?, String::new())))
    }

    fn running(&mut self) -> Result<RegisterOverview, RegisterError> {
        let (accounts, roles) = self.accounts()?;
        let periods = retention::periods(self.driver.as_mut())?;
        let records = dossier::records(self.driver.as_mut())?;
        let done = dossier::operations(self.driver.as_mut())?;
        let held = |k: dossier::KindCount| KindHeld { kind: k.kind, records: k.records };
        let told = |o: dossier::OperationCount| OperationUse {
            operation: o.operation,
            times: o.times,
            last: o.last,
        };
        Ok(RegisterOverview {
            organisations: self.organisations()?,
            lanes: self.lanes()?,
            accounts,
            roles,
            periods: periods.into_iter().map(Period::from).collect(),
            people: self.people()?,
            records: records.into_iter().map(held).collect(),
            keys: self.key_states(),
            recovery_key: self.work.recovery.is_some(),
            done: done.into_iter().map(told).collect(),
        })
    }

    /// Accounts and the roles of those that are open, from the rows that were counted.
    fn accounts(&mut self) -> Result<(Accounts, Vec<RoleHeld>), RegisterError> {
        let all = self.vouched::<Account>("app_user")?;
        let (closed, open): (Vec<Account>, Vec<Account>) = all.into_iter().partition(|a| a.disabled);
        let accounts = Accounts {
            open: open.len(),
            second_factor: open.iter().filter(|a| a.second_factor.is_some()).count(),
            closed: closed.len(),
        };
        let mut held: BTreeMap<(String, String), usize> = BTreeMap::new();
        for role in self.vouched::<AccountRole>("app_role")? {
            if open.iter().any(|a| a.name == role.user_name) {
                *held.entry((role.organisation, role.role)).or_default() += 1;
            }
        }
        let of = |((organisation, role), accounts)| RoleHeld { role, organisation, accounts };
        Ok((accounts, held.into_iter().map(of).collect()))
    }

    fn people(&mut self) -> Result<People, RegisterError> {
        let counted = dossier::people(self.driver.as_mut())?;
        Ok(People {
            registered: counted.registered,
            named: counted.named,
            erased: counted.erased,
            due: self.due(&Reach::Everywhere)?.len(),
            held: self.held()?.len(),
            restricted: counted.restricted,
            listed: counted.listed,
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
