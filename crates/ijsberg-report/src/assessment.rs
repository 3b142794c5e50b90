//! An assessment in words.

use std::fmt::Write;

use ijsberg_signals::answer::Truth;
use ijsberg_signals::assess::{Assessment, Facts};
use ijsberg_signals::ilo::{DimensionResult, SetResult, State};
use ijsberg_signals::rules::Rules;

use crate::text::Text;

mod first;
mod law;
mod lines;
mod messages;
mod names;

pub use lines::terminal;
pub use messages::{Message, messages};
pub use names::{name, wording, words};
use names::{names, truth};

/// A part of an assessment in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What can be said or written down: the case, the wording, and what holds beside it.
    Say(String, String, Vec<String>),
    /// Why, in at most three lines: an answer, or what is still open.
    Why(Vec<(Truth, String)>),
    /// What to do now, and what not.
    Do(Vec<String>, Vec<String>),
    /// Whom to call first.
    Call(String, Vec<Call>),
    /// The heading of the elements of the law, and what goes for all of them.
    Elements(String, Vec<String>),
    /// A group of elements, whether any of them is supported, and those of which something is known.
    Group(String, Truth, Vec<Row>),
    /// A heading whose lines are shown when somebody asks for them.
    Fold(String),
    /// A line at a depth, 0 to 2, with a state behind it where it has one.
    Line(usize, String, Option<State>),
}

/// An element of the law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub title: String,
    /// Whether it is supported.
    pub supported: Truth,
    /// What speaks for it and against it, and what it rests on in law.
    pub reasons: Vec<String>,
}

/// A number to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who answers.
    pub name: String,
    /// What for.
    pub what: String,
    /// When, in a few letters; empty where the hours are not settled.
    pub hours: String,
    /// The number, or the address on the web where none is known.
    pub reach: String,
    /// What a device opens to get there.
    pub link: String,
    /// A warning where the number itself is still to be checked.
    pub check: Option<String>,
}

/// Gathers parts.
struct Page<'a> {
    text: &'a Text,
    parts: Vec<Part>,
}

impl Page<'_> {
    fn fold(&mut self, title: &str) {
        self.parts.push(Part::Fold(title.to_owned()));
    }

    fn line(&mut self, depth: usize, line: &str) {
        self.parts.push(Part::Line(depth, line.to_owned(), None));
    }
}

/// The word for a state.
pub fn state(text: &Text, state: State) -> String {
    text.say(match state {
        State::Positive => "state-positive",
        State::Undetermined => "state-undetermined",
        State::Excluded => "state-excluded",
    })
}

/// The word for whether an element is supported.
pub fn element(text: &Text, supported: Truth) -> String {
    text.say(match supported {
        Truth::Yes => "element-supported",
        Truth::Open => "element-open",
        Truth::No => "element-not-supported",
    })
}

/// The whole of it in parts. First what fits on a screen: the wording, why, what to do and not, whom to call; then the elements of
/// the law; the rest is folded.
pub fn parts(text: &Text, rules: &Rules, a: &Assessment) -> Vec<Part> {
    let mut page = Page { text, parts: Vec::new() };
    first::first(&mut page, rules, a);
    #[expect(clippy::single_match_else, reason = "both ways are of one weight")]
    match &a.law {
        Some(l) => law::law(&mut page, rules, l, a),
        None => {
            let why =
                a.law_gap.as_ref().map_or_else(|| text.say("assess-no-law"), |w| words(text, w).to_owned());
            let title = text.fill("assess-law", &[("pack", text.say("assess-none"))]);
            page.parts.push(Part::Elements(title, vec![why]));
        }
    }
    if !a.next.is_empty() {
        page.fold(&text.say("assess-next"));
        for n in &a.next {
            page.line(1, &asked(text, rules, &n.question));
        }
    }
    page.fold(&text.say("assess-help"));
    for help in rules.helps.help.iter().filter(|h| a.help.contains(&h.id)) {
        page.line(1, words(text, &help.text));
    }
    first::everybody(&mut page, rules, a);
    a.ilo.iter().for_each(|s| set(&mut page, rules, s));
    rest(&mut page, rules, a);
    page.parts
}

/// A question as it is asked.
pub fn asked(text: &Text, rules: &Rules, id: &str) -> String {
    rules.questions.get(id).map_or_else(|| id.to_owned(), |q| words(text, &q.text).to_owned())
}

