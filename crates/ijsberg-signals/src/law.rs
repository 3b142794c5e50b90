//! The elements of the law in force on the day of the facts, as a list with reasons.

use serde::Serialize;

use crate::answer::{Answers, Truth};
use crate::rules::{Law, Rules, Stamp};

/// An element, with reasons. Supported is not proved.
#[derive(Debug, Clone, Serialize)]
pub struct ElementResult {
    /// The element.
    pub id: String,
    /// The group it belongs to.
    pub group: String,
    /// Whether it is supported.
    pub supported: Truth,
    /// Questions answered yes that support it.
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
    /// Whether all that it needs is supported.
    pub complete: Truth,
    /// Of what it needs, the groups that are not yet supported.
    pub missing: Vec<String>,
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
}

/// Lays the answers beside the elements.
pub fn evaluate(rules: &Rules, law: &Law, answers: &Answers) -> LawResult {
    let truth = |q: &String| answers.truth(&rules.questions, q);
    let such =
        |of: &[String], t: Truth| of.iter().filter(|q| truth(q) == t).cloned().collect::<Vec<String>>();
    let elements: Vec<ElementResult> = law
        .elements
        .iter()
        .map(|e| ElementResult {
            id: e.id.clone(),
            group: e.group.clone(),
            supported: Truth::any(e.by.iter().map(truth)),
            supports: such(&e.by, Truth::Yes),
            points: such(&e.points, Truth::Yes),
            contradicts: [such(&e.by, Truth::No), such(&e.points, Truth::No)].concat(),
            open: such(&e.by, Truth::Open),
        })
        .collect();
    let of_group = |id: &str| Truth::any(elements.iter().filter(|e| e.group == id).map(|e| e.supported));
    let groups: Vec<(String, Truth)> = law.groups.iter().map(|g| (g.id.clone(), of_group(&g.id))).collect();
    let minor = truth(&"minor".to_owned());
    let items = law
        .items
        .iter()
        .map(|item| {
            let needed = |any: &Vec<String>| Truth::any(any.iter().map(|g| of_group(g)));
            let age = if item.minor { minor } else { Truth::Yes };
            let mut missing: Vec<String> =
                item.needs.iter().filter(|n| needed(n) != Truth::Yes).flatten().cloned().collect();
            missing.extend((age != Truth::Yes).then(|| "minor".to_owned()));
            let complete = Truth::all(item.needs.iter().map(needed).chain([age]));
            ItemResult { number: item.number, complete, missing }
        })
        .collect();
    let pack = Stamp {
        id: law.id.clone(),
        version: law.version.clone(),
        sha256: law.sha256.clone(),
        verified: law.verified,
    };
    LawResult { pack, groups, elements, items }
}
