//! Which registrations are of one person: decisions that can be taken back. A merge is a view; nothing is overwritten.

use std::collections::HashMap;

use crate::error::RegisterError;
use crate::expected::{Thing, Wanted};
use crate::policy::Operation;
use crate::register::{Id, Register, named};
use crate::scope::{Reach, Scope};

/// The method of what linkage found.
pub const LINKAGE: &str = "linkage";

/// A decision on two registrations.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// One registration.
    pub a: Id,
    /// Another.
    pub b: Id,
    /// `same`, `different` or `undecided`.
    pub decision: &'static str,
    /// How sure, 0 to 1.
    pub probability: f64,
    /// How it was come by, such as `linkage` or `by hand`.
    pub method: String,
}

/// What became of the decisions of a method when it was run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelinkCounts {
    /// Decisions that were not in force before.
    pub new: u64,
    /// Decisions that stand as they were.
    pub stand: u64,
    /// Decisions taken back, as they are not found any more or their probability moved.
    pub undone: u64,
}

/// Two decisions on a pair whose probabilities differ by no more are one.
pub const MOVED: f64 = 0.01;

/// Decisions taken back with one statement.
const AT_ONCE: usize = 500;

/// A decision that is in force.
struct InForce {
    id: Id,
    decision: String,
    probability: f64,
}

/// Two registrations, whichever came first.
fn pair(a: Id, b: Id) -> (Id, Id) {
    (a.min(b), a.max(b))
}

/// The decision of that name.
pub fn decision(name: &str) -> Option<&'static str> {
    ["same", "different", "undecided"].into_iter().find(|d| *d == name.trim())
}

/// Groups of things that are the same.
#[derive(Debug, Default)]
pub(crate) struct Groups(HashMap<Id, Id>);

impl Groups {
    pub(crate) fn root(&self, id: Id) -> Id {
        let mut at = id;
        while let Some(next) = self.0.get(&at) {
            at = *next;
        }
        at
    }

    pub(crate) fn join(&mut self, a: Id, b: Id) {
        let (a, b) = (self.root(a), self.root(b));
        // The lower one leads, so that the order of decisions does not matter.
        if a != b {
            self.0.insert(a.max(b), a.min(b));
        }
    }
}

/// The condition that both registrations of a decision are within reach.
pub(crate) fn both(reach: &Reach, values: &mut Vec<ijsberg_store::Value>) -> String {
    format!("{} AND {}", reach.of_registration("a", values), reach.of_registration("b", values))
}

impl Register {
    fn scope_of_links(&mut self, links: &[Link]) -> Result<Scope, RegisterError> {
        let ids: std::collections::BTreeSet<Id> = links.iter().flat_map(|l| [l.a, l.b]).collect();
        self.scope_of_registrations(ids)
    }

    /// Records decisions.
    ///
    /// # Errors
    /// If the policy does not allow it, or a registration is not there; then none is recorded.
    pub fn link(&mut self, links: &[Link]) -> Result<usize, RegisterError> {
        let subject = format!("{} decisions", links.len());
        if links.is_empty() {
            return self.within(Operation::Link, &subject, |_, _| Ok((0, String::new())));
        }
        let scope = self.scope_of_links(links)?;
        self.act(Operation::Link, &scope, &subject, |r| {
            r.insert_links(links)?;
            Ok((links.len(), String::new()))
        })
    }

    /// Records what a method found in place of all that it found before within reach. What it finds again stands as it was decided,
    /// unless its probability moved by more than [`MOVED`], so that only what changed is written. Either all is done or nothing is.
    ///
    /// # Errors
    /// If the policy does not allow it, or a registration is not there.
    pub fn relink(&mut self, method: &str, links: &[Link]) -> Result<RelinkCounts, RegisterError> {
        let subject = format!("{} decisions", links.len());
        let scope = self.scope_of_links(links)?;
        let reach = self.session.as_ref().and_then(|s| s.reach(Operation::Link));
        let replace = |r: &mut Self| {
            let (gone, new) = r.changes(method, links, reach.as_ref().unwrap_or(&Reach::nowhere()))?;
            let undone = r.take_back(&gone)?;
            let done =
                RelinkCounts { new: new.len() as u64, stand: (links.len() - new.len()) as u64, undone };
            r.insert_links(&new)?;
            Ok((done, format!("{} new, {undone} taken back", done.new)))
        };
        if links.is_empty() {
            return self.within(Operation::Link, &subject, |r, _| replace(r));
        }
        self.act(Operation::Link, &scope, &subject, replace)
    }

