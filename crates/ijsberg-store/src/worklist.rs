//! How much waits for somebody.

use crate::ask::{column, count};
use crate::{Driver, StoreError, Value, Within};

/// Unusual readings that a user has not viewed yet, according to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnseenReadings<'a> {
    /// Who looks.
    pub user: &'a str,
    /// The operation of an unusual reading.
    pub unusual: &'a str,
    /// The operation of a look at the log.
    pub look: &'a str,
    /// How the detail ends of a look at all unusual readings.
    pub seen: &'a str,
}

/// A text that stands in the statement itself: the indexes over parts of the log are used only where the operation is no parameter.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl UnseenReadings<'_> {
    /// The condition that an entry `a` of the log is one of them.
    fn condition(&self, within: Within<'_>, values: &mut Vec<Value>) -> String {
        values.push(self.user.into());
        let looked = format!(
            "SELECT MAX(seq) FROM audit WHERE operation = {} AND actor = ${} AND detail LIKE {}",
            literal(self.look),
            values.len(),
            literal(&format!("%{}", self.seen))
        );
        let own = within.of_entry(values);
        format!("operation = {} AND seq > COALESCE(({looked}), 0) AND {own}", literal(self.unusual))
    }
}

/// How many pairs nobody could decide on.
///
/// # Errors
/// If the storage fails.
pub fn undecided_pairs(driver: &mut dyn Driver, within: Within<'_>) -> Result<u64, StoreError> {
    let mut values = Vec::new();
    let both = within.of_both(&mut values);
    let open = "link_decision WHERE undone_at IS NULL AND decision = 'undecided'";
    count(driver, &format!("SELECT count(*) FROM {open} AND {both}"), &values)
}

/// How many uses of emergency access nobody has reviewed.
///
/// # Errors
/// If the storage fails.
pub fn unreviewed_emergencies(driver: &mut dyn Driver, within: Within<'_>) -> Result<u64, StoreError> {
    let mut values = Vec::new();
    let own = within.of_person("person", &mut values);
    count(driver, &format!("SELECT count(*) FROM break_glass WHERE reviewed_by IS NULL AND {own}"), &values)
}

/// How many persons and records are listed for erasure.
///
/// # Errors
/// If the storage fails.
pub fn listed_for_erasure(driver: &mut dyn Driver, within: Within<'_>) -> Result<u64, StoreError> {
    let mut values = Vec::new();
    let own = within.of_listed(&mut values);
    count(driver, &format!("SELECT count(*) FROM erasing WHERE {own}"), &values)
}

/// How many unusual readings somebody has not looked at yet.
///
/// # Errors
/// If the storage fails.
pub fn count_unseen(
    driver: &mut dyn Driver,
    readings: &UnseenReadings<'_>,
    within: Within<'_>,
) -> Result<u64, StoreError> {
    let mut values = Vec::new();
    let unseen = readings.condition(within, &mut values);
    count(driver, &format!("SELECT count(*) FROM audit a WHERE {unseen}"), &values)
}

/// The entries of the unusual readings that somebody has not looked at yet.
///
/// # Errors
/// If the storage fails.
pub fn unseen(
    driver: &mut dyn Driver,
    readings: &UnseenReadings<'_>,
    within: Within<'_>,
) -> Result<Vec<i64>, StoreError> {
    let mut values = Vec::new();
    let unseen = readings.condition(within, &mut values);
    column(driver, &format!("SELECT seq FROM audit a WHERE {unseen}"), &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unseen_readings_are_found_by_the_names_in_the_statement() {
        let readings = UnseenReadings { user: "eve", unusual: "unusual", look: "look", seen: ", seen" };
        let mut values = Vec::new();
        let condition = readings.condition(Within::Everywhere, &mut values);
        let looked =
            "SELECT MAX(seq) FROM audit WHERE operation = 'look' AND actor = $1 AND detail LIKE '%, seen'";
        let whole = format!("operation = 'unusual' AND seq > COALESCE(({looked}), 0) AND 1 = 1");
        assert_eq!((condition, values), (whole, vec!["eve".into()]));
        assert_eq!(literal("it's"), "'it''s'");
    }
}
