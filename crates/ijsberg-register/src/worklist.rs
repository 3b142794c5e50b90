//! What waits for somebody: pairs of registrations that a person should look at.

use ijsberg_crypto::hex;
use ijsberg_store::worklist::{self as waiting, UnseenReadings};
use ijsberg_store::{Driver, StoreError, Within, existence, lanes, links, organisations, registrations};

use crate::audit::Entry;
use crate::error::RegisterError;
use crate::expected::Thing;
use crate::group::Group;
use crate::links::Link;
use crate::policy::Operation;
use crate::register::{Id, Register, named};
use crate::registrations::Registration;
use crate::scope::Reach;
use crate::vault::{Identity, NAMES_SEEN, UNUSUAL};

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
    /// Synthetic.
    pub synthetic: bool,
}

impl From<organisations::Organisation> for Organisation {
    fn from(stored: organisations::Organisation) -> Self {
        let organisations::Organisation { id, name, kind, list, synthetic } = stored;
        Self { id, name, kind, list, synthetic }
    }
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

impl From<lanes::OpenLane> for OpenLane {
    fn from(stored: lanes::OpenLane) -> Self {
        let lanes::OpenLane { name, basis, assessed } = stored;
        Self { name, basis, assessed }
    }
}

/// Two registrations that may be of one person.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Pair {
    /// One registration.
    pub a: String,
    /// The other.
    pub b: String,
    /// The current decision: `same`, `undecided`, or nothing yet.
    pub decision: Option<String>,
    /// The decision, to undo it.
    pub id: Option<String>,
    /// How sure, 0 to 1, where it was linked.
    pub probability: Option<f64>,
    /// How it was reached: the method of a decision, or the scheme of a code that both share.
    pub method: String,
}

/// A pair side by side.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SideBySide {
    /// Both registrations.
    pub registrations: [Registration; 2],
    /// Their identities, if the vault is open and they are on the support track.
    pub identities: [Identity; 2],
    /// Decisions on the two, newest first, those undone too.
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
    /// How it was reached.
    pub method: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: String,
    /// Undone, or replaced by another one.
    pub undone: bool,
    /// By the user who made it.
    pub taken_back: bool,
}

impl From<links::PairDecision> for PairDecision {
    fn from(stored: links::PairDecision) -> Self {
        Self {
            id: hex(&stored.id),
            decision: stored.decision,
            probability: stored.probability,
            method: stored.method,
            undone: stored.undone_at.is_some(),
            taken_back: stored.undone_by.as_deref() == Some(stored.decided_by.as_str()),
            by: stored.decided_by,
            at: stored.decided_at,
        }
    }
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

/// Unusual readings that a user has not seen yet; `look` is the operation of a look at the log.
fn unseen<'a>(user: &'a str, look: &'a str) -> UnseenReadings<'a> {
    UnseenReadings { user, unusual: UNUSUAL, look, seen: SEEN }
}

impl Register {
    /// How much waits for the logged-in user: counts, and nothing of a person.
    ///
    /// # Errors
    /// If nobody is logged in, or has something to do first.
    pub fn waiting(&mut self) -> Result<WaitingCounts, RegisterError> {
        let session = self.ready()?;
        self.current_keys()?;
        let look = Operation::ReadAudit.name();
        let readings = unseen(&session.user, &look);
        let reach = |operation| session.reach(operation);
        let emergencies = reach(Operation::ReviewBreakGlass);
        Ok(WaitingCounts {
            pairs: self.waits(reach(Operation::Link), &waiting::undecided_pairs)?,
            // As many as the list of them has.
            emergencies: self.seeing_all(|r| r.waits(emergencies, &waiting::unreviewed_emergencies))?,
            erasing: self.waits(reach(Operation::Retain), &waiting::listed_for_erasure)?,
            unusual: self.waits(reach(Operation::ReadAudit), &|driver, within| {
                waiting::count_unseen(driver, &readings, within)
            })?,
        })
    }

