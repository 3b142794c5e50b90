//! The work list: what waits, and the cases that the visitor may see.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::cases::{Cases, Column, Filter, PAGE, UNDECIDED, View, short};
use ijsberg_register::named::NameMatches;
use ijsberg_register::policy::Operation;
use ijsberg_register::recovery::Recovery;
use ijsberg_register::registrations::Registration;
use ijsberg_register::vault::BrokenGlass;
use ijsberg_register::views::SavedView;
use ijsberg_register::worklist::WaitingCounts;

use super::alike::of_that_name;
use super::lists::address;
use super::many::{self, Note};
use super::{Choice, FormData, choices, countries, field_value};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::moment::minute;
use crate::shell::{Shell, Visitor, page};

/// A task that waits: its address, its number, and its name.
type WaitingTask = (&'static str, u64, String);

/// Tasks under a heading: its name in the page, the words, and where each task is done.
type Tasks = (&'static str, String, Vec<(&'static str, String)>);

/// Who may do something, where it is done, and what it is called.
type Task = (Operation, &'static str, &'static str);

/// Less frequent tasks, by purpose.
const TASKS: [(&str, &[Task]); 4] = [
    (
        "link",
        &[
            (Operation::Link, "/review", "web-review"),
            (Operation::ExportLists, "/linkage", "web-linkage-title"),
        ],
    ),
    (
        "count",
        &[
            (Operation::ExportHistories, "/export", "web-export"),
            (Operation::Publish, "/publish", "web-publish"),
            (Operation::Publish, "/deliveries", "web-deliveries"),
        ],
    ),
    (
        "keep",
        &[
            (Operation::Retain, "/retention", "web-retention"),
            (Operation::ManageUsers, "/users", "web-users"),
            (Operation::ManageOrganisations, "/organisations", "web-organisations"),
        ],
    ),
    (
        "look",
        &[
            (Operation::ReadAudit, "/audit", "web-audit"),
            (Operation::ReviewBreakGlass, "/glass", "web-glass"),
            (Operation::ReadDisclosed, "/disclosed", "web-disclosed"),
        ],
    ),
];

/// A heading that puts the cases in order: the address, the word, and the order that it stands for now.
type Heading = (String, String, &'static str);

/// A registration as a row.
struct Row {
    href: String,
    key: String,
    /// Label and value.
    cells: Vec<(String, String)>,
    minor: bool,
    /// What its tick box sends.
    ticked: String,
    /// Whether the box is ticked.
    is_ticked: bool,
}

#[derive(Template)]
#[template(path = "today.html")]
struct Page<'a> {
    s: Shell<'a>,
    notices: Vec<BrokenGlass>,
    recovery: Recovery,
    waits: Vec<WaitingTask>,
    notify: bool,
    identity: bool,
    /// The search finds by name too.
    by_name: bool,
    notes: Vec<Note>,
    tasks: Vec<Tasks>,
    list: Option<List>,
}

impl Page<'_> {
    /// When recovery codes were used, and how many are left.
    fn recovery_used(&self) -> String {
        let when: Vec<String> = self.recovery.used.iter().map(|at| minute(at) + " UTC").collect();
        let parts = [("when", when.join(", ")), ("n", self.recovery.left.to_string())];
        self.s.text.fill("web-recovery-used", &parts)
    }
}

struct List {
    /// Where it is, for forms that come back to it.
    address: String,
    views: Vec<(String, String, bool)>,
    /// The view of one's own that this is.
    saved: Option<String>,
    /// What ticked cases can be corrected to; none for who may not correct.
    values: Vec<(String, Vec<Choice>)>,
    /// Citizenships to correct to, as they were typed.
    nationality: String,
    organisations: Vec<Choice>,
    forms: Vec<Choice>,
    lanes: Vec<Choice>,
    /// Decisions on status; none for who may not read records.
    statuses: Vec<Choice>,
    filter: Filter,
    filtered: bool,
    headings: Vec<Heading>,
    rows: Vec<Row>,
    range: String,
    newer: Option<String>,
    older: Option<String>,
}

