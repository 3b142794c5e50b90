//! Levels of telephone numbers and email addresses.

use super::levels::contact_level as level;
use crate::prepare::{Contacts, Held};

impl Contacts {
    /// The best level of all pairs of one kind.
    pub(super) fn level(&self, a: &Held, b: &Held) -> u32 {
        if a[0] == 0 || b[0] == 0 {
            return 0;
        }
        let of = |c: u32| self.texts[c as usize].as_str();
        let pairs = filled(*a).flat_map(|x| filled(*b).map(move |y| (x, y)));
        pairs.map(|(x, y)| if x == y { level::SAME } else { alike(of(x), of(y)) }).max().unwrap_or(0)
    }
}

fn filled(held: Held) -> impl Iterator<Item = u32> {
    held.into_iter().filter(|c| *c > 0)
}

/// Names of so many letters at two providers are likely those of one person.
const TELLING: usize = 6;

/// The level of two contacts as [`crate::normalise::contacts`] gives them; 0 where one is a number and the other an address.
pub(super) fn alike(a: &str, b: &str) -> u32 {
    if a == b {
        return level::SAME;
    }
    match (a.split_once('@'), b.split_once('@')) {
        (None, None) if one_slip(a.as_bytes(), b.as_bytes()) => level::CLOSE,
        (None, None) => level::OTHER,
        (Some((x, at)), Some((y, other))) => {
            let same_name = x == y && x.len() >= TELLING;
            let slip = at == other && x.len() >= TELLING && one_slip(x.as_bytes(), y.as_bytes());
            if same_name || slip { level::CLOSE } else { level::OTHER }
        }
        _ => 0,
    }
}

/// Whether one letter was typed wrong, left out, typed too much, or two neighbours were exchanged.
fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - end], &b[..b.len() - end]) {
        ([_] | [], [_]) | ([_], []) => true,
        ([p, q], [r, s]) => p == s && q == r,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_close_and_numbers_are_no_addresses() {
        for (a, b, expected) in [
            ("612345678", "612345678", level::SAME),
            ("612345678", "612345687", level::CLOSE),
            ("612345678", "612340678", level::CLOSE),
            ("612345678", "612440678", level::OTHER),
            ("612345678", "621345687", level::OTHER),
            ("612345678", "61234567", level::CLOSE),
            ("anna.bos@a.nl", "anna.bos@b.com", level::CLOSE),
            ("anna.bos@a.nl", "ana.bos@a.nl", level::CLOSE),
            ("info@a.nl", "info@b.nl", level::OTHER),
            ("612345678", "anna.bos@a.nl", 0),
        ] {
            assert_eq!(alike(a, b), expected, "{a} {b}");
            assert_eq!(alike(b, a), expected, "{b} {a}");
        }
    }
}
