//! Users and their roles, as administrators look after them.

use ijsberg_crypto::{Cost, hash_password};
use ijsberg_store::Value;
use jiff::SignedDuration;
use zeroize::Zeroizing;

use crate::audit::Outcome;
use crate::error::RegisterError;
use crate::expected::{Expected, Thing, Wanted};
use crate::policy::{Grant, Operation, Role};
use crate::recovery::letters;
use crate::register::Register;
use crate::scope::{EVERYWHERE, Reach, Scope};

/// Hours for which a password that an administrator gave is good.
const ONE_TIME: i64 = 72;

/// A user as an administrator sees them.
#[derive(Debug, Clone, serde::Serialize)]
pub struct User {
    /// The name.
    pub name: String,
    /// Their organisation, `*` for none alone.
    pub organisation: String,
    /// Their roles.
    pub grants: Vec<Grant>,
    /// The account is closed.
    pub disabled: bool,
    /// A second factor is on.
    pub second_factor: bool,
    /// Their password is one that an administrator gave and they have not changed yet.
    pub must_change: bool,
    /// Sessions that were not ended, those that are over by time too.
    pub sessions: i64,
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
                return Err(RegisterError::Exists(Thing::User));
            }
            r.insert_user(name, &hash, EVERYWHERE)?;
            grants.iter().try_for_each(|g| r.insert_grant(name, g))?;
            r.append(name, &Operation::ManageUsers.name(), "user", Outcome::Done, "first user")
        })
    }

    /// Whoever is logged in chooses a password of their own before they do anything at a server: the one that they have was made for
    /// them and told once.
    ///
    /// # Errors
    /// If nobody is logged in or the storage fails.
    pub fn first_password_is_for_one_time(&mut self) -> Result<(), RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        self.transaction(|r| {
            r.driver
                .execute("UPDATE app_user SET must_change = 1 WHERE name = $1", &[user.as_str().into()])?;
            r.append(&user, "change_password", "user", Outcome::Done, "to be changed at first login")
        })
    }

    /// Adds a user, whose own password it is, of the organisation that the administrator is of, or of none alone where they are
    /// administrator for all.
    ///
    /// # Errors
    /// If the policy does not allow it, the administrator is one for several organisations, the name is taken or the password is
    /// short.
    pub fn add_user(&mut self, name: &str, password: &str, cost: Cost) -> Result<(), RegisterError> {
        let session = self.session.as_ref().ok_or(RegisterError::NoSession)?;
        let organisation = match session.reach(Operation::ManageUsers) {
            Some(Reach::Only(only)) if only.len() > 1 => {
                let expected = Expected::Organisations(Vec::from_iter(only).join(", "));
                return Err(RegisterError::invalid("organisation", expected));
            }
            Some(Reach::Only(only)) => only.into_iter().next().unwrap_or_default(),
            _ => EVERYWHERE.to_owned(),
        };
        self.add_user_of(name, password, &organisation, cost)
    }

    /// Adds a user of an organisation, whose administrators look after the account; `*` for none alone.
    ///
    /// # Errors
    /// If the policy does not allow it, there is no such organisation, the name is taken or the password is short.
    pub fn add_user_of(
        &mut self,
        name: &str,
        password: &str,
        organisation: &str,
        cost: Cost,
    ) -> Result<(), RegisterError> {
        let hash = hash_password(password, cost)?;
        self.act(Operation::ManageUsers, &scope_of(organisation), &format!("user:{name}"), |r| {
            r.insert_user(name, &hash, organisation)?;
            Ok(((), "added".to_owned()))
        })
    }

    pub(crate) fn insert_user(
        &mut self,
        name: &str,
        hash: &str,
        organisation: &str,
    ) -> Result<(), RegisterError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
        if name.is_empty() || name.len() > 60 || !name.chars().all(fits) {
            return Err(RegisterError::invalid("user", Wanted::UserName));
        }
        let there = self.driver.first("SELECT 1 FROM app_user WHERE name = $1", &[name.into()])?;
        if there.is_some() {
            return Err(RegisterError::Exists(Thing::User));
        }
        self.is_there(organisation)?;
        let sql = "INSERT INTO app_user (name, password, last_code, failures, locked_until, disabled, organisation) \
                   VALUES ($1, $2, 0, 0, '', 0, $3)";
        self.driver.execute(sql, &[name.into(), hash.into(), organisation.into()])?;
        Ok(())
    }

    /// A role for an organisation that is not there would be one for whoever takes its name later.
    fn is_there(&mut self, organisation: &str) -> Result<(), RegisterError> {
        let sql = "SELECT 1 FROM organisation WHERE id = $1";
        if organisation == EVERYWHERE || self.driver.first(sql, &[organisation.into()])?.is_some() {
            return Ok(());
        }
        Err(RegisterError::NotFound(Thing::Organisation))
    }

    pub(crate) fn insert_grant(&mut self, name: &str, grant: &Grant) -> Result<(), RegisterError> {
        self.is_there(&grant.organisation)?;
        let sql =
            "INSERT INTO app_role (user_name, role, organisation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        self.driver
            .execute(sql, &[name.into(), grant.role.name().into(), grant.organisation.as_str().into()])?;
        Ok(())
    }

    /// Whose business an account is: that of its organisation and of every one that it has a role for. One that is not there is
    /// of nobody.
    pub(crate) fn scope_of_user(&mut self, name: &str) -> Result<Scope, RegisterError> {
        self.current_keys()?;
        let mut rows =
            self.driver.query("SELECT organisation FROM app_user WHERE name = $1", &[name.into()])?;
        let sql = "SELECT organisation FROM app_role WHERE user_name = $1";
        rows.extend(self.driver.query(sql, &[name.into()])?);
        if rows.iter().any(|r| r.text(0) == EVERYWHERE) {
            return Ok(Scope::Everywhere);
        }
        Ok(Scope::all(rows.iter().map(|r| r.text(0))))
    }

    /// After a change of accounts or roles: somebody is left who may give roles for all organisations.
    fn keeps_an_administrator(&mut self) -> Result<(), RegisterError> {
        let sql = "SELECT 1 FROM app_user u JOIN app_role r ON r.user_name = u.name \
                   WHERE u.disabled = 0 AND r.role = $1 AND r.organisation = $2 LIMIT 1";
        let values: [Value; 2] = [Role::Administrator.name().into(), EVERYWHERE.into()];
        match self.driver.first(sql, &values)? {
            Some(_) => Ok(()),
            None => Err(RegisterError::LastAdministrator),
        }
    }

    /// Gives a role, or takes it. Nobody gives or takes one for more organisations than their own role is for, nor one of a user who
    /// is of another organisation.
    ///
    /// # Errors
    /// If the policy does not allow it, there is no such user or organisation, or nobody would be left who may give roles for all.
    pub fn set_grant(&mut self, name: &str, grant: &Grant, given: bool) -> Result<(), RegisterError> {
        let scope = match (self.scope_of_user(name)?, scope_of(&grant.organisation)) {
            (Scope::Of(user), Scope::Of(mut of)) if !user.is_empty() => {
                of.extend(user);
                Scope::Of(of)
            }
            _ => Scope::Everywhere,
        };
        self.act(Operation::ManageUsers, &scope, &format!("user:{name}"), |r| {
            if r.driver.first("SELECT 1 FROM app_user WHERE name = $1", &[name.into()])?.is_none() {
                return Err(RegisterError::NotFound(Thing::User));
            }
            if given {
                r.insert_grant(name, grant)?;
            } else {
                let sql = "DELETE FROM app_role WHERE user_name = $1 AND role = $2 AND organisation = $3";
                let values: [Value; 3] =
                    [name.into(), grant.role.name().into(), grant.organisation.as_str().into()];
                r.driver.execute(sql, &values)?;
                r.keeps_an_administrator()?;
            }
            let what = if given { "given" } else { "taken" };
            Ok(((), format!("{} for {} {what}", grant.role.name(), grant.organisation)))
        })
    }

    /// Adds a user of an organisation, `*` for none alone, with a password for one time, which is returned: they choose their own when
    /// they first log in, within three days.
    ///
    /// # Errors
    /// As for [`Register::add_user_of`].
    pub fn invite(
        &mut self,
        name: &str,
        organisation: &str,
        cost: Cost,
    ) -> Result<Zeroizing<String>, RegisterError> {
        let password = one_time()?;
        let hash = hash_password(&password, cost)?;
        self.act(Operation::ManageUsers, &scope_of(organisation), &format!("user:{name}"), |r| {
            r.insert_user(name, &hash, organisation)?;
            r.set_one_time(name, &hash)?;
            Ok((password, "added, with a password for one time".to_owned()))
        })
    }

    /// Gives a user a password for one time in place of one that was lost; all their sessions end. Not to oneself.
    ///
    /// # Errors
    /// If the policy does not allow it, there is no such user, or it is oneself.
    pub fn reset_password(&mut self, name: &str, cost: Cost) -> Result<Zeroizing<String>, RegisterError> {
        self.is_another(name)?;
        let password = one_time()?;
        let hash = hash_password(&password, cost)?;
        let scope = self.scope_of_user(name)?;
        self.act(Operation::ManageUsers, &scope, &format!("user:{name}"), |r| {
            r.set_one_time(name, &hash)?;
            let ended = r.end_access(name, None)?;
            Ok((password, format!("password reset, {ended}")))
        })
    }

    /// Takes away a second factor that was lost, and its recovery codes; all sessions of the user end. Not one's own.
    ///
    /// # Errors
    /// If the policy does not allow it, there is no such user, or it is oneself.
    pub fn reset_second_factor(&mut self, name: &str) -> Result<(), RegisterError> {
        self.is_another(name)?;
        let scope = self.scope_of_user(name)?;
        self.act(Operation::ManageUsers, &scope, &format!("user:{name}"), |r| {
            let sql =
                "UPDATE app_user SET second_factor = NULL, new_factor = NULL, last_code = 0 WHERE name = $1";
            if r.driver.execute(sql, &[name.into()])? == 0 {
                return Err(RegisterError::NotFound(Thing::User));
            }
            r.drop_recovery_codes(name)?;
            let ended = r.end_access(name, None)?;
            Ok(((), format!("second factor reset, {ended}")))
        })
    }

    /// Ends all sessions of a user and takes back their tokens; how many sessions.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is no such user.
    pub fn end_sessions_of(&mut self, name: &str) -> Result<u64, RegisterError> {
        let scope = self.scope_of_user(name)?;
        self.act(Operation::ManageUsers, &scope, &format!("user:{name}"), |r| {
            if r.driver.first("SELECT 1 FROM app_user WHERE name = $1", &[name.into()])?.is_none() {
                return Err(RegisterError::NotFound(Thing::User));
            }
            let open = r.vouched("app_session", &["user_name", "ended_at"])?;
            let open = open.iter().filter(|s| s.text(0) == name && s.is_null(1)).count() as u64;
            Ok((open, r.end_access(name, None)?))
        })
    }

    /// Somebody else has to look when what proves who one is is set aside.
    fn is_another(&self, name: &str) -> Result<(), RegisterError> {
        match &self.session {
            Some(session) if session.user == name => Err(RegisterError::Oneself),
            _ => Ok(()),
        }
    }

    fn set_one_time(&mut self, name: &str, hash: &str) -> Result<(), RegisterError> {
        let until = (self.now + SignedDuration::from_hours(ONE_TIME)).to_string();
        let sql = "UPDATE app_user SET password = $1, must_change = 1, good_until = $2 WHERE name = $3";
        if self.driver.execute(sql, &[hash.into(), until.into(), name.into()])? == 0 {
            return Err(RegisterError::NotFound(Thing::User));
        }
        self.forget_attempts(name)
    }

    /// Closes an account, or opens it again. With it end its sessions and tokens, for good: opened again it has none.
    ///
    /// # Errors
    /// If the policy does not allow it, there is no such user, or nobody would be left who may give roles for all.
    pub fn set_disabled(&mut self, name: &str, disabled: bool) -> Result<(), RegisterError> {
        let scope = self.scope_of_user(name)?;
        self.act(Operation::ManageUsers, &scope, &format!("user:{name}"), |r| {
            let sql = "UPDATE app_user SET disabled = $1 WHERE name = $2";
            if r.driver.execute(sql, &[disabled.into(), name.into()])? == 0 {
                return Err(RegisterError::NotFound(Thing::User));
            }
            r.forget_attempts(name)?;
            if !disabled {
                return Ok(((), "enabled".to_owned()));
            }
            r.keeps_an_administrator()?;
            Ok(((), format!("disabled, {}", r.end_access(name, None)?)))
        })
    }

    pub(crate) fn grants_of(&mut self, name: &str) -> Result<Vec<Grant>, RegisterError> {
        let rows = self.vouched("app_role", &["role", "organisation", "user_name"])?;
        let mut own: Vec<(&str, &str)> =
            rows.iter().filter(|r| r.text(2) == name).map(|r| (r.text(0), r.text(1))).collect();
        own.sort_unstable();
        let of = |(role, organisation): &(&str, &str)| {
            Some(Grant { role: Role::parse(role)?, organisation: (*organisation).to_owned() })
        };
        Ok(own.iter().filter_map(of).collect())
    }

    /// Users within reach with their roles: those whose organisation and roles all are.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn users(&mut self) -> Result<Vec<User>, RegisterError> {
        self.read_within(Operation::ManageUsers, "users", |r, reach| {
            let mut values = Vec::new();
            let own = reach.condition("organisation", &mut values);
            let sql = format!(
                "SELECT name, disabled, second_factor, organisation, must_change, (SELECT count(*) FROM app_session s \
                 WHERE s.user_name = name AND s.ended_at IS NULL) FROM app_user WHERE {own} \
                 AND name NOT IN (SELECT user_name FROM app_role WHERE NOT ({own})) ORDER BY name"
            );
            let mut users = Vec::new();
            for row in r.driver.query(&sql, &values)? {
                let name = row.text(0).to_owned();
                let grants = r.grants_of(&name)?;
                users.push(User {
                    name,
                    organisation: row.text(3).to_owned(),
                    grants,
                    disabled: row.int(1) != 0,
                    second_factor: !row.is_null(2),
                    must_change: row.int(4) != 0,
                    sessions: row.int(5),
                });
            }
            let detail = format!("{} users", users.len());
            Ok((users, detail))
        })
    }
}

/// Whose business a grant is.
fn scope_of(organisation: &str) -> Scope {
    if organisation == EVERYWHERE { Scope::Everywhere } else { Scope::for_organisation(organisation) }
}

/// A password for one time: a hundred random bits.
fn one_time() -> Result<Zeroizing<String>, RegisterError> {
    letters(20, 5)
}
