//! What is wrong with a file of JSON or a schema of codes, as values: every language has its words for them.

use serde_json::error::Category;

/// What of a file of JSON is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no JSON.
    #[error("line {line}, column {column}: this is not valid JSON")]
    Syntax {
        /// The line.
        line: usize,
        /// The place on it.
        column: usize,
    },
    /// It ends before it should.
    #[error("it ends too early, on line {line}")]
    CutShort {
        /// The line.
        line: usize,
    },
    /// A member that has to be there is not.
    #[error("line {line}, column {column}: {name:?} is missing")]
    Missing {
        /// The line.
        line: usize,
        /// The place on it.
        column: usize,
        /// The member.
        name: String,
    },
    /// A name that has no meaning here.
    #[error("line {line}, column {column}: {name:?} is not known here")]
    Unknown {
        /// The line.
        line: usize,
        /// The place on it.
        column: usize,
        /// The name.
        name: String,
    },
    /// A value that does not fit its place.
    #[error("line {line}, column {column}: a value of the wrong type")]
    Kind {
        /// The line.
        line: usize,
        /// The place on it.
        column: usize,
    },
    /// It says that it is of another format.
    #[error("its format is not {0}")]
    Format(&'static str),
    /// More groups than are compared.
    #[error("more than {0} groups")]
    Groups(usize),
}

impl Fault {
    /// One of each.
    pub fn examples() -> Vec<Self> {
        let (line, column, name) = (2, 3, "l".to_owned());
        vec![
            Self::Syntax { line, column },
            Self::CutShort { line },
            Self::Missing { line, column, name: name.clone() },
            Self::Unknown { line, column, name },
            Self::Kind { line, column },
            Self::Format("x"),
            Self::Groups(6),
        ]
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Eof => Self::CutShort { line },
            Category::Data => {
                // What is missing or not known stands in the message between the first two of these.
                let said = error.to_string();
                let name = said.split('`').nth(1).map(str::to_owned);
                match name {
                    Some(name) if said.starts_with("missing") => Self::Missing { line, column, name },
                    Some(name) if said.starts_with("unknown") => Self::Unknown { line, column, name },
                    _ => Self::Kind { line, column },
                }
            }
            Category::Syntax | Category::Io => Self::Syntax { line, column },
        }
    }
}

/// Where in a schema something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At a path of names.
    Path(&'static str),
    /// In the feature of this name.
    Feature(String),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Feature(name) => write!(f, "feature {name:?}"),
        }
    }
}

/// What is wrong with a value of a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The length of a code.
    #[error("l must be 1 to {0} before folding, with at most 8 foldings")]
    Length(usize),
    /// The length of a key.
    #[error("must be 1 to 64 bytes")]
    KeySize,
    /// No base64.
    #[error("is not base64")]
    Base64,
    /// None, or too many.
    #[error("must be 1 to 60")]
    Features,
    /// Neither hashed nor left out.
    #[error("needs a format and hashing, or ignored: true")]
    Neither,
    /// Not a regular expression.
    #[error("the pattern is not a supported regular expression")]
    Pattern,
    /// A pattern beside what it replaces.
    #[error("a pattern cannot be combined with case, minLength or maxLength")]
    PatternAlone,
    /// No values to choose from.
    #[error("an enum needs values")]
    Enum,
    /// A length that the hash cannot make.
    #[error("blakeHash needs a length before folding that is a power of two")]
    PowerOfTwo,
    /// The length of pieces.
    #[error("n must be 1 to 20")]
    Pieces,
    /// The settings of numbers.
    #[error("thresholdDistance, resolution or fractional_precision is out of range")]
    Numeric,
    /// The bits that are set.
    #[error("the strategy must set 1 to 10,000 bits")]
    Bits,
    /// A part of what has none.
    #[error("{0:?} is not in dates, so it has no parts")]
    NoParts(String),
    /// A feature that is not hashed.
    #[error("{0:?} is not a hashed feature")]
    NotHashed(String),
    /// No feature.
    #[error("{0:?} is not a feature")]
    NoFeature(String),
    /// The number of groups.
    #[error("at most 6, each with a feature")]
    Groups,
    /// The chance of noise.
    #[error("must be from 0 to under 0.5")]
    Flip,
}

impl Problem {
    /// One of each.
    pub fn examples() -> Vec<Self> {
        let name = || "x".to_owned();
        vec![
            Self::Length(8),
            Self::KeySize,
            Self::Base64,
            Self::Features,
            Self::Neither,
            Self::Pattern,
            Self::PatternAlone,
            Self::Enum,
            Self::PowerOfTwo,
            Self::Pieces,
            Self::Numeric,
            Self::Bits,
            Self::NoParts(name()),
            Self::NotHashed(name()),
            Self::NoFeature(name()),
            Self::Groups,
            Self::Flip,
        ]
    }
}
