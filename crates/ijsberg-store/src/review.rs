//! Pairs of registrations that wait for a person, and what people decided on them.

use std::collections::HashSet;

use crate::ask::{all, each};
use crate::links::FullDecision;
use crate::row::row;
use crate::{Driver, StoreError, Value, Within};

row! {
    /// What somebody decided on two registrations, whether or not it is in force.
    pub struct Opinion {
        /// One registration.
        pub a: [u8; 16],
        /// The other.
        pub b: [u8; 16],
        /// `same`, `different` or `undecided`.
        pub decision: String,
        /// By whom.
        pub decided_by: String,
        /// When.
        pub decided_at: String,
        /// Who took it back, or whose decision took its place.
        pub undone_by: Option<String>,
    }

    /// Two registrations of which somebody decided whether they are of one person.
    pub struct JudgedPair {
        /// One registration.
        pub a: [u8; 16],
        /// The other.
        pub b: [u8; 16],
        /// `same` or `different`.
        pub decision: String,
    }

    /// Two registrations that share a code.
    pub struct PairByCode {
        /// The scheme of the code.
        pub scheme: String = "DISTINCT s.scheme",
        /// The registration with the lower pseudonym.
        pub a: [u8; 16] = "s.registration",
        /// The other.
        pub b: [u8; 16] = "t.registration",
    }

    /// A registration of a list.
    pub struct ListedRegistration {
        /// Its pseudonym.
        pub id: [u8; 16],
    }
}

/// Hands over each decision in force on registrations within reach.
///
/// # Errors
/// If the storage fails.
pub fn each_in_force(
    driver: &mut dyn Driver,
    within: Within<'_>,
    row: &mut dyn FnMut(FullDecision),
) -> Result<(), StoreError> {
    let mut values = Vec::new();
    let rest = format!("FROM link_decision WHERE undone_at IS NULL AND {}", within.of_both(&mut values));
    each(driver, &rest, &values, row)
}

/// Hands over each decision of a method on registrations within reach, also those that are not in force any more.
///
/// # Errors
/// If the storage fails.
pub fn each_opinion(
    driver: &mut dyn Driver,
    method: &str,
    within: Within<'_>,
    row: &mut dyn FnMut(Opinion),
) -> Result<(), StoreError> {
    let mut values: Vec<Value> = vec![method.into()];
    let rest = format!("FROM link_decision WHERE method = $1 AND {}", within.of_both(&mut values));
    each(driver, &rest, &values, row)
}

/// Pairs within reach with a decision of a method in force, not undecided ones, oldest decision first.
///
/// # Errors
/// If the storage fails.
pub fn judged(
    driver: &mut dyn Driver,
    method: &str,
    within: Within<'_>,
) -> Result<Vec<JudgedPair>, StoreError> {
    let mut values: Vec<Value> = vec![method.into()];
    let rest = format!(
        "FROM link_decision WHERE undone_at IS NULL AND method = $1 \
         AND decision <> 'undecided' AND {} ORDER BY decided_at, id",
        within.of_both(&mut values)
    );
    all(driver, &rest, &values)
}

/// Hands over each pair of registrations within reach that share a code.
///
/// # Errors
/// If the storage fails.
pub fn each_by_code(
    driver: &mut dyn Driver,
    within: Within<'_>,
    row: &mut dyn FnMut(PairByCode),
) -> Result<(), StoreError> {
    let mut values = Vec::new();
    let rest = format!(
        "FROM link_token s JOIN link_token t \
         ON t.scheme = s.scheme AND t.token = s.token AND s.registration < t.registration \
         WHERE {} AND {} ORDER BY s.scheme, s.registration, t.registration",
        within.of_registration("s.registration", &mut values),
        within.of_registration("t.registration", &mut values)
    );
    each(driver, &rest, &values, row)
}

/// The registrations on a list.
///
/// # Errors
/// If the storage fails.
pub fn on_list(driver: &mut dyn Driver, list: &str) -> Result<HashSet<[u8; 16]>, StoreError> {
    let mut on = HashSet::new();
    each(driver, "FROM registration WHERE list = $1", &[list.into()], &mut |row: ListedRegistration| {
        on.insert(row.id);
    })?;
    Ok(on)
}
