//! Statistical disclosure control of counts.
//!
//! A count of few persons can single somebody out, and so can an estimate: with two lists the overlap is
//! `(n1 + 1) (n2 + 1) / (N + 1) - 1`, so a published `N` discloses it, even rounded to thousands ([`attack::consistent_overlaps`]).
//! The input is therefore protected, and everything published is computed from the protected input. [`cell_key`] adds noise that depends
//! on the persons in a cell: the same cell gets the same noise in every table, so comparing tables does not remove it. [`geometric`] makes
//! counts differentially private. [`round`] and [`suppress`] protect frequency tables, and [`attack`] determines which integers agree with
//! everything published. [`witness`] proves for a whole system of tables that persons other than the true ones also agree with it, and
//! [`accountant`] adds up the privacy loss of differentially private releases.

pub mod accountant;
pub mod attack;
pub mod cell_key;
pub mod geometric;
pub mod perturbation;
pub mod protected;
pub mod round;
mod solve;
pub mod suppress;
pub mod witness;
