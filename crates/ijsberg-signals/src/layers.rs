//! The three layers on some answers, for each age that the person may have.

use crate::answer::{Answer, Answers, KnownAnswers, Truth};
use crate::case::{Case, Threshold};
use crate::ilo::{self, ByAge, DimensionCounts, SetResult, State};
use crate::judge::{Evidence, Wording};
use crate::law::{self, LawResult};
use crate::rules::{Law, Question, Rules, Words};

/// How many reasons are named first.
const REASONS: usize = 3;
/// Groups of which any supported element is an indication.
const INDICATING: [&str; 5] = ["means", "exploitation", "organs", "available", "proceeds"];

pub(crate) struct Layers {
    pub(crate) threshold: Threshold,
    pub(crate) ilo: Vec<SetResult>,
    pub(crate) law: Option<LawResult>,
    pub(crate) gap: Option<Words>,
    pub(crate) presumed_child: bool,
    /// What the elements are, whether or not the law of the day is loaded.
    elements: LawResult,
    adult: Wording,
    child: Wording,
    minor: Truth,
    /// Work that is dangerous or goes on for long, or conditions that are bad by the weights for a child.
    heavy_work: bool,
}

/// The pack of the day, or the one whose elements come nearest, and whether it is that of the day.
fn pack<'a>(rules: &'a Rules, case: &Case) -> (&'a Law, bool) {
    let newest = rules.laws.last().expect("a set of instruments has a pack");
    let Some(day) = case.facts_on else { return (newest, true) };
    match rules.law_on(day) {
        Some(law) => (law, true),
        None => (rules.laws.iter().find(|l| l.valid_from > day).unwrap_or(newest), false),
    }
}

/// The wording alone, as quickly as it can be had: what a further answer would change is found by trying.
pub(crate) fn wording(rules: &Rules, case: &Case, answers: &Answers) -> (Wording, Wording) {
    let (law, loaded) = pack(rules, case);
    let of = |child| evidence(rules, law, loaded, answers, child);
    let minor = answers.truth(&rules.questions, "minor");
    both(minor, &of(false), &of(true))
}

/// The wording for an adult and for a child. It is never weaker for a child than for an adult.
fn both(minor: Truth, adult: &Evidence, child: &Evidence) -> (Wording, Wording) {
    let (adult, child) = (adult.wording(), child.wording());
    let as_adult = if adult == Wording::ExploitationWithoutMeans { Wording::Indication } else { adult };
    let child = if as_adult.rank() > child.rank() { as_adult } else { child };
    match minor {
        Truth::Yes => (child, child),
        // While the age is open and a child would be a presumed victim, the wording for an adult is an indication.
        Truth::Open if child >= Wording::PresumedVictim && adult < Wording::PresumedVictim => {
            (Wording::Indication, child)
        }
        _ => (adult, child),
    }
}

fn evidence(rules: &Rules, law: &Law, loaded: bool, answers: &Answers, child: bool) -> Evidence {
    let known = KnownAnswers::from_answers(rules, answers, Some(child));
    let weighed = ByAge::for_age(rules, &known, child);
    let law = law::summary(rules, law, &known, &weighed, child);
    let positive = |d: &str| weighed.state(d) == State::Positive;
    // With the age open, a dimension that is positive for a child is an indication whatever the age turns out to be.
    let open = answers.truth(&rules.questions, "minor") == Truth::Open;
    let for_child = open && DimensionCounts::by_set(rules, &known, "child_labour").any_positive();
    let is = |group: &str| law.group(group) == Truth::Yes;
    let pressed = positive("D3") || positive("D6");
    let questions = &rules.questions.questions;
    // Work by itself is neutral: a person who is beaten at home may have a job that has nothing to do with it.
    let tied = questions.iter().any(|q| q.ties && known.truth(&q.id) == Truth::Yes);
    let mut form = questions.iter().filter(|q| q.id.starts_with("form_") && (tied || q.id != "form_labour"));
    Evidence {
        child,
        indication: alone(rules, &known).next().is_some(),
        asked: 2 * unanswered(rules, &known).count() <= rules.questions.published().count(),
        means: law.group("means"),
        sure_means: law.means.min(2) as u8,
        exploitation: is("exploitation") || is("organs"),
        conditions: positive("D4"),
        some_condition: weighed.any_of("D4"),
        conditions_possible: weighed.state("D4") != State::Excluded,
        form: form.any(|q| known.truth(&q.id) == Truth::Yes),
        deceived: positive("D1"),
        coerced: positive("D2") || positive("D5"),
        pressed,
        other_dimension: pressed || for_child,
        // No item of a law that did not apply is complete.
        complete: loaded && law.complete,
        settled: loaded && law.settled,
        forced: positive("D4") && positive("D5"),
        // A child's holiday job with long hours, low pay and an employer who gains: its gain is part of what made it exploitation.
        held: law.gain_beside || (!child && is("profit")) || is("proceeds") || positive("D5"),
    }
}

