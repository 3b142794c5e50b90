//! A correction of a registration: the form, and what comes of it. Where somebody else corrected it since the form was opened nothing is
//! overwritten: see [`super::clash`].

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ijsberg_register::corrections::wrong;
use ijsberg_register::days::typed;
use ijsberg_register::expected::{Expected, Thing};
use ijsberg_register::parts::typed as typed_parts;
use ijsberg_register::register::{Id, id};
use ijsberg_register::registrations::Registration;
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::text::Text;
use jiff::tz::TimeZone;

use super::wrong::AllWrong;
use super::{Choice, Sent, choices, clash, countries, joined, of, parts, regions};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page, with_language};

/// What a correction may change, with its code list where it has one.
pub(super) const CORRECTED: [(&str, &str); 9] = [
    ("happened_on", ""),
    ("sex", "sex"),
    ("birth_year", ""),
    ("minor", "answer"),
    ("nationality", ""),
    ("form", "form"),
    ("sector", "sector"),
    ("region", ""),
    ("article_part", ""),
];

/// A registration, and whose it is.
#[derive(Clone)]
pub(super) struct Whose {
    pub(super) person: String,
    pub(super) registration: String,
}

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
struct Correct<'a> {
    s: Shell<'a>,
    whose: Whose,
    /// The version that was read: what is corrected is measured by it.
    version: String,
    fields: Vec<Field>,
    countries: Vec<String>,
    regions: Vec<&'static str>,
    wrong: AllWrong,
}

impl Correct<'_> {
    /// An input for each citizenship.
    fn nationalities(&self) -> Vec<String> {
        let of = self.fields.iter().find(|f| f.name == "nationality");
        countries::inputs(of.map_or("", |f| f.value.as_str()))
    }
}

/// The name under which a form sends what a field was.
pub(super) fn was(field: &str) -> String {
    format!("was.{field}")
}

/// The form, with the value that each field has in it, and what each was when it was opened.
fn filled<'a>(
    s: Shell<'a>,
    whose: Whose,
    version: String,
    value: &dyn Fn(&str) -> String,
    was: &dyn Fn(&str) -> String,
) -> Correct<'a> {
    let s = s.with_form("correction");
    let field = |&(name, list): &(&'static str, &'static str)| {
        let value = value(name);
        let choices = choices(&s, list, &value);
        Field { name, label: s.t(&format!("field-{name}")), value, was: was(name), choices }
    };
    let fields = CORRECTED.iter().map(field).collect();
    let (countries, regions) = (countries::names(&s), regions::names(&s));
    Correct { s, whose, version, fields, countries, regions, wrong: AllWrong::default() }
}

/// A field of a registration as it is kept.
pub(super) fn value(r: &Registration, field: &str) -> String {
    match field {
        "happened_on" => r.happened_on.clone(),
        "sex" => r.sex.clone(),
        "birth_year" => r.birth_year.map(|y| y.to_string()).unwrap_or_default(),
        "minor" => r.minor.clone(),
        "nationality" => r.nationality.clone(),
        "form" => r.form.clone(),
        "sector" => r.sector.clone(),
        "region" => r.region.clone(),
        "article_part" => r.article_part.clone(),
        _ => String::new(),
    }
}

/// The same as a form shows it.
fn in_form(text: &Text, field: &str, kept: &str) -> String {
    match field {
        "nationality" => countries::in_form(text, kept),
        "region" => regions::name(text, kept),
        "article_part" => parts::in_form(kept),
        _ => kept.to_owned(),
    }
}

