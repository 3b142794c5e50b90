//! What is reported, as values, before it is text, JSON, a page or a chart.

use ijsberg_linkage::fellegi_sunter::Part;
use ijsberg_mse::delays::{DelaySettings, Delays, Figure};
use ijsberg_mse::design::{Plan, PlanSettings};
use ijsberg_mse::open::Open;
use ijsberg_mse::timely::Nowcast;

/// Final months that are shown before the first that is not.
const FINAL_SHOWN: usize = 3;

/// Counts by month with what they are about.
#[derive(Debug, Clone)]
pub struct DelayReport {
    /// The estimate.
    pub delays: Delays,
    /// The request.
    pub asked: DelaySettings,
    /// Registrations without a month.
    pub without_month: u64,
    /// Registrations dated before what happened.
    pub backwards: u64,
    /// Version of the program.
    pub version: String,
    /// Name of the input, without its folder.
    pub input: String,
    /// SHA-256 of the input's bytes; none for a register.
    pub sha256: Option<String>,
}

/// The months to look at: those that are not final, and the last final ones before them.
pub(crate) fn shown(d: &Delays) -> &[Figure] {
    let open = d.months.iter().position(|f| !f.is_final).unwrap_or(d.months.len());
    d.months.get(open.saturating_sub(FINAL_SHOWN)..).unwrap_or_default()
}

/// A plan with what it is about.
#[derive(Debug, Clone)]
pub struct Design {
    /// The plan.
    pub plan: Plan,
    /// The names of the lists.
    pub lists: Vec<String>,
    /// The request.
    pub asked: PlanSettings,
    /// Version of the program.
    pub version: String,
    /// Name of the input, without its folder.
    pub input: String,
    /// SHA-256 of the input's bytes.
    pub sha256: String,
}

/// A preliminary figure with what it is about.
#[derive(Debug, Clone)]
pub struct NowcastReport {
    /// The nowcast.
    pub nowcast: Nowcast,
    /// The names of the lists.
    pub lists: Vec<String>,
    /// The column with the year.
    pub column: String,
    /// From how many of the years before a year it is nowcast.
    pub window: usize,
    /// Tables simulated for each year.
    pub replicates: usize,
    /// Seed of every random draw.
    pub seed: u64,
    /// Version of the program.
    pub version: String,
    /// Name of the input, without its folder.
    pub input: String,
    /// SHA-256 of the input's bytes.
    pub sha256: String,
}

/// A linkage, described without persons.
#[derive(Debug, Clone, Default)]
pub struct LinkageReport {
    /// The findings, in sentences; the most important one first.
    pub findings: Vec<String>,
    /// Names of the lists and their records.
    pub lists: Vec<(String, usize)>,
    /// For each pair that may be one person: its weight in bits, and in what share of the draws it is one.
    pub pairs: Vec<(f64, f64)>,
    /// Log odds of a match of two records at random, in bits.
    pub prior: f64,
    /// Pairs in words: what each is an example of, and where its weight comes from.
    pub examples: Vec<(Example, Vec<(Part, f64)>)>,
    /// Judged pairs: the probability after calibration, and whether they are one person.
    pub judged: Vec<(f64, bool)>,
    /// Records by a property, and how many of them were linked to another record.
    pub linked: Vec<PropertyRecall>,
}

/// What a pair is an example of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Example {
    /// Nearly surely one person.
    Sure,
    /// Uncertain.
    Doubtful,
}

/// Records that share a property.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyRecall {
    /// What property: `nationality` or `script`.
    pub property: String,
    /// Its value.
    pub value: String,
    /// Records that have it.
    pub records: usize,
    /// Those linked to a record on another list.
    pub linked: usize,
    /// Of the links of such persons the share that was found, with its 95% interval, where enough persons were resolved.
    pub recall: Option<(f64, [f64; 2])>,
}

/// An open population with what it is about.
#[derive(Debug, Clone)]
pub struct OpenPopulationReport {
    /// The estimates.
    pub open: Open,
    /// The names of the lists.
    pub lists: Vec<String>,
    /// Populations that were simulated.
    pub replicates: usize,
    /// Seed of every random draw.
    pub seed: u64,
    /// Version of the program.
    pub version: String,
    /// Name of the input, without its folder.
    pub input: String,
    /// SHA-256 of the input's bytes.
    pub sha256: String,
}
