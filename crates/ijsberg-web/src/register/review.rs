//! Pairs that may be one person, side by side, and a decision with its reason.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::RegisterError;
use ijsberg_register::expected::Thing;
use ijsberg_register::links::{LINKAGE, decision};
use ijsberg_register::register::id;
use ijsberg_register::registrations::Registration;
use ijsberg_register::review::{PairFilter, WaitReason};
use ijsberg_register::vault::{FIELDS, Identity};
use ijsberg_register::worklist::{BY_HAND, Pair, PairDecision};

use super::group::{GroupPicture, pictured};
use super::in_words::shown;
use super::{Choice, FormData, escaped, field_value};
use crate::app::{App, Probabilities, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

/// Below this certainty a person looks at what linkage found.
const UNSURE: f64 = 0.95;

/// Pairs on the page.
const MOST: usize = 50;

/// Fields of a registration that say where it comes from, and nothing of who it is; they stand first.
const CONTEXT: usize = 5;

/// How two values compare: 'same', 'differ' or 'open', where one is not known; empty where a comparison is meaningless.
type Row = (String, String, String, &'static str);

struct WaitingPair {
    pair: Pair,
    share: String,
    weight: String,
    /// Whether the pair has a human decision or none: a reviewer is not to be influenced by the linkage.
    shown: bool,
}

#[derive(Template)]
#[template(path = "review.html")]
struct Queue<'a> {
    s: Shell<'a>,
    pairs: Vec<WaitingPair>,
    most: usize,
    full: bool,
    /// The query of the address of each pair, so that the next pair is of the same queue.
    queue: String,
    lists: Vec<Choice>,
    whys: Vec<Choice>,
    progress: String,
    /// How often two judges agree; nothing where no pair was judged twice.
    agreement: Option<String>,
    /// Whether what the program thinks is shown before a person has judged.
    chance: bool,
}

/// What may stand behind the address of a review: the pair that was judged before this one, and of which queue it is.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct QueueQuery {
    before: Option<String>,
    list: String,
    why: String,
}

impl QueueQuery {
    fn which(&self) -> PairFilter {
        PairFilter {
            list: self.list.trim().to_owned(),
            why: WaitReason::named(&self.why),
            ..PairFilter::below(UNSURE)
        }
    }

    /// The queue, as it stands behind an address.
    fn queue(&self) -> String {
        let PairFilter { list, why, .. } = self.which();
        let why = why.map_or("", WaitReason::name);
        let parts = [("list", list.as_str()), ("why", why)].into_iter().filter(|p| !p.1.is_empty());
        parts.fold(String::new(), |all, (name, value)| all + "&" + name + "=" + &escaped(value))
    }

    /// The page of the pair before this one; nothing where that is no pair.
    fn before(&self) -> Option<String> {
        let (a, b) = self.before.as_deref()?.split_once('-')?;
        (id(a).is_ok() && id(b).is_ok()).then(|| format!("/review/{a}/{b}"))
    }
}

/// How much more likely one person than two, on a scale of doublings: the match weight that goes with a probability.
fn weight(text: &ijsberg_report::text::Text, p: f64) -> String {
    if p <= 0.0 || p >= 1.0 { String::new() } else { text.decimal((p / (1.0 - p)).log2(), 1) }
}

/// How a decision was come by, in words.
fn method(s: &Shell<'_>, name: &str) -> String {
    match (name, name.strip_prefix("code ")) {
        (BY_HAND, _) => s.t("web-method-hand"),
        (LINKAGE, _) => s.t("web-method-linkage"),
        (_, Some(scheme)) => s.f("web-method-code", "scheme", scheme),
        (other, None) => other.to_owned(),
    }
}

/// Whether what the linkage found, and what others decided, is shown before one has judged: a setting of the server.
fn from_the_start(app: &App) -> bool {
    app.config.probabilities == Probabilities::Always
}

/// What waits for a person.
pub(crate) async fn queue(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<QueueQuery>,
) -> Result<Response, WebError> {
    let which = asked.which();
    let wanted = which.clone();
    let found = RegisterPool::run(&app, visitor.by(), move |r| r.to_review(&wanted, MOST)).await?;
    let organisations = RegisterPool::glance(&app, visitor.by(), |mut r| r.organisations()).await?;
    let s = Shell::new(&app, &visitor, "web-review-title");
    let number = |n: usize| s.text.number(n as f64);
    let progress = [("judged", number(found.judged)), ("waiting", number(found.waiting))];
    let progress = s.text.fill("web-review-progress", &progress);
    let agreement = (found.twice > 0).then(|| {
        let share = s.text.percent(found.agreed as f64 / found.twice as f64);
        let parts = [("twice", number(found.twice)), ("agreed", number(found.agreed)), ("share", share)];
        s.text.fill("web-review-agreement", &parts)
    });
    let lists: std::collections::BTreeSet<String> = organisations.into_iter().map(|o| o.list).collect();
    let lists = lists.into_iter().map(|l| (l.clone(), l.clone(), l == which.list)).collect();
    let why = |w: WaitReason| {
        (w.name().to_owned(), s.t(&format!("web-review-why-{}", w.name())), which.why == Some(w))
    };
    let waiting = |pair: Pair| {
        let share = pair.probability.map(|p| s.text.percent(p)).unwrap_or_default();
        let weight = pair.probability.map(|p| weight(s.text, p)).unwrap_or_default();
        // Where a second opinion is asked for, the first is not shown, so that it influences no reviewer.
        let shown = (pair.method == BY_HAND
            && !matches!(which.why, Some(WaitReason::Second | WaitReason::Disagreement)))
            || pair.id.is_none();
        let pair = Pair { method: method(&s, &pair.method), ..pair };
        WaitingPair { pair, share, weight, shown }
    };
    page(&Queue {
        full: found.waiting > found.pairs.len(),
        pairs: found.pairs.into_iter().map(waiting).collect(),
        most: MOST,
        queue: asked.queue(),
        lists,
        whys: WaitReason::ALL.into_iter().map(why).collect(),
        progress,
        agreement,
        chance: from_the_start(&app),
        s,
    })
}

