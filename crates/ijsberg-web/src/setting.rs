//! Settings of the studio as texts, and those that are one of a few words: they are chosen, not typed in.

use std::collections::BTreeMap;

pub(crate) use ijsberg_analysis::words_of as choices;
use ijsberg_analysis::{SettingKind, setting};
use ijsberg_tables::Thousands;

/// Settings as a link has them; texts, as a form sends them.
pub(crate) type SettingTexts = BTreeMap<String, String>;

/// The key of the choice that leaves a setting open; none where a setting always has one of its words.
pub(crate) fn left_open(setting: &str) -> Option<&'static str> {
    match setting {
        "thousands" | "overlaps" | "blanks" => Some("web-choice-found"),
        "reselect" => Some("web-choice-reselect-open"),
        _ => None,
    }
}

/// Whether a setting is a table, which is uploaded.
pub(crate) fn is_table(name: &str) -> bool {
    setting(name).is_some_and(|s| s.kind == SettingKind::Table)
}

/// Whether this is what was asked, by whichever of its names.
pub(crate) fn is_chosen(setting: &str, asked: &str, choice: &str) -> bool {
    let mark = || Thousands::parse(asked).is_some_and(|mark| mark.name() == choice);
    asked == choice || setting == "thousands" && mark()
}

#[cfg(test)]
mod tests {
    use ijsberg_analysis::SETTINGS;
    use ijsberg_report::text::{Language, Text};

    use super::*;

    fn texts() -> [Text; 2] {
        [Language::English, Language::Dutch].map(Text::new)
    }

    /// Whether a text is there in both languages, and not the same.
    fn is_said([english, dutch]: &[Text; 2], key: &str) -> bool {
        let said = [english.say(key), dutch.say(key)];
        said.iter().all(|said| said != key) && said[0] != said[1]
    }

    #[test]
    fn every_choice_has_words_of_its_own() {
        let texts = texts();
        let chosen = SETTINGS.iter().filter(|s| s.kind == SettingKind::Word).map(|s| s.name);
        for setting in chosen.chain(["staying"]) {
            assert!(choices(setting).len() > 1, "{setting}");
            for choice in choices(setting) {
                assert!(is_chosen(setting, choice, choice), "{setting} {choice}");
                assert!(is_said(&texts, &format!("web-choice-{setting}-{choice}")), "{setting} {choice}");
            }
            assert!(!choices(setting).iter().any(|choice| is_chosen(setting, "", choice)));
            assert!(left_open(setting).is_none_or(|key| is_said(&texts, key)), "{setting}");
        }
        assert!(is_chosen("thousands", "punt", "point") && !is_chosen("thousands", "punt", "comma"));
        assert!(choices("seed").is_empty());
    }

    #[test]
    fn a_setting_without_a_default_can_be_left_open() {
        for s in SETTINGS.iter().filter(|s| s.kind == SettingKind::Word) {
            assert_eq!(left_open(s.name).is_some(), crate::ask::usual(s.name).is_empty(), "{}", s.name);
        }
    }

    #[test]
    fn every_setting_has_a_label_and_a_hint() {
        let texts = texts();
        for s in SETTINGS {
            let name = s.name.replace('_', "-");
            assert!(is_said(&texts, &format!("web-field-{name}")), "{name}");
            assert!(s.kind == SettingKind::Flag || is_said(&texts, &format!("web-hint-{name}")), "{name}");
        }
        assert!(is_table("population") && !is_table("lists"));
    }
}
