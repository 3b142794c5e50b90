//! The ILO's rule: a dimension is positive by what weighs in it, not by a score.
//!
//! ILO and European Commission, *Operational indicators of trafficking in human beings* (2009), p. 3. Open answers are read
//! both ways: with all of them no the rule gives the lower, with all of them yes the upper value.

use serde::Serialize;

use crate::answer::{KnownAnswers, Truth};
use crate::rules::{Indicator, Rules, Set, Weight, Words};

/// The most ways to make a dimension positive that are listed.
const WAYS: usize = 5;

/// Positive by two strong, one strong and one other, three medium, or two medium and one weak. Nothing else is.
pub fn rule(strong: usize, medium: usize, weak: usize) -> bool {
    strong >= 2 || (strong == 1 && medium + weak >= 1) || medium >= 3 || (medium == 2 && weak >= 1)
}

/// What is known of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Positive, whatever the open answers turn out to be.
    Positive,
    /// It may turn out either way.
    Undetermined,
    /// Not positive, whatever the open answers turn out to be.
    Excluded,
}

impl State {
    /// The same in three-valued logic.
    pub fn truth(self) -> Truth {
        match self {
            Self::Positive => Truth::Yes,
            Self::Undetermined => Truth::Open,
            Self::Excluded => Truth::No,
        }
    }
}

/// A dimension, with reasons.
#[derive(Debug, Clone, Serialize)]
pub struct DimensionResult {
    /// `D1` to `D6`.
    pub id: String,
    /// What is known of it.
    pub state: State,
    /// Indicators that are there.
    pub supports: Vec<String>,
    /// Indicators that are not there.
    pub contradicts: Vec<String>,
    /// Indicators that are open.
    pub open: Vec<String>,
    /// The smallest sets of indicators that would make it positive, the least harmful to ask first; at most five of them.
    pub missing: Vec<Vec<String>>,
    /// How many such sets there are.
    pub ways: usize,
}

/// What a set of weights leads to.
#[derive(Debug, Clone, Serialize)]
pub struct Conclusion {
    /// Trafficking for forced labour: recruitment by deception or coercion, exploitation, and coercion at destination. For a
    /// child: an act and exploitation.
    pub trafficking: Truth,
    /// The same with abuse of vulnerability as a means, as the Palermo protocol and the Dutch article have it.
    pub with_vulnerability: Truth,
    /// Deceived and exploited.
    pub deceived_and_exploited: Truth,
    /// Exploited.
    pub exploited: Truth,
}

/// A set of weights on a case.
#[derive(Debug, Clone, Serialize)]
pub struct SetResult {
    /// `adult_labour`, `child_labour`, `adult_sexual` or `child_sexual`.
    pub set: String,
    /// Why there is no result: the weights are not loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_loaded: Option<Words>,
    /// The dimensions; none where the weights are not loaded.
    pub dimensions: Vec<DimensionResult>,
    /// What they lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<Conclusion>,
}

impl SetResult {
    /// The state of a dimension; undetermined where the weights are not loaded.
    pub fn state(&self, dimension: &str) -> State {
        self.dimensions.iter().find(|d| d.id == dimension).map_or(State::Undetermined, |d| d.state)
    }
}

impl Indicator {
    /// Its weight in a set.
    pub fn weight(&self, set: &str) -> Weight {
        match set {
            "adult_labour" => self.adult_labour,
            "child_labour" => self.child_labour,
            _ => Weight::Absent,
        }
    }

    /// The name under which it is answered itself.
    pub fn own_question(&self) -> String {
        format!("ilo.{}", self.id)
    }
}

/// Indicators that are there, and open, by weight.
type Counts = [[usize; 3]; 2];

fn state([[s, m, w], [os, om, ow]]: Counts) -> State {
    if rule(s, m, w) {
        State::Positive
    } else if rule(s + os, m + om, w + ow) {
        State::Undetermined
    } else {
        State::Excluded
    }
}

/// Every dimension by one set, whether or not that set is the one to show.
#[derive(Debug)]
pub(crate) struct DimensionCounts<'a>(Vec<(&'a str, Counts)>);

