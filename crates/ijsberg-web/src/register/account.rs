//! One's own account: the second factor, and tokens for programs.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::RegisterError;
use ijsberg_register::policy::{MATRIX, Operation};
use ijsberg_register::register::id;
use ijsberg_register::tokens::Token;

use super::of;
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

#[derive(Template)]
#[template(path = "account.html")]
struct Account<'a> {
    s: Shell<'a>,
    grants: Vec<(String, String)>,
    tokens: Vec<Token>,
    operations: Vec<(String, String)>,
    /// Told once: a new token, or the address for the second factor.
    once: Option<(String, String)>,
}

impl Account<'_> {
    fn operation(&self, o: &Operation) -> String {
        self.s.code("operation", &o.name())
    }
}

async fn with(
    app: &Arc<App>,
    visitor: &Visitor,
    once: Option<(&'static str, String)>,
) -> Result<Response, WebError> {
    let tokens = Desk::run(app, visitor.by(), ijsberg_register::Register::tokens).await?;
    let s = Shell::new(app, visitor, "web-account");
    let Some(session) = visitor.session() else { return Err(WebError::LogIn) };
    let grants = session.grants.iter();
    let grants = grants.map(|g| (s.code("role_of_user", &g.role.name()), g.organisation.clone())).collect();
    let offered = crate::api::OFFERED.iter().filter(|o| session.may(**o));
    let operations = offered.map(|o| (o.name(), s.code("operation", &o.name()))).collect();
    let once = once.map(|(key, value)| (s.t(key), value));
    page(&Account { s, grants, tokens, operations, once })
}

/// The account.
pub(crate) async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    with(&app, &visitor, None).await
}

/// Turns on the second factor, makes a token, or takes one back.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let all: super::Sent = sent.iter().cloned().collect();
    match of(&all, "go") {
        "factor" => {
            let url = Desk::run(&app, visitor.by(), ijsberg_register::Register::enable_second_factor).await?;
            with(&app, &visitor, Some(("web-factor-once", url))).await
        }
        "token" => {
            let wanted = sent.iter().filter(|f| f.0 == "operation").filter_map(|f| Operation::parse(&f.1));
            let wanted: Vec<Operation> = wanted.filter(|o| MATRIX.iter().any(|m| m.0 == *o)).collect();
            let until = of(&all, "expires_on").parse().map_err(|_| RegisterError::Invalid {
                field: "expires_on".into(),
                expected: "a day: 2027-01-31".into(),
            })?;
            let label = of(&all, "label").to_owned();
            let token = Desk::run(&app, visitor.by(), move |r| r.issue_token(&label, &wanted, until)).await?;
            with(&app, &visitor, Some(("web-token-once", token))).await
        }
        "revoke" => {
            let token = id(of(&all, "token"))?;
            Desk::run(&app, visitor.by(), move |r| r.revoke_token(&token)).await?;
            Ok(Redirect::to("/account").into_response())
        }
        _ => Err(WebError::NotFound),
    }
}
