//! Countries by name: what people type, the code that is kept, and the names to choose from.

use std::collections::HashMap;
use std::sync::OnceLock;

use ijsberg_linkage::normalise::fold;
use ijsberg_register::citizenships;
use ijsberg_register::codes::{countries, is_country};
use ijsberg_report::text::{Language, Text};

use crate::app::App;
use crate::shell::Shell;

/// The name of a country in the language of a text; the code itself where it is none.
pub(crate) fn name(text: &Text, code: &str) -> String {
    let key = format!("code-country-{code}");
    let said = text.say(&key);
    if said == key { code.to_owned() } else { said }
}

/// Names of the countries of a list of codes.
pub(crate) fn listed(text: &Text, codes: &str) -> String {
    codes.split(", ").map(|code| name(text, code)).collect::<Vec<_>>().join(", ")
}

/// Codes by every name, folded; made once.
fn by_name(app: &App) -> &'static HashMap<String, &'static str> {
    static MADE: OnceLock<HashMap<String, &'static str>> = OnceLock::new();
    MADE.get_or_init(|| {
        let texts = [Language::English, Language::Dutch].map(|l| app.text(l));
        let names = |code: &'static str| texts.map(|text| (fold(&name(text, code)), code));
        countries().flat_map(names).collect()
    })
}

/// The code of what somebody typed: a code, or a name in either language, however it is spelled; anything else as it stands, in
/// capitals, for the register to say what it expects.
pub(crate) fn code(app: &App, typed: &str) -> String {
    let capitals = typed.trim().to_uppercase();
    if capitals.is_empty() || is_country(&capitals) {
        return capitals;
    }
    by_name(app).get(&fold(typed)).map_or(capitals, |code| (*code).to_owned())
}

/// The separator of citizenships that are typed in one line.
pub(crate) const BETWEEN: &str = "; ";

/// Inputs that a form has for citizenships at least.
const LEAST_INPUTS: usize = 3;

/// Countries in one line, and one more than there are.
const MOST: usize = 253;

/// The codes of what somebody typed in one line.
pub(crate) fn codes(app: &App, typed: &str) -> Vec<String> {
    let of_part = |part: &str| {
        let whole = code(app, part);
        // Names have blanks in them, and codes may stand with blanks between them.
        if is_country(&whole) { vec![whole] } else { part.split_whitespace().map(|c| code(app, c)).collect() }
    };
    let parts = typed.split([',', ';']).map(str::trim).filter(|p| !p.is_empty());
    // More than there are countries are none: the register says what it expects of the first.
    parts.take(MOST).flat_map(of_part).take(MOST).collect()
}

/// Names of the citizenships that are kept of somebody.
pub(crate) fn all(text: &Text, kept: &str) -> String {
    citizenships::codes(kept).map(|code| name(text, code)).collect::<Vec<_>>().join(", ")
}

/// The same as somebody would type them in one line.
pub(crate) fn in_form(text: &Text, kept: &str) -> String {
    citizenships::codes(kept).map(|code| name(text, code)).collect::<Vec<_>>().join(BETWEEN)
}

/// What is kept of citizenships that somebody typed; anything else in capitals, for the register to say what it expects.
pub(crate) fn kept(app: &App, typed: &str) -> String {
    citizenships::typed(&codes(app, typed).join(" "))
}

/// Inputs that a form has for citizenships: one for each that was typed, and room for another.
pub(crate) fn inputs(typed: &str) -> Vec<String> {
    let there = typed.split(';').map(str::trim).filter(|t| !t.is_empty()).take(MOST);
    let mut all: Vec<String> = there.map(str::to_owned).collect();
    all.resize(LEAST_INPUTS.max(all.len() + 1), String::new());
    all
}

/// All names, in alphabetical order of the reader's language.
pub(crate) fn names(s: &Shell<'_>) -> Vec<String> {
    let mut all: Vec<String> = countries().map(|code| name(s.text, code)).collect();
    all.sort_by_key(|name| fold(name));
    all
}
