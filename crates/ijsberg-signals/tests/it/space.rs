//! What must hold over the whole space of answers. The rule from evidence to wording is tried whole beside it (`judge.rs`); here
//! the way from answers to evidence is tried on answers of every kind.

use ijsberg_signals::answer::{Answer, Answers, Truth};
use ijsberg_signals::assess::{Assessment, Case, Wording, assess, weigh};
use ijsberg_signals::ilo::{DimensionResult, State};
use ijsberg_signals::law::ElementResult;
use ijsberg_signals::rules::{Basis, Rules};
use jiff::civil::Date;
use proptest::prelude::*;

pub(crate) fn known(rules: &Rules) -> Vec<String> {
    rules.signals()
}

/// Sparse and dense answers: each kind of answer has a share of its own in each case.
pub(crate) fn answers() -> impl Strategy<Value = Answers> {
    let ids = known(&Rules::shipped());
    let one = proptest::collection::vec((0..100_u8, 0..4_usize), ids.len());
    (0..60_u8, 0..100_u8, one).prop_map(move |(yes, no, of)| {
        let answer = |(share, other): (u8, usize)| match share {
            s if s < yes => Answer::Yes,
            s if s < yes.saturating_add(no) => Answer::No,
            _ => [Answer::Unknown, Answer::NotAsked, Answer::Refused, Answer::NotAsked][other],
        };
        Answers(ids.iter().zip(of).map(|(id, a)| (id.clone(), answer(a))).collect())
    })
}

pub(crate) fn day() -> impl Strategy<Value = Option<Date>> {
    let days = ["1999-01-01", "2003-01-01", "2010-06-01", "2016-05-31"];
    (0..=days.len()).prop_map(move |k| days.get(k).map(|d| d.parse().unwrap()))
}

pub(crate) fn contradictions(a: &Assessment) -> Vec<&'static str> {
    let complete = a.law.iter().flat_map(|l| &l.items).filter(|i| i.complete == Truth::Yes);
    let complete: Vec<_> = complete.collect();
    let positive = a.ilo.iter().any(|s| s.dimensions.iter().any(|d| d.state == State::Positive));
    let supported = |groups: &[&str]| a.law.iter().any(|l| groups.iter().any(|g| l.group(g) == Truth::Yes));
    let low = a.wording < Wording::Indication;
    let mut found = Vec::new();
    let mut hold = |is: bool, what| {
        if !is {
            found.push(what);
        }
    };
    hold(!low || complete.is_empty(), "none yet beside a complete item");
    hold(!low || !positive, "none yet beside a positive dimension");
    hold(
        !low || !supported(&["means", "exploitation", "organs"]),
        "none yet beside a supported means or form",
    );
    hold(!low || a.threshold.by.is_empty(), "none yet beside an indication");
    hold(low == a.because.is_empty(), "an indication without a reason, or none yet beside one");
    let settled = complete.iter().any(|i| i.basis != Basis::ToBeVerified);
    hold(a.wording != Wording::StronglySupported || settled, "strongly supported without a complete item");
    hold(
        complete.is_empty() || a.wording >= Wording::PresumedVictim,
        "less than presumed beside a complete item",
    );
    if a.wording == Wording::ExploitationWithoutMeans {
        let hint = |e: &ElementResult| e.group == "means" && !(e.supports.is_empty() && e.points.is_empty());
        hold(
            !a.law.iter().any(|l| l.elements.iter().any(hint)),
            "no means beside an answer that points to one",
        );
        let pressed = |d: &DimensionResult| d.id != "D4" && d.state == State::Positive;
        let adult = a.ilo.iter().filter(|s| s.set == "adult_labour");
        hold(
            !adult.into_iter().any(|s| s.dimensions.iter().any(pressed)),
            "no means beside a dimension of pressure",
        );
    }
    hold(
        a.wording_without_status.rank() <= a.wording.rank(),
        "more without the answers about papers than with them",
    );
    if let Some(if_minor) = a.wording_if_minor {
        hold(a.wording.rank() <= if_minor.rank(), "more is said of any age than of a child");
    }
    found
}

