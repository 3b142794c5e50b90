//! The levels on which a field can agree, and how they stand in a pattern.

use crate::comparators::MOST_COMPARISONS;
use crate::record::PartialDate;

/// What is compared. A pattern holds one level a field, four bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// Given names, the best of all pairs.
    Given,
    /// Family names, likewise.
    Family,
    /// Whether the two records hold given and family name in the same order.
    Order,
    /// Date of birth.
    Birth,
    /// Sex.
    Sex,
    /// Nationality.
    Nationality,
    /// Place and other parts of the address.
    Place,
    /// An identifying number.
    Identifier,
    /// Telephone numbers and email addresses, the best of all pairs.
    Contact,
    /// A comparison of the schema's own; see [`crate::comparators`].
    First,
    /// Another.
    Second,
    /// Another.
    Third,
    /// Another.
    Fourth,
}

/// All fields in the order of the pattern.
pub const FIELDS: [Field; 13] = [
    Field::Given,
    Field::Family,
    Field::Order,
    Field::Birth,
    Field::Sex,
    Field::Nationality,
    Field::Place,
    Field::Identifier,
    Field::Contact,
    Field::First,
    Field::Second,
    Field::Third,
    Field::Fourth,
];

/// Those that a schema sets.
pub const OWN: [Field; MOST_COMPARISONS] = [Field::First, Field::Second, Field::Third, Field::Fourth];

impl Field {
    /// Levels beside "missing", which is 0; the highest agrees best.
    pub fn levels(self) -> usize {
        match self {
            Self::Given
            | Self::Family
            | Self::Place
            | Self::First
            | Self::Second
            | Self::Third
            | Self::Fourth => 4,
            Self::Birth => 8,
            Self::Contact => 3,
            Self::Order | Self::Sex | Self::Nationality | Self::Identifier => 2,
        }
    }
}

/// Levels of all fields.
pub type Pattern = u64;

/// Set in a pattern where given names agree by another name than the first, and the first are not the same.
pub const BY_ALIAS: Pattern = 1 << 60;

/// The level of a field in a pattern; 0 where either record has nothing to compare.
pub fn level(pattern: Pattern, field: Field) -> usize {
    (pattern >> (4 * field as u32) & 15) as usize
}

pub(super) const fn put(field: Field, level: u32) -> Pattern {
    (level as Pattern) << (4 * field as u32)
}

/// Levels of a name.
pub mod name_level {
    /// Another name.
    pub const OTHER: u32 = 1;
    /// Somewhat alike: Jaro-Winkler of at least 0.80, or an initial of the other.
    pub const ALIKE: u32 = 2;
    /// Likely a spelling of the same: the same skeleton, or Jaro-Winkler of at least 0.90.
    pub const CLOSE: u32 = 3;
    /// The same letters.
    pub const SAME: u32 = 4;
}

/// Levels of a date of birth.
pub mod birth_level {
    /// More than three years apart.
    pub const OTHER: u32 = 1;
    /// Up to three years apart.
    pub const NEAR: u32 = 2;
    /// One is a default or knows the year only, and the year is next to the other's.
    pub const DEFAULT_NEAR: u32 = 3;
    /// The same year, the rest differs.
    pub const YEAR: u32 = 4;
    /// The same year, and one is a default or knows no more.
    pub const DEFAULT_YEAR: u32 = 5;
    /// Both are the same default: the year agrees, and nothing else is known.
    pub const SAME_DEFAULT: u32 = 6;
    /// Day and month exchanged, or one of year, month and day differs: the year by ten at most, or in one digit.
    pub const EDIT: u32 = 7;
    /// The same day.
    pub const SAME: u32 = 8;
}

/// Levels of place and other parts of the address, by how many of those that both have agree. With one part only the first and
/// the last occur.
pub mod place_level {
    /// None.
    pub const NONE: u32 = 1;
    /// Up to half.
    pub const SOME: u32 = 2;
    /// More than half.
    pub const MOST: u32 = 3;
    /// All.
    pub const ALL: u32 = 4;
}

/// Levels of telephone numbers and email addresses.
pub mod contact_level {
    /// Others, of a kind that both have.
    pub const OTHER: u32 = 1;
    /// One slip, or the same name at another provider.
    pub const CLOSE: u32 = 2;
    /// The same.
    pub const SAME: u32 = 3;
}

pub(super) fn birth(a: Option<PartialDate>, b: Option<PartialDate>) -> u32 {
    use birth_level as level;
    let (Some(a), Some(b)) = (a, b) else { return 0 };
    let vague = |d: PartialDate| d.is_default() || d.day.is_none();
    let apart = (a.year - b.year).abs();
    if a == b {
        return if vague(a) { level::SAME_DEFAULT } else { level::SAME };
    }
    if apart == 0 && (vague(a) || vague(b)) {
        return if vague(a) && vague(b) { level::SAME_DEFAULT } else { level::DEFAULT_YEAR };
    }
    if vague(a) || vague(b) {
        return match apart {
            1 => level::DEFAULT_NEAR,
            2 | 3 => level::NEAR,
            _ => level::OTHER,
        };
    }
    let exchanged = a.year == b.year && a.month == b.day && a.day == b.month;
    let differing = u32::from(apart > 0) + u32::from(a.month != b.month) + u32::from(a.day != b.day);
    // A digit typed wrong; a son named after his father who shares his birthday is hardly ever born 10, 20 or 30 years after him.
    let slip = apart <= 10 || differing_digits(a.year, b.year) == 1;
    if exchanged || differing == 1 && slip {
        return level::EDIT;
    }
    match apart {
        0 => level::YEAR,
        1..=3 => level::NEAR,
        _ => level::OTHER,
    }
}

/// The level of an address of which so many parts agree of those that both records have.
pub(super) fn parts(agree: u32, both: u32) -> u32 {
    match agree {
        _ if both == 0 => 0,
        0 => place_level::NONE,
        _ if agree == both => place_level::ALL,
        _ if 2 * agree <= both => place_level::SOME,
        _ => place_level::MOST,
    }
}

fn differing_digits(a: i16, b: i16) -> usize {
    [1, 10, 100, 1000].into_iter().filter(|place| a / place % 10 != b / place % 10).count()
}
