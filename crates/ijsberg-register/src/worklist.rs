//! What waits for somebody: pairs of registrations that a person should look at.

use ijsberg_crypto::hex;
use ijsberg_store::Row;

use crate::audit::Entry;
use crate::error::RegisterError;
use crate::expected::Thing;
use crate::group::Group;
use crate::links::{Link, both};
use crate::policy::Operation;
use crate::register::{Id, Register, named};
use crate::registrations::{COLUMNS, Registration};
use crate::scope::Reach;
use crate::vault::{Identity, NAMES_SEEN};

/// An organisation that notifies, or a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Organisation {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is, of the code list `organisation_kind`.
    pub kind: String,
    /// The list that its notifications are on.
    pub list: String,
    /// Made up.
    pub synthetic: bool,
}

/// A lane that is open.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpenLane {
    /// Its name.
    pub name: String,
    /// The lawful basis.
    pub basis: String,
    /// When its risks were assessed.
    pub assessed: String,
}

/// Two registrations that may be of one person.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Pair {
    /// One registration.
    pub a: String,
    /// The other.
    pub b: String,
    /// What stands: `same`, `undecided`, or nothing yet.
    pub decision: Option<String>,
    /// The decision, to take it back.
    pub id: Option<String>,
    /// How sure, 0 to 1, where it was linked.
    pub probability: Option<f64>,
    /// How it was come by: the method of a decision, or the scheme of a code that both share.
    pub method: String,
}

/// A pair side by side.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SideBySide {
    /// Both registrations.
    pub registrations: [Registration; 2],
    /// Who they are, where the vault is open and they are in the help lane.
    pub identities: [Identity; 2],
    /// Decisions on the two, newest first, those taken back too.
    pub decisions: Vec<PairDecision>,
    /// What decisions in force join with them.
    pub group: Group,
}

/// A decision on a pair.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PairDecision {
    /// Its name.
    pub id: String,
    /// What was decided.
    pub decision: String,
    /// How sure, 0 to 1.
    pub probability: f64,
    /// How it was come by.
    pub method: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: String,
    /// Taken back, or another one took its place.
    pub undone: bool,
    /// By whoever made it.
    pub taken_back: bool,
}

/// How a decision of a person is called.
pub const BY_HAND: &str = "by hand";

/// How much waits for a user; nothing where it is not for them to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitingCounts {
    /// Pairs that nobody could decide on.
    pub pairs: Option<u64>,
    /// Uses of emergency access that nobody has reviewed.
    pub emergencies: Option<u64>,
    /// Persons and records that are listed for erasure.
    pub erasing: Option<u64>,
    /// Attempts to look up more persons than anybody can read, since one looked at the log last.
    pub unusual: Option<u64>,
}

/// What the log says of a look at all unusual readings.
const SEEN: &str = ", unusual readings seen";

/// Unusual readings within reach that a user has not seen yet, as a condition.
fn unusual(user: &str, reach: &Reach, values: &mut Vec<ijsberg_store::Value>) -> String {
    values.push(user.into());
    let looked = format!(
        "SELECT MAX(seq) FROM audit WHERE operation = '{}' AND actor = ${} AND detail LIKE '%{SEEN}'",
        Operation::ReadAudit.name(),
        values.len()
    );
    let own = crate::audit::within(reach, values);
    let unusual = crate::vault::UNUSUAL;
    format!("operation = '{unusual}' AND seq > COALESCE(({looked}), 0) AND {own}")
}

