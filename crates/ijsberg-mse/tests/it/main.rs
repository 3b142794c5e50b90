//! Tests of the published interface against reference values and stated properties.

mod anchor;
mod chosen_lists;
mod coverage;
mod design;
mod doubly_robust;
mod field;
mod golden_bayes;
mod golden_closed;
mod golden_conting;
mod golden_loglinear;
mod golden_resample;
mod headline;
mod identification;
mod nested;
mod open;
mod properties;
mod small_groups;
mod strata;
mod survey;
mod tables;
mod timely;