/// Answers that are an indication by themselves, or together.
fn alone<'a>(rules: &'a Rules, known: &'a KnownAnswers<'_>) -> impl Iterator<Item = String> + use<'a> {
    let questions = &rules.questions;
    let yes = |q: &str| known.truth(q) == Truth::Yes;
    // A follow-up says as much as the question before it.
    let by_follow_up = move |q: &Question| {
        q.of.is_some_and(|_| {
            let mut after =
                questions.questions.iter().filter(|c| c.only_if.as_deref() == Some(q.id.as_str()));
            after.any(|c| yes(&c.id))
        })
    };
    let excluded = questions.published().all(|q| known.truth(&q.id) == Truth::No);
    let one = questions.questions.iter().filter(|q| q.indication || q.of.is_some());
    let one = one.filter(move |q| yes(&q.id) || by_follow_up(q)).map(|q| q.id.clone());
    let some = questions.indications.iter();
    let some = some.filter(move |i| i.all.iter().all(|q| yes(q)) && !(i.unless_excluded && excluded));
    one.chain(some.map(crate::rules::Indication::name))
}

/// Published signals and means that nobody answered. Below a question that is answered yes the conversation goes on.
fn unanswered<'a>(rules: &'a Rules, known: &'a KnownAnswers<'_>) -> impl Iterator<Item = &'a Question> {
    let opened = |q: &Question| q.only_if.as_deref().is_some_and(|p| known.truth(p) == Truth::Yes);
    rules.questions.published().filter(move |q| known.truth(&q.id) == Truth::Open && !opened(q))
}

/// What is an indication: answers, or what supports an element.
fn indications(rules: &Rules, known: &KnownAnswers<'_>, law: &LawResult) -> Vec<String> {
    let questions = &rules.questions;
    let mut by: Vec<String> = alone(rules, known).collect();
    let supported =
        law.elements.iter().filter(|e| e.supported == Truth::Yes && INDICATING.contains(&e.group.as_str()));
    for id in supported.flat_map(|e| &e.supports) {
        let Some(q) = questions.get(id) else { continue };
        let parent = q.only_if.as_ref().is_some_and(|p| by.contains(p));
        if !parent && !by.contains(id) && !neutral(id) {
            by.push(id.clone());
        }
    }
    by
}

/// What says nothing without the rest of an element that it helps to support.
fn neutral(id: &str) -> bool {
    ["form_labour", "form_sexual", "sex_abroad", "someone_profits"].contains(&id)
}

impl Layers {
    pub(crate) fn from_answers(rules: &Rules, case: &Case, answers: &Answers) -> Self {
        let known = KnownAnswers::from_answers(rules, answers, None);
        let truth = |q: &str| known.truth(q);
        let minor = truth("minor");
        let (pack, loaded) = pack(rules, case);
        let result = |child: bool| {
            let known = KnownAnswers::from_answers(rules, answers, Some(child));
            law::evaluate(rules, pack, &known, &ByAge::for_age(rules, &known, child), child)
        };
        let elements = match minor {
            Truth::Yes => result(true),
            Truth::No => result(false),
            Truth::Open => law::either(pack, &result(false), &result(true)),
        };
        let ilo = ilo::evaluate(rules, &known, elements.group("act"));
        // A child kept from school: the user who answered that considered the person a child.
        let presumed =
            minor == Truth::Open && ["maybe_minor", "no_education"].iter().any(|q| truth(q) == Truth::Yes);
        // Indications for a presumed child are those for a child. The age is not known, so it is no reason.
        let as_a_child = || -> Vec<String> {
            let of =
                indications(rules, &KnownAnswers::from_answers(rules, answers, Some(true)), &result(true));
            let mut of: Vec<String> =
                of.iter().map(|i| i.trim_start_matches("minor + ").to_owned()).collect();
            let mut seen = std::collections::HashSet::new();
            of.retain(|i| seen.insert(i.clone()));
            of
        };
        let mut by = if presumed { as_a_child() } else { indications(rules, &known, &elements) };
        let evidence = |child| evidence(rules, pack, loaded, answers, child);
        let (as_adult, as_child) = both(minor, &evidence(false), &evidence(true));
        if by.is_empty() && minor == Truth::Open && as_child >= Wording::PresumedVictim {
            by = as_a_child();
        }
        if by.is_empty() {
            // A dimension of many small signs is one too; what the set for adults shows of an adult it shows of a child.
            let sets = [Some("adult_labour"), (minor != Truth::No).then_some("child_labour")];
            for set in sets.iter().flatten() {
                let weighed = DimensionCounts::by_set(rules, &known, set);
                let dimensions = rules.operational.dimensions.iter().map(|d| &d.id);
                by.extend(dimensions.filter(|d| weighed.state(d) == State::Positive).cloned());
            }
            by.sort();
            by.dedup();
        }
        let open = unanswered(rules, &known).map(|q| q.id.clone()).collect();
        let threshold = Threshold { indication: !by.is_empty(), by, open };
        let heavy = ["hazardous_work", "excessive_hours"].iter().any(|q| truth(q) == Truth::Yes);
        let bad = || DimensionCounts::by_set(rules, &known, "child_labour").state("D4") == State::Positive;
        let heavy_work = heavy || bad();
        Self {
            heavy_work,
            threshold,
            ilo,
            law: loaded.then(|| elements.clone()),
            gap: case.facts_on.filter(|_| !loaded).and_then(|d| rules.gap_on(d)).map(|g| g.text.clone()),
            presumed_child: presumed,
            elements,
            adult: as_adult,
            child: as_child,
            minor,
        }
    }

