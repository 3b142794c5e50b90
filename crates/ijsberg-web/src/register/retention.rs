//! How long it is kept, and erasing.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::RegisterError;
use ijsberg_register::policy::Operation;
use ijsberg_register::register::id;

use super::{Choice, Sent, choices, of};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

#[derive(Template)]
#[template(path = "retention.html")]
struct Retention<'a> {
    s: Shell<'a>,
    periods: Vec<(String, i64)>,
    purposes: Vec<Choice>,
    due: usize,
    sets: bool,
}

/// Periods, and how many are past them.
pub(crate) async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let (periods, due) =
        Desk::run(&app, visitor.by(), |r| Ok((r.retention_periods()?, r.due_for_erasing()?))).await?;
    let s = Shell::new(&app, &visitor, "web-retention");
    let periods = periods.into_iter().map(|(p, months)| (s.code("purpose", &p), months)).collect();
    let sets = visitor.may(Operation::SetRetention);
    page(&Retention { purposes: choices(&s, "purpose", "help"), periods, due, sets, s })
}

/// Sets a period, holds or erases a person, or erases all that are past their time.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    Desk::run(&app, visitor.by(), move |r| match of(&sent, "go") {
        "period" => r.set_retention(of(&sent, "purpose"), of(&sent, "months").parse().unwrap_or(0)),
        "hold" => {
            let until = of(&sent, "until").parse();
            let until = until.map_err(|_| RegisterError::Invalid {
                field: "until".into(),
                expected: "a day: 2030-12-31".into(),
            })?;
            r.hold(&id(of(&sent, "person"))?, of(&sent, "owner"), until)
        }
        "erase" => r.erase(&id(of(&sent, "person"))?),
        "due" => r.erase_due().map(|_| ()),
        _ => Err(RegisterError::NotFound("action")),
    })
    .await?;
    Ok(Redirect::to("/retention").into_response())
}
