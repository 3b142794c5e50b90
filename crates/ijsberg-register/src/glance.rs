//! What waits for nobody who writes: it touches no person, so that it leaves no entry in the log.

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

    /// How many entries the log has. Whoever reads or writes leaves one, so that as long as it is the same nothing changed.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn entries(&mut self) -> Result<i64, RegisterError> {
        let last = self.0.driver.raw().first("SELECT seq FROM audit ORDER BY seq DESC LIMIT 1", &[])?;
        Ok(last.map_or(0, |r| r.int(0)))
    }

    /// Whose data are only stored, and since when, as one text: as long as it is the same, nobody was restricted or let go.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn restricted(&mut self) -> Result<String, RegisterError> {
        let sql = "SELECT person, restricted_at FROM restriction ORDER BY person";
        let rows = self.0.driver.raw().query(sql, &[])?;
        Ok(rows.iter().map(|row| ijsberg_crypto::hex(row.bytes(0)) + row.text(1)).collect())
    }

    /// Whether the storage answers: a row is read of the tables that every use case needs.
    ///
    /// # Errors
    /// If it does not.
    pub fn answers(&mut self) -> Result<(), RegisterError> {
        for table in ["app_user", "organisation", "person", "registration", "record", "audit"] {
            self.0.driver.raw().first(&format!("SELECT 1 FROM {table} LIMIT 1"), &[])?;
        }
        Ok(())
    }
}
