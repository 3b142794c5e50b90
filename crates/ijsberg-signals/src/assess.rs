//! A whole assessment: three layers side by side, never added up.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::Serialize;

use crate::answer::{Answer, Answers, Truth};
pub use crate::case::{Case, Facts, Threshold};
use crate::ilo::SetResult;
pub use crate::judge::Wording;
use crate::law::LawResult;
use crate::layers::Layers;
use crate::next::{self, Next};
use crate::rules::{Rules, Stamp, Words};

/// Why a case cannot be assessed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CaseError {
    /// An answer to a question that no instrument has.
    #[error("no question is called {0}; `ijsberg assess rules` lists them")]
    UnknownQuestion(String),
    /// The day of the facts is still to come.
    #[error("facts_on (date of the events): {0} is in the future; give the date on which it happened")]
    Future(Date),
    /// The share is not between 0 and 1, or a number is negative or none.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
}

/// An assessment. It is not a finding of fact or law.
#[derive(Debug, Clone, Serialize)]
pub struct Assessment {
    /// Always false: a guide to judgement, not a finding of fact or law.
    pub is_a_finding_of_fact_or_law: bool,
    /// What it rests on.
    pub rules: Vec<Stamp>,
    /// What was known.
    pub case: Case,
    /// Questions answered yes although an earlier answer means that they are not asked: a follow-up after a no, or reasons to think that
    /// the person is a child beside a no to the question on the age. A person should review these answers.
    pub conflicts: Vec<[String; 2]>,
    /// Layer A.
    pub threshold: Threshold,
    /// Layer B, for each set of weights that applies.
    pub ilo: Vec<SetResult>,
    /// The ILO's indicators of forced labour.
    pub forced_labour: Vec<(String, Truth)>,
    /// Layer C; none where no pack covers the day of the facts. With the age open, what holds for both.
    pub law: Option<LawResult>,
    /// Why there is no law.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law_gap: Option<Words>,
    /// Wording to propose. With the age open it holds for an adult and for a child; see `presumed_child`.
    pub wording: Wording,
    /// The wording if the person is under 18, where the age is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording_if_minor: Option<Wording>,
    /// There are reasons to believe that the person is a child and the age is not known: the person is presumed to be one, to get
    /// assistance, support and protection at once (Directive 2011/36/EU, article 13(2)), and `wording` says so.
    pub presumed_child: bool,
    /// Why: the answers that the wording rests on most, at most three.
    pub because: Vec<String>,
    /// The same if no answer about papers or permission to stay supported anything: people without such problems should not be missed. It
    /// never says more than `wording`.
    pub wording_without_status: Wording,
    /// What is known is child labour, an offence of its own, and not more than an indication of trafficking.
    pub child_labour: bool,
    /// What to ask next.
    pub next: Vec<Next>,
    /// Help and rights to name.
    pub help: Vec<String>,
    /// Whom to call, the first first.
    pub call: Vec<String>,
}

/// The day in the Netherlands at a moment; in winter, the last hour of a day counts as the next day too.
pub fn day_of(now: Timestamp) -> Date {
    TimeZone::fixed(Offset::constant(2)).to_datetime(now).date()
}

/// Whether the day of the facts has come.
///
/// # Errors
/// [`CaseError::Future`].
pub fn has_come(facts_on: Option<Date>, today: Date) -> Result<(), CaseError> {
    match facts_on {
        Some(day) if day > today => Err(CaseError::Future(day)),
        _ => Ok(()),
    }
}

/// Assesses a case. `today` is the day on which it is assessed: nothing has happened after it.
///
/// # Errors
/// See [`CaseError`].
pub fn assess(rules: &Rules, case: &Case, today: Date) -> Result<Assessment, CaseError> {
    has_come(case.facts_on, today)?;
    let mut assessment = weigh(rules, case)?;
    assessment.next = next::next(rules, case);
    Ok(assessment)
}

