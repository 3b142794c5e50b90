//! The elements of the law in force on the day of the facts, as a list with reasons.

use std::collections::HashSet;

use serde::Serialize;

use crate::answer::{KnownAnswers, Truth};
use crate::ilo::ByAge;
use crate::rules::{Basis, Element, Exclusion, Item, Law, Rules, Stamp};

/// An element, with reasons. Supported is not proved.
#[derive(Debug, Clone, Serialize)]
pub struct ElementResult {
    /// The element.
    pub id: String,
    /// The group it belongs to.
    pub group: String,
    /// Whether it is supported.
    pub supported: Truth,
    /// What it rests on in law.
    pub basis: Basis,
    /// Questions answered yes that support it, and dimensions and groups that do.
    pub supports: Vec<String>,
    /// Questions answered yes that point to it without supporting it by themselves.
    pub points: Vec<String>,
    /// Questions answered no that speak against it.
    pub contradicts: Vec<String>,
    /// Questions that are open and would support it.
    pub open: Vec<String>,
}

/// A numbered item.
#[derive(Debug, Clone, Serialize)]
pub struct ItemResult {
    /// Its number.
    pub number: u8,
    /// Whether all that it needs is supported, what courts read into it included.
    pub complete: Truth,
    /// Of what it needs, the groups that are not yet supported.
    pub missing: Vec<String>,
    /// The weakest of what it rests on, where it is complete.
    pub basis: Basis,
}

/// The law on a case.
#[derive(Debug, Clone, Serialize)]
pub struct LawResult {
    /// Which pack.
    pub pack: Stamp,
    /// Groups of elements: supported if any element is.
    pub groups: Vec<(String, Truth)>,
    /// Elements.
    pub elements: Vec<ElementResult>,
    /// Items.
    pub items: Vec<ItemResult>,
}

impl LawResult {
    /// Whether any element of a group is supported.
    pub fn group(&self, id: &str) -> Truth {
        self.groups.iter().find(|g| g.0 == id).map_or(Truth::Open, |g| g.1)
    }

    /// How many elements of a group are supported.
    pub fn supported(&self, group: &str) -> usize {
        self.elements.iter().filter(|e| e.group == group && e.supported == Truth::Yes).count()
    }
}

/// What can be said of elements, for a person of one age.
struct Reader<'a> {
    rules: &'a Rules,
    law: &'a Law,
    known: &'a KnownAnswers<'a>,
    /// The dimensions, for a person of that age.
    weighed: &'a ByAge<'a>,
    child: bool,
}

