//! Persons and their records.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use ijsberg_register::merge::Fields;
use ijsberg_register::records::Ground;
use ijsberg_register::register::id;
use ijsberg_register::vault::Identity;
use ijsberg_report::assessment::terminal;
use ijsberg_report::terminal::Colour;
use ijsberg_report::text::Text;
use ijsberg_signals::answer::Answer;
use ijsberg_signals::assess::{Case, assess, day_of};
use ijsberg_signals::rules::Rules;
use serde::Serialize;

use super::Place;
use crate::estimate::read_file;
use crate::output::print;

fn json(value: &impl Serialize) -> anyhow::Result<()> {
    print(&ijsberg_outside::json(value)?)
}

/// What a file holds; its content is not repeated in errors.
fn from_file<T: serde::de::DeserializeOwned>(text: &Text, path: &Path) -> anyhow::Result<T> {
    let bytes = read_file(text, path)?;
    serde_json::from_slice(&bytes)
        .map_err(|e| anyhow::anyhow!("line {}, column {}", e.line(), e.column()))
        .with_context(|| text.fill("register-no-json", &[("path", path.display().to_string())]))
}

/// `field=value`.
pub(super) fn field_and_value(text: &str) -> Result<(String, String), String> {
    let (field, value) = text.split_once('=').ok_or_else(|| "expected field=value".to_owned())?;
    Ok((field.to_owned(), value.to_owned()))
}

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The pseudonym.
    person: String,
    /// Records of the case as well.
    #[arg(long)]
    records: bool,
}

