//! Counts of a prosecution service and of courts, for a yearly report that counts the victims itself.

use std::collections::BTreeMap;

use super::DeliveryError;
use super::release::release;
use crate::error::PublishError;
use crate::ledger::Ledger;
use crate::legal::delivery::{Delivery, Outcome, Request};
use crate::legal::justice::Justice;
use crate::legal::measure::Measure;
use crate::legal::tables::Reason;
use crate::source::Columns;

/// Delivers every measure except registered victims. `earlier` contains the earlier releases, by measure.
///
/// # Errors
/// The same as for a full delivery.
pub fn chain(
    request: Request,
    justice: &Justice,
    earlier: BTreeMap<Measure, Ledger>,
) -> Result<Delivery, DeliveryError> {
    let none = Ledger::default();
    let mut outcomes = BTreeMap::new();
    for measure in Measure::ALL.into_iter().filter(|m| *m != Measure::Registered) {
        let ledger = earlier.get(&measure).unwrap_or(&none);
        outcomes.insert(measure, of_justice(&request, measure, Some(justice), ledger)?);
    }
    let from_records = justice.is_from_records();
    let made = Delivery { request, outcomes, from_records, earlier }.without_tied();
    made.agrees()?;
    Ok(made)
}

/// The outcome for a measure counted by a prosecution service or by courts.
pub(super) fn of_justice(
    request: &Request,
    measure: Measure,
    justice: Option<&Justice>,
    ledger: &Ledger,
) -> Result<Outcome, PublishError> {
    let Some(justice) = justice else { return Ok(Outcome::Missing(Reason::NoFile)) };
    let Some(numbers) = justice.numbers(request.year, measure) else {
        let why = if justice.is_from_records() { Reason::NoRecord } else { Reason::NoNumber };
        return Ok(Outcome::Missing(why));
    };
    let (covariates, rows) = numbers.persons(request.year);
    let lists = [measure.code().to_owned()];
    let columns = Columns { lists: &lists, covariates: &covariates, rows: &rows };
    release(request, measure, (&columns, None), ledger)
}
