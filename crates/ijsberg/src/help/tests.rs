//! Help fits, is in groups, and is in Dutch where Dutch is asked for.

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
    let mut all = BTreeSet::new();
    english(&ready(crate::Cli::command()), &mut all);
    let screen = [first::USAGE, first::FIVE, first::EXAMPLE, first::GENERAL];
    all.extend(screen.map(str::to_owned));
    all.extend(first::STEPS.map(|(_, what)| what.to_owned()));
    all.extend(first::GROUPS.map(|(heading, _)| heading.to_owned()));
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
        for word in ["Usage", "Options", "Commands", "Arguments", "[default", "possible values", "Print"] {
            assert!(!help.contains(word), "{word} in\n{help}");
        }
        command.get_subcommands().for_each(look);
    }
    look(&in_dutch(crate::Cli::command()));
}

#[test]
fn help_fits_and_has_headings_of_its_own() {
    fn look(command: &Command) {
        let (mut long, mut short) = (command.clone(), command.clone());
        for help in [long.render_long_help().to_string(), short.render_help().to_string()] {
            for line in help.lines().filter(|line| !line.contains("://")) {
                assert!(line.chars().count() <= WIDTH, "{line}\n{help}");
            }
        }
        let flags: Vec<&Arg> = command.get_arguments().filter(|a| !a.is_positional()).collect();
        for flag in flags.iter().filter(|_| flags.len() > 6) {
            let heading = flag.get_help_heading().unwrap_or("Options");
            assert!(!["Options", "Opties"].contains(&heading), "{} {flag}", command.get_name());
        }
        command.get_subcommands().filter(|c| c.get_name() != "help").for_each(look);
    }
    look(&in_english(crate::Cli::command().term_width(WIDTH)));
    look(&in_dutch(crate::Cli::command().term_width(WIDTH)));
}

#[test]
fn a_usage_line_is_broken_where_nothing_belongs_together() {
    let long = "ijsberg register record add [OPTIONS] --organisation <ORGANISATION> --basis <BASIS> <KIND>";
    let fitted = fitted(long, HEADS[0]);
    assert!(fitted.split_whitespace().eq(long.split_whitespace()), "{fitted}");
    assert!(fitted.contains("\n       --basis <"), "{fitted}");
    assert!([HEADS[0], &fitted].concat().lines().all(|line| line.len() <= WIDTH), "{fitted}");
    let two = "ijsberg link [FILES]\n       ijsberg link <COMMAND>";
    assert_eq!(super::fitted(two, HEADS[0]), two);
}

#[test]
fn arguments_in_dutch_help_stand_as_they_are_typed_in() {
    let find = in_dutch(crate::Cli::command());
    let find = find.find_subcommand("register").and_then(|r| r.find_subcommand("find"));
    let help = find.unwrap().clone().render_help().to_string();
    let (organisation, case) = (help.rfind("<ORGANISATION>"), help.rfind("<CASE>"));
    assert!(organisation < case && organisation.is_some(), "{help}");
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
        ("protect t --key-file k --other-people=", "een naam"),
        ("serve --listen x", "een adres en een poort"),
        ("register correct r --version 1 x", "veld=waarde"),
    ] {
        let words: Vec<&str> = std::iter::once("ijsberg").chain(words.split(' ')).collect();
        let said = said(&words);
        assert!(said.contains(": verwacht ") && said.contains(why), "{said}");
    }
    assert!(said(&["ijsberg", "man"]).contains("er ontbreekt: --out"));
    assert!(said(&["ijsberg", "register", "--lang", "nl"]).contains("er ontbreekt een opdracht: init, demo"));
}

#[test]
fn arguments_come_before_the_machine() {
    let of = |words: &[&str]| {
        matches!(LanguageArgument::of_arguments(words.iter().map(OsString::from)), LanguageArgument::Nl)
    };
    assert!(of(&["estimate", "--lang", "nl"]) && of(&["--lang=nl", "--help"]));
    assert!(!of(&["estimate", "--lang", "en"]));
}
