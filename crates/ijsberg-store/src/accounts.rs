//! Accounts and their roles.

use crate::ask::{all, column, count, finds, one, value};
use crate::row::row;
use crate::{Driver, StoreError, Value, Within};

row! {
    /// An account.
    pub struct Account {
        /// Its name.
        pub name: String,
        /// The hash of its password.
        pub password: String,
        /// The second factor that is on, sealed.
        pub second_factor: Option<Vec<u8>>,
        /// The time step of the last code that was used.
        pub last_code: i64,
        /// Failed attempts, in registers that counted them here.
        pub failures: i64,
        /// Until when logging in was delayed, in registers that stored it here.
        pub locked_until: String,
        /// It is closed.
        pub disabled: bool,
        /// Its organisation, `*` for none alone.
        pub organisation: String,
        /// Its owner has to choose a password of their own.
        pub must_change: bool,
        /// Until when the password is good; empty for one without an end.
        pub good_until: String,
        /// A second factor that waits for a code of it, sealed.
        pub new_factor: Option<Vec<u8>>,
    }

    /// A role of an account for an organisation.
    pub struct AccountRole {
        /// The account.
        pub user_name: String,
        /// The role.
        pub role: String,
        /// The organisation, `*` for all.
        pub organisation: String,
    }

    /// An account in the list of an administrator.
    pub struct ListedAccount {
        /// Its name.
        pub name: String,
        /// It is closed.
        pub disabled: bool,
        /// The second factor that is on, sealed.
        pub second_factor: Option<Vec<u8>>,
        /// Its organisation, `*` for none alone.
        pub organisation: String,
        /// Its owner has to choose a password of their own.
        pub must_change: bool,
        /// Sessions that were not ended.
        pub sessions: i64 = "(SELECT count(*) FROM app_session s \
                             WHERE s.user_name = name AND s.ended_at IS NULL)",
    }

    /// Second factors of an account.
    pub struct Factors {
        /// The one that is on, sealed.
        pub second_factor: Option<Vec<u8>>,
        /// The one that waits for a code of it, sealed.
        pub new_factor: Option<Vec<u8>>,
    }
}

/// Whether there is any account.
///
/// # Errors
/// If the storage fails.
pub fn any(driver: &mut dyn Driver) -> Result<bool, StoreError> {
    Ok(count(driver, "SELECT count(*) FROM app_user", &[])? > 0)
}

/// Whether somebody has a name.
///
/// # Errors
/// If the storage fails.
pub fn is_there(driver: &mut dyn Driver, name: &str) -> Result<bool, StoreError> {
    finds(driver, "SELECT 1 FROM app_user WHERE name = $1", &[name.into()])
}

/// Adds an account without roles and without a second factor.
///
/// # Errors
/// If the name is taken or the storage fails.
pub fn add(
    driver: &mut dyn Driver,
    name: &str,
    password: &str,
    organisation: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO app_user (name, password, last_code, failures, locked_until, disabled, organisation) \
               VALUES ($1, $2, 0, 0, '', 0, $3)";
    driver.execute(sql, &[name.into(), password.into(), organisation.into()])?;
    Ok(())
}

/// Accounts whose organisation and roles are all within reach, by name.
///
/// # Errors
/// If the storage fails.
pub fn list(driver: &mut dyn Driver, within: Within<'_>) -> Result<Vec<ListedAccount>, StoreError> {
    let mut values = Vec::new();
    let own = within.condition("organisation", &mut values);
    let rest = format!(
        "FROM app_user WHERE {own} \
         AND name NOT IN (SELECT user_name FROM app_role WHERE NOT ({own})) ORDER BY name"
    );
    all(driver, &rest, &values)
}

/// The organisation of an account, and those of its roles; none of an account that is not there.
///
/// # Errors
/// If the storage fails.
pub fn organisations_of(driver: &mut dyn Driver, name: &str) -> Result<Vec<String>, StoreError> {
    let values: [Value; 1] = [name.into()];
    let mut organisations: Vec<String> =
        column(driver, "SELECT organisation FROM app_user WHERE name = $1", &values)?;
    let of_roles = "SELECT organisation FROM app_role WHERE user_name = $1";
    organisations.extend(column::<String>(driver, of_roles, &values)?);
    Ok(organisations)
}

