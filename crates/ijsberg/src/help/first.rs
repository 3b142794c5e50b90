//! The first screen of help: what the program is, its five steps, what is used most, and every command in groups.

use clap::Command;

use super::WIDTH;
use super::wrap::lines;

/// The steps, with the commands of each.
pub(super) const STEPS: [(&str, &str); 5] = [
    ("assess", "Assess signals of human trafficking"),
    ("register, serve", "Keep a register, on the command line or in a browser"),
    ("link", "Find out who is on more than one list"),
    ("estimate", "Estimate how many people are on no list"),
    ("protect, report", "Publish figures with statistical disclosure control"),
];

/// What is used most.
const EXAMPLES: [&str; 3] =
    ["ijsberg demo", "ijsberg serve", "ijsberg estimate data/netherlands-2010-2015.csv --out report"];

/// Commands in groups.
pub(super) const GROUPS: [(&str, &[&str]); 6] = [
    ("Assess", &["assess"]),
    ("Register and serve", &["register", "pull", "serve", "dossier"]),
    ("Link", &["link"]),
    ("Estimate", &["estimate", "nowcast", "delays", "open", "design", "sample", "simulate", "page"]),
    ("Publish", &["protect", "report"]),
    ("Reference", &["demo", "completions", "man", "help"]),
];

/// Headings of the screen.
pub(super) const USAGE: &str = "Usage:";
pub(super) const FIVE: &str = "Five steps:";
pub(super) const EXAMPLE: &str = "Examples:";
pub(super) const GENERAL: &str = "General";

/// The program with this screen, in the words of a language.
pub(super) fn screen(command: Command, say: &dyn Fn(&'static str) -> &'static str) -> Command {
    let mut layout = ["{about-with-newline}\n", say(USAGE), " {usage}\n\n", say(FIVE), "\n"].concat();
    for (at, (commands, what)) in STEPS.into_iter().enumerate() {
        let step = format!("{}. {commands}", at + 1);
        layout += &row(&step, 19, say(what));
    }
    layout += &["\n", say(EXAMPLE), "\n"].concat();
    for example in EXAMPLES {
        layout += &["  ", example, "\n"].concat();
    }
    for (heading, names) in GROUPS {
        layout += &["\n", say(heading), ":\n"].concat();
        for name in names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            layout += &row(name, 13, &about.map(ToString::to_string).unwrap_or_default());
        }
    }
    layout += &["\n", say(GENERAL), ":\n{options}"].concat();
    command.help_template(layout)
}

/// A name and what it is of, beside it.
fn row(name: &str, column: usize, about: &str) -> String {
    let about = lines(about, WIDTH - 2 - column).join(&["\n", &" ".repeat(2 + column)].concat());
    format!("  {name:column$}{about}\n")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::help::{in_dutch, in_english};

    #[test]
    fn every_command_is_in_one_group() {
        let mut program = crate::Cli::command();
        program.build();
        let mut commands: Vec<&str> =
            program.get_subcommands().filter(|c| !c.is_hide_set()).map(Command::get_name).collect();
        let mut listed: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        commands.sort_unstable();
        listed.sort_unstable();
        assert_eq!(commands, listed);
        for name in STEPS.iter().flat_map(|(names, _)| names.split(", ")) {
            assert!(commands.contains(&name), "{name}");
        }
    }

    /// The first lines show what the program does, its steps, and the usage.
    #[test]
    fn the_first_lines_say_what_it_is_and_how_to_begin() {
        for (program, begin) in [
            (in_english(crate::Cli::command()), "Usage: ijsberg"),
            (in_dutch(crate::Cli::command()), "Gebruik: ijsberg"),
        ] {
            let help = program.term_width(WIDTH).render_help().to_string();
            let first: Vec<&str> = help.lines().take(16).collect();
            let first = first.join("\n");
            assert!(first.contains(begin), "{help}");
            for (commands, _) in STEPS {
                assert!(first.contains(commands), "{help}");
            }
            for example in EXAMPLES {
                assert!(first.contains(example), "{help}");
            }
            assert!(help.contains("--version"), "{help}");
        }
    }
}
