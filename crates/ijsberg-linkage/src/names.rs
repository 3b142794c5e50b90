//! Whether two names may be one person's, for whoever types one and has no model at hand.

use rapidfuzz::distance::jaro_winkler;

use crate::normalise::{fold, skeleton, without_particles};

/// Names that are at least so similar (Jaro-Winkler) are spellings of one.
const SPELLINGS: f64 = 0.92;

/// Letters of a skeleton that say something.
const SKELETON: usize = 3;

/// Whether two names, each a given and a family name, may be one person's: both parts are the same, spelled otherwise, or an initial;
/// also the other way round. Nothing where a part is missing. A likeness for people to look at, not a probability.
///
/// ```
/// use ijsberg_linkage::names::same_name;
///
/// assert_eq!(same_name(["Ana", "Popescu"], ["ANA-MARIA", "Popescu"]), Some(true));
/// assert_eq!(same_name(["Mohammed", "de Vries"], ["Muhamad", "Vries, de"]), Some(true));
/// assert_eq!(same_name(["Popescu", "Ana"], ["Ana", "Popescu"]), Some(true));
/// assert_eq!(same_name(["Ana", "Popescu"], ["Elena", "Popescu"]), Some(false));
/// assert_eq!(same_name(["Ana", ""], ["Ana", "Popescu"]), None);
/// ```
pub fn same_name(a: [&str; 2], b: [&str; 2]) -> Option<bool> {
    let folded = |[given, family]: [&str; 2]| {
        let parts = [fold(given), fold(&without_particles(family))];
        parts.iter().all(|p| !p.is_empty()).then_some(parts)
    };
    let (a, b) = (folded(a)?, folded(b)?);
    let straight = spelled(&a[0], &b[0]) && spelled(&a[1], &b[1]);
    Some(straight || (spelled(&a[0], &b[1]) && spelled(&a[1], &b[0])))
}

/// Whether two folded names are spellings of one: of any two of their words.
fn spelled(a: &str, b: &str) -> bool {
    let (whole_a, whole_b) = (a.replace(' ', ""), b.replace(' ', ""));
    close(&whole_a, &whole_b) || a.split(' ').any(|x| b.split(' ').any(|y| close(x, y)))
}

fn close(a: &str, b: &str) -> bool {
    if a.len().min(b.len()) == 1 {
        return a.as_bytes()[0] == b.as_bytes()[0];
    }
    let (x, y) = (skeleton(a), skeleton(b));
    (x.len() >= SKELETON && x == y) || jaro_winkler::similarity(a.bytes(), b.bytes()) >= SPELLINGS
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
            (["Fatma", "El Idrissi"], ["Fatma", "Idrissi"], true),
            (["Maria", "Ionescu"], ["Marian", "Popa"], false),
            (["Anna", "Kowalska"], ["Anna", "Nowak"], false),
        ] {
            assert_eq!(same_name(a, b), Some(same), "{a:?} {b:?}");
            assert_eq!(same_name(b, a), Some(same), "{b:?} {a:?}");
        }
        assert_eq!(same_name(["", ""], ["Anna", "Nowak"]), None);
    }
}
