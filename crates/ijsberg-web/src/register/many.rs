//! One field corrected in the ticked cases of the list at once, and put back; and what is said of it on the list that follows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::RegisterError;
use ijsberg_register::corrections::{Correction, OF_MANY};
use ijsberg_register::register::id;
use ijsberg_report::errors::register::register_error;
use ijsberg_report::text::Text;

use super::today::here;
use super::{Choice, Sent, choices, of};
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

/// What became of what somebody asked for on the list.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// Cases were corrected, and can be put back.
    Corrected(Undo),
    /// So many were put back.
    PutBack(usize),
    /// It was not done, and why, in words.
    Refused(String),
}

/// What was last said to each user.
#[derive(Debug, Default)]
pub(crate) struct LastSaid(Mutex<HashMap<String, (Instant, Said)>>);

impl LastSaid {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Instant, Said)>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (since, _)| since.elapsed() < KEPT);
        all
    }

    pub(crate) fn keep(&self, visitor: &Visitor, said: Said) {
        if let Some(session) = visitor.session() {
            self.all().insert(session.user.clone(), (Instant::now(), said));
        }
    }

    /// What there is to say: once, but what can be undone as long as it can.
    pub(crate) fn of(&self, visitor: &Visitor) -> Option<Said> {
        let (user, mut all) = (&visitor.session()?.user, self.all());
        let said = all.get(user)?.1.clone();
        if !matches!(said, Said::Corrected(_)) {
            all.remove(user);
        }
        Some(said)
    }

    fn take(&self, visitor: &Visitor) -> Option<Undo> {
        match self.all().remove(&visitor.session()?.user)?.1 {
            Said::Corrected(undo) => Some(undo),
            Said::PutBack(_) | Said::Refused(_) => None,
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

impl Note {
    pub(crate) fn of(s: &Shell<'_>, said: Said) -> Self {
        match said {
            Said::Corrected(undo) if undo.back.is_empty() => {
                Self { words: s.t("web-many-same"), undo: false, bad: false }
            }
            Said::Corrected(undo) => {
                let parts = [
                    ("n", undo.back.len().to_string()),
                    ("field", s.t(&format!("field-{}", undo.field))),
                    ("value", s.code(&undo.field, &undo.value)),
                ];
                Self { words: s.text.fill("web-many-done", &parts), undo: true, bad: false }
            }
            Said::PutBack(n) => Self { words: s.f("web-many-back", "n", n), undo: false, bad: false },
            Said::Refused(words) => Self { words, undo: false, bad: true },
        }
    }
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
    OF_MANY.map(of).to_vec()
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

fn refused(text: &Text, error: WebError) -> Result<Said, WebError> {
    match error {
        WebError::Register(RegisterError::Conflict { .. }) => {
            Ok(Said::Refused(text.say("web-many-conflict")))
        }
        WebError::Register(error @ RegisterError::Invalid { .. }) => {
            Ok(Said::Refused(register_error(text, &error)))
        }
        other => Err(other),
    }
}

/// Corrects the ticked cases.
pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let all: Sent = sent.iter().cloned().collect();
    let (back, text) = (here(&all), visitor.text(&app));
    let (field, value) = of(&all, "to").split_once('=').unwrap_or_default();
    let cases = sent.iter().filter(|s| s.0 == "case").filter_map(|s| case(&s.1, value));
    let (corrections, field): (Vec<Correction>, String) = (cases.collect(), field.to_owned());
    let said = if corrections.is_empty() || field.is_empty() {
        Said::Refused(text.say("web-many-none"))
    } else {
        let name = field.clone();
        match Desk::run(&app, visitor.by(), move |r| r.correct_many(&name, &corrections)).await {
            Ok(back) => Said::Corrected(Undo { field, value: value.to_owned(), back }),
            Err(error) => refused(text, error)?,
        }
    };
    app.said.keep(&visitor, said);
    Ok(Redirect::to(&back).into_response())
}

/// Puts the cases back that were corrected last.
pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let said = match app.said.take(&visitor) {
        None => Said::Refused(text.say("web-many-late")),
        Some(undo) => {
            let put = Desk::run(&app, visitor.by(), move |r| r.correct_many(&undo.field, &undo.back)).await;
            match put {
                Ok(done) => Said::PutBack(done.len()),
                Err(error) => refused(text, error)?,
            }
        }
    };
    app.said.keep(&visitor, said);
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
        app.said.keep(&visitor, refused(text, error)?);
    }
    Ok(Redirect::to(&back).into_response())
}
