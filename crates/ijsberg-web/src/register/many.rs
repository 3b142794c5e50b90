//! Corrects one field in the ticked cases of the list at once, undoes that, and shows the result above the list.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::RegisterError;
use ijsberg_register::codes::code_list;
use ijsberg_register::corrections::{Correction, OF_MANY};
use ijsberg_register::register::id;
use ijsberg_report::errors::register::register_error;
use ijsberg_report::text::Text;

use super::today::here;
use super::{Choice, Sent, choices, countries, of};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor};

/// How long a correction can be undone.
const KEPT: Duration = Duration::from_mins(10);

/// Corrections that put cases back, and what they were corrected to.
#[derive(Debug, Clone)]
pub(crate) struct Undo {
    field: String,
    value: String,
    back: Vec<Correction>,
}

/// What became of what somebody asked for on the list; it is said once.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// Every case was so already.
    Same,
    /// So many were put back.
    PutBack(usize),
    /// It was not done, and why, in words.
    Refused(String),
}

/// By user, what there is to say and what can be undone; one does not take the place of the other.
#[derive(Debug, Default)]
pub(crate) struct LastSaid {
    said: Mutex<HashMap<String, (Instant, Said)>>,
    undo: Mutex<HashMap<String, (Instant, Undo)>>,
}

/// What was kept, without what was kept for long.
fn kept<T>(all: &Mutex<HashMap<String, (Instant, T)>>) -> MutexGuard<'_, HashMap<String, (Instant, T)>> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, (since, _)| since.elapsed() < KEPT);
    all
}

impl LastSaid {
    fn say(&self, visitor: &Visitor, said: Said) {
        if let Some(session) = visitor.session() {
            kept(&self.said).insert(session.user.clone(), (Instant::now(), said));
        }
    }

    fn can_undo(&self, visitor: &Visitor, undo: Undo) {
        if let Some(session) = visitor.session() {
            kept(&self.undo).insert(session.user.clone(), (Instant::now(), undo));
        }
    }

    fn undo(&self, visitor: &Visitor) -> Option<Undo> {
        kept(&self.undo).get(&visitor.session()?.user).map(|kept| kept.1.clone())
    }

    fn is_undone(&self, visitor: &Visitor) {
        if let Some(session) = visitor.session() {
            kept(&self.undo).remove(&session.user);
        }
    }
}

/// A message on the list.
pub(crate) struct Note {
    pub(crate) words: String,
    /// Something can be undone.
    pub(crate) undo: bool,
    pub(crate) bad: bool,
}

/// What is said above the list: what came of what was asked for last, and what can be undone.
pub(crate) fn notes(app: &App, visitor: &Visitor, s: &Shell<'_>) -> Vec<Note> {
    let user = visitor.session().map(|session| session.user.as_str()).unwrap_or_default();
    let said = kept(&app.said.said).remove(user).map(|(_, said)| match said {
        Said::Same => Note { words: s.t("web-many-same"), undo: false, bad: false },
        Said::PutBack(n) => Note { words: s.f("web-many-back", "n", n), undo: false, bad: false },
        Said::Refused(words) => Note { words, undo: false, bad: true },
    });
    let undo = app.said.undo(visitor).map(|undo| {
        let value = match (undo.field.as_str(), undo.value.as_str()) {
            (_, "") => s.t("web-not-known"),
            (TYPED, value) => countries::all(s.text, value),
            (field, value) => s.code(field, value),
        };
        let parts = [
            ("n", undo.back.len().to_string()),
            ("field", s.t(&format!("field-{}", undo.field))),
            ("value", value),
        ];
        Note { words: s.text.fill("web-many-done", &parts), undo: true, bad: false }
    });
    said.into_iter().chain(undo).collect()
}

/// What cases can be corrected to, by field.
pub(crate) fn values(s: &Shell<'_>) -> Vec<(String, Vec<Choice>)> {
    let of = |field: &str| {
        let all = choices(s, field, "").into_iter();
        (
            s.t(&format!("field-{field}")),
            all.map(|(code, word, no)| (format!("{field}={code}"), word, no)).collect(),
        )
    };
    // Citizenships are no list of codes: they are typed.
    OF_MANY.into_iter().filter(|field| code_list(field).is_some()).map(of).collect()
}

