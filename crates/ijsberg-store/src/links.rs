//! Decisions on two registrations, and the codes by which registrations may be of one person.

use crate::ask::{all, each, finds, one, places};
use crate::row::row;
use crate::{Driver, StoreError, Value, Within};

/// Decisions undone with one statement.
const AT_ONCE: usize = 500;

/// The columns of a new decision.
const COLUMNS: [&str; 8] = ["id", "a", "b", "decision", "probability", "method", "decided_by", "decided_at"];

row! {
    /// The two registrations of a decision.
    pub struct Pair {
        /// One registration.
        pub a: [u8; 16],
        /// The other.
        pub b: [u8; 16],
    }

    /// A decision and the registrations that it is on.
    pub struct DecisionInForce {
        /// Its name.
        pub id: [u8; 16],
        /// One registration.
        pub a: [u8; 16],
        /// The other.
        pub b: [u8; 16],
        /// What was decided.
        pub decision: String,
    }

    /// A decision of a method.
    pub struct MethodDecision {
        /// Its name.
        pub id: [u8; 16],
        /// One registration.
        pub a: [u8; 16],
        /// The other.
        pub b: [u8; 16],
        /// What was decided.
        pub decision: String,
        /// How sure, 0 to 1.
        pub probability: f64,
    }

    /// A decision and the method by which it was reached.
    pub struct FullDecision {
        /// Its name.
        pub id: [u8; 16],
        /// One registration.
        pub a: [u8; 16],
        /// The other.
        pub b: [u8; 16],
        /// What was decided.
        pub decision: String,
        /// How sure, 0 to 1.
        pub probability: f64,
        /// How it was reached.
        pub method: String,
    }

    /// A decision on a pair that is known, with who made it and who took it back.
    pub struct PairDecision {
        /// Its name.
        pub id: [u8; 16],
        /// What was decided.
        pub decision: String,
        /// How sure, 0 to 1.
        pub probability: f64,
        /// How it was reached.
        pub method: String,
        /// By whom.
        pub decided_by: String,
        /// When.
        pub decided_at: String,
        /// When it was undone, or another one took its place.
        pub undone_at: Option<String>,
        /// Who did that.
        pub undone_by: Option<String>,
    }

    /// Who decided on which two registrations, and when.
    pub struct DecisionMoment {
        /// One registration.
        pub a: [u8; 16],
        /// The other.
        pub b: [u8; 16],
        /// By whom.
        pub decided_by: String,
        /// When.
        pub decided_at: String,
    }

    /// A code that several registrations have, and one of them.
    pub struct SharedCode {
        /// The scheme of the code.
        pub scheme: String = "t.scheme",
        /// The code.
        pub token: Vec<u8> = "t.token",
        /// The registration.
        pub registration: [u8; 16] = "t.registration",
    }
}

/// A decision to write down.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDecision<'a> {
    /// Its name.
    pub id: [u8; 16],
    /// One registration.
    pub a: [u8; 16],
    /// The other.
    pub b: [u8; 16],
    /// What was decided.
    pub decision: &'a str,
    /// How sure, 0 to 1.
    pub probability: f64,
    /// How it was reached.
    pub method: &'a str,
    /// By whom.
    pub decided_by: &'a str,
    /// When.
    pub decided_at: String,
}

impl NewDecision<'_> {
    fn values(&self) -> Vec<Value> {
        vec![
            self.id.as_slice().into(),
            self.a.as_slice().into(),
            self.b.as_slice().into(),
            self.decision.into(),
            self.probability.to_string().into(),
            self.method.into(),
            self.decided_by.into(),
            self.decided_at.as_str().into(),
        ]
    }
}

