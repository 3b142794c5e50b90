//! Why an edition cannot be made, in the reader's language.

use ijsberg_analysis::AnalysisError;
use ijsberg_disclosure::perturbation::NoiseError;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::ReadError;
use jiff::civil::Date;

use crate::gate::Refusal;
use crate::labels;
use crate::protection::THRESHOLD;
use crate::source::PersonTableError;

/// The minimum length of a key, in bytes.
pub(crate) const SHORTEST_KEY: usize = 16;

/// The minimum number of linkage draws: fewer do not show how much the draws differ.
pub(crate) const FEWEST_DRAWS: usize = 10;

/// Why an edition cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The table cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The noise parameters are not valid.
    #[error(transparent)]
    Noise(#[from] NoiseError),
    /// The protected table cannot be analysed.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The release was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key is too short.
    #[error("the key has fewer than 16 bytes")]
    ShortKey,
    /// The linkage draws have no estimate of missed links.
    #[error("the table holds draws of a linkage whose missed links were not measured")]
    Draws,
    /// Too few draws to show how much they differ.
    #[error("the table holds {0} draws of a linkage; at least {least} are needed", least = FEWEST_DRAWS)]
    FewDraws(usize),
    /// The persons of the table cannot be distinguished, or its columns cannot be published.
    #[error(transparent)]
    Persons(#[from] PersonTableError),
    /// No person was registered in these years or in any earlier year.
    #[error("nobody was registered in {0} to {1}")]
    Nobody(i16, i16),
    /// No person was registered in any year.
    #[error("nobody was registered in any year")]
    Empty,
    /// No person was registered in a year that has not begun.
    #[error("nobody was registered in {year}, which has not begun on {date}")]
    NotBegun {
        /// The year.
        year: i16,
        /// The day of the delivery.
        date: Date,
    },
}

fn not_persons(text: &Text, why: &PersonTableError) -> String {
    let (key, part) = match why {
        PersonTableError::NoYear => return text.say("publish-no-year"),
        PersonTableError::Twice(name) => ("publish-twice", ("name", name.clone())),
        PersonTableError::Year(value) => ("publish-year", ("value", value.clone())),
        PersonTableError::Identifier(name) => ("publish-identifier", ("name", name.clone())),
        PersonTableError::Column(name) => ("publish-column", ("name", name.clone())),
    };
    text.fill(key, &[part])
}

impl PublishError {
    /// The error message in the reader's language.
    pub fn in_words(&self, text: &Text) -> String {
        let of = |family: &str| labels::covariate(text, family);
        let year = |year: &i16| [("year", year.to_string())];
        let why = match self {
            Self::Read(e) => return errors::read_error(text, e),
            Self::Analysis(e) => return e.in_words(text),
            Self::Noise(e) => return errors::register::noise_error(text, e),
            Self::ShortKey => return text.fill("protect-short-key", &[("least", SHORTEST_KEY.to_string())]),
            Self::Draws => return text.say("publish-draws"),
            Self::FewDraws(found) => {
                let least = FEWEST_DRAWS.to_string();
                return text.fill("publish-few-draws", &[("found", found.to_string()), ("least", least)]);
            }
            Self::Persons(why) => return not_persons(text, why),
            Self::Nobody(from, to) => {
                return text.fill("publish-nobody", &[("from", from.to_string()), ("to", to.to_string())]);
            }
            Self::Empty => return text.say("publish-empty"),
            Self::NotBegun { year, date } => {
                let parts = [("year", year.to_string()), ("date", text.day(&date.to_string()))];
                return text.fill("publish-not-begun", &parts);
            }
            Self::Refused(Refusal::Recovered { family, cells }) => text.fill(
                "publish-recovered",
                &[("cells", cells.to_string()), ("least", THRESHOLD.to_string()), ("family", of(family))],
            ),
            Self::Refused(Refusal::OtherKey { year: of }) => text.fill("publish-other-key", &year(of)),
            Self::Refused(Refusal::OtherNoise { year: of }) => text.fill("publish-other-noise", &year(of)),
            Self::Refused(Refusal::OtherProtection { year: of }) => {
                text.fill("publish-other-protection", &year(of))
            }
            Self::Refused(Refusal::Lost { year: of }) => text.fill("publish-lost", &year(of)),
            Self::Refused(Refusal::Unlinked { year: of }) => text.fill("publish-unlinked", &year(of)),
            Self::Refused(Refusal::OtherLists { year: of }) => {
                let of = if of.is_empty() { text.say("publish-the-table") } else { of.clone() };
                text.fill("publish-other-lists", &[("year", of)])
            }
            Self::Refused(Refusal::Exhausted { persons }) => {
                text.fill("publish-exhausted", &[("n", persons.to_string())])
            }
            Self::Refused(Refusal::Guessed { percent }) => text.fill(
                "publish-guessed",
                &[("percent", percent.to_string()), ("least", THRESHOLD.to_string())],
            ),
            Self::Refused(Refusal::Impossible { family }) => {
                text.fill("publish-impossible", &[("family", of(family))])
            }
        };
        text.fill("publish-refused", &[("why", why)])
    }
}
