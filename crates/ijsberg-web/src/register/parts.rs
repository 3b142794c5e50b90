//! Parts of article 273f, first paragraph, as a form has them and as a page says them.

use ijsberg_register::parts::{LIST, codes};
use ijsberg_report::text::Text;

/// In words, each part with what it is about.
pub(crate) fn name(text: &Text, kept: &str) -> String {
    let word = |code: &str| {
        let key = format!("code-{LIST}-{code}");
        let said = text.say(&key);
        if said == key { code.to_owned() } else { said }
    };
    codes(kept).map(word).collect::<Vec<_>>().join("; ")
}

/// As somebody would type them: `sub 1, sub 4`.
pub(crate) fn in_form(kept: &str) -> String {
    codes(kept).map(|code| code.replacen("sub", "sub ", 1)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use ijsberg_register::parts::typed;
    use ijsberg_report::text::Language;

    use super::*;

    #[test]
    fn a_form_has_parts_as_they_are_typed_and_a_page_in_words() {
        let kept = "sub1 sub4";
        assert_eq!((in_form(kept).as_str(), typed(&in_form(kept)).as_str()), ("sub 1, sub 4", kept));
        for language in [Language::Dutch, Language::English] {
            let said = name(&Text::new(language), kept);
            assert!(said.contains("sub 1: ") && said.contains("; sub 4: "), "{said}");
        }
        let text = Text::new(Language::English);
        assert_eq!([name(&text, ""), in_form(""), name(&text, "other")], ["", "", "other"]);
    }
}
