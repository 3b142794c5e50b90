//! The application in a browser. Pages are made on the server and work without a script; everything they need is in the program.
//!
//! Each route says who may come ([`access::Audience`]); a route that says nothing cannot be written down. What is done then goes
//! through the use cases of `ijsberg-register`, which ask their own policy and keep their own log, so a mistake here opens nothing.
//! Handlers parse, call one use case, and render.

// Templates are given flags, and hand references to what they are made of.
#![allow(
    clippy::needless_pass_by_value,
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    clippy::trivially_copy_pass_by_ref
)]

mod access;
mod api;
mod app;
mod ask;
mod assess;
mod back;
mod compare;
mod connections;
mod deliveries;
mod elsewhere;
mod error;
mod escape;
mod estimates;
mod guards;
mod jobs;
mod last_change;
mod limits;
mod link;
mod log;
mod moment;
mod pages;
mod plan;
mod previews;
mod program_settings;
mod publish;
mod publisher;
mod queue;
mod register;
mod requests;
mod room;
mod routes;
mod run;
mod runs;
mod server;
mod setting;
mod shell;
mod smaller;
mod studio;
mod style;
mod tasks;
mod told;
mod tools;
mod uploads;
mod visitor;
mod wrong;

pub use access::Audience;
pub use app::{App, Config, Opener, Probabilities, RegisterPool};
pub use publisher::{Publisher, ReadEdition, ReadLedger, ReadLedgers, WriteDelivery, WriteEdition};
pub use routes::{Entry, Method, entries, router};
pub use server::{Listen, ServeError, serve};
