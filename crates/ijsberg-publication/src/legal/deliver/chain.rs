//! What a prosecution service and courts counted, beside a yearly report that counts the victims itself.

use std::collections::BTreeMap;

use super::DeliveryError;
use super::release::released;
use crate::error::PublishError;
use crate::ledger::Ledger;
use crate::legal::delivery::{Asked, Delivery, Spine};
use crate::legal::justice::Justice;
use crate::legal::measure::Measure;
use crate::legal::tables::Why;
use crate::source::Columns;

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
    let made = Delivery { asked, spines, from_records, earlier }.without_tied();
    made.agrees()?;
    Ok(made)
}

/// What became of a measure that a prosecution service or courts counted.
pub(super) fn of_justice(
    asked: &Asked,
    measure: Measure,
    justice: Option<&Justice>,
    ledger: &Ledger,
) -> Result<Spine, PublishError> {
    let Some(justice) = justice else { return Ok(Spine::Missing(Why::NoFile)) };
    let Some(numbers) = justice.numbers(asked.year, measure) else {
        let why = if justice.is_from_records() { Why::NoRecord } else { Why::NoNumber };
        return Ok(Spine::Missing(why));
    };
    let (covariates, rows) = numbers.persons(asked.year);
    let lists = [measure.code().to_owned()];
    let columns = Columns { lists: &lists, covariates: &covariates, rows: &rows };
    released(asked, measure, (&columns, None), ledger)
}
