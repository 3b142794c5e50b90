//! What else is known of a case: kinds of record, their fields, and how carefully each is kept.

mod kinds;
mod suspects;

use ijsberg_outside::Passage;
use serde_json::Value;

use crate::codes::{code_list, has, is_country, is_partial_day};
use crate::error::RegisterError;
use crate::expected::{Expected, Thing, Wanted};
use crate::merge::Fields;

pub use kinds::KINDS;
pub(crate) use suspects::{NUMBER, about_others, about_suspects};

use Holds::{Code, Codes, Countries, Day, Flag, Ids, Number, Text};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A line or more of text.
    Text,
    /// A day, a month or a year.
    Day,
    /// A number, not negative.
    Number,
    /// Yes or no, of an act of the register itself; what a person answered is an answer.
    Flag,
    /// One of a code list.
    Code(&'static str),
    /// Any of a code list.
    Codes(&'static str),
    /// Countries, ISO 3166-1 alpha-2.
    Countries,
    /// Names of other records or persons, in hexadecimal.
    Ids,
}

/// How carefully it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// About nobody.
    Open,
    /// About somebody.
    Personal,
    /// Health, sexual life, origin, immigration status.
    Special,
    /// Offences and suspects.
    Criminal,
}

impl Class {
    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Personal => "personal",
            Self::Special => "special",
            Self::Criminal => "criminal",
        }
    }
}

/// A kind of record.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// How carefully it is kept.
    pub class: Class,
    /// Never changed once written.
    pub immutable: bool,
    /// About a person; some signals are about nobody yet.
    pub needs_person: bool,
    /// Fields that must be there.
    pub required: &'static [&'static str],
    /// All fields.
    pub fields: &'static [(&'static str, Holds)],
}

/// The kind of that name.
///
/// # Errors
/// If there is none.
pub fn kind_of(name: &str) -> Result<&'static Kind, RegisterError> {
    KINDS.iter().find(|k| k.name == name).ok_or(RegisterError::NotFound(Thing::KindOfRecord))
}

/// Where a sealed record keeps the systems of its codes; no field is called so.
const CODES: &str = "codes";

/// Parses a sealed record: its fields, and system and version of the codes by field.
///
/// # Errors
/// If it is none.
pub(crate) fn read_form(plain: &[u8]) -> Result<(Fields, Fields), RegisterError> {
    let unreadable = || RegisterError::NotFound(Thing::ReadableRecord);
    let mut fields: Fields = serde_json::from_slice(plain).map_err(|_| unreadable())?;
    let codes = fields.remove(CODES).and_then(|c| c.as_object().cloned()).unwrap_or_default();
    Ok((fields, codes))
}

impl Kind {
    /// The form in which a record is sealed: every coded field with the system and version of its code, so that it can be read after the
    /// lists change.
    pub(crate) fn sealed_form(&self, fields: &Fields) -> Vec<u8> {
        let mut whole = fields.clone();
        let coded =
            self.fields.iter().filter(|(name, _)| fields.contains_key(*name)).filter_map(|(name, holds)| {
                let (Code(list) | Codes(list)) = holds else { return None };
                let list = code_list(list)?;
                Some(((*name).to_owned(), format!("{} {}", list.system, list.version).into()))
            });
        whole.insert(CODES.to_owned(), Value::Object(coded.collect()));
        Value::Object(whole).to_string().into_bytes()
    }

    /// Checks a record: every field is known and holds what it should, and what must be there is. Values are not repeated.
    ///
    /// # Errors
    /// [`RegisterError::Invalid`] with the first of [`Kind::wrong`].
    pub fn check(&self, fields: &Fields) -> Result<(), RegisterError> {
        let first = self.wrong(fields).into_iter().next();
        first.map_or(Ok(()), |(field, expected)| Err(RegisterError::Invalid { field, expected }))
    }

