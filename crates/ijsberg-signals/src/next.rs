//! Which question to ask next: in the order of a conversation, and only one that can still change the wording.

use serde::Serialize;

use crate::answer::{Answer, Answers, Truth};
use crate::assess::Case;
use crate::layers;
use crate::rules::{Question, Rules};

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

/// Proposes the next questions; none when no two further answers can change the wording.
pub fn next(rules: &Rules, case: &Case) -> Vec<Next> {
    let worth = worth_asking(rules, case);
    let next = |q: &&Question| Next { question: q.id.clone(), harm: q.harm, may_decide: decides(rules, q) };
    worth.iter().take(MOST).map(next).collect()
}

/// Whether a question can be asked now: it is open, what must come before it was answered so, and nobody refused or knew nothing.
pub fn askable(rules: &Rules, answers: &Answers, q: &Question) -> bool {
    let questions = &rules.questions;
    let answered = |id: &str| answers.given(id);
    let before = q.only_if.as_ref().is_none_or(|p| answers.truth(questions, p) == Truth::Yes);
    let in_vain = q.if_open.as_ref().is_none_or(|p| matches!(answered(p), Answer::Unknown | Answer::Refused));
    before && in_vain && answered(&q.id) == Answer::NotAsked && answers.truth(questions, &q.id) == Truth::Open
}

/// All questions that are worth asking now, in order: those of which one answer alone, or those asked together with it, would change
/// the wording, or else those of which two would. A question that opens others counts with the best that they may bring.
pub fn worth_asking<'a>(rules: &'a Rules, case: &Case) -> Vec<&'a Question> {
    let questions = &rules.questions.questions;
    let askable: Vec<&Question> = questions.iter().filter(|q| askable(rules, &case.answers, q)).collect();
    let now = said(rules, case, &case.answers);
    let best = |of: &[&Question]| {
        let mut answers = case.answers.clone();
        for q in of {
            answers.0.insert(q.id.clone(), Answer::Yes);
            for below in rules.questions.below(&q.id) {
                if answers.given(&below.id) == Answer::NotAsked {
                    answers.0.insert(below.id.clone(), Answer::Yes);
                }
            }
        }
        said(rules, case, &answers)
    };
    // The age decides which rules apply, and whether there is a child to protect.
    let age = |q: &&Question| q.id == "minor" || q.if_open.as_deref() == Some("minor");
    // What is asked after one and the same answer belongs together: the smallest way may need three of them.
    let together = |q: &Question| -> Vec<&Question> {
        let with = |o: &&&Question| q.only_if.is_some() && o.only_if == q.only_if;
        askable.iter().filter(with).copied().collect()
    };
    let one = |q: &&Question| age(q) || best(&[q]) > now || best(&together(q)) > now;
    let alone: Vec<&Question> = askable.iter().filter(|q| one(q)).copied().collect();
    if alone.iter().any(|q| !age(q)) {
        return alone;
    }
    let two =
        |q: &&Question| age(q) || askable.iter().any(|other| other.id != q.id && best(&[q, other]) > now);
    askable.iter().filter(|q| two(q)).copied().collect()
}

/// How much is said, of an adult and of a child.
fn said(rules: &Rules, case: &Case, answers: &Answers) -> (u8, u8) {
    let (adult, child) = layers::wording(rules, case, answers);
    (adult.rank(), child.rank())
}

/// What a question bears on: indicators, then elements.
fn decides(rules: &Rules, q: &Question) -> Vec<String> {
    let mut ids: Vec<&str> = vec![&q.id];
    if q.opens {
        ids.extend(rules.questions.below(&q.id).iter().map(|b| b.id.as_str()));
    }
    let bears = |of: &[String]| of.iter().any(|o| ids.contains(&o.as_str()));
    let indicators = rules.operational.indicators.iter().filter(|i| bears(&i.asks)).map(|i| i.id.clone());
    let law = rules.laws.last();
    let elements = law.iter().flat_map(|l| &l.elements);
    let elements = elements
        .filter(|e| bears(&e.by) || bears(&e.by_minor) || e.criteria.iter().any(|c| bears(c)))
        .map(|e| e.id.clone());
    let age = (q.id == "minor" || q.if_open.is_some()).then(|| "minor".to_owned());
    age.into_iter().chain(indicators).chain(elements).collect()
}
