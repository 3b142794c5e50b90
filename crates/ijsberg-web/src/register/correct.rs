//! A correction of a registration: the form, and its outcome. Where another user corrected it since the form was opened nothing is
//! overwritten: see [`super::clash`].

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ijsberg_register::corrections::wrong;
use ijsberg_register::expected::{Expected, Thing};
use ijsberg_register::register::{Id, id};
use ijsberg_register::registrations::Registration;
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::text::Text;
use jiff::tz::TimeZone;

use super::fields::{CORRECTED, RegistrationRef, kept, value, was};
use super::{Choice, FormData, choices, clash, countries, field_value, joined, parts, regions};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page, with_language};
use crate::wrong::FieldErrors;

struct Field {
    name: &'static str,
    label: String,
    value: String,
    /// What it was when the form was opened, as it is kept.
    was: String,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "correct.html")]
struct CorrectionPage<'a> {
    s: Shell<'a>,
    whose: RegistrationRef,
    /// The version that was read: what is corrected is measured by it.
    version: String,
    fields: Vec<Field>,
    countries: Vec<String>,
    regions: Vec<&'static str>,
    wrong: FieldErrors,
}

impl CorrectionPage<'_> {
    /// An input for each citizenship.
    fn nationalities(&self) -> Vec<String> {
        let of = self.fields.iter().find(|f| f.name == "nationality");
        countries::inputs(of.map_or("", |f| f.value.as_str()))
    }
}

/// The form, with the value that each field has in it, and what each was when it was opened.
fn filled<'a>(
    s: Shell<'a>,
    whose: RegistrationRef,
    version: String,
    value: &dyn Fn(&str) -> String,
    was: &dyn Fn(&str) -> String,
) -> CorrectionPage<'a> {
    let s = s.with_form("correction");
    let field = |&(name, list): &(&'static str, &'static str)| {
        let value = value(name);
        let choices = choices(&s, list, &value);
        Field { name, label: s.t(&format!("field-{name}")), value, was: was(name), choices }
    };
    let fields = CORRECTED.iter().map(field).collect();
    let (countries, regions) = (countries::names(&s), regions::names(&s));
    CorrectionPage { s, whose, version, fields, countries, regions, wrong: FieldErrors::default() }
}

/// A field as a form shows it.
fn in_form(text: &Text, field: &str, kept: &str) -> String {
    match field {
        "nationality" => countries::in_form(text, kept),
        "region" => regions::name(text, kept),
        "article_part" => parts::in_form(kept),
        _ => kept.to_owned(),
    }
}

/// The form of a correction.
pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((person, registration)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let of = id(&person)?;
    let named = registration.clone();
    let now = RegisterPool::run(&app, visitor.by(), move |r| read(r, &of, &named)).await?;
    let s = Shell::new(&app, &visitor, "web-correct");
    let text = s.text;
    let was = |field: &str| value(&now, field);
    let shown = |field: &str| in_form(text, field, &value(&now, field));
    page(&filled(s, RegistrationRef { person, registration }, now.version.to_string(), &shown, &was))
}

fn read(r: &mut Register, person: &Id, registration: &str) -> Result<Registration, RegisterError> {
    let now = r.registrations(person)?.into_iter().find(|x| x.id == registration);
    now.ok_or(RegisterError::NotFound(Thing::Registration))
}

/// The outcome of a correction.
enum CorrectionOutcome {
    /// It is so, now or already.
    Done,
    /// Fields that do not fit, and what is expected of them.
    Unfit(Vec<(String, Expected)>),
    /// Another user corrected it meanwhile: the registration as it is now.
    Meanwhile(Box<Registration>),
    /// Of two values of a field none was chosen.
    Unchosen,
}

/// The registration as it was when the form was opened.
fn as_opened(now: &Registration, sent: &FormData) -> Registration {
    let was = |field: &str| clash::base(sent, field).to_owned();
    Registration {
        happened_on: was("happened_on"),
        sex: was("sex"),
        birth_year: was("birth_year").parse().ok(),
        minor: was("minor"),
        nationality: was("nationality"),
        form: was("form"),
        sector: was("sector"),
        region: was("region"),
        article_part: was("article_part"),
        ..now.clone()
    }
}