    /// Decisions of a method in force within reach that it does not find any more, and those that it found and that are not in force.
    fn changes(
        &mut self,
        method: &str,
        links: &[Link],
        reach: &Reach,
    ) -> Result<(Vec<Id>, Vec<Link>), RegisterError> {
        let mut values = vec![method.into()];
        let sql = format!(
            "SELECT id, a, b, decision, probability FROM link_decision WHERE method = $1 AND undone_at IS NULL AND {}",
            both(reach, &mut values)
        );
        let mut in_force: HashMap<(Id, Id), Vec<InForce>> = HashMap::new();
        self.driver.each(&sql, &values, &mut |row| {
            let ids = [0, 1, 2].map(|at| row.bytes(at).try_into().unwrap_or_default());
            let (decision, probability) = (row.text(3).to_owned(), row.text(4).parse().unwrap_or(f64::NAN));
            let decided = InForce { id: ids[0], decision, probability };
            in_force.entry(pair(ids[1], ids[2])).or_default().push(decided);
        })?;
        let is_new = |link: &&Link| {
            let stands = in_force.get_mut(&pair(link.a, link.b)).and_then(|all| {
                let same = |d: &InForce| {
                    d.decision == link.decision && (d.probability - link.probability).abs() <= MOVED
                };
                all.iter().position(same).map(|at| all.swap_remove(at))
            });
            stands.is_none()
        };
        let new = links.iter().filter(is_new).cloned().collect();
        let mut gone: Vec<Id> = in_force.into_values().flatten().map(|d| d.id).collect();
        gone.sort_unstable();
        Ok((gone, new))
    }

    fn take_back(&mut self, decisions: &[Id]) -> Result<u64, RegisterError> {
        let user = self.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
        let mut undone = 0;
        for part in decisions.chunks(AT_ONCE) {
            let mut values = vec![user.as_str().into(), self.now.to_string().into()];
            let of = |id: &Id| {
                values.push(id.as_slice().into());
                format!("${}", values.len())
            };
            let ids: Vec<String> = part.iter().map(of).collect();
            let sql = format!(
                "UPDATE link_decision SET undone_by = $1, undone_at = $2 WHERE id IN ({}) AND undone_at IS NULL",
                ids.join(", ")
            );
            undone += self.driver.execute(&sql, &values)?;
        }
        Ok(undone)
    }

    pub(crate) fn insert_links(&mut self, links: &[Link]) -> Result<(), RegisterError> {
        self.insert_links_at(links, None)
    }

    /// The same, all decided at one moment where one is given.
    pub(crate) fn insert_links_at(&mut self, links: &[Link], at: Option<&str>) -> Result<(), RegisterError> {
        if self.scope_of_links(links)? == Scope::all([]) && !links.is_empty() {
            return Err(RegisterError::NotFound(Thing::Registration));
        }
        let user = self.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
        let mut rows = Vec::with_capacity(links.len());
        for l in links {
            if l.a == l.b {
                return Err(RegisterError::NotFound(Thing::Registration));
            }
            if !(0.0..=1.0).contains(&l.probability) {
                return Err(RegisterError::invalid("probability", Wanted::Probability));
            }
            rows.push(vec![
                self.next_id()?.as_slice().into(),
                l.a.as_slice().into(),
                l.b.as_slice().into(),
                l.decision.into(),
                l.probability.to_string().into(),
                l.method.as_str().into(),
                user.as_str().into(),
                at.map_or_else(|| self.stamp(), str::to_owned).into(),
            ]);
        }
        let columns = ["id", "a", "b", "decision", "probability", "method", "decided_by", "decided_at"];
        self.driver.insert_new("link_decision", &columns, &mut rows.into_iter())?;
        Ok(())
    }

