//! The log of requests: the route, the status, the duration, and the cause where the program failed. It never contains data that were sent:
//! no path with a pseudonym, no query, no names.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use ijsberg_crypto::{hex, random};
use tracing::Instrument;

use crate::error::WebError;

/// The number of a request, which a page shows and the log has too.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Gives a request its number and writes down how it ended.
pub(crate) async fn written_down(mut request: Request, next: Next) -> Response {
    let id: Arc<str> = hex(&random::<8>().unwrap_or_default()).into();
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let method = request.method().clone();
    // The pattern of the route: the path itself may hold a pseudonym.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!("request", id = %id, method = %method, route);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, ms) = (response.status().as_u16(), began.elapsed().as_millis() as u64);
    span.in_scope(|| match status {
        500.. => tracing::error!(status, ms, "failed"),
        401 | 403 | 429 => tracing::warn!(status, ms, "refused"),
        _ => tracing::info!(status, ms, "answered"),
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// An error with all that caused it.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(c) = cause {
        let more = c.to_string();
        if !said.ends_with(&more) {
            said = format!("{said}: {more}");
        }
        cause = c.source();
    }
    said
}

/// A fault of the program; its cause goes to the log and nowhere else.
pub(crate) fn internal(error: impl Error) -> WebError {
    tracing::error!(cause = chain(&error), "fault");
    WebError::Internal
}

impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> Self {
        internal(error)
    }
}
