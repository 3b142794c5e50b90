//! What a prosecution service and courts counted, beside a yearly report that counts the victims itself.

use std::collections::BTreeMap;

use super::{Asked, Delivery, DeliveryError, of_justice};
use crate::ledger::Ledger;
use crate::legal::justice::Justice;
use crate::legal::measure::Measure;

/// Delivers every measure but the registered victims. `earlier` is what was given out before, by measure.
///
/// # Errors
/// As for a whole delivery.
pub fn chain(
    asked: Asked,
    justice: &Justice,
    earlier: BTreeMap<Measure, Ledger>,
) -> Result<Delivery, DeliveryError> {
    let none = Ledger::default();
    let mut spines = BTreeMap::new();
    for measure in Measure::ALL.into_iter().filter(|m| *m != Measure::Registered) {
        let ledger = earlier.get(&measure).unwrap_or(&none);
        spines.insert(measure, of_justice(&asked, measure, Some(justice), ledger)?);
    }
    let from_records = justice.is_from_records();
    let made = Delivery { asked, spines, from_records, earlier };
    made.agrees()?;
    Ok(made)
}
