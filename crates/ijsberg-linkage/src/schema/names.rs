//! Given and family names that stand in one cell.

use crate::normalise::{fold, is_particle};

/// Given and family name of `Jansen, Anna`, `Jansen, A. van`, `Anna van der Berg`, `Jansen A.` and `JANSEN Anna`. A word alone is a
/// family name. Without a comma, initials or capitals the last word is the family name, with the words before it that belong to it.
pub(super) fn apart(text: &str) -> (Option<String>, Option<String>) {
    let some = |words: &[&str]| Some(words.join(" ")).filter(|t| !t.is_empty());
    if let Some((family, given)) = text.split_once([',', ';']) {
        let (behind, given): (Vec<&str>, Vec<&str>) = given.split_whitespace().partition(|w| is_particle(w));
        let family: Vec<&str> = behind.into_iter().chain(family.split_whitespace()).collect();
        return (some(&given), some(&family));
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let [first, .., last] = words.as_slice() else { return (None, some(&words)) };
    if is_initials(last) && !is_initials(first) {
        let from = words.iter().position(|w| is_initials(w)).unwrap_or(words.len());
        // Words before a family name may stand behind the initials.
        let (initials, behind): (Vec<&str>, Vec<&str>) = words[from..].iter().partition(|w| is_initials(w));
        let family: Vec<&str> = behind.into_iter().chain(words[..from].iter().copied()).collect();
        return (some(&initials), some(&family));
    }
    let capitals =
        |w: &&&str| w.chars().filter(|c| c.is_alphabetic()).count() > 1 && !w.chars().any(char::is_lowercase);
    let shouted = words.iter().take_while(|w| capitals(w) || is_particle(w)).count();
    if (1..words.len()).contains(&shouted)
        && capitals(&&words[shouted - 1])
        && words[shouted..].iter().all(|w| !capitals(&w))
    {
        return (some(&words[shouted..]), some(&words[..shouted]));
    }
    let particle = words.iter().skip(1).position(|w| is_particle(w)).map(|i| i + 1);
    let from = particle.filter(|i| i + 1 < words.len()).unwrap_or(words.len() - 1);
    (some(&words[..from]), some(&words[from..]))
}

/// `A.`, `A.B.` or `AB` with points, or a single letter.
fn is_initials(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let only = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-'));
    only && (letters == 1 || word.ends_with('.') && word.matches('.').count() >= letters.div_ceil(2))
        && !fold(word).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_one_cell_are_taken_apart() {
        for (text, given, family) in [
            ("Jansen, Anna", "Anna", "Jansen"),
            ("Jansen,Anna Maria", "Anna Maria", "Jansen"),
            ("Vries, de", "", "de Vries"),
            ("Vries, Anna de", "Anna", "de Vries"),
            ("Berg, A. van den", "A.", "van den Berg"),
            ("Anna Jansen", "Anna", "Jansen"),
            ("Anna Maria Jansen", "Anna Maria", "Jansen"),
            ("Anna van der Berg", "Anna", "van der Berg"),
            ("Jansen A.", "A.", "Jansen"),
            ("Jansen A.B.", "A.B.", "Jansen"),
            ("de Vries A.", "A.", "de Vries"),
            ("A. Jansen", "A.", "Jansen"),
            ("A.B. de Vries", "A.B.", "de Vries"),
            ("JANSEN Anna", "Anna", "JANSEN"),
            ("DE VRIES Anna", "Anna", "DE VRIES"),
            ("ANNA JANSEN", "ANNA", "JANSEN"),
            ("Jansen", "", "Jansen"),
            ("", "", ""),
        ] {
            let (g, f) = apart(text);
            assert_eq!((g.as_deref().unwrap_or(""), f.as_deref().unwrap_or("")), (given, family), "{text}");
        }
    }
}
