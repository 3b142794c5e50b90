//! How long it is kept; putting up for erasing, and erasing what somebody else put up.

use clap::Subcommand;
use ijsberg_register::erasing::{DELAY, ErasureProposal, Ground};
use ijsberg_register::register::id;
use ijsberg_report::text::Text;

use super::Place;
use super::admin::said;
use crate::output::print;

#[derive(Debug, Subcommand)]
pub(super) enum Retention {
    /// Keep identities and records with a purpose for this many months after the last registration.
    Set {
        /// The purpose.
        purpose: String,
        /// Months.
        months: u16,
    },
    /// Put the erasure of a person's data on hold.
    Hold {
        /// The pseudonym.
        person: String,
        /// Who is responsible for it.
        #[arg(long)]
        owner: String,
        /// Until which day.
        #[arg(long)]
        until: String,
    },
    /// Count the people whose retention period has ended.
    Due,
    /// List for erasure the data whose retention period has ended, or of one person who asked for it. Someone else confirms it days later.
    List {
        /// The pseudonym of one person.
        person: Option<String>,
        /// Days between listing and erasure.
        #[arg(long, default_value_t = DELAY)]
        days: u16,
    },
    /// Show what is listed for erasure, by whom, and from which day it can be confirmed.
    Listed,
    /// Remove one person from the list.
    Keep {
        /// The pseudonym.
        person: String,
    },
    /// Erase what someone else listed, if it is still due and the days have passed; the count remains.
    Erase,
}

impl Retention {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let mut register = place.open(text, false)?;
        let tell = |key: &str, parts: &[(&str, String)]| print(&(text.fill(key, parts) + "\n"));
        match self {
            Self::Set { purpose, months } => register.set_retention(purpose, *months)?,
            Self::Hold { person, owner, until } => register.hold(&id(person)?, owner, until.parse()?)?,
            Self::Due => {
                let n = register.due_for_erasing()?;
                return tell("register-due", &[("n", n.to_string())]);
            }
            Self::List { person: None, days } => {
                let (n, day) = register.list_for_erasing(*days)?;
                return tell("register-listed", &[("n", n.to_string()), ("day", day)]);
            }
            Self::List { person: Some(person), days } => {
                let day = register.list_person_for_erasing(&id(person)?, *days)?;
                return tell("register-listed", &[("n", "1".to_owned()), ("day", day)]);
            }
            Self::Listed => {
                let all: Vec<String> =
                    register.listed_for_erasing()?.iter().map(|l| line(text, l) + "\n").collect();
                return if all.is_empty() {
                    said(text, "register-listed-none")
                } else {
                    print(&all.concat())
                };
            }
            Self::Keep { person } => register.take_person_off(&id(person)?)?,
            Self::Erase => {
                let done = register.erase_listed()?;
                return tell(
                    "register-erased",
                    &[
                        ("n", done.persons.to_string()),
                        ("records", done.records.to_string()),
                        ("wait", (done.own + done.early).to_string()),
                        ("stays", done.stays.to_string()),
                    ],
                );
            }
        }
        said(text, "register-done")
    }
}

fn line(text: &Text, listed: &ErasureProposal) -> String {
    let ground = match listed.ground {
        Ground::Time => "register-listed-time",
        Ground::Request => "register-listed-request",
    };
    let parts = [
        ("kind", text.say(&format!("kind-{}", listed.kind))),
        ("id", ijsberg_crypto::hex(&listed.id)),
        ("ground", text.fill(ground, &[("since", day(&listed.since))])),
        ("by", listed.by.clone()),
        ("on", day(&listed.at)),
        ("day", listed.not_before.clone()),
    ];
    let key = if listed.due { "register-listed-line" } else { "register-listed-stays" };
    text.fill(key, &parts)
}

fn day(moment: &str) -> String {
    moment.get(..10).unwrap_or(moment).to_owned()
}
