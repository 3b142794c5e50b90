//! Settings that are one of a few words.

use ijsberg_mse::open::YearVariation;

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
        "order" => &["two", "three"],
        "criterion" => &["bic", "aic"],
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

/// Whether the chance of staying varies.
///
/// # Errors
/// [`NotAWord`] if it is neither word.
pub fn staying(word: &str) -> Result<YearVariation, NotAWord> {
    let found = [YearVariation::ByYear, YearVariation::Same].into_iter().find(|varies| varies.id() == word);
    found.ok_or(NotAWord { setting: "staying" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_understood_and_others_are_refused_with_the_expected_words() {
        assert!(words_of("staying").iter().all(|word| staying(word).is_ok()));
        assert_eq!(staying("always").unwrap_err().expected('"'), "\"by-year\" or \"same\"");
        assert!(words_of("sheet").is_empty());
    }
}