    /// All errors in a record: the field as `kind.field`, or the kind alone if it has no such field, with what was expected. Values are not
    /// repeated.
    pub fn wrong(&self, fields: &Fields) -> Vec<(String, Expected)> {
        let of = |field: &str| format!("{}.{field}", self.name);
        let mut wrong = Vec::new();
        for (name, value) in fields {
            let Some((known, holds)) = self.fields.iter().find(|f| f.0 == name) else {
                let all: Vec<&str> = self.fields.iter().map(|f| f.0).collect();
                wrong.push((self.name.to_owned(), Expected::Fields(all.join(", "))));
                continue;
            };
            let field = of(known);
            wrong.extend(holds.wrong(&field, value).map(|expected| (field, expected)));
        }
        let there = |f: &&&str| fields.get(**f).is_some_and(|v| v.as_str() != Some("") && !v.is_null());
        let missing = self.required.iter().filter(|f| !there(f));
        wrong.extend(missing.map(|f| (of(f), Wanted::MustBeThere.into())));
        let text = |f: &str| fields.get(f).and_then(Value::as_str).unwrap_or_default();
        if self.name == "status" && text("status") == "NOT_VICTIM" {
            let second = text("second_reader");
            if second.is_empty() || second == text("decided_by") {
                wrong.push((of("second_reader"), Wanted::SecondReader.into()));
            }
        }
        if self.name == "residence"
            && fields.get("days").is_some_and(|d| d.as_f64() != Some(90.0) && d.as_f64() != Some(30.0))
        {
            wrong.push((of("days"), Wanted::ReflectionDays.into()));
        }
        if self.is_about_suspects() {
            wrong.extend(suspects::wrong(self.name, fields));
        }
        wrong
    }
}

/// Characters of a text that somebody writes.
const LONGEST_TEXT: usize = 10_000;

/// Characters of a whole assessment, which the program writes.
const LONGEST_RESULT: usize = 1_000_000;

/// Whether a text is acceptable in a record: not too long, without characters that move a cursor or reverse the reading direction.
fn is_fit(field: &str, text: &str) -> bool {
    let most = if field == "assessment.result" { LONGEST_RESULT } else { LONGEST_TEXT };
    text.trim().is_empty() || Passage::new(text, most).is_ok()
}

