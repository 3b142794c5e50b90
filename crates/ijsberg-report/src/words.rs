//! What no text may say: the words of `docs/style.md` that have a better one, in both languages.

use regex::Regex;

use crate::text::Language;

/// Expressions that no English value may match.
const ENGLISH: &[&str] = &[
    r"\b(is|was|were|been|be) given out\b|\bgives? out\b",
    r"\bmade up\b|who do not exist",
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
    r"\bholds? (the|this) doubt\b|\ban hour\b",
    r"\bleave quickly\b|\bweigh signals\b",
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
];

/// Arguments, flags and commands, whose names do not change with a text.
const NAMES: &str = r"\{[^}]*\}|--[a-z-]+|ijsberg [a-z-]+( [a-z-]+)*";

#[test]
fn no_text_uses_a_word_that_has_a_better_one() {
    let names = Regex::new(NAMES).unwrap();
    for (language, patterns) in [(Language::English, ENGLISH), (Language::Dutch, DUTCH)] {
        let values =
            || language.sources().into_iter().flat_map(str::lines).filter_map(|l| l.split_once(" = "));
        for pattern in patterns {
            let found = Regex::new(&format!("(?i){pattern}")).unwrap();
            let wrong: Vec<_> =
                values().filter(|(_, value)| found.is_match(&names.replace_all(value, ""))).collect();
            assert!(wrong.is_empty(), "{pattern}: {wrong:#?}");
        }
    }
}
