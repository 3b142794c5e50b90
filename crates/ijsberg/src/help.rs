//! The help of the command line, in groups and in two languages, and what it says in Dutch of arguments that it does not understand.
//! English stands beside the arguments themselves.

mod first;
mod groups;
mod wrap;

use std::collections::HashMap;
use std::ffi::OsString;

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, Command};

use crate::estimate::LanguageArgument;

/// Columns of a terminal that help fits in.
pub(crate) const WIDTH: usize = 80;

/// English and Dutch, one pair a line.
const WORDS: &str = include_str!("help.nl.tsv");

/// How help is laid out, with no word of clap's own.
const LAYOUT: &str = "{about-with-newline}\nGebruik: {usage}\n\n{all-args}{after-help}";

/// The words before a usage line in each language.
const HEADS: [&str; 2] = ["Usage: ", "Gebruik: "];

type Translations = HashMap<&'static str, &'static str>;

impl LanguageArgument {
    /// The language of the machine's messages: Dutch, or otherwise English.
    pub(crate) fn of_machine() -> Self {
        let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
        let chosen = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
        if chosen.is_some_and(|l| l.starts_with("nl")) { Self::Nl } else { Self::En }
    }

    /// The language that arguments ask for, before they are understood.
    pub(crate) fn of_arguments(mut words: impl Iterator<Item = OsString>) -> Self {
        while let Some(word) = words.next() {
            let word = word.to_string_lossy();
            let value = match word.strip_prefix("--lang") {
                Some("") => words.next().map(|w| w.to_string_lossy().into_owned()),
                Some(rest) => rest.strip_prefix('=').map(str::to_owned),
                None => None,
            };
            match value.as_deref() {
                Some("nl") => return Self::Nl,
                Some("en") => return Self::En,
                _ => {}
            }
        }
        Self::of_machine()
    }
}

fn words() -> Translations {
    WORDS.lines().filter_map(|line| line.split_once('\t')).collect()
}

/// The command with its help in English.
pub(crate) fn in_english(command: Command) -> Command {
    first::screen(narrow(ready(command)), &|word| word)
}

/// The command with its help in Dutch.
pub(crate) fn in_dutch(command: Command) -> Command {
    let words = words();
    first::screen(translated(ready(command), &words), &|word| words.get(word).copied().unwrap_or(word))
}

/// The command as it is used, with its flags in groups.
fn ready(command: Command) -> Command {
    let mut command = groups::grouped(command);
    command.build();
    groups::of_clap(command)
}

/// A usage line in lines that fit after its head. A flag and its value stay together.
fn fitted(usage: &str, head: &str) -> String {
    let together = usage.replace(" <", "\u{1}<");
    let all: Vec<String> = together.lines().flat_map(|line| wrap::lines(line, WIDTH - head.len())).collect();
    all.join(&["\n", &" ".repeat(head.len())].concat()).replace('\u{1}', " ")
}

/// The command with usage lines that fit: clap does not break those.
fn narrow(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    if usage.lines().any(|line| line.chars().count() > WIDTH) {
        command = command.override_usage(fitted(usage.trim_start_matches(HEADS[0]), HEADS[0]));
    }
    command.mut_subcommands(narrow)
}

/// A text, or the first line of an example, which is all of it that is words.
fn said(words: &Translations, text: &str) -> String {
    let (first, rest) = text.split_once('\n').map_or((text, None), |(first, rest)| (first, Some(rest)));
    let first = words.get(first).copied().unwrap_or(first);
    rest.map_or_else(|| first.to_owned(), |rest| format!("{first}\n{rest}"))
}

fn translated(mut command: Command, words: &Translations) -> Command {
    let usage = usage(&command.render_usage().to_string());
    let of = |text: Option<&clap::builder::StyledStr>| text.map(|t| said(words, &t.to_string()));
    let (about, after) = (of(command.get_about()), of(command.get_after_help()));
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    command
        .help_template(LAYOUT)
        .override_usage(usage)
        .subcommand_help_heading("Opdrachten")
        .mut_args(|argument| translated_argument(argument, words))
        .mut_subcommands(|below| translated(below, words))
}

/// A usage line without clap's own words.
fn usage(text: &str) -> String {
    let said = text.trim_start_matches(HEADS[0]).replace("[OPTIONS]", "[OPTIES]");
    fitted(&said.replace("COMMAND", "OPDRACHT"), HEADS[1])
}

fn translated_argument(mut argument: Arg, words: &Translations) -> Arg {
    let own = argument.get_help_heading().and_then(|h| words.get(h)).copied();
    let usual = if argument.is_positional() { "Argumenten" } else { "Opties" };
    argument = argument.help_heading(own.unwrap_or(usual));
    // Under a heading of ours clap would put them in the order of their names.
    if let Some(place) = argument.get_index() {
        argument = argument.display_order(place);
    }
    let Some(help) = argument.get_help().map(|h| said(words, &h.to_string())) else { return argument };
    let long = argument.get_long_help().map_or_else(|| help.clone(), |h| said(words, &h.to_string()));
    let (short, full) = values(&argument, words);
    argument
        .help(format!("{help}{short}"))
        .long_help(format!("{long}{full}"))
        .hide_possible_values(true)
        .hide_default_value(true)
}

