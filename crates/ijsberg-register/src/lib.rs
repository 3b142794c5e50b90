//! The register: access control, and an audit log without whose entry nothing is changed or returned.
//!
//! Two tracks feed one count. The *support* track may contain identities, in a vault under keys of their own. The *statistics* track
//! contains no direct identifiers and opens only with a recorded basis. Every use case is one function of [`Register`]: it asks the
//! [`policy`], acts, and appends to the [`audit`] chain, in one transaction; one that only reads does so in a snapshot, and returns nothing
//! until its entry is written. Refusals are logged too; web and command line go through it and cannot skip it. The clock is a parameter.

mod access;
mod access_rows;
mod ages;
pub mod alike;
pub mod already;
pub mod audit;
mod backup;
pub mod cases;
pub mod checkpoint;
pub mod citizenships;
pub mod codes;
pub mod corrections;
pub mod credentials;
pub mod days;
mod domain;
pub mod dossier;
pub mod entities;
mod epoch;
pub mod erasing;
pub mod error;
pub mod exchange;
pub mod expected;
mod facts;
mod gate;
pub mod glance;
mod ground;
pub mod group;
mod guarded;
pub mod histories;
mod history_table;
mod integrity;
pub mod keeper;
pub mod keys;
pub mod lags;
pub mod lanes;
pub mod links;
pub mod login;
pub mod merge;
pub mod named;
pub mod notify;
mod obligation;
pub mod parts;
pub mod policy;
pub mod proceedings;
mod ready;
pub mod records;
pub mod recovery;
pub mod register;
pub mod registrations;
pub mod restricting;
pub mod retention;
pub mod review;
pub mod rights;
mod rotate;
pub mod scope;
mod sealed;
pub mod sessions;
pub mod tasks;
pub mod tokens;
pub mod users;
pub mod vault;
pub mod views;
pub mod witness;
pub mod worklist;

pub use error::RegisterError;
pub use register::{Register, Session};

/// Tables whose rows carry a keyed hash, and the columns that are under it.
pub fn tables() -> Vec<(&'static str, &'static [&'static str])> {
    guarded::tables::TABLES.iter().map(|t| (t.name, t.columns)).collect()
}
