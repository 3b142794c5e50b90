//! A whole assessment: three layers side by side, never added up.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Answers, Truth};
use crate::ilo::{self, SetResult, State};
use crate::law::{self, LawResult};
use crate::next::{self, Next};
use crate::rules::{Questions, Rules, Stamp};

/// What is known of a case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The organisation's own key; never a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// The day of the facts; the law of that day counts. Without it the newest law is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts_on: Option<Date>,
    /// Facts that courts weigh; shown, never counted.
    #[serde(default)]
    pub facts: Facts,
    /// Answers by question.
    pub answers: Answers,
}

/// Facts that courts weigh: duration and nature of the work, restriction, gain. There is no threshold for any of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Facts {
    /// How long it lasted, in months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<f64>,
    /// Hours of work a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_a_week: Option<f64>,
    /// Pay an hour, in euro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_an_hour: Option<f64>,
    /// Share of the income handed over, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_handed_over: Option<f64>,
    /// Debt, in euro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debt: Option<f64>,
}

/// Why a case cannot be assessed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CaseError {
    /// An answer to a question that no instrument has.
    #[error("no question is called {0}; `ijsberg assess rules` lists them")]
    UnknownQuestion(String),
    /// The share is not between 0 and 1, or a number is negative or none.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
}

/// Layer A: is there even a slight indication?
#[derive(Debug, Clone, Serialize)]
pub struct Threshold {
    /// Whether there is; if not, it says no more than *not yet*.
    pub indication: bool,
    /// Questions answered yes, or sets of them, that are one.
    pub by: Vec<String>,
    /// Questions that would be one and are open.
    pub open: Vec<String>,
}

/// What is a slight indication: a question, or questions joined by ` + `, and the sets of questions of which all in any one set
/// must be answered yes. A follow-up says as much as the question before it.
fn slight(questions: &Questions) -> Vec<(String, Vec<Vec<String>>)> {
    let below = |id: &str| {
        let after = questions.questions.iter().filter(|c| c.only_if.as_deref() == Some(id));
        after.map(|c| vec![c.id.clone()]).collect::<Vec<_>>()
    };
    let alone = questions.questions.iter().filter(|q| q.indication);
    let alone = alone.map(|q| (q.id.clone(), [vec![vec![q.id.clone()]], below(&q.id)].concat()));
    let together = questions.indications.iter().map(|i| (i.all.join(" + "), vec![i.all.clone()]));
    alone.chain(together).collect()
}

/// Wording to propose to the person who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wording {
    /// Too little was asked to say.
    InsufficientInformation,
    /// No indication yet. Never: not a victim.
    NoneYet,
    /// A slight indication.
    Indication,
    /// Exploitation or serious disadvantage, and every means is excluded.
    ExploitationWithoutMeans,
    /// A presumed victim.
    PresumedVictim,
    /// Strongly supported.
    StronglySupported,
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
    /// Follow-ups answered yes after a question answered no: somebody should look at these answers.
    pub conflicts: Vec<[String; 2]>,
    /// Layer A.
    pub threshold: Threshold,
    /// Layer B, for each set of weights that applies.
    pub ilo: Vec<SetResult>,
    /// The ILO's indicators of forced labour.
    pub forced_labour: Vec<(String, Truth)>,
    /// Layer C; none where no pack covers the day of the facts.
    pub law: Option<LawResult>,
    /// Wording to propose.
    pub wording: Wording,
    /// The same without anything about papers or permission to stay: who has no such trouble should not be missed.
    pub wording_without_status: Wording,
    /// What to ask next.
    pub next: Vec<Next>,
    /// Help and rights to name.
    pub help: Vec<String>,
}

