//! Two runs of the studio beside one another: whether the table or the settings differ, and what lies between the estimates.

use std::sync::Arc;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use ijsberg_analysis::Outcome;
use ijsberg_report::beside::beside;
use ijsberg_report::text::Text;

use crate::app::App;
use crate::ask::{self, SettingTexts, fields, is_number, usual};
use crate::elsewhere;
use crate::error::WebError;
use crate::estimates::{Estimates, Job};
use crate::jobs::job;
use crate::shell::{Shell, Visitor, page};

#[derive(Template)]
#[template(path = "beside.html")]
struct ComparisonPage<'a> {
    s: Shell<'a>,
    job: &'a Job,
    /// What differs between the runs, in words.
    differs: String,
    /// Whether each has a table of its own.
    apart: bool,
    body: String,
}

/// The settings of a run that somebody set, with its table.
fn set(job: &Job) -> SettingTexts {
    let set = format!("/{}", job.link).parse().ok();
    let set = set.and_then(|uri| Query::<SettingTexts>::try_from_uri(&uri).ok());
    set.map(|Query(set)| set).unwrap_or_default()
}

/// What a setting is called; all of the estimates from elsewhere are one.
fn label(text: &Text, field: &str) -> String {
    let field = if elsewhere::is_field(field) { "evidence" } else { field };
    ask::label(text, field)
}

/// What a run is called beside another: what it is called alone, and what was set.
fn called(text: &Text, job: &Job) -> String {
    let set = set(job);
    // Of an estimate from elsewhere its name says which it is.
    let tells = |field: &str| !elsewhere::is_field(field) || field.ends_with("_name");
    let own = set.iter().filter(|(field, _)| !matches!(field.as_str(), "table" | "sha256") && tells(field));
    let said: Vec<String> = own.map(|(field, value)| format!("{}: {value}", label(text, field))).collect();
    if said.is_empty() { job.called() } else { format!("{} ({})", job.called(), said.join(", ")) }
}

/// The settings in which two runs differ, in words. What nobody set is as it usually is.
fn other_settings(text: &Text, a: &Job, b: &Job) -> Vec<String> {
    let (a, b) = (set(a), set(b));
    let of = |set: &SettingTexts, field: &str| {
        let value = set.get(field).map_or_else(|| usual(field), |value| value.trim().to_owned());
        // These are taken with a point or a comma.
        if is_number(field) { value.replace(',', ".") } else { value }
    };
    let differ = fields().filter(|field| *field != "table" && of(&a, field) != of(&b, field));
    let mut labels: Vec<String> = differ.map(|field| label(text, field)).collect();
    labels.dedup();
    labels
}

/// Two runs beside one another; the other is named by its page's address or the last part of it.
pub(crate) fn compare(
    app: &App,
    visitor: &Visitor,
    s: Shell<'_>,
    this: &Job,
    other: &str,
) -> Result<Response, WebError> {
    let unknown = || WebError::Sent(s.t("web-compare-unknown"));
    let id = other.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').rsplit('/').next();
    let other = job::<Estimates>(app, visitor, id.unwrap_or_default()).map_err(|_| unknown())?;
    let results = this.run.result().zip(other.run.result()).ok_or_else(unknown)?;
    let (Outcome::Histories(a), Outcome::Histories(b)) = (&results.0.0, &results.1.0) else {
        return Err(unknown());
    };
    let apart = a.provenance.sha256 != b.provenance.sha256;
    let settings = other_settings(s.text, this, &other);
    let fields = settings.join(", ");
    let differs = match (apart, settings.is_empty()) {
        (false, true) => s.t("web-beside-same"),
        (false, false) => s.f("web-beside-settings", "fields", fields),
        (true, true) => s.t("web-beside-tables"),
        (true, false) => s.f("web-beside-both", "fields", fields),
    };
    let body = beside(s.text, [(&called(s.text, this), a), (&called(s.text, &other), b)]);
    page(&ComparisonPage { s, job: this, differs, apart, body })
}

/// The other runs of a user that one can be compared with: their names, and what they are called.
pub(crate) fn others(app: &App, visitor: &Visitor, this: &Job) -> Vec<(String, String)> {
    let Some(session) = visitor.session() else { return Vec::new() };
    let of_lists = |job: &Arc<Job>| {
        job.id != this.id && job.run.result().is_some_and(|done| matches!(done.0, Outcome::Histories(_)))
    };
    let own = app.jobs.owned_by(&session.user).into_iter().filter(of_lists);
    own.map(|job| (job.id.clone(), job.called())).collect()
}
