//! Who did what, and whether the log holds.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::audit::{Checkpoint, Entry};
use ijsberg_report::audit;

use super::{FormData, field_value};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

/// Entries on a page.
const ROWS: u32 = 100;

/// The page that says what verifying the log came to.
const VERIFIED: &str = "/audit?verified";

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit<'a> {
    s: Shell<'a>,
    entries: Vec<Entry>,
    earlier: Option<i64>,
    later: Option<i64>,
    checkpoint: Option<Checkpoint>,
    /// Entries before which time runs backwards.
    backwards: String,
}

impl Audit<'_> {
    fn subject(&self, entry: &Entry) -> String {
        audit::subject(self.s.text, &entry.subject)
    }

    fn detail(&self, entry: &Entry) -> String {
        audit::detail(self.s.text, &entry.detail)
    }
}

/// A page of entries; without a number the last ones. Or the result of verifying the log, for the user who has just done so.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<FormData>,
) -> Result<Response, WebError> {
    if let Some(checkpoint) = app.verified.there(&visitor, VERIFIED).filter(|_| visitor.path == VERIFIED) {
        let backwards: Vec<String> = checkpoint.backwards.iter().map(i64::to_string).collect();
        let (checkpoint, backwards) = (Some(checkpoint), backwards.join(", "));
        let s = Shell::new(&app, &visitor, "web-audit");
        return page(&Audit { s, entries: Vec::new(), earlier: None, later: None, checkpoint, backwards });
    }
    let from: Option<i64> = field_value(&asked, "from").parse().ok();
    let before: Option<i64> = field_value(&asked, "before").parse().ok();
    let entries = RegisterPool::run(&app, visitor.by(), move |r| match from {
        Some(from) => r.audit_entries(from, ROWS),
        None => r.audit_entries_before(before, ROWS),
    })
    .await?;
    // A page that is not full ends the log, on the side that it was read to.
    let full = entries.len() == ROWS as usize;
    let earlier = entries.first().map(|e| e.seq).filter(|_| full || from.is_some());
    let later = entries.last().map(|e| e.seq + 1).filter(|_| before.is_some() || from.is_some() && full);
    let s = Shell::new(&app, &visitor, "web-audit");
    page(&Audit { s, entries, earlier, later, checkpoint: None, backwards: String::new() })
}

/// Verifies the log; the result is on a page that can be reloaded without verifying again.
pub(crate) async fn verify(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let checkpoint = RegisterPool::run(&app, visitor.by(), |r| {
        r.audit_entries(i64::MAX, 1)?;
        r.verify_audit()
    });
    app.verified.leave(&visitor, VERIFIED, checkpoint.await?);
    Ok(Redirect::to(VERIFIED).into_response())
}
