//! The questions of the signals, one step at a time, with reasons. Answers travel in the form: nothing is stored here, and nothing
//! stands in an address.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use ijsberg_register::policy::Operation;
use ijsberg_report::assessment::{
    Call, Message, Part, asked, element, messages, name, parts, state, wording, words,
};
use ijsberg_report::errors::register::case_error;
use ijsberg_report::text::Text;
use ijsberg_signals::answer::{Answer, Truth};
use ijsberg_signals::assess::{Assessment, Case, assess};
use ijsberg_signals::next::{Depth, next_block, page as page_of};
use ijsberg_signals::rules::Rules;
use serde::Deserialize;

use crate::app::App;
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page, with_language};

mod sent;

pub(crate) use sent::case;
use sent::{FACTS, QUESTION, today};

/// What a form sends.
pub(crate) type FormData = BTreeMap<String, String>;

/// Messages beside those of an assessment that a page needs to say it by itself, with the names of their parts.
const ALONE: [Message; 5] = [
    ("web-alone", &[]),
    ("web-answered", &["n"]),
    ("web-because", &[]),
    ("web-fact-future", &["field"]),
    ("web-fact-wrong", &["field"]),
];

struct QuestionView<'a> {
    name: String,
    text: &'a str,
    status: bool,
    /// Nothing asks for it now; the page shows it when an answer does.
    hidden: bool,
    options: Vec<(&'static str, String, bool)>,
}

struct Step<'a> {
    title: &'a str,
    questions: Vec<QuestionView<'a>>,
}

struct Fact {
    name: &'static str,
    label: String,
    value: String,
}

impl Page<'_> {
    /// Steps follow.
    fn more(&self) -> bool {
        self.number.is_some_and(|n| n < self.of)
    }
}

/// The result of the answers so far.
#[derive(Template)]
#[template(path = "assess_live.html")]
struct LiveAssessment<'a> {
    t: &'a Text,
    wording: String,
    by: Vec<String>,
    conflicts: Vec<String>,
    next: Vec<String>,
    answered: usize,
}

#[derive(Template)]
#[template(path = "assess.html")]
struct Page<'a> {
    s: Shell<'a>,
    steps: Vec<Step<'a>>,
    /// The number of the step from 1, where one is shown.
    number: Option<usize>,
    of: usize,
    facts: Vec<Fact>,
    facts_on: String,
    hidden: Vec<(String, String)>,
    /// Nothing was sent: the page may fill in what it kept.
    fresh: bool,
    live: String,
}

/// An element of the law or a group of them: its name, its state and the word for that, and the reasons.
struct Row {
    title: String,
    mark: &'static str,
    state: String,
    reasons: Vec<String>,
}

/// A part of a result, as the page marks it up.
enum ResultPart {
    Say(String, Vec<String>),
    Why(Vec<(&'static str, String)>),
    Do(Vec<String>, Vec<String>),
    Call(String, Vec<Call>),
    Elements(String, Vec<String>),
    Group(Row, Vec<Row>),
    Fold(String),
    /// The depth, the words, and the word for a state.
    Line(usize, String, String),
}

#[derive(Template)]
#[template(path = "assess_result.html")]
struct Outcome<'a> {
    s: Shell<'a>,
    parts: Vec<ResultPart>,
    hidden: Vec<(String, String)>,
    /// More can be asked, which would make the wording stronger.
    further: bool,
    /// The pseudonym and organisations to keep it for.
    keep: Option<(String, Vec<String>)>,
}

impl Outcome<'_> {
    /// A fold is open before this part.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn inside(&self, at: &usize) -> bool {
        self.parts[..*at].iter().any(|p| matches!(p, ResultPart::Fold(_)))
    }
}

/// Which step an address names, from 1.
#[derive(Deserialize)]
pub(crate) struct StepQuery {
    step: Option<usize>,
}

/// A step without answers: the first, or the one that the address names. The page fills in what it kept.
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(named): Query<StepQuery>,
) -> Result<Response, WebError> {
    step(&app, &visitor, &FormData::new(), named.step.unwrap_or(1).saturating_sub(1))
}

/// All questions on one page: to print, and to fill in without a connection.
pub(crate) async fn all(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    everything(&app, &visitor, &FormData::new())
}

fn everything(app: &App, visitor: &Visitor, sent: &FormData) -> Result<Response, WebError> {
    let text = visitor.text(app);
    let steps =
        app.rules.questions.blocks.iter().map(|b| block(&app.rules, text, &b.id, sent, None)).collect();
    let (facts, facts_on) = facts(text, sent);
    let s = Shell::new(app, visitor, "web-assess-title").with_form("questions");
    let of = app.rules.questions.blocks.len() + 1;
    let hidden = hidden(sent, |name| !name.starts_with(QUESTION) && !is_fact(name));
    let (live, fresh) = (live_of(app, text, sent)?, sent.is_empty());
    page(&Page { s, steps, number: None, of, facts, facts_on, hidden, fresh, live })
}

