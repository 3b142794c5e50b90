//! Which question to ask next: one that may decide something, the least harmful first.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::answer::{Answer, Answers, Truth};
use crate::ilo::{SetResult, State};
use crate::law::LawResult;
use crate::rules::{Rules, Weight};

/// Questions that are proposed at a time.
const MOST: usize = 5;

/// A question worth asking.
#[derive(Debug, Clone, Serialize)]
pub struct Next {
    /// The question.
    pub question: String,
    /// How much asking may hurt, 1 to 3.
    pub harm: u8,
    /// The indicators and elements that it may decide.
    pub may_decide: Vec<String>,
}

/// Proposes questions. Whoever refused is not asked again; a follow-up is asked after a yes.
pub fn next(
    rules: &Rules,
    answers: &Answers,
    sets: &[SetResult],
    law: Option<&LawResult>,
    indication: bool,
) -> Vec<Next> {
    let mut worth: BTreeMap<&str, (usize, Vec<String>)> = BTreeMap::new();
    let mut add = |question: &'_ str, weight: usize, what: &str| {
        // The question itself, or the one that must be answered before it.
        let mut question = rules.questions.get(question);
        while let Some(parent) = question.and_then(|q| q.only_if.as_deref())
            && answers.truth(&rules.questions, parent) == Truth::Open
        {
            question = rules.questions.get(parent);
        }
        let Some(q) = question else { return };
        if matches!(answers.given(&q.id), Answer::Refused | Answer::Yes | Answer::No)
            || answers.truth(&rules.questions, &q.id) != Truth::Open
        {
            return;
        }
        let entry = worth.entry(q.id.as_str()).or_default();
        entry.0 = entry.0.max(weight);
        if !entry.1.iter().any(|w| w == what) {
            entry.1.push(what.to_owned());
        }
    };
    if !indication {
        for q in rules.questions.questions.iter().filter(|q| q.indication) {
            add(&q.id, 3, "indication");
        }
    }
    for set in sets {
        for d in set.dimensions.iter().filter(|d| d.state == State::Undetermined) {
            // Abuse of vulnerability reinforces; what decides comes first.
            let decides = !["D3", "D6"].contains(&d.id.as_str());
            for id in &d.open {
                let Some(i) = rules.operational.indicators.iter().find(|i| i.id == *id) else { continue };
                let weight = match i.weight(&set.set) {
                    Weight::Strong => 3,
                    Weight::Medium => 2,
                    _ => 1,
                };
                i.asks.iter().for_each(|q| add(q, if decides { weight } else { 1 }, id));
            }
        }
    }
    for e in law.iter().flat_map(|l| &l.elements) {
        // One element of a group is enough.
        if law.is_some_and(|l| l.group(&e.group) == Truth::Open) {
            e.open.iter().for_each(|q| add(q, 2, &e.id));
        }
    }
    if sets.len() > 1 || law.is_some_and(|l| l.items.iter().any(|i| i.missing == ["minor"])) {
        add("minor", 3, "minor");
    }
    let place = |id: &str| rules.questions.questions.iter().position(|q| q.id == id);
    let mut all: Vec<(u8, bool, usize, Option<usize>, Next)> = worth
        .into_iter()
        .filter_map(|(id, (weight, may_decide))| {
            let harm = rules.questions.get(id)?.harm;
            let asked = answers.given(id) == Answer::Unknown;
            Some((harm, asked, weight, place(id), Next { question: id.to_owned(), harm, may_decide }))
        })
        .collect();
    all.sort_by_key(|(harm, asked, weight, place, _)| (*asked, *harm, std::cmp::Reverse(*weight), *place));
    all.into_iter().take(MOST).map(|n| n.4).collect()
}
