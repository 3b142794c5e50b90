//! What the law asks for each year, in a browser: what was delivered and what is due; and a delivery with the tables of the prosecution
//! service, which are checked and previewed before they are used.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Json};
use ijsberg_disclosure::perturbation::Noise;
use ijsberg_mse::methods::Progress;
use ijsberg_publication::country::{Country, HOME};
use ijsberg_publication::document::Block;
use ijsberg_publication::legal::deliver::{PastDelivery, past_deliveries};
use ijsberg_publication::legal::justice::Justice;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::write::{not_delivered, tables};
use ijsberg_publication::legal::{Measure, Request, deliver as delivered};
use ijsberg_publication::write::html;
use ijsberg_register::histories::HistoryTable;
use ijsberg_register::proceedings::Suspect;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::ReadError;

use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::previews::{PreparedDelivery, new_id};
use crate::publish::choose::{name, today, ways};
use crate::publish::{publisher, take};
use crate::register::FormData;
use crate::run::Steps;
use crate::shell::{Shell, Visitor, in_language, page, upload, with_language};
use crate::wrong::FieldErrors;

mod choose;
mod list;

use choose::{DeliveryForm, DeliveryRequest};
use list::{Row, Year};

/// The address of the page.
const PAGE: &str = "/deliveries";

/// The field with the tables of the prosecution service.
const FILE: &str = "file";

/// What is wrong with a file that is shown.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "deliveries.html")]
struct Page<'a> {
    s: Shell<'a>,
    years: Vec<Year>,
    past: Vec<Row>,
    steps: Option<Steps>,
    failed: Option<String>,
    preview: Option<Preview>,
    delivered: bool,
    form: DeliveryForm,
    wrong: FieldErrors,
}

struct Preview {
    /// Its name, by which the form says which one it delivers.
    id: String,
    year: i16,
    /// What was chosen, and where tables b to g come from.
    chosen: Vec<(String, String)>,
    /// What is checked, and that a check delivers nothing.
    check: String,
    /// What went through the disclosure check.
    passed: String,
    /// Persons who are not counted anywhere, shown to the user who makes the delivery.
    remarks: Vec<String>,
    /// What is not delivered, and why.
    missing: Vec<String>,
    /// Each table with its title.
    tables: Vec<(String, String)>,
    /// What delivering does.
    does: String,
}

fn country() -> Result<Country, WebError> {
    Country::shipped(HOME).ok_or(WebError::Internal)
}

fn past(app: &App) -> Result<Vec<PastDelivery>, WebError> {
    let ledgers = (publisher(app)?.ledgers)().map_err(WebError::Sent)?;
    Ok(past_deliveries(&ledgers, &country()?))
}

/// Deliveries made, deliveries due, and the current preview.
pub(crate) async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    app.without_the_restricted(visitor.by()).await?;
    page(&shown(&app, &visitor, None, FieldErrors::default())?)
}

/// The same, with the form as it was sent where it was.
fn shown<'a>(
    app: &'a App,
    visitor: &Visitor,
    sent: Option<DeliveryForm>,
    wrong: FieldErrors,
) -> Result<Page<'a>, WebError> {
    let past = past(app)?;
    let s = Shell::new(app, visitor, "web-deliveries").begun(sent.is_some());
    let run = app.deliveries.last_run(visitor);
    let steps = run.as_ref().and_then(|run| run.steps("/deliveries/progress", s.text));
    let failed = run.as_ref().and_then(|run| run.failed(s.text));
    let prepared = run.and_then(|run| run.result());
    let made = || prepared.as_ref().map(|p| DeliveryForm::from_delivery(&p.delivery.request, &p.kinds));
    let form = sent.or_else(made).unwrap_or_default();
    let preview = prepared.map(|prepared| preview_of(&s, &prepared));
    // There is no form while a preview is made.
    let s = if steps.is_some() { Shell { again: Some(2), ..s } } else { s.with_form("choose") };
    Ok(Page {
        years: list::years(s.text, &past, today()),
        past: list::rows(s.text, &past),
        delivered: visitor.path.ends_with("?delivered"),
        s,
        steps,
        failed,
        preview,
        form,
        wrong,
    })
}

