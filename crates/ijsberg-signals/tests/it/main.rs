//! The shipped instruments on whole cases.

use ijsberg_signals::answer::{Answer, Answers, Truth};
use ijsberg_signals::assess::{Assessment, Case, Wording, assess, weigh};
use ijsberg_signals::ilo::State;
use ijsberg_signals::rules::{Basis, Rules, Source};
use jiff::civil::{Date, date};
use proptest::prelude::*;

mod bank;
mod between;
mod forms;
mod refused;
mod serves;
mod shared;
mod smallest;
mod space;

/// The nine signals, each with the follow-ups that read it as done by another.
const SIGNALS: [(&str, &[&str]); 9] = [
    ("travel_by_others", &[]),
    ("no_own_papers", &["papers_taken_journey", "papers_taken_here"]),
    ("fears_deportation", &["threat_denounce_journey", "threat_denounce_here"]),
    ("irregular_stay", &["status_abused"]),
    ("hands_over_income", &[]),
    ("high_debt", &["debt_binds_journey", "debt_binds_here"]),
    ("limited_freedom", &["confined_journey", "confined_here"]),
    ("works_for_third_party", &["controlled_journey", "forced_tasks"]),
    ("family_threatened", &["family_violence_journey", "family_violence_here"]),
];

fn case(yes: &[&str], no: &[&str]) -> Case {
    let mut answers = Answers::default();
    answers.0.extend(yes.iter().map(|q| ((*q).to_owned(), Answer::Yes)));
    answers.0.extend(no.iter().map(|q| ((*q).to_owned(), Answer::No)));
    Case { answers, ..Case::default() }
}

/// The day on which the cases of the tests are assessed.
pub(crate) const TODAY: Date = date(2026, 11, 29);

fn assess_today(case: &Case) -> Assessment {
    assess(&Rules::shipped(), case, TODAY).unwrap()
}

fn state(a: &Assessment, dimension: &str) -> State {
    a.ilo[0].state(dimension)
}

#[test]
fn all_512_subsets_of_the_nine_signals_show_means_and_never_exploitation() {
    let rules = Rules::shipped();
    let mut positive = [0; 6];
    let (mut indications, mut trafficking) = (0, 0);
    for subset in 0..512_u32 {
        let mut yes = vec!["no_such"; 0];
        for (k, (signal, follow_ups)) in SIGNALS.iter().enumerate() {
            if subset >> k & 1 == 1 {
                yes.push(signal);
                yes.extend(*follow_ups);
            }
        }
        let mut c = case(&yes, &["minor"]);
        c.answers.0.extend(
            SIGNALS
                .iter()
                .enumerate()
                .filter(|(k, _)| subset >> k & 1 == 0)
                .map(|(_, s)| (s.0.to_owned(), Answer::No)),
        );
        let a = weigh(&rules, &c).unwrap();
        for (count, d) in positive.iter_mut().zip(["D1", "D2", "D3", "D4", "D5", "D6"]) {
            *count += u32::from(state(&a, d) == State::Positive);
        }
        indications += u32::from(a.threshold.indication);
        trafficking += u32::from(a.ilo[0].conclusion.as_ref().unwrap().trafficking == Truth::Yes);
    }
    assert_eq!(positive, [0, 256, 64, 0, 432, 0]);
    assert_eq!((indications, trafficking), (511, 0));
}

#[test]
fn nothing_asked_says_nothing_and_asks_the_least_harmful_first() {
    let a = assess_today(&Case::default());
    assert!(!a.is_a_finding_of_fact_or_law && !a.threshold.indication);
    assert_eq!(a.wording, Wording::InsufficientInformation);
    assert!(a.ilo.iter().all(|s| s.dimensions.iter().all(|d| d.state == State::Undetermined)));
    assert!(
        a.next.len() == 5 && a.next.iter().all(|n| n.harm == 1 && !n.may_decide.is_empty()),
        "{:?}",
        a.next
    );
    // Two strong ones, or a strong and another: the smallest ways, two indicators each.
    assert!(a.ilo[0].dimensions[0].missing.iter().all(|m| m.len() == 2));
    assert_eq!(a.help, ["support"]);
}

#[test]
fn one_signal_is_an_indication_and_help_is_named() {
    for (signal, _) in SIGNALS {
        let a = assess_today(&case(&[signal], &[]));
        assert!(a.threshold.indication && a.wording == Wording::Indication, "{signal}");
        assert!(a.help.contains(&"reflection".to_owned()));
    }
    for means in ["means_violence", "means_debt", "means_papers", "means_dominance", "means_deception"] {
        assert!(assess_today(&case(&[means], &[])).threshold.indication, "{means}");
    }
    // A follow-up says as much as the question before it, also where nobody answered that.
    let a = assess_today(&case(&["papers_taken_here"], &[]));
    assert_eq!(a.threshold.by, ["no_own_papers"]);
    let a = assess_today(&case(&["papers_taken_here"], &["no_own_papers"]));
    assert_eq!(a.conflicts, [["no_own_papers".to_owned(), "papers_taken_here".to_owned()]]);
}

