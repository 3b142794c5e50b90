//! What fits on the first screen: the wording, why, what to do and not, whom to call.

use ijsberg_signals::answer::{Answer, Truth};
use ijsberg_signals::assess::{Assessment, Wording};
use ijsberg_signals::rules::{Contact, Field, Rules};

use super::names::{name, wording, words};
use super::{Call, Page, Part};
use crate::text::Text;

/// Reasons, and numbers to call, on the first screen.
const MOST: usize = 3;

pub(super) fn first(page: &mut Page<'_>, rules: &Rules, a: &Assessment) {
    let text = page.text;
    let case = match a.case.key.as_str() {
        "" => String::new(),
        key => text.fill("assess-case", &[("key", key.to_owned())]),
    };
    let mut notes = Vec::new();
    if a.presumed_child {
        notes.push(text.say("assess-presumed-child"));
    }
    if let Some(if_minor) = a.wording_if_minor.filter(|w| *w != a.wording && !a.presumed_child) {
        notes.push(text.fill("assess-if-minor", &[("what", wording(text, if_minor))]));
    }
    notes.push(text.say("assess-no-finding"));
    for [first, second] in &a.conflicts {
        let parts = [("first", name(text, rules, first)), ("second", name(text, rules, second))];
        notes.push(text.fill("assess-conflict", &parts));
    }
    page.parts.push(Part::Say(case, wording(text, a.wording), notes));
    page.parts.push(Part::Why(why(text, rules, a)));
    page.parts.push(Part::Do(
        what_to_do(text, a),
        ["confront", "promise", "press"].map(|k| text.say(&format!("assess-dont-{k}"))).to_vec(),
    ));
    let calls = rules.contacts.first(&a.call, MOST);
    // Without an indication no call is needed; a reader who is still worried may want advice.
    let title = if indicated(a) { "assess-call" } else { "assess-call-worried" };
    page.parts.push(Part::Call(text.say(title), calls.map(|c| call(text, c)).collect()));
}

/// The answers that say most, and what is still open where there is room for it.
fn why(text: &Text, rules: &Rules, a: &Assessment) -> Vec<(Truth, String)> {
    let mut lines: Vec<(Truth, String)> =
        a.because.iter().map(|id| (Truth::Yes, name(text, rules, id))).collect();
    if lines.is_empty() {
        let none = match a.threshold.open.len() {
            0 => text.say("assess-not-yet-all"),
            n => text.fill("assess-not-yet", &[("n", n.to_string())]),
        };
        lines.push((Truth::Open, none));
    }
    let plain = |id: &str| rules.questions.get(id).is_some_and(|q| !q.opens);
    if let Some(next) = a.next.iter().find(|n| plain(&n.question)).filter(|_| lines.len() < MOST) {
        let what = name(text, rules, &next.question);
        lines.push((Truth::Open, text.fill("assess-why-open", &[("what", what)])));
    }
    lines
}

fn indicated(a: &Assessment) -> bool {
    a.wording.rank() >= Wording::Indication.rank()
}

fn what_to_do(text: &Text, a: &Assessment) -> Vec<String> {
    // Answered as an adult, with reasons to think of a child: the age is then unknown.
    let disputed = a.conflicts.iter().any(|[before, _]| before == "minor");
    let open = a.case.answers.given("minor") != Answer::Yes && a.wording_if_minor.is_some();
    let age = (open || disputed).then_some("assess-do-age");
    let said = match a.wording {
        Wording::ExploitationWithoutMeans => "assess-do-pay",
        _ if a.child_labour => "assess-do-child-labour",
        _ if indicated(a) => "assess-do-rights",
        _ => "assess-do-again",
    };
    let all = age.into_iter().chain(["assess-do-private", said, "assess-do-note"]);
    all.map(|key| text.say(key)).collect()
}

fn call(text: &Text, c: &Contact) -> Call {
    let hours = c.short.as_ref().filter(|_| !c.unsure(Field::Hours));
    Call {
        name: words(text, &c.name).to_owned(),
        what: words(text, &c.what).to_owned(),
        hours: hours.map_or_else(String::new, |w| words(text, w).to_owned()),
        reach: c.reach().to_owned(),
        link: c.link(),
        check: c.unsure(Field::Phone).then(|| text.say("assess-call-check")),
    }
}

/// All organisations, whom to call first at the head, with what was looked up where and when.
pub(super) fn everybody(page: &mut Page<'_>, rules: &Rules, a: &Assessment) {
    let text = page.text;
    page.fold(&text.say("assess-call-all"));
    for c in a.call.iter().filter_map(|id| rules.contacts.get(id)) {
        let of = call(text, c);
        page.line(
            1,
            &text.fill("assess-contact", &[("name", of.name), ("phone", of.reach), ("what", of.what)]),
        );
        let languages = c.languages.iter().map(|l| text.say(&format!("speaks-{l}"))).collect::<Vec<_>>();
        let more = [
            ("hours", words(text, &c.hours).to_owned()),
            ("languages", languages.join(", ")),
            ("web", c.web.trim_start_matches("https://").to_owned()),
        ];
        page.line(2, &text.fill("assess-contact-more", &more));
        let unsure = [
            (Field::Phone, "check-phone"),
            (Field::Hours, "check-hours"),
            (Field::Languages, "check-languages"),
        ];
        let unsure: Vec<String> = unsure.iter().filter(|u| c.unsure(u.0)).map(|u| text.say(u.1)).collect();
        if !unsure.is_empty() {
            page.line(2, &text.fill("assess-contact-check", &[("what", unsure.join(", "))]));
        }
        let source = [
            ("day", c.checked_on.to_string()),
            ("source", c.source.trim_start_matches("https://").to_owned()),
        ];
        page.line(2, &text.fill("assess-contact-source", &source));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn hours_that_are_settled_are_beside_the_name() {
        let rules = Rules::shipped();
        for (language, office) in [(Language::English, "Mon–Fri 9–17"), (Language::Dutch, "ma–vr 9–17")]
        {
            let text = Text::new(language);
            let hours = |id: &str| call(&text, rules.contacts.get(id).unwrap()).hours;
            assert_eq!((hours("112").as_str(), hours("comensha").as_str()), ("24/7", office));
            for c in &rules.contacts.contacts {
                let shown = call(&text, c).hours;
                // Opening hours that no source confirms are not shown.
                assert_eq!(shown.is_empty(), c.unsure(Field::Hours), "{}", c.id);
                // They share a line with the name and the number on a phone.
                assert!(shown.chars().count() <= 12, "{shown}");
            }
        }
    }
}