/// How far a preview is, for the script of the page.
pub(crate) async fn progress(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let run = app.deliveries.last_run(&visitor).ok_or(WebError::NotFound)?;
    Ok(Json(run.told(visitor.text(&app))).into_response())
}

/// Stops it.
pub(crate) async fn cancel(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    app.deliveries.cancel(&visitor)?;
    Ok(Redirect::to(PAGE).into_response())
}

/// Begins to make a delivery of the register and of the tables that were sent, beside the requests. Nothing is delivered.
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    sent: Multipart,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let (fields, file) = upload(text, sent).await?;
    let chosen = DeliveryForm::sent(&fields);
    if let Some((visitor, cookie)) = in_language(&visitor, &fields) {
        // A page cannot put a file back into a form; all else stays.
        let same = page(&shown(&app, &visitor, Some(chosen), FieldErrors::default())?)?;
        return Ok(with_language(cookie, same));
    }
    let (publisher, country) = (publisher(&app)?, country()?);
    app.without_the_restricted(visitor.by()).await?;
    if app.deliveries.is_busy(&visitor) {
        return Ok(Redirect::to(PAGE).into_response());
    }
    let mut wrong = FieldErrors::default();
    let wanted = chosen.read(text, &mut wrong);
    let file = aggregates(&app, text, file, (wanted.as_ref(), &mut wrong)).await?;
    let Some(DeliveryRequest { year, years, plain, kinds }) = wanted.filter(|_| wrong.is_empty()) else {
        let html = shown(&app, &visitor, Some(chosen), wrong)?.render()?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response());
    };
    let window = [year - years + 1, year];
    let (histories, suspects) = recorded(&app, &visitor, window, file.is_none()).await?;
    let earlier = (publisher.ledgers)().map_err(WebError::Sent)?;
    let asked = Request {
        country,
        year,
        years,
        date: today(),
        secret: publisher.secret.clone(),
        noise: Noise::default(),
        plain,
        embargo: None,
        synthetic: app.config.synthetic,
    };
    let id = new_id()?;
    app.deliveries.begin(&app.tools, &visitor, move |run, text| {
        run.stage("attack", 0);
        let persons = Persons::of_register(&histories, year).coded(&asked.country, year);
        let (file, justice) = file.unzip();
        let justice = justice.or_else(|| Justice::of_suspects(&suspects, &asked.country, year));
        let made = delivered(asked, &persons, justice.as_ref(), earlier).map_err(|e| e.in_words(text))?;
        run.stop_if_cancelled();
        Ok(PreparedDelivery { id, delivery: made.recorded_for(&kinds), kinds, file })
    })?;
    Ok(Redirect::to(PAGE).into_response())
}

/// The tables of the prosecution service with the name of their file, or what does not fit in them. None where no file was sent.
async fn aggregates(
    app: &Arc<App>,
    text: &Text,
    file: Option<(String, Vec<u8>)>,
    (wanted, wrong): (Option<&DeliveryRequest>, &mut FieldErrors),
) -> Result<Option<(String, Justice)>, WebError> {
    let Some((name, bytes)) = file else { return Ok(None) };
    let label = || text.say("web-deliveries-file");
    let grid = match app.grid(bytes).await? {
        Ok(grid) if !grid.rows.is_empty() => grid,
        other => {
            let error = other.err().unwrap_or(ReadError::Empty);
            wrong.add(FILE, label(), errors::read_error(text, &error));
            return Ok(None);
        }
    };
    let justice = match Justice::read(&grid) {
        Ok(justice) => justice,
        Err(all) => {
            all.iter().take(SHOWN).for_each(|e| wrong.add(FILE, label(), e.in_words(text)));
            if let Some(more) = all.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                let n = text.number(more as f64);
                wrong.add(FILE, label(), text.fill("web-faults-more", &[("n", n)]));
            }
            return Ok(None);
        }
    };
    if let Some(year) = wanted.map(|w| w.year).filter(|year| !justice.has_year(*year)) {
        let year = ("year", year.to_string());
        wrong.add(FILE, label(), text.fill("web-deliveries-other-year", &[year]));
    }
    Ok(Some((name, justice)))
}