/// Assesses a case.
///
/// # Errors
/// See [`CaseError`].
pub fn assess(rules: &Rules, case: &Case) -> Result<Assessment, CaseError> {
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
    let layers = Layers::of(rules, case, &case.answers);
    let without = Answers(
        case.answers
            .0
            .iter()
            .filter(|(id, _)| !rules.questions.get(id).is_some_and(|q| q.status))
            .map(|(id, a)| (id.clone(), *a))
            .collect(),
    );
    let wording_without_status = Layers::of(rules, case, &without).wording();
    let (indication, exploited) = (layers.threshold.indication, layers.exploited());
    let helps = rules.helps.help.iter().filter(|h| h.when.holds(indication, exploited));
    let conflicts = rules.questions.questions.iter().filter_map(|q| {
        let parent = q.only_if.as_ref()?;
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
        wording: layers.wording(),
        wording_without_status,
        next: next::next(rules, &case.answers, &layers.ilo, layers.law.as_ref(), indication),
        help: helps.map(|h| h.id.clone()).collect(),
        threshold: layers.threshold,
        ilo: layers.ilo,
        law: layers.law,
    })
}

/// The three layers on some answers.
struct Layers {
    threshold: Threshold,
    ilo: Vec<SetResult>,
    law: Option<LawResult>,
    minor: Truth,
}

impl Layers {
    fn of(rules: &Rules, case: &Case, answers: &Answers) -> Self {
        let truth = |q: &str| answers.truth(&rules.questions, q);
        let (mut by, mut open) = (Vec::new(), Vec::new());
        for (id, ways) in slight(&rules.questions) {
            let way = |w: &Vec<String>| Truth::all(w.iter().map(|q| truth(q)));
            if Truth::any(ways.iter().map(way)) == Truth::Yes {
                by.push(id);
            } else if rules.questions.get(&id).is_some() && truth(&id) == Truth::Open {
                open.push(id);
            }
        }
        let law = match case.facts_on {
            Some(day) => rules.law_on(day),
            None => rules.laws.last(),
        };
        let law = law.map(|l| law::evaluate(rules, l, answers));
        let act = law.as_ref().map_or(Truth::Open, |l| l.group("act"));
        let ilo = ilo::evaluate(rules, answers, act);
        let threshold = Threshold { indication: !by.is_empty(), by, open };
        Self { threshold, ilo, law, minor: truth("minor") }
    }

    /// Whether the dimension of exploitation is positive, by any set.
    fn exploited(&self) -> Truth {
        Truth::any(self.ilo.iter().map(|s| s.state("D4").truth()))
    }

    /// Stands between the threshold of protection, which is low, and that of a court, which asks for every element.
    fn wording(&self) -> Wording {
        let trafficking =
            Truth::any(self.ilo.iter().filter_map(|s| s.conclusion.as_ref()).map(|c| c.trafficking));
        let items = self.law.iter().flat_map(|l| &l.items);
        let complete = Truth::any(items.map(|i| i.complete));
        let means = |t: Truth| self.law.as_ref().is_some_and(|l| l.group("means") == t);
        let positive = |d: &str| self.ilo.iter().any(|s| s.state(d) == State::Positive);
        if trafficking == Truth::Yes && complete == Truth::Yes {
            return Wording::StronglySupported;
        }
        if positive("D4") && means(Truth::No) && self.minor != Truth::Yes && complete != Truth::Yes {
            return Wording::ExploitationWithoutMeans;
        }
        if !self.threshold.indication {
            let asked = self.threshold.open.len();
            return if asked > 7 { Wording::InsufficientInformation } else { Wording::NoneYet };
        }
        let by_ilo = ["D1", "D2", "D5"].into_iter().any(positive) && self.exploited() != Truth::No;
        // Where next to everything is open nothing is excluded, so something must be supported too.
        let supported = means(Truth::Yes)
            || (self.minor == Truth::Yes
                && self.law.as_ref().is_some_and(|l| {
                    ["act", "exploitation", "paid_sex", "organs"].iter().any(|g| l.group(g) == Truth::Yes)
                }));
        if by_ilo || complete == Truth::Yes || (supported && complete == Truth::Open) {
            Wording::PresumedVictim
        } else {
            Wording::Indication
        }
    }
}
