//! Registrations as histories and lists for linkage read them.

use crate::ask::{all, each, value};
use crate::row::row;
use crate::{Driver, FromRow, StoreError, Value, Within};

row! {
    /// A registration with the codes that a history has.
    pub struct CodedRegistration {
        /// Its pseudonym.
        pub id: [u8; 16],
        /// The list.
        pub list: String,
        /// Day, month or year.
        pub happened_on: String,
        /// Sex.
        pub sex: String,
        /// Under 18.
        pub minor: String,
        /// All citizenships.
        pub nationality: String,
        /// Form of exploitation.
        pub form: String,
        /// The pseudonym of the person.
        pub person: [u8; 16],
        /// When it was recorded.
        pub recorded_at: String,
        /// Sector.
        pub sector: String,
        /// Region.
        pub region: String,
    }

    /// A registration with its list and when it happened.
    pub struct DatedRegistration {
        /// Its pseudonym.
        pub id: [u8; 16],
        /// The list.
        pub list: String,
        /// Day, month or year.
        pub happened_on: String,
    }

    /// A registration of the support track as a list with names has it.
    pub struct RegistrationOnList {
        /// Its pseudonym.
        pub id: [u8; 16],
        /// The pseudonym of the person.
        pub person: [u8; 16],
        /// The list.
        pub list: String,
        /// Sex.
        pub sex: String,
        /// Under 18.
        pub minor: String,
        /// All citizenships.
        pub nationality: String,
        /// Form of exploitation.
        pub form: String,
        /// Year of birth.
        pub birth_year: Option<i64>,
        /// Day, month or year.
        pub happened_on: String,
    }
}

/// Hands over all registrations within reach of what happened from one year to another, the earliest first, with their codes.
///
/// # Errors
/// If the storage fails.
pub fn each_coded(
    driver: &mut dyn Driver,
    from: i16,
    to: i16,
    within: Within<'_>,
    row: &mut dyn FnMut(CodedRegistration),
) -> Result<(), StoreError> {
    each_in_years(driver, from, to, within, row)
}

/// The same with their dates alone.
///
/// # Errors
/// If the storage fails.
pub fn each_dated(
    driver: &mut dyn Driver,
    from: i16,
    to: i16,
    within: Within<'_>,
    row: &mut dyn FnMut(DatedRegistration),
) -> Result<(), StoreError> {
    each_in_years(driver, from, to, within, row)
}

fn each_in_years<R: FromRow>(
    driver: &mut dyn Driver,
    from: i16,
    to: i16,
    within: Within<'_>,
    row: &mut dyn FnMut(R),
) -> Result<(), StoreError> {
    let mut values: Vec<Value> =
        vec![format!("{from:04}").into(), format!("{:04}", i32::from(to) + 1).into()];
    let own = within.condition("organisation", &mut values);
    let rest = format!(
        "FROM registration WHERE happened_on >= $1 AND happened_on < $2 AND {own} \
         ORDER BY happened_on, recorded_at, id"
    );
    each(driver, &rest, &values, row)
}

/// When the first of what was registered happened; none where nobody was.
///
/// # Errors
/// If the storage fails.
pub fn first_happened_on(driver: &mut dyn Driver) -> Result<Option<String>, StoreError> {
    value(driver, "SELECT happened_on FROM registration ORDER BY happened_on ASC LIMIT 1", &[])
}

/// When the last of it did.
///
/// # Errors
/// If the storage fails.
pub fn last_happened_on(driver: &mut dyn Driver) -> Result<Option<String>, StoreError> {
    value(driver, "SELECT happened_on FROM registration ORDER BY happened_on DESC LIMIT 1", &[])
}

/// Registrations of the support track within reach, list by list as they were recorded.
///
/// # Errors
/// If the storage fails.
pub fn on_lists(driver: &mut dyn Driver, within: Within<'_>) -> Result<Vec<RegistrationOnList>, StoreError> {
    let mut values = Vec::new();
    let own = within.condition("organisation", &mut values);
    let rest = format!("FROM registration WHERE lane = 'help' AND {own} ORDER BY list, recorded_at, id");
    all(driver, &rest, &values)
}
