//! Registrations: read by pseudonym, found by case key, corrected.

use std::collections::BTreeMap;

use ijsberg_store::Value;

use crate::codes::{has, is_country};
use crate::days::{HAPPENED, happened};
use crate::error::RegisterError;
use crate::notify::is_code;
use crate::policy::Operation;
use crate::register::{Id, Register, named};

/// A registration as it is read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Registration {
    /// Its pseudonym.
    pub id: String,
    /// That of the person.
    pub person: String,
    /// The list.
    pub list: String,
    /// The organisation.
    pub organisation: String,
    /// Day, month or year.
    pub happened_on: String,
    /// Lane.
    pub lane: String,
    /// Basis.
    pub basis: String,
    /// Sex.
    pub sex: String,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// Under 18.
    pub minor: String,
    /// Nationality.
    pub nationality: String,
    /// Form.
    pub form: String,
    /// Sector.
    pub sector: String,
    /// Region.
    pub region: String,
    /// Version, from 1; corrections raise it.
    pub version: i64,
    /// Systems and versions of its codes.
    pub codes: String,
    /// When it was recorded.
    pub recorded_at: String,
}

/// Columns in the order in which they are read.
pub(crate) const COLUMNS: &str = "id, list, organisation, happened_on, lane, basis, sex, birth_year, minor, nationality, form, \
     sector, region, version, codes, person, recorded_at";

impl Registration {
    pub(crate) fn of(r: &ijsberg_store::Row) -> Self {
        let text = |c: usize| r.text(c).to_owned();
        Self {
            id: ijsberg_crypto::hex(r.bytes(0)),
            list: text(1),
            organisation: text(2),
            happened_on: text(3),
            lane: text(4),
            basis: text(5),
            sex: text(6),
            birth_year: (!r.is_null(7)).then(|| r.int(7)),
            minor: text(8),
            nationality: text(9),
            form: text(10),
            sector: text(11),
            region: text(12),
            version: r.int(13),
            codes: crate::codes::systems(r.text(14)).to_owned(),
            person: ijsberg_crypto::hex(r.bytes(15)),
            recorded_at: text(16),
        }
    }
}

impl Register {
    /// Corrects coded fields of a registration that was read at version `base`. Which fields were corrected stands in the audit
    /// log, what they were does not.
    ///
    /// # Errors
    /// [`RegisterError::Conflict`] if somebody corrected it meanwhile; or if the policy does not allow it or a value does not fit.
    pub fn correct(
        &mut self,
        registration: &Id,
        base: i64,
        changes: &BTreeMap<String, String>,
    ) -> Result<i64, RegisterError> {
        self.current_keys()?;
        let sql = "SELECT organisation FROM registration WHERE id = $1";
        let row = self.driver.first(sql, &[registration.as_slice().into()])?;
        let whose = row.map_or_else(|| "nobody".to_owned(), |r| r.text(0).to_owned());
        self.act(Operation::Correct, Some(&whose), &named("registration", registration), |r| {
            let sql = "SELECT version FROM registration WHERE id = $1";
            let row = r.driver.first(sql, &[registration.as_slice().into()])?;
            let version = row.ok_or(RegisterError::NotFound("registration"))?.int(0);
            let fields: Vec<String> = changes.keys().cloned().collect();
            if version != base {
                return Err(RegisterError::Conflict { fields, version });
            }
            for (field, value) in changes {
                let value: Value = match (field.as_str(), value.trim()) {
                    ("sex" | "form" | "minor" | "sector", code) => {
                        let list = if field == "minor" { "answer" } else { field };
                        if !has(list, code) {
                            let codes =
                                crate::codes::code_list(list).map(|l| l.codes.join(", ")).unwrap_or_default();
                            return Err(RegisterError::invalid(field, &format!("one of {codes}")));
                        }
                        code.into()
                    }
                    ("nationality", code) if code.is_empty() || is_country(code) => code.into(),
                    ("nationality", _) => {
                        return Err(RegisterError::invalid(field, "a country in two capitals, or nothing"));
                    }
                    ("happened_on", day) if happened(day, r.today()) => day.into(),
                    ("happened_on", _) => {
                        return Err(RegisterError::invalid(field, HAPPENED));
                    }
                    ("region", code) if is_code(code) => code.into(),
                    ("region", _) => {
                        return Err(RegisterError::invalid(field, "a code in capitals and digits"));
                    }
                    ("birth_year", "") => Value::Null,
                    ("birth_year", year) => match year.parse::<i64>() {
                        Ok(y) if (1900..=i64::from(r.today().year())).contains(&y) => y.into(),
                        _ => {
                            let expected = "a year from 1900 that is not in the future, or nothing";
                            return Err(RegisterError::invalid(field, expected));
                        }
                    },
                    _ => {
                        let known =
                            "sex, form, minor, sector, nationality, happened_on, region or birth_year";
                        return Err(RegisterError::invalid("field", known));
                    }
                };
                // The name of the column is one of those above.
                let sql = format!("UPDATE registration SET {field} = $1 WHERE id = $2");
                r.driver.execute(&sql, &[value, registration.as_slice().into()])?;
            }
            let sql = "UPDATE registration SET version = $1 WHERE id = $2";
            r.driver.execute(sql, &[(version + 1).into(), registration.as_slice().into()])?;
            Ok((version + 1, format!("fields {}", fields.join(" "))))
        })
    }

