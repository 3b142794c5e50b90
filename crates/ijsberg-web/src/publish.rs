//! The yearly report in a browser: preview the release next to the exact counts, release it, and the log of releases.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Json};
use ijsberg_disclosure::perturbation::Noise;
use ijsberg_mse::methods::Settings;
use ijsberg_publication::before::KeyFigures;
use ijsberg_publication::country::HOME;
use ijsberg_publication::document::{compose, risk};
use ijsberg_publication::families::Family;
use ijsberg_publication::labels::covariate;
use ijsberg_publication::ledger::Release;
use ijsberg_publication::names::Names;
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::source::{UNKNOWN, of_register};
use ijsberg_publication::write::html;
use ijsberg_publication::{Edition, Options, PublishError, edition_of};
use ijsberg_tables::{Choices, Study};

use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::previews::{EditionPreview, Previewed, new_id};
use crate::publisher::Publisher;
use crate::register::{FormData, field_value};
use crate::run::{LastRuns, Steps};
use crate::shell::{Shell, Visitor, in_language, page, with_language};
use crate::wrong::FieldErrors;

mod before;
pub(crate) mod choose;

use before::EditionComparison;
use choose::{EditionForm, EditionRequest, today};

/// Replicates of a preview and of what is released after it.
const REPLICATES: usize = 500;

/// A count as it would be released, none if suppressed, and the exact count.
type CountPair = (Option<u64>, u64);

/// A family of counts: exact, for users who may see that, and as it would be released.
struct FamilyComparison {
    what: String,
    years: Vec<String>,
    rows: Vec<(String, Vec<CountPair>)>,
}

#[derive(Template)]
#[template(path = "publish.html")]
struct Page<'a> {
    s: Shell<'a>,
    releases: Vec<Release>,
    steps: Option<Steps>,
    failed: Option<String>,
    preview: Option<Preview>,
    released: bool,
    form: EditionForm,
    wrong: FieldErrors,
}

struct Preview {
    /// Its name, by which the form says which one it releases.
    id: String,
    year: i16,
    numbers: usize,
    /// Years, protection and audience, as they were chosen.
    chosen: Vec<(String, String)>,
    /// What is checked, for whom it is, and that a check publishes nothing.
    check: String,
    /// The last edition beside this one.
    before: Option<EditionComparison>,
    /// What a release publishes, and for whom.
    release: String,
    /// The disclosure check: the methods of recovery that were tried, the count that can be recovered most closely, and the limits of the check.
    risk: Vec<String>,
    /// Persons who are not counted anywhere, shown to the user who makes the report.
    held_back: Vec<String>,
    compared: Vec<FamilyComparison>,
    body: String,
}

/// The publisher of reports and deliveries, where this server releases them.
pub(crate) fn publisher(app: &App) -> Result<&Publisher, WebError> {
    app.publisher.as_ref().ok_or(WebError::NotFound)
}

fn releases(app: &App) -> Result<Vec<Release>, WebError> {
    let mut releases = (publisher(app)?.ledger)().map_err(WebError::Sent)?.releases;
    releases.reverse();
    Ok(releases)
}

/// The current preview, and the log of releases.
pub(crate) async fn show(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    app.without_the_restricted(visitor.by()).await?;
    page(&shown(&app, &visitor, None, FieldErrors::default())?)
}

/// The same, with the form as it was sent where it was.
fn shown<'a>(
    app: &'a App,
    visitor: &Visitor,
    sent: Option<EditionForm>,
    wrong: FieldErrors,
) -> Result<Page<'a>, WebError> {
    let released = visitor.path.ends_with("?released");
    let releases = releases(app)?;
    let s = Shell::new(app, visitor, "web-publish").begun(sent.is_some());
    let run = app.previews.last_run(visitor);
    let steps = run.as_ref().and_then(|run| run.steps("/publish/progress", s.text));
    let failed = run.as_ref().and_then(|run| run.failed(s.text));
    let previewed = run.and_then(|run| run.result());
    let made = || previewed.as_ref().map(|p| EditionForm::from_options(&p.edition.options));
    let form = sent.or_else(made).unwrap_or_default();
    let preview = previewed.map(|previewed| preview_of(&s, &previewed));
    // There is no form while a preview is made.
    let s = if steps.is_some() { Shell { again: Some(2), ..s } } else { s.with_form("choose") };
    Ok(Page { s, releases, steps, failed, preview, released, form, wrong })
}

