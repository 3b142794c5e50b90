//! Signals of human trafficking, weighed openly.
//!
//! An *instrument* is data: questions, the ILO's indicators with their weights, and the elements of the law, each with its
//! version, sources and days of validity ([`rules`]). An assessment ([`assess`]) lays three layers side by side and never adds
//! them up: whether there is even a slight indication, what the ILO's rule says of each dimension ([`ilo`]), and which elements
//! of the law are supported ([`law`]). What was not asked stays open in each of them ([`answer`]). The result guides a person,
//! who decides; it is not a finding of fact or law.

pub mod answer;
pub mod assess;
pub mod bank;
pub mod case;
pub mod fault;
pub mod ilo;
pub mod judge;
pub mod law;
mod layers;
pub mod next;
pub mod rules;
mod truth;
pub mod xlsform;
