//! A bank of cases on which the wording is known, and how far the rules agree with it.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::civil::Date;
use serde::Deserialize;

use crate::answer::{Answer, Answers, Truth};
use crate::assess::{Case, weigh};
use crate::judge::Wording;
use crate::next::{Depth, next_block, page, worth_asking};
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
pub struct BankCase {
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
    /// Questions that were asked and not answered.
    #[serde(default)]
    pub refused: Vec<String>,
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
    case: Vec<BankCase>,
}

/// The bank.
pub fn cases() -> Vec<BankCase> {
    toml::from_str::<File>(TEXT).expect("the tests read it").case
}

impl BankCase {
    /// Its answers.
    pub fn case(&self, rules: &Rules) -> Case {
        let mut answers = Answers::default();
        if self.others == Others::No {
            answers.0.extend(rules.questions.questions.iter().map(|q| (q.id.clone(), Answer::No)));
        }
        answers.0.extend(self.no.iter().map(|q| (q.clone(), Answer::No)));
        answers.0.extend(self.refused.iter().map(|q| (q.clone(), Answer::Refused)));
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
    pub known: BankCase,
    /// The wording.
    pub said: Wording,
    /// How it compares.
    pub verdict: Verdict,
    /// The conversation on a terminal, a question at a time.
    pub terminal: Talk,
    /// The conversation on the pages, a few questions at a time.
    pub pages: Talk,
}

/// A conversation in which each question is answered as the case has it, and as unknown where the case has nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talk {
    /// Questions that were asked until none was worth asking.
    pub asked: usize,
    /// Questions that were asked until the wording was the last one.
    pub until_stable: usize,
    /// The wording that the questions lead to.
    pub wording: Wording,
}

/// Runs the bank.
pub fn run(rules: &Rules) -> Vec<Outcome> {
    let outcome = |known: BankCase| {
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
        let (terminal, pages) = (on_a_terminal(rules, &case), on_pages(rules, &case));
        Outcome { known, said, verdict, terminal, pages }
    };
    // Each case stands by itself, so they can be had at the same time; their order stays.
    let cases = cases();
    let half = cases.len().div_ceil(2);
    std::thread::scope(|threads| {
        let parts: Vec<_> = cases
            .chunks(half)
            .map(|of| threads.spawn(|| of.iter().cloned().map(outcome).collect::<Vec<_>>()))
            .collect();
        parts.into_iter().flat_map(|p| p.join().expect("a case is weighed to its end")).collect()
    })
}

/// A conversation that goes on.
struct Conversation<'a> {
    rules: &'a Rules,
    case: &'a Case,
    sofar: Case,
    talk: Talk,
}

impl<'a> Conversation<'a> {
    fn begin(rules: &'a Rules, case: &'a Case) -> Self {
        let sofar = Case { answers: Answers::default(), ..case.clone() };
        let wording = said(rules, &sofar);
        Self { rules, case, sofar, talk: Talk { asked: 0, until_stable: 0, wording } }
    }

    fn answer(&mut self, question: &str) {
        let answer = match self.case.answers.truth(&self.rules.questions, question) {
            Truth::Yes => Answer::Yes,
            Truth::No => Answer::No,
            Truth::Open if self.case.answers.given(question) == Answer::Refused => Answer::Refused,
            Truth::Open => Answer::Unknown,
        };
        self.sofar.answers.0.insert(question.to_owned(), answer);
        self.talk.asked += 1;
    }

    fn look(&mut self) {
        let now = said(self.rules, &self.sofar);
        if now != self.talk.wording {
            (self.talk.until_stable, self.talk.wording) = (self.talk.asked, now);
        }
    }
}

fn said(rules: &Rules, case: &Case) -> Wording {
    weigh(rules, case).map_or(Wording::InsufficientInformation, |a| a.wording)
}

/// As `ijsberg assess` asks: the first question that is worth asking, again and again.
fn on_a_terminal(rules: &Rules, case: &Case) -> Talk {
    let mut going = Conversation::begin(rules, case);
    while let Some(q) = worth_asking(rules, &going.sofar, Depth::Enough).first() {
        going.answer(&q.id);
        going.look();
    }
    going.talk
}

/// As the pages ask: all questions of a page are answered, then comes the next page.
fn on_pages(rules: &Rules, case: &Case) -> Talk {
    let mut going = Conversation::begin(rules, case);
    let mut at = 0;
    while let Some(block) = next_block(rules, &going.sofar, at, &[], Depth::Enough) {
        let of = page(rules, &going.sofar, &rules.questions.blocks[block].id, &[], Depth::Enough);
        for q in
            of.iter().filter(|q| going.sofar.answers.given(&q.id) == Answer::NotAsked).collect::<Vec<_>>()
        {
            going.answer(&q.id);
        }
        going.look();
        at = block;
    }
    going.talk
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
        "| form | cases | agree | false alarms | misses | questions on a terminal (median) | until the wording is stable | \
         questions on the pages (median) | until the wording is stable |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for (form, of) in named.chain(all) {
        let count = |v: Verdict| of.iter().filter(|o| o.verdict == v).count();
        let middle = |what: fn(&Outcome) -> usize| median(of.iter().map(|o| what(o)).collect());
        let _ = writeln!(
            out,
            "| {form} | {} | {} | {} | {} | {} | {} | {} | {} |",
            of.len(),
            count(Verdict::Agrees),
            count(Verdict::FalseAlarm),
            count(Verdict::Miss),
            middle(|o| o.terminal.asked),
            middle(|o| o.terminal.until_stable),
            middle(|o| o.pages.asked),
            middle(|o| o.pages.until_stable),
        );
    }
    out
}
