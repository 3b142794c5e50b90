//! The yearly report.
//!
//! Persons go in; what comes out was protected first. Every count that can be printed is a [`Protected`] one, and the estimate is
//! computed from the protected table of capture histories, with the model that it chooses: whoever has the public table
//! gets the public number to the digit, and nobody gets more. [`gate`] attacks each release together with all earlier ones before
//! it is given out. Pure: bytes come back, nothing is written.

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