/// What is kept of what was entered in a field.
pub(super) fn kept(app: &App, field: &str, entered: &str) -> String {
    match field {
        "happened_on" => typed(entered),
        "nationality" => countries::kept(app, entered),
        "region" => regions::code(entered),
        "article_part" => typed_parts(entered),
        _ => entered.trim().to_owned(),
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
    let now = Desk::run(&app, visitor.by(), move |r| read(r, &of, &named)).await?;
    let s = Shell::new(&app, &visitor, "web-correct");
    let text = s.text;
    let was = |field: &str| value(&now, field);
    let shown = |field: &str| in_form(text, field, &value(&now, field));
    page(&filled(s, Whose { person, registration }, now.version.to_string(), &shown, &was))
}

fn read(r: &mut Register, person: &Id, registration: &str) -> Result<Registration, RegisterError> {
    let now = r.registrations(person)?.into_iter().find(|x| x.id == registration);
    now.ok_or(RegisterError::NotFound(Thing::Registration))
}

/// What came of a correction.
enum Came {
    /// It is so, now or already.
    Done,
    /// Fields that do not fit, and what is expected of them.
    Unfit(Vec<(String, Expected)>),
    /// Somebody else corrected it meanwhile: the registration as it is now.
    Meanwhile(Box<Registration>),
    /// Of two values of a field none was chosen.
    Unchosen,
}

/// The registration as it was when the form was opened.
fn as_opened(now: &Registration, sent: &Sent) -> Registration {
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

/// Corrects what differs from what was read, as long as nobody else corrected it since.
fn tried(
    r: &mut Register,
    app: &App,
    (person, registration): (&Id, &Id),
    sent: &Sent,
    version: i64,
) -> Result<Came, RegisterError> {
    let named = ijsberg_crypto::hex(registration);
    let now = read(r, person, &named)?;
    let same = now.version == version;
    if same && !clash::unchosen(app, sent).is_empty() {
        return Ok(Came::Unchosen);
    }
    let opened = if same { now.clone() } else { as_opened(&now, sent) };
    let meant = |field: &str| kept(app, field, clash::meant(sent, field));
    let all = CORRECTED.iter().map(|c| c.0).filter(|field| sent.contains_key(*field));
    let all = all.map(|field| (field.to_owned(), meant(field)));
    let changes: BTreeMap<String, String> = all.filter(|(field, to)| *to != value(&opened, field)).collect();
    let unfit = wrong(&opened, &changes, TimeZone::UTC.to_datetime(r.now).date());
    if !unfit.is_empty() {
        return Ok(Came::Unfit(unfit));
    }
    if changes.iter().all(|(field, to)| *to == value(&now, field)) {
        return Ok(Came::Done);
    }
    if !same {
        return Ok(Came::Meanwhile(Box::new(now)));
    }
    match r.correct(registration, version, &changes) {
        Ok(_) => Ok(Came::Done),
        // Between the two looks.
        Err(RegisterError::Conflict { .. }) => Ok(Came::Meanwhile(Box::new(read(r, person, &named)?))),
        Err(error) => Err(error),
    }
}

/// The form with what was sent, and with what was chosen where there was a choice.
fn again<'a>(app: &'a App, visitor: &Visitor, whose: &Whose, sent: &Sent) -> Correct<'a> {
    let s = Shell::new(app, visitor, "web-correct").begun(true);
    let text = s.text;
    let was = |field: &str| of(sent, &was(field)).to_owned();
    let shown = |field: &str| {
        if clash::is_theirs(sent, field) {
            in_form(text, field, clash::meant(sent, field))
        } else {
            of(sent, field).to_owned()
        }
    };
    filled(s, whose.clone(), of(sent, "version").to_owned(), &shown, &was)
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
    let version: i64 = of(&sent, "version").parse().map_err(|_| WebError::NotFound)?;
    let whose = Whose { person, registration };
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        let same = if clash::is_one(&sent) {
            page(&clash::again(&app, &visitor, &whose, &sent, false))?
        } else {
            page(&again(&app, &visitor, &whose, &sent))?
        };
        return Ok(with_language(cookie, same));
    }
    let (of_app, entered) = (app.clone(), sent.clone());
    let came = Desk::run(&app, visitor.by(), move |r| {
        tried(r, &of_app, (&of_person, &of_registration), &entered, version)
    });
    let (status, html) = match came.await? {
        Came::Done => return Ok(Redirect::to(&format!("/person/{}", whose.person)).into_response()),
        Came::Unfit(unfit) => {
            let mut form = again(&app, &visitor, &whose, &sent);
            // In the order of the form.
            for (field, expected) in CORRECTED.iter().filter_map(|c| unfit.iter().find(|u| u.0 == c.0)) {
                form.wrong.found(form.s.text, field, expected);
            }
            (StatusCode::UNPROCESSABLE_ENTITY, form.render()?)
        }
        Came::Unchosen => {
            let html = clash::again(&app, &visitor, &whose, &sent, true).render()?;
            (StatusCode::UNPROCESSABLE_ENTITY, html)
        }
        Came::Meanwhile(now) => {
            (StatusCode::CONFLICT, clash::found(&app, &visitor, &whose, &sent, &now).render()?)
        }
    };
    Ok((status, Html(html)).into_response())
}
