//! Answers, and what they leave open.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::rules::{Questions, Rules};
pub use crate::truth::Truth;

/// An answer. Nobody is made to answer: what was not asked is not a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Asked, and nobody knows.
    Unknown,
    /// Not asked.
    #[default]
    NotAsked,
    /// Asked, and not answered by choice. It is not asked again.
    Refused,
}

impl Answer {
    /// Every answer, by the word for it in files.
    pub const ALL: [(&'static str, Self); 5] = [
        ("yes", Self::Yes),
        ("no", Self::No),
        ("unknown", Self::Unknown),
        ("not_asked", Self::NotAsked),
        ("refused", Self::Refused),
    ];

    /// The answer for a word in a file; also in Dutch, and as forms write it. An empty cell was not asked.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.trim().to_lowercase().as_str() {
            "yes" | "y" | "ja" | "1" | "true" => Self::Yes,
            "no" | "n" | "nee" | "0" | "false" => Self::No,
            "unknown" | "onbekend" | "weet niet" | "don't know" | "?" => Self::Unknown,
            "not_asked" | "not asked" | "niet gevraagd" | "" => Self::NotAsked,
            "refused"
            | "geweigerd"
            | "does not want to answer"
            | "wil niet antwoorden"
            | "prefers not to say"
            | "wil het niet zeggen" => Self::Refused,
            _ => return None,
        })
    }
}

/// Answers by question. An indicator that the short form has no question for is answered as `ilo.D1.travel`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, Answer>);

impl Answers {
    /// The answer as it was given.
    pub fn given(&self, question: &str) -> Answer {
        self.0.get(question).copied().unwrap_or_default()
    }

    /// What is known of a question. A follow-up that was not answered is a no where the question before it was; a yes to a
    /// follow-up answers the question before it, where nobody said no.
    pub fn truth(&self, questions: &Questions, question: &str) -> Truth {
        match self.given(question) {
            Answer::Yes => Truth::Yes,
            Answer::No => Truth::No,
            _ if self.implied(questions, question) => Truth::Yes,
            _ => {
                let parent = questions.get(question).and_then(|q| q.only_if.as_deref());
                match parent.map(|p| self.truth(questions, p)) {
                    Some(Truth::No) => Truth::No,
                    _ => Truth::Open,
                }
            }
        }
    }

    /// Whether a follow-up was answered yes, so that the question before it need not be.
    fn implied(&self, questions: &Questions, question: &str) -> bool {
        questions.follow_ups(question).any(|q| match self.given(&q.id) {
            Answer::Yes => true,
            Answer::No => false,
            _ => self.implied(questions, &q.id),
        })
    }
}

/// What is known of every question and indicator, found once.
#[derive(Debug)]
pub(crate) struct KnownAnswers<'a> {
    truths: HashMap<&'a str, Truth>,
    indicators: HashMap<&'a str, Truth>,
}

impl<'a> KnownAnswers<'a> {
    /// `child` takes the age as known.
    pub(crate) fn from_answers(rules: &'a Rules, answers: &Answers, child: Option<bool>) -> Self {
        let mut truths: HashMap<&str, Truth> = HashMap::with_capacity(rules.questions.questions.len());
        // Follow-ups stand after the question that they answer.
        let mut implied: HashSet<&str> = HashSet::new();
        for q in rules.questions.questions.iter().rev() {
            let yes = match answers.given(&q.id) {
                Answer::Yes => true,
                Answer::No => false,
                _ => implied.contains(q.id.as_str()),
            };
            implied.extend(q.follows().filter(|_| yes));
        }
        for q in &rules.questions.questions {
            let given = match (q.id.as_str(), child) {
                ("minor", Some(true)) => Answer::Yes,
                ("minor", Some(false)) => Answer::No,
                _ => answers.given(&q.id),
            };
            // What must be answered first stands first.
            let before = q.only_if.as_ref().map(|p| truths[p.as_str()]);
            let truth = match given {
                Answer::Yes => Truth::Yes,
                Answer::No => Truth::No,
                _ if implied.contains(q.id.as_str()) => Truth::Yes,
                _ if before == Some(Truth::No) => Truth::No,
                _ => Truth::Open,
            };
            truths.insert(&q.id, truth);
        }
        let mut known = Self { truths, indicators: HashMap::new() };
        for i in &rules.operational.indicators {
            let own = answers.0.get(&i.own_question());
            let truth = match own {
                Some(Answer::Yes) => Truth::Yes,
                Some(Answer::No) if i.asks.is_empty() => Truth::No,
                _ if i.asks.is_empty() => Truth::Open,
                _ => Truth::any(i.asks.iter().map(|q| known.truth(q))),
            };
            known.indicators.insert(&i.id, truth);
        }
        known
    }

    /// What is known of a question.
    pub(crate) fn truth(&self, question: &str) -> Truth {
        self.truths.get(question).copied().unwrap_or(Truth::Open)
    }

    /// What is known of an indicator.
    pub(crate) fn indicator(&self, id: &str) -> Truth {
        self.indicators.get(id).copied().unwrap_or(Truth::Open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_and_other_words_are_refused() {
        for (word, answer) in Answer::ALL {
            assert_eq!(Answer::parse(word), Some(answer));
            assert_eq!(serde_json::to_value(answer).unwrap(), word);
        }
        assert_eq!(Answer::parse(" Ja "), Some(Answer::Yes));
        assert_eq!(Answer::parse("perhaps"), None);
    }

    /// A yes to the question whether papers are held here means that the person is without them; a yes to the question whether a child is
    /// kept from school does not settle the age.
    #[test]
    fn a_yes_to_a_follow_up_answers_the_question_before_it() {
        let rules = Rules::shipped();
        let of = |given: &[(&str, Answer)], q: &str| {
            let answers = Answers(given.iter().map(|(q, a)| ((*q).to_owned(), *a)).collect());
            let truth = answers.truth(&rules.questions, q);
            assert_eq!(KnownAnswers::from_answers(&rules, &answers, None).truth(q), truth, "{q}");
            truth
        };
        let here = ("papers_taken_here", Answer::Yes);
        assert_eq!(of(&[here], "no_own_papers"), Truth::Yes);
        assert_eq!(of(&[here], "papers"), Truth::Yes);
        assert_eq!(of(&[here, ("no_own_papers", Answer::Unknown)], "no_own_papers"), Truth::Yes);
        assert_eq!(of(&[here, ("no_own_papers", Answer::No)], "no_own_papers"), Truth::No);
        assert_eq!(of(&[here, ("papers", Answer::No)], "no_own_papers"), Truth::Yes);
        assert_eq!(of(&[("no_education", Answer::Yes)], "minor"), Truth::Open);
        assert_eq!(of(&[("papers_taken_here", Answer::No)], "no_own_papers"), Truth::Open);
    }

    #[test]
    fn what_is_open_decides_only_where_nothing_else_does() {
        use Truth::{No, Open, Yes};
        assert_eq!([Truth::any([Open, Yes]), Truth::any([Open, No]), Truth::any([])], [Yes, Open, No]);
        assert_eq!([Truth::all([Open, Yes]), Truth::all([Open, No]), Truth::all([])], [Open, No, Yes]);
    }
}
