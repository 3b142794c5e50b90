//! The register on both back ends. Every story is told twice, by the same words.

mod access;
mod canary;
mod common;
mod keys;
mod kill;
mod matrix;
mod sql;
mod stories;
mod time;
mod worklist;
