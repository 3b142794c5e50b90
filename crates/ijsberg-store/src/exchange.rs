//! Registrations as other forms of the register's data need them.

use crate::ask::all;
use crate::row::row;
use crate::{Driver, StoreError, Within};

row! {
    /// A registration as the global dataset needs it.
    pub struct RegistrationForDataset {
        /// Its pseudonym.
        pub id: [u8; 16],
        /// Day, month or year.
        pub happened_on: String,
        /// Sex.
        pub sex: String,
        /// Year of birth.
        pub birth_year: Option<i64>,
        /// Under 18.
        pub minor: String,
        /// All citizenships.
        pub nationality: String,
        /// Form of exploitation.
        pub form: String,
        /// Sector.
        pub sector: String,
        /// The pseudonym of the person.
        pub person: [u8; 16],
    }

    /// A registration as the standard for data of cases needs it.
    pub struct RegistrationForStandard {
        /// The pseudonym of the person.
        pub person: [u8; 16],
        /// Sex.
        pub sex: String,
        /// All citizenships.
        pub nationality: String,
        /// Form of exploitation.
        pub form: String,
        /// Sector.
        pub sector: String,
        /// The organisation.
        pub organisation: String,
        /// Day, month or year.
        pub happened_on: String,
    }
}

/// All registrations within reach for the global dataset, the earliest first.
///
/// # Errors
/// If the storage fails.
pub fn for_dataset(
    driver: &mut dyn Driver,
    within: Within<'_>,
) -> Result<Vec<RegistrationForDataset>, StoreError> {
    let mut values = Vec::new();
    let own = within.condition("organisation", &mut values);
    all(driver, &format!("FROM registration WHERE {own} ORDER BY happened_on, recorded_at, id"), &values)
}

/// Registrations of the support track within reach for the standard, the earliest first.
///
/// # Errors
/// If the storage fails.
pub fn for_standard(
    driver: &mut dyn Driver,
    within: Within<'_>,
) -> Result<Vec<RegistrationForStandard>, StoreError> {
    let mut values = Vec::new();
    let own = within.condition("organisation", &mut values);
    let rest =
        format!("FROM registration WHERE lane = 'help' AND {own} ORDER BY happened_on, recorded_at, id");
    all(driver, &rest, &values)
}
