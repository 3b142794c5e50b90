//! Disclosure control as a specialist would try it: against other programs' definitions, the exact optimum, and each bound at its edge.

mod edges;
mod opendp;
mod optimum;
mod public;
mod reference;
