//! Who are the unseen: log-linear models of lists and covariates together.
//!
//! A *stratum* is a combination of covariate levels, such as women in 2014 of Dutch nationality. Within stratum `x` the
//! history `w` has log mean `log a(x) + sum over a in w of gamma_a(x)`, where `gamma_a(x)` adds up the terms of the
//! model with the lists `a`: a term alone, and one for each covariate it is crossed with. `a(x)` is free, so that the
//! covariates may depend on each other in any way: all covariate x covariate terms are in every model. Maximum
//! likelihood then uses only the histories given the stratum, and
//!
//! `N(x) = n(x) (1 + 1 / S(x))`, `S(x) = sum over w other than the empty one of exp(sum of gamma_a(x))`.
//!
//! Terms shared between strata pool them: a stratum with few persons borrows the chances of the others. This is the
//! practice of the Dutch studies (Cruyff, van Dijk and van der Heijden 2017, CHANCE 30) with three repairs: a term that
//! the data put at minus infinity is removed instead of passing as a large number, a model whose estimate is not
//! determined is passed over, and the search is repeated in every bootstrap replicate.
//!
//! - [`table`]: lists, covariates and counts by stratum. - [`model`]: terms and their hierarchy.
//! - [`fit`]: one fit; [`margins`]: one from margins alone. - [`search`]: stepwise by BIC, then AIC.
//! - [`breakdown`]: sizes by level, with intervals.

pub mod breakdown;
mod face;
pub mod fit;
mod fitter;
mod layout;
pub mod margins;
pub mod missing;
pub mod model;
pub mod search;
pub mod table;
