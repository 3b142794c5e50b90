//! The yearly report.
//!
//! The input is a table of persons; the output is protected. Every printable count is a [`Protected`] count, and the estimate is computed
//! from the protected table of capture histories, with the model chosen for that table: anyone can reproduce the published estimate to
//! the digit from the published table, and no more exact estimate is published. [`gate`] attacks each release together with all earlier
//! ones before it is published. The crate is pure: it returns bytes and writes no files.

pub mod anonymous;
pub mod asked;
pub mod before;
pub mod claims;
pub mod country;
pub mod covariates;
pub mod document;
pub mod domain;
pub mod draws;
pub mod edition;
mod error;
pub mod estimate;
pub mod eu;
pub mod families;
mod figures;
pub mod gate;
pub mod labels;
pub mod ledger;
pub mod legal;
mod linked;
pub mod microdata;
pub mod monitor;
pub mod names;
pub mod persons;
pub mod private;
pub mod protection;
pub mod reporting_delay;
pub mod reserved;
pub mod series;
pub mod single;
pub mod source;
pub mod stage;
pub mod tables;
mod tabulation;
pub mod write;

pub use edition::{Edition, Options, edition, edition_of};
pub use error::PublishError;
pub use ijsberg_disclosure::protected::Protected;