/// Deceived, exploited, and held by papers and debt.
const WHOLE: [&str; 15] = [
    "recruited",
    "told_other_work",
    "told_other_pay",
    "excessive_hours",
    "low_pay",
    "no_own_papers",
    "papers_taken_here",
    "high_debt",
    "debt_binds_here",
    "means_debt",
    "form_labour",
    "someone_profits",
    "made_available",
    "transported",
    "housed",
];

#[test]
fn what_is_complete_in_both_layers_is_strongly_supported() {
    let a = assess_today(&case(&WHOLE, &["minor"]));
    assert_eq!(a.wording, Wording::StronglySupported);
    assert_eq!(a.ilo[0].conclusion.as_ref().unwrap().trafficking, Truth::Yes);
    let law = a.law.unwrap();
    let complete: Vec<u8> = law.items.iter().filter(|i| i.complete == Truth::Yes).map(|i| i.number).collect();
    assert_eq!(complete, [1, 4, 6]);
    // The pack has not been compared with the text in force, and says so.
    assert!(!law.pack.verified);
}

#[test]
fn exploitation_without_any_means_is_named_as_that() {
    let rules = Rules::shipped();
    let mut c =
        case(&["excessive_hours", "low_pay", "form_labour", "recruited"], &["minor", "limited_freedom"]);
    for e in rules.laws.last().unwrap().elements.iter().filter(|e| e.group == "means") {
        for q in &e.by {
            c.answers.0.insert(q.clone(), Answer::No);
        }
    }
    let a = assess_today(&c);
    assert_eq!(a.law.as_ref().unwrap().group("means"), Truth::No);
    assert_eq!(a.wording, Wording::ExploitationWithoutMeans);
    assert!(a.help.contains(&"labour".to_owned()));
    // A minor needs no means; hours and low pay alone are child labour.
    c.answers.0.insert("minor".into(), Answer::Yes);
    assert_eq!(assess_today(&c).wording, Wording::Indication);
    c.answers.0.insert("wages_withheld".into(), Answer::Yes);
    let a = assess_today(&c);
    let complete = |n: u8| a.law.as_ref().unwrap().items.iter().find(|i| i.number == n).unwrap().complete;
    assert_eq!((complete(1), complete(2)), (Truth::No, Truth::Yes));
    assert_eq!(a.ilo.len(), 1);
    assert_eq!(a.ilo[0].set, "child_labour");
    assert_eq!(a.wording, Wording::PresumedVictim);
    // What is said most of a child rests on more than hours and pay.
    c.answers.0.insert("threats_here".into(), Answer::Yes);
    assert_eq!(assess_today(&c).wording, Wording::StronglySupported);
}

#[test]
fn minors_in_sex_work_or_dangerous_work_are_an_indication_by_themselves() {
    let excluded: Vec<String> = Rules::shipped().questions.published().map(|q| q.id.clone()).collect();
    let excluded: Vec<&str> = excluded.iter().map(String::as_str).chain(["minor"]).collect();
    for other in ["form_sexual", "hazardous_work", "sex_abroad"] {
        assert_eq!(assess_today(&case(&[other], &excluded)).wording, Wording::NoneYet);
        assert!(assess_today(&case(&[other, "minor"], &[])).threshold.indication);
        assert!(assess_today(&case(&[other, "minor"], &excluded[..14])).threshold.indication);
    }
    // That another profits from sexual acts is an indication until pressure is excluded.
    assert_eq!(assess_today(&case(&["form_sexual"], &["minor"])).wording, Wording::Indication);
}

#[test]
fn weights_for_labour_are_never_used_for_sexual_exploitation() {
    let a = assess_today(&case(&["form_sexual", "excessive_hours", "low_pay"], &["minor"]));
    assert_eq!(a.ilo.iter().map(|s| s.set.as_str()).collect::<Vec<_>>(), ["adult_sexual"]);
    assert!(a.ilo[0].not_loaded.is_some() && a.ilo[0].conclusion.is_none());
    let a = assess_today(&case(&["form_sexual", "form_labour"], &["minor"]));
    assert_eq!(a.ilo.iter().map(|s| s.set.as_str()).collect::<Vec<_>>(), ["adult_labour", "adult_sexual"]);
    // Without an age both sets are shown, and the age is asked for.
    let a = assess_today(&case(&["form_labour"], &[]));
    assert_eq!(a.ilo.len(), 2);
    assert!(a.next.iter().any(|n| n.question == "minor"), "{:?}", a.next);
}

