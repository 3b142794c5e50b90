//! The register in SQL that SQLite and PostgreSQL both run.
//!
//! One text of each statement and one history of migrations serve both back ends (two queries of `copy` excepted); a [`Driver`] runs them. So both hold the same
//! tables and give the same answers, and a back end is a driver of a few functions. Who may do what is
//! decided in the domain; what a query has to know of codes, such as when a case is incomplete, is here.

pub mod accounts;
pub mod alike;
mod ask;
pub mod attempts;
pub mod audit;
pub mod cases;
pub mod copy;
pub mod counts;
pub mod delays;
pub mod dossier;
pub mod emergencies;
pub mod epochs;
pub mod erasing;
pub mod exchange;
pub mod existence;
pub mod glance;
pub mod histories;
pub mod keys;
pub mod kinds;
pub mod lanes;
pub mod links;
mod migrate;
pub mod new_rows;
pub mod organisations;
pub mod pace;
pub mod records;
pub mod recovery_codes;
pub mod registrations;
pub mod restricting;
pub mod retention;
pub mod review;
mod row;
pub mod sessions;
pub mod tasks;
pub mod tokens;
pub mod vault;
pub mod views;
mod within;
pub mod worklist;

pub use migrate::{MIGRATIONS, migrate};
pub use row::{FromRow, FromValue, Row, Unguarded, Value};
pub use within::Within;

/// Why the storage did not do what it was asked. No value of a row is repeated.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or the server cannot be reached or opened.
    #[error("the register cannot be opened: {0}")]
    Open(Fault),
    /// The key is another one, or it is no register.
    #[error("the register cannot be opened: wrong key, or this file is not a register")]
    Key,
    /// A file without bytes where a register should be.
    #[error(
        "{0} has no bytes: it is not a register, and no new one is made in its place; restore a copy, or remove the file"
    )]
    Empty(String),
    /// What should say where a database is does not.
    #[error(
        "this is not the address of a PostgreSQL database; expected postgresql://user@host/database or host=... user=... dbname=..., with sslmode and sslrootcert if it is on another machine"
    )]
    Url,
    /// Nobody answers there.
    #[error("the database does not answer; check that it is running, and that host and port are right")]
    NoAnswer,
    /// A connection that others could listen to, or answer in place of the server.
    #[error(
        "{host} is another machine, and with sslmode={mode} others could read what is sent or pose as that machine; leave sslmode out, or use sslmode=verify-full"
    )]
    Unencrypted {
        /// The host.
        host: String,
        /// The setting.
        mode: String,
    },
    /// Another machine without the name that its certificate would have to bear.
    #[error(
        "{address} is another machine without a name to check its certificate against; give host= with the name in its certificate, and add hostaddr= only if that name cannot be resolved"
    )]
    Nameless {
        /// Where it would lead.
        address: String,
    },
    /// The server did not prove to be the one that was asked for.
    #[error("{host} did not prove to be the server that was asked for, so nothing was sent there: {fault}")]
    Certificate {
        /// The host.
        host: String,
        /// Why.
        fault: CertificateFault,
    },
    /// Nobody is there to vouch for a certificate.
    #[error(
        "no certificate of an authority can be read from {path}; use sslrootcert=FILE with the certificate, in PEM, of the authority that vouches for the server"
    )]
    Roots {
        /// The file.
        path: String,
    },
    /// Two writers at the same time; asking again may help.
    #[error("someone else was saving at the same moment; try again")]
    Busy,
    /// A rule of the tables was broken; the name of the rule.
    #[error("the rule {0} of the register does not allow it")]
    Rule(String),
    /// Something stored was changed outside of the register, or the disk lost it.
    #[error(
        "the register is damaged: what is stored cannot be read, or does not fit together; restore a copy"
    )]
    Damaged,
    /// A column holds another kind of value than it should.
    #[error(
        "{column} contains a different kind of value from what the register writes there: it was changed outside the register or damaged. Run ijsberg register audit verify before you restore a copy"
    )]
    Unreadable {
        /// The column of a kind of row, or the statement that asked for it.
        column: String,
    },
    /// A row is not as it was written.
    #[error(
        "{0} was changed outside of the register: a row is not as it was written, or one is missing or too many"
    )]
    Changed(String),
    /// Made by a later version.
    #[error("the register was made by a later version of ijsberg; use that version")]
    Later,
    /// Changed by hand, or made by something else.
    #[error(
        "migration {0} differs from the one in this version; use the version that made the database, or restore a copy"
    )]
    OtherMigration(usize),
    /// A copy whose tables are not those of this version.
    #[error("the copy is of another version of ijsberg; use that version")]
    OtherVersion,
    /// Anything else; the statement, not its values.
    #[error("{what} ({statement})")]
    Statement {
        /// What the back end says, without details.
        what: Fault,
        /// The first words of the statement.
        statement: String,
    },
}

