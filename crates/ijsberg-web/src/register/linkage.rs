//! The lists of the register linked: how it goes, clusters, how sure it may be, and draws that an estimate averages over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_analysis::linkage::{Cluster, Found, Spread, link_lists};
use ijsberg_register::histories::LIST_COLUMNS;
use ijsberg_register::links::{LINKAGE, Link};
use ijsberg_register::register::id;
use ijsberg_report::linkage;
use ijsberg_report::text::Text;
use tokio::sync::Semaphore;

use crate::app::{App, Desk};
use crate::error::WebError;
use crate::run::{Run, RunState};
use crate::shell::{Shell, Visitor, page};

/// Clusters on the page, the least sure.
const MOST: usize = 50;

/// The last linkage of each user. What is kept names registrations and nobody.
pub(crate) struct Linkages {
    all: Mutex<HashMap<String, Arc<Run<Found>>>>,
    turns: Arc<Semaphore>,
}

impl Default for Linkages {
    fn default() -> Self {
        Self { all: Mutex::default(), turns: Arc::new(Semaphore::new(1)) }
    }
}

impl std::fmt::Debug for Linkages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Linkages(..)")
    }
}

impl Linkages {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Run<Found>>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, visitor: &Visitor) -> Option<Arc<Run<Found>>> {
        self.all().get(&visitor.session()?.user).cloned()
    }

    /// Forgets what was kept for long.
    pub(crate) fn tidy(&self) {
        self.all().retain(|_, linkage| linkage.is_kept());
    }

    /// Ends every linkage.
    pub(crate) fn cancel_all(&self) {
        self.all().values().for_each(|linkage| linkage.cancel());
    }

    fn found(&self, visitor: &Visitor) -> Result<Arc<Found>, WebError> {
        match self.of(visitor).map(|l| l.state()) {
            Some(RunState::Done(found)) => Ok(found),
            _ => Err(WebError::NotFound),
        }
    }
}

#[derive(Template)]
#[template(path = "linkage.html")]
struct Page<'a> {
    s: Shell<'a>,
    progress: Option<(&'static str, u64, u64)>,
    failed: Option<String>,
    done: Option<Done>,
}

/// Two lists or two registrations, and a number in words.
type Named = (String, String, String);

/// A result as it is shown.
struct Done {
    body: String,
    persons: String,
    together: Vec<Named>,
    sizes: Vec<(usize, String)>,
    clusters: Vec<(usize, Vec<Named>)>,
    more: usize,
}

fn spread(text: &Text, x: Spread) -> String {
    format!("{} ({}–{})", text.number(x.middle), text.number(x.low), text.number(x.high))
}

fn done(text: &Text, found: &Found) -> Done {
    let cluster = |c: &Cluster| {
        let pairs = c.pairs.iter().rev().map(|(a, b, p)| (a.clone(), b.clone(), text.percent(*p)));
        (c.rows.len(), pairs.collect())
    };
    Done {
        body: linkage::body(text, &found.told),
        persons: spread(text, found.persons),
        together: found.together.iter().map(|(a, b, x)| (a.clone(), b.clone(), spread(text, *x))).collect(),
        sizes: found.sizes.iter().map(|(size, n)| (*size, text.number(*n as f64))).collect(),
        clusters: found.clusters.iter().take(MOST).map(cluster).collect(),
        more: found.clusters.len().saturating_sub(MOST),
    }
}

/// Where linkage stands.
pub(crate) async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let mut s = Shell::new(&app, &visitor, "web-linkage-title");
    let linkage = app.linkages.of(&visitor);
    let (progress, failed, done) = match linkage.as_ref().map(|l| (l, l.state())) {
        None => (None, None, None),
        Some((l, RunState::Waiting | RunState::Running)) => (Some(l.progress()), None, None),
        Some((_, RunState::Done(found))) => (None, None, Some(done(s.text, &found))),
        Some((_, RunState::Failed(words))) => (None, Some(words), None),
        Some((_, RunState::Cancelled)) => (None, Some(s.t("web-job-cancelled")), None),
    };
    s.again = progress.is_some().then_some(2);
    page(&Page { s, progress, failed, done })
}

/// Begins: lists and judged pairs are read, and linked beside the requests.
pub(crate) async fn start(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let user = visitor.session().map(|s| s.user.clone()).ok_or(WebError::NotFound)?;
    if app.linkages.of(&visitor).is_some_and(|l| !l.is_over()) {
        return Ok(Redirect::to("/linkage").into_response());
    }
    let (lists, judged) = Desk::run(&app, visitor.by(), |r| {
        let judged = r.judged()?.into_iter();
        let hex = |id: &[u8; 16]| ijsberg_crypto::hex(id);
        let judged = judged.map(|(a, b, same)| (hex(&a), hex(&b), same)).collect::<Vec<_>>();
        Ok((r.named_lists()?, judged))
    })
    .await?;
    let (at_work, language) = (Arc::clone(&app), visitor.language);
    let linkage = Run::begin(&app.linkages.turns, &app, language, move |steps| {
        let text = at_work.text(language);
        link_lists(&LIST_COLUMNS, &lists, &judged, text, steps)
            .map_err(|e| ijsberg_report::errors::schema_error(text, &e))
    });
    app.linkages.all().insert(user, linkage);
    Ok(Redirect::to("/linkage").into_response())
}

/// How far it is, for the script of the page.
pub(crate) async fn progress(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let linkage = app.linkages.of(&visitor).ok_or(WebError::NotFound)?;
    Ok(Json(linkage.told()).into_response())
}

/// Stops it.
pub(crate) async fn cancel(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    app.linkages.of(&visitor).ok_or(WebError::NotFound)?.cancel();
    Ok(Redirect::to("/linkage").into_response())
}

/// Records what was found as decisions, in place of those of earlier linkages; what people decided stays, and what is not sure
/// waits for them.
pub(crate) async fn keep(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let found = app.linkages.found(&visitor)?;
    Desk::run(&app, visitor.by(), move |r| {
        let mut links = Vec::new();
        let mut decided = std::collections::HashSet::new();
        for (a, b, _) in r.judged()? {
            decided.extend([(a, b), (b, a)]);
        }
        for (a, b, probability) in found.clusters.iter().flat_map(|c| &c.pairs) {
            let (a, b) = (id(a)?, id(b)?);
            if !decided.contains(&(a, b)) {
                let method = LINKAGE.to_owned();
                links.push(Link { a, b, decision: "same", probability: *probability, method });
            }
        }
        r.relink(LINKAGE, &links)
    })
    .await?;
    Ok(Redirect::to("/review").into_response())
}

/// Estimates from the draws.
pub(crate) async fn estimate(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let bytes = app.linkages.found(&visitor)?.histories.clone().into_bytes();
    let asked = crate::studio::Asked::new();
    let job = crate::studio::begin(&app, &visitor, "histories.csv".to_owned(), bytes, &asked)?;
    Ok(Redirect::to(&format!("/estimate/{}", job.id)).into_response())
}

/// The draws as a file.
pub(crate) async fn histories(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let found = app.linkages.found(&visitor)?;
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"histories.csv\""),
    ];
    Ok((head, found.histories.clone()).into_response())
}
