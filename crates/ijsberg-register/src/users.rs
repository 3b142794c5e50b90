//! Users, their roles, and logging in: Argon2id, a second factor (RFC 6238), and a pause that grows with each failure.

use ijsberg_crypto::{Cost, hash_password, random, verify_password};
use ijsberg_store::Value;
use jiff::{SignedDuration, Timestamp};
use totp_rs::{Builder, Totp};

use crate::audit::Outcome;
use crate::epoch::Domain;
use crate::error::RegisterError;
use crate::policy::{Grant, Operation, Role};
use crate::register::{Register, Session};

/// What the audit log calls logging in; nobody needs a role for it.
const LOG_IN: &str = "log_in";

/// Failures before a pause.
const FREE_FAILURES: i64 = 5;

/// The longest pause, in minutes.
const LONGEST_PAUSE: i64 = 60;

/// A user as an administrator sees them.
#[derive(Debug, Clone, serde::Serialize)]
pub struct User {
    /// The name.
    pub name: String,
    /// Their roles.
    pub grants: Vec<Grant>,
    /// The account is closed.
    pub disabled: bool,
    /// A second factor is on.
    pub second_factor: bool,
}

impl Register {
    /// Adds the first user; only where there is none.
    ///
    /// # Errors
    /// If there are users, or the password is short.
    pub fn first_user(
        &mut self,
        name: &str,
        password: &str,
        grants: &[Grant],
        cost: Cost,
    ) -> Result<(), RegisterError> {
        let hash = hash_password(password, cost)?;
        self.transaction(|r| {
            let any = r.driver.first("SELECT count(*) FROM app_user", &[])?;
            if any.is_some_and(|row| row.int(0) > 0) {
                return Err(RegisterError::Exists("user"));
            }
            r.insert_user(name, &hash)?;
            grants.iter().try_for_each(|g| r.insert_grant(name, g))?;
            r.append(name, &Operation::ManageUsers.name(), "user", Outcome::Done, "first user")
        })
    }

    /// Adds a user.
    ///
    /// # Errors
    /// If the policy does not allow it, the name is taken or the password is short.
    pub fn add_user(&mut self, name: &str, password: &str, cost: Cost) -> Result<(), RegisterError> {
        let hash = hash_password(password, cost)?;
        self.act(Operation::ManageUsers, None, &format!("user:{name}"), |r| {
            r.insert_user(name, &hash)?;
            Ok(((), "added".to_owned()))
        })
    }

