//! The lists of the register linked: how it goes, clusters, how sure it may be, and draws that an estimate averages over.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_analysis::linkage::{Cluster, Found, NamedRows, Spread, link_lists};
use ijsberg_mse::methods::Progress;
use ijsberg_register::histories::LIST_COLUMNS;
use ijsberg_register::links::{LINKAGE, Link};
use ijsberg_register::register::id;
use ijsberg_report::linkage;
use ijsberg_report::text::Text;
use tokio::sync::Semaphore;

use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};
use crate::steps::{Steps, was_cancelled};

/// How long a result is kept.
const LONGEST: Duration = Duration::from_hours(1);

/// Clusters on the page, the least sure.
const MOST: usize = 50;

/// How far a linkage is.
#[derive(Clone)]
enum Run {
    Waiting,
    Running,
    Done(Arc<Found>),
    Failed(String),
    Cancelled,
}

/// A linkage.
struct Linkage {
    began: Instant,
    run: Mutex<Run>,
    steps: Steps,
}

impl Progress for Linkage {
    fn stage(&self, name: &'static str, steps: u64) {
        self.steps.stage(name, steps);
    }

    fn tick(&self) {
        self.steps.tick(1);
    }
}

impl Linkage {
    fn run(&self) -> Run {
        self.run.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, run: Run) {
        *self.run.lock().unwrap_or_else(PoisonError::into_inner) = run;
    }

    fn is_over(&self) -> bool {
        !matches!(self.run(), Run::Waiting | Run::Running)
    }
}

/// The last linkage of each user. What is kept names registrations and nobody.
pub(crate) struct Linkages {
    all: Mutex<HashMap<String, Arc<Linkage>>>,
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
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Linkage>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, visitor: &Visitor) -> Option<Arc<Linkage>> {
        let mut all = self.all();
        all.retain(|_, l| !l.is_over() || l.began.elapsed() < LONGEST);
        all.get(&visitor.session()?.user).cloned()
    }

    fn found(&self, visitor: &Visitor) -> Result<Arc<Found>, WebError> {
        match self.of(visitor).map(|l| l.run()) {
            Some(Run::Done(found)) => Ok(found),
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
    let (progress, failed, done) = match linkage.as_ref().map(|l| (l, l.run())) {
        None => (None, None, None),
        Some((l, Run::Waiting | Run::Running)) => (Some(l.steps.progress()), None, None),
        Some((_, Run::Done(found))) => (None, None, Some(done(s.text, &found))),
        Some((_, Run::Failed(words))) => (None, Some(words), None),
        Some((_, Run::Cancelled)) => (None, Some(s.t("web-job-cancelled")), None),
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
    let linkage =
        Arc::new(Linkage { began: Instant::now(), run: Mutex::new(Run::Waiting), steps: Steps::default() });
    app.linkages.all().insert(user, Arc::clone(&linkage));
    let (turns, app, language) = (Arc::clone(&app.linkages.turns), Arc::clone(&app), visitor.language);
    tokio::spawn(async move {
        let Ok(_turn) = turns.acquire_owned().await else { return };
        let worked = tokio::task::spawn_blocking(move || work(&linkage, &lists, &judged, app.text(language)));
        let _ = worked.await;
    });
    Ok(Redirect::to("/linkage").into_response())
}

fn work(linkage: &Linkage, lists: &[NamedRows], judged: &[(String, String, bool)], text: &Text) {
    if linkage.steps.is_cancelled() {
        return linkage.set(Run::Cancelled);
    }
    linkage.set(Run::Running);
    let result = catch_unwind(AssertUnwindSafe(|| link_lists(&LIST_COLUMNS, lists, judged, text, linkage)));
    linkage.set(match result {
        Ok(Ok(found)) => Run::Done(Arc::new(found)),
        Ok(Err(error)) => Run::Failed(ijsberg_report::errors::schema_error(text, &error)),
        Err(why) if was_cancelled(why.as_ref()) => Run::Cancelled,
        Err(_) => Run::Failed(text.say("web-error-internal")),
    });
}

/// How far it is, for the script of the page.
pub(crate) async fn progress(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let linkage = app.linkages.of(&visitor).ok_or(WebError::NotFound)?;
    let (stage, done, of) = linkage.steps.progress();
    Ok(Json(serde_json::json!({ "over": linkage.is_over(), "stage": stage, "done": done, "of": of }))
        .into_response())
}

/// Stops it.
pub(crate) async fn cancel(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    app.linkages.of(&visitor).ok_or(WebError::NotFound)?.steps.cancel();
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
