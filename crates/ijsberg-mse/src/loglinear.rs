//! Log-linear Poisson models.
pub(crate) mod newton;
pub(crate) mod lattice;
