//! What cannot be done, as a refusal that names the argument.

use ijsberg_analysis::{AnalysisError, NotAWord, SettingError};
use ijsberg_mse::timely::NoNowcast;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::CovariateError;

use crate::answer::Refusal;

/// The texts of a language.
pub(crate) fn text(language: &str) -> Result<Text, Refusal> {
    match language {
        "en" => Ok(Text::new(Language::English)),
        "nl" => Ok(Text::new(Language::Dutch)),
        _ => Err(Refusal::argument("language", "expected \"en\" or \"nl\"".to_owned())),
    }
}

/// A word that a setting does not have.
pub(crate) fn not_a_word(error: NotAWord) -> Refusal {
    Refusal::argument(error.setting, format!("expected {}", error.expected('"')))
}

/// The first setting that does not fit.
pub(crate) fn unfit(errors: Vec<SettingError>) -> Refusal {
    match errors.into_iter().next() {
        Some(error) => Refusal::argument(&error.setting, error.expected),
        None => Refusal::fault("no setting is to blame".to_owned()),
    }
}

/// Which argument is to blame.
pub(crate) fn refused(error: &AnalysisError, text: &Text) -> Refusal {
    let said = error.in_words(text);
    match error {
        AnalysisError::Population(_) => Refusal::table("population", said),
        AnalysisError::Model(_) => Refusal::argument("models", said),
        AnalysisError::Covariates(CovariateError::Inactive { .. }) => Refusal::argument("inactive", said),
        AnalysisError::Covariates(_) => Refusal::argument("by", said),
        AnalysisError::Method(_) => Refusal::argument("methods", said),
        AnalysisError::Level(_) => Refusal::argument("level", said),
        AnalysisError::Threshold(_) => Refusal::argument("threshold", said),
        AnalysisError::Lists { .. } => Refusal::argument("reselect", said),
        AnalysisError::NoIdentifying { .. } | AnalysisError::FewIdentifying { .. } => {
            Refusal::argument("identifying", said)
        }
        AnalysisError::Nowcast(NoNowcast::NoSuchList { .. }) => Refusal::argument("late", said),
        AnalysisError::Nowcast(NoNowcast::TooFewLists { .. } | NoNowcast::TooManyLists { .. }) => {
            Refusal::argument("lists", said)
        }
        AnalysisError::NowcastOfOneYear { .. } => Refusal::argument("year", said),
        AnalysisError::Read(_)
        | AnalysisError::Nowcast(_)
        | AnalysisError::NowcastOfCounts
        | AnalysisError::NowcastOfDraws => Refusal::table("table", said),
        AnalysisError::NoAnchor { .. } | AnalysisError::Anchor { .. } => Refusal::argument("anchor", said),
        AnalysisError::Design(_) | AnalysisError::DesignOfCounts => Refusal::fault(said),
    }
}
