//! Charts of a linkage.

mod calibration;
mod waterfall;
mod weights;

pub use calibration::calibration;
pub use waterfall::waterfall;
pub use weights::weights;