/// Everything yes, everything no, nothing; each single answer; each pair of yes: on every pack and for every age.
#[test]
fn single_answers_and_pairs_never_contradict_themselves() {
    let rules = Rules::shipped();
    let ids = known(&rules);
    let ages = [("minor", Answer::Yes), ("minor", Answer::No), ("minor", Answer::Unknown)];
    let mut tried = 0;
    for day in [Some("2003-01-01"), Some("2010-06-01"), None] {
        let facts_on = day.map(|d| d.parse().unwrap());
        let mut try_it = |answers: Answers| {
            let a = weigh(&rules, &Case { answers: answers.clone(), facts_on, ..Case::default() }).unwrap();
            assert_eq!(contradictions(&a), Vec::<&str>::new(), "{answers:?}");
            tried += 1;
            a.wording
        };
        for (minor, age) in ages {
            for rest in [Answer::NotAsked, Answer::No] {
                let with = |yes: &[&String]| {
                    let mut all: Answers = Answers(ids.iter().map(|id| (id.clone(), rest)).collect());
                    all.0.insert(minor.into(), age);
                    all.0.extend(yes.iter().map(|id| ((*id).clone(), Answer::Yes)));
                    all
                };
                try_it(with(&[]));
                for id in &ids {
                    try_it(with(&[id]));
                }
                // Pairs of the newest law, nothing else known: what two answers can say.
                if day.is_none() && rest == Answer::NotAsked && age == Answer::Unknown {
                    for (k, a) in ids.iter().enumerate().step_by(3) {
                        ids[k + 1..].iter().for_each(|b| {
                            try_it(with(&[a, b]));
                        });
                    }
                }
            }
        }
    }
    assert!(tried > 6000, "{tried}");
}

/// Each form, and each thing that is a means, is an indication with all nine signals and five means answered no.
#[test]
fn what_is_complete_in_itself_is_not_drowned_by_no() {
    let rules = Rules::shipped();
    let no: Vec<String> = rules.questions.published().map(|q| q.id.clone()).collect();
    for yes in [
        "abducted",
        "form_slavery",
        "form_similar",
        "form_organs",
        "form_begging",
        "form_crime",
        "form_servitude",
        "form_marriage",
        "form_adoption",
        "form_surrogacy",
        "threat_exposure",
        "beliefs_abused",
        "told_other_pay",
        "paid_controller",
        "hands_over_proceeds",
        "made_available",
        "control_passed",
    ] {
        let mut answers = Answers::default();
        answers.0.extend(no.iter().map(|q| (q.clone(), Answer::No)));
        answers.0.insert("minor".into(), Answer::No);
        answers.0.insert(yes.into(), Answer::Yes);
        let a = weigh(&rules, &Case { answers, ..Case::default() }).unwrap();
        assert!(a.wording >= Wording::Indication && !a.because.is_empty(), "{yes}: {:?}", a.wording);
    }
    // Neutral facts are none, together and for a child too.
    for age in [Answer::Yes, Answer::No] {
        let mut answers = Answers::default();
        answers.0.extend(no.iter().map(|q| (q.clone(), Answer::No)));
        answers.0.insert("minor".into(), age);
        let neutral = [
            "form_labour",
            "recruited",
            "transported",
            "housed",
            "low_pay",
            "no_contract",
            "someone_profits",
        ];
        answers.0.extend(neutral.map(|q| (q.to_owned(), Answer::Yes)));
        let a = weigh(&rules, &Case { answers, ..Case::default() }).unwrap();
        assert_eq!(a.wording, Wording::NoneYet, "{age:?} {:?}", a.because);
    }
}

