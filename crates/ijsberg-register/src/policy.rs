//! Access policy: operations and the roles that may perform them. Anything else is denied.

use serde::{Deserialize, Serialize};

/// A role. A user has it for one organisation, or for all (`*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Users, organisations, tracks and backups; sees no person.
    Administrator,
    /// Receives notifications.
    Registrar,
    /// Helps persons.
    CaseWorker,
    /// Decides which registrations are of one person.
    Linker,
    /// Counts; sees pseudonyms and codes.
    Statistician,
    /// Reads who somebody is.
    VaultKeeper,
    /// Reads who did what.
    Auditor,
    /// Erases what has passed its retention period.
    RecordsManager,
    /// Police; notifies, and reads what was disclosed to it.
    PoliceLiaison,
    /// Immigration service; likewise.
    ImmigrationLiaison,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 10] = [
        Self::Administrator,
        Self::Registrar,
        Self::CaseWorker,
        Self::Linker,
        Self::Statistician,
        Self::VaultKeeper,
        Self::Auditor,
        Self::RecordsManager,
        Self::PoliceLiaison,
        Self::ImmigrationLiaison,
    ];

    /// Its name in files.
    pub fn name(self) -> String {
        serde_name(&self)
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name.trim().to_lowercase().replace('-', "_"))
    }

    /// Behind the firewall: support data reach it only by a recorded decision on one case.
    pub fn is_behind_firewall(self) -> bool {
        matches!(self, Self::PoliceLiaison | Self::ImmigrationLiaison)
    }
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Add users and give roles.
    ManageUsers,
    /// Add organisations.
    ManageOrganisations,
    /// Record the basis of a lane, which opens it.
    OpenLane,
    /// Copy the register.
    Backup,
    /// Change the keys.
    RotateKeys,
    /// Add notifications.
    Notify,
    /// Correct coded fields of a registration.
    Correct,
    /// Read a registration: pseudonym and codes.
    ReadRegistration,
    /// Read a case record.
    ReadRecord,
    /// Write a case record.
    WriteRecord,
    /// Read about suspects.
    ReadSuspect,
    /// Write about suspects.
    WriteSuspect,
    /// Decide on somebody's status, with reasons.
    DecideStatus,
    /// Disclose something of one case to police or immigration.
    Disclose,
    /// Read what was disclosed to one's organisation.
    ReadDisclosed,
    /// Read an identity.
    ReadIdentity,
    /// Write an identity.
    WriteIdentity,
    /// Read an identity in an emergency, with a reason and notification of another user.
    BreakGlass,
    /// Review emergency access.
    ReviewBreakGlass,
    /// Decide which registrations are of one person, and undo it.
    Link,
    /// Export lists with names or codes for linkage.
    ExportLists,
    /// Export capture histories.
    ExportHistories,
    /// Export coded cases (HTCDS, CTDC).
    ExportCases,
    /// Count for the report of all organisations, and publish it.
    Publish,
    /// Put erasure on hold, and erase.
    Retain,
    /// Set for how long it is kept.
    SetRetention,
    /// Read the audit log.
    ReadAudit,
}

impl Operation {
    /// Its name in the audit log.
    pub fn name(self) -> String {
        serde_name(&self)
    }

    /// The operation of that name.
    pub fn parse(name: &str) -> Option<Self> {
        MATRIX.iter().map(|m| m.0).find(|o| o.name() == name)
    }

    /// How far a role for one organisation goes with it.
    pub fn extent(self) -> Extent {
        match self {
            // What these touch is of all organisations together.
            Self::ManageOrganisations
            | Self::OpenLane
            | Self::Backup
            | Self::RotateKeys
            | Self::Publish
            | Self::SetRetention => Extent::Everywhere,
            Self::BreakGlass => Extent::Beyond,
            Self::ManageUsers
            | Self::Notify
            | Self::Correct
            | Self::ReadRegistration
            | Self::ReadRecord
            | Self::WriteRecord
            | Self::ReadSuspect
            | Self::WriteSuspect
            | Self::DecideStatus
            | Self::Disclose
            | Self::ReadDisclosed
            | Self::ReadIdentity
            | Self::WriteIdentity
            | Self::ReviewBreakGlass
            | Self::Link
            | Self::ExportLists
            | Self::ExportHistories
            | Self::ExportCases
            | Self::Retain
            | Self::ReadAudit => Extent::Own,
        }
    }
}

