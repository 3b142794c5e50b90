//! Notifications and links from files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use clap::{Args, Subcommand};
use ijsberg_register::RegisterError;
use ijsberg_register::exchange::{htcds, notifications};
use ijsberg_register::expected::Thing;
use ijsberg_register::lanes::Lane;
use ijsberg_register::links::{LINKAGE, Link};
use ijsberg_register::notify::ImportResult;
use ijsberg_register::register::{Id, id};
use ijsberg_report::errors;
use ijsberg_report::text::Text;

use super::Place;
use crate::files::{grid, read_file};
use crate::output::print;

/// Errors of rows that are shown.
const SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The file.
    file: PathBuf,
    /// The organisation of all rows.
    #[arg(long)]
    organisation: Option<String>,
    /// The track of rows that name none.
    #[arg(long, default_value = "statistics")]
    lane: String,
    /// The rows follow the Human Trafficking Case Data Standard; this column holds the organisation's own case reference.
    #[arg(long, value_name = "COLUMN", requires = "organisation")]
    htcds_key: Option<String>,
    /// Only show what would be done.
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let lane = Lane::parse(&self.lane).ok_or(RegisterError::NotFound(Thing::Lane))?;
        let context = || self.file.display().to_string();
        let grid = grid(text, &self.file)?;
        let rows = grid.rows.into_iter();
        let (all, told) = if let (Some(key), Some(organisation)) = (&self.htcds_key, &self.organisation) {
            let (all, losses) =
                htcds::read(&grid.header, rows, organisation, key, lane).with_context(context)?;
            let told = losses
                .into_iter()
                .map(|l| format!("{}: {} ({})", l.field, errors::register::lost(text, &l.what), l.rows));
            (all, told.collect::<Vec<_>>())
        } else {
            let read = notifications::read(&grid.header, rows, self.organisation.as_deref(), lane);
            let (all, left_out) = read.with_context(context)?;
            let columns = left_out.join(", ");
            let told = (!columns.is_empty()).then(|| text.fill("register-left-out", &[("columns", columns)]));
            (all, told.into_iter().collect())
        };
        told.iter().for_each(|line| crate::output::tell(line));
        let named = all.iter().any(|n| !n.identity.is_empty());
        let mut register = place.open(text, named)?;
        let done = if self.dry_run { register.notify_dry(&all)? } else { register.notify(&all)? };
        self.tell(text, &done)
    }

    fn tell(&self, text: &Text, done: &ImportResult) -> anyhow::Result<()> {
        if !done.errors.is_empty() {
            let mut page = String::new();
            for e in done.errors.iter().take(SHOWN) {
                let parts = [
                    ("line", e.line.to_string()),
                    ("field", e.field.to_owned()),
                    ("expected", errors::register::expected(text, &e.expected)),
                ];
                page += &(text.fill("register-row-error", &parts) + "\n");
            }
            bail!("{}\n{page}", text.fill("register-nothing-taken", &[("n", done.wrong_rows().to_string())]));
        }
        let key = if self.dry_run { "register-would" } else { "register-taken" };
        let parts = [("new", text.number(done.new as f64)), ("already", text.number(done.already as f64))];
        let mut page = text.fill(key, &parts) + "\n";
        if !done.differ.is_empty() {
            let n = text.number(done.differ.len() as f64);
            page += &(text.fill("register-already-differ", &[("n", n)]) + "\n");
            for d in done.differ.iter().take(SHOWN) {
                page += &(errors::register::differs(text, d) + "\n");
            }
        }
        print(&page)
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum LinkCommand {
    /// Save the groups of a linkage; those of an earlier linkage are undone.
    Take {
        /// The linked.csv of `ijsberg link`.
        linked: PathBuf,
        /// The directory of the lists that were linked.
        #[arg(long)]
        lists: PathBuf,
    },
    /// Decide on two registrations by hand.
    Decide {
        /// One registration.
        a: String,
        /// The other registration.
        b: String,
        /// `same`, `different` or `undecided`.
        decision: String,
    },
    /// Current decisions.
    Show,
    /// Undo a decision.
    Undo {
        /// Its name.
        decision: String,
    },
}

impl LinkCommand {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let mut register = place.open(text, false)?;
        match self {
            Self::Take { linked, lists } => {
                let links = found(text, linked, lists)?;
                let done = register.relink(LINKAGE, &links)?;
                let parts = [("new", done.new), ("stand", done.stand), ("undone", done.undone)]
                    .map(|(name, n)| (name, text.number(n as f64)));
                print(&(text.fill("register-linked", &parts) + "\n"))
            }
            Self::Decide { a, b, decision } => {
                let decision = ijsberg_register::links::decision(decision)
                    .ok_or(RegisterError::NotFound(Thing::Decision))?;
                let link =
                    Link { a: id(a)?, b: id(b)?, decision, probability: 1.0, method: "by hand".into() };
                register.link(&[link])?;
                print(&(text.say("register-done") + "\n"))
            }
            Self::Show => {
                let mut page = String::new();
                for (name, a, b, decision) in register.decisions()? {
                    let [name, a, b] = [name, a, b].map(|x| ijsberg_crypto::hex(&x));
                    page += &(format!("{name} {a} {b} {decision}") + "\n");
                }
                print(&page)
            }
            Self::Undo { decision } => {
                register.undo_link(&id(decision)?)?;
                print(&(text.say("register-done") + "\n"))
            }
        }
    }
}

