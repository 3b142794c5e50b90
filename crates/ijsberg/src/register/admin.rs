//! Users, organisations, lanes and the log.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use ijsberg_crypto::Cost;
use ijsberg_register::expected::Thing;
use ijsberg_register::lanes::Lane;
use ijsberg_register::policy::{Grant, Role};
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::text::Text;
use zeroize::Zeroizing;

use super::Place;
use crate::checkpoints::Places;
use crate::estimate::read_file;
use crate::output::print;
use crate::passphrase::passphrase;

pub(super) fn said(text: &Text, key: &str) -> anyhow::Result<()> {
    print(&(text.say(key) + "\n"))
}

/// Counts of all tables.
pub(super) fn status(text: &Text, place: &Place) -> anyhow::Result<()> {
    let mut register = place.open(text, false)?;
    let mut page = String::new();
    for (table, n) in register.counts()? {
        page += &text.fill("register-count", &[("table", table.to_owned()), ("n", text.number(n as f64))]);
        page.push('\n');
    }
    print(&page)
}

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Add a user with a one-time password, which is printed, or with a password of their own from a file.
    Add {
        /// Their name.
        name: String,
        /// A file with the password that the user chose.
        #[arg(long)]
        new_password_file: Option<PathBuf>,
        /// The organisation whose administrators manage the account; without it those for all organisations.
        #[arg(long, default_value = "*")]
        organisation: String,
    },
    /// Change the password of the user who does this; the new one is read from a file or asked for.
    Password {
        /// A file with the new password.
        #[arg(long)]
        new_password_file: Option<PathBuf>,
    },
    /// Give another user a one-time password, which is printed; their sessions end.
    ResetPassword {
        /// The user's name.
        name: String,
    },
    /// Turn off another user's two-factor login after their phone and their recovery codes were lost; their sessions end.
    ResetSecondFactor {
        /// The user's name.
        name: String,
    },
    /// End all sessions of a user.
    EndSessions {
        /// The user's name.
        name: String,
    },
    /// Assign a role.
    Grant(GrantArguments),
    /// Revoke a role.
    Revoke(GrantArguments),
    /// Close an account.
    Disable {
        /// The user's name.
        name: String,
    },
    /// Reopen an account.
    Enable {
        /// The user's name.
        name: String,
    },
    /// Set up two-factor login for the user who does this, or confirm it with a code, which prints ten recovery codes.
    SecondFactor {
        /// A code from the app.
        #[arg(long)]
        confirm: Option<String>,
    },
    /// Print ten new recovery codes for the user who does this; the old ones stop working. Use one as --code in place of a code from
    /// the app.
    RecoveryCodes,
}

#[derive(Debug, clap::Args)]
pub(super) struct GrantArguments {
    /// The user's name.
    name: String,
    /// The role: `administrator`, `registrar`, `case-worker`, `linker`, `statistician`, `vault-keeper`, `auditor`,
    /// `records-manager`, `police-liaison` or `immigration-liaison`.
    role: String,
    /// For one organisation; without it for all organisations.
    #[arg(long, default_value = "*")]
    organisation: String,
}

impl GrantArguments {
    fn grant(&self) -> Result<Grant, RegisterError> {
        let role = Role::parse(&self.role).ok_or(RegisterError::NotFound(Thing::Role))?;
        Ok(Grant { role, organisation: self.organisation.clone() })
    }
}

impl User {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let mut register = place.open(text, false)?;
        match self {
            Self::Add { name, new_password_file: None, organisation } => {
                return one_time(text, &register.invite(name, organisation, Cost::default())?);
            }
            Self::Add { name, new_password_file, organisation } => {
                let password = passphrase(text, new_password_file.as_deref(), true)?;
                register.add_user_of(name, &password, organisation, Cost::default())?;
            }
            Self::Password { new_password_file } => {
                let old = place.own_password(text)?;
                let new = passphrase(text, new_password_file.as_deref(), true)?;
                register.change_password(&old, &new, Cost::default())?;
            }
            Self::ResetPassword { name } => {
                return one_time(text, &register.reset_password(name, Cost::default())?);
            }
            Self::ResetSecondFactor { name } => register.reset_second_factor(name)?,
            Self::EndSessions { name } => register.end_sessions_of(name).map(|_| ())?,
            Self::Grant(g) => register.set_grant(&g.name, &g.grant()?, true)?,
            Self::Revoke(g) => register.set_grant(&g.name, &g.grant()?, false)?,
            Self::Disable { name } => register.set_disabled(name, true)?,
            Self::Enable { name } => register.set_disabled(name, false)?,
            Self::SecondFactor { confirm: Some(code) } => {
                return recovery_codes(text, &register.confirm_second_factor(code)?);
            }
            Self::RecoveryCodes => {
                let password = place.own_password(text)?;
                return recovery_codes(text, &register.new_recovery_codes(&password, None)?);
            }
            Self::SecondFactor { confirm: None } => {
                let url = register.new_second_factor(&place.own_password(text)?, None)?;
                return print(&(text.fill("register-second-factor", &[("url", url)]) + "\n"));
            }
        }
        said(text, "register-done")
    }
}