#[test]
fn items_need_the_exploitation_that_courts_read_into_them() {
    let complete = |yes: &[&str], n: u8| {
        let a = assess_today(&case(yes, &["minor", "form_labour"]));
        a.law.unwrap().items.into_iter().find(|i| i.number == n).map(|i| (i.complete, i.missing)).unwrap()
    };
    let missing = |of: &[&str]| (Truth::Open, of.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
    assert_eq!(complete(&["sex_abroad"], 3), missing(&["exploitation"]));
    assert_eq!(complete(&["sex_abroad", "form_sexual", "hands_over_proceeds"], 3), (Truth::Yes, Vec::new()));
    assert_eq!(complete(&["made_available", "means_debt"], 4), missing(&["exploitation", "organs"]));
    assert_eq!(complete(&["made_available", "means_debt", "form_begging"], 4), (Truth::Yes, Vec::new()));
    // Who does sexual acts for payment by a means and is exploited in it has been brought to offer services.
    let services = ["paid_sexual_acts", "violence_here", "hands_over_proceeds"];
    assert_eq!(complete(&services, 4), (Truth::Yes, Vec::new()));
    // So has who works under bad conditions because of what ties the person to them; violence alone may have another cause.
    let work = |tie: &str| {
        let a = assess_today(&case(&["form_labour", "excessive_hours", "low_pay", tie], &["minor"]));
        a.law.unwrap().items[3].complete
    };
    assert_eq!((work("papers_taken_here"), work("violence_here")), (Truth::Yes, Truth::Open));
    assert_eq!(complete(&["form_organs", "someone_profits"], 7), missing(&["means"]));
    // Every item that case law adds to names its judgment.
    for law in &Rules::shipped().laws {
        for item in law.items.iter().filter(|i| [3, 4, 9].contains(&i.number)) {
            let implied = item.implied.as_ref().unwrap();
            assert!(implied.any.contains(&"exploitation".to_owned()));
            let judgment = |s: &Source| match s {
                Source::Reference(r) => r.starts_with("ECLI:NL:HR:"),
                Source::Said(w) => w.en.contains("ECLI:NL:HR:") && w.nl.contains("ECLI:NL:HR:"),
            };
            assert!(implied.sources.iter().all(judgment));
        }
        let abducted = law.elements.iter().any(|e| e.group == "abroad" && e.id == "abroad.abduction");
        assert!(abducted && law.elements.iter().any(|e| e.id == "exploitation.servitude"));
    }
}

#[test]
fn the_law_of_the_day_of_the_facts_counts() {
    let rules = Rules::shipped();
    let on = |day: &str| {
        let mut c = case(&["form_crime", "means_debt", "recruited"], &["minor"]);
        c.facts_on = Some(day.parse().unwrap());
        assess(&rules, &c, TODAY).unwrap()
    };
    let item = |day: &str| {
        let law = on(day).law?;
        Some((law.pack.id.clone(), law.items[0].complete, law.items[0].basis))
    };
    // Before 2013 the text did not name criminal activities; that they were forced services is to be verified.
    let old = Some(("nl-273f-2005".to_owned(), Truth::Yes, Basis::ToBeVerified));
    let new = Some(("nl-273f-2013".to_owned(), Truth::Yes, Basis::Text));
    assert_eq!(item("2004-12-31"), None);
    assert_eq!((item("2005-01-01"), item("2013-11-14")), (old.clone(), old));
    assert_eq!((item("2013-11-15"), item("2026-11-24")), (new.clone(), new));
    // Earlier law is not loaded: that is said, no item is complete, and protection does not wait for it.
    for (day, word) in [("2003-05-01", "250a"), ("1998-05-01", "not loaded")] {
        let a = on(day);
        assert!(a.law_gap.unwrap().en.contains(word));
        assert_eq!(a.wording, Wording::PresumedVictim);
    }
}

#[test]
fn who_refuses_is_not_asked_again_and_follow_ups_come_after_a_yes() {
    let mut c = case(&["high_debt"], &["no_own_papers"]);
    c.answers.0.insert("low_pay".into(), Answer::Refused);
    let rules = Rules::shipped();
    for _ in 0..80 {
        let Some(next) = assess(&rules, &c, TODAY).unwrap().next.into_iter().next() else { break };
        assert!(next.question != "low_pay" && next.question != "papers_taken_here");
        let q = rules.questions.get(&next.question).unwrap();
        // A yes to another question after the same one says as much as a yes to that one.
        assert!(
            q.only_if.iter().all(|p| c.answers.truth(&rules.questions, p) == Truth::Yes),
            "{}",
            next.question
        );
        c.answers.0.insert(next.question, Answer::No);
    }
}

#[test]
fn a_result_that_rests_on_papers_alone_says_so() {
    let a = assess_today(&case(&["irregular_stay"], &[]));
    assert!(a.wording == Wording::Indication && a.wording_without_status < Wording::Indication);
    let a = assess_today(&case(&["irregular_stay", "limited_freedom"], &[]));
    assert_eq!(a.wording, a.wording_without_status);
    // An indicator of papers alone that is answered by itself is about papers too.
    let a = assess_today(&case(&["ilo.D3.illegal_status", "ilo.D3.language", "ilo.D3.travel"], &[]));
    assert!(a.wording == Wording::Indication && a.wording_without_status < Wording::Indication);
}

#[test]
fn an_adult_who_may_be_a_child_is_a_contradiction_and_the_age_is_to_be_found_out() {
    let minor = ["minor", "maybe_minor"].map(str::to_owned);
    assert_eq!(assess_today(&case(&["maybe_minor"], &["minor"])).conflicts, [minor]);
    assert_eq!(assess_today(&case(&["maybe_minor"], &[])).conflicts, Vec::<[String; 2]>::new());
    assert_eq!(assess_today(&case(&["minor"], &["maybe_minor"])).conflicts, Vec::<[String; 2]>::new());
}

fn answers() -> impl Strategy<Value = Answers> {
    let ids: Vec<String> = Rules::shipped().questions.questions.iter().map(|q| q.id.clone()).collect();
    proptest::collection::vec(0..5_usize, ids.len()).prop_map(move |of| {
        Answers(ids.iter().zip(of).map(|(id, a)| (id.clone(), Answer::ALL[a].1)).collect())
    })
}

fn truths(a: &Assessment, set: &str) -> Vec<Truth> {
    let dimensions = a.ilo.iter().filter(|s| s.set == set).flat_map(|s| &s.dimensions);
    let law = a.law.as_ref().unwrap();
    dimensions
        .map(|d| d.state.truth())
        .chain(law.groups.iter().map(|g| g.1))
        .chain(law.items.iter().map(|i| i.complete))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// More yes never makes anything less true, and what is found out stays between what no and yes would give.
    #[test]
    fn a_yes_never_weakens_and_open_lies_between(answers in answers(), at in 0..75_usize) {
        let rules = Rules::shipped();
        let with = |answer: Answer| {
            let mut answers = answers.clone();
            // Fixed, so that the same sets of weights apply.
            for (q, a) in [("minor", Answer::No), ("form_sexual", Answer::No), ("form_labour", Answer::Yes)] {
                answers.0.insert(q.into(), a);
            }
            let id = &rules.questions.questions[at % rules.questions.questions.len()].id;
            if !["minor", "form_sexual", "form_labour"].contains(&id.as_str()) {
                answers.0.insert(id.clone(), answer);
            }
            let a = weigh(&rules, &Case { answers, ..Case::default() }).unwrap();
            (truths(&a, "adult_labour"), a.threshold.indication)
        };
        let (no, open, yes) = (with(Answer::No), with(Answer::NotAsked), with(Answer::Yes));
        for ((n, o), y) in no.0.iter().zip(&open.0).zip(&yes.0) {
            prop_assert!(n <= o || *o == Truth::Open, "{n:?} {o:?} {y:?}");
            prop_assert!(n <= y && (o <= y || *o == Truth::Open), "{n:?} {o:?} {y:?}");
        }
        prop_assert!(no.1 <= yes.1 && open.1 <= yes.1);
        prop_assert_eq!(with(Answer::Unknown).0, open.0.clone());
        prop_assert_eq!(with(Answer::Refused).0, open.0);
    }

    /// What the smallest sets name is enough, and nothing smaller is.
    #[test]
    fn what_is_missing_would_decide(answers in answers()) {
        let rules = Rules::shipped();
        let a = weigh(&rules, &Case { answers: answers.clone(), ..Case::default() }).unwrap();
        for set in &a.ilo {
            for d in set.dimensions.iter().filter(|d| d.state == State::Undetermined) {
                prop_assert!(d.ways >= d.missing.len() && !d.missing.is_empty());
                let mut with = answers.clone();
                for id in &d.missing[0] {
                    let i = rules.operational.indicators.iter().find(|i| i.id == *id).unwrap();
                    let q = i.asks.iter().find(|q| answers.truth(&rules.questions, q) == Truth::Open);
                    with.0.insert(q.cloned().unwrap_or_else(|| i.own_question()), Answer::Yes);
                }
                let b = weigh(&rules, &Case { answers: with, ..Case::default() }).unwrap();
                if let Some(same) = b.ilo.iter().find(|s| s.set == set.set) {
                    prop_assert_eq!(same.state(&d.id), State::Positive);
                }
            }
        }
    }
}
