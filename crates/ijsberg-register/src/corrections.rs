//! Corrections of coded fields: of one registration, or of one field in many at once.

use std::collections::BTreeMap;

use ijsberg_store::registrations::{self, Change, TextField};
use jiff::civil::Date;

use crate::ages::AgeFacts;
use crate::audit::Outcome;
use crate::codes::{has, stamp_after};
use crate::days::happened;
use crate::error::RegisterError;
use crate::expected::{Expected, HAPPENED, Thing, Wanted};
use crate::notify::is_code;
use crate::policy::Operation;
use crate::register::{Id, Register, named};
use crate::registrations::Registration;
use crate::scope::Scope;

/// A value for a field of a registration that was read at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The registration.
    pub registration: Id,
    /// Its version when it was read.
    pub base: i64,
    /// The new value.
    pub value: String,
}

/// Fields that can be corrected in many registrations at once: codes that no other field can contradict.
pub const OF_MANY: [&str; 5] = ["form", "sector", "sex", "nationality", "article_part"];

/// Registrations that are corrected at once.
pub const MOST_CORRECTED: usize = 200;

/// Fields that say something of a person's age together.
const OF_AGE: [&str; 3] = ["happened_on", "birth_year", "minor"];

/// All errors in the changes of a registration: the field, and what was expected. If each field is valid by itself, the one that
/// contradicts the others. Values are not repeated.
pub fn wrong(
    registration: &Registration,
    changes: &BTreeMap<String, String>,
    today: Date,
) -> Vec<(String, Expected)> {
    let unfit = |(field, value): (&String, &String)| match fitting(field, value.trim(), today) {
        Err(RegisterError::Invalid { field, expected }) => Some((field, expected)),
        _ => None,
    };
    let all: Vec<(String, Expected)> = changes.iter().filter_map(unfit).collect();
    if !all.is_empty() || !OF_AGE.iter().any(|field| changes.contains_key(*field)) {
        return all;
    }
    let happened_on = changes.get("happened_on").map_or(registration.happened_on.as_str(), |v| v.trim());
    let minor = changes.get("minor").map_or(registration.minor.as_str(), |v| v.trim());
    let birth_year = changes.get("birth_year").map_or(registration.birth_year, |v| v.trim().parse().ok());
    let together = AgeFacts { happened_on, birth_year, birth_date: None, minor }.contradiction();
    together.into_iter().map(|(field, wanted)| (field.to_owned(), wanted.into())).collect()
}

/// The text column of a field; none for the year of birth, which is a number, and for fields that cannot be corrected.
fn text_field(field: &str) -> Option<TextField> {
    Some(match field {
        "happened_on" => TextField::HappenedOn,
        "sex" => TextField::Sex,
        "minor" => TextField::Minor,
        "nationality" => TextField::Nationality,
        "form" => TextField::Form,
        "sector" => TextField::Sector,
        "region" => TextField::Region,
        "article_part" => TextField::ArticlePart,
        _ => return None,
    })
}

/// What a value changes of a field that can be corrected.
fn fitting<'a>(field: &str, value: &'a str, today: Date) -> Result<Change<'a>, RegisterError> {
    let list = if field == "minor" { "answer" } else { field };
    let year = || value.parse::<i64>().ok().filter(|y| (1900..=i64::from(today.year())).contains(y));
    let (fits, expected): (bool, Expected) = match field {
        "sex" | "form" | "minor" | "sector" => (has(list, value), Expected::code_of(list)),
        "nationality" => (crate::citizenships::fits(value), Wanted::Citizenships.into()),
        "happened_on" => (happened(value, today), HAPPENED.into()),
        "region" => (is_code(value), Wanted::Region.into()),
        "article_part" => (crate::parts::fits(value), Wanted::ArticleParts.into()),
        "birth_year" => (value.is_empty() || year().is_some(), Wanted::BirthYear.into()),
        _ => return Err(RegisterError::invalid("field", Wanted::Corrected)),
    };
    if !fits {
        return Err(RegisterError::invalid(field, expected));
    }
    Ok(text_field(field).map_or_else(|| Change::BirthYear(year()), |field| Change::Text(field, value)))
}

impl Register {
    /// Corrects coded fields of a registration that was read at version `base`. The audit log names the corrected fields, not their values.
    ///
    /// # Errors
    /// [`RegisterError::Conflict`] if somebody corrected it meanwhile; or if the policy does not allow it or a value does not fit.
    pub fn correct(
        &mut self,
        registration: &Id,
        base: i64,
        changes: &BTreeMap<String, String>,
    ) -> Result<i64, RegisterError> {
        let scope = self.scope_of_registrations([*registration])?;
        self.act(Operation::Correct, &scope, &named("registration", registration), |r| {
            let version = r.corrected(registration, base, changes)?;
            let fields: Vec<&str> = changes.keys().map(String::as_str).collect();
            Ok((version, format!("fields {}", fields.join(" "))))
        })
    }

