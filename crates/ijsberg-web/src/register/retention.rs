//! How long it is kept; putting up for erasing, and erasing what somebody else put up.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_crypto::hex;
use ijsberg_register::RegisterError;
use ijsberg_register::erasing::{DELAY, Ground, Listed};
use ijsberg_register::expected::{Thing, Wanted};
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
    listed: Vec<Listed>,
    /// How many of those whoever looks can confirm now.
    ripe: usize,
    sets: bool,
}

impl Retention<'_> {
    fn pseudonym(listed: &Listed) -> String {
        hex(&listed.id)
    }

    fn is_person(listed: &Listed) -> bool {
        listed.kind == "person"
    }

    fn kind(&self, listed: &Listed) -> String {
        self.s.t(&format!("kind-{}", listed.kind))
    }

    fn why(&self, listed: &Listed) -> String {
        match listed.ground {
            Ground::Time => self.s.f("register-listed-time", "since", day(&listed.since)),
            Ground::Request => self.s.t("register-listed-request"),
        }
    }

    fn on(listed: &Listed) -> String {
        day(&listed.at).to_owned()
    }

    /// What becomes of it when whoever looks confirms now.
    fn state(&self, listed: &Listed) -> String {
        if !listed.due {
            self.s.t("web-erasing-stays")
        } else if self.s.user.as_deref() == Some(&listed.by) {
            self.s.t("web-erasing-own")
        } else if listed.ripe {
            self.s.t("web-erasing-ripe")
        } else {
            self.s.f("web-erasing-waits", "day", &listed.not_before)
        }
    }

    fn delay() -> u16 {
        DELAY
    }
}

fn day(moment: &str) -> &str {
    moment.get(..10).unwrap_or(moment)
}

/// Periods, how many are past them, and what is put up for erasing.
pub(crate) async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let (periods, due, listed) = Desk::run(&app, visitor.by(), |r| {
        Ok((r.retention_periods()?, r.due_for_erasing()?, r.listed_for_erasing()?))
    })
    .await?;
    let s = Shell::new(&app, &visitor, "web-retention");
    let periods = periods.into_iter().map(|(p, months)| (s.code("purpose", &p), months)).collect();
    let sets = visitor.may(Operation::SetRetention);
    let ripe = listed.iter().filter(|l| l.due && l.ripe && s.user.as_deref() != Some(l.by.as_str())).count();
    page(&Retention { purposes: choices(&s, "purpose", "help"), periods, due, listed, ripe, sets, s })
}

/// Sets a period, holds a person back, puts up for erasing or takes off, or erases what somebody else put up.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    Desk::run(&app, visitor.by(), move |r| {
        // What is no number is refused as too few.
        let days = of(&sent, "days").parse().unwrap_or(0);
        match of(&sent, "go") {
            "period" => r.set_retention(of(&sent, "purpose"), of(&sent, "months").parse().unwrap_or(0)),
            "hold" => {
                let until = of(&sent, "until").parse();
                let until = until.map_err(|_| RegisterError::invalid("until", Wanted::Day))?;
                r.hold(&id(of(&sent, "person"))?, of(&sent, "owner"), until)
            }
            "list" => r.list_for_erasing(days).map(|_| ()),
            "ask" => r.list_person_for_erasing(&id(of(&sent, "person"))?, days).map(|_| ()),
            "keep" => r.take_person_off(&id(of(&sent, "person"))?),
            "erase" => r.erase_listed().map(|_| ()),
            _ => Err(RegisterError::NotFound(Thing::Action)),
        }
    })
    .await?;
    Ok(Redirect::to("/retention").into_response())
}
