//! Who did what, and whether the log holds.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use ijsberg_register::audit::{Checkpoint, Entry};

use super::{Sent, of};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

/// Entries on a page.
const ROWS: i64 = 100;

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit<'a> {
    s: Shell<'a>,
    entries: Vec<Entry>,
    earlier: Option<i64>,
    later: Option<i64>,
    checkpoint: Option<Checkpoint>,
}

/// A page of entries; without a number the last ones.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<Sent>,
) -> Result<Response, WebError> {
    let from: Option<i64> = of(&asked, "from").parse().ok();
    let (entries, last) = Desk::run(&app, visitor.by(), move |r| {
        let last = r.last_entry()?;
        let from = from.unwrap_or(last - ROWS + 1).max(1);
        Ok((r.audit_entries(from, ROWS as u32)?, last))
    })
    .await?;
    let first = entries.first().map_or(1, |e| e.seq);
    let end = entries.last().map_or(0, |e| e.seq);
    let s = Shell::new(&app, &visitor, "web-audit");
    let earlier = (first > 1).then(|| (first - ROWS).max(1));
    page(&Audit { s, entries, earlier, later: (end < last).then_some(end + 1), checkpoint: None })
}

/// Follows the whole chain.
pub(crate) async fn verify(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let checkpoint = Desk::run(&app, visitor.by(), |r| {
        r.audit_entries(i64::MAX, 1)?;
        r.verify_audit()
    });
    let checkpoint = Some(checkpoint.await?);
    let s = Shell::new(&app, &visitor, "web-audit");
    page(&Audit { s, entries: Vec::new(), earlier: None, later: None, checkpoint })
}
