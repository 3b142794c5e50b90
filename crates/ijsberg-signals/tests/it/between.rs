//! What is left open never says more than an answer would.

use ijsberg_signals::answer::{Answer, Answers};
use ijsberg_signals::assess::{Case, Wording, weigh};
use ijsberg_signals::rules::Rules;
use jiff::civil::Date;
use proptest::prelude::*;

use crate::space::{answers, day, known};

/// How much is said with one answer in place of what was answered.
fn strength(rules: &Rules, answers: &Answers, facts_on: Option<Date>, id: &str, answer: Answer) -> u8 {
    let mut answers = answers.clone();
    answers.0.insert(id.to_owned(), answer);
    let a = weigh(rules, &Case { answers, facts_on, ..Case::default() }).unwrap();
    a.wording.rank().max(Wording::NoneYet.rank())
}

/// The same over the bank: each answer that a case has, taken back, and the whole case without its answers about papers.
#[test]
fn leaving_answers_open_never_says_more_than_giving_them() {
    let rules = Rules::shipped();
    let status: Vec<&str> =
        rules.questions.questions.iter().filter(|q| q.status).map(|q| q.id.as_str()).collect();
    for (at, known) in ijsberg_signals::bank::cases().iter().enumerate() {
        let case = known.case(&rules);
        let a = weigh(&rules, &case).unwrap();
        assert!(a.wording_without_status.rank() <= a.wording.rank(), "{}", known.id);
        let papers = known.yes.iter().filter(|q| status.contains(&q.as_str()));
        let others = known.yes.iter().filter(|_| at % 8 == 0);
        for id in papers.chain(others) {
            let of = |answer| strength(&rules, &case.answers, case.facts_on, id, answer);
            let (no, open, yes) = (of(Answer::No), of(Answer::Refused), of(Answer::Yes));
            assert!(no.min(yes) <= open && open <= no.max(yes), "{} {id}: {no} {open} {yes}", known.id);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// What is said where a question is left open lies between what its two answers would say: at most the stronger, at least the
    /// weaker. That too little was asked says no less of the person than that there is no indication yet.
    #[test]
    fn a_question_left_open_says_what_lies_between_its_answers(answers in answers(), facts_on in day(), at in 0..1000_usize) {
        let rules = Rules::shipped();
        let ids = known(&rules);
        for step in 0..3 {
            let id = &ids[(at + step * 43) % ids.len()];
            let strength = |answer: Answer| strength(&rules, &answers, facts_on, id, answer);
            let (no, open, yes) = (strength(Answer::No), strength(Answer::Unknown), strength(Answer::Yes));
            prop_assert!(no.min(yes) <= open && open <= no.max(yes), "{id}: {no} {open} {yes}");
        }
    }
}
