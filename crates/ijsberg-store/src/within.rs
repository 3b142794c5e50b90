//! Of which organisations a query finds rows, as conditions that every such query has.

use std::collections::BTreeSet;

use crate::Value;

/// Of which organisations a query finds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within<'a> {
    /// Of all, and those that are of none.
    Everywhere,
    /// Of these and of no other.
    Only(&'a BTreeSet<String>),
}

impl Within<'_> {
    /// The condition that a column names one of the organisations; its values are added to those of the query.
    pub(crate) fn condition(self, column: &str, values: &mut Vec<Value>) -> String {
        let Self::Only(only) = self else { return "1 = 1".to_owned() };
        if only.is_empty() {
            return "1 = 0".to_owned();
        }
        let places: Vec<String> = only
            .iter()
            .map(|o| {
                values.push(o.as_str().into());
                format!("${}", values.len())
            })
            .collect();
        format!("{column} IN ({})", places.join(", "))
    }

    /// The condition that a column names a registration of one of them.
    pub(crate) fn of_registration(self, column: &str, values: &mut Vec<Value>) -> String {
        if self == Self::Everywhere {
            return "1 = 1".to_owned();
        }
        let own = self.condition("organisation", values);
        format!("{column} IN (SELECT id FROM registration WHERE {own})")
    }

    /// The condition that a column names a person all of whose registrations and records are of one of them.
    pub(crate) fn of_person(self, column: &str, values: &mut Vec<Value>) -> String {
        if self == Self::Everywhere {
            return "1 = 1".to_owned();
        }
        let own = self.condition("organisation", values);
        format!(
            "{column} IN (SELECT person FROM registration WHERE {own}) \
             AND {column} NOT IN (SELECT person FROM registration WHERE NOT ({own})) \
             AND {column} NOT IN (SELECT person FROM record WHERE person IS NOT NULL AND NOT ({own}))"
        )
    }

    /// The condition that both registrations of a decision are of them.
    pub(crate) fn of_both(self, values: &mut Vec<Value>) -> String {
        format!("{} AND {}", self.of_registration("a", values), self.of_registration("b", values))
    }

    /// The condition that an entry `a` of the log concerns these organisations, and no other.
    pub(crate) fn of_entry(self, values: &mut Vec<Value>) -> String {
        if self == Self::Everywhere {
            return "1 = 1".to_owned();
        }
        let own = self.condition("o.organisation", values);
        let of = "SELECT 1 FROM audit_organisation o WHERE o.seq = a.seq";
        format!("EXISTS ({of} AND {own}) AND NOT EXISTS ({of} AND NOT ({own}))")
    }

    /// The condition that what is listed for erasure is of them: a person wholly, a record by its organisation.
    pub(crate) fn of_listed(self, values: &mut Vec<Value>) -> String {
        let (person, own) = (self.of_person("id", values), self.condition("organisation", values));
        format!(
            "((kind = 'person' AND {person}) OR (kind <> 'person' AND id IN (SELECT id FROM record WHERE {own})))"
        )
    }
}