/// The values that an argument may have and has without being given: in a line, and with what each means.
fn values(argument: &Arg, words: &Translations) -> (String, String) {
    if !argument.get_action().takes_values() {
        return Default::default();
    }
    let all = argument.get_possible_values();
    let shown: Vec<_> = all.iter().filter(|v| !v.is_hide_set()).collect();
    let names: Vec<&str> = shown.iter().map(|v| v.get_name()).collect();
    let about = |v: &&clap::builder::PossibleValue| {
        let said = v.get_help().map(|h| format!(": {}", said(words, &h.to_string())));
        format!("\n- {}{}", v.get_name(), said.unwrap_or_default())
    };
    let usual: Vec<_> = argument.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
    let usual = if usual.is_empty() { String::new() } else { format!(" [standaard: {}]", usual.join(", ")) };
    if names.is_empty() || argument.is_hide_possible_values_set() {
        return (usual.clone(), usual);
    }
    let short = format!(" [mogelijke waarden: {}]{usual}", names.join(", "));
    if shown.iter().all(|v| v.get_help().is_none()) {
        return (short.clone(), short);
    }
    let listed: String = shown.iter().map(about).collect();
    (short, format!("\n\nMogelijke waarden:{listed}\n\n{}", usual.trim_start()))
}

/// What is wrong with the arguments, in Dutch; none where clap shows help instead, or where there are no words for it.
pub(crate) fn complaint(error: &clap::Error) -> Option<String> {
    let of = |kind: ContextKind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let what = match error.kind() {
        ErrorKind::UnknownArgument => format!("onbekend argument ‘{argument}’"),
        ErrorKind::InvalidSubcommand => {
            format!("onbekende opdracht ‘{}’", of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if value.is_empty() => format!("‘{argument}’ heeft een waarde nodig"),
        ErrorKind::InvalidValue => {
            let possible = of(ContextKind::ValidValue);
            format!("‘{value}’ kan niet voor ‘{argument}’; mogelijk: {possible}")
        }
        ErrorKind::ValueValidation => format!("‘{value}’ kan niet voor ‘{argument}’"),
        ErrorKind::MissingRequiredArgument => format!("er ontbreekt: {argument}"),
        ErrorKind::ArgumentConflict => {
            format!("‘{argument}’ kan niet samen met ‘{}’", of(ContextKind::PriorArg))
        }
        ErrorKind::MissingSubcommand => {
            format!("er ontbreekt een opdracht: {}", of(ContextKind::ValidSubcommand))
        }
        ErrorKind::TooManyValues => format!("te veel waarden voor ‘{argument}’: ‘{value}’"),
        _ => return None,
    };
    let why = std::error::Error::source(error).map(|why| format!(": {}", reason(why))).unwrap_or_default();
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .map(of)
        .find(|s| !s.is_empty())
        .map(|s| format!("; bedoelde u ‘{s}’?"))
        .unwrap_or_default();
    Some(format!("ijsberg: {what}{why}{meant}\n\nMeer uitleg: --help"))
}

/// What is expected where a value was refused, in English and Dutch: reasons of our own.
const EXPECTED: [(&str, &str); 5] = [
    ("expected up to three digits, such as 528", "verwacht ten hoogste drie cijfers, zoals 528"),
    ("expected field=value", "verwacht veld=waarde"),
    ("expected a name", "verwacht een naam"),
    (
        "expected two whole numbers, the smaller first, such as 1-4",
        "verwacht twee gehele getallen, het kleinste eerst, zoals 1-4",
    ),
    ("expected a number from 0.001 to 20", "verwacht een getal van 0.001 tot en met 20"),
];

/// Why a value was refused. What is known by no kind stays as it is.
fn reason(why: &(dyn std::error::Error + 'static)) -> String {
    let said = why.to_string();
    if let Some((_, dutch)) = EXPECTED.iter().find(|(english, _)| *english == said) {
        return (*dutch).to_owned();
    }
    // `31 is not in 1..=30`, as clap writes it.
    let bounds = said.split_once(" is not in ").and_then(|(_, range)| range.split_once("..="));
    if let Some((low, high)) = bounds {
        return format!("verwacht een geheel getal van {low} tot en met {high}");
    }
    if why.is::<std::num::ParseIntError>() {
        return "verwacht een geheel getal".to_owned();
    }
    if why.is::<std::num::ParseFloatError>() {
        return "verwacht een getal, zoals 0.95".to_owned();
    }
    if why.is::<jiff::Error>() {
        return "verwacht een dag, zoals 2016-05-31".to_owned();
    }
    if why.is::<std::net::AddrParseError>() {
        return "verwacht een adres en een poort, zoals 127.0.0.1:8217".to_owned();
    }
    said
}

#[cfg(test)]
mod tests;
