//! The register in a browser.

pub(crate) mod account;
pub(crate) mod admin;
pub(crate) mod alike;
pub(crate) mod audit;
pub(crate) mod clash;
pub(crate) mod correct;
pub(crate) mod countries;
pub(crate) mod exchange;
pub(crate) mod factor;
mod fields;
pub(crate) mod group;
pub(crate) mod identity;
mod in_words;
pub(crate) mod linkage;
mod lists;
pub(crate) mod login;
pub(crate) mod many;
pub(crate) mod notify;
pub(crate) mod parts;
pub(crate) mod person;
pub(crate) mod record;
pub(crate) mod regions;
pub(crate) mod restricted;
pub(crate) mod retention;
pub(crate) mod review;
pub(crate) mod today;

use std::collections::BTreeMap;

use ijsberg_register::codes::code_list;
use ijsberg_register::policy::Operation;
use ijsberg_register::worklist::Organisation;

use crate::shell::{Shell, Visitor};

/// What a form sends.
pub(crate) type FormData = BTreeMap<String, String>;

/// The field of a notification that has an input for each of several values.
const SEVERAL: &str = "nationality";

/// What a form sends whose field for citizenships has several inputs: all that was typed there in one line, and of other fields the last.
pub(crate) fn joined(sent: Vec<(String, String)>) -> FormData {
    let mut all = FormData::new();
    for (name, value) in sent {
        let before = if name == SEVERAL { all.remove(&name).unwrap_or_default() } else { String::new() };
        let both = [before.trim(), value.trim()];
        let value = if both.contains(&"") { before + &value } else { both.join(countries::BETWEEN) };
        all.insert(name, value);
    }
    all
}

/// The text of a field without the spaces around it; empty where the form sent none.
pub(crate) fn field_value<'a>(sent: &'a FormData, name: &str) -> &'a str {
    sent.get(name).map(|v| v.trim()).unwrap_or_default()
}

/// A choice of a form: the code, the word for it, and whether it is chosen.
pub(crate) type Choice = (String, String, bool);

/// The codes of a list as choices.
pub(crate) fn choices(s: &Shell<'_>, list: &str, chosen: &str) -> Vec<Choice> {
    let codes = code_list(list).map_or(&[] as &[&str], |l| l.codes);
    codes.iter().map(|c| ((*c).to_owned(), s.code(list, c), *c == chosen)).collect()
}

/// Organisations for which the visitor may do something.
pub(crate) fn own(visitor: &Visitor, all: Vec<Organisation>, operation: Operation) -> Vec<Organisation> {
    let Some(session) = visitor.session() else { return Vec::new() };
    all.into_iter().filter(|o| session.may_for(operation, &o.id)).collect()
}

/// A value in an address.
pub(crate) fn escaped(value: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    value.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
