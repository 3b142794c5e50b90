//! The application in a browser. Pages are made on the server and work without a script; everything they need is in the program.
//!
//! Each route says who may come ([`access::Who`]); a route that says nothing cannot be written down. What is done then goes
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
mod guards;
mod jobs;
mod link;
mod log;
mod pages;
mod plan;
mod publish;
mod register;
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

pub use access::Who;
pub use app::{App, Config, Desk, Opener, Probabilities};
pub use publish::{Publisher, ReadEdition, ReadLedger, ReadLedgers, WriteDelivery, WriteEdition};
pub use routes::{Entry, Method, entries, router};
pub use server::{Listen, ServeError, serve};
