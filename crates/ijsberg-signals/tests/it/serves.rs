//! The means must serve the exploitation, and what is bad work is not exploitation by itself.

use ijsberg_signals::answer::{Answer, Truth};
use ijsberg_signals::assess::{Assessment, Case, Wording, weigh};
use ijsberg_signals::rules::Rules;

/// What is said of these answers, with every other question left open or answered no.
fn assess_answers(rules: &Rules, minor: Answer, others: Answer, yes: &[&str]) -> Assessment {
    let mut case = Case::default();
    case.answers.0.extend(rules.questions.questions.iter().map(|q| (q.id.clone(), others)));
    case.answers.0.extend(yes.iter().map(|q| ((*q).to_owned(), Answer::Yes)));
    case.answers.0.insert("minor".into(), minor);
    weigh(rules, &case).unwrap()
}

/// What a violent partner does, which may have nothing to do with the work.
const AT_HOME: [&str; 10] = [
    "violence_here",
    "threats_here",
    "limited_freedom",
    "confined_here",
    "means_dominance",
    "under_influence",
    "in_love",
    "threat_exposure",
    "forced_to_lie",
    "housed",
];

/// What ties a person to the work, so that the violence serves it.
const TIES: [&str; 6] = [
    "papers_taken_here",
    "debt_binds_here",
    "forced_tasks",
    "made_available",
    "family_violence_here",
    "status_abused",
];

/// Items 1, 4 and 9 name a means by which, or with a view to which, the other things are done. Violence at home beside a job, even a
/// bad one, or beside sex work from which somebody profits, is never strongly supported as long as nothing joins the two.
#[test]
fn violence_at_home_never_strongly_supports_trafficking_for_work() {
    let rules = Rules::shipped();
    let jobs: [&[&str]; 7] = [
        &["form_labour"],
        &["form_labour", "low_pay"],
        &["form_labour", "hands_over_income", "someone_profits"],
        &["form_labour", "excessive_hours", "low_pay", "someone_profits"],
        &["form_labour", "no_contract", "no_social_protection", "low_pay", "bad_conditions"],
        &["form_labour", "wages_withheld", "low_pay", "excessive_hours"],
        &["form_sexual", "someone_profits"],
    ];
    for job in jobs {
        for others in [Answer::NotAsked, Answer::No] {
            // The whole of what happens at home, and each half of it.
            for part in [&AT_HOME[..], &AT_HOME[..5], &AT_HOME[5..]] {
                let a = assess_answers(&rules, Answer::No, others, &[job, part].concat());
                assert!(a.wording < Wording::StronglySupported, "{job:?} {part:?}");
            }
        }
    }
    // An ordinary job and violence: an indication, no more.
    assert_eq!(
        assess_answers(&rules, Answer::No, Answer::NotAsked, &[jobs[0], &AT_HOME[..]].concat()).wording,
        Wording::Indication
    );
    for tie in TIES {
        for job in [jobs[3], jobs[6]] {
            let a =
                assess_answers(&rules, Answer::No, Answer::NotAsked, &[job, &AT_HOME[..], &[tie]].concat());
            assert_eq!(a.wording, Wording::StronglySupported, "{job:?} {tie}");
        }
    }
    // Sexual exploitation: who must hand over the proceeds is beaten for them.
    for joined in ["hands_over_proceeds", "paid_sexual_acts"] {
        let a = assess_answers(
            &rules,
            Answer::No,
            Answer::NotAsked,
            &[jobs[6], &AT_HOME[..], &[joined]].concat(),
        );
        assert_eq!(a.wording, Wording::StronglySupported, "{joined}");
    }
}

