//! The citizenships of a person as one stored text: sorted codes without duplicates, separated by `;`, such as `MA;NL`. Empty if none is
//! known.
//!
//! Codes are those of [`is_country`]. A person without citizenship is [`STATELESS`], which excludes all others. An unknown citizenship is
//! not recorded; older registers may contain [`UNKNOWN`], which is read as nothing.

use std::collections::BTreeSet;

use crate::codes::is_country;

/// The code for a person without citizenship, which ISO 3166 leaves to users.
pub const STATELESS: &str = "XX";

/// The code for an unknown citizenship, which ISO 3166 leaves to users.
pub const UNKNOWN: &str = "ZZ";

/// What stands between codes that are kept.
const BETWEEN: &str = ";";

/// What else may stand between codes that somebody wrote.
const SEPARATORS: &str = ";,/|+&";

/// Codes as one stored text: sorted and without duplicates. The code for an unknown citizenship is left out.
pub fn kept<'a>(codes: impl IntoIterator<Item = &'a str>) -> String {
    let is_known = |code: &&str| !code.is_empty() && *code != UNKNOWN;
    let known: BTreeSet<&str> = codes.into_iter().filter(is_known).collect();
    known.into_iter().collect::<Vec<_>>().join(BETWEEN)
}

/// The words of a text, whatever stands between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts = |c: char| c.is_whitespace() || SEPARATORS.contains(c);
    text.split(parts).filter(|word| !word.is_empty())
}

/// The stored form of codes typed in any order: `NL;MA`, `NL MA` and `NL, MA` become `MA;NL`. Anything else is left as typed, for the
/// register to say what it expects.
pub fn typed(text: &str) -> String {
    if words(text).all(is_country) { kept(words(text)) } else { text.trim().to_owned() }
}

/// The stored form of the codes in a text, and how many of its words are no codes. If no code can be stored, it is as [`typed`].
pub(crate) fn known(text: &str) -> (String, usize) {
    let (codes, others): (Vec<&str>, Vec<&str>) = words(text).partition(|word| is_country(word));
    let all = kept(codes);
    if all.is_empty() || !fits(&all) { (typed(text), 0) } else { (all, others.len()) }
}

/// The codes of a text that is kept.
pub fn codes(kept: &str) -> impl Iterator<Item = &str> {
    kept.split(BETWEEN).filter(|code| !code.is_empty() && *code != UNKNOWN)
}

/// Whether two people have a citizenship in common.
pub(crate) fn agree(some: &str, others: &str) -> bool {
    codes(some).any(|one| codes(others).any(|other| one == other))
}

/// Whether a text may be kept: nothing, a code alone, or codes of countries in order, each once.
pub(crate) fn fits(text: &str) -> bool {
    let all: Vec<&str> = text.split(BETWEEN).collect();
    let of_country = |code: &&str| is_country(code) && ![STATELESS, UNKNOWN].contains(code);
    match all[..] {
        [""] => true,
        // From an older register, for a user who undoes a correction.
        [one] => is_country(one),
        _ => all.iter().all(of_country) && all.windows(2).all(|two| two[0] < two[1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citizenships_are_known_as_people_and_files_write_them() {
        for (text, kept) in [
            ("NL", "NL"),
            (" RO ", "RO"),
            ("NL;MA", "MA;NL"),
            ("NL MA", "MA;NL"),
            ("NL, MA / NL", "MA;NL"),
            ("SY|NL;MA", "MA;NL;SY"),
            ("XX", STATELESS),
            ("ZZ", ""),
            ("NL ZZ", "NL"),
            ("", ""),
            (" ; ", ""),
        ] {
            assert_eq!(typed(text), kept, "{text}");
            assert!(fits(kept), "{kept}");
            assert_eq!(typed(kept), kept);
        }
        // Nobody has another citizenship and none; what is no code is left for the register to refuse.
        for text in ["NL;XX", "XX MA", "nl", "NLD", "NL;Kanarie", "Kanarie"] {
            assert!(!fits(&typed(text)), "{text}");
        }
        assert_eq!(typed(" Kanarie NL "), "Kanarie NL");
        for (text, codes, others) in [
            ("NL;QQ", "NL", 1),
            ("Kanarie, NL MA QQ", "MA;NL", 2),
            ("NL;MA", "MA;NL", 0),
            ("QQ", "QQ", 0),
            ("NL;XX;QQ", "NL;XX;QQ", 0),
            ("ZZ QQ", "ZZ QQ", 0),
            ("", "", 0),
        ] {
            assert_eq!(known(text), (codes.to_owned(), others), "{text}");
        }
        for text in ["NL;MA", "MA;MA", "MA;;NL", "MA;NL;", ";MA", "MA NL", "MA;ZZ", "ZZ;XX"] {
            assert!(!fits(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_no_citizenship_and_agrees_with_nobody() {
        assert!(fits(UNKNOWN) && fits(STATELESS));
        assert_eq!(codes("MA;NL").collect::<Vec<_>>(), ["MA", "NL"]);
        assert_eq!([codes("").count(), codes(UNKNOWN).count(), codes(STATELESS).count()], [0, 0, 1]);
        assert!(agree("MA;NL", "NL") && agree("MA;NL", "MA;SY") && agree(STATELESS, STATELESS));
        assert!(!agree("MA;NL", "SY") && !agree("", "") && !agree(UNKNOWN, UNKNOWN) && !agree("NL", ""));
        assert_eq!(kept(["NL", "ZZ", "MA", "NL", ""]), "MA;NL");
    }
}