/// How far a role for one organisation goes with an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// As far as the data of that organisation.
    Own,
    /// Nowhere: it takes a role for all organisations.
    Everywhere,
    /// Beyond it, with a reason and notice to somebody else.
    Beyond,
}

/// The name that a unit variant is written by.
fn serde_name(of: &impl Serialize) -> String {
    serde_json::to_value(of).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

use Operation as O;
use Role as R;

/// Every operation with the roles that may.
pub const MATRIX: [(Operation, &[Role]); 27] = [
    (O::ManageUsers, &[R::Administrator]),
    (O::ManageOrganisations, &[R::Administrator]),
    (O::OpenLane, &[R::Administrator]),
    // An account for unattended copies administers nothing.
    (O::Backup, &[R::Administrator, R::Auditor]),
    (O::RotateKeys, &[R::Administrator]),
    (O::Notify, &[R::Registrar, R::CaseWorker, R::PoliceLiaison, R::ImmigrationLiaison]),
    (O::Correct, &[R::Registrar, R::CaseWorker]),
    (O::ReadRegistration, &[R::Registrar, R::CaseWorker, R::Linker, R::Statistician]),
    (O::ReadRecord, &[R::CaseWorker]),
    (O::WriteRecord, &[R::CaseWorker]),
    (O::ReadSuspect, &[R::CaseWorker]),
    (O::WriteSuspect, &[R::CaseWorker]),
    (O::DecideStatus, &[R::CaseWorker]),
    (O::Disclose, &[R::CaseWorker]),
    (O::ReadDisclosed, &[R::PoliceLiaison, R::ImmigrationLiaison]),
    (O::ReadIdentity, &[R::VaultKeeper, R::CaseWorker]),
    (O::WriteIdentity, &[R::Registrar, R::CaseWorker]),
    (O::BreakGlass, &[R::CaseWorker, R::Registrar]),
    (O::ReviewBreakGlass, &[R::Auditor]),
    (O::Link, &[R::Linker]),
    (O::ExportLists, &[R::Linker]),
    (O::ExportHistories, &[R::Statistician]),
    (O::ExportCases, &[R::Statistician]),
    (O::Publish, &[R::Statistician]),
    (O::Retain, &[R::RecordsManager]),
    (O::SetRetention, &[R::RecordsManager]),
    (O::ReadAudit, &[R::Auditor]),
];

/// Roles that may do it.
pub fn roles(operation: Operation) -> &'static [Role] {
    MATRIX.iter().find(|m| m.0 == operation).map_or(&[], |m| m.1)
}

/// A role for an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The organisation, or `*` for all.
    pub organisation: String,
}