    /// The registration of that pseudonym, and those of the same person.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is none.
    pub fn registrations(&mut self, person: &Id) -> Result<Vec<Registration>, RegisterError> {
        let organisations = self.organisations_of(person)?;
        let whose = self.own_or_first(&organisations, Operation::ReadRegistration);
        self.act(Operation::ReadRegistration, whose.as_deref(), &named("person", person), |r| {
            let sql = format!("SELECT {COLUMNS} FROM registration WHERE person = $1 ORDER BY happened_on");
            let rows = r.driver.query(&sql, &[person.as_slice().into()])?;
            if rows.is_empty() {
                return Err(RegisterError::NotFound("person"));
            }
            let all: Vec<Registration> = rows.iter().map(Registration::of).collect();
            let detail = format!("{} registrations", all.len());
            Ok((all, detail))
        })
    }

    /// The person whom an organisation notified under its own case key.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is none.
    pub fn find(&mut self, organisation: &str, local_key: &str) -> Result<Id, RegisterError> {
        self.act(Operation::ReadRegistration, Some(organisation), "by case key", |r| {
            let key = r.keyed(organisation, local_key)?;
            let sql = "SELECT person FROM registration WHERE organisation = $1 AND local_key = $2";
            let row = r.driver.first(sql, &[organisation.into(), key.as_slice().into()])?;
            let person = row.and_then(|row| row.bytes(0).try_into().ok());
            let person: Id = person.ok_or(RegisterError::NotFound("case"))?;
            Ok((person, named("person", &person)))
        })
    }

    pub(crate) fn organisations_of(&mut self, person: &Id) -> Result<Vec<String>, RegisterError> {
        self.current_keys()?;
        let sql = "SELECT DISTINCT organisation FROM registration WHERE person = $1";
        Ok(self
            .driver
            .query(sql, &[person.as_slice().into()])?
            .iter()
            .map(|r| r.text(0).to_owned())
            .collect())
    }

    /// Of the organisations whose business it is, one that the user may act for, or else any.
    pub(crate) fn own_or_first(&self, organisations: &[String], operation: Operation) -> Option<String> {
        let grants = self.session.as_ref().map(|s| s.grants.as_slice()).unwrap_or_default();
        let own = organisations
            .iter()
            .find(|o| crate::policy::ask(grants, operation, Some(o)) == crate::policy::Answer::Allowed);
        // Nobody's business is not everybody's.
        own.or(organisations.first()).cloned().or_else(|| Some("nobody".to_owned()))
    }
}
