//! The application as whoever sends requests sees it: who may come where, what every answer says about itself, and what happens to
//! requests that mean harm.

mod accounts;
mod attacks;
mod common;
mod erasing;
mod matrix;
