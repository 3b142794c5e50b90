//! The lists of the register linked: how it goes, clusters, how sure it may be, and draws that an estimate averages over.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use ijsberg_analysis::linkage::{Cluster, ListLinkage, ListsError, Spread, link_lists};
use ijsberg_register::histories::{CODED_COLUMNS, LIST_COLUMNS};
use ijsberg_register::links::{LINKAGE, Link};
use ijsberg_register::register::id;
use ijsberg_report::text::Text;
use ijsberg_report::{errors, linkage};

use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::run::Steps;
use crate::shell::{CSV, Shell, Visitor, attachment, page};

/// Clusters on the page, the least sure.
const MOST: usize = 50;

/// Columns by which estimates from the draws may be broken down, each with its name in words.
const COVARIATES: [(&str, &str); 4] =
    [("year", "web-year"), ("sex", "field-sex"), ("age", "web-linkage-age"), ("form", "field-form")];

#[derive(Template)]
#[template(path = "linkage.html")]
struct Page<'a> {
    s: Shell<'a>,
    steps: Option<Steps>,
    /// Columns that draws may keep, in words.
    covariates: Vec<(&'static str, String)>,
    failed: Option<String>,
    done: Option<LinkageResult>,
}

/// Two lists or two registrations, and a number in words.
type PairFigure = (String, String, String);

/// A result as the page shows it.
struct LinkageResult {
    body: String,
    persons: String,
    together: Vec<PairFigure>,
    sizes: Vec<(usize, String)>,
    clusters: Vec<(usize, Vec<PairFigure>)>,
    more: usize,
}

fn spread(text: &Text, x: Spread) -> String {
    format!("{} ({}–{})", text.number(x.middle), text.number(x.low), text.number(x.high))
}

fn done(text: &Text, found: &ListLinkage) -> LinkageResult {
    let cluster = |c: &Cluster| {
        let pairs = c.pairs.iter().rev().map(|(a, b, p)| (a.clone(), b.clone(), text.percent(*p)));
        (c.rows.len(), pairs.collect())
    };
    LinkageResult {
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
    app.without_the_restricted(visitor.by()).await?;
    let mut s = Shell::new(&app, &visitor, "web-linkage-title");
    let run = app.linkages.last_run(&visitor);
    let steps = run.as_ref().and_then(|run| run.steps("/linkage/progress", s.text));
    let failed = run.as_ref().and_then(|run| run.failed(s.text));
    let done = run.and_then(|run| run.result()).map(|found| done(s.text, &found));
    s.again = steps.is_some().then_some(2);
    let covariates = COVARIATES.map(|(column, word)| (column, s.t(word))).to_vec();
    page(&Page { s, steps, covariates, failed, done })
}

/// Begins: lists and judged pairs are read, and linked beside the requests. The columns that were ticked are kept in the draws.
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    app.without_the_restricted(visitor.by()).await?;
    if app.linkages.is_busy(&visitor) {
        return Ok(Redirect::to("/linkage").into_response());
    }
    let (lists, judged) = RegisterPool::run(&app, visitor.by(), |r| {
        let judged = r.judged()?.into_iter();
        let hex = |id: &[u8; 16]| ijsberg_crypto::hex(id);
        let judged = judged.map(|(a, b, same)| (hex(&a), hex(&b), same)).collect::<Vec<_>>();
        Ok((r.named_lists(true)?, judged))
    })
    .await?;
    let ticked = |column: &str| sent.iter().any(|(field, value)| field == "by" && value == column);
    let covariates: Vec<String> = COVARIATES.iter().filter(|c| ticked(c.0)).map(|c| c.0.to_owned()).collect();
    app.linkages.begin(&app.tools, &visitor, move |steps, text| {
        let columns = [LIST_COLUMNS.as_slice(), &CODED_COLUMNS].concat();
        link_lists(&columns, &lists, &judged, &covariates, text, steps).map_err(|e| match e {
            ListsError::Schema(e) => errors::schema_error(text, &e),
            ListsError::Covariates(e) => errors::covariate_of_lists(text, &e),
        })
    })?;
    Ok(Redirect::to("/linkage").into_response())
}

/// How far it is, for the script of the page.
pub(crate) async fn progress(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let run = app.linkages.last_run(&visitor).ok_or(WebError::NotFound)?;
    Ok(Json(run.told(visitor.text(&app))).into_response())
}

/// Stops it.
pub(crate) async fn cancel(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    app.linkages.cancel(&visitor)?;
    Ok(Redirect::to("/linkage").into_response())
}

/// Records the result as decisions, in place of those of earlier linkages; what people decided stays, and what is not sure
/// waits for them.
pub(crate) async fn keep(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    app.without_the_restricted(visitor.by()).await?;
    let found = app.linkages.result(&visitor)?;
    RegisterPool::run(&app, visitor.by(), move |r| {
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
    app.without_the_restricted(visitor.by()).await?;
    let bytes = app.linkages.result(&visitor)?.histories.clone().into_bytes();
    let asked = crate::ask::SettingTexts::new();
    let job = crate::studio::begin(&app, &visitor, "histories.csv".to_owned(), bytes, &asked)?;
    Ok(Redirect::to(&format!("/estimate/{}", job.id)).into_response())
}

/// The draws as a file.
pub(crate) async fn histories(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    app.without_the_restricted(visitor.by()).await?;
    let found = app.linkages.result(&visitor)?;
    Ok(attachment(CSV, "histories.csv", found.histories.clone()))
}
