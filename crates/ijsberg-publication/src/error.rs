//! Why there is no edition, in the reader's language.

use ijsberg_analysis::AnalysisError;
use ijsberg_disclosure::perturbation::NoiseError;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::ReadError;
use jiff::civil::Date;

use crate::gate::Refused;
use crate::labels;
use crate::protection::THRESHOLD;
use crate::source::NotPersons;

/// Bytes that a key has at least.
pub(crate) const SHORTEST_KEY: usize = 16;

/// Fewer draws of a linkage than this do not show how much they differ.
pub(crate) const FEWEST_DRAWS: usize = 10;

/// Why there is no edition.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The table cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no such noise.
    #[error(transparent)]
    Noise(#[from] NoiseError),
    /// The protected table cannot be analysed.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// The release was refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The key is too short.
    #[error("the key has fewer than 16 bytes")]
    ShortKey,
    /// Draws of a linkage of which nobody knows how many links were missed.
    #[error("the table holds draws of a linkage whose missed links were not measured")]
    Draws,
    /// So few draws that they do not say how much they differ.
    #[error("the table holds {0} draws of a linkage; at least {least} are needed", least = FEWEST_DRAWS)]
    FewDraws(usize),
    /// The persons of the table cannot be told apart, or its columns cannot be published.
    #[error(transparent)]
    Persons(#[from] NotPersons),
    /// Nobody in these years, nor in any year before them.
    #[error("nobody was registered in {0} to {1}")]
    Nobody(i16, i16),
    /// Nobody in any year.
    #[error("nobody was registered in any year")]
    Empty,
    /// Nobody in a year that has not begun.
    #[error("nobody was registered in {year}, which has not begun on {date}")]
    NotBegun {
        /// The year.
        year: i16,
        /// The day of what is made.
        date: Date,
    },
}

fn not_persons(text: &Text, why: &NotPersons) -> String {
    let (key, part) = match why {
        NotPersons::NoYear => return text.say("publish-no-year"),
        NotPersons::Twice(name) => ("publish-twice", ("name", name.clone())),
        NotPersons::Year(value) => ("publish-year", ("value", value.clone())),
        NotPersons::Identifier(name) => ("publish-identifier", ("name", name.clone())),
        NotPersons::Column(name) => ("publish-column", ("name", name.clone())),
    };
    text.fill(key, &[part])
}

impl PublishError {
    /// What went wrong in the reader's language.
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
            Self::Refused(Refused::Recovered { family, cells }) => text.fill(
                "publish-recovered",
                &[("cells", cells.to_string()), ("least", THRESHOLD.to_string()), ("family", of(family))],
            ),
            Self::Refused(Refused::OtherKey { year: of }) => text.fill("publish-other-key", &year(of)),
            Self::Refused(Refused::OtherNoise { year: of }) => text.fill("publish-other-noise", &year(of)),
            Self::Refused(Refused::OtherProtection { year: of }) => {
                text.fill("publish-other-protection", &year(of))
            }
            Self::Refused(Refused::Lost { year: of }) => text.fill("publish-lost", &year(of)),
            Self::Refused(Refused::Unlinked { year: of }) => text.fill("publish-unlinked", &year(of)),
            Self::Refused(Refused::OtherLists { year: of }) => {
                let of = if of.is_empty() { text.say("publish-the-table") } else { of.clone() };
                text.fill("publish-other-lists", &[("year", of)])
            }
            Self::Refused(Refused::Exhausted { persons }) => {
                text.fill("publish-exhausted", &[("n", persons.to_string())])
            }
            Self::Refused(Refused::Guessed { percent }) => text.fill(
                "publish-guessed",
                &[("percent", percent.to_string()), ("least", THRESHOLD.to_string())],
            ),
            Self::Refused(Refused::Impossible { family }) => {
                text.fill("publish-impossible", &[("family", of(family))])
            }
        };
        text.fill("publish-refused", &[("why", why)])
    }
}
