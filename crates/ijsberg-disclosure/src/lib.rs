//! Disclosure control of counts.
//!
//! A count of few persons can single somebody out, and so can an estimate: with two lists the overlap is
//! `(n1 + 1) (n2 + 1) / (N + 1) - 1`, so a published `N` tells it, even rounded to thousands ([`attack::consistent_overlaps`]).
//! So what goes in is protected, and whatever is published is computed from that. [`cell_key`] adds noise that belongs to the
//! persons in a cell: the same cell gets the same noise in every table, so that tables cannot be played against one another.
//! [`geometric`] makes counts differentially private. [`round`] and [`suppress`] are for plain tables, and [`attack`] asks what integers agree with
//! everything that was published. [`witness`] proves of a whole system of tables that others than the true persons agree with it too,
//! and [`accountant`] adds up what differentially private releases tell.

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
