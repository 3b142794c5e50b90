//! What the parts of an assessment are called.

use ijsberg_signals::answer::Truth;
use ijsberg_signals::assess::Wording;
use ijsberg_signals::rules::{Rules, Words};

use crate::text::{Language, Text};

/// A text of an instrument in the reader's language.
pub fn words<'a>(text: &Text, words: &'a Words) -> &'a str {
    match text.language() {
        Language::English => &words.en,
        Language::Dutch => &words.nl,
    }
}

/// A name such as `told_other_pay`, `D4.hours` or `means` in words; of a question what a yes says.
pub fn name(text: &Text, rules: &Rules, id: &str) -> String {
    let question = rules.questions.get(id).map(ijsberg_signals::rules::Question::said);
    let indicator = || rules.operational.indicators.iter().find(|i| i.id == id).map(|i| &i.text);
    let group = || rules.laws.iter().flat_map(|l| &l.groups).find(|g| g.id == id).map(|g| &g.text);
    let both = || rules.questions.indications.iter().find(|i| i.all.join(" + ") == id).map(|i| &i.text);
    let clue = || rules.eleven.indicators.iter().find(|c| c.id == id).map(|c| &c.text);
    if id == "minor" && question.is_none() {
        return text.say("assess-no-minor");
    }
    let dimension = || rules.operational.dimensions.iter().find(|d| d.id == id).map(|d| &d.text);
    let of = question.or_else(indicator).or_else(dimension).or_else(group).or_else(both).or_else(clue);
    of.map_or_else(|| id.to_owned(), |w| words(text, w).to_owned())
}

/// What speaks for something, by its name: a dimension that is positive, some means, or an answer.
fn reason(text: &Text, rules: &Rules, id: &str) -> String {
    match id {
        "means" => text.say("assess-a-means"),
        id if rules.operational.dimensions.iter().any(|d| d.id == id) => {
            text.fill("assess-dimension", &[("what", name(text, rules, id))])
        }
        id => name(text, rules, id),
    }
}

/// What speaks for something, in one line.
pub(super) fn names(text: &Text, rules: &Rules, ids: &[String]) -> String {
    ids.iter().map(|id| reason(text, rules, id)).collect::<Vec<_>>().join("; ")
}

/// Whether something holds, in a word.
pub(super) fn truth(text: &Text, t: Truth) -> String {
    text.say(match t {
        Truth::Yes => "truth-yes",
        Truth::Open => "truth-open",
        Truth::No => "truth-no",
    })
}

/// The proposed wording.
pub fn wording(text: &Text, wording: Wording) -> String {
    text.say(match wording {
        Wording::InsufficientInformation => "wording-insufficient-information",
        Wording::NoneYet => "wording-none-yet",
        Wording::Indication => "wording-indication",
        Wording::ExploitationWithoutMeans => "wording-exploitation-without-means",
        Wording::PresumedVictim => "wording-presumed-victim",
        Wording::StronglySupported => "wording-strongly-supported",
    })
}
