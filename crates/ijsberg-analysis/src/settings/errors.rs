//! What is wrong with the value of a setting, in words.

use ijsberg_mse::method::Method;
use ijsberg_report::text::Text;
use serde_json::Value;

use super::{Bounds, Kind, SETTINGS, Setting};
use crate::words_of;

/// A setting that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SettingError {
    /// The name of the setting; where there is no such setting, the name that was given.
    pub setting: String,
    /// What is expected, in words, without the value.
    pub expected: String,
    /// The same after the setting and its value: `--level 2: ...`, or `evidence: ...` where the value is long.
    pub message: String,
}

impl SettingError {
    /// A value that a setting does not take.
    pub(super) fn new(setting: &Setting, given: &Value, expected: String) -> Self {
        let typed = setting.typed(given).filter(|typed| !typed.is_empty());
        let message = match typed {
            Some(typed) => format!("--{} {typed}: {expected}", setting.flag),
            None => format!("{}: {expected}", setting.name),
        };
        Self { setting: setting.name.to_owned(), expected, message }
    }

    /// Something that is wrong with one of several values.
    pub(super) fn in_list(setting: &str, expected: String) -> Self {
        let message = format!("{setting}: {expected}");
        Self { setting: setting.to_owned(), expected, message }
    }

    /// There is no such setting.
    pub(super) fn unknown(name: &str, text: &Text) -> Self {
        let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
        let expected = text.fill("setting-unknown", &[("known", names.join(", "))]);
        Self { setting: name.to_owned(), message: format!("{name}: {expected}"), expected }
    }
}

/// What a message says after the flag and its value.
fn after_value(message: &str) -> String {
    message.split_once(": ").map_or(message, |parts| parts.1).to_owned()
}

/// What is expected of the names of methods.
pub(super) fn expected_methods(text: &Text) -> String {
    let values = [("value", String::new()), ("known", Method::known())];
    after_value(&text.fill("argument-method", &values))
}

/// What a setting takes, in words.
pub(super) fn expected(setting: &Setting, text: &Text) -> String {
    // Messages of the command line begin with the flag and the value.
    let of_flag = |key: &str| {
        let values = ["name", "value"].map(|name| (name, String::new()));
        after_value(&text.fill(key, &values))
    };
    match setting.kind {
        Kind::Flag => text.say("setting-flag"),
        Kind::Text => text.say("setting-text"),
        Kind::Texts(_) => text.say("setting-texts"),
        Kind::Word => text.fill("setting-word", &[("words", words_of(setting.name).join(", "))]),
        Kind::Number(Bounds { least, from_least, most, to_most }) => {
            let key = match (from_least, to_most) {
                (true, true) => "setting-number",
                (true, false) => "setting-number-below",
                (false, _) => "setting-number-within",
            };
            text.fill(key, &[("least", least.to_string()), ("most", most.to_string())])
        }
        Kind::Whole => text.say("setting-whole"),
        Kind::Range => text.say("setting-range"),
        Kind::Shares => of_flag("argument-over-coverage"),
        Kind::Degrees => of_flag("argument-polynomial"),
        Kind::Check => of_flag("argument-anchor-check"),
        Kind::Trial => of_flag("argument-anchor-trial"),
        Kind::Table => text.say("setting-table"),
        Kind::Estimates => text.say("setting-estimates"),
    }
}