impl ShowArguments {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let mut register = place.open(text, false)?;
        let person = id(&self.person)?;
        let mut out = serde_json::json!({ "registrations": register.registrations(&person)? });
        if self.records {
            out["records"] = serde_json::to_value(register.records_of(&person)?)?;
            out["suspects"] = serde_json::to_value(register.suspects_of(&person)?)?;
        }
        json(&out)
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum IdentityCommand {
    /// View the identity.
    Show {
        /// The pseudonym.
        person: String,
    },
    /// Change fields, from a JSON file: {"phone": "..."}; an empty text removes a field.
    Set {
        /// The pseudonym.
        person: String,
        /// The file.
        file: PathBuf,
    },
}

impl IdentityCommand {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let mut register = place.open(text, true)?;
        match self {
            Self::Show { person } => json(&register.identity(&id(person)?)?),
            Self::Set { person, file } => {
                let changes: Identity = from_file(text, file)?;
                register.set_identity(&id(person)?, &changes)?;
                print(&(text.say("register-done") + "\n"))
            }
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum RecordCommand {
    /// Kinds of record and their fields.
    Kinds,
    /// Add one from a JSON file.
    Add {
        /// The kind.
        kind: String,
        /// The file.
        file: PathBuf,
        /// The pseudonym of the person it is about.
        #[arg(long)]
        person: Option<String>,
        /// The organisation that writes.
        #[arg(long)]
        organisation: String,
        /// Purpose.
        #[arg(long, default_value = "help")]
        purpose: String,
        /// The lawful basis.
        #[arg(long)]
        basis: String,
    },
    /// Read a record.
    Show {
        /// The kind.
        kind: String,
        /// Its name.
        record: String,
    },
    /// Change a record that was read at a version; changes made by others in the meantime are kept.
    Change {
        /// The kind.
        kind: String,
        /// Its name.
        record: String,
        /// The version that was read.
        #[arg(long)]
        version: i64,
        /// The file with all fields.
        file: PathBuf,
    },
    /// What was disclosed to police or immigration.
    Disclosed {
        /// The organisation.
        organisation: String,
    },
}

impl RecordCommand {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        if let Self::Kinds = self {
            let mut page = String::new();
            for k in ijsberg_register::entities::KINDS {
                let fields: Vec<&str> = k.fields.iter().map(|f| f.0).collect();
                page += &(format!("{:<12} {:<9} {}", k.name, k.class.name(), fields.join(" ")) + "\n");
            }
            return print(&page);
        }
        let mut register = place.open(text, false)?;
        match self {
            Self::Kinds => Ok(()),
            Self::Add { kind, file, person, organisation, purpose, basis } => {
                let fields: Fields = from_file(text, file)?;
                let person = person.as_deref().map(id).transpose()?;
                let ground = Ground { organisation, purpose, basis };
                let record = register.add_record(kind, person.as_ref(), &ground, &fields)?;
                print(&(ijsberg_crypto::hex(&record) + "\n"))
            }
            Self::Show { kind, record } => json(&register.record(kind, &id(record)?)?),
            Self::Change { kind, record, version, file } => {
                let fields: Fields = from_file(text, file)?;
                let version = register.change_record(kind, &id(record)?, *version, &fields)?;
                print(&(text.fill("register-version", &[("version", version.to_string())]) + "\n"))
            }
            Self::Disclosed { organisation } => json(&register.disclosed(organisation)?),
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Assess {
    /// The pseudonym.
    person: String,
    /// The date of the events; the law of that date applies.
    #[arg(long)]
    facts_on: Option<String>,
    /// The organisation that writes.
    #[arg(long)]
    organisation: String,
    /// The lawful basis.
    #[arg(long)]
    basis: String,
}

impl Assess {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let mut register = place.open(text, false)?;
        let person = id(&self.person)?;
        let mut case =
            Case { facts_on: self.facts_on.as_deref().map(str::parse).transpose()?, ..Case::default() };
        let mut observations = Vec::new();
        // Later observations of one indicator count; oldest come first.
        for record in register.records_of(&person)?.into_iter().filter(|r| r.kind == "observation") {
            let of = |field: &str| record.fields.get(field).and_then(|v| v.as_str()).unwrap_or_default();
            if let Some(answer) = Answer::parse(of("answer")) {
                case.answers.0.insert(of("indicator").to_owned(), answer);
                observations.push(record.id);
            }
        }
        let rules = Rules::shipped();
        let assessed = assess(&rules, &case, day_of(register.now))?;
        let stamps: Vec<String> = assessed
            .rules
            .iter()
            .chain(assessed.law.as_ref().map(|l| &l.pack))
            .map(|s| format!("{} {} {}", s.id, s.version, s.sha256))
            .collect();
        let fields = serde_json::json!({
            "rules": stamps.join("; "),
            "observations": observations,
            "result": serde_json::to_string(&assessed)?,
            "computed_on": register.now.to_string().chars().take(10).collect::<String>(),
        });
        let ground = Ground { organisation: &self.organisation, purpose: "help", basis: &self.basis };
        let fields = fields.as_object().cloned().unwrap_or_default();
        let record = register.add_record("assessment", Some(&person), &ground, &fields)?;
        print(&terminal(text, Colour::Off, &rules, &assessed))?;
        let record = ijsberg_crypto::hex(&record);
        print(&(text.fill("register-assessed", &[("record", record)]) + "\n"))
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum EmergencyCommand {
    /// View an identity beyond one's own organisation; another user is notified.
    Break {
        /// The pseudonym.
        person: String,
        /// Why it cannot wait.
        #[arg(long)]
        reason: String,
        /// How long the access lasts, 1 to 180 minutes.
        #[arg(long, default_value_t = 60)]
        minutes: i64,
        /// The user who is notified and reviews it afterwards.
        #[arg(long)]
        notify: String,
    },
    /// Emergency access not yet reviewed.
    List,
    /// Mark as reviewed.
    Review {
        /// The event.
        event: String,
    },
}

impl EmergencyCommand {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let mut register = place.open(text, matches!(self, Self::Break { .. }))?;
        match self {
            Self::Break { person, reason, minutes, notify } => {
                json(&register.break_glass(&id(person)?, reason, *minutes, notify)?)
            }
            Self::List => json(&register.broken_glass()?),
            Self::Review { event } => {
                register.review_broken_glass(&id(event)?)?;
                print(&(text.say("register-done") + "\n"))
            }
        }
    }
}