/// A debt that binds, papers that are missing, dependence: as long as one of them is there, nobody says that every means is excluded.
#[test]
fn what_points_to_a_means_keeps_means_from_being_excluded() {
    let rules = Rules::shipped();
    let bad = ["form_labour", "excessive_hours", "low_pay", "no_contract"];
    let a = assess_answers(&rules, Answer::No, Answer::No, &bad);
    assert_eq!(a.wording, Wording::ExploitationWithoutMeans);
    let points: Vec<&String> = rules
        .laws
        .iter()
        .flat_map(|l| &l.elements)
        .filter(|e| e.group == "means")
        .flat_map(|e| &e.points)
        .collect();
    assert!(points.len() > 20);
    for point in points {
        let a = assess_answers(&rules, Answer::No, Answer::No, &[&bad[..], &[point]].concat());
        assert_ne!(a.wording, Wording::ExploitationWithoutMeans, "{point}");
        assert!(a.law.unwrap().group("means") >= Truth::Open, "{point}");
    }
}

/// Child labour is an offence of its own: dangerous work after school is an indication, and to be reported as child labour. It is
/// trafficking with two of: long hours, a restriction, gain (ECLI:NL:HR:2009:BI7099, ECLI:NL:HR:2020:672).
#[test]
fn a_side_job_of_a_child_is_child_labour_and_not_more() {
    let rules = Rules::shipped();
    let jobs: [&[&str]; 6] = [
        &["hazardous_work"],
        &["hazardous_work", "bad_conditions", "no_contract"],
        &["hazardous_work", "bad_conditions", "low_pay"],
        &["hazardous_work", "excessive_hours", "no_contract"],
        &["excessive_hours", "low_pay", "no_contract"],
        &["hazardous_work", "bad_housing", "no_contract", "low_pay", "someone_profits"],
    ];
    for job in jobs {
        for others in [Answer::NotAsked, Answer::No] {
            for work in [&["form_labour"][..], &["form_labour", "recruited", "transported"]] {
                let a = assess_answers(&rules, Answer::Yes, others, &[job, work].concat());
                assert_eq!(a.wording, Wording::Indication, "{job:?}");
                assert!(a.child_labour);
                assert_eq!(a.call[..2], ["safe_home", "labour"]);
            }
        }
        // Presumed to be a child is enough for that, an adult is not.
        let yes = [job, &["form_labour", "maybe_minor"]].concat();
        assert!(assess_answers(&rules, Answer::Unknown, Answer::NotAsked, &yes).child_labour, "{job:?}");
        assert!(
            !assess_answers(&rules, Answer::No, Answer::NotAsked, &[job, &["form_labour"]].concat())
                .child_labour
        );
    }
    let two: [&[&str]; 4] = [
        &["excessive_hours", "low_pay", "wages_withheld"],
        &["excessive_hours", "no_education"],
        &["hazardous_work", "bad_conditions", "no_education", "low_pay"],
        &["hazardous_work", "excessive_hours", "debt_binds_here"],
    ];
    for job in two {
        let a = assess_answers(&rules, Answer::Yes, Answer::NotAsked, &[job, &["form_labour"]].concat());
        assert_eq!((a.wording, a.child_labour), (Wording::PresumedVictim, false), "{job:?}");
    }
}

/// The gain by which a child's work was concluded to be exploitation does not corroborate that it is.
#[test]
fn gain_that_made_it_exploitation_does_not_corroborate_it() {
    let rules = Rules::shipped();
    let job = ["form_labour", "excessive_hours", "low_pay", "someone_profits"];
    for others in [Answer::NotAsked, Answer::No] {
        let said = |yes: &[&str]| assess_answers(&rules, Answer::Yes, others, yes).wording;
        assert!(said(&job) < Wording::StronglySupported, "{others:?}");
        assert_eq!(said(&[&job[..], &["violence_here"]].concat()), Wording::StronglySupported, "{others:?}");
        // Whoever has a child beg or steal gains by it; that is one thing, not two.
        for form in ["form_begging", "form_crime"] {
            assert_eq!(said(&[form, "someone_profits"]), Wording::PresumedVictim, "{others:?}");
            assert_eq!(said(&[form, "told_other_pay"]), Wording::PresumedVictim, "{others:?}");
        }
    }
}