#[test]
fn who_may_be_a_child_is_protected_as_one_and_the_age_comes_first() {
    let rules = Rules::shipped();
    let of = |answers: &[(&str, Answer)]| {
        let answers = Answers(answers.iter().map(|(q, a)| ((*q).to_owned(), *a)).collect());
        assess(&rules, &Case { answers, ..Case::default() }, crate::TODAY).unwrap()
    };
    let a = of(&[("form_sexual", Answer::Yes), ("minor", Answer::Unknown)]);
    assert_eq!((a.wording, a.wording_if_minor), (Wording::Indication, Some(Wording::PresumedVictim)));
    assert!(!a.presumed_child);
    assert_eq!(a.next[0].question, "maybe_minor");
    let a = of(&[("form_sexual", Answer::Yes), ("minor", Answer::Unknown), ("maybe_minor", Answer::Yes)]);
    assert_eq!((a.wording, a.presumed_child), (Wording::PresumedVictim, true));
    // The presumption protects; it proves nothing.
    let mut full = vec![
        ("form_sexual", Answer::Yes),
        ("paid_sexual_acts", Answer::Yes),
        ("someone_profits", Answer::Yes),
    ];
    full.extend([("minor", Answer::Unknown), ("maybe_minor", Answer::Yes)]);
    let a = of(&full);
    assert_eq!((a.wording, a.wording_if_minor), (Wording::PresumedVictim, Some(Wording::StronglySupported)));
    assert!(a.law.unwrap().items.iter().all(|i| i.number != 5 || i.complete == Truth::Open));
    // Known to be grown up: nothing is presumed.
    let a = of(&[("form_sexual", Answer::Yes), ("minor", Answer::No), ("maybe_minor", Answer::Yes)]);
    assert!(!a.presumed_child && a.wording_if_minor.is_none());
    assert_eq!(of(&[]).next[0].question, "minor");
}

/// Violence at home or on the way says nothing of a job. What ties the person to that job does.
#[test]
fn an_ordinary_job_beside_violence_is_not_exploitation() {
    let rules = Rules::shipped();
    let wording = |yes: &[&str]| {
        let mut answers = Answers::default();
        answers.0.extend(yes.iter().map(|q| ((*q).to_owned(), Answer::Yes)));
        answers.0.insert("minor".into(), Answer::No);
        weigh(&rules, &Case { answers, ..Case::default() }).unwrap().wording
    };
    for violence in [["violence_here", "threats_here"], ["violence_journey", "threats_journey"]] {
        let of = |more: &[&str]| wording(&[&violence[..], more].concat());
        assert_eq!(of(&[]), Wording::Indication);
        assert_eq!(of(&["form_labour"]), Wording::Indication, "{violence:?}");
        for tie in ["debt_binds_here", "papers_taken_here", "forced_tasks", "wages_withheld"] {
            assert_eq!(of(&["form_labour", tie]), Wording::PresumedVictim, "{violence:?} {tie}");
        }
    }
}