/// What a back end says. It speaks English alone, so its own words are a code, by which it is found in its documentation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A user that the server does not know, or another password.
    #[error(
        "the server does not let this user in: another password, or no line in pg_hba.conf for this user, database and machine"
    )]
    Login,
    /// There is no such database.
    #[error("the server has no database of that name")]
    Database,
    /// It serves as many as it can.
    #[error("the server takes no more connections")]
    Connections,
    /// It starts, stops, or recovers.
    #[error("the server is starting or stopping; try again")]
    Starting,
    /// Nothing comes back, or something else than was asked for.
    #[error("the server does not answer, or not as expected")]
    Silent,
    /// No place that the system can name.
    #[error("the path is not Unicode")]
    Path,
    /// The folder is not there, or not to be written to.
    #[error("the file cannot be opened or made there")]
    File,
    /// A disk without room.
    #[error("the disk is full")]
    Full,
    /// It cannot be determined which rows a statement writes.
    #[error("it cannot be determined which rows this statement writes; report this with the statement")]
    Unfollowed,
    /// Something was to be written while somebody only looks.
    #[error("writing is not allowed in read-only use; report this with the statement")]
    OnlyLooking,
    /// The storage was asked in a way that it does not understand.
    #[error("the statement does not fit the tables; use the version of the program that made them")]
    Unfitting,
    /// Anything else, by its code.
    #[error("the storage reports code {0}; try again, and report the code if it comes back")]
    Code(String),
}

/// Why a server's certificate does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// The server has no TLS.
    #[error("it has no TLS; turn it on there (ssl=on)")]
    None,
    /// Signed by somebody else.
    #[error(
        "no authority that you trust vouches for its certificate; use sslrootcert=FILE with the certificate of one that does"
    )]
    Issuer,
    /// For another name.
    #[error("its certificate is for another name; use the name in it, or have one made for this name")]
    Name,
    /// Too old or too new.
    #[error("its certificate is not valid now; have it renewed there, and check the clock of this machine")]
    Time,
    /// Anything else.
    #[error("the connection over TLS did not come about; look at the log of the server")]
    Other,
}

/// What differs between back ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// Runs statements. Parameters are `$1`, `$2` and so on.
pub trait Driver: Send {
    /// Which back end it is.
    fn dialect(&self) -> Dialect;

    /// Runs a statement; returns how many rows it changed.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError>;

    /// Runs several statements without parameters.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn batch(&mut self, sql: &str) -> Result<(), StoreError>;

    /// Hands over each row of a query.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn each(&mut self, sql: &str, values: &[Value], row: &mut dyn FnMut(Row)) -> Result<(), StoreError>;

    /// Inserts rows and leaves out those that a key of the table has already; returns how many are new.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn insert_new(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
    ) -> Result<u64, StoreError>;

    /// All rows of a query.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        self.each(sql, values, &mut |row| rows.push(row))?;
        Ok(rows)
    }

    /// The first row of a query.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn first(&mut self, sql: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// Whether what is stored is as it was written, as far as the back end can tell.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if something was changed or lost.
    fn check(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Begins a transaction, which excludes all other writers.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Begins a read snapshot, which waits for no writer. Nothing can be written until it is rolled back.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn begin_looking(&mut self) -> Result<(), StoreError> {
        self.begin()
    }

    /// Runs a single statement if no writer is in the way; returns whether it ran.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn execute_if_free(&mut self, sql: &str, values: &[Value]) -> Result<bool, StoreError> {
        self.execute(sql, values).map(|_| true)
    }

    /// Makes a transaction last: when this returns, it survives a crash.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn commit(&mut self) -> Result<(), StoreError> {
        self.batch("COMMIT")
    }

    /// Rolls a transaction back.
    ///
    /// # Errors
    /// See [`StoreError`].
    fn rollback(&mut self) -> Result<(), StoreError> {
        self.batch("ROLLBACK")
    }
}

/// The first words of a statement, for messages.
pub fn words(sql: &str) -> String {
    sql.split_whitespace().take(4).collect::<Vec<_>>().join(" ")
}
