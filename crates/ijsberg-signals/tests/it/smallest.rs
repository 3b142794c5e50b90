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
            // Each way to make a dimension positive is tried by itself, and what contains a set that was tried need not be.
            return Vec::new();
        }
        let of = law.elements.iter().filter(|o| o.group == *t);
        of.flat_map(|o| supports(rules, law, o, child)).collect()
    };
    let any = |of: &[String]| of.iter().flat_map(token).collect::<Vec<_>>();
    let mut all = any(&e.by);
    all.extend(any(&e.when_yes));
    let mut criteria = vec![&e.criteria, &e.when_all];
    if child {
        all.extend(any(&e.by_minor));
        criteria.push(&e.criteria_minor);
    }
    for of in criteria.into_iter().filter(|c| !c.is_empty()) {
        let mut product: Vec<Vec<String>> = vec![Vec::new()];
        for one in of.iter().map(|c| any(c)) {
            // An answer that meets a criterion already needs nothing beside it.
            let met = |before: &Vec<String>| one.iter().any(|more| more.iter().all(|m| before.contains(m)));
            let (done, rest): (Vec<_>, Vec<_>) = product.into_iter().partition(met);
            let more = |before: &Vec<String>| {
                one.iter().map(|more| [&before[..], more].concat()).collect::<Vec<_>>()
            };
            product = done.into_iter().chain(rest.iter().flat_map(more)).collect();
        }
        product.iter_mut().for_each(|set| set.sort());
        product.sort();
        product.dedup();
        all.extend(product);
    }
    all
}

/// All smallest sets of answers that make a dimension positive.
fn ways(rules: &Rules, dimension: &str, set: &str) -> Vec<Vec<String>> {
    let of = |w: Weight| {
        let of = rules.operational.indicators.iter().filter(move |i| i.dimension() == dimension);
        // On indicators that no question asks for nothing else depends: of those that weigh the same at any age three stand for all.
        let mut alike = 0;
        of.filter(|i| i.weight(set) == w)
            .filter(|i| {
                let other = !i.asks.is_empty() || i.adult_labour != i.child_labour;
                alike += usize::from(!other);
                other || alike <= 3
            })
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
/// answered no (tried in `space`); what supports an element, makes an item complete or a dimension positive does neither. So it is enough to try
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
                all.extend(supports(&rules, law, e, child));
            }
            // The dimensions are the same under every law.
            for d in rules.operational.dimensions.iter().filter(|_| *day == "2020-01-01") {
                all.extend(ways(&rules, &d.id, "adult_labour"));
                all.extend(if age == Answer::No { Vec::new() } else { ways(&rules, &d.id, "child_labour") });
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
    assert!(tried > 2_000, "{tried}");
}
