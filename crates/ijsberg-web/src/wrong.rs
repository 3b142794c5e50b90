//! What does not fit in a form that was sent: all of it at once, each at its field, and above the form in a list that leads there.

use ijsberg_register::RegisterError;
use ijsberg_register::expected::{Expected, Wanted};
use ijsberg_report::errors;
use ijsberg_report::text::Text;

use crate::error::WebError;

/// A field that does not fit, its label, and what is expected.
pub(crate) struct FieldError {
    pub(crate) field: String,
    pub(crate) label: String,
    pub(crate) expected: String,
}

/// Every field of a form that does not fit, in the order of the form.
#[derive(Default)]
pub(crate) struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// One more: its field in the page, its label, and what is expected, both in words.
    pub(crate) fn add(&mut self, field: &str, label: String, expected: String) {
        self.0.push(FieldError { field: field.to_owned(), label, expected });
    }

    /// One more that the register found.
    pub(crate) fn found(&mut self, text: &Text, field: &str, expected: &Expected) {
        self.add(field, errors::register::field(text, field), self::expected(text, expected));
    }

    pub(crate) fn all(&self) -> &[FieldError] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with a field.
    pub(crate) fn error(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|w| w.field == field).map(|w| w.expected.as_str())
    }

    /// Attributes of a field with an error: the error for screen readers, and the focus on the first such field.
    pub(crate) fn marks(&self, field: &str) -> String {
        let first = self.0.first().is_some_and(|w| w.field == field);
        match self.error(field) {
            None => String::new(),
            Some(_) => format!(
                " aria-invalid=\"true\" aria-describedby=\"wrong-{field}\"{}",
                if first { " autofocus" } else { "" }
            ),
        }
    }
}

/// What is expected of a field, as the user of a form reads it: days as they are typed there, countries and regions by
/// name, and choices as a list that is seen.
pub(crate) fn expected(text: &Text, expected: &Expected) -> String {
    let key = match expected {
        Expected::Wanted(Wanted::MustBeThere) => "web-wanted-must-be-there",
        Expected::Wanted(Wanted::Day) => "web-wanted-day",
        Expected::Wanted(Wanted::PartialDay) => "web-wanted-partial-day",
        Expected::Wanted(Wanted::Happened) => "web-wanted-happened",
        Expected::Wanted(Wanted::Citizenships) => "web-wanted-citizenships",
        Expected::Wanted(Wanted::Countries) => "web-wanted-countries",
        Expected::Wanted(Wanted::Region) => "web-wanted-region",
        Expected::Wanted(Wanted::ArticleParts) => "web-wanted-article-parts",
        Expected::OneOf(_) => "web-choose-one",
        other => return errors::register::expected(text, other),
    };
    text.say(key)
}

/// The same of an error of one field, under the label that the field has; other errors as they are.
pub(crate) fn labelled(text: &Text, error: WebError) -> WebError {
    match error {
        WebError::Register(RegisterError::Invalid { field, expected }) => {
            let label = errors::register::field(text, &field);
            let parts = [("field", label), ("expected", self::expected(text, &expected))];
            WebError::Sent(text.fill("register-error-invalid", &parts))
        }
        other => other,
    }
}
