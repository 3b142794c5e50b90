//! A page of text for a terminal: its colours, its headings, and lines of at most 80 columns.

use std::fmt::Write;

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_outside::terminal;

use crate::text::Text;

const WIDTH: usize = 80;

/// Colours on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// ANSI colours.
    On,
    /// Plain text.
    Off,
}

/// A page of text for a terminal.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    pub(crate) text: &'a Text,
    pub(crate) colour: Colour,
    pub(crate) out: String,
}

impl Page<'_> {
    pub(crate) fn style(&self, code: &str, s: &str) -> String {
        let s = terminal(s);
        if self.colour == Colour::On { format!("\x1b[{code}m{s}\x1b[0m") } else { s.into_owned() }
    }

    pub(crate) fn heading(&mut self, s: &str) {
        let s = self.style("1;36", s);
        let _ = writeln!(self.out, "\n{s}");
    }

    pub(crate) fn wrap(&mut self, first: &str, rest: &str, s: &str) {
        self.wrap_styled(first, rest, &terminal(s));
    }

    /// The same for what has parts that were styled; the others went through [`terminal`].
    pub(crate) fn wrap_styled(&mut self, first: &str, rest: &str, s: &str) {
        let mut line = first.to_owned();
        let mut empty = true;
        for word in s.split_whitespace() {
            if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
                let _ = writeln!(self.out, "{line}");
                rest.clone_into(&mut line);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        let _ = writeln!(self.out, "{line}");
    }
}

pub(crate) fn verdict_colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::FitToPublish => "1;32",
        Verdict::RangeOnly => "1;33",
        Verdict::NotAssessed => "1",
        Verdict::LowerBoundOnly | Verdict::NoEstimate => "1;31",
    }
}
