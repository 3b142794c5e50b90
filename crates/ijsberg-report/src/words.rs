//! What no text may say: the words of `docs/style.md` that have a better one, in both languages.

use crate::text::Language;

/// Expressions that no English value may match.
const ENGLISH: &[&str] = &[
    r"\b(is|was|were|been|be) given out\b|\bgives? out\b",
    r"\b(persons )?made up\b|who do not exist",
    r"\bstands? (in|beside|there|above)\b|\bwhat stands\b",
    r"\bwhat (is|was) (said|found|given)\b",
    r"\bnameless\b",
    r"\bin doubt\b|\bdoubts?\b|\bdoubtful\b",
    r"\bwithstood\b|\battack(ed)?\b",
    r"\bhidden\b|\bfives\b|\bplain counts\b",
    r"\btaken? for granted\b",
    r"\blanes?\b|\blinker\b",
    r"\blaw pack\b|\bledger\b",
    r"\btime is over\b|\bpast its time\b",
    r"\bholds? (the|this) doubt\b|\b(euros?|pounds?|pay|paid|wages?|earn(s|ed)?)\b.{0,20}\ban hour\b",
    r"\bleave quickly\b|\bweigh signals\b",
    r"\bfollow the whole chain\b",
    r"\bunseen\b|\bnone of whom\b",
];

/// Expressions that no Dutch value may match.
const DUTCH: &[&str] = &[
    r"\bwachtzin",
    r"\bkoppelaar\b",
    r"\bvangst(geschiedenis(sen)?|en)\b|\bongeziene?n?\b",
    r"\buitvoeren\b|\binlezen\b|\bingelezen\b",
    r"\bmet de hand uitgezocht|\bopgemerkte\b",
    r"\bhunne\b",
    r"\baangevallen\b|\baanval\b|\bdoorstonden\b",
    r"\bverborgen\b|\bverraadt?\b",
    r"\bnaamloos\b|genoemd mag worden",
    r"\bverzonnen\b|die niet bestaan\b",
    r"\bzelfs een\b|\bbij zelfs\b",
    r"\bwis hen\b|hij/zij",
    r"\bkansverhouding\b|\bstartgetal\b|\bgeijkt\b|\bijking\b",
    r"\bzijn het (on)?eens\b",
    r"\bis een blik\b|\bterugnemen\b|\bteruggenomen\b",
    r"\bgrootboek\b|\bwetspakket\b|\bwerkboek\b",
    r"\bhulpspoor\b|\bstatistiekspoor\b|\bzaaksleutel\b",
    r"\bin rekening gebracht\b",
    r"\bgemerkt met\b|\bopdat\b",
    r"\bnoodgevallen\b|\blezen in nood\b",
    r"\b(je|jouw|jullie)\b",
    r"\bstap van (het )?(recht|verblijf)\b|\b(straf|verblijfs)procedures?\b",
    r"\borganisaties? die (meldt|melden)\b",
    r"^(#+ )?woorden$",
];

/// What no expression is about, as a regular expression: arguments, flags and commands, whose names do not change with a text.
pub const NAMES: &str = r"\{[^}]*\}|--[a-z-]+|ijsberg [a-z-]+( [a-z-]+)*";

/// English words that are no Dutch ones: a Dutch text with one of them is not all in Dutch. Words that are both, such as *over* and
/// *been*, are not here.
const NOT_DUTCH: &[&str] = &[
    "about", "after", "and", "any", "are", "because", "before", "between", "both", "but", "cannot", "could",
    "did", "does", "each", "every", "first", "for", "from", "has", "have", "his", "how", "however", "into",
    "its", "may", "more", "must", "nobody", "not", "nothing", "only", "our", "please", "should", "since",
    "some", "someone", "such", "than", "that", "the", "their", "them", "there", "they", "this", "those",
    "until", "were", "what", "when", "where", "which", "while", "who", "why", "with", "without", "would",
    "you", "your",
];

/// Titles of publications, which are in English in a Dutch text too.
const TITLES: &[&str] = &[
    "Monitoring Target 16.2 of the United Nations Sustainable Development Goals: a multiple systems estimation of the numbers of \
     presumed human trafficking victims in the Netherlands",
];

/// The first English word of a text that should be in Dutch; nothing where there is none. Flags, file names and other codes with a
/// hyphen or an underscore are one word each, and no English one.
pub fn english(said: &str) -> Option<&'static str> {
    let bare = TITLES.iter().fold(said.to_owned(), |rest, title| rest.replace(title, ""));
    let ends = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '\'' | '’');
    bare.split(ends).find_map(|word| NOT_DUTCH.iter().find(|no| no.eq_ignore_ascii_case(word)).copied())
}

/// Expressions that no text of a language may match: regular expressions, to be read without regard to case.
pub fn forbidden(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => ENGLISH,
        Language::Dutch => DUTCH,
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::text::Text;

    #[test]
    fn no_text_uses_a_word_that_has_a_better_one() {
        let names = Regex::new(NAMES).unwrap();
        for language in [Language::English, Language::Dutch] {
            let values =
                || language.sources().into_iter().flat_map(str::lines).filter_map(|l| l.split_once(" = "));
            for pattern in forbidden(language) {
                let found = Regex::new(&format!("(?i){pattern}")).unwrap();
                let wrong: Vec<_> =
                    values().filter(|(_, value)| found.is_match(&names.replace_all(value, ""))).collect();
                assert!(wrong.is_empty(), "{pattern}: {wrong:#?}");
            }
        }
    }

    /// `arbeid` may be any work; the form of exploitation has a word of its own.
    #[test]
    fn labour_exploitation_is_called_that() {
        let said = |language| Text::new(language).say("code-form-LABOUR");
        assert_eq!(said(Language::English), "labour exploitation");
        assert_eq!(said(Language::Dutch), "arbeidsuitbuiting");
    }

    #[test]
    fn english_is_found_where_it_is_a_word_of_the_text() {
        assert_eq!(english("Onjuist: What is expected"), Some("what"));
        assert_eq!(english("het register (not found)."), Some("not"));
        for said in ["de lijst is over", "--for, not_asked en what-if.csv", TITLES[0], "Mensen zonder naam"] {
            assert_eq!(english(said), None, "{said}");
        }
    }

    #[test]
    fn what_went_before_is_found() {
        let found = |language, said: &str| {
            forbidden(language)
                .iter()
                .any(|pattern| Regex::new(&format!("(?i){pattern}")).unwrap().is_match(said))
        };
        for said in ["Weigh signals", "Follow the whole chain", "persons made up", "three euros an hour"] {
            assert!(found(Language::English, said), "{said}");
        }
        for said in ["stap van recht", "de organisatie die meldt", "Woorden", "## Woorden"] {
            assert!(found(Language::Dutch, said), "{said}");
        }
        assert!(!found(Language::Dutch, "in andere woorden") && !found(Language::English, "after an hour"));
    }
}
