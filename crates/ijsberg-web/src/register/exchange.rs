//! Files in, with a preview, and files out.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_outside::Csv;
use ijsberg_publication::source::of_register;
use ijsberg_register::exchange::{Loss, Table};
use ijsberg_register::policy::Operation;
use ijsberg_report::errors;

use super::{FormData, field_value};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{CSV, Shell, Visitor, attachment, page};

pub(crate) mod preview;

#[derive(Template)]
#[template(path = "export.html")]
struct Export<'a> {
    s: Shell<'a>,
    cases: bool,
}

/// What can be taken out.
pub(crate) async fn export(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&Export { cases: visitor.may(Operation::ExportCases), s: Shell::new(&app, &visitor, "web-export") })
}

pub(crate) fn years(app: &App, visitor: &Visitor, sent: &FormData) -> Result<(i16, i16), WebError> {
    let year = |name: &str| field_value(sent, name).parse::<i16>().ok();
    let wrong = || WebError::Sent(visitor.text(app).say("web-years-wrong"));
    year("from").zip(year("to")).ok_or_else(wrong)
}

/// A table as CSV.
pub(crate) fn csv((head, rows): &Table) -> Vec<u8> {
    let mut out = Csv::new();
    out.row(head);
    rows.iter().for_each(|row| out.row(row));
    out.finish().into_bytes()
}

/// Capture histories as a file, or straight to the studio.
pub(crate) async fn histories(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let (from, to) = years(&app, &visitor, &sent)?;
    let table = RegisterPool::run(&app, visitor.by(), move |r| r.histories(from, to)).await?;
    let (name, content) = (format!("histories-{from}-{to}.csv"), of_register(&table).csv().into_bytes());
    if field_value(&sent, "go") == "estimate" {
        let job = crate::studio::begin(&app, &visitor, name, content, &crate::ask::SettingTexts::new())?;
        return Ok(Redirect::to(&format!("/estimate/{}", job.id)).into_response());
    }
    Ok(attachment(CSV, &name, content))
}

/// Coded cases in another standard.
pub(crate) async fn cases(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let standard = field_value(&sent, "standard").to_owned();
    let text = visitor.text(&app);
    let lost = field_value(&sent, "go") == "lost";
    let (name, (table, losses)): (&str, (Table, Vec<Loss>)) = match standard.as_str() {
        "htcds" => {
            ("htcds", RegisterPool::run(&app, visitor.by(), ijsberg_register::Register::export_htcds).await?)
        }
        "ctdc" => ("ctdc", RegisterPool::run(&app, visitor.by(), |r| r.export_ctdc("register", "NL")).await?),
        _ => return Err(WebError::NotFound),
    };
    if lost {
        let head = ["field", "what", "rows"].map(str::to_owned).to_vec();
        let rows = losses
            .into_iter()
            .map(|l| vec![l.field, errors::register::lost(text, &l.what), l.rows.to_string()])
            .collect();
        return Ok(attachment(CSV, &format!("{name}-lost.csv"), csv(&(head, rows))));
    }
    Ok(attachment(CSV, &format!("{name}.csv"), csv(&table)))
}
