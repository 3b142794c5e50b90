//! x
#![allow(missing_docs, dead_code)]
pub mod histories;
mod subsets;
pub mod loglinear;
#[doc(hidden)]
pub mod proto { pub use crate::loglinear::lattice::proto; }
