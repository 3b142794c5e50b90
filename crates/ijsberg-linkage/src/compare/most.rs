//! How well two records can agree at most, at a fraction of what it costs to compare them.
//!
//! Most fields are numbers by now, and comparing those costs next to nothing. Of names and places only sounds, lengths and letters are
//! looked at, and never the order of the letters: no name is more alike to another than these allow.

use super::levels::{Field, OWN, birth, name_level, parts};
use super::nations::nations_level;
use crate::prepare::{Compact, NO_NAME, Names, Prepared};

/// Bounds of a similarity from which on two names may be alike and close: a hair lower, for the bound has fewer digits.
const MAY_BE_ALIKE: f32 = 0.80 - 1e-6;
const MAY_BE_CLOSE: f32 = 0.90 - 1e-5;

/// Fields that cost next to nothing, in the order of [`Prepared::plain_levels`].
pub(crate) const PLAIN: [Field; 5] =
    [Field::Birth, Field::Sex, Field::Nationality, Field::Identifier, Field::Contact];

impl Prepared {
    /// The level of two names at most, and whether it is their level, whatever the order of their letters.
    pub(super) fn most_of_name(&self, a: u32, b: u32) -> (u32, bool) {
        if a == b {
            return (name_level::SAME, true);
        }
        let (x, y) = (&self.hot[a as usize], &self.hot[b as usize]);
        if x.sound == y.sound && x.sounds {
            return (name_level::CLOSE, true);
        }
        // An initial says no more than that.
        if x.length.min(y.length) == 1 && x.start[0] == y.start[0] {
            return (name_level::ALIKE, true);
        }
        let alike = x.most_alike(y);
        if alike < MAY_BE_ALIKE {
            (name_level::OTHER, true)
        } else if alike < MAY_BE_CLOSE {
            (name_level::ALIKE, false)
        } else {
            (name_level::CLOSE, false)
        }
    }

    /// The best level of all pairs of two records' names at most; 0 where either has none.
    pub(crate) fn most_of_names(&self, a: &Names, b: &Names) -> usize {
        let mut best = 0;
        for x in a.iter().filter(|n| **n != NO_NAME) {
            for y in b.iter().filter(|n| **n != NO_NAME) {
                best = best.max(self.most_of_name(*x, *y).0);
            }
        }
        best as usize
    }

    /// The levels of fields that cost next to nothing, as they are: those of [`PLAIN`].
    pub(crate) fn plain_levels(&self, a: &Compact, b: &Compact) -> [usize; PLAIN.len()] {
        let same = |x: u32, y: u32| if x == 0 || y == 0 { 0 } else { 1 + usize::from(x == y) };
        [
            birth(a.birth, b.birth) as usize,
            same(a.sex, b.sex),
            nations_level(&a.nationality, &b.nationality) as usize,
            same(a.identifier, b.identifier),
            self.contacts.level(&a.contacts, &b.contacts) as usize,
        ]
    }

    /// The level of two addresses at most; 0 where they have no part in common.
    pub(crate) fn most_of_address(&self, a: &Compact, b: &Compact) -> usize {
        let (mut both, mut agree) = (0, 0);
        for (x, y) in a.address.into_iter().zip(b.address).filter(|(x, y)| *x != NO_NAME && *y != NO_NAME) {
            both += 1;
            let alike = || {
                self.digits[x as usize] == self.digits[y as usize]
                    && self.most_of_name(x, y).0 >= name_level::CLOSE
            };
            agree += u32::from(x == y || alike());
        }
        parts(agree, both) as usize
    }

    /// Which of the comparisons that a schema sets have something to compare.
    pub(crate) fn compared_by_schema(&self, i: usize, j: usize) -> impl Iterator<Item = Field> + '_ {
        OWN.into_iter().zip(&self.own).filter(move |(_, column)| column.of_both(i, j)).map(|(field, _)| field)
    }
}
