//! The application as whoever sends requests sees it: who may come where, what every answer says about itself, and what happens to
//! requests that mean harm.

mod accounts;
mod attacks;
mod charts;
mod citizenships;
mod common;
mod deliveries;
mod entered;
mod erasing;
mod logged;
mod matrix;
mod meanwhile;
#[path = "../../../../fuzz/targets/never.rs"]
#[allow(dead_code, reason = "what reads files of other kinds serves other tests")]
mod never;
mod outside;
mod parts;
mod plan;
mod posts;
mod regions;
mod restricted;
mod runs;
mod settings;
mod smaller;
mod suspects;
mod tasks;
