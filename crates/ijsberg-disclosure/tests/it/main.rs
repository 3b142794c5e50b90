//! Tests of disclosure control against the definitions of other programs, the exact optimum, and each bound at its limit.

mod edges;
mod opendp;
mod optimum;
mod public;
mod reference;