/// What a tick box sends: the case and the version that is on the page.
pub(crate) fn ticked(registration: &str, version: i64) -> String {
    format!("{registration}:{version}")
}

fn case(sent: &str, value: &str) -> Option<Correction> {
    let (registration, base) = sent.split_once(':')?;
    Some(Correction {
        registration: id(registration).ok()?,
        base: base.parse().ok()?,
        value: value.to_owned(),
    })
}

/// Why it was not done, in words; `conflict` says so where somebody corrected one of the cases meanwhile.
fn refused(text: &Text, error: WebError, conflict: &str) -> Result<Said, WebError> {
    match error {
        WebError::Register(RegisterError::Conflict { .. }) => Ok(Said::Refused(text.say(conflict))),
        WebError::Register(error @ RegisterError::Invalid { .. }) => {
            Ok(Said::Refused(register_error(text, &error)))
        }
        other => Err(other),
    }
}

/// The field that is typed, where all others are chosen.
const TYPED: &str = "nationality";

/// Which field is corrected to what; nothing where none was chosen.
fn wanted(app: &App, sent: &Sent) -> (String, String) {
    if let Some((field, value)) = of(sent, "to").split_once('=') {
        return (field.to_owned(), value.to_owned());
    }
    let typed = of(sent, TYPED);
    let field = if typed.is_empty() { "" } else { TYPED };
    (field.to_owned(), countries::kept(app, typed))
}

/// Corrects the ticked cases.
pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let all: Sent = sent.iter().cloned().collect();
    let (back, text) = (here(&all), visitor.text(&app));
    if !of(&all, "to").is_empty() && !of(&all, TYPED).is_empty() {
        app.said.say(&visitor, Said::Refused(text.say("web-many-both")));
        return Ok(Redirect::to(&back).into_response());
    }
    let (field, value) = wanted(&app, &all);
    let cases = sent.iter().filter(|s| s.0 == "case").filter_map(|s| case(&s.1, &value));
    let corrections: Vec<Correction> = cases.collect();
    if corrections.is_empty() || field.is_empty() {
        app.said.say(&visitor, Said::Refused(text.say("web-many-none")));
        return Ok(Redirect::to(&back).into_response());
    }
    let name = field.clone();
    match Desk::run(&app, visitor.by(), move |r| r.correct_many(&name, &corrections)).await {
        Ok(back) if back.is_empty() => app.said.say(&visitor, Said::Same),
        Ok(back) => app.said.can_undo(&visitor, Undo { field, value, back }),
        Err(error) => app.said.say(&visitor, refused(text, error, "web-many-conflict")?),
    }
    Ok(Redirect::to(&back).into_response())
}

/// Puts the cases back that were corrected last.
pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let said = match app.said.undo(&visitor) {
        None => Said::Refused(text.say("web-many-late")),
        Some(undo) => {
            let put = Desk::run(&app, visitor.by(), move |r| r.correct_many(&undo.field, &undo.back)).await;
            match put {
                Ok(done) => {
                    app.said.is_undone(&visitor);
                    Said::PutBack(done.len())
                }
                Err(error) => refused(text, error, "web-many-not-undone")?,
            }
        }
    };
    app.said.say(&visitor, said);
    Ok(Redirect::to(&here(&sent)).into_response())
}

/// Saves the list as it is asked for under a name, or removes the name.
pub(crate) async fn view(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let (text, name) = (visitor.text(&app), of(&sent, "name").to_owned());
    let filter = super::today::asked(&sent);
    let back = here(&sent);
    let done = if of(&sent, "go") == "remove" {
        Desk::run(&app, visitor.by(), move |r| r.remove_view(&name)).await
    } else {
        Desk::run(&app, visitor.by(), move |r| r.save_view(&name, &filter)).await
    };
    if let Err(error) = done {
        app.said.say(&visitor, refused(text, error, "web-many-conflict")?);
    }
    Ok(Redirect::to(&back).into_response())
}
