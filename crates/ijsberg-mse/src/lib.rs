//! x
pub mod bounds;
pub mod closed;
pub mod diagnostics;
pub mod estimate;
mod glm;
pub mod histories;
pub mod loglinear;
pub mod methods;
pub mod model;
pub mod resample;
mod special;
mod subsets;