/// What the policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Allowed,
    /// No role of the user may.
    Denied,
    /// The user may, for another organisation.
    OtherOrganisation,
    /// The user may, for some organisations; it takes a role for all.
    NotEverywhere,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scope::{Scope, ask};

    /// As a person would read it: `x` for one's own organisation, `*` with a role for all alone, `!` beyond one's own with a reason
    /// and notice. A change of the policy is a change of this.
    const EXPECTED: &str = "\
operation            adm reg cas lin sta vau aud rec pol imm
manage_users          x   .   .   .   .   .   .   .   .   .
manage_organisations  *   .   .   .   .   .   .   .   .   .
open_lane             *   .   .   .   .   .   .   .   .   .
backup                *   .   .   .   .   .   *   .   .   .
rotate_keys           *   .   .   .   .   .   .   .   .   .
notify                .   x   x   .   .   .   .   .   x   x
correct               .   x   x   .   .   .   .   .   .   .
read_registration     .   x   x   x   x   .   .   .   .   .
read_record           .   .   x   .   .   .   .   .   .   .
write_record          .   .   x   .   .   .   .   .   .   .
read_suspect          .   .   x   .   .   .   .   .   .   .
write_suspect         .   .   x   .   .   .   .   .   .   .
decide_status         .   .   x   .   .   .   .   .   .   .
disclose              .   .   x   .   .   .   .   .   .   .
read_disclosed        .   .   .   .   .   .   .   .   x   x
read_identity         .   .   x   .   .   x   .   .   .   .
write_identity        .   x   x   .   .   .   .   .   .   .
break_glass           .   !   !   .   .   .   .   .   .   .
review_break_glass    .   .   .   .   .   .   x   .   .   .
link                  .   .   .   x   .   .   .   .   .   .
export_lists          .   .   .   x   .   .   .   .   .   .
export_histories      .   .   .   .   x   .   .   .   .   .
export_cases          .   .   .   .   x   .   .   .   .   .
publish               .   .   .   .   *   .   .   .   .   .
retain                .   .   .   .   .   .   .   x   .   .
set_retention         .   .   .   .   .   .   .   *   .   .
read_audit            .   .   .   .   .   .   x   .   .   .
";

    #[test]
    fn every_operation_by_every_role_is_as_written() {
        let mut table = format!("{:<21}", "operation");
        let short: Vec<String> = Role::ALL.iter().map(|r| r.name()[..3].to_owned()).collect();
        table = table.trim_end().to_owned() + &" ".repeat(21 - "operation".len()) + &short.join(" ") + "\n";
        for (operation, _) in MATRIX {
            let name = operation.name();
            let cells: Vec<&str> = Role::ALL
                .iter()
                .map(|role| {
                    let grant = [Grant { role: *role, organisation: "a".into() }];
                    let all = [Grant { role: *role, organisation: "*".into() }];
                    let beyond = Scope::Beyond(["b".to_owned()].into());
                    let of = [
                        Scope::for_organisation("a"),
                        Scope::for_organisation("b"),
                        Scope::all(["a", "b"]),
                        Scope::all([]),
                    ];
                    let said = of.clone().map(|scope| ask(&grant, operation, &scope));
                    // What is not for one's own organisation alone takes a role for all, whatever the role.
                    assert!(said[1..].iter().all(|s| *s != Answer::Allowed));
                    assert_ne!(ask(&grant, operation, &Scope::Everywhere), Answer::Allowed);
                    let may = ask(&all, operation, &Scope::Everywhere);
                    assert!(of.iter().all(|scope| ask(&all, operation, scope) == may));
                    match (may, said[0], ask(&grant, operation, &beyond)) {
                        (Answer::Denied, Answer::Denied, Answer::Denied) => " . ",
                        (Answer::Allowed, Answer::Allowed, Answer::OtherOrganisation) => " x ",
                        (Answer::Allowed, Answer::NotEverywhere, Answer::NotEverywhere) => " * ",
                        (Answer::Allowed, Answer::Allowed, Answer::Allowed) => " ! ",
                        other => panic!("{role:?} {operation:?}: {other:?}"),
                    }
                })
                .collect();
            table += &format!("{name:<21}{}\n", cells.join(" ")).replace(" \n", "\n");
        }
        assert_eq!(table, EXPECTED, "\n{table}");
    }

    #[test]
    fn police_and_immigration_read_nothing_but_what_was_disclosed() {
        for role in Role::ALL.into_iter().filter(|r| r.is_behind_firewall()) {
            let may: Vec<Operation> = MATRIX.iter().filter(|m| m.1.contains(&role)).map(|m| m.0).collect();
            assert_eq!(may, [Operation::Notify, Operation::ReadDisclosed]);
        }
        assert_eq!(ask(&[], Operation::Notify, &Scope::for_organisation("a")), Answer::Denied);
        assert!(Role::ALL.iter().all(|r| Role::parse(&r.name()) == Some(*r)));
    }
}
