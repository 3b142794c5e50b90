//! The tables of article 19a: typed, and each cell says what it is.

use ijsberg_disclosure::protected::Protected;

use crate::families::Shown;
use crate::gate::Refused;
use crate::legal::measure::Measure;
use crate::protection::How;
use crate::tables::NOT_DELIVERED;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A protected count, and what it says of the true one.
    Count(Protected, How),
    /// Nobody, and exactly so.
    Zero,
    /// Nobody, or so few that noise or rounding makes nothing of them.
    ZeroOrFew,
    /// Somebody; how many is hidden to protect persons.
    Hidden,
    /// Nobody recorded it of anybody.
    NotRecorded,
    /// Not delivered, and why.
    NotDelivered(Why),
}

/// Why something is not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The table of persons has no such column.
    NoColumn,
    /// The table of persons has no days.
    NoDay,
    /// There is no file of the prosecution service.
    NoFile,
    /// The file has no such number in this year.
    NoNumber,
    /// The register has no records of that kind in this year.
    NoRecord,
    /// The file does not break it down like that.
    NoBreakdown,
    /// The year was given out before without it, and is frozen.
    Frozen,
    /// It would cost counts that the article asks for.
    Outweighed,
    /// Together with the counts of another table it would tell small counts.
    Together,
    /// The disclosure check refused it.
    Refused(Refused),
}

impl Why {
    /// The key of its words.
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
    pub(crate) fn from_shown(shown: Shown, how: How) -> Self {
        match shown {
            None => Self::Hidden,
            Some(n) if n.get() > 0 => Self::Count(n, how),
            Some(_) => Self::zero(how),
        }
    }

    pub(super) fn zero(how: How) -> Self {
        if how == How::Exact { Self::Zero } else { Self::ZeroOrFew }
    }

    /// Its name in files.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Count(_, How::Exact) => "exact",
            Self::Count(_, How::Rounded) => "rounded",
            Self::Count(..) => "noise",
            Self::Zero => "zero",
            Self::ZeroOrFew => "zero-or-few",
            Self::Hidden => "suppressed",
            Self::NotRecorded => "not-recorded",
            Self::NotDelivered(_) => NOT_DELIVERED,
        }
    }

    /// What its number says of the true one.
    pub fn how(&self) -> How {
        match self {
            Self::Count(_, how) => *how,
            Self::Zero => How::Exact,
            Self::ZeroOrFew => How::Noise,
            Self::Hidden | Self::NotRecorded | Self::NotDelivered(_) => How::Hidden,
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

/// A number: of what, by what, at which level.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What is counted.
    pub measure: Measure,
    /// By what; `total` for all.
    pub by: String,
    /// The level; empty for all.
    pub code: String,
    /// The number, or why there is none.
    pub cell: Cell,
}

/// By what all are counted.
pub const TOTAL: &str = "total";

/// Form, sex and age together, in the codes of the United Nations.
pub const CROSSED: &str = "form-sex-age";

/// Families of marks that table a tells beside what the article names: decisions on status, and services.
pub const MARKS: [&str; 3] = ["status", "support", "residence"];

/// Columns that it tells beside them.
pub const MORE: [&str; 2] = ["sector", "region"];
