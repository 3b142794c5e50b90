//! Memory for request bodies: it is reserved as bytes arrive, not by the announced length, so that an announcement alone reserves nothing.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;

use crate::app::App;
use crate::error::WebError;

/// Bytes for which there is always room, and steps in which more is taken.
const SMALL: usize = 64 << 10;
const STEP: usize = 1 << 20;

/// The memory that a request uses.
#[derive(Default)]
struct RequestUsage {
    permits: Vec<OwnedSemaphorePermit>,
    arrived: usize,
    /// There was no memory left for the next bytes.
    full: bool,
}

impl RequestUsage {
    /// Takes room for what arrived; false where there is none.
    fn takes(&mut self, app: &App, bytes: usize) -> bool {
        self.arrived += bytes;
        while self.arrived > SMALL && self.permits.len() * STEP < self.arrived {
            let Some(permit) = app.room(STEP) else {
                self.full = true;
                return false;
            };
            self.permits.push(permit);
        }
        true
    }
}

/// A body that takes room as it arrives.
struct MeteredBody {
    inner: Body,
    app: Arc<App>,
    taken: Arc<Mutex<RequestUsage>>,
}

impl HttpBody for MeteredBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            if !taken.takes(&self.app, bytes) {
                return Poll::Ready(Some(Err(axum::Error::new(WebError::Busy))));
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Refuses bytes that arrive while there is no memory for them: many large files at once would use all memory. The memory is released when
/// the request is answered.
pub(crate) async fn room(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    let unknown = request.headers().contains_key(header::TRANSFER_ENCODING);
    if length.unwrap_or(if unknown { usize::MAX } else { 0 }) <= SMALL {
        return next.run(request).await;
    }
    let taken = Arc::new(Mutex::new(RequestUsage::default()));
    let counted = |inner| Body::new(MeteredBody { inner, app, taken: Arc::clone(&taken) });
    let response = next.run(request.map(counted)).await;
    let full = taken.lock().unwrap_or_else(PoisonError::into_inner).full;
    if full { WebError::Busy.into_response() } else { response }
}