    /// Whether the dimension of exploitation is positive, by any set.
    pub(crate) fn exploited(&self) -> Truth {
        Truth::any(self.ilo.iter().map(|s| s.state("D4").truth()))
    }

    /// What holds at every age that the person may have. A presumed child is protected as a child; the presumption proves nothing, so it
    /// never makes a case strongly supported.
    pub(crate) fn wording(&self) -> Wording {
        match self.minor {
            Truth::Yes => self.child,
            Truth::Open if self.presumed_child && self.child.rank() > self.adult.rank() => {
                self.child.min(Wording::PresumedVictim.max(self.adult))
            }
            // A child needs no means.
            _ if self.presumed_child && self.adult == Wording::ExploitationWithoutMeans => {
                Wording::Indication
            }
            _ => self.adult,
        }
    }

    /// A child, or a presumed child, in work that is too heavy for a child, and nothing that makes it more than an indication.
    pub(crate) fn child_labour(&self) -> bool {
        let child = self.minor == Truth::Yes || self.presumed_child;
        child && self.heavy_work && self.wording() == Wording::Indication
    }

    /// Beside it, where the age is open.
    pub(crate) fn wording_if_minor(&self) -> Option<Wording> {
        (self.minor == Truth::Open).then_some(self.child)
    }

    /// The answers that count most: what exploitation rests on, then means, then what is an indication by itself.
    pub(crate) fn because(&self, rules: &Rules, answers: &Answers) -> Vec<String> {
        let groups = ["exploitation", "organs", "paid_sex", "means", "proceeds", "available"];
        let of = |g: &str| {
            let of = self.elements.elements.iter().filter(|e| e.group == g && e.supported == Truth::Yes);
            of.flat_map(|e| e.supports.iter()).find(|q| rules.questions.get(q).is_some()).cloned()
        };
        let mut found: Vec<String> = Vec::new();
        let mut add = |id: String| {
            if !found.contains(&id) {
                found.push(id);
            }
        };
        groups.iter().filter_map(|g| of(g)).for_each(&mut add);
        let questions = &rules.questions;
        let conditions = rules.operational.indicators.iter().filter(|i| i.dimension() == "D4");
        let conditions =
            conditions.flat_map(|i| &i.asks).filter(|q| answers.truth(questions, q) == Truth::Yes);
        if self.exploited() == Truth::Yes {
            conditions.take(REASONS).cloned().for_each(&mut add);
        }
        // Of a dimension of many small signs, the answers.
        let signs = |d: &str| {
            let of = rules.operational.indicators.iter().filter(|i| i.dimension() == d);
            let asked =
                of.clone().flat_map(|i| &i.asks).filter(|q| answers.truth(questions, q) == Truth::Yes);
            let own = of.filter(|i| answers.given(&i.own_question()) == Answer::Yes).map(|i| &i.id);
            asked.chain(own).cloned().collect::<Vec<_>>()
        };
        for id in &self.threshold.by {
            match signs(id) {
                signs if signs.is_empty() => add(id.clone()),
                signs => signs.into_iter().for_each(&mut add),
            }
        }
        // What is said together with something else need not be said alone.
        let together: Vec<String> = found.iter().filter(|id| id.contains(" + ")).cloned().collect();
        let part = |id: &String| together.iter().any(|t| t.split(" + ").any(|p| p == id));
        found.retain(|id| !part(id));
        found.truncate(REASONS);
        found
    }
}