/// The same without what to ask next, which takes most of the time, and for facts of any day.
///
/// # Errors
/// See [`CaseError`].
pub fn weigh(rules: &Rules, case: &Case) -> Result<Assessment, CaseError> {
    let known = |id: &str| {
        rules.questions.get(id).is_some()
            || rules.operational.indicators.iter().any(|i| i.own_question() == id)
    };
    if let Some(id) = case.answers.0.keys().find(|id| !known(id)) {
        return Err(CaseError::UnknownQuestion(id.clone()));
    }
    let f = &case.facts;
    for (name, value, most) in [
        ("months", f.months, f64::MAX),
        ("hours_a_week", f.hours_a_week, 168.0),
        ("pay_an_hour", f.pay_an_hour, f64::MAX),
        ("share_handed_over", f.share_handed_over, 1.0),
        ("debt", f.debt, f64::MAX),
    ] {
        if value.is_some_and(|v| !(0.0..=most).contains(&v)) {
            return Err(CaseError::OutOfRange(name));
        }
    }
    let layers = Layers::from_answers(rules, case, &case.answers);
    let without = without_status(rules, &case.answers);
    let wording = layers.wording();
    let indication = wording.rank() >= Wording::Indication.rank();
    let helps = rules.helps.help.iter().filter(|h| h.when.holds(indication, layers.exploited()));
    let conflicts = rules.questions.questions.iter().filter_map(|q| {
        let parent = q.only_if.as_ref().or(q.if_open.as_ref())?;
        let odd = case.answers.given(&q.id) == Answer::Yes && case.answers.given(parent) == Answer::No;
        odd.then(|| [parent.clone(), q.id.clone()])
    });
    let truth = |q: &String| case.answers.truth(&rules.questions, q);
    Ok(Assessment {
        is_a_finding_of_fact_or_law: false,
        rules: rules.stamps.clone(),
        case: case.clone(),
        conflicts: conflicts.collect(),
        forced_labour: rules
            .eleven
            .indicators
            .iter()
            .map(|c| (c.id.clone(), Truth::any(c.asks.iter().map(truth))))
            .collect(),
        wording,
        wording_if_minor: layers.wording_if_minor(),
        child_labour: layers.child_labour(),
        presumed_child: layers.presumed_child,
        because: layers.because(rules, &case.answers),
        wording_without_status: Layers::from_answers(rules, case, &without).wording(),
        next: Vec::new(),
        help: helps.map(|h| h.id.clone()).collect(),
        call: call(rules, case, wording, layers.presumed_child),
        threshold: layers.threshold,
        ilo: layers.ilo,
        law: layers.law,
        law_gap: layers.gap,
    })
}

/// The answers without any support from those about papers or permission to stay. Only a yes is removed: without a no, something would be
/// less excluded than it is, and the wording stronger.
fn without_status(rules: &Rules, answers: &Answers) -> Answers {
    let about = |id: &str| rules.questions.get(id).is_some_and(|q| q.status);
    let status = |id: &str| {
        let indicator = rules.operational.indicators.iter().find(|i| i.own_question() == id);
        about(id) || indicator.is_some_and(|i| !i.asks.is_empty() && i.asks.iter().all(|q| about(q)))
    };
    let kept = answers.0.iter().filter(|(id, a)| **a != Answer::Yes || !status(id));
    Answers(kept.map(|(id, a)| (id.clone(), *a)).collect())
}

/// Whom to call, by what is known of the case.
fn call(rules: &Rules, case: &Case, wording: Wording, presumed_child: bool) -> Vec<String> {
    rules.contacts.order(|s| match s.id.as_str() {
        "no_means" if wording == Wording::ExploitationWithoutMeans => true,
        "child" if presumed_child => true,
        // A person known to be an adult is no child, whatever else was answered.
        "child" if case.answers.given("minor") == Answer::No => false,
        _ => s.by.iter().any(|q| case.answers.truth(&rules.questions, q) == Truth::Yes),
    })
}
