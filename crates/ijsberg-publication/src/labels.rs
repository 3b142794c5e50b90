//! Names of covariates and of their levels in the reader's language.

use std::sync::LazyLock;

use ijsberg_report::assessment::words;
use ijsberg_report::text::Text;
use ijsberg_signals::rules::Rules;

use crate::persons::folded;

/// The breakdowns that the law asks for in addition to sex, age and form; each has its own chapter.
pub(crate) const BREAKDOWNS: [&str; 3] = ["sector", "region", "citizenship"];

/// The name of a covariate.
pub fn covariate(text: &Text, name: &str) -> String {
    if BREAKDOWNS.contains(&folded(name).as_str()) {
        return text.say(&format!("legal-by-{}", folded(name)));
    }
    let key = format!("covariate-{}", name.to_lowercase());
    let word = text.say(&key);
    if word == key { name.to_owned() } else { word }
}

/// The name of a level.
pub fn level(text: &Text, covariate: &str, level: &str) -> String {
    let known = |key: String| Some(text.say(&key)).filter(|word| *word != key);
    if covariate == "signal" {
        return signal(text, level);
    }
    if folded(covariate) == "citizenship"
        && let Some(group) = known(format!("legal-citizenship-{level}"))
    {
        return group;
    }
    // Means of coercion use the codes of control.
    let covariate = if covariate == "means" { "control" } else { covariate };
    known(format!("value-{}", level.replace(' ', "-")))
        .or_else(|| known(format!("code-{}-{level}", covariate.to_lowercase())))
        .unwrap_or_else(|| level.to_owned())
}

/// The question or indicator that was answered with yes; its identifier if the instrument does not have it.
fn signal(text: &Text, id: &str) -> String {
    static RULES: LazyLock<Rules> = LazyLock::new(Rules::shipped);
    let indicator = || RULES.operational.indicators.iter().find(|i| i.own_question() == id).map(|i| &i.text);
    let question = RULES.questions.get(id).map(|q| &q.text).or_else(indicator);
    question.map_or_else(|| id.to_owned(), |question| words(text, question).to_owned())
}

/// The names of several covariates.
pub(crate) fn covariates(text: &Text, names: &[String]) -> String {
    names.iter().map(|c| covariate(text, c)).collect::<Vec<_>>().join(", ")
}