/// What the register has of a window of years; suspects only where no file has their numbers.
async fn recorded(
    app: &Arc<App>,
    visitor: &Visitor,
    [from, year]: [i16; 2],
    with_suspects: bool,
) -> Result<(HistoryTable, Vec<Suspect>), WebError> {
    let signals = app.rules.signals();
    RegisterPool::run(app, visitor.by(), move |r| {
        let histories = r.histories_for_delivery(from, year, &signals)?;
        let suspects = if with_suspects { r.proceedings_for_report(year)? } else { Vec::new() };
        Ok((histories, suspects))
    })
    .await
}

fn preview_of(s: &Shell<'_>, p: &PreparedDelivery) -> Preview {
    let d = &p.delivery;
    let year = d.request.year;
    let for_whom = list::recipients(s.text, &p.kinds);
    let released = Measure::ALL.into_iter().filter_map(|m| d.released(m));
    let passed: usize = released.map(|r| r.passed.counts).sum();
    let does = [("year", year.to_string()), ("recipients", for_whom.clone())];
    Preview {
        id: p.id.clone(),
        year,
        chosen: chosen(s, p, for_whom),
        check: s.f("web-deliveries-check-does", "year", year),
        passed: s.f("web-publish-passed", "numbers", s.text.number(passed as f64)),
        remarks: d.remarks(s.text),
        missing: not_delivered(s.text, d),
        tables: tables_of(s.text, p),
        does: s.text.fill("web-deliveries-does", &does),
    }
}

fn chosen(s: &Shell<'_>, p: &PreparedDelivery, for_whom: String) -> Vec<(String, String)> {
    let asked = &p.delivery.request;
    let stage = p.delivery.stage_of(&Measure::ALL).code();
    let counts = ways(name(asked.plain)).into_iter().find(|way| way.2).map(|way| s.t(way.1));
    let from = match &p.file {
        Some(name) => s.f("web-deliveries-from-file", "name", name),
        None if p.delivery.from_records => s.t("web-deliveries-from-records"),
        None => s.t("web-deliveries-from-nothing"),
    };
    vec![
        (s.t("web-deliveries-for"), for_whom),
        (s.t("web-year"), asked.year.to_string()),
        (s.t("web-window"), asked.years.to_string()),
        (s.t("web-counts"), counts.unwrap_or_default()),
        (s.t("web-deliveries-stage"), s.t(&format!("data-stage-{stage}"))),
        (s.t("web-deliveries-from"), from),
    ]
}

/// The tables of a delivery as pieces of a page; one that is for several is there once.
fn tables_of(text: &Text, p: &PreparedDelivery) -> Vec<(String, String)> {
    let mut known = BTreeSet::new();
    let all = p.kinds.iter().flat_map(|kind| tables(text, &p.delivery, *kind));
    let new = all.filter(|t| known.insert(t.id.clone()) && !t.rows.is_empty());
    let piece = |table: ijsberg_publication::tables::PublicTable| {
        let (title, mut out) = (table.title.clone(), String::new());
        html::block(&mut out, text, 0, &Block::Table(table));
        (title, out)
    };
    new.map(piece).collect()
}

/// Delivers the previewed delivery, and nothing else.
pub(crate) async fn deliver(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let prepared = take(&app, &visitor, &app.deliveries, &sent).await?;
    let at_work = Arc::clone(&app);
    let done = tokio::task::spawn_blocking(move || {
        (publisher(&at_work)?.deliver)(&prepared.delivery, &prepared.kinds).map_err(WebError::Sent)
    });
    done.await.map_err(|_| WebError::Internal)??;
    Ok(Redirect::to("/deliveries?delivered").into_response())
}