impl Reader<'_> {
    /// A question, a dimension or a group.
    fn token(&self, token: &str) -> Truth {
        if self.rules.operational.dimensions.iter().any(|d| d.id == token) {
            return self.weighed.state(token).truth();
        }
        if self.law.groups.iter().any(|g| g.id == token) {
            let of = self.law.elements.iter().filter(|e| e.group == token);
            return Truth::any(of.map(|e| self.element(e)));
        }
        self.known.truth(token)
    }

    fn element(&self, e: &Element) -> Truth {
        let any = |of: &[String]| Truth::any(of.iter().map(|q| self.token(q)));
        let yes = if self.when_yes(e).is_empty() { Truth::No } else { Truth::Yes };
        let mut ways = vec![any(&e.by), yes];
        if !e.criteria.is_empty() {
            ways.push(Truth::all(e.criteria.iter().map(|c| any(c))));
        }
        if self.child {
            ways.push(any(&e.by_minor));
            if !e.criteria_minor.is_empty() {
                ways.push(Truth::all(e.criteria_minor.iter().map(|c| any(c))));
            }
        }
        let supported = if self.excluded(e) { Truth::No } else { Truth::any(ways) };
        // A person bound by a debt is not known to be free of pressure, whatever was answered about the debt.
        let pointed = || e.group == "means" && any(&e.points) == Truth::Yes;
        if supported == Truth::No && pointed() { Truth::Open } else { supported }
    }

    /// The yes answers that support it; these questions and dimensions say nothing while they are open.
    fn when_yes<'e>(&self, e: &'e Element) -> Vec<&'e String> {
        let yes = |q: &&String| self.token(q) == Truth::Yes;
        let all = !e.when_all.is_empty() && e.when_all.iter().all(|of| of.iter().any(|q| yes(&q)));
        let together = e.when_all.iter().flatten().filter(|_| all);
        e.when_yes.iter().chain(together).filter(yes).collect()
    }

    /// Whether everything without which it is not there is answered no, and nothing else joins it.
    fn excluded(&self, e: &Element) -> bool {
        e.unless.iter().any(|u| self.takes_away(u))
    }

    fn takes_away(&self, u: &Exclusion) -> bool {
        let is = |q: &String, t: Truth| self.token(q) == t;
        u.no.iter().all(|q| is(q, Truth::No)) && !u.save.iter().any(|q| is(q, Truth::Yes))
    }

    /// Criteria that count at the person's age, and whether all of one kind hold. Where one of a kind is excluded, the others of that
    /// kind say nothing: low pay is no sign of coercion in somebody who comes and goes.
    fn criteria<'e>(&self, e: &'e Element) -> (Vec<&'e Vec<String>>, bool) {
        let minor: &[Vec<String>] = if self.child { &e.criteria_minor } else { &[] };
        let any = |c: &Vec<String>| Truth::any(c.iter().map(|q| self.token(q)));
        let kinds = [&e.criteria[..], minor].into_iter().filter(|of| !of.is_empty());
        let kinds: Vec<_> = kinds.map(|of| (of, Truth::all(of.iter().map(any)))).collect();
        let may = kinds.iter().filter(|k| k.1 != Truth::No).flat_map(|k| k.0).collect();
        (may, kinds.iter().any(|k| k.1 == Truth::Yes))
    }

    /// How many means there are that rest on the text or case law: elements, and of one element answers to what is asked apart.
    /// Abduction and taken papers are both coercion, and two; papers that are taken here and were taken on the way are one.
    fn means(&self, truths: &[(&Element, Truth)], spent: &[&String]) -> usize {
        let yes = |q: &&String| self.known.truth(q) == Truth::Yes;
        let sure = |e: &Element| e.group == "means" && e.basis != Basis::ToBeVerified;
        let supported = truths.iter().filter(|t| sure(t.0) && t.1 == Truth::Yes);
        let mut found: HashSet<(&str, Option<&str>)> = HashSet::new();
        for (e, _) in supported {
            let opening = |q| Some(self.rules.questions.opening(q));
            let together = self.when_yes(e);
            let first = e.when_all.first().into_iter().flatten().filter(|q| together.contains(q));
            let answered = || e.by.iter().chain(&e.when_yes).chain(first.clone()).filter(yes);
            let apart = answered().filter(|q| !spent.contains(q));
            found.extend(apart.map(|q| (e.id.as_str(), opening(q))));
            if answered().next().is_none() {
                found.insert((&e.id, None));
            }
        }
        found.len()
    }

    fn result(&self, e: &Element) -> ElementResult {
        let supported = self.element(e);
        let minor: &[String] = if self.child { &e.by_minor } else { &[] };
        let mut direct: Vec<&String> = e.by.iter().chain(minor).chain(self.when_yes(e)).collect();
        let mut loose: Vec<&String> = e.points.iter().filter(|p| !direct.contains(p)).collect();
        let (criteria, hold) = self.criteria(e);
        let to = if hold && supported == Truth::Yes { &mut direct } else { &mut loose };
        to.extend(criteria.iter().copied().flatten());
        let such = |of: &[&String], t: Truth| {
            let mut found: Vec<String> = Vec::new();
            for q in of.iter().filter(|q| self.token(q) == t) {
                if !found.contains(q) {
                    found.push((*q).clone());
                }
            }
            found
        };
        let supports = such(&direct, Truth::Yes);
        let mut points = such(&loose, Truth::Yes);
        points.retain(|p| !supports.contains(p));
        // Of criteria of which one is enough, a no says nothing while another holds or may.
        // What takes away what nothing points to is not worth a line.
        let pointed = !points.is_empty();
        let without = e.unless.iter().filter(|u| pointed && self.takes_away(u)).flat_map(|u| &u.no);
        let against: Vec<&String> = e.by.iter().chain(minor).chain(&e.points).chain(without).collect();
        let mut open = such(&direct, Truth::Open);
        if supported == Truth::Open {
            let more = criteria.into_iter().filter(|c| c.iter().all(|q| self.token(q) != Truth::Yes));
            let more: Vec<&String> =
                more.flatten().filter(|q| self.rules.questions.get(q).is_some()).collect();
            let more = such(&more, Truth::Open);
            open.extend(more.into_iter().filter(|q| !direct.contains(&q)));
        }
        let contradicts = such(&against, Truth::No);
        ElementResult {
            id: e.id.clone(),
            group: e.group.clone(),
            supported,
            basis: e.basis,
            supports,
            points,
            contradicts,
            open,
        }
    }
}