/// Writes decisions down; how many that are.
///
/// # Errors
/// If the storage fails.
pub fn insert(driver: &mut dyn Driver, decisions: &[NewDecision<'_>]) -> Result<u64, StoreError> {
    driver.insert_new("link_decision", &COLUMNS, &mut decisions.iter().map(NewDecision::values))
}

/// Hands over the decisions of a method that are in force.
///
/// # Errors
/// If the storage fails.
pub fn each_of_method(
    driver: &mut dyn Driver,
    method: &str,
    within: Within<'_>,
    decision: &mut dyn FnMut(MethodDecision),
) -> Result<(), StoreError> {
    let mut values = vec![method.into()];
    let both = within.of_both(&mut values);
    let rest = format!("FROM link_decision WHERE method = $1 AND undone_at IS NULL AND {both}");
    each(driver, &rest, &values, decision)
}

/// Undoes decisions that are in force; how many those were.
///
/// # Errors
/// If the storage fails.
pub fn take_back_all(
    driver: &mut dyn Driver,
    decisions: &[[u8; 16]],
    by: &str,
    at: &str,
) -> Result<u64, StoreError> {
    let mut undone = 0;
    for part in decisions.chunks(AT_ONCE) {
        let mut values: Vec<Value> = vec![by.into(), at.into()];
        values.extend(part.iter().map(|id| Value::from(id.as_slice())));
        let sql = format!(
            "UPDATE link_decision SET undone_by = $1, undone_at = $2 WHERE id IN ({}) AND undone_at IS NULL",
            places(3, part.len())
        );
        undone += driver.execute(&sql, &values)?;
    }
    Ok(undone)
}

/// Undoes a decision if it is in force; how many that changed.
///
/// # Errors
/// If the storage fails.
pub fn take_back(driver: &mut dyn Driver, id: &[u8; 16], by: &str, at: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE link_decision SET undone_by = $1, undone_at = $2 WHERE id = $3 AND undone_at IS NULL";
    driver.execute(sql, &[by.into(), at.into(), id.as_slice().into()])
}

/// Undoes every decision in force on a pair; how many those were.
///
/// # Errors
/// If the storage fails.
pub fn take_back_on_pair(
    driver: &mut dyn Driver,
    (a, b): (&[u8; 16], &[u8; 16]),
    by: &str,
    at: &str,
) -> Result<u64, StoreError> {
    let sql = "UPDATE link_decision SET undone_by = $1, undone_at = $2 WHERE undone_at IS NULL \
               AND ((a = $3 AND b = $4) OR (a = $4 AND b = $3))";
    driver.execute(sql, &[by.into(), at.into(), a.as_slice().into(), b.as_slice().into()])
}

/// Puts in force again the decisions on a pair that its user undid at the moment of a decision; returns how many.
///
/// # Errors
/// If the storage fails.
pub fn put_back(driver: &mut dyn Driver, decision: &DecisionMoment) -> Result<u64, StoreError> {
    let sql = "UPDATE link_decision SET undone_by = NULL, undone_at = NULL WHERE undone_by = $1 \
               AND undone_at = $2 AND ((a = $3 AND b = $4) OR (a = $4 AND b = $3))";
    let values = [
        decision.decided_by.as_str().into(),
        decision.decided_at.as_str().into(),
        decision.a.as_slice().into(),
        decision.b.as_slice().into(),
    ];
    driver.execute(sql, &values)
}

/// The registrations of a decision.
///
/// # Errors
/// If the storage fails.
pub fn pair(driver: &mut dyn Driver, decision: &[u8; 16]) -> Result<Option<Pair>, StoreError> {
    one(driver, "FROM link_decision WHERE id = $1", &[decision.as_slice().into()])
}

/// The registrations of a decision, with who made it and when.
///
/// # Errors
/// If the storage fails.
pub fn moment(driver: &mut dyn Driver, decision: &[u8; 16]) -> Result<Option<DecisionMoment>, StoreError> {
    one(driver, "FROM link_decision WHERE id = $1", &[decision.as_slice().into()])
}

/// Decisions in force, oldest first.
///
/// # Errors
/// If the storage fails.
pub fn in_force(driver: &mut dyn Driver, within: Within<'_>) -> Result<Vec<DecisionInForce>, StoreError> {
    let mut values = Vec::new();
    let both = within.of_both(&mut values);
    let rest = format!("FROM link_decision WHERE undone_at IS NULL AND {both} ORDER BY decided_at, id");
    all(driver, &rest, &values)
}

/// Decisions in force on a registration.
///
/// # Errors
/// If the storage fails.
pub fn in_force_on(
    driver: &mut dyn Driver,
    registration: &[u8; 16],
    within: Within<'_>,
) -> Result<Vec<FullDecision>, StoreError> {
    let mut values = vec![registration.as_slice().into()];
    let both = within.of_both(&mut values);
    let rest = format!("FROM link_decision WHERE undone_at IS NULL AND (a = $1 OR b = $1) AND {both}");
    all(driver, &rest, &values)
}

/// Decisions on a pair, newest first, those undone too.
///
/// # Errors
/// If the storage fails.
pub fn on_pair(driver: &mut dyn Driver, a: &[u8; 16], b: &[u8; 16]) -> Result<Vec<PairDecision>, StoreError> {
    let rest = "FROM link_decision \
                WHERE (a = $1 AND b = $2) OR (a = $2 AND b = $1) ORDER BY decided_at DESC, id DESC";
    all(driver, rest, &[a.as_slice().into(), b.as_slice().into()])
}

/// Hands over the pairs that decisions in force hold for one person.
///
/// # Errors
/// If the storage fails.
pub fn each_same(
    driver: &mut dyn Driver,
    within: Within<'_>,
    pair: &mut dyn FnMut(Pair),
) -> Result<(), StoreError> {
    let mut values = Vec::new();
    let both = within.of_both(&mut values);
    let rest = format!("FROM link_decision WHERE decision = 'same' AND undone_at IS NULL AND {both}");
    each(driver, &rest, &values, pair)
}

/// Hands over the codes that several registrations have, a registration at a time and those of one code together.
///
/// # Errors
/// If the storage fails.
pub fn each_shared_code(
    driver: &mut dyn Driver,
    within: Within<'_>,
    code: &mut dyn FnMut(SharedCode),
) -> Result<(), StoreError> {
    let mut values = Vec::new();
    let own = within.of_registration("registration", &mut values);
    let rest = format!(
        "FROM link_token t JOIN \
         (SELECT scheme, token FROM link_token WHERE {own} GROUP BY scheme, token HAVING count(*) > 1) d \
         ON d.scheme = t.scheme AND d.token = t.token WHERE {own} \
         ORDER BY t.scheme, t.token, t.registration"
    );
    each(driver, &rest, &values, code)
}

/// Whether one of two registrations is in the support track.
///
/// # Errors
/// If the storage fails.
pub fn has_help_lane(driver: &mut dyn Driver, a: &[u8; 16], b: &[u8; 16]) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM registration WHERE id IN ($1, $2) AND lane = 'help'";
    finds(driver, sql, &[a.as_slice().into(), b.as_slice().into()])
}
