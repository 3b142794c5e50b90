//! Records from the systems in which organisations register: ODK Central, KoboToolbox, Primero and DHIS2.
//!
//! Read by their documented interfaces, a page at a time, and written to a CSV file with the columns of a [`Mapping`]. Progress is stored
//! after each page, so that an interrupted pull resumes, and no record comes twice. Nothing is sent but the request and the token, and
//! these only to the requested address, over TLS unless it is this machine. No error contains the token or anything of a record.

mod address;
mod client;
mod error;
mod flat;
mod mapping;
mod pull;
mod secret;
mod source;
mod store;
mod tally;

pub use address::Address;
pub use client::{Client, Patience};
pub use error::PullError;
pub use mapping::Mapping;
pub use pull::{Pull, preview};
pub use secret::Secret;
pub use source::Source;
pub use tally::Tally;
