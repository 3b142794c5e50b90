//! From persons and tables of a prosecution service to what may be delivered: one release for each measure, through the gate.

mod agree;
mod chain;
mod given;
mod groups;
mod nobody;
mod release;
mod tied;

use std::collections::BTreeMap;

use crate::error::PublishError;
use crate::ledger::Ledger;
use crate::legal::delivery::{Asked, Delivery};
use crate::legal::justice::Justice;
use crate::legal::measure::Measure;
use crate::legal::persons::Persons;

pub use chain::chain;
use chain::of_justice;
pub use given::{MONITOR, PastDelivery, past_deliveries};
use release::released;

/// Why there is no delivery.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// As for a report.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// Totals of the tables differ, which would be a fault of the program.
    #[error("the tables do not agree: {measure} by {by}")]
    Disagree {
        /// Of what.
        measure: &'static str,
        /// By what.
        by: String,
    },
}

/// Makes a delivery. `earlier` is what was given out before, by measure.
///
/// # Errors
/// If the persons cannot be read or a setting differs from that of an earlier release. What the gate refuses is withheld, with the
/// reason in its tables.
pub fn deliver(
    asked: Asked,
    persons: &Persons,
    justice: Option<&Justice>,
    earlier: BTreeMap<Measure, Ledger>,
) -> Result<Delivery, DeliveryError> {
    let none = Ledger::default();
    let mut spines = BTreeMap::new();
    for measure in Measure::ALL {
        let ledger = earlier.get(&measure).unwrap_or(&none);
        let spine = if measure == Measure::Registered {
            released(&asked, measure, (&persons.columns(), persons.days.as_ref()), ledger)?
        } else {
            of_justice(&asked, measure, justice, ledger)?
        };
        spines.insert(measure, spine);
    }
    let from_records = justice.is_some_and(Justice::is_from_records);
    let made = Delivery { asked, spines, from_records, earlier }.without_tied();
    made.agrees()?;
    Ok(made)
}
