//! Corrects one field in the ticked cases of the list at once, undoes that, and shows the result above the list.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::RegisterError;
use ijsberg_register::cases::PAGE;
use ijsberg_register::codes::code_list;
use ijsberg_register::corrections::{Correction, OF_MANY};
use ijsberg_register::register::id;
use ijsberg_report::text::Text;

use super::lists::{asked, here};
use super::{Choice, FormData, choices, countries, field_value};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::last_change::{ChangeNotice, SentChange, Undo};
use crate::shell::{Shell, Visitor};
use crate::wrong::labelled;

/// A message on the list.
pub(crate) struct Note {
    pub(crate) words: String,
    /// Something can be undone.
    pub(crate) undo: bool,
    pub(crate) bad: bool,
}

/// The notices above the list: the outcome of the last change, and the change that can be undone. Also the form of the last change, where
/// that was not done.
pub(crate) fn notes(app: &App, visitor: &Visitor, s: &Shell<'_>) -> (Vec<Note>, SentChange) {
    let mut again = SentChange::default();
    let said = app.said.once(visitor).map(|said| match said {
        ChangeNotice::Same => Note { words: s.t("web-many-same"), undo: false, bad: false },
        ChangeNotice::PutBack(n) => Note { words: s.f("web-many-back", "n", n), undo: false, bad: false },
        ChangeNotice::Refused(words, sent) => {
            again = sent;
            Note { words, undo: false, bad: true }
        }
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
    (said.into_iter().chain(undo).collect(), again)
}

/// What cases can be corrected to, by field, and which of it is chosen.
pub(crate) fn values(s: &Shell<'_>, chosen: &str) -> Vec<(String, Vec<Choice>)> {
    let of = |field: &str| {
        let choice = |(code, word, _): Choice| {
            let value = format!("{field}={code}");
            let is_chosen = value == chosen;
            (value, word, is_chosen)
        };
        (s.t(&format!("field-{field}")), choices(s, field, "").into_iter().map(choice).collect())
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
fn refused(text: &Text, error: WebError, conflict: &str, sent: SentChange) -> Result<ChangeNotice, WebError> {
    match error {
        WebError::Register(RegisterError::Conflict { .. }) => {
            // The user must review the cases first.
            let sent = SentChange { cases: Vec::new(), ..sent };
            Ok(ChangeNotice::Refused(text.say(conflict), sent))
        }
        WebError::Register(RegisterError::Invalid { field, .. }) if field == TYPED => {
            Ok(ChangeNotice::Refused(text.say("web-many-nationality-wrong"), sent))
        }
        error @ WebError::Register(RegisterError::Invalid { .. }) => match labelled(text, error) {
            WebError::Sent(words) => Ok(ChangeNotice::Refused(words, sent)),
            other => Err(other),
        },
        other => Err(other),
    }
}

/// The form as it was sent.
fn as_sent(sent: &[(String, String)], all: &FormData) -> SentChange {
    let cases = sent.iter().filter(|s| s.0 == "case" && case(&s.1, "").is_some()).map(|s| s.1.clone());
    SentChange {
        // A page has no more.
        cases: cases.take(PAGE).collect(),
        to: field_value(all, "to").to_owned(),
        nationality: field_value(all, TYPED).to_owned(),
    }
}

/// The field that is typed, where all others are chosen.
const TYPED: &str = "nationality";

/// Which field is corrected to what; nothing where none was chosen.
fn wanted(app: &App, sent: &FormData) -> (String, String) {
    if let Some((field, value)) = field_value(sent, "to").split_once('=') {
        return (field.to_owned(), value.to_owned());
    }
    let typed = field_value(sent, TYPED);
    let field = if typed.is_empty() { "" } else { TYPED };
    (field.to_owned(), countries::kept(app, typed))
}

/// Corrects the ticked cases.
pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let all: FormData = sent.iter().cloned().collect();
    let (back, text, form) = (here(&all), visitor.text(&app), as_sent(&sent, &all));
    if !form.to.is_empty() && !form.nationality.is_empty() {
        app.said.say(&visitor, ChangeNotice::Refused(text.say("web-many-both"), form));
        return Ok(Redirect::to(&back).into_response());
    }
    let (field, value) = wanted(&app, &all);
    let cases = sent.iter().filter(|s| s.0 == "case").filter_map(|s| case(&s.1, &value));
    let corrections: Vec<Correction> = cases.collect();
    if corrections.is_empty() || field.is_empty() {
        app.said.say(&visitor, ChangeNotice::Refused(text.say("web-many-none"), form));
        return Ok(Redirect::to(&back).into_response());
    }
    let name = field.clone();
    match RegisterPool::run(&app, visitor.by(), move |r| r.correct_many(&name, &corrections)).await {
        Ok(back) if back.is_empty() => app.said.say(&visitor, ChangeNotice::Same),
        Ok(back) => app.said.can_undo(&visitor, Undo { field, value, back }),
        Err(error) => app.said.say(&visitor, refused(text, error, "web-many-conflict", form)?),
    }
    Ok(Redirect::to(&back).into_response())
}

/// Puts the cases back that were corrected last.
pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let said = match app.said.undo(&visitor) {
        None => ChangeNotice::Refused(text.say("web-many-late"), SentChange::default()),
        Some(undo) => {
            let put =
                RegisterPool::run(&app, visitor.by(), move |r| r.correct_many(&undo.field, &undo.back)).await;
            match put {
                Ok(done) => {
                    app.said.is_undone(&visitor);
                    ChangeNotice::PutBack(done.len())
                }
                Err(error) => refused(text, error, "web-many-not-undone", SentChange::default())?,
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
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let (text, name) = (visitor.text(&app), field_value(&sent, "name").to_owned());
    let filter = asked(&sent);
    let back = here(&sent);
    let done = if field_value(&sent, "go") == "remove" {
        RegisterPool::run(&app, visitor.by(), move |r| r.remove_view(&name)).await
    } else {
        RegisterPool::run(&app, visitor.by(), move |r| r.save_view(&name, &filter)).await
    };
    if let Err(error) = done {
        app.said.say(&visitor, refused(text, error, "web-many-conflict", SentChange::default())?);
    }
    Ok(Redirect::to(&back).into_response())
}
