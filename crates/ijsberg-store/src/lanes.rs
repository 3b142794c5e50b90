//! Tracks that are open, with their lawful basis.

use std::collections::HashMap;

use crate::ask::{all, each};
use crate::row::row;
use crate::{Driver, StoreError, Value};

row! {
    /// A lane that is open.
    pub struct OpenLane {
        /// Its name.
        pub name: String,
        /// The lawful basis.
        pub basis: String,
        /// When its risks were assessed.
        pub assessed: String,
    }

    /// The lawful basis of a lane.
    pub struct BasisOfLane {
        /// The lane.
        pub name: String,
        /// The basis.
        pub basis: String,
    }
}

/// A lane as it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewLane<'a> {
    /// Its name.
    pub name: &'a str,
    /// The lawful basis.
    pub basis: &'a str,
    /// When its risks were assessed.
    pub assessed: &'a str,
    /// Who opens it.
    pub opened_by: &'a str,
    /// When.
    pub opened_at: &'a str,
}

/// Those that are open, by their names.
///
/// # Errors
/// If the storage fails.
pub fn lanes(driver: &mut dyn Driver) -> Result<Vec<OpenLane>, StoreError> {
    all(driver, "FROM lane ORDER BY name", &[])
}

/// The basis of each that is open, by its name.
///
/// # Errors
/// If the storage fails.
pub fn bases(driver: &mut dyn Driver) -> Result<HashMap<String, String>, StoreError> {
    let mut bases = HashMap::new();
    each(driver, "FROM lane", &[], &mut |of: BasisOfLane| {
        bases.insert(of.name, of.basis);
    })?;
    Ok(bases)
}

/// Opens a lane; one that is open gets another basis.
///
/// # Errors
/// If the storage fails.
pub fn open(driver: &mut dyn Driver, new: &NewLane<'_>) -> Result<(), StoreError> {
    let sql = "INSERT INTO lane (name, basis, assessed, opened_by, opened_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (name) DO UPDATE SET basis = $2, assessed = $3, opened_by = $4, opened_at = $5";
    let values = [new.name, new.basis, new.assessed, new.opened_by, new.opened_at].map(Value::from);
    driver.execute(sql, &values)?;
    Ok(())
}
