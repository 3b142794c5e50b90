//! The yearly statistics that the law and international bodies ask for, from the persons of a register and the tables of a prosecution
//! service.
//!
//! Every count is a [`crate::Protected`] count that passed the [`crate::gate`], together with everything published before. A missing count
//! has a reason: hidden, not recorded, or not delivered.

pub mod bridge;
pub mod delays;
pub mod deliver;
pub mod delivery;
pub mod due;
pub mod justice;
pub mod measure;
pub mod persons;
mod rows;
pub mod tables;
mod words;
pub mod write;

pub use deliver::deliver;
pub use delivery::{Delivery, Kind, Request};
pub use measure::Measure;
