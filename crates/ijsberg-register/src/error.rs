//! What goes wrong, without a word of what was in a row.

use ijsberg_crypto::CryptoError;
use ijsberg_store::StoreError;

use crate::expected::{Break, Expected, Thing};
use crate::obligation::Obligation;
use crate::policy::Operation;

/// Why the register did not do it.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Nobody has logged in.
    #[error("you are not logged in")]
    NoSession,
    /// The name, the password or the second factor does not fit; it is not said which.
    #[error("The user name, password or code is not correct")]
    Login,
    /// Too many attempts.
    #[error("too many attempts; try again after {0}")]
    Locked(String),
    /// A user's password or second factor is reset by another user only.
    #[error(
        "another administrator has to do this; your own password and two-factor login are under your account"
    )]
    Oneself,
    /// The code that should turn on a second factor does not fit.
    #[error("the code is not correct; use the six digits that the app shows now, each code once")]
    Code,
    /// The session began with a recovery code, which somebody else may have found.
    #[error("you logged in with a recovery code; set up two-factor login again first")]
    ByRecovery,
    /// The new password is the old one.
    #[error("the new password is the same as the old one; choose another")]
    SamePassword,
    /// The user has to do something else first.
    #[error("{}", match .0 {
        Obligation::ChangePassword => "choose your own password first: this one was for one-time use",
        Obligation::SecondFactor => "turn on two-factor login first: your role can do nothing without it",
    })]
    First(Obligation),
    /// More persons than anybody reads about in that time.
    #[error(
        "more people were looked up than anyone can read about in so short a time, and an auditor will see it; go on after {until}"
    )]
    Pace {
        /// What.
        operation: Operation,
        /// Until when.
        until: String,
    },
    /// The policy does not allow it.
    #[error("{user} may not do this: {operation:?} needs one of the roles {roles}")]
    Denied {
        /// Who.
        user: String,
        /// What.
        operation: Operation,
        /// Roles that may.
        roles: String,
    },
    /// It is the business of another organisation.
    #[error("{user} may only do this for their own organisation")]
    OtherOrganisation {
        /// Who.
        user: String,
    },
    /// It concerns no organisation alone.
    #[error(
        "{user} may do this for some organisations only; this concerns all of them and requires a role for all"
    )]
    NotEverywhere {
        /// Who.
        user: String,
    },
    /// It would leave no one who may assign roles for all organisations.
    #[error("this is the last administrator for all organisations; assign that role to someone else first")]
    LastAdministrator,
    /// The track is closed.
    #[error(
        "the track {0} is not open: record the lawful basis first (ijsberg register lane open {0} --basis ... --assessed ...)"
    )]
    LaneClosed(String),
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(Thing),
    /// It is there already.
    #[error("another {0} already has that name")]
    Exists(Thing),
    /// A value that is not in a code list or out of range; the value is not repeated.
    #[error("{field}: {expected}")]
    Invalid {
        /// The field.
        field: String,
        /// What was expected.
        expected: Expected,
    },
    /// Somebody else changed the same fields meanwhile.
    #[error("someone else has changed {} in the meantime; look at version {version} and decide", fields.join(", "))]
    Conflict {
        /// The fields.
        fields: Vec<String>,
        /// The version that is there now.
        version: i64,
    },
    /// It cannot be changed.
    #[error("{0} cannot be changed; add a new one")]
    Immutable(&'static str),
    /// The vault is not open.
    #[error("the identity vault is not open: to see identities you also need the key of the vault")]
    VaultClosed,
    /// It was erased.
    #[error("the identity of this person has been erased")]
    Erased,
    /// The chain of the audit log is broken.
    #[error("the audit log is not intact from entry {seq} on: {what}")]
    Audit {
        /// The entry.
        seq: i64,
        /// What is wrong with it.
        what: Break,
    },
    /// A key file cannot be read or written.
    #[error("{path}: {why}")]
    KeyFile {
        /// The file.
        path: String,
        /// What the system says.
        why: String,
    },
    /// The keys were changed and the new ones cannot be read.
    #[error(
        "the keys of the register have been changed in the meantime and the new ones cannot be opened here; nothing was written; restart the program with the current passphrase"
    )]
    StaleKeys,
    /// The key file is of another register.
    #[error(
        "the key file belongs to another register, or is a copy from before a change of keys: its keys for {0} do not open this register"
    )]
    OtherRegister(String),
    /// A change of keys needs the files that they are in.
    #[error("the key files are not available here; keys are changed where those files are")]
    NoKeyFiles,
    /// Made before keys were counted.
    #[error(
        "the register was made by an earlier version that did not count keys; this version cannot open it"
    )]
    NoEpoch,
    /// The register is not what it was: an older copy is in its place, or the end of its log was cut off.
    #[error(
        "the register is older than it was: entry {seen} of its log is missing or differs from what was written (the log now ends at entry {there}). The register was replaced by an older copy, or entries were deleted. Keep what is there and compare it with checkpoints kept elsewhere"
    )]
    Older {
        /// The last entry that was seen.
        seen: i64,
        /// The last that is there.
        there: i64,
    },
    /// The record of the last entry, kept outside of the register, is not valid.
    #[error(
        "{path} does not match the last entry of this register; it was changed, or belongs to another register"
    )]
    Witness {
        /// The file.
        path: String,
    },
    /// The record of the last entry, kept outside of the register, is missing.
    #[error(
        "{path} is missing: it shows whether the register is older than it was. If it was lost, compare the log with a checkpoint kept elsewhere and start it again (ijsberg register audit anchor)"
    )]
    NoWitness {
        /// The file.
        path: String,
    },
    /// A checkpoint that was kept elsewhere is not as it was written.
    #[error(
        "line {line} is a checkpoint of this register that was changed, or is not whole; find out who may write there, and compare with another place"
    )]
    Checkpoint {
        /// Which line.
        line: usize,
    },
    /// A copy does not hold what the register held when it was made.
    #[error("the copy does not contain what the register contained when copying began; it does not count")]
    CopyDiffers,
    /// The clock cannot be right.
    #[error(
        "the clock says {now} and the last entry of the log is from {last}: one of them is wrong. Set the clock; if it is right, give the date with --today"
    )]
    Clock {
        /// What it says.
        now: String,
        /// When something was written last.
        last: String,
    },
    /// The user who listed it for erasure cannot confirm it.
    #[error("you listed this for erasure yourself; a second records manager has to confirm it")]
    SomebodyElse,
    /// What is listed for erasure is still waiting.
    #[error("what is listed for erasure cannot be erased before {0}; nothing was erased")]
    TooEarly(String),
    /// The person is not listed for erasure.
    #[error("this person is not listed for erasure")]
    NotListed,
    /// The person is already listed for erasure.
    #[error("this person is already listed for erasure")]
    ListedAlready,
    /// Erasure of the person's data is on hold.
    #[error("erasure of this person's data is on hold; end the hold first, or wait until it ends")]
    Held,
    /// Somebody's data are only stored.
    #[error(
        "processing of this person's data is restricted (article 18 GDPR): they are stored and not used; a case worker can open them for one of four reasons"
    )]
    Restricted,
    /// They were only stored before.
    #[error("processing of this person's data is already restricted")]
    RestrictedAlready,
    /// They are not.
    #[error("processing of this person's data is not restricted")]
    NotRestricted,
    /// Too short or too long a while.
    #[error("leave {least} to {most} days between listing and erasure")]
    ErasingDelay {
        /// At least.
        least: u16,
        /// At most.
        most: u16,
    },
    /// A fault of the program.
    #[error("something was written that is not in the log; it was undone")]
    Unwritten,
    /// Storage.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Keys.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

impl RegisterError {
    /// A field that does not hold what it should.
    pub fn invalid(field: &str, expected: impl Into<Expected>) -> Self {
        Self::Invalid { field: field.to_owned(), expected: expected.into() }
    }
}