/// Abduction and violence are two means, each by an answer of its own, though both are asked about under fear; papers that are taken
/// here and were taken on the way are one.
#[test]
fn means_of_one_kind_count_by_what_was_answered_apart() {
    let rules = Rules::shipped();
    let said = |yes: &[&str]| assess_answers(&rules, Answer::No, Answer::NotAsked, yes).wording;
    let sex = ["form_sexual", "paid_sexual_acts", "hands_over_proceeds"];
    let with = |means: &[&str]| said(&[&sex[..], means].concat());
    assert_eq!(with(&["abducted"]), Wording::PresumedVictim);
    assert_eq!(with(&["papers_taken_here", "papers_taken_journey", "means_papers"]), Wording::PresumedVictim);
    for two in
        [["abducted", "violence_here"], ["abducted", "papers_taken_here"], ["means_debt", "forced_tasks"]]
    {
        assert_eq!(with(&two), Wording::StronglySupported, "{two:?}");
    }
}

/// Three broken promises in a dispute about pay are no trafficking, nor is a manager who gains by sex work beside a violent partner: with
/// every other means answered no, or what would join the violence to the sex work, each is an indication.
#[test]
fn what_nothing_joins_to_exploitation_is_an_indication() {
    let rules = Rules::shipped();
    let said = |yes: &[&str], no: &[&str]| {
        let mut case = Case::default();
        case.answers.0.extend(no.iter().map(|q| ((*q).to_owned(), Answer::No)));
        case.answers.0.extend(yes.iter().map(|q| ((*q).to_owned(), Answer::Yes)));
        case.answers.0.insert("minor".into(), Answer::No);
        let a = weigh(&rules, &case).unwrap();
        let complete = a.law.unwrap().items.iter().any(|i| i.complete == Truth::Yes);
        (a.wording, complete)
    };
    let pay = ["form_labour", "low_pay", "told_other_pay", "told_other_conditions", "told_other_housing"];
    let means: Vec<&str> = rules.questions.published().map(|q| q.id.as_str()).collect();
    let partner = ["form_sexual", "violence_here"];
    let apart = ["paid_sexual_acts", "hands_over_proceeds"];
    for (yes, no) in [(&pay[..], &means[..]), (&partner, &apart)] {
        assert_eq!(said(yes, no), (Wording::Indication, false), "{yes:?}");
    }
    // What ties the person to that work, or joins the violence to the sex work, makes it more.
    for join in ["papers_taken_here", "debt_binds_here", "wages_withheld", "made_available"] {
        assert!(said(&[&pay[..], &[join]].concat(), &means).0 >= Wording::PresumedVictim, "{join}");
    }
    for join in ["paid_sexual_acts", "hands_over_proceeds", "told_other_work", "means_dominance", "in_love"] {
        assert!(said(&[&partner[..], &[join]].concat(), &apart).0 >= Wording::PresumedVictim, "{join}");
    }
}

/// A debt that somebody was saddled with is abuse of dominance; extortion is more than that. Forced crime and slavery are services that a
/// means brings somebody to (item 4).
#[test]
fn a_debt_is_no_extortion_and_forced_crime_is_a_service() {
    let rules = Rules::shipped();
    let law = |yes: &[&str]| assess_answers(&rules, Answer::No, Answer::NotAsked, yes).law.unwrap();
    let debt = law(&["means_debt"]);
    let supported = |id: &str| debt.elements.iter().find(|e| e.id == id).unwrap().supported;
    assert_eq!((supported("means.dominance"), supported("means.extortion")), (Truth::Yes, Truth::Open));
    let taken = law(&["abducted"]);
    let means = taken.elements.iter().filter(|e| e.group == "means" && e.supported == Truth::Yes);
    assert_eq!(means.map(|e| e.id.as_str()).collect::<Vec<_>>(), ["means.coercion"]);
    for form in ["form_crime", "form_slavery", "form_similar"] {
        let items = law(&[form, "violence_here"]).items;
        assert_eq!(items.iter().find(|i| i.number == 4).unwrap().complete, Truth::Yes, "{form}");
    }
    // Somebody who was made to marry is not sent to 112 first as if carried off.
    assert_ne!(assess_answers(&rules, Answer::No, Answer::NotAsked, &["sold"]).call[0], "112");
    assert_eq!(assess_answers(&rules, Answer::No, Answer::NotAsked, &["abducted"]).call[0], "112");
}