/// How far a preview is, for the script of the page.
pub(crate) async fn progress(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let run = app.previews.last_run(&visitor).ok_or(WebError::NotFound)?;
    Ok(Json(run.told(visitor.text(&app))).into_response())
}

/// Stops it.
pub(crate) async fn cancel(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    app.previews.cancel(&visitor)?;
    Ok(Redirect::to("/publish").into_response())
}

/// Begins to compute an edition from the register, beside the requests.
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let chosen = EditionForm::sent(&sent);
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        let same = page(&shown(&app, &visitor, Some(chosen), FieldErrors::default())?)?;
        return Ok(with_language(cookie, same));
    }
    app.without_the_restricted(visitor.by()).await?;
    if app.previews.is_busy(&visitor) {
        return Ok(Redirect::to("/publish").into_response());
    }
    let EditionRequest { year, years, plain, embargo } = match chosen.read(visitor.text(&app)) {
        Ok(wanted) => wanted,
        Err(wrong) => {
            let html = shown(&app, &visitor, Some(chosen), wrong)?.render()?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response());
        }
    };
    let from = year - years + 1;
    let signals = app.rules.signals();
    let (histories, organisations) = RegisterPool::run(&app, visitor.by(), move |r| {
        Ok((r.histories_for_report(from, year, &signals)?, r.organisations()?))
    })
    .await?;
    let study = of_register(&histories);
    let p = publisher(&app)?;
    let ledger = (p.ledger)().map_err(WebError::Sent)?;
    let last = KeyFigures::last(&ledger, &p.published);
    let options = Options {
        year,
        years,
        date: today(),
        secret: p.secret.clone(),
        noise: Noise::default(),
        plain,
        embargo,
        others: if app.config.synthetic { Vec::new() } else { p.others.clone() },
        settings: Settings { replicates: REPLICATES, ..Settings::default() },
        population: p.population.clone(),
        country: HOME.to_owned(),
        synthetic: app.config.synthetic,
    };
    let id = new_id()?;
    app.previews.begin(&app.tools, &visitor, move |steps, text| {
        let contents = study.clone().open(&Choices::default()).map_err(PublishError::from);
        let made = contents.and_then(|contents| edition_of(&contents, options, ledger, steps));
        let mut edition = made.map_err(|e| e.in_words(text))?;
        edition.organisations = organisations;
        Ok(EditionPreview { id, exact: exact(&edition, &study), last, edition })
    })?;
    Ok(Redirect::to("/publish").into_response())
}

/// Every family of counts of an edition.
fn families(e: &Edition) -> impl Iterator<Item = &Family> {
    e.families.iter().chain(&e.marks)
}

/// Exact counts of the families.
fn exact(e: &Edition, study: &Study) -> Vec<Vec<Vec<u64>>> {
    let column = |name: &str| study.covariates.iter().find(|c| c.name == name).map(|c| &c.values);
    let Some(years) = column("year") else { return Vec::new() };
    let family = |f: &Family| {
        // A column of levels, the lists, or a mark, yes or no.
        let own = column(&f.name);
        let count = |l: &str, y: &str| {
            let list = study.lists.iter().position(|name| f.name == "list" && name == l);
            let mark = column(&format!("{}.{l}", f.name));
            let is = |row: usize| match (own, list) {
                (Some(levels), _) => levels[row].as_deref().unwrap_or(UNKNOWN) == l,
                (None, Some(bit)) => study.rows[row].0 >> bit & 1 == 1,
                (None, None) => mark.is_some_and(|mark| mark[row].as_deref() == Some("yes")),
            };
            let rows = (0..study.rows.len()).filter(|row| years[*row].as_deref() == Some(y));
            rows.filter(|row| is(*row)).count() as u64
        };
        f.levels.iter().map(|l| f.years.iter().map(|y| count(l, y)).collect()).collect()
    };
    families(e).map(family).collect()
}

