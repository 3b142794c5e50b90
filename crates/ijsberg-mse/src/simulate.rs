//! Does a method tell the truth? Populations of known size, estimated again and again.
//!
//! - [`designs`]: published designs, and plasmodes of the user's own table.
//! - [`study`]: runs methods on draws of a design, or on lists taken as the truth.
//! - [`score`]: bias, error, coverage and interval score.

pub mod designs;
pub mod score;
pub mod study;
pub mod worlds;
