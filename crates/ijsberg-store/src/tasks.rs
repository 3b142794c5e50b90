//! What is to be done for one person.

use crate::ask::{all, finds, value};
use crate::links::Pair;
use crate::{Driver, StoreError, Value, Within};

/// Pairs within reach with an undecided decision in force, of which one registration is this person's. A pair is returned once
/// for each such decision.
///
/// # Errors
/// If the storage fails.
pub fn undecided_pairs(
    driver: &mut dyn Driver,
    person: &[u8; 16],
    within: Within<'_>,
) -> Result<Vec<Pair>, StoreError> {
    let mut values: Vec<Value> = vec![person.as_slice().into()];
    let own = "SELECT id FROM registration WHERE person = $1";
    let rest = format!(
        "FROM link_decision WHERE undone_at IS NULL AND decision = 'undecided' \
         AND (a IN ({own}) OR b IN ({own})) AND {} ORDER BY a, b",
        within.of_both(&mut values)
    );
    all(driver, &rest, &values)
}

/// Before which day nothing is erased of what is listed for it: a person, or a record of that kind.
///
/// # Errors
/// If the storage fails.
pub fn erased_not_before(
    driver: &mut dyn Driver,
    kind: &str,
    id: &[u8; 16],
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT not_before FROM erasing WHERE kind = $1 AND id = $2";
    value(driver, sql, &[kind.into(), id.as_slice().into()])
}

/// Whether there is a decision on the status of a person.
///
/// # Errors
/// If the storage fails.
pub fn has_status(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM record WHERE kind = 'status' AND person = $1 LIMIT 1";
    finds(driver, sql, &[person.as_slice().into()])
}
