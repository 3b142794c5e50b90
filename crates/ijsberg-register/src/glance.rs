//! Queries that wait for no writer: they touch no person, so that they leave no entry in the log.

use ijsberg_crypto::hex;
use ijsberg_store::glance;

use crate::credentials::OwnAccount;
use crate::error::RegisterError;
use crate::recovery::Recovery;
use crate::register::{Register, Session};
use crate::sessions::OpenSession;
use crate::tokens::Token;
use crate::vault::BrokenGlass;
use crate::views::SavedView;
use crate::worklist::{OpenLane, Organisation, WaitingCounts};

/// A register of which only such things can be asked.
#[derive(Debug)]
pub struct Glance<'a>(&'a mut Register);

impl Register {
    /// Only what waits for nobody.
    pub fn glance(&mut self) -> Glance<'_> {
        Glance(self)
    }
}

/// Methods of the register that a glance offers, under the same name.
macro_rules! offered {
    ($($(#[$doc:meta])* $name:ident -> $answer:ty;)*) => {
        impl Glance<'_> {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// If nobody is logged in, where it is somebody's own; or if the storage fails.
                pub fn $name(&mut self) -> Result<$answer, RegisterError> {
                    self.0.$name()
                }
            )*
        }
    };
}

offered! {
    /// See [`Register::organisations`].
    organisations -> Vec<Organisation>;
    /// See [`Register::lanes`].
    lanes -> Vec<OpenLane>;
    /// See [`Register::notices`].
    notices -> Vec<BrokenGlass>;
    /// See [`Register::waiting`].
    waiting -> WaitingCounts;
    /// See [`Register::recovery`].
    recovery -> Recovery;
    /// See [`Register::saved_views`].
    saved_views -> Vec<SavedView>;
    /// See [`Register::own_account`].
    own_account -> OwnAccount;
    /// See [`Register::sessions`].
    sessions -> Vec<OpenSession>;
    /// See [`Register::tokens`].
    tokens -> Vec<Token>;
    /// See [`Register::open_sessions`].
    open_sessions -> usize;
}

impl Glance<'_> {
    /// Who is at work.
    pub fn session(&self) -> Option<&Session> {
        self.0.session()
    }

    /// How many entries the log has. Every reader or writer adds one, so that nothing has changed as long as the number is the same.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn entries(&mut self) -> Result<i64, RegisterError> {
        Ok(glance::last_entry(self.0.driver.raw())?.unwrap_or(0))
    }

    /// The people whose processing is restricted, and since when, as one text: it changes whenever a restriction begins or is lifted.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn restricted(&mut self) -> Result<String, RegisterError> {
        let all = glance::restricted(self.0.driver.raw())?;
        Ok(all.into_iter().map(|of| hex(&of.person) + &of.restricted_at).collect())
    }

    /// Whether the storage answers: a row is read of the tables that every use case needs.
    ///
    /// # Errors
    /// If it does not.
    pub fn answers(&mut self) -> Result<(), RegisterError> {
        Ok(glance::answers(self.0.driver.raw())?)
    }
}