fn weakest(of: impl IntoIterator<Item = Basis>) -> Basis {
    of.into_iter().max_by_key(|b| *b as u8).unwrap_or_default()
}

/// The surest support of a need: of the groups that would do, of their elements.
fn surest(elements: &[ElementResult], any: &[String]) -> Basis {
    let supported = elements.iter().filter(|e| any.contains(&e.group) && e.supported == Truth::Yes);
    supported.map(|e| e.basis).min_by_key(|b| *b as u8).unwrap_or_default()
}

/// Whether an item can be there where every means is excluded: of a child it can.
fn without_means(item: &Item, means: Truth, minor: Truth) -> Truth {
    if item.not_without_means.is_some() && means == Truth::No { minor } else { Truth::Yes }
}

fn item(item: &Item, elements: &[ElementResult], minor: Truth) -> ItemResult {
    let of_group = |id: &str| Truth::any(elements.iter().filter(|e| e.group == id).map(|e| e.supported));
    let needed = |any: &Vec<String>| Truth::any(any.iter().map(|g| of_group(g)));
    let age = if item.minor { minor } else { Truth::Yes };
    let mut missing: Vec<String> =
        item.all().filter(|n| needed(n) != Truth::Yes).flatten().cloned().collect();
    missing.extend((age != Truth::Yes).then(|| "minor".to_owned()));
    let without = without_means(item, of_group("means"), minor);
    missing.extend((without != Truth::Yes).then(|| "means".to_owned()));
    let complete = Truth::all(item.all().map(needed).chain([age, without]));
    let read_in = item.implied.iter().map(|i| i.basis);
    let basis = weakest(item.all().map(|n| surest(elements, n)).chain(read_in));
    ItemResult { number: item.number, complete, missing, basis }
}

/// The law on a case, no more of it than the wording needs.
pub(crate) struct Summary<'a> {
    groups: Vec<(&'a str, Truth)>,
    /// How many means there are, each by an answer of its own.
    pub(crate) means: usize,
    /// Somebody gains, and gain is not part of what exploitation was concluded from: the same answer would corroborate what it is part
    /// of.
    pub(crate) gain_beside: bool,
    /// An item is complete.
    pub(crate) complete: bool,
    /// One is complete on the text and settled case law.
    pub(crate) settled: bool,
}

impl Summary<'_> {
    pub(crate) fn group(&self, id: &str) -> Truth {
        self.groups.iter().find(|g| g.0 == id).map_or(Truth::Open, |g| g.1)
    }
}

