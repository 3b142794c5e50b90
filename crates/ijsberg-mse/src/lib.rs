//! x
pub mod bounds;
pub mod closed;
mod glm;
pub mod histories;
pub mod loglinear;
pub mod model;
pub mod resample;
mod special;
mod subsets;
