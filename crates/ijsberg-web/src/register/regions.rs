//! Regions by name, of countries that have a profile: what people type, the code that is kept, and the names to choose from.

use std::collections::HashMap;
use std::sync::OnceLock;

use ijsberg_linkage::normalise::fold;
use ijsberg_publication::country::{Country, Name};
use ijsberg_report::text::{Language, Text};

use crate::shell::Shell;

/// Countries that have a profile; read once.
fn profiles() -> &'static [Country] {
    static READ: OnceLock<Vec<Country>> = OnceLock::new();
    READ.get_or_init(Country::all)
}

fn called<'a>(text: &Text, name: &'a Name) -> &'a str {
    match text.language() {
        Language::Dutch => &name.nl,
        Language::English => &name.en,
    }
}

/// The name of a region in the language of a text; the code itself where no profile has it.
pub(crate) fn name(text: &Text, code: &str) -> String {
    let known = profiles().iter().flat_map(|c| &c.territory).find(|r| r.code == code);
    known.map_or_else(|| code.to_owned(), |r| called(text, &r.name).to_owned())
}

/// Codes by every name, folded; made once.
fn by_name() -> &'static HashMap<String, String> {
    static MADE: OnceLock<HashMap<String, String>> = OnceLock::new();
    MADE.get_or_init(|| {
        let all = profiles().iter().flat_map(|c| &c.territory);
        all.flat_map(|r| [&r.name.nl, &r.name.en].map(|name| (fold(name), r.code.clone()))).collect()
    })
}

/// Letters of the longest code that is nothing but letters.
const LETTERS: usize = 3;

/// The code of what somebody typed: the name of a region in either language, however it is spelled, or a code. A name that no profile
/// has stays as it stands, for the register to say what it expects: in capitals it would pass for a code.
pub(crate) fn code(typed: &str) -> String {
    let typed = typed.trim();
    if let Some(code) = by_name().get(&fold(typed)) {
        return code.clone();
    }
    let is_word = typed.chars().count() > LETTERS && typed.chars().all(char::is_alphabetic);
    if is_word { typed.to_owned() } else { typed.to_uppercase() }
}

/// All names, by country, in alphabetical order of the reader's language.
pub(crate) fn names(s: &Shell<'_>) -> Vec<&'static str> {
    let of = |country: &'static Country| {
        let mut names: Vec<&str> = country.territory.iter().map(|r| called(s.text, &r.name)).collect();
        names.sort_by_key(|name| fold(name));
        names
    };
    profiles().iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_known_by_name_and_by_code() {
        for typed in ["Zuid-Holland", "south holland", " ZUID HOLLAND ", "nl-zh", "NL-ZH"] {
            assert_eq!(code(typed), "NL-ZH", "{typed}");
        }
        assert_eq!([code("Friesland"), code("fryslan"), code("Schotland")], ["NL-FR", "NL-FR", "GB-SCT"]);
        // Codes of other countries are taken as they are, and unknown names get no code.
        assert_eq!([code("be-van"), code("zh"), code("R4"), code("")], ["BE-VAN", "ZH", "R4", ""]);
        assert_eq!([code("Holland"), code("RANDSTAD")], ["Holland", "RANDSTAD"]);
        let (nl, en) = (Text::new(Language::Dutch), Text::new(Language::English));
        assert_eq!([name(&nl, "NL-ZH"), name(&en, "NL-ZH")], ["Zuid-Holland", "South Holland"]);
        assert_eq!([name(&nl, "NL-99"), name(&nl, "")], ["NL-99", ""]);
    }
}