/// Assigns a role to an account, if it does not have it.
///
/// # Errors
/// If the storage fails.
pub fn give_role(
    driver: &mut dyn Driver,
    name: &str,
    role: &str,
    organisation: &str,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO app_role (user_name, role, organisation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    driver.execute(sql, &[name.into(), role.into(), organisation.into()])?;
    Ok(())
}

/// Revokes a role of an account, if it has it.
///
/// # Errors
/// If the storage fails.
pub fn take_role(
    driver: &mut dyn Driver,
    name: &str,
    role: &str,
    organisation: &str,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM app_role WHERE user_name = $1 AND role = $2 AND organisation = $3";
    driver.execute(sql, &[name.into(), role.into(), organisation.into()])?;
    Ok(())
}

/// Whether any account that is open has a role for an organisation.
///
/// # Errors
/// If the storage fails.
pub fn somebody_has_role(
    driver: &mut dyn Driver,
    role: &str,
    organisation: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM app_user u JOIN app_role r ON r.user_name = u.name \
               WHERE u.disabled = 0 AND r.role = $1 AND r.organisation = $2 LIMIT 1";
    finds(driver, sql, &[role.into(), organisation.into()])
}

/// Closes an account or opens it; how many accounts that changed.
///
/// # Errors
/// If the storage fails.
pub fn set_disabled(driver: &mut dyn Driver, name: &str, disabled: bool) -> Result<u64, StoreError> {
    driver.execute("UPDATE app_user SET disabled = $1 WHERE name = $2", &[disabled.into(), name.into()])
}

/// The owner of an account has to choose a password of their own.
///
/// # Errors
/// If the storage fails.
pub fn must_change_password(driver: &mut dyn Driver, name: &str) -> Result<(), StoreError> {
    driver.execute("UPDATE app_user SET must_change = 1 WHERE name = $1", &[name.into()])?;
    Ok(())
}

/// Gives an account the hash of a password for one time, which is good until a moment; how many accounts that changed.
///
/// # Errors
/// If the storage fails.
pub fn set_password_for_one_time(
    driver: &mut dyn Driver,
    name: &str,
    password: &str,
    good_until: &str,
) -> Result<u64, StoreError> {
    let sql = "UPDATE app_user SET password = $1, must_change = 1, good_until = $2 WHERE name = $3";
    driver.execute(sql, &[password.into(), good_until.into(), name.into()])
}

/// Gives an account the hash of a password that its owner chose in place of another; how many accounts that changed: none where the
/// password is not the other one any more.
///
/// # Errors
/// If the storage fails.
pub fn set_own_password(
    driver: &mut dyn Driver,
    name: &str,
    password: &str,
    before: &str,
) -> Result<u64, StoreError> {
    let sql = "UPDATE app_user SET password = $1, must_change = 0, good_until = '' \
               WHERE name = $2 AND password = $3";
    driver.execute(sql, &[password.into(), name.into(), before.into()])
}

/// Second factors of an account.
///
/// # Errors
/// If the storage fails.
pub fn factors(driver: &mut dyn Driver, name: &str) -> Result<Option<Factors>, StoreError> {
    one(driver, "FROM app_user WHERE name = $1", &[name.into()])
}

/// The second factor of an account that waits for a code of it, sealed.
///
/// # Errors
/// If the storage fails.
pub fn new_factor(driver: &mut dyn Driver, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT new_factor FROM app_user WHERE name = $1";
    Ok(value::<Option<Vec<u8>>>(driver, sql, &[name.into()])?.flatten())
}

/// Keeps a second factor, sealed, which counts once there was a code of it.
///
/// # Errors
/// If the storage fails.
pub fn set_new_factor(driver: &mut dyn Driver, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
    driver.execute("UPDATE app_user SET new_factor = $1 WHERE name = $2", &[sealed.into(), name.into()])?;
    Ok(())
}

/// Turns on the second factor that waits, by a code of a step of time.
///
/// # Errors
/// If the storage fails.
pub fn turn_on_new_factor(driver: &mut dyn Driver, name: &str, code: i64) -> Result<(), StoreError> {
    let sql =
        "UPDATE app_user SET second_factor = new_factor, new_factor = NULL, last_code = $1 WHERE name = $2";
    driver.execute(sql, &[code.into(), name.into()])?;
    Ok(())
}

/// Codes of the second factor up to a step of time are used up.
///
/// # Errors
/// If the storage fails.
pub fn set_last_code(driver: &mut dyn Driver, name: &str, code: i64) -> Result<(), StoreError> {
    driver.execute("UPDATE app_user SET last_code = $1 WHERE name = $2", &[code.into(), name.into()])?;
    Ok(())
}

/// Takes away both second factors of an account; how many accounts that changed.
///
/// # Errors
/// If the storage fails.
pub fn drop_factors(driver: &mut dyn Driver, name: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE app_user SET second_factor = NULL, new_factor = NULL, last_code = 0 WHERE name = $1";
    driver.execute(sql, &[name.into()])
}
