//! The help of the command line in Dutch, and what it says of arguments that it does not understand. English stands beside the
//! arguments themselves, and is what clap says.

use std::collections::HashMap;
use std::ffi::OsString;

use clap::error::{ContextKind, ErrorKind};
use clap::{Arg, Command};

use crate::estimate::LanguageArgument;

/// English and Dutch, one pair a line.
const WORDS: &str = include_str!("help.nl.tsv");

/// How help is laid out, with no word of clap's own.
const LAYOUT: &str = "{about-with-newline}\nGebruik: {usage}\n\n{all-args}{after-help}";

type Words = HashMap<&'static str, &'static str>;

impl LanguageArgument {
    /// The language of whoever is at the machine: that of its messages, where that is Dutch.
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

fn words() -> Words {
    WORDS.lines().filter_map(|line| line.split_once('\t')).collect()
}

/// The command with its help in Dutch.
pub(crate) fn in_dutch(mut command: Command) -> Command {
    command.build();
    translated(command, &words())
}

/// A text, or the first line of an example, which is all of it that is words.
fn said(words: &Words, text: &str) -> String {
    let (first, rest) = text.split_once('\n').map_or((text, None), |(first, rest)| (first, Some(rest)));
    let first = words.get(first).copied().unwrap_or(first);
    rest.map_or_else(|| first.to_owned(), |rest| format!("{first}\n{rest}"))
}

fn translated(mut command: Command, words: &Words) -> Command {
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
    text.trim_start_matches("Usage: ").replace("[OPTIONS]", "[OPTIES]").replace("COMMAND", "OPDRACHT")
}

fn translated_argument(mut argument: Arg, words: &Words) -> Arg {
    let own = argument.get_help_heading().and_then(|h| words.get(h)).copied();
    let usual = if argument.is_positional() { "Argumenten" } else { "Opties" };
    argument = argument.help_heading(own.unwrap_or(usual));
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
fn values(argument: &Arg, words: &Words) -> (String, String) {
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
const EXPECTED: [(&str, &str); 4] = [
    ("expected up to three digits, such as 528", "verwacht ten hoogste drie cijfers, zoals 528"),
    ("expected field=value", "verwacht veld=waarde"),
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
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory;

    use super::*;

    fn english(command: &Command, all: &mut BTreeSet<String>) {
        let mut add = |text: &dyn ToString| {
            all.insert(text.to_string().lines().next().unwrap_or_default().to_owned());
        };
        for text in [command.get_about(), command.get_long_about(), command.get_after_help()] {
            text.iter().for_each(|t| add(t));
        }
        for argument in command.get_arguments() {
            [argument.get_help(), argument.get_long_help()].iter().flatten().for_each(|t| add(t));
            argument.get_help_heading().iter().for_each(|t| add(t));
            let values = argument.get_possible_values();
            values.iter().filter_map(|v| v.get_help()).for_each(|t| add(t));
        }
        command.get_subcommands().for_each(|below| english(below, all));
    }

    #[test]
    fn everything_is_said_in_dutch_too_and_nothing_else() {
        let mut program = crate::Cli::command();
        program.build();
        let mut all = BTreeSet::new();
        english(&program, &mut all);
        let known: BTreeSet<String> = words().keys().map(|w| (*w).to_owned()).collect();
        let missing: Vec<_> = all.difference(&known).collect();
        let unused: Vec<_> = known.difference(&all).collect();
        assert!(missing.is_empty() && unused.is_empty(), "missing {missing:#?}\nunused {unused:#?}");
    }

    #[test]
    fn help_in_dutch_has_no_english_of_claps() {
        fn look(command: &Command) {
            let help =
                command.clone().render_long_help().to_string() + &command.clone().render_help().to_string();
            for word in ["Usage", "Options", "Commands", "Arguments", "[default", "possible values", "Print"]
            {
                assert!(!help.contains(word), "{word} in\n{help}");
            }
            command.get_subcommands().for_each(look);
        }
        look(&in_dutch(crate::Cli::command()));
    }

    #[test]
    fn what_is_wrong_is_said_in_dutch() {
        let said = |words: &[&str]| {
            let error = in_dutch(crate::Cli::command()).try_get_matches_from(words).unwrap_err();
            complaint(&error).unwrap()
        };
        assert!(said(&["ijsberg", "schat"]).contains("onbekende opdracht ‘schat’"));
        assert!(said(&["ijsberg", "estimate", "--sead", "1"]).contains("bedoelde u ‘--seed’?"));
        assert!(said(&["ijsberg", "estimate", "--lang", "fy"]).contains("mogelijk: en, nl"));
        assert!(said(&["ijsberg", "estimate", "--seed", "x"]).contains("‘x’ kan niet voor"));
        // Every value that is refused for a reason is refused in Dutch.
        for (words, why) in [
            ("estimate t --seed x", "een geheel getal"),
            ("estimate t --seed 99999999999999999999999", "een geheel getal"),
            ("estimate t --level x", "een getal, zoals 0.95"),
            ("report --from t --key-file k --year 31", "van 1900 tot en met 2100"),
            ("report --from t --key-file k --year 2015 --date x", "een dag"),
            ("report --from t --key-file k --year 2015 --country NL", "drie cijfers"),
            ("protect t --key-file k --epsilon 99", "van 0.001 tot en met 20"),
            ("serve --listen x", "een adres en een poort"),
            ("register correct r --version 1 x", "veld=waarde"),
        ] {
            let words: Vec<&str> = std::iter::once("ijsberg").chain(words.split(' ')).collect();
            let said = said(&words);
            assert!(said.contains(": verwacht ") && said.contains(why), "{said}");
        }
        assert!(said(&["ijsberg", "man"]).contains("er ontbreekt: --out"));
        assert!(
            said(&["ijsberg", "register", "--lang", "nl"]).contains("er ontbreekt een opdracht: init, demo")
        );
    }

    #[test]
    fn arguments_come_before_the_machine() {
        let of = |words: &[&str]| {
            matches!(LanguageArgument::of_arguments(words.iter().map(OsString::from)), LanguageArgument::Nl)
        };
        assert!(of(&["estimate", "--lang", "nl"]) && of(&["--lang=nl", "--help"]));
        assert!(!of(&["estimate", "--lang", "en"]));
    }
}
