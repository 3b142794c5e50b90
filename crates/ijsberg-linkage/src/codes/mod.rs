//! Linkage without names: codes that keep how alike values are, made at the organisation.
//!
//! Each field becomes a set of small pieces (pairs of letters, digits and their places), each piece is hashed with a secret
//! key to places in a row of bits (a Bloom filter; Schnell, Bachteler and Reiher 2009, BMC Medical Informatics 9:41), and
//! with two such codes one can say how many pieces they share without knowing the pieces.
//!
//! - [`schema`]: which feature is hashed how: the linkage schema of the Python package clkhash, version 3, and what is ours.
//! - [`value`]: the text of a feature as it is hashed. - [`tokens`]: its pieces. - [`hash`]: keys, and from pieces to bits.
//! - [`encode`]: from rows to codes. - [`file`](mod@file): the file that leaves the organisation.
//! - [`dice`]: how alike two codes are. - [`score`]: what likeness is worth, and which pairs may be one person.
//! - [`free`]: how many persons there are by the chance that two records match, with nobody linked.

pub mod dice;
pub mod encode;
pub mod fault;
pub mod file;
pub mod free;
pub mod hash;
mod propose;
pub mod schema;
pub mod score;
pub mod tokens;
pub mod value;
