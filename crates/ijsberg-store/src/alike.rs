//! People who may be the one that somebody enters or looks for: their registrations, their names, and how often names were compared.

use crate::ask::{all, column, places, value};
use crate::registrations::StoredRegistration;
use crate::row::{FromRow, row};
use crate::vault::PersonKey;
use crate::{Driver, StoreError, Value, Within};

/// Persons whose names are read with one statement.
const AT_ONCE: usize = 200;

row! {
    /// A part of somebody's name.
    pub struct NameField {
        /// The person.
        pub person: [u8; 16],
        /// Which part.
        pub field: String,
        /// What it is, sealed under the key of the person.
        pub value: Vec<u8>,
    }
}

/// Among whom somebody is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Among {
    /// Those who were born in a year.
    Born(i64),
    /// The same, and those of whom that is not known.
    BornOrUnknown(i64),
    /// Those on the support track.
    Helped,
}

impl Among {
    fn condition(self, values: &mut Vec<Value>) -> String {
        let (year, unknown) = match self {
            Self::Born(year) => (year, ""),
            Self::BornOrUnknown(year) => (year, " OR birth_year IS NULL"),
            Self::Helped => return "lane = 'help'".to_owned(),
        };
        values.push(year.into());
        format!("(birth_year = ${}{unknown})", values.len())
    }
}

/// What is known of somebody: registrations that say otherwise are of somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonFacts<'a> {
    /// Among whom.
    pub among: Among,
    /// The sex; nothing where it is not known.
    pub sex: Option<&'a str>,
    /// Codes of citizenships, of which one is enough; none where none is known.
    pub nations: Vec<&'a str>,
    /// Registered by these organisations.
    pub within: Within<'a>,
}

impl PersonFacts<'_> {
    fn condition(&self, values: &mut Vec<Value>) -> String {
        let mut conditions = vec![self.among.condition(values)];
        if let Some(sex) = self.sex {
            values.push(sex.into());
            conditions.push(format!("(sex = ${} OR sex = 'UNKNOWN')", values.len()));
        }
        let mut nations: Vec<String> = Vec::new();
        for code in &self.nations {
            // All codes have two letters, and none is a part of two others: a sign stands between them.
            values.push(format!("%{code}%").into());
            nations.push(format!("nationality LIKE ${}", values.len()));
        }
        if !nations.is_empty() {
            conditions.push(format!("({} OR nationality IN ('', 'ZZ'))", nations.join(" OR ")));
        }
        conditions.push(self.within.condition("organisation", values));
        conditions.join(" AND ")
    }
}

/// The latest registrations that do not contradict what is known.
///
/// # Errors
/// If the storage fails.
pub fn candidates(
    driver: &mut dyn Driver,
    facts: &PersonFacts<'_>,
    most: usize,
) -> Result<Vec<StoredRegistration>, StoreError> {
    let mut values = Vec::new();
    let condition = facts.condition(&mut values);
    let rest = format!("FROM registration WHERE {condition} ORDER BY recorded_at DESC, id DESC LIMIT {most}");
    all(driver, &rest, &values)
}

/// The latest registrations on the support track, of organisations within both.
///
/// # Errors
/// If the storage fails.
pub fn latest_helped(
    driver: &mut dyn Driver,
    one: Within<'_>,
    other: Within<'_>,
    most: usize,
) -> Result<Vec<StoredRegistration>, StoreError> {
    let mut values = Vec::new();
    let own = one.condition("organisation", &mut values);
    let named = other.condition("organisation", &mut values);
    let rest = format!(
        "FROM registration WHERE lane = 'help' AND {own} AND {named} \
         ORDER BY recorded_at DESC, id DESC LIMIT {most}"
    );
    all(driver, &rest, &values)
}

/// Rows of a table about any of these persons.
fn about<R: FromRow>(
    driver: &mut dyn Driver,
    persons: &[[u8; 16]],
    table: &str,
    and: &str,
) -> Result<Vec<R>, StoreError> {
    let mut rows = Vec::new();
    for part in persons.chunks(AT_ONCE) {
        let rest = format!("FROM {table} WHERE person IN ({}){and}", places(1, part.len()));
        let values: Vec<Value> = part.iter().map(|person| person.as_slice().into()).collect();
        rows.extend(all::<R>(driver, &rest, &values)?);
    }
    Ok(rows)
}

/// The keys of these persons; none for people who were erased or never named.
///
/// # Errors
/// If the storage fails.
pub fn keys_of(driver: &mut dyn Driver, persons: &[[u8; 16]]) -> Result<Vec<PersonKey>, StoreError> {
    about(driver, persons, "person_key", "")
}

/// The names of these persons.
///
/// # Errors
/// If the storage fails.
pub fn names_of(driver: &mut dyn Driver, persons: &[[u8; 16]]) -> Result<Vec<NameField>, StoreError> {
    about(driver, persons, "identity", " AND field IN ('given_name', 'family_name', 'alias')")
}

/// The subject in the log of a comparison by name. It stands in the statement as in the index that finds them.
pub const BY_NAME: &str = "alike by name";

/// The operation in the log that compares names.
pub const COMPARES: &str = "read_registration";

/// The operation in the log for an unusual pace of reading; the statement names it literally, as its index does.
pub const UNUSUAL: &str = "unusual_reading";

/// When somebody compared names, at most so many times, the last one first.
///
/// # Errors
/// If the storage fails.
pub fn comparisons(driver: &mut dyn Driver, actor: &str, most: usize) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "SELECT at_time FROM audit WHERE actor = $1 AND operation = '{COMPARES}' \
         AND subject = '{BY_NAME}' ORDER BY seq DESC LIMIT {most}"
    );
    column(driver, &sql, &[actor.into()])
}

/// When the log last recorded unusual reading by a user.
///
/// # Errors
/// If the storage fails.
pub fn last_unusual(driver: &mut dyn Driver, actor: &str) -> Result<Option<String>, StoreError> {
    let sql = format!(
        "SELECT at_time FROM audit WHERE actor = $1 AND operation = '{UNUSUAL}' ORDER BY seq DESC LIMIT 1"
    );
    value(driver, &sql, &[actor.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_a_condition() {
        let put = |facts: &PersonFacts<'_>| {
            let mut values = Vec::new();
            (facts.condition(&mut values), values)
        };
        let mut known = PersonFacts {
            among: Among::BornOrUnknown(1990),
            sex: Some("F"),
            nations: vec!["MA", "NL"],
            within: Within::Everywhere,
        };
        let (condition, values) = put(&known);
        assert_eq!(
            condition,
            "(birth_year = $1 OR birth_year IS NULL) AND (sex = $2 OR sex = 'UNKNOWN') \
             AND (nationality LIKE $3 OR nationality LIKE $4 OR nationality IN ('', 'ZZ')) AND 1 = 1"
        );
        assert_eq!(values, [1990.into(), "F".into(), "%MA%".into(), "%NL%".into()]);
        known = PersonFacts { among: Among::Born(1990), sex: None, nations: vec![], ..known };
        assert_eq!(put(&known).0, "(birth_year = $1) AND 1 = 1");
        known.among = Among::Helped;
        assert_eq!(put(&known).0, "lane = 'help' AND 1 = 1");
    }
}
