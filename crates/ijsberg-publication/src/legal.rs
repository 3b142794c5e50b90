//! What the law and international bodies ask for each year, from the persons of a register and the tables of a prosecution service.
//!
//! Every count is a [`crate::Protected`] one that the [`crate::gate`] let through, with everything that was given out before. What is
//! not there says why: hidden, not recorded, or not delivered.

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
pub use delivery::{Asked, Delivery, Kind};
pub use measure::Measure;