/// A follow-up alone says at least as much as the question before it alone, for every age and on every pack.
#[test]
fn a_follow_up_says_as_much_as_the_question_before_it() {
    let rules = Rules::shipped();
    let mut tried = 0;
    for day in ["2003-01-01", "2010-06-01", "2020-01-01"] {
        for age in [Answer::Yes, Answer::No, Answer::Unknown] {
            let wording = |q: &str| {
                let answers = [("minor", age), (q, Answer::Yes)].map(|(q, a)| (q.to_owned(), a));
                let facts_on = Some(day.parse().unwrap());
                let case = Case { answers: Answers(answers.into()), facts_on, ..Case::default() };
                let a = weigh(&rules, &case).unwrap();
                (a.wording.rank(), a.wording_if_minor.unwrap_or(a.wording).rank())
            };
            for q in &rules.questions.questions {
                let Some(parent) = q.follows() else { continue };
                let (before, after) = (wording(parent), wording(&q.id));
                assert!(
                    after.0 >= before.0 && after.1 >= before.1,
                    "{parent} {before:?}, {} {after:?}",
                    q.id
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 400, "{tried}");
}

/// A child in sex work is protected whichever answer tells it, also where everything else was answered no.
#[test]
fn a_child_in_sex_work_is_never_overlooked() {
    let rules = Rules::shipped();
    for day in ["2003-01-01", "2010-06-01", "2020-01-01"] {
        for rest in [Answer::NotAsked, Answer::No] {
            for yes in ["form_sexual", "paid_sexual_acts", "sex_abroad", "hands_over_proceeds"] {
                let no = rules.questions.published().map(|q| (q.id.clone(), rest));
                let mut answers = Answers(no.collect());
                answers.0.extend(["minor", yes].map(|q| (q.to_owned(), Answer::Yes)));
                let facts_on = Some(day.parse().unwrap());
                let a = weigh(&rules, &Case { answers, facts_on, ..Case::default() }).unwrap();
                assert!(a.wording >= Wording::PresumedVictim, "{day} {rest:?} {yes}: {:?}", a.wording);
                assert!(a.threshold.indication, "{day} {rest:?} {yes}");
            }
        }
    }
}

/// The text of items 5 and 8 speaks of organs for payment, that of items 1 and 2 of organs.
#[test]
fn an_organ_of_a_minor_needs_payment_where_the_text_says_so() {
    let rules = Rules::shipped();
    for day in ["2010-06-01", "2020-01-01"] {
        let of = |answers: &[(&str, Answer)]| {
            let mut all = Answers(answers.iter().map(|(q, a)| ((*q).to_owned(), *a)).collect());
            all.0.insert("minor".into(), Answer::Yes);
            let facts_on = Some(day.parse().unwrap());
            let a = weigh(&rules, &Case { answers: all, facts_on, ..Case::default() }).unwrap();
            let complete = a.law.unwrap().items.into_iter().filter(|i| i.complete == Truth::Yes);
            (a.wording, complete.map(|i| i.number).collect::<Vec<u8>>())
        };
        let (organ, paid) = (("form_organs", Answer::Yes), ("organ_paid", Answer::Yes));
        assert_eq!(of(&[organ]), (Wording::PresumedVictim, vec![]));
        assert_eq!(of(&[organ, ("organ_paid", Answer::No)]), (Wording::PresumedVictim, vec![]));
        assert_eq!(of(&[organ, ("transported", Answer::Yes)]), (Wording::PresumedVictim, vec![2]));
        assert_eq!(of(&[organ, paid]), (Wording::PresumedVictim, vec![5]));
        // A follow-up answered yes says that there is an organ.
        assert_eq!(of(&[paid]).1, [5]);
        let gain = ("someone_profits", Answer::Yes);
        assert_eq!(of(&[organ, gain]).1, Vec::<u8>::new());
        assert_eq!(of(&[organ, paid, gain]).1, [5, 8]);
        let handed = [organ, paid, ("organ_proceeds", Answer::Yes), ("threats_here", Answer::Yes)];
        assert!(of(&handed).1.contains(&9));
    }
}

/// Whom to call depends on the case, and the number for danger is always among the first.
#[test]
fn whom_to_call_depends_on_the_case() {
    let rules = Rules::shipped();
    let of = |minor: Answer, yes: &[&str]| {
        let mut answers = Answers(yes.iter().map(|q| ((*q).to_owned(), Answer::Yes)).collect());
        answers.0.insert("minor".into(), minor);
        let a = weigh(&rules, &Case { answers, ..Case::default() }).unwrap();
        assert_eq!(a.call.len(), rules.contacts.contacts.len());
        rules.contacts.first(&a.call, 3).map(|c| c.id.clone()).collect::<Vec<_>>()
    };
    let (yes, no) = (Answer::Yes, Answer::No);
    assert_eq!(of(no, &[]), ["comensha", "police", "112"]);
    assert_eq!(of(no, &["form_labour", "low_pay"]), ["comensha", "fairwork", "112"]);
    assert_eq!(of(no, &["form_sexual", "violence_here"]), ["112", "comensha", "police"]);
    assert_eq!(of(yes, &["form_sexual"]), ["safe_home", "comensha", "112"]);
    assert_eq!(of(yes, &["form_begging", "travel_by_others"]), ["safe_home", "nidos", "112"]);
    assert_eq!(of(yes, &["form_crime", "threats_here"]), ["112", "safe_home", "comensha"]);
    assert_eq!(of(Answer::Unknown, &["maybe_minor", "form_labour"])[0], "safe_home");
    assert_eq!(of(no, &["maybe_minor", "form_labour"])[0], "comensha");
    // Bad work with every means excluded is for the Labour Authority first.
    let mut answers = Answers(rules.questions.questions.iter().map(|q| (q.id.clone(), no)).collect());
    let work = ["form_labour", "low_pay", "excessive_hours", "no_contract", "bad_housing"];
    answers.0.extend(work.map(|q| (q.to_owned(), yes)));
    let a = weigh(&rules, &Case { answers, ..Case::default() }).unwrap();
    assert_eq!((a.wording, a.call[0].as_str()), (Wording::ExploitationWithoutMeans, "labour"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_answers_make_a_result_that_contradicts_itself(answers in answers(), facts_on in day()) {
        let rules = Rules::shipped();
        let a = weigh(&rules, &Case { answers, facts_on, ..Case::default() }).unwrap();
        prop_assert_eq!(contradictions(&a), Vec::<&str>::new());
    }

    /// Leaving open what was answered no never takes an indication away: what is not known cannot exclude anything.
    #[test]
    fn what_is_left_open_excludes_nothing(answers in answers(), facts_on in day(), at in 0..1000_usize) {
        let rules = Rules::shipped();
        let ids = known(&rules);
        let low = |answers: &Answers| {
            let a = weigh(&rules, &Case { answers: answers.clone(), facts_on, ..Case::default() }).unwrap();
            a.wording < Wording::Indication
        };
        let before = low(&answers);
        for step in 0..4 {
            let id = &ids[(at + step * 41) % ids.len()];
            // An age left open has rules of its own; they are tried apart.
            if answers.given(id) == Answer::No && id != "minor" {
                let mut open = answers.clone();
                open.0.insert(id.clone(), Answer::Unknown);
                prop_assert!(before || !low(&open), "{id}");
            }
        }
    }

    /// A yes in place of anything else never makes the wording say less, whatever else is known.
    #[test]
    fn more_evidence_never_lowers_the_wording(answers in answers(), facts_on in day(), at in 0..1000_usize) {
        let rules = Rules::shipped();
        let ids = known(&rules);
        let of = |answers: &Answers| {
            let a = weigh(&rules, &Case { answers: answers.clone(), facts_on, ..Case::default() }).unwrap();
            (a.wording.rank(), a.wording_if_minor.unwrap_or(a.wording).rank())
        };
        let before = of(&answers);
        for step in 0..4 {
            let mut more = answers.clone();
            more.0.insert(ids[(at + step * 37) % ids.len()].clone(), Answer::Yes);
            let after = of(&more);
            prop_assert!(after.0 >= before.0 && after.1 >= before.1, "{before:?} {after:?} {}", ids[(at + step * 37) % ids.len()]);
        }
    }

    /// What is said while the age is open is said of an adult, and no more than is said of a child.
    #[test]
    fn what_is_said_with_the_age_open_holds_for_both(mut answers in answers(), facts_on in day()) {
        let rules = Rules::shipped();
        let mut of = |age: Answer| {
            answers.0.insert("minor".into(), age);
            answers.0.insert("maybe_minor".into(), Answer::No);
            answers.0.insert("no_education".into(), Answer::No);
            weigh(&rules, &Case { answers: answers.clone(), facts_on, ..Case::default() }).unwrap()
        };
        let (open, adult, child) = (of(Answer::Unknown), of(Answer::No), of(Answer::Yes));
        prop_assert!(open.wording.rank() <= child.wording.rank());
        // An indication that only a child's weights give is one as long as nobody knows the age.
        prop_assert!(open.wording == adult.wording || (open.wording == Wording::Indication && adult.wording < Wording::Indication));
        prop_assert_eq!(open.wording_if_minor, Some(child.wording));
        prop_assert_eq!((adult.wording_if_minor, child.wording_if_minor), (None, None));
    }
}
