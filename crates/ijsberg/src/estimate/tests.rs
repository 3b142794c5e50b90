//! The flags of `ijsberg estimate` are the settings of an estimate, and come to the same request.

use std::collections::BTreeSet;

use clap::{Arg, CommandFactory, Parser};
use ijsberg_analysis::{SETTINGS, Setting, SettingKind, setting};
use ijsberg_report::text::Language;
use serde_json::{Map, Value};

use super::*;

/// Flags that are no settings: what is written where, in which language, and with how many threads.
const OTHERS: [&str; 6] = ["all", "csv", "json", "lang", "out", "threads"];

/// Whether a value of it is typed in; tables and estimates from elsewhere are files.
fn is_typed(setting: &Setting) -> bool {
    !matches!(setting.kind, SettingKind::Table | SettingKind::Estimates)
}

/// A setting as it is typed in after the command.
fn typed(setting: &Setting) -> Vec<String> {
    let flag = format!("--{}", setting.flag);
    if setting.kind == SettingKind::Flag { vec![flag] } else { vec![flag, setting.example().to_owned()] }
}

fn parsed(words: impl IntoIterator<Item = String>) -> Result<Box<Arguments>, clap::Error> {
    let command = ["ijsberg", "estimate", "table.csv"].map(str::to_owned);
    let cli = crate::Cli::try_parse_from(command.into_iter().chain(words))?;
    let crate::Command::Estimate(arguments) = cli.command else { panic!("another command") };
    Ok(arguments)
}

/// A setting with all that it needs.
fn with_needed(of: &'static Setting) -> Vec<&'static Setting> {
    let mut found = vec![of];
    let mut at = 0;
    while at < found.len() {
        let needed = found[at].needs.iter().filter_map(|name| setting(name));
        let new: Vec<_> = needed.filter(|one| !found.contains(one)).collect();
        found.extend(new);
        at += 1;
    }
    found
}

#[test]
fn flags_are_settings_with_the_same_defaults() {
    let cli = crate::Cli::command();
    let command = cli.find_subcommand("estimate").unwrap();
    let flags: BTreeSet<&str> = command.get_arguments().filter_map(Arg::get_long).collect();
    let known: BTreeSet<&str> = SETTINGS.iter().map(|s| s.flag).chain(OTHERS).collect();
    assert_eq!(flags, known);
    for s in SETTINGS {
        let argument = command.get_arguments().find(|a| a.get_long() == Some(s.flag)).unwrap();
        let default: Vec<_> = argument.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
        assert_eq!(default.join(","), s.default.text(), "--{}", s.flag);
    }
}

#[test]
fn flags_and_json_come_to_the_same_request() {
    let text = Text::new(Language::English);
    for s in SETTINGS.iter().filter(|s| is_typed(s)) {
        let given = with_needed(s);
        let arguments = parsed(given.iter().flat_map(|one| typed(one))).unwrap();
        let ours = request(&arguments, arguments.reading.choices(), &text).unwrap();
        let json: Map<String, Value> =
            given.iter().map(|one| (one.name.to_owned(), Value::from(one.example()))).collect();
        let theirs = Request::from_json(&json, &text).unwrap();
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "--{}", s.flag);
    }
}

#[test]
fn a_flag_needs_and_excludes_what_its_setting_does() {
    for s in SETTINGS.iter().filter(|s| is_typed(s)) {
        assert_eq!(parsed(typed(s)).is_err(), !s.needs.is_empty(), "--{} alone", s.flag);
        for other in s.excludes.iter().filter_map(|name| setting(name)) {
            let both = with_needed(s).into_iter().chain(with_needed(other));
            let both: BTreeSet<&str> = both.map(|one| one.name).collect();
            let words = both.iter().filter_map(|name| setting(name)).flat_map(typed);
            assert!(parsed(words).is_err(), "--{} with --{}", s.flag, other.flag);
        }
    }
}
