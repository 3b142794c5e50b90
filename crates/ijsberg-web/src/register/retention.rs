//! Retention periods; listing for erasure, and erasing what another user listed.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_crypto::hex;
use ijsberg_register::RegisterError;
use ijsberg_register::days::typed;
use ijsberg_register::erasing::{DELAY, ErasureProposal, Ground};
use ijsberg_register::expected::{Expected, Thing, Wanted};
use ijsberg_register::policy::Operation;
use ijsberg_register::register::id;
use ijsberg_register::restricting::{Cause, Restriction};
use sha2::{Digest, Sha256};

use super::{Choice, FormData, choices, field_value, restricted};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};
use crate::wrong::labelled;

/// Its page.
const HERE: &str = "/retention";

/// The page that asks whether to erase, also where the list changed since it was shown.
const SURE: &str = "/retention/erase";
const CHANGED: &str = "/retention/erase?changed";

#[derive(Template)]
#[template(path = "retention.html")]
struct Retention<'a> {
    s: Shell<'a>,
    /// What was done, above it.
    done: Option<String>,
    periods: Vec<(String, i64)>,
    purposes: Vec<Choice>,
    due: usize,
    listed: Vec<ErasureProposal>,
    /// How many of those the user can confirm now.
    ripe: usize,
    sets: bool,
    /// People whose data are only stored.
    restricted: Vec<Restriction>,
    /// Why processing may be restricted.
    causes: Vec<Choice>,
}

impl Retention<'_> {
    fn pseudonym(listed: &ErasureProposal) -> String {
        hex(&listed.id)
    }

    fn is_person(listed: &ErasureProposal) -> bool {
        listed.kind == "person"
    }

    fn kind(&self, listed: &ErasureProposal) -> String {
        self.s.t(&format!("kind-{}", listed.kind))
    }

    fn why(&self, listed: &ErasureProposal) -> String {
        match listed.ground {
            Ground::Time => self.s.f("register-listed-time", "since", day(&listed.since)),
            Ground::Request => self.s.t("register-listed-request"),
        }
    }

    fn on(listed: &ErasureProposal) -> String {
        day(&listed.at).to_owned()
    }

    /// What happens to it when the user confirms now.
    fn state(&self, listed: &ErasureProposal) -> String {
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

    fn cause(&self, of: &Restriction) -> String {
        self.s.t(&format!("restriction-cause-{}", of.cause.name()))
    }

    fn restricted_by(&self, of: &Restriction) -> String {
        let parts = [("by", of.by.clone()), ("day", self.s.text.day(day(&of.at)))];
        self.s.text.fill("web-restricted-by", &parts)
    }

    fn delay() -> u16 {
        DELAY
    }
}

fn day(moment: &str) -> &str {
    moment.get(..10).unwrap_or(moment)
}

/// The erasures that the user can confirm now.
fn to_erase<'a>(s: &Shell<'_>, listed: &'a [ErasureProposal]) -> Vec<&'a ErasureProposal> {
    listed.iter().filter(|l| l.due && l.ripe && s.user.as_deref() != Some(l.by.as_str())).collect()
}

/// The fingerprint of a list: only the list that was shown is erased.
fn known_by(listed: &[&ErasureProposal]) -> String {
    let mut all: Vec<String> = listed.iter().map(|l| format!("{}:{}", l.kind, hex(&l.id))).collect();
    all.sort();
    hex(&Sha256::digest(all.join(" ").as_bytes()))
}

async fn with(app: &Arc<App>, visitor: &Visitor, done: Option<String>) -> Result<Response, WebError> {
    let (periods, due, listed, restricted) = RegisterPool::run(app, visitor.by(), |r| {
        Ok((r.retention_periods()?, r.due_for_erasing()?, r.listed_for_erasing()?, r.restricted()?))
    })
    .await?;
    let s = Shell::new(app, visitor, "web-retention");
    let periods = periods.into_iter().map(|(p, months)| (s.code("purpose", &p), months)).collect();
    let sets = visitor.may(Operation::SetRetention);
    let ripe = to_erase(&s, &listed).len();
    let (purposes, causes) = (choices(&s, "purpose", "help"), restricted::causes(&s));
    page(&Retention { s, done, periods, purposes, due, listed, ripe, sets, restricted, causes })
}

/// Periods, how many are past them, and what is listed for erasure, below what was just done.
pub(crate) async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let done = app.told.once(&visitor, HERE);
    with(&app, &visitor, done).await
}

/// Back to the page, which shows what was done.
fn back(app: &App, visitor: &Visitor, done: String) -> Response {
    app.told.leave(visitor, HERE, done);
    Redirect::to(HERE).into_response()
}

