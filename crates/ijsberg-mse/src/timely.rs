//! Figures in time: the generalised Chapman estimator for any number of lists, and the number before a late list is in.
//!
//! - [`chapman`]: a log-linear estimate whose small-sample bias is taken away by constants that are added to some cells (Zult, van der
//!   Heijden and Bakker, Bias correction in multiple systems estimation, Journal of Official Statistics 41, 2025, 495-518). With two lists it is
//!   Chapman's.
//! - [`nowcast`]: the present year before its late list is in, from how that list overlapped with the others in earlier years (Zult, van der
//!   Heijden and Bakker, Nowcasting in triple-system estimation, Journal of Official Statistics 41, 2025; arXiv 2406.17637), here for any number of
//!   lists. Each earlier year is replayed with its late list withheld, and what that would have been wrong by is in the interval.
//!
//! The tables of both papers' own simulations are not reproduced: they were not at hand. `tests/it/timely.rs` measures the bias, the coverage and
//! the error of replayed years in simulations of the same kind.

mod joint;
mod late;
mod replay;
mod setup;

pub use crate::generalised_chapman::{Chapman, chapman, constants};
pub use late::{MOST_LISTS, NoNowcast, Nowcast, YearTable, nowcast};
pub use replay::{NowcastAccuracy, ReplayedYear, Standing};
pub use setup::NowcastSettings;
