//! What R asks: JSON, a zero byte, then the bytes of the tables one after the other.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answer::Refusal;

/// What is asked, with the tables it is asked of.
pub(crate) struct Request {
    pub(crate) task: Task,
    pub(crate) tables: Vec<Vec<u8>>,
    /// Threads; 0 for as many as there are processors.
    pub(crate) threads: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    /// The lengths of the tables.
    tables: Vec<usize>,
    threads: usize,
    task: Task,
}

/// What is to be done.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Task {
    /// The methods that can be named.
    Methods,
    /// The settings of an estimate.
    Settings,
    /// Estimates from the first table; the second, if there is one, holds inhabitants.
    Estimate(Box<Estimate>),
    /// Links all tables.
    Link(Link),
    /// The last year of the first table before its late list is in.
    Nowcast(Box<Nowcast>),
    /// People over the years of the first table.
    Open(OpenPopulation),
    /// Counts of the first table that are not complete yet.
    Delays(Delays),
}

/// The arguments of `mse()`, by their names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Estimate {
    pub(crate) input: String,
    /// Settings by their names.
    pub(crate) settings: Map<String, Value>,
    pub(crate) language: String,
}

/// The arguments of `nowcast()`, by their names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nowcast {
    pub(crate) input: String,
    pub(crate) late: String,
    pub(crate) year: String,
    pub(crate) window: usize,
    pub(crate) model: Option<String>,
    /// How the table is read.
    pub(crate) reading: Map<String, Value>,
    pub(crate) replicates: usize,
    pub(crate) level: f64,
    pub(crate) seed: u64,
    pub(crate) language: String,
}

/// The arguments of `open_population()`, by their names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenPopulation {
    pub(crate) input: String,
    pub(crate) staying: String,
    pub(crate) model: Option<String>,
    pub(crate) replicates: usize,
    pub(crate) level: f64,
    pub(crate) seed: u64,
    pub(crate) language: String,
}

/// The arguments of `delays()`, by their names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delays {
    pub(crate) input: String,
    pub(crate) happened: String,
    pub(crate) registered: String,
    pub(crate) most: usize,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) replicates: usize,
    pub(crate) level: f64,
    pub(crate) seed: u64,
    pub(crate) language: String,
}

/// The arguments of `link()`, by their names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    pub(crate) names: Vec<String>,
    #[serde(default)]
    pub(crate) covariates: Vec<String>,
    pub(crate) draws: usize,
    pub(crate) seed: u64,
    pub(crate) language: String,
}

impl Request {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let wrong =
            |why: String| Refusal::fault(format!("the package asks what its library does not know: {why}"));
        let end = bytes.iter().position(|b| *b == 0).ok_or_else(|| wrong("no end".to_owned()))?;
        let head: Head = serde_json::from_slice(&bytes[..end]).map_err(|e| wrong(e.to_string()))?;
        let mut rest = &bytes[end + 1..];
        let mut tables = Vec::with_capacity(head.tables.len());
        for length in head.tables {
            let (table, after) = rest.split_at_checked(length).ok_or_else(|| wrong("lengths".to_owned()))?;
            tables.push(table.to_vec());
            rest = after;
        }
        Ok(Self { task: head.task, tables, threads: head.threads })
    }
}
