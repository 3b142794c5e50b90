//! The words for covariates and for their levels.

use std::sync::LazyLock;

use ijsberg_report::assessment::words;
use ijsberg_report::text::Text;
use ijsberg_signals::rules::Rules;

use crate::persons::folded;

/// What the law asks for beside sex, age and form, each with a chapter of its own.
pub(crate) const BREAKDOWNS: [&str; 3] = ["sector", "region", "citizenship"];

/// The word for a covariate.
pub fn covariate(text: &Text, name: &str) -> String {
    if BREAKDOWNS.contains(&folded(name).as_str()) {
        return text.say(&format!("legal-by-{}", folded(name)));
    }
    let key = format!("covariate-{}", name.to_lowercase());
    let said = text.say(&key);
    if said == key { name.to_owned() } else { said }
}

/// The word for a level.
pub fn level(text: &Text, covariate: &str, level: &str) -> String {
    let known = |key: String| Some(text.say(&key)).filter(|said| *said != key);
    if covariate == "signal" {
        return signal(text, level);
    }
    if folded(covariate) == "citizenship"
        && let Some(group) = known(format!("legal-citizenship-{level}"))
    {
        return group;
    }
    // Means of coercion are written with the codes of control.
    let covariate = if covariate == "means" { "control" } else { covariate };
    known(format!("value-{}", level.replace(' ', "-")))
        .or_else(|| known(format!("code-{}-{level}", covariate.to_lowercase())))
        .unwrap_or_else(|| level.to_owned())
}

/// The question or the indicator that was answered with yes; its name where the instrument has none of that name.
fn signal(text: &Text, id: &str) -> String {
    static RULES: LazyLock<Rules> = LazyLock::new(Rules::shipped);
    let indicator = || RULES.operational.indicators.iter().find(|i| i.own_question() == id).map(|i| &i.text);
    let said = RULES.questions.get(id).map(|q| &q.text).or_else(indicator);
    said.map_or_else(|| id.to_owned(), |said| words(text, said).to_owned())
}

/// The words for several covariates.
pub(crate) fn covariates(text: &Text, names: &[String]) -> String {
    names.iter().map(|c| covariate(text, c)).collect::<Vec<_>>().join(", ")
}