fn recovery_codes(text: &Text, codes: &[Zeroizing<String>]) -> anyhow::Result<()> {
    let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    print(&(text.say("register-recovery-codes") + "\n" + &codes.join("\n") + "\n"))
}

fn one_time(text: &Text, password: &str) -> anyhow::Result<()> {
    print(&(text.fill("register-one-time", &[("password", password.to_owned())]) + "\n"))
}

#[derive(Debug, Subcommand)]
pub(super) enum Organisation {
    /// Add one.
    Add {
        /// A short name for files.
        id: String,
        /// Its name.
        #[arg(long)]
        name: String,
        /// What it is: NP, KMAR, NLA, ZORGCOORDINATIE, FAIRWORK, OPVANG, JEUGDZORG, ADVOCATUUR, AMBULANT, `CLIENT_SELF`, OVERIG.
        #[arg(long)]
        kind: String,
        /// The list that its notifications are on; organisations may share one.
        #[arg(long)]
        list: String,
    },
}

impl Organisation {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let Self::Add { id, name, kind, list } = self;
        place.open(text, false)?.add_organisation(id, name, kind, list, false)?;
        said(text, "register-done")
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum LaneCommand {
    /// Record the lawful basis of a track, which opens it.
    Open {
        /// `help` or `statistics`.
        lane: String,
        /// The article of the law, or another lawful basis.
        #[arg(long)]
        basis: String,
        /// The date of the data protection impact assessment.
        #[arg(long)]
        assessed: String,
    },
}

impl LaneCommand {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let Self::Open { lane, basis, assessed } = self;
        let lane = Lane::parse(lane).ok_or(RegisterError::NotFound(Thing::Lane))?;
        place.open(text, false)?.open_lane(lane, basis, assessed)?;
        said(text, "register-done")
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Verify the whole log, and compare it with a checkpoint kept elsewhere.
    Verify {
        /// Number of entries at the checkpoint.
        #[arg(long, requires = "hash")]
        entries: Option<i64>,
        /// Hash at the checkpoint.
        #[arg(long)]
        hash: Option<String>,
        /// A file of checkpoints kept elsewhere, or a system log with checkpoints: it reveals an older copy in place of the register, and
        /// entries that were removed.
        #[arg(long)]
        against: Option<PathBuf>,
    },
    /// Write a checkpoint of the log to a place that the holder of this machine cannot reach.
    Checkpoint {
        /// The file to add the checkpoint to, such as one on another machine.
        #[arg(long)]
        to: Option<PathBuf>,
        /// The socket of the system log, which forwards the checkpoint to another machine.
        #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "/dev/log")]
        syslog: Option<PathBuf>,
    },
    /// Accept the log as it is now, after `register.seal` was lost.
    Anchor,
    /// Entries as JSON, one a line.
    Show {
        /// From this entry on.
        #[arg(long, default_value_t = 1)]
        from: i64,
    },
}

impl Audit {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        if let Self::Anchor = self {
            place.anchor(text)?;
            return said(text, "register-done");
        }
        let mut register = place.open(text, false)?;
        match self {
            Self::Anchor => Ok(()),
            Self::Checkpoint { to, syslog } => {
                let places = Places { file: to.clone(), syslog: syslog.clone() };
                anyhow::ensure!(!places.are_none(), text.say("register-checkpoint-nowhere"));
                places.push(text, &register.signed_checkpoint()?)?;
                said(text, "register-done")
            }
            Self::Verify { entries, hash, against } => {
                register.verify_storage()?;
                let now = register.verify_audit()?;
                if let (Some(entries), Some(hash)) = (entries, hash) {
                    let then = register.checkpoint_at(*entries)?;
                    anyhow::ensure!(
                        then.as_deref() == Some(hash.as_str()),
                        text.say("register-audit-differs")
                    );
                }
                let agreed = against.as_deref().map(|path| agreed(text, &mut register, path)).transpose()?;
                let parts = [("entries", now.entries.to_string()), ("hash", now.hash)];
                print(&(text.fill("register-audit-holds", &parts) + "\n"))?;
                agreed.map_or(Ok(()), |said| print(&(said + "\n")))?;
                if now.backwards.is_empty() {
                    return Ok(());
                }
                let entries: Vec<String> = now.backwards.iter().map(i64::to_string).collect();
                anyhow::bail!("{}", text.fill("register-audit-backwards", &[("entries", entries.join(", "))]))
            }
            Self::Show { from } => {
                let mut page = String::new();
                for entry in register.audit_entries(*from, u32::MAX)? {
                    page += &ijsberg_outside::json_line(&entry)?;
                }
                print(&page)
            }
        }
    }
}

/// What checkpoints that were kept elsewhere say; none of this register among them is an error.
fn agreed(text: &Text, register: &mut Register, path: &Path) -> anyhow::Result<String> {
    let lines = read_file(text, path)?;
    let agreed = register.agrees_with(&String::from_utf8_lossy(&lines))?;
    let path = [("path", path.display().to_string())];
    anyhow::ensure!(agreed.lines > 0, text.fill("register-checkpoint-none", &path));
    let parts = [("n", agreed.lines.to_string()), ("at", agreed.at), ("entries", agreed.entries.to_string())];
    Ok(text.fill("register-checkpoint-agrees", &parts))
}
