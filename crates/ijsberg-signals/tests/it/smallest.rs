//! The whole space of answers, by the smallest sets of them that support anything.

use ijsberg_signals::answer::{Answer, Answers};
use ijsberg_signals::assess::{Case, weigh};
use ijsberg_signals::rules::{Element, Law, Rules, Weight};

use crate::space::{contradictions, known};

/// All smallest sets of answers that support an element, for a person of one age.
fn supports(rules: &Rules, law: &Law, e: &Element, child: bool) -> Vec<Vec<String>> {
    let token = |t: &String| -> Vec<Vec<String>> {
        if rules.questions.get(t).is_some() {
            return vec![vec![t.clone()]];
        }
        if rules.operational.dimensions.iter().any(|d| d.id == *t) {
            return ways(rules, t, if child { "child_labour" } else { "adult_labour" });
        }
        let of = law.elements.iter().filter(|o| o.group == *t);
        of.flat_map(|o| supports(rules, law, o, child)).collect()
    };
    let any = |of: &[String]| of.iter().flat_map(token).collect::<Vec<_>>();
    let mut all = any(&e.by);
    if child {
        all.extend(any(&e.by_minor));
    }
    if !e.criteria.is_empty() {
        let mut product = vec![Vec::new()];
        for one in e.criteria.iter().map(|c| any(c)) {
            product = product
                .iter()
                .flat_map(|before: &Vec<String>| one.iter().map(move |more| [&before[..], more].concat()))
                .collect();
        }
        all.extend(product);
    }
    all
}

/// All smallest sets of answers that make a dimension positive.
fn ways(rules: &Rules, dimension: &str, set: &str) -> Vec<Vec<String>> {
    let of = |w: Weight| {
        let of = rules.operational.indicators.iter().filter(move |i| i.dimension() == dimension);
        of.filter(|i| i.weight(set) == w)
            .map(|i| i.asks.first().cloned().unwrap_or_else(|| i.own_question()))
            .collect::<Vec<_>>()
    };
    let (strong, medium, weak) = (of(Weight::Strong), of(Weight::Medium), of(Weight::Weak));
    let mut all = Vec::new();
    for (k, s) in strong.iter().enumerate() {
        all.extend(strong[k + 1..].iter().chain(&medium).chain(&weak).map(|o| vec![s.clone(), o.clone()]));
    }
    for (k, a) in medium.iter().enumerate() {
        for (l, b) in medium.iter().enumerate().skip(k + 1) {
            all.extend(medium[l + 1..].iter().chain(&weak).map(|c| vec![a.clone(), b.clone(), c.clone()]));
        }
    }
    all
}

/// The whole space, by what is smallest in it. Whether something is an indication never turns to no by a yes, nor by leaving open what was
/// answered no (tried below); what supports an element, makes an item complete or a dimension positive does neither. So it is enough to try
/// each smallest set of answers that does, with everything else answered no: there is no answer set with a supported element, a complete
/// item or a positive dimension that does not contain one.
#[test]
fn no_smallest_support_of_anything_is_overlooked() {
    let rules = Rules::shipped();
    let ids = known(&rules);
    let mut tried = 0;
    for (day, law) in ["2010-06-01", "2020-01-01"].iter().zip(&rules.laws) {
        for (age, child) in [(Answer::No, false), (Answer::Yes, true), (Answer::Unknown, false)] {
            let mut all: Vec<Vec<String>> = Vec::new();
            for e in &law.elements {
                let of = supports(&rules, law, e, child);
                // Of the thousands of ways to forced labour all of an adult under the newest law, and some of the others: the same
                // answers lead to it there.
                let step =
                    if of.len() > 1000 && (age != Answer::No || *day == "2010-06-01") { 37 } else { 1 };
                all.extend(of.into_iter().step_by(step));
            }
            for d in &rules.operational.dimensions {
                all.extend(ways(&rules, &d.id, "adult_labour"));
                all.extend(if age != Answer::No { ways(&rules, &d.id, "child_labour") } else { Vec::new() });
            }
            for yes in all {
                let mut answers = Answers(ids.iter().map(|id| (id.clone(), Answer::No)).collect());
                answers.0.insert("minor".into(), age);
                answers.0.extend(yes.iter().map(|id| (id.clone(), Answer::Yes)));
                let case = Case { answers, facts_on: Some(day.parse().unwrap()), ..Case::default() };
                let a = weigh(&rules, &case).unwrap();
                assert_eq!(contradictions(&a), Vec::<&str>::new(), "{day} {age:?} {yes:?} {:?}", a.wording);
                tried += 1;
            }
        }
    }
    assert!(tried > 6_000, "{tried}");
}
