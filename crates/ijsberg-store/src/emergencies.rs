//! Emergency access: who used it for whom and why, who was notified, and who reviewed it.

use crate::ask::{all, finds, value};
use crate::row::row;
use crate::{Driver, StoreError, Value, Within};

row! {
    /// Somebody used emergency access.
    pub struct Emergency {
        /// The pseudonym of the event.
        pub id: [u8; 16],
        /// Who.
        pub user_name: String,
        /// For whom.
        pub person: [u8; 16],
        /// Why, sealed.
        pub reason: Vec<u8>,
        /// The key that the reason is sealed under.
        pub key_id: String,
        /// When.
        pub from_time: String,
        /// Who was notified.
        pub notified: String,
    }

    /// Why somebody used emergency access, sealed, and what that belongs to.
    pub struct SealedReason {
        /// The pseudonym of the event.
        pub id: [u8; 16],
        /// Why, sealed.
        pub reason: Vec<u8>,
        /// The key that it is sealed under.
        pub key_id: String,
        /// For whom.
        pub person: [u8; 16],
        /// Who.
        pub user_name: String,
    }
}

/// Emergency access that is not stored yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewEmergency<'a> {
    /// The pseudonym of the event.
    pub id: &'a [u8; 16],
    /// Who.
    pub user_name: &'a str,
    /// For whom.
    pub person: &'a [u8; 16],
    /// Why, sealed.
    pub reason: &'a [u8],
    /// The key that the reason is sealed under.
    pub key_id: &'a str,
    /// When it begins.
    pub from_time: &'a str,
    /// When it ends.
    pub until_time: &'a str,
    /// Who is notified.
    pub notified: &'a str,
}

impl NewEmergency<'_> {
    const COLUMNS: [&'static str; 9] = [
        "id",
        "user_name",
        "person",
        "reason",
        "key_id",
        "from_time",
        "until_time",
        "notified",
        "acknowledged_at",
    ];

    /// Its values in the order of the columns: nobody has acknowledged it yet.
    fn to_row(self) -> Vec<Value> {
        vec![
            self.id.as_slice().into(),
            self.user_name.into(),
            self.person.as_slice().into(),
            self.reason.into(),
            self.key_id.into(),
            self.from_time.into(),
            self.until_time.into(),
            self.notified.into(),
            "".into(),
        ]
    }
}

/// Whether there is an account of that name that is not closed, so that it can be notified.
///
/// # Errors
/// If the storage fails.
pub fn can_be_notified(driver: &mut dyn Driver, name: &str) -> Result<bool, StoreError> {
    finds(driver, "SELECT 1 FROM app_user WHERE name = $1 AND disabled = 0", &[name.into()])
}

/// Inserts emergency access.
///
/// # Errors
/// If the storage fails.
pub fn insert(driver: &mut dyn Driver, new: &NewEmergency<'_>) -> Result<(), StoreError> {
    driver.insert_new("break_glass", &NewEmergency::COLUMNS, &mut std::iter::once(new.to_row()))?;
    Ok(())
}

/// Uses of emergency access of which somebody was notified and that they have not acknowledged yet, the first one first.
///
/// # Errors
/// If the storage fails.
pub fn unacknowledged_by(driver: &mut dyn Driver, notified: &str) -> Result<Vec<Emergency>, StoreError> {
    let rest = "FROM break_glass WHERE notified = $1 AND acknowledged_at = '' ORDER BY from_time";
    all(driver, rest, &[notified.into()])
}

/// Uses of emergency access for persons of these organisations that nobody has reviewed yet, the first one first.
///
/// # Errors
/// If the storage fails.
pub fn unreviewed(driver: &mut dyn Driver, within: Within<'_>) -> Result<Vec<Emergency>, StoreError> {
    let mut values = Vec::new();
    let own = within.of_person("person", &mut values);
    let rest = format!("FROM break_glass WHERE reviewed_by IS NULL AND {own} ORDER BY from_time");
    all(driver, &rest, &values)
}

/// For whom emergency access was used.
///
/// # Errors
/// If the storage fails.
pub fn person_of(driver: &mut dyn Driver, id: &[u8; 16]) -> Result<Option<[u8; 16]>, StoreError> {
    value(driver, "SELECT person FROM break_glass WHERE id = $1", &[id.as_slice().into()])
}

/// Records that the notified user acknowledged the notification; how many events that changed.
///
/// # Errors
/// If the storage fails.
pub fn acknowledge(
    driver: &mut dyn Driver,
    id: &[u8; 16],
    notified: &str,
    at: &str,
) -> Result<u64, StoreError> {
    let sql = "UPDATE break_glass SET acknowledged_at = $1 \
               WHERE id = $2 AND notified = $3 AND acknowledged_at = ''";
    driver.execute(sql, &[at.into(), id.as_slice().into(), notified.into()])
}

/// Notes that somebody reviewed what another did; how many events that changed.
///
/// # Errors
/// If the storage fails.
pub fn review(driver: &mut dyn Driver, id: &[u8; 16], by: &str, at: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE break_glass SET reviewed_by = $1, reviewed_at = $2 \
               WHERE id = $3 AND reviewed_by IS NULL AND user_name <> $4";
    driver.execute(sql, &[by.into(), at.into(), id.as_slice().into(), by.into()])
}

/// All reasons.
///
/// # Errors
/// If the storage fails.
pub fn reasons(driver: &mut dyn Driver) -> Result<Vec<SealedReason>, StoreError> {
    all(driver, "FROM break_glass", &[])
}

/// Puts a reason that was sealed anew in the place of the one under another key.
///
/// # Errors
/// If the storage fails.
pub fn reseal(
    driver: &mut dyn Driver,
    id: &[u8; 16],
    reason: Vec<u8>,
    key_id: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE break_glass SET reason = $1, key_id = $2 WHERE id = $3";
    driver.execute(sql, &[reason.into(), key_id.into(), id.as_slice().into()])?;
    Ok(())
}