/// What the result rests on, and what a reader looks up.
fn rest(page: &mut Page<'_>, rules: &Rules, a: &Assessment) {
    let text = page.text;
    page.fold(&text.say("assess-rest"));
    if a.wording_without_status != a.wording {
        let what = wording(text, a.wording_without_status);
        page.line(0, &text.fill("assess-without-status", &[("what", what)]));
    }
    let others: Vec<String> = a.threshold.by.iter().filter(|b| !a.because.contains(b)).cloned().collect();
    if !others.is_empty() {
        page.line(0, &text.fill("assess-other-signs", &[("what", names(text, rules, &others))]));
    }
    let there: Vec<&str> = a
        .forced_labour
        .iter()
        .filter(|c| c.1 == Truth::Yes)
        .filter_map(|c| rules.eleven.indicators.iter().find(|i| i.id == c.0))
        .map(|c| words(text, &c.text))
        .collect();
    let there = if there.is_empty() { text.say("assess-none") } else { there.join("; ") };
    page.line(0, &text.fill("assess-forced-labour", &[("what", there)]));
    facts(page, &a.case.facts);
    let pack = a.law.as_ref().and_then(|l| rules.laws.iter().find(|p| p.id == l.pack.id));
    if let Some(pack) = pack {
        if let Some(note) = pack.note.as_ref().filter(|_| !pack.verified) {
            page.line(0, &text.fill("assess-unverified", &[("what", words(text, note).to_owned())]));
        }
        for bill in &pack.bills {
            page.line(0, &text.fill("assess-bill", &[("what", words(text, bill).to_owned())]));
        }
    }
    let stamp = |s: &ijsberg_signals::rules::Stamp| {
        format!("{} {} ({})", s.id, s.version, s.sha256.get(..8).unwrap_or_default())
    };
    let stamps: Vec<String> = a.rules.iter().chain(a.law.as_ref().map(|l| &l.pack)).map(stamp).collect();
    page.line(0, &text.fill("assess-rests-on", &[("what", stamps.join(", "))]));
}

/// Facts that courts weigh; there is no threshold for any.
fn facts(page: &mut Page<'_>, f: &Facts) {
    let text = page.text;
    let known = [
        ("fact-months", f.months.map(|x| text.plain(x))),
        ("fact-hours", f.hours_a_week.map(|x| text.plain(x))),
        ("fact-pay", f.pay_an_hour.map(|x| text.decimal(x, 2))),
        ("fact-share", f.share_handed_over.map(|x| text.percent(x))),
        ("fact-debt", f.debt.map(|x| text.number(x))),
    ];
    let known: Vec<String> =
        known.into_iter().filter_map(|(key, value)| Some(text.fill(key, &[("x", value?)]))).collect();
    if !known.is_empty() {
        page.line(1, &text.fill("assess-facts", &[("what", known.join("; "))]));
    }
}

fn set(page: &mut Page<'_>, rules: &Rules, s: &SetResult) {
    let text = page.text;
    let which = text.say(&format!("set-{}", s.set.replace('_', "-")));
    page.fold(&text.fill("assess-ilo", &[("set", which)]));
    if let Some(why) = &s.not_loaded {
        page.line(0, words(text, why));
        return;
    }
    if let Some(note) = rules.operational.note.as_ref().filter(|_| !rules.operational.verified) {
        page.line(0, &text.fill("assess-unverified", &[("what", words(text, note).to_owned())]));
    }
    s.dimensions.iter().for_each(|d| dimension(page, rules, d));
    if let Some(c) = &s.conclusion {
        for (key, t) in [
            ("assess-trafficking", c.trafficking),
            ("assess-vulnerability", c.with_vulnerability),
            ("assess-exploited", c.exploited),
        ] {
            page.line(0, &text.fill(key, &[("what", truth(text, t))]));
        }
    }
}

fn dimension(page: &mut Page<'_>, rules: &Rules, d: &DimensionResult) {
    let text = page.text;
    let title =
        rules.operational.dimensions.iter().find(|x| x.id == d.id).map_or("", |x| words(text, &x.text));
    page.parts.push(Part::Line(1, format!("{} {title}: ", d.id), Some(d.state)));
    if !d.supports.is_empty() {
        page.line(2, &text.fill("assess-supports", &[("what", names(text, rules, &d.supports))]));
    }
    if !d.contradicts.is_empty() {
        let what = names(text, rules, &d.contradicts);
        page.line(2, &text.fill("assess-contradicts", &[("what", what)]));
    }
    // Without support every way is possible, which is no information.
    if let Some(first) = d.missing.first().filter(|_| !d.supports.is_empty()) {
        let mut line = text.fill("assess-missing", &[("what", names(text, rules, first))]);
        if d.ways > 1 {
            let _ = write!(line, " ({})", text.fill("assess-ways", &[("n", (d.ways - 1).to_string())]));
        }
        page.line(2, &line);
    }
}
