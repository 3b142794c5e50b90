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

    /// Records decisions of one method in place of all that it made before within reach; returns how many were taken back. Either
    /// both are done or nothing is.
    ///
    /// # Errors
    /// If the policy does not allow it, or a registration is not there.
    pub fn relink(&mut self, method: &str, links: &[Link]) -> Result<u64, RegisterError> {
        let subject = format!("{} decisions", links.len());
        let scope = self.scope_of_links(links)?;
        let reach = self.session.as_ref().and_then(|s| s.reach(Operation::Link));
        let replace = |r: &mut Self| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let mut values = vec![user.into(), r.now.to_string().into(), method.into()];
            let own = both(reach.as_ref().unwrap_or(&Reach::nowhere()), &mut values);
            let sql = format!(
                "UPDATE link_decision SET undone_by = $1, undone_at = $2 \
                 WHERE method = $3 AND undone_at IS NULL AND {own}"
            );
            let undone = r.driver.execute(&sql, &values)?;
            r.insert_links(links)?;
            Ok((undone, format!("{undone} taken back")))
        };
        if links.is_empty() {
            return self.within(Operation::Link, &subject, |r, _| replace(r));
        }
        self.act(Operation::Link, &scope, &subject, replace)
    }

    pub(crate) fn insert_links(&mut self, links: &[Link]) -> Result<(), RegisterError> {
        let mut known = std::collections::HashSet::new();
        self.driver.each("SELECT id FROM registration", &[], &mut |row| {
            known.insert(row.bytes(0).to_vec());
        })?;
        let user = self.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
        let mut rows = Vec::with_capacity(links.len());
        for l in links {
            if !known.contains(l.a.as_slice()) || !known.contains(l.b.as_slice()) || l.a == l.b {
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
                self.stamp().into(),
            ]);
        }
        let columns = ["id", "a", "b", "decision", "probability", "method", "decided_by", "decided_at"];
        self.driver.insert_new("link_decision", &columns, &mut rows.into_iter())?;
        Ok(())
    }

    /// Takes one decision back.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is none in force.
    pub fn undo_link(&mut self, id: &Id) -> Result<(), RegisterError> {
        let row =
            self.driver.first("SELECT a, b FROM link_decision WHERE id = $1", &[id.as_slice().into()])?;
        let of = row.and_then(|r| Some([r.bytes(0).try_into().ok()?, r.bytes(1).try_into().ok()?]));
        let scope = match of {
            Some(both) => self.scope_of_registrations(both)?,
            None => Scope::all([]),
        };
        self.act(Operation::Link, &scope, &named("decision", id), |r| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let sql =
                "UPDATE link_decision SET undone_by = $1, undone_at = $2 WHERE id = $3 AND undone_at IS NULL";
            match r.driver.execute(sql, &[user.into(), r.now.to_string().into(), id.as_slice().into()])? {
                0 => Err(RegisterError::NotFound(Thing::DecisionInForce)),
                _ => Ok(((), String::new())),
            }
        })
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
