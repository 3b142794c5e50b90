//! Multiple systems estimation: how many persons are on none of several incomplete lists.
//!
//! Everything here is pure: no files, no printing, no clock; every random draw comes from a seed that is passed in,
//! and a result is the same for any number of threads.
//!
//! - [`histories`]: the table of capture histories, validated once.
//! - [`model`], [`loglinear`]: hierarchical log-linear models, existence of their estimates, search over all of them.
//! - [`bounds`], [`closed`]: estimators in closed form and the closed-population family.
//! - [`strata`]: lists and covariates together: who are the unseen.
//! - [`shrinkage`]: small groups and years that borrow strength from one another.
//! - [`anchor`]: a list that was drawn at random.
//! - [`bayes`], [`latent_ml`], [`truncated`], [`doubly_robust`]: the other families.
//! - [`resample`]: bootstrap and jackknife with the selection repeated.
//! - [`methods`]: runs all of them; [`estimate`]: the one result type.
//! - [`diagnostics`], [`nesting`]: what to know before believing an estimate, and the verdict; [`fit_test`]: whether a model fits at all.
//! - [`design`]: what would give a better answer; [`timely`]: the number before a late list is in.
//! - [`open`]: people who come, stay for some years and go.
//! - [`evidence`]: external estimates and one's own; [`delays`]: counts that are not complete yet.
//! - [`identification`]: the assumptions of an estimate; [`simulate`]: bias and coverage of methods.

pub mod anchor;
pub mod bayes;
pub mod bounds;
pub mod chains;
mod chance;
mod cholesky;
pub mod closed;
pub mod delays;
pub mod design;
pub mod diagnostics;
pub mod doubly_robust;
pub mod estimate;
pub mod evidence;
mod facial;
pub mod fit_test;
pub mod fitness;
mod generalised_chapman;
mod glm;
mod heterogeneity;
pub mod histories;
pub mod identification;
pub mod latent_ml;
pub mod linkage;
pub mod loglinear;
pub mod method;
pub mod methods;
mod mixing;
pub mod model;
mod multinomial_logit;
pub mod nesting;
pub mod open;
pub mod private;
pub mod resample;
pub mod shrinkage;
pub mod simulate;
pub mod space;
mod special;

pub use special::normal_quantile;
pub mod strata;
mod subsets;
pub mod timely;
pub mod truncated;
pub mod verdict;