/// Confirms that a notified user has seen an emergency access.
pub(crate) async fn acknowledge(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(event): Path<String>,
) -> Result<Response, WebError> {
    let event = ijsberg_register::register::id(&event)?;
    RegisterPool::run(&app, visitor.by(), move |r| r.acknowledge(&event)).await?;
    Ok(Redirect::to("/register").into_response())
}

/// What waits, and the cases.
pub(crate) async fn today(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<FormData>,
) -> Result<Response, WebError> {
    let filter = Filter::of_parts(&asked);
    let read = visitor.may(Operation::ReadRegistration);
    let (notices, recovery, waiting, organisations, saved) =
        RegisterPool::glance(&app, visitor.by(), |mut r| {
            Ok((r.notices()?, r.recovery()?, r.waiting()?, r.organisations()?, r.saved_views()?))
        })
        .await?;
    let wanted = filter.clone();
    let cases = if read {
        Some(RegisterPool::run(&app, visitor.by(), move |r| r.cases(&wanted)).await?)
    } else {
        None
    };
    let own = super::own(&visitor, organisations, Operation::ReadRegistration);
    let s = Shell::new(&app, &visitor, "web-register-title");
    let (notes, again) = many::notes(&app, &visitor, &s);
    let list = cases.map(|cases| {
        let organisations = own.iter().map(|o| (o.id.clone(), o.name.clone(), o.id == filter.organisation));
        let values = if visitor.may(Operation::Correct) { many::values(&s, &again.to) } else { Vec::new() };
        let statuses = if visitor.may(Operation::ReadRecord) { statuses(&s, &filter) } else { Vec::new() };
        let mut list = list(&s, &filter, cases, organisations.collect(), (&saved, values));
        list.rows.iter_mut().for_each(|row| row.is_ticked = again.cases.contains(&row.ticked));
        List { statuses, nationality: again.nationality, ..list }
    });
    page(&Page {
        notices,
        recovery,
        waits: waits(&s, waiting),
        notify: visitor.may(Operation::Notify),
        identity: visitor.may(Operation::ReadIdentity) && !read,
        by_name: visitor.may(Operation::ReadIdentity) && read,
        notes,
        tasks: tasks(&app, &visitor, &s),
        list,
        s,
    })
}