    pub(crate) fn insert_user(&mut self, name: &str, hash: &str) -> Result<(), RegisterError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
        if name.is_empty() || name.len() > 60 || !name.chars().all(fits) {
            return Err(RegisterError::invalid("user", "up to 60 letters, digits, dots, dashes or @"));
        }
        let there = self.driver.first("SELECT 1 FROM app_user WHERE name = $1", &[name.into()])?;
        if there.is_some() {
            return Err(RegisterError::Exists("user"));
        }
        let sql = "INSERT INTO app_user (name, password, last_code, failures, locked_until, disabled) \
                   VALUES ($1, $2, 0, 0, '', 0)";
        self.driver.execute(sql, &[name.into(), hash.into()])?;
        Ok(())
    }

    pub(crate) fn insert_grant(&mut self, name: &str, grant: &Grant) -> Result<(), RegisterError> {
        let sql =
            "INSERT INTO app_role (user_name, role, organisation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        self.driver
            .execute(sql, &[name.into(), grant.role.name().into(), grant.organisation.as_str().into()])?;
        Ok(())
    }

    /// Gives a role, or takes it.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is no such user.
    pub fn set_grant(&mut self, name: &str, grant: &Grant, given: bool) -> Result<(), RegisterError> {
        self.act(Operation::ManageUsers, None, &format!("user:{name}"), |r| {
            if r.driver.first("SELECT 1 FROM app_user WHERE name = $1", &[name.into()])?.is_none() {
                return Err(RegisterError::NotFound("user"));
            }
            if given {
                r.insert_grant(name, grant)?;
            } else {
                let sql = "DELETE FROM app_role WHERE user_name = $1 AND role = $2 AND organisation = $3";
                let values: [Value; 3] =
                    [name.into(), grant.role.name().into(), grant.organisation.as_str().into()];
                r.driver.execute(sql, &values)?;
            }
            let what = if given { "given" } else { "taken" };
            Ok(((), format!("{} for {} {what}", grant.role.name(), grant.organisation)))
        })
    }

    /// Closes an account, or opens it again.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is no such user.
    pub fn set_disabled(&mut self, name: &str, disabled: bool) -> Result<(), RegisterError> {
        self.act(Operation::ManageUsers, None, &format!("user:{name}"), |r| {
            let sql = "UPDATE app_user SET disabled = $1, failures = 0, locked_until = '' WHERE name = $2";
            match r.driver.execute(sql, &[disabled.into(), name.into()])? {
                0 => Err(RegisterError::NotFound("user")),
                _ => Ok(((), if disabled { "disabled" } else { "enabled" }.to_owned())),
            }
        })
    }

    /// Turns on the second factor of whoever is logged in; returns the `otpauth` URL for their app.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn enable_second_factor(&mut self) -> Result<String, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let secret: [u8; 20] = random()?;
        let totp = totp(&user, &secret)?;
        self.transaction(|r| {
            let sealed = r.key(Domain::Records)?.seal(&secret, format!("second factor:{user}").as_bytes())?;
            r.driver.execute(
                "UPDATE app_user SET second_factor = $1, last_code = 0 WHERE name = $2",
                &[sealed.into(), user.as_str().into()],
            )?;
            r.append(&user, "second_factor", "user", Outcome::Done, "on")
        })?;
        totp.to_url().map_err(|_| RegisterError::invalid("user", "a name without a colon"))
    }

    /// Logs in. `code` is that of the second factor, where one is on.
    ///
    /// # Errors
    /// [`RegisterError::Login`] without saying what does not fit, or [`RegisterError::Locked`].
    pub fn login(&mut self, name: &str, password: &str, code: Option<&str>) -> Result<(), RegisterError> {
        self.session = None;
        self.check_access(true)?;
        let sql = "SELECT password, second_factor, last_code, failures, locked_until, disabled FROM app_user WHERE name = $1";
        let row = self.driver.first(sql, &[name.into()])?;
        // Who is not there takes as long as who is.
        let kept = row.as_ref().map_or("$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", |r| r.text(0)).to_owned();
        let until = row.as_ref().and_then(|r| r.text(4).parse::<Timestamp>().ok());
        if let Some(until) = until.filter(|u| *u > self.now) {
            return Err(RegisterError::Locked(until.to_string()));
        }
        let fits = verify_password(password, &kept);
        let Some(row) = row else {
            // The name may be anything, a password typed in the wrong place too.
            self.note("unknown", LOG_IN, "user", Outcome::Denied, "")?;
            return Err(RegisterError::Login);
        };
        let step = if row.is_null(1) {
            Some(None)
        } else {
            self.code_fits(name, row.bytes(1), row.int(2), code)?.map(Some)
        };
        let good = fits && row.int(5) == 0;
        let (true, Some(step)) = (good, step) else {
            let failures = row.int(3) + 1;
            let over = (failures - FREE_FAILURES).clamp(0, 6);
            let pause = if failures < FREE_FAILURES { 0 } else { (1_i64 << over).min(LONGEST_PAUSE) };
            let until = self.now + SignedDuration::from_mins(pause);
            let until = if pause > 0 { until.to_string() } else { String::new() };
            self.transaction(|r| {
                let sql = "UPDATE app_user SET failures = $1, locked_until = $2 WHERE name = $3";
                r.driver.execute(sql, &[failures.into(), until.into(), name.into()])?;
                r.append(name, LOG_IN, "user", Outcome::Denied, &format!("attempt {failures}"))
            })?;
            return Err(RegisterError::Login);
        };
        self.transaction(|r| {
            let sql = "UPDATE app_user SET failures = 0, locked_until = '', last_code = $1 WHERE name = $2";
            r.driver.execute(sql, &[step.unwrap_or(row.int(2)).into(), name.into()])?;
            r.append(name, LOG_IN, "user", Outcome::Done, "")
        })?;
        let grants = self.grants_of(name)?;
        self.session = Some(Session { user: name.to_owned(), grants, only: None });
        Ok(())
    }

    pub(crate) fn grants_of(&mut self, name: &str) -> Result<Vec<Grant>, RegisterError> {
        let sql = "SELECT role, organisation FROM app_role WHERE user_name = $1 ORDER BY role, organisation";
        let rows = self.driver.query(sql, &[name.into()])?;
        let of = |r: &ijsberg_store::Row| {
            Some(Grant { role: Role::parse(r.text(0))?, organisation: r.text(1).to_owned() })
        };
        Ok(rows.iter().filter_map(of).collect())
    }

    /// Goes on for somebody who logged in before, with the roles of now. Whose account was closed meanwhile is out.
    ///
    /// # Errors
    /// [`RegisterError::NoSession`] if the account was closed.
    pub fn resume(&mut self, name: &str) -> Result<(), RegisterError> {
        self.session = None;
        self.check_access(false)?;
        let open = self.driver.first("SELECT disabled FROM app_user WHERE name = $1", &[name.into()])?;
        if open.is_none_or(|row| row.int(0) != 0) {
            return Err(RegisterError::NoSession);
        }
        let grants = self.grants_of(name)?;
        self.session = Some(Session { user: name.to_owned(), grants, only: None });
        Ok(())
    }

    /// Users with their roles.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn users(&mut self) -> Result<Vec<User>, RegisterError> {
        self.act(Operation::ManageUsers, None, "users", |r| {
            let sql = "SELECT name, disabled, second_factor FROM app_user ORDER BY name";
            let mut users = Vec::new();
            for row in r.driver.query(sql, &[])? {
                let name = row.text(0).to_owned();
                let grants = r.grants_of(&name)?;
                users.push(User { name, grants, disabled: row.int(1) != 0, second_factor: !row.is_null(2) });
            }
            let detail = format!("{} users", users.len());
            Ok((users, detail))
        })
    }

    /// The step of time of a code that fits and was not used before.
    fn code_fits(
        &self,
        user: &str,
        sealed: &[u8],
        last: i64,
        code: Option<&str>,
    ) -> Result<Option<i64>, RegisterError> {
        let secret = self.key(Domain::Records)?.open(sealed, format!("second factor:{user}").as_bytes())?;
        let secret: [u8; 20] = secret.as_slice().try_into().map_err(|_| RegisterError::Login)?;
        let now = u64::try_from(self.now.as_second()).unwrap_or(0);
        let step = code.and_then(|c| totp(user, &secret).ok()?.check(c.trim(), now));
        Ok(step.map(|s| s as i64).filter(|s| *s > last))
    }

    /// Logs out.
    pub fn logout(&mut self) {
        self.session = None;
    }
}

fn totp(user: &str, secret: &[u8; 20]) -> Result<Totp, RegisterError> {
    let built = Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(user)
        .with_issuer(Some("ijsberg"))
        .build();
    built.map_err(|_| RegisterError::invalid("user", "a name without a colon"))
}
