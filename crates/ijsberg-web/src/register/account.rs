//! One's own account: password, two-factor login, sessions, and tokens for programs.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ijsberg_crypto::{Cost, CryptoError};
use ijsberg_register::RegisterError;
use ijsberg_register::credentials::OwnAccount;
use ijsberg_register::days::typed;
use ijsberg_register::expected::Wanted;
use ijsberg_register::policy::{MATRIX, Operation};
use ijsberg_register::recovery::{CODES, Recovery};
use ijsberg_register::register::{Obligation, id};
use ijsberg_register::sessions::OpenSession;
use ijsberg_register::tokens::Token;

use super::{Choice, FormData, factor, field_value};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::moment::minute;
use crate::shell::{Shell, Visitor, in_language, page, with_language};
use crate::wrong::labelled;

/// Operations that a token can be made for: those that the interface for programs has.
const OFFERED: [Operation; 3] = [Operation::Notify, Operation::ReadRegistration, Operation::ExportHistories];

/// Its page.
const HERE: &str = "/account";

#[derive(Template)]
#[template(path = "account.html")]
struct Account<'a> {
    s: Shell<'a>,
    grants: Vec<(String, String)>,
    must: Option<Obligation>,
    own: OwnAccount,
    recovery: Recovery,
    sessions: Vec<OpenSession>,
    tokens: Vec<Token>,
    operations: Vec<Choice>,
    said: FormNotice,
    typed: TokenForm,
}

/// The form for a new token as entered. A password is never put back into a page.
#[derive(Default)]
struct TokenForm {
    label: String,
    operations: Vec<String>,
    expires_on: String,
}

impl TokenForm {
    fn from_form(sent: &[(String, String)]) -> Self {
        let all = |name: &str| sent.iter().filter(|f| f.0 == name).map(|f| f.1.clone()).collect::<Vec<_>>();
        let one = |name: &str| all(name).pop().unwrap_or_default();
        Self { label: one("label"), operations: all("operation"), expires_on: one("expires_on") }
    }
}

/// The notice above the forms.
#[derive(Default)]
struct FormNotice {
    /// What was done.
    done: Option<String>,
    /// What does not fit; nothing was changed then.
    wrong: Option<String>,
    /// Shown once: a new token.
    once: Option<(String, String)>,
}

impl Account<'_> {
    fn operation(&self, o: &Operation) -> String {
        self.s.code("operation", &o.name())
    }

    fn must_change(&self) -> bool {
        self.must == Some(Obligation::ChangePassword)
    }

    fn must_enrol(&self) -> bool {
        self.must == Some(Obligation::SecondFactor)
    }

    /// Who replaces a second factor gives a code of the one before, but where a recovery code was given to come in.
    fn asks_code(&self) -> bool {
        self.own.second_factor && !self.recovery.here
    }

    fn codes_left(&self) -> String {
        let parts = [("n", self.recovery.left.to_string()), ("of", CODES.to_string())];
        self.s.text.fill("web-recovery-left", &parts)
    }

    fn by_recovery(&self) -> String {
        self.s.f("web-recovery-here", "n", self.recovery.left)
    }

    fn minute(at: &str) -> String {
        minute(at)
    }
}

async fn with(
    app: &Arc<App>,
    visitor: &Visitor,
    said: FormNotice,
    typed: TokenForm,
) -> Result<Response, WebError> {
    let asked = RegisterPool::glance(app, visitor.by(), |mut r| {
        let must = r.session().and_then(|s| s.must);
        Ok((must, r.own_account()?, r.recovery()?, r.sessions()?, r.tokens()?))
    });
    let (must, own, recovery, sessions, tokens) = asked.await?;
    let s = Shell::new(app, visitor, "web-account");
    let Some(session) = visitor.session() else { return Err(WebError::LogIn) };
    let grants = session.grants.iter();
    let grants = grants.map(|g| (s.code("role_of_user", &g.role.name()), g.organisation.clone())).collect();
    let offered = OFFERED.iter().filter(|o| session.may(**o));
    let operation = |o: &Operation| {
        let (name, word) = (o.name(), s.code("operation", &o.name()));
        let chosen = typed.operations.contains(&name);
        (name, word, chosen)
    };
    let operations: Vec<Choice> = offered.map(operation).collect();
    let wrong = said.wrong.is_some();
    // Beside the forms with passwords there is one in which something else is typed.
    let s = if must.is_none() && !operations.is_empty() { s.with_form("token") } else { s };
    let account = Account { s, grants, must, own, recovery, sessions, tokens, operations, said, typed };
    if wrong {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(account.render()?)).into_response());
    }
    page(&account)
}