    /// How many of something wait within reach; nothing where there is none.
    fn waits(
        &mut self,
        reach: Option<Reach>,
        count: &dyn Fn(&mut dyn Driver, Within<'_>) -> Result<u64, StoreError>,
    ) -> Result<Option<u64>, RegisterError> {
        let Some(reach) = reach else { return Ok(None) };
        Ok(Some(count(self.driver.as_mut(), reach.within())?))
    }

    /// The log text for entries that were viewed. Unusual readings count as seen only if all that the user has not seen yet are among the
    /// entries: another page of the log, or none, does not count.
    pub(crate) fn looked_at(&mut self, reach: &Reach, entries: &[Entry]) -> Result<String, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let look = Operation::ReadAudit.name();
        let readings = unseen(&user, &look);
        let unseen = waiting::unseen(self.driver.as_mut(), &readings, reach.within())?;
        let all = unseen.iter().all(|seq| entries.iter().any(|e| e.seq == *seq));
        Ok(format!("{} entries{}", entries.len(), if all { SEEN } else { "" }))
    }

    /// Organisations that notify. They are no personal data; every logged-in user may see them.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn organisations(&mut self) -> Result<Vec<Organisation>, RegisterError> {
        self.session.as_ref().ok_or(RegisterError::NoSession)?;
        let all = organisations::organisations(self.driver.as_mut())?;
        Ok(all.into_iter().map(Organisation::from).collect())
    }

    /// Whether there are persons and all of them are synthetic.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn nobody_exists(&mut self) -> Result<bool, RegisterError> {
        // A restricted person exists as much as others.
        let made_up = self.seeing_all(|r| existence::made_up(r.driver.as_mut()))?;
        Ok(!made_up.is_empty() && made_up.into_iter().all(|made_up| made_up))
    }

    /// Tracks that are open, and on what basis. Every logged-in user may see them.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn lanes(&mut self) -> Result<Vec<OpenLane>, RegisterError> {
        self.session.as_ref().ok_or(RegisterError::NoSession)?;
        let all = lanes::lanes(self.driver.as_mut())?;
        Ok(all.into_iter().map(OpenLane::from).collect())
    }

    /// Two registrations side by side, with their identities if these may be seen: users who link may see the lists with names.
    ///
    /// # Errors
    /// If the policy does not allow it, or one is not there.
    pub fn side_by_side(&mut self, a: &Id, b: &Id) -> Result<SideBySide, RegisterError> {
        let scope = self.scope_of_registrations([*a, *b])?;
        let subject = format!("{} {}", named("registration", a), hex(b));
        if self.vault.is_some() && links::has_help_lane(self.driver.as_mut(), a, b)? {
            self.at_a_persons_pace(Operation::Link, &scope, &subject)?;
        }
        let reach = self.session.as_ref().and_then(|s| s.reach(Operation::Link));
        let reach = reach.unwrap_or_else(Reach::nowhere);
        self.read(Operation::Link, &scope, &subject, |r| {
            let (first, one) = r.with_identity(a)?;
            let (second, other) = r.with_identity(b)?;
            let decisions = links::on_pair(r.driver.as_mut(), a, b)?;
            let decisions = decisions.into_iter().map(PairDecision::from).collect();
            let group = r.group_of([*a, *b], &reach)?;
            let seen = if one.is_empty() && other.is_empty() { "" } else { NAMES_SEEN };
            let around = group.members.len();
            let detail = format!("{around} registrations, {} and {}{seen}", one.len(), other.len());
            let (registrations, identities) = ([first, second], [one, other]);
            Ok((SideBySide { registrations, identities, decisions, group }, detail))
        })
    }

    fn with_identity(&mut self, id: &Id) -> Result<(Registration, Identity), RegisterError> {
        let stored = registrations::registration(self.driver.as_mut(), id)?;
        let registration = Registration::from(stored.ok_or(RegisterError::NotFound(Thing::Registration))?);
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
            // The common time shows later which decision replaced which.
            let at = r.stamp();
            let undone = links::take_back_on_pair(r.driver.as_mut(), (a, b), &user, &at)?;
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
