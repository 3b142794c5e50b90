//! How text gets onto a page: every template writes through this (`askama.toml`).

use std::fmt::{Result, Write};

use askama::filters::{Escaper, Html};
use ijsberg_outside::is_seen;

/// For HTML, between tags and in attributes: characters that mean something there become their numbers, and what moves a cursor or turns
/// the reading around is left out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Page;

impl Escaper for Page {
    fn write_escaped_str<W: Write>(&self, dest: W, string: &str) -> Result {
        if string.chars().all(is_seen) {
            return Html.write_escaped_str(dest, string);
        }
        let seen: String = string.chars().filter(|c| is_seen(*c)).collect();
        Html.write_escaped_str(dest, &seen)
    }
}