impl<'a> DimensionCounts<'a> {
    pub(crate) fn by_set(rules: &'a Rules, known: &KnownAnswers<'_>, set: &str) -> Self {
        let none = rules.operational.dimensions.iter().map(|d| (d.id.as_str(), Counts::default()));
        let mut all: Vec<(&str, Counts)> = none.collect();
        for i in &rules.operational.indicators {
            let Some(slot) = i.weight(set).slot() else { continue };
            let Some((_, counts)) = all.iter_mut().find(|d| d.0 == i.dimension()) else { continue };
            match known.indicator(&i.id) {
                Truth::Yes => counts[0][slot] += 1,
                Truth::Open => counts[1][slot] += 1,
                Truth::No => {}
            }
        }
        Self(all)
    }

    fn counts(&self, dimension: &str) -> Counts {
        self.0.iter().find(|d| d.0 == dimension).map(|d| d.1).unwrap_or_default()
    }

    /// The state of a dimension.
    pub(crate) fn state(&self, dimension: &str) -> State {
        state(self.counts(dimension))
    }

    /// Whether any dimension is positive.
    pub(crate) fn any_positive(&self) -> bool {
        self.0.iter().any(|d| state(d.1) == State::Positive)
    }

    /// Whether any indicator of a dimension is there.
    pub(crate) fn any_of(&self, dimension: &str) -> bool {
        self.counts(dimension)[0].iter().sum::<usize>() > 0
    }
}

/// Every dimension for an adult, or for a child. What the set for adults shows of an adult it also shows of a child, so that the result for
/// a child is never weaker.
#[derive(Debug)]
pub(crate) struct ByAge<'a>(Vec<DimensionCounts<'a>>);

impl<'a> ByAge<'a> {
    pub(crate) fn for_age(rules: &'a Rules, known: &KnownAnswers<'_>, child: bool) -> Self {
        let sets: &[&str] = if child { &["child_labour", "adult_labour"] } else { &["adult_labour"] };
        Self(sets.iter().map(|set| DimensionCounts::by_set(rules, known, set)).collect())
    }

    /// The state of a dimension: positive by any set, excluded by all of them.
    pub(crate) fn state(&self, dimension: &str) -> State {
        let states = || self.0.iter().map(|w| w.state(dimension));
        if states().any(|s| s == State::Positive) {
            State::Positive
        } else if states().all(|s| s == State::Excluded) {
            State::Excluded
        } else {
            State::Undetermined
        }
    }

    /// Whether any indicator of a dimension is there.
    pub(crate) fn any_of(&self, dimension: &str) -> bool {
        self.0.iter().any(|w| w.any_of(dimension))
    }
}

impl Weight {
    /// Its place in counts.
    fn slot(self) -> Option<usize> {
        match self {
            Self::Strong => Some(0),
            Self::Medium => Some(1),
            Self::Weak => Some(2),
            Self::Absent => None,
        }
    }
}

/// Which sets apply: of adults or children by the person's age, both where it is open; of sexual exploitation where that is
/// the form, and of labour unless it is the only one.
fn sets<'a>(rules: &'a Rules, known: &KnownAnswers<'_>) -> Vec<&'a Set> {
    let truth = |q: &str| known.truth(q);
    let other = Truth::any(
        rules
            .questions
            .questions
            .iter()
            .filter(|q| q.id.starts_with("form_") && q.id != "form_sexual")
            .map(|q| truth(&q.id)),
    );
    let sexual = truth("form_sexual") == Truth::Yes;
    let labour = !sexual || other == Truth::Yes;
    let minor = truth("minor");
    let fits = |s: &&Set| {
        let age = if s.means { minor != Truth::Yes } else { minor != Truth::No };
        age && if s.id.ends_with("sexual") { sexual } else { labour }
    };
    rules.operational.sets.iter().filter(fits).collect()
}

/// The dimensions of each set that applies. `act` says whether an act of recruiting, transporting or housing is supported.
pub(crate) fn evaluate(rules: &Rules, known: &KnownAnswers<'_>, act: Truth) -> Vec<SetResult> {
    sets(rules, known).into_iter().map(|s| evaluate_set(rules, known, s, act)).collect()
}

