//! SDMX identifiers made from arbitrary names and codes.

use std::collections::{BTreeMap, BTreeSet};

/// Assigns identifiers: a text has the same identifier each time, and no two texts have the same one.
#[derive(Debug, Default)]
pub(super) struct Ids {
    known: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Ids {
    /// Starts with identifiers that are not assigned.
    pub(super) fn without(taken: &[&str]) -> Self {
        Self { known: BTreeMap::new(), taken: taken.iter().map(|id| (*id).to_owned()).collect() }
    }

    /// Whether a text has an identifier.
    pub(super) fn knows(&self, text: &str) -> bool {
        self.known.contains_key(text)
    }

    /// The identifier of a text: `wanted` if it is free, otherwise `wanted` with a number.
    pub(super) fn identifier(&mut self, text: &str, wanted: &str) -> String {
        if let Some(id) = self.known.get(text) {
            return id.clone();
        }
        let mut id = wanted.to_owned();
        let mut number = 2;
        while !self.taken.insert(id.clone()) {
            id = format!("{wanted}_{number}");
            number += 1;
        }
        self.known.insert(text.to_owned(), id.clone());
        id
    }
}

/// The identifier of a code: ASCII letters, digits, `-` and `_` are kept, other characters become `_`. A code that programs could read as a
/// different number, or as true or false, begins with `_`.
pub(super) fn code_id(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
        if c != '_' || !out.ends_with('_') {
            out.push(c);
        }
    }
    let plain = out.parse::<u64>().is_ok_and(|n| n.to_string() == out);
    let number = out.parse::<f64>().is_ok() && !plain;
    let word = ["true", "false"].contains(&out.to_ascii_lowercase().as_str());
    if out.is_empty() || out.starts_with('-') || number || word { format!("_{out}") } else { out }
}

/// The identifier of a table or a column: capitals, digits and `_`, starting with a capital.
pub(crate) fn component_id(text: &str) -> String {
    let id = code_id(text).to_ascii_uppercase().replace('-', "_");
    let is_valid = id.starts_with(|c: char| c.is_ascii_uppercase());
    if is_valid { id } else { format!("X_{}", id.trim_start_matches('_')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_valid_for_any_text() {
        for (text, code, component) in [
            ("sex", "sex", "SEX"),
            ("_T", "_T", "X_T"),
            ("NL-UT", "NL-UT", "NL_UT"),
            ("age group", "age_group", "AGE_GROUP"),
            ("a: b", "a_b", "A_B"),
            ("2015", "2015", "X_2015"),
            ("007", "_007", "X_007"),
            ("-5", "_-5", "X_5"),
            ("1e5", "_1e5", "X_1E5"),
            ("TRUE", "_TRUE", "X_TRUE"),
            ("nan", "_nan", "X_NAN"),
            ("Größe", "Gr_e", "GR_E"),
            ("", "_", "X_"),
            ("=1+1", "_1_1", "X_1_1"),
        ] {
            assert_eq!((code_id(text).as_str(), component_id(text).as_str()), (code, component), "{text}");
        }
    }

    #[test]
    fn no_two_texts_have_the_same_identifier_and_a_text_keeps_its_own() {
        let mut ids = Ids::without(&["ACTION"]);
        assert_eq!(ids.identifier("a b", &code_id("a b")), "a_b");
        assert_eq!(ids.identifier("a_b", &code_id("a_b")), "a_b_2");
        assert_eq!(ids.identifier("a.b", &code_id("a.b")), "a_b_3");
        assert_eq!(ids.identifier("a b", "anything"), "a_b");
        assert_eq!(ids.identifier("action", &component_id("action")), "ACTION_2");
        assert!(ids.knows("a.b") && !ids.knows("ACTION"));
    }
}
