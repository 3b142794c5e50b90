//! Whether two names may be one person's, for a user who types a name, without a linkage model.

use rapidfuzz::distance::jaro_winkler;

use crate::normalise::{fold, skeleton, without_particles};

/// Names that are at least so similar (Jaro-Winkler) are spellings of one.
const SPELLINGS: f64 = 0.92;

/// Letters of a skeleton that say something.
const SKELETON: usize = 3;

/// Letters of a name that is long, and how similar two of them must be whose skeletons are the same and short.
const LONG: usize = 5;
const ALIKE: f64 = 0.8;

/// Words of a given or a family name; a longer line is a list and no name.
const WORDS: usize = 6;

/// Whether two names, each a given and a family name, may be one person's: both parts are the same, spelled otherwise, or an initial;
/// also the other way round. An initial counts for one part alone. Nothing where a part is missing or has more than six words. A likeness for people to look at, not a probability.
///
/// ```
/// use ijsberg_linkage::names::same_name;
///
/// assert_eq!(same_name(["Ana", "Popescu"], ["ANA-MARIA", "Popescu"]), Some(true));
/// assert_eq!(same_name(["Mohammed", "de Vries"], ["Muhamad", "Vries, de"]), Some(true));
/// assert_eq!(same_name(["Popescu", "Ana"], ["Ana", "Popescu"]), Some(true));
/// assert_eq!(same_name(["Ana", "Popescu"], ["Elena", "Popescu"]), Some(false));
/// assert_eq!(same_name(["A.", "P."], ["Ana", "Popescu"]), Some(false));
/// assert_eq!(same_name(["Ana", ""], ["Ana", "Popescu"]), None);
/// ```
pub fn same_name(a: [&str; 2], b: [&str; 2]) -> Option<bool> {
    let folded = |[given, family]: [&str; 2]| {
        let parts = [fold(given), fold(&without_particles(family))];
        parts.iter().all(|p| !p.is_empty() && p.split(' ').count() <= WORDS).then_some(parts)
    };
    let (a, b) = (folded(a)?, folded(b)?);
    let agree = |i: usize, j: usize| {
        let all = [spelled(&a[0], &b[i]), spelled(&a[1], &b[j])];
        all.iter().all(|s| *s != Spelled::Other) && all.contains(&Spelled::Close)
    };
    Some(agree(0, 1) || agree(1, 0))
}

/// Whether a line of text, as somebody types it to search, may be a name, given as a given and a family name: each word of the text is
/// close to a word of the name, in any order, and at least one of them is more than an initial.
///
/// ```
/// use ijsberg_linkage::names::may_be;
///
/// assert!(may_be("popescu ana", ["Ana-Maria", "Popescu"]));
/// assert!(may_be("Muhamad Vries", ["Mohammed", "de Vries"]));
/// assert!(may_be("A. Popescu", ["Ana", "Popescu"]));
/// assert!(!may_be("Ana Ionescu", ["Ana", "Popescu"]));
/// assert!(!may_be("A.", ["Ana", "Popescu"]));
/// ```
pub fn may_be(text: &str, [given, family]: [&str; 2]) -> bool {
    let mut parts = Vec::new();
    for part in [fold(given), fold(&without_particles(family))] {
        parts.extend(part.split(' ').map(str::to_owned));
        parts.push(part.replace(' ', ""));
    }
    parts.retain(|p| !p.is_empty());
    let text = fold(&without_particles(text));
    let mut more_than_an_initial = false;
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        if word.len() > 1 && parts.iter().filter(|p| p.len() > 1).any(|p| close(word, p)) {
            more_than_an_initial = true;
        } else if !parts.iter().any(|p| close(word, p)) {
            return false;
        }
    }
    more_than_an_initial
}

/// How two folded names are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spelled {
    Other,
    /// One is the initial of the other.
    Initial,
    /// Spellings of one.
    Close,
}

/// How two folded names are alike: by any two of their words.
fn spelled(a: &str, b: &str) -> Spelled {
    let of = |x: &str, y: &str| match close(x, y) {
        true if x.len().min(y.len()) == 1 => Spelled::Initial,
        true => Spelled::Close,
        false => Spelled::Other,
    };
    let whole = of(&a.replace(' ', ""), &b.replace(' ', ""));
    let words = a.split(' ').flat_map(|x| b.split(' ').map(move |y| (x, y)));
    words.map(|(x, y)| of(x, y)).fold(whole, Ord::max)
}

fn close(a: &str, b: &str) -> bool {
    if a.len().min(b.len()) == 1 {
        return a.as_bytes()[0] == b.as_bytes()[0];
    }
    let (x, y) = (skeleton(a), skeleton(b));
    let similarity = jaro_winkler::similarity(a.bytes(), b.bytes());
    // The h is silent in a skeleton, which leaves two letters of Mohammed: of long names that are alike besides, they are enough.
    let short = x.len() < SKELETON && (a.len().min(b.len()) < LONG || similarity < ALIKE);
    (x == y && !x.is_empty() && !short) || similarity >= SPELLINGS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_initials_and_order_are_one_name_and_others_are_not() {
        for (a, b, same) in [
            (["Anna", "Kowalska"], ["Ana", "Kowalska"], true),
            (["A.", "Kowalska"], ["Anna", "Kowalska"], true),
            (["Łucja", "Nowak"], ["Lucja", "Nowak"], true),
            (["Aleksandra", "Shevchenko"], ["Alexandra", "Chevtchenko"], true),
            (["Mohammed", "Idrissi"], ["Muhamad", "Idrissi"], true),
            (["Mohamed", "Idrissi"], ["Mehdi", "Idrissi"], false),
            (["Dina", "Idrissi"], ["Dana", "Idrissi"], false),
            (["Fatma", "El Idrissi"], ["Fatma", "Idrissi"], true),
            (["Maria", "Ionescu"], ["Marian", "Popa"], false),
            (["Anna", "Kowalska"], ["Anna", "Nowak"], false),
            // Initials alone are anybody's.
            (["A", "K"], ["Anna", "Kowalska"], false),
            (["a b c", "k l m"], ["Anna", "Kowalska"], false),
        ] {
            assert_eq!(same_name(a, b), Some(same), "{a:?} {b:?}");
            assert_eq!(same_name(b, a), Some(same), "{b:?} {a:?}");
        }
        assert_eq!(same_name(["", ""], ["Anna", "Nowak"]), None);
        assert_eq!(same_name(["Anna Elena Maria Ana Ada Eva Ida", "Nowak"], ["Anna", "Nowak"]), None);
    }

    #[test]
    fn a_line_is_a_name_where_each_of_its_words_is_in_it() {
        for (text, name, may) in [
            ("Kowalska", ["Anna", "Kowalska"], true),
            ("kowalska, ana", ["Anna", "Kowalska"], true),
            ("Anamaria Ionescu", ["Ana Maria", "Ionescu"], true),
            ("Fatma El Idrissi", ["Fatma", "Idrissi"], true),
            ("Anna Kowalska Nowak", ["Anna", "Kowalska"], false),
            ("Nowak", ["Anna", "Kowalska"], false),
            ("Bo", ["B.", "Kowalska"], false),
            ("Anna", ["", ""], false),
            ("", ["Anna", "Kowalska"], false),
            ("A K", ["Anna", "Kowalska"], false),
        ] {
            assert_eq!(may_be(text, name), may, "{text} {name:?}");
        }
    }
}
