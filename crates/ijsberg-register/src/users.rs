//! Users and their roles, as administrators look after them.

use ijsberg_crypto::{Cost, hash_password};
use ijsberg_store::accounts::AccountRole;
use ijsberg_store::{accounts, organisations, sessions};
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
            if accounts::any(r.driver.as_mut())? {
                return Err(RegisterError::Exists(Thing::User));
            }
            r.insert_user(name, &hash, EVERYWHERE)?;
            grants.iter().try_for_each(|g| r.insert_grant(name, g))?;
            r.append(name, &Operation::ManageUsers.name(), "user", Outcome::Done, "first user")
        })
    }

    /// Requires the logged-in user to choose a password of their own before they do anything at a server: the current one was made for them
    /// and shown once.
    ///
    /// # Errors
    /// If nobody is logged in or the storage fails.
    pub fn first_password_is_for_one_time(&mut self) -> Result<(), RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        self.transaction(|r| {
            accounts::must_change_password(r.driver.as_mut(), &user)?;
            r.append(&user, "change_password", "user", Outcome::Done, "to be changed at first login")
        })
    }

    /// Adds a user with their own password, of the administrator's organisation, or of none alone if the administrator is one for all.
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
        if accounts::is_there(self.driver.as_mut(), name)? {
            return Err(RegisterError::Exists(Thing::User));
        }
        self.is_there(organisation)?;
        Ok(accounts::add(self.driver.as_mut(), name, hash, organisation)?)
    }

    /// A role for an organisation that is not there would go to the next organisation of that name.
    fn is_there(&mut self, organisation: &str) -> Result<(), RegisterError> {
        if organisation == EVERYWHERE || organisations::exists(self.driver.as_mut(), organisation)? {
            return Ok(());
        }
        Err(RegisterError::NotFound(Thing::Organisation))
    }

    pub(crate) fn insert_grant(&mut self, name: &str, grant: &Grant) -> Result<(), RegisterError> {
        self.is_there(&grant.organisation)?;
        Ok(accounts::give_role(self.driver.as_mut(), name, &grant.role.name(), &grant.organisation)?)
    }

    /// The scope of an account: its organisation and every one that it has a role for. An account that does not exist is of none.
    pub(crate) fn scope_of_user(&mut self, name: &str) -> Result<Scope, RegisterError> {
        self.current_keys()?;
        let organisations = accounts::organisations_of(self.driver.as_mut(), name)?;
        if organisations.iter().any(|o| o == EVERYWHERE) {
            return Ok(Scope::Everywhere);
        }
        Ok(Scope::all(organisations.iter().map(String::as_str)))
    }

    /// After a change of accounts or roles: someone remains who may assign roles for all organisations.
    fn keeps_an_administrator(&mut self) -> Result<(), RegisterError> {
        if accounts::somebody_has_role(self.driver.as_mut(), &Role::Administrator.name(), EVERYWHERE)? {
            return Ok(());
        }
        Err(RegisterError::LastAdministrator)
    }

    /// Assigns or revokes a role. Nobody assigns or revokes one for more organisations than their own role is for, nor one of a user of
    /// another organisation.
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
            if !accounts::is_there(r.driver.as_mut(), name)? {
                return Err(RegisterError::NotFound(Thing::User));
            }
            if given {
                r.insert_grant(name, grant)?;
            } else {
                accounts::take_role(r.driver.as_mut(), name, &grant.role.name(), &grant.organisation)?;
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

    /// Gives a user a one-time password in place of a lost one; all their sessions end. Not to oneself.
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
            if accounts::drop_factors(r.driver.as_mut(), name)? == 0 {
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
            if !accounts::is_there(r.driver.as_mut(), name)? {
                return Err(RegisterError::NotFound(Thing::User));
            }
            let all = r.vouched::<sessions::Session>("app_session")?;
            let open = all.iter().filter(|s| s.user_name == name && s.ended_at.is_none()).count() as u64;
            Ok((open, r.end_access(name, None)?))
        })
    }

    /// A password or second factor is reset by another user.
    fn is_another(&self, name: &str) -> Result<(), RegisterError> {
        match &self.session {
            Some(session) if session.user == name => Err(RegisterError::Oneself),
            _ => Ok(()),
        }
    }

    fn set_one_time(&mut self, name: &str, hash: &str) -> Result<(), RegisterError> {
        let until = (self.now + SignedDuration::from_hours(ONE_TIME)).to_string();
        if accounts::set_password_for_one_time(self.driver.as_mut(), name, hash, &until)? == 0 {
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
            if accounts::set_disabled(r.driver.as_mut(), name, disabled)? == 0 {
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
        let roles = self.vouched::<AccountRole>("app_role")?;
        let own = roles.into_iter().filter(|r| r.user_name == name);
        let mut own: Vec<(String, String)> = own.map(|r| (r.role, r.organisation)).collect();
        own.sort_unstable();
        let grant =
            |(role, organisation): (String, String)| Some(Grant { role: Role::parse(&role)?, organisation });
        Ok(own.into_iter().filter_map(grant).collect())
    }

    /// Users within reach with their roles: those whose organisation and roles all are.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn users(&mut self) -> Result<Vec<User>, RegisterError> {
        self.read_within(Operation::ManageUsers, "users", |r, reach| {
            let mut users = Vec::new();
            for account in accounts::list(r.driver.as_mut(), reach.within())? {
                let grants = r.grants_of(&account.name)?;
                users.push(User {
                    name: account.name,
                    organisation: account.organisation,
                    grants,
                    disabled: account.disabled,
                    second_factor: account.second_factor.is_some(),
                    must_change: account.must_change,
                    sessions: account.sessions,
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