impl Holds {
    /// What was expected, where a value is something else.
    fn wrong(self, field: &str, value: &Value) -> Option<Expected> {
        let all = |fits: &dyn Fn(&str) -> bool| {
            value.as_array().is_some_and(|a| a.iter().all(|v| v.as_str().is_some_and(fits)))
        };
        let fits = match self {
            Text => value.as_str().is_some_and(|text| is_fit(field, text)),
            Flag => value.is_boolean(),
            Number => value.as_f64().is_some_and(|x| x >= 0.0),
            Day => value.as_str().is_some_and(is_partial_day),
            Code(list) => value.as_str().is_some_and(|c| has(list, c)),
            Codes(list) => all(&|c| has(list, c)),
            Countries => all(&is_country),
            Ids => all(&|c| ijsberg_crypto::unhex(c).is_some()),
        };
        let expected = || -> Expected {
            match self {
                Text => Wanted::Words.into(),
                Flag => Wanted::YesOrNo.into(),
                Number => Wanted::Positive.into(),
                Day => Wanted::PartialDay.into(),
                Code(list) | Codes(list) => Expected::code_of(list),
                Countries => Wanted::Countries.into(),
                Ids => Wanted::RecordNames.into(),
            }
        };
        (!fits).then(expected)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(name: &str, v: &Value) -> Result<(), String> {
        kind_of(name).unwrap().check(v.as_object().unwrap()).map_err(|e| e.to_string())
    }

    #[test]
    fn kinds_are_sound() {
        for k in KINDS {
            assert!(k.fields.iter().all(|f| f.0 != CODES));
            assert!(k.required.iter().all(|r| k.fields.iter().any(|f| f.0 == *r)), "{}", k.name);
            for (_, holds) in k.fields {
                if let Code(list) | Codes(list) = holds {
                    assert!(code_list(list).is_some(), "{list}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_named_without_its_value() {
        assert!(check("episode", &json!({"form": "LABOUR", "countries": ["NL"], "from": "2016-05"})).is_ok());
        assert!(check("suspect", &json!({"roles": ["Other"]})).is_ok());
        assert!(check("suspect", &json!({"suspect_number": "13/045.123-25", "birth_year": 1990})).is_ok());
        for (kind, record, expected) in [
            ("episode", json!({"form": "Fatima"}), "episode.form: one of SEX_PROSTITUTION"),
            ("episode", json!({"form": "LABOUR", "Fatima": 1}), "episode: a field is not one of"),
            ("episode", json!({"form": "LABOUR", "debt": -1}), "episode.debt: a number"),
            ("episode", json!({"form": "LABOUR", "from": "Fatima"}), "episode.from: a day"),
            ("episode", json!({}), "episode.form: must be there"),
            (
                "suspect",
                json!({"roles": ["Other"], "note": "Fatima\u{202e}"}),
                "suspect.note: a text of at most",
            ),
            (
                "suspect",
                json!({"roles": ["Other"], "note": "Fatima\u{1b}[2J"}),
                "suspect.note: a text of at most",
            ),
            (
                "suspect",
                json!({"roles": ["Other"], "note": "Fatima".repeat(2000)}),
                "suspect.note: a text of at most",
            ),
            ("suspect", json!({"note": "Fatima"}), "suspect.roles: must be there"),
            ("suspect", json!({"suspect_number": "Fatima"}), "suspect.suspect_number: a number or code"),
            (
                "suspect",
                json!({"suspect_number": "S-1", "birth_year": 1990.5}),
                "suspect.birth_year: a year from 1900",
            ),
            (
                "suspicion",
                json!({"suspect_number": "Fatima 1", "on": "2025", "offence": "article_2"}),
                "suspicion.suspect_number: a number or code",
            ),
            (
                "residence",
                json!({"step": "reflection_offered", "on": "2024-01-01", "days": 60}),
                "residence.days: 90, or 30",
            ),
        ] {
            let error = check(kind, &record).unwrap_err();
            assert!(error.starts_with(expected) && !error.contains("Fatima"), "{error}");
        }
    }

    #[test]
    fn all_errors_are_reported_at_once() {
        let wrong = |name: &str, v: &Value| -> Vec<String> {
            let all = kind_of(name).unwrap().wrong(v.as_object().unwrap());
            all.into_iter().map(|(field, expected)| format!("{field}: {expected}")).collect()
        };
        let supersedes = ["Fatima"];
        let record =
            json!({"status": "NOT_VICTIM", "decided_on": "Fatima", "supersedes": supersedes, "Fatima": 1});
        let all = wrong("status", &record);
        let begins = |what: &str| all.iter().any(|e| e.starts_with(what));
        for expected in [
            "status: a field is not one of",
            "status.decided_on: a day, a month or a year",
            "status.supersedes: names of records",
            "status.deciding_organisation: must be there",
            "status.reasons: must be there",
            "status.decided_by: must be there",
            "status.second_reader: somebody else",
        ] {
            assert!(begins(expected), "{expected}: {all:?}");
        }
        assert_eq!(all.len(), 7);
        assert!(!all.iter().any(|e| e.contains("Fatima")), "{all:?}");
        assert!(wrong("episode", &json!({"form": "LABOUR", "countries": ["NL"]})).is_empty());
    }

    #[test]
    fn not_a_victim_needs_a_second_pair_of_eyes() {
        let mut decision = json!({"status": "NOT_VICTIM", "deciding_organisation": "NGO", "reasons": "r", "decided_on": "2016", "decided_by": "a", "second_reader": "a"});
        assert!(check("status", &decision).is_err());
        decision["second_reader"] = "b".into();
        assert!(check("status", &decision).is_ok());
    }
}
