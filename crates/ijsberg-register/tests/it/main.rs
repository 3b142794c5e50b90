//! The register on both back ends. Every story is told twice, by the same words.

mod access;
mod accounts;
mod alike;
mod canary;
mod cases;
mod checkpoints;
mod common;
mod erasing;
mod held;
mod keys;
mod kill;
mod matrix;
mod meanwhile;
mod moment;
mod named;
mod recovery;
mod sql;
mod standard;
mod statements;
mod stories;
mod tasks;
mod time;
mod usecases;
mod vault;
mod waiting;
mod worklist;