fn waits(s: &Shell<'_>, waiting: WaitingCounts) -> Vec<WaitingTask> {
    let all = [
        ("/review", waiting.pairs, "web-wait-pairs"),
        ("/glass", waiting.emergencies, "web-wait-glass"),
        ("/retention", waiting.erasing, "web-wait-erasing"),
        ("/audit", waiting.unusual, "web-wait-unusual"),
    ];
    let some =
        |(href, n, key): (&'static str, Option<u64>, &str)| n.filter(|n| *n > 0).map(|n| (href, n, s.t(key)));
    all.into_iter().filter_map(some).collect()
}

/// The tasks that the visitor may do; no heading without one.
fn tasks(app: &App, visitor: &Visitor, s: &Shell<'_>) -> Vec<Tasks> {
    let may = |t: &&Task| visitor.may(t.0) && (t.0 != Operation::Publish || app.publisher.is_some());
    let group = |(name, tasks): (&'static str, &[Task])| {
        let own: Vec<_> = tasks.iter().filter(may).map(|t| (t.1, s.t(t.2))).collect();
        (!own.is_empty()).then(|| (name, s.t(&format!("web-tasks-{name}")), own))
    };
    TASKS.into_iter().filter_map(group).collect()
}

fn list(
    s: &Shell<'_>,
    filter: &Filter,
    cases: Cases,
    organisations: Vec<Choice>,
    (saved, values): (&[SavedView], Vec<(String, Vec<Choice>)>),
) -> List {
    let first = Filter { page: 0, ..filter.clone() };
    let own = saved.iter().find(|v| v.filter == first).map(|v| v.name.clone());
    let view = |v: View| {
        let other = Filter { view: v, ..first.clone() };
        (address(&other), s.t(&format!("web-view-{}", v.name())), v == filter.view && own.is_none())
    };
    let of_ones_own =
        |v: &SavedView| (address(&v.filter), v.name.clone(), own.as_deref() == Some(v.name.as_str()));
    let to = |page: usize| address(&Filter { page, ..filter.clone() });
    let start = filter.page * PAGE;
    let last = start + cases.rows.len();
    let total = s.text.number(cases.found as f64);
    let total = if cases.more { s.f("web-cases-more", "n", total) } else { total };
    let range = [("from", (start + 1).to_string()), ("to", last.to_string()), ("n", total)];
    let plain = Filter { by: filter.by, ascending: filter.ascending, view: filter.view, ..Filter::default() };
    List {
        address: address(filter),
        views: View::ALL.into_iter().map(view).chain(saved.iter().map(of_ones_own)).collect(),
        saved: own.clone(),
        values,
        nationality: String::new(),
        organisations,
        forms: choices(s, "form", &filter.form),
        lanes: ["help", "statistics"].map(|l| (l.to_owned(), s.code("lane", l), l == filter.lane)).into(),
        statuses: Vec::new(),
        filtered: first != plain,
        headings: Column::ALL.into_iter().map(|c| heading(s, filter, c)).collect(),
        rows: cases.rows.iter().map(|r| row(s, r)).collect(),
        range: s.text.fill("web-cases-range", &range),
        newer: (filter.page > 0).then(|| to(filter.page - 1)),
        older: ((last as u64) < cases.found).then(|| to(filter.page + 1)),
        filter: filter.clone(),
    }
}

/// The values of the last decision on status, none among them.
fn statuses(s: &Shell<'_>, filter: &Filter) -> Vec<Choice> {
    let nobody = (UNDECIDED.to_owned(), s.t("web-status-none"), filter.status == UNDECIDED);
    choices(s, "status", &filter.status).into_iter().chain([nobody]).collect()
}

fn heading(s: &Shell<'_>, filter: &Filter, column: Column) -> Heading {
    let now = filter.by == column;
    // Times begin with the latest, words with the first of the alphabet; a second press turns the order round.
    let time = matches!(column, Column::Recorded | Column::Happened);
    let ascending = if now { !filter.ascending } else { !time };
    let other = Filter { by: column, ascending, page: 0, ..filter.clone() };
    let sorted = match (now, filter.ascending) {
        (false, _) => "",
        (true, true) => "ascending",
        (true, false) => "descending",
    };
    (address(&other), s.t(&format!("field-{}", column.name())), sorted)
}

/// The cells stand in the order of [`Column::ALL`], then sex and age, and the track.
fn row(s: &Shell<'_>, r: &Registration) -> Row {
    let known = |value: &str| if value.is_empty() { s.t("web-not-known") } else { value.to_owned() };
    let age = match (r.birth_year, r.minor.as_str()) {
        (Some(year), _) => s.f("web-born", "year", year),
        (None, "yes") => s.t("web-minor-tag"),
        (None, "no") => s.t("web-adult"),
        _ => s.t("web-age-unknown"),
    };
    let cells = [
        (s.t("field-recorded_at"), s.text.day(&r.recorded_at.chars().take(10).collect::<String>())),
        (s.t("field-happened_on"), s.text.day(&r.happened_on)),
        (s.t("field-organisation"), r.organisation.clone()),
        (s.t("field-form"), s.code("form", &r.form)),
        (s.t("field-nationality"), known(&countries::all(s.text, &r.nationality))),
        (s.t("web-sex-age"), format!("{}, {age}", s.code("sex", &r.sex))),
        (s.t("field-lane"), s.code("lane", &r.lane)),
    ];
    Row {
        href: format!("/person/{}", r.person),
        key: short(&r.person),
        minor: r.minor == "yes",
        ticked: many::ticked(&r.id, r.version),
        is_ticked: false,
        cells: cells.into(),
    }
}

#[derive(Template)]
#[template(path = "found.html")]
struct SearchPage<'a> {
    s: Shell<'a>,
    /// The results, in a sentence each.
    said: Vec<String>,
    headings: Vec<String>,
    rows: Vec<Row>,
}

