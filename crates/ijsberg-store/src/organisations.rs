//! Organisations that notify, and the lists that their notifications are on.

use std::collections::HashMap;

use crate::ask::{all, column, each, finds};
use crate::row::row;
use crate::{Driver, StoreError};

row! {
    /// An organisation that notifies.
    pub struct Organisation {
        /// Its id.
        pub id: String,
        /// Its name.
        pub name: String,
        /// What it is, in a code.
        pub kind: String,
        /// The list that its notifications are on.
        pub list: String,
        /// Synthetic.
        pub synthetic: bool,
    }

    /// The list of an organisation.
    pub struct ListOfOrganisation {
        /// The organisation.
        pub id: String,
        /// The list.
        pub list: String,
    }
}

/// All of them, by their ids.
///
/// # Errors
/// If the storage fails.
pub fn organisations(driver: &mut dyn Driver) -> Result<Vec<Organisation>, StoreError> {
    all(driver, "FROM organisation ORDER BY id", &[])
}

/// The ids of all of them, in order.
///
/// # Errors
/// If the storage fails.
pub fn ids(driver: &mut dyn Driver) -> Result<Vec<String>, StoreError> {
    column(driver, "SELECT id FROM organisation ORDER BY id", &[])
}

/// The list of each, by its id.
///
/// # Errors
/// If the storage fails.
pub fn lists(driver: &mut dyn Driver) -> Result<HashMap<String, String>, StoreError> {
    let mut lists = HashMap::new();
    each(driver, "FROM organisation", &[], &mut |of: ListOfOrganisation| {
        lists.insert(of.id, of.list);
    })?;
    Ok(lists)
}

/// Whether there is one of that id.
///
/// # Errors
/// If the storage fails.
pub fn exists(driver: &mut dyn Driver, id: &str) -> Result<bool, StoreError> {
    finds(driver, "SELECT 1 FROM organisation WHERE id = $1", &[id.into()])
}

/// Adds one.
///
/// # Errors
/// If the storage fails, or the id is taken.
pub fn add(driver: &mut dyn Driver, new: &Organisation) -> Result<(), StoreError> {
    let sql = "INSERT INTO organisation (id, name, kind, list, synthetic) VALUES ($1, $2, $3, $4, $5)";
    let values = [
        new.id.as_str().into(),
        new.name.as_str().into(),
        new.kind.as_str().into(),
        new.list.as_str().into(),
        new.synthetic.into(),
    ];
    driver.execute(sql, &values)?;
    Ok(())
}