/// Groups of a linkage as decisions: each registration of a group is the same as the first.
fn found(text: &Text, linked: &Path, lists: &Path) -> anyhow::Result<Vec<Link>> {
    #[derive(serde::Deserialize)]
    struct Row {
        file: String,
        line: u64,
        person: u64,
        probability: Option<f64>,
    }
    let bytes = read_file(text, linked)?;
    let mut files: BTreeMap<String, BTreeMap<u64, Id>> = BTreeMap::new();
    let mut groups: BTreeMap<u64, Vec<(Id, f64)>> = BTreeMap::new();
    for row in csv::Reader::from_reader(bytes.as_slice()).deserialize() {
        let row: Row = row.with_context(|| linked.display().to_string())?;
        if !files.contains_key(&row.file) {
            let path = lists.join(format!("{}.csv", row.file));
            files.insert(row.file.clone(), registrations(text, &path)?);
        }
        let registration = files[&row.file].get(&row.line).copied();
        let registration =
            registration.ok_or_else(|| {
                anyhow!(text.fill(
                    "register-link-line",
                    &[("file", row.file.clone()), ("line", row.line.to_string())]
                ))
            })?;
        groups.entry(row.person).or_default().push((registration, row.probability.unwrap_or(1.0)));
    }
    let mut links = Vec::new();
    for members in groups.values() {
        let Some(((first, _), rest)) = members.split_first() else { continue };
        for (other, probability) in rest {
            let probability = probability.clamp(0.0, 1.0);
            links.push(Link { a: *first, b: *other, decision: "same", probability, method: LINKAGE.into() });
        }
    }
    Ok(links)
}

/// Registrations of a list by line.
fn registrations(text: &Text, path: &Path) -> anyhow::Result<BTreeMap<u64, Id>> {
    let grid = grid(text, path)?;
    let at = grid.header.iter().position(|h| h == "registration");
    ensure!(at.is_some(), text.fill("register-link-column", &[("path", path.display().to_string())]));
    let of = |(line, cells): &(u64, Vec<String>)| {
        let cell = at.and_then(|c| cells.get(c)).map(String::as_str).unwrap_or_default();
        Ok((*line, id(cell)?))
    };
    grid.rows.iter().map(of).collect::<Result<_, RegisterError>>().with_context(|| path.display().to_string())
}

/// Registrations that share a code.
pub(super) fn duplicates(text: &Text, place: &Place) -> anyhow::Result<()> {
    let mut register = place.open(text, false)?;
    let mut page = String::new();
    for (scheme, group) in register.duplicates()? {
        let ids: Vec<String> = group.iter().map(|i| ijsberg_crypto::hex(i)).collect();
        page += &(format!("{scheme} {}", ids.join(" ")) + "\n");
    }
    print(&page)
}
