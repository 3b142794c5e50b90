//! Retention periods, what has passed them, and people whose erasure is on hold.

use crate::ask::{all, column, each, value};
use crate::row::row;
use crate::{Driver, StoreError, Within};

row! {
    /// For how long what serves a purpose is kept.
    pub struct Period {
        /// The purpose.
        pub purpose: String,
        /// Months.
        pub months: i64,
    }

    /// The fields of a registration from which the end of its person's retention period follows.
    pub struct RegistrationTime {
        /// The person.
        pub person: [u8; 16] = "r.person",
        /// What for.
        pub purpose: String = "r.purpose",
        /// The day, month or year of what happened.
        pub happened_on: String = "r.happened_on",
        /// When it was registered.
        pub recorded_at: String = "r.recorded_at",
    }

    /// A record, and when it was last written.
    pub struct RecordTime {
        /// Its kind.
        pub kind: String,
        /// Its pseudonym.
        pub id: [u8; 16],
        /// When it was last written.
        pub recorded_at: String,
    }
}

/// Purposes with the months for which they are kept.
///
/// # Errors
/// If the storage fails.
pub fn periods(driver: &mut dyn Driver) -> Result<Vec<Period>, StoreError> {
    all(driver, "FROM retention ORDER BY purpose", &[])
}

/// Keeps what serves a purpose for so many months.
///
/// # Errors
/// If the storage fails.
pub fn set_period(driver: &mut dyn Driver, purpose: &str, months: u16) -> Result<(), StoreError> {
    let sql = "INSERT INTO retention (purpose, months) VALUES ($1, $2) ON CONFLICT (purpose) DO UPDATE SET months = $2";
    driver.execute(sql, &[purpose.into(), i64::from(months).into()])?;
    Ok(())
}

/// Hands over the registrations of people who were not erased, of these organisations.
///
/// # Errors
/// If the storage fails.
pub fn each_registration(
    driver: &mut dyn Driver,
    within: Within<'_>,
    row: &mut dyn FnMut(RegistrationTime),
) -> Result<(), StoreError> {
    let mut values = Vec::new();
    let own = within.of_person("r.person", &mut values);
    let rest =
        format!("FROM registration r JOIN person p ON p.id = r.person WHERE p.erased_at IS NULL AND {own}");
    each(driver, &rest, &values, row)
}

/// Records of a purpose that were last written before a moment, of these organisations; not those of people who are held back today.
///
/// # Errors
/// If the storage fails.
pub fn records_before(
    driver: &mut dyn Driver,
    purpose: &str,
    before: &str,
    today: &str,
    within: Within<'_>,
) -> Result<Vec<RecordTime>, StoreError> {
    let mut values = vec![purpose.into(), before.into(), today.into()];
    let own = within.condition("organisation", &mut values);
    let rest = format!(
        "FROM record WHERE purpose = $1 AND recorded_at < $2 AND {own} \
         AND (person IS NULL OR person NOT IN (SELECT person FROM legal_hold WHERE until_day >= $3))"
    );
    all(driver, &rest, &values)
}

/// The day until which a person is held back, or was.
///
/// # Errors
/// If the storage fails.
pub fn held_until(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Option<String>, StoreError> {
    value(driver, "SELECT until_day FROM legal_hold WHERE person = $1", &[person.as_slice().into()])
}

/// Puts a person's erasure on hold until a day; an existing hold then ends on the new day.
///
/// # Errors
/// If the storage fails.
pub fn hold(driver: &mut dyn Driver, person: &[u8; 16], owner: &str, until: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO legal_hold (person, owner, until_day) VALUES ($1, $2, $3) \
               ON CONFLICT (person) DO UPDATE SET owner = $2, until_day = $3";
    driver.execute(sql, &[person.as_slice().into(), owner.into(), until.into()])?;
    Ok(())
}

/// People who are held back today.
///
/// # Errors
/// If the storage fails.
pub fn held(driver: &mut dyn Driver, today: &str) -> Result<Vec<[u8; 16]>, StoreError> {
    column(driver, "SELECT person FROM legal_hold WHERE until_day >= $1", &[today.into()])
}
