//! Keys that survive spelling, order and transliteration.
//!
//! A name becomes lower-case ASCII: compatibility forms are taken apart (NFKD), other scripts transliterated. Arabic
//! leaves its short vowels out and Latin spellings disagree about them, so the *skeleton*, the consonants as they sound, is
//! kept too: `mohammed`, `muhamad` and `mhmd` share one, and so do `shevchenko` and `chevtchenko`.

use unicode_normalization::UnicodeNormalization;

/// Lower-case ASCII letters and digits, words separated by one space.
///
/// ```
/// use ijsberg_linkage::normalise::fold;
///
/// assert_eq!(fold("  O'Brien-Müller "), "obrien muller");
/// assert_eq!(fold("Ștefan"), "stefan");
/// ```
pub fn fold(text: &str) -> String {
    let decomposed: String = text.nfkd().filter(|c| !is_mark(*c)).collect();
    let mut out = String::new();
    for c in any_ascii::any_ascii(&decomposed).chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if c == '\'' || c == '`' {
            // O'Brien is obrien; the soft sign is nothing.
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// Words before a family name that some registers write behind it, apart from it or not at all.
const PARTICLES: [&str; 46] = [
    "aan", "al", "bij", "d", "da", "das", "de", "del", "della", "den", "der", "des", "di", "do", "dos", "du",
    "el", "het", "in", "l", "la", "las", "le", "les", "lo", "los", "onder", "op", "over", "s", "t", "te",
    "ten", "ter", "tot", "uit", "v", "van", "vd", "vdr", "vom", "von", "voor", "zu", "zum", "zur",
];

/// Whether a word is one of those before a family name.
///
/// ```
/// use ijsberg_linkage::normalise::is_particle;
///
/// assert!(is_particle("Van") && is_particle("'t") && !is_particle("Vries"));
/// ```
pub fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&fold(word).as_str())
}

/// A family name without the words before it (Dutch *tussenvoegsels* and their like), so that `Vries, de`, `de Vries` and `Vries`
/// are one name; the text as it stands where there are none, or nothing else.
///
/// ```
/// use ijsberg_linkage::normalise::without_particles;
///
/// assert_eq!(without_particles("Vries, de"), "vries");
/// assert_eq!(without_particles("van 't Hof"), "hof");
/// assert_eq!(without_particles("Le"), "Le");
/// ```
pub fn without_particles(text: &str) -> String {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    let kept: Vec<&str> = words.iter().copied().filter(|w| !PARTICLES.contains(w)).collect();
    if kept.is_empty() || kept.len() == words.len() { text.to_owned() } else { kept.join(" ") }
}

/// Digits of a telephone number that are compared: the last, without those of the country and the long distance.
const OF_A_NUMBER: usize = 9;

/// Telephone numbers and email addresses in a cell, as they are compared: the last nine digits of a number of at least seven, and an
/// address in small letters without what stands behind a plus.
///
/// ```
/// use ijsberg_linkage::normalise::contacts;
///
/// assert_eq!(contacts("+31 (0)6-12 34 56 78"), ["612345678"]);
/// assert_eq!(contacts("0612345678 / Anna.Bos+hulp@Example.nl"), ["612345678", "anna.bos@example.nl"]);
/// assert_eq!(contacts("0612345678 of 0687654321"), ["612345678", "687654321"]);
/// assert_eq!(contacts("0612345678 0687654321"), ["612345678", "687654321"]);
/// assert_eq!(contacts("030-1234567 toestel 123"), ["301234567"]);
/// // More digits than a number has, and no telling which are one.
/// assert!(contacts("06 1234 5678 06 8765 4321").is_empty());
/// assert!(contacts("geen").is_empty());
/// ```
pub fn contacts(cell: &str) -> Vec<String> {
    let words = |t: &str| -> Vec<String> {
        let apart: Vec<&str> = if t.contains('@') {
            t.split([' ', '\t', '<', '>', '(', ')']).collect()
        } else {
            // A word stands between two numbers, or before an extension.
            t.split(char::is_alphabetic).flat_map(whole_numbers).collect()
        };
        apart.into_iter().map(str::to_owned).collect()
    };
    let parts = cell.split([';', ',', '|', '\n']).flat_map(|t| t.split(" / ")).flat_map(apart_at_a_stroke);
    let mut all: Vec<String> = Vec::new();
    for part in parts.flat_map(words) {
        let contact = if part.contains('@') { address(&part) } else { number(&part) };
        all.extend(contact.filter(|c| !all.contains(c)));
    }
    all
}

