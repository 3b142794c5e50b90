//! Keys that survive spelling, order and transliteration.
//!
//! A name becomes lower-case ASCII: compatibility forms are taken apart (NFKD), other scripts transliterated. Arabic
//! leaves its short vowels out and Latin spellings disagree about them, so the *skeleton*, the consonants as they sound, is
//! kept too: `mohammed`, `muhamad` and `mhmd` share one, and so do `shevchenko` and `chevtchenko`.

use unicode_normalization::UnicodeNormalization;

/// Lower-case ASCII letters and digits, words separated by one space.
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
    fn scripts_are_told_by_their_letters() {
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
