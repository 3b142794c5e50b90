//! Counts that are not complete yet: by the month in which something happened and how many months later it was registered.
//!
//! - [`triangle`]: the counts as far as they can be known, from the first month in which anything was registered.
//! - [`ladder`]: what share is registered after so many months, by the chain ladder, and what that leaves for each month; with the standard error of
//!   Mack (Distribution-free calculation of the standard error of chain ladder reserve estimates, ASTIN Bulletin 23, 1993, 213-225) and the
//!   overdispersion of a quasi-Poisson model with the same fit (England and Verrall, Stochastic claims reserving in general insurance, British Actuarial
//!   Journal 8, 2002, 443-518).
//! - [`forecast`]: each month and year with its interval, by simulation, and what such figures were wrong by in earlier months, replayed with what
//!   came later withheld.

pub mod forecast;
pub mod ladder;
mod month;
mod replay;
mod settings;
#[cfg(test)]
mod tests;
mod to_come;
pub mod triangle;

pub use forecast::{Delays, Figure, YearFigure, delays};
pub use ladder::{Ladder, Mack, mack};
pub use month::Month;
pub use replay::{AgeAccuracy, ReplayAccuracy};
pub use settings::DelaySettings;
pub use triangle::{Lag, LeftOut, NoDelays, Triangle};
