//! The tables of article 19a, with typed cells.

use ijsberg_disclosure::protected::Protected;

use crate::families::ShownCount;
use crate::gate::Refusal;
use crate::legal::measure::Measure;
use crate::protection::CountProtection;
use crate::tables::NOT_DELIVERED;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A protected count, and how it is protected.
    Count(Protected, CountProtection),
    /// Exactly 0 persons.
    Zero,
    /// 0 persons, or so few that noise or rounding results in 0.
    ZeroOrFew,
    /// At least one person; the count is hidden to protect individuals.
    Hidden,
    /// Not recorded for any person.
    NotRecorded,
    /// Not delivered, with the reason.
    NotDelivered(Reason),
}

/// Why a count is not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The table of persons has no such column.
    NoColumn,
    /// The table of persons has no reporting delays.
    NoDay,
    /// There is no file of the prosecution service.
    NoFile,
    /// The file has no such number in this year.
    NoNumber,
    /// The register has no records of that kind in this year.
    NoRecord,
    /// The file does not have this breakdown.
    NoBreakdown,
    /// The year was published before without it, and is frozen.
    Frozen,
    /// It would require suppressing counts that the article asks for.
    Outweighed,
    /// Together with the counts of another table it would disclose small counts.
    Together,
    /// The disclosure check refused it.
    Refused(Refusal),
}

impl Reason {
    /// The key of its message.
    pub fn key(&self) -> &'static str {
        match self {
            Self::NoColumn => "legal-why-column",
            Self::NoDay => "legal-why-day",
            Self::NoFile => "legal-why-file",
            Self::NoNumber => "legal-why-number",
            Self::NoRecord => "legal-why-record",
            Self::NoBreakdown => "legal-why-breakdown",
            Self::Frozen => "legal-why-frozen",
            Self::Outweighed => "legal-why-outweighed",
            Self::Together => "legal-why-together",
            Self::Refused(_) => "legal-why-refused",
        }
    }
}

impl Cell {
    pub(crate) fn from_shown(shown: ShownCount, how: CountProtection) -> Self {
        match shown {
            None => Self::Hidden,
            Some(n) if n.get() > 0 => Self::Count(n, how),
            Some(_) => Self::zero(how),
        }
    }

    pub(super) fn zero(how: CountProtection) -> Self {
        if how == CountProtection::Exact { Self::Zero } else { Self::ZeroOrFew }
    }

    /// Its name in files.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Count(_, CountProtection::Exact) => "exact",
            Self::Count(_, CountProtection::Rounded) => "rounded",
            Self::Count(..) => "noise",
            Self::Zero => "zero",
            Self::ZeroOrFew => "zero-or-few",
            Self::Hidden => "suppressed",
            Self::NotRecorded => "not-recorded",
            Self::NotDelivered(_) => NOT_DELIVERED,
        }
    }

    /// How its number is protected.
    pub fn how(&self) -> CountProtection {
        match self {
            Self::Count(_, how) => *how,
            Self::Zero => CountProtection::Exact,
            Self::ZeroOrFew => CountProtection::Noise,
            Self::Hidden | Self::NotRecorded | Self::NotDelivered(_) => CountProtection::Hidden,
        }
    }

    /// The number, if there is one.
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Count(n, _) => Some(n.get()),
            Self::Zero | Self::ZeroOrFew => Some(0),
            Self::Hidden | Self::NotRecorded | Self::NotDelivered(_) => None,
        }
    }
}

/// A row: measure, breakdown, level and cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The measure.
    pub measure: Measure,
    /// The breakdown; `total` for the total.
    pub by: String,
    /// The code of the level; empty for the total.
    pub code: String,
    /// The number, or why there is none.
    pub cell: Cell,
}

/// The breakdown of a total.
pub const TOTAL: &str = "total";

/// The breakdown by form, sex and age together, in the codes of the United Nations.
pub const CROSSED: &str = "form-sex-age";

/// Families of marks that table a has in addition to what the article names: decisions on status, support and residence.
pub const MARKS: [&str; 3] = ["status", "support", "residence"];

/// Columns that table a has in addition.
pub const MORE: [&str; 2] = ["sector", "region"];