/// All that a page needs to weigh answers by itself: the instruments, and the messages of the visitor's language.
pub(crate) async fn instruments(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let text = visitor.text(&app);
    let kept = serde_json::json!({
        "lang": text.language().code(),
        "rules": app.rules,
        "text": messages(text, &ALONE),
    });
    Json(kept).into_response()
}

/// Another step, or the result.
pub(crate) async fn go(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let at: Option<usize> = sent.get("step").and_then(|s| s.parse().ok());
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        let same = match at {
            _ if sent.contains_key("shown") => result(&app, &visitor, &sent)?,
            Some(at) => step(&app, &visitor, &sent, at)?,
            None => everything(&app, &visitor, &sent)?,
        };
        return Ok(with_language(cookie, same));
    }
    let at = at.unwrap_or(0);
    match sent.get("go").map(String::as_str) {
        Some("further") => {
            let further =
                FormData::from([("deep".to_owned(), "1".to_owned())]).into_iter().chain(sent).collect();
            let next = due(&app, visitor.text(&app), &further, 0)?.unwrap_or_default();
            step(&app, &visitor, &further, next)
        }
        Some("result") => result(&app, &visitor, &sent),
        Some("all") => everything(&app, &visitor, &sent),
        Some("back") => step(&app, &visitor, &sent, at.saturating_sub(1)),
        Some("begin") => step(&app, &visitor, &sent, 0),
        _ => match due(&app, visitor.text(&app), &sent, at)? {
            Some(next) => step(&app, &visitor, &sent, next),
            None => result(&app, &visitor, &sent),
        },
    }
}

/// What the answers say so far, as a piece of a page.
pub(crate) async fn live(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    Ok(axum::response::Html(live_of(&app, visitor.text(&app), &sent)?).into_response())
}

fn step(app: &App, visitor: &Visitor, sent: &FormData, at: usize) -> Result<Response, WebError> {
    let text = visitor.text(app);
    let blocks = &app.rules.questions.blocks;
    let at = at.min(blocks.len());
    let known = case(text, sent)?;
    let of = |id: &str| page_of(&app.rules, &known, id, &passed(sent), depth(sent));
    let on_page = |id: &str| of(id).into_iter().map(|q| q.id.clone()).collect::<Vec<_>>();
    let steps: Vec<Step<'_>> = blocks
        .get(at)
        .map(|b| block(&app.rules, text, &b.id, sent, Some(&on_page(&b.id))))
        .into_iter()
        .collect();
    let last = at == blocks.len();
    let (facts, facts_on) = if last { facts(text, sent) } else { (Vec::new(), String::new()) };
    let shown: Vec<String> = steps.iter().flat_map(|s| s.questions.iter().map(|q| q.name.clone())).collect();
    let hidden = hidden(sent, |name| !(shown.iter().any(|s| s == name) || last && is_fact(name)));
    let s = Shell::new(app, visitor, "web-assess-title").with_form("questions");
    let (live, fresh) = (live_of(app, text, sent)?, sent.is_empty());
    page(&Page { s, steps, number: Some(at + 1), of: blocks.len() + 1, facts, facts_on, hidden, fresh, live })
}

/// The next step with a question that can still change what is to be done. The facts come last, and are always asked for.
fn due(app: &App, text: &Text, sent: &FormData, at: usize) -> Result<Option<usize>, WebError> {
    let last = app.rules.questions.blocks.len();
    if at >= last {
        return Ok(None);
    }
    let case = case(text, sent)?;
    Ok(Some(next_block(&app.rules, &case, at, &passed(sent), depth(sent)).unwrap_or(last)))
}

/// Questions that were shown and left open.
fn passed(sent: &FormData) -> Vec<String> {
    let open = |(_, value): &(&String, &String)| Answer::parse(value) == Some(Answer::NotAsked);
    sent.iter().filter(open).filter_map(|(name, _)| name.strip_prefix(QUESTION)).map(str::to_owned).collect()
}

fn depth(sent: &FormData) -> Depth {
    if sent.contains_key("deep") { Depth::All } else { Depth::Enough }
}

fn is_fact(name: &str) -> bool {
    name == "facts_on" || FACTS.iter().any(|f| f.0 == name)
}

