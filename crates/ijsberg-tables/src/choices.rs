//! What the user says of a file, instead of having it guessed.

use crate::numbers::Numbers;

/// What the user says about the columns and their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// The lists; empty to guess.
    pub lists: Vec<String>,
    /// The count column; `None` to guess.
    pub count: Option<String>,
    /// Columns to leave out of account.
    pub ignore: Vec<String>,
    /// Columns that are covariates, whatever they look like.
    pub covariates: Vec<String>,
    /// The mark between thousands; `None` to guess.
    pub thousands: Option<Thousands>,
    /// Between which numbers counts lie that are hidden by a mark such as `*`.
    pub hidden: Option<(u64, u64)>,
    /// Between which numbers counts lie of combinations that are not in a table of counts, `(0, 0)` for none; `None` for zero, and to ask
    /// where small counts look left out.
    pub absent: Option<(u64, u64)>,
    /// What a count of a combination of lists counts; `None` to find out.
    pub overlaps: Option<Overlaps>,
    /// What blank cells below a value mean; `None` to ask where they look like groups.
    pub blanks: Option<Blanks>,
    /// The sheet of a workbook; `None` for the only one that holds a table.
    pub sheet: Option<String>,
}

impl Choices {
    /// The same names as they are read, without invisible characters.
    pub(crate) fn seen(&self) -> Self {
        let one = |name: &String| ijsberg_outside::seen(name).trim().to_owned();
        let all = |names: &[String]| -> Vec<String> { names.iter().map(one).collect() };
        Self {
            lists: all(&self.lists),
            count: self.count.as_ref().map(one),
            ignore: all(&self.ignore),
            covariates: all(&self.covariates),
            ..self.clone()
        }
    }
}

/// The mark between thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thousands {
    /// `1.234` is one thousand two hundred and thirty-four.
    Point,
    /// `1,234` is one thousand two hundred and thirty-four.
    Comma,
}

impl Thousands {
    /// Reads `point` or `comma`, or the mark itself.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "point" | "punt" | "." => Some(Self::Point),
            "comma" | "komma" | "," => Some(Self::Comma),
            _ => None,
        }
    }

    /// Its name, as [`Thousands::parse`] reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }

    pub(crate) fn numbers(self) -> Numbers {
        let (thousands, decimals) = match self {
            Self::Point => ('.', ','),
            Self::Comma => (',', '.'),
        };
        Numbers { thousands: Some(thousands), decimals: Some(decimals) }
    }
}

/// What a count of a combination of lists counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlaps {
    /// Persons on these lists and on no other.
    Exact,
    /// Persons on these lists, whatever others they are on.
    Nested,
}

impl Overlaps {
    /// Reads `exact` or `nested`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "exact" => Some(Self::Exact),
            "nested" => Some(Self::Nested),
            _ => None,
        }
    }
}

/// What blank cells below a value mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blanks {
    /// The value above them.
    Above,
    /// Nothing is known.
    Missing,
}

impl Blanks {
    /// Reads `above` or `missing`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "above" => Some(Self::Above),
            "missing" => Some(Self::Missing),
            _ => None,
        }
    }

    /// Its name, as [`Blanks::parse`] reads it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Missing => "missing",
        }
    }
}

/// Reads a range such as `1-4`, least and most.
pub fn parse_hidden(text: &str) -> Option<(u64, u64)> {
    let (low, high) = text.split_once('-')?;
    let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
    (low <= high && high < 1 << 32).then_some((low, high))
}