/// *None yet* gives no reason: nothing that is an indication stands beside it. The reasons are answers, not the name of a dimension.
#[test]
fn none_yet_has_no_reasons_and_reasons_are_answers() {
    let rules = Rules::shipped();
    let a = assess_answers(&rules, Answer::No, Answer::No, &["form_sexual", "paid_sexual_acts"]);
    assert_eq!(a.wording, Wording::Indication);
    let round = ["form_labour", "low_pay", "no_contract", "no_social_protection", "bad_conditions"];
    let a = assess_answers(&rules, Answer::Yes, Answer::No, &round);
    assert!(!a.because.is_empty());
    assert!(a.because.iter().all(|q| rules.questions.get(q).is_some()), "{:?}", a.because);
}

const BAD_WORK: [&str; 3] = ["form_labour", "excessive_hours", "low_pay"];

/// One broken promise about pay or housing is a dispute; promised other work is deception, and so are many broken promises.
#[test]
fn one_broken_promise_about_a_job_is_no_means() {
    let rules = Rules::shipped();
    for others in [Answer::No, Answer::NotAsked] {
        let said =
            |yes: &[&str]| assess_answers(&rules, Answer::No, others, &[&BAD_WORK[..], yes].concat()).wording;
        for promise in ["pay", "conditions", "contract", "housing", "status"] {
            assert!(said(&[&format!("told_other_{promise}")]).rank() <= 2, "{promise}");
        }
        assert!(said(&["told_other_work"]) >= Wording::PresumedVictim);
        let many = ["told_other_pay", "told_other_conditions", "told_other_housing"];
        assert!(said(&many) >= Wording::PresumedVictim);
    }
}

/// By force or deceit, sold, owned: nobody says of such a case that every means is excluded, and with a form it is a presumed victim.
#[test]
fn who_is_forced_sold_or_owned_is_under_a_means() {
    let rules = Rules::shipped();
    for others in [Answer::No, Answer::NotAsked] {
        let said = |yes: &[&str]| assess_answers(&rules, Answer::No, others, yes).wording;
        for means in ["made_available", "control_passed", "sold", "form_slavery", "form_similar"] {
            let with = |form: &[&str]| said(&[form, &[means]].concat());
            assert!(with(&BAD_WORK) >= Wording::PresumedVictim, "{means} {others:?}");
            assert!(with(&["form_begging"]) >= Wording::PresumedVictim, "{means} {others:?}");
            assert!(
                with(&["form_sexual", "paid_sexual_acts"]) >= Wording::PresumedVictim,
                "{means} {others:?}"
            );
        }
        let crime = said(&[&BAD_WORK[..], &["form_crime"]].concat());
        assert_ne!(crime, Wording::ExploitationWithoutMeans);
    }
}

/// A debt that somebody was put in and that keeps them there is debt bondage.
#[test]
fn a_debt_that_binds_is_a_means_where_somebody_is_exploited() {
    let rules = Rules::shipped();
    let cases: [&[&str]; 5] = [
        &["form_labour", "debt_binds_journey", "excessive_hours", "low_pay"],
        &["form_sexual", "paid_sexual_acts", "debt_binds_journey"],
        &["form_sexual", "hands_over_proceeds", "debt_binds_here"],
        &["form_begging", "debt_binds_here"],
        &["form_servitude", "debt_binds_here", "low_pay", "excessive_hours"],
    ];
    for case in cases {
        for others in [Answer::No, Answer::NotAsked] {
            assert!(
                assess_answers(&rules, Answer::No, others, case).wording >= Wording::PresumedVictim,
                "{case:?}"
            );
        }
    }
    // A debt of which nothing is known but that it must be paid is none.
    let honest = assess_answers(&rules, Answer::No, Answer::No, &["form_labour", "high_debt"]);
    assert_eq!(honest.wording, Wording::Indication);
}

