//! A bank of cases on which the wording is known, and how far the rules agree with it.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::Date;
use serde::Deserialize;

use crate::answer::{Answer, Answers, Truth};
use crate::assess::{Case, weigh};
use crate::judge::Wording;
use crate::next::worth_asking;
use crate::rules::Rules;

const TEXT: &str = include_str!("../rules/bank.toml");

/// How the questions that a case does not name were answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    /// No, after a whole interview.
    No,
    /// Nobody asked.
    Open,
}

/// A case of the bank.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Its name.
    pub id: String,
    /// The form of exploitation, or what it is instead.
    pub form: String,
    /// Who it is about.
    pub who: String,
    /// The facts in three lines.
    pub facts: Vec<String>,
    /// A judgment by ECLI, or `constructed`.
    pub source: String,
    /// The rules were not changed for it.
    pub held_out: bool,
    /// The day of the facts.
    pub facts_on: Date,
    /// Whether the person is a minor.
    pub minor: Answer,
    /// Questions answered yes.
    pub yes: Vec<String>,
    /// Questions answered no, where the others were not asked.
    #[serde(default)]
    pub no: Vec<String>,
    /// All other questions.
    pub others: Others,
    /// Wordings that are right, the weakest first.
    pub expected: Vec<Wording>,
    /// The wording if the person is under 18, where the age is open and that matters.
    #[serde(default)]
    pub if_minor: Option<Wording>,
    /// Why.
    pub why: String,
}

#[derive(Deserialize)]
struct File {
    case: Vec<Known>,
}

/// The bank.
pub fn cases() -> Vec<Known> {
    toml::from_str::<File>(TEXT).expect("the tests read it").case
}

impl Known {
    /// Its answers.
    pub fn case(&self, rules: &Rules) -> Case {
        let mut answers = Answers::default();
        if self.others == Others::No {
            answers.0.extend(rules.questions.questions.iter().map(|q| (q.id.clone(), Answer::No)));
        }
        answers.0.extend(self.no.iter().map(|q| (q.clone(), Answer::No)));
        answers.0.extend(self.yes.iter().map(|q| (q.clone(), Answer::Yes)));
        answers.0.insert("minor".to_owned(), self.minor);
        Case { key: self.id.clone(), facts_on: Some(self.facts_on), answers, ..Case::default() }
    }
}

/// How a wording compares with those that are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is one of them.
    Agrees,
    /// It says more.
    FalseAlarm,
    /// It says less, or something else.
    Miss,
}

/// What the rules say of a case of the bank.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The case.
    pub known: Known,
    /// The wording.
    pub said: Wording,
    /// How it compares.
    pub verdict: Verdict,
    /// Questions that were asked until none was worth asking.
    pub asked: usize,
    /// Questions that were asked until the wording was the last one.
    pub until_stable: usize,
    /// The wording that the questions lead to.
    pub interview: Wording,
}

/// Runs the bank.
pub fn run(rules: &Rules) -> Vec<Outcome> {
    let outcome = |known: Known| {
        let case = known.case(rules);
        let of = weigh(rules, &case).expect("the bank names questions that are there");
        let said = of.wording;
        let child = known.if_minor.is_none_or(|m| of.wording_if_minor == Some(m));
        let most = known.expected.iter().map(|w| w.rank()).max().unwrap_or_default();
        let verdict = match () {
            () if known.expected.contains(&said) && child => Verdict::Agrees,
            () if said.rank() > most => Verdict::FalseAlarm,
            () => Verdict::Miss,
        };
        let (asked, until_stable, interview) = converse(rules, &case);
        Outcome { known, said, verdict, asked, until_stable, interview }
    };
    cases().into_iter().map(outcome).collect()
}

/// A conversation in which each question that is proposed first is answered as the case has it, and as unknown where the case has
/// nothing: questions asked, questions asked until the wording was the last one, and that wording.
fn converse(rules: &Rules, case: &Case) -> (usize, usize, Wording) {
    let mut sofar = Case { answers: Answers::default(), ..case.clone() };
    let said = |c: &Case| weigh(rules, c).map_or(Wording::InsufficientInformation, |a| a.wording);
    let (mut asked, mut changed, mut last) = (0, 0, said(&sofar));
    while let Some(q) = worth_asking(rules, &sofar).first() {
        let answer = match case.answers.truth(&rules.questions, &q.id) {
            Truth::Yes => Answer::Yes,
            Truth::No => Answer::No,
            Truth::Open => Answer::Unknown,
        };
        sofar.answers.0.insert(q.id.clone(), answer);
        asked += 1;
        let now = said(&sofar);
        if now != last {
            (changed, last) = (asked, now);
        }
    }
    (asked, changed, last)
}

/// The middle of some numbers; of an even number of them the higher of the two.
pub fn median(mut of: Vec<usize>) -> usize {
    of.sort_unstable();
    of.get(of.len() / 2).copied().unwrap_or_default()
}

/// The table for the book: cases, agreement, false alarms and misses by form, and apart for the cases that were held out.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut rows: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
    for o in outcomes {
        rows.entry(o.known.form.clone()).or_default().push(o);
    }
    let held_out: Vec<&Outcome> = outcomes.iter().filter(|o| o.known.held_out).collect();
    let named = rows.into_iter();
    let all = [("**held out**".to_owned(), held_out), ("**all**".to_owned(), outcomes.iter().collect())];
    let mut out = String::from(
        "| form | cases | agree | false alarms | misses | questions asked (median) | until the wording is stable (median) |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for (form, of) in named.chain(all) {
        let count = |v: Verdict| of.iter().filter(|o| o.verdict == v).count();
        let asked = median(of.iter().map(|o| o.asked).collect());
        let stable = median(of.iter().map(|o| o.until_stable).collect());
        let _ = writeln!(
            out,
            "| {form} | {} | {} | {} | {} | {asked} | {stable} |",
            of.len(),
            count(Verdict::Agrees),
            count(Verdict::FalseAlarm),
            count(Verdict::Miss),
        );
    }
    out
}