fn preview_of(s: &Shell<'_>, previewed: &EditionPreview) -> Preview {
    let e = &previewed.edition;
    let names = Names::from_edition(s.text, e);
    let family = |(f, exact): (&Family, &Vec<Vec<u64>>)| {
        let row = |((l, name), exact): ((usize, &String), &Vec<u64>)| {
            let told = f.cells[l].iter().map(|cell| cell.map(ijsberg_publication::Protected::get));
            (names.words(s.text, &f.name, name), told.zip(exact.iter().copied()).collect())
        };
        let rows = f.levels.iter().enumerate().zip(exact).map(row).collect();
        FamilyComparison { what: covariate(s.text, &f.name), years: f.years.clone(), rows }
    };
    let held_back = |(year, n): (&String, &u64)| {
        let least = ijsberg_publication::persons::REVISION_THRESHOLD.to_string();
        let parts = [("year", year.clone()), ("n", s.text.number(*n as f64)), ("least", least)];
        s.text.fill("publish-held-back", &parts)
    };
    Preview {
        id: previewed.id.clone(),
        year: e.options.year,
        numbers: e.passed.counts,
        chosen: chosen(s, &e.options),
        check: of_years(s, &e.options, ["web-publish-check-does", "web-publish-check-does-named"]),
        before: previewed
            .last
            .as_ref()
            .map(|last| EditionComparison::compare(s.text, last, &KeyFigures::from_edition(e))),
        release: of_years(s, &e.options, ["web-publish-does", "web-publish-does-named"]),
        risk: risk(s.text, e),
        held_back: e.held_back.iter().map(held_back).collect(),
        compared: families(e).zip(&previewed.exact).map(family).collect(),
        body: body(s, e),
    }
}

/// From which year to which.
fn window(o: &Options) -> String {
    format!("{}–{}", o.year - o.years + 1, o.year)
}

fn chosen(s: &Shell<'_>, o: &Options) -> Vec<(String, String)> {
    let counts = match o.plain {
        TableProtection::Noise => "web-counts-noise",
        TableProtection::Rounded => "web-counts-rounded",
        TableProtection::Suppressed => "web-counts-suppressed",
    };
    let audience = if o.embargo.is_some() { "web-audience-named" } else { "web-audience-public" };
    let mut all = vec![
        (s.t("web-year"), o.year.to_string()),
        (s.t("web-publish-window"), window(o)),
        (s.t("web-counts"), s.t(counts)),
        (s.t("web-audience"), s.t(audience)),
    ];
    all.extend(o.embargo.map(|day| (s.t("web-embargo"), s.text.day(&day.to_string()))));
    all
}

/// "Publishes the report on 2010–2015 for everybody": one message for everybody, another for named recipients.
fn of_years(s: &Shell<'_>, o: &Options, [everybody, named]: [&str; 2]) -> String {
    let years = ("years", window(o));
    match o.embargo {
        Some(day) => {
            let day = ("day", s.text.day(&day.to_string()));
            s.text.fill(named, &[years, day])
        }
        None => s.text.fill(everybody, &[years]),
    }
}

/// The report as a piece of a page; its first headings are below that of the page.
fn body(s: &Shell<'_>, e: &Edition) -> String {
    let mut out = String::new();
    for (i, block) in compose(s.text, e).blocks.iter().enumerate() {
        html::block(&mut out, s.text, i, block);
    }
    out
}

/// The preview that a form names, for who releases it. What would be refused when it is written is refused before the audit log says that
/// it was released.
pub(crate) async fn take<T: Previewed>(
    app: &Arc<App>,
    visitor: &Visitor,
    runs: &LastRuns<T>,
    sent: &FormData,
) -> Result<Arc<T>, WebError> {
    let publisher = publisher(app)?;
    app.without_the_restricted(visitor.by()).await?;
    let (text, id) = (visitor.text(app), field_value(sent, "id"));
    let gone = || WebError::Sent(text.say(T::GONE));
    let seen = runs.result(visitor).ok().filter(|seen| seen.id() == id).ok_or_else(gone)?;
    if !seen.is_latest(publisher).map_err(WebError::Sent)? {
        return Err(WebError::Sent(text.say("publish-meanwhile")));
    }
    let taken = runs.take(visitor, |seen| seen.id() == id).ok_or_else(gone)?;
    // Recorded first: a release without an entry in the log could not be put right.
    let title = taken.title();
    let noted = RegisterPool::run(app, visitor.by(), move |r| r.released(&title)).await;
    match noted {
        Ok(()) => {
            runs.let_go(&taken);
            Ok(taken)
        }
        Err(error) => {
            runs.put_back(visitor, &taken);
            Err(error)
        }
    }
}

/// Releases the previewed edition, and nothing else.
pub(crate) async fn release(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let previewed = take(&app, &visitor, &app.previews, &sent).await?;
    let at_work = Arc::clone(&app);
    let done = tokio::task::spawn_blocking(move || {
        (publisher(&at_work)?.release)(&previewed.edition).map_err(WebError::Sent)
    });
    done.await.map_err(|_| WebError::Internal)??;
    Ok(Redirect::to("/publish?released").into_response())
}