/// The hidden fields of the form.
fn hidden(sent: &FormData, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let carried =
        |name: &str| name.starts_with(QUESTION) || is_fact(name) || ["person", "deep"].contains(&name);
    let keep = sent.iter().filter(|(name, value)| carried(name) && wanted(name) && !value.is_empty());
    keep.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The questions of a block; `on_page` names those that are shown at once.
fn block<'a>(
    rules: &'a Rules,
    text: &Text,
    id: &str,
    sent: &FormData,
    on_page: Option<&[String]>,
) -> Step<'a> {
    let questions = &rules.questions;
    let title = questions.blocks.iter().find(|b| b.id == id).map_or("", |b| words(text, &b.text));
    let asked = |q: &'a ijsberg_signals::rules::Question| {
        let name = format!("{QUESTION}{}", q.id);
        let given = sent.get(&name).and_then(|a| Answer::parse(a)).unwrap_or_default();
        let option = |(word, answer): &(&'static str, Answer)| {
            (*word, text.say(&format!("web-answer-{}", word.replace('_', "-"))), *answer == given)
        };
        let options = Answer::ALL.iter().map(option).collect();
        let hidden = on_page.is_some_and(|of| !of.contains(&q.id));
        QuestionView { name, text: words(text, q.said()), status: q.status, hidden, options }
    };
    Step { title, questions: questions.questions.iter().filter(|q| q.block == id).map(asked).collect() }
}

fn facts(text: &Text, sent: &FormData) -> (Vec<Fact>, String) {
    let of = |(name, _): &(&'static str, f64)| Fact {
        name,
        label: text.say(&format!("web-fact-{}", name.replace('_', "-"))),
        value: sent.get(*name).cloned().unwrap_or_default(),
    };
    (FACTS.iter().map(of).collect(), sent.get("facts_on").cloned().unwrap_or_default())
}

pub(crate) fn assessed(rules: &Rules, text: &Text, case: &Case) -> Result<Assessment, WebError> {
    assess(rules, case, today()).map_err(|e| WebError::Sent(case_error(text, &e)))
}

fn live_of(app: &App, text: &Text, sent: &FormData) -> Result<String, WebError> {
    let case = case(text, sent)?;
    let a = assessed(&app.rules, text, &case)?;
    let name = |id: &String| name(text, &app.rules, id);
    let conflict = |[first, second]: &[String; 2]| {
        text.fill("assess-conflict", &[("first", name(first)), ("second", name(second))])
    };
    let live = LiveAssessment {
        t: text,
        wording: text.fill("assess-wording", &[("what", wording(text, a.wording))]),
        by: a.because.iter().map(name).collect(),
        conflicts: a.conflicts.iter().map(conflict).collect(),
        next: a.next.iter().map(|n| asked(text, &app.rules, &n.question)).collect(),
        answered: case.answers.0.len(),
    };
    Ok(live.render()?)
}

fn result(app: &App, visitor: &Visitor, sent: &FormData) -> Result<Response, WebError> {
    let text = visitor.text(app);
    let a = assessed(&app.rules, text, &case(text, sent)?)?;
    let mark = |t: Truth| match t {
        Truth::Yes => "yes",
        Truth::Open => "open",
        Truth::No => "no",
    };
    let row =
        |title: String, t: Truth, reasons| Row { title, mark: mark(t), state: element(text, t), reasons };
    let shown = |part: Part| match part {
        Part::Say(_, wording, notes) => ResultPart::Say(wording, notes),
        Part::Why(lines) => ResultPart::Why(lines.into_iter().map(|(t, words)| (mark(t), words)).collect()),
        Part::Do(now, not) => ResultPart::Do(now, not),
        Part::Call(title, calls) => ResultPart::Call(title, calls),
        Part::Elements(title, notes) => ResultPart::Elements(title, notes),
        Part::Group(title, t, rows) => ResultPart::Group(
            row(title, t, Vec::new()),
            rows.into_iter().map(|r| row(r.title, r.supported, r.reasons)).collect(),
        ),
        Part::Fold(title) => ResultPart::Fold(title),
        Part::Line(depth, words, of) => {
            ResultPart::Line(depth, words, of.map_or_else(String::new, |s| state(text, s)))
        }
    };
    let parts = parts(text, &app.rules, &a).into_iter().map(shown).collect();
    let organisations = || {
        let grants = visitor.session().map(|s| s.grants.clone()).unwrap_or_default();
        grants.into_iter().map(|g| g.organisation).filter(|o| o != "*").collect()
    };
    let person = sent.get("person").filter(|_| visitor.may(Operation::WriteRecord));
    let keep = person.map(|p| (p.clone(), organisations()));
    let s = Shell::new(app, visitor, "assess-title").with_form("answers");
    page(&Outcome { s, parts, further: !a.next.is_empty(), hidden: hidden(sent, |_| true), keep })
}
