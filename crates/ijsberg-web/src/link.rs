//! A run of the studio as a link that sets the same again.

use std::fmt::Write as _;

use ijsberg_analysis::sha256;

use crate::setting::SettingTexts;

/// The settings as a query, in the order of their fields.
pub(crate) fn link<'a>(
    asked: &SettingTexts,
    fields: impl IntoIterator<Item = &'a str>,
    bytes: &[u8],
) -> String {
    let mut out = String::new();
    for name in fields {
        let Some(value) = asked.get(name).filter(|v| !v.is_empty()) else { continue };
        let separator = if out.is_empty() { '?' } else { '&' };
        let _ = write!(out, "{separator}{name}={}", encoded(value));
    }
    if asked.get("table").is_none_or(String::is_empty) {
        // A table of one's own is not in the program: the link identifies it.
        let separator = if out.is_empty() { '?' } else { '&' };
        let _ = write!(out, "{separator}sha256={}", sha256(bytes));
    }
    out
}

/// The hash of the table that a link was made for, where this is another one.
pub(crate) fn made_for(asked: &SettingTexts, bytes: &[u8]) -> Option<String> {
    let named = asked.get("sha256").map(|hash| hash.trim().to_lowercase()).filter(|hash| !hash.is_empty())?;
    // What is longer is no hash; it is only shown.
    (named != sha256(bytes)).then(|| named.chars().take(64).collect())
}

/// A value in a query.
fn encoded(value: &str) -> String {
    let mut out = String::new();
    for b in value.bytes() {
        if b.is_ascii_alphanumeric() || b"-_.,".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}
