//! Users, organisations and tracks.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_crypto::Cost;
use ijsberg_register::RegisterError;
use ijsberg_register::expected::Thing;
use ijsberg_register::lanes::Lane;
use ijsberg_register::policy::{Grant, Operation, Role};
use ijsberg_register::scope::Reach;
use ijsberg_register::users::User;
use ijsberg_register::worklist::{OpenLane, Organisation};
use zeroize::Zeroizing;

use super::{Choice, FormData, choices, field_value, own};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page, with_language};

#[derive(Template)]
#[template(path = "users.html")]
struct Users<'a> {
    s: Shell<'a>,
    users: Vec<User>,
    roles: Vec<(String, String)>,
    /// Organisations for which the administrator gives roles, and whether for all.
    organisations: Vec<Organisation>,
    everywhere: bool,
    /// Shown once: the user of a one-time password, and the password.
    once: Option<(String, Zeroizing<String>)>,
    /// What was entered for a new user.
    typed: FormData,
}

impl Users<'_> {
    fn value(&self, field: &str) -> &str {
        field_value(&self.typed, field)
    }

    fn role(&self, role: &Role) -> String {
        self.s.code("role_of_user", &role.name())
    }

    fn is_me(&self, user: &User) -> bool {
        self.s.user.as_deref() == Some(user.name.as_str())
    }
}

async fn with(
    app: &Arc<App>,
    visitor: &Visitor,
    once: Option<(String, Zeroizing<String>)>,
    typed: FormData,
) -> Result<Response, WebError> {
    let (users, organisations) =
        RegisterPool::run(app, visitor.by(), |r| Ok((r.users()?, r.organisations()?))).await?;
    let s = Shell::new(app, visitor, "web-users").with_form("add");
    let roles = Role::ALL.iter().map(|r| (r.name(), s.code("role_of_user", &r.name()))).collect();
    let organisations = own(visitor, organisations, Operation::ManageUsers);
    let reach = visitor.session().and_then(|s| s.reach(Operation::ManageUsers));
    let everywhere = reach == Some(Reach::Everywhere);
    page(&Users { s, users, roles, organisations, everywhere, once, typed })
}

/// Users and their roles.
pub(crate) async fn users(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    with(&app, &visitor, None, FormData::new()).await
}

/// Adds a user, gives or takes a role, sets a password or a second factor aside, ends sessions, closes or opens an account.
pub(crate) async fn change_users(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        return Ok(with_language(cookie, with(&app, &visitor, None, sent).await?));
    }
    let user = field_value(&sent, "user").to_owned();
    let once = RegisterPool::run(&app, visitor.by(), move |r| {
        let (name, organisation) = (field_value(&sent, "user"), field_value(&sent, "organisation"));
        let grant = || {
            let role = Role::parse(field_value(&sent, "role")).ok_or(RegisterError::NotFound(Thing::Role))?;
            Ok::<_, RegisterError>(Grant { role, organisation: organisation.to_owned() })
        };
        let mut once = None;
        match field_value(&sent, "go") {
            "add" => once = Some(r.invite(name, organisation, Cost::default())?),
            "password" => once = Some(r.reset_password(name, Cost::default())?),
            "factor" => r.reset_second_factor(name)?,
            "end" => r.end_sessions_of(name).map(|_| ())?,
            "give" => r.set_grant(name, &grant()?, true)?,
            "take" => r.set_grant(name, &grant()?, false)?,
            "close" => r.set_disabled(name, true)?,
            "open" => r.set_disabled(name, false)?,
            _ => return Err(RegisterError::NotFound(Thing::Action)),
        }
        Ok(once)
    })
    .await?;
    match once {
        Some(password) => with(&app, &visitor, Some((user, password)), FormData::new()).await,
        None => Ok(Redirect::to("/users").into_response()),
    }
}

#[derive(Template)]
#[template(path = "organisations.html")]
struct Organisations<'a> {
    s: Shell<'a>,
    organisations: Vec<Organisation>,
    lanes: Vec<OpenLane>,
    kinds: Vec<Choice>,
    all_lanes: Vec<(String, String)>,
    synthetic: bool,
}

/// The notifying organisations, and which tracks are open.
pub(crate) async fn organisations(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Response, WebError> {
    let (organisations, lanes) =
        RegisterPool::glance(&app, visitor.by(), |mut r| Ok((r.organisations()?, r.lanes()?))).await?;
    let s = Shell::new(&app, &visitor, "web-organisations");
    let kinds = choices(&s, "organisation_kind", "OVERIG");
    let all_lanes = ["statistics", "help"].map(|l| (l.to_owned(), s.code("lane", l))).to_vec();
    page(&Organisations { organisations, lanes, kinds, all_lanes, synthetic: app.config.synthetic, s })
}

/// Adds an organisation, or opens a track.
pub(crate) async fn change_organisations(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let synthetic = app.config.synthetic;
    RegisterPool::run(&app, visitor.by(), move |r| match field_value(&sent, "go") {
        "add" => r.add_organisation(
            field_value(&sent, "id"),
            field_value(&sent, "name"),
            field_value(&sent, "kind"),
            field_value(&sent, "list"),
            synthetic,
        ),
        "lane" => {
            let lane = Lane::parse(field_value(&sent, "lane")).ok_or(RegisterError::NotFound(Thing::Lane))?;
            r.open_lane(lane, field_value(&sent, "basis"), field_value(&sent, "assessed"))
        }
        _ => Err(RegisterError::NotFound(Thing::Action)),
    })
    .await?;
    Ok(Redirect::to("/organisations").into_response())
}
