//! How well two records agree, as a pattern of levels.

mod contact;
mod levels;
mod most;
mod nations;
mod own;

use rapidfuzz::distance::jaro_winkler;

use crate::blocking::Pair;
use crate::prepare::{Compact, NO_NAME, Names};
pub use crate::prepare::{MOST_PARTS, Prepared};

pub use levels::{
    BY_ALIAS, FIELDS, Field, OWN, Pattern, birth_level, contact_level, level, name_level, place_level,
};
use levels::{birth, put};
pub(crate) use most::PLAIN;
pub(crate) use nations::shared_nation;

/// Least Jaro-Winkler similarities of names that are alike and close; a hair lower, for many names are at 0.80 to the last bit
/// but one.
const ALIKE: f64 = 0.80 - 1e-9;
const CLOSE: f64 = 0.90 - 1e-9;

/// Levels of names compared lately: common names meet again and again.
#[derive(Debug)]
pub struct Lately(Vec<(u32, u32, u32)>);

impl Lately {
    const ROOM: usize = 1 << 15;
}

impl Default for Lately {
    fn default() -> Self {
        Self(vec![(NO_NAME, NO_NAME, 0); Self::ROOM])
    }
}

impl Prepared {
    /// The place of two records' lists in the upper triangle of all pairs of lists, row by row.
    pub(crate) fn lists_of(&self, pair: Pair, lists: usize) -> usize {
        let list = |i: u32| usize::from(self.records[i as usize].list);
        let (k, l) = (list(pair.0), list(pair.1));
        triangle(k.min(l), k.max(l), lists)
    }

    fn names_level(&self, a: &Names, b: &Names, lately: &mut Lately) -> (u32, u32, u32) {
        let mut best = (0, NO_NAME, NO_NAME);
        for x in a.iter().filter(|n| **n != NO_NAME) {
            for y in b.iter().filter(|n| **n != NO_NAME) {
                let level = self.name_level(*x, *y, lately);
                if level > best.0 {
                    best = (level, *x, *y);
                }
            }
        }
        best
    }

    fn name_level(&self, a: u32, b: u32, lately: &mut Lately) -> u32 {
        let (most, settled) = self.most_of_name(a, b);
        if settled {
            return most;
        }
        let (a, b) = (a.min(b), a.max(b));
        let place = a.wrapping_mul(0x9e37_79b1).wrapping_add(b.wrapping_mul(0x85eb_ca77)) >> 17;
        let slot = &mut lately.0[place as usize];
        if (slot.0, slot.1) != (a, b) {
            *slot = (a, b, self.spelling_level(a, b));
        }
        slot.2
    }

    fn spelling_level(&self, a: u32, b: u32) -> u32 {
        let args = jaro_winkler::Args::default().score_cutoff(ALIKE);
        let (x, y) = (self.letters_of(a), self.letters_of(b));
        match jaro_winkler::similarity_with_args(x.iter().copied(), y.iter().copied(), &args) {
            Some(s) if s >= CLOSE => name_level::CLOSE,
            Some(_) => name_level::ALIKE,
            None => name_level::OTHER,
        }
    }

    fn letters_of(&self, name: u32) -> &[u8] {
        let hot = &self.hot[name as usize];
        match hot.start.get(..usize::from(hot.length)) {
            Some(all) => all,
            None => self.names[name as usize].folded.as_bytes(),
        }
    }

    /// The pattern of two records, and the names that agreed best, given and family, for their frequencies.
    pub fn levels(&self, i: usize, j: usize, lately: &mut Lately) -> (Pattern, [(u32, u32); 2]) {
        let (a, b) = (&self.records[i], &self.records[j]);
        let straight =
            [self.names_level(&a.given, &b.given, lately), self.names_level(&a.family, &b.family, lately)];
        let sum = |x: &[(u32, u32, u32); 2]| x[0].0 + x[1].0;
        let mut chosen = straight;
        let mut order = 0;
        if straight[0].0 > 0 && straight[1].0 > 0 {
            order = 2;
            if sum(&straight) < 2 * name_level::CLOSE {
                let one = self.names_level(&a.given, &b.family, lately);
                let close = |c: &(u32, u32, u32)| c.0 >= name_level::CLOSE;
                let mut other = || self.names_level(&a.family, &b.given, lately);
                let crossed = close(&one).then(|| [one, other()]).filter(|c| close(&c[1]));
                if let Some(crossed) = crossed.filter(|c| sum(c) > sum(&straight) + 1) {
                    (chosen, order) = (crossed, 1);
                    // The same whichever record comes first.
                    let key = |c: &(u32, u32, u32)| (c.0, c.1.min(c.2));
                    chosen.sort_by_key(|c| std::cmp::Reverse(key(c)));
                }
            }
        }
        let same = |x: u32, y: u32| if x == 0 || y == 0 { 0 } else { 1 + u32::from(x == y) };
        let pattern = put(Field::Given, chosen[0].0)
            | put(Field::Family, chosen[1].0)
            | put(Field::Order, order)
            | put(Field::Birth, birth(a.birth, b.birth))
            | put(Field::Sex, same(a.sex, b.sex))
            | put(Field::Nationality, nations::nations_level(&a.nationality, &b.nationality))
            | put(Field::Place, self.address_level(a, b, lately))
            | put(Field::Identifier, same(a.identifier, b.identifier))
            | put(Field::Contact, self.contacts.level(&a.contacts, &b.contacts))
            | self.by_alias(a, b, chosen[0], order, lately);
        let own = OWN.into_iter().zip(&self.own).map(|(field, column)| put(field, column.level(i, j)));
        let pattern = own.fold(pattern, |all, one| all | one);
        (pattern, chosen.map(|c| (c.1, c.2)))
    }

    /// Whether given names agree by another name than the first, and the first are not the same.
    fn by_alias(
        &self,
        a: &Compact,
        b: &Compact,
        given: (u32, u32, u32),
        order: u32,
        lately: &mut Lately,
    ) -> Pattern {
        let (first, other) = (a.given[0], b.given[0]);
        let known = order != 1 && first != NO_NAME && other != NO_NAME;
        let by_alias = known
            && given.0 >= name_level::CLOSE
            && (given.1, given.2) != (first, other)
            && self.name_level(first, other, lately) < name_level::SAME;
        if by_alias { BY_ALIAS } else { 0 }
    }

    fn address_level(&self, a: &Compact, b: &Compact, lately: &mut Lately) -> u32 {
        let (mut both, mut agree) = (0, 0);
        for (x, y) in a.address.into_iter().zip(b.address).filter(|(x, y)| *x != NO_NAME && *y != NO_NAME) {
            both += 1;
            agree += u32::from(x == y || self.spelt_alike(x, y, lately));
        }
        levels::parts(agree, both)
    }

    /// Texts that are likely the same: their digits are equal and their letters nearly.
    fn spelt_alike(&self, x: u32, y: u32, lately: &mut Lately) -> bool {
        let digits = |n: u32| self.names[n as usize].folded.bytes().filter(u8::is_ascii_digit);
        let letters = |n: u32| self.names[n as usize].folded.bytes().any(|b| b.is_ascii_alphabetic());
        digits(x).eq(digits(y))
            && letters(x)
            && letters(y)
            && self.name_level(x, y, lately) >= name_level::CLOSE
    }
}

/// The place of lists `k <= l` in the upper triangle, row by row.
pub(crate) fn triangle(k: usize, l: usize, lists: usize) -> usize {
    k * lists - k * k.saturating_sub(1) / 2 + (l - k)
}

#[cfg(test)]
mod tests;
