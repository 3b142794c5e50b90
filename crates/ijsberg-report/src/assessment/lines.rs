//! An assessment on a terminal.

use ijsberg_outside::terminal as plain;
use ijsberg_signals::answer::Truth;
use ijsberg_signals::assess::Assessment;
use ijsberg_signals::ilo::State;
use ijsberg_signals::rules::Rules;

use super::{Part, element, parts, state};
use crate::screen::{Colour, Page};
use crate::text::Text;

/// The whole of it for a terminal.
pub fn terminal(text: &Text, colour: Colour, rules: &Rules, a: &Assessment) -> String {
    let mut page = Page { text, colour, out: String::new() };
    for part in parts(text, rules, a) {
        match part {
            Part::Say(case, wording, notes) => {
                let said = text.fill("assess-wording", &[("what", wording)]);
                page.heading(&if case.is_empty() { said } else { format!("{case}: {said}") });
                notes.iter().for_each(|n| page.wrap("", "  ", n));
            }
            Part::Why(lines) => {
                page.heading(&text.say("assess-why"));
                lines.iter().for_each(|l| page.wrap("  - ", "    ", &l.1));
            }
            Part::Do(now, not) => {
                for (title, lines) in [("assess-do", now), ("assess-dont", not)] {
                    page.heading(&text.say(title));
                    lines.iter().for_each(|l| page.wrap("  - ", "    ", l));
                }
            }
            Part::Call(title, calls) => {
                page.heading(&title);
                for c in calls {
                    let reach = page.style("1", &c.reach);
                    let hours = match c.hours.as_str() {
                        "" => String::new(),
                        hours => format!(" ({})", plain(hours)),
                    };
                    let what = plain(&c.what);
                    page.wrap_styled("  - ", "    ", &format!("{}: {reach}{hours}. {what}", plain(&c.name)));
                    c.check.iter().for_each(|w| page.wrap("     ", "       ", w));
                }
            }
            Part::Elements(title, notes) => {
                page.heading(&title);
                notes.iter().for_each(|n| page.wrap("", "  ", n));
            }
            Part::Group(title, supported, rows) => {
                page.wrap("", "  ", &format!("{title}: {}", element(text, supported)));
                for row in rows {
                    let code = if row.supported == Truth::Yes { "1;33" } else { "0" };
                    let state = page.style(code, &element(text, row.supported));
                    page.wrap_styled("  - ", "    ", &format!("{}: {state}", plain(&row.title)));
                    row.reasons.iter().for_each(|r| page.wrap("     ", "       ", r));
                }
            }
            Part::Fold(title) => page.heading(&title),
            Part::Line(0, line, _) => page.wrap("", "  ", &line),
            Part::Line(depth, line, of) => {
                let code = match of {
                    Some(State::Positive) => "1;33",
                    Some(State::Excluded) => "2",
                    _ => "0",
                };
                let of = of.map_or_else(String::new, |s| page.style(code, &state(text, s)));
                let (first, rest) = if depth == 1 { ("  - ", "    ") } else { ("     ", "       ") };
                page.wrap_styled(first, rest, &format!("{}{of}", plain(&line)));
            }
        }
    }
    page.out
}
