//! Fields of a registration that a correction may change: what they are, and how a form sends them.

use ijsberg_register::citizenships;
use ijsberg_register::days::typed;
use ijsberg_register::parts::typed as typed_parts;
use ijsberg_register::registrations::Registration;

use super::{countries, regions};
use crate::app::App;

/// What a correction may change, with its code list where it has one.
pub(super) const CORRECTED: [(&str, &str); 9] = [
    ("happened_on", ""),
    ("sex", "sex"),
    ("birth_year", ""),
    ("minor", "answer"),
    ("nationality", ""),
    ("form", "form"),
    ("sector", "sector"),
    ("region", ""),
    ("article_part", ""),
];

/// A registration and its person.
#[derive(Clone)]
pub(super) struct RegistrationRef {
    pub(super) person: String,
    pub(super) registration: String,
}

/// The name under which a form sends what a field was.
pub(super) fn was(field: &str) -> String {
    format!("was.{field}")
}

/// A field of a registration as it is stored now: as an unchanged form sends it. An older register may have another code for unknown, which a
/// correction of another field leaves as it is.
pub(super) fn value(r: &Registration, field: &str) -> String {
    match field {
        "happened_on" => r.happened_on.clone(),
        "sex" => r.sex.clone(),
        "birth_year" => r.birth_year.map(|y| y.to_string()).unwrap_or_default(),
        "minor" => r.minor.clone(),
        "nationality" => citizenships::kept(citizenships::codes(&r.nationality)),
        "form" => r.form.clone(),
        "sector" => r.sector.clone(),
        "region" => r.region.clone(),
        "article_part" => r.article_part.clone(),
        _ => String::new(),
    }
}

/// The stored form of an entered value.
pub(super) fn kept(app: &App, field: &str, entered: &str) -> String {
    match field {
        "happened_on" => typed(entered),
        "nationality" => countries::kept(app, entered),
        "region" => regions::code(entered),
        "article_part" => typed_parts(entered),
        _ => entered.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;
    use crate::app::Config;
    use crate::register::countries::in_form;

    fn registration(nationality: &str) -> Registration {
        let none = String::new;
        Registration {
            id: none(),
            person: none(),
            list: none(),
            organisation: none(),
            happened_on: none(),
            lane: none(),
            basis: none(),
            sex: none(),
            birth_year: None,
            minor: none(),
            nationality: nationality.to_owned(),
            form: none(),
            sector: none(),
            region: none(),
            article_part: none(),
            version: 1,
            codes: none(),
            recorded_at: none(),
        }
    }

    #[test]
    fn citizenships_that_nobody_touched_are_no_correction() {
        let app = App::new(Config::default(), None, None);
        for of in ["", "ZZ", "XX", "NL", "MA;NL"] {
            let was = value(&registration(of), "nationality");
            for language in [Language::English, Language::Dutch] {
                let shown = in_form(app.text(language), &was);
                assert_eq!(kept(&app, "nationality", &shown), was, "{of}");
            }
        }
        assert_eq!(["ZZ", "MA;NL"].map(|of| value(&registration(of), "nationality")), ["", "MA;NL"]);
    }
}
