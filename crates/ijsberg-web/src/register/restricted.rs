//! A person whose processing is restricted: a page that says so, and their data for users with one of the four reasons.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use ijsberg_register::RegisterError;
use ijsberg_register::cases::short;
use ijsberg_register::expected::Expected;
use ijsberg_register::policy::Operation;
use ijsberg_register::register::id;
use ijsberg_register::restricting::{Cause, Use};
use ijsberg_register::vault::FIELDS;

use super::in_words::{LabelledValue, shown};
use super::{Choice, FormData, field_value, record};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};
use crate::wrong::labelled;

/// Why processing may be restricted, as choices.
pub(super) fn causes(s: &Shell<'_>) -> Vec<Choice> {
    let choice = |c: Cause| (c.name().to_owned(), s.t(&format!("restriction-cause-{}", c.name())), false);
    Cause::ALL.map(choice).into()
}

/// What restricted data may be used for, as choices.
fn uses(s: &Shell<'_>) -> Vec<Choice> {
    let choice = |u: Use| (u.name().to_owned(), s.t(&format!("restriction-use-{}", u.name())), false);
    Use::ALL.map(choice).into()
}

#[derive(Template)]
#[template(path = "restricted.html")]
struct Notice<'a> {
    s: Shell<'a>,
    person: String,
    uses: Vec<Choice>,
    opens: bool,
    lifts: bool,
}

/// Says that the data are only stored, and who may do what about it.
pub(super) fn notice(app: &App, visitor: &Visitor, person: String) -> Result<Response, WebError> {
    let mut s = Shell::new(app, visitor, "web-restricted-title");
    s.title = format!("{} {}", s.title, short(&person));
    let (opens, lifts) = (visitor.may(Operation::ReadRecord), visitor.may(Operation::Retain));
    page(&Notice { uses: uses(&s), opens, lifts, person, s })
}

#[derive(Template)]
#[template(path = "restricted_open.html")]
struct RestrictedPersonPage<'a> {
    s: Shell<'a>,
    person: String,
    /// For which reason it was opened.
    used: String,
    /// Why and since when it is restricted.
    since: String,
    identity: Vec<LabelledValue>,
    registrations: Vec<(String, Vec<LabelledValue>)>,
    records: Vec<(String, Vec<LabelledValue>)>,
}

/// Opens the data, for reading only.
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(who): Path<String>,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let about = id(&who)?;
    let used = Use::parse(field_value(&sent, "use")).ok_or_else(|| {
        let one = Expected::OneOf(Use::ALL.map(Use::name).join(", "));
        labelled(visitor.text(&app), WebError::Register(RegisterError::invalid("reason", one)))
    })?;
    let opened = RegisterPool::run(&app, visitor.by(), move |r| r.open_restricted(&about, used)).await?;
    let mut s = Shell::new(&app, &visitor, "web-restricted-title");
    s.title = format!("{} {}", s.title, short(&who));
    // A change of language does not show, and log, the data again.
    s.path = format!("/person/{who}");
    let restriction = &opened.restriction;
    let by = [
        ("by", restriction.by.clone()),
        ("day", s.text.day(restriction.at.get(..10).unwrap_or(&restriction.at))),
    ];
    let cause = s.t(&format!("restriction-cause-{}", restriction.cause.name()));
    let field = |f: &&str| Some((s.t(&format!("field-{f}")), opened.identity.get(*f)?.clone()));
    let registrations = opened.registrations.iter();
    let records = opened.records.iter();
    page(&RestrictedPersonPage {
        person: who,
        used: s.f("web-restricted-opened", "use", s.t(&format!("restriction-use-{}", used.name()))),
        since: format!("{cause}; {}", s.text.fill("web-restricted-by", &by)),
        identity: FIELDS.iter().filter_map(field).collect(),
        registrations: registrations
            .map(|r| (format!("{}, {}", r.organisation, s.text.day(&r.happened_on)), shown(&s, r)))
            .collect(),
        records: records
            .map(|r| {
                let fields = record::named(&s, r).into_iter();
                let fields = fields.map(|(name, value)| (s.t(&format!("field-{name}")), value)).collect();
                (s.t(&format!("kind-{}", r.kind)), fields)
            })
            .collect(),
        s,
    })
}
