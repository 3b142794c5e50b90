//! Settings in words and numbers, as the pages, Python and R pass them.

use ijsberg_mse::doubly_robust::chosen::Chosen;
use ijsberg_mse::doubly_robust::learner::Learner;
use ijsberg_mse::loglinear::selection::Reselect;
use ijsberg_mse::methods::IntervalChoice;
use ijsberg_mse::open::Varies;
use ijsberg_tables::{Blanks, Choices, Overlaps, Thousands};
use serde::Deserialize;

/// The words of a setting that is one of a few, the usual one first where there is one; none where anything can be written.
pub fn words_of(setting: &str) -> &'static [&'static str] {
    match setting {
        "thousands" => &["point", "comma"],
        "overlaps" => &["exact", "nested"],
        "blanks" => &["above", "missing"],
        "learner" => &["logistic", "spline"],
        "staying" => &["by-year", "same"],
        "interval" => &["auto", "profile", "wald", "percentile", "bca", "parametric"],
        "reselect" => &["all", "shortlist"],
        _ => &[],
    }
}

/// What was written is none of the words of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{setting} has other words")]
pub struct NotAWord {
    /// The setting.
    pub setting: &'static str,
}

impl NotAWord {
    /// The words that are expected, each between two marks.
    pub fn expected(self, mark: char) -> String {
        let words: Vec<String> =
            words_of(self.setting).iter().map(|word| format!("{mark}{word}{mark}")).collect();
        words.join(" or ")
    }
}

/// What a word stands for, where one was written.
fn meant<T>(
    setting: &'static str,
    word: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, NotAWord> {
    word.map(|word| parse(word).ok_or(NotAWord { setting })).transpose()
}

/// How a table is read: [`Choices`] whose words are not looked up yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenChoices {
    /// The lists; empty to guess.
    pub lists: Vec<String>,
    /// The count column.
    pub count: Option<String>,
    /// Columns to leave out of account.
    pub ignore: Vec<String>,
    /// Columns that are covariates.
    pub covariates: Vec<String>,
    /// The mark between thousands.
    pub thousands: Option<String>,
    /// Between which numbers hidden counts lie.
    pub hidden: Option<(u64, u64)>,
    /// Between which numbers absent counts lie.
    pub absent: Option<(u64, u64)>,
    /// What a count of a combination of lists counts.
    pub overlaps: Option<String>,
    /// What blank cells below a value mean.
    pub blanks: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
}

impl WrittenChoices {
    /// The same with its words read.
    ///
    /// # Errors
    /// [`NotAWord`] for the first setting that has other words.
    pub fn choices(self) -> Result<Choices, NotAWord> {
        Ok(Choices {
            thousands: meant("thousands", self.thousands.as_deref(), Thousands::parse)?,
            overlaps: meant("overlaps", self.overlaps.as_deref(), Overlaps::parse)?,
            blanks: meant("blanks", self.blanks.as_deref(), Blanks::parse)?,
            lists: self.lists,
            count: self.count,
            ignore: self.ignore,
            covariates: self.covariates,
            hidden: self.hidden,
            absent: self.absent,
            sheet: self.sheet,
        })
    }
}

/// How chances depend on covariates.
///
/// # Errors
/// [`NotAWord`] if it has another name.
pub fn learner(word: &str) -> Result<Learner, NotAWord> {
    match word {
        "logistic" => Ok(Learner::Logistic),
        "spline" => Ok(Learner::Spline),
        _ => Err(NotAWord { setting: "learner" }),
    }
}

/// Why lists cannot identify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotIdentifying {
    /// The learner has another name.
    #[error(transparent)]
    Learner(#[from] NotAWord),
    /// A learner without lists that it is for.
    #[error("a learner is for identifying lists, and there are none")]
    NoLists,
}

/// The lists whose interaction is assumed to be absent, where some are chosen.
///
/// # Errors
/// See [`NotIdentifying`].
pub fn identifying(lists: Vec<String>, named: Option<&str>) -> Result<Option<Chosen>, NotIdentifying> {
    if named.is_some() && lists.is_empty() {
        return Err(NotIdentifying::NoLists);
    }
    let learner = named.map(learner).transpose()?.unwrap_or_default();
    Ok((!lists.is_empty()).then_some(Chosen { lists, learner }))
}

/// How intervals of log-linear methods are made.
///
/// # Errors
/// [`NotAWord`] if it has another name.
pub fn interval_choice(word: &str) -> Result<IntervalChoice, NotAWord> {
    IntervalChoice::parse(word).ok_or(NotAWord { setting: "interval" })
}

/// Among which models a replicate chooses again, where somebody says it.
///
/// # Errors
/// [`NotAWord`] if it has another name.
pub fn reselection(word: Option<&str>) -> Result<Option<Reselect>, NotAWord> {
    meant("reselect", word, Reselect::parse)
}

/// Whether the chance of staying varies.
///
/// # Errors
/// [`NotAWord`] if it is neither word.
pub fn staying(word: &str) -> Result<Varies, NotAWord> {
    let found = [Varies::ByYear, Varies::Same].into_iter().find(|varies| varies.id() == word);
    found.ok_or(NotAWord { setting: "staying" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_understood_and_another_is_told_with_what_was_expected() {
        let with = |setting: &str, word: &str| {
            let word = Some(word.to_owned());
            match setting {
                "thousands" => WrittenChoices { thousands: word, ..WrittenChoices::default() },
                "overlaps" => WrittenChoices { overlaps: word, ..WrittenChoices::default() },
                _ => WrittenChoices { blanks: word, ..WrittenChoices::default() },
            }
        };
        for setting in ["thousands", "overlaps", "blanks"] {
            let words = words_of(setting);
            assert_eq!(words.len(), 2, "{setting}");
            assert!(words.iter().all(|word| with(setting, word).choices().is_ok()), "{setting}");
            assert_eq!(with(setting, "other").choices().unwrap_err().setting, setting);
        }
        assert!(words_of("learner").iter().all(|word| learner(word).is_ok()));
        assert!(words_of("staying").iter().all(|word| staying(word).is_ok()));
        assert!(words_of("interval").iter().all(|word| interval_choice(word).is_ok()));
        assert!(words_of("reselect").iter().all(|word| reselection(Some(word)).is_ok()));
        assert_eq!(reselection(None), Ok(None));
        assert_eq!(interval_choice("wide").unwrap_err().setting, "interval");
        assert_eq!(staying("always").unwrap_err().expected('"'), "\"by-year\" or \"same\"");
        assert!(words_of("sheet").is_empty());
    }

    #[test]
    fn a_learner_without_lists_is_refused_and_lists_alone_have_the_usual_one() {
        let lists = || vec!["a".to_owned(), "b".to_owned()];
        let chosen = identifying(lists(), None).unwrap().unwrap();
        assert_eq!((chosen.learner, chosen.lists), (Learner::Logistic, lists()));
        assert_eq!(identifying(Vec::new(), None), Ok(None));
        assert_eq!(identifying(Vec::new(), Some("spline")), Err(NotIdentifying::NoLists));
        let other = NotIdentifying::Learner(NotAWord { setting: "learner" });
        assert_eq!(identifying(lists(), Some("magic")), Err(other));
    }
}
