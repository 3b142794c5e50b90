//! Smaller answers: long answers are compressed where their size reveals nothing.
//!
//! The compressed size of a page reveals whether its own content already contains a text that an attacker adds to it. So pages of the
//! register are not compressed, and neither is a page that is requested with more than a path, since a page repeats its address. The
//! preview of a report holds exact counts, but nothing that anybody else has chosen.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::header;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::MethodRouter;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::app::App;

/// What is compressed: files that are the same for everybody, the questions, and results with charts.
const SMALLER: [&str; 10] = [
    "/assets/{name}",
    "/assess",
    "/assess/all",
    "/assess/instruments.json",
    "/estimate/{id}",
    "/design/{id}",
    "/nowcast/{id}",
    "/open/{id}",
    "/delays/{id}",
    "/publish",
];

/// Whether the page of a route is compressed.
pub(crate) fn is_smaller(path: &str) -> bool {
    SMALLER.contains(&path)
}

/// A route whose answers are compressed for browsers that take that.
pub(crate) fn smaller(handler: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    // The typeface is compressed already.
    let what = DefaultPredicate::new().and(NotForContentType::const_new("font/"));
    let handler: MethodRouter<Arc<App>> = handler.layer(CompressionLayer::new().compress_when(what));
    handler.layer(from_fn(as_it_is))
}

/// Leaves an answer uncompressed where the request has more than a path.
async fn as_it_is(mut request: Request, next: Next) -> Response {
    if request.uri().query().is_some() {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    next.run(request).await
}
