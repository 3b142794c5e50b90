//! Open populations: people who come, stay for some years and go, from lists of which each year says who is on which.
//!
//! Within a year nobody comes or goes, and the lists of the year alone give its size; between years people stay with a chance, and others
//! enter (the robust design: Pollock 1982, Journal of Wildlife Management 46, 752-757). So the number in a year and the number of different
//! people in all years are two quantities, and both have an estimate.
//!
//! - [`Returns`]: who was first seen in which year, and seen next in which.
//! - [`cormack_jolly_seber`]: staying and being seen from returns alone (Lebreton, Burnham, Clobert and Anderson 1992, Ecological
//!   Monographs 62, 67-118).
//! - [`open`]: returns and the lists of each year together, with entries (Schwarz and Arnason 1996, Biometrics 52, 860-873).
//! - [`seen_again`]: whether those seen for the first time stay as the others do, and whether those seen in a year are seen next as those
//!   who were missed (tests 3.SR and 2.CT of Burnham and others 1987).
//!
//! A person who is away for a year and comes back counts as a person who was there and was on no list: temporary emigration (Kendall, Nichols
//! and Hines 1997, Ecology 78, 563-578) is not separated. [`Agreement`] shows where it may be: then returns are rarer than the lists of a year
//! let expect.

mod again;
mod alone;
mod cjs;
mod drawn;
mod found;
mod joint;
mod likelihood;
mod people;

pub use again::{SeenAgain, Tables, seen_again};
pub use cjs::{Cjs, cormack_jolly_seber};
pub use found::{Agreement, Figure, Interval, Open, OpenSettings, OpenYear, Stay, YearVariation};
pub use joint::open;
pub use people::{OverYears, Returns};

/// The fewest years: with two, staying and being seen cannot be told apart by returns, so that nothing checks the lists of a year.
pub const LEAST_YEARS: usize = 3;

/// The most years.
pub const MOST_YEARS: usize = 40;

/// The most lists: each replicate fits `2^lists` cells a year.
pub const MOST_LISTS: usize = 8;

/// The fewest people seen on both sides of a step between years; for one chance of staying, over all steps together.
pub const LEAST_RETURNS: u64 = 10;

/// Why there is no estimate of an open population.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoOpen {
    /// Fewer years than [`LEAST_YEARS`].
    #[error("{found} year(s), and staying is estimated from at least {LEAST_YEARS}")]
    TooFewYears {
        /// Years that there are.
        found: usize,
    },
    /// More years than [`MOST_YEARS`].
    #[error("{found} years, and at most {MOST_YEARS} are estimated together")]
    TooManyYears {
        /// Years that there are.
        found: usize,
    },
    /// More lists than [`MOST_LISTS`].
    #[error("{found} lists, and at most {MOST_LISTS} are estimated with")]
    TooManyLists {
        /// Lists that there are.
        found: usize,
    },
    /// Two lists or two years share a name, or a name is empty.
    #[error("the name {name:?} is empty or used twice")]
    Name {
        /// The name.
        name: String,
    },
    /// A row has another number of years, a list that does not exist, or nobody on any list.
    #[error("row {row} does not fit the years and lists, or is on no list at all")]
    Row {
        /// The row, from 1.
        row: usize,
    },
    /// The counts do not fit in a 53-bit integer.
    #[error("the counts add up to more than 2^53")]
    TooManyPersons,
    /// Nobody is on any list in a year.
    #[error("nobody is on any list in {year}")]
    EmptyYear {
        /// The year.
        year: String,
    },
    /// With one list in a year, persons on no list cannot be estimated.
    #[error("{found} list(s) in {year}, and the size of a year is estimated from at least two")]
    OneList {
        /// The year.
        year: String,
        /// Lists with people on them.
        found: usize,
    },
    /// The lists of a year have no estimate.
    #[error("the lists of {year} have no estimate")]
    NoYear {
        /// The year.
        year: String,
    },
    /// Nobody was seen in more than one year.
    #[error("nobody was seen in more than one year")]
    NoReturns,
    /// Too few people were seen on both sides of a step between years.
    #[error("{found} people seen up to {from} and again from {to}, and at least {LEAST_RETURNS} are needed")]
    TooFewReturns {
        /// The year before the step.
        from: String,
        /// The year after it.
        to: String,
        /// People seen on both sides.
        found: u64,
    },
    /// Too few people were seen on both sides of any step, all steps together.
    #[error("{found} returns in all years together, and at least {LEAST_RETURNS} are needed")]
    TooFewInAll {
        /// Returns that there are.
        found: u64,
    },
    /// The likelihood was not brought to its top.
    #[error("the likelihood of all years together was not brought to its top")]
    NotSettled,
}