/// Corrects the fields that differ from those that were read, unless another user corrected it since.
fn tried(
    r: &mut Register,
    app: &App,
    (person, registration): (&Id, &Id),
    sent: &FormData,
    version: i64,
) -> Result<CorrectionOutcome, RegisterError> {
    let named = ijsberg_crypto::hex(registration);
    let now = read(r, person, &named)?;
    let same = now.version == version;
    if same && !clash::unchosen(app, sent).is_empty() {
        return Ok(CorrectionOutcome::Unchosen);
    }
    let opened = if same { now.clone() } else { as_opened(&now, sent) };
    let meant = |field: &str| kept(app, field, clash::meant(sent, field));
    let all = CORRECTED.iter().map(|c| c.0).filter(|field| sent.contains_key(*field));
    let all = all.map(|field| (field.to_owned(), meant(field)));
    let changes: BTreeMap<String, String> = all.filter(|(field, to)| *to != value(&opened, field)).collect();
    let unfit = wrong(&opened, &changes, TimeZone::UTC.to_datetime(r.now).date());
    if !unfit.is_empty() {
        return Ok(CorrectionOutcome::Unfit(unfit));
    }
    if changes.iter().all(|(field, to)| *to == value(&now, field)) {
        return Ok(CorrectionOutcome::Done);
    }
    if !same {
        return Ok(CorrectionOutcome::Meanwhile(Box::new(now)));
    }
    match r.correct(registration, version, &changes) {
        Ok(_) => Ok(CorrectionOutcome::Done),
        // Between the two looks.
        Err(RegisterError::Conflict { .. }) => {
            Ok(CorrectionOutcome::Meanwhile(Box::new(read(r, person, &named)?)))
        }
        Err(error) => Err(error),
    }
}

/// The form with what was sent, and with what was chosen where there was a choice.
fn again<'a>(
    app: &'a App,
    visitor: &Visitor,
    whose: &RegistrationRef,
    sent: &FormData,
) -> CorrectionPage<'a> {
    let s = Shell::new(app, visitor, "web-correct").begun(true);
    let text = s.text;
    let was = |field: &str| field_value(sent, &was(field)).to_owned();
    let shown = |field: &str| {
        if clash::is_theirs(sent, field) {
            in_form(text, field, clash::meant(sent, field))
        } else {
            field_value(sent, field).to_owned()
        }
    };
    filled(s, whose.clone(), field_value(sent, "version").to_owned(), &shown, &was)
}

/// Corrects what differs from what was read; what does not fit is said beside what was entered, and where somebody else corrected it
/// meanwhile there is a choice for each field.
pub(crate) async fn corrected(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((person, registration)): Path<(String, String)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let sent = joined(sent);
    let (of_person, of_registration) = (id(&person)?, id(&registration)?);
    let version: i64 = field_value(&sent, "version").parse().map_err(|_| WebError::NotFound)?;
    let whose = RegistrationRef { person, registration };
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        let same = if clash::is_one(&sent) {
            page(&clash::again(&app, &visitor, &whose, &sent, false))?
        } else {
            page(&again(&app, &visitor, &whose, &sent))?
        };
        return Ok(with_language(cookie, same));
    }
    let (of_app, entered) = (app.clone(), sent.clone());
    let came = RegisterPool::run(&app, visitor.by(), move |r| {
        tried(r, &of_app, (&of_person, &of_registration), &entered, version)
    });
    let (status, html) = match came.await? {
        CorrectionOutcome::Done => {
            return Ok(Redirect::to(&format!("/person/{}", whose.person)).into_response());
        }
        CorrectionOutcome::Unfit(unfit) => {
            let mut form = again(&app, &visitor, &whose, &sent);
            // In the order of the form.
            for (field, expected) in CORRECTED.iter().filter_map(|c| unfit.iter().find(|u| u.0 == c.0)) {
                form.wrong.found(form.s.text, field, expected);
            }
            (StatusCode::UNPROCESSABLE_ENTITY, form.render()?)
        }
        CorrectionOutcome::Unchosen => {
            let html = clash::again(&app, &visitor, &whose, &sent, true).render()?;
            (StatusCode::UNPROCESSABLE_ENTITY, html)
        }
        CorrectionOutcome::Meanwhile(now) => {
            (StatusCode::CONFLICT, clash::found(&app, &visitor, &whose, &sent, &now).render()?)
        }
    };
    Ok((status, Html(html)).into_response())
}