impl Register {
    /// How much waits for whoever is logged in: counts, and nothing of a person.
    ///
    /// # Errors
    /// If nobody is logged in, or has something to do first.
    pub fn waiting(&mut self) -> Result<WaitingCounts, RegisterError> {
        let session = self.ready()?;
        self.current_keys()?;
        let pairs = |reach: &Reach, values: &mut Vec<ijsberg_store::Value>| {
            let open = "link_decision WHERE undone_at IS NULL AND decision = 'undecided'";
            format!("{open} AND {}", both(reach, values))
        };
        let emergencies = |reach: &Reach, values: &mut Vec<ijsberg_store::Value>| {
            format!("break_glass WHERE reviewed_by IS NULL AND {}", reach.of_person("person", values))
        };
        let erasing = |reach: &Reach, values: &mut Vec<ijsberg_store::Value>| {
            format!("erasing WHERE {}", crate::erasing::listed_within(reach, values))
        };
        let unseen = |reach: &Reach, values: &mut Vec<ijsberg_store::Value>| {
            format!("audit a WHERE {}", unusual(&session.user, reach, values))
        };
        let reach = |operation| session.reach(operation);
        Ok(WaitingCounts {
            pairs: self.waits(reach(Operation::Link), &pairs)?,
            // As many as the list of them has.
            emergencies: self.seeing_all(|r| r.waits(reach(Operation::ReviewBreakGlass), &emergencies))?,
            erasing: self.waits(reach(Operation::Retain), &erasing)?,
            unusual: self.waits(reach(Operation::ReadAudit), &unseen)?,
        })
    }

    /// How many rows of a table there are within reach; nothing where there is none.
    fn waits(
        &mut self,
        reach: Option<Reach>,
        of: &dyn Fn(&Reach, &mut Vec<ijsberg_store::Value>) -> String,
    ) -> Result<Option<u64>, RegisterError> {
        let Some(reach) = reach else { return Ok(None) };
        let mut values = Vec::new();
        let sql = format!("SELECT count(*) FROM {}", of(&reach, &mut values));
        let row = self.driver.first(&sql, &values)?;
        Ok(Some(row.map_or(0, |r| r.int(0)) as u64))
    }