    /// Takes one decision back. Where a person made it in place of others, these are in force again.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is none in force.
    pub fn undo_link(&mut self, id: &Id) -> Result<(), RegisterError> {
        let sql = "SELECT a, b FROM link_decision WHERE id = $1";
        let row = self.seeing_all(|r| r.driver.first(sql, &[id.as_slice().into()]))?;
        let of = row.and_then(|r| Some([r.bytes(0).try_into().ok()?, r.bytes(1).try_into().ok()?]));
        let scope = match of {
            Some(both) => self.scope_of_registrations(both)?,
            None => Scope::all([]),
        };
        self.act(Operation::Link, &scope, &named("decision", id), |r| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let sql =
                "UPDATE link_decision SET undone_by = $1, undone_at = $2 WHERE id = $3 AND undone_at IS NULL";
            let at = r.stamp();
            if r.driver.execute(sql, &[user.into(), at.into(), id.as_slice().into()])? == 0 {
                return Err(RegisterError::NotFound(Thing::DecisionInForce));
            }
            let back = r.put_back(id)?;
            Ok(((), if back == 0 { String::new() } else { format!("{back} in force again") }))
        })
    }

    /// Within a transaction: what a decision took the place of is in force again; how many that are.
    fn put_back(&mut self, id: &Id) -> Result<u64, RegisterError> {
        let sql = "SELECT a, b, decided_by, decided_at FROM link_decision WHERE id = $1";
        let Some(row) = self.driver.first(sql, &[id.as_slice().into()])? else { return Ok(0) };
        let sql = "UPDATE link_decision SET undone_by = NULL, undone_at = NULL WHERE undone_by = $1 \
                   AND undone_at = $2 AND ((a = $3 AND b = $4) OR (a = $4 AND b = $3))";
        let values = [
            row.text(2).into(),
            row.text(3).into(),
            row.bytes(0).to_vec().into(),
            row.bytes(1).to_vec().into(),
        ];
        Ok(self.driver.execute(sql, &values)?)
    }

    /// Decisions in force on registrations within reach: their name, both registrations, and what was decided.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn decisions(&mut self) -> Result<Vec<(Id, Id, Id, String)>, RegisterError> {
        self.read_within(Operation::Link, "decisions", |r, reach| {
            let mut values = Vec::new();
            let sql = format!(
                "SELECT id, a, b, decision FROM link_decision WHERE undone_at IS NULL AND {} ORDER BY decided_at, id",
                both(reach, &mut values)
            );
            let of = |row: &ijsberg_store::Row| {
                Some((
                    row.bytes(0).try_into().ok()?,
                    row.bytes(1).try_into().ok()?,
                    row.bytes(2).try_into().ok()?,
                    row.text(3).to_owned(),
                ))
            };
            let all: Vec<_> = r.driver.query(&sql, &values)?.iter().filter_map(of).collect();
            let detail = format!("{} decisions", all.len());
            Ok((all, detail))
        })
    }

    /// Registrations of one person by what was decided on registrations within reach.
    pub(crate) fn groups(&mut self, reach: &Reach) -> Result<Groups, RegisterError> {
        let mut groups = Groups::default();
        let mut values = Vec::new();
        let sql = format!(
            "SELECT a, b FROM link_decision WHERE decision = 'same' AND undone_at IS NULL AND {}",
            both(reach, &mut values)
        );
        self.driver.each(&sql, &values, &mut |row| {
            if let (Ok(a), Ok(b)) = (row.bytes(0).try_into(), row.bytes(1).try_into()) {
                groups.join(a, b);
            }
        })?;
        Ok(groups)
    }

    /// Registrations within reach that share a code: one person twice on a list, or on several lists. Each group by the scheme of the code.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn duplicates(&mut self) -> Result<Vec<(String, Vec<Id>)>, RegisterError> {
        self.read_within(Operation::Link, "duplicates", |r, reach| {
            let mut values = Vec::new();
            let own = reach.of_registration("registration", &mut values);
            let sql = format!(
                "SELECT t.scheme, t.token, t.registration FROM link_token t JOIN \
                 (SELECT scheme, token FROM link_token WHERE {own} GROUP BY scheme, token HAVING count(*) > 1) d \
                 ON d.scheme = t.scheme AND d.token = t.token WHERE {own} \
                 ORDER BY t.scheme, t.token, t.registration"
            );
            let mut all: Vec<(String, Vec<Id>)> = Vec::new();
            let mut last: Option<(String, Vec<u8>)> = None;
            r.driver.each(&sql, &values, &mut |row| {
                let key = (row.text(0).to_owned(), row.bytes(1).to_vec());
                let Ok(id) = row.bytes(2).try_into() else { return };
                match all.last_mut().filter(|_| last.as_ref() == Some(&key)) {
                    Some(group) => group.1.push(id),
                    None => all.push((key.0.clone(), vec![id])),
                }
                last = Some(key);
            })?;
            let detail = format!("{} groups", all.len());
            Ok((all, detail))
        })
    }
}