/// The same answers, for a child or for an adult, in short.
pub(crate) fn summary<'a>(
    rules: &'a Rules,
    law: &'a Law,
    known: &'a KnownAnswers<'a>,
    weighed: &'a ByAge<'a>,
    child: bool,
) -> Summary<'a> {
    let reader = Reader { rules, law, known, weighed, child };
    let truths: Vec<(&Element, Truth)> = law.elements.iter().map(|e| (e, reader.element(e))).collect();
    let group = |id: &str| Truth::any(truths.iter().filter(|t| t.0.group == id).map(|t| t.1));
    let groups: Vec<(&str, Truth)> = law.groups.iter().map(|g| (g.id.as_str(), group(&g.id))).collect();
    let gain: Vec<&String> =
        law.elements.iter().filter(|e| e.group == "profit").flat_map(|e| &e.by).collect();
    let concluded = |e: &Element| {
        let mut criteria = e.criteria.iter().chain(&e.criteria_minor).flatten();
        e.gain || (e.by.is_empty() && criteria.any(|q| gain.contains(&q)))
    };
    // Of a child, a restriction from which exploitation was concluded does not corroborate it as a means.
    let is_exploitation = |e: &Element| ["exploitation", "organs"].contains(&e.group.as_str());
    let by = || truths.iter().filter(|t| t.1 == Truth::Yes && is_exploitation(t.0)).map(|t| t.0);
    let alone = child && by().all(concluded);
    let spent: Vec<&String> =
        by().filter(|_| alone).flat_map(|e| e.criteria.iter().chain(&e.criteria_minor).flatten()).collect();
    let mut exploitation = truths.iter().filter(|t| ["exploitation", "organs"].contains(&t.0.group.as_str()));
    let mut summary = Summary {
        groups,
        means: reader.means(&truths, &spent),
        gain_beside: group("profit") == Truth::Yes
            && exploitation.any(|t| t.1 == Truth::Yes && !concluded(t.0)),
        complete: false,
        settled: false,
    };
    for item in law.items.iter().filter(|i| child || !i.minor) {
        let needed = |any: &Vec<String>| any.iter().any(|g| summary.group(g) == Truth::Yes);
        let without = without_means(item, summary.group("means"), if child { Truth::Yes } else { Truth::No });
        if !item.all().all(needed) || without != Truth::Yes {
            continue;
        }
        let sure = |any: &Vec<String>| {
            let mut of = truths.iter().filter(|t| any.contains(&t.0.group) && t.1 == Truth::Yes);
            of.any(|t| t.0.basis != Basis::ToBeVerified)
        };
        let implied = item.implied.as_ref().is_none_or(|i| i.basis != Basis::ToBeVerified);
        let settled = implied && item.all().all(sure);
        summary.complete = true;
        summary.settled |= settled;
    }
    summary
}

/// Lays the answers beside the elements, for a child or for an adult.
pub(crate) fn evaluate(
    rules: &Rules,
    law: &Law,
    known: &KnownAnswers<'_>,
    weighed: &ByAge<'_>,
    child: bool,
) -> LawResult {
    let reader = Reader { rules, law, known, weighed, child };
    let elements: Vec<ElementResult> = law.elements.iter().map(|e| reader.result(e)).collect();
    finish(law, elements, if child { Truth::Yes } else { Truth::No })
}

fn finish(law: &Law, elements: Vec<ElementResult>, minor: Truth) -> LawResult {
    let of_group = |id: &str| Truth::any(elements.iter().filter(|e| e.group == id).map(|e| e.supported));
    let groups: Vec<(String, Truth)> = law.groups.iter().map(|g| (g.id.clone(), of_group(&g.id))).collect();
    let items = law.items.iter().map(|i| item(i, &elements, minor)).collect();
    let pack = Stamp {
        id: law.id.clone(),
        version: law.version.clone(),
        sha256: law.sha256.clone(),
        verified: law.verified,
    };
    LawResult { pack, groups, elements, items }
}

/// What holds whatever the age is: an element is supported or not only where it is so for both.
pub(crate) fn either(law: &Law, adult: &LawResult, child: &LawResult) -> LawResult {
    let both = |(a, c): (&ElementResult, &ElementResult)| {
        if a.supported == c.supported {
            return a.clone();
        }
        let mut points = a.points.clone();
        points.extend(c.supports.iter().filter(|q| !a.points.contains(q)).cloned());
        ElementResult { supported: Truth::Open, supports: Vec::new(), points, ..a.clone() }
    };
    let elements = adult.elements.iter().zip(&child.elements).map(both).collect();
    finish(law, elements, Truth::Open)
}