    /// What the log says of entries that were looked at. Only those that hold every unusual reading that one has not seen yet count as
    /// having seen them: another page of the log, or none, is no look at those.
    pub(crate) fn looked_at(&mut self, reach: &Reach, entries: &[Entry]) -> Result<String, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let mut values = Vec::new();
        let sql = format!("SELECT seq FROM audit a WHERE {}", unusual(&user, reach, &mut values));
        let unseen = self.driver.query(&sql, &values)?;
        let all = unseen.iter().all(|row| entries.iter().any(|e| e.seq == row.int(0)));
        Ok(format!("{} entries{}", entries.len(), if all { SEEN } else { "" }))
    }

    /// Organisations that notify. They are no persons' data; whoever is logged in may see them.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn organisations(&mut self) -> Result<Vec<Organisation>, RegisterError> {
        self.session.as_ref().ok_or(RegisterError::NoSession)?;
        let of = |r: &Row| Organisation {
            id: r.text(0).to_owned(),
            name: r.text(1).to_owned(),
            kind: r.text(2).to_owned(),
            list: r.text(3).to_owned(),
            synthetic: r.int(4) != 0,
        };
        let sql = "SELECT id, name, kind, list, synthetic FROM organisation ORDER BY id";
        Ok(self.driver.query(sql, &[])?.iter().map(of).collect())
    }

    /// Whether there are persons and none of them exists.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn nobody_exists(&mut self) -> Result<bool, RegisterError> {
        let sql = "SELECT synthetic FROM person UNION SELECT synthetic FROM organisation";
        // A restricted person exists as much as others.
        let rows = self.seeing_all(|r| r.driver.query(sql, &[]))?;
        Ok(!rows.is_empty() && rows.iter().all(|r| r.int(0) != 0))
    }

    /// Lanes that are open, and on what basis. Whoever is logged in may see them.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn lanes(&mut self) -> Result<Vec<OpenLane>, RegisterError> {
        self.session.as_ref().ok_or(RegisterError::NoSession)?;
        let of = |r: &Row| OpenLane {
            name: r.text(0).to_owned(),
            basis: r.text(1).to_owned(),
            assessed: r.text(2).to_owned(),
        };
        Ok(self
            .driver
            .query("SELECT name, basis, assessed FROM lane ORDER BY name", &[])?
            .iter()
            .map(of)
            .collect())
    }

    /// Two registrations side by side, with who they are where that may be seen: whoever links may see the lists with names.
    ///
    /// # Errors
    /// If the policy does not allow it, or one is not there.
    pub fn side_by_side(&mut self, a: &Id, b: &Id) -> Result<SideBySide, RegisterError> {
        let scope = self.scope_of_registrations([*a, *b])?;
        let subject = format!("{} {}", named("registration", a), hex(b));
        let sql = "SELECT 1 FROM registration WHERE id IN ($1, $2) AND lane = 'help'";
        let values = [a.as_slice().into(), b.as_slice().into()];
        if self.vault.is_some() && self.driver.first(sql, &values)?.is_some() {
            self.at_a_persons_pace(Operation::Link, &scope, &subject)?;
        }
        let reach = self.session.as_ref().and_then(|s| s.reach(Operation::Link));
        let reach = reach.unwrap_or_else(Reach::nowhere);
        self.read(Operation::Link, &scope, &subject, |r| {
            let (first, one) = r.with_identity(a)?;
            let (second, other) = r.with_identity(b)?;
            let sql = "SELECT id, decision, probability, method, decided_by, decided_at, undone_at, undone_by \
                       FROM link_decision \
                       WHERE (a = $1 AND b = $2) OR (a = $2 AND b = $1) ORDER BY decided_at DESC, id DESC";
            let of = |r: &Row| PairDecision {
                id: hex(r.bytes(0)),
                decision: r.text(1).to_owned(),
                probability: r.text(2).parse().unwrap_or(0.0),
                method: r.text(3).to_owned(),
                by: r.text(4).to_owned(),
                at: r.text(5).to_owned(),
                undone: !r.is_null(6),
                taken_back: !r.is_null(7) && r.text(7) == r.text(4),
            };
            let rows = r.driver.query(sql, &[a.as_slice().into(), b.as_slice().into()])?;
            let decisions = rows.iter().map(of).collect();
            let group = r.group_of([*a, *b], &reach)?;
            let seen = if one.is_empty() && other.is_empty() { "" } else { NAMES_SEEN };
            let around = group.members.len();
            let detail = format!("{around} registrations, {} and {}{seen}", one.len(), other.len());
            let (registrations, identities) = ([first, second], [one, other]);
            Ok((SideBySide { registrations, identities, decisions, group }, detail))
        })
    }

    fn with_identity(&mut self, id: &Id) -> Result<(Registration, Identity), RegisterError> {
        let sql = format!("SELECT {COLUMNS} FROM registration WHERE id = $1");
        let row = self.driver.first(&sql, &[id.as_slice().into()])?;
        let registration = Registration::from_row(&row.ok_or(RegisterError::NotFound(Thing::Registration))?);
        if self.vault.is_none() || registration.lane != "help" {
            return Ok((registration, Identity::new()));
        }
        let identity = match self.open_identity(&crate::register::id(&registration.person)?) {
            Ok(identity) => identity,
            Err(RegisterError::Erased) => Identity::new(),
            Err(error) => return Err(error),
        };
        Ok((registration, identity))
    }

    /// Decides on a pair by hand, in place of every decision on it that is in force.
    ///
    /// # Errors
    /// If the policy does not allow it, or a registration is not there; then nothing changes.
    pub fn decide(&mut self, a: &Id, b: &Id, decision: &'static str) -> Result<(), RegisterError> {
        let scope = self.scope_of_registrations([*a, *b])?;
        self.act(Operation::Link, &scope, &format!("{} {}", named("registration", a), hex(b)), |r| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let sql = "UPDATE link_decision SET undone_by = $1, undone_at = $2 WHERE undone_at IS NULL \
                       AND ((a = $3 AND b = $4) OR (a = $4 AND b = $3))";
            // By its moment it is known again what took the place of what.
            let at = r.stamp();
            let values = [user.into(), at.as_str().into(), a.as_slice().into(), b.as_slice().into()];
            let undone = r.driver.execute(sql, &values)?;
            let probability = match decision {
                "same" => 1.0,
                "different" => 0.0,
                _ => 0.5,
            };
            let link = Link { a: *a, b: *b, decision, probability, method: BY_HAND.into() };
            r.insert_links_at(&[link], Some(&at))?;
            Ok(((), format!("{decision}, {undone} taken back")))
        })
    }
}