/// Two whole numbers with a stroke between them; one number may have a stroke in it too.
fn apart_at_a_stroke(text: &str) -> Vec<&str> {
    let digits = |t: &str| t.bytes().filter(u8::is_ascii_digit).count();
    match text.split_once('/') {
        Some((a, b)) if [a, b].iter().all(|t| digits(t) >= OF_A_NUMBER || t.contains('@')) => vec![a, b],
        _ => vec![text],
    }
}

/// Digits of a telephone number at most, everywhere (ITU-T E.164).
const MOST_DIGITS: usize = 15;

/// More digits than a number has are several numbers, if blanks stand between whole ones.
fn whole_numbers(text: &str) -> Vec<&str> {
    let digits = |t: &str| t.bytes().filter(u8::is_ascii_digit).count();
    let apart: Vec<&str> = text.split_whitespace().collect();
    let several = digits(text) > MOST_DIGITS && apart.iter().all(|t| digits(t) >= OF_A_NUMBER);
    if several { apart } else { vec![text] }
}

fn number(text: &str) -> Option<String> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    if digits.len() > MOST_DIGITS {
        // Which of them are one number cannot be told.
        return None;
    }
    let from = digits.len().saturating_sub(OF_A_NUMBER);
    let end = &digits[from..];
    let last = std::str::from_utf8(end).ok()?.trim_start_matches('0');
    // Written where nothing is known.
    let filler =
        end.windows(2).all(|w| w[0] == w[1]) || ["123456789", "12345678", "23456789"].contains(&last);
    (digits.len() >= 7 && last.len() >= 6 && !filler).then(|| last.to_owned())
}

fn address(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (name, at) = text.strip_prefix("mailto:").unwrap_or(&text).split_once('@')?;
    let name = name.split('+').next().unwrap_or_default();
    let whole = !name.is_empty() && at.split('.').count() > 1 && at.split('.').all(|p| !p.is_empty());
    let plain = at.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    (whole && plain).then(|| format!("{name}@{at}"))
}

/// The script of the first letter that tells: `Latin`, `Arabic`, `Cyrillic`, `Greek`, `Ethiopic`, `East-Asian` or `other`; `None`
/// for a text without letters.
pub fn script(text: &str) -> Option<&'static str> {
    let letter = text.chars().find(|c| c.is_alphabetic())?;
    Some(match u32::from(letter) {
        0x41..=0x24f | 0x1e00..=0x1eff => "Latin",
        0x370..=0x3ff | 0x1f00..=0x1fff => "Greek",
        0x400..=0x52f => "Cyrillic",
        0x600..=0x6ff | 0x750..=0x77f | 0xfb50..=0xfdff | 0xfe70..=0xfeff => "Arabic",
        0x1200..=0x139f => "Ethiopic",
        0x3040..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7af => "East-Asian",
        _ => "other",
    })
}

