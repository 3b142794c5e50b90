//! Releases reports and deliveries: a key, tables, and functions supplied by the caller that starts the server.

use std::collections::BTreeMap;

use ijsberg_publication::Edition;
use ijsberg_publication::edition::Other;
use ijsberg_publication::ledger::{Ledger, Release};
use ijsberg_publication::legal::{Delivery, Kind, Measure};
use serde_json::Value;

/// Reads the release log.
pub type ReadLedger = Box<dyn Fn() -> Result<Ledger, String> + Send + Sync>;

/// Reads an edition that was released, as it was written for machines; none where its file is not there.
pub type ReadEdition = Box<dyn Fn(&Release) -> Option<Value> + Send + Sync>;

/// Writes an edition and its entry in the release log.
pub type WriteEdition = Box<dyn Fn(&Edition) -> Result<(), String> + Send + Sync>;

/// Reads the release logs of the deliveries that the law requires, by measure; that of the registered victims is the ledger.
pub type ReadLedgers = Box<dyn Fn() -> Result<BTreeMap<Measure, Ledger>, String> + Send + Sync>;

/// Writes a delivery for its recipients, with the logs.
pub type WriteDelivery = Box<dyn Fn(&Delivery, &[Kind]) -> Result<(), String> + Send + Sync>;

/// Key, tables and functions to release reports and deliveries; the caller that starts the server handles the files.
pub struct Publisher {
    /// The key of the noise.
    pub secret: Vec<u8>,
    /// Inhabitants by year.
    pub population: BTreeMap<i16, u64>,
    /// Totals that others published.
    pub others: Vec<Other>,
    /// Reads the release log.
    pub ledger: ReadLedger,
    /// Reads an edition that was released.
    pub published: ReadEdition,
    /// Writes an edition.
    pub release: WriteEdition,
    /// Reads the logs of deliveries.
    pub ledgers: ReadLedgers,
    /// Writes a delivery.
    pub deliver: WriteDelivery,
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Publisher(..)")
    }
}