/// Taken to another country for sex work from which nobody gains, and violence: an indication (HR:2016:857 asks for exploitation).
#[test]
fn sex_work_abroad_from_which_nobody_gains_is_not_exploitation() {
    let rules = Rules::shipped();
    let a =
        assess_answers(&rules, Answer::No, Answer::No, &["sex_abroad", "means_violence", "violence_here"]);
    assert_eq!(a.wording, Wording::Indication);
    let a = assess_answers(&rules, Answer::No, Answer::NotAsked, &["sex_abroad", "violence_here"]);
    assert_eq!(a.wording, Wording::PresumedVictim);
}

/// What is said while the age is open holds for a child too: where a child is a presumed victim, there is an indication, and why.
#[test]
fn who_may_be_a_child_in_sex_work_is_an_indication() {
    let rules = Rules::shipped();
    let a = assess_answers(&rules, Answer::Unknown, Answer::No, &["form_sexual"]);
    assert_eq!((a.wording, a.wording_if_minor), (Wording::Indication, Some(Wording::PresumedVictim)));
    assert_eq!(a.because, ["form_sexual"]);
}

/// What else an expert would not sign otherwise.
#[test]
fn organs_vulnerability_and_a_restriction_of_a_child() {
    let rules = Rules::shipped();
    for others in [Answer::No, Answer::NotAsked] {
        let adult = |yes: &[&str]| assess_answers(&rules, Answer::No, others, yes).wording;
        let bad = |yes: &[&str]| adult(&[&BAD_WORK[..], yes].concat());
        // Who sells a kidney and was misled about the payment.
        let kidney = ["form_organs", "organ_paid", "told_other_pay", "recruited"];
        assert!(adult(&kidney) >= Wording::PresumedVictim, "{others:?}");
        // A debt because of which the work cannot be left.
        assert!(bad(&["debt_binds_here"]) >= Wording::PresumedVictim, "{others:?}");
        assert!(adult(&["form_sexual", "debt_binds_here"]) <= Wording::Indication, "{others:?}");
        // Begging and a forced marriage are no work that somebody is free to leave.
        for form in ["form_begging", "form_marriage"] {
            assert_ne!(bad(&[form]), Wording::ExploitationWithoutMeans, "{form}");
        }
        // Somebody knows of the vulnerable position and profits from it (HR:2009:BI7099).
        let position =
            ["bad_housing", "depends_on_employer", "knows_no_way", "irregular_stay", "fears_deportation"];
        let known = [&position[..], &["someone_profits"]].concat();
        assert_eq!(bad(&position).rank(), 2, "{others:?}");
        assert!(bad(&known) >= Wording::PresumedVictim, "{others:?}");
        // Of a child one answer is not restriction and means at once.
        let child = |yes: &[&str]| {
            assess_answers(&rules, Answer::Yes, others, &[&BAD_WORK[..], yes].concat()).wording
        };
        assert_eq!(child(&["forced_tasks"]), Wording::PresumedVictim, "{others:?}");
        assert_eq!(child(&["forced_tasks", "violence_here"]), Wording::StronglySupported, "{others:?}");
    }
    // Who may be a child needs no means, and child labour is named.
    let mut case = Case::default();
    case.answers.0.extend(rules.questions.questions.iter().map(|q| (q.id.clone(), Answer::No)));
    let yes = [&BAD_WORK[..], &["maybe_minor"]].concat();
    case.answers.0.extend(yes.iter().map(|q| ((*q).to_owned(), Answer::Yes)));
    case.answers.0.insert("minor".into(), Answer::Unknown);
    let a = weigh(&rules, &case).unwrap();
    assert_eq!((a.wording, a.child_labour), (Wording::Indication, true));
    assert!(a.because.iter().all(|q| !q.contains("minor")), "{:?}", a.because);
}
