//! Bias and coverage of methods, on populations of known size that are estimated repeatedly.
//!
//! - [`designs`]: published designs, and plasmodes of the user's own table.
//! - [`study`]: runs methods on draws of a design, or on lists taken as the truth.
//! - [`small_groups`]: estimates by group on populations like a given table.
//! - [`chosen_lists`]: doubly robust estimates with chosen lists, with chances that are wrong by as much as one says.
//! - [`score`]: bias, error, coverage and interval score.

pub mod chosen_lists;
pub mod designs;
pub mod score;
pub mod small_groups;
pub mod study;
pub mod worlds;
