//! A notice, while a notification is entered, of people who may be registered already.

use std::sync::Arc;

use askama::Template;
use ijsberg_linkage::names::{may_be, same_name};
use ijsberg_register::alike::{Common, PersonDetails, SimilarRegistrations};
use ijsberg_register::cases::short;
use ijsberg_register::policy::Operation;
use ijsberg_register::registrations::Registration;
use ijsberg_register::vault::{FIELDS, Identity};

use super::{FormData, countries, field_value};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor};

/// A registration that may be of the same person.
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) key: String,
    /// What is known of it, in one line.
    pub(crate) known: String,
    /// What both have in common.
    pub(crate) common: String,
}

/// What there is to say.
pub(crate) struct Notice {
    pub(crate) rows: Vec<Row>,
    /// More than are shown.
    pub(crate) more: Option<String>,
    pub(crate) paused: bool,
    /// Not all were compared.
    pub(crate) cut: bool,
}

#[derive(Template)]
#[template(path = "alike.html")]
pub(crate) struct Fragment<'a> {
    pub(super) s: Shell<'a>,
    pub(super) notice: Notice,
}

/// The details of a person in a form.
fn entered(app: &App, sent: &FormData) -> PersonDetails {
    let identity =
        FIELDS.iter().map(|f| ((*f).to_owned(), field_value(sent, &format!("identity.{f}")).to_owned()));
    PersonDetails {
        sex: field_value(sent, "sex").to_owned(),
        birth_year: field_value(sent, "birth_year").parse().ok(),
        nationality: countries::kept(app, field_value(sent, "nationality")),
        form: field_value(sent, "form").to_owned(),
        identity: identity.filter(|f| !f.1.is_empty()).collect(),
    }
}

/// Compares given and family name of two identities.
fn one_name(a: &Identity, b: &Identity) -> Option<bool> {
    let name = |of: &Identity| ["given_name", "family_name"].map(|f| of.get(f).cloned().unwrap_or_default());
    let (entered, there) = (name(a), name(b));
    let same = same_name([&entered[0], &entered[1]], [&there[0], &there[1]]);
    // The registered person may go by another name.
    let alias = b.get("alias").is_some_and(|alias| may_be(&entered.join(" "), [alias, ""]));
    if alias { Some(true) } else { same }
}

/// Whether a search text may be the name, or another name, of an identity.
pub(crate) fn of_that_name(text: &str, identity: &Identity) -> bool {
    let part = |f: &str| identity.get(f).map_or("", String::as_str);
    may_be(text, [part("given_name"), part("family_name")]) || may_be(text, [part("alias"), ""])
}

/// Who may be registered already, as far as the visitor may know; nothing for who may read no registrations.
pub(crate) async fn alike(
    app: &Arc<App>,
    visitor: &Visitor,
    sent: &FormData,
) -> Result<Option<Notice>, WebError> {
    if !visitor.may(Operation::ReadRegistration) {
        return Ok(None);
    }
    let entered = entered(app, sent);
    let found = RegisterPool::run(app, visitor.by(), move |r| r.alike(&entered, &one_name)).await?;
    Ok(Some(notice(&Shell::new(app, visitor, "web-notify"), &found)))
}

fn notice(s: &Shell<'_>, found: &SimilarRegistrations) -> Notice {
    let row = |(r, common): &(Registration, Common)| Row {
        href: format!("/person/{}", r.person),
        key: short(&r.person),
        known: known(s, r),
        common: s.t(match common {
            Common::Name => "web-alike-name",
            Common::Codes => "web-alike-codes",
        }),
    };
    let more = found.found.saturating_sub(found.rows.len());
    Notice {
        rows: found.rows.iter().map(row).collect(),
        more: (more > 0).then(|| s.f("web-alike-more", "n", more)),
        paused: found.paused,
        cut: found.cut,
    }
}

/// `Example shelter, 31 May 2016, labour exploitation, Romania, born in 1990`.
fn known(s: &Shell<'_>, r: &Registration) -> String {
    let born = r.birth_year.map(|year| s.f("web-born", "year", year)).unwrap_or_default();
    let parts = [
        r.organisation.clone(),
        s.text.day(&r.happened_on),
        s.code("form", &r.form),
        countries::all(s.text, &r.nationality),
        born,
    ];
    parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ")
}