fn evaluate_set(rules: &Rules, known: &KnownAnswers<'_>, set: &Set, act: Truth) -> SetResult {
    if !set.loaded {
        let id = set.id.clone();
        let why = set.why.clone().unwrap_or_else(|| Words { en: String::new(), nl: String::new() });
        return SetResult { set: id, not_loaded: Some(why), dimensions: Vec::new(), conclusion: None };
    }
    let weighed = DimensionCounts::by_set(rules, known, &set.id);
    let dimensions: Vec<DimensionResult> = rules
        .operational
        .dimensions
        .iter()
        .map(|d| dimension(rules, known, &weighed, &set.id, &d.id))
        .collect();
    let state = |id: &str| dimensions.iter().find(|d| d.id == id).map_or(Truth::Open, |d| d.state.truth());
    let [d1, d2, d3, d4, d5, d6] = ["D1", "D2", "D3", "D4", "D5", "D6"].map(state);
    let conclusion = if set.means {
        Conclusion {
            trafficking: Truth::all([Truth::any([d1, d2]), d4, d5]),
            with_vulnerability: Truth::all([Truth::any([d1, d2, d3]), d4, Truth::any([d5, d6])]),
            deceived_and_exploited: Truth::all([d1, d4]),
            exploited: d4,
        }
    } else {
        let child = Truth::all([act, d4]);
        Conclusion {
            trafficking: child,
            with_vulnerability: child,
            deceived_and_exploited: Truth::all([d1, d4]),
            exploited: d4,
        }
    };
    SetResult { set: set.id.clone(), not_loaded: None, dimensions, conclusion: Some(conclusion) }
}

fn dimension(
    rules: &Rules,
    known: &KnownAnswers<'_>,
    weighed: &DimensionCounts<'_>,
    set: &str,
    id: &str,
) -> DimensionResult {
    let counts = weighed.counts(id);
    let (mut supports, mut contradicts, mut open) = (Vec::new(), Vec::new(), Vec::new());
    let of = rules.operational.indicators.iter().filter(|i| i.dimension() == id);
    for i in of.filter(|i| i.weight(set) != Weight::Absent) {
        match known.indicator(&i.id) {
            Truth::Yes => supports.push(i.id.clone()),
            Truth::No => contradicts.push(i.id.clone()),
            Truth::Open => open.push(i),
        }
    }
    let state = state(counts);
    let with = |set_of: &[&Indicator]| {
        let mut all = counts[0];
        set_of.iter().filter_map(|i| i.weight(set).slot()).for_each(|k| all[k] += 1);
        rule(all[0], all[1], all[2])
    };
    let mut ways: Vec<Vec<&Indicator>> = Vec::new();
    if state == State::Undetermined {
        // Three of medium weight are the most that the rule asks for.
        for size in 1..=3 {
            ways = subsets(&open, size).into_iter().filter(|w| with(w)).collect();
            if !ways.is_empty() {
                break;
            }
        }
        let harm = |way: &Vec<&Indicator>| way.iter().map(|i| u32::from(harm(rules, i))).sum::<u32>();
        let weight = |way: &Vec<&Indicator>| way.iter().map(|i| i.weight(set)).max();
        // Stable: ties stay in the order of the instrument.
        ways.sort_by_key(|w| (harm(w), std::cmp::Reverse(weight(w))));
    }
    DimensionResult {
        id: id.to_owned(),
        state,
        supports,
        contradicts,
        open: open.iter().map(|i| i.id.clone()).collect(),
        ways: ways.len(),
        missing: ways.iter().take(WAYS).map(|w| w.iter().map(|i| i.id.clone()).collect()).collect(),
    }
}

/// How much asking for an indicator may hurt; one that the short form has no question for comes last.
fn harm(rules: &Rules, indicator: &Indicator) -> u8 {
    let of = indicator.asks.iter().filter_map(|q| rules.questions.get(q)).map(|q| q.harm);
    of.min().unwrap_or(4)
}

fn subsets<'a>(of: &[&'a Indicator], size: usize) -> Vec<Vec<&'a Indicator>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (at, first) in of.iter().enumerate() {
        for mut rest in subsets(&of[at + 1..], size - 1) {
            rest.insert(0, first);
            all.push(rest);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_that_of_the_brochure() {
        for (s, m, w, positive) in [
            (2, 0, 0, true),
            (1, 0, 1, true),
            (1, 1, 0, true),
            (1, 0, 0, false),
            (0, 3, 0, true),
            (0, 2, 1, true),
            (0, 2, 0, false),
            (0, 0, 5, false),
            (0, 1, 3, false),
            (0, 0, 0, false),
        ] {
            assert_eq!(rule(s, m, w), positive, "{s}S {m}M {w}W");
        }
    }
}