    /// Corrects one field in many registrations, all or none; those that already have the value are left as they are. Returns the
    /// corrections that restore the old values, as long as nobody else corrects the same registrations. The log has an entry for each.
    ///
    /// # Errors
    /// As for [`Register::correct`]; or if there are more than [`MOST_CORRECTED`], or the field is none of [`OF_MANY`].
    pub fn correct_many(
        &mut self,
        field: &str,
        corrections: &[Correction],
    ) -> Result<Vec<Correction>, RegisterError> {
        let Some(text) = text_field(field).filter(|_| OF_MANY.contains(&field)) else {
            return Err(RegisterError::invalid("field", Wanted::CorrectedInMany));
        };
        if corrections.is_empty() || corrections.len() > MOST_CORRECTED {
            return Err(RegisterError::invalid("registrations", Wanted::SomeRegistrations));
        }
        let scope = self.scope_of_registrations(corrections.iter().map(|c| c.registration))?;
        self.act(Operation::Correct, &scope, &format!("{} registrations", corrections.len()), |r| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let mut back = Vec::new();
            for c in corrections {
                let there = registrations::text_and_notifier(r.driver.as_mut(), &c.registration, text)?;
                let (was, organisation) = there.ok_or(RegisterError::NotFound(Thing::Registration))?;
                if was == c.value.trim() {
                    continue;
                }
                let changes = BTreeMap::from([(field.to_owned(), c.value.clone())]);
                let version = r.corrected(&c.registration, c.base, &changes)?;
                let (name, subject) = (Operation::Correct.name(), named("registration", &c.registration));
                let detail = format!("fields {field}");
                let scope = Scope::for_organisation(&organisation);
                r.append_of(&scope, &user, &name, &subject, Outcome::Done, &detail)?;
                back.push(Correction { registration: c.registration, base: version, value: was });
            }
            let detail = format!("fields {field}, {} changed", back.len());
            Ok((back, detail))
        })
    }

    /// Within a transaction; the new version.
    fn corrected(
        &mut self,
        registration: &Id,
        base: i64,
        changes: &BTreeMap<String, String>,
    ) -> Result<i64, RegisterError> {
        let there = registrations::version_and_codes(self.driver.as_mut(), registration)?;
        let there = there.ok_or(RegisterError::NotFound(Thing::Registration))?;
        let (version, stamp) = (there.version, stamp_after(&there.codes, changes.keys().map(String::as_str)));
        if version != base {
            let fields = changes.keys().cloned().collect();
            return Err(RegisterError::Conflict { fields, version });
        }
        let today = self.today();
        for (field, value) in changes {
            let change = fitting(field, value.trim(), today)?;
            registrations::change(self.driver.as_mut(), registration, change)?;
        }
        if OF_AGE.iter().any(|field| changes.contains_key(*field)) {
            self.together(registration)?;
        }
        registrations::set_version(self.driver.as_mut(), registration, version + 1, stamp)?;
        Ok(version + 1)
    }

    /// Refuses a registration with contradictory fields: to correct one of them, correct both at once.
    fn together(&mut self, registration: &Id) -> Result<(), RegisterError> {
        let there = registrations::age(self.driver.as_mut(), registration)?;
        let there = there.ok_or(RegisterError::NotFound(Thing::Registration))?;
        let (happened_on, birth_year, minor) = (&there.happened_on, there.birth_year, &there.minor);
        let said = AgeFacts { happened_on, birth_year, birth_date: None, minor };
        said.contradiction().map_or(Ok(()), |(field, wanted)| Err(RegisterError::invalid(field, wanted)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_errors_are_reported_at_once() {
        let text = |value: &str| value.to_owned();
        let registration = Registration {
            id: text("1"),
            person: text("2"),
            list: text("P"),
            organisation: text("police"),
            happened_on: text("2016-05-31"),
            lane: text("help"),
            basis: text("consent"),
            sex: text("F"),
            birth_year: Some(1990),
            minor: text("no"),
            nationality: text("RO"),
            form: text("LABOUR"),
            sector: text("A"),
            region: text(""),
            article_part: text(""),
            version: 1,
            codes: text(""),
            recorded_at: text("2016-06-01T00:00:00Z"),
        };
        let fields = |changes: &[(&str, &str)]| -> Vec<String> {
            let changes = changes.iter().map(|(field, value)| (text(field), text(value))).collect();
            wrong(&registration, &changes, jiff::civil::date(2026, 11, 24)).into_iter().map(|w| w.0).collect()
        };
        assert_eq!(
            fields(&[("happened_on", "Fatima"), ("birth_year", "3000"), ("region", "a b"), ("sex", "M")]),
            ["birth_year", "happened_on", "region"]
        );
        assert_eq!(fields(&[("article_part", "3")]), ["article_part"]);
        assert_eq!(fields(&[("article_part", "sub3")]), [""; 0]);
        assert_eq!(fields(&[("nationality", "NL;MA")]), ["nationality"]);
        assert_eq!(fields(&[("nationality", "MA;NL")]), [""; 0]);
        assert_eq!(fields(&[("happened_on", "1980-01-01"), ("sex", "M")]), ["birth_year"]);
        assert_eq!(fields(&[("birth_year", " 2010 ")]), ["minor"]);
        assert_eq!(fields(&[("birth_year", "2010"), ("minor", "yes")]), [""; 0]);
        assert_eq!(fields(&[("birth_year", ""), ("happened_on", "1980")]), [""; 0]);
        assert_eq!(fields(&[("person", "3")]), ["field"]);
    }
}
