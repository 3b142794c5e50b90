//! Makes a delivery from persons and the tables of a prosecution service: one release for each measure, through the gate.

mod agree;
mod chain;
mod groups;
mod nobody;
mod past;
mod release;
mod tied;

use std::collections::BTreeMap;

use crate::error::PublishError;
use crate::ledger::Ledger;
use crate::legal::delivery::{Delivery, Request};
use crate::legal::justice::Justice;
use crate::legal::measure::Measure;
use crate::legal::persons::Persons;

pub use chain::chain;
use chain::of_justice;
pub use past::{MONITOR, PastDelivery, past_deliveries};
use release::release;

/// Why a delivery cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// An error as in a report.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The totals of the tables differ, which would be a program error.
    #[error("the tables do not agree: {measure} by {by}")]
    Disagree {
        /// The measure.
        measure: &'static str,
        /// The breakdown.
        by: String,
    },
}

/// Makes a delivery. `earlier` contains the earlier releases, by measure.
///
/// # Errors
/// If the persons cannot be read or a setting differs from that of an earlier release. Counts that the gate refuses are withheld, with
/// the reason in their tables.
pub fn deliver(
    request: Request,
    persons: &Persons,
    justice: Option<&Justice>,
    earlier: BTreeMap<Measure, Ledger>,
) -> Result<Delivery, DeliveryError> {
    let none = Ledger::default();
    let mut outcomes = BTreeMap::new();
    for measure in Measure::ALL {
        let ledger = earlier.get(&measure).unwrap_or(&none);
        let outcome = if measure == Measure::Registered {
            release(&request, measure, (&persons.columns(), persons.days.as_ref()), ledger)?
        } else {
            of_justice(&request, measure, justice, ledger)?
        };
        outcomes.insert(measure, outcome);
    }
    let from_records = justice.is_some_and(Justice::is_from_records);
    let made = Delivery { request, outcomes, from_records, earlier }.without_tied();
    made.agrees()?;
    Ok(made)
}
