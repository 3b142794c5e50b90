//! Bayesian estimators: posterior distributions of the population size.
//!
//! - [`decomposable`]: exact average over decomposable graphical models.
//! - [`hierarchical`]: average over all hierarchical log-linear models, each by Laplace's method.
//! - [`latent_class`]: nonparametric latent class model by a tempered sampler.
//! - [`threshold`]: log-linear model with terms kept by the size of their posterior.
//! - [`grid`], [`chains`]: distributions on a grid, and draws with their diagnostics.

pub mod covariates;
pub mod decomposable;
pub mod grid;
pub mod hierarchical;
mod laplace;
pub mod latent_class;
pub mod threshold;

pub use crate::chains;
