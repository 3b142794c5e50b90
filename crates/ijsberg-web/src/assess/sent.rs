//! What a form sends, as a case.

use ijsberg_report::text::Text;
use ijsberg_signals::answer::Answer;
use ijsberg_signals::assess::{Case, Facts, day_of, has_come};

use super::FormData;
use crate::error::WebError;

/// The part of a field's name before that of a question.
pub(super) const QUESTION: &str = "q.";

/// Facts and how many of their unit make one, as the form asks for them.
pub(super) const FACTS: [(&str, f64); 5] = [
    ("months", 1.0),
    ("hours_a_week", 1.0),
    ("pay_an_hour", 1.0),
    ("share_handed_over", 100.0),
    ("debt", 1.0),
];

pub(super) fn today() -> jiff::civil::Date {
    day_of(jiff::Timestamp::now())
}

/// The case of a form.
pub(crate) fn case(text: &Text, sent: &FormData) -> Result<Case, WebError> {
    let wrong = |field: &str| {
        let label = text.say(&format!("web-fact-{}", field.replace('_', "-")));
        WebError::Sent(text.fill("web-fact-wrong", &[("field", label)]))
    };
    let mut case = Case::default();
    for (name, value) in sent.iter().filter_map(|(n, v)| Some((n.strip_prefix(QUESTION)?, v))) {
        let answer = Answer::parse(value).ok_or_else(|| WebError::Sent(text.say("web-answer-wrong")))?;
        if answer != Answer::NotAsked {
            case.answers.0.insert(name.to_owned(), answer);
        }
    }
    if let Some(day) = sent.get("facts_on").filter(|d| !d.trim().is_empty()) {
        case.facts_on = Some(day.trim().parse().map_err(|_| wrong("facts_on"))?);
        // The same as the assessment says, with the field as the page calls it.
        let later =
            || WebError::Sent(text.fill("web-fact-future", &[("field", text.say("web-fact-facts-on"))]));
        has_come(case.facts_on, today()).map_err(|_| later())?;
    }
    let number = |name: &str, unit: f64| match sent.get(name).map(|v| v.trim().replace(',', ".")) {
        Some(v) if !v.is_empty() => v.parse::<f64>().map(|x| Some(x / unit)).map_err(|_| wrong(name)),
        _ => Ok(None),
    };
    let [months, hours_a_week, pay_an_hour, share_handed_over, debt] =
        FACTS.map(|(name, unit)| number(name, unit));
    case.facts = Facts {
        months: months?,
        hours_a_week: hours_a_week?,
        pay_an_hour: pay_an_hour?,
        share_handed_over: share_handed_over?,
        debt: debt?,
    };
    Ok(case)
}
