//! Typed numbers and words of change that are not linked to a figure.

use ijsberg_report::text::{Language, Text};

/// Words before a number that is a reference and not a figure.
const REFERENCES: [&str; 31] = [
    "artikel",
    "artikelen",
    "art",
    "article",
    "articles",
    "lid",
    "leden",
    "paragraph",
    "paragraaf",
    "hoofdstuk",
    "chapter",
    "bijlage",
    "annex",
    "appendix",
    "tabel",
    "table",
    "figuur",
    "figure",
    "richtlijn",
    "directive",
    "indicator",
    "versie",
    "version",
    "pagina",
    "page",
    "nummer",
    "nr",
    "onderdeel",
    "item",
    "sub",
    "eu",
];

/// Letters that make digits a figure.
const MULTIPLES: [&str; 7] = ["x", "k", "m", "mln", "mio", "million", "miljoen"];

/// Words of change.
const CHANGES_NL: [&str; 16] = [
    "steeg",
    "stegen",
    "gestegen",
    "stijging",
    "daalde",
    "daalden",
    "gedaald",
    "daling",
    "toename",
    "afname",
    "toegenomen",
    "afgenomen",
    "groeide",
    "verdubbelde",
    "halveerde",
    "piek",
];
const CHANGES_EN: [&str; 16] = [
    "rose",
    "risen",
    "rise",
    "fell",
    "fallen",
    "increase",
    "increased",
    "decrease",
    "decreased",
    "grew",
    "growth",
    "decline",
    "declined",
    "dropped",
    "doubled",
    "halved",
];

/// The months of a language.
pub(super) fn months(text: &Text) -> Vec<String> {
    let name = |m: u8| text.day(&format!("2000-{m:02}")).replace(" 2000", "");
    (1..=12).map(name).collect()
}

/// A text without parts in square brackets and the addresses that follow them.
fn without_references(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((_, after)) = after.split_once(']') else { break };
        out.push_str(before);
        out.push(' ');
        let address = after.strip_prefix('(').and_then(|a| a.split_once(')'));
        rest = address.map_or(after, |(_, after)| after);
    }
    out + rest
}

/// A word without the punctuation around it.
fn core(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_figure(piece: &str) -> bool {
    if !piece.chars().any(char::is_numeric) {
        return false;
    }
    let letters: String = piece.chars().filter(|c| c.is_alphabetic()).collect();
    if !letters.is_empty() {
        // An article of the law, such as 273f, is not a figure; `3x` is.
        return MULTIPLES.contains(&letters.to_lowercase().as_str());
    }
    if piece.len() == 4 && piece.parse::<u16>().is_ok_and(|year| (1900..=2100).contains(&year)) {
        return false;
    }
    // A number such as 16.2.2 is a reference; in thousands the groups have three digits.
    let parts: Vec<&str> = piece.split('.').collect();
    !(parts.len() > 2 && parts[1..].iter().any(|p| p.len() != 3))
}

/// The numbers in a text that are not a year, a day or a reference.
pub(super) fn bare(words: &str, months: &[String]) -> Vec<String> {
    let words = without_references(words);
    let all: Vec<&str> = words.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in all.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |b| core(all[b]));
        if word.contains("://") || REFERENCES.contains(&before.to_lowercase().as_str()) {
            continue;
        }
        let after = all.get(at + 1).map_or("", |w| core(w));
        let is_before_month = months.iter().any(|m| m.eq_ignore_ascii_case(after));
        for piece in word.split(['-', '–', '/']).map(core) {
            let is_day = is_before_month && piece.parse::<u8>().is_ok_and(|d| (1..=31).contains(&d));
            if is_figure(piece) && !is_day {
                found.push(piece.to_owned());
            }
        }
    }
    found
}

/// The words of change in a text.
pub(super) fn changes(words: &str, language: Language) -> Vec<&'static str> {
    let known = match language {
        Language::Dutch => &CHANGES_NL,
        Language::English => &CHANGES_EN,
    };
    let of = |word: &str| known.iter().find(|k| k.eq_ignore_ascii_case(core(word))).copied();
    words.split_whitespace().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_days_and_references_are_not_figures() {
        let months = months(&Text::new(Language::Dutch));
        assert_eq!((months.len(), months[4].as_str()), (12, "mei"));
        for sentence in [
            "In 2015 en 2010-2015, op 18 oktober 2026.",
            "Zie artikel 273f, lid 3, en richtlijn 2011/36/EU.",
            "Indicator 16.2.2 [12] en [bron 3](https://voorbeeld.nl/2024/17).",
            "Zie https://voorbeeld.nl/12345",
            "Licentie: [CC BY 4.0]",
        ] {
            assert_eq!(bare(sentence, &months), Vec::<String>::new(), "{sentence}");
        }
        for (sentence, wanted) in [
            ("er zijn 1.234 meldingen", &["1.234"][..]),
            ("bijna 12,5% meer", &["12,5"]),
            ("van 20 tot 30-40", &["20", "30", "40"]),
            ("3x zoveel, 5 mei, 32 mei", &["3x", "32"]),
            ("[open haakje 7", &["7"]),
            ("1.234.567 en 12.34.56", &["1.234.567"]),
        ] {
            assert_eq!(bare(sentence, &months), wanted, "{sentence}");
        }
    }

    #[test]
    fn words_of_change_are_found() {
        assert_eq!(changes("Het aantal steeg, en Daalde.", Language::Dutch), ["steeg", "daalde"]);
        assert_eq!(changes("Het aantal steeg", Language::English), Vec::<&str>::new());
    }
}
