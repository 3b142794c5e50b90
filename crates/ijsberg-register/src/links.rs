//! Decisions on which registrations are of one person. They can be undone: a merge is a view, and nothing is overwritten.

use std::collections::HashMap;

use ijsberg_store::links as store;

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
    /// How it was reached, such as `linkage` or `by hand`.
    pub method: String,
}

/// What became of the decisions of a method when it was run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelinkCounts {
    /// Decisions that were not in force before.
    pub new: u64,
    /// Decisions that stand as they were.
    pub stand: u64,
    /// Decisions that were undone, since they were not found again or their probability changed.
    pub undone: u64,
}

/// Two decisions on a pair are the same if their probabilities differ by no more.
pub const MOVED: f64 = 0.01;

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

    /// Replaces the decisions of a method within reach by those that it found now. A decision that it finds again stays as it is, unless
    /// its probability changed by more than [`MOVED`], so that only changes are written. Either all is done or nothing is.
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
        let mut in_force: HashMap<(Id, Id), Vec<store::MethodDecision>> = HashMap::new();
        store::each_of_method(self.driver.as_mut(), method, reach.within(), &mut |decision| {
            in_force.entry(pair(decision.a, decision.b)).or_default().push(decision);
        })?;
        let is_new = |link: &&Link| {
            let stands = in_force.get_mut(&pair(link.a, link.b)).and_then(|all| {
                let same = |d: &store::MethodDecision| {
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
        Ok(store::take_back_all(self.driver.as_mut(), decisions, &user, &self.now.to_string())?)
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
        let mut new = Vec::with_capacity(links.len());
        for l in links {
            if l.a == l.b {
                return Err(RegisterError::NotFound(Thing::Registration));
            }
            if !(0.0..=1.0).contains(&l.probability) {
                return Err(RegisterError::invalid("probability", Wanted::Probability));
            }
            new.push(store::NewDecision {
                id: self.next_id()?,
                a: l.a,
                b: l.b,
                decision: l.decision,
                probability: l.probability,
                method: &l.method,
                decided_by: &user,
                decided_at: at.map_or_else(|| self.stamp(), str::to_owned),
            });
        }
        store::insert(self.driver.as_mut(), &new)?;
        Ok(())
    }

    /// Undoes one decision. Decisions that a person replaced by it are in force again.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is none in force.
    pub fn undo_link(&mut self, id: &Id) -> Result<(), RegisterError> {
        let scope = match self.seeing_all(|r| store::pair(r.driver.as_mut(), id))? {
            Some(pair) => self.scope_of_registrations([pair.a, pair.b])?,
            None => Scope::all([]),
        };
        self.act(Operation::Link, &scope, &named("decision", id), |r| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let at = r.stamp();
            if store::take_back(r.driver.as_mut(), id, &user, &at)? == 0 {
                return Err(RegisterError::NotFound(Thing::DecisionInForce));
            }
            let back = r.put_back(id)?;
            Ok(((), if back == 0 { String::new() } else { format!("{back} in force again") }))
        })
    }

    /// Within a transaction: decisions that this one replaced are in force again; returns how many.
    fn put_back(&mut self, id: &Id) -> Result<u64, RegisterError> {
        let Some(decision) = store::moment(self.driver.as_mut(), id)? else { return Ok(0) };
        Ok(store::put_back(self.driver.as_mut(), &decision)?)
    }

    /// Decisions in force on registrations within reach: their name, both registrations, and what was decided.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn decisions(&mut self) -> Result<Vec<(Id, Id, Id, String)>, RegisterError> {
        self.read_within(Operation::Link, "decisions", |r, reach| {
            let all = store::in_force(r.driver.as_mut(), reach.within())?;
            let all: Vec<_> = all.into_iter().map(|d| (d.id, d.a, d.b, d.decision)).collect();
            let detail = format!("{} decisions", all.len());
            Ok((all, detail))
        })
    }

    /// Registrations of one person, by the decisions on registrations within reach.
    pub(crate) fn groups(&mut self, reach: &Reach) -> Result<Groups, RegisterError> {
        let mut groups = Groups::default();
        store::each_same(self.driver.as_mut(), reach.within(), &mut |pair| groups.join(pair.a, pair.b))?;
        Ok(groups)
    }

    /// Registrations within reach that share a code: one person twice on a list, or on several lists. Each group by the scheme of the code.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn duplicates(&mut self) -> Result<Vec<(String, Vec<Id>)>, RegisterError> {
        self.read_within(Operation::Link, "duplicates", |r, reach| {
            let mut all: Vec<(String, Vec<Id>)> = Vec::new();
            let mut last: Option<(String, Vec<u8>)> = None;
            store::each_shared_code(r.driver.as_mut(), reach.within(), &mut |code| {
                let key = (code.scheme, code.token);
                match all.last_mut().filter(|_| last.as_ref() == Some(&key)) {
                    Some(group) => group.1.push(code.registration),
                    None => all.push((key.0.clone(), vec![code.registration])),
                }
                last = Some(key);
            })?;
            let detail = format!("{} groups", all.len());
            Ok((all, detail))
        })
    }
}
