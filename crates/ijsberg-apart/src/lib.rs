//! Tasks that a process with keys leaves to another process, and the protection of its own memory.
//!
//! A file that somebody sent is taken apart by a second process of the same program: without keys, without files, without a
//! network, with little memory and little time. Whatever the file does to that process, it ends as an error about the file.
//! [`keep_to_oneself`] keeps the memory of this process out of core files, out of debuggers and, where the system allows, out of
//! swap.

mod reader;
mod secret;
#[cfg(test)]
mod tests;

pub use reader::{COMMAND, Kind, Reader, child};
pub use secret::{keep_to_oneself, lock_in_memory};
