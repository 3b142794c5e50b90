//! What goes wrong, as a status; [`crate::guards::errors`] makes the page of it in the visitor's language.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ijsberg_crypto::CryptoError;
use ijsberg_register::RegisterError;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_store::StoreError;

/// Why a request was not answered as asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebError {
    /// The register said no, or failed.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// There is no register behind this server.
    #[error("no register")]
    NoRegister,
    /// Nothing is here.
    #[error("not found")]
    NotFound,
    /// The visitor must log in first.
    #[error("log in first")]
    LogIn,
    /// The visitor is not allowed to do this.
    #[error("denied")]
    Denied,
    /// The input is not valid; already in words.
    #[error("{0}")]
    Sent(String),
    /// Too many requests.
    #[error("too many requests")]
    TooMany,
    /// Too much at work.
    #[error("busy")]
    Busy,
    /// A fault of the program; what it was is in the log, under the number of the request.
    #[error("internal")]
    Internal,
}

impl From<CryptoError> for WebError {
    fn from(error: CryptoError) -> Self {
        Self::Register(error.into())
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        Self::Register(error.into())
    }
}

impl WebError {
    pub(crate) fn status(&self) -> StatusCode {
        use RegisterError as R;
        match self {
            Self::Register(R::NoSession | R::Login) | Self::LogIn => StatusCode::UNAUTHORIZED,
            Self::Register(R::Locked(_) | R::Pace { .. }) | Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Register(
                R::First(_)
                | R::ByRecovery
                | R::Denied { .. }
                | R::OtherOrganisation { .. }
                | R::NotEverywhere { .. },
            )
            | Self::Denied => StatusCode::FORBIDDEN,
            Self::Register(R::NotFound(_)) | Self::NotFound | Self::NoRegister => StatusCode::NOT_FOUND,
            Self::Register(
                R::LastAdministrator
                | R::Exists(_)
                | R::Conflict { .. }
                | R::Immutable(_)
                | R::Erased
                | R::SomebodyElse
                | R::TooEarly(_)
                | R::NotListed
                | R::ListedAlready
                | R::Held
                | R::Restricted
                | R::RestrictedAlready
                | R::NotRestricted,
            ) => StatusCode::CONFLICT,
            Self::Register(
                R::Oneself
                | R::Code
                | R::SamePassword
                | R::Crypto(CryptoError::ShortPassphrase(_))
                | R::Invalid { .. }
                | R::LaneClosed(_)
                | R::ErasingDelay { .. }
                | R::VaultClosed,
            )
            | Self::Sent(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Register(R::Store(StoreError::Busy)) | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Register(_) | Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// In words, without any of the input.
    pub(crate) fn words(&self, text: &Text) -> String {
        use RegisterError as R;
        match self {
            // The register was changed from outside the program: the administrator should know, and retrying does not help.
            Self::Register(
                R::Audit { .. }
                | R::Older { .. }
                | R::Store(StoreError::Changed(_) | StoreError::Unreadable { .. }),
            ) => text.say("web-error-changed"),
            // What the storage says is for the log: it names tables.
            Self::Register(_) if self.status() == StatusCode::INTERNAL_SERVER_ERROR => {
                text.say("web-error-internal")
            }
            // How it is opened on the command line is of no use here.
            Self::Register(RegisterError::LaneClosed(lane)) => {
                text.fill("web-lane-closed", &[("lane", text.say(&format!("code-lane-{lane}")))])
            }
            Self::Register(e) => errors::register::register_error(text, e),
            Self::Sent(words) => words.clone(),
            Self::NoRegister => text.say("web-error-no-register"),
            Self::NotFound => text.say("web-error-not-found"),
            Self::LogIn => text.say("web-error-log-in"),
            Self::Denied => text.say("web-error-denied"),
            Self::TooMany => text.say("web-error-too-many"),
            Self::Busy => text.say("web-error-busy"),
            Self::Internal => text.say("web-error-internal"),
        }
    }
}

/// An error on its way to the page that shows it.
#[derive(Debug, Clone)]
pub(crate) struct PendingError(pub(crate) Arc<WebError>);

impl IntoResponse for PendingError {
    fn into_response(self) -> Response {
        let mut response = self.0.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        PendingError(Arc::new(self)).into_response()
    }
}