#[derive(Template)]
#[template(path = "pair.html")]
struct PairPage<'a> {
    s: Shell<'a>,
    a: String,
    b: String,
    rows: Vec<Row>,
    /// Each with its probability and weight, and whether it is the one that a key undoes.
    decisions: Vec<(PairDecision, String, String, bool)>,
    /// What was decided around the two; nothing before one has judged.
    group: Option<GroupPicture>,
    unnamed: bool,
    /// Whether the result of the linkage is hidden until a person has judged, so that it influences no reviewer.
    hidden: bool,
    /// The pair that was judged before this one, to go back to.
    before: Option<String>,
    queue: String,
    list: String,
    why: String,
}

fn compared(a: &str, b: &str) -> &'static str {
    let folded = |v: &str| v.trim().to_lowercase();
    match (a.trim().is_empty() || b.trim().is_empty(), folded(a) == folded(b)) {
        (true, _) => "open",
        (_, true) => "same",
        _ => "differ",
    }
}

fn rows(s: &Shell<'_>, [a, b]: &[Registration; 2], [one, other]: &[Identity; 2]) -> Vec<Row> {
    let mut rows = Vec::new();
    for field in FIELDS {
        let (x, y) =
            (one.get(*field).cloned().unwrap_or_default(), other.get(*field).cloned().unwrap_or_default());
        if !x.is_empty() || !y.is_empty() {
            let how = compared(&x, &y);
            rows.push((s.t(&format!("field-{field}")), x, y, how));
        }
    }
    let unknown = s.t("web-not-known");
    let known = |v: String| if v == unknown || v == s.code("sex", "UNKNOWN") { String::new() } else { v };
    for (k, ((label, x), (_, y))) in shown(s, a).into_iter().zip(shown(s, b)).enumerate() {
        let (x, y) = (known(x), known(y));
        let how = if k < CONTEXT { "" } else { compared(&x, &y) };
        rows.push((label, x, y, how));
    }
    rows
}

/// Two registrations side by side.
pub(crate) async fn pair(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((a, b)): Path<(String, String)>,
    Query(asked): Query<QueueQuery>,
) -> Result<Response, WebError> {
    let (x, y) = (id(&a)?, id(&b)?);
    let both = RegisterPool::run(&app, visitor.by(), move |r| r.side_by_side(&x, &y)).await?;
    let s = Shell::new(&app, &visitor, "web-review-title");
    let rows = rows(&s, &both.registrations, &both.identities);
    let unnamed = both.identities.iter().all(Identity::is_empty);
    // A user who has not judged yet sees neither the result of the linkage nor another user's decision.
    let user = visitor.session().map(|s| s.user.as_str()).unwrap_or_default();
    let own = |d: &PairDecision| d.method == BY_HAND && d.by == user;
    let judged = both.decisions.iter().any(|d| own(d) && !d.taken_back);
    let all = both.decisions.len();
    let all_shown = judged || from_the_start(&app);
    let shown = |d: &PairDecision| all_shown || own(d);
    let decisions: Vec<PairDecision> = both.decisions.into_iter().filter(shown).collect();
    let hidden = decisions.len() < all;
    // A key undoes the last of one's own.
    let last = decisions.iter().rfind(|d| own(d) && !d.undone).map(|d| d.id.clone());
    let told = |d: PairDecision| {
        let key = last.as_ref() == Some(&d.id);
        let (share, weight) = (s.text.percent(d.probability), weight(s.text, d.probability));
        (PairDecision { method: method(&s, &d.method), ..d }, share, weight, key)
    };
    let group = if all_shown { pictured(&s, &both.group) } else { None };
    let decisions = decisions.into_iter().map(told).collect();
    let (before, queue) = (asked.before(), asked.queue());
    let PairFilter { list, why, .. } = asked.which();
    let why = why.map_or("", WaitReason::name).to_owned();
    page(&PairPage { s, a, b, rows, decisions, group, unnamed, hidden, before, queue, list, why })
}

/// Decides, and goes on to the next pair.
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((a, b)): Path<(String, String)>,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let (x, y) = (id(&a)?, id(&b)?);
    let decision =
        decision(field_value(&sent, "decision")).ok_or(RegisterError::NotFound(Thing::Decision))?;
    let queue = QueueQuery {
        list: field_value(&sent, "list").to_owned(),
        why: field_value(&sent, "why").to_owned(),
        ..QueueQuery::default()
    };
    let which = queue.which();
    let waiting = RegisterPool::run(&app, visitor.by(), move |r| {
        r.decide(&x, &y, decision)?;
        r.to_review(&which, 2)
    });
    let this = |p: &Pair| (p.a == a && p.b == b) || (p.a == b && p.b == a);
    let next = waiting.await?.pairs.into_iter().find(|p| !this(p));
    let rest = queue.queue();
    let to = match next {
        Some(p) => format!("/review/{}/{}?before={a}-{b}{rest}", p.a, p.b),
        None => format!("/review?{}", rest.trim_start_matches('&')).trim_end_matches('?').to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}

/// Takes a decision back.
pub(crate) async fn undo(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, WebError> {
    let name = id(&name)?;
    RegisterPool::run(&app, visitor.by(), move |r| r.undo_link(&name)).await?;
    Ok(Redirect::to("/review").into_response())
}