#[derive(Template)]
#[template(path = "erase.html")]
struct ErasurePage<'a> {
    s: Shell<'a>,
    listed: Vec<Line>,
    sure: String,
    /// The list changed since it was shown.
    changed: bool,
}

/// What is to be erased, and who listed it.
struct Line {
    what: String,
    pseudonym: String,
    by: String,
}

/// Asks whether to erase what the user can confirm now. This works without scripts.
pub(crate) async fn sure(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let listed =
        RegisterPool::run(&app, visitor.by(), ijsberg_register::Register::listed_for_erasing).await?;
    let s = Shell::new(&app, &visitor, "web-erase-title");
    let ripe = to_erase(&s, &listed);
    if ripe.is_empty() {
        return Ok(Redirect::to(HERE).into_response());
    }
    let sure = known_by(&ripe);
    let line = |l: &&ErasureProposal| Line {
        what: s.t(&format!("kind-{}", l.kind)),
        pseudonym: hex(&l.id),
        by: s.f("web-erasing-by", "by", &l.by),
    };
    let listed = ripe.iter().map(line).collect();
    page(&ErasurePage { listed, sure, changed: visitor.path == CHANGED, s })
}

/// Erases the list that was shown; before that, leads to the page that shows it.
async fn erase(app: &Arc<App>, visitor: &Visitor, sent: &FormData) -> Result<Response, WebError> {
    let listed = RegisterPool::run(app, visitor.by(), ijsberg_register::Register::listed_for_erasing).await?;
    let ripe = to_erase(&Shell::new(app, visitor, "web-erase-title"), &listed);
    let said = field_value(sent, "sure");
    // Where there is nothing to ask about, the register says why nothing is erased.
    if !ripe.is_empty() && said != known_by(&ripe) {
        let to = if said.is_empty() { SURE } else { CHANGED };
        return Ok(Redirect::to(to).into_response());
    }
    let done = RegisterPool::run(app, visitor.by(), ijsberg_register::Register::erase_listed).await?;
    let parts = [
        ("n", done.persons.to_string()),
        ("records", done.records.to_string()),
        ("wait", (done.own + done.early).to_string()),
        ("stays", done.stays.to_string()),
    ];
    Ok(back(app, visitor, visitor.text(app).fill("register-erased", &parts)))
}

/// Sets a period, puts an erasure on hold, restricts processing or lifts that, lists for erasure or takes off the list, or erases what
/// another user listed.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    if field_value(&sent, "go") == "erase" {
        return erase(&app, &visitor, &sent).await;
    }
    let text = visitor.text(&app);
    let listed =
        |n: usize, day: String| text.fill("web-erasing-listed", &[("n", n.to_string()), ("day", day)]);
    let (key, n, day) = RegisterPool::run(&app, visitor.by(), move |r| {
        // What is no number is refused as too few.
        let days = field_value(&sent, "days").parse().unwrap_or(0);
        let person = || id(field_value(&sent, "person"));
        match field_value(&sent, "go") {
            "period" => {
                r.set_retention(
                    field_value(&sent, "purpose"),
                    field_value(&sent, "months").parse().unwrap_or(0),
                )?;
                Ok(("web-retention-set", 0, String::new()))
            }
            "hold" => {
                let until = typed(field_value(&sent, "until")).parse();
                let until: jiff::civil::Date =
                    until.map_err(|_| RegisterError::invalid("until", Wanted::Day))?;
                r.hold(&person()?, field_value(&sent, "owner"), until)?;
                Ok(("web-held", 0, until.to_string()))
            }
            "list" => r.list_for_erasing(days).map(|(n, day)| ("", n, day)),
            "ask" => r.list_person_for_erasing(&person()?, days).map(|day| ("", 1, day)),
            "keep" => r.take_person_off(&person()?).map(|()| ("web-erasing-kept", 0, String::new())),
            "restrict" => {
                let one = || Cause::ALL.map(Cause::name).join(", ");
                let cause = Cause::parse(field_value(&sent, "cause"))
                    .ok_or_else(|| RegisterError::invalid("reason", Expected::OneOf(one())))?;
                r.restrict(&person()?, cause).map(|()| ("web-restrict-done", 0, String::new()))
            }
            "lift" => r.lift_restriction(&person()?).map(|()| ("web-restrict-lifted", 0, String::new())),
            _ => Err(RegisterError::NotFound(Thing::Action)),
        }
    })
    .await
    .map_err(|error| labelled(text, error))?;
    let day = text.day(&day);
    let done = match (key, n) {
        ("", 0) => text.say("web-erasing-nothing"),
        ("", n) => listed(n, day),
        (key, _) => text.fill(key, &[("day", day)]),
    };
    Ok(back(&app, &visitor, done))
}