/// Whether a text that is no reference of a case can be a name: references have digits, and an initial is nobody's name.
fn can_be_a_name(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    letters > 1 && !text.chars().any(|c| c.is_ascii_digit())
}

/// What a search came to. Of people who were found by name it is said that they only may be the one.
fn found_words(s: &Shell<'_>, found: usize, named: Option<&NameMatches>) -> Vec<String> {
    let key = match named {
        None if found == 0 => "web-found-none",
        None => "web-found-some",
        Some(named) if named.paused => "web-found-paused",
        Some(_) if found == 0 => "web-found-no-name",
        Some(_) => "web-found-named",
    };
    let more = named.is_some_and(|n| n.more).then(|| s.t("web-found-more"));
    [s.t(key)].into_iter().chain(more).collect()
}

/// Finds by a case reference, by the digits of a pseudonym, or by name for who may read identities; they are sent and stand in no
/// address. One person is opened at once, but for a name, which somebody else may have too.
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let (organisation, key) =
        (field_value(&sent, "organisation").to_owned(), field_value(&sent, "local_key").to_owned());
    let by_name = visitor.may(Operation::ReadIdentity) && organisation.is_empty() && can_be_a_name(&key);
    let (found, named) = RegisterPool::run(&app, visitor.by(), move |r| {
        let found = r.search(&organisation, &key)?;
        let named = if by_name && found.is_empty() { Some(r.named(&key, &of_that_name)?) } else { None };
        Ok((found, named))
    })
    .await?;
    if let Some(first) = found.first()
        && found.iter().all(|f| f.person == first.person)
    {
        return Ok(Redirect::to(&format!("/person/{}", first.person)).into_response());
    }
    let s = Shell::new(&app, &visitor, "web-found");
    let headings = Column::ALL.iter().map(|c| s.t(&format!("field-{}", c.name()))).collect();
    let rows: Vec<_> = named.as_ref().map_or(&found, |n| &n.rows).iter().map(|r| row(&s, r)).collect();
    page(&SearchPage { said: found_words(&s, rows.len(), named.as_ref()), headings, rows, s })
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::super::lists::here;
    use super::*;

    #[test]
    fn an_address_says_what_a_filter_says() {
        let f = Filter {
            view: View::Minors,
            organisation: "zorg & hulp".to_owned(),
            form: "LABOUR".to_owned(),
            year: "2015".to_owned(),
            until: "2017".to_owned(),
            by: Column::Form,
            ascending: true,
            page: 2,
            ..Filter::default()
        };
        let url: Uri = address(&f).parse().unwrap();
        let Query(asked) = Query::<FormData>::try_from_uri(&url).unwrap();
        assert_eq!(Filter::of_parts(&asked), f);
        // A form comes back to this page and no other.
        let sent = |list: &str| here(&FormData::from([("list".to_owned(), list.to_owned())]));
        assert_eq!(sent(&address(&f)), address(&f));
        assert_eq!(sent("https://elsewhere.example/?form=SEX_OTHER"), "/register?form=SEX_OTHER");
        assert_eq!(sent("//elsewhere.example"), "/register");
        assert_eq!(address(&Filter::default()), "/register");
    }

    #[test]
    fn names_are_looked_for_where_a_text_can_be_one() {
        assert!(["Ana Popescu", "Łucja", "حنان"].into_iter().all(can_be_a_name));
        assert!(["V-15-031", "7bb0-bfe6", "A.", "", "…"].into_iter().all(|text| !can_be_a_name(text)));
    }
}