/// Combining marks, which decomposition leaves behind their letters.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// The consonants as they sound, doubled ones once, of a folded name; the first vowel as `a`.
///
/// ```
/// use ijsberg_linkage::normalise::skeleton;
///
/// assert_eq!(skeleton("mohammed"), skeleton("muhamad"));
/// assert_eq!(skeleton("shevchenko"), skeleton("chevtchenko"));
/// assert_ne!(skeleton("popescu"), skeleton("ionescu"));
/// ```
pub fn skeleton(folded: &str) -> String {
    const SOUNDS: [(&str, &str); 20] = [
        ("tsch", "c"),
        ("tch", "c"),
        ("sch", "c"),
        ("zh", "j"),
        ("sh", "c"),
        ("ch", "c"),
        ("cz", "c"),
        ("dzh", "j"),
        ("dj", "j"),
        ("kh", "h"),
        ("gh", "g"),
        ("ph", "f"),
        ("th", "t"),
        ("ck", "k"),
        ("qu", "k"),
        ("ts", "s"),
        ("x", "ks"),
        ("q", "k"),
        ("w", "v"),
        ("z", "s"),
    ];
    let mut out = String::new();
    let mut rest = folded;
    let push = |out: &mut String, sound: &str| {
        for c in sound.chars() {
            if !out.ends_with(c) {
                out.push(c);
            }
        }
    };
    while let Some(c) = rest.chars().next() {
        if let Some((letters, sound)) = SOUNDS.iter().find(|(l, _)| rest.starts_with(l)) {
            push(&mut out, sound);
            rest = &rest[letters.len()..];
            continue;
        }
        rest = &rest[1..];
        match c {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' => {
                if out.is_empty() {
                    out.push('a');
                }
            }
            // Before e and i it is soft in most spellings, elsewhere it is k.
            'c' => push(&mut out, if rest.starts_with(['e', 'i', 'y']) { "s" } else { "k" }),
            ' ' | 'h' => {}
            other => push(&mut out, other.encode_utf8(&mut [0; 4])),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_and_addresses_are_read_in_the_ways_they_are_written() {
        for (cell, expected) in [
            ("06-12345678", &["612345678"][..]),
            ("0031 6 12345678", &["612345678"]),
            ("06 12345678 (moeder)", &["612345678"]),
            ("040/2345678", &["402345678"]),
            ("0612345678/0687654321", &["612345678", "687654321"]),
            ("0612345678; 06-12345678", &["612345678"]),
            ("Anna <ANNA@x.nl>", &["anna@x.nl"]),
            ("mailto:anna@x.nl, bo@y.co.uk", &["anna@x.nl", "bo@y.co.uk"]),
            ("0000000000", &[]),
            ("0123456789", &[]),
            ("112", &[]),
            ("anna@", &[]),
            ("anna@x", &[]),
            ("onbekend", &[]),
            ("", &[]),
        ] {
            assert_eq!(contacts(cell), expected, "{cell}");
        }
    }

    #[test]
    fn scripts_are_recognised_by_their_letters() {
        let of = ["Łucja", "Олена", "محمد", "Ελένη", "ሰላም", "阮氏", "නිමල්", "12-3"].map(script);
        let expected = ["Latin", "Cyrillic", "Arabic", "Greek", "Ethiopic", "East-Asian", "other"].map(Some);
        assert_eq!(of[..7], expected);
        assert_eq!(of[7], None);
    }

    #[test]
    fn scripts_and_marks_fold_to_the_same_letters() {
        for (text, folded) in [
            ("Ștefan-Cel  Mare", "stefan cel mare"),
            ("O\u{2019}Brien", "obrien"),
            ("Иванова", "ivanova"),
            ("ÅSA", "asa"),
            ("  ", ""),
            ("Nguyễn", "nguyen"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn spellings_of_a_name_share_a_skeleton() {
        for group in [
            ["mohammed", "muhamad", "mohamed"].as_slice(),
            &["shevchenko", "chevtchenko"],
            &["catarina", "katharina"],
            &["vladimir", "wladimir"],
        ] {
            let keys: Vec<String> = group.iter().map(|n| skeleton(n)).collect();
            assert!(keys.windows(2).all(|k| k[0] == k[1]), "{keys:?}");
        }
        assert_eq!(skeleton(&fold("محمد")), skeleton("mohammed"));
        assert_ne!(skeleton("maria"), skeleton("anna"));
    }
}
