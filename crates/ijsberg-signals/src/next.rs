//! Which question to ask next: in the order of a conversation, and only one that can still change what is to be done.
//!
//! From a presumed victim on, the next steps stay the same: nobody has to answer more questions to get help. Questions that would only make
//! the wording stronger are asked on request ([`Depth::All`]).

use serde::Serialize;

use crate::answer::{Answer, Answers, Truth};
use crate::case::Case;
use crate::judge::Wording;
use crate::layers;
use crate::rules::{Question, Rules};

/// Questions that are proposed at a time.
const MOST: usize = 5;
/// Open questions on a page.
pub const ON_A_PAGE: usize = 3;

/// How far to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// Until what is to be done is known.
    #[default]
    Enough,
    /// Until nothing can make the wording stronger.
    All,
}

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
    let mut worth = worth_asking(rules, case, Depth::Enough);
    if worth.is_empty() {
        worth = worth_asking(rules, case, Depth::All);
    }
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

/// All questions that are worth asking now: those of which one answer alone, or those asked together with it, would change the wording,
/// or else those of which two would. A question that opens others counts with the best that they may bring. They come block by block,
/// in a block those first that may say most.
pub fn worth_asking<'a>(rules: &'a Rules, case: &Case, depth: Depth) -> Vec<&'a Question> {
    let questions = &rules.questions.questions;
    let askable: Vec<&Question> = questions.iter().filter(|q| askable(rules, &case.answers, q)).collect();
    let now = said(rules, case, &case.answers, depth);
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
        said(rules, case, &answers, depth)
    };
    // The age decides which rules apply, and whether there is a child to protect.
    let age = |q: &Question| q.id == "minor" || q.if_open.as_deref() == Some("minor");
    // What is asked after one and the same answer belongs together: the smallest way may need three of them.
    let together = |q: &Question| -> Vec<&Question> {
        let with = |o: &&&Question| q.only_if.is_some() && o.only_if == q.only_if;
        askable.iter().filter(with).copied().collect()
    };
    let alone: Vec<(&Question, (u8, u8))> = askable.iter().map(|q| (*q, best(&[q]))).collect();
    let more = |of: (u8, u8)| of > now;
    let one = |(q, gain): &&(&Question, (u8, u8))| age(q) || more(*gain) || more(best(&together(q)));
    let mut worth: Vec<(&Question, (u8, u8))> = alone.iter().filter(one).copied().collect();
    if worth.iter().all(|w| age(w.0)) && more(best(&askable)) {
        let two = |(q, _): &&(&Question, (u8, u8))| {
            age(q) || askable.iter().any(|other| other.id != q.id && more(best(&[q, other])))
        };
        worth = alone.iter().filter(two).copied().collect();
    }
    let place = |q: &Question| rules.questions.blocks.iter().position(|b| b.id == q.block);
    worth.sort_by_key(|(q, (adult, child))| (place(q), std::cmp::Reverse(adult + child)));
    worth.into_iter().map(|w| w.0).collect()
}

/// Which of the questions of a block are on its page, in order: those that were answered or left open before, and of those worth asking
/// the first few.
pub fn page<'a>(
    rules: &'a Rules,
    case: &Case,
    block: &str,
    passed: &[String],
    depth: Depth,
) -> Vec<&'a Question> {
    let fresh = fresh(rules, case, block, passed, depth);
    let before = |q: &Question| case.answers.given(&q.id) != Answer::NotAsked || passed.contains(&q.id);
    let of = rules.questions.questions.iter().filter(|q| q.block == block);
    of.filter(|q| before(q) || fresh.iter().any(|f| f.id == q.id)).collect()
}

/// The questions of a block that a page asks next.
fn fresh<'a>(
    rules: &'a Rules,
    case: &Case,
    block: &str,
    passed: &[String],
    depth: Depth,
) -> Vec<&'a Question> {
    let worth = worth_asking(rules, case, depth).into_iter();
    worth.filter(|q| q.block == block && !passed.contains(&q.id)).take(ON_A_PAGE).collect()
}

/// The block to go on with after the page of block `at`: itself where answers opened more, the next ones, and then those before it.
/// `None` when nothing is left to ask.
pub fn next_block(rules: &Rules, case: &Case, at: usize, passed: &[String], depth: Depth) -> Option<usize> {
    let worth = worth_asking(rules, case, depth);
    let blocks = &rules.questions.blocks;
    let asks = |k: &usize| worth.iter().any(|q| q.block == blocks[*k].id && !passed.contains(&q.id));
    (at..blocks.len()).chain(0..at.min(blocks.len())).find(asks)
}

/// How strong the wording is, for an adult and for a child.
fn said(rules: &Rules, case: &Case, answers: &Answers, depth: Depth) -> (u8, u8) {
    let (adult, child) = layers::wording(rules, case, answers);
    let most = match depth {
        Depth::Enough => Wording::PresumedVictim.rank(),
        Depth::All => u8::MAX,
    };
    (adult.rank().min(most), child.rank().min(most))
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
        .filter(|e| {
            bears(&e.by) || bears(&e.by_minor) || e.criteria.iter().chain(&e.criteria_minor).any(|c| bears(c))
        })
        .map(|e| e.id.clone());
    let age = (q.id == "minor" || q.if_open.is_some()).then(|| "minor".to_owned());
    age.into_iter().chain(indicators).chain(elements).collect()
}
