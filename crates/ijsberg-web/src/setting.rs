//! Settings of the studio that are one of a few words: they are chosen, not typed in.

pub(crate) use ijsberg_analysis::words_of as choices;
use ijsberg_tables::Thousands;

/// Whether a setting that nobody chooses is found from the table; else it has a usual choice.
pub(crate) fn is_found(setting: &str) -> bool {
    !matches!(setting, "learner" | "interval" | "staying")
}

/// Whether this is what was asked, by whichever of its names.
pub(crate) fn is_chosen(setting: &str, asked: &str, choice: &str) -> bool {
    let mark = || Thousands::parse(asked).is_some_and(|mark| mark.name() == choice);
    asked == choice || setting == "thousands" && mark()
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::{Language, Text};
    use ijsberg_tables::{Blanks, Overlaps};

    use super::*;

    #[test]
    fn every_choice_is_understood_and_has_words_of_its_own() {
        for setting in ["thousands", "overlaps", "blanks", "learner", "interval", "staying"] {
            for choice in choices(setting) {
                let understood = match setting {
                    "thousands" => Thousands::parse(choice).is_some(),
                    "overlaps" => Overlaps::parse(choice).is_some(),
                    "blanks" => Blanks::parse(choice).is_some(),
                    _ => !is_found(setting),
                };
                assert!(understood && is_chosen(setting, choice, choice), "{setting} {choice}");
                let key = format!("web-choice-{setting}-{choice}");
                let said = |language| Text::new(language).say(&key);
                assert!(said(Language::English) != key && said(Language::Dutch) != said(Language::English));
            }
            assert!(!choices(setting).iter().any(|choice| is_chosen(setting, "", choice)));
        }
        assert!(is_chosen("thousands", "punt", "point") && !is_chosen("thousands", "punt", "comma"));
        assert!(choices("seed").is_empty());
    }
}