/// The account.
pub(crate) async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let done = app.told.once(&visitor, HERE);
    with(&app, &visitor, FormNotice { done, ..FormNotice::default() }, TokenForm::default()).await
}

/// Changes the password or the second factor, makes recovery codes, ends a session, makes a token or takes one back.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let all: FormData = sent.iter().cloned().collect();
    if let Some((visitor, cookie)) = in_language(&visitor, &all) {
        let same = with(&app, &visitor, FormNotice::default(), TokenForm::from_form(&sent)).await?;
        return Ok(with_language(cookie, same));
    }
    let text = visitor.text(&app);
    let done = match field_value(&all, "go") {
        "password" => match password(&app, &visitor, all).await {
            Ok(()) => {
                app.told.leave(&visitor, HERE, text.say("web-password-changed"));
                return Ok(Redirect::to(HERE).into_response());
            }
            Err(error) => Err(error),
        },
        "factor" | "confirm" | "codes" => match factor::change(&app, &visitor, &all).await {
            Ok(page) => return Ok(page),
            Err(error) => Err(error),
        },
        "seen" => {
            RegisterPool::run(&app, visitor.by(), ijsberg_register::Register::recovery_seen).await?;
            return Ok(Redirect::to("/register").into_response());
        }
        "token" => token(&app, &visitor, &sent, &all).await,
        "revoke" => {
            let token = id(field_value(&all, "token"))?;
            RegisterPool::run(&app, visitor.by(), move |r| r.revoke_token(&token)).await?;
            return Ok(Redirect::to("/account").into_response());
        }
        "end" => {
            let session = id(field_value(&all, "session"))?;
            RegisterPool::run(&app, visitor.by(), move |r| r.end_session(&session)).await?;
            return Ok(Redirect::to("/account").into_response());
        }
        _ => Err(WebError::NotFound),
    };
    match done {
        Ok(said) => with(&app, &visitor, said, TokenForm::default()).await,
        // What was typed does not fit: said beside the form.
        Err(
            error @ (WebError::Sent(_)
            | WebError::Register(
                RegisterError::Login
                | RegisterError::Locked(_)
                | RegisterError::Code
                | RegisterError::SamePassword
                | RegisterError::Invalid { .. }
                | RegisterError::Crypto(CryptoError::ShortPassphrase(_)),
            )),
        ) => {
            let words = match error {
                WebError::Register(RegisterError::Login) => text.say("web-password-wrong"),
                other => labelled(text, other).words(text),
            };
            with(
                &app,
                &visitor,
                FormNotice { wrong: Some(words), ..FormNotice::default() },
                TokenForm::from_form(&sent),
            )
            .await
        }
        Err(error) => Err(error),
    }
}

async fn password(app: &Arc<App>, visitor: &Visitor, sent: FormData) -> Result<(), WebError> {
    let text = visitor.text(app);
    let field = |name: &str| sent.get(name).cloned().unwrap_or_default();
    let (old, new) = (field("password"), field("new"));
    if new != field("again") {
        return Err(WebError::Sent(text.say("web-password-differs")));
    }
    RegisterPool::run(app, visitor.by(), move |r| r.change_password(&old, &new, Cost::default())).await
}

async fn token(
    app: &Arc<App>,
    visitor: &Visitor,
    sent: &[(String, String)],
    all: &FormData,
) -> Result<FormNotice, WebError> {
    let wanted = sent.iter().filter(|f| f.0 == "operation").filter_map(|f| Operation::parse(&f.1));
    let wanted: Vec<Operation> = wanted.filter(|o| MATRIX.iter().any(|m| m.0 == *o)).collect();
    let until = typed(field_value(all, "expires_on"));
    let until = until.parse().map_err(|_| RegisterError::invalid("expires_on", Wanted::Day))?;
    let label = field_value(all, "label").to_owned();
    let token = RegisterPool::run(app, visitor.by(), move |r| r.issue_token(&label, &wanted, until)).await?;
    Ok(FormNotice { once: Some((visitor.text(app).say("web-token-once"), token)), ..FormNotice::default() })
}
